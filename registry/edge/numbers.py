"""Numbers as they are sent: digits, and not so many that a database has no place for them."""

from typing import Final

# As many as fit the ids of rows.
ROW: Final = 9


def natural(text: str | None, digits: int = ROW) -> int | None:
    """The number that was sent; None for nothing, and for whatever is none or has more digits."""
    if text is None or not (text.isascii() and text.isdigit() and len(text) <= digits):
        return None
    return int(text)


def row_number(text: str) -> int:
    """What was sent as the number of a row; 0, which no row has, for anything else."""
    return natural(text) or 0
