"""Questions whose hits nobody opens: the words are found, and are not what was meant.

Kept are the day, the folded question, how often its hits were shown and how often one of them was
opened; never who asked or what was opened. Counts gather in the memory of the process and are
written together, so that looking for something does not wait for the one writer; what a process
had not yet written when it ended is lost, as suits a statistic.
"""

import threading
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial
from time import monotonic

import sqlalchemy as sa
from sqlalchemy.orm import Session

from registry import calendar, db
from registry.discovery.dictionary import is_noted
from registry.models.discovery import AskedQuery
from search import synonyms

KEPT_DAYS = 90
# Asked once or twice and left, somebody was looking around.
LISTED_FROM = 3
WRITTEN_EVERY_S = 60.0
MOST_A_DAY = 500

Counts = dict[tuple[str, date], tuple[int, int]]
"""Shown and opened, by question and day."""


class Tally:
    """The counts this process has not written yet; safe to use from every thread of it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._counts: Counts = {}
        self._since = monotonic()

    def note(self, text: str, shown: int = 0, opened: int = 0) -> None:
        """Count a question; one that looks personal, or says nothing, is not kept."""
        if not is_noted(text):
            return
        place = (synonyms.plain(text), calendar.today())
        with self._lock:
            known = self._counts.get(place)
            if known is None and len(self._counts) >= MOST_A_DAY:
                return
            before = known or (0, 0)
            self._counts[place] = (before[0] + shown, before[1] + opened)

    def is_due(self) -> bool:
        """Tell whether the counts have gathered long enough to be written."""
        with self._lock:
            return bool(self._counts) and monotonic() - self._since >= WRITTEN_EVERY_S

    def pending(self) -> Counts:
        """What was counted and is not written yet."""
        with self._lock:
            return dict(self._counts)

    def write(self, session: Session) -> None:
        """Add the counts to those of the day; what is older than the days kept goes.

        A transaction that is rolled back, as that of a refused form, gives the counts back.
        """
        with self._lock:
            counts, self._counts, self._since = self._counts, {}, monotonic()
        db.at_the_end(session, rolled_back=partial(self._take_in, counts))
        today = calendar.today()
        session.execute(
            sa.delete(AskedQuery).where(AskedQuery.day < today - timedelta(days=KEPT_DAYS))
        )
        room = MOST_A_DAY - (
            session.scalar(sa.select(sa.func.count(AskedQuery.id)).where(AskedQuery.day == today))
            or 0
        )
        for (text, day), (shown, opened) in counts.items():
            row = session.scalar(
                sa.select(AskedQuery).where(AskedQuery.text == text, AskedQuery.day == day)
            )
            if row is not None:
                row.shown += shown
                row.opened += opened
            elif room > 0:
                session.add(AskedQuery(text=text, day=day, shown=shown, opened=opened))
                room -= 1

    def _take_in(self, counts: Counts) -> None:
        with self._lock:
            for place, (shown, opened) in counts.items():
                before = self._counts.get(place, (0, 0))
                self._counts[place] = (before[0] + shown, before[1] + opened)


@dataclass(frozen=True)
class Unopened:
    """A question whose hits were shown several times and never opened."""

    text: str
    shown: int


def unopened(session: Session, tally: Tally, limit: int = 50) -> list[Unopened]:
    """Such questions of the days kept, those asked most often first."""
    first = calendar.today() - timedelta(days=KEPT_DAYS)
    rows = session.execute(
        sa.select(AskedQuery.text, sa.func.sum(AskedQuery.shown), sa.func.sum(AskedQuery.opened))
        .where(AskedQuery.day >= first)
        .group_by(AskedQuery.text)
    )
    totals = {text: (int(shown), int(opened)) for text, shown, opened in rows}
    for (text, _), (shown, opened) in tally.pending().items():
        before = totals.get(text, (0, 0))
        totals[text] = (before[0] + shown, before[1] + opened)
    found = [
        Unopened(text, shown)
        for text, (shown, opened) in totals.items()
        if shown >= LISTED_FROM and not opened
    ]
    return sorted(found, key=lambda one: (-one.shown, one.text))[:limit]
