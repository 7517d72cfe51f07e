"""Work beside the requests: the index kept in step, by whoever holds the lock of this machine.

One thread of one process does it; a second process waits for the lock and takes over when the
first ends. No Flask: a web worker's thread runs it, or a process of its own.
"""

import fcntl
import logging
import threading
from pathlib import Path

import search
from registry import db, discovery, held, signing
from registry.config import Settings
from registry.db import Database
from registry.errors import Unavailable
from registry.journal import heads
from search import Index

log = logging.getLogger(__name__)

PAUSE_S = 0.3
# While an engine is away it is asked again after this pause: long enough not to be a burden.
PAUSE_AWAY_S = 2.0
# Rows are sealed at once; a signed head this old bounds what a thief of the machine may cut off.
SIGN_EVERY_S = 60


class Worker:
    """The thread that drains the queue of the index until it is told to stop."""

    def __init__(self, settings: Settings, database: Database) -> None:
        self._settings = settings
        self._database = database
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="registry-work", daemon=True)
        self._index: Index | None = None

    def start(self) -> None:
        """Begin; returns at once."""
        self._thread.start()

    def stop(self) -> None:
        """End after the present batch."""
        self._stop.set()
        self._thread.join(timeout=30)

    def _run(self) -> None:
        path = Path(self._settings.data_dir) / "work.lock"
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with path.open("w") as file:
            while not self._stop.is_set():
                try:
                    fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    break
                except BlockingIOError:
                    self._stop.wait(PAUSE_AWAY_S)
            while not self._stop.wait(self._step()):
                self._sign()

    def _step(self) -> float:
        """Drain what waits; the pause until the next look."""
        try:
            if self._index is None:
                self._index = discovery.open_index(self._settings)
            while discovery.drain(self._database, self._index) and not self._stop.is_set():
                pass
            discovery.cleanse(self._database, self._index, self._settings.data_dir)
            held.sweep(self._settings.data_dir)
        except search.Outdated:
            # Another analyser built it: build it anew rather than answer with the wrong words.
            return self._rebuilt()
        except (search.Unavailable, Unavailable) as fault:
            log.warning("the index waits: %s", type(fault).__name__)
            self._index = None
            return PAUSE_AWAY_S
        except Exception:
            # The thread must outlive whatever happens to one batch.
            log.exception("draining failed")
            self._index = None
            return PAUSE_AWAY_S
        return PAUSE_S

    def _sign(self) -> None:
        try:
            sign_heads(self._settings, self._database, SIGN_EVERY_S)
        except Unavailable as fault:
            log.warning("the head waits: %s", type(fault).__name__)
        except Exception:
            log.exception("signing the head failed")

    def _rebuilt(self) -> float:
        assert self._index is not None
        try:
            discovery.rebuild(self._database, self._index)
        except (search.Unavailable, Unavailable) as fault:
            log.warning("the rebuild waits: %s", type(fault).__name__)
            return PAUSE_AWAY_S
        return PAUSE_S


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
