"""Numbers of a register that two releases share: counters, in which no code shows.

That both have the numbers one to a thousand proves nothing. That whoever has the number 38 is of
the same district and sex in both, and 39, and 40, is no chance: the number is the person's.
"""

from collections.abc import Iterator, Sequence
from typing import Final

import polars as pl

from anonymization.findings import Finding, as_texts, matching, share

# Rows that have to meet, the share of them that tell the same, and what chance may make of it.
_ROWS: Final = 20
_SAME: Final = 0.97
_CHANCE: Final = 0.6
# The share of the rows that have a number of their own.
_OWN: Final = 0.98


def joined(texts: pl.DataFrame, earlier: Sequence[pl.DataFrame]) -> Iterator[Finding]:
    """Columns of numbers by which rows of an earlier release are the same persons."""
    own = [name for name in texts.columns if _is_own(texts[name])]
    for table in earlier if own else ():
        before = as_texts(table)
        for name in own:
            for other in before.columns:
                if _is_own(before[other]) and (rows := _the_same(texts, name, before, other)):
                    yield _finding(name, other, rows, texts)
                    return


def _is_own(values: pl.Series) -> bool:
    present = values.drop_nulls()
    return (
        len(present) >= _ROWS
        and present.n_unique() >= _OWN * len(values)
        and matching(present, r"^[0-9A-Za-z_-]{1,40}$") >= _OWN
    )


def _the_same(texts: pl.DataFrame, name: str, before: pl.DataFrame, other: str) -> int:
    """How many rows meet by a number and agree in what both tables tell; 0 where they do not."""
    common = [one for one in texts.columns if one in before.columns and one not in {name, other}]
    told = [one for one in common if texts[one].n_unique() > 1]
    if not told:
        return 0
    there = before.select(pl.col(other).alias("#"), *(pl.col(one).alias(f"#{one}") for one in told))
    met = texts.select(pl.col(name).alias("#"), *told).join(there, on="#")
    if met.height < max(_ROWS, 0.2 * min(texts.height, before.height)):
        return 0
    for one in told:
        both = met.select(one, pl.col(f"#{one}").alias("then")).drop_nulls()
        if both.height < _ROWS or float((both[one] == both["then"]).mean() or 0) < _SAME:  # type: ignore[arg-type]
            continue
        counts = both[one].value_counts()["count"]
        if float((counts * counts).sum()) / both.height**2 <= _CHANCE:
            return met.height
    return 0


def _finding(name: str, other: str, rows: int, texts: pl.DataFrame) -> Finding:
    return Finding(
        "PSEUDONYM_JOINS_OTHER_RELEASE",
        (name,),
        rows,
        share(rows, texts),
        f"列「{name}」与以前发布的列「{other}」是同一套编号：按它对上的 {rows} 行，"
        "两批写的是同一个人。",
        f"column {name} numbers as the column {other} of an earlier release did: {rows} rows meet "
        "by it, and both tell of the same person.",
        "编号不随登记顺序，每次发布重新随机编号，不留对照表。",
        "Number rows at random for each release and keep no list of it.",
        "例：本批 000038 号与上批 000038 号性别、街道都相同 → 同一人的两份信息合在一起",
        "for example: number 000038 has one sex and street in both → one person's both",
    )
