"""Masks that can be completed: from what they show, the columns beside them, and each other."""

import itertools
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from typing import Final

import polars as pl

from anonymization import anniversaries, halves
from anonymization.detection import Column
from anonymization.dictionary import names as names_of_people
from anonymization.disguises import unmasked
from anonymization.findings import Finding, drawn, matching, share, starred

# Fewer candidates than this and a masked number leads to a person.
_FEW: Final = 1000
# Districts of the city, which an attacker from here would try.
_LOCAL: Final = ("150301", "150302", "150303", "150304")
# How many ways the first digits of a mobile may go, by how many of them are hidden.
_SEGMENTS: Final = (1.0, 1.0, 7.0, 45.0)
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
    hiding = {
        name: _starred(name, texts[name], _is_tail(name))
        for name in texts.columns
        if _is_tail(name) or matching(texts[name], _STARS) >= 0.05
    }
    hiding |= {
        name: cut
        for name in texts.columns
        if name not in hiding and (cut := _cut(texts[name])) is not None
    }
    findings = []
    for name, values in hiding.items():
        found = _alone(name, values, beside, texts) or _plates(texts[name], texts)
        if found is not None:
            findings.append(found)
    alone = {one.columns[0] for one in findings}
    findings += anniversaries.completed(
        texts, {name: values for name, values in hiding.items() if name not in alone}
    )
    alone |= {one.columns[0] for one in findings}
    findings += _names_together(texts, {one for found in findings for one in found.columns})
    findings += (one for one in halves.completed(texts, hiding) if one.columns[0] not in alone)
    told: set[str] = set()
    views = {**hiding, **_pieces(texts, columns)}
    for width in (2, 3):
        for names in itertools.combinations(list(views)[:_MOST_VIEWS], width):
            # What one column tells by itself may complete another.
            if set(names) & told or set(names) <= alone:
                continue
            if (found := _together(names, views, hiding, texts)) is not None:
                findings.append(found)
                told |= set(names)
    return findings


# Columns that show parts of numbers, beyond which sets of three are too many to try.
_MOST_VIEWS: Final = 12
_STARS: Final = r"[*＊×●•#■□]|[xX]{2,}"


def _is_sex(name: str) -> bool:
    return "性别" in name or name.lower() in {"sex", "gender", "xb"}


def _is_tail(name: str) -> bool:
    """Whether a header says that the column holds the last digits of a citizen number."""
    said = "(?:身份证|证件|公民|sfz).*(?:[后尾末](?:[四五六七八4-8]|号))"
    return re.search(said, name.lower()) is not None


def _starred(name: str, values: pl.Series, tails: bool) -> pl.Series:
    """Masked numbers with `*` for every character that is hidden, anything else null.

    With `tails` the last digits alone are a mask as well. Where all masks have the same few signs
    whatever they hide, they are as long as the number the header or the digits in front tell of.
    """
    shown = starred(unmasked(values).str.replace_all(r"[ \-]", ""))
    # The number of a pupil is G and the citizen's: letters in front hide nothing.
    shown = shown.str.replace(r"^[A-Za-z]{1,3}([1-9][0-9*]{16}[0-9Xx*])$", "${1}")
    for width in range(14, 1, -1):
        shown = shown.str.replace_all(f"[xX]{{{width}}}", "*" * width)
    shown = _filled(name, shown.str.replace(r"^\+?86(1[3-9*])", "${1}"))
    if tails:
        shown = shown.str.strip_chars_start("*").str.pad_start(18, "*")
    picked = pl.DataFrame({"v": shown}).select(
        pl.when(
            pl.col("v").str.contains(r"^[0-9*]*[0-9Xx*]$")
            & pl.col("v").str.contains("[0-9]")
            & pl.col("v").str.contains(r"\*")
        )
        .then("v")
        .alias("v")
    )
    return picked["v"]


def _cut(values: pl.Series) -> pl.Series | None:
    """Citizen numbers that a sheet kept as numbers, of which fifteen digits are left, as masks.

    The rest became zeros, or a power of ten: 150302198802140000, 1.50302198802140E+17.
    """
    some = drawn(values.drop_nulls())
    if matching(some, r"^[1-9][0-9]{14}000$|^[1-9]\.[0-9]{2,14}[eE]\+?17$") < 0.9:
        return None
    digits = values.str.extract_groups(r"^([1-9])\.([0-9]{2,14})[eE]\+?17$")
    spelled = digits.struct[0] + digits.struct[1].str.pad_end(14, "0")
    first = pl.DataFrame({"s": spelled, "v": values.str.head(15)}).select(
        pl.coalesce("s", "v")
    ).to_series()  # fmt: skip
    born = first.str.extract(f"^[1-9][0-9]{{5}}({_YEAR}){_MONTH_DAY}[0-9]$")
    # A number of a paper has the day of this year or the last ones.
    if born.null_count() - first.null_count() > 0.1 * len(values) or born.n_unique() < 8:
        return None
    return first + "***"


_YEAR: Final = "(?:19|20)[0-9]{2}"
_MONTH_DAY: Final = "(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])"
_OF_PHONES: Final = "手机|电话|联系|号码|mobile|phone|tel|sjh|lxdh"
_OF_CITIZENS: Final = "身份证|证件|公民|sfz|idcard|id_card"


def _filled(name: str, shown: pl.Series) -> pl.Series:
    """Masks of too few signs as long as what they stand for, with one run of signs each."""
    run = r"^([0-9]*)\*{2,}([0-9]*[Xx]?)$"
    lengths = shown.drop_nulls().str.len_chars()
    if not len(lengths) or (lengths == 11).any() or (lengths == 18).any():
        return shown
    if matching(shown, run) < 0.5:
        return shown
    spoken = name.lower()
    if matching(shown, "^1[3-9][0-9]+\\*") > 0.5 and re.search(_OF_PHONES, spoken):
        width = 11
    elif re.search(_OF_CITIZENS, spoken) or matching(shown, "^1503[0-9]{2,}\\*") > 0.5:
        width = 18
    else:
        return shown
    parts = shown.str.extract_groups(run)
    front, back = parts.struct[0], parts.struct[1]
    seen = front.str.len_chars() + back.str.len_chars()
    made = pl.DataFrame({"f": front, "b": back, "n": width - seen.cast(pl.Int64), "old": shown})
    return made.select(
        pl.when((pl.col("n") > 0) & (pl.col("f").str.len_chars() + pl.col("n") > 0))
        .then(pl.col("f").str.pad_end(width, "*").str.head(width - pl.col("b").str.len_chars())
              + pl.col("b"))
        .otherwise("old")
    ).to_series()  # fmt: skip


def _alone(name: str, values: pl.Series, beside: Beside, texts: pl.DataFrame) -> Finding | None:
    """The mask most records of a column have, if few candidates are left for each of them."""
    best: Finding | None = None
    for shape, records in _shapes(values):
        found = _candidates(shape, beside, re.search(_OF_PHONES, name.lower()) is not None)
        if found is None:
            continue
        kind, count, used = found
        if count > _FEW or (best is not None and best.records >= records):
            continue
        known = tuple(dict.fromkeys((name, *(one for one in used if one))))
        best = _finding(known, shape, kind, count, records, texts)
    return best


def _plates(values: pl.Series, texts: pl.DataFrame) -> Finding | None:
    """Plates of which one sign is hidden: at most 34 cars, of which few are on the road."""
    shown = starred(unmasked(values).str.replace_all(r"[·\s\-]", ""))
    holding = shown.str.contains(r"^\p{Han}[A-Z*][A-Z0-9*]{5,6}$") & (
        shown.str.count_matches(r"\*") == 1
    )
    records = int(holding.sum())
    if records < max(1, 0.05 * len(values)):
        return None
    return Finding(
        "PARTIAL_ID_REIDENTIFIABLE",
        (str(values.name),),
        records,
        share(records, texts),
        f"列「{values.name}」的车牌号只遮了一位，最多 34 个候选，一查便知是谁的车。",
        f"column {values.name} hides one sign of a plate: at most 34 cars, and a look tells whose.",
        "至少遮去后三位，或换成带密钥假名。",
        "Hide the last three signs at least, or use a keyed pseudonym.",
        "例：蒙CD1*61 → 最多 34 辆车",
        "for example 蒙CD1*61 → at most 34 cars",
    )


def _shapes(values: pl.Series) -> list[tuple[str, int]]:
    """The shapes of masks, `9` for a digit that shows, with how many records have each."""
    heads = values.drop_nulls().str.replace("^1[3-9]", "M").str.replace_all("[0-9Xx]", "9")
    counts = heads.value_counts(sort=True).head(_SHAPES)
    return list(counts.iter_rows())


def _candidates(
    shape: str, beside: Beside, phones: bool
) -> tuple[str, float, tuple[str | None, ...]] | None:
    """Which number a mask hides, how many it may be, and the columns that helped.

    `phones` says that the header speaks of telephones.
    """
    seen = shape.replace("M", "99")
    hidden = seen.count("*")
    if len(seen) == 11 and shape.startswith("M"):
        return "手机号码", 10.0**hidden, ()
    if len(seen) == 11 and phones and hidden and set(seen.lstrip("*")) == {"9"}:
        # Only the segments given out fit in front.
        front = min(3, len(seen) - len(seen.lstrip("*")))
        return "手机号码", _SEGMENTS[front] * 10.0 ** (hidden - front), ()
    if len(seen) in {16, 19} and "*" not in seen[:6] and hidden:
        # Of the numbers that fit one in ten passes Luhn.
        return "银行账号", 10.0 ** (hidden - 1), ()
    if len(seen) != 18 or seen.count("9") < 4 or not hidden:
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
_MADE_UP: Final = {
    18: "150302198802140012",
    11: "13800000000",
    16: "6222000000000000",
    19: "6222000000000000000",
}


# Of whom a header speaks besides the person himself: another's number is another number.
_OTHERS: Final = (
    "紧急|家属|亲属|监护|配偶|父|母|家长|备用|第二|经办|代办|办理|网格|介绍|担保|单位|负责"
)
# How a header says which digits a column without masks holds.
_PLACED: Final = (
    ("[前首头](?:[二三四五六七八2-8])位?|号段|前缀|前段|段一", "front"),
    ("[后尾末](?:[二三四五六七八2-8])位?|尾号|后缀|后段|段三", "back"),
    ("中间|中[二三四五六2-6]位|中段|段二", "middle"),
)


def _pieces(texts: pl.DataFrame, columns: Mapping[str, Column]) -> dict[str, pl.Series]:
    """Columns of bare digits whose headers say which part of a number they are, as masks.

    Where the part stands in the middle its place is that of the usual mask.
    """
    made = {}
    for name in texts.columns:
        values = texts[name]
        place = part_of(name, values)
        if place is None or columns[name].kind in {"ID_CARD", "MOBILE"} or _is_tail(name):
            continue
        width = 18 if re.search(_OF_CITIZENS, name.lower()) else 11
        if place == "front":
            made[name] = values.str.pad_end(width, "*")
        elif place == "back":
            made[name] = values.str.pad_start(width, "*")
        else:
            made[name] = ("*" * (3 if width == 11 else 6) + values).str.pad_end(width, "*")
    return made


def part_of(name: str, values: pl.Series) -> str | None:
    """Which part of a number a header says that a column of bare digits holds, or None."""
    place = next((where for say, where in _PLACED if re.search(say, name)), None)
    if place is None or matching(drawn(values.drop_nulls()), "^[0-9]{2,14}[Xx]?$") < 0.95:
        return None
    return place


def _together(
    names: tuple[str, ...],
    views: Mapping[str, pl.Series],
    hiding: Mapping[str, pl.Series],
    texts: pl.DataFrame,
) -> Finding | None:
    """Partial views of the same number that show different digits of it."""
    if not set(names) & hiding.keys():
        return None
    rows = pl.DataFrame({str(n): views[name] for n, name in enumerate(names)}).drop_nulls()
    rows = rows.filter(pl.all_horizontal(pl.all().str.len_chars() == pl.col("0").str.len_chars()))
    if rows.height < 0.2 * texts.height or rows.height < 10:
        return None
    cells = rows.gather_every(max(1, rows.height // 500))
    length = len(cells["0"][0])
    if length not in _MADE_UP or not _of_one(names, cells):
        return None
    left = [
        sum(all(sign == "*" for sign in signs) for signs in zip(*row, strict=True))
        for row in cells.iter_rows()
    ]
    hidden = sorted(left)[len(left) // 2]
    apart = min(cells[one][0].count("*") for one in cells.columns)
    # Every view must add something, or a smaller set says the same.
    if hidden >= apart or 10.0**hidden > _FEW:
        return None
    made = _MADE_UP[length]
    shown = [
        "".join(m if x != "*" else "*" for m, x in zip(made, cells[one][0], strict=True))
        for one in cells.columns
    ]
    said = "」与「".join(names)
    return Finding(
        "PARTIAL_ID_REIDENTIFIABLE",
        names,
        rows.height,
        share(rows.height, texts),
        f"列「{said}」遮的是同一号码的不同位，拼起来只剩 {hidden} 位未知。",
        f"columns {' and '.join(names)} mask different digits of the same number; together only "
        f"{hidden} digits are unknown.",
        "各列用同一种遮法，或只保留一列。",
        "Mask the columns alike, or keep one of them.",
        f"例：{' + '.join(shown)} → {made[: len(made) - hidden]}",
        f"for example {' + '.join(shown)} → {made[: len(made) - hidden]}",
    )


def _names_together(texts: pl.DataFrame, told: set[str]) -> Iterator[Finding]:
    """Names masked at one end in one column and at the other in another."""
    shown = {
        name: starred(texts[name])
        for name in texts.columns
        if matching(starred(drawn(texts[name].drop_nulls())), _PART_OF_NAME) > 0.8
    }
    for one, other in itertools.combinations(shown, 2):
        rows = pl.DataFrame({"a": shown[one], "b": shown[other]}).drop_nulls().unique()
        rows = rows.filter(pl.col("a").str.len_chars() == pl.col("b").str.len_chars())
        if rows.height < 10 or {one, other} <= told:
            continue
        joined = [_joined(*row) for row in rows.head(500).iter_rows()]
        whole = pl.Series([name for name in joined if name and "*" not in name], dtype=pl.String)
        if len(whole) < 0.6 * len(joined) or names_of_people(whole).mean() < 0.6:  # type: ignore[operator]
            continue
        records = int((texts[one].is_not_null() & texts[other].is_not_null()).sum())
        yield Finding(
            "PARTIAL_ID_REIDENTIFIABLE",
            (one, other),
            records,
            share(records, texts),
            f"列「{one}」与「{other}」遮的是同一姓名的不同字，拼起来就是全名。",
            f"columns {one} and {other} mask different characters of the same name; together they "
            "show the whole of it.",
            "各列用同一种遮法，或只保留一列。",
            "Mask the columns alike, or keep one of them.",
            "例：张*某 + *某某 → 张某某",
            "for example 张*某 + *某某 → 张某某",
        )


_PART_OF_NAME: Final = r"^[\p{Han}*]*(?:\p{Han}\*|\*\p{Han})[\p{Han}*]*$"


def _joined(one: str, other: str) -> str | None:
    """What two views of a name show together; None where they contradict each other."""
    made = []
    for a, b in zip(one, other, strict=True):
        if "*" not in {a, b} and a != b:
            return None
        made.append(b if a == "*" else a)
    return "".join(made)


def _of_one(names: tuple[str, ...], cells: pl.DataFrame) -> bool:
    """Whether masks hide the same number: digits two of them show agree, or the headers say so."""
    linked = {0}
    for one, other in itertools.combinations(range(len(names)), 2):
        same = known = 0
        for a, b in zip(cells[str(one)], cells[str(other)], strict=True):
            both = [(x, y) for x, y in zip(a, b, strict=True) if x != "*" != y]
            same, known = same + sum(x == y for x, y in both), known + len(both)
        # Digits both show must agree: two of them by chance in one pair of a hundred.
        if known and same < 0.95 * known:
            return False
        # With nothing in common they may be two people's, if a header speaks of somebody else.
        agreed = known >= 2 * cells.height or _whose(names[one]) == _whose(names[other])
        if agreed and linked & {one, other}:
            linked |= {one, other}
    return len(linked) == len(names)


def _whose(name: str) -> str:
    found = re.search(_OTHERS, name)
    return found[0] if found else ""


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
