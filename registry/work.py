"""Work beside the requests: the index kept in step, by whoever has the turn; masking runs.

One thread of one process does it; a second process waits for its turn and takes over when the
first ends. A second thread looks after the masking runs of this machine, so that neither waits
for the other. No Flask: a web worker's thread runs it, or a process of its own (`catalogue work`).
"""

import fcntl
import logging
import threading
from collections.abc import Callable
from pathlib import Path
from time import monotonic
from typing import IO

import search
from registry import db, discovery, harvest, held, signing
from registry.access import SYSTEM
from registry.config import Settings
from registry.db import Database
from registry.desensitization.runner import Runner
from registry.errors import Unavailable
from registry.journal import heads
from registry.unchanged import Watch
from search import Index

log = logging.getLogger(__name__)

WORK_LOCK = 0x57484D57  # the advisory lock of the work, the same on every machine
REBUILD_LOCK = 0x57484D52  # the advisory lock of whoever builds the index anew
PAUSE_S = 0.3
# How often everything is looked after though no act happened: what waits for its hour.
LOOK_EVERY_S = 5.0
# While an engine is away it is asked again after this pause: long enough not to be a burden.
PAUSE_AWAY_S = 2.0
# Rows are sealed at once; a signed head this old bounds what a thief of the machine may cut off.
SIGN_EVERY_S = 60
# How often is looked whether a unit is known now that a claim named before.
MATCH_EVERY_S = 10.0


class Turn:
    """The right to do the work, or to rebuild: one process has it, all others wait.

    On one machine it is the lock of a file, which the system takes back however a process ends.
    On PostgreSQL processes of other machines work for the same registry: there it is a lock of
    the server as well, which ends with the connection that holds it.
    """

    def __init__(
        self, settings: Settings, database: Database, name: str = "work", number: int = WORK_LOCK
    ) -> None:
        self._path = Path(settings.data_dir) / f"{name}.lock"
        self._number = number
        self._database = database
        self._file: IO[str] | None = None
        self._held: db.Held | None = None

    def take(self) -> bool:
        """Have the right from now on, or say that another process has it."""
        if self.holds():
            return True
        self.give_back()
        self._path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._file = self._path.open("w")
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            self.give_back()
            return False
        if not self._database.is_sqlite:
            self._held = db.hold(self._database, self._number)
            if self._held is None:
                self.give_back()
                return False
        return True

    def holds(self) -> bool:
        """Whether the right is still there: a lost connection loses it."""
        return self._file is not None and (
            self._database.is_sqlite or (self._held is not None and self._held.is_held())
        )

    def give_back(self) -> None:
        """Let another process have it."""
        if self._held is not None:
            self._held.close()
        if self._file is not None:
            self._file.close()
        self._held = self._file = None


def rebuild(
    settings: Settings,
    database: Database,
    index: Index,
    is_stopped: Callable[[], bool] = lambda: False,
) -> int | None:
    """Build the index anew, how many entries; None where another process does at this moment.

    Two at once would take twice as long, and the slower one would win with the older entries.
    """
    turn = Turn(settings, database, "rebuild", REBUILD_LOCK)
    if not turn.take():
        return None
    try:
        return discovery.rebuild(database, index, is_stopped)
    finally:
        turn.give_back()


class Worker:
    """Drains the queue of the index, cleanses and signs heads until it is told to stop."""

    def __init__(self, settings: Settings, database: Database) -> None:
        self._settings = settings
        self._database = database
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self.run, name="registry-work", daemon=True)
        self._turn = Turn(settings, database)
        self._index: Index | None = None
        self._units: harvest.Units | None = None
        self._match_at = 0.0
        self._watch = Watch(database, LOOK_EVERY_S)

    def start(self) -> None:
        """Begin in a thread of its own; returns at once."""
        self._thread.start()

    def tell_to_stop(self) -> None:
        """End after the present batch; returns at once, from a handler of a signal too."""
        self._stop.set()

    def stop(self) -> None:
        """End the thread after the present batch, and wait for that."""
        self.tell_to_stop()
        self._thread.join(timeout=30)

    def run(self) -> None:
        """Work in this thread, as soon as no other process does, until told to stop."""
        told = None
        runner = Runner(self._settings, self._database)
        runs = threading.Thread(target=runner.run, args=(self._stop,), name="registry-runs")
        runs.start()
        try:
            while not self._stop.is_set():
                mine = self._take()
                if mine is not told:
                    told = mine
                    log.info("this process does the work" if mine else "another process works")
                if not mine:
                    self._stop.wait(PAUSE_AWAY_S)
                    continue
                self._stop.wait(self._round() if self._watch.is_due() else PAUSE_S)
        finally:
            self._stop.set()
            runs.join()
            self._turn.give_back()
            self._let_go()
            log.info("the work has ended")

    def _take(self) -> bool:
        try:
            return self._turn.take()
        except OSError as fault:
            # A folder that cannot be written now may be later; the thread must outlive it.
            log.warning("the lock cannot be had: %s", type(fault).__name__)
            return False

    def _round(self) -> float:
        """Look after everything once; the pause until the next look."""
        pause = self._step()
        self._sign()
        self._match()
        if pause != PAUSE_S:
            self._watch.forget()
        return pause

    def _step(self) -> float:
        """Drain what waits; the pause until the next look."""
        try:
            if self._index is None:
                self._index = discovery.open_index(self._settings)
                # An empty queue asks the index nothing: after a new release it would stay old.
                if not self._index.status().is_current:
                    return self._rebuilt()
            while discovery.drain(self._database, self._index) and not self._stop.is_set():
                pass
            self._index.tidy()
            discovery.cleanse(self._database, self._index, self._settings.data_dir)
            held.sweep(self._settings.data_dir)
        except search.Outdated:
            # Another analyser built it: build it anew rather than answer with the wrong words.
            return self._rebuilt()
        except (search.Unavailable, Unavailable) as fault:
            log.warning("the index waits: %s", type(fault).__name__)
            self._let_go()
            return PAUSE_AWAY_S
        except Exception:
            # The thread must outlive whatever happens to one batch.
            log.exception("draining failed")
            self._let_go()
            return PAUSE_AWAY_S
        return PAUSE_S

    def _let_go(self) -> None:
        """Open the index anew at the next step, with connections that know of no failure."""
        if self._index is not None:
            self._index.close()
        self._index = None

    def _sign(self) -> None:
        try:
            sign_heads(self._settings, self._database, SIGN_EVERY_S)
        except Unavailable as fault:
            log.warning("the head waits: %s", type(fault).__name__)
        except Exception:
            log.exception("signing the head failed")

    def _match(self) -> None:
        """Give claims to units that were entered or renamed since the last look."""
        if monotonic() < self._match_at:
            return
        self._match_at = monotonic() + MATCH_EVERY_S
        try:
            self._units = match_claims(self._database, self._units)
        except Unavailable as fault:
            log.warning("the claims wait: %s", type(fault).__name__)
        except Exception:
            log.exception("matching claims failed")

    def _rebuilt(self) -> float:
        assert self._index is not None
        try:
            made = rebuild(self._settings, self._database, self._index, self._stop.is_set)
        except (search.Unavailable, Unavailable) as fault:
            log.warning("the rebuild waits: %s", type(fault).__name__)
            return PAUSE_AWAY_S
        except Exception:
            # Nothing above would catch it, and the thread must outlive it.
            log.exception("the rebuild failed")
            return PAUSE_AWAY_S
        if made is None:
            log.info("another process rebuilds the index")
            self._let_go()
            return PAUSE_AWAY_S
        return PAUSE_S


def match_claims(database: Database, known: harvest.Units | None) -> harvest.Units:
    """Match claims without a unit again, if units are not those known before; those now known."""
    with db.transaction(database, writes=False) as session:
        units = harvest.units_known(session)
        if units == known or not harvest.unmatched(session):
            return units
    with db.transaction(database, writes=True) as session:
        harvest.match(session, SYSTEM)
    return units


def sign_heads(settings: Settings, database: Database, every_s: int = 0) -> bool:
    """Sign the head of the journal when it is due, and write it to the witnessed copy."""
    with db.transaction(database, writes=False) as session:
        if not heads.due(session, every_s):
            return False
    key = signing.load(settings.signing_key_file)
    with db.transaction(database, writes=True) as session:
        signed = heads.sign_head(session, key)
    # Only after the commit: the copy must not hold a head the database never had.
    with db.transaction(database, writes=False) as session:
        heads.witness(session, settings.data_dir)
    return signed is not None
