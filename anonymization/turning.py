"""Numbers whose digits were put in other places, or each exchanged for another by a sum.

Not rules one by one: every usual order of the places is tried with every sum that maps digits on
digits (forty of them), all cells at once. A citizen number is known by its region, its birth date
and its check character, a telephone by the segments that are given out; both hardly ever by chance.
"""

from collections.abc import Callable, Iterator
from datetime import date
from functools import cache
from typing import Final

import numpy as np
import polars as pl

from anonymization import checks
from anonymization.findings import Numbers

Undo = Callable[[str], str | None]

# Cells that are tried; the share of them that must hold.
_CELLS: Final = 80
_LEAST: Final = 20
_MOST: Final = 0.97
_CITIZEN: Final = 18
_MOBILE: Final = 11
_TEN: Final = 10
# Segments of telephones that a column has at the least, and second digits among them.
_SEGMENTS: Final = 4
_SECONDS: Final = 3


def ways(bare: pl.Series) -> Iterator[tuple[str, str, Undo]]:
    """How the digits of a column of numbers without marks are brought back, if by such a rule."""
    cells = _matrix(bare)
    if cells is None:
        return
    for zh, en, places in _orders(cells.shape[1]):
        turned = cells[:, places]
        for factor, added, table in _exchanges():
            if factor == 1 and added == 0 and en == "as they stand":
                continue
            if _holds(table[turned]):
                yield (*_said(zh, en, factor, added), _undoing(places, table))
                return


def _matrix(bare: pl.Series) -> Numbers | None:
    """Cells of one width as rows of numbers, X as ten; None where they are no such column."""
    some = bare.drop_nulls().head(_CELLS)
    widths = some.str.len_bytes().unique()
    if len(some) < _LEAST or len(widths) != 1 or int(widths[0]) not in {_MOBILE, _CITIZEN}:
        return None
    codes = np.frombuffer("".join(some).upper().encode(), np.uint8).reshape(len(some), -1)
    return np.where(codes == ord("X"), _TEN, codes - ord("0")).astype(np.int64)


def _holds(numbers: Numbers) -> bool:
    """Whether nearly all rows are numbers of people."""
    if numbers.shape[1] == _CITIZEN:
        # Cheap first: most rules give months there are not, or an X where none can stand.
        if (numbers[:, :17] == _TEN).any():
            return False
        months = numbers[:, 10] * 10 + numbers[:, 11]
        if ((months >= 1) & (months <= 12)).mean() < _MOST:
            return False
        return bool(checks.citizen_digits(numbers, _today()).mean() >= _MOST)
    if (numbers[:, 0] != 1).any() or (numbers == _TEN).any():
        return False
    fronts = numbers[:, 0] * 100 + numbers[:, 1] * 10 + numbers[:, 2]
    return bool(
        _given_out()[fronts].mean() >= _MOST
        and len(np.unique(fronts)) >= _SEGMENTS
        and len(np.unique(numbers[:, 1])) >= _SECONDS
    )


def _today() -> date:
    return date.today()  # noqa: DTZ011  # birth dates are civil dates


@cache
def _given_out() -> Numbers:
    """Which three digits a telephone may begin with."""
    fronts = pl.Series([f"{one:03}00000000" for one in range(1000)])
    return np.asarray(checks.mobiles(fronts, _today()))


@cache
def _orders(width: int) -> tuple[tuple[str, str, Numbers], ...]:
    """Orders of the places, each as where the digit of every place now stands."""
    at = np.arange(width)
    half = (width + 1) // 2
    odd = np.argsort(np.concatenate([at[::2], at[1::2]]))
    even = np.argsort(np.concatenate([at[1::2], at[::2]]))
    swapped = np.where(at % 2 == 0, np.minimum(at + 1, width - 1), at - 1)
    folded = np.argsort([at[n // 2] if n % 2 == 0 else at[-1 - n // 2] for n in range(width)])
    apart = np.argsort(
        [at[n // 2] if n % 2 == 0 else at[half + n // 2] for n in range(2 * (width // 2))]
        + ([half - 1] if width % 2 else [])
    )
    # With its halves each from behind.
    mirrored = np.concatenate([at[: width // 2][::-1], at[width // 2 :][::-1]])
    found = [
        ("原序", "as they stand", at),
        ("倒序", "reversed", at[::-1]),
        ("两两换位", "with neighbours changed", swapped),
        ("奇偶位分开", "with odd and even places apart", odd),
        ("偶奇位分开", "with even and odd places apart", even),
        ("首尾交替", "from both ends in turn", folded),
        ("前后半交错", "with its halves in turn", apart),
        ("前后半各自倒序", "with its halves reversed", mirrored),
    ]
    turns = [("循环移位", "with its ends changed", np.roll(at, -turn)) for turn in range(1, width)]
    return (*found, *turns)


@cache
def _exchanges() -> tuple[tuple[int, int, Numbers], ...]:
    """What undoes each sum that maps the ten digits on one another; an X stays what it is."""
    digits = np.arange(10)
    found = []
    for factor in (1, 9, 3, 7):
        for added in range(10):
            table = np.empty(11, np.int64)
            table[(factor * digits + added) % 10] = digits
            table[_TEN] = _TEN
            found.append((factor, added, table))
    return tuple(found)


def _said(zh: str, en: str, factor: int, added: int) -> tuple[str, str]:
    if (factor, added) == (1, 0):
        return f"{zh}书写", en
    sum_zh = f"每位乘 {factor} 加 {added}" if factor > 1 else f"每位加 {added}"
    sum_en = f"each digit times {factor} plus {added}" if factor > 1 else f"{added} added to each"
    return f"{zh}并{sum_zh}", f"{en}, {sum_en}"


def _undoing(places: Numbers, table: Numbers) -> Undo:
    signs = {**{str(one): str(table[one]) for one in range(10)}, "X": "X"}

    def undo(one: str) -> str | None:
        bare = _unmarked(one).upper()
        if len(bare) != len(places):
            return None
        return "".join(signs.get(bare[place], "") for place in places)

    return undo


def _unmarked(one: str) -> str:
    return "".join(sign for sign in one if sign.isascii() and sign.isalnum())
