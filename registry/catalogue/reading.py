"""Reading entries: what a reader may see of them, the documents, the inbox.

Rights are part of the query. What a reader may not know of is Missing, like what is not there.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import InstrumentedAttribute, Session, aliased, defer
from sqlalchemy.sql.functions import FunctionElement

import schemas
from registry import calendar
from registry.access import Actor, Reach, acts, may, reach
from registry.catalogue.life import OUT, PROPOSAL, STATES, STEPS, UNDECIDED
from registry.errors import Gone, Missing
from registry.models.accounts import Organisation, Person
from registry.models.catalogue import Decision, Remark, Resource, Version
from registry.models.journal import JournalRow
from registry.models.shown import Census, Shown, ShownTo


class _Unsought(FunctionElement[str]):
    """A column by whose index SQLite must not look; PostgreSQL knows how often a value stands."""

    name = "unsought"
    type = sa.String()
    inherit_cache = True


@compiles(_Unsought)
def _plain(column: _Unsought, compiler: Any, **given: Any) -> str:
    return str(compiler.process(column.clauses, **given))


@compiles(_Unsought, "sqlite")
def _hidden(column: _Unsought, compiler: Any, **given: Any) -> str:
    return f"coalesce({compiler.process(column.clauses, **given)}, '')"


# Of a live version, found through its entry. Nearly all are in this state: an index on it is no
# help, yet SQLite would begin with it and join every entry to show twenty. PostgreSQL would take
# whatever is computed of it for one in two hundred, and read all to show twenty far down.
PUBLISHED = _Unsought(Version.state) == "published"


def document_of(version: Version) -> dict[str, Any]:
    """The document of a version; the caller gets his own copy."""
    return schemas.stored(version.document)


def visible(actor: Actor, anonymous: str = "none") -> sa.ColumnElement[bool]:
    """The condition on (Resource, its live Version) under which this reader sees the entry."""
    return sa.and_(PUBLISHED, known(actor, anonymous))


def visible_to_all(actor: Actor, anonymous: str = "none") -> sa.ColumnElement[bool]:
    """As `visible`, of what everybody with a name sees: his units are not asked for that.

    Asked beside it, they made PostgreSQL take each look at a version for fifty, and sort all
    entries for a page of a hundred.
    """
    if kind_of(actor, anonymous) not in ("named", "all"):
        return visible(actor, anonymous)
    return sa.and_(PUBLISHED, Resource.frozen_at.is_(None), Version.visibility == "1")


def known(actor: Actor, anonymous: str = "none") -> sa.ColumnElement[bool]:
    """The condition under which a reader may know of an entry, published or no longer."""
    return known_to(kind_of(actor, anonymous), units_of(actor))


_Column = InstrumentedAttribute[int]
# The same question asked a thousand times: the statement is written once for each kind of reader,
# and only his units are given with it.
UNITS = sa.bindparam("b_units", expanding=True, type_=sa.Integer)
KINDS = ("closed", "open", "named", "all")


def kind_of(actor: Actor, anonymous: str) -> str:
    """The kind of a reader: "closed" or "open" without a name, "named", or "all" for an auditor."""
    if not actor.signed_in:
        return "open" if anonymous == "open" else "closed"
    return "all" if actor.holds("auditor") else "named"


def units_of(actor: Actor) -> list[int]:
    """The units of a reader as a question takes them: never none."""
    return sorted(actor.organisation_ids) or [0]


def sight(actor: Actor, anonymous: str = "none") -> tuple[str, frozenset[int]]:
    """What decides which entries a reader knows of: readers of the same know of the same."""
    return kind_of(actor, anonymous), actor.organisation_ids


def asking(actor: Actor, anonymous: str, **given: object) -> tuple[str, dict[str, object]]:
    """The kind of a reader, and what the statement for it is given: his units beside `given`."""
    kind = kind_of(actor, anonymous)
    return kind, given | ({"b_units": units_of(actor)} if kind == "named" else {})


def known_to(kind: str, units: Any = UNITS) -> sa.ColumnElement[bool]:
    """The condition under which readers of this kind, of these units, may know of an entry."""
    among = Resource.id.in_(_shown_to(units).where(ShownTo.is_now))
    told = _told(kind, units, Resource.department_id, Version, among)
    return sa.false() if kind == "closed" else sa.and_(Resource.frozen_at.is_(None), told)


def shown_as(actor: Actor, anonymous: str, version: type[Version]) -> sa.ColumnElement[bool]:
    """The condition under which this reader sees an entry as it stood in one of its versions."""
    kind, units = kind_of(actor, anonymous), units_of(actor)
    return _told(kind, units, Resource.department_id, version, named_to(actor))


def counted(actor: Actor, anonymous: str = "none") -> sa.ColumnElement[bool]:
    """The condition on Census under which this reader sees the entries counted in a cell."""
    kind, units = kind_of(actor, anonymous), units_of(actor)
    # Entries of one cell name the same units: where one is, all are.
    named = _shown_to(units).where(ShownTo.is_now)
    cells = sa.select(Shown.census_id).where(Shown.resource_id.in_(named))
    # What an entry does not say is "" in a cell, which is not another value than "3".
    told = _told(kind, units, Census.department_id, Census, Census.id.in_(cells))
    return sa.and_(told, Census.share_type != "") if kind == "open" else told


def _told(
    kind: str,
    units: Any,
    department: _Column,
    facts: type[Version] | type[Census],
    among: sa.ColumnElement[bool],
) -> sa.ColumnElement[bool]:
    """`among`: that it names a unit of the reader, which counts for named departments alone."""
    match kind:
        case "closed":
            return sa.false()
        case "open":
            return sa.and_(
                facts.open_type.in_(["1", "2"]),
                facts.visibility == "1",
                facts.share_type != "3",
            )
        case "all":
            return sa.true()
    return sa.or_(
        facts.visibility == "1",
        _answered_for(units, department),
        sa.and_(facts.visibility == "2", among),
    )


def answered_for(actor: Actor) -> sa.ColumnElement[bool]:
    """The condition on Resource that it belongs to a unit of the actor, or to one he decides on."""
    return _answered_for(units_of(actor), Resource.department_id)


def named_to(actor: Actor) -> sa.ColumnElement[bool]:
    """The condition on Resource that it names, or named, a unit of the actor or under him."""
    return Resource.id.in_(_shown_to(units_of(actor)))


def _answered_for(units: Any, department: _Column) -> sa.ColumnElement[bool]:
    below = sa.select(Organisation.id).where(Organisation.authority_id.in_(units))
    return sa.or_(department.in_(units), department.in_(below))


def _shown_to(units: Any) -> sa.Select[Any]:
    return sa.select(ShownTo.resource_id).where(_answered_for(units, ShownTo.unit_id))


def workable(actor: Actor) -> sa.ColumnElement[bool]:
    """The condition on (Resource, its working Version) for what the actor's own units work on."""
    act = acts()["read_working"]
    units = {h.organisation_id for h in actor.holdings if h.role in act.roles}
    return sa.and_(
        Resource.frozen_at.is_(None),
        Resource.department_id.in_(units or {0}),
        Version.state.in_(act.states),
    )


def find(session: Session, actor: Actor, key: str, anonymous: str = "none") -> Resource:
    """The resource with this key, if the actor may see its live or its working version.

    Raises Gone for an entry that he could see before it was suspended or retired; those who work
    on it, and the auditor, go on seeing it.
    """
    kind, given = asking(actor, anonymous, b_key=key)
    at = reach(actor, *_WORKING)
    desk = "everywhere" if at.everywhere else "somewhere" if at != Reach() else "nowhere"
    if desk == "somewhere":
        given |= {name: sorted(ids) or [0] for name, ids in _places(at).items()}
    row = session.execute(_FOUND[kind, desk], given).one_or_none()
    if row is None:
        raise Missing("no_entry")
    resource: Resource = row[0]
    live, is_known = row[1], row[2]
    if resource.working_version_id and _sees_working(actor, resource, resource.working):
        return resource
    if live is not None and is_known:
        if live.state == "published" or (live.state in OUT and has_part(actor, resource)):
            return resource
        if live.state in OUT:
            raise Gone("gone", key=resource.key)
    raise Missing("no_entry")


# Acts by which somebody sees a version that is not public.
_WORKING = ("read_working", "read_frozen", "read_all", "register")


def _places(at: Reach) -> dict[str, frozenset[int]]:
    return {"b_desks": at.departments, "b_operators": at.operators, "b_projects": at.projects}


def _worked_on(desks: Any, operators: Any, projects: Any) -> sa.ColumnElement[bool]:
    """Whether an entry may lie where somebody with these posts works; the posts say the rest."""
    around = sa.select(Organisation.id).where(
        sa.or_(
            Organisation.id.in_(desks),
            # The papers of a sub-unit leave through the unit above it.
            Organisation.parent_id.in_(desks),
            Organisation.operator_id.in_(operators),
        )
    )
    return sa.or_(Resource.department_id.in_(around), Resource.project_id.in_(projects))


_DESKS = {
    "nowhere": sa.false(),
    "somewhere": _worked_on(
        *(sa.bindparam(name, expanding=True, type_=sa.Integer) for name in _places(Reach()))
    ),
    "everywhere": sa.true(),
}


def findable(actor: Actor, anonymous: str = "none") -> sa.ColumnElement[bool]:
    """The condition on (Resource, its live Version, if any) outside which `find` finds nothing.

    It belongs into every question that leads to `find`: an entry that is read before it is hidden
    answers later than one there is not, and its code tells which codes are taken.
    """
    at = reach(actor, *_WORKING)
    if at.everywhere:
        return sa.true()
    ids = (sorted(ids) or [0] for ids in _places(at).values())
    desk = sa.false() if at == Reach() else _worked_on(*ids)
    return sa.or_(known(actor, anonymous), desk)


# One question for the entry, its live version, and whether this reader may know of it. What he may
# not is not fetched: it would take longer than what is not there.
_FOUND = {
    (kind, desk): sa.select(Resource, Version, sa.case((known_to(kind), 1), else_=0))
    .outerjoin(Version, Version.id == Resource.live_version_id)
    .where(Resource.key == sa.bindparam("b_key"), sa.or_(known_to(kind), worked_on))
    for kind in KINDS
    for desk, worked_on in _DESKS.items()
}


def has_part(actor: Actor, resource: Resource) -> bool:
    """Whether the actor works on this entry or watches over it, whatever its state."""
    return any(
        may(actor, act, resource.department, project_id=resource.project_id)
        for act in ("read_working", "read_frozen", "read_all")
    )


def version_of(session: Session, actor: Actor, resource: Resource) -> Version | None:
    """The version the actor works with: the working one where he may see it, else the live one."""
    working = resource.working
    if working is not None and _sees_working(actor, resource, working):
        return working
    return resource.live


def require_version(session: Session, actor: Actor, key: str) -> Version:
    """The working version of an entry for somebody who has a part in its life, or Missing."""
    resource = session.scalar(sa.select(Resource).where(Resource.key == key))
    if resource is None or resource.working is None:
        raise Missing("no_entry")
    if not _sees_working(actor, resource, resource.working):
        raise Missing("no_entry")
    return resource.working


def _sees_working(actor: Actor, resource: Resource, version: Version | None) -> bool:
    if version is None or resource.frozen_at is not None:
        return False
    return any(
        may(actor, act, resource.department, version.state, resource.project_id)
        for act in ("read_working", "read_frozen", "read_all", "register")
    )


def decisions(session: Session, versions: Sequence[int]) -> list[tuple[Decision, str, str]]:
    """Every decision on these versions with the person's name and his unit's, oldest first."""
    unit = aliased(Organisation)
    rows = session.execute(
        sa.select(Decision, Person.name, sa.func.coalesce(unit.name, ""))
        .join(Person, Person.id == Decision.person_id)
        .outerjoin(unit, unit.id == Decision.organisation_id)
        .where(Decision.version_id.in_(versions))
        .order_by(Decision.id)
    )
    return [(decision, name, unit_name) for decision, name, unit_name in rows]


def steps_taken(session: Session, version_id: int) -> list[tuple[str, str, str, datetime]]:
    """Step, role and name of who took it, and when, for every decision on a version."""
    rows = session.execute(_STEPS_TAKEN, {"b_version": version_id})
    return [(step, role, name, at) for step, role, name, at in rows]


_STEPS_TAKEN = (
    sa.select(Decision.step, Decision.role, Person.name, Decision.at)
    .join(Person, Person.id == Decision.person_id)
    .where(Decision.version_id == sa.bindparam("b_version"))
    .order_by(Decision.id)
)


def last_save(session: Session, resource: Resource) -> tuple[str, str, datetime] | None:
    """Key and name of the person who last saved the draft of an entry, and when."""
    row = session.execute(
        sa.select(Person.key, Person.name, JournalRow.at)
        .join(Person, Person.key == JournalRow.person)
        .where(
            JournalRow.subject == "resource",
            JournalRow.key == resource.key,
            JournalRow.act == "register",
            JournalRow.outcome == "done",
        )
        .order_by(JournalRow.seq.desc())
        .limit(1)
    ).one_or_none()
    return (row.key, row.name, row.at) if row else None


def carried(session: Session, versions: Sequence[int]) -> dict[int, list[int]]:
    """For each version itself and the older ones whose decisions still hold for it.

    A formal change voids nothing: what was cleared, approved and published before it stays so.
    """
    start = (
        sa.select(Version.id.label("start"), Version.id.label("member"))
        .where(Version.id.in_(versions))
        .cte("carried", recursive=True)
    )
    chain = start.union_all(
        sa.select(start.c.start, Version.based_on_id)
        .join(Version, Version.id == start.c.member)
        .join(Decision, Decision.version_id == Version.id)
        .where(Decision.step == "formal", Version.based_on_id.is_not(None))
    )
    found: dict[int, list[int]] = {}
    for version_id, member in session.execute(
        sa.select(chain.c.start, chain.c.member).order_by(chain.c.start, chain.c.member)
    ):
        found.setdefault(version_id, []).append(member)
    return found


def remarks_on(session: Session, version: Version) -> list[Remark]:
    """The reasons of the return this draft answers: those of the version it is based on."""
    if version.based_on_id is None:
        return []
    return list(
        session.scalars(
            sa.select(Remark)
            .join(Decision, Decision.id == Remark.decision_id)
            .where(Decision.version_id == version.based_on_id, Decision.step == "return")
            .order_by(Remark.id)
        )
    )


@dataclass(frozen=True)
class Task:
    """A line of the inbox: a version that waits for the actor, and the step he is asked for."""

    version: Version
    step: str


def inbox(session: Session, actor: Actor) -> list[Task]:
    """What waits for this actor, oldest first: states whose ball lies with one of his posts."""
    states = [
        state.id
        for state in STATES.values()
        # What was returned is followed by a draft, which is the one that waits.
        if state.ball
        and state.id != "returned"
        and not actor.roles.isdisjoint(acts()[asked(state.id)].roles)
    ]
    tasks = [*_proposed(session, actor), *_to_resume(session, actor)]
    if not states:
        return tasks
    rows = session.scalars(
        sa.select(Version)
        .join(Resource, Resource.working_version_id == Version.id)
        .where(Version.state.in_(states), Resource.frozen_at.is_(None))
        .order_by(Version.arrived_at, Version.id)
        .limit(1000)
        # Counted on every page: a thousand documents would be read to show one number.
        .options(defer(Version.document))
    )
    for version in rows:
        step = asked(version.state)
        if may(
            actor, step, version.resource.department, version.state, version.resource.project_id
        ):
            tasks.append(Task(version, step))
    return tasks


def _proposed(session: Session, actor: Actor) -> list[Task]:
    """Entries whose head signed that they be retired: they wait for the second signature."""
    if actor.roles.isdisjoint(acts()["retire"].roles):
        return []
    last = (
        sa.select(sa.func.max(Decision.id))
        .where(Decision.version_id == Version.id, Decision.step.in_(PROPOSAL))
        .correlate(Version)
        .scalar_subquery()
    )
    rows = session.scalars(
        sa.select(Version)
        .join(Resource, Resource.live_version_id == Version.id)
        .where(
            Version.state.in_(STEPS["retire"].sources),
            Resource.frozen_at.is_(None),
            sa.exists().where(Decision.id == last, Decision.step == "propose_retirement"),
        )
        .order_by(Version.changed_at, Version.id)
        .limit(1000)
        .options(defer(Version.document))
    )
    return [
        Task(version, "retire")
        for version in rows
        if may(actor, "retire", version.resource.department, version.state)
    ]


def _to_resume(session: Session, actor: Actor) -> list[Task]:
    """Suspended entries whose planned day has come: they wait for whoever brings them back."""
    if actor.roles.isdisjoint(acts()["resume"].roles):
        return []
    rows = session.scalars(
        sa.select(Version)
        .join(Resource, Resource.live_version_id == Version.id)
        .where(
            Version.state.in_(STEPS["resume"].sources),
            Resource.frozen_at.is_(None),
            Resource.suspended_until <= calendar.today(),
        )
        .order_by(Resource.suspended_until, Version.id)
        .limit(1000)
        .options(defer(Version.document))
    )
    return [
        Task(version, "resume")
        for version in rows
        if may(actor, "resume", version.resource.department, version.state)
    ]


def asked(state: str) -> str:
    """The step that moves an entry on from this state."""
    if state not in UNDECIDED:
        return "register"
    return next(
        step.id
        for step in STEPS.values()
        if state in step.sources
        and step.id not in {"return", "take_back", "freeze", "lift", "wipe"}
    )
