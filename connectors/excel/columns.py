"""The columns of the sheet: those of the guide, then the fields it has no column for."""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

import schemas

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
# The upper headings of the columns that are not the guide's.
OWN = ("本市补充", "系统填写")


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
    # Where it is needed only in some cases, these in words; the most characters it takes.
    when: str = ""
    limit: int | None = None

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
        return letters(self.at)


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
                _when(name),
                leaf.max_length if leaf else None,
            )
        )
    taken = {column.name for column in made}
    for name, leaf in leaves.items():
        if name not in taken:
            made.append(
                Column(
                    len(made),
                    (OWN[0], _titled(name, leaf)),
                    name,
                    leaf.kind,
                    leaf.codes,
                    required=leaf.required and "." not in name,
                    hint=leaf.hint(),
                    when=_when(name),
                    limit=leaf.max_length,
                )
            )
    made.append(Column(len(made), (OWN[1], KEY), "#key"))
    made.append(Column(len(made), (OWN[1], "内容摘要"), "#digest"))
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


def parts() -> tuple[int, int, int]:
    """How many columns are the guide's, the city's own, and filled by the system alone."""
    own, system = (sum(column.headings[0] == one for column in columns()) for one in OWN)
    return len(columns()) - own - system, own, system


def _when(name: str) -> str:
    """In which cases a column must be filled: those of its field, or of the group it is part of."""
    top = schemas.field("resource", f"/{name.partition('.')[0]}")
    return "" if top is None or top.key == "items" else schemas.obligation("resource", top)


def letters(at: int) -> str:
    """The letters Excel has for a column counted from 0."""
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


@cache
def labels(name: str) -> Mapping[str, str]:
    """The words of a code list by code; none for the class tree, which has columns of its own."""
    if name == "class_path":
        return {}
    return dict(schemas.codes.labels(name, "zh"))


def cell_name(column: Column) -> str:
    """The name of a column's cell: columns of a class path share their field's."""
    return column.name if column.part is None else f"{column.name}#{column.part}"


def trimmed(text: str) -> str:
    """A text without the blanks that nobody sees in a cell."""
    return text.replace("\r\n", "\n").strip(" \t\n\u00a0\u3000")
