"""倒排工期: from the planned day of acceptance back to the last day of every step."""

from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy.orm import Session

import schemas
from registry import calendar
from registry.acceptance.examine import GOOD, Examination
from registry.calendar import Calendar


@dataclass(frozen=True)
class Milestone:
    """A step to be done by a day; `late` when that is over, `done` when its gates pass."""

    step: str
    zh: str
    en: str
    ball: str
    by: date
    late: bool
    done: bool = False


def schedule(
    session: Session, planned_on: date, found: Examination | None = None, day: date | None = None
) -> list[Milestone]:
    """The last day of each step before an acceptance on `planned_on`, earliest first.

    A step is done when none of its gates stands in the way of the verdict `found`.
    """
    known = calendar.load(session)
    today = day or calendar.today()
    by = planned_on
    # Before there is an entry no step is done: lists and systems may be there all the same.
    good = (
        {line.gate.id for line in found.lines if line.result in GOOD}
        if found and not _is_bare(found)
        else set()
    )
    steps = []
    for row in reversed(schemas.codes.table("acceptance_gates")["schedule"]):
        by = _before(known, by, row["working_days"])
        done = bool(row["gates"]) and good.issuperset(row["gates"])
        step = (row["step"], row["zh"], row["en"], row["ball"])
        steps.append(Milestone(*step, by, late=by < today and not done, done=done))
    return steps[::-1]


def _is_bare(found: Examination) -> bool:
    return any(one.code == "no_entries" for line in found.lines for one in line.shortfalls)


def _before(known: Calendar, day: date, working_days: int) -> date:
    """The working day so many working days before `day`."""
    left = working_days
    while left > 0:
        day -= timedelta(days=1)
        left -= known.is_working(day)
    return day
