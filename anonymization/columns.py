"""Looks at one column without its disguises: what its distinct cells hold, and how believably."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Final

import numpy as np
import polars as pl

from anonymization import headers
from anonymization.dictionary import share
from anonymization.disguises import unmasked
from anonymization.headers import Header
from anonymization.scanning import scan

# What a header says last when its column holds codes of things, places or posts.
_CODES: Final = (
    "(?:编码|代码|编号|代号|序号|识别码|流水号?|条码|批次|号|(?:^|_)(?:code|bm|bh|dm|no|id))$"
)
# What hides characters of a cell.
_STARS: Final = "[*＊×●•■□]{2,}|[xX]{4,}"
# Cells scanned at once.
_CELLS: Final = 30_000
# Cells in which the same landline stands when it is an office's.
_SHARED: Final = 10


@dataclass(frozen=True)
class Profile:
    """A column without disguises: its distinct cells, how often each stands, what was found."""

    name: str
    header: Header
    values: pl.Series
    counts: pl.Series
    found: pl.DataFrame
    kinds: frozenset[str]
    present: int

    @classmethod
    def of(cls, column: pl.Series, today: date, kinds: frozenset[str] | None = None) -> "Profile":
        """Scan a column for identifiers of these kinds, by default all."""
        return cls.several([column], today, kinds)[0]

    @classmethod
    def several(
        cls, columns: Sequence[pl.Series], today: date, kinds: frozenset[str] | None = None
    ) -> list["Profile"]:
        """Scan columns as if they were one: a wide table costs what its cells do."""
        texts = [one.cast(pl.String, strict=False).rename("v") for one in columns]
        numbers = [
            pl.Series([place], dtype=pl.UInt32).new_from_index(0, len(one))
            for place, one in enumerate(texts)
        ]
        cells = pl.DataFrame({"c": pl.concat(numbers), "v": pl.concat(texts)})
        # One column alone needs no key beside its values, which costs a tenth of the scan.
        by = ["c", "v"] if len(columns) > 1 else ["v"]
        counted = cells.group_by(by, maintain_order=True).len("n")
        written = counted["v"]
        counted = counted.with_columns(v=unmasked(written))
        if not counted["v"].equals(written):
            # Without their disguises some are the same.
            counted = counted.group_by(by, maintain_order=True).agg(pl.col("n").sum())
        counted = counted.filter(pl.col("v").str.len_bytes() > 0)
        if len(columns) > 1:
            counted = counted.sort("c", maintain_order=True)
        else:
            counted = counted.with_columns(pl.lit(0, dtype=pl.UInt32).alias("c"))
        found = scan(counted["v"], today, kinds)
        starts = np.searchsorted(counted["c"].to_numpy(), np.arange(len(columns) + 1))
        found = found.with_columns(
            n=counted["n"].gather(found["row"]), c=counted["c"].gather(found["row"])
        )
        parts = found.partition_by("c", as_dict=True, include_key=False)
        made = []
        for place, column in enumerate(columns):
            first, past = int(starts[place]), int(starts[place + 1])
            mine = parts.get((place,), found.clear().drop("c"))
            if first:
                mine = mine.with_columns(pl.col("row") - first)
            values, counts = counted["v"][first:past], counted["n"][first:past]
            name, seen = str(column.name), frozenset(mine["kind"].unique())
            present = int(counts.sum())
            made.append(cls(name, headers.read(name), values, counts, mine, seen, present))
        return made

    @classmethod
    def every(
        cls, frame: pl.DataFrame, today: date, kinds: frozenset[str] | None = None
    ) -> Iterator["Profile"]:
        """Scan every column of a table, as many at once as fit."""
        return cls.each(frame.get_columns(), today, kinds)

    @classmethod
    def each(
        cls, columns: Sequence[pl.Series], today: date, kinds: frozenset[str] | None = None
    ) -> Iterator["Profile"]:
        """Scan columns that need be no table, as many at once as fit."""
        together = max(1, _CELLS // max(1, *map(len, columns))) if columns else 1
        for first in range(0, len(columns), together):
            yield from cls.several(columns[first : first + together], today, kinds)

    @cached_property
    def masked(self) -> bool:
        """Whether most cells are partly hidden."""
        return self.layout(_STARS)[1] > 0.5

    def of_kind(self, kind: str, whole: bool) -> pl.DataFrame:
        """The candidates of a kind, one per distinct cell, valid if any of the cell is."""
        chosen = self.found.filter(pl.col("kind") == kind, pl.col("whole") == whole)
        return chosen.group_by("row").agg(pl.col("valid").any(), pl.col("n").first())

    def believed(self, kind: str) -> int:
        """How many cells hold this kind, or 0 when what passes may well have passed by chance."""
        total = 0
        for whole in (True, False):
            each = self.of_kind(kind, whole)
            good = each.filter("valid")
            if good.height and good.height >= NEEDED.get(kind, 0.0) * each.height:
                total += int(good["n"].sum())
        return total

    def carried(self) -> dict[str, int]:
        """How many cells hold each kind, alone or inside text; not what an organisation's column
        says of its own premises, nor serial numbers and versions that differ too little.
        """
        own = {"ADDRESS", "LANDLINE"} if self.header.organisation else set()
        own |= {"MOBILE"} if self.numbered() else set()
        return {
            kind: count
            for kind in sorted(self.kinds - own)
            if (count := self.believed(kind)) and (kind != "IP" or self.various(kind))
        }

    def of_offices(self, kind: str) -> int:
        """How many cells hold a telephone that stands in so many that it is nobody's own."""
        good = self.found.filter(pl.col("kind") == kind, "valid")
        each = good.group_by("found").agg(pl.col("n").sum())["n"]
        return int(each.filter(each >= max(_SHARED, 0.01 * self.present)).sum())

    def numbered(self) -> bool:
        """Whether eleven digits are a code: the header says so, and all begin as a district does.

        Segments of telephones differ from person to person, whatever the column is called.
        """
        if not re.search(_CODES, self.header.spoken) or "MOBILE" in self.header.kinds:
            return False
        whole = self.found.filter(pl.col("kind") == "MOBILE", "whole")["found"]
        return len(whole) > 0 and whole.str.tail(11).str.head(3).n_unique() < 3

    def various(self, kind: str) -> bool:
        """Whether values differ as real ones do: serial numbers and versions share their heads."""
        found = self.found.filter((pl.col("kind") == kind) & pl.col("valid"))["found"]
        if kind == "MOBILE":
            return found.str.tail(11).str.head(3).n_unique() >= 4
        if kind == "IP":
            wide = r"(?:^|\.)[12][0-9]{2}(?:\.|$)|:"
            return share(found.str.contains(wide)) > 0.3
        return True

    def like(self, mask: pl.Series) -> tuple[int, float]:
        """How many cells a mask over the distinct cells covers, and what share of distinct ones."""
        if self.values.is_empty():
            return 0, 0.0
        return int(self.counts.filter(mask).sum()), float(mask.sum()) / len(self.values)

    def layout(self, pattern: str) -> tuple[int, float]:
        """The same for a layout."""
        return self.like(self.values.str.contains(pattern))


# The share of look-alikes that must pass; well above what passes by chance.
NEEDED: Final[Mapping[str, float]] = {
    "ID_CARD": 0.5,
    "USCC": 0.5,
    "BANK_CARD": 0.5,
    "MOBILE": 0.85,
    "LANDLINE": 0.85,
    "PLATE": 0.5,
    "PERSON": 0.3,
}
