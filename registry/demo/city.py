"""Fills an empty database with the demo city. All people, codes and numbers are made up."""

import json
import secrets
from collections.abc import Iterator, Mapping
from datetime import date
from importlib.resources import files
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

import schemas
from registry import accounts, calendar, catalogue
from registry.access import SYSTEM, Actor
from registry.access.actor import of_account
from registry.catalogue import Change, document_of, store
from registry.config import Settings
from registry.demo import projects
from registry.demo.adopted import as_adopted
from registry.demo.exchange import add_requests
from registry.models.accounts import Account, Organisation, Post
from registry.models.calendar import CalendarDay
from registry.models.catalogue import Resource
from registry.models.projects import Project

AUTHORITY = "11150300DEM000209G"
OPERATOR = "12150300DEM0002178"
# Account → (name, role, unit). Names of people are made up.
PEOPLE: Mapping[str, tuple[str, str, str]] = {
    "registrar": ("萨仁", "registrar", "11150300DEM000022H"),
    "secrecy": ("赵永强", "secrecy", "11150300DEM000022H"),
    "head": ("巴特尔", "head", "11150300DEM000022H"),
    "sharing": ("陈静", "sharing_head", "11150300DEM000022H"),
    "vendor": ("周倩", "vendor", "11150300DEM000022H"),
    "project_manager": ("王丽", "project_manager", "11150300DEM000022H"),
    "reviewer": ("乌兰", "reviewer", AUTHORITY),
    "acceptance": ("孟和", "acceptance", AUTHORITY),
    "authority_head": ("苏和", "authority_head", AUTHORITY),
    "operator": ("周海峰", "operator", OPERATOR),
    "consumer": ("李建国", "consumer", "13150300DEM000305K"),
    "consumer_head": ("高娃", "sharing_head", "13150300DEM000305K"),
    "development_commission": ("刘洋", "development_commission", "市发展和改革委员会"),
    "finance": ("韩梅", "finance", "市财政局"),
    "auditor": ("白音", "auditor", "市审计局"),
    "sysadmin": ("孙磊", "sysadmin", OPERATOR),
    "security": ("何军", "security", OPERATOR),
}
# Versions that wait for somebody or were ended; their entries keep an older live version.
WITHOUT_LIVE = frozenset({"draft", "suspended", "retired"})

# How far the demo's own unit takes an entry: state, who holds it, what he does.
STEPS_OF_PEOPLE = (
    ("in_secrecy_review", "secrecy", "clear"),
    ("in_head_review", "head", "approve"),
)
WAY = frozenset({"in_secrecy_review", "in_head_review", "in_authority_review"})


def data(name: str) -> Any:
    """One file of the demo city."""
    path = files("registry.demo") / "data" / f"{name}.json"
    return json.loads(path.read_text("utf-8"))


def password_of(settings: Settings) -> str:
    """The password of the demo accounts: the setting, else one made up now."""
    return settings.demo_password or secrets.token_urlsafe(9)


def build(session: Session, password: str) -> int:
    """Make the city in an empty database; the number of entries, 0 when it is there."""
    if session.scalar(sa.select(sa.func.count(Organisation.id))):
        return 0
    _calendar(session)
    units = _units(session)
    _people(session, units, password)
    made = _entries(session, units)
    people = projects.build(session, data("projects")["projects"])
    _contracted(session)
    add_requests(session, units, data("requests")["requests"], data("demands"))
    projects.issue_lists(session, people, data("projects")["projects"])
    return made


def _contracted(session: Session) -> None:
    """The compiler under contract works for one project of his unit, until its acceptance."""
    post = session.scalars(sa.select(Post).where(Post.role == "vendor")).one()
    project = session.scalars(
        sa.select(Project)
        .where(Project.unit_id == post.organisation_id)
        .order_by(Project.id)
        .limit(1)
    ).one()
    post.project_id, post.ends = project.id, project.planned_on


def _calendar(session: Session) -> None:
    days = schemas.codes.table("workdays")
    rows = days["days"] if isinstance(days, Mapping) else days
    session.execute(
        sa.insert(CalendarDay),
        [
            {
                "on": date.fromisoformat(row["date"]),
                "kind": row["kind"],
                "name": row.get("name", ""),
                "source": row.get("source", ""),
            }
            for row in rows
        ],
    )


def _units(session: Session) -> dict[str, Organisation]:
    rows = data("departments")["departments"]
    units = {}
    for row in rows:
        office = row["sharing_office"]
        holder = {"office": office["office"], "post": "数据专员", "phone": office["phone"]}
        units[row["uscc"]] = accounts.add_organisation(
            session,
            SYSTEM,
            {
                "code": row["uscc"],
                "name": row["name"],
                "short": row["short"],
                "class_code": row["class_code"],
                "region": row["region"],
                "kind": row["kind"],
                "regime": row["regime"],
                "duty": row["duty"],
                "vertical": row["vertical"],
                "valid_from": _day(row["valid_from"]),
                "valid_to": _day(row["valid_to"]),
                "basis": row["basis"],
                "holders": dict.fromkeys(("handles", "manages", "archives", "answers"), holder),
            },
        )
    for row in rows:
        unit = units[row["uscc"]]
        for relation in ("parent", "authority", "operator"):
            if row[relation]:
                setattr(unit, f"{relation}_id", units[row[relation]].id)
        if row["successor"]:
            unit.successor_id = units[row["successor"][0]].id
    session.flush()
    return units


def _people(session: Session, units: Mapping[str, Organisation], password: str) -> None:
    by_name = {unit.name: unit for unit in units.values()}
    hashed = accounts.hash_password(password)
    for username, (name, role, where) in PEOPLE.items():
        unit = units.get(where) or by_name[where]
        # Printed for everybody who tries the demo: nobody is asked to make it his own.
        account = accounts.add_account(
            session, SYSTEM, username, name, hashed=hashed, is_given=False
        )
        assert isinstance(account, Account)
        accounts.appoint(session, SYSTEM, account, role, unit, date(2024, 1, 1))


def _entries(session: Session, units: Mapping[str, Organisation]) -> int:
    states: Mapping[str, str] = data("projects")["entry_states"]
    entries = data("resources")["entries"]
    marks = {row["code"]: row["due"] for row in data("projects")["remediation"]}
    store(
        session,
        SYSTEM,
        [_first(entry, units, states.get(entry["code"]), marks) for entry in entries],
    )
    by_code = {code: state for code, state in states.items() if state not in WITHOUT_LIVE}
    opened = list(session.scalars(sa.select(Resource).where(Resource.code.in_(by_code))))
    for resource in opened:
        state = by_code[str(resource.code)]
        if resource.department.code == PEOPLE["registrar"][2] and state in WAY:
            _walk(session, resource, state)
            continue
        for change in _second(resource, state):
            store(session, SYSTEM, [change])
    return len(entries)


def person(session: Session, username: str) -> Actor:
    """The actor behind a demo account."""
    account = session.scalars(sa.select(Account).where(Account.username == username)).one()
    return of_account(session, account, calendar.today())


def _walk(session: Session, resource: Resource, state: str) -> None:
    """Take a revision of a live entry the way of the people who are there, in a batch."""
    catalogue.revise(session, person(session, "registrar"), resource)
    version = resource.working
    assert version is not None
    catalogue.hand_in(session, person(session, "registrar"), [version])
    for before, username, step in STEPS_OF_PEOPLE:
        if version.state == before != state:
            catalogue.advance(session, person(session, username), version, step)


def _first(
    entry: Mapping[str, Any],
    units: Mapping[str, Organisation],
    state: str | None,
    marks: Mapping[str, str],
) -> Change:
    """The entry as it was published before, or the state it has without a live version."""
    mine = state if state in WITHOUT_LIVE else "published"
    document, faults, due = as_adopted(entry, marks)
    return Change(
        department=units[entry["department"]],
        step="adopt" if mine != "draft" else "register",
        state=mine,
        document=document,
        faults=faults,
        remediation_due=due,
        live="none" if mine == "draft" else "this",
        working="this" if mine == "draft" else "none",
        code=None if mine == "draft" else entry["code"],
        published_on=None if mine == "draft" else date(2025, 9, 1),
    )


def _second(resource: Resource, state: str) -> Iterator[Change]:
    """A newer version of a live entry on its way; a returned one is followed by its draft."""
    live = resource.live
    assert live is not None
    yield Change(
        department=resource.department,
        step="open",
        state=state,
        resource=resource,
        version=live,
        document=document_of(live),
    )
    if state == "returned":
        yield Change(
            department=resource.department,
            step="open",
            state="draft",
            resource=resource,
            version=resource.working,
        )


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
