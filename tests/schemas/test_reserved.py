"""What a compiler under contract may not say is left as the department said it."""

from hypothesis import given, settings

import schemas

from .strategies import drafts


@given(drafts(), drafts())
@settings(max_examples=60, deadline=None)
def test_a_form_that_sends_no_reserved_field_changes_none(before, after):
    legal = {field.key for field in schemas.fields("resource") if field.change == "legal"}
    sent = {key: value for key, value in after.items() if key not in legal and key != "items"}
    if "items" in before:
        sent["items"] = before["items"]
    kept = schemas.with_reserved(before, sent)
    assert schemas.reserved(before, kept) == ()
    assert {key: kept.get(key) for key in legal} == {key: before.get(key) for key in legal}


def test_a_new_item_with_a_grade_is_reserved():
    before = {"items": [{"id": "a", "name": "甲", "level": "1"}]}
    after = {"items": [*before["items"], {"name": "乙", "level": "2"}]}
    assert schemas.reserved(before, after) == ("/items/1/level",)


def test_an_item_that_comes_without_its_grade_keeps_it():
    before = {"items": [{"id": "a", "name": "甲", "level": "1"}]}
    after = {"items": [{"name": "乙"}, {"id": "a", "name": "甲改"}]}
    kept = schemas.with_reserved(before, after)
    assert kept["items"][1] == {"id": "a", "name": "甲改", "level": "1"}
    assert schemas.reserved(before, kept) == ()
