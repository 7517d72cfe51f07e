"""Moments inside codes: identifiers that begin with the clock, or are nothing but it in a base.

By chance one code in a few reads as a moment of these twenty years, all of a column never: that is
all it takes, whatever base the clock was written in.
"""

from collections.abc import Callable, Sequence
from typing import Final

import polars as pl

from anonymization.findings import drawn, matching

# So few codes may begin alike by chance.
_LEAST: Final = 12
# Seconds of 2011 and of 2033, between which a clock of a release stands.
_FIRST: Final = 1_300_000_000
_LAST: Final = 2_000_000_000
# A hundred nanoseconds between 1582, from which version one of identifiers counts, and 1970.
_GREGORIAN: Final = 0x01B21DD213814000
_CROCKFORD: Final = "0123456789abcdefghjkmnpqrstvwxyz"

Read = Callable[[str], float]


def _sortable(code: str) -> float:
    """Thousandths of a second in the ten signs in front, of base 32 (ULID)."""
    number = 0
    for sign in code[:10]:
        number = 32 * number + _CROCKFORD.index(sign)
    return number / 1000


def _of_version_one(code: str) -> float:
    """RFC 9562: the clock in three pieces, the low one in front."""
    return (int(code[13:16] + code[8:12] + code[:8], 16) - _GREGORIAN) / 1e7


# What a code looks like in small letters without strokes, and the second it was made in.
_CODES: Final[Sequence[tuple[str, Read]]] = (
    ("^[0-9a-f]{24}$", lambda code: int(code[:8], 16)),
    ("^[0-9a-f]{12}7[0-9a-f]{19}$", lambda code: int(code[:12], 16) / 1000),
    ("^[0-9a-f]{12}1[0-9a-f]{3}[89ab][0-9a-f]{15}$", _of_version_one),
    ("^[0-7][0-9a-hjkmnp-tv-z]{25}$", _sortable),
    ("^[4-7][0-9a-f]{7}$", lambda code: int(code, 16)),
    ("^[0-9a-z]{8}$", lambda code: int(code, 36) / 1000),
    ("^[0-9a-z]{6}$", lambda code: int(code, 36)),
    ("^[0-9a-f]{11}$", lambda code: int(code, 16) / 1000),
)


def begun(values: pl.Series) -> bool:
    """Whether all codes of a column tell the second in which they were made."""
    some = drawn(values)
    if len(some) < _LEAST or matching(some, "^[0-9A-Za-z-]{6,40}$") < 1:
        return False
    bare = some.str.to_lowercase().str.replace_all("-", "")
    # Decimals are read where the header says that they are times.
    if matching(bare, "[a-z]") < 0.5:
        return False
    for shape, read in _CODES:
        if matching(bare, shape) == 1:
            seconds = [read(one) for one in bare]
            if all(_FIRST <= one <= _LAST for one in seconds) and len(set(seconds)) >= _LEAST:
                return True
    return False
