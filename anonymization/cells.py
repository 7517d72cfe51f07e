"""How the cells of a column are read: as trimmed text, as numbers, as one spelling each."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import polars as pl


def text(of: pl.Expr) -> pl.Expr:
    """A column as trimmed text; an empty cell is null."""
    trimmed = of.cast(pl.String).str.strip_chars()
    return pl.when(trimmed == "").then(None).otherwise(trimmed)


def number(of: pl.Expr) -> pl.Expr:
    """A column as numbers; thousands separators are read, what is no number is null."""
    return text(of).str.replace_all("[,，\\s]", "").cast(pl.Float64, strict=False)


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


def by_few(values: pl.Series, change: Callable[[pl.Series], pl.Series]) -> pl.Series:
    """What `change` makes of a column, computed once for each value where values repeat.

    `change` must look at each cell alone.
    """
    if len(values) <= _FIRST or not repeats(values):
        return change(values)
    old = values.unique()
    new = change(old)
    if new.dtype == pl.Null:
        return pl.Series(values.name, [None] * len(values))
    return values.replace_strict(old, new, return_dtype=new.dtype)


@dataclass(frozen=True)
class Heads:
    """The first characters of a trimmed text, where `settled` says that they decide its change."""

    length: int
    settled: Callable[[pl.Expr], pl.Expr]


def by_heads(
    values: pl.Series, heads: Heads, change: Callable[[pl.Series], pl.Series]
) -> pl.Series:
    """What `change` makes of a column, computed once for each beginning that decides it."""
    name = values.name
    short = text(pl.col(name)).str.head(heads.length)
    begun = values.to_frame().select(short.alias(name)).to_series()
    if not repeats(begun):
        return by_few(values, change)
    old = begun.unique().drop_nulls()
    sure = old.to_frame().select(heads.settled(pl.col(name)).alias(name)).to_series()
    known = old.filter(sure)
    if known.is_empty():
        return by_few(values, change)
    made = begun.replace_strict(known, change(known), default=None, return_dtype=pl.String)
    if len(known) == len(old):
        return made
    rest = begun.is_in(old.filter(~sure).implode()).fill_null(False).arg_true()
    return made.scatter(rest, change(values.gather(rest)).cast(pl.String))
