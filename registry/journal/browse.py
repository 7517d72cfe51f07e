"""Reading the journal as an auditor does: newest first, filtered, page by page."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from registry.calendar import CITY
from registry.models.accounts import Organisation, Person
from registry.models.catalogue import Resource, Version
from registry.models.exchange import Demand, Request
from registry.models.journal import JournalRow
from registry.models.lists import Edition
from registry.models.projects import Project

PAGE = 50


@dataclass(frozen=True)
class Filter:
    """What the auditor asks for; an empty word asks for everything."""

    act: str = ""
    person: str = ""
    unit: str = ""
    key: str = ""
    day: date | None = None
    outcome: str = ""


@dataclass(frozen=True)
class Page:
    """Some rows, the names behind their keys, and where the next and the first page begin.

    `ordinals`: which version a row means as people count, by key and number, while it is there.
    """

    rows: Sequence[JournalRow]
    persons: Mapping[str, str]
    units: Mapping[str, str]
    names: Mapping[tuple[str, str], str]
    ordinals: Mapping[tuple[str, int], int]
    older: int | None


def browse(session: Session, asked: Filter, before: int | None = None) -> Page:
    """The newest rows that answer the filter and lie before this one; always ten queries."""
    statement = sa.select(JournalRow).where(*_conditions(asked))
    if before is not None:
        statement = statement.where(JournalRow.seq < before)
    rows = session.scalars(statement.order_by(JournalRow.seq.desc()).limit(PAGE + 1)).all()
    shown = rows[:PAGE]
    persons = session.execute(
        sa.select(Person.key, Person.name).where(Person.key.in_({row.person for row in shown}))
    )
    units = session.execute(
        sa.select(Organisation.code, Organisation.name).where(
            Organisation.code.in_({row.organisation for row in shown})
        )
    )
    return Page(
        shown,
        {key: name for key, name in persons},  # noqa: C416 - a row is not a pair to the types
        {code: name for code, name in units},  # noqa: C416
        _names(session, shown),
        _ordinals(session, shown),
        shown[-1].seq if len(rows) > PAGE else None,
    )


# What a person calls the subject of an act: an entry by the text that is read or worked on.
_CALLED: Mapping[str, sa.Select[str, str | None]] = {
    "resource": sa.select(Resource.key, Version.name).join(
        Version,
        Version.id == sa.func.coalesce(Resource.live_version_id, Resource.working_version_id),
    ),
    "request": sa.select(Request.key, Request.number),
    "demand": sa.select(Demand.key, Demand.number),
    "project": sa.select(Project.key, Project.name),
    "edition": sa.select(Edition.key, Edition.paper_number),
}


def _names(session: Session, rows: Sequence[JournalRow]) -> dict[tuple[str, str], str]:
    """The names of the subjects of these rows, by kind and key; one question for each kind."""
    found: dict[tuple[str, str], str] = {}
    for subject, called in _CALLED.items():
        key = called.selected_columns[0]
        keys = {row.key for row in rows if row.subject == subject}
        for one, name in session.execute(called.where(key.in_(keys))):
            found[subject, one] = name or ""
    return found


def _ordinals(session: Session, rows: Sequence[JournalRow]) -> dict[tuple[str, int], int]:
    found = session.execute(
        sa.select(Resource.key, Version.number, Version.ordinal)
        .join(Version, Version.resource_id == Resource.id)
        .where(Resource.key.in_({row.key for row in rows if row.version}))
    )
    return {(key, number): ordinal for key, number, ordinal in found}


def _conditions(asked: Filter) -> list[sa.ColumnElement[bool]]:
    found: list[sa.ColumnElement[bool]] = []
    if asked.act:
        found.append(JournalRow.act == asked.act)
    if asked.outcome:
        found.append(JournalRow.outcome == asked.outcome)
    if asked.key:
        found.append(JournalRow.key == asked.key)
    if asked.person:
        # People are looked for by name or account; the row holds the key of the person.
        known = sa.select(Person.key).where(Person.name == asked.person)
        found.append(sa.or_(JournalRow.account == asked.person, JournalRow.person.in_(known)))
    if asked.unit:
        named = sa.select(Organisation.code).where(Organisation.name == asked.unit)
        found.append(
            sa.or_(
                JournalRow.organisation == asked.unit,
                JournalRow.organisation.in_(named),
            )
        )
    if asked.day is not None:
        begins = datetime.combine(asked.day, time(), CITY)
        found.append(JournalRow.at >= begins)
        found.append(JournalRow.at < begins + timedelta(days=1))
    return found


def acts(session: Session) -> list[tuple[str, str]]:
    """Every act that stands in the journal, with its subject where it has only one."""
    subject, last = sa.func.min(JournalRow.subject), sa.func.max(JournalRow.subject)
    one = sa.case((subject == last, subject), else_="")
    rows = session.execute(sa.select(JournalRow.act, one).group_by(JournalRow.act))
    return [(act, subject) for act, subject in rows]
