"""How the cells of a column are read: as trimmed text, as numbers, as one spelling each."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

import polars as pl


def text(of: pl.Expr) -> pl.Expr:
    """A column as trimmed text; an empty cell is null."""
    trimmed = of.cast(pl.String).str.strip_chars()
    return pl.when(trimmed == "").then(None).otherwise(trimmed)


def number(of: pl.Expr) -> pl.Expr:
    """A column as numbers, as people write them: 1,200 · １２ · 23周岁 · ￥1.5万元 (15000).

    What is no number, or one with more beside it (约20, 20-30), is null.
    """
    return text(of).map_batches(_numbers, return_dtype=pl.Float64, is_elementwise=True)


def _numbers(values: pl.Series) -> pl.Series:
    plain = values.str.replace_all("[,，\\s]", "").cast(pl.Float64, strict=False)
    rest = (plain.is_null() & values.is_not_null()).arg_true()
    # To look for units in every cell would cost many times as much as to read the number.
    return plain.scatter(rest, _measured(values.gather(rest))) if len(rest) else plain


def _measured(values: pl.Series) -> pl.Series:
    bare = pl.lit(values).str.normalize("NFKC").str.replace_all("[,\\s]", "")
    found = bare.str.extract(_MEASURED, 1).cast(pl.Float64, strict=False)
    times = bare.str.extract(_MEASURED, 2).replace_strict(_TIMES, default=1.0)
    # 0.29 times ten thousand is no whole number in binary.
    return pl.select((found * times).round(6)).to_series()


_MEASURED: Final = "^(?:人民币|¥)?(-?[0-9]+(?:[.][0-9]+)?)([百千万亿]?)(?:元整?|圆整?|周?岁)?$"
_TIMES: Final = {"百": 1e2, "千": 1e3, "万": 1e4, "亿": 1e8}


def numbered(frame: pl.DataFrame, names: Sequence[str]) -> pl.DataFrame:
    """The table with these columns as numbers where all their values are, for ordered distance."""
    made = {name: frame[name].cast(pl.Float64, strict=False) for name in names}
    whole = [name for name, one in made.items() if one.null_count() == frame[name].null_count()]
    return frame.with_columns(made[name].alias(name) for name in whole)


def spelled(batch: pl.DataFrame, name: str) -> pl.Series:
    """The column as one spelling for each value, so that a full-width id is the same person."""
    folded = text(pl.col(name)).str.normalize("NFKC").str.replace_all("\\s", "")
    return batch.select(folded.str.to_uppercase().alias(name)).to_series()


def by_distinct(values: pl.Series, change: Callable[[pl.Series], pl.Series]) -> pl.Series:
    """Change all distinct values at once, each once; what changes to null becomes blank."""
    old = values.drop_nulls().unique()
    if old.is_empty():
        return pl.Series(values.name, [None] * len(values), dtype=pl.String)
    return values.replace_strict(old, change(old), default=None, return_dtype=pl.String)


def distinct(values: pl.Series, change: Callable[[str], str]) -> pl.Series:
    """Change each text by a function of it alone, once for each value where values repeat."""
    if repeats(values):
        return by_distinct(values, lambda old: pl.Series(map(change, old), dtype=pl.String))
    made = [None if one is None else change(one) for one in values]
    return pl.Series(values.name, made, dtype=pl.String)


# So many first cells tell how many values a column has.
_FIRST = 4000
# Fewer coincidences among them than this tell nothing.
_LEAST = 10


def repeats(values: pl.Series) -> bool:
    """Whether a value occurs three times on average, as far as the first cells tell.

    Among s cells drawn of n values about s²/2n are repetitions (the birthday paradox).
    """
    seen = values.head(_FIRST).drop_nulls()
    each = seen.n_unique()
    again = len(seen) - each
    if again < _LEAST:
        return False
    return 3 * each <= len(seen) or 3 * len(seen) ** 2 < 2 * again * len(values)


Change = Callable[[pl.Series], pl.Series]
# What became of values is remembered up to so many of them and so many bytes.
_MOST_KNOWN: Final = 16_384
_MOST_BYTES: Final = 16 << 20


class Known:
    """What became of the values of a column so far, so that a run computes each once.

    Whoever asks changes each cell by itself alone, and leaves none where there was none. Threads
    may ask at once: what was learnt is replaced whole, and what is forgotten is computed again.
    """

    def __init__(self) -> None:
        self._learnt: tuple[pl.Series, pl.Series] | None = None

    def changed(
        self, values: pl.Series, change: Change, settled: Change | None = None
    ) -> tuple[pl.Series, pl.Series]:
        """What these values become, and those among them that are not `settled`: blank so far."""
        learnt = self._learnt
        made, fresh = _looked_up(values, learnt)
        sure = fresh if settled is None else fresh.filter(settled(fresh))
        if len(sure):
            new = change(sure)
            if learnt is not None:
                new = pl.concat([learnt[1], new])
                learnt = pl.concat([learnt[0], sure]), new
            else:
                learnt = sure, new
            self._remember(learnt)
            made, fresh = _looked_up(values, learnt)
        return made, fresh

    def _remember(self, learnt: tuple[pl.Series, pl.Series]) -> None:
        size = sum(one.estimated_size() for one in learnt)
        # Too much of it: the next batch begins anew.
        self._learnt = learnt if len(learnt[0]) <= _MOST_KNOWN and size <= _MOST_BYTES else None


def _looked_up(
    values: pl.Series, learnt: tuple[pl.Series, pl.Series] | None
) -> tuple[pl.Series, pl.Series]:
    """What is known of these values, and the distinct ones of which nothing is."""
    if learnt is None:
        return pl.Series(values.name, [None] * len(values)), values.drop_nulls().unique()
    old, new = learnt
    made = values.replace_strict(old, new, default=None, return_dtype=new.dtype)
    if made.null_count() == values.null_count():
        # As after the first batches: what follows would hold up the threads of the engine.
        return made, values.clear()
    blank = made.is_null() & values.is_not_null()
    fresh = values.filter(blank).unique()
    return made, fresh.filter(~fresh.is_in(old.implode()))


def by_few(values: pl.Series, change: Change, known: Known | None = None) -> pl.Series:
    """What `change` makes of a column, computed once for each value where values repeat.

    `change` must look at each cell alone; `known` carries from batch to batch what it made.
    """
    if len(values) <= _FIRST or not repeats(values):
        return change(values)
    made, _ = (known or Known()).changed(values, change)
    # A column of nothing but blanks has taught nothing, not even the type of what it becomes.
    return change(values) if made.dtype == pl.Null else made


@dataclass(frozen=True)
class Heads:
    """The first characters of a trimmed text, where `settled` says that they decide its change."""

    length: int
    settled: Callable[[pl.Expr], pl.Expr]


def by_heads(values: pl.Series, heads: Heads, change: Change, known: Known) -> pl.Series:
    """What `change` makes of a column, computed once for each beginning that decides it."""
    begun = values.cast(pl.String).str.head(heads.length)
    if not repeats(begun):
        return by_few(values, change)

    def settled(some: pl.Series) -> pl.Series:
        # Where the trimmed text begins elsewhere, the whole cell has to be looked at.
        whole = (some == some.str.strip_chars()) & (some != "")
        sure = some.alias("").to_frame().select(heads.settled(pl.col("")))
        return whole & sure.to_series()

    made, open_ = known.changed(begun, change, settled)
    if open_.is_empty():
        return made
    if made.null_count() == len(made):
        return by_few(values, change)
    rest = begun.is_in(open_.implode()).fill_null(False).arg_true()
    return made.scatter(rest, change(values.gather(rest)).cast(made.dtype))
