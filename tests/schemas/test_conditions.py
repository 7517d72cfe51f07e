"""What other answers make of a field is read from the rules, so form and judge cannot differ."""

from typing import Any

import pytest
from hypothesis import given, settings

import schemas
from schemas import conditions

from .strategies import drafts, entry

FIELDS = {one.key: one for one in schemas.fields("resource")}


def test_the_form_says_when_an_optional_field_must_be_filled() -> None:
    told = schemas.obligation("resource", FIELDS["items"])
    assert told == "信息资源格式分类为电子表格、数据库、服务接口时必填"
    told = schemas.obligation("resource", FIELDS["format_other"], "en")
    assert told == "needed where Format class is Self-describing, or Format types is Other"
    assert schemas.obligation("resource", FIELDS["note"]) == ""


@pytest.mark.parametrize("key", [one.key for one in schemas.fields("resource") if one.when])
def test_what_the_form_calls_needed_the_judge_misses(key: str) -> None:
    for case in FIELDS[key].when:
        document = _with({**entry(), "visibility": "1"}, case)
        document.pop(key, None)
        found = schemas.errors("resource", document, at="submission")
        assert FIELDS[key].needed(document)
        assert (f"/{key}", "required") in [(one.pointer, one.code) for one in found]


def _with(document: dict[str, Any], case: conditions.Case) -> dict[str, Any]:
    """The document in which the case is so."""
    if case.name.startswith("items.*."):
        first, *others = document["items"]
        return {**document, "items": [{**first, case.name[8:]: case.values[0]}, *others]}
    listed = FIELDS[case.name].kind == "codes"
    return {**document, case.name: [case.values[0]] if listed else case.values[0]}


def test_a_code_the_form_puts_away_is_one_the_judge_refuses() -> None:
    document = {**entry(), "format_class": "2", "format_types": ["mysql"], "share_method": "01"}
    assert FIELDS["format_types"].is_barred("mysql", document)
    assert not FIELDS["format_types"].is_barred("xls", document)
    found = {one.code for one in schemas.errors("resource", document, at="submission")}
    assert {"format-mismatch", "method-mismatch"} <= found


def test_a_field_is_put_away_only_while_it_is_empty_and_its_case_is_decided() -> None:
    scope = FIELDS["share_scope"]
    assert scope.applies({})
    assert not scope.applies({"visibility": "1", "share_type": "1"})
    assert scope.applies({"visibility": "1", "share_type": "1", "items": [{"share_type": "2"}]})
    assert scope.applies({"visibility": "1", "share_type": "1", "share_scope": "民政局"})


@given(drafts())
@settings(max_examples=40, deadline=None)
def test_any_draft_is_answered(document: dict[str, Any]) -> None:
    for one in FIELDS.values():
        # What is needed or filled is never put away, whatever the draft holds elsewhere.
        assert one.applies(document) or not (one.needed(document) or document.get(one.key))
        assert all(isinstance(one.is_barred(code, document), bool) for code in one.bars)
