"""The twelve projects of the demo: every kind and stage, with what others certify about them.

Entries of a project take the whole way of their life, by made-up people of their unit; papers of
other bodies are rows as their issuers would enter them. Days are moved so that the day of the
table is today: a proof that is good in the table is good in the demo whenever it is made.
"""

import itertools
import tempfile
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

import anonymization
import schemas
from registry import accounts, calendar, catalogue, desensitization, lists
from registry.access import SYSTEM, Actor
from registry.access.actor import of_account
from registry.db import now
from registry.models.accounts import Account, Organisation
from registry.models.catalogue import Resource, Version
from registry.models.papers import AssessedVersion, Assessment
from registry.models.projects import (
    BusinessTable,
    Evidence,
    Finding,
    Mount,
    NotApplicable,
    Project,
    ProjectResource,
    ProjectSystem,
    System,
)

TABLE_DAY = date(2026, 11, 23)
NAMES = ("其木格", "张海燕", "阿古拉", "刘志刚", "娜仁", "王建军", "苏日娜", "赵敏", "布和")
# Nobody signs in with this: it is no argon2 string.
NOBODYS = "!"
# How the demo's personal data are given out.
PROFILE = "statistical"
# Why what is kept of them is kept: a person says so, as for every plan.
KEPT = "统计分析要用，不单独指向某个人；准标识符由 k 控制"


class People:
    """The people of the demo by unit and role; missing ones are made when they are needed."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self._names = itertools.cycle(NAMES)
        self._known: dict[tuple[int, str], Actor] = {}

    def of(self, unit: Organisation, role: str) -> Actor:
        """Who holds a role in a unit: the demo account, else somebody made up."""
        found = self._known.get((unit.id, role))
        if found is None:
            account = self._account(unit, role)
            found = of_account(self.session, account, calendar.today())
            self._known[unit.id, role] = found
        return found

    def named(self, username: str) -> Actor:
        """Who is behind a demo account."""
        account = self.session.scalars(sa.select(Account).where(Account.username == username)).one()
        return of_account(self.session, account, calendar.today())

    def _account(self, unit: Organisation, role: str) -> Account:
        named = self.session.scalar(sa.select(Account).where(Account.username == role))
        if named is not None:
            actor = of_account(self.session, named, calendar.today())
            if any(h.role == role and h.organisation_id == unit.id for h in actor.holdings):
                return named
        made = accounts.add_account(
            self.session,
            SYSTEM,
            f"{role}-{unit.code.lower()}",
            next(self._names),
            hashed=NOBODYS,
        )
        accounts.appoint(self.session, SYSTEM, made, role, unit, date(2024, 1, 1))
        return made


def build(session: Session, rows: Sequence[Mapping[str, Any]]) -> People:
    """Make the projects; gives the people who acted in them."""
    people = People(session)
    shift = calendar.today() - TABLE_DAY
    for row in rows:
        _project(session, people, row, shift)
    return people


def _project(session: Session, people: People, row: Mapping[str, Any], shift: timedelta) -> None:
    unit = accounts.organisation(session, row["unit"])
    concluded = row.get("accepted_on")
    project = Project(
        name=row["name"],
        unit_id=unit.id,
        kind=row["kind"],
        stage=row["stage"],
        build_mode=row["build_mode"],
        approval=row["approval"],
        starts=date.fromisoformat(row["start"]),
        planned_on=None if concluded else calendar.today() + timedelta(days=25),
        concluded_on=date.fromisoformat(concluded) if concluded else None,
        facts=_facts(people, row, shift),
    )
    session.add(project)
    session.flush()
    codes = row["resources"]
    resources = {
        str(r.code): r for r in session.scalars(sa.select(Resource).where(Resource.code.in_(codes)))
    }
    drafts = _drafts(session, unit, row) if row["stage"] == "approval" else []
    scope = [*resources.values(), *drafts]
    session.add_all(ProjectResource(project_id=project.id, resource_id=r.id) for r in scope)
    systems = _systems(session, project, unit, row)
    _tables(session, row, systems, scope)
    _papers(session, people, project, row, systems, shift)
    if project.kind not in {"earlier", "operation"} and row["stage"] != "approval":
        _published(session, people, unit, list(resources.values()))
        _assessed(session, people, unit, list(resources.values()))
        _masked(session, people, unit, project, list(resources.values()))
    _mounts(session, people, row, resources, shift)
    _exemptions(session, people, project, row, systems, resources)
    _findings(session, people, project, row, shift)


def _facts(people: People, row: Mapping[str, Any], shift: timedelta) -> dict[str, Any]:
    facts = {name: row[name] for name in ("filing", "decision", "receipt") if name in row}
    if "contract" in row:
        facts["contract"] = f"合同 DEMO-{row['id'][1:]} 第八条"
        facts["export_clause"] = row["contract"]["export_clause"]
    if "declaration" in row:
        facts["declaration"] = row["declaration"]["number"]
    if "catch_up" in row:
        facts["catch_up"] = (date.fromisoformat(row["catch_up"]) + shift).isoformat()
    if row.get("countersigned"):
        commission = people.named("development_commission")
        facts["countersigned"] = [
            {
                "stage": row["stage"],
                "person": commission.person_key,
                "name": commission.name,
                "role": "development_commission",
                "unit": commission.holdings[0].organisation_name,
                "on": (TABLE_DAY + shift - timedelta(days=3)).isoformat(),
            }
        ]
    return facts


def _drafts(session: Session, unit: Organisation, row: Mapping[str, Any]) -> list[Resource]:
    """Entries that were never published have no code: they are found by the unit's drafts."""
    return list(
        session.scalars(
            sa.select(Resource)
            .where(Resource.department_id == unit.id, Resource.live_version_id.is_(None))
            .order_by(Resource.id)
            .limit(len(row["resources"]))
        )
    )


def _systems(
    session: Session, project: Project, unit: Organisation, row: Mapping[str, Any]
) -> dict[str, System]:
    made = {}
    for one in row["systems"]:
        system = System(
            code=one["id"],
            name=one["name"],
            unit_id=unit.id,
            protection_level=one["protection_level"],
        )
        session.add(system)
        session.flush()
        session.add(ProjectSystem(project_id=project.id, system_id=system.id))
        made[one["id"]] = system
    return made


def _tables(
    session: Session,
    row: Mapping[str, Any],
    systems: Mapping[str, System],
    scope: Sequence[Resource],
) -> None:
    """Business tables, linked in turn; those the table of projects names open stay open."""
    open_ = {"P11": 9, "P12": 1}.get(row["id"], 0)
    for one in row["systems"]:
        count = one["business_tables"]
        linked = itertools.cycle(scope)
        for n in range(1, count + 1):
            is_open = n > count - open_
            name = "T_ALARM" if is_open and row["id"] == "P12" else f"T_{n:02d}"
            session.add(
                BusinessTable(
                    system_id=systems[one["id"]].id,
                    name=name,
                    resource_id=None if is_open else next(linked).id,
                )
            )


# What was found, in the words of whoever raised it.
_FOUND = {
    "F4": "抽查共享平台，已授权的申请没有按期提供数据，责令整改",
    "F6": "抽查发现告警表 T_ALARM 没有编目，也没有写明豁免理由，责令整改",
}
_EVALUATORS = {"G-SEC": "演示等级保护测评机构", "G-CRYPTO": "演示商用密码检测机构"}


def _papers(
    session: Session,
    people: People,
    project: Project,
    row: Mapping[str, Any],
    systems: Mapping[str, System],
    shift: timedelta,
) -> None:
    unit = project.unit
    operator = people.of(_operator(session, unit), "operator")
    manager = people.of(unit, "project_manager")

    def enter(
        gate: str,
        who: Actor,
        number: str,
        on: str,
        system: System | None,
        until: str | None = None,
        issuer: str = "",
    ) -> None:
        session.add(
            Evidence(
                project_id=project.id,
                system_id=system.id if system else None,
                gate=gate,
                number=number,
                on=date.fromisoformat(on) + shift,
                next_on=date.fromisoformat(until) + shift if until else None,
                issuer=issuer or who.holdings[0].organisation_name,
                entered_by=_person(who),
                entered_at=now(),
            )
        )

    for one in row["systems"]:
        system = systems[one["id"]]
        cloud, brain = one["cloud"], one["city_brain"]
        if cloud and cloud["tenant"]:
            enter("G-CLOUD", operator, cloud["tenant"], cloud["confirmed_on"], system)
        if brain:
            enter("G-BRAIN", operator, brain["joint_test"], brain["on"], system)
        for gate, name in (("G-SEC", "protection_report"), ("G-CRYPTO", "crypto_report")):
            if one[name]:
                proof = one[name]
                # What the manager enters was issued by a body that evaluates, not by his unit.
                enter(
                    gate,
                    manager,
                    proof["number"],
                    proof["on"],
                    system,
                    proof["next"],
                    _EVALUATORS[gate],
                )
    if row["systems"] and row["stage"] != "approval":
        enter("G-IF", operator, f"IF-DEMO-{row['id'][1:]}", "2026-09-20", None)


def _operator(session: Session, unit: Organisation) -> Organisation:
    return session.get(Organisation, unit.operator_id) or unit


def _authority(session: Session, unit: Organisation) -> Organisation:
    return session.get(Organisation, unit.authority_id) or unit


def _person(actor: Actor) -> int:
    assert actor.person_id is not None
    return actor.person_id


def _published(
    session: Session, people: People, unit: Organisation, resources: Sequence[Resource]
) -> None:
    """Take the entries the whole way in one batch; one that is on its way already stays there."""
    versions: list[Version] = []
    for resource in resources:
        if resource.working_version_id is None:
            catalogue.revise(session, people.of(unit, "registrar"), resource)
            assert resource.working is not None
            versions.append(resource.working)
    if not versions:
        return
    catalogue.hand_in(session, people.of(unit, "registrar"), versions)
    reviewer = people.of(_authority(session, unit), "reviewer")
    ways = (("secrecy", "clear"), ("head", "approve"))
    for version in versions:
        for role, step in ways:
            catalogue.advance(session, people.of(unit, role), version, step)
        catalogue.advance(session, reviewer, version, "publish")


def _assessed(
    session: Session, people: People, unit: Organisation, resources: Sequence[Resource]
) -> None:
    """One assessment of each kind over all versions of the unit's project."""
    versions = [r.working or r.live for r in resources]
    for kind, role in (("secrecy", "secrecy"), ("pia", "registrar")):
        made = Assessment(
            kind=kind,
            organisation_id=unit.id,
            number=f"评估 DEMO-{unit.code[-4:]}-{kind}",
            on=calendar.today(),
            entered_by=_person(people.of(unit, role)),
            entered_at=now(),
        )
        session.add(made)
        session.flush()
        session.add_all(
            AssessedVersion(assessment_id=made.id, version_id=v.id) for v in versions if v
        )


def _masked(
    session: Session,
    people: People,
    unit: Organisation,
    project: Project,
    resources: Sequence[Resource],
) -> None:
    """A masking plan for every entry with personal items, run over made-up rows and re-checked.

    The run is a real one, of the library, under the kind the stage asks for; only its citizens
    are nobody, as everything in the demo.
    """
    kind = "measured" if project.stage == "final" else "plan_only"
    registrar, head = people.of(unit, "registrar"), people.of(unit, "head")
    with tempfile.TemporaryDirectory() as folder:
        key = Path(folder) / "key"
        anonymization.make_key(key)
        for resource in resources:
            version = resource.working or resource.live
            items = catalogue.document_of(version).get("items", []) if version else []
            if version is None or not any(map(_is_personal, items)):
                continue
            plan = desensitization.proposed(version, PROFILE)
            rows = anonymization.made_up(plan, 300)
            plan = anonymization.fit(plan, rows) | {"reason": KEPT}
            row = desensitization.save_plan(session, registrar, resource, version, PROFILE, plan)
            source, target = Path(folder) / "in.csv", Path(folder) / f"{resource.key}.csv"
            rows.write_csv(source)
            bound = {"resource": resource.key, "version": version.digest}
            made = anonymization.apply(row.plan, source, target, key, binding=bound, kind=kind)
            report = schemas.loads(made.json())
            assert isinstance(report, dict)
            taken = desensitization.take_report(session, registrar, row, report)
            desensitization.recheck(session, head, taken)


def _is_personal(item: Mapping[str, Any]) -> bool:
    return bool(item.get("pi_kind")) or str(item.get("level")) >= "3"


def issue_lists(session: Session, people: People, rows: Sequence[Mapping[str, Any]]) -> None:
    """The newest editions of the units with projects, once what they tell of is there.

    A project that fails for its lists lacks the negative one.
    """
    failing: dict[str, bool] = {}
    for row in rows:
        if row["kind"] not in {"earlier", "operation"} and row["stage"] != "approval":
            fails = any(one["gate"] == "G-LISTS" for one in row["failing"])
            failing[row["unit"]] = failing.get(row["unit"], False) or fails
    for code, fails in failing.items():
        unit = accounts.organisation(session, code)
        for kind in lists.LISTS:
            if not (fails and kind.id == "negative"):
                made = lists.issue(session, people.of(unit, "head"), unit, kind.id)
                # Of yesterday, so that whoever tries the demo can issue one of today.
                made.issued_on -= timedelta(days=1)
                made.signed_at -= timedelta(days=1)
    session.flush()


def _mounts(
    session: Session,
    people: People,
    row: Mapping[str, Any],
    resources: Mapping[str, Resource],
    shift: timedelta,
) -> None:
    if row["stage"] != "final":
        return
    failing = {one.get("resource") for one in row["failing"] if one["gate"] == "G-MOUNT"}
    exempt = {one.get("resource") for one in row.get("na", []) if one["gate"] == "G-MOUNT"}
    for code, resource in resources.items():
        if code in exempt or resource.live is None:
            continue
        names = _columns(resource.live)
        if code in failing:
            names = [name for name in names if name != "抵押权人"]
        session.add(
            Mount(
                resource_id=resource.id,
                number=f"GJ-DEMO-{code[-6:]}-{resource.id}",
                method="01",
                tested_on=TABLE_DAY + shift,
                answered=True,
                columns=names,
                records=1000,
                fresh_on=TABLE_DAY + shift - timedelta(days=1),
                entered_by=_person(people.of(_operator(session, resource.department), "operator")),
                entered_at=now(),
            )
        )


def _columns(version: Version) -> list[str]:
    return [str(item["name"]) for item in catalogue.document_of(version).get("items", [])]


def _exemptions(
    session: Session,
    people: People,
    project: Project,
    row: Mapping[str, Any],
    systems: Mapping[str, System],
    resources: Mapping[str, Resource],
) -> None:
    reviewer = people.of(_authority(session, project.unit), "reviewer")
    for one in row.get("na", []):
        system = systems.get(one.get("system", ""))
        resource = resources.get(one.get("resource", ""))
        session.add(
            NotApplicable(
                project_id=project.id,
                gate=one["gate"],
                system_id=system.id if system else None,
                resource_id=resource.id if resource else None,
                reason=one["reason"],
                signed_by=_person(reviewer),
                signed_at=now(),
            )
        )


def _findings(
    session: Session,
    people: People,
    project: Project,
    row: Mapping[str, Any],
    shift: timedelta,
) -> None:
    for one in row.get("findings", []):
        account = session.scalars(
            sa.select(Account).where(Account.username == one["raised_by"])
        ).one()
        session.add(
            Finding(
                project_id=project.id,
                kind=one["type"],
                text=_FOUND.get(one["type"], "抽查发现问题，责令整改"),
                raised_by=account.person_id,
                raised_on=date.fromisoformat(one["raised_on"]) + shift,
                due=date.fromisoformat(one["due"]) + shift,
                state=one["state"],
            )
        )
