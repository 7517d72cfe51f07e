"""Finds personal data in the columns of a table and what is still readable in a release."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import polars as pl

from anonymization.plan import role_of
from anonymization.tables import open_table


@dataclass(frozen=True)
class Column:
    """What a column seems to hold; `evidence` is a sentence for a clerk, Chinese and English."""

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


@dataclass(frozen=True)
class Residual:
    """Direct identifiers of one kind that can still be read in a column."""

    column: str
    kind: str
    count: int


_ID: Final = (
    "[1-9][0-9]{5}(?:19|20)[0-9]{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])[0-9]{3}[0-9Xx]"
)
_PATTERNS: Final[Mapping[str, str]] = {
    "ID_CARD": f"(?:^|[^0-9A-Za-z])({_ID})(?:[^0-9A-Za-z]|$)",
    "MOBILE": "(?:^|[^0-9A-Za-z.])(?:\\+?86)?(1[3-9][0-9]{9})(?:[^0-9A-Za-z]|$)",
    "EMAIL": "([A-Za-z0-9._%+-]+@[A-Za-z0-9-]+\\.[A-Za-z0-9.-]+)",
    "BANK_CARD": "(?:^|[^0-9A-Za-z.])([3-9][0-9]{15,18})(?:[^0-9A-Za-z]|$)",
    "ADDRESS": "((?:区|旗|县|街道|镇|路|街|巷|小区|社区)[一-龥A-Za-z0-9-]{0,20}"
    "[0-9一二三四五六七八九十]+(?:号|栋|幢|单元|室|户))",
}
_HEADERS: Final[Mapping[str, tuple[str, ...]]] = {
    "PERSON": ("姓名", "户主", "联系人", "法定代表人", "申请人", "name"),
    "ID_CARD": ("身份证", "公民身份号码", "证件号"),
    "MOBILE": ("手机", "联系电话", "mobile", "phone"),
    "ADDRESS": ("住址", "地址", "address"),
    "BIRTH_DATE": ("出生日期", "出生年月", "birth"),
    "BANK_CARD": ("银行账号", "银行卡", "卡号"),
}
_QUASI: Final = (
    "性别",
    "年龄",
    "民族",
    "出生",
    "籍贯",
    "学历",
    "文化程度",
    "职业",
    "区",
    "社区",
    "街道",
    "户籍地",
    "婚姻",
    "邮编",
    "sex",
    "age",
    "race",
    "birth",
    "occupation",
    "education",
    "zip",
)
_WEIGHTS: Final = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


def detect(of: Any, *, sample: int | None = None) -> list[Column]:
    """What each column of a path or frame holds; the whole column is read unless sampled."""
    frame = _texts(of)
    frame = frame.head(sample) if sample else frame
    return [_column(frame[name]) for name in frame.columns]


def residual(of: Any, columns: Sequence[str] | None = None) -> list[Residual]:
    """Direct identifiers readable in any cell, check digits valid, inside text too."""
    frame = _texts(of)
    found = []
    for name in frame.columns if columns is None else columns:
        for kind in _PATTERNS:
            count = int(_hits(frame[name], kind).sum())
            if count:
                found.append(Residual(name, kind, count))
    return found


def spans(of: Any) -> Iterator[dict[str, Any]]:
    """Where each identifier stands: row from 0, column, code points, end exclusive, kind."""
    table: pl.DataFrame = of if isinstance(of, pl.DataFrame) else open_table(of).frame()
    for name in table.columns:
        values = table[name].cast(pl.String, strict=False)
        column = _column(_texts(table.select(name))[name])
        for row, value in enumerate(values):
            if value and column.kind is not None:
                end = len(value)
                yield {"row": row, "col": name, "start": 0, "end": end, "kind": column.kind}
            elif value:
                for kind, pattern in _PATTERNS.items():
                    for hit in re.finditer(pattern, value):
                        start, end = hit.span(1)
                        yield {"row": row, "col": name, "start": start, "end": end, "kind": kind}


def _texts(of: Any) -> pl.DataFrame:
    table: pl.DataFrame = of if isinstance(of, pl.DataFrame) else open_table(of).frame()
    shown = pl.all().cast(pl.String, strict=False).str.normalize("NFKC")
    hidden = "[\\x{200b}-\\x{200f}\\x{feff}]"
    frame = table.select(shown).with_columns(pl.all().str.replace_all(hidden, "").str.strip_chars())
    return frame.with_columns(pl.when(pl.all() == "").then(None).otherwise(pl.all()).name.keep())


def _hits(values: pl.Series, kind: str) -> pl.Series:
    joined = values
    if kind in {"ID_CARD", "MOBILE", "BANK_CARD"}:
        joined = values.str.replace_all("([0-9])[ -]([0-9])", "$1$2").str.replace_all(
            "([0-9])[ -]([0-9Xx])", "$1$2"
        )
    found = joined.str.extract(_PATTERNS[kind])
    if kind == "ID_CARD":
        return _checked(found)
    if kind == "BANK_CARD":
        return _luhn(found)
    return found.is_not_null()


def _checked(numbers: pl.Series) -> pl.Series:
    """Whether the check digit of an 18-digit number holds (GB 11643)."""
    one = pl.col("n").str.to_uppercase()
    total = sum(
        (
            one.str.slice(i, 1).cast(pl.Int32, strict=False) * weight
            for i, weight in enumerate(_WEIGHTS)
        ),
        pl.lit(0),
    )
    wanted = (total % 11).replace_strict(list(range(11)), list("10X98765432"), default=None)
    good = (wanted == one.str.slice(17, 1)).fill_null(False)
    return pl.DataFrame({"n": numbers}).select(good.alias("n")).to_series()


def _luhn(numbers: pl.Series) -> pl.Series:
    def valid(text: str) -> bool:
        digits = [int(one) for one in reversed(text)]
        return (
            sum(d if i % 2 == 0 else sum(divmod(2 * d, 10)) for i, d in enumerate(digits)) % 10 == 0
        )

    good = numbers.map_elements(valid, return_dtype=pl.Boolean, skip_nulls=True)
    return good.fill_null(False)


def _mean(values: pl.Series) -> float:
    return float(pl.DataFrame({"n": values}).select(pl.col("n").mean().fill_null(0)).item())


def _column(values: pl.Series) -> Column:
    rows, name = len(values), str(values.name)
    filled = rows - values.null_count()
    header = name.lower()
    best, hits = None, 0
    for kind in ("ID_CARD", "MOBILE", "EMAIL", "BANK_CARD"):
        found = int(_hits(values, kind).sum())
        if found > max(hits, 0.5 * filled) and _mean(values.str.len_chars()) < 25:
            best, hits = kind, found
    for kind, words in _HEADERS.items():
        if best is None and filled and any(word in header for word in words):
            masked = _mean(values.str.contains("[*＊×]{2,}")) > 0.5
            dated = kind == "BIRTH_DATE" and _mean(values.str.contains("^[12][0-9]{3}")) < 0.5
            looks = {
                "PERSON": "^[一-龥·]{2,15}$",
                "ADDRESS": "[0-9]+(?:号|栋|单元|室)",
                "ID_CARD": "^[0-9Xx]{15,18}$",
                "MOBILE": "^[0-9 +-]{7,}$",
                "BANK_CARD": "^[0-9 ]{12,}$",
                "BIRTH_DATE": "^[12][0-9]{3}",
            }[kind]
            like = int(values.str.contains(looks).sum())
            if not masked and not dated and like > 0.5 * filled:
                best, hits = kind, like
    quasi = (best is None and any(word in header for word in _QUASI)) or best == "BIRTH_DATE"
    return Column(
        name=name,
        kind=best,
        hits=hits,
        rows=rows,
        distinct=values.n_unique(),
        share=hits / filled if filled else 0.0,
        sensitivity=0,
        level=None,
        evidence=f"{filled} 行中 {hits} 行符合 / {hits} of {filled} rows match" if best else "",
        quasi=quasi or role_of(name) == "quasi",
    )
