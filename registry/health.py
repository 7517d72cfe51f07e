"""How the installation is: what a probe, an operator and the metrics may know. Codes, no content.

Three answers: `ready`; `degraded`, which serves and wants somebody to look (the search engine is
away and the database answers in its place); `unavailable`, which must get no more requests.
"""

import logging
import shutil
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy.exc import SQLAlchemyError

from registry import db, outbox, signing
from registry.config import Settings
from registry.db import Database, now
from registry.errors import Refusal
from registry.journal import head, heads
from search import Index, Unavailable

log = logging.getLogger(__name__)

# The write test is no older than this; however often somebody asks, nothing is written oftener.
FRESH_S = 1.0
# Somebody who writes longer than this blocks everybody: no import of ours holds the lock so long.
STUCK_AFTER_S = 60
QUEUE_BEHIND_S = 300
# Below this share somebody should make room; below this size nothing whole can be written.
DISK_LOW = 0.1
DISK_FULL = 64 << 20

# The parts that are looked at, in the order in which they are told.
PARTS = ("database", "disk", "keys", "queue", "search")
# With any of these the installation gets no more requests; every other fault leaves it serving.
UNAVAILABLE = frozenset(
    {
        "database_away",
        "database_read_only",
        "database_full",
        "database_stuck",
        "database_tables",
        "disk_full",
        "disk_away",
        "key_missing",
        "key_unusable",
    }
)


@dataclass(frozen=True)
class Figures:
    """Counts and ages for the metrics, in rows and seconds; None where nothing waits."""

    waiting: int
    waiting_s: float | None
    parked: int
    journal_rows: int
    signed_rows: int
    head_s: float | None


@dataclass(frozen=True)
class Seen:
    """One look: a code by part, "ok" where nothing is wrong; figures while the database answers."""

    codes: Mapping[str, str]
    figures: Figures | None
    disk_free: int | None

    @property
    def status(self) -> str:
        """Tell "ready", "degraded" or "unavailable"."""
        if not UNAVAILABLE.isdisjoint(self.codes.values()):
            return "unavailable"
        return "ready" if set(self.codes.values()) == {"ok"} else "degraded"


class Health:
    """Looks at the installation at most once a second, whoever asks and however often."""

    def __init__(self, settings: Settings, database: Database, index: Callable[[], Index]) -> None:
        self._settings = settings
        self._database = database
        self._index = index
        self._lock = threading.Lock()
        self._seen: Seen | None = None
        self._at = 0.0
        self._written_at = time.monotonic()
        self._good_key: tuple[int, int, int] | None = None

    def look(self) -> Seen:
        """What is known now, from a look no older than a second."""
        with self._lock:
            if self._seen is None or time.monotonic() - self._at > FRESH_S:
                self._seen = self._look()
                self._at = time.monotonic()
            return self._seen

    def _look(self) -> Seen:
        database = self._writes()
        figures = None
        if database != "database_away":
            try:
                figures = figures_of(self._database)
            except (SQLAlchemyError, Refusal) as fault:
                # It takes writes and has no tables: another database, or one never upgraded.
                log.warning("the tables do not answer: %s", type(fault).__name__)
                database = "database_tables" if database == "ok" else database
        disk, free = disk_of(self._settings.data_dir)
        codes = {
            "database": database,
            "disk": disk,
            "keys": self._keys(),
            "queue": _queue(figures),
            "search": self._search(),
        }
        return Seen(codes, figures, free)

    def _writes(self) -> str:
        found = db.write_test(self._database)
        moment = time.monotonic()
        if found == "ok":
            self._written_at = moment
            return "ok"
        if found == "busy" and moment - self._written_at > STUCK_AFTER_S:
            return "database_stuck"
        return f"database_{found}"

    def _keys(self) -> str:
        path = self._settings.signing_key_file
        try:
            stat = path.stat()
        except OSError:
            return "key_missing"
        # Deriving the public key is slow: only a file that changed is read again.
        mark = (stat.st_mtime_ns, stat.st_size, stat.st_ino)
        if mark != self._good_key:
            try:
                signing.load(path)
            except signing.KeyUnusable:
                return "key_unusable"
            self._good_key = mark
        return "ok"

    def _search(self) -> str:
        try:
            return "ok" if self._index().status().is_current else "search_outdated"
        except Unavailable:
            return "search_away"


def figures_of(database: Database, moment: datetime | None = None) -> Figures:
    """The counts and ages, from one snapshot."""
    moment = moment or now()
    with db.transaction(database, writes=False) as session:
        waiting, since, parked = outbox.pending(session)
        rows, _ = head(session)
        last = heads.last_signed(session)
        return Figures(
            waiting,
            (moment - since).total_seconds() if since else None,
            parked,
            rows,
            last.size if last else 0,
            (moment - last.at).total_seconds() if last else None,
        )


def disk_of(folder: Path) -> tuple[str, int | None]:
    """The code of the disk below the data folder and its free bytes."""
    try:
        usage = shutil.disk_usage(folder)
    except OSError:
        return "disk_away", None
    if usage.free < DISK_FULL:
        return "disk_full", usage.free
    return ("disk_low" if usage.free < usage.total * DISK_LOW else "ok"), usage.free


def _queue(figures: Figures | None) -> str:
    if figures is None:
        return "ok"
    if figures.waiting_s is not None and figures.waiting_s > QUEUE_BEHIND_S:
        return "queue_behind"
    return "queue_parked" if figures.parked else "ok"
