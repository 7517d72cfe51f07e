"""Masks of one person that complete each other, as one system starred the end, another the front.

Whose rows are the same a code tells, or anything by which the digits that masks show never
contradict each other.
"""

from collections.abc import Iterator, Mapping
from typing import Final

import polars as pl

from anonymization.dictionary import names as names_of_people
from anonymization.findings import Finding, drawn, matching, share, starred

# Digits that may be left open, of a number of one of these lengths; signs of a name.
_OPEN: Final = 3
_NUMBERS: Final = (11, 16, 18, 19)
_LETTERS: Final = 8
_PART_OF_NAME: Final = r"^[\p{Han}*]{2,8}$"
# A key stands for so many people at the least; that the masks of one contradict each other may be
# a slip, but seldom.
_PEOPLE: Final = 5
_SLIPS: Final = 0.05


def completed(texts: pl.DataFrame, numbers: Mapping[str, pl.Series]) -> Iterator[Finding]:
    """Columns of which the masks of several rows of one person show nearly all together.

    `numbers` are the columns of masked numbers, with `*` for each digit that is hidden.
    """
    keys: list[str] | None = None
    for name in texts.columns:
        masks = numbers.get(name)
        named = masks is None or masks.null_count() == len(masks)
        if named:
            # Most columns have no mask at all: a draw of them says so.
            some = starred(drawn(texts[name].drop_nulls()))
            if matching(some, _PART_OF_NAME) < 0.9 or matching(some, r"\*") < 0.5:
                continue
            masks = starred(texts[name])
        if keys is None:
            keys = [one for one in texts.columns if _repeats(texts[one])]
        for key in keys:
            records = _whole(texts[key], masks, named) if key != name and masks is not None else 0
            if records:
                yield _finding(name, key, "姓名" if named else "号码", records, texts)
                break


def _repeats(values: pl.Series) -> bool:
    """Whether a column may say whose rows are: its values stand several times, and are many."""
    present = len(values) - values.null_count()
    many = values.n_unique()
    return _PEOPLE <= many < present and many >= _MANY * present


# A category has more rows than anybody.
_MANY: Final = 0.02


def _whole(key: pl.Series, masks: pl.Series, named: bool) -> int:
    """How many rows are of people whose masks show a whole name or nearly a whole number."""
    length = masks.str.len_chars()
    rows = pl.DataFrame({"key": key, "mask": masks, "length": length}).drop_nulls()
    if not named:
        rows = rows.filter(pl.col("length").is_in(_NUMBERS))
    unlike = rows.filter(pl.col("mask").n_unique().over("key") > 1)
    if unlike["key"].n_unique() < _PEOPLE:
        return 0
    places = range(_LETTERS if named else max(_NUMBERS))
    signs = [pl.col("mask").str.slice(place, 1).alias(str(place)) for place in places]
    shown = unlike.select("key", "length", pl.col("mask").str.count_matches(r"\*"), *signs)
    told = [
        pl.col(str(place)).filter(~pl.col(str(place)).is_in(["*", ""])).unique().alias(str(place))
        for place in places
    ]
    people = shown.group_by("key").agg(
        pl.len().alias("rows"),
        pl.col("mask").min().alias("hidden"),
        pl.col("length").max(),
        (pl.col("length").n_unique() > 1).alias("apart"),
        *told,
    )
    counts = [pl.col(str(place)).list.len() for place in places]
    people = people.with_columns(
        pl.any_horizontal("apart", *(one > 1 for one in counts)).alias("apart"),
        (pl.col("length") - pl.sum_horizontal(one > 0 for one in counts)).alias("open"),
        pl.concat_str([pl.col(str(place)).list.join("") for place in places]).alias("joined"),
    )
    if people["apart"].sum() > _SLIPS * people.height:
        return 0
    least = 0 if named else _OPEN
    done = people.filter(
        ~pl.col("apart"), pl.col("open") <= least, pl.col("open") < pl.col("hidden")
    )
    if done.height < _PEOPLE or (named and names_of_people(done["joined"]).mean() < 0.6):  # type: ignore[operator]
        return 0
    return int(done["rows"].sum())


def _finding(name: str, key: str, what: str, records: int, texts: pl.DataFrame) -> Finding:
    return Finding(
        "PARTIAL_ID_REIDENTIFIABLE",
        (name, key),
        records,
        share(records, texts),
        f"列「{name}」在同一「{key}」的几行里遮的是同一{what}的不同部分，拼起来就补全了：{records} "
        "行如此。",
        f"column {name} masks different parts of one number or name in the rows of one {key}; put "
        f"together they are whole: {records} rows.",
        "全表用同一种遮法，或换成带密钥假名。",
        "Mask alike in all rows, or use a keyed pseudonym.",
        "例：一行 1380000****、另一行 *******0000 → 13800000000",
        "for example: 1380000**** in one row, *******0000 in the next → 13800000000",
    )
