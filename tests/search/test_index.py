"""One contract for both engines: what is found, counted, hidden, changed and rebuilt."""

import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from elasticsearch import Elasticsearch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import search
from benchmarks import index_speed, search_held_out
from search import Index, Query, Reader, SearchDoc, Unavailable, elastic
from search.plan import AnyOf, NoneOf
from tests.search import strategies as some
from tests.search.conftest import SERVER

ALL = Reader(everything=True)
# Each example clears the index itself, so one fixture may serve them all.
shared = settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])


def doc(key: str, name: str, turn: int = 1, unit: str = "U1", **more: Any) -> SearchDoc:
    envelope = more.pop("envelope", {})
    return SearchDoc(key, more.pop("visibility", "1"), unit, turn, {"name": name, **more}, envelope)


def keys(index: Index, text: str, **asked: Any) -> list[str]:
    return [hit.key for hit in index.search(Query(text, **{"reader": ALL, **asked})).hits]


def test_part_of_a_title_finds_the_entry(index: Index) -> None:
    index.rebuild([doc("a", "全市婚姻登记机构信息"), doc("b", "停车场")])
    for part in ("婚姻", "登记机构", "姻登", "hunyin", "hydj", "婚姻登记机构"):
        assert keys(index, part) == ["a"], part


def test_an_exact_title_comes_first_and_before_longer_ones_that_repeat_it(index: Index) -> None:
    docs = [doc(f"n{i}", "停车场停车场停车场", abstract="停车场" * 20) for i in range(5)]
    index.rebuild([*docs, doc("exact", "停车场", abstract="泊位" * 400)])
    assert keys(index, "停车场")[0] == "exact"


def test_only_entries_with_every_part_are_counted_and_weaker_ones_are_related(index: Index) -> None:
    index.rebuild([doc("a", "殡仪馆收费标准"), doc("b", "殡仪馆"), doc("c", "停车场")])
    result = index.search(Query("殡仪馆怎么收费", reader=ALL))
    assert ([hit.key for hit in result.hits], result.total) == (["a"], 1)
    assert [hit.key for hit in result.related] == ["b"]


def test_what_is_refused_is_in_no_hit_no_count_and_no_weaker_match(index: Index) -> None:
    index.rebuild([doc("a", "小学名录"), doc("b", "小学幼儿园名录"), doc("c", "幼儿园小学生")])
    for asked in ("小学 -幼儿园", "小学，不要幼儿园", "除了幼儿园以外的小学"):
        result = index.search(Query(asked, reader=ALL))
        assert ([hit.key for hit in result.hits], result.total) == (["a"], 1), asked
        assert not result.related, asked


def test_a_title_with_a_hyphen_is_found_though_it_reads_like_a_refusal(index: Index) -> None:
    index.rebuild([doc("a", "经开区 -创业补贴公示"), doc("b", "经开区企业")])
    assert keys(index, "经开区 -创业补贴公示")[0] == "a"
    assert keys(index, "经开区 -创业补贴") == ["b"]


def test_a_synonym_counts_like_the_word_itself(index: Index) -> None:
    index.rebuild([doc("a", "最低生活保障对象"), doc("b", "停车场")])
    result = index.search(Query("低保户", reader=ALL))
    assert ([hit.key for hit in result.hits], result.total) == (["a"], 1)


def test_a_unit_is_found_by_the_sound_of_its_name(index: Index) -> None:
    index.rebuild([doc("a", "养犬登记", envelope={"department_name": "市公安局"}), doc("b", "乙")])
    for asked in ("gongan", "gaj", "public security bureau"):
        assert keys(index, asked) == ["a"], asked


def test_only_entries_with_the_element_are_counted_when_a_field_is_asked_for(index: Index) -> None:
    index.rebuild([
        doc("a", "企业名录", items=[{"name": "联系电话"}]),
        doc("b", "企业名录", abstract="可拨打联系电话", items=[{"name": "地址"}]),
    ])  # fmt: skip
    assert keys(index, "要有联系电话字段的企业表") == ["a"]


def test_elements_units_and_years_are_filters(index: Index) -> None:
    above = {"units": ("REGION",), "updated_at": "2025-12-31T20:00:00+00:00"}
    index.rebuild([
        doc("a", "甲", unit="U1", items=[{"name": "联系 电话"}], envelope=above),
        doc("b", "乙", unit="U2", items=[{"name": "地址"}]),
    ])  # fmt: skip
    for name, value in (("element", "联系电话"), ("units", "REGION"), ("year", "2026")):
        assert keys(index, "", filters={name: (value,)}) == ["a"], name


def test_words_in_a_field_give_the_numbers_of_the_entries_that_hold_all_of_them(
    index: Index,
) -> None:
    docs = [
        replace(doc("a", "婚姻登记 Bus2024", abstract="结婚，离婚"), number=11),
        replace(doc("b", "停车场"), number=12),
        replace(doc("c", "登记婚姻", abstract=" "), number=13),
    ]
    index.rebuild(docs)
    words, told = search.words, lambda node: sorted(index.holding(node))
    assert told(words("title", "婚姻登记")) == [11]
    assert told(words("title", "婚 登")) == told(words("all", "登記")) == [11, 13]
    assert told(words("title", "bus", begins=True)) == told(words("title", "bus2024")) == [11]
    assert told(words("title", "bus")) == told(words("title", "，")) == []
    assert told(words("abstract", "", begins=True)) == [11]
    assert told(NoneOf((words("title", "婚"),))) == [12]
    assert told(NoneOf((words("title", "，"),))) == [11, 12, 13]
    assert told(AnyOf((words("title", "停"), words("abstract", "离婚")))) == [11, 12]
    index.apply([replace(doc("b", "婚", turn=2), number=12)], ["a"])
    assert told(words("title", "婚")) == [12, 13]


def test_more_numbers_are_given_than_an_engine_tells_at_once(
    index: Index, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(elastic, "DEEPEST", 7)
    index.rebuild(replace(doc(f"k{n}", "甲"), number=n) for n in range(30))
    assert sorted(index.holding(search.words("title", "甲"))) == list(range(30))


def test_half_a_code_finds_its_entry(index: Index) -> None:
    index.rebuild([doc("a", "甲", envelope={"code": "307001150300/000004"}), doc("b", "乙")])
    assert keys(index, "307001") == ["a"]


def test_an_empty_question_lists_the_newest_first(index: Index) -> None:
    index.rebuild([
        doc("old", "甲", envelope={"updated_at": "2026-01-01"}),
        doc("new", "乙", envelope={"updated_at": "2026-03-01"}),
    ])  # fmt: skip
    assert keys(index, "") == ["new", "old"]
    assert keys(index, "!!!") == []


def test_a_facet_counts_as_if_nothing_had_been_chosen_in_it(index: Index) -> None:
    index.rebuild([
        doc("a", "企业", share_type="1", open_type="1"),
        doc("b", "企业", share_type="2", open_type="1"),
        doc("c", "企业", share_type="2", open_type="3"),
    ])  # fmt: skip
    result = index.search(
        Query("", {"share_type": ("1",)}, ALL, facets=("share_type", "open_type"))
    )
    assert result.total == 1
    assert result.facets == {"share_type": {"1": 1, "2": 2}, "open_type": {"1": 1}}


def test_a_filter_that_does_not_exist_is_refused(index: Index) -> None:
    with pytest.raises(ValueError, match="no facet"):
        index.search(Query("企业", {"readers": ("open",)}, ALL))


def visible(entry: SearchDoc, reader: Reader) -> bool:
    """The rule in words of its own, as an oracle."""
    opened = bool(entry.envelope["opened"])
    if not reader.signed_in or opened:
        return opened
    shown: Any = entry.envelope["shown_to"] if entry.visibility == "2" else ()
    own = reader.departments & {entry.department, *shown}
    return reader.everything or entry.visibility == "1" or bool(own)


@shared
@given(some.corpora(), some.queries)
def test_nothing_hidden_shows_in_hits_totals_or_facets(
    index: Index, corpus: Sequence[SearchDoc], query: Query
) -> None:
    # Room for all: how rare a word is counts over hidden entries too, and orders weaker matches.
    query = replace(query, limit=max(query.limit, len(corpus)))
    index.rebuild(corpus)
    whole = index.search(query)
    index.rebuild([entry for entry in corpus if visible(entry, query.reader)])
    alone = index.search(query)
    assert (whole.total, whole.facets) == (alone.total, alone.facets)
    assert {hit.key for hit in whole.related} == {hit.key for hit in alone.related}


@shared
@given(some.corpora(largest=40), some.texts, st.integers(1, 7))
def test_pages_follow_one_another_without_gap_or_repeat(
    index: Index, corpus: Sequence[SearchDoc], text: str, limit: int
) -> None:
    index.rebuild(corpus)
    whole = keys(index, text, limit=100)
    paged: list[str] = []
    for offset in range(0, len(corpus) + limit, limit):
        paged.extend(keys(index, text, offset=offset, limit=limit))
    assert paged == whole
    assert len(whole) == index.search(Query(text, reader=ALL)).total


def test_a_page_deep_down_is_a_stretch_of_the_whole_list_however_many_are_alike(
    index: Index,
) -> None:
    # Of each three one scores higher; of the others every second was changed at the same moment.
    moment = {"updated_at": "2026-03-02T00:00:00+00:00"}
    index.rebuild(
        doc(f"k{n:04d}", f"婚姻登记{'婚姻登记' * (n % 3 == 0)}", envelope=moment if n % 2 else {})
        for n in range(600)
    )
    whole = keys(index, "婚姻登记", limit=600)
    assert len(set(whole)) == 600
    for offset in (0, 190, 300, 555, 590, 600):
        assert keys(index, "婚姻登记", offset=offset, limit=20) == whole[offset : offset + 20]


@shared
@given(some.anything, st.integers(), st.integers(max_value=500))
def test_any_text_and_any_page_is_answered(
    index: Index, text: str, offset: int, limit: int
) -> None:
    result = index.search(Query(text, reader=ALL, offset=offset, limit=limit))
    assert result.total == 0


def test_changes_are_visible_at_once_and_older_turns_are_ignored(index: Index) -> None:
    index.apply([doc("a", "殡仪馆", turn=5)], [])
    index.apply([doc("a", "停车场", turn=4)], [])
    assert (keys(index, "殡仪馆"), list(index.versions())) == (["a"], [("a", 5)])
    index.apply([doc("a", "停车场", turn=5)], [])
    assert keys(index, "停车场") == ["a"]


def test_a_deleted_entry_comes_back_however_often_the_deletion_was_repeated(index: Index) -> None:
    index.apply([doc("a", "殡仪馆", turn=5)], [])
    for _ in range(4):
        index.apply([], ["a", "never there"])
    assert list(index.versions()) == []
    index.apply([doc("a", "停车场", turn=6)], [])
    assert list(index.versions()) == [("a", 6)]


def test_a_key_deleted_and_given_in_one_call_stays(index: Index) -> None:
    index.apply([doc("a", "殡仪馆", turn=3)], [])
    index.apply([doc("a", "停车场", turn=4)], ["a"])
    assert list(index.versions()) == [("a", 4)]


changes = st.lists(
    st.tuples(st.sampled_from("abcde"), st.none() | some.docs(key="x")), min_size=1, max_size=15
)


@shared
@given(changes, st.lists(st.integers(1, 4), min_size=1, max_size=15), some.queries)
def test_drained_changes_equal_a_rebuild_of_where_they_end(
    index: Index, stream: Sequence[tuple[str, SearchDoc | None]], sizes: list[int], query: Query
) -> None:
    index.rebuild(())
    state: dict[str, SearchDoc] = {}
    at = 0
    for size in sizes * len(stream):
        batch: dict[str, SearchDoc | None] = {}
        for turn, (key, made) in enumerate(stream[at : at + size], at + 1):
            batch[key] = made and SearchDoc(
                key, made.visibility, made.department, turn, made.document, made.envelope
            )
        at += size
        index.apply([d for d in batch.values() if d], [k for k, d in batch.items() if not d])
        state.update({key: made for key, made in batch.items() if made})
        for key in [key for key, made in batch.items() if made is None]:
            state.pop(key, None)
        if at >= len(stream):
            break
    drained = list(index.versions()), index.search(query)
    index.rebuild(state.values())
    rebuilt = list(index.versions()), index.search(query)
    assert drained[0] == rebuilt[0] == sorted((key, made.turn) for key, made in state.items())
    # Deleted entries weigh in the score until segments merge, so the order is not compared.
    assert (drained[1].total, drained[1].facets) == (rebuilt[1].total, rebuilt[1].facets)


def dead(url: str) -> float:
    """The share of an index that was changed or deleted and still counts; 0 where none is told."""
    if not url.startswith("http"):
        return 0.0
    server, _, alias = url.rpartition("/")
    with Elasticsearch(server) as client:
        docs = client.indices.stats(index=alias, metric="docs")["_all"]["primaries"]["docs"]
    return float(docs["deleted"] / max(1, docs["deleted"] + docs["count"]))


def test_many_changes_leave_the_order_that_of_a_fresh_index(
    index: Index, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(elastic, "TIDY_EVERY_S", 0.5)
    docs = list(search_held_out.demo_city())
    texts = [one["query"] for one in search_held_out.queries("city")]
    index.rebuild(docs)
    fresh = index_speed.first_ten(index, texts)
    index_speed.churn(index, docs)
    # The server lets go of what its copies might ask for only every half minute.
    patience = time.monotonic() + 120
    while True:
        index.tidy()
        same = index_speed.overlap(fresh, index_speed.first_ten(index, texts))
        if (same >= 0.99 and dead(url) <= elastic.MOST_DEAD) or time.monotonic() > patience:
            break
        time.sleep(0.5)
    assert same >= 0.99
    assert dead(url) <= elastic.MOST_DEAD


def test_status_tells_what_the_index_is(index: Index) -> None:
    index.rebuild([doc("a", "甲")])
    status = index.status()
    assert (status.entries, status.is_current) == (1, True)
    assert status.analyser in status.name


if SERVER:

    @shared
    @given(some.corpora(largest=40), st.lists(some.queries, min_size=5, max_size=5))
    def test_both_engines_answer_alike(
        server: str, tmp_path: Path, corpus: Sequence[SearchDoc], asked: Sequence[Query]
    ) -> None:
        both = [search.open("tantivy:", tmp_path), search.open(server, tmp_path)]
        for index in both:
            index.rebuild(corpus)
        for query in asked:
            left, right = (index.search(query) for index in both)
            assert (left.total, left.facets) == (right.total, right.facets)
            assert [h.key for h in left.hits] == [h.key for h in right.hits]
            assert [h.key for h in left.related] == [h.key for h in right.related]
        for index in both:
            index.close()


def test_a_server_that_does_not_answer_is_unavailable(tmp_path: Path) -> None:
    with pytest.raises(Unavailable):
        search.open("http://127.0.0.1:9", tmp_path)


def test_an_address_of_no_engine_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="no search engine"):
        search.open("ftp://somewhere", tmp_path)


def test_an_order_that_does_not_exist_is_refused(index: Index) -> None:
    with pytest.raises(ValueError, match="no order"):
        index.search(Query("企业", sort="price", reader=ALL))
