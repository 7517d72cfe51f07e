"""From entries to index fields: total over drafts, and strict about who may see what."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search import Reader, SearchDoc, analysis, documents
from tests.search import strategies as some

junk = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | some.anything,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(some.anything, inner, max_size=3),
    max_leaves=8,
)
names = st.sampled_from(["name", "abstract", "items", "themes", "class_path", "external_codes"])


def doc(document: dict[str, Any] | None = None, **facts: Any) -> SearchDoc:
    given = {"visibility": "1", "department": "U1", "envelope": {}} | facts
    return SearchDoc(
        "k1", given["visibility"], given["department"], 1, document or {}, given["envelope"]
    )


@given(
    st.dictionaries(names, junk), st.dictionaries(st.sampled_from(["updated_at", "level"]), junk)
)
def test_any_draft_becomes_a_document(document: dict[str, Any], envelope: dict[str, Any]) -> None:
    made = documents.index_doc(doc(document, envelope=envelope))
    assert set(made.tokens) == set(documents.ANALYSED)
    for tokens in made.tokens.values():
        assert tokens.startswith(analysis.SENTINEL)
        tokens.encode()
    for values in made.words.values():
        assert all(0 < len(value.encode()) < 32_000 for value in values)
    assert 0 <= made.order < 2**63


def test_the_title_counts_four_times() -> None:
    made = documents.index_doc(doc({"name": "殡仪馆", "abstract": "殡仪馆"}))
    assert made.tokens["all"].split().count("殡仪") == 5


def test_a_class_is_counted_with_all_it_lies_under() -> None:
    made = documents.index_doc(doc({"class_path": "3/07/001"}))
    assert made.words["class_path"] == ("3", "3/07", "3/07/001")


def test_a_later_change_sorts_before_an_earlier_one() -> None:
    early = documents.index_doc(doc(envelope={"updated_at": "2026-01-01T08:00:00+08:00"}))
    late = documents.index_doc(doc(envelope={"updated_at": "2026-01-01T08:00:01+08:00"}))
    assert late.order > early.order


def seen(entry: SearchDoc, reader: Reader) -> bool:
    allowed = documents.rights(reader)
    marks = documents.index_doc(entry).words["readers"]
    return allowed is None or bool(set(allowed) & set(marks))


def test_an_entry_for_named_departments_is_seen_by_them_and_its_owner_only() -> None:
    entry = doc(visibility="2", envelope={"shown_to": ("U2",)})
    assert [seen(entry, Reader(departments=frozenset({unit}))) for unit in ("U1", "U2", "U3")] == [
        True, True, False,
    ]  # fmt: skip


def test_an_entry_for_the_authority_ignores_the_list_of_departments() -> None:
    entry = doc(visibility="3", envelope={"shown_to": ("U2",)})
    assert not seen(entry, Reader(departments=frozenset({"U2"})))
    assert seen(entry, Reader(everything=True))


def test_an_unknown_visibility_is_the_strictest() -> None:
    assert not seen(doc(visibility="9"), Reader(departments=frozenset({"U2"})))


def test_without_sign_in_only_what_is_opened_is_seen_whatever_else_is_claimed() -> None:
    stranger = Reader(everything=True, departments=frozenset({"U1"}), signed_in=False)
    assert not seen(doc(), stranger)
    assert seen(doc(envelope={"opened": True}), stranger)
    assert not seen(doc(envelope={"opened": "yes"}), stranger)


def test_a_department_named_like_a_mark_gains_nothing() -> None:
    assert not seen(doc(visibility="3"), Reader(departments=frozenset({"all", "open"})))


def test_what_is_searched_stands_in_the_schema() -> None:
    assert documents.text_fields()[0] == documents.TITLE
    assert {"/abstract", "/keywords", "/items/*/name"} < set(documents.text_fields())
    assert "/items" not in documents.text_fields()
    assert {"share_type", "class_path", "update_cycle", "item_level"} < set(documents.facets())


def test_a_name_with_a_slash_is_no_path() -> None:
    made = documents.index_doc(doc({"source_system": "a/b"}))
    assert made.words["source_system"] == ("a/b",)


def test_the_duty_an_entry_came_from_is_not_what_it_holds() -> None:
    text = "市民政局在履行社会救助、婚姻和社会组织管理职责中形成的殡葬火化信息，主要包括姓名"
    assert documents.content(text) == "殡葬火化信息，主要包括姓名"
    assert documents.content("全市殡仪馆履行职责的情况") == "全市殡仪馆履行职责的情况"


@pytest.mark.parametrize("moment", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59+00:00"])
def test_a_moment_no_calendar_holds_is_no_year(moment: str) -> None:
    made = documents.index_doc(doc({"name": "甲"}, envelope={"updated_at": moment}))
    assert made.words["year"] == ()
