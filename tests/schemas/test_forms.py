"""A form becomes a document and a document a form, without losing what was typed."""

import contextlib
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import schemas

from .strategies import documents, drafts, entry, single, submissions


def test_every_demo_entry_survives_the_form() -> None:
    for document in documents():
        assert schemas.from_form(schemas.to_form(document)) == document


@given(submissions())
@settings(max_examples=60, deadline=None)
def test_a_submission_survives_the_form(document: dict[str, Any]) -> None:
    assert schemas.errors("resource", document, at="submission") == []
    assert schemas.from_form(schemas.to_form(document)) == document


@given(st.text(max_size=30), st.lists(single, max_size=3, unique=True))
@settings(max_examples=200, deadline=None)
def test_whatever_text_may_be_handed_in_survives_the_form(note: str, keywords: list[str]) -> None:
    holder = {"office": note, "post": note, "phone": "0473-0000000"}
    document = {**entry(), "note": note, "keywords": keywords, "holders": {"handles": holder}}
    if not schemas.errors("resource", document, at="submission"):
        assert schemas.from_form(schemas.to_form(document)) == schemas.tidied(document)


@given(drafts())
@settings(max_examples=60, deadline=None)
def test_any_draft_can_be_shown_in_the_form(document: dict[str, Any]) -> None:
    pairs = schemas.to_form(document)
    assert all(isinstance(name, str) and isinstance(value, str) for name, value in pairs)


NAMES = [one.key for one in schemas.fields("resource")]
typed_names = st.sampled_from(
    [*NAMES, "items.0.name", "items.x.name", "items.7", "items..name", "census.total_gb", "census",
     "holders.handles.phone", "withheld_basis.title.x", "", ".", "csrf_token", "items.-1.level"]
)  # fmt: skip


@given(st.lists(st.tuples(typed_names | st.text(max_size=9), st.text(max_size=40)), max_size=12))
@settings(max_examples=200, deadline=None)
def test_any_form_gives_a_draft_or_is_refused(pairs: list[tuple[str, str]]) -> None:
    with contextlib.suppress(schemas.Unreadable):
        assert schemas.errors("resource", schemas.from_form(pairs)) == []


def test_rows_keep_the_order_of_their_numbers_and_their_ids() -> None:
    pairs = [
        ("items.10.name", "乙"),
        ("items.2.name", "甲"),
        ("items.2.id", "a1"),
        ("items.3.note", " "),
    ]
    made = schemas.from_form(pairs)["items"]
    assert [item["name"] for item in made] == ["甲", "乙"]
    assert made[0]["id"] == "a1"


def test_an_unticked_box_is_false_and_a_blank_row_is_no_row() -> None:
    made = schemas.from_form(
        [("items.0.name", "甲"), ("items.0.nullable", "true"), ("items.1.primary_key", "false")]
    )
    assert made == {"items": [{"primary_key": False, "nullable": True, "name": "甲"}]}


@pytest.mark.parametrize(
    ("typed", "kept"),
    [("12", 12), ("12.5", 12.5), ("１２", 12), ("-", None), ("约十", "约十"),
     ("1e999", "1e999"), ("9" * 20, "9" * 20)],
)  # fmt: skip
def test_a_number_that_is_none_is_kept_as_typed(typed: str, kept: object) -> None:
    assert schemas.from_form([("census.total_gb", typed)]) == {"census": {"total_gb": kept}}


def test_full_width_letters_are_kept_in_text_and_read_in_codes() -> None:
    made = schemas.from_form(
        [("name", " ＡＢ表 "), ("share_type", "２"), ("class_path", "３/07/001")]
    )
    assert made == {"name": "ＡＢ表", "share_type": "2", "class_path": "3/07/001"}


def test_a_list_comes_from_repeated_names_and_from_lines() -> None:
    made = schemas.from_form(
        [("themes", "2/01"), ("themes", "2/02"), ("keywords", "户籍\r\n\r\n人口")]
    )
    assert made == {"themes": ["2/01", "2/02"], "keywords": ["户籍", "人口"]}


def test_a_wrong_answer_stays_so_that_it_can_be_mended() -> None:
    made = schemas.from_form([("items.0.primary_key", "也许"), ("share_type", "8")])
    assert made["share_type"] == "8"
    assert made["items"][0]["primary_key"] == "也许"


def test_too_many_rows_are_refused() -> None:
    with pytest.raises(schemas.Unreadable) as refusal:
        schemas.from_form([(f"items.{n}.name", "甲") for n in range(501)])
    assert [problem.code for problem in refusal.value.problems] == ["maxItems"]


@pytest.mark.parametrize("unseen", ["\u200b", "\ufeff", "\u2060", "\x01", "\x0b", "\x1f", "\x7f"])
def test_what_nobody_sees_in_a_pasted_text_is_not_kept(unseen: str) -> None:
    typed = [("name", f"{unseen} 婚姻{unseen}登记{unseen} ")]
    assert schemas.from_form(typed) == {"name": "婚姻登记"}


def test_a_word_where_a_number_belongs_is_answered_with_an_example() -> None:
    (problem,) = [
        one
        for one in schemas.errors(
            "resource", {**entry(), "census": {"total_gb": "十"}}, "submission"
        )
        if one.pointer == "/census/total_gb"
    ]
    assert "「十」不是数字，请填数字，如 10.5" in problem.message()
    assert "such as 10.5" in problem.message("en")
