"""What changed between two versions, field by field and item by item, grades first."""

import difflib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import schemas
from schemas.changes import matched

Runs = list[tuple[str, str]]
Row = tuple[str, Runs, Runs, str]


def difference(
    before: Mapping[str, Any] | None, after: Mapping[str, Any], locale: str = "zh"
) -> list[Row]:
    """Changed fields as (title, runs before, runs after, class), legal changes first."""
    old = before or {}
    rows: list[Row] = []
    for field in schemas.fields("resource"):
        if field.key == "items" or old.get(field.key) == after.get(field.key):
            continue
        was = schemas.printed(field, old[field.key], locale) if field.key in old else ""
        now = schemas.printed(field, after[field.key], locale) if field.key in after else ""
        gone, new = _runs(was, now)
        rows.append((field.title(locale), gone, new, field.change))
    return sorted(rows, key=lambda row: row[3] != "legal")


def _runs(was: str, now: str) -> tuple[Runs, Runs]:
    """Both texts cut into runs "same", "gone", "new"."""
    old: Runs = []
    new: Runs = []
    # Quadratic in the worst case: long texts are compared as a whole.
    if len(was) + len(now) > 4000:
        return ([("gone", was)] if was else []), ([("new", now)] if now else [])
    for kind, a, b, c, d in difflib.SequenceMatcher(None, was, now, autojunk=False).get_opcodes():
        if kind == "equal":
            old.append(("same", was[a:b]))
            new.append(("same", now[c:d]))
        else:
            old.extend([("gone", was[a:b])] if b > a else [])
            new.extend([("new", now[c:d])] if d > c else [])
    return old, new


@dataclass(frozen=True)
class ItemChange:
    """One data element that was added, removed or changed: its fields as difference rows."""

    kind: str
    name: str
    rows: tuple[Row, ...]
    regraded: bool = False


def item_changes(
    before: Mapping[str, Any] | None, after: Mapping[str, Any], locale: str = "zh"
) -> list[ItemChange]:
    """Changed elements, matched by identity; changes of grade first."""
    old, new = _items(before or {}), _items(after)
    pairs = matched(old, new)
    found = [
        _changed(old[pairs[n]], item, locale) if n in pairs else _changed({}, item, locale, "added")
        for n, item in enumerate(new)
        if n not in pairs or old[pairs[n]] != item
    ]
    gone = set(range(len(old))) - set(pairs.values())
    found += [_changed(old[i], {}, locale, "removed") for i in sorted(gone)]
    return sorted(found, key=lambda one: (not one.regraded, one.kind != "changed"))


def _items(document: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    items = document.get("items")
    return [i for i in items if isinstance(i, dict)] if isinstance(items, list) else []


def _changed(
    old: Mapping[str, Any], new: Mapping[str, Any], locale: str, kind: str = "changed"
) -> ItemChange:
    items = next(field for field in schemas.fields("resource") if field.key == "items")
    rows: list[Row] = []
    for field in items.children:
        if field.key == "id" or old.get(field.key) == new.get(field.key):
            continue
        was = schemas.printed(field, old[field.key], locale) if field.key in old else ""
        now = schemas.printed(field, new[field.key], locale) if field.key in new else ""
        gone, fresh = _runs(was, now)
        rows.append((field.title(locale), gone, fresh, field.change))
    name = str(new.get("name") or old.get("name") or "")
    return ItemChange(
        kind, name, tuple(rows), kind == "changed" and old.get("level") != new.get("level")
    )
