"""A spill: an entry that should not be here is frozen at once, then lifted or wiped.

What a wipe destroys, and what of every column, is said in `registry.catalogue.places`. Free pages,
the write-ahead log and the folders of the index are cleansed after the commit
(`registry.discovery.cleansing`).
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

import schemas
from registry import calendar, journal, outbox
from registry.access import SYSTEM, Actor, Holding, may, persons_apart, require, why_not
from registry.catalogue import wiped
from registry.catalogue.named import naming, quoting
from registry.catalogue.places import PLACES
from registry.catalogue.reading import find
from registry.catalogue.traces import Means, Named, traces
from registry.catalogue.wiped import Wiped
from registry.db import now
from registry.errors import Conflict, Forbidden, Invalid, Missing, Refusal
from registry.models.accounts import Person
from registry.models.catalogue import (
    Decision,
    Freeze,
    Reading,
    Resource,
    Submission,
    Version,
)
from registry.models.exchange import Request
from registry.models.files import StoredFile
from registry.models.jobs import Job
from registry.models.journal import JournalRow

CLEANSE = "cleanse"


def freeze(session: Session, actor: Actor, key: str, reason: str) -> Freeze:
    """Take an entry away from everybody at once, in whatever state; the 24-hour clock starts."""
    resource = session.scalar(sa.select(Resource).where(Resource.key == key.strip()[:16]))
    if resource is None:
        raise Missing("no_entry")
    refusal = why_not(actor, "freeze", resource.department)
    if refusal is not None:
        # Who may not know of the entry learns nothing from trying to freeze it.
        find(session, actor, resource.key)
        raise refusal
    holding = require(actor, "freeze", resource.department)
    if resource.frozen_at is not None:
        raise Conflict("frozen", key=resource.key)
    if reason not in schemas.codes.labels("freeze_reason"):
        raise Invalid([], code="freeze_reason")
    moment = now()
    row = Freeze(
        resource_id=resource.id,
        frozen_by=actor.person_id,
        frozen_at=moment,
        reason=reason,
        report_due=moment + timedelta(hours=_hours("leak_report")),
    )
    session.add(row)
    _decided(session, actor, resource, "freeze", holding.role, moment)
    _mark(session, resource, moment)
    session.flush()
    facts = {"freeze": row.key, "reason": reason, "due": row.report_due.isoformat()}
    journal.record(
        session, actor, "freeze", "resource", resource.key, role=holding.role, facts=facts
    )
    return row


def lift(session: Session, actor: Actor, row: Freeze, paper_number: str) -> None:
    """Give the entry back as it was: another person, of the other of the two roles."""
    resource = session.get_one(Resource, row.resource_id)
    holding = _ending(session, actor, row, resource, "lift")
    row.paper_number = _number(paper_number)
    row.lifted_by, row.lifted_at = actor.person_id, now()
    _decided(session, actor, resource, "lift", holding.role, row.lifted_at)
    _mark(session, resource, None)
    facts = {"freeze": row.key}
    journal.record(session, actor, "lift", "resource", resource.key, role=holding.role, facts=facts)


def wipe(
    session: Session,
    actor: Actor,
    row: Freeze,
    means: Means,
    paper_number: str,
    kept: Collection[str] = (),
) -> None:
    """Destroy the content of a frozen entry for ever; facts, keys and digests stay.

    `paper_number` is that of the decision of the secrecy authority. `kept` are the marks of
    papers and findings that name the entry and are lawful otherwise (`Sheet.named`); one that says
    more than the name is destroyed whatever was chosen. What was in the files of the database is
    overwritten after the commit, by the job this leaves for `work`.
    """
    resource = session.get_one(Resource, row.resource_id)
    holding = _ending(session, actor, row, resource, "wipe")
    row.paper_number = _number(paper_number)
    moment = now()
    row.wiped_by, row.wiped_at = actor.person_id, moment
    _decided(session, actor, resource, "wipe", holding.role, moment)
    of = traces(session, resource, means, kept, wiped.day(moment))
    chosen = tuple(sorted(n.mark for n in naming(session, of) if n.keepable and n.mark in kept))
    done = _destroyed(session, resource, means, Wiped(resource.key, moment, (), chosen))
    facts = {"freeze": row.key, **done}
    journal.record(session, actor, "wipe", "resource", resource.key, role=holding.role, facts=facts)


def wipe_again(session: Session, one: Wiped, means: Means) -> bool:
    """Wipe what an older backup brought back; False where there is nothing of it.

    The marks of the wipe are entered in either case: a file may still bring the entry.
    """
    wiped.keep(session, one)
    resource = session.scalar(sa.select(Resource).where(Resource.key == one.key))
    if resource is None or not _has_content(session, resource.id):
        return False
    if resource.frozen_at is None:
        _mark(session, resource, now())
    facts = {"again": True, **_destroyed(session, resource, means, one)}
    journal.record(session, SYSTEM, "wipe", "resource", one.key, facts=facts)
    return True


def _has_content(session: Session, resource_id: int) -> bool:
    left = sa.select(Version.id).where(Version.resource_id == resource_id, Version.state != "wiped")
    return session.scalar(left.limit(1)) is not None


# --- destruction ---------------------------------------------------------------------------


def _destroyed(session: Session, resource: Resource, means: Means, one: Wiped) -> dict[str, Any]:
    """Empty every place of content; the facts for the journal: counts by place, digests."""
    # By these it is known when somebody brings it again; nothing else of its names is left.
    marks = wiped.note(session, resource, one.at)
    of = traces(session, resource, means, one.kept, wiped.day(one.at))
    counts = {name: empty(session, of) for name, empty in PLACES.items()}
    outbox.touch(session, [resource.id])
    payload = {
        "key": resource.key,
        "at": one.at.isoformat(),
        "marks": sorted({*marks, *one.marks}),
        "kept": sorted(one.kept),
    }
    session.add(Job(kind=CLEANSE, payload=payload))
    session.flush()
    session.expire_all()
    return {
        "places": {name: count for name, count in counts.items() if count},
        "papers": of.done,
        "kept": sorted(one.kept),
    }


# --- the parts of a step -------------------------------------------------------------------


def endings(
    session: Session, actor: Actor, row: Freeze, resource: Resource
) -> dict[str, Refusal | None]:
    """How this actor might end the freeze: lift or wipe, with the refusal that locks it."""
    found: dict[str, Refusal | None] = {}
    if row.lifted_at is not None or row.wiped_at is not None:
        return found
    for act in ("lift", "wipe"):
        if may(actor, act, resource.department):
            try:
                _ending(session, actor, row, resource, act)
                found[act] = None
            except Refusal as refusal:
                found[act] = refusal
    return found


def _ending(session: Session, actor: Actor, row: Freeze, resource: Resource, act: str) -> Holding:
    holding = require(actor, act, resource.department)
    if row.lifted_at is not None or row.wiped_at is not None:
        raise Conflict("freeze_ended")
    if "freeze" in persons_apart(act) and actor.person_id == row.frozen_by:
        raise Forbidden("same_person", act=act, other="freeze")
    # Two persons of one office would see the same side of it: the other role looks as well.
    if act == "lift" and holding.role == _frozen_by_role(session, row):
        raise Forbidden("other_role", act=act, roles=[holding.role])
    return holding


def _frozen_by_role(session: Session, row: Freeze) -> str:
    return (
        session.scalar(
            sa.select(Decision.role)
            .join(Version, Version.id == Decision.version_id)
            .where(Version.resource_id == row.resource_id, Decision.step == "freeze")
            .order_by(Decision.id.desc())
            .limit(1)
        )
        or ""
    )


def _decided(
    session: Session, actor: Actor, resource: Resource, step: str, role: str, moment: datetime
) -> None:
    holding = actor.holding({role})
    newest = session.scalars(
        sa.select(Version).where(Version.resource_id == resource.id).order_by(Version.id.desc())
    ).first()
    if newest is not None:
        session.add(
            Decision(
                version_id=newest.id,
                step=step,
                person_id=actor.person_id,
                role=role,
                organisation_id=holding.organisation_id if holding else None,
                digest=newest.digest,
                at=moment,
            )
        )
        session.flush()


def _mark(session: Session, resource: Resource, moment: datetime | None) -> None:
    resource.frozen_at = moment
    resource.row_version += 1
    session.flush()
    outbox.touch(session, [resource.id])
    session.refresh(resource)


def _number(text: str) -> str:
    number = text.strip()
    if not number or len(number) > 80:
        raise Invalid([], code="paper_number")
    return number


def _hours(deadline: str) -> int:
    rows = schemas.codes.table("deadlines")["deadlines"]
    return int(next(row["hours"] for row in rows if row["id"] == deadline))


# --- reading -------------------------------------------------------------------------------


def note_readings(session: Session, actor: Actor, resource_ids: Iterable[int]) -> None:
    """Remember that this person opened these entries today; once a day is enough for the sheet."""
    due = unread_today(session, actor, resource_ids)
    if due:
        rows = [
            {"resource_id": id_, "person_id": actor.person_id, "on": calendar.today()}
            for id_ in sorted(due)
        ]
        session.execute(sa.insert(Reading), rows)


# Asked with every page and every list of a program: written once.
_OPENED = Reading.__table__.c
_READ = sa.select(_OPENED.resource_id).where(
    _OPENED.resource_id.in_(sa.bindparam("b_ids", expanding=True)),
    _OPENED.person_id == sa.bindparam("b_person"),
    _OPENED.on == sa.bindparam("b_day"),
)


def unread_today(session: Session, actor: Actor, resource_ids: Iterable[int]) -> set[int]:
    """Those of the entries on whose list of today this reader does not stand yet."""
    wanted = set(resource_ids)
    if actor.person_id is None or not wanted:
        return set()
    given = {"b_ids": list(wanted), "b_person": actor.person_id, "b_day": calendar.today()}
    known = session.connection().execute(_READ, given).scalars()
    return wanted - set(known)


def freezes(session: Session, actor: Actor, *, ended: bool) -> list[tuple[Freeze, Resource]]:
    """The freezes this actor may know of, the most urgent first; `ended`: lifted and wiped ones."""
    rows = session.execute(
        sa.select(Freeze, Resource)
        .join(Resource, Resource.id == Freeze.resource_id)
        .where(
            sa.or_(Freeze.lifted_at.is_not(None), Freeze.wiped_at.is_not(None))
            if ended
            else sa.and_(Freeze.lifted_at.is_(None), Freeze.wiped_at.is_(None))
        )
        .order_by(Freeze.id.desc() if ended else Freeze.report_due)
        .limit(200)
    )
    return [(row, one) for row, one in rows if may(actor, "freeze", one.department)]


def freeze_of(session: Session, actor: Actor, key: str) -> tuple[Freeze, Resource]:
    """One freeze, for those who may freeze there; Missing for everybody else."""
    found = session.execute(
        sa.select(Freeze, Resource)
        .join(Resource, Resource.id == Freeze.resource_id)
        .where(Freeze.key == key)
    ).one_or_none()
    if found is None or not may(actor, "freeze", found[1].department):
        raise Missing("no_freeze")
    return found[0], found[1]


@dataclass(frozen=True)
class Sheet:
    """The 24-hour report 泄密情况报告表: where it was, who opened it, what may still hold it."""

    frozen_by: str
    versions: Sequence[tuple[int, str, datetime, str]]
    submissions: Sequence[str]
    files: int
    requests: Sequence[str]
    named: Sequence[Named]
    quoted_by: Sequence[str]
    readers: Sequence[tuple[str, date, date, int]]
    deciders: Sequence[tuple[str, str, datetime]]
    backups: Sequence[tuple[datetime, str]]
    is_published: bool


def sheet(session: Session, row: Freeze, resource: Resource, means: Means) -> Sheet:
    """What the 24-hour report says of a frozen entry; also after a wipe, from what stayed."""
    of = traces(session, resource, means, (), "")
    versions = session.scalars(
        sa.select(Version).where(Version.resource_id == resource.id).order_by(Version.number)
    ).all()
    ids = [version.id for version in versions]
    batches = session.scalars(
        sa.select(Submission.key)
        .where(Submission.id.in_({v.submission_id for v in versions if v.submission_id}))
        .order_by(Submission.id)
    )
    kept = sa.select(sa.func.count(StoredFile.id)).where(
        StoredFile.resource_id == resource.id, StoredFile.deleted_at.is_(None)
    )
    readers = session.execute(
        sa.select(Person.name, sa.func.min(Reading.on), sa.func.max(Reading.on), sa.func.count())
        .join(Person, Person.id == Reading.person_id)
        .where(Reading.resource_id == resource.id)
        .group_by(Person.id, Person.name)
        .order_by(Person.name)
    )
    deciders = session.execute(
        sa.select(Person.name, Decision.step, Decision.at)
        .join(Person, Person.id == Decision.person_id)
        .where(Decision.version_id.in_(ids))
        .order_by(Decision.id)
    )
    backups = session.execute(
        sa.select(JournalRow.at, JournalRow.key)
        .where(JournalRow.act == "backup", JournalRow.at >= resource.created_at)
        .order_by(JournalRow.seq)
    )
    asked = session.execute(
        sa.select(Request.key, Request.number).where(Request.resource_id == resource.id)
    )
    return Sheet(
        frozen_by=session.get_one(Person, row.frozen_by).name,
        versions=[(v.ordinal, v.state, v.created_at, v.digest) for v in versions],
        submissions=list(batches),
        files=session.scalar(kept) or 0,
        requests=[number or key for key, number in asked],
        named=naming(session, of),
        quoted_by=quoting(session, of),
        readers=[(name, first, last, days) for name, first, last, days in readers],
        deciders=[(name, step, at) for name, step, at in deciders],
        backups=[(at, key) for at, key in backups],
        is_published=resource.published_on is not None,
    )


def wipes(session: Session) -> list[Wiped]:
    """Every wipe that a job of this database knows of: the list kept outside the database."""
    rows = session.execute(
        sa.select(Job.payload, Job.created_at).where(Job.kind == CLEANSE).order_by(Job.id)
    )
    return [wiped.of_fact({"at": at.isoformat(), **payload}) for payload, at in rows]
