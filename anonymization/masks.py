"""Masks that can be completed: from what they show, the columns beside them, and each other."""

import itertools
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from typing import Final

import polars as pl

from anonymization.detection import Column
from anonymization.findings import Finding, masked, matching, share

# Fewer candidates than this and a masked number leads to a person.
_FEW: Final = 1000
# Districts of the city, which an attacker from here would try.
_LOCAL: Final = ("150301", "150302", "150303", "150304")
# Shapes of masks a column is looked at by, the commonest first.
_SHAPES: Final = 12


@dataclass(frozen=True)
class Beside:
    """What the columns beside a mask tell of each person: the birth date to so many days, sex."""

    birth: str | None
    days: float
    sex: str | None


def decoded_masks(texts: pl.DataFrame, columns: Mapping[str, Column]) -> list[Finding]:
    """Masked numbers that they themselves, the columns beside them or each other complete."""
    birth, days = birth_column(texts, columns)
    sex = next((name for name in texts.columns if _is_sex(name)), None)
    beside = Beside(birth, days, sex)
    starred = {
        name: _starred(texts[name], _is_tail(name))
        for name in texts.columns
        if masked(texts[name]) >= 0.05 or _is_tail(name)
    }
    findings = []
    for name, values in starred.items():
        found = _alone(name, values, beside, texts)
        if found is not None:
            findings.append(found)
    told = {one.columns[0] for one in findings}
    for one, other in itertools.combinations(starred, 2):
        if not {one, other} & told:
            findings += _together(one, other, starred, texts)
    return findings


def _is_sex(name: str) -> bool:
    return "性别" in name or name.lower() in {"sex", "gender", "xb"}


def _is_tail(name: str) -> bool:
    """Whether a header says that the column holds the last digits of a citizen number."""
    return bool(
        pl.Series([name.lower()]).str.contains("(?:身份证|证件|sfz).*(?:后|尾|末)[四六八468]")[0]
    )


def _starred(values: pl.Series, tails: bool) -> pl.Series:
    """Masked numbers with `*` for every character that is hidden, anything else null.

    With `tails` the last digits alone are a mask as well.
    """
    shown = values.str.replace_all(r"[ \-]", "").str.replace_all("[＊×●•#■□]", "*")
    for width in range(14, 1, -1):
        shown = shown.str.replace_all(f"[xX]{{{width}}}", "*" * width)
    padded = shown.str.pad_start(18, "*") if tails else shown
    picked = pl.DataFrame({"v": padded}).select(
        pl.when(pl.col("v").str.contains(r"^[0-9]*\*{2,}[0-9]*[0-9Xx]?$")).then("v").alias("v")
    )
    return picked["v"]


def _alone(name: str, values: pl.Series, beside: Beside, texts: pl.DataFrame) -> Finding | None:
    """The mask most records of a column have, if few candidates are left for each of them."""
    best: Finding | None = None
    for shape, records in _shapes(values):
        found = _candidates(shape, beside)
        if found is None:
            continue
        kind, count, used = found
        if count > _FEW or (best is not None and best.records >= records):
            continue
        known = tuple(dict.fromkeys((name, *(one for one in used if one))))
        best = _finding(known, shape, kind, count, records, texts)
    return best


def _shapes(values: pl.Series) -> list[tuple[str, int]]:
    """The shapes of masks, `9` for a digit that shows, with how many records have each."""
    heads = values.drop_nulls().str.replace("^1[3-9]", "M").str.replace_all("[0-9Xx]", "9")
    counts = heads.value_counts(sort=True).head(_SHAPES)
    return list(counts.iter_rows())


def _candidates(shape: str, beside: Beside) -> tuple[str, float, tuple[str | None, ...]] | None:
    """Which number a mask hides, how many it may be, and the columns that helped."""
    seen = shape.replace("M", "99")
    if len(seen) == 11 and shape.startswith("M"):
        return "手机号码", 10.0 ** seen.count("*"), ()
    if len(seen) != 18 or seen.count("9") < 4 or "*" not in seen:
        return None
    region = 1.0 if "*" not in seen[:6] else float(len(_LOCAL))
    days, used = _days(seen[6:14]), ()
    helped: tuple[str | None, ...] = used
    if beside.birth is not None and beside.days < days:
        days, helped = beside.days, (beside.birth,)
    order = 10.0 ** seen[14:17].count("*")
    if beside.sex is not None and seen[16] == "*":
        order /= 2
    # The check character rules out ten of eleven of what is left.
    check = 11.0 if seen[17] == "9" else 1.0
    return "公民身份号码", region * days * order / check, helped


@cache
def _days(seen: str) -> float:
    """How many birth dates of a hundred years go with the digits a mask shows."""
    first = date(1926, 1, 1)
    told = {
        "".join(one for one, shown in zip(f"{first + timedelta(n):%Y%m%d}", seen, strict=True)
                if shown == "9")
        for n in range(36_500)
    }  # fmt: skip
    return 36_500 / len(told)


def _finding(
    names: tuple[str, ...], shape: str, kind: str, count: float, records: int, texts: pl.DataFrame
) -> Finding:
    seen = shape.replace("M", "99")
    head = len(seen) - len(seen.lstrip("9"))
    tail = len(seen) - len(seen.rstrip("9"))
    left = max(1, round(count))
    more = "、".join(names[1:])
    shown = "".join(a if b == "9" else "*" for a, b in zip(_MADE_UP[len(seen)], seen, strict=True))
    birth = " + 1988-02-14" if len(seen) == 18 and more else ""
    return Finding(
        "PARTIAL_ID_REIDENTIFIABLE",
        names,
        records,
        share(records, texts),
        f"列「{names[0]}」的{kind}保留前 {head} 位、后 {tail} 位"
        + (f"，结合「{more}」" if more else "")
        + f"，每人只剩约 {left} 个候选，可还原到人。",
        f"column {names[0]} keeps {head} digits in front and {tail} behind; "
        f"with {', '.join(names[1:]) or 'nothing else'} about {left} candidates are left for each "
        "person.",
        "只保留首末各一位，或换成带密钥假名；出生日期泛化到年。",
        "Keep one digit at each end or use a keyed pseudonym; dates of birth to years.",
        f"例：{shown}{birth} → 约 {left} 个候选",
        f"for example {shown}{birth} → about {left} candidates",
    )


# Nobody's: an order number of 001, and a segment that is not given out.
_MADE_UP: Final = {18: "150302198802140012", 11: "13800000000"}


def _together(
    one: str, other: str, starred: Mapping[str, pl.Series], texts: pl.DataFrame
) -> list[Finding]:
    """Two masks over the same number that show different digits of it."""
    pairs = pl.DataFrame({"a": starred[one], "b": starred[other]}).drop_nulls()
    pairs = pairs.filter(pl.col("a").str.len_chars() == pl.col("b").str.len_chars())
    if pairs.height < 0.2 * texts.height or pairs.height < 10:
        return []
    sample = pairs.head(500)
    same = known = 0
    left = []
    for a, b in sample.iter_rows():
        both = [(x, y) for x, y in zip(a, b, strict=True) if x != "*" != y]
        same, known = same + sum(x == y for x, y in both), known + len(both)
        left.append(sum(x == y == "*" for x, y in zip(a, b, strict=True)))
    length = len(sample["a"][0])
    hidden = sorted(left)[len(left) // 2]
    apart = min(sample["a"][0].count("*"), sample["b"][0].count("*"))
    # Digits both show must agree: two of them by chance in one pair of a hundred.
    if length not in _MADE_UP or known < 2 * sample.height or same < 0.95 * known:
        return []
    if hidden >= apart or 10.0**hidden > _FEW:
        return []
    made = _MADE_UP[length]
    shown = [
        "".join(m if x != "*" else "*" for m, x in zip(made, sample[part][0], strict=True))
        for part in ("a", "b")
    ]
    return [
        Finding(
            "PARTIAL_ID_REIDENTIFIABLE",
            (one, other),
            pairs.height,
            share(pairs.height, texts),
            f"列「{one}」与「{other}」遮的是同一号码的不同位，拼起来只剩 {hidden} 位未知。",
            f"columns {one} and {other} mask different digits of the same number; together only "
            f"{hidden} digits are unknown.",
            "两列用同一种遮法，或只保留一列。",
            "Mask both columns alike, or keep one of them.",
            f"例：{shown[0]} + {shown[1]} → {made[: len(made) - hidden]}",
            f"for example {shown[0]} + {shown[1]} → {made[: len(made) - hidden]}",
        )
    ]


def birth_column(texts: pl.DataFrame, columns: Mapping[str, Column]) -> tuple[str | None, float]:
    """The column that tells the birth date, and how many days it leaves open."""
    best: tuple[str | None, float] = (None, 36500.0)
    for name in texts.columns:
        is_birth = (name in columns and columns[name].kind == "BIRTH_DATE") or "出生" in name
        if not is_birth and "年龄" not in name and name.lower() not in {"age", "nl", "birth_date"}:
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
