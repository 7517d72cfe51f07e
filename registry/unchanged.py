"""What is counted over the whole registry, kept until the next act.

Every change of the registry journals an act in its own transaction, and the journal counts them: as
long as that number stands where it stood, so does everything that was computed from the tables.
What is kept is asked for by readers alone, inside their snapshot: a writer sees rows that may be
rolled back. Nothing of the content of an entry is kept here: a wipe would not find it.
"""

import threading
from collections.abc import Callable, Hashable
from time import monotonic
from typing import Any, TypeVar
from weakref import WeakKeyDictionary

import sqlalchemy as sa
from sqlalchemy.orm import Session

from registry import db
from registry.db import Database
from registry.errors import Unavailable
from registry.models.journal import JournalTree

T = TypeVar("T")

# Of one state of the registry so much is kept; beyond that the kept begins anew.
MOST = 512
_SIZE = sa.select(JournalTree.__table__.c.size).where(JournalTree.__table__.c.id == 1)
_kept: "WeakKeyDictionary[Database, _Kept]" = WeakKeyDictionary()
_lock = threading.Lock()


class _Kept:
    """What was computed of one database at one number of acts."""

    def __init__(self) -> None:
        self.acts = -1
        self.values: dict[Hashable, Any] = {}


def until_next_act(
    session: Session,
    key: Hashable,
    compute: Callable[[], T],
    is_lasting: Callable[[T], bool] = lambda _: True,
) -> T:
    """What `compute` gives, or gave in this state of the registry to whoever asked by this key.

    The key must name everything the value depends on beside the tables: the reader's units, the
    day. The value is shared between threads: nobody changes it. One that is not lasting, because
    it may change without an act, is not kept.
    """
    acts = _acts(session)
    if acts is None:
        return compute()
    with _lock:
        kept = _kept.setdefault(session.info["database"], _Kept())
        if kept.acts < acts or len(kept.values) >= MOST:
            kept.acts, kept.values = max(kept.acts, acts), {}
        # A snapshot older than what is kept computes for itself.
        values = kept.values if kept.acts == acts else {}
        if key in values:
            return values[key]  # type: ignore[no-any-return]
    value = compute()
    if is_lasting(value):
        with _lock:
            values[key] = value
    return value


def _acts(session: Session) -> int | None:
    """How many acts the journal holds, asked once in a snapshot; None for a writer."""
    if not session.info.get("snapshot"):
        return None
    if "acts" not in session.info:
        session.info["acts"] = session.connection().execute(_SIZE).scalar() or 0
    acts: int = session.info["acts"]
    return acts


class Watch:
    """Says when it is worth looking after work: an act happened, or the time is up.

    Whatever waits for somebody was left by an act, or waits for its hour. Asking how many acts
    there were reads one row; looking after everything, several times a second, took two percent of
    a core while nobody worked.
    """

    def __init__(self, database: Database, every_s: float) -> None:
        self._database, self._every_s = database, every_s
        self._acts: int | None = None
        self._until = 0.0

    def is_due(self) -> bool:
        """Whether to look now; whoever is told so looks."""
        acts = self._asked()
        if acts is not None and acts == self._acts and monotonic() < self._until:
            return False
        self._acts, self._until = acts, monotonic() + self._every_s
        return True

    def forget(self) -> None:
        """Say at the next question to look again: not everything could be done."""
        self._acts = None

    def _asked(self) -> int | None:
        try:
            with db.glance(self._database) as session:
                return session.connection().execute(_SIZE).scalar() or 0
        except (Unavailable, sa.exc.DBAPIError):
            # Whoever looks finds out why, and says it.
            return None
