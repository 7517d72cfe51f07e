"""Who is still named: numbers left readable, names, addresses, and masks that can be completed."""

from collections.abc import Mapping
from typing import Any, Final

import polars as pl

from anonymization.detection import Column, residual
from anonymization.findings import Finding, Terms, masked, matching, share

_DIRECT: Final = frozenset(
    {
        *("PERSON", "ID_CARD", "MOBILE", "LANDLINE", "ADDRESS", "EMAIL", "BANK_CARD", "PLATE"),
        *("PASSPORT", "SSN", "MRN", "WECHAT", "QQ", "MAC"),
    }
)
# Fewer candidates than this and a masked number leads to a person.
_FEW: Final = 1000
# Districts of the city, which an attacker from here would try.
_LOCAL: Final = ("150302", "150303", "150304", "150301")


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
        if one.column in tokens:
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
        if masked(values) > 0.5:
            continue
        count = int(values.is_not_null().sum())
        if column.kind == "ADDRESS":
            count = int(values.str.contains(_DOOR).sum())
            if not count:
                continue
            findings.append(_left("FULL_ADDRESS_LEFT", name, "ADDRESS", count, texts))
        elif count:
            findings.append(_left("DIRECT_IDENTIFIER_LEFT", name, column.kind, count, texts))
    return findings, left


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
}


def decoded_masks(texts: pl.DataFrame, columns: Mapping[str, Column]) -> list[Finding]:
    """Masked numbers that the columns beside them complete."""
    findings = []
    birth = birth_column(texts, columns)
    sex = next((name for name in texts.columns if "性别" in name or name.lower() == "sex"), None)
    for name in texts.columns:
        values = texts[name]
        if masked(values) < 0.05:
            continue
        shape = (
            pl.DataFrame({"v": values})
            .select(
                pl.col("v")
                .str.extract("^([0-9]*)[*＊×●•#■□xX]{2,}", 1)
                .str.len_chars()
                .alias("head"),
                pl.col("v")
                .str.extract("[*＊×●•#■□]+([0-9]*[0-9Xx])$", 1)
                .str.len_chars()
                .fill_null(0)
                .alias("tail"),
                pl.col("v").str.contains("^[0-9]*[*＊×●•#■□xX]{2,}[0-9]*[Xx]?$").alias("ok"),
                pl.col("v").str.len_chars().alias("length"),
                pl.col("v").str.contains("^1[3-9]").fill_null(False).alias("mobile"),
            )
            .filter(pl.col("ok"))
        )
        for row in shape.group_by("head", "tail", "length", "mobile").len().iter_rows(named=True):
            found = _candidates(row, birth, sex is not None)
            if found is None:
                continue
            kind, count, beside = found
            if count > _FEW:
                continue
            used = tuple(dict.fromkeys((name, *(one for one in beside if one))))
            findings.append(
                Finding(
                    "PARTIAL_ID_REIDENTIFIABLE",
                    used,
                    int(row["len"]),
                    share(int(row["len"]), texts),
                    f"列「{name}」的{kind}保留前 {row['head']} 位、后 {row['tail']} 位"
                    + (f"，结合「{'、'.join(used[1:])}」" if used[1:] else "")
                    + f"，每人只剩约 {max(1, round(count))} 个候选，可还原到人。",
                    f"column {name} keeps {row['head']} digits in front and {row['tail']} behind; "
                    f"with {', '.join(used[1:]) or 'nothing else'} about "
                    f"{max(1, round(count))} candidates are left for each person.",
                    "只保留首末各一位，或换成带密钥假名；出生日期泛化到年。",
                    "Keep one digit at each end or use a keyed pseudonym; dates of birth to years.",
                )
            )
    return _strongest(findings)


def _strongest(findings: list[Finding]) -> list[Finding]:
    """One finding for each masked column: the shape that most records have."""
    best: dict[str, Finding] = {}
    for one in sorted(findings, key=lambda one: -one.records):
        best.setdefault(one.columns[0], one)
    return list(best.values())


def birth_column(texts: pl.DataFrame, columns: Mapping[str, Column]) -> tuple[str | None, float]:
    """The column that tells the birth date, and how many days it leaves open."""
    best: tuple[str | None, float] = (None, 36500.0)
    for name in texts.columns:
        is_birth = (name in columns and columns[name].kind == "BIRTH_DATE") or "出生" in name
        if not is_birth and "年龄" not in name and name.lower() not in {"age", "birth_date"}:
            continue
        values = texts[name].drop_nulls()
        if values.is_empty():
            continue
        for pattern, days in (
            ("^[12][0-9]{3}[-/.年]?[0-9]{1,2}[-/.月]?[0-9]{1,2}", 1.0),
            ("^[12][0-9]{3}[-/.年][0-9]{1,2}", 30.0),
            ("^[12][0-9]{3}年?$", 365.0),
            ("^[0-9]{1,3}岁?$", 365.0),
        ):
            if matching(values, pattern) > 0.5 and days < best[1]:
                best = (name, days)
                break
    return best


def _candidates(
    row: Mapping[str, Any], birth: tuple[str | None, float], sexed: bool
) -> tuple[str, float, tuple[str | None, ...]] | None:
    head, tail, length = int(row["head"] or 0), int(row["tail"]), int(row["length"])
    if length == 11 and row["mobile"]:
        return "手机号码", 10.0 ** (11 - head - tail), ()
    if head + tail < 4 or length > 18 or head + tail >= 18:
        return None
    if length != 18 and not (head >= 6 and tail >= 3):
        return None
    region = 1.0 if head >= 6 else float(len(_LOCAL))
    seen = max(0, head - 6)
    days = {0: 36500.0, 4: 365.0, 6: 30.0, 8: 1.0}[max(one for one in (0, 4, 6, 8) if one <= seen)]
    beside: tuple[str | None, ...] = ()
    if birth[0] and birth[1] < days:
        days, beside = birth[1], (birth[0],)
    order = 10.0 ** (3 - min(3, max(0, tail - 1) + max(0, head - 14)))
    if sexed and tail < 2 and order > 1:
        order /= 2
    # The check digit rules out ten of eleven of what is left.
    check = 11.0 if tail >= 1 else 1.0
    return "公民身份号码", region * days * order / check, beside
