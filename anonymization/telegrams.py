"""Numbers of people at one place of messages that programs exchange, with more digits around them.

A telegram of a bank or a line of a fund has each field at its place, and nothing between: so a scan
for numbers sees one long run of digits. That the same sixteen or nineteen of all cells pass the
check of cards (ISO/IEC 7812-1), or eighteen that of citizens (GB 11643-1999), is no chance.
"""

from datetime import date
from typing import Final

import numpy as np
import polars as pl

from anonymization import checks
from anonymization.findings import Numbers, matching
from anonymization.identifiers import MOBILE

# Distinct cells that are needed and looked at, the characters read from either end of each.
_LEAST: Final = 30
_SAMPLE: Final = 400
_READ: Final = 600
# The share of the cells in which a place must hold digits, and numbers.
_MOST: Final = 0.95
# Which places are looked at: of how many characters, by kind.
_WIDTHS: Final = (("ID_CARD", 18), ("BANK_CARD", 19), ("BANK_CARD", 16), ("MOBILE", 11))
_DEVICE: Final = 15
# Segments of telephones begin in many ways, and so do the digits behind: days and counters do not.
_SEGMENTS: Final = 3
_DIGITS: Final = 6


def number(cells: pl.Series) -> str | None:
    """Which kind of number stands at one place of nearly all distinct cells, if one does.

    The place is counted from either end.
    """
    if len(cells) < _LEAST or matching(cells, "[0-9]{12}") < _MOST:
        return None
    some = cells.gather_every(max(1, len(cells) // _SAMPLE))
    shortest = min(int(some.str.len_chars().min() or 0), _READ)  # type: ignore[arg-type]
    # A number alone is no message: detection has looked at it.
    if some.str.len_chars().max() == shortest <= max(width for _, width in _WIDTHS):
        return None
    return _at(some.str.head(shortest)) or _at(some.str.tail(shortest))


def _at(cells: pl.Series) -> str | None:
    """The same of cells of one length."""
    signs = np.array([[ord(sign) for sign in one] for one in cells], np.int64) - ord("0")
    filled = ((signs >= 0) & (signs <= 9)).mean(axis=0) >= _MOST
    for kind, width in _WIDTHS:
        for start in range(signs.shape[1] - width + 1):
            # The last of a citizen's may be an X.
            if filled[start : start + width - (kind == "ID_CARD")].all() and _are(
                kind, cells.str.slice(start, width), signs[:, start]
            ):
                return kind
    return None


def _are(kind: str, pieces: pl.Series, first: Numbers) -> bool:
    """Whether nearly all of these pieces are numbers of a kind, and nearly each another."""
    if kind == "MOBILE":
        # It has no check digit: its segments must be those given out.
        return bool((first == 1).all()) and _telephones(pieces)
    if kind == "BANK_CARD" and not np.isin(first, _CARDS).mean() >= _MOST:
        return False
    shape = "^[1-8][0-9]{16}[0-9X]$" if kind == "ID_CARD" else "^[0-9]+$"
    numbers = pieces.filter(pieces.str.contains(shape))
    if len(numbers) < _MOST * len(pieces) or numbers.n_unique() < max(_LEAST, 0.5 * len(numbers)):
        return False
    if kind == "ID_CARD":
        today = date.today()  # noqa: DTZ011  # birth dates are civil dates
        return float(checks.citizen_numbers(numbers, today).mean()) >= _MOST
    # Devices have a check of the same rule over fifteen (3GPP TS 23.003).
    devices = checks.card_numbers(numbers.str.tail(_DEVICE))
    return float(checks.card_numbers(numbers).mean()) >= _MOST > float(devices.mean())


# With what the numbers of cards begin.
_CARDS: Final = (3, 4, 5, 6, 9)


def _telephones(pieces: pl.Series) -> bool:
    return (
        matching(pieces, f"^{MOBILE}$") >= _MOST
        and pieces.n_unique() >= max(_LEAST, 0.5 * len(pieces))
        and pieces.str.slice(1, 1).n_unique() >= _SEGMENTS
        and all(pieces.str.slice(place, 1).n_unique() >= _DIGITS for place in (2, 3, 4))
    )
