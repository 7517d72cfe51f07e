"""The masking plan: a plain dict that says for every column what is done to it and why.

Nothing here reads data, so that a page may show, check and change plans without loading the
engine. A plan is complete over its table: every column needs a decision, also those that stay.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files
from itertools import pairwise
from typing import Any, Final

import jsonschema_rs

from anonymization import crypto

Plan = dict[str, Any]


@dataclass(frozen=True)
class Fault:
    """What is wrong with a plan, at which column (None: the plan as a whole)."""

    code: str
    column: str | None
    zh: str
    en: str


@cache
def _tables() -> dict[str, Any]:
    text = (files("anonymization") / "techniques.json").read_text("utf-8")
    return json.loads(text)  # type: ignore[no-any-return]


@cache
def techniques() -> Mapping[str, Mapping[str, Any]]:
    """Every technique by id: title, family, parameters, whether it needs a key, its sentences."""
    return {row["id"]: row for row in _tables()["techniques"]}


@cache
def attacks() -> Sequence[Mapping[str, Any]]:
    """Every kind of attack: id, names, how it is tried, the codes of its findings, what it wants.

    `wants`: "" nothing · "judged" a profile judged by classes · "sensitive" such columns as well ·
    "earlier" an earlier release · "auxiliary" a register.
    """
    text = (files("anonymization") / "data" / "attacks.json").read_text("utf-8")
    found: Sequence[Mapping[str, Any]] = json.loads(text)
    return found


@cache
def choices() -> Mapping[str, Mapping[str, Any]]:
    """Techniques with usual parameters, as a form offers them, each with a made-up example."""
    return {row["id"]: row for row in _tables()["choices"]}


def choice_of(column: Mapping[str, Any]) -> str | None:
    """The choice a column of a plan stands for; None for parameters of its own."""
    return next(
        (
            row["id"]
            for row in choices().values()
            if row["technique"] == column["technique"] and _filled(row) == _filled(column)
        ),
        None,
    )


def _filled(column: Mapping[str, Any]) -> dict[str, Any]:
    """The parameters that matter: a number is one value however it is written."""
    return {k: float(v) if isinstance(v, int) else v for k, v in params(column).items()}


@cache
def profiles() -> Mapping[str, Mapping[str, Any]]:
    """Every release profile by id: title, least k, largest risk tau, whether k is judged."""
    return {row["id"]: row for row in _tables()["profiles"]}


@cache
def terms() -> Mapping[str, Mapping[str, Any]]:
    """The conditions that profiles on named people must state, by id: title, type, hint."""
    return {row["id"]: row for row in _tables()["terms"]}


def term_words(choice: str, locale: str = "zh") -> str:
    """What a choice of a condition is called."""
    return str(_tables()["term_choices"][choice][locale])


@cache
def roles() -> Mapping[str, Mapping[str, Any]]:
    """What a column may be to an attacker: direct, quasi, sensitive, other."""
    return {row["id"]: row for row in _tables()["roles"]}


def in_words(column: Mapping[str, Any], locale: str = "zh") -> str:
    """The parameters of a column as a clerk reads them: 「日期，到年代」."""
    words = _tables()["words"]
    rules = techniques()[column["technique"]]["params"]
    shown = []
    for name, value in (column.get("params") or {}).items():
        if name in {"domain", "missing", "as"} or (name == "map" and value):
            continue
        if rules[name]["type"] == "choice":
            shown.append(words[value][locale])
        else:
            many = "/".join(map(str, value[:10])) if isinstance(value, list) else value
            shown.append(f"{words[name][locale]} {many}")
    return ("，" if locale == "zh" else ", ").join(shown)


def digest(plan: Plan) -> str:
    """The digest a report is bound to."""
    return crypto.digest(plan)


def smallest_class(plan: Plan) -> int:
    """The k a release must reach: the plan's own, never below that of its profile."""
    return max(int(plan.get("k") or 1), int(profiles()[plan["profile"]]["k"] or 1))


def params(column: Mapping[str, Any]) -> dict[str, Any]:
    """The parameters of a column, defaults filled in."""
    known = techniques()[column["technique"]]["params"]
    given = column.get("params") or {}
    filled = {name: given.get(name, rule.get("default")) for name, rule in known.items()}
    return {name: value for name, value in filled.items() if value is not None}


def needs_key(plan: Plan) -> bool:
    """Whether some column is treated with a key."""
    return any(techniques()[column["technique"]]["key"] for column in plan["columns"])


def check_plan(plan: object, columns: Sequence[str] | None = None) -> list[Fault]:
    """Everything wrong with a plan, and with it for a table of these columns; empty when good."""
    faults = _shape(plan)
    if faults:
        return faults
    assert isinstance(plan, dict)
    faults = [fault for column in plan["columns"] for fault in _column(plan, column)]
    names = [column["name"] for column in plan["columns"]]
    faults += [_twice(name) for name in sorted({name for name in names if names.count(name) > 1})]
    faults += _sets(plan, names)
    faults += _aggregate(plan, names)
    faults += _profile(plan)
    if columns is not None:
        faults += _other_columns(names, columns)
    return faults


def is_report(report: object) -> bool:
    """Whether this is a whole report that does not contradict itself: a pass has no findings."""
    return bool(_schema("masking-report").is_valid(report))


@cache
def _schema(name: str) -> Any:
    text = (files("anonymization") / f"{name}.json").read_text("utf-8")
    return jsonschema_rs.validator_for(json.loads(text))


def _shape(plan: object) -> list[Fault]:
    found = []
    for problem in _schema("masking-plan").iter_errors(plan):
        where = _where(problem.instance_path)
        rule = str(problem.schema_path[-1]) if problem.schema_path else ""
        found.append(
            Fault(
                "PLAN_SHAPE",
                None,
                f"方案格式有误：{where} 不符合要求（{rule}）。",
                f"the plan is malformed: {where or 'the plan'} breaks the rule {rule}.",
            )
        )
    return found


def _where(path: Sequence[object]) -> str:
    """The place of a fault in the words of the plan: 「逐列处理 第 3 行」."""
    if not path:
        return "方案"
    text = (files("anonymization") / "masking-plan.json").read_text("utf-8")
    title = json.loads(text)["properties"].get(str(path[0]), {}).get("title", str(path[0]))
    row = f" 第 {path[1] + 1} 行" if len(path) > 1 and isinstance(path[1], int) else ""
    return f"「{title}」{row}"


def _column(plan: Plan, column: Mapping[str, Any]) -> list[Fault]:
    name, technique = column["name"], techniques().get(column["technique"])
    if technique is None:
        return [
            Fault(
                "NO_SUCH_TECHNIQUE",
                name,
                f"列「{name}」的处理技术「{column['technique']}」不存在，请从 "
                f"{'、'.join(techniques())} 中选择。",
                f"column {name}: no technique {column['technique']}; "
                f"choose one of {', '.join(techniques())}.",
            )
        ]
    faults = _params(name, technique, column.get("params") or {})
    if technique["id"] != "suppress":
        faults += _contradictions(plan, column, technique)
    role = column.get("role", "other")
    kept = technique["id"] == "keep"
    published = bool((column.get("open_basis") or "").strip())
    named = profiles()[plan["profile"]]["names"]
    if kept and role == "direct" and not named and not published:
        faults.append(
            Fault(
                "DIRECT_KEPT",
                name,
                f"列「{name}」是直接标识符，不能保留原值：请删除、屏蔽或换成假名；"
                "法律要求公开的，填写依法公开的依据。",
                f"column {name} is a direct identifier and cannot be kept: remove, mask or "
                "pseudonymize it, or name the law that orders its publication.",
            )
        )
    if technique["id"] == "mask" and plan["profile"] == "open":
        faults.append(
            Fault(
                "MASK_IN_OPEN",
                name,
                f"列「{name}」：开放的数据不能只作屏蔽，屏蔽后的字符仍可与其他来源比对；"
                "请删除、泛化或换成假名。",
                f"column {name}: masking is for display, not for open data; what is left can be "
                "matched with other sources. Remove, generalize or pseudonymize it.",
            )
        )
    if plan["profile"] in technique.get("not_in", ()):
        faults.append(
            Fault(
                "ENCRYPTED_IN_RELEASE",
                name,
                f"列「{name}」：{technique['zh']}可以还原，"
                f"不能用于{profiles()[plan['profile']]['zh']}；请删除或换成假名。",
                f"column {name}: what is done by {technique['en']} can be undone, which does not "
                "fit this profile; remove or pseudonymize it.",
            )
        )
    return faults


# Grades that are never released here: important and core data (GB/T 43697-2024).
_STOPPED: Final = {"5": ("重要数据", "important"), "6": ("核心数据", "core")}


def _contradictions(
    plan: Plan, column: Mapping[str, Any], technique: Mapping[str, Any]
) -> list[Fault]:
    """Where the grade or the type of sharing of an element forbids what the plan does."""
    name, faults = column["name"], []
    if column.get("level") in _STOPPED:
        zh, en = _STOPPED[column["level"]]
        faults.append(
            Fault(
                "GRADE_FORBIDS",
                name,
                f"列「{name}」的分级是{zh}，任何方式都不能发布；请删除这一列，或者按规定重新定级。",
                f"column {name} is graded {en} and is released in no way; remove it, or have it "
                "graded anew.",
            )
        )
    withheld = column.get("open_type" if plan["profile"] == "open" else "share_type") == "3"
    published = bool((column.get("open_basis") or "").strip())
    if withheld and not technique["irreversible"] and not published:
        word = ("不予开放", "not open") if plan["profile"] == "open" else ("不予共享", "withheld")
        faults.append(
            Fault(
                "TYPE_FORBIDS",
                name,
                f"列「{name}」在目录中是{word[0]}，不能以可还原的方式发布；请删除、泛化，"
                "或者先修改条目的类型。",
                f"column {name} is {word[1]} in the catalogue and cannot be released in a way "
                "that can be undone; remove or generalize it, or change the entry first.",
            )
        )
    if plan["profile"] == "interface" and not (column.get("reason") or "").strip():
        faults.append(
            Fault(
                "ITEM_WITHOUT_REASON",
                name,
                f"列「{name}」：接口只返回办事必需的项，请写明为什么需要，不需要的请删除。",
                f"column {name}: an interface returns only the items it takes; say why this one "
                "is needed, or remove it.",
            )
        )
    return faults


def _params(name: str, technique: Mapping[str, Any], given: Mapping[str, Any]) -> list[Fault]:
    known = technique["params"]
    faults = []
    for key, value in given.items():
        if key not in known or not _fits(known[key], value):
            faults.append(_bad_param(name, technique, key))
    for key, rule in known.items():
        if rule.get("required") and key not in given:
            faults.append(_bad_param(name, technique, key))
    if technique["id"] == "generalize" and not faults:
        faults += _hierarchy(name, technique, given)
    if technique["id"] == "limit" and not faults:
        low, high = given.get("low"), given.get("high")
        if low is None and high is None:
            faults.append(_bad_param(name, technique, "high"))
        elif low is not None and high is not None and low >= high:
            faults.append(_bad_param(name, technique, "low"))
    return faults


_STEPS = {
    "date": {"month", "quarter", "year", "decade"},
    "region": {"province", "city", "district"},
    "address": {"province", "city", "district", "street"},
    "industry": {"section", "division"},
}


def _hierarchy(name: str, technique: Mapping[str, Any], given: Mapping[str, Any]) -> list[Fault]:
    hierarchy = given["hierarchy"]
    if hierarchy in _STEPS and given.get("to") not in _STEPS[hierarchy]:
        return [_bad_param(name, technique, "to")]
    if hierarchy == "map" and not given.get("map"):
        return [_bad_param(name, technique, "map")]
    return []


def _fits(rule: Mapping[str, Any], value: object) -> bool:
    number = isinstance(value, int | float) and not isinstance(value, bool)
    match rule["type"]:
        case "choice":
            return value in rule["choices"]
        case "integer" | "number":
            whole = rule["type"] == "number" or isinstance(value, int)
            return number and whole and rule["min"] <= value <= rule["max"]
        case "numbers":
            return (
                isinstance(value, list)
                and 0 < len(value) <= 1000
                and all(isinstance(one, int | float) for one in value)
                and all(a < b for a, b in pairwise(value))
            )
        case "map":
            return isinstance(value, dict) and all(isinstance(v, str) for v in value.values())
        case _:
            return isinstance(value, str) and 0 < len(value) <= 400


def _bad_param(name: str, technique: Mapping[str, Any], key: str) -> Fault:
    rule = technique["params"].get(key)
    if rule is None:
        known = "、".join(technique["params"]) or "无"
        return Fault(
            "NO_SUCH_PARAMETER",
            name,
            f"列「{name}」：{technique['zh']}没有参数「{key}」，可用参数：{known}。",
            f"column {name}: {technique['en']} has no parameter {key}; it has: {known}.",
        )
    return Fault(
        "BAD_PARAMETER",
        name,
        f"列「{name}」：{technique['zh']}的参数「{key}」缺失或不合要求（{rule['zh']}）。",
        f"column {name}: the parameter {key} of {technique['en']} is missing or out of range "
        f"({rule['en']}).",
    )


def _twice(name: str) -> Fault:
    return Fault(
        "COLUMN_TWICE",
        name,
        f"列「{name}」在方案中出现了两次，请只保留一行。",
        f"column {name} stands twice in the plan; keep one line.",
    )


def _sets(plan: Plan, names: Sequence[str]) -> list[Fault]:
    """Declared quasi-identifiers and sensitive columns must be columns that are released."""
    gone = {
        column["name"]
        for column in plan["columns"]
        if column["technique"] == "suppress" and params(column).get("as") == "drop"
    }
    faults = []
    for key, zh, en in (
        ("quasi_identifiers", "准标识符", "quasi-identifier"),
        ("sensitive", "敏感属性", "sensitive column"),
    ):
        for name in plan.get(key, []):
            if name not in names or name in gone:
                faults.append(
                    Fault(
                        "SET_NAMES_NO_COLUMN",
                        name,
                        f"{zh}「{name}」不在发布的列中，请从方案中去掉。",
                        f"the {en} {name} is not among the released columns; take it out.",
                    )
                )
    return faults


def _aggregate(plan: Plan, names: Sequence[str]) -> list[Fault]:
    """In a table of groups every released column is grouped by or summed up, and k is judged."""
    given = plan.get("aggregate")
    if given is None:
        return []
    profile = profiles()[plan["profile"]]
    if not profile["judged"]:
        return [
            Fault(
                "AGGREGATE_UNJUDGED",
                None,
                f"「{profile['zh']}」是逐条提供的，不能汇总；汇总表请用开放或者统计共享。",
                f"the profile {profile['en']} gives single records and no groups; use open or "
                "statistical for a table of groups.",
            )
        ]
    measured = {one["column"] for one in given.get("measures", [])}
    used = {*given["by"], *measured}
    released = {
        column["name"]
        for column in plan["columns"]
        if column["technique"] != "suppress" or params(column)["as"] != "drop"
    }
    faults = [
        Fault(
            "AGGREGATE_NAMES_NO_COLUMN",
            name,
            f"汇总用到的列「{name}」不在发布的列中，请改正列名或者处理方式。",
            f"the column {name} that is grouped or summed up is not released; correct the plan.",
        )
        for name in sorted(used - released)
    ]
    faults += [
        Fault(
            "COLUMN_NOT_AGGREGATED",
            name,
            f"列「{name}」在汇总表中没有去处：请列为分组的列、汇总的列，或者删除。",
            f"column {name} has no place in the table of groups: group by it, sum it up, or "
            "remove it.",
        )
        for name in names
        if name in released - used
    ]
    return faults


def _profile(plan: Plan) -> list[Fault]:
    faults = []
    least = profiles()[plan["profile"]]["k"]
    if least and plan.get("k") is not None and plan["k"] < least:
        faults.append(
            Fault(
                "K_BELOW_PROFILE",
                None,
                f"「{profiles()[plan['profile']]['zh']}」要求 k 不小于 {least}，"
                f"方案只写了 {plan['k']}。",
                f"the profile wants k of {least} at least, the plan says {plan['k']}.",
            )
        )
    faults += [
        fault
        for name in profiles()[plan["profile"]].get("terms", ())
        if (fault := _term(terms()[name], plan.get(name), plan["profile"])) is not None
    ]
    return faults


def _term(term: Mapping[str, Any], value: object, profile: str) -> Fault | None:
    """What is wrong with one condition of a profile that shares data on named people."""
    zh, en = profiles()[profile]["zh"], profiles()[profile]["en"]
    good = value is True if term["type"] == "yes" else bool(str(value or "").strip())
    if not good:
        return Fault(
            "TERM_MISSING",
            None,
            f"「{zh}」须写明「{term['zh']}」：{term['hint']['zh']}",
            f"the profile {en} needs: {term['en']}. {term['hint']['en']}",
        )
    if term["type"] == "date" and not _is_ahead(str(value)):
        return Fault(
            "DATE_NOT_AHEAD",
            None,
            f"「{term['zh']}」{value} 不是今天以后的日期，请改正；到期的数据应当已经销毁。",
            f"the {term['en']} {value} is no day from today on; what is due is to be destroyed.",
        )
    return None


def _is_ahead(text: str) -> bool:
    try:
        return date.fromisoformat(text) >= date.today()  # noqa: DTZ011  # a civil date
    except ValueError:
        return False


def _other_columns(planned: Sequence[str], columns: Sequence[str]) -> list[Fault]:
    faults = []
    for name in columns:
        if name not in planned:
            faults.append(
                Fault(
                    "COLUMN_NOT_PLANNED",
                    name,
                    f"数据中的列「{name}」在方案里没有处理方式，请补上（不处理的也要写明保留）。",
                    f"the table has a column {name} that the plan does not treat; add it, "
                    "also if it is kept.",
                )
            )
    for name in planned:
        if name not in columns:
            faults.append(
                Fault(
                    "COLUMN_NOT_THERE",
                    name,
                    f"方案中的列「{name}」在数据中不存在，请核对方案是否属于这份数据。",
                    f"the plan treats a column {name} that the table does not have; "
                    "see whether it is the plan of this table.",
                )
            )
    return faults
