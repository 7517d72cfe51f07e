"""A plan to start from: what the kinds of the columns call for in a release profile."""

from collections.abc import Iterable, Mapping
from typing import Any, Protocol

from anonymization import headers, reasons
from anonymization.plan import Plan, profiles, sets


class Found(Protocol):
    """What a plan is proposed from: one column as detection or the catalogue describes it."""

    @property
    def name(self) -> str: ...  # noqa: D102
    @property
    def kind(self) -> str | None: ...  # noqa: D102
    @property
    def quasi(self) -> bool: ...  # noqa: D102
    @property
    def item(self) -> str | None: ...  # noqa: D102
    @property
    def day(self) -> bool: ...  # noqa: D102


# What is proposed for a kind; a code of detection or a name of personal_information_kinds.json.
_ALIASES = {
    "PERSON": "姓名",
    "ID_CARD": "公民身份号码",
    "MOBILE": "手机号码",
    "LANDLINE": "固定电话",
    "ADDRESS": "家庭住址",
    "EMAIL": "电子邮箱",
    "BANK_CARD": "银行账号",
    "PLATE": "车牌号",
    "PASSPORT": "护照号",
    "SSN": "社会保障号",
    "MRN": "病历号",
    "BIRTH_DATE": "出生日期",
    "IP": "IP地址",
    "GPS": "精确定位",
    "WECHAT": "账号",
    "QQ": "账号",
    "MAC": "设备识别码",
    "USCC": "统一社会信用代码",
}
_NUMBERS = frozenset(
    {
        *(
            "公民身份号码",
            "护照号",
            "港澳台通行证号",
            "军官证号",
            "驾驶证号",
            "社会保障号",
            "居住证号",
        ),
        *("残疾证号", "优待证号", "其他证件号码", "社会保障卡号", "病历号", "公积金账号"),
    }
)
_ADDRESSES = frozenset({"家庭住址", "户籍地址", "居住地址"})
_DISPLAY = {
    "姓名": "name",
    "公民身份号码": "id",
    "手机号码": "mobile",
    "银行账号": "bank",
    "电子邮箱": "email",
    "车牌号": "plate",
    "家庭住址": "address",
    "户籍地址": "address",
    "居住地址": "address",
}


# What numbers the rows of a table: the order of a release is its content's alone (`pipeline`).
_ROW_NUMBERS = frozenset({"序号", "行号", "顺序号", "记录号", "no", "no.", "row", "row_no"})


def role_of(kind: str | None, quasi: bool = False) -> str:
    """What a kind of personal information is to an attacker."""
    known = headers.items().get(_ALIASES.get(kind or "", kind or ""))
    if known is not None:
        return str(known["role"])
    return "quasi" if quasi else "other"


def propose(columns: Iterable[Found], profile: str = "statistical") -> Plan:
    """A plan to start from: what the kinds of the columns call for in this release profile.

    It is never better than the detection it rests on; a person reads it before it is used.
    """
    lines = [_propose(column, profile) for column in columns]
    plan: Plan = {"profile": profile, "columns": lines, **sets(lines)}
    least = profiles()[profile]["k"]
    if least:
        plan |= {"k": least, "reach_k": "suppress", "max_suppressed": 0.05}
    if profiles()[profile]["l"] and plan["sensitive"] and plan["quasi_identifiers"]:
        plan["l"] = profiles()[profile]["l"]
    # What a service on named people keeps to unless somebody says why not; the rest is typed.
    if profile == "interface":
        plan |= {"answer": "record", "per_call": 1, "per_day": 1000}
        plan |= {"logged": True, "watermark": True}
    return plan


def _propose(column: Found, profile: str) -> dict[str, Any]:
    kind = column.item or _ALIASES.get(column.kind or "", column.kind)
    role = "quasi" if column.day else role_of(kind, column.quasi)
    technique, given, reason = _treatment(column, kind, role, profile)
    return {
        "name": column.name,
        "role": role,
        "kind": kind,
        "technique": technique,
        "params": given,
        "reason": reason,
    }


def _treatment(
    column: Found, kind: str | None, role: str, profile: str
) -> tuple[str, dict[str, Any], str]:
    if profile == "lawful_raw":
        return "keep", {}, "依法原样提供"
    if profile == "interface":
        style = _DISPLAY.get(kind or "")
        if style:
            return "mask", {"style": style}, "接口显示时屏蔽"
        if role == "direct":
            return "mask", {"style": "custom"}, "直接标识符，接口不返回原值"
        return "keep", {}, "核验所需，保留"
    if role == "direct":
        if kind in _NUMBERS:
            return "pseudonym", {}, "证件号码是直接标识符，换成假名以便批次内关联"
        if kind in _ADDRESSES:
            return "generalize", {"hierarchy": "address", "to": "district"}, "住址只保留到区"
        return "suppress", {}, "直接标识符，用途不需要"
    if role == "quasi":
        if column.day:
            return "generalize", {"hierarchy": "date", "to": "month"}, reasons.DAY
        return _quasi(column.name, kind, profile)
    if kind in {"行踪轨迹", "精确定位"}:
        return "suppress", {}, "位置和行踪极易认出个人"
    if kind in {"收入", "存款余额", "纳税额", "个人资金金额"}:
        return "microaggregate", {"size": 20}, "金额过细会突出个人"
    if any(word in column.name for word in ("备注", "说明", "描述", "情况", "内容", "摘要")):
        return "redact", {}, "文本中可能夹带个人信息"
    if headers.written(column.name) in _ROW_NUMBERS:
        return "suppress", {}, reasons.ROWS
    return "keep", {}, reasons.KEPT[role]


def reason_of(line: Mapping[str, Any]) -> str:
    """The reason a line has once its treatment was changed: one written here is written anew.

    A reason that somebody typed stays as it is.
    """
    said = str(line.get("reason") or "")
    return reasons.changed(line) if reasons.written_here(said) else said


def _quasi(name: str, kind: str | None, profile: str) -> tuple[str, dict[str, Any], str]:
    if kind == "出生日期" or "日期" in name or "时间" in name:
        return "generalize", {"hierarchy": "date", "to": "decade"}, "出生日期与其他列组合可认出个人"
    if kind == "年龄":
        return "generalize", {"hierarchy": "age", "width": 10, "top": 90}, "年龄按档"
    if kind == "职业":
        return "generalize", {"hierarchy": "occupation"}, "职业归大类"
    if kind in {"IP地址", "不动产单元号", "工作单位"}:
        return "suppress", {}, "取值过细"
    return "keep", {}, reasons.KEPT["quasi"]
