"""Where in each cell an identifier stands, so that it can be shown or cut out."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

import polars as pl

from anonymization.columns import Profile
from anonymization.detection import Column, detect
from anonymization.dictionary import words
from anonymization.disguises import unmasked
from anonymization.readings import LAYOUTS
from anonymization.scanning import Span, find
from anonymization.tables import whole


@dataclass(frozen=True)
class Cell:
    """One identifier in one cell; offsets in code points of the cell as written."""

    column: str
    row: int
    start: int
    end: int
    kind: str


def cells(table: Any, *, today: date | None = None) -> Iterator[Cell]:
    """Every identifier in every cell: whole cells of a column's kind, and those inside text."""
    frame = whole(table)
    day = today or date.today()  # noqa: DTZ011  # birth dates are civil dates
    for column in detect(frame, today=day):
        yield from _cells(frame[column.name], column, day)


def _cells(values: pl.Series, column: Column, today: date) -> Iterator[Cell]:
    profile = Profile.of(values, today, frozenset(column.inside))
    good = profile.found.filter("valid")
    telling = good.with_columns(cell=profile.values.gather(good["row"]))
    inside = set(telling["cell"])
    # Most cells are the identifier as it is: nothing to look for in them.
    same = telling.filter(pl.col("kind") == (column.kind or ""), pl.col("found") == pl.col("cell"))
    plainly = set(same["cell"])
    texts = values.cast(pl.String, strict=False)
    for row, (text, bare) in enumerate(zip(texts, unmasked(values), strict=True)):
        if not bare:
            continue
        if text in plainly and column.kind:
            spans = [Span(0, len(text), column.kind)]
        else:
            spans = find(text, today, column.inside) if bare in inside else []
            if column.kind:
                full = [one for one in spans if one.end - one.start >= len(bare)]
                spans = full or _as_a_whole(text, bare, column) or spans
        for span in spans:
            yield Cell(column.name, row, span.start, span.end, span.kind)


def _as_a_whole(text: str, bare: str, column: Column) -> list[Span]:
    """The cell as a whole, where most of the column is such cells and this one looks like them."""
    layout = _LOOSE.get(column.kind or "")
    if column.share < 0.5 or column.kind is None or bare in words()["nothing"]:
        return []
    if layout and not re.search(layout, bare):
        return []
    start = len(text) - len(text.lstrip())
    return [Span(start, len(text.rstrip()), column.kind)]


# What still is one of its column, mistyped or not.
_LOOSE: Final[Mapping[str, str]] = {**LAYOUTS, "ID_CARD": "^[0-9][0-9 -]{13,20}[0-9Xx]$"}
