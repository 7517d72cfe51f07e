"""What plans are told in: the tables of techniques, and a fault as a sentence in both languages."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any


@dataclass(frozen=True)
class Fault:
    """What is wrong with a plan, at which column (None: the plan as a whole).

    `field` is the key of the plan, or the parameter of the column, that is to be mended; None when
    it is the column altogether.
    """

    code: str
    column: str | None
    zh: str
    en: str
    field: str | None = None


@cache
def tables() -> Mapping[str, Any]:
    """Techniques, choices, profiles, terms, roles and the words for their values."""
    found: Mapping[str, Any] = json.loads(
        (files("anonymization") / "techniques.json").read_text("utf-8")
    )
    return found


@cache
def by_id(table: str) -> Mapping[str, Mapping[str, Any]]:
    """The rows of one of these tables, by their id."""
    return {row["id"]: row for row in tables()[table]}


def word(rule: Mapping[str, Any], value: str, locale: str = "zh") -> str:
    """What a value of a parameter or of a condition is called."""
    own, shared = rule.get("words", {}), tables()["words"]
    named = own.get(value) or shared.get(value) or tables()["term_choices"].get(value)
    return str(named[locale]) if named else value


def wanted(rule: Mapping[str, Any], locale: str = "zh", longest: int = 400) -> str:
    """What may stand in a field: its kind and its bounds, as a clerk reads them."""
    zh = locale == "zh"
    match rule["type"]:
        case "choice":
            names = [f"{word(rule, one, locale)}（{one}）" for one in rule["choices"]]
            return f"从 {'、'.join(names)} 中选择" if zh else f"one of {', '.join(rule['choices'])}"
        case "integer" | "number":
            return _span(rule, "整数" if rule["type"] == "integer" else "数", locale)
        case "percent":
            return "0 到 100 的数" if zh else "a number from 0 to 100"
        case "numbers":
            return "由小到大的数，用空格隔开" if zh else "ascending numbers, parted by blanks"
        case "map":
            return "每行一个，写成「原值 = 类别」" if zh else "one a line: value = group"
        case "date":
            return "写成 2027-12-31 的样子" if zh else "written like 2027-12-31"
        case "yes":
            return "是" if zh else "yes"
        case "columns":
            return "方案中的列，用顿号隔开" if zh else "columns of the plan, parted by commas"
        case "people":
            lines = "总人数 = 557000", "所在区：海勃湾区 = 240000"
            told = "第一行写「{}」，以后每行写「{}」" if zh else "first {}, then one a line: {}"
            return told.format(*lines)
        case "column":
            return "方案中的一列" if zh else "a column of the plan"
        case _:
            return f"不超过 {longest} 个字" if zh else f"{longest} characters at most"


def _span(rule: Mapping[str, Any], what: str, locale: str) -> str:
    low, high = rule["min"], f"{rule['max']:,.15g}"
    tiny = 0 < low < 0.001
    if locale == "zh":
        return f"大于 0、不超过 {high} 的{what}" if tiny else f"{low:,.15g} 到 {high} 的{what}"
    kind = "a whole number" if rule["type"] == "integer" else "a number"
    return f"{kind} above 0, {high} at most" if tiny else f"{kind} from {low:,.15g} to {high}"
