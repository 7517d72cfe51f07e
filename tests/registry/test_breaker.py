"""An engine that is away, frozen or answers errors costs a reader nothing but its synonyms."""

import http.server
import socket
import threading
import time
import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
from elasticsearch import Elasticsearch

import search
from registry.discovery import GuardedIndex, breaker
from search import Query, Reader, SearchDoc, Unavailable, elastic
from search.embedded import TantivyIndex
from tests.search.between import before
from tests.search.conftest import SERVER

ASKED = Query("婚姻", reader=Reader(everything=True))


@contextmanager
def frozen() -> Iterator[int]:
    """A server that takes every connection and never answers."""
    with socket.create_server(("127.0.0.1", 0), backlog=64) as server:
        yield server.getsockname()[1]


@contextmanager
def failing() -> Iterator[int]:
    """A server that answers every request with an error."""

    class Fails(http.server.BaseHTTPRequestHandler):
        def handle_one_request(self) -> None:
            if self.rfile.readline():
                self.wfile.write(b"HTTP/1.1 503 Away\r\nContent-Length: 0\r\n\r\n")
            self.close_connection = True

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Fails) as server:
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        yield server.server_address[1]
        server.shutdown()


@contextmanager
def stopped() -> Iterator[int]:
    """A port nobody listens at."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    yield port


def asked_by(index: GuardedIndex, threads: int) -> int:
    """Ask from many threads at once; how many were told that the engine is away."""

    def ask(_: int) -> int:
        with pytest.raises(Unavailable):
            index.search(ASKED)
        return 1

    with ThreadPoolExecutor(threads) as pool:
        return sum(pool.map(ask, range(threads)))


def answers(index: GuardedIndex) -> bool:
    """Whether a question is answered by the engine."""
    with suppress(Unavailable):
        index.search(ASKED)
        return True
    return False


def asleep(monkeypatch) -> None:
    """Nobody looks again, however long twenty threads take."""
    for pause in ("FIRST_PAUSE_S", "LONGEST_PAUSE_S"):
        monkeypatch.setattr(breaker, pause, 600.0)


@pytest.mark.parametrize("way", [frozen, failing, stopped])
def test_after_one_failure_nobody_waits_for_an_engine_that_is_away(
    way, tmp_path: Path, monkeypatch
):
    asleep(monkeypatch)
    monkeypatch.setattr(elastic, "FOUND_IN_S", 0.2)
    opened: list[int] = []
    with way() as port:

        def opens() -> search.Index:
            opened.append(threading.get_ident())
            return search.open(f"http://127.0.0.1:{port}", tmp_path)

        index = GuardedIndex(opens)
        with pytest.raises(Unavailable):
            index.search(ASKED)
        # Twenty threads meanwhile reach the engine not once: nothing piles up.
        assert asked_by(index, 20) == 20
        assert len(opened) == 1
        index.close()


def test_no_reader_waits_until_an_engine_is_opened(tmp_path: Path):
    may_open = threading.Event()

    def opens() -> search.Index:
        may_open.wait()
        return search.open("tantivy:", tmp_path)

    index = GuardedIndex(opens, waits_s=0.01)
    # Were one of them to wait for it, it would wait for ever.
    assert asked_by(index, 20) == 20
    may_open.set()
    while not answers(index):
        time.sleep(0.01)
    index.close()


def test_while_the_engine_is_away_one_thread_looks_after_it_and_no_reader_does(
    tmp_path: Path, monkeypatch
):
    monkeypatch.setattr(breaker, "FIRST_PAUSE_S", 0.01)
    looked: list[int] = []
    is_away = True

    def opens() -> search.Index:
        looked.append(threading.get_ident())
        if is_away:
            raise Unavailable("away")
        return search.open("tantivy:", tmp_path)

    index = GuardedIndex(opens)
    while len(looked) < 3:
        assert asked_by(index, 2) == 2
    # It is back by itself, without anybody asking.
    is_away = False
    while index._is_away:
        time.sleep(0.01)
    assert len(set(looked)) == 1
    assert threading.get_ident() not in looked
    index.apply([SearchDoc("a", "1", "U1", 1, {"name": "婚姻登记"})], [])
    assert index.search(ASKED).total == 1
    index.close()
    assert index.search(ASKED).total == 1
    index.close()


def test_what_is_opened_after_the_application_closed_it_is_closed_as_well(tmp_path: Path):
    is_opening, may_open, is_closed = threading.Event(), threading.Event(), threading.Event()

    class Noted(TantivyIndex):
        def close(self) -> None:
            super().close()
            is_closed.set()

    def opens() -> search.Index:
        is_opening.set()
        may_open.wait()
        return Noted(tmp_path)

    index = GuardedIndex(opens, waits_s=0.01)
    assert not answers(index)
    is_opening.wait()
    index.close()
    may_open.set()
    assert is_closed.wait(60)


def test_a_question_that_cannot_be_asked_says_nothing_of_the_engine(tmp_path: Path):
    index = GuardedIndex(lambda: search.open("tantivy:", tmp_path))
    with pytest.raises(ValueError, match="no facet"):
        index.search(Query("", {"readers": ("open",)}, Reader(everything=True)))
    assert index.search(ASKED).total == 0
    assert index.status().engine == "tantivy"
    assert list(index.versions()) == []
    index.close()


if SERVER:

    def test_a_server_that_froze_under_a_reader_is_asked_by_none_until_it_was_looked_after(
        tmp_path: Path, monkeypatch
    ):
        alias = f"test-{uuid.uuid4().hex[:12]}"
        with before(SERVER) as line:
            index = GuardedIndex(
                lambda: search.open(f"http://127.0.0.1:{line.port}/{alias}", tmp_path)
            )
            index.rebuild([SearchDoc("a", "1", "U1", 1, {"name": "婚姻登记"})])
            assert index.search(ASKED).total == 1
            asleep(monkeypatch)
            monkeypatch.setattr(elastic, "FOUND_IN_S", 0.3)
            line.fails("frozen")
            assert not answers(index)
            # It would answer again, but nobody has looked.
            line.works()
            assert asked_by(index, 20) == 20
            index.close()
            monkeypatch.setattr(elastic, "FOUND_IN_S", 10.0)
            assert index.search(ASKED).total == 1
            index.close()
        with Elasticsearch(SERVER) as client:
            for name in client.indices.get(index=f"{alias}-*"):
                client.indices.delete(index=name)
