"""The schema files keep to the dialect, the closed list of annotations and their labels."""

import re
from collections.abc import Iterator
from typing import Any

import jsonschema  # type: ignore[import-untyped]  # the oracle ships no types
import pytest
import referencing
from hypothesis import HealthCheck, given, settings
from referencing.jsonschema import DRAFT202012

import schemas
from schemas import schema

from .strategies import drafts, mutants

ANNOTATIONS = {
    "x-widget", "x-group", "x-search", "x-rdf", "x-column", "x-source", "x-labels", "x-rule",
    "x-voids", "x-change", "x-facts", "x-day", "x-when", "x-typed",
}  # fmt: skip
KEYWORDS = {
    "$schema", "$id", "$ref", "$defs", "title", "description", "type", "enum", "const", "pattern",
    "format", "minLength", "maxLength", "minItems", "maxItems", "uniqueItems", "minProperties",
    "minimum", "required", "properties", "additionalProperties", "items", "contains", "not",
    "allOf", "anyOf", "if", "then", "else",
}  # fmt: skip
MAPS = {"properties", "$defs"}
DATA = {"enum", "const", "required", *ANNOTATIONS}


def nodes(node: Any) -> Iterator[dict[str, Any]]:
    """Every schema within a schema, data and annotations left out."""
    if isinstance(node, list):
        for part in node:
            yield from nodes(part)
    if not isinstance(node, dict):
        return
    yield node
    for key, part in node.items():
        if key in MAPS:
            yield from nodes(list(part.values()))
        elif key not in DATA:
            yield from nodes(part)


def everything() -> list[dict[str, Any]]:
    return [node for _, whole in schema.resources() for node in nodes(whole)]


def test_only_the_known_keywords_and_annotations_are_used() -> None:
    used = {key for node in everything() for key in node}
    assert used <= KEYWORDS | ANNOTATIONS


def test_patterns_mean_the_same_in_every_engine() -> None:
    patterns = [node["pattern"] for node in everything() if "pattern" in node]
    assert len(patterns) > 5
    for pattern in patterns:
        assert not re.search(r"\\[dDwWsSpPbB]", pattern), pattern
        # A bare $ also matches before a last newline in Python.
        assert "$" not in pattern.replace(r"(?!\n)$", ""), pattern


def test_every_property_has_a_title_a_widget_and_an_english_label() -> None:
    for name in schema.names():
        for node in nodes(schemas.load(name)):
            for key, prop in node.get("properties", {}).items():
                if not isinstance(prop, dict) or "title" not in prop:
                    assert node is not schemas.load(name), key
                    continue
                assert prop["x-labels"]["en"], key
                assert prop["x-widget"], key
                assert ("description" in prop) == ("en_hint" in prop["x-labels"]), key


def test_every_field_says_how_an_edit_is_treated_and_where_it_comes_from() -> None:
    for one in schemas.fields("resource"):
        assert one.change in {"none", "formal", "content", "legal"}, one.key
        assert one.voids <= {"secrecy", "grade", "masking", "pia"}, one.key
        assert one.source, one.key
        assert one.group in {group.key for group in schemas.groups("resource")}, one.key


@pytest.mark.parametrize("name", schema.names())
def test_a_record_is_a_valid_schema_for_outsiders(name: str) -> None:
    jsonschema.Draft202012Validator.check_schema(schemas.load(name))


def oracle(whole: dict[str, Any]) -> jsonschema.Draft202012Validator:
    known = [(urn, DRAFT202012.create_resource(one)) for urn, one in schema.resources()]
    return jsonschema.Draft202012Validator(
        whole,
        registry=referencing.Registry().with_resources(known),
        format_checker=jsonschema.FormatChecker(),
    )


SUBMISSION = oracle(schemas.load("resource"))
DRAFT = oracle(schema.record("resource").draft_schema)


@given(mutants())
@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
def test_two_independent_validators_agree_on_submissions(document: dict[str, Any]) -> None:
    ours = schema.record("resource").submission
    # The oracle reports `false` under properties at the parent, without a keyword.
    theirs = {tuple(e.absolute_path) for e in SUBMISSION.iter_errors(document) if e.validator}
    found = [e for e in ours.iter_errors(document) if e.kind.name != "falseSchema"]
    assert {tuple(error.instance_path) for error in found} == theirs
    assert ours.is_valid(document) == SUBMISSION.is_valid(document)


@given(drafts())
@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
def test_two_independent_validators_agree_on_drafts(document: dict[str, Any]) -> None:
    assert schema.record("resource").draft.is_valid(document) == DRAFT.is_valid(document)


def plus_one(raw: dict[str, Any]) -> schemas.Record:
    raw["properties"]["retention"] = {
        "title": "保存年限",
        "type": "integer",
        "minimum": 1,
        "x-labels": {"en": "Years kept"},
        "x-widget": "number",
        "x-group": "other",
    }
    return schemas.Record("resource", raw)


def test_one_property_is_all_it_takes_to_add_a_field() -> None:
    record = plus_one(schemas.load("resource"))
    added = next(one for one in schemas.fields(record) if one.key == "retention")
    assert (added.kind, added.title(), added.title("en")) == ("number", "保存年限", "Years kept")
    made = schemas.from_form([("name", "甲"), ("retention", "0")], record)
    assert made == {"name": "甲", "retention": 0}
    assert schemas.to_form(made, record) == [("name", "甲"), ("retention", "0")]
    found = [
        one for one in schemas.errors(record, made, "submission") if "retention" in one.pointer
    ]
    assert [one.message() for one in found] == ["保存年限：不能小于 1"]
    assert found[0].message("en") == "Years kept: not below 1"
    assert schemas.change({}, made, record).fields == ("/name", "/retention")
    assert ("保存年限", "0") in schemas.display(made, name=record)[-1][1]
    assert schemas.errors("resource", made)[0].code == "unknown-key"
