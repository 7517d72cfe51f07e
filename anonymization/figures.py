"""Figures so fine that they are a code: rows of two releases that share them are one person's.

An area to the hundredth and the heat of a winter stand in both tables, and nowhere twice. What
chance does is measured: with the figures a step larger as many rows meet, if it is chance.
"""

from collections.abc import Container, Iterator, Mapping, Sequence
from typing import Final

import polars as pl

from anonymization import chance
from anonymization.findings import Finding, as_texts, drawn, matching, share

_DECIMAL: Final = r"^-?[0-9]+\.[0-9]+$"
_FIGURE: Final = r"^-?[0-9]+(?:\.[0-9]+)?$"
_MOST: Final = 0.98
# The share of the cells with a figure of their own, and columns that are compared.
_VARIOUS: Final = 0.2
_COLUMNS: Final = 8
# Rows that have to meet, the share of the shorter table they have to be, and how many times as
# many as meet a step further on.
_ROWS: Final = 20
_PART: Final = 0.05
_TIMES: Final = 5


def joined(
    texts: pl.DataFrame, earlier: Sequence[pl.DataFrame], excused: Container[str]
) -> Iterator[Finding]:
    """Columns of figures by which rows of an earlier release are the same persons."""
    mine = {
        name: values for name, values in _fine(texts).items() if name not in excused
    } if earlier else {}  # fmt: skip
    for table in earlier if mine else ():
        before = _fine(as_texts(table))
        same = [name for name in mine if name in before]
        tried = [(same, same)] if len(same) > 1 else []
        tried += [([name], [name]) for name in same]
        tried += [([name], [other]) for name in mine for other in before if name != other]
        for names, others in tried:
            rows = _meet([mine[one] for one in names], [before[one] for one in others])
            if rows:
                yield _finding(tuple(names), others, rows, texts)
                return


def _fine(texts: pl.DataFrame) -> Mapping[str, pl.Series]:
    """The columns of figures with a point that differ from row to row, as numbers."""
    found = {}
    for name in texts.columns:
        values = texts[name].drop_nulls()
        some = drawn(values)
        if len(values) < _ROWS or matching(some, _DECIMAL) < 0.5:
            continue
        # Where noughts are left out, 95.00 is 95.
        if matching(some, _FIGURE) >= _MOST and values.n_unique() >= _VARIOUS * len(values):
            found[name] = texts[name].cast(pl.Float64, strict=False)
    return dict(list(found.items())[:_COLUMNS])


def _meet(mine: Sequence[pl.Series], before: Sequence[pl.Series]) -> int:
    """How many rows meet by figures that stand once in either table; 0 where it is chance."""
    seen = _met(mine, before)
    least = max(_ROWS, _PART * min(len(mine[0]), len(before[0])))
    if seen < least:
        return 0
    gaps = before[0].drop_nulls().unique().sort().diff().drop_nulls().round(6)
    step = max(1e-6, float(gaps.mode().min() or 0))  # type: ignore[arg-type]
    further = max(_met(mine, [before[0] + one, *before[1:]]) for one in (step, -step))
    by_chance = seen <= _TIMES * further or chance.likely(seen, further)
    return 0 if by_chance else seen


def _met(mine: Sequence[pl.Series], before: Sequence[pl.Series]) -> int:
    one, other = (_alone(some) for some in (mine, before))
    return one.join(other, on=one.columns).height


def _alone(figures: Sequence[pl.Series]) -> pl.DataFrame:
    """Sets of figures that stand once; in millionths, so that a figure and a step are a figure."""
    rows = pl.DataFrame(
        {str(n): (one * 1e6).round(0).cast(pl.Int64, strict=False) for n, one in enumerate(figures)}
    ).drop_nulls()
    return rows.unique(keep="none")


def _finding(
    names: tuple[str, ...], others: Sequence[str], rows: int, texts: pl.DataFrame
) -> Finding:
    shown, there = "、".join(names), "、".join(others)
    return Finding(
        "PSEUDONYM_JOINS_OTHER_RELEASE",
        names,
        rows,
        share(rows, texts),
        f"列「{shown}」的数字精确到几乎各不相同，与以前发布的列「{there}」有 {rows} 行完全一致，"
        "远多于碰巧，两批数据可以拼到同一人。",
        f"the figures of {', '.join(names)} are nearly all different, and {rows} rows have those "
        f"of {', '.join(others)} in an earlier release, far more than by chance; the two join "
        "person by person.",
        "数字取整或分档，或加入每批不同的噪声，使每个值有多人。",
        "Round the figures, give bands, or add noise of its own to each release.",
        "例：本批 102.84（补贴原因）= 上批 102.84（小区）→ 同一户的两份信息合在一起",
        "for example 102.84 (now: reason) = 102.84 (before: estate) → one household's both",
    )
