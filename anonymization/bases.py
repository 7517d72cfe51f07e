"""One number written to several bases: the same code of a person, whatever letters it has.

A program keeps its codes as numbers; one export writes them to base ten, the next in hexadecimal.
"""

import string
from collections.abc import Callable, Iterator
from typing import Final

import polars as pl

from anonymization.findings import drawn, matching

_LETTERS: Final = string.digits + string.ascii_lowercase
# Letters of codes that people copy by hand (Crockford), and those Python reads to base 32.
_SPOKEN: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_READ_SPOKEN: Final = str.maketrans(_SPOKEN, _LETTERS[:32])
# What cells look like and how they are read: of bases that fit the first is meant.
_READ: Final[tuple[tuple[int, str, Callable[[str], int]], ...]] = (
    (10, "^[0-9]{12,38}$", int),
    (16, "^(?:0[xX])?(?:[0-9a-f]{9,31}|[0-9A-F]{9,31})$", lambda one: int(one, 16)),
    (32, f"^[{_SPOKEN}]{{8,24}}$", lambda one: int(one.translate(_READ_SPOKEN), 32)),
    (36, "^(?:[0-9A-Z]{8,23}|[0-9a-z]{8,23})$", lambda one: int(one, 36)),
)
# Smaller numbers are counters and days.
_LEAST: Final = 1 << 36


# Codes that are written anew: of a million one in ten, of which enough meet where releases join.
_ENOUGH: Final = 100_000


def written(values: pl.Series) -> Iterator[tuple[pl.Series, int]]:
    """The codes of a column as they are to every other base, with noughts in front or without.

    With each how many codes one of them stands for. Nothing where they are no numbers, or so small
    that counters have them too.
    """
    codes = values.drop_nulls().unique(maintain_order=True)
    some = drawn(codes)
    for base, shape, read in _READ:
        if matching(some, shape) < 1 or matching(codes, shape) < 1:
            continue
        every = -(-len(codes) // _ENOUGH)
        numbers = [read(one) for one in codes.gather_every(every)] if every else []
        if numbers and min(numbers) >= _LEAST:
            yield from ((codes, every) for codes in _shown(numbers, base))
        return


def _shown(numbers: list[int], read: int) -> Iterator[pl.Series]:
    if read != 10:
        yield _series(map(str, numbers))
    if read != 16:
        width = 16 if max(numbers) < 1 << 64 else 32
        yield _series(f"{one:0{width}x}" for one in numbers)
        yield _series(f"{one:x}" for one in numbers)
    for base, letters in ((32, _SPOKEN), (36, _LETTERS), (36, _LETTERS.upper())):
        if base != read:
            yield _series(_based(one, letters[:base]) for one in numbers)


def _series(codes: Iterator[str]) -> pl.Series:
    return pl.Series("code", list(codes), dtype=pl.String)


def _based(number: int, letters: str) -> str:
    signs = []
    while number:
        number, rest = divmod(number, len(letters))
        signs.append(letters[rest])
    return "".join(reversed(signs))
