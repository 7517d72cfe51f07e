"""A circuit breaker before the index of a web process: an engine that is away costs nobody time.

After a failure the engine is not asked for a while; then one question of one thread is let
through to see whether it is back, while all others go on being answered by the database.
"""

import logging
import threading
from collections.abc import Callable, Iterable, Sequence
from time import monotonic
from typing import TypeVar

from search import Index, Outdated, Query, Result, SearchDoc, Status, Unavailable
from search.plan import Node

log = logging.getLogger(__name__)
T = TypeVar("T")

# The pause grows while the engine stays away: a frozen one costs its probe 0.8 s each time.
FIRST_PAUSE_S = 1.0
LONGEST_PAUSE_S = 15.0


class GuardedIndex:
    """An index that is opened when it is first asked and left alone while it does not answer."""

    def __init__(self, opens: Callable[[], Index]) -> None:
        self._opens = opens
        self._lock = threading.Lock()
        self._index: Index | None = None
        self._pause = 0.0
        self._closed_until = 0.0
        self._is_probing = False

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
        with self._lock:
            opened, self._index = self._index, None
        if opened is not None:
            opened.close()

    def _asked(self, ask: Callable[[Index], T]) -> T:
        self._enter()
        try:
            answer = ask(self._opened())
        except Outdated:
            # The engine is there; its index is being built anew and may be ready any moment.
            self._leave(0.0)
            raise
        except Unavailable as fault:
            self._leave(min(max(self._pause * 2, FIRST_PAUSE_S), LONGEST_PAUSE_S))
            log.warning("search engine does not answer: %s", type(fault).__name__)
            raise
        except BaseException:
            # A question that cannot be asked says nothing of the engine.
            self._leave(self._pause)
            raise
        self._leave(0.0)
        return answer

    def _enter(self) -> None:
        """Let a question through, one at a time after a failure, or refuse it."""
        with self._lock:
            if not self._pause:
                return
            if self._is_probing or monotonic() < self._closed_until:
                raise Unavailable("the engine did not answer lately")
            self._is_probing = True

    def _leave(self, pause: float) -> None:
        with self._lock:
            # Several may fail together; only the first failure starts the pause.
            was_probe, self._is_probing = self._is_probing, False
            if pause and self._pause and not was_probe:
                return
            self._pause = pause
            self._closed_until = monotonic() + pause

    def _opened(self) -> Index:
        with self._lock:
            opened = self._index
        if opened is not None:
            return opened
        made = self._opens()
        with self._lock:
            if self._index is None:
                self._index = made
                return made
        made.close()
        return self._index
