"""Out: the cells of an entry, and the workbook of many."""

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import schemas
from connectors.excel.columns import (
    HEADER_ROWS,
    LISTS,
    NOTES,
    SHEET,
    VERSION_LINE,
    Column,
    columns,
    labels,
    letters,
    parts,
    version,
)

Document = Mapping[str, Any]


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
        known = labels(column.codes)
        return "；".join(known.get(value, value) for value in typed)
    if column.kind == "boolean":
        return {"true": "是", "false": "否"}.get(typed[0], typed[0])
    return "；".join(typed)


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
        known = labels(column.codes) if column.codes else {}
        if column.kind != "code" or not known:
            continue
        for line, word in enumerate(known.values()):
            lists.write_string(line, at, word)
        source = f"={LISTS}!${letters(at)}$1:${letters(at)}${len(known)}"
        # A warning, not a stop: what is typed besides is reported with its row and column.
        rule = {"validate": "list", "source": source, "error_type": "warning"}
        sheet.data_validation(HEADER_ROWS, column.at, last, column.at, rule)
        at += 1


def _notes(book: Any, notes: Any) -> None:
    wrap = book.add_format({"text_wrap": True, "valign": "top"})
    bold = book.add_format({"bold": True})
    notes.set_column(0, 0, 26)
    notes.set_column(1, 1, 30)
    notes.set_column(2, 2, 26)
    notes.set_column(3, 3, 90)
    guide, own, _ = parts()
    lines = [
        ("怎样填写", "每个信息项一行；资源的栏目只填在它的第一行，下面的行留空。"),
        (
            "栏目",
            f"共 {len(columns())} 栏：前 {guide} 栏是国家《政务信息资源目录编制指南》的栏目，"
            "上报国家、自治区用；"
            f"后面 {own} 栏是本市补充栏目，审核、脱敏和核验用；其余由系统填写。红底为必填。",
        ),
        ("代码", "可以从下拉框选，也可以填代码。多个值用“；”隔开。"),
        ("保密", "先审查，后录入：国家秘密、工作秘密不得填写。"),
        ("标识", "隐藏的“条目标识”“信息项标识”由系统填写，请勿改动；新增的留空。"),
        (VERSION_LINE, version()),
    ]
    for number, (name, text) in enumerate(lines):
        notes.write_string(number, 0, name, bold)
        notes.merge_range(number, 1, number, 3, text, wrap)
    head = len(lines) + 1
    for at, text in enumerate(("栏目", "是否必填", "填法", "说明和可填的内容")):
        notes.write_string(head, at, text, bold)
    for number, column in enumerate(columns(), head + 1):
        notes.write_string(number, 0, f"{column.letter} {column.title}", bold)
        for at, text in enumerate((_obligation(column), _way(column), _said(column)), 1):
            notes.write_string(number, at, text, wrap)


def _obligation(column: Column) -> str:
    if column.name.startswith("#"):
        return "不用填"
    return "必填" if column.required else column.when or "选填"


def _way(column: Column) -> str:
    """How a cell of the column is filled, in a few words."""
    if column.name.startswith("#"):
        return "由系统填写"
    if column.part is not None:
        return "类、项的编号"
    ways = {
        "code": "选一个",
        "codes": "可填多个，用“；”隔开",
        "list": "可填多个，用“；”隔开",
        "boolean": "是或者否",
        "date": "日期，如 2026-01-31",
        "number": "数字",
    }
    limit = f"，至多 {column.limit} 个字" if column.limit else ""
    return ways.get(column.kind, f"文字{limit}")


def _said(column: Column) -> str:
    known = labels(column.codes) if column.codes else {}
    # A word that is its own code is said once.
    choices = "；".join(word if word == code else f"{code} {word}" for code, word in known.items())
    return "　".join(text for text in (column.hint, choices) if text)
