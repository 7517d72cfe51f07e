"""The parameters of a technique: which it takes as it stands, read from a form, and judged.

All of it follows the table of techniques: a parameter more is an entry there and nothing else.
`when` names the values of another parameter with which one counts, `needed` that it must then be
there, `of` which of its choices go with them.
"""

import re
from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

from anonymization.wording import Fault, wanted

Rules = Mapping[str, Mapping[str, Any]]


def asked(technique: Mapping[str, Any], given: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """The rules of the parameters that count beside those `given`, by name."""
    rules: Rules = technique["params"]
    found = {}
    for name, rule in rules.items():
        if not all(_value(rules, given, key) in few for key, few in rule.get("when", {}).items()):
            continue
        allowed = [
            few.get(_value(rules, given, key), rule["choices"])
            for key, few in rule.get("of", {}).items()
        ]
        found[name] = {**rule, **({"choices": allowed[0]} if allowed else {})}
    return found


def _value(rules: Rules, given: Mapping[str, Any], name: str) -> object:
    value = given.get(name, rules[name].get("default"))
    return value if isinstance(value, str) else None


def read(rule: Mapping[str, Any], typed: str) -> object:
    """What was typed as the value of a parameter or a condition; None when left blank.

    What is no such value comes back as it was typed, so that the check tells of it and the form
    shows it again.
    """
    text = typed.strip().replace("\r\n", "\n")
    if not text:
        return False if rule["type"] == "yes" else None
    match rule["type"]:
        case "integer" | "number":
            return _number(text)
        case "percent":
            share = _number(text.rstrip("%％"))
            return text if isinstance(share, str) else round(share / 100, 10)
        case "numbers":
            parts = [_number(one) for one in text.replace("、", " ").replace("，", " ").split()]
            return text if any(isinstance(one, str) for one in parts) else parts
        case "map":
            return _pairs(text)
        case "columns":
            return list(dict.fromkeys(filter(None, map(str.strip, re.split("[、，,;；\n]", text)))))
        case "people":
            return _people(text)
        case "yes":
            return text == "yes"
        case _:
            return text


def _number(text: str) -> int | float | str:
    """A decimal number as people write it; never an exponent, an infinity or a separator."""
    plain = text.removeprefix("-").replace(".", "", 1)
    if not (plain.isascii() and plain.isdigit() and len(text) < 20):
        return text
    return float(text) if "." in text else int(text)


def _pairs(text: str) -> object:
    made: dict[str, str] = {}
    for line in text.split("\n"):
        value, equals, group = line.replace("＝", "=").partition("=")
        if line.strip() and not (equals and value.strip() and group.strip()):
            return text
        if line.strip():
            made[value.strip()] = group.strip()
    return made


def _people(text: str) -> object:
    """How many there are in all, and by the values of columns: `{"total": n, "margins": {…}}`."""
    total, margins = 0, dict[str, dict[str, int]]()
    for line in filter(str.strip, text.split("\n")):
        said, _, count = line.replace("＝", "=").rpartition("=")
        number = _number(count.strip().replace(",", ""))
        column, colon, value = (part.strip() for part in said.replace(":", "：").partition("："))
        if not isinstance(number, int) or number < 0:
            return text
        if not colon and not total:
            total = number
        elif column and value:
            margins.setdefault(column, {})[value] = number
        else:
            return text
    made = {"total": total, **({"margins": margins} if margins else {})}
    return made if total else text


def written(rule: Mapping[str, Any], value: object) -> str:
    """A value as a form shows it, such that it is read again as the same."""
    if value is None or value is False:
        return ""
    if value is True:
        return "yes"
    if rule["type"] == "people" and isinstance(value, dict):
        lines = [f"总人数 = {value['total']}"]
        for column, counts in (value.get("margins") or {}).items():
            lines += [f"{column}：{one} = {count}" for one, count in counts.items()]
        return "\n".join(lines)
    if rule["type"] == "columns" and isinstance(value, list):
        return "、".join(map(str, value))
    if isinstance(value, list):
        return " ".join(str(one) for one in value)
    if isinstance(value, dict):
        return "\n".join(f"{one} = {group}" for one, group in value.items())
    if rule["type"] == "percent" and isinstance(value, int | float):
        return f"{round(value * 100, 8):.12g}"
    return str(value)


def faults(
    name: str, technique: Mapping[str, Any], given: Mapping[str, Any], columns: Sequence[str]
) -> list[Fault]:
    """What is wrong with the parameters of a column; `columns` are those of the plan."""
    known: Rules = technique["params"]
    count = asked(technique, given)
    found = []
    for key, value in given.items():
        rule = count.get(key) or known.get(key)
        if rule is None:
            found.append(_unknown(name, technique, key))
        elif not _fits(rule, value, columns):
            found.append(_bad(name, technique, key, rule))
    for key, rule in count.items():
        missing = given.get(key) in (None, {}) and "default" not in rule
        if missing and (rule.get("required") or rule.get("needed")) and not _told(found, key):
            found.append(_bad(name, technique, key, rule))
    if technique["id"] == "limit" and not found:
        low, high = given.get("low"), given.get("high")
        if low is None and high is None:
            found.append(_bad(name, technique, "high", known["high"]))
        elif low is not None and high is not None and low >= high:
            found.append(_crossed(name, technique))
    return found


def _told(found: Sequence[Fault], key: str) -> bool:
    return any(one.field == key for one in found)


def _fits(rule: Mapping[str, Any], value: object, columns: Sequence[str]) -> bool:
    number = isinstance(value, int | float) and not isinstance(value, bool)
    match rule["type"]:
        case "choice":
            return value in rule["choices"]
        case "integer" | "number":
            whole = rule["type"] == "number" or isinstance(value, int)
            return number and whole and bool(rule["min"] <= value <= rule["max"])
        case "numbers":
            return (
                isinstance(value, list)
                and 0 < len(value) <= 1000
                and all(isinstance(one, int | float) for one in value)
                and all(a < b for a, b in pairwise(value))
            )
        case "map":
            return isinstance(value, dict) and all(isinstance(v, str) for v in value.values())
        case "column":
            return value in columns
        case _:
            return isinstance(value, str) and 0 < len(value) <= 400


def _unknown(name: str, technique: Mapping[str, Any], key: str) -> Fault:
    known = "、".join(technique["params"]) or "无"
    return Fault(
        "NO_SUCH_PARAMETER",
        name,
        f"列「{name}」：{technique['zh']}没有参数「{key}」，可用参数：{known}。",
        f"column {name}: {technique['en']} has no parameter {key}; it has: {known}.",
    )


def _bad(name: str, technique: Mapping[str, Any], key: str, rule: Mapping[str, Any]) -> Fault:
    return Fault(
        "BAD_PARAMETER",
        name,
        f"列「{name}」：{technique['zh']}的「{rule['zh']}」（{key}）缺失或不合要求，"
        f"应为：{wanted(rule)}。",
        f"column {name}: {rule['en']} ({key}) of {technique['en']} is missing or out of range; "
        f"it takes {wanted(rule, 'en')}.",
        key,
    )


def _crossed(name: str, technique: Mapping[str, Any]) -> Fault:
    return Fault(
        "BAD_PARAMETER",
        name,
        f"列「{name}」：{technique['zh']}的下限（low）要小于上限（high），请改正。",
        f"column {name}: the lowest (low) must be below the highest (high); correct it.",
        "low",
    )
