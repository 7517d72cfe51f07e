"""Finds personal data in the columns of a table, and what can still be read in a release.

A column is judged as a whole: how many of its look-alikes pass the check digit against how many
would by chance, what its header says, what stands in the columns beside it.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any, Final

import polars as pl

from anonymization import headers, patterns
from anonymization.columns import NEEDED, Profile
from anonymization.dictionary import (
    addresses,
    closed_list,
    each,
    loose_names,
    names,
    share,
    words,
)
from anonymization.tables import open_table


@dataclass(frozen=True)
class Column:
    """What a column holds and why it is thought so.

    `kind` is the identifier its cells are, or None; `item` the kind of personal information of
    the national lists; `hits` of `rows` hold it, `share` of the filled ones; `sensitivity` is 0
    (not personal), 1 (personal) or 2 (sensitive), `level` the least grade that follows from it;
    `inside` are all kinds that stand in its cells, alone or in text.
    """

    name: str
    kind: str | None
    hits: int
    rows: int
    distinct: int
    share: float
    sensitivity: int
    level: str | None
    evidence: str
    quasi: bool
    item: str | None = None
    evidence_en: str = ""
    inside: tuple[str, ...] = ()


@dataclass(frozen=True)
class Residual:
    """Direct identifiers of one kind that can still be read in a column."""

    column: str
    kind: str
    count: int


@dataclass(frozen=True)
class Cell:
    """One identifier in one cell; offsets in code points of the cell as written."""

    column: str
    row: int
    start: int
    end: int
    kind: str


# Organisations, networks and places are not people: readable, they are no leak by themselves.
_NOT_DIRECT: Final = frozenset({"USCC", "IP", "GPS"})
_DIRECT: Final = frozenset(pattern.kind for pattern in patterns.PATTERNS) - _NOT_DIRECT
# The least grade a kind calls for (grading matrix, floors F1 and F2).
_LEVELS: Final[Mapping[int, str | None]] = {0: None, 1: "2", 2: "4"}


def detect(table: Any, *, sample: int | None = None, today: date | None = None) -> list[Column]:
    """What each column of a table holds: a path, or a polars, pandas or Arrow table.

    Every row is read unless `sample` asks for that many, drawn over the whole table.
    """
    frame = _frame(table)
    if sample is not None and sample < frame.height:
        frame = frame.sample(sample, seed=0)
    day = today or date.today()  # noqa: DTZ011  # birth dates are civil dates
    profiles = list(Profile.every(frame, day))
    verdicts = [_verdict(profile, frame.height) for profile in profiles]
    return _neighbours(frame, profiles, verdicts)


def residual(
    table: Any, columns: Sequence[str] | None = None, *, today: date | None = None
) -> list[Residual]:
    """Direct identifiers that can be read in any cell, alone or inside text, in any disguise.

    Counts cells. Look-alikes that pass their check no oftener than by chance are not reported,
    nor are telephones and addresses in columns that say they are an organisation's.
    """
    frame = _frame(table)
    day = today or date.today()  # noqa: DTZ011
    chosen = frame if columns is None else frame.select(columns)
    return [
        Residual(profile.name, kind, count)
        for profile in Profile.every(chosen, day, _DIRECT)
        for kind, count in profile.carried().items()
        if kind != "LANDLINE" or count > profile.of_offices(kind)
    ]


def cells(table: Any, *, today: date | None = None) -> Iterator[Cell]:
    """Every identifier in every cell: whole cells of a column's kind, and those inside text."""
    frame = _frame(table)
    day = today or date.today()  # noqa: DTZ011
    for column in detect(frame, today=day):
        yield from _cells(frame[column.name], column, day)


# --- one column -----------------------------------------------------------------------------


@dataclass(frozen=True)
class Guess:
    """One reading of a column: cells it explains and the sentence for it."""

    kind: str
    hits: int
    share: float
    zh: str
    en: str


def _verdict(profile: Profile, rows: int) -> Column:
    """The best reading of a column, with what follows from it."""
    masked = profile.layout(_STARS)[1] > 0.5
    guesses = (
        []
        if masked
        else [*_checked(profile), *_old(profile), *_headed(profile), *_spelled(profile)]
    )
    best = max(guesses, key=lambda guess: guess.share, default=None)
    if best is None and not masked:
        best = _labelled(profile)
    if best is None:
        return _other(profile, rows, masked)
    known = headers.kinds()[best.kind]
    item = known["item"]
    if profile.header.item and best.kind in headers.items()[profile.header.item]["kinds"]:
        item = profile.header.item
    sensitivity = int(known["sensitivity"])
    return Column(
        name=profile.name,
        kind=best.kind,
        hits=best.hits,
        rows=rows,
        distinct=len(profile.values),
        share=best.hits / profile.present if profile.present else 0.0,
        sensitivity=sensitivity,
        level=_LEVELS[sensitivity],
        evidence=best.zh,
        quasi=bool(item) and headers.items()[item]["role"] == "quasi",
        item=item,
        evidence_en=best.en,
        inside=tuple({best.kind: None} | profile.carried()),
    )


_STARS: Final = "[*＊×●•■□]{2,}|[xX]{4,}"

# Least share of the distinct cells: without a word in the header, with one; least distinct cells.
_LEAST: Final[Mapping[str, tuple[float, float, int]]] = {
    "ID_CARD": (0.02, 0.02, 3),
    "USCC": (0.02, 0.02, 3),
    "EMAIL": (0.05, 0.02, 2),
    "PLATE": (0.3, 0.02, 3),
    "MAC": (0.3, 0.02, 2),
    "BANK_CARD": (0.3, 0.02, 6),
    "MOBILE": (0.3, 0.02, 8),
    "LANDLINE": (0.3, 0.02, 4),
    "IP": (0.8, 0.3, 4),
    "GPS": (0.5, 0.3, 3),
}
_CHECKED: Final = {"ID_CARD", "USCC", "BANK_CARD"}
# Kinds without a check digit, and headers that say their look-alikes are something else.
_LOOKS_ONLY: Final = {"MOBILE", "LANDLINE", "PLATE", "IP"}
_OTHERWISE: Final = (
    "(?:发票|流水|运单|快递单|订单|单据|凭证|合同|条码|序列|批|工单|案|票据|设备|资产|产品|商品|型|货|文|批准"
    "|业务|受理|申请)(?:号|号码|编号|编码|代码)$|版本|固件|version|firmware|sku|invoice|order"
)


def _checked(profile: Profile) -> Iterator[Guess]:
    """Kinds that their own check digits or layouts prove."""
    for kind, (alone, headed, few) in _LEAST.items():
        if kind not in profile.kinds:
            continue
        each = profile.of_kind(kind, True)
        good = each.filter("valid")
        if good.is_empty() or good.height < NEEDED.get(kind, 0.0) * each.height:
            continue
        named = kind in profile.header.kinds
        part = good.height / len(profile.values)
        if not named and kind in _LOOKS_ONLY and re.search(_OTHERWISE, profile.header.spoken):
            continue
        # Two that pass where nothing fails are no chance either: in 25 rows there are no more.
        sure = kind in _CHECKED and good.height >= 2 and good.height == each.height
        few_here = good.height < few and part < 1 and not sure
        if part < (headed if named else alone) or (not named and few_here):
            continue
        if not named and not profile.various(kind):
            continue
        hits = int(good["n"].sum())
        zh = "通过校验位" if kind in _CHECKED else f"符合{headers.kinds()[kind]['zh']}的写法"
        en = "pass the check digit" if kind in _CHECKED else f"are written as {_en(kind)}s"
        yield Guess(
            kind,
            hits,
            part,
            f"{profile.present} 行中 {hits} 行{zh}",
            f"{hits} of {profile.present} rows {en}",
        )


def _en(kind: str) -> str:
    return str(headers.kinds()[kind]["en"])


# Region, birth date without its century, order number: no check digit, so the whole column must
# be of it, and its years must be spread as births are and dates of papers are not.
_OLD: Final = (
    "^(?:1[1-5]|2[1-3]|3[1-7]|4[1-6]|5[0-4]|6[1-5])[0-9]{4}"
    "([0-9]{2})(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])[0-9]{3}$"
)


def _old(profile: Profile) -> Iterator[Guess]:
    """Citizen numbers of 15 digits, as given out until 1999."""
    hits, part = profile.layout(_OLD)
    if part < 0.9 or len(profile.values) < 8:
        return
    years = profile.values.str.extract(_OLD).drop_nulls()
    if share(years.cast(pl.Int32) >= 27) > 0.5:
        zh = f"{profile.present} 行中 {hits} 行像十五位的旧身份证号码"
        en = f"{hits} of {profile.present} rows look like citizen numbers of 15 digits"
        yield Guess("ID_CARD", hits, part - 0.01, zh, en)


_DATE: Final = (
    r"^(?:18|19|20)[0-9]{2}(?:[-/.年] ?[0-9]{1,2}[-/.月]? ?(?:[0-9]{1,2}日?)?"
    r"|(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])?)(?:[ T]0?0:00(?::00.*)?)?$"
)
# What a value looks like where the header says what it is.
_LAYOUTS: Final[dict[str, str]] = {
    # A spreadsheet keeps fifteen digits of eighteen and shows a power of ten.
    "ID_CARD": r"^[1-9][0-9]{5}(?:19|20)?[0-9]{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])"
    r"[0-9]{3}[0-9Xx]?$|^[1-9]\.[0-9]{3,}[eE]\+?17$",
    "MAC": "^[0-9A-Fa-f]{12}$",
    "MOBILE": r"^(?:\+?86[- ]?)?1[3-9][0-9][- ]?[0-9]{4}[- ]?[0-9]{4}(?:\.0)?$",
    "LANDLINE": r"^(?:\(?0[0-9]{2,3}\)?[- ]?)?[2-8][0-9]{6,7}(?:(?:-|转)[0-9]{1,6})?(?:\.0)?$",
    "BANK_CARD": r"^[1-9][0-9]{3}(?:[ -]?[0-9]{2,}){3,6}$",
    "PASSPORT": "^[A-Za-z]{1,2}[0-9]{7,8}$",
    "SSN": "^[A-Za-z0-9][0-9]{8}$|^[0-9]{8,12}$",
    "MRN": "^[A-Za-z]{0,4}-?[0-9]{4,14}$",
    "WECHAT": "^[A-Za-z][A-Za-z0-9_-]{5,19}$|^1[3-9][0-9]{9}$|^[1-9][0-9]{5,10}$",
    "QQ": "^[1-9][0-9]{4,10}(?:\\.0)?$",
    "BIRTH_DATE": _DATE,
    "GPS": r"^(?:[0-9]{1,2}|1[0-3][0-9])\.[0-9]{3,}$",
}
_BANK_WORDS: Final = ("银行", "收款", "发放", "打款", "开户", "代发", "结算", "bank", "yh")


def _headed(profile: Profile) -> Iterator[Guess]:
    """Kinds the header names, borne out by the layout of the values."""
    for kind in profile.header.kinds:
        layout = _LAYOUTS.get(kind) or headers.kinds()[kind].get("layout")
        if layout is None:
            continue
        if kind == "BANK_CARD" and not any(one in profile.name.lower() for one in _BANK_WORDS):
            continue
        hits, share = profile.layout(layout)
        if share >= 0.5:
            zh, en = headers.kinds()[kind]["zh"], _en(kind)
            yield Guess(
                kind,
                hits,
                # A check digit says more than a header: at equal shares it goes first.
                share - 0.01,
                f"列名含「{profile.header.word}」，{profile.present} 行中 {hits} 行像{zh}",
                f"the header says so and {hits} of {profile.present} rows look like a {en}",
            )


_WHO: Final = "(?:人|者|户|员|师|生|对象|家属|军人|民|孤儿|儿童|妇女?|子女)$"
_NAME_WORDS: Final = frozenset({"姓名", "名字", "xm", "full_name", "fullname", "realname"})
_PLACES: Final = r"^\p{Han}{1,12}(?:省|市|盟|区|县|旗|街道|镇|乡|苏木|社区|嘎查)$"


def _spelled(profile: Profile) -> Iterator[Guess]:
    """Names and addresses, by the words they are made of."""
    header, values = profile.header, profile.values
    if values.is_empty():
        return
    first = header.kinds[0] if header.kinds else None
    # 残疾人 is what somebody is, or who he is: names say which.
    who = header.item is None or re.search(_WHO, header.spoken) is not None
    if first == "PERSON" or (first is None and who):
        hits, strict = profile.like(each(values, names))
        if first == "PERSON":
            loosely = profile.like(each(values, loose_names))
            sure = header.word in _NAME_WORDS or strict >= 0.35
            if loosely[1] >= 0.6 and sure:
                hits, strict = loosely
                yield Guess("PERSON", hits, strict - 0.02, *_spelling(profile, hits, "PERSON"))
        elif strict >= 0.7 and len(values) >= 10 and _long_enough(values):
            yield Guess("PERSON", hits, strict - 0.02, *_spelling(profile, hits, "PERSON"))
    if header.organisation or first not in {"ADDRESS", None}:
        return
    hits, share = profile.like(addresses(values))
    least = 0.3 if first == "ADDRESS" else 0.7
    if share >= least and (first == "ADDRESS" or len(values) >= 8):
        yield Guess("ADDRESS", hits, share - 0.02, *_spelling(profile, hits, "ADDRESS"))


def _long_enough(values: pl.Series) -> bool:
    """Whether a fifth have three characters or more, as names do and cities or trades do not."""
    return share(values.str.len_chars() >= 3) >= 0.2


def _spelling(profile: Profile, hits: int, kind: str) -> tuple[str, str]:
    zh = headers.kinds()[kind]["zh"]
    said = f"列名含「{profile.header.word}」，" if kind in profile.header.kinds else ""
    return (
        f"{said}{profile.present} 行中 {hits} 行用字像{zh}",
        f"{hits} of {profile.present} rows read like a {_en(kind)}",
    )


def _labelled(profile: Profile) -> Guess | None:
    """Short cells that hold one identifier each behind some label, as 电话：13…."""
    if share(profile.values.str.len_chars() <= 30) < 0.8:
        return None
    for kind in [one for one in _LEAST if one in profile.kinds]:
        good = profile.of_kind(kind, False).filter("valid")
        hits = int(good["n"].sum())
        if good.height < 3 or hits < 0.8 * profile.present:
            continue
        if profile.believed(kind) and profile.various(kind):
            zh, en = headers.kinds()[kind]["zh"], _en(kind)
            return Guess(
                kind,
                hits,
                good.height / len(profile.values),
                f"{profile.present} 行中 {hits} 行带有{zh}",
                f"{hits} of {profile.present} rows carry a {en}",
            )
    return None


def _other(profile: Profile, rows: int, masked: bool) -> Column:
    """A column that is no identifier: what it carries inside, whether it helps to single out."""
    inside = {} if masked else profile.carried()
    if re.search(_OTHERWISE, profile.header.spoken):
        inside = {kind: count for kind, count in inside.items() if kind not in _LOOKS_ONLY}
    carried = {kind: count for kind, count in inside.items() if kind in _DIRECT}
    item = _item(profile)
    entry = headers.items().get(item or "")
    sensitivity = 0 if entry is None else 1 + int(entry["sensitive"])
    sensitivity = max(
        [sensitivity, *(int(headers.kinds()[kind]["sensitivity"]) for kind in carried)]
    )
    hits = max(carried.values(), default=0)
    zh, en = _said(profile, item, carried, masked)
    return Column(
        name=profile.name,
        kind=None,
        hits=hits,
        rows=rows,
        distinct=len(profile.values),
        share=hits / profile.present if profile.present else 0.0,
        sensitivity=sensitivity,
        level=_LEVELS[sensitivity],
        evidence=zh,
        quasi=entry is not None and entry["role"] == "quasi",
        item=item,
        evidence_en=en,
        inside=tuple(inside),
    )


def _item(profile: Profile) -> str | None:
    """The item of personal information a column is by its header, else by its closed values."""
    item = profile.header.item
    if item is not None and headers.items()[item]["kinds"]:
        # The header names an identifier and the values are none.
        item = None
    if item is not None:
        return item
    listed = closed_list(profile.values)
    if listed:
        return listed
    places = profile.layout(_PLACES)[1]
    return "所属社区" if places >= 0.9 and 1 < len(profile.values) <= 500 else None


def _said(
    profile: Profile, item: str | None, carried: Mapping[str, int], masked: bool
) -> tuple[str, str]:
    present = profile.present
    if not present:
        return "整列为空", "the column is empty"
    if carried:
        zh = "、".join(f"{n} 行夹带{headers.kinds()[k]['zh']}" for k, n in carried.items())
        en = ", ".join(f"{n} carry a {_en(k)}" for k, n in carried.items())
        return f"文字列，{present} 行中 {zh}", f"text; of {present} rows {en}"
    if masked:
        return "多数单元格已部分遮盖", "most cells are partly masked"
    chance = _by_chance(profile)
    if chance:
        return chance
    if profile.header.organisation:
        return (
            "列名或同表的列表明是单位信息",
            "the header or the table says it is an organisation's",
        )
    if item:
        return f"列名或取值像「{item}」", f"header or values say {headers.items()[item]['en']}"
    return "未发现个人信息", "no personal information found"


def _by_chance(profile: Profile) -> tuple[str, str] | None:
    """The sentence for look-alikes, so that a clerk sees why they were passed over."""
    for kind in [one for one in ("ID_CARD", "BANK_CARD", "USCC", "MOBILE") if one in profile.kinds]:
        each = profile.of_kind(kind, True)
        if each.height > 0.5 * len(profile.values):
            passed = share(each["valid"])
            zh, en = headers.kinds()[kind]["zh"], _en(kind)
            return (
                f"长得像{zh}，但只有 {passed:.0%} 符合规则，与偶然相当",
                f"looks like a {en}, but only {passed:.0%} follow its rule, as by chance",
            )
    return None


# --- beside each other ----------------------------------------------------------------------


def _neighbours(
    frame: pl.DataFrame, profiles: Sequence[Profile], verdicts: list[Column]
) -> list[Column]:
    """What only columns together show: birth dates, names without a header, firms' addresses."""
    kinds = {column.kind for column in verdicts}
    numbers = [one.name for one in verdicts if one.kind == "ID_CARD"]
    people = kinds & {"ID_CARD", "MOBILE", "BANK_CARD", "BIRTH_DATE"}
    made = []
    for profile, column in zip(profiles, verdicts, strict=True):
        if column.kind is None and numbers and profile.layout(_DATE)[1] > 0.8:
            column = _born(frame, numbers[0], profile, column)
        if column.kind is None and column.item is None and people and not profile.header.kinds:
            hits, share = profile.like(names(profile.values))
            if share >= 0.6 and len(profile.values) >= 5 and _long_enough(profile.values):
                zh, en = _spelling(profile, hits, "PERSON")
                column = _as(column, "PERSON", hits, profile.present, zh, en)
        if column.kind == "ADDRESS" and "USCC" in kinds and not people and "PERSON" not in kinds:
            firms = replace(profile, header=replace(profile.header, organisation=True))
            column = _other(firms, column.rows, False)
        made.append(column)
    return made


def _born(frame: pl.DataFrame, number: str, profile: Profile, column: Column) -> Column:
    ids = patterns.unmasked(frame[number]).str.replace_all(r"[ \-./·]", "").str.slice(6, 8)
    parts = patterns.unmasked(frame[profile.name]).str.extract_groups(
        r"^(?<y>[0-9]{4})[-/.年]? ?(?<m>[0-9]{1,2})[-/.月]? ?(?<d>[0-9]{1,2})"
    )
    dates = (
        parts.struct.field("y")
        + parts.struct.field("m").str.zfill(2)
        + parts.struct.field("d").str.zfill(2)
    )
    hits = int((dates == ids).sum())
    if hits < 0.8 * profile.present:
        return column
    zh = f"{profile.present} 行中 {hits} 行与「{number}」中的出生日期相同"
    en = f"{hits} of {profile.present} rows equal the birth date inside {number}"
    return _as(column, "BIRTH_DATE", hits, profile.present, zh, en)


def _as(column: Column, kind: str, hits: int, present: int, zh: str, en: str) -> Column:
    known = headers.kinds()[kind]
    return replace(
        column,
        kind=kind,
        hits=hits,
        share=hits / present if present else 0.0,
        sensitivity=int(known["sensitivity"]),
        level=_LEVELS[int(known["sensitivity"])],
        evidence=zh,
        quasi=headers.items()[known["item"]]["role"] == "quasi",
        item=known["item"],
        evidence_en=en,
        inside=(kind, *column.inside),
    )


# --- cells ----------------------------------------------------------------------------------


def _cells(values: pl.Series, column: Column, today: date) -> Iterator[Cell]:
    profile = Profile.of(values, today, frozenset(column.inside))
    telling = profile.found.filter("valid").with_columns(
        cell=profile.values.gather(profile.found.filter("valid")["row"])
    )
    inside = set(telling["cell"])
    # Most cells are the identifier as it is: nothing to look for in them.
    same = telling.filter(pl.col("kind") == (column.kind or ""), pl.col("found") == pl.col("cell"))
    plainly = set(same["cell"])
    texts = values.cast(pl.String, strict=False)
    for row, (text, bare) in enumerate(zip(texts, patterns.unmasked(values), strict=True)):
        if not bare:
            continue
        if text in plainly and column.kind:
            spans = [patterns.Span(0, len(text), column.kind)]
        else:
            spans = patterns.find(text, today, column.inside) if bare in inside else []
            if column.kind:
                full = [one for one in spans if one.end - one.start >= len(bare)]
                spans = full or _whole(text, bare, column) or spans
        for span in spans:
            yield Cell(column.name, row, span.start, span.end, span.kind)


def _whole(text: str, bare: str, column: Column) -> list[patterns.Span]:
    """The cell as a whole, where most of the column is such cells and this one looks like them."""
    layout = _LOOSE.get(column.kind or "")
    if column.share < 0.5 or column.kind is None or bare in words()["nothing"]:
        return []
    if layout and not re.search(layout, bare):
        return []
    start = len(text) - len(text.lstrip())
    return [patterns.Span(start, len(text.rstrip()), column.kind)]


# What still is one of its column, mistyped or not.
_LOOSE: Final[Mapping[str, str]] = _LAYOUTS | {"ID_CARD": "^[0-9][0-9 -]{13,20}[0-9Xx]$"}


# --- tables ---------------------------------------------------------------------------------


def _frame(table: Any) -> pl.DataFrame:
    """Any table as a polars frame."""
    if isinstance(table, pl.DataFrame):
        return table
    if isinstance(table, pl.Series):
        return table.to_frame()
    if isinstance(table, str | Path):
        return open_table(table).frame()
    if hasattr(table, "schema") and hasattr(table, "column_names"):
        made = pl.from_arrow(table)
        assert isinstance(made, pl.DataFrame)
        return made
    converted: pl.DataFrame = pl.from_pandas(table)
    return converted
