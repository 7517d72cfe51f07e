"""Form pairs into a document and back.

Names are dotted: `withheld_basis.title`, `items.0.name`; a list repeats its name. A name the
record does not know is left alone (tokens and buttons travel in the same form).
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from schemas.canonical import Unreadable
from schemas.errors import errors
from schemas.fields import Field, fields
from schemas.schema import Record
from schemas.typed import UNKNOWN, clean, parts, read, tidied

ROW = re.compile(r"[0-9]{1,6}")

# Branches by the parts of dotted names; the values typed under a name stand under "".
Tree = dict[str, Any]


def from_form(pairs: Iterable[tuple[str, str]], name: str | Record = "resource") -> dict[str, Any]:
    """The document a form holds: draft-valid, blanks left out, read as `tidied` reads it.

    Raises `Unreadable` when what was typed is more than a draft may hold.
    """
    made: dict[str, Any] = tidied(_group(fields(name), _tree(pairs)) or {}, name)
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
            here.setdefault("", []).append(value)
    return tree


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
    typed = [text for text in tree.get("", ()) if clean(text, breaks=True)]
    if field.kind in ("list", "codes"):
        found = [part for text in typed for part in parts(field, text)]
        # Cut at other signs, one word may stand there twice.
        return _wrapped(list(dict.fromkeys(found)) if field.typed == "words" else found)
    if not typed:
        return None
    # Whether a row is blank depends on what its boxes say.
    return (read(field, typed[-1], {}) if field.kind == "boolean" else typed[-1],)


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
