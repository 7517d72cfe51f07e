"""What the cells of an entry mean: its document, and where in the sheet a fault of it stands."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import schemas
from connectors.excel.columns import Column, columns, letters, trimmed
from connectors.excel.reading import Row
from connectors.excel.writing import Exported, texts

Document = Mapping[str, Any]
Pairs = list[tuple[str, str]]


@dataclass(frozen=True)
class Fault:
    """What is wrong in which cell: sheet row, column letter, heading, sentence, article."""

    row: int
    letter: str
    heading: str
    message: str
    article: str = ""


def document(row: Row, before: Exported | None = None) -> dict[str, Any]:
    """The document a row of the sheet holds.

    With `before`, the entry as it is, only the cells that were changed count: whatever has no
    column, and whatever a cell cannot show, stays. Raises schemas.Unreadable when more was typed
    than a draft may hold.
    """
    if before is None:
        return schemas.from_form(_pairs_of(row))
    whole, items = texts(before)
    known = _known(before.document)
    named = _by_name(before.document)
    matched = [
        # Without the hidden column of identities an item is the one of the same name.
        known.get(cells["items.*.id"], -1)
        if "items.*.id" in cells
        else named.get(cells.get("items.*.name", ""), -1)
        for _, cells in row.items
    ]
    same_items = matched == list(range(len(items))) and all(
        _same(cells, items[n]) for n, (_, cells) in zip(matched, row.items, strict=True)
    )
    if same_items and _same(row.cells, whole):
        return dict(before.document)
    kept: dict[str, Pairs] = {}
    for name, value in schemas.to_form(before.document):
        kept.setdefault(name, []).append((name, value))
    pairs: Pairs = []
    shown = {column.name for column in columns() if not column.per_item}
    for name, old in kept.items():
        if not name.startswith("items.") and name not in shown:
            pairs += old
    pairs += _changed(row.cells, whole, kept, "")
    for at, (number, (_, cells)) in enumerate(zip(matched, row.items, strict=True)):
        old_cells = items[number] if number >= 0 else {}
        mine = {
            name.replace(f"items.{number}.", "items.*."): old
            for name, old in kept.items()
            if name.startswith(f"items.{number}.")
        }
        pairs += _changed(cells, old_cells, mine, str(at))
    return schemas.from_form(pairs)


def _known(document: Document) -> dict[str, int]:
    """The place of every data element by its identity."""
    rows = document.get("items")
    return {
        str(item["id"]): number
        for number, item in enumerate(rows if isinstance(rows, list) else ())
        if isinstance(item, Mapping) and item.get("id")
    }


def _by_name(document: Document) -> dict[str, int]:
    rows = document.get("items")
    return {
        item["name"]: number
        for number, item in enumerate(rows if isinstance(rows, list) else ())
        if isinstance(item, Mapping) and isinstance(item.get("name"), str)
    }


def _same(cells: Mapping[str, str], shown: Mapping[str, str]) -> bool:
    return all(
        trimmed(text) == trimmed(shown.get(name, ""))
        for name, text in cells.items()
        if not name.startswith("#")
    )


def _pairs_of(row: Row) -> Pairs:
    pairs = _changed(row.cells, {}, {}, "")
    for at, (_, cells) in enumerate(row.items):
        pairs += _changed(cells, {}, {}, str(at))
    return _filled_up(pairs, row)


def _filled_up(pairs: Pairs, row: Row) -> Pairs:
    """Share and open type of the resource, where an old sheet gives them per item only."""
    names = {name for name, _ in pairs}
    for one in ("share_type", "open_type"):
        values = [v for n, v in pairs if n.endswith(f".{one}") and v in {"1", "2", "3"}]
        if one not in names and values:
            # The resource is as closed as its most closed item that is not withheld altogether.
            open_ = [v for v in values if v != "3"] or values
            pairs = [*pairs, (one, max(open_))]
    return pairs


def _changed(
    cells: Mapping[str, str],
    shown: Mapping[str, str],
    kept: Mapping[str, Pairs],
    at: str,
) -> Pairs:
    """The pairs of one row of cells: as they were where the cell is unchanged, else as typed."""
    pairs: Pairs = []
    done: set[str] = set()
    for column in columns():
        if column.name.startswith("#") or column.per_item != bool(at) or column.name in done:
            continue
        done.add(column.name)
        parts = (
            [f"{column.name}#{n}" for n in range(4)] if column.part is not None else [column.name]
        )
        name = column.name.replace("*", at)
        # A column that is not in the sheet leaves its field as it is.
        said = {p: cells.get(p, shown.get(p, "")) for p in parts}
        if all(trimmed(said[p]) == trimmed(shown.get(p, "")) for p in parts):
            pairs += [(name, value) for _, value in kept.get(column.name, [])]
        elif column.part is not None:
            path = [trimmed(said[p]) for p in parts]
            pairs.append((name, "/".join(part for part in path if part)))
        else:
            pairs += [(name, text) for text in _typed(column, trimmed(cells.get(column.name, "")))]
    return [(name, text) for name, text in pairs if text]


def _typed(column: Column, text: str) -> Iterable[str]:
    """What a cell says, as the form is told it; only Excel counts days."""
    if column.kind == "date" and re.fullmatch(r"[0-9]{5}", text):
        # Day 60 of that count never was, so what comes later counts from 1899-12-30.
        return [(date(1899, 12, 30) + timedelta(days=int(text))).isoformat()]
    if column.codes and column.kind == "code":
        return [schemas.codes.code_of(column.codes, text) or text]
    return [text] if text else []


def fault(row: Row, problem: schemas.Problem, locale: str = "zh") -> Fault:
    """Where in the sheet a problem of an entry stands."""
    parts = problem.pointer.strip("/").split("/")
    number, name = row.number, ".".join(parts)
    if parts[0] == "items" and len(parts) > 1 and parts[1].isdigit():
        at = int(parts[1])
        number = row.items[at][0] if at < len(row.items) else row.number
        name = ".".join(["items", "*", *parts[2:]]) if len(parts) > 2 else "items.*.name"
    column = _column(name)
    places = {c.at: c.at for c in columns()} if row.places is None else row.places
    at = places.get(column.at, -1) if column else -1
    return Fault(
        number,
        letters(at) if at >= 0 else "",
        column.title if column else "",
        problem.message(locale),
        problem.article(locale) or "",
    )


def _column(name: str) -> Column | None:
    """The column of a name; of a group or list the first that belongs to it."""
    for column in columns():
        if column.name == name:
            return column
    below = (c for c in columns() if c.name.startswith((f"{name}.", f"{name}.*.")))
    above = (c for c in columns() if c.name and name.startswith(f"{c.name}."))
    return next(below, None) or next(above, None)
