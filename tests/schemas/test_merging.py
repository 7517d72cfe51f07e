"""Two texts that began as one: who changed what is told from the trace of the beginning."""

from typing import Any

import pytest
from hypothesis import given, settings

import schemas

from .strategies import drafts

BEGAN = {"name": "甲", "abstract": "摘要", "items": [{"id": "a", "name": "编号"}]}


@pytest.mark.parametrize(
    ("stored", "typed", "side"),
    [
        ({"note": "新"}, {}, "theirs"),
        ({}, {"note": "新"}, "mine"),
        ({"note": "一"}, {"note": "二"}, "both"),
        ({"abstract": "改"}, {}, "theirs"),
        ({"items": [{"id": "a", "name": "改"}]}, {}, "theirs"),
        ({}, {"items": [{"name": "改"}]}, "mine"),
    ],
)
def test_a_field_belongs_to_the_side_that_changed_it(stored, typed, side):
    found = schemas.sides(schemas.trace(BEGAN), {**BEGAN, **stored}, {**BEGAN, **typed})
    (changed,) = {**stored, **typed}
    expected = {"mine": (), "theirs": (), "both": ()} | {side: (changed,)}
    assert {name: getattr(found, name) for name in expected} == expected


def test_the_same_change_on_both_sides_and_a_new_id_are_no_difference():
    changed = {**BEGAN, "note": "同"}
    again = {**changed, "items": [{"name": "编号"}]}
    found = schemas.sides(schemas.trace(BEGAN), changed, again)
    assert found == schemas.Sides((), (), ())


@pytest.mark.parametrize("base", ["", "乱", "[]", "7", "[" * 100_000])
def test_without_a_readable_trace_every_difference_is_a_question(base):
    found = schemas.sides(base, BEGAN, {**BEGAN, "note": "新"})
    assert found == schemas.Sides((), (), ("note",))


def test_a_trace_holds_nothing_of_the_text():
    assert "摘要" not in schemas.trace(BEGAN)
    assert schemas.trace(BEGAN) != schemas.trace({**BEGAN, "abstract": "改"})


@given(drafts())
@settings(max_examples=60, deadline=None)
def test_every_draft_has_a_trace_by_which_it_equals_itself(document: dict[str, Any]) -> None:
    assert schemas.sides(schemas.trace(document), document, document) == schemas.Sides((), (), ())


def test_a_draft_whose_form_would_be_too_long_has_a_trace_too():
    assert schemas.trace({"name": [["长" * 200] for _ in range(20)]})
