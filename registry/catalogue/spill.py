"""A spill: an entry that should not be here is frozen at once, then lifted or wiped.

Content lives in known tables and files only; the journal, the outbox and the index hold keys and
digests. So a wipe is a list of places, `_PLACES`, and whoever adds a table with content adds its
line there. Free pages, the write-ahead log and the folders of the index are cleansed after the
commit (`registry.discovery.cleansing`).
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

import schemas
from registry import calendar, files, held, journal, outbox
from registry.access import SYSTEM, Actor, Holding, may, persons_apart, require, why_not
from registry.catalogue.reading import find
from registry.db import now
from registry.errors import Conflict, Forbidden, Invalid, Missing, Refusal
from registry.models.acceptance import Opinion
from registry.models.accounts import Person
from registry.models.catalogue import (
    Alias,
    Decision,
    Element,
    Freeze,
    Reading,
    Remark,
    Resource,
    Submission,
    Version,
)
from registry.models.desensitization import MaskingPlan, MaskingReport
from registry.models.exchange import Request, RequestEvent, StandingConsent
from registry.models.files import StoredFile
from registry.models.jobs import Job
from registry.models.journal import JournalRow
from registry.models.lists import Edition
from registry.models.papers import Paper, PaperVersion
from registry.models.projects import Mount

# What is read as a name where a name was: the batch of a wiped entry keeps its page.
WIPED_NAME = "（已清除）"
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


def wipe(session: Session, actor: Actor, row: Freeze, folder: Path, paper_number: str) -> None:
    """Destroy the content of a frozen entry for ever; facts, keys and digests stay.

    `paper_number` is that of the decision of the secrecy authority. What was in the files of the
    database is overwritten after the commit, by the job this leaves for `work`.
    """
    resource = session.get_one(Resource, row.resource_id)
    holding = _ending(session, actor, row, resource, "wipe")
    row.paper_number = _number(paper_number)
    row.wiped_by, row.wiped_at = actor.person_id, now()
    _decided(session, actor, resource, "wipe", holding.role, row.wiped_at)
    counts = destroy(session, resource, folder)
    facts = {"freeze": row.key, "places": counts}
    journal.record(session, actor, "wipe", "resource", resource.key, role=holding.role, facts=facts)


def wipe_again(session: Session, key: str, folder: Path) -> bool:
    """Wipe what an older backup brought back; False where there is nothing of it."""
    resource = session.scalar(sa.select(Resource).where(Resource.key == key))
    if resource is None or not _has_content(session, resource.id):
        return False
    if resource.frozen_at is None:
        _mark(session, resource, now())
    counts = destroy(session, resource, folder)
    facts = {"again": True, "places": counts}
    journal.record(session, SYSTEM, "wipe", "resource", key, facts=facts)
    return True


def _has_content(session: Session, resource_id: int) -> bool:
    left = sa.select(Version.id).where(Version.resource_id == resource_id, Version.state != "wiped")
    return session.scalar(left.limit(1)) is not None


# --- the places of content -----------------------------------------------------------------


@dataclass(frozen=True)
class _Traces:
    """What a wipe looks for: the entry, its versions, the keys and codes that name it in a list."""

    resource: Resource
    versions: tuple[int, ...]
    folder: Path
    names: frozenset[str]


def destroy(session: Session, resource: Resource, folder: Path) -> dict[str, int]:
    """Empty every place that holds content of this entry; how many rows or files in each."""
    versions = tuple(
        session.scalars(sa.select(Version.id).where(Version.resource_id == resource.id))
    )
    asked = session.scalars(sa.select(Request.key).where(Request.resource_id == resource.id))
    names = frozenset(filter(None, (resource.key, resource.code, *asked)))
    traces = _Traces(resource, versions, folder, names)
    counts = {name: empty(session, traces) for name, empty in _PLACES.items()}
    outbox.touch(session, [resource.id])
    session.add(Job(kind=CLEANSE, payload={"key": resource.key}))
    session.flush()
    session.expire_all()
    return {name: count for name, count in counts.items() if count}


def _versions(session: Session, traces: _Traces) -> int:
    session.execute(
        sa.update(Resource)
        .where(Resource.id == traces.resource.id)
        .values(live_version_id=None, working_version_id=None)
    )
    return _count(
        session,
        sa.update(Version)
        .where(Version.resource_id == traces.resource.id)
        .values(
            state="wiped",
            name="",
            level=None,
            share_type=None,
            open_type=None,
            visibility=None,
            document="{}",
            # Without its salt a digest tells nothing of the text it was made from.
            salt=b"\x00" * 16,
            faults=sa.null(),
        ),
    )


def _elements(session: Session, traces: _Traces) -> int:
    return _count(session, sa.delete(Element).where(Element.version_id.in_(traces.versions)))


def _remarks(session: Session, traces: _Traces) -> int:
    ours = sa.select(Decision.id).where(Decision.version_id.in_(traces.versions))
    return _count(session, sa.delete(Remark).where(Remark.decision_id.in_(ours)))


def _aliases(session: Session, traces: _Traces) -> int:
    return _count(session, sa.delete(Alias).where(Alias.resource_id == traces.resource.id))


def _submissions(session: Session, traces: _Traces) -> int:
    ours = sa.select(Version.submission_id).where(
        Version.id.in_(traces.versions), Version.submission_id.is_not(None)
    )
    return _count(
        session, sa.update(Submission).where(Submission.id.in_(ours)).values(title=WIPED_NAME)
    )


def _masking(session: Session, traces: _Traces) -> int:
    plans = sa.select(MaskingPlan.id).where(MaskingPlan.resource_id == traces.resource.id)
    reports = sa.update(MaskingReport).where(MaskingReport.plan_id.in_(plans)).values(report={})
    plan = sa.update(MaskingPlan).where(MaskingPlan.resource_id == traces.resource.id)
    return _count(session, reports) + _count(session, plan.values(plan={}))


def _requests(session: Session, traces: _Traces) -> int:
    ours = sa.select(Request.id).where(Request.resource_id == traces.resource.id)
    told = sa.update(RequestEvent).where(RequestEvent.request_id.in_(ours)).values(text="")
    asked = (
        sa.update(Request)
        .where(Request.resource_id == traces.resource.id)
        .values(document={}, answer=sa.null(), row_version=Request.row_version + 1)
    )
    consent = (
        sa.update(StandingConsent)
        .where(StandingConsent.resource_id == traces.resource.id)
        .values(scope="")
    )
    return _count(session, told) + _count(session, asked) + _count(session, consent)


def _mounts(session: Session, traces: _Traces) -> int:
    ours = sa.update(Mount).where(Mount.resource_id == traces.resource.id)
    return _count(session, ours.values(columns=[]))


def _editions(session: Session, traces: _Traces) -> int:
    """Rows of issued lists that show the entry become a gap; the digest tells that it was one."""
    found = 0
    for edition in session.scalars(sa.select(Edition)):
        rows, gaps = _with_gaps(edition.rows, traces)
        if gaps:
            edition.rows = rows
            found += gaps
    session.flush()
    return found


def _with_gaps(value: Any, traces: _Traces) -> tuple[Any, int]:
    if isinstance(value, Mapping):
        if any(isinstance(one, str) and one in traces.names for one in value.values()):
            gap = {n: one if one in traces.names else WIPED_NAME for n, one in value.items()}
            return gap, 1
        parts = {name: _with_gaps(one, traces) for name, one in value.items()}
        return {name: part for name, (part, _) in parts.items()}, sum(n for _, n in parts.values())
    if isinstance(value, list):
        lines = [_with_gaps(one, traces) for one in value]
        return [line for line, _ in lines], sum(n for _, n in lines)
    return value, 0


def _files(session: Session, traces: _Traces) -> int:
    """Files of the entry, scans of its papers, and what its unit imported or exported in bulk."""
    scans = sa.select(Paper.scan_id).join(PaperVersion, PaperVersion.paper_id == Paper.id)
    found = session.scalars(
        sa.select(StoredFile).where(
            StoredFile.deleted_at.is_(None),
            sa.or_(
                StoredFile.resource_id == traces.resource.id,
                StoredFile.id.in_(scans.where(PaperVersion.version_id.in_(traces.versions))),
                sa.and_(
                    StoredFile.purpose.in_(BULK),
                    sa.or_(
                        StoredFile.organisation_id == traces.resource.department_id,
                        StoredFile.organisation_id.is_(None),
                    ),
                ),
            ),
        )
    ).all()
    for row in found:
        files.delete(session, traces.folder, row)
        row.name = row.purpose
    session.flush()
    # Sheets under way name no entry: all of them go, and their owners send them again.
    return len(found) + held.clear(traces.folder)


# Files that hold many entries at once: the whole file goes, because a part of it cannot.
BULK = frozenset({"import", "export", "upload", "sheet", "faults"})

_PLACES: Mapping[str, Callable[[Session, _Traces], int]] = {
    # Before the versions: these look for what names them.
    "elements": _elements,
    "remarks": _remarks,
    "aliases": _aliases,
    "submissions": _submissions,
    "masking": _masking,
    "requests": _requests,
    "mounts": _mounts,
    "editions": _editions,
    "files": _files,
    "versions": _versions,
}


def _count(session: Session, statement: Any) -> int:
    done = session.execute(statement.execution_options(synchronize_session=False))
    return int(done.rowcount)  # type: ignore[attr-defined]


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


def unread_today(session: Session, actor: Actor, resource_ids: Iterable[int]) -> set[int]:
    """Those of the entries on whose list of today this reader does not stand yet."""
    wanted = set(resource_ids)
    if actor.person_id is None or not wanted:
        return set()
    known = session.scalars(
        sa.select(Reading.resource_id).where(
            Reading.resource_id.in_(wanted),
            Reading.person_id == actor.person_id,
            Reading.on == calendar.today(),
        )
    )
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
    opinions: Sequence[str]
    readers: Sequence[tuple[str, date, date, int]]
    deciders: Sequence[tuple[str, str, datetime]]
    backups: Sequence[tuple[datetime, str]]
    is_published: bool


def sheet(session: Session, row: Freeze, resource: Resource) -> Sheet:
    """What the 24-hour report says of a frozen entry; also after a wipe, from what stayed."""
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
        versions=[(v.number, v.state, v.created_at, v.digest) for v in versions],
        submissions=list(batches),
        files=session.scalar(kept) or 0,
        requests=[number or key for key, number in asked],
        opinions=_opinions(session, resource),
        readers=[(name, first, last, days) for name, first, last, days in readers],
        deciders=[(name, step, at) for name, step, at in deciders],
        backups=[(at, key) for at, key in backups],
        is_published=resource.published_on is not None,
    )


def _opinions(session: Session, resource: Resource) -> list[str]:
    """Issued opinions that name the entry: papers out of the house, which no wipe reaches."""
    text = sa.cast(Opinion.payload, sa.Text)
    return list(
        session.scalars(
            sa.select(Opinion.number).where(text.contains(resource.key)).order_by(Opinion.id)
        )
    )


def wiped_keys(session: Session) -> list[tuple[str, datetime]]:
    """Every entry that was wiped, and when: the list kept outside the database."""
    rows = session.execute(
        sa.select(Resource.key, Freeze.wiped_at)
        .join(Resource, Resource.id == Freeze.resource_id)
        .where(Freeze.wiped_at.is_not(None))
        .order_by(Freeze.id)
    )
    return [(key, at) for key, at in rows if at is not None]
