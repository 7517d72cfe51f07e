"""How the cells of a column are read: as trimmed text, as numbers, as one spelling each."""

from collections.abc import Callable, Sequence

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
    """Change each distinct value once, by a function of one text."""
    return by_distinct(values, lambda old: pl.Series(map(change, old), dtype=pl.String))


# A column whose first cells repeat like this is treated value by value, not cell by cell.
_FIRST = 2000


def by_few(values: pl.Series, change: Callable[[pl.Series], pl.Series]) -> pl.Series:
    """What `change` makes of a column, computed once for each value where values repeat.

    `change` must look at each cell alone.
    """
    if len(values) <= _FIRST or values.head(_FIRST).n_unique() > _FIRST // 2:
        return change(values)
    old = values.unique()
    new = change(old)
    if new.dtype == pl.Null:
        return pl.Series(values.name, [None] * len(values))
    return values.replace_strict(old, new, return_dtype=new.dtype)
