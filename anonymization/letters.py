"""Messages as letters in arrays, a row each: to make a text of one costs as much as its digest."""

from collections.abc import Iterable
from typing import Final

import numpy as np

from anonymization.findings import Numbers

# Messages of one length, a message a row.
Rows = Numbers


def rows_of(texts: Iterable[bytes]) -> list[Rows]:
    """Texts as arrays, one for each length there is."""
    by_length: dict[int, list[bytes]] = {}
    for one in texts:
        by_length.setdefault(len(one), []).append(one)
    return [
        np.frombuffer(b"".join(some), np.uint8).reshape(-1, length)
        for length, some in by_length.items()
        if length
    ]


def joined(*parts: bytes | Rows) -> Rows:
    """Messages of parts in a row: letters that all have, or a row of letters for each."""
    count = max(len(one) for one in parts if isinstance(one, np.ndarray))
    widths = [len(one) if isinstance(one, bytes) else one.shape[1] for one in parts]
    made = np.empty((count, sum(widths)), np.uint8)
    at = 0
    for one, width in zip(parts, widths, strict=True):
        made[:, at : at + width] = np.frombuffer(one, np.uint8) if isinstance(one, bytes) else one
        at += width
    return made


def mixed(salt: bytes, rows: Rows) -> tuple[Rows, Rows]:
    """Messages with a salt before and behind them."""
    return joined(salt, rows), joined(rows, salt)


# Four digits at once, as one number of four letters.
_FOUR: Final = np.array([b"%04d" % one for one in range(10_000)]).view("<u4")


def digits(number: Numbers, width: int) -> Rows:
    """Numbers as rows of so many ASCII digits."""
    fours = -(-width // 4)
    made = np.empty((len(number), fours), "<u4")
    rest = number.astype(np.uint32)
    for place in range(fours - 1, 0, -1):
        rest, last = np.divmod(rest, np.uint32(10_000))
        made[:, place] = _FOUR[last]
    made[:, 0] = _FOUR[rest]
    return made.view(np.uint8)[:, 4 * fours - width :]
