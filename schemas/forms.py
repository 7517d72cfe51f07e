"""Form pairs into a document and back.

Names are dotted: `withheld_basis.title`, `items.0.name`; a list repeats its name. A name the
record does not know is left alone (tokens and buttons travel in the same form).
"""

import json
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from schemas.canonical import Unreadable
from schemas.errors import errors
from schemas.fields import Field, fields
from schemas.schema import Record
from schemas.storage import SAFE_INTEGER

BLANKS = " \t\n\u00a0\u3000"
# What a person types for "unknown" where unknown and empty differ (census figures).
UNKNOWN = "-"
# What comes along with a pasted text and nobody sees: control characters but tab and line break,
# zero-width blanks, byte order marks. Joiners inside a word (U+200C, U+200D) spell it in some
# scripts and stay.
UNSEEN = re.compile("[\x01-\x08\x0b\x0c\x0e-\x1f\x7f\u200b\u2060\ufeff]")
NUMBER = re.compile(r"-?[0-9]{1,20}(\.[0-9]{1,20})?([eE][+-]?[0-9]{1,3})?")
# 2027-1-5, 2027/1/5, 2027.1.5, 2027年1月5日: one sign throughout.
DAY = re.compile(r"([0-9]{4})(?:([-/.])|年)([0-9]{1,2})(?(2)\2|月)([0-9]{1,2})(?(2)|日)")
ROW = re.compile(r"[0-9]{1,6}")
BOOLEANS = {"true": True, "on": True, "false": False}

# Branches by the parts of dotted names; the values typed under a name stand under "".
Tree = dict[str, Any]


def from_form(pairs: Iterable[tuple[str, str]], name: str | Record = "resource") -> dict[str, Any]:
    """The document a form holds: draft-valid, blanks left out, wrong answers kept as typed.

    Raises `Unreadable` when what was typed is more than a draft may hold.
    """
    made: dict[str, Any] = _group(fields(name), _tree(pairs)) or {}
    problems = errors(name, made, at="draft")
    if problems:
        raise Unreadable("caps", problems)
    return made


def to_form(document: Mapping[str, Any], name: str | Record = "resource") -> list[tuple[str, str]]:
    """The pairs that make `from_form` give the document again; total over drafts."""
    return [
        pair
        for one in fields(name)
        if one.key in document
        for pair in _pairs(one, document[one.key], one.key)
    ]


# in --------------------------------------------------------------------------------------------


def _tree(pairs: Iterable[tuple[str, str]]) -> Tree:
    tree: Tree = {}
    for name, value in pairs:
        here, parts = tree, name.split(".", 8)
        # The empty name is the place of the values; no field has it.
        if "" not in parts:
            for part in parts:
                here = here.setdefault(part, {})
            here.setdefault("", []).append(_trimmed(value))
    return tree


def _trimmed(value: str) -> str:
    return UNSEEN.sub("", value.replace("\r\n", "\n").replace("\r", "\n")).strip(BLANKS)


def _group(children: Iterable[Field], tree: Tree) -> dict[str, Any] | None:
    made = {}
    for child in children:
        value = _value(child, tree.get(child.key, {}))
        if value is not None:
            made[child.key] = value[0]
    return made or None


def _value(field: Field, tree: Tree) -> tuple[Any] | None:
    """What was typed, wrapped so that a stated unknown (None) differs from nothing typed."""
    if field.kind == "group":
        return _wrapped(_group(field.children, tree))
    if field.kind == "rows":
        return _wrapped(_rows(field, tree))
    typed = [text for text in tree.get("", ()) if text]
    if field.kind in ("list", "codes"):
        return _wrapped([line for text in typed for line in _lines(text)])
    return (_scalar(field, typed[-1]),) if typed else None


def _wrapped(value: Any) -> tuple[Any] | None:
    return (value,) if value else None


def _rows(field: Field, tree: Tree) -> list[dict[str, Any]]:
    numbers = sorted(
        (part for part in tree if ROW.fullmatch(part)), key=lambda part: (int(part), part)
    )
    rows = (_group(field.children, tree[number]) for number in numbers)
    unticked = {child.key: False for child in field.children if child.widget == "checkbox"}
    # A browser sends nothing for an empty box; a row of empty boxes alone is a blank row.
    return [
        unticked | row for row in rows if row and any(value is not False for value in row.values())
    ]


def _lines(text: str) -> Iterator[str]:
    return (line for part in text.split("\n") if (line := part.strip(BLANKS)))


def _scalar(field: Field, text: str) -> Any:
    if field.kind == "boolean":
        return BOOLEANS.get(text.lower(), text)
    if field.kind == "number":
        return _number(field, unicodedata.normalize("NFKC", text))
    if field.kind == "date":
        return _day(unicodedata.normalize("NFKC", text))
    if field.kind == "code" or field.widget in ("tel", "code"):
        # Full-width digits and letters come from the input method, not from the clerk.
        return unicodedata.normalize("NFKC", text)
    return text


def _day(text: str) -> str:
    """A day as the schema writes it, from the ways people write one; anything else as typed."""
    found = DAY.fullmatch(text)
    return f"{found[1]}-{int(found[3]):02}-{int(found[4]):02}" if found else text


def _number(field: Field, text: str) -> Any:
    if text == UNKNOWN and field.nullable:
        return None
    if not NUMBER.fullmatch(text):
        return text
    number = int(text) if text.lstrip("-").isdigit() else float(text)
    # Beyond this a number is kept as the text it was typed as, and reported by the schema.
    return number if abs(number) <= SAFE_INTEGER else text


# out -------------------------------------------------------------------------------------------


def _pairs(field: Field, value: Any, name: str) -> Iterator[tuple[str, str]]:
    if value is None:
        return iter([(name, UNKNOWN)])
    if field.kind == "group" and isinstance(value, dict):
        return _below(field, value, name)
    if field.kind == "rows" and isinstance(value, list):
        return (
            pair
            for position, row in enumerate(value)
            for pair in (_below(field, row, f"{name}.{position}") if isinstance(row, dict) else ())
        )
    if field.kind in ("list", "codes") and isinstance(value, list):
        return ((name, _typed(part)) for part in value)
    return iter([(name, _typed(value))])


def _below(field: Field, value: Mapping[str, Any], name: str) -> Iterator[tuple[str, str]]:
    for child in field.children:
        if child.key in value:
            yield from _pairs(child, value[child.key], f"{name}.{child.key}")


def _typed(value: Any) -> str:
    if isinstance(value, str):
        return value
    return json.dumps(value, ensure_ascii=False)
