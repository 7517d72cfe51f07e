"""Names that fit what a release shows of them, alone and with what stands in their rows.

A mask that leaves the surname and one sign leaves a thousand names; a day of birth, the end of a
telephone or an office beside a digest is what people put behind a name to tell namesakes apart.
"""

import itertools
from collections.abc import Iterator, Sequence
from typing import Final

import polars as pl

from anonymization.dictionary import words
from anonymization.findings import matching, starred
from anonymization.letters import Rows, rows_of
from anonymization.lists import NAMED

# A name of which signs are hidden, as `starred` writes them.
_MASK: Final = r"^\p{Han}{0,2}\*{1,3}\p{Han}?$"
_BETWEEN: Final = ("", "|", "_", "-")
# Rows that are asked, cells beside a name that are put to it, and the longest of those.
_ROWS: Final = 24
_CELLS: Final = 8
_LONGEST: Final = 20
# Guesses: names alone, and names with cells.
_ALONE: Final = 150_000
_TOGETHER: Final = 300_000
# Given names most people have stand first in the list; of two signs each may be any of so many.
_COMMON: Final = 150


def alone(texts: pl.DataFrame) -> Iterator[list[Rows]]:
    """Names that masks leave, row by row."""
    spent = 0
    for _, fit in _masked(texts):
        if (spent := spent + len(fit)) > _ALONE:
            return
        yield rows_of(one.encode() for one in fit)


def together(texts: pl.DataFrame) -> Iterator[list[Rows]]:
    """Names with a cell of their row before or behind them: those that masks leave, or the usual.

    Where nothing of a name is shown the commonest are tried, the fewer the more rows there are.
    """
    chosen = list(itertools.islice(_masked(texts), _ROWS))
    if not chosen:
        rows = range(0, texts.height, max(1, texts.height // _ROWS))[:_ROWS]
        chosen = [(row, NAMED) for row in rows]
    beside = texts.select(name for name in texts.columns if _may_stand_beside(texts[name]))
    for row, fit in chosen:
        told = beside.row(row) if beside.width else ()
        cells = list(dict.fromkeys(itertools.chain.from_iterable(map(_written, told))))[:_CELLS]
        room = _TOGETHER // len(chosen) // max(1, 2 * len(_BETWEEN) * len(cells))
        for cell in cells:
            yield rows_of(_both(fit[:room], cell))


def _both(names: Sequence[str], cell: str) -> Iterator[bytes]:
    for name, between in itertools.product(names, _BETWEEN):
        yield (name + between + cell).encode()
        yield (cell + between + name).encode()


def _may_stand_beside(values: pl.Series) -> bool:
    """Whether cells are short and of several kinds: neither texts and codes nor measures."""
    present = values.drop_nulls()
    if present.is_empty() or int(present.str.len_chars().max() or 0) > _LONGEST:  # type: ignore[arg-type]
        return False
    return matching(present, r"^-?[0-9]+\.[0-9]+$") < 1


def _written(cell: str | None) -> tuple[str, ...]:
    """A cell as it stands, a day without what parts its figures, the end that a mask leaves."""
    if not cell:
        return ()
    if "*" in cell:
        return tuple(one for one in (cell.rsplit("*", 1)[1],) if len(one) >= 4)
    figures = "".join(filter(str.isdigit, cell))
    return (figures, cell) if 8 == len(figures) < len(cell) else (cell,)


def _masked(texts: pl.DataFrame) -> Iterator[tuple[int, Sequence[str]]]:
    """Rows and the names that fit what a mask leaves of theirs, the fewest signs hidden first."""
    for name in texts.columns:
        values = starred(texts[name].head(_READ)).str.replace_all("某", "*")
        if matching(values.drop_nulls(), _MASK) < 0.5 or not values.str.contains("[^*]").any():
            continue
        fits = values.str.contains(_MASK).fill_null(False).arg_true().to_list()
        rows = sorted(fits, key=lambda row: (values[row].count("*"), row))
        yield from ((row, _fit(values[row])) for row in rows[: 10 * _ROWS])
        return


_READ: Final = 2_000


def _fit(mask: str) -> list[str]:
    """The names that a mask leaves; one that hides two signs may hide one as well."""
    given, surnames = words()["given"], words()["surnames"]
    front, _, end = mask.partition("*")
    end = end.lstrip("*")
    hidden = len(mask) - len(front) - len(end)
    if not front:
        # The surname is hidden, and what is between it and the end.
        middles = [""] if hidden == 1 else ["", *given[:_COMMON]]
        return [one + middle + end for one in surnames[:_COMMON] for middle in middles]
    made = [front + one + end for one in given]
    if hidden > 1:
        two = itertools.product(given[:_COMMON], repeat=2)
        made += [f"{front}{one}{other}{end}" for one, other in two]
    return made
