"""The ends of a register's codes, for which a release leaves out what all of them begin with.

Without the sign of the office, the year and the noughts 1503-003705 is 3705: on the wall both are
one.
"""

from typing import Final

import polars as pl

from anonymization.findings import drawn, matching

# Values that are worth comparing; the share of them that a register must have, and of its codes
# that must be alone in their ends.
_LEAST: Final = 20
_OWN: Final = 0.95
# The share of the numbers there may be that a register has: where it has nine in ten any are found.
_THIN: Final = 0.5
_BARE: Final = "^[0-9]{2,10}$"
# What stands behind a sign, and noughts.
_BEHIND: Final = r"^(?:.*[^0-9])?0*([1-9][0-9]{0,9})号?$"
_FIGURES: Final = "[0-9]{3}号?$"
_DAY: Final = r"^(?:19|20)[0-9]{2}[-/.年][0-9]{1,2}[-/.月]"


def of(values: pl.Series, cells: pl.Series) -> pl.Series | None:
    """The ends of a register's codes as a release writes them; None where it does not have them.

    `values` are the distinct ones of the release, `cells` all of the register. Nearly all must be
    there, and so thinly that this is no chance.
    """
    if len(values) < _LEAST or matching(drawn(values), _BARE) < 1:
        return None
    codes = cells.drop_nulls().unique()
    some = drawn(codes)
    if len(some) < _LEAST or matching(some, _FIGURES) < _OWN or matching(some, _DAY) > _THIN:
        return None
    widths = values.str.len_bytes().unique()
    if len(widths) == 1 and int(widths[0]) >= _CUT:
        ends = cells.str.extract(f"([0-9]{{{int(widths[0])}}})号?$")
        if _are_there(values, ends, len(codes), 10.0 ** int(widths[0])):
            return ends
    numbers = cells.str.extract(_BEHIND)
    # Written with noughts or without.
    if len(widths) == 1:
        numbers = numbers.str.zfill(int(widths[0]))
    last = numbers.cast(pl.Float64).max()
    return numbers if last and _are_there(values, numbers, len(codes), float(last)) else None  # type: ignore[arg-type]


# Digits of an end that is cut off at one length.
_CUT: Final = 4


def _are_there(values: pl.Series, ends: pl.Series, codes: int, space: float) -> bool:
    own = ends.drop_nulls().unique()
    if len(own) < _OWN * codes or len(own) > _THIN * space:
        return False
    return int(values.is_in(own.implode()).sum()) >= _OWN * len(values)
