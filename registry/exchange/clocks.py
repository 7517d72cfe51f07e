"""The clocks of a request, counted in working days, from deadlines.json alone."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

from sqlalchemy.orm import Session

import schemas
from registry import calendar
from registry.db import now
from registry.exchange.life import STATES
from registry.models.exchange import Request

UNCONDITIONAL, CONDITIONAL = "request_reply_unconditional", "request_reply_conditional"
DELIVERY, CORRECTION = "provide_data", "correction"


@dataclass(frozen=True)
class Clock:
    """What runs now: its last day, the working days left (negative: overdue), its article.

    `stopped`: a notice 补正 is out and the days do not count. `term`: the end of the use, not a
    deadline of the law.
    """

    due: date
    left: int
    article: str
    provisional: bool = False
    stopped: bool = False
    term: bool = False
    article_en: str = ""

    @property
    def is_overdue(self) -> bool:
        """Whether the last day has passed while the clock ran."""
        return self.left < 0 and not self.stopped


def reply_deadline(share_types: Iterable[str | None]) -> str:
    """The deadline of the answer: the short one only when every item is unconditional."""
    found = list(share_types)
    return UNCONDITIONAL if found and all(one == "1" for one in found) else CONDITIONAL


def reply_days(share_type: str | None) -> int:
    """The working days in which a request for items of this share type is answered."""
    return calendar.limit(reply_deadline([share_type]))


def received_today(session: Session) -> date:
    """The day on which what arrives now counts as received."""
    return calendar.load(session).received(now(), calendar.closing_hour())


def due(session: Session, start: date, deadline: str, more: int = 0) -> date:
    """The last day of a clock from `start`, with an extension of so many working days."""
    return calendar.load(session).due(start, calendar.limit(deadline) + more).on


def longest_extension(deadline: str) -> int:
    """The working days by which the authority may extend this deadline at most."""
    return int(_row(deadline)["max_extension_working_days"])


def article(deadline: str) -> str:
    """The article a deadline stands in."""
    return str(_row(deadline)["article"])


def _in_english(deadline: str) -> str:
    row = _row(deadline)
    return str(row.get("article_en", row["article"]))


def clock(session: Session, request: Request) -> Clock | None:
    """The clock of this request as it stands today, None where none runs."""
    kind = STATES[request.state].clock
    last, deadline = _running(request, kind)
    if last is None:
        return None
    days = calendar.load(session)
    today = calendar.today()
    if kind == "stopped" and request.correction_asked_on is not None and _stops():
        # What was left when the notice went out is left still.
        left = days.between(request.correction_asked_on, last)
        return Clock(last, left, article(deadline), stopped=True, article_en=_in_english(deadline))
    return Clock(
        last,
        days.between(today, last),
        article(deadline) if deadline else "",
        provisional=not days.covers(min(today, last), last),
        term=kind == "term",
        article_en=_in_english(deadline) if deadline else "",
    )


def _running(request: Request, kind: str | None) -> tuple[date | None, str]:
    table: Mapping[str | None, tuple[date | None, str]] = {
        "reply": (request.due, CONDITIONAL),
        "stopped": (request.due, CONDITIONAL),
        "provide_data": (request.deliver_by, DELIVERY),
        "correction": (request.data_correction_due, CORRECTION),
        "term": (request.ends_on, ""),
    }
    return table.get(kind, (None, ""))


def days_late(session: Session, request: Request) -> int:
    """Working days by which the answer or the delivery came late, or is late today; 0 if in time.

    The greater of the two, as the list of supply and demand prints it.
    """
    days = calendar.load(session)
    today = calendar.today()
    answering = STATES[request.state].clock == "reply"
    delivering = STATES[request.state].clock == "provide_data"
    found = [
        days.between(last, done)
        for last, done in (
            (request.due, request.replied_on or (today if answering else None)),
            (request.deliver_by, request.delivered_on or (today if delivering else None)),
        )
        if last is not None and done is not None
    ]
    return max([0, *found])


def stopped_days(session: Session, asked_on: date) -> int:
    """The working days a notice 补正 has stopped the clock for, where the city's setting does."""
    if not _stops():
        return 0
    return max(0, calendar.load(session).between(asked_on, calendar.today()))


def prolonged(session: Session, last: date, days: int) -> date:
    """The last day moved on by so many working days."""
    return calendar.load(session).due(last, days).on


def _stops() -> bool:
    return bool(schemas.codes.table("deadlines")["settings"]["correction_stops_clock"])


@cache
def _row(deadline: str) -> Mapping[str, Any]:
    rows = schemas.codes.table("deadlines")["deadlines"]
    found: Mapping[str, Any] = next(row for row in rows if row["id"] == deadline)
    return found
