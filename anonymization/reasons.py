"""Why a plan treats each column as it does: who wrote it, and where nobody did.

That something is masked or made coarser follows from what it is found or graded to be, which the
program can say. That something stays readable is somebody's decision, so that only a person can
say why; one reason of the plan stands for all columns that have none of their own.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

from anonymization import contradictions
from anonymization.wording import Fault, by_id

Line = Mapping[str, Any]

DAY: Final = "到天的日期亲友、邻居和别的登记都知道，先归粗再发布"
ROWS: Final = "行号说出原始数据的次序，逐行就能对上"
KEPT: Final[Mapping[str, str]] = {
    "other": "非个人标识，保留",
    "quasi": "准标识符，由 k 控制",
    "sensitive": "敏感属性：由 k、l 控制，知道谁在哪一组也看不出他的值",
}
# Begins the reason of a column that was made coarser to fit its table.
FITTED: Final = "为达到 k，自动归得更粗"
# That of a column of which all of the table have the same, or fewer values than l asks for.
SHARED: Final = "全表的取值不够 l 种，知道谁在表里就知道答案；写进资源说明，不逐行发布"
_CHANGED: Final = "处理方式改为："
# What reasons written here are, with their English; anything else was typed and stays.
_WRITTEN: Final[Mapping[str, str]] = {
    "依法原样提供": "given as it is by law",
    "接口显示时屏蔽": "masked where the interface shows it",
    "直接标识符，接口不返回原值": "a direct identifier: the interface does not return its value",
    "核验所需，保留": "needed to verify; kept",
    "证件号码是直接标识符，换成假名以便批次内关联": (
        "the number of a paper is a direct identifier: a pseudonym joins rows within the release"
    ),
    "住址只保留到区": "of an address only the district stays",
    "直接标识符，用途不需要": "a direct identifier that the use does not need",
    "位置和行踪极易认出个人": "places and movements single people out",
    "金额过细会突出个人": "amounts that are too fine single people out",
    "文本中可能夹带个人信息": "a text may carry personal information",
    "出生日期与其他列组合可认出个人": "a birth date with other columns tells who it is",
    "年龄按档": "ages in bands",
    "职业归大类": "occupations by their major groups",
    "取值过细": "its values are too fine",
    SHARED: (
        "fewer values in the whole table than l asks for: whoever is in it is told of; say it in "
        "the description of the resource and not row by row"
    ),
    DAY: "friends, neighbours and other registers know a day: coarser before it is released",
    ROWS: "the number of a row tells the order of the raw data, which joins row by row",
    KEPT["other"]: "no identifier of a person; kept",
    KEPT["quasi"]: "a quasi-identifier, held by k",
    KEPT["sensitive"]: (
        "a sensitive attribute: held by k and l, so that the group somebody is in does not tell "
        "his value"
    ),
    FITTED: "made coarser to reach k",
    f"{FITTED}：已删除": "made coarser to reach k: removed",
}
# So many faults of one kind are told one by one; more are one sentence that names them.
_SINGLY: Final = 3
_NAMED: Final = 20


def changed(line: Line) -> str:
    """The reason of a column whose treatment was changed: what it is, where that says enough.

    A column that stays is told what is known of it, which is no reason yet.
    """
    role = str(line.get("role") or "other")
    if line["technique"] == "keep":
        return KEPT.get(role, "")
    known = by_id("roles").get(role)
    lead = f"{known['zh']}，" if known and role != "other" else ""
    return f"{lead}{_CHANGED}{by_id('techniques')[line['technique']]['zh']}"


def told(said: str, locale: str = "zh") -> str:
    """A reason in the language of the reader, as far as the program wrote it; else as typed."""
    if locale == "zh" or said in _WRITTEN:
        return said if locale == "zh" else _WRITTEN[said]
    lead, changed_to, title = said.partition(_CHANGED)
    technique = next((row for row in by_id("techniques").values() if row["zh"] == title), None)
    role = next((row for row in by_id("roles").values() if f"{row['zh']}，" == lead), None)
    if not changed_to or technique is None or (lead and role is None):
        return said
    now = f"treated otherwise than proposed: {technique['en']}"
    return f"{role['en']}, {now}" if role else now


def written_here(said: str) -> bool:
    """Whether the program wrote a reason, and no person."""
    return said in _WRITTEN or said.startswith(FITTED) or _CHANGED in said


def readable(profile: str, line: Line) -> bool:
    """Whether a column stays readable: kept as it is, or answered one by one on named people."""
    technique = line["technique"]
    return technique == "keep" or (profile == "interface" and technique != "suppress")


def noted(profile: str, line: Line) -> str:
    """What the program knows of a column that stays readable, which is no reason; else nothing."""
    own = _said(line)
    return own if written_here(own) and readable(profile, line) else ""


def of(plan: Mapping[str, Any], line: Line) -> str:
    """The reason of a column: its own, or where that says nothing the one of the plan."""
    own, shared = _said(line), _said(plan)
    if own and (not shared or _stands(plan["profile"], line)):
        return own
    return shared


def faults(plan: Mapping[str, Any]) -> list[Fault]:
    """Columns without a reason, and those that stay readable without one that a person wrote."""
    missing: dict[str, list[str]] = {}
    for line in plan["columns"]:
        if lacks(plan, line):
            missing.setdefault(_rule(plan["profile"], line), []).append(line["name"])
    return [fault for rule, names in missing.items() for fault in _told(rule, names)]


def lacks(plan: Mapping[str, Any], line: Line) -> bool:
    """Whether neither the column nor the plan gives a reason that is one."""
    return not _said(plan) and not _stands(plan["profile"], line)


def _said(said: Mapping[str, Any]) -> str:
    return str(said.get("reason") or "").strip()


def _stands(profile: str, line: Line) -> bool:
    """Whether the reason of a column is enough for what is done to it."""
    own = _said(line)
    if not own:
        return False
    if not written_here(own):
        return True
    # That a column is treated otherwise than proposed is explained by what it is, or not at all;
    # what is not released needs no more.
    tells = not re.match(_CHANGED, own) or line["technique"] == "suppress"
    return tells and not readable(profile, line)


def _rule(profile: str, line: Line) -> str:
    if not readable(profile, line):
        return "TREATED_WITHOUT_REASON"
    return "ITEM_WITHOUT_REASON" if profile == "interface" else "KEPT_WITHOUT_REASON"


def _told(rule: str, names: Sequence[str]) -> list[Fault]:
    if len(names) <= _SINGLY:
        return [contradictions.fault(rule, name, field="reason") for name in names]
    more = len(names) > _NAMED
    zh = "".join(f"「{name}」" for name in names[:_NAMED]) + ("等" if more else "")
    en = ", ".join(names[:_NAMED]) + (", …" if more else "")
    return [contradictions.many(rule, {"zh": zh, "en": en}, len(names), field="reason")]
