"""A server that fails in any way there is: the reader is told at once, and no change is lost."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from elasticsearch import Elasticsearch

import search
from search import Query, Reader, SearchDoc, Unavailable, elastic
from search.patience import within
from tests.search.between import WAYS, Between, before, between
from tests.search.conftest import SERVER

ASKED = Query("婚姻", reader=Reader(everything=True), facets=("share_type",))


@pytest.mark.parametrize("way", WAYS)
def test_nothing_is_answered_over_a_server_that_failed_from_the_start(
    way: str, tmp_path: Path, monkeypatch
):
    monkeypatch.setattr(elastic, "FOUND_IN_S", 0.2)
    with between() as line:
        line.fails(way)
        with pytest.raises(Unavailable):
            search.open(f"http://127.0.0.1:{line.port}", tmp_path).search(ASKED)
        # Of an answer that would take half an hour a moment was waited for.
        assert line.sent < 500


def doc(key: str, turn: int = 1, name: str = "婚姻登记") -> SearchDoc:
    return SearchDoc(key, "1", "U1", turn, {"name": name})


if SERVER:

    @pytest.fixture
    def line() -> Iterator[Between]:
        with before(SERVER) as made:
            yield made

    @pytest.fixture
    def index(line: Between, server: str, tmp_path: Path) -> Iterator[search.Index]:
        alias = server.rpartition("/")[2]
        opened = search.open(f"http://127.0.0.1:{line.port}/{alias}", tmp_path)
        opened.rebuild([doc("a")])
        yield opened
        opened.close()

    @pytest.mark.parametrize("way", WAYS)
    def test_whatever_it_does_the_question_ends_and_the_next_one_is_answered(
        way: str, line: Between, index: search.Index, monkeypatch
    ):
        assert index.search(ASKED).total == 1
        monkeypatch.setattr(elastic, "FOUND_IN_S", 0.3)
        line.fails(way)
        for _ in range(3):
            with pytest.raises(Unavailable):
                index.search(ASKED)
        with pytest.raises(Unavailable), within(0.3):
            list(index.versions())
        assert line.sent < 1_000
        line.works()
        monkeypatch.setattr(elastic, "FOUND_IN_S", 10.0)
        assert index.search(ASKED).total == 1

    @pytest.mark.parametrize("way", WAYS)
    def test_a_change_it_did_not_take_is_no_fault_of_the_entry(
        way: str, line: Between, index: search.Index
    ):
        line.fails(way)
        # A ValueError would say that the entry can never be taken, and it would be put aside.
        for change in (
            lambda: index.apply([doc("b")], ["a"]),
            lambda: index.rebuild([doc("c")]),
            index.tidy,
        ):
            with pytest.raises(Unavailable), within(0.3):
                change()
        line.works()
        index.apply([doc("b")], ["a"])
        assert [key for key, _ in index.versions()] == ["b"]

    def test_what_the_server_can_never_take_is_named_and_the_rest_is_taken(
        index: search.Index, monkeypatch
    ):
        monkeypatch.setattr(elastic.documents, "index_doc", _with_a_bad_number)
        with pytest.raises(ValueError, match="the engine cannot take bad"):
            index.apply([doc("good"), doc("bad")], [])
        index.apply([], [])
        assert "good" in dict(index.versions())

    def test_a_build_that_was_killed_leaves_nothing_after_the_next_one(
        index: search.Index, server: str
    ):
        place, _, alias = server.rpartition("/")
        with Elasticsearch(place) as client:
            (used,) = client.indices.get_alias(name=alias)
            older = f"{used.rpartition('-')[0]}-{'2' + '0' * 19}"
            client.indices.create(index=older)
            index.rebuild([doc("a")])
            kept = set(client.indices.get(index=f"{alias}-*"))
        assert len(kept) == 1
        assert not {used, older} & kept

    def test_an_index_taken_away_is_not_made_anew_from_what_is_sent(
        index: search.Index, server: str
    ):
        place, _, alias = server.rpartition("/")
        with Elasticsearch(place) as client:
            client.indices.delete(index=next(iter(client.indices.get_alias(name=alias))))
            with pytest.raises(Unavailable, match="rebuild it"):
                index.apply([doc("b")], [])
            assert not client.indices.exists(index=alias)
        index.rebuild([doc("b")])
        assert index.search(ASKED).total == 1


_index_doc = elastic.documents.index_doc


def _with_a_bad_number(doc: SearchDoc):
    made = _index_doc(doc)
    if doc.key == "bad":
        made.words["share_type"] = ["长" * 40_000]
    return made
