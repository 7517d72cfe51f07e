"""Made-up rows for a plan: what a plan-only run is made over before there are real data."""

from collections.abc import Mapping
from typing import Any, Final

import polars as pl

from anonymization import headers
from anonymization.plan import Plan
from anonymization.synthetic import citizens

# A kind of personal information to the column of made-up citizens that is like it.
_LIKE: Final[Mapping[str, str]] = {
    "姓名": "姓名",
    "公民身份号码": "公民身份号码",
    "手机号码": "手机号码",
    "固定电话": "手机号码",
    "性别": "性别",
    "出生日期": "出生日期",
    "民族": "民族",
    "家庭住址": "家庭住址",
    "户籍地址": "家庭住址",
    "居住地址": "家庭住址",
    "所属社区": "所在区",
    "职业": "职业",
    "收入": "月收入",
    "个人资金金额": "月收入",
}


def made_up(plan: Plan, rows: int = 1000, seed: int = 1) -> pl.DataFrame:
    """Rows of nobody under the columns of a plan; the same seed gives the same rows."""
    people = citizens(rows, seed)
    return pl.DataFrame([_column(line, people, n) for n, line in enumerate(plan["columns"])])


# What a technique reads decides what its column is made of, whatever the column is called.
_NUMERIC: Final = frozenset({"noise", "round", "limit", "microaggregate"})
_BY_HIERARCHY: Final[Mapping[str, str]] = {
    "amount": "月收入",
    "date": "出生日期",
    "address": "家庭住址",
    "occupation": "职业",
}


def _read_by(line: Mapping[str, Any], people: pl.DataFrame) -> pl.Series | None:
    """Values the technique of a line can treat; None when it takes any text."""
    given = line.get("params") or {}
    hierarchy = given.get("hierarchy") if line.get("technique") == "generalize" else None
    if hierarchy in _BY_HIERARCHY:
        return people[_BY_HIERARCHY[str(hierarchy)]]
    if hierarchy == "age":
        return pl.Series([18 + row * 7 % 70 for row in range(people.height)])
    if hierarchy == "region":
        return people["公民身份号码"].str.slice(0, 6)
    if hierarchy == "icd":
        return pl.Series([f"{'IJKE'[row % 4]}1{row % 9}.0" for row in range(people.height)])
    if hierarchy == "industry":
        return pl.Series([f"{1 + row % 97:02d}10" for row in range(people.height)])
    if hierarchy == "map":
        values = sorted(given.get("map") or {"样例": ""})
        return pl.Series([values[row % len(values)] for row in range(people.height)])
    if line.get("technique") in _NUMERIC:
        return people["月收入"]
    if line.get("technique") == "fpe":
        return people["公民身份号码" if given.get("format") == "id" else "手机号码"]
    return people["出生日期"] if line.get("technique") == "shift" else None


def _by_header(name: str) -> str:
    """The kind that a header speaks of, where the catalogue grades none."""
    header = headers.read(name)
    known = (str(headers.kinds()[one]["item"] or "") for one in header.kinds)
    return header.item or next(known, "")


def _column(line: Mapping[str, Any], people: pl.DataFrame, n: int) -> pl.Series:
    kind, name = str(line.get("kind") or ""), str(line["name"])
    readable = _read_by(line, people)
    if readable is not None and kind not in _LIKE:
        return readable.alias(name)
    kind = kind or _by_header(name)
    if kind in _LIKE:
        # Two columns of one kind are two people: the second starts elsewhere in the table.
        values = people[_LIKE[kind]]
        return pl.concat([values.tail(len(values) - n), values.head(n)]).alias(name)
    if line.get("role") == "direct":
        return pl.Series(name, [f"样例{row:08d}" for row in range(people.height)])
    if "日期" in name or "时间" in name:
        return pl.Series(name, [f"2025-0{1 + row % 6}-15" for row in range(people.height)])
    return pl.Series(name, [f"样例{1 + row % 3}" for row in range(people.height)])
