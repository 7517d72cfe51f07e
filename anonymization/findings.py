"""What an attack found, by what it is judged, and how a column is looked at."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import polars as pl

Numbers = np.ndarray[Any, Any]


@dataclass(frozen=True)
class Finding:
    """One attack that succeeded; its example shows the cheapest way to a person, made up."""

    code: str
    columns: tuple[str, ...]
    records: int
    share: float
    zh: str
    en: str
    remedy_zh: str
    remedy_en: str
    example_zh: str = ""
    example_en: str = ""

    def facts(self) -> dict[str, Any]:
        """The finding as it stands in a report."""
        return {
            "code": self.code,
            "columns": list(self.columns),
            "records": self.records,
            "share": round(self.share, 6),
            "detail": self.zh,
            "detail_en": self.en,
            "remedy": self.remedy_zh,
            "remedy_en": self.remedy_en,
            "example": self.example_zh,
            "example_en": self.example_en,
        }


@dataclass(frozen=True)
class Terms:
    """By what a release is judged: its profile, what it claims, what is excused and why."""

    profile: str = "statistical"
    quasi: tuple[str, ...] = ()
    sensitive: tuple[str, ...] = ()
    k: int = 5
    l: int | None = None  # noqa: E741  # the name of the model
    t: float | None = None
    # Columns whose values were made up by the run that is judged, and proven to be.
    made_up: frozenset[str] = frozenset()
    # Columns of codes that the run that is judged computed itself, under its key.
    keyed: frozenset[str] = frozenset()
    # Columns published under a law that is named in the plan.
    published: frozenset[str] = frozenset()
    # The same as a claim says it, by column: no law orders numbers and accounts to be published.
    lawful: Mapping[str, str] = field(default_factory=dict)
    raw: Mapping[str, pl.Series] = field(default_factory=dict)
    # People there are, and by the values of some columns: {"total": …, "margins": {…}}.
    population: Mapping[str, Any] | None = None

    @property
    def excused(self) -> frozenset[str]:
        """Columns that may show people: made up, or published under a law."""
        return self.made_up | self.published | self.lawful.keys()


def as_texts(frame: pl.DataFrame) -> pl.DataFrame:
    """Every column as trimmed text, empty cells null."""
    shown = pl.all().cast(pl.String, strict=False).str.strip_chars()
    return frame.select(shown).with_columns(
        pl.when(pl.all() == "").then(None).otherwise(pl.all()).name.keep()
    )


def wordy(texts: pl.DataFrame) -> pl.DataFrame:
    """The columns with any cell of more than five characters, or of others than ASCII.

    Five digits or letters are no number, no name and no code of a person, however they are
    written: marks, counts and measures, of which wide tables are made, need no such look.
    """
    looks = texts.select(pl.all().str.contains("[^ -~]|.{6}").any())
    return texts.select(name for name in texts.columns if looks[name][0])


def share(records: int, of: pl.DataFrame) -> float:
    """The share of the records of a table, 0 for an empty one."""
    return records / of.height if of.height else 0.0


def matching(values: pl.Series, pattern: str) -> float:
    """The share of values a pattern is found in; 0 for a column without values."""
    present = len(values) - values.null_count()
    return int(values.str.contains(pattern).sum()) / present if present else 0.0


def all_matching(values: pl.Series, patterns: Sequence[str]) -> list[float]:
    """The share of values each of these patterns is found in, at the price of little more than one.

    What polars does to a short column costs as much as looking at a thousand cells.
    """
    present = len(values) - values.null_count()
    if not present:
        return [0.0] * len(patterns)
    looks = [pl.first().str.contains(one).sum().alias(str(n)) for n, one in enumerate(patterns)]
    return [count / present for count in values.to_frame().select(looks).row(0)]


# Cells that tell what more than half of a column is like.
_DRAWN = 4000


def drawn(values: pl.Series) -> pl.Series:
    """Cells from all over a column, enough to tell what most of them are like."""
    if len(values) <= _DRAWN:
        return values
    return values.gather_every(len(values) // _DRAWN)


def token(values: pl.Series) -> str | None:
    """What a column of opaque codes is made of: hex, base32, base64; None when it is none."""
    present = values.drop_nulls()
    if present.is_empty():
        return None
    some = drawn(present)
    if matching(some, _SIGNS) < 0.9:
        return None
    return next((shape for shape, holds in _TOKENS.items() if _all(present, some, holds)), None)


# What every code is made of.
_SIGNS = "^[0-9A-Za-z{][0-9A-Za-z+/_:{}-]{7,140}={0,6}$"
# Shapes of codes: what nearly all cells are, and what most must have to be no words or numbers.
_TOKENS: Mapping[str, tuple[tuple[str, float], ...]] = {
    "hex": (
        (r"^(?:0[xX])?[0-9a-fA-F]{12,128}$|^\{?[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}\}?$"
         r"|^(?:[0-9a-fA-F]{2}[:-]){7,63}[0-9a-fA-F]{2}$|^(?:[0-9a-fA-F]{4,16}-){1,15}[0-9a-fA-F]{4,16}$",
         0.95),
        ("[a-fA-F]", 0.5),
    ),
    "base64": (("^[A-Za-z0-9+/]{12,}={0,2}$", 0.95), ("[a-z]", 0.5)),
    # With - and _ it could be words or dates: letters of both cases and digits must be in most.
    "urlsafe": (
        ("^[A-Za-z0-9_-]{16,}={0,2}$", 0.95), ("[a-z]", 0.8), ("[A-Z]", 0.8), ("[0-9]", 0.8)
    ),
    "base32": (("^[A-Z2-7]{16,}={0,6}$", 0.95), ("[2-7]", 0.8), ("[A-Z]", 0.9)),
}  # fmt: skip


def _all(present: pl.Series, some: pl.Series, holds: tuple[tuple[str, float], ...]) -> bool:
    """Whether so many cells match each pattern; all are read where a draw says so."""
    return all(
        matching(some, pattern) > least - 0.02 and matching(present, pattern) > least
        for pattern, least in holds
    )


# 某 stands for a name left out, as in judgments: 王某, 李某某.
_STARS = "[*＊×●•#■□]{2,}|[xX]{3,}|^.[*＊×●某]$|某"


def starred(values: pl.Series) -> pl.Series:
    """Values with `*` for whatever sign hides a character."""
    return values.str.replace_all("[＊×●•#■□]", "*")


def masked(values: pl.Series) -> float:
    """The share of values with a mask in them."""
    present = values.drop_nulls()
    return matching(present, _STARS)
