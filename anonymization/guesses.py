"""What a release and the registers in hand tell of the values behind codes."""

import itertools
from collections.abc import Iterator
from typing import Final

import numpy as np
import polars as pl

from anonymization.findings import Numbers, Terms
from anonymization.letters import Rows, rows_of
from anonymization.lists import LOCAL, identities
from anonymization.salts import SALTS, salted


def own(texts: pl.DataFrame, terms: Terms) -> list[Rows]:
    """Values of the registers in hand, salted too, and of the release's other columns.

    Of each so many, drawn from all over, that codes made of it are hit many times.
    """
    made: list[bytes] = []
    for values in terms.raw.values():
        listed = values.cast(pl.String, strict=False).drop_nulls().unique(maintain_order=True)
        # As many times as a register has more people than the release, more are to be tried.
        times = max(1.0, len(listed) / max(1, texts.height))
        made += [one.encode() for one in _spread(listed, int(_TRIED * times))]
        made += [
            one.encode() for one in salted(_spread(listed, min(2000, int(_MIXED * times))), SALTS)
        ]
    each = max(50, min(_TRIED, 200_000 // max(1, texts.width)))
    for name in texts.columns:
        values = texts[name].drop_nulls().unique(maintain_order=True)
        made += [one.encode() for one in _spread(values, each)]
    return rows_of(itertools.chain(made, _together(texts, terms)))


# Values of a column in hand that are tried, and those that are tried with salts or others.
_TRIED: Final = 2000
_MIXED: Final = 120


def _spread(values: pl.Series, count: int) -> pl.Series:
    """So many of a column's values, from all over it."""
    return values.gather_every(max(1, -(-len(values) // max(1, count))))


# Columns of a register that are put together; what is put between them.
_COLUMNS: Final = 6
_BETWEEN: Final = ("", "|", "_", "-", ",", "#")


def _together(texts: pl.DataFrame, terms: Terms) -> Iterator[bytes]:
    """Two facts of the same person in a register, one behind the other, dates in digits too."""
    registers: dict[str, list[pl.Series]] = {}
    for key, values in terms.raw.items():
        times = max(1.0, len(values) / max(1, texts.height))
        rows = _spread(values, min(2000, int(_MIXED * times)))
        registers.setdefault(key.split("\0")[0], []).append(rows.cast(pl.String, strict=False))
    for columns in registers.values():
        some = columns[:_COLUMNS]
        some += [
            one.str.replace_all("[-/.年月日]", "") for one in some if one.str.contains(_DAY).any()
        ]
        for first, second in itertools.permutations(some, 2):
            for one, other in zip(first, second, strict=True):
                if one and other:
                    yield from ((one + between + other).encode() for between in _BETWEEN)


_DAY: Final = "^[0-9]{4}[-/.年][0-9]{1,2}[-/.月][0-9]{1,2}"


def born(texts: pl.DataFrame) -> list[Rows]:
    """Citizen numbers of the birth dates a release itself tells."""
    told = _birth_dates(texts)
    if not len(told):
        return []
    space = 1000 * len(LOCAL) * len(told)
    count = min(400_000, space // 2, _HOPED * space // max(1, texts.height))
    return [identities(np.random.default_rng(11), told, count)]


# Hits that are hoped for where all people of a release are of the city.
_HOPED: Final = 30


def _birth_dates(texts: pl.DataFrame) -> Numbers:
    """Birth dates the release itself tells, as eight digits."""
    for name in texts.columns:
        if "出生" in name or name.lower() in {"birth_date", "birthday", "csrq", "dob"}:
            digits = texts[name].str.replace_all("[^0-9]", "")
            told = digits.filter((digits.str.len_chars() == 8).fill_null(False))
            if len(told):
                return told.unique().head(2000).cast(pl.Int64).to_numpy()
    return np.zeros(0, np.int64)
