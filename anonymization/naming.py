"""Who is still named: numbers left readable anywhere, columns of names and addresses."""

import re
from collections.abc import Mapping
from typing import Any, Final

import polars as pl

from anonymization import residues
from anonymization.detection import Column, residual
from anonymization.findings import Finding, Terms, masked, matching, share

_DIRECT: Final = frozenset(
    {
        *("PERSON", "ID_CARD", "MOBILE", "LANDLINE", "ADDRESS", "EMAIL", "BANK_CARD", "PLATE"),
        *("PASSPORT", "SSN", "MRN", "WECHAT", "QQ", "MAC"),
    }
)


def named(
    texts: pl.DataFrame, columns: Mapping[str, Column], tokens: Mapping[str, str], terms: Terms
) -> tuple[list[Finding], list[dict[str, Any]]]:
    """What still names people: readable numbers anywhere, columns of names and addresses."""
    excused = terms.made_up | terms.published | tokens.keys()
    if terms.profile == "lawful_raw":
        excused = frozenset(texts.columns)
    findings, left = [], []
    seen: set[str] = set()
    for one in residual(texts):
        if one.column in tokens or _public(texts[one.column], one.kind):
            continue
        if one.kind == "ADDRESS" and not _homes(texts[one.column]):
            continue
        left.append({"column": one.column, "kind": one.kind, "count": one.count})
        if one.column in excused or one.count == 0:
            continue
        seen.add(one.column)
        free = _free_text(texts[one.column])
        code = "FREE_TEXT_LEAK" if free else "DIRECT_IDENTIFIER_LEFT"
        if one.kind == "ADDRESS":
            code = "FULL_ADDRESS_LEFT"
        findings.append(_left(code, one.column, one.kind, one.count, texts))
    for name, column in columns.items():
        if name in excused or name in seen or column.kind not in _DIRECT:
            continue
        values = texts[name]
        if _public(values, column.kind):
            continue
        if masked(values) > 0.5:
            continue
        count = int(values.is_not_null().sum())
        if column.kind == "ADDRESS":
            count = int(values.str.contains(_DOOR).sum())
            if not count or not _homes(values):
                continue
            findings.append(_left("FULL_ADDRESS_LEFT", name, "ADDRESS", count, texts))
        elif count:
            seen.add(name)
            findings.append(_left("DIRECT_IDENTIFIER_LEFT", name, column.kind, count, texts))
    for name in texts.columns:
        if name in seen or name in excused - tokens.keys():
            continue
        for kind, count in residues.forgotten(texts[name], name in tokens):
            if kind in _DIRECT:
                left.append({"column": name, "kind": kind, "count": count})
            findings.append(_left("DIRECT_IDENTIFIER_LEFT", name, kind, count, texts))
    return findings, left


# So many rows at one door are an office's visitors, not a household.
_HOUSEHOLD: Final = 10


def _homes(values: pl.Series) -> bool:
    """Whether addresses are of homes: an office's stands in the rows of all who went there."""
    present = values.drop_nulls()
    doors = present.filter(present.str.contains(_DOOR)).value_counts()
    counts = doors["count"]
    return int(counts.filter(counts < _HOUSEHOLD).sum()) > 0


_PUBLIC = "咨询|服务|热线|窗口|监督|投诉|值班|办公|机构|单位|部门|受理|举报|传真|客服"


def _public(values: pl.Series, kind: str | None) -> bool:
    """Whether a column of telephones is that of offices: it says so, and few stand many times."""
    present = values.drop_nulls()
    if kind == "LANDLINE":
        numbers = present.str.extract(_LANDLINE).drop_nulls()
        if len(numbers) > 0.9 * len(present) and numbers.n_unique() <= 0.02 * len(numbers):
            return True
    if kind not in {"LANDLINE", "MOBILE"} or not re.search(_PUBLIC, str(values.name)):
        return False
    return kind == "LANDLINE" or present.n_unique() <= 0.1 * len(present)


_LANDLINE = r"(0[0-9]{2,3}[) -]{0,2}[2-8][0-9]{6,7})"
_DOOR = "[0-9一二三四五六七八九十]+(?:号|室|单元|栋|幢|户)"


def _free_text(values: pl.Series) -> bool:
    """Whether a column holds sentences rather than values of one shape."""
    present = values.drop_nulls()
    lengths = pl.DataFrame({"n": present.str.len_chars()}).select(
        pl.col("n").mean().fill_null(0).alias("mean"), pl.col("n").std().fill_null(0).alias("std")
    )
    mean, spread = lengths.row(0)
    return mean > 20 or (spread > 2 and matching(present, "[，。；、,;]") > 0.3)


def _left(code: str, name: str, kind: str, count: int, texts: pl.DataFrame) -> Finding:
    titles = {
        "FREE_TEXT_LEAK": ("文本中夹带", "carries inside its text"),
        "FULL_ADDRESS_LEFT": ("仍可读出", "still shows"),
        "DIRECT_IDENTIFIER_LEFT": ("仍可读出", "still shows"),
    }
    zh, en = titles[code]
    title = _KINDS.get(kind, kind)
    remedies = {
        "FREE_TEXT_LEAK": ("改用「文本遮盖」或删除该列。", "Redact the text or remove the column."),
        "FULL_ADDRESS_LEFT": (
            "住址泛化到区或街道。",
            "Generalize addresses to the district or street.",
        ),
        "DIRECT_IDENTIFIER_LEFT": (
            "删除该列，或换成带密钥假名；法律要求公开的，在方案中写明依据。",
            "Remove or pseudonymize the column; name the law if it must be published.",
        ),
    }
    return Finding(
        code,
        (name,),
        count,
        share(count, texts),
        f"列「{name}」{zh}{title}：{texts.height} 行中有 {count} 行。",
        f"column {name} {en} {kind}: {count} of {texts.height} rows.",
        *remedies[code],
        f"例：{_SHOWN.get(kind, '张某某')} → 不用推算，读出来就是",
        f"for example {_SHOWN.get(kind, '张某某')} → it reads as it stands",
    )


_KINDS = {
    "PERSON": "姓名",
    "ID_CARD": "公民身份号码",
    "MOBILE": "手机号码",
    "LANDLINE": "固定电话",
    "ADDRESS": "住址",
    "EMAIL": "电子邮箱",
    "USCC": "统一社会信用代码",
    "BANK_CARD": "银行账号",
    "PLATE": "车牌号",
    "PASSPORT": "护照号",
    "SSN": "社会保障号",
    "MRN": "病历号",
    "BIRTH_DATE": "出生日期",
    "WECHAT": "微信号",
    "QQ": "QQ 号",
    "IP": "IP 地址",
    "MAC": "设备地址",
    "GPS": "精确位置",
    residues.UNMASKED: "漏遮的原值",
}
# Made up and masked: what a reader of the report sees of the kind.
_SHOWN: Final[Mapping[str, str]] = {
    "PERSON": "张某某",
    "ID_CARD": "1503**********0012",
    "MOBILE": "138****0000",
    "LANDLINE": "0473-2****00",
    "ADDRESS": "某区某街 ** 号楼 * 单元",
    "EMAIL": "z***@example.cn",
    "BANK_CARD": "6222************0012",
    "PLATE": "蒙C**345",
    "PASSPORT": "E****0012",
    "SSN": "A****0012",
    "MRN": "ZY****0012",
    "WECHAT": "w***_01",
    "QQ": "12****89",
    "MAC": "00:1A:**:**:**:01",
    residues.UNMASKED: "同列都是 1503****12，有几行是 1503000012",
}
