"""How far the city is: figures counted from records, never typed, as far as a reader may see.

Completion is counted against what stands in the systems (business tables found there and not
exempt), not against what was typed: a share of typed entries would reward cutting one table into
ten.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa
from sqlalchemy.orm import Session

from registry import calendar, census, exchange
from registry.access import Actor
from registry.catalogue import visible
from registry.catalogue.reading import counted, sight
from registry.models.accounts import Organisation
from registry.models.catalogue import Resource, Version
from registry.models.exchange import Request
from registry.models.projects import BusinessTable, Mount, System
from registry.unchanged import until_next_act

MONTHS = 12


@dataclass(frozen=True)
class Completion:
    """A unit: its tables that want an entry, those whose entry is published, requests overdue."""

    name: str
    wanted: int
    done: int
    overdue: int

    @property
    def share(self) -> float:
        """The share of the tables that is done, 0 to 1."""
        return self.done / self.wanted


@dataclass(frozen=True)
class Published:
    """A unit and how many entries it has published."""

    code: str
    name: str
    entries: int


@dataclass(frozen=True)
class Answers:
    """Requests answered, or to be answered by now: how many, and how many in time."""

    due: int
    in_time: int

    @property
    def share(self) -> float | None:
        """The share answered in time; None where none was due, which is not zero."""
        return self.in_time / self.due if self.due else None


@dataclass(frozen=True)
class Overview:
    """The figures of one look; `published` are the units with any entry, those with most first."""

    published: Sequence[Published]
    elements: int
    mounted: int
    completions: Sequence[Completion]
    answers: Answers
    overdue: int

    @property
    def entries(self) -> int:
        """The published entries."""
        return sum(one.entries for one in self.published)

    @property
    def units(self) -> int:
        """The units that published any."""
        return len(self.published)

    @property
    def wanted(self) -> int:
        """The tables of all systems that want an entry."""
        return sum(one.wanted for one in self.completions)

    @property
    def done(self) -> int:
        """Those whose entry is published."""
        return sum(one.done for one in self.completions)


def look(session: Session, reader: Actor, anonymous: str = "none") -> Overview:
    """The figures of the first page; requests count as far as the reader may know of them."""
    # The counts go over every entry and change with an act alone; what hangs on the day does not.
    kept = until_next_act(
        session,
        ("overview", sight(reader, anonymous)),
        lambda: _counts(session, reader, anonymous),
    )
    late = _overdue(session, reader)
    return Overview(
        published=kept.published,
        elements=kept.elements,
        mounted=kept.mounted,
        completions=_by_urgency(kept.tables, late),
        answers=_answers(session, reader),
        overdue=sum(late.values()),
    )


@dataclass(frozen=True)
class _Counts:
    """What is counted over the entries; `tables`: unit, name, tables wanted and done."""

    published: Sequence[Published]
    elements: int
    mounted: int
    tables: Sequence[tuple[int, str, int, int]]


def _counts(session: Session, reader: Actor, anonymous: str) -> _Counts:
    mounted = session.scalar(
        sa.select(sa.func.count(Mount.resource_id.distinct())).where(
            Mount.answered, Mount.resource_id.in_(_live(reader, anonymous))
        )
    )
    seen = counted(reader, anonymous)
    _, elements = census.total(session, seen)
    return _Counts(
        published=_published(session, seen),
        elements=elements,
        mounted=mounted or 0,
        tables=_tables(session, reader, anonymous) if reader.signed_in else (),
    )


def _published(session: Session, seen: sa.ColumnElement[bool]) -> Sequence[Published]:
    entries = dict(census.by(session, seen, ["department_id"]))
    units = session.execute(
        sa.select(Organisation.id, Organisation.code, Organisation.name).where(
            Organisation.id.in_(entries)
        )
    )
    found = [Published(code, name, entries[id_]) for id_, code, name in units]
    return sorted(found, key=lambda one: (-one.entries, one.name))


def by_code(session: Session, reader: Actor, column: str) -> Mapping[str, int]:
    """Published entries by a code they carry: "share_type", "open_type" or "level"."""

    def counts() -> Mapping[str, Mapping[str, int]]:
        found: dict[str, Counter[str]] = {name: Counter() for name in _CODES}
        for *codes, number in census.by(session, counted(reader), _CODES):
            for name, code in zip(_CODES, codes, strict=True):
                if code:
                    found[name][code] += number
        return found

    return until_next_act(session, ("by code", sight(reader)), counts)[column]


_CODES = ("share_type", "open_type", "level")


def by_month(session: Session, reader: Actor) -> Sequence[tuple[str, int, int]]:
    """Month (2026-11), entries published and entries mounted by its end; since the first month.

    At most twelve months; a month before the first record is left out, because nothing known is
    not nothing done.
    """
    key = ("by month", sight(reader), calendar.today())
    return until_next_act(session, key, lambda: _by_month(session, reader))


def _by_month(session: Session, reader: Actor) -> Sequence[tuple[str, int, int]]:
    published = Counter(dict(census.by(session, counted(reader), ["month"])))
    mounted = Counter(
        _month(on)
        for on in session.scalars(
            sa.select(sa.func.min(Mount.tested_on))
            .where(Mount.answered, Mount.resource_id.in_(_live(reader, "none")))
            .group_by(Mount.resource_id)
        )
    )
    start = min([*published, *mounted], default="9999-12")
    return [
        (month, _until(month, published), _until(month, mounted))
        for month in _last_months()
        if month >= start
    ]


def _until(month: str, numbers: Mapping[str, int]) -> int:
    return sum(number for at, number in numbers.items() if at <= month)


def _live(reader: Actor, anonymous: str) -> sa.Select[int]:
    """The resources the reader sees, of those with a mount: a few, and asked for one by one."""
    return (
        sa.select(Resource.id)
        .join(Version, Resource.live_version_id == Version.id)
        .where(visible(reader, anonymous), Resource.id == Mount.resource_id)
    )


def _tables(session: Session, reader: Actor, anonymous: str) -> Sequence[tuple[int, str, int, int]]:
    """Every unit in whose systems tables were found: how many want an entry, how many are done."""
    shown = sa.and_(Version.id == Resource.live_version_id, visible(reader, anonymous))
    found = session.execute(
        sa.select(
            Organisation.id,
            Organisation.name,
            sa.func.count(BusinessTable.id),
            sa.func.count(Version.id),
        )
        .join(System, System.unit_id == Organisation.id)
        .join(BusinessTable, BusinessTable.system_id == System.id)
        .outerjoin(Resource, Resource.id == BusinessTable.resource_id)
        .outerjoin(Version, shown)
        .where(BusinessTable.exempt_because.is_(None))
        .group_by(Organisation.id, Organisation.name)
    )
    return [(id_, name, wanted, done) for id_, name, wanted, done in found]


def _by_urgency(
    tables: Sequence[tuple[int, str, int, int]], late: Mapping[int, int]
) -> Sequence[Completion]:
    """The units with tables: late ones first, then the least done."""
    rows = [Completion(name, wanted, done, late.get(id_, 0)) for id_, name, wanted, done in tables]
    return tuple(sorted(rows, key=lambda one: (-one.overdue, one.share, one.name)))


def _overdue(session: Session, reader: Actor) -> Mapping[int, int]:
    if not reader.signed_in:
        return {}
    found = session.execute(
        sa.select(Request.provider_id, sa.func.count(Request.id))
        .where(exchange.visible(session, reader), exchange.overdue())
        .group_by(Request.provider_id)
    )
    return {unit: count for unit, count in found}  # noqa: C416 - a row is not a pair to the types


def _answers(session: Session, reader: Actor) -> Answers:
    """The requests of this year whose answer was due by today, or came."""
    if not reader.signed_in:
        return Answers(0, 0)
    today = calendar.today()
    due, in_time = session.execute(
        sa.select(
            sa.func.count(Request.id),
            sa.func.count(sa.case((Request.replied_on <= Request.due, Request.id))),
        ).where(
            exchange.visible(session, reader),
            Request.received_on >= date(today.year, 1, 1),
            sa.or_(Request.replied_on.is_not(None), Request.due < today),
        )
    ).one()
    return Answers(due, in_time)


def _month(day: date) -> str:
    return f"{day.year:04d}-{day.month:02d}"


def _last_months() -> list[str]:
    """The months shown: the present one and those before it."""
    today = calendar.today()
    past = [today.year * 12 + today.month - 1 - back for back in reversed(range(MONTHS))]
    return [f"{month // 12:04d}-{month % 12 + 1:02d}" for month in past]
