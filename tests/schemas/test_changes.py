"""An edit is as strict as the strictest field it touches."""

from typing import Any

import pytest
from hypothesis import given, settings

import schemas

from .strategies import drafts, entry


def edited(**fields: Any) -> schemas.Change:
    return schemas.change(entry(), {**entry(), **fields})


def test_nothing_changed_is_no_change() -> None:
    assert schemas.change(entry(), entry()) == schemas.Change("none", frozenset(), ())


def test_a_first_document_goes_the_whole_route() -> None:
    assert schemas.change(None, entry()).kind == "legal"


@pytest.mark.parametrize(
    ("fields", "kind", "voids"),
    [
        ({"abstract": "另一种说法,内容并没有变化"}, "formal", set()),
        ({"update_cycle": "9"}, "content", set()),
        ({"share_type": "3"}, "legal", {"secrecy", "masking", "pia"}),
        ({"abstract": "另一种说法", "data_class": "9"}, "legal", {"grade"}),
        ({"format_types": ["其他"]}, "content", {"masking"}),
    ],
)
def test_the_class_is_the_strictest_of_the_fields(fields: Any, kind: str, voids: set[str]) -> None:
    change = edited(**fields)
    assert (change.kind, set(change.voids)) == (kind, voids)
    assert set(change.fields) == {f"/{key}" for key in fields}


def items(**changed: Any) -> list[dict[str, Any]]:
    listed = entry()["items"]
    listed[0] |= changed
    return list(listed)


def test_an_item_keeps_its_identity_when_it_is_renamed() -> None:
    change = edited(items=items(name="全新的名称"))
    assert change == schemas.Change("content", frozenset({"grade"}), ("/items/0/name",))


def test_the_width_of_a_name_is_spelling() -> None:
    before = {**entry(), "items": items(name="A 座")}
    change = schemas.change(before, {**entry(), "items": items(name="Ａ座")})
    assert change == schemas.Change("formal", frozenset(), ("/items/0/name",))


@pytest.mark.parametrize("listed", [entry()["items"][1:], [*entry()["items"], {"name": "新增项"}]])
def test_adding_or_removing_an_item_is_content_and_voids(listed: list[Any]) -> None:
    change = edited(items=listed)
    assert change.kind == "content"
    assert change.voids == {"secrecy", "grade", "masking", "pia"}


def test_retyping_an_item_voids_like_a_new_item() -> None:
    change = edited(items=items(data_type="G"))
    assert change == schemas.Change(
        "content", frozenset({"secrecy", "grade", "masking", "pia"}), ("/items/0/data_type",)
    )


def test_items_without_ids_are_matched_by_name() -> None:
    bare = [{k: v for k, v in item.items() if k != "id"} for item in reversed(entry()["items"])]
    assert edited(items=bare) == schemas.Change("formal", frozenset(), ("/items",))


def test_a_change_of_grade_of_an_item_is_legal() -> None:
    change = edited(items=items(level="4" if entry()["items"][0]["level"] != "4" else "3"))
    assert change == schemas.Change("legal", frozenset({"grade", "masking"}), ("/items/0/level",))


def test_true_is_not_one() -> None:
    assert schemas.change({"note": True}, {"note": 1}).fields == ("/note",)


@given(drafts(), drafts())
@settings(max_examples=60, deadline=None)
def test_any_two_drafts_compare_the_same_way_round(
    one: dict[str, Any], other: dict[str, Any]
) -> None:
    change = schemas.change(one, other)
    assert (change.kind == "none") == (change.fields == ())
    assert schemas.change(one, one).kind == "none"
    assert schemas.change(other, one).kind == change.kind
