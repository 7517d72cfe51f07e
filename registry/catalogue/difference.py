"""What changed between two versions, field by field and item by item, grades first."""

import difflib
from collections.abc import Mapping, Sequence
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
    found = changed_fields(before or {}, after, locale)
    rows = [row for field, rows in found if field.key != "items" for row in rows]
    return sorted(rows, key=lambda row: row[3] != "legal")


def changed_fields(
    before: Mapping[str, Any], after: Mapping[str, Any], locale: str = "zh"
) -> list[tuple[schemas.Field, list[Row]]]:
    """The top fields in which two documents differ, in form order, each with its rows."""
    return [
        (field, _rows(field, was, now, locale))
        for field in schemas.fields("resource")
        for was, now in [(before.get(field.key, _ABSENT), after.get(field.key, _ABSENT))]
        if was != now
    ]


def _rows(field: schemas.Field, was: Any, now: Any, locale: str, above: str = "") -> list[Row]:
    """A changed field as rows; of fields that belong together each that changed, by its name."""
    title = f"{above}{field.title(locale)}"
    # In a draft a group may hold anything: only what is one on both sides is taken apart.
    grouped = field.kind == "group" and all(
        one is _ABSENT or isinstance(one, dict) for one in (was, now)
    )
    if grouped:
        old, new = ({} if one is _ABSENT else one for one in (was, now))
        return [
            row
            for child in field.children
            if old.get(child.key, _ABSENT) != new.get(child.key, _ABSENT)
            for row in _rows(
                child, old.get(child.key, _ABSENT), new.get(child.key, _ABSENT), locale, f"{title}·"
            )
        ]
    gone, fresh = _runs(_text(field, was, locale), _text(field, now, locale))
    return [(title, gone, fresh, field.change)]


_ABSENT: Any = object()


def _text(field: schemas.Field, value: Any, locale: str) -> str:
    return "" if value is _ABSENT else schemas.printed(field, value, locale)


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


# What a reviewer looks for in a data element stands first in its table.
FOREMOST = ("level", "pi_kind", "share_type", "open_type")


@dataclass(frozen=True)
class Table:
    """Whole data elements as a table: the titles of the columns, and the rows by name."""

    columns: list[str]
    lines: list[tuple[str, list[str]]]


def added_table(items: Sequence[ItemChange], locale: str = "zh") -> Table:
    """The added elements side by side: a column for each field that any of them holds."""
    field = next(field for field in schemas.fields("resource") if field.key == "items")
    children = sorted(
        (child for child in field.children if child.key not in ("id", "name")),
        key=lambda child: FOREMOST.index(child.key) if child.key in FOREMOST else len(FOREMOST),
    )
    texts = [
        (one.name, {title: "".join(text for _, text in new) for title, _, new, _ in one.rows})
        for one in items
        if one.kind == "added"
    ]
    held = list(dict.fromkeys(title for _, row in texts for title in row))
    columns = [
        title
        for child in children
        for title in held
        if title == child.title(locale) or title.startswith(f"{child.title(locale)}·")
    ]
    return Table(columns, [(name, [row.get(one, "") for one in columns]) for name, row in texts])


def _items(document: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    items = document.get("items")
    return [i for i in items if isinstance(i, dict)] if isinstance(items, list) else []


def _changed(
    old: Mapping[str, Any], new: Mapping[str, Any], locale: str, kind: str = "changed"
) -> ItemChange:
    items = next(field for field in schemas.fields("resource") if field.key == "items")
    rows = [
        row
        for field in items.children
        if field.key != "id" and old.get(field.key, _ABSENT) != new.get(field.key, _ABSENT)
        for row in _rows(field, old.get(field.key, _ABSENT), new.get(field.key, _ABSENT), locale)
    ]
    name = str(new.get("name") or old.get("name") or "")
    return ItemChange(
        kind, name, tuple(rows), kind == "changed" and old.get("level") != new.get("level")
    )
