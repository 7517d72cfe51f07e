"""Working days: the calendar table over the ordinary week, and the clocks of the law."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cache, cached_property
from typing import cast
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.orm import Session

import schemas
from registry.db import now
from registry.models.calendar import CalendarDay

CITY = ZoneInfo("Asia/Shanghai")


@dataclass(frozen=True)
class Due:
    """The last day of a clock; provisional where the calendar of its year is not yet known."""

    on: date
    provisional: bool = False


@dataclass(frozen=True)
class Calendar:
    """The exceptional days: True a make-up working day, False a rest day."""

    days: Mapping[date, bool]

    @cached_property
    def years(self) -> frozenset[int]:
        """The years for which the State Council's notice is known."""
        return frozenset(day.year for day in self.days)

    def covers(self, first: date, last: date) -> bool:
        """Whether every year from `first` to `last` is known; else the result is 暂定."""
        return self.years.issuperset(range(first.year, last.year + 1))

    def is_working(self, day: date) -> bool:
        """Whether offices work on this day."""
        return self.days.get(day, day.weekday() < 5)

    def due(self, start: date, working_days: int) -> Due:
        """The last of so many working days after `start`; the day of receipt is not counted."""
        day = start
        left = working_days
        while left > 0:
            day += timedelta(days=1)
            left -= self.is_working(day)
        return Due(day, provisional=not self.covers(start, day))

    def between(self, start: date, end: date) -> int:
        """Working days after `start` up to and with `end`; negative when `end` is earlier."""
        if end < start:
            return -self.between(end, start)
        return sum(
            self.is_working(start + timedelta(days=step + 1)) for step in range((end - start).days)
        )

    def received(self, moment: datetime, closing: time) -> date:
        """The day something counts as received: after closing or on a rest day, the next."""
        local = moment.astimezone(CITY)
        day = local.date()
        if local.time() > closing:
            day += timedelta(days=1)
        while not self.is_working(day):
            day += timedelta(days=1)
        return day


def load(session: Session) -> Calendar:
    """The calendar as imported; read once per session."""
    found = session.info.get("calendar")
    if found is None:
        rows = session.execute(sa.select(CalendarDay.on, CalendarDay.kind))
        found = session.info["calendar"] = Calendar({on: kind == "work" for on, kind in rows})
    return cast(Calendar, found)


def forget(session: Session) -> None:
    """Read the calendar anew: it has changed in this session."""
    session.info.pop("calendar", None)


def today() -> date:
    """The city's date of this moment."""
    return now().astimezone(CITY).date()


@cache
def limit(deadline: str) -> int:
    """The working days of a deadline of deadlines.json, e.g. "provide_data": 20."""
    table = schemas.codes.table("deadlines")
    for row in table["deadlines"]:
        if row["id"] == deadline:
            return int(row["working_days"])
    return int(table["settings"][deadline])


def closing_hour() -> time:
    """The hour after which the next working day counts."""
    return time.fromisoformat(schemas.codes.table("deadlines")["settings"]["closing_hour"])


def due_after(session: Session, moment: datetime, deadline: str) -> Due:
    """The due date of a clock that starts with something received at `moment`."""
    calendar = load(session)
    return calendar.due(calendar.received(moment, closing_hour()), limit(deadline))
