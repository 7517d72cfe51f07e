"""A circuit breaker before the index of a web process: an engine that is away costs nobody time.

No reader opens the engine or finds out whether it is back: one thread does, as long as it is away,
and the database answers meanwhile. Only who asks while it is going away waits, once, until its
time is over.
"""

import logging
import threading
from collections.abc import Callable, Iterable, Sequence
from time import monotonic
from typing import TypeVar
from urllib.parse import urlsplit

from registry.config import Settings
from registry.discovery.indexing import open_index
from search import Index, Outdated, Query, Result, SearchDoc, Status, Unavailable
from search.plan import Node

log = logging.getLogger(__name__)
T = TypeVar("T")

# The pause grows while the engine stays away.
FIRST_PAUSE_S = 1.0
LONGEST_PAUSE_S = 15.0
# A server that opens at all does so in a tenth of that.
OPENS_IN_S = 0.4
# Whatever is found by it: an engine that answers this answers a reader.
_PROBE = Query(limit=1)


def guarded(settings: Settings) -> "GuardedIndex":
    """The index of the settings behind a breaker, not opened yet."""
    # An index on our own disk opens or fails; a server may keep silent.
    is_ours = urlsplit(settings.search_url).scheme == "tantivy"
    return GuardedIndex(lambda: open_index(settings), None if is_ours else OPENS_IN_S)


class GuardedIndex:
    """An index that is opened when it is first asked and left alone while it does not answer.

    A reader waits so many seconds for the first opening, or with None until its end.
    """

    def __init__(self, opens: Callable[[], Index], waits_s: float | None = None) -> None:
        self._opens, self._waits_s = opens, waits_s
        self._changed = threading.Condition()
        self._index: Index | None = None
        self._is_away = False
        self._watch: _Watch | None = None

    def search(self, query: Query) -> Result:
        """Answer a question, or raise Unavailable at once while the engine is known to be away."""
        return self._asked(lambda index: index.search(query))

    def holding(self, node: Node) -> Sequence[int]:
        """Give the number of every entry a tree holds of."""
        return self._asked(lambda index: index.holding(node))

    def apply(self, upserts: Iterable[SearchDoc], deletes: Iterable[str]) -> None:
        """Take changes over."""
        self._asked(lambda index: index.apply(upserts, deletes))

    def tidy(self) -> None:
        """Let what was changed weigh no more in the order of answers."""
        self._asked(lambda index: index.tidy())

    def rebuild(self, docs: Iterable[SearchDoc]) -> None:
        """Build a new index beside the old one."""
        self._asked(lambda index: index.rebuild(docs))

    def status(self) -> Status:
        """Tell what the index is."""
        return self._asked(lambda index: index.status())

    def versions(self) -> Iterable[tuple[str, int]]:
        """Give key and turn of every entry."""
        return self._asked(lambda index: index.versions())

    def seals(self) -> Iterable[tuple[str, int]]:
        """Give key and seal of every entry."""
        return self._asked(lambda index: index.seals())

    def close(self) -> None:
        """Let go of files and connections; it is opened again when it is asked."""
        with self._changed:
            opened, self._index = self._index, None
            self._is_away = False
            if self._watch is not None:
                self._watch.ended.set()
                self._watch = None
            self._changed.notify_all()
        if opened is not None:
            opened.close()

    def _asked(self, ask: Callable[[Index], T]) -> T:
        index = self._present()
        try:
            return ask(index)
        except Outdated:
            # The engine is there; its index is being built anew and may be ready any moment.
            raise
        except Unavailable as fault:
            log.warning("search engine does not answer: %s", type(fault).__name__)
            with self._changed:
                # Closed meanwhile, it says nothing of what is opened next.
                if index is self._index:
                    self._is_away = True
                    self._watched()
            raise

    def _present(self) -> Index:
        """The index where it is known to answer; else somebody looks after it, and nobody waits."""
        with self._changed:
            if self._index is None or self._is_away:
                watch = self._watched()
                if not self._is_away:
                    left = None
                    if self._waits_s is not None:
                        left = max(0.0, watch.since + self._waits_s - monotonic())
                    self._changed.wait_for(lambda: self._watch is not watch or self._is_away, left)
            if self._index is None or self._is_away:
                raise Unavailable("the engine is away, or is being opened")
            return self._index

    def _watched(self) -> "_Watch":
        if self._watch is None:
            self._watch = _Watch(self._look, FIRST_PAUSE_S if self._is_away else 0.0)
            self._watch.start()
        return self._watch

    def _look(self, watch: "_Watch") -> bool:
        """Open the engine where it is not, and ask it; whether it answers."""
        opened = self._index
        made = None
        try:
            if opened is None:
                opened = made = self._opens()
            opened.search(_PROBE)
        except Outdated as fault:
            log.warning("search engine is to be built anew: %s", fault)
        except Exception as fault:
            # Whatever it fails with, the database answers and this goes on.
            known = isinstance(fault, Unavailable)
            log.warning("search engine is away: %s", type(fault).__name__, exc_info=not known)
            if made is not None:
                made.close()
            with self._changed:
                if self._watch is watch:
                    self._is_away = True
                    self._changed.notify_all()
            return False
        with self._changed:
            if self._watch is watch:
                self._index, self._is_away, self._watch = opened, False, None
                self._changed.notify_all()
                return True
        # Closed meanwhile: what was opened for nobody is closed as well.
        if made is not None:
            made.close()
        return True


class _Watch(threading.Thread):
    """Looks again and again, with pauses that grow, until the engine answers or nobody cares."""

    def __init__(self, look: Callable[["_Watch"], bool], pause: float) -> None:
        super().__init__(name="search-engine", daemon=True)
        self.since = monotonic()
        self.ended = threading.Event()
        self._look, self._pause = look, pause

    def run(self) -> None:
        while not self.ended.wait(self._pause) and not self._look(self):
            self._pause = min(max(self._pause * 2, FIRST_PAUSE_S), LONGEST_PAUSE_S)
