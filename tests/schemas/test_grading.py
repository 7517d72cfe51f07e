"""Grades follow the matrix and the floors, and say why."""

from collections import Counter
from typing import Any

import pytest
from hypothesis import given, settings

import schemas
from schemas.grading import ranks

from .strategies import documents, drafts

VECTORS = schemas.codes.table("grading_matrix")["vectors"]


@pytest.mark.parametrize("vector", VECTORS, ids=str)
def test_the_question_sheet_gives_the_level_of_the_vector(vector: dict[str, Any]) -> None:
    assert schemas.grade(vector["in"], vector["flags"]) == str(ranks()[vector["out"]])


def test_the_demo_city_has_the_levels_counted_for_it() -> None:
    found = Counter(schemas.level(document).code for document in documents())
    assert found == {"1": 117, "2": 105, "3": 11, "4": 94}


def test_the_highest_item_says_why() -> None:
    graded = schemas.level(
        {"items": [{"name": "姓名", "level": "2"}, {"name": "证号", "level": "4"}]}
    )
    assert graded.code == "4"
    assert graded.sentence() == "信息项「证号」为一般4级"
    assert graded.sentence("en") == "item “证号” is General 4"


def test_a_withheld_item_lifts_the_resource() -> None:
    graded = schemas.level({"share_type": "2", "items": [{"level": "1", "share_type": "3"}]})
    assert (graded.code, [reason.rule for reason in graded.because]) == ("4", ["F7"])
    assert graded.because[0].article() == "TC260-PG-20212A"


def test_conditional_sharing_is_at_least_the_second_level() -> None:
    assert schemas.level({"share_type": "2"}).code == "2"
    assert schemas.level({"share_type": "1"}) == schemas.Level(None, ())
    assert schemas.level({}).sentence() == "没有已定级的信息项"


def test_important_data_stops_the_entry() -> None:
    assert schemas.level({"items": [{"level": "5"}]}).stops
    assert not schemas.level({"items": [{"level": "4"}]}).stops


@given(drafts())
@settings(max_examples=60, deadline=None)
def test_any_draft_has_a_level_or_none(document: dict[str, Any]) -> None:
    graded = schemas.level(document)
    assert graded.code is None or graded.code in schemas.codes.labels("level")
    assert graded.sentence("en")
