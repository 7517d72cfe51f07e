"""The State Council's notice of a year taken into the calendar, on record and by whole years.

Nothing is counted anew: a date that somebody was told stays, and the outcome says how many open
dates fall into the years taken in, so that people look at them.
"""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa
from sqlalchemy.orm import Session

from registry import calendar, journal
from registry.access import Actor, require
from registry.models.calendar import CalendarDay
from registry.models.exchange import Request

ACT = "calendar"
LONGEST_SOURCE = 200
LONGEST_NAME = 60
# 《全国年节及纪念日放假办法》: these are off every year, so a notice without them is cut short.
ALWAYS_OFF = ((1, 1), (5, 1), (10, 1))
KINDS: Mapping[str, str] = {
    **dict.fromkeys(("off", "休", "休息", "放假"), "off"),
    **dict.fromkeys(("work", "班", "上班", "补班"), "work"),
}
HEADINGS: Mapping[str, tuple[str, ...]] = {
    "on": ("date", "日期"),
    "kind": ("kind", "off/work", "安排"),
    "source": ("source", "依据"),
    "name": ("name", "festival", "节日"),
}
_DAY = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?(?:[T ]00:00(?::00)?)?", re.ASCII)


@dataclass(frozen=True)
class Fault:
    """A row that cannot be taken; `row` counts from 1 as a sheet does, 0 is the whole file."""

    row: int
    code: str
    value: str = ""


@dataclass(frozen=True)
class Outcome:
    """What a notice changed in the calendar, by days, and the open dates in its years."""

    years: tuple[int, ...]
    added: int
    changed: int
    removed: int
    open_dates: int

    @property
    def is_nothing(self) -> bool:
        """Whether the calendar stays as it was."""
        return not (self.added or self.changed or self.removed)


@dataclass(frozen=True)
class Year:
    """A year as the page lists it: known or provisional, its days, its sources, open dates."""

    year: int
    off: int
    work: int
    sources: tuple[str, ...]
    open_dates: int

    @property
    def is_known(self) -> bool:
        """Whether the notice of this year is in the calendar."""
        return bool(self.off or self.work)


Rows = Sequence[tuple[int, CalendarDay]]


def read(table: Sequence[Sequence[str]]) -> tuple[Rows, list[Fault]]:
    """The days of a sheet by row, and every fault: headings in its first row, in any order."""
    heads = [cell.strip().lower() for cell in table[0]] if table else []
    places = {
        field: next((heads.index(word) for word in words if word in heads), None)
        for field, words in HEADINGS.items()
    }
    missing = [HEADINGS[field][1] for field in ("on", "kind", "source") if places[field] is None]
    if missing:
        return [], [Fault(0, "heading", "、".join(missing))]
    rows: list[tuple[int, CalendarDay]] = []
    faults: list[Fault] = []
    seen: set[date] = set()
    for number, cells in enumerate(table[1:], start=2):
        if not any(cell.strip() for cell in cells):
            continue
        found = {
            field: cells[place].strip() if place is not None and place < len(cells) else ""
            for field, place in places.items()
        }
        day = _day(found["on"])
        fault = _fault(number, found, day, seen)
        if fault is not None:
            faults.append(fault)
        elif day is not None:
            seen.add(day)
            kind = KINDS[found["kind"].lower()]
            made = CalendarDay(on=day, kind=kind, name=found["name"], source=found["source"])
            rows.append((number, made))
    if not rows and not faults:
        faults.append(Fault(0, "empty"))
    return rows, faults


def _fault(
    number: int, found: Mapping[str, str], day: date | None, seen: Iterable[date]
) -> Fault | None:
    kind = KINDS.get(found["kind"].lower())
    if day is None:
        return Fault(number, "date", found["on"][:40])
    if day in seen:
        return Fault(number, "twice", day.isoformat())
    if kind is None:
        return Fault(number, "kind", found["kind"][:40])
    if kind == "work" and day.weekday() < 5:
        return Fault(number, "weekday", day.isoformat())
    if not 0 < len(found["source"]) <= LONGEST_SOURCE or "\x00" in found["source"]:
        return Fault(number, "source")
    if len(found["name"]) > LONGEST_NAME or "\x00" in found["name"]:
        return Fault(number, "name")
    return None


def _day(text: str) -> date | None:
    match = _DAY.fullmatch(text)
    if match is None:
        return None
    try:
        found = date(*(int(part) for part in match.groups()))
    except ValueError:
        return None
    return found if 2000 <= found.year <= 2100 else None


def take(
    session: Session, actor: Actor, rows: Rows, digest: str, *, dry_run: bool = False
) -> tuple[Outcome, list[Fault]]:
    """Put the days into the calendar, or say by fault why not; nothing is stored then.

    A year that the file holds whole replaces what was known of it. Single days of a year that is
    known are put into it: the notice of a year may name the last days of the year before.
    """
    require(actor, ACT)
    held = {row.on: row for row in session.scalars(sa.select(CalendarDay))}
    given = {day.on: day for _, day in rows}
    whole = {
        year
        for year in {on.year for on in given}
        if all(
            date(year, *md) in given and given[date(year, *md)].kind == "off" for md in ALWAYS_OFF
        )
    }
    known = {on.year for on in held}
    faults = [
        Fault(number, "incomplete", str(day.on.year))
        for number, day in rows
        if day.on.year not in whole | known
    ]
    gone = [on for on in held if on.year in whole and on not in given]
    changed = [on for on in given if on in held and _facts(given[on]) != _facts(held[on])]
    fresh = [on for on in given if on not in held]
    years = tuple(sorted({on.year for on in given}))
    outcome = Outcome(
        years, len(fresh), len(changed), len(gone), sum(_open_dates(session)[y] for y in years)
    )
    if faults or dry_run or outcome.is_nothing:
        return outcome, faults
    for on in (*gone, *changed):
        session.delete(held[on])
    session.flush()
    session.add_all(given[on] for on in (*changed, *fresh))
    session.flush()
    calendar.forget(session)
    facts = {
        "years": list(years),
        "added": outcome.added,
        "changed": outcome.changed,
        "removed": outcome.removed,
        "open_dates": outcome.open_dates,
    }
    key = "-".join(str(year) for year in dict.fromkeys((years[0], years[-1])))
    journal.record(session, actor, ACT, "calendar", key, digest=digest, facts=facts)
    return outcome, []


def _facts(day: CalendarDay) -> tuple[str, str, str]:
    return day.kind, day.name, day.source


def _open_dates(session: Session) -> Counter[int]:
    """The stored dates of requests that still run, by year."""
    counted: Counter[int] = Counter()
    today = calendar.today()
    for column in (Request.due, Request.deliver_by, Request.data_correction_due):
        for day in session.scalars(sa.select(column).where(column >= today)):
            if day is not None:
                counted[day.year] += 1
    return counted


def years(session: Session) -> list[Year]:
    """Every known year, and those up to the next that work already reaches into; newest first."""
    found: dict[int, list[CalendarDay]] = {}
    for day in session.scalars(sa.select(CalendarDay).order_by(CalendarDay.on)):
        found.setdefault(day.on.year, []).append(day)
    dates = _open_dates(session)
    this = calendar.today().year
    return [
        Year(
            year,
            sum(day.kind == "off" for day in found.get(year, ())),
            sum(day.kind == "work" for day in found.get(year, ())),
            tuple(dict.fromkeys(day.source for day in found.get(year, ()) if day.source)),
            dates[year],
        )
        for year in sorted({*found, *dates, this, this + 1}, reverse=True)
    ]
