"""The yearly confirmation 无变化 of a unit, and the formal changes of a month."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time

import sqlalchemy as sa
from sqlalchemy.orm import Session

import schemas
from registry import calendar, journal
from registry.access import Actor, require
from registry.calendar import CITY
from registry.db import now
from registry.errors import Conflict
from registry.models.accounts import Organisation, Person
from registry.models.catalogue import Resource, Version
from registry.models.journal import JournalRow
from registry.signing import sm3

MOST_LISTED = 1000


def confirm_unchanged(
    session: Session, actor: Actor, department: Organisation, chosen: Sequence[str] | None = None
) -> int:
    """Confirm for this year, in one act, that published entries of the unit have not changed.

    `chosen` are the keys of those that were looked at; without it, all of them.

    Entries with a new version under way or with stored faults are left out: they are to change.
    The journal holds the digest of what was confirmed. Raises Conflict when nothing is left.
    """
    require(actor, "confirm_unchanged", department)
    rows = session.execute(
        sa.select(Resource.id, Resource.key, Version.digest)
        .join(Version, Resource.live_version_id == Version.id)
        .where(*_unconfirmed(department))
        .order_by(Resource.key)
    ).all()
    if chosen is not None:
        rows = [row for row in rows if row.key in set(chosen)]
    if not rows:
        raise Conflict("nothing_to_confirm", unit=department.name)
    session.execute(
        sa.update(Resource)
        .where(Resource.id.in_([row.id for row in rows]))
        .values(
            unchanged_on=calendar.today(),
            updated_at=now(),
            row_version=Resource.row_version + 1,
        )
        .execution_options(synchronize_session="fetch")
    )
    confirmed = schemas.canonical([[row.key, row.digest] for row in rows])
    journal.record(
        session,
        actor,
        "confirm_unchanged",
        "organisation",
        department.key,
        digest=f"sm3:{sm3(confirmed).hex()}",
        facts={"entries": len(rows), "year": calendar.today().year},
    )
    return len(rows)


@dataclass(frozen=True)
class YearlyEntry:
    """A published entry in the yearly confirmation: its key, name and version."""

    key: str
    name: str
    ordinal: int


def unconfirmed(session: Session, department: Organisation) -> list[YearlyEntry]:
    """The entries of the unit that may still be confirmed as unchanged this year."""
    return _entries(session, _unconfirmed(department))


def _entries(session: Session, where: Sequence[sa.ColumnElement[bool]]) -> list[YearlyEntry]:
    rows = session.execute(
        sa.select(Resource.key, Version.name, Version.ordinal)
        .join(Version, Resource.live_version_id == Version.id)
        .where(*where)
        .order_by(Version.name, Resource.key)
    )
    return [YearlyEntry(*row) for row in rows]


@dataclass(frozen=True)
class Confirmed:
    """The confirmations of this year in a unit: when, by whom, how many; the entries."""

    acts: Sequence[tuple[datetime, str, int]]
    entries: Sequence[YearlyEntry]


def confirmed(session: Session, department: Organisation) -> Confirmed:
    """Who confirmed what in this unit this year, the newest act first."""
    new_year = calendar.today().replace(month=1, day=1)
    rows = session.execute(
        sa.select(JournalRow.at, Person.name, JournalRow.facts)
        .outerjoin(Person, Person.key == JournalRow.person)
        .where(
            JournalRow.act == "confirm_unchanged",
            JournalRow.subject == "organisation",
            JournalRow.key == department.key,
            JournalRow.outcome == "done",
            JournalRow.at >= _midnight(new_year),
        )
        .order_by(JournalRow.seq.desc())
    )
    acts = [(at, name or "", int(json.loads(facts).get("entries", 0))) for at, name, facts in rows]
    held = [
        Resource.department_id == department.id,
        Resource.frozen_at.is_(None),
        Version.state == "published",
        Resource.unchanged_on >= new_year,
    ]
    return Confirmed(acts, _entries(session, held))


def _unconfirmed(department: Organisation) -> list[sa.ColumnElement[bool]]:
    new_year = calendar.today().replace(month=1, day=1)
    return [
        Resource.department_id == department.id,
        Version.state == "published",
        Resource.working_version_id.is_(None),
        Resource.remediation_due.is_(None),
        Resource.frozen_at.is_(None),
        sa.or_(Resource.unchanged_on.is_(None), Resource.unchanged_on < new_year),
        # What came this year has been looked at this year.
        sa.or_(Resource.published_on.is_(None), Resource.published_on < new_year),
    ]


@dataclass(frozen=True)
class FormalChange:
    """One formal change: when, by whom, of which entry, in which fields (pointers)."""

    at: datetime
    person: str
    key: str
    name: str
    version: int
    department: str
    fields: tuple[str, ...]


def formal_changes(session: Session, actor: Actor, month: date) -> list[FormalChange]:
    """The formal changes of a month in the actor's units and those his authority decides over."""
    first = month.replace(day=1)
    after = (
        first.replace(year=first.year + 1, month=1)
        if first.month == 12
        else first.replace(month=first.month + 1)
    )
    rows = session.execute(
        sa.select(JournalRow, Resource.key, Version.name, Organisation.name, Person.name)
        .join(Resource, Resource.key == JournalRow.key)
        .join(Version, Resource.live_version_id == Version.id)
        .join(Organisation, Organisation.id == Resource.department_id)
        .outerjoin(Person, Person.key == JournalRow.person)
        .where(
            JournalRow.act == "formal",
            JournalRow.subject == "resource",
            JournalRow.outcome == "done",
            JournalRow.at >= _midnight(first),
            JournalRow.at < _midnight(after),
            Resource.frozen_at.is_(None),
            _near(actor),
        )
        .order_by(JournalRow.seq.desc())
        .limit(MOST_LISTED)
    )
    return [
        FormalChange(
            row.at,
            person or "",
            key,
            name,
            row.version or 0,
            unit,
            tuple(json.loads(row.facts).get("fields", ())),
        )
        for row, key, name, unit, person in rows
    ]


def _near(actor: Actor) -> sa.ColumnElement[bool]:
    if actor.holds("auditor"):
        return sa.true()
    mine = actor.organisation_ids or {0}
    return sa.or_(Organisation.id.in_(mine), Organisation.authority_id.in_(mine))


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), CITY)
