"""The official sheet: 31 columns of the guide, then what the city asks besides; in and out.

A sheet is a form with many entries: every column stands for a name of the form, so what a cell
means, how a wrong one is kept and what is wrong with it are the form's. A row holds one data
element; what concerns the whole resource stands in its first row.
"""

import hashlib
import io
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cache
from typing import Any

import schemas
from connectors.files import Opened, Table
from connectors.traits import Traits

SHEET = "信息资源目录"
NOTES = "填写说明"
LISTS = "代码表"
# What a marked copy adds; sent back, it is not read.
FAULTS = "错误清单"
FAULTS_COLUMN = "错误说明"
VERSION_LINE = "模板版本"
PROFILE = "national-1272"
KEY = "条目标识"
HEADER_ROWS = 3
Document = Mapping[str, Any]
Pairs = list[tuple[str, str]]
_BETWEEN = re.compile(r"[；;\n]")
_YES = {"是": "true", "否": "false", "y": "true", "n": "false", "true": "true", "false": "false"}


class Unreadable(Exception):
    """The sheet is not one of ours; `code` names the sentence, `facts` fill it."""

    def __init__(self, code: str, **facts: object) -> None:
        super().__init__(code)
        self.code = code
        self.facts = facts


@dataclass(frozen=True)
class Column:
    """One column: its headings, the name of the form it stands for ("" for what we compute).

    `part` is the place in a class path; `per_item` says that every row has its own value.
    """

    at: int
    headings: tuple[str, str]
    name: str
    kind: str = "text"
    codes: str | None = None
    part: int | None = None
    required: bool = False
    hint: str = ""

    @property
    def per_item(self) -> bool:
        """Whether the value belongs to a data element."""
        return self.name.startswith("items.*.")

    @property
    def title(self) -> str:
        """The heading a person reads."""
        return self.headings[1] or self.headings[0]

    @property
    def letter(self) -> str:
        """The letters of the column in Excel."""
        return _letters(self.at)


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
class Fault:
    """What is wrong in which cell: sheet row, column letter, heading, sentence, article."""

    row: int
    letter: str
    heading: str
    message: str
    article: str = ""


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
        return _letters(self.at)


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


# columns ----------------------------------------------------------------------------------------


@cache
def columns() -> tuple[Column, ...]:
    """Every column in order: those of the guide, then the fields it has no column for."""
    made: list[Column] = []
    leaves = dict(_leaves())
    for row in schemas.codes.profile(PROFILE)["columns"]:
        headings = (*row["headings"], "")[:2] if len(row["headings"]) < 2 else row["headings"][:2]
        name = _official(row)
        leaf = leaves.get(name)
        made.append(
            Column(
                len(made),
                (headings[0], headings[1]),
                name,
                leaf.kind if leaf else "text",
                leaf.codes if leaf else None,
                row.get("part"),
                row["required"],
                leaf.hint() if leaf else "",
            )
        )
    taken = {column.name for column in made}
    for name, leaf in leaves.items():
        if name not in taken:
            made.append(
                Column(
                    len(made),
                    ("本市补充", _titled(name, leaf)),
                    name,
                    leaf.kind,
                    leaf.codes,
                    required=leaf.required and "." not in name,
                    hint=leaf.hint(),
                )
            )
    made.append(Column(len(made), ("系统填写", KEY), "#key"))
    made.append(Column(len(made), ("系统填写", "内容摘要"), "#digest"))
    return tuple(made)


# Where one column of the guide speaks of several fields, the one its cell is written from. What
# it prints as a summary (共享条件) is left to the columns of the parts.
_SPEAKS = {8: "holders.handles.office", 23: "items.*.share_type", 27: "items.*.open_type"}
_PRINTED = {6: "#code", 7: "#department", 9: "#department_code", 24: "#condition", 30: "#published"}


def _official(row: Mapping[str, Any]) -> str:
    number = row["number"]
    if number in _PRINTED:
        return _PRINTED[number]
    if number in _SPEAKS:
        return _SPEAKS[number]
    return str(row["fields"][0]).strip("/").replace("/", ".")


def _leaves() -> Iterator[tuple[str, schemas.Field]]:
    """Every field that fits a cell, by its name in the form; rows other than items do not."""
    for one in schemas.fields("resource"):
        if one.key == "items":
            for child in one.children:
                yield from _below(child, f"items.*.{child.key}")
        else:
            yield from _below(one, one.key)


def _below(one: schemas.Field, name: str) -> Iterator[tuple[str, schemas.Field]]:
    if one.kind == "group":
        for child in one.children:
            yield from _below(child, f"{name}.{child.key}")
    elif one.kind != "rows":
        yield name, one


def _titled(name: str, leaf: schemas.Field) -> str:
    """The heading of a field of our own, with that of its group where one is needed to tell."""
    parts = [part for part in name.split(".") if part != "*"]
    if len(parts) == 1:
        return f"资源{leaf.title()}" if name in {"share_type", "open_type"} else leaf.title()
    above = [
        group.title()
        for depth in range(1, len(parts))
        if (group := schemas.field("resource", _pointer(name, depth))) and group.key != "items"
    ]
    own = "信息项" if parts[0] == "items" and not above else ""
    title = leaf.title()
    return "·".join([*above, title]) if not own or title.startswith(own) else f"{own}{title}"


def _pointer(name: str, depth: int) -> str:
    parts = name.split(".")
    kept = parts[: depth + (1 if parts[0] == "items" else 0)]
    return "/" + "/".join(kept)


def _letters(at: int) -> str:
    letters = ""
    at += 1
    while at:
        at, rest = divmod(at - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


@cache
def version() -> str:
    """The version of the template: another one whenever a column is another."""
    headings = "\n".join(f"{column.headings} {column.name}" for column in columns())
    return f"{PROFILE}-{hashlib.sha256(headings.encode()).hexdigest()[:6]}"


# out --------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Exported:
    """An entry to be written: its document and what the system knows about it."""

    document: Document
    key: str = ""
    code: str = ""
    department: str = ""
    department_code: str = ""
    published_on: str = ""
    digest: str = ""


def texts(entry: Exported) -> tuple[dict[str, str], list[dict[str, str]]]:
    """The cells of an entry by column name: of the resource, and of every data element."""
    pairs: dict[str, list[str]] = {}
    for name, value in schemas.to_form(entry.document):
        pairs.setdefault(name, []).append(value)
    whole = {
        "#key": entry.key,
        "#code": entry.code,
        "#department": entry.department,
        "#department_code": entry.department_code,
        "#published": entry.published_on,
        "#digest": entry.digest,
        "#condition": schemas.share_condition(entry.document),
    }
    items: list[dict[str, str]] = [{} for _ in range(_count(pairs))]
    for column in columns():
        if column.name.startswith("#"):
            continue
        if column.per_item:
            for number, row in enumerate(items):
                row[column.name] = _shown(column, pairs.get(column.name.replace("*", str(number))))
        elif column.part is not None:
            path = (pairs.get(column.name) or [""])[0].split("/", 3)
            whole[f"{column.name}#{column.part}"] = (
                path[column.part] if column.part < len(path) else ""
            )
        else:
            whole[column.name] = _shown(column, pairs.get(column.name))
    return whole, items


def _count(pairs: Mapping[str, Any]) -> int:
    numbers = [int(n.split(".")[1]) for n in pairs if n.startswith("items.") and n.count(".") > 1]
    return max(numbers, default=-1) + 1


def _shown(column: Column, typed: list[str] | None) -> str:
    if not typed:
        return ""
    if column.codes:
        known = _labels(column.codes)
        return "；".join(known.get(value, value) for value in typed)
    if column.kind == "boolean":
        return {"true": "是", "false": "否"}.get(typed[0], typed[0])
    return "；".join(typed)


@cache
def _labels(name: str) -> Mapping[str, str]:
    if name == "class_path":
        return {}
    return dict(schemas.codes.labels(name, "zh"))


def write(entries: Sequence[Exported], title: str = "") -> bytes:
    """The workbook of these entries; without any it is the template."""
    import xlsxwriter  # needed for exports only

    out = io.BytesIO()
    book = xlsxwriter.Workbook(
        out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    )
    sheet = book.add_worksheet(SHEET)
    notes = book.add_worksheet(NOTES)
    lists = book.add_worksheet(LISTS)
    _head(book, sheet, title)
    cell = book.add_format({"border": 1, "text_wrap": True, "valign": "top", "num_format": "@"})
    line = HEADER_ROWS
    for entry in entries:
        whole, items = texts(entry)
        for number, item in enumerate(items or [{}]):
            for column in columns():
                name = column.name if column.part is None else f"{column.name}#{column.part}"
                text = item.get(name, "") if column.per_item else whole.get(name, "")
                if column.per_item or number == 0:
                    sheet.write_string(line, column.at, text[:32_767], cell)
            line += 1
    _drop_downs(sheet, lists, max(line + 200, 1_000))
    _notes(book, notes)
    sheet.freeze_panes(HEADER_ROWS, 5)
    book.close()
    return out.getvalue()


def _head(book: Any, sheet: Any, title: str) -> None:
    big = book.add_format({"bold": True, "font_size": 14})
    head = book.add_format(
        {"bold": True, "bg_color": "#EDEDE6", "border": 1, "text_wrap": True, "align": "center"}
    )
    must = book.add_format(
        {"bold": True, "bg_color": "#FBE9E7", "border": 1, "text_wrap": True, "align": "center"}
    )
    sheet.write_string(0, 0, title or "政务信息资源目录（红底为必填，每个信息项一行）", big)
    for column in columns():
        form = must if column.required else head
        sheet.write_string(1, column.at, column.headings[0], form)
        sheet.write_string(2, column.at, column.headings[1], form)
        sheet.set_column(column.at, column.at, 12 if column.codes else 18)
        if column.name in {"#key", "#digest", "items.*.id"}:
            sheet.set_column(column.at, column.at, 10, None, {"hidden": True})


def _drop_downs(sheet: Any, lists: Any, last: int) -> None:
    lists.hide()
    at = 0
    for column in columns():
        if column.kind == "boolean":
            sheet.data_validation(
                HEADER_ROWS,
                column.at,
                last,
                column.at,
                {"validate": "list", "source": ["是", "否"]},
            )
        known = _labels(column.codes) if column.codes else {}
        if column.kind != "code" or not known:
            continue
        for line, word in enumerate(known.values()):
            lists.write_string(line, at, word)
        source = f"={LISTS}!${_letters(at)}$1:${_letters(at)}${len(known)}"
        # A warning, not a stop: what is typed besides is reported with its row and column.
        rule = {"validate": "list", "source": source, "error_type": "warning"}
        sheet.data_validation(HEADER_ROWS, column.at, last, column.at, rule)
        at += 1


def _notes(book: Any, notes: Any) -> None:
    wrap = book.add_format({"text_wrap": True, "valign": "top"})
    bold = book.add_format({"bold": True})
    notes.set_column(0, 0, 26)
    notes.set_column(1, 1, 90)
    lines = [
        ("怎样填写", "每个信息项一行；资源的栏目只填在它的第一行，下面的行留空。"),
        ("栏目", "前 31 栏是国家《政务信息资源目录编制指南》的栏目，后面是本市补充栏目。"),
        ("代码", "可以从下拉框选，也可以填代码。多个值用“；”隔开。"),
        ("保密", "先审查，后录入：国家秘密、工作秘密不得填写。"),
        ("标识", "隐藏的“条目标识”“信息项标识”由系统填写，请勿改动；新增的留空。"),
        (VERSION_LINE, version()),
    ]
    for number, (name, text) in enumerate(lines):
        notes.write_string(number, 0, name, bold)
        notes.write_string(number, 1, text, wrap)
    for number, column in enumerate(columns(), len(lines) + 1):
        notes.write_string(number, 0, f"{column.letter} {column.title}", bold)
        known = _labels(column.codes) if column.codes else {}
        choices = "；".join(f"{code} {word}" for code, word in list(known.items())[:60])
        notes.write_string(number, 1, "　".join(t for t in (column.hint, choices) if t), wrap)


# in ---------------------------------------------------------------------------------------------


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
            (item if column.per_item else whole)[_cell_name(column)] = text
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


def _cell_name(column: Column) -> str:
    return column.name if column.part is None else f"{column.name}#{column.part}"


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
        and (text := _trimmed(whole.get(_cell_name(column), "")))
        and text != _trimmed(here.cells.get(_cell_name(column), ""))
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
        shown = heading or f"{_letters(at)} 列"
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
        _trimmed(text) == _trimmed(shown.get(name, ""))
        for name, text in cells.items()
        if not name.startswith("#")
    )


def _trimmed(text: str) -> str:
    return text.replace("\r\n", "\n").strip(" \t\n\u00a0\u3000")


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
        typed = {p: cells.get(p, shown.get(p, "")) for p in parts}
        if all(_trimmed(typed[p]) == _trimmed(shown.get(p, "")) for p in parts):
            pairs += [(name, value) for _, value in kept.get(column.name, [])]
        elif column.part is not None:
            path = [_trimmed(typed[p]) for p in parts]
            pairs.append((name, "/".join(part for part in path if part)))
        else:
            pairs += [(name, text) for text in _typed(column, _trimmed(cells.get(column.name, "")))]
    return [(name, text) for name, text in pairs if text]


def _typed(column: Column, text: str) -> Iterable[str]:
    if not text:
        return []
    if column.kind == "boolean":
        return [_YES.get(text.lower(), text)]
    if column.kind == "date":
        return [_day(text)]
    if column.name == "items.*.open_type" and text in {"是", "否"}:
        return ["1" if text == "是" else "3"]
    if column.codes:
        by_label = {word: code for code, word in _labels(column.codes).items()}
        if text in by_label:
            return [by_label[text]]
        parts = [text] if column.kind == "code" else _parts(text, by_label)
        return [by_label.get(part, part) for part in parts]
    return _parts(text, {}) if column.kind == "list" else [text]


_WRITTEN = re.compile(r"([0-9]{4})[-/.年]([0-9]{1,2})[-/.月]([0-9]{1,2})日?(?: 00:00:00)?")


def _day(text: str) -> str:
    """A day as ISO, from the ways it is written and from Excel's count of days; else as typed."""
    written = _WRITTEN.fullmatch(text) or re.fullmatch(r"([0-9]{4})([0-9]{2})([0-9]{2})", text)
    try:
        if written:
            return date(*(int(part) for part in written.groups())).isoformat()
        if re.fullmatch(r"[0-9]{5}", text):
            # Day 60 of that count never was, so what comes later counts from 1899-12-30.
            return (date(1899, 12, 30) + timedelta(days=int(text))).isoformat()
    except ValueError:
        pass
    return text


def _parts(text: str, known: Mapping[str, str]) -> list[str]:
    found = []
    for part in _BETWEEN.split(text):
        part = _trimmed(part)
        # A label may hold 、 itself; only what is no label is taken apart.
        found += [part] if part in known else [_trimmed(one) for one in re.split("[、，,]", part)]
    return [part for part in found if part]


# faults -----------------------------------------------------------------------------------------


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
        _letters(at) if at >= 0 else "",
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
