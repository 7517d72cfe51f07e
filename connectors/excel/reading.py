"""In: the entries of a workbook, what is odd in it, what a clerk should know."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from connectors.excel.columns import (
    FAULTS,
    FAULTS_COLUMN,
    LISTS,
    NOTES,
    SHEET,
    VERSION_LINE,
    cell_name,
    columns,
    letters,
    trimmed,
    version,
)
from connectors.files import Opened, Table
from connectors.traits import Traits


class Unreadable(Exception):
    """The sheet is not one of ours; `code` names the sentence, `facts` fill it."""

    def __init__(self, code: str, **facts: object) -> None:
        super().__init__(code)
        self.code = code
        self.facts = facts


@dataclass
class Row:
    """One entry of a sheet: where it stands and its cells, those of the resource and per item."""

    number: int
    key: str
    code: str
    cells: dict[str, str]
    items: list[tuple[int, dict[str, str]]] = field(default_factory=list)
    # Where each column of ours stands in the clerk's own sheet; None: as in the template.
    places: Mapping[int, int] | None = None

    @property
    def seen(self) -> str:
        """The digest of the text that was exported; "" for an entry of the clerk's own."""
        return self.cells.get("#digest", "")

    @property
    def name(self) -> str:
        """The name of the resource as it was typed."""
        return self.cells.get("name", "")


@dataclass(frozen=True)
class Oddity:
    """What is wrong with a cell or a column before anything is judged: `code` names the sentence.

    Row and column count from 0; `row` is that of the heading where a whole column is meant.
    """

    code: str
    row: int
    at: int
    facts: Mapping[str, object]

    @property
    def letter(self) -> str:
        """The letters of the column in the clerk's sheet."""
        return letters(self.at)


@dataclass(frozen=True)
class Sheet:
    """A sheet as it was read: its entries, what is wrong with cells, what a clerk should know.

    `notes` are codes of sentences with their facts, and stop nothing.
    """

    name: str
    # The first row of data, counted from 0.
    start: int
    rows: list[Row]
    oddities: list[Oddity]
    notes: list[tuple[str, Mapping[str, object]]]


def read(tables: Mapping[str, Table]) -> list[Row]:
    """The entries of a workbook; raises Unreadable when the sheet or a column is missing."""
    return sheet(Opened("xlsx", tables, {})).rows


def sheet(opened: Opened) -> Sheet:
    """The sheet of an upload; raises Unreadable when it or a required column is missing.

    A cell that is not what it seems (a formula, an identifier that lost digits, cells merged
    across columns, a column nobody knows) is an oddity, never a silent loss. Cells merged
    downwards are read in every row, as a person reads them.
    """
    tables = opened.tables
    name = SHEET if SHEET in tables else next(iter(tables)) if len(tables) == 1 else ""
    table = tables.get(name)
    if table is None:
        raise Unreadable("sheet_missing", sheet=SHEET)
    used = _version_of(tables)
    start, places = _places(table, used)
    traits = opened.traits.get(name, Traits())
    oddities = _odd_columns(table, start, places) + _odd_cells(table, start, places, traits)
    filled = _filled(table, start, places, traits)
    found = _entries(table, filled, start, places, oddities)
    if not found:
        raise Unreadable("sheet_empty", sheet=name)
    oddities.sort(key=lambda one: (one.row, one.at))
    return Sheet(name, start, found, oddities, _told(opened, name, start, used))


def _entries(
    table: Table,
    filled: Mapping[tuple[int, int], str],
    start: int,
    places: Mapping[int, int],
    oddities: list[Oddity],
) -> list[Row]:
    found: list[Row] = []
    for line, cells in enumerate(table[start:], start):
        if not any(cells):
            continue
        whole: dict[str, str] = {}
        item: dict[str, str] = {}
        for column in columns():
            at = places.get(column.at)
            if at is None:
                # A column that is not there says nothing; it must not empty the field.
                continue
            text = (cells[at] if at < len(cells) else "") or filled.get((line, at), "")
            (item if column.per_item else whole)[cell_name(column)] = text
        here = found[-1] if found else None
        if here is None or _begins(here, whole):
            key, code = whole.get("#key", ""), whole.get("#code", "")
            here = Row(line + 1, key, code, whole, places=places)
            found.append(here)
        else:
            oddities += _differing(here, whole, line, places)
        if any(item.values()):
            here.items.append((line + 1, item))
    return found


def _begins(here: Row, whole: Mapping[str, str]) -> bool:
    """Whether a row begins another entry: another key, or another name where no key is given."""
    key, name = whole.get("#key", ""), whole.get("name", "")
    if key or not name:
        return bool(key) and key != here.key
    return name != here.name or bool(here.key)


def _differing(
    here: Row, whole: Mapping[str, str], line: int, places: Mapping[int, int]
) -> list[Oddity]:
    """Cells of the resource that say something else in a later row, where they are not read."""
    return [
        Oddity(
            "row_differs",
            line,
            places[column.at],
            {"row": line + 1, "heading": column.title, "first": here.number},
        )
        for column in columns()
        if not column.per_item
        and not column.name.startswith("#")
        and (text := trimmed(whole.get(cell_name(column), "")))
        and text != trimmed(here.cells.get(cell_name(column), ""))
    ]


def _places(table: Table, used: str) -> tuple[int, dict[int, int]]:
    """The row where data begin, and where every column stands, found by one or two heading rows."""
    two = [(at + 2, _matched(table[at], table[at + 1])) for at in range(min(10, len(table) - 1))]
    one = [(at + 1, _matched(table[at], [])) for at in range(min(10, len(table)))]
    start, found = max(two + one, key=lambda tried: len(tried[1]), default=(0, {}))
    for column in columns()[:31]:
        if column.required and column.at not in found and not column.name.startswith("#"):
            if used and used != version():
                raise Unreadable("template_old", version=used[:40], heading=column.title)
            raise Unreadable("header_missing", heading=column.title)
    return start, found


def _version_of(tables: Mapping[str, Table]) -> str:
    """The version of the template a workbook was made from; "" where it says none."""
    lines = tables.get(NOTES, [])
    return next((row[1] for row in lines if len(row) > 1 and row[0] == VERSION_LINE), "")


# Counted lines of the office, and what a marked copy adds: no field, and no loss.
_PASSED = frozenset({"序号", FAULTS_COLUMN})


def _odd_columns(table: Table, start: int, places: Mapping[int, int]) -> list[Oddity]:
    """Columns with content that are none of ours: what is dropped in silence is lost."""
    used = {at for row in table[start:] for at, text in enumerate(row) if text}
    known = {_plain(column.title) for column in columns()}
    upper = table[start - 2] if start >= 2 else []
    lower = table[start - 1]
    found = []
    for at in sorted(used - set(places.values())):
        heading = _heading(upper, lower, at)
        if _plain(heading) in _PASSED:
            continue
        code = "column_twice" if _plain(heading) in known else "column_unknown"
        shown = heading or f"{letters(at)} 列"
        found.append(Oddity(code, start - 1, at, {"heading": shown[:60]}))
    return found


def _heading(upper: Sequence[str], lower: Sequence[str], at: int) -> str:
    texts = [row[at] if at < len(row) else "" for row in (upper, lower)]
    return texts[1] or texts[0]


def _odd_cells(table: Table, start: int, places: Mapping[int, int], traits: Traits) -> list[Oddity]:
    titles = {at: column.title for column in columns() if (at := places.get(column.at)) is not None}
    found = [
        Oddity(code, row, at, {"row": row + 1, "heading": titles[at]})
        for code, cells in (("cell_formula", traits.formulas), ("cell_digits", traits.long_numbers))
        for row, at in cells
        if row >= start and at in titles
    ]
    for top, left, bottom, right in traits.merged:
        across = [at for at in range(left, min(right, left + 400) + 1) if at in titles]
        if bottom >= start and len(across) > 1 and _at(table, top, left):
            facts = {"row": top + 1, "heading": titles[across[0]]}
            found.append(Oddity("cell_merged", top, left, facts))
    return found


def _at(table: Table, row: int, at: int) -> str:
    return table[row][at] if row < len(table) and at < len(table[row]) else ""


# What tells one entry or item from the next is never filled downwards.
_TELLING = frozenset({"name", "items.*.name", "items.*.id", "#key", "#code", "#digest"})
_MOST_FILLED = 1_000_000


def _filled(
    table: Table, start: int, places: Mapping[int, int], traits: Traits
) -> dict[tuple[int, int], str]:
    """The text of a cell merged downwards, by row and column, for the rows below the first."""
    named = {at: c.name for c in columns() if (at := places.get(c.at)) is not None}
    found: dict[tuple[int, int], str] = {}
    for top, left, bottom, right in traits.merged:
        text = _at(table, top, left)
        if top < start or left != right or named.get(left, "name") in _TELLING or not text:
            continue
        for row in range(top + 1, min(bottom + 1, len(table))):
            if len(found) >= _MOST_FILLED:
                return found
            found[row, left] = text
    return found


def _told(
    opened: Opened, name: str, start: int, used: str
) -> list[tuple[str, Mapping[str, object]]]:
    """What stops nothing but should be known: hidden rows, sheets that are not read."""
    found: list[tuple[str, Mapping[str, object]]] = []
    if used and used != version():
        found.append(("template_other", {"version": used[:40], "now": version()}))
    traits = opened.traits.get(name, Traits())
    table = opened.tables[name]
    hidden = [
        row + 1 for row in traits.hidden_rows if start <= row < len(table) and any(table[row])
    ]
    if traits.hidden:
        found.append(("sheet_hidden", {"sheet": name[:40]}))
    if hidden:
        rows = "、".join(map(str, hidden[:10]))
        found.append(("rows_hidden", {"rows": rows, "n": len(hidden)}))
    unread = [
        other
        for other, rows_ in opened.tables.items()
        if other not in {name, NOTES, LISTS, FAULTS} and any(map(any, rows_))
    ]
    if unread:
        found.append(("sheets_unread", {"sheets": "、".join(n[:40] for n in unread[:10])}))
    return found


def _matched(upper: Sequence[str], lower: Sequence[str]) -> dict[int, int]:
    titles: dict[str, int] = {}
    for at in range(max(len(upper), len(lower))):
        texts = [row[at] if at < len(row) else "" for row in (upper, lower)]
        title = _plain(texts[1] or texts[0])
        if title:
            titles.setdefault(title, at)
    return {
        column.at: titles[_plain(column.title)]
        for column in columns()
        if _plain(column.title) in titles
    }


def _plain(text: str) -> str:
    """A heading without what differs between offices: blanks, width of brackets, stars."""
    return re.sub(r"[\s*＊]", "", text.replace("（", "(").replace("）", ")"))
