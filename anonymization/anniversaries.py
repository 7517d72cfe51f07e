"""Birthdays under the stars of a citizen number, which another column tells so many years later.

Who retires, comes of age or gets the card of the old does so on a birthday or the day after it.
Which years a law has, nobody needs to know: take the right ones away, and the check character of
the number fits in all rows (GB 11643-1999), which is no chance.
"""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Final

import numpy as np
import polars as pl

from anonymization import checks
from anonymization.findings import Finding, Numbers, drawn, matching, share

# District, order and check character show; of the birth in between something is hidden.
_MASK: Final = r"^[1-9][0-9]{5}[0-9*]{8}[0-9]{3}[0-9Xx]$"
_DAY: Final = (
    r"^((?:19|20|21)[0-9]{2})(?:[-/.年]([0-9]{1,2})[-/.月]([0-9]{1,2})|([01][0-9])([0-3][0-9])$)"
)
_YEARS: Final = range(101)
_DAYS_AFTER: Final = (0, 1)
# So many ages a law has at the most, by sex and calling; the rows they must explain together. By
# chance three of them explain one in three.
_AGES: Final = 3
_MOST: Final = 0.9
# Rows that are worth comparing, and rows looked at to find the years.
_ROWS: Final = 30
_SAMPLE: Final = 400


def completed(texts: pl.DataFrame, masks: Mapping[str, pl.Series]) -> Iterator[Finding]:
    """Masks whose hidden birthday stands a whole number of years later in another column.

    `masks` are the citizen numbers by column, `*` for what they hide.
    """
    hiding = [name for name, values in masks.items() if matching(drawn(values), _MASK) > _MOST]
    days = [
        name for name in texts.columns
        if name not in masks and matching(drawn(texts[name].drop_nulls()), _DAY) > _MOST
    ] if hiding else []  # fmt: skip
    for mask in hiding:
        for name in days:
            rows = _dated(masks[mask], texts[name])
            ages = _ages(rows.gather_every(max(1, rows.height // _SAMPLE)))
            if ages:
                records = int(np.logical_or.reduce([_fits(rows, *one) for one in ages]).sum())
                yield _finding(mask, name, sorted({years for years, _ in ages}), records, texts)
                break


def _dated(mask: pl.Series, day: pl.Series) -> pl.DataFrame:
    """The masks that hide a birth beside a day, and the day."""
    parts = day.str.extract_groups(_DAY)
    month, date_ = (
        parts.to_frame("p").select(
            pl.coalesce(pl.first().struct[one], pl.first().struct[other]).cast(pl.Int32)
        ).to_series()
        for one, other in ((1, 3), (2, 4))
    )  # fmt: skip
    rows = pl.DataFrame({"mask": mask, "y": parts.struct[0].cast(pl.Int32), "m": month, "d": date_})
    rows = rows.drop_nulls().filter(pl.col("mask").str.contains(_MASK))
    hidden = rows.filter(pl.col("mask").str.contains(r"\*"), pl.col("m").is_between(1, 12))
    return hidden.with_columns(
        pl.date("y", "m", 1).alias("day") + pl.duration(days=pl.col("d") - 1)
    ).select("mask", "day")


def _ages(rows: pl.DataFrame) -> list[tuple[int, int]]:
    """The years, and days after the birthday, that explain nearly all rows; none where none do."""
    if rows.height < _ROWS or rows["day"].n_unique() < _ROWS // 2:
        return []
    tried = {(years, after): _fits(rows, years, after) for after in _DAYS_AFTER for years in _YEARS}
    left = np.ones(rows.height, bool)
    ages: list[tuple[int, int]] = []
    while len(ages) < _AGES and int(left.sum()) > (1 - _MOST) * rows.height:
        ages.append(max(tried, key=lambda one: int((tried[one] & left).sum())))
        left &= ~tried[ages[-1]]
    return ages if int(left.sum()) <= (1 - _MOST) * rows.height else []


def _fits(rows: pl.DataFrame, years: int, after: int) -> Numbers:
    """Which masks become citizen numbers with the day so long before this one for a birth."""
    born = rows.select(pl.col("day").dt.offset_by(f"-{after}d").dt.offset_by(f"-{years}y"))
    told = born.to_series().dt.to_string("%Y%m%d")
    seen = rows["mask"].str.slice(6, 8)
    agree = np.ones(rows.height, bool)
    for place in range(8):
        sign = seen.str.slice(place, 1)
        agree &= ((sign == "*") | (sign == told.str.slice(place, 1))).to_numpy()
    whole = rows["mask"].str.head(6) + told + rows["mask"].str.slice(14).str.to_uppercase()
    today = date.today()  # noqa: DTZ011  # birth dates are civil dates
    fits: Numbers = agree & checks.citizen_numbers(whole, today)
    return fits


def _finding(mask: str, day: str, years: list[int], records: int, texts: pl.DataFrame) -> Finding:
    ages, in_english = "、".join(map(str, years)), ", ".join(map(str, years))
    return Finding(
        "PARTIAL_ID_REIDENTIFIABLE",
        (mask, day),
        records,
        share(records, texts),
        f"列「{mask}」遮去的出生日期可由列「{day}」推出：减去整年（{ages}）就是生日，补上后校验位"
        f"相符，{records} 行的号码完整还原。",
        f"column {mask} hides a birth which the column {day} tells: take {in_english} years "
        f"away, and the check character fits; {records} rows have their whole number back.",
        f"证件号码只保留首末各一位，或换成带密钥假名；「{day}」泛化到年。",
        f"Keep one digit at each end of the number or use a keyed pseudonym; give the year of {day}"
        ".",
        "例：150302********0012 + 2048-02-14 减 60 年 → 150302198802140012",
        "for example 150302********0012 + 2048-02-14 less 60 years → 150302198802140012",
    )
