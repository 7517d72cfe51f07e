"""Finds identifiers in text by the table of patterns.

Two ways through it: `scan` takes a column at once (Rust regex of polars, check digits in numpy),
`find` takes one text and gives spans in the offsets of the text as it was written. What one finds
the other finds.
"""

import re
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any, Final

import polars as pl
import re2

from anonymization.disguises import plain
from anonymization.patterns import EDGE, PATTERNS, WORDED, Pattern

# --- whole columns --------------------------------------------------------------------------


def scan(values: pl.Series, today: date, kinds: Collection[str] | None = None) -> pl.DataFrame:
    """Every candidate in a column of unmasked texts.

    Columns: `row`, `kind`, `found` (the identifier without separators), `whole` (it is the cell)
    and `valid` (its check digit or layout holds).
    """
    parts = []
    lengths = values.str.len_chars()
    gates = _Gates(values)
    for pattern in PATTERNS:
        if kinds is not None and pattern.kind not in kinds:
            continue
        rows = gates.rows(pattern)
        if len(rows):
            parts.append(_candidates(values.gather(rows), rows, lengths, pattern, today))
    return _outermost(pl.concat(parts)) if parts else pl.DataFrame(schema=_FOUND)


class _Gates:
    """Which cells a pattern is tried on; every sieve and gate is applied once."""

    def __init__(self, values: pl.Series) -> None:
        self.values = values
        self.kept: dict[tuple[str | None, str], pl.Series] = {}

    def rows(self, pattern: Pattern) -> pl.Series:
        """The cells a pattern's gate is open for."""
        return self._through(
            pattern.sieve or (_SPOKEN if pattern.gate in _WORDS else None), pattern.gate
        )

    def _through(self, sieve: str | None, gate: str) -> pl.Series:
        if (sieve, gate) not in self.kept:
            if sieve is None:
                rows = _holding(self.values, gate).arg_true()
            else:
                rows = self._through(WORDED if sieve == _SPOKEN else None, sieve)
                if len(rows):
                    rows = rows.filter(_holding(self.values.gather(rows), gate))
            self.kept[sieve, gate] = rows
        return self.kept[sieve, gate]


def _holding(values: pl.Series, pattern: str) -> pl.Series:
    return values.str.contains(pattern.replace(r"\b", EDGE)).fill_null(False)


# Gates that are words: most cells have none of them, which one pass over all of them tells.
_WORDS: Final = frozenset(
    pattern.gate
    for pattern in PATTERNS
    if pattern.sieve is None and re.search("[\u4e00-\u9fff]|wxid|Qq", pattern.gate)
)
_SPOKEN: Final = "|".join(sorted(_WORDS))


_FOUND: Final = {
    "row": pl.UInt32,
    "kind": pl.String,
    "found": pl.String,
    "whole": pl.Boolean,
    "valid": pl.Boolean,
}


def _candidates(
    texts: pl.Series, rows: pl.Series, lengths: pl.Series, pattern: Pattern, today: date
) -> pl.DataFrame:
    if pattern.quick is not None:
        hit = rows.filter(texts.str.contains(pattern.quick))
        return pl.DataFrame(
            {
                "row": hit.cast(pl.UInt32),
                "kind": pattern.kind,
                "found": "",
                "whole": False,
                "valid": True,
            },
            schema=_FOUND,
        )
    exact = pl.DataFrame(schema=_FOUND)
    if pattern.plain is not None:
        whole = texts.str.contains(pattern.plain)
        if whole.any():
            exact = _judged(_as_they_stand(texts.filter(whole), rows.filter(whole)), pattern, today)
            texts, rows = texts.filter(~whole), rows.filter(~whole)
        if texts.is_empty():
            return exact
    rust = pattern.rust
    matched = (
        pl.DataFrame({"row": rows.cast(pl.UInt32), "match": texts.str.extract_all(rust)})
        .filter(pl.col("match").list.len() > 0)
        .explode("match")
    )
    if pattern.in_decimals:
        matched = matched.filter(~pl.col("match").str.contains(_DECIMAL))
    found = matched.with_columns(found=pl.col("match").str.extract(rust, 1))
    found = found.with_columns(
        whole=pl.col("found").str.len_chars() >= lengths.gather(found["row"]) - 2
    )
    if pattern.strip:
        found = found.with_columns(pl.col("found").str.replace_all(f"[{pattern.strip}]", ""))
    return pl.concat([exact, _judged(found, pattern, today)])


def _as_they_stand(texts: pl.Series, rows: pl.Series) -> pl.DataFrame:
    return pl.DataFrame({"row": rows.cast(pl.UInt32), "found": texts}).with_columns(whole=True)


def _judged(found: pl.DataFrame, pattern: Pattern, today: date) -> pl.DataFrame:
    """Look-alikes without separators, each with whether it holds."""
    found = found.with_columns(pl.col("found").str.to_uppercase())
    if pattern.shape is not None and found.height:
        found = found.filter(pl.Series(pattern.shape(found["found"], today)))
    good = pattern.judge(found["found"], today)
    return found.select(
        "row",
        pl.lit(pattern.kind).alias("kind"),
        "found",
        "whole",
        pl.Series("valid", good, pl.Boolean),
    )


def _outermost(found: pl.DataFrame) -> pl.DataFrame:
    """Without telephones that are a piece of a longer number of the same cell, read by groups."""
    longer = found.filter("valid", pl.col("kind").is_in(["ID_CARD", "BANK_CARD"]))
    if longer.is_empty():
        return found
    pieces = (
        found.with_row_index("at")
        .filter(pl.col("kind").is_in(["MOBILE", "LANDLINE"]))
        .join(longer.select("row", longer="found"), on="row")
        .filter(pl.col("longer").str.contains(pl.col("found"), literal=True))
    )
    return found.with_row_index("at").join(pieces, on="at", how="anti").drop("at")


_DECIMAL: Final = r"^[0-9]\.|\.[0-9]*[1-9][0-9]*$"


# --- one text -------------------------------------------------------------------------------


@dataclass(frozen=True)
class Span:
    """One identifier in a text: where it stands in the text as written, the end exclusive."""

    start: int
    end: int
    kind: str


def find(text: str, today: date, kinds: Collection[str] | None = None) -> list[Span]:
    """The valid identifiers in a text, in order; of two that overlap the surer one."""
    bare = plain(text)
    taken = [False] * len(bare.text)
    spans = []
    for pattern, regex in _compiled():
        if kinds is not None and pattern.kind not in kinds:
            continue
        for match in regex.finditer(bare.text):
            start, end = match.span(1)
            if pattern.in_decimals and re.search(_DECIMAL, match.group(0)):
                continue
            if any(taken[start:end]) or not pattern.holds(match.group(1), today):
                continue
            taken[start:end] = [True] * (end - start)
            places = bare.offsets
            spans.append(Span(places[start], places[end - 1] + 1, pattern.kind))
    return sorted(spans, key=lambda span: span.start)


@cache
def _compiled() -> tuple[tuple[Pattern, Any], ...]:
    return tuple((pattern, re2.compile(pattern.regex)) for pattern in PATTERNS)
