"""Ways of hiding that keep the order of characters: signs for signs, sums, marks and wrappings.

Each is solved from what all cells of a column have in common, so no list of keys is tried: what
stands for the digits of citizen numbers shows by their years, months and check characters.
"""

import itertools
import operator
import string
from collections.abc import Callable, Iterator, Sequence
from datetime import date
from functools import partial
from typing import Final

import numpy as np
import polars as pl

from anonymization import checks
from anonymization.findings import masked, matching
from anonymization.identifiers import citizen_check

Undo = Callable[[str], str | None]

# Cells a key is solved from; the share of them that must prove it.
_CELLS: Final = 60
_MOST: Final = 0.9
# What an X at the end of a citizen number counts for.
_TEN: Final = 10
# Constants people add, multiply and mix numbers with.
_ADDED: Final = (
    *(int("123456789"[:n]) for n in range(2, 10)),
    *(int("1" * n) for n in range(3, 19)),
    *(int("9" * n) for n in (4, 6, 8)),
    *(int("8" * n) for n in (4, 6, 8)),
    *(10**n for n in range(2, 18)),
    *range(2020, 2031),
    *(int(f"{year}0101") for year in range(2022, 2028)),
    *(150300, 150302, 150303, 150304, 654321, 987654321, 473, 5201314, 0x5A5A5A5A, 0xFFFFFFFF),
)


def ways(sample: pl.Series) -> Iterator[tuple[str, str, Undo]]:
    """Rules that may be behind such cells, as words and as functions."""
    some = list(sample.head(_CELLS))
    lengths = {len(one) for one in some}
    if lengths == {18}:
        for turned in (False, True):
            if (table := _citizens(some, turned)) is not None:
                yield (
                    "以其他字符代替数字",
                    "in other signs for the digits",
                    _replaced(table, turned),
                )
                return
    if matching(sample, "^[0-9]{11}$") > _MOST:
        yield from _linear(some)
    if matching(sample, "^[0-9]{10,20}$") > _MOST:
        yield from _sums(some)
    elif (key := _mixed(some)) is not None:
        yield "逐字异或", "with every sign mixed", lambda one: _xored(one, key)
    if matching(sample, "^0{4,}[1-9]") > _MOST and len(lengths) == 1:
        yield "前面补零", "with noughts in front", lambda one: one.lstrip("0")
    if matching(sample, r"^[^\s._/-](?:[\s._/-]+[^\s._/-]){6,}$") > _MOST:
        yield "逐字加分隔符", "with marks between all signs", lambda one: one[::2]
    if len(lengths) == 1 and (odd := _constant(some)):
        yield "中间夹入固定字符", "with a sign put in", _without(odd)
    # Behind the stars of a mask there is nothing to read.
    if masked(sample) < 0.1:
        yield from _wrapped(some)


# --- signs for digits -----------------------------------------------------------------------


def _citizens(cells: Sequence[str], turned: bool) -> dict[str, str] | None:
    """What each sign stands for where the cells are citizen numbers in signs of their own."""
    if turned:
        cells = [one[::-1] for one in cells]
    places = [{one[place] for one in cells} for place in range(18)]
    signs = sorted(set().union(*places[:17]))
    # Few years begin with anything but 19 and 20, few months and days with more than 1 and 3.
    if not 8 <= len(signs) <= 10 or len(cells) < 20:
        return None
    if any(len(places[at]) > most for at, most in ((6, 2), (7, 2), (10, 2), (12, 4))):
        return None
    fixed: dict[str, str] = {}
    for at, digits in ((6, "12"), (7, "90")):
        for sign, digit in zip(_often(cells, at), digits, strict=False):
            if fixed.setdefault(sign, digit) != digit:
                return None
    last = sorted(places[17] - set(signs))
    if len(last) > 1:
        return None
    # Every way to give the other digits out at once: forty thousand are asked as one matrix.
    rest = [one for one in signs if one not in fixed]
    left = [int(one) for one in string.digits if one not in fixed.values()]
    orders = np.array(list(itertools.permutations(left, len(rest))), np.int64)
    tables = np.empty((len(orders), len(signs) + len(last)), np.int64)
    place = {sign: at for at, sign in enumerate([*signs, *last])}
    for sign, digit in fixed.items():
        tables[:, place[sign]] = int(digit)
    tables[:, [place[sign] for sign in rest]] = orders
    tables[:, len(signs) :] = _TEN
    numbers = np.array([[place[sign] for sign in one] for one in cells])
    # Few pass a first cell, so that the next ones cost next to nothing.
    for one in numbers[:4]:
        tables = tables[checks.citizen_digits(tables[:, one], _today())]
    for table in tables:
        if checks.citizen_digits(table[numbers], _today()).mean() > _MOST:
            read = {sign: int(table[at]) for sign, at in place.items()}
            return {sign: "X" if digit == _TEN else str(digit) for sign, digit in read.items()}
    return None


def _today() -> date:
    return date.today()  # noqa: DTZ011  # birth dates are civil dates


def _often(cells: Sequence[str], at: int) -> list[str]:
    """The signs at one place, the commonest first."""
    column = [one[at] for one in cells]
    return sorted(set(column), key=lambda sign: -column.count(sign))


def _replaced(table: dict[str, str], turned: bool) -> Undo:
    def undo(one: str) -> str | None:
        read = "".join(table.get(sign, "") for sign in (one[::-1] if turned else one))
        return read if len(read) == 18 else None

    return undo


def _linear(cells: Sequence[str]) -> Iterator[tuple[str, str, Undo]]:
    """Digits multiplied and added to, of telephones: the first of them must give a one."""
    first = {one[0] for one in cells}
    if len(first) != 1:
        return
    lead = int(first.pop())
    for factor in (3, 7, 9):
        added = (1 - factor * lead) % 10
        table = str.maketrans(
            string.digits, "".join(str((factor * one + added) % 10) for one in range(10))
        )
        yield "每位乘加", "with each digit multiplied and added to", _translated(table)


def _translated(table: dict[int, int]) -> Undo:
    return lambda one: one.translate(table)


def _mixed(cells: Sequence[str]) -> int | None:
    """The number that makes digits of all signs by an exclusive or, if there is one."""
    signs = {ord(sign) for one in cells for sign in one}
    if not 8 <= len(signs) <= 12 or max(signs) > 127:
        return None
    digits = {ord(sign) for sign in string.digits + "Xx"}
    return next((key for key in range(1, 128) if {one ^ key for one in signs} <= digits), None)


def _xored(one: str, key: int) -> str:
    return "".join(chr(ord(sign) ^ key) for sign in one)


# --- sums -----------------------------------------------------------------------------------


def _sums(cells: Sequence[str]) -> Iterator[tuple[str, str, Undo]]:
    """Whole numbers that were added to, multiplied or mixed with a usual constant."""
    numbers = [int(one) for one in cells[:12] if one.isascii() and one.isdigit()]
    for factor in range(2, 10):
        if all(one % factor == 0 for one in numbers):
            undo = _arithmetic(partial(_parted, factor))
            if _tells(cells, undo):
                yield f"乘以 {factor}", f"multiplied by {factor}", undo
    width = len(cells[0])
    for whole in (10**width, 10 ** (width + 1), 2 * 10 ** (width - 1), 2 * 10**width):
        undo = _arithmetic(partial(operator.sub, whole))
        if _tells(cells[:12], undo):
            yield "从整数中减去", "taken from a round number", undo
    if max(map(len, cells)) < 17 or len(numbers) < 10:
        return
    for constant in _ADDED:
        for zh, en, turn in (
            ("加常数", "with a constant added", partial(operator.add, -constant)),
            ("减常数", "with a constant taken off", partial(operator.add, constant)),
            ("与常数异或", "mixed with a constant", partial(operator.xor, constant)),
        ):
            undo = _arithmetic(turn)
            if _tells(cells[:12], undo):
                yield zh, en, undo


def _parted(factor: int, number: int) -> int:
    return number // factor


def _arithmetic(turn: Callable[[int], int]) -> Undo:
    def undo(one: str) -> str | None:
        shown = str(abs(turn(int(one)))) if one.isascii() and one.isdigit() else None
        # Whoever reckons with citizen numbers leaves the check character out, which may be an X.
        return shown + citizen_check(shown) if shown and len(shown) == _SUMMED else shown

    return undo


# Digits of a citizen number without its check character.
_SUMMED: Final = 17


def _tells(cells: Sequence[str], undo: Undo) -> bool:
    """Whether most cells are numbers of people by their check digits, or all telephones."""
    read = [shown for one in cells if (shown := undo(one)) is not None]
    citizens = [one for one in read if len(one) == 18]
    if len(citizens) >= 0.5 * len(cells):
        # Months tell of nearly all wrong rules what whole numbers would, at far less cost.
        if 5 * sum(one[10:12] not in _MONTHS for one in citizens) >= len(citizens):
            return False
        # Those that end in X cannot be summed and are left out, as whoever sums them must.
        return bool(checks.citizen_numbers(pl.Series(citizens), _today()).mean() > 0.8)
    return all(len(one) in {11, 16, 19} for one in read)


_MONTHS: Final = frozenset(f"{one:02}" for one in range(1, 13))


# --- marks and wrappings --------------------------------------------------------------------


def _constant(cells: Sequence[str]) -> tuple[int, ...]:
    """Places inside cells of one length at which all have the same sign that is no digit."""
    width = len(cells[0])
    return tuple(
        place
        for place in range(1, width - 1)
        if not cells[0][place].isdigit()
        and not cells[0][place].isspace()
        and all(one[place] == cells[0][place] for one in cells)
    )


def _without(places: tuple[int, ...]) -> Undo:
    return lambda one: "".join(sign for at, sign in enumerate(one) if at not in places)


def _wrapped(cells: Sequence[str]) -> Iterator[tuple[str, str, Undo]]:
    """What is left of cells without the beginning and the end that all of them have."""
    front = _common(cells).rstrip(string.digits)
    back = _common([one[::-1] for one in cells])[::-1].lstrip(string.digits)
    letters = string.ascii_letters
    # Letters that stand next to the value may be a part of it, as the E of a passport is.
    for before, behind in dict.fromkeys(((front, back), (front.rstrip(letters), back))):
        if before or behind:
            yield "前后加固定字样", "between words that are always the same", _inner(before, behind)


def _common(cells: Sequence[str]) -> str:
    """The beginning all cells have: that of the first and the last in order."""
    first, last = min(cells), max(cells)
    same = (place for place, (a, b) in enumerate(zip(first, last, strict=False)) if a != b)
    return first[: next(same, min(len(first), len(last)))]


def _inner(front: str, back: str) -> Undo:
    def undo(one: str) -> str | None:
        if not one.startswith(front) or not one.endswith(back):
            return None
        return one[len(front) : len(one) - len(back)] or None

    return undo
