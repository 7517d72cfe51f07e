"""The masking plan: a plain dict that says for every column what is done to it and why.

Nothing here reads data, so that a page may show, check and change plans without loading the
engine. A plan is complete over its table: every column needs a decision, also those that stay.
"""

import json
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files
from typing import Any

import jsonschema_rs

from anonymization import conditions, contradictions, crypto, headers, parameters, reasons
from anonymization.errors import Refused
from anonymization.wording import Fault as Fault
from anonymization.wording import by_id, tables, wanted, word

Plan = dict[str, Any]


def techniques() -> Mapping[str, Mapping[str, Any]]:
    """Every technique by id: title, family, parameters, whether it needs a key, its sentences."""
    return by_id("techniques")


@cache
def attacks() -> Sequence[Mapping[str, Any]]:
    """Every kind of attack: id, names, how it is tried, the codes of its findings, what it wants.

    `wants`: "" nothing · "judged" a profile judged by classes · "sensitive" such columns as well ·
    "earlier" an earlier release · "auxiliary" a register.
    """
    text = (files("anonymization") / "data" / "attacks.json").read_text("utf-8")
    found: Sequence[Mapping[str, Any]] = json.loads(text)
    return found


def choices() -> Mapping[str, Mapping[str, Any]]:
    """Techniques with usual parameters, as a form offers them, each with a made-up example."""
    return by_id("choices")


def fitting(column: Mapping[str, Any]) -> list[str]:
    """The choices that go with the kind of a column or its name, those that suit any among them.

    None but those for any column fit where nothing is known of it.
    """
    said = f"{column.get('kind') or ''} {column['name']}"
    return [key for key, row in choices().items() if re.search(row.get("fits", "$^"), said)]


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


def profiles() -> Mapping[str, Mapping[str, Any]]:
    """Every release profile by id: title, least k, largest risk tau, whether k is judged."""
    return by_id("profiles")


def terms() -> Mapping[str, Mapping[str, Any]]:
    """The conditions that profiles on named people must state, by id: title, type, hint."""
    return by_id("terms")


def roles() -> Mapping[str, Mapping[str, Any]]:
    """What a column may be to an attacker: direct, quasi, sensitive, other."""
    return by_id("roles")


def in_words(column: Mapping[str, Any], locale: str = "zh") -> str:
    """The parameters of a column as a clerk reads them: 「日期，到年代」."""
    words = tables()["words"]
    rules = techniques()[column["technique"]]["params"]
    shown = []
    for name, value in (column.get("params") or {}).items():
        if name in {"domain", "missing", "as"} or (name == "map" and value):
            continue
        if rules[name]["type"] == "choice":
            shown.append(word(rules[name], value, locale))
        else:
            many = "/".join(map(str, value[:10])) if isinstance(value, list) else value
            shown.append(f"{words[name][locale]} {many}")
    return ("，" if locale == "zh" else ", ").join(shown)


def sets(lines: Sequence[Mapping[str, Any]]) -> dict[str, list[str]]:
    """The quasi-identifiers and sensitive columns of a plan, as its lines call for them.

    What is generalized would tell people apart, whatever it is called, so that k counts it too;
    but a sensitive column is what a group must not tell, and is no part of the group.
    """
    released = [line for line in lines if line["technique"] != "suppress"]
    return {
        "quasi_identifiers": [
            line["name"]
            for line in released
            if line.get("role") == "quasi"
            or (line["technique"] == "generalize" and line.get("role") != "sensitive")
        ],
        "sensitive": [line["name"] for line in released if line.get("role") == "sensitive"],
    }


def digest(plan: Plan) -> str:
    """The digest a report is bound to."""
    return crypto.digest(plan)


def smallest_class(plan: Plan) -> int:
    """The k a release must reach: the plan's own, never below that of its profile."""
    return max(int(plan.get("k") or 1), int(profiles()[plan["profile"]]["k"] or 1))


def fewest_values(plan: Plan) -> int:
    """The l of a plan: how many values of each sensitive column a class must hold; 1 for none."""
    return int(plan.get("l") or 1)


def secret(plan: Plan, quasi: Sequence[str]) -> list[str]:
    """The sensitive columns of a plan that are no part of the class these columns make."""
    return [name for name in plan.get("sensitive", []) if name not in quasi]


def params(column: Mapping[str, Any]) -> dict[str, Any]:
    """The parameters of a column, defaults filled in."""
    known = techniques()[column["technique"]]["params"]
    given = column.get("params") or {}
    filled = {name: given.get(name, rule.get("default")) for name, rule in known.items()}
    return {name: value for name, value in filled.items() if value is not None}


def needs_key(plan: Plan) -> bool:
    """Whether some column is treated with a key."""
    return any(techniques()[column["technique"]]["key"] for column in plan["columns"])


def check_plan(
    plan: object, columns: Sequence[str] | None = None, *, decided: bool = True
) -> list[Fault]:
    """Everything wrong with a plan, and with it for a table of these columns; empty when good.

    One that is not `decided` yet, but looked at on the way, may lack reasons and a release.
    """
    faults = _shape(plan)
    # What stands in a field of its own is told with all else; anything more is no plan at all.
    wrong = {fault.field for fault in faults if fault.column is None}
    if None in wrong:
        return faults
    assert isinstance(plan, dict)
    plan = {key: value for key, value in plan.items() if key not in wrong}
    names = [column["name"] for column in plan["columns"]]
    faults += [fault for column in plan["columns"] for fault in _column(plan, column, names)]
    faults += [
        _twice(name)
        for name in sorted({name for name, times in Counter(names).items() if times > 1})
    ]
    faults += _sets(plan, names)
    faults += _aggregate(plan, names)
    more = conditions.faults(plan)
    if decided:
        more += [*reasons.faults(plan), *conditions.unnamed(plan)]
    faults += [fault for fault in more if fault.field not in wrong]
    if columns is not None:
        faults += _other_columns(names, columns)
    return faults


def met(plan: Mapping[str, Any], columns: Sequence[str]) -> list[str]:
    """What the plan calls the columns of a table, whose headers may be written another way.

    A header that is to the letter in the plan is that; another is the one it differs from by
    width, blanks, unseen signs or small letters alone. What the plan does not know stays as it is.
    Nor does anything meet a plan that is none. Raises Refused where two headers are one column of
    the plan, or one header is two of them.
    """
    if any(fault.column is None and fault.field is None for fault in _shape(plan)):
        return list(columns)
    names = [line["name"] for line in plan["columns"]]
    exact = set(names)
    taken: dict[str, int] = {}
    meant: dict[str, list[str]] = {}
    for name in dict.fromkeys(names):
        meant.setdefault(headers.written(name), []).append(name)
    made = []
    for number, column in enumerate(columns, 1):
        found = [column] if column in exact else meant.get(headers.written(column), [column])
        if len(found) > 1:
            raise Refused(
                "HEADER_ALIKE",
                f"第 {number} 列的列名既像方案中的「{found[0]}」又像「{found[1]}」，"
                "请改成与其中一个完全相同。",
                f"the name of column {number} is like {found[0]} and like {found[1]} of the plan; "
                "let it be one of them to the letter.",
            )
        if found[0] in taken:
            first = taken[found[0]]
            raise Refused(
                "HEADER_ALIKE",
                f"第 {first} 列「{columns[first - 1]}」和第 {number} 列「{column}」的列名只差空格、"
                "全半角或者大小写，请改名或者删去一列。",
                f"columns {first} ({columns[first - 1]}) and {number} ({column}) have names that "
                "differ by blanks, width or case alone; rename or remove one.",
            )
        if found[0] in exact:
            taken[found[0]] = number
        made.append(found[0])
    return made


def is_report(report: object) -> bool:
    """Whether this is a whole report that does not contradict itself: a pass has no findings."""
    return bool(_schema("masking-report").is_valid(report))


@cache
def _schema(name: str) -> Any:
    text = (files("anonymization") / f"{name}.json").read_text("utf-8")
    return jsonschema_rs.validator_for(json.loads(text))


def _shape(plan: object) -> list[Fault]:
    found: dict[tuple[object, ...], Fault] = {}
    for problem in _schema("masking-plan").iter_errors(plan):
        where = tuple(problem.instance_path)
        fault = _misshapen(plan, where)
        if fault is None:
            rule = str(problem.schema_path[-1]) if problem.schema_path else ""
            fault = Fault(
                "PLAN_SHAPE",
                None,
                f"方案格式有误：{_where(where)} 不符合要求（{rule}）。",
                f"the plan is malformed: {_where(where)} breaks the rule {rule}.",
            )
        found.setdefault((fault.column, fault.field, fault.zh), fault)
    return list(found.values())


def _misshapen(plan: object, where: Sequence[object]) -> Fault | None:
    """The fault of a value in a field of its own, as that field is called; None of all else."""
    if not isinstance(plan, dict):
        return None
    if len(where) == 1 and where[0] in terms():
        name = str(where[0])
        term, longest = terms()[name], _plan_schema()["properties"][name].get("maxLength", 400)
        typed = _quoted(term, plan[name])
        return Fault(
            "PLAN_SHAPE",
            None,
            f"「{term['zh']}」填的是「{typed}」，应为：{wanted(term, 'zh', longest)}。",
            f"{term['en']} is “{typed}”; it takes {wanted(term, 'en', longest)}.",
            name,
        )
    if where and where[0] == "aggregate":
        return Fault(
            "PLAN_SHAPE",
            None,
            "「汇总」有误：请选 1 到 20 列分组，记录数的列名不超过 100 个字。",
            "the table of groups: choose 1 to 20 columns to group by, and a name of 100 "
            "characters at most for the counts.",
            "aggregate",
        )
    return None


def _quoted(term: Mapping[str, Any], value: object) -> str:
    text = parameters.written(term, value)
    return text if len(text) <= 40 else f"{text[:40]}…"


@cache
def _plan_schema() -> Mapping[str, Any]:
    text = (files("anonymization") / "masking-plan.json").read_text("utf-8")
    found: Mapping[str, Any] = json.loads(text)
    return found


def _where(path: Sequence[object]) -> str:
    """The place of a fault in the words of the plan: 「逐列处理 第 3 行」."""
    if not path:
        return "方案"
    title = _plan_schema()["properties"].get(str(path[0]), {}).get("title", str(path[0]))
    row = f" 第 {path[1] + 1} 行" if len(path) > 1 and isinstance(path[1], int) else ""
    return f"「{title}」{row}"


def _column(plan: Plan, column: Mapping[str, Any], columns: Sequence[str]) -> list[Fault]:
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
    given = column.get("params") or {}
    return [
        *parameters.faults(name, technique, given, columns),
        *contradictions.found(
            profiles()[plan["profile"]], column, technique, plan.get("use") or ()
        ),
    ]


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
                "aggregate",
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
            "aggregate",
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
            "aggregate",
        )
        for name in names
        if name in released - used
    ]
    return faults


def _other_columns(planned: Sequence[str], columns: Sequence[str]) -> list[Fault]:
    faults = []
    there, treated = set(columns), set(planned)
    for name in columns:
        if name not in treated:
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
        if name not in there:
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
