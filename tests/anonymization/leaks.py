"""Leaks put into sound releases one at a time: does the gate find each, and in its column?

A base is a sound release of an earlier set. A leak is a column or two beside it (or a change of one
of its own) by which a person can be read or singled out. People are made up and have nothing to do
with the base, so that the leak is all that is wrong. Headers say nothing unless the leak is one of
headers: what a column is called is the last thing a careless office would keep honest.
"""

import random
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib import import_module
from typing import Any, Final

import polars as pl

from anonymization import verify
from tests.anonymization.eighth_people import Person, crowd
from tests.anonymization.judging import made
from tests.anonymization.sixth_people import Release

Cell = Callable[[random.Random, Person], Any]
# What a table is made into: with other columns, and with what the attacker holds beside it.
Spoil = Callable[[random.Random, pl.DataFrame, Sequence[Person]], tuple[pl.DataFrame, Any]]

# What the columns of a release are called that nobody can guess anything from.
HEADERS: Final = ("业务标识", "扩展信息", "备用字段", "关联码", "field_7", "数据项A", "附加信息")


@dataclass(frozen=True)
class Leak:
    """One way to give people away: cells beside a base, or a function of the table."""

    kind: str
    title: str
    codes: tuple[str, ...]
    cells: Mapping[str, Cell] = field(default_factory=dict)
    spoil: Spoil | None = None
    # In tables of people alone: elsewhere the same column would tell of a thing.
    of_people: bool = False
    # What a finding has to name, where it is not all that was put in; `+` joins.
    named: tuple[str, ...] = ()
    people: tuple[int, int] = (18, 80)

    @property
    def name(self) -> str:
        return f"{self.kind}: {self.title}"


# Sound releases of the sets that may be read, by the beginning of their titles.
BASES: Final[Mapping[str, tuple[str, ...]]] = {
    "tenth_open_sound": (
        *("petitions by", "disability under", "private cars", "flood cameras", "branches of"),
        *("licences for", "codes of communities", "hydrants"),
    ),
    "ninth_open_sound": (
        *("jobless by age", "stays in hospital by month", "traffic accidents", "wages to the next"),
        *("what people said", "samples of food", "schools with address", "taxpayers of"),
    ),
    "eighth_open_sound": (
        *("people: fitness", "people: what is paid", "people: the jobless", "people: volunteers"),
        *("law: telephones", "things: public conveniences"),
    ),
    "seventh_open_sound": (
        *("people: vaccination", "people: housing fund", "people: hotline", "things: relics"),
        *("things: budget",),
    ),
}  # fmt: skip
FRONTS: Final = tuple(front for some in BASES.values() for front in some)


@cache
def bases() -> tuple[Release, ...]:
    """The sound releases that leaks are put into, in the order of `FRONTS`."""
    found = []
    for module, fronts in BASES.items():
        sound = import_module(f"tests.anonymization.{module}").sound
        titled = {one.title: one for one in made(sound)}
        for front in fronts:
            (title,) = [one for one in titled if one.startswith(front)]
            found.append(titled[title])
    return tuple(found)


def of_people(base: Release) -> bool:
    """Whether a row of a base is a person's."""
    return "quasi_identifiers" in base.claim


def spoilt(leak: Leak, base: Release) -> Release | None:
    """The base with the leak in it; None where it does not fit there."""
    if leak.of_people and not of_people(base):
        return None
    chance = random.Random(f"{leak.name} {base.title}")
    held = crowd(base.frame.height, leak.kind, *leak.people)
    others: Any = {}
    if leak.spoil is not None:
        frame, others = leak.spoil(chance, base.frame, held)
        added = [name for name in frame.columns if name not in base.frame.columns]
    else:
        free = chance.sample(HEADERS, len(leak.cells))
        added = [
            plain if (name.startswith("#")) else name
            for name, plain in zip(leak.cells, free, strict=True)
        ]
        frame = base.frame.with_columns(
            pl.Series(name, [cell(chance, p) for p in held], strict=False)
            for name, cell in zip(added, leak.cells.values(), strict=True)
        )
    # Of pieces that lead to somebody together, whoever mends one has mended all.
    wanted = tuple(frozenset(one.split("+")) for one in leak.named or added)
    return Release(f"{leak.name} in {base.title}", frame, base.claim, leak.codes, wanted, others)


def pairs(leaks: Sequence[Leak], each: int, seed: int) -> Iterator[tuple[Leak, Release]]:
    """Every leak in so many bases, drawn by the seed."""
    for leak in leaks:
        fit = [base for base in bases() if not leak.of_people or of_people(base)]
        chance = random.Random(zlib.crc32(leak.name.encode()) + seed)
        for base in chance.sample(fit, min(each, len(fit))):
            if (case := spoilt(leak, base)) is not None:
                yield leak, case


def is_found(case: Release) -> tuple[bool, str]:
    """Whether a finding of the right cause names the column, and what was said instead."""
    found = verify(case.frame, case.claim, **case.others).findings
    named = {name for one in found if one.code in case.codes for name in one.columns}
    said = "; ".join(f"{one.code} {'、'.join(one.columns)}" for one in found)
    return any(columns <= named for columns in case.columns), said or "passed"
