"""Made-up rows for a plan: what a plan-only run is made over before there are real data."""

from collections.abc import Mapping
from typing import Any, Final

import polars as pl

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


def _column(line: Mapping[str, Any], people: pl.DataFrame, n: int) -> pl.Series:
    kind, name = str(line.get("kind") or ""), str(line["name"])
    if kind in _LIKE:
        # Two columns of one kind are two people: the second starts elsewhere in the table.
        values = people[_LIKE[kind]]
        return pl.concat([values.tail(len(values) - n), values.head(n)]).alias(name)
    if line.get("role") == "direct":
        return pl.Series(name, [f"样例{row:08d}" for row in range(people.height)])
    if "日期" in name or "时间" in name:
        return pl.Series(name, [f"2025-0{1 + row % 6}-15" for row in range(people.height)])
    return pl.Series(name, [f"样例{1 + row % 3}" for row in range(people.height)])
