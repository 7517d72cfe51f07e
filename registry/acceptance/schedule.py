"""倒排工期: from the planned day of acceptance back to the last day of every step."""

from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy.orm import Session

import schemas
from registry import calendar
from registry.calendar import Calendar


@dataclass(frozen=True)
class Milestone:
    """A step that has to be done by a day; `late` when that day is over."""

    step: str
    zh: str
    en: str
    ball: str
    by: date
    late: bool


def schedule(session: Session, planned_on: date, day: date | None = None) -> list[Milestone]:
    """The last day of each step before an acceptance on `planned_on`, earliest first."""
    known = calendar.load(session)
    today = day or calendar.today()
    by = planned_on
    found = []
    for row in reversed(schemas.codes.table("acceptance_gates")["schedule"]):
        by = _before(known, by, row["working_days"])
        found.append(Milestone(row["step"], row["zh"], row["en"], row["ball"], by, late=by < today))
    return found[::-1]


def _before(known: Calendar, day: date, working_days: int) -> date:
    """The working day so many working days before `day`."""
    left = working_days
    while left > 0:
        day -= timedelta(days=1)
        left -= known.is_working(day)
    return day
