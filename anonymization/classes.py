"""Columns as small whole numbers, so that the classes of any set of columns are counted fast.

A class is the records that look alike on a set of columns; a blank is a value like others.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import reduce
from typing import Any, Final

import numpy as np
import polars as pl

from anonymization.findings import Numbers

# Cells of a table of counts; beyond that the keys that occur are counted instead.
_DENSE: Final = 16_000_000


@dataclass
class Coded:
    """A table whose columns are numbered as they are asked for, each once."""

    frame: pl.DataFrame
    _codes: dict[str, tuple[Numbers, int]] = field(default_factory=dict)

    def codes(self, name: str) -> tuple[Numbers, int]:
        """The number of each cell's value, from 0, and how many values there are."""
        if name not in self._codes:
            self._codes[name] = _numbered(self.frame[name])
        return self._codes[name]

    def key(self, names: Sequence[str]) -> tuple[Numbers, int]:
        """One number for each record that is the same for records alike, below the second."""
        coded = [self.codes(name) for name in names]
        space = reduce(lambda so_far, one: so_far * one[1], coded, 1)
        if space >= 2**63:
            # Too many combinations for one number: those that occur are numbered in between.
            half = len(coded) // 2
            front = _numbered(pl.Series(self.key(names[:half])[0]))
            return _packed([front, _numbered(pl.Series(self.key(names[half:])[0]))])
        return _packed(coded)

    def sizes(self, names: Sequence[str]) -> Numbers:
        """The size of every class; of no columns one class of all records."""
        if not names:
            return np.array([self.frame.height])
        key, space = self.key(names)
        if space <= max(_DENSE, 8 * len(key)):
            counts = np.bincount(key, minlength=1)
            return counts[counts > 0]
        return _counted(key)[1]

    def of_each(self, names: Sequence[str]) -> Numbers:
        """The size of the class of every record."""
        key, space = self.key(names)
        if space <= max(_DENSE, 8 * len(key)):
            return np.bincount(key, minlength=1)[key]
        return pl.DataFrame({"k": key}).select(pl.len().over("k"))["len"].to_numpy()

    def table(self, names: Sequence[str], column: str) -> Numbers:
        """How often each value of a column stands in each class, a row a class."""
        key, space = self.key(names)
        values, many = self.codes(column)
        if space * many > _DENSE:
            # Only classes that occur have a row then.
            key, space = _numbered(pl.Series(key))
        counts = np.bincount(key.astype(np.int64) * many + values, minlength=space * many)
        rows = counts.reshape(space, many)
        return rows[rows.sum(axis=1) > 0]  # type: ignore[no-any-return]


def _numbered(values: pl.Series) -> tuple[Numbers, int]:
    if not (values.dtype.is_numeric() or values.dtype.is_temporal()):
        values = values.cast(pl.String)
        numbered = values.cast(pl.Categorical(pl.Categories.random())).to_physical()
    else:
        numbered = (values.rank("dense") - 1).cast(pl.UInt32)
    many = int(numbered.max() or 0) + 1 if len(numbered) else 0  # type: ignore[arg-type]
    if numbered.null_count():
        numbered, many = numbered.fill_null(many), many + 1
    return numbered.to_numpy(), max(1, many)


def _packed(coded: Sequence[tuple[Numbers, int]]) -> tuple[Numbers, int]:
    space = reduce(lambda so_far, one: so_far * one[1], coded, 1)
    wide: Any = np.uint32 if space < 2**32 else np.int64
    key = coded[0][0].astype(wide)
    for numbers, many in coded[1:]:
        key *= wide(many)
        key += numbers.astype(wide, copy=False)
    return key, space


def _counted(key: Numbers) -> tuple[Numbers, Numbers]:
    counts = pl.DataFrame({"k": key}).group_by("k").len("n")
    return counts["k"].to_numpy(), counts["n"].to_numpy()
