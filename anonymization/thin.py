"""Whole numbers that two tables share though there are far more of them than either has.

Of medals or badges numbered up to a hundred million two lists meet in none by chance. Counters are
as dense as can be: move them by one step, and they meet as before.
"""

from typing import Final

import polars as pl

from anonymization.findings import drawn, matching

_WHOLE: Final = "^[0-9]{5,18}$"
_MOST: Final = 0.98
# Numbers that have to meet, the share of the shorter list they have to be, and how many times as
# many as by chance or a step further on.
_LEAST: Final = 20
_PART: Final = 0.3
_TIMES: Final = 5


def met(values: pl.Series, cells: pl.Series) -> pl.Series | None:
    """The numbers of a register as a release writes them, where it is no chance that they meet.

    `values` are the distinct ones of the release, `cells` all of the register; noughts in front
    tell no numbers apart. None where they do not meet.
    """
    if len(values) < _LEAST or matching(drawn(values), _WHOLE) < _MOST:
        return None
    if matching(drawn(cells), _WHOLE) < _MOST:
        return None
    mine = values.cast(pl.Int64, strict=False).drop_nulls().unique()
    there = cells.cast(pl.Int64, strict=False).drop_nulls().unique().sort()
    shared = _shared(mine, there)
    if shared < max(_LEAST, _PART * min(len(mine), len(there))):
        return None
    step = int(there.diff().drop_nulls().mode()[0])
    further = max(_shared(mine, there + step), _shared(mine, there - step))
    span = max(int(mine.max() or 0), int(there[-1])) - min(int(mine.min() or 0), int(there[0])) + 1  # type: ignore[arg-type]
    if shared <= _TIMES * max(further, len(mine) * len(there) / span):
        return None
    bare = cells.str.strip_chars_start("0")
    widths = values.str.len_bytes().unique()
    padded = len(widths) == 1 and values.str.starts_with("0").any()
    return bare.str.zfill(int(widths[0])) if padded else bare


def _shared(mine: pl.Series, there: pl.Series) -> int:
    return int(mine.is_in(there.implode()).sum())
