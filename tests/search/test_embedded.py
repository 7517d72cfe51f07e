"""What only the engine in a directory has to promise: files, processes and errors."""

import multiprocessing
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

import search
from search import Outdated, Query, Reader, SearchDoc, Unavailable, documents

ALL = Query("", reader=Reader(everything=True))


def doc(key: str) -> SearchDoc:
    return SearchDoc(key, "1", "U1", 1, {"name": "婚姻登记"})


def add(data_dir: Path, key: str) -> None:
    search.open("tantivy:", data_dir).apply([doc(key)], [])


def test_readers_follow_commits_and_rebuilds_of_others(tmp_path: Path) -> None:
    reader, writer = (search.open("tantivy:", tmp_path) for _ in range(2))
    writer.apply([doc("a")], [])
    assert reader.search(ALL).total == 1
    writer.rebuild([doc("b"), doc("c")])
    assert reader.search(ALL).total == 2


def test_a_forked_child_may_write_after_its_parent_did(tmp_path: Path) -> None:
    index = search.open("tantivy:", tmp_path)
    index.apply([doc("parent")], [])
    child = multiprocessing.get_context("fork").Process(target=add, args=(tmp_path, "child"))
    child.start()
    child.join(30)
    index.apply([doc("again")], [])
    assert child.exitcode == 0
    assert [key for key, _ in index.versions()] == ["again", "child", "parent"]


def test_an_error_in_the_middle_of_a_batch_leaves_the_index_as_it_was(tmp_path: Path) -> None:
    index = search.open("tantivy:", tmp_path)
    index.apply([doc("a")], [])
    wrong = SearchDoc("b", "1", "U1", 2**70, {"name": "婚姻"})
    with pytest.raises((Unavailable, OverflowError)):
        index.apply([doc("c"), wrong], ["a"])
    assert list(index.versions()) == [("a", 1)]
    index.apply([doc("c")], [])
    assert [key for key, _ in index.versions()] == ["a", "c"]


def test_an_index_of_another_analyser_is_refused_until_it_is_rebuilt(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    index = search.open("tantivy:", tmp_path)
    index.apply([doc("a")], [])
    monkeypatch.setattr(documents, "analyser", lambda: "a9-ffffffff")
    assert not index.status().is_current
    with pytest.raises(Outdated):
        index.search(ALL)
    index.rebuild([doc("a")])
    assert index.search(ALL).total == 1


def test_a_rebuild_that_fails_leaves_the_index_in_use(tmp_path: Path) -> None:
    index = search.open("tantivy:", tmp_path)
    index.apply([doc("a")], [])

    def broken() -> Iterator[SearchDoc]:
        yield doc("b")
        raise RuntimeError("the database went away")

    with pytest.raises(RuntimeError):
        index.rebuild(broken())
    assert [key for key, _ in index.versions()] == ["a"]
    assert len(list((tmp_path / "search").glob("registry-*"))) == 1


def test_a_rebuild_leaves_nothing_of_the_index_before(tmp_path: Path) -> None:
    index = search.open("tantivy:", tmp_path)
    for name in ("一", "二", "三"):
        index.rebuild([SearchDoc("a", "1", "U1", 1, {"name": f"绝密词语{name}"})])
        assert len(list((tmp_path / "search").glob("registry-*"))) == 1


def test_who_reads_while_the_folder_is_taken_away_reads_on(tmp_path: Path) -> None:
    writer = search.open("tantivy:", tmp_path)
    writer.rebuild([doc(str(n)) for n in range(50)])
    stop, totals, faults = threading.Event(), set(), []

    def read() -> None:
        while not stop.is_set():
            reader = search.open("tantivy:", tmp_path)
            try:
                totals.update(reader.search(ALL).total for _ in range(3))
            except Unavailable as fault:
                faults.append(fault)

    threads = [threading.Thread(target=read) for _ in range(2)]
    for thread in threads:
        thread.start()
    for _ in range(15):
        writer.rebuild([doc(str(n)) for n in range(50)])
    stop.set()
    for thread in threads:
        thread.join()
    assert (totals, faults) == ({50}, [])


def test_a_folder_half_taken_away_is_told_and_never_becomes_an_empty_index(tmp_path: Path) -> None:
    search.open("tantivy:", tmp_path).rebuild([doc("a")])
    (folder,) = (tmp_path / "search").glob("registry-*")
    (folder / "meta.json").unlink()
    left = sorted(folder.iterdir())
    reader = search.open("tantivy:", tmp_path)
    with pytest.raises(Unavailable):
        reader.search(ALL)
    assert sorted(folder.iterdir()) == left


def test_a_second_writer_is_refused_and_the_first_goes_on(tmp_path: Path) -> None:
    first, second = (search.open("tantivy:", tmp_path) for _ in range(2))

    def deletes() -> Iterator[str]:
        with pytest.raises(Unavailable, match="lock"):
            second.apply([doc("b")], [])
        yield "nothing"

    first.apply([doc("c")], deletes())
    assert [key for key, _ in first.versions()] == ["c"]


def test_a_question_asked_before_is_answered_anew_after_a_commit_and_for_another_reader(
    tmp_path: Path,
) -> None:
    index = search.open("tantivy:", tmp_path)
    index.apply([doc("a"), SearchDoc("b", "2", "U2", 1, {"name": "婚姻登记"})], [])
    asked = "婚姻"
    for _ in range(2):
        for reader, seen in (
            (Reader(departments=frozenset({"U1"})), ["a"]),
            (Reader(departments=frozenset({"U2"})), ["a", "b"]),
            (Reader(everything=True), ["a", "b"]),
            (Reader(signed_in=False), []),
        ):
            found = index.search(Query(asked, reader=reader, facets=("department",)))
            assert sorted(hit.key for hit in found.hits) == seen
            assert found.total == sum(found.facets["department"].values()) == len(seen)
    search.open("tantivy:", tmp_path).apply([doc("c")], ["a"])
    found = index.search(Query(asked, reader=Reader(departments=frozenset({"U1"}))))
    assert [hit.key for hit in found.hits] == ["c"]
