"""Tells which of many look-alikes hold, at once: check digits, birth dates, numbers given out.

What is judged stands without separators and in capitals.
"""

import ipaddress
from collections.abc import Callable
from datetime import date
from typing import Any, Final, TypeAlias

import numpy as np
import polars as pl

from anonymization import dictionary, identifiers

Flags: TypeAlias = np.ndarray[Any, np.dtype[np.bool_]]
Digits: TypeAlias = np.ndarray[Any, np.dtype[np.int64]]
Check: TypeAlias = Callable[[pl.Series, date], Flags]


def _matrix(numbers: pl.Series, width: int) -> np.ndarray[Any, np.dtype[np.uint8]]:
    joined = numbers.str.join("").item() if len(numbers) else ""
    return np.frombuffer(joined.encode("ascii"), np.uint8).reshape(-1, width)


def citizen_numbers(numbers: pl.Series, today: date) -> Flags:
    """Which of these numbers of 18 characters are citizen numbers (GB 11643-1999)."""
    return citizen_checks(numbers, today) & born(numbers, today)


def citizen_checks(numbers: pl.Series, today: date) -> Flags:
    """Which end in the check character of the digits before it."""
    digits = _matrix(numbers, 18).astype(np.int64) - 48
    digits[:, 17] = np.where(digits[:, 17] > 9, 10, digits[:, 17])
    return _citizen_check(digits)


def citizen_digits(digits: Digits, today: date) -> Flags:
    """Which of these rows of 18 numbers are citizen numbers; an X at the end is a ten."""
    return _citizen_check(digits) & _citizen_shape(digits, today)


def _citizen_check(digits: Digits) -> Flags:
    remainder = digits[:, :17] @ np.array(identifiers.CITIZEN_WEIGHTS) % 11
    wanted = np.array([1, 0, 10, 9, 8, 7, 6, 5, 4, 3, 2])[remainder]
    same: Flags = wanted == digits[:, 17]
    return same


def _citizen_shape(digits: Digits, today: date) -> Flags:
    """Which have a province and a birth date that was; the check character not looked at."""
    known = np.zeros(100, bool)
    known[list(identifiers.PROVINCES)] = True
    province = known[digits[:, 0] * 10 + digits[:, 1]]
    year = digits[:, 6:10] @ np.array([1000, 100, 10, 1])
    month, day = digits[:, 10] * 10 + digits[:, 11], digits[:, 12] * 10 + digits[:, 13]
    lengths = np.array([0, 31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31])
    real = (month >= 1) & (month <= 12)
    last = lengths[np.where(real, month, 0)]
    common = (year % 4 != 0) | ((year % 100 == 0) & (year % 400 != 0))
    last = last - ((month == 2) & common)
    whole = year * 10000 + month * 100 + day
    past = (year >= 1900) & (whole <= today.year * 10000 + today.month * 100 + today.day)
    return province & real & (day >= 1) & (day <= last) & past  # type: ignore[no-any-return]


def card_numbers(numbers: pl.Series) -> Flags:
    """Which of these numbers of 13 to 19 digits pass Luhn and begin as cards do."""
    digits = _matrix(numbers.str.zfill(19), 19).astype(np.int64) - 48
    doubled = digits[:, 17::-2] * 2
    total = digits[:, 18::-2].sum(axis=1) + (doubled - 9 * (doubled > 9)).sum(axis=1)
    return total % 10 == 0  # type: ignore[no-any-return]


def credit_codes(codes: pl.Series) -> Flags:
    """Which of these codes of 18 characters are unified social credit codes (GB 32100-2015)."""
    values = np.full(128, -1000)
    values[[ord(one) for one in identifiers.CREDIT_ALPHABET]] = range(31)
    matrix = values[_matrix(codes, 18)]
    total = matrix[:, :17] @ np.array(identifiers.CREDIT_WEIGHTS)
    return (31 - total % 31) % 31 == matrix[:, 17]  # type: ignore[no-any-return]


# --- as the patterns ask --------------------------------------------------------------------


def born(found: pl.Series, today: date) -> Flags:
    """With a province and a birth date in them: of these one in eleven passes by chance."""
    return _citizen_shape(_matrix(found, 18).astype(np.int64) - 48, today)


def headed(found: pl.Series, today: date) -> Flags:
    """Which begin as cards of banks do."""
    return found.str.contains(f"^{identifiers.BANK_HEADS}$").to_numpy()


def cards(found: pl.Series, today: date) -> Flags:
    """Which are numbers of cards."""
    good = card_numbers(found)
    # 62 is also a province: what is a citizen number is no card.
    return _but_citizens(good, found, today)


def credits(found: pl.Series, today: date) -> Flags:
    """Which are codes of organisations."""
    return _but_citizens(credit_codes(found), found, today)


def _but_citizens(good: Flags, found: pl.Series, today: date) -> Flags:
    same = good & found.str.contains("^[0-9]{17}[0-9X]$").to_numpy()
    if same.any():
        good[same] &= ~citizen_numbers(found.filter(pl.Series(same)), today)
    return good


def mobiles(found: pl.Series, today: date) -> Flags:
    """Which begin with a segment that is given out."""
    return found.str.contains(f"^(?:(?:00)?86)?{identifiers.MOBILE}$").to_numpy()


def by(kind: str) -> Check:
    """The check that reads each as this kind of identifier."""

    def check(found: pl.Series, today: date) -> Flags:
        return np.array([identifiers.read(kind, one) is not None for one in found], bool)

    return check


# Whole numbers of bits from the left: masks of networks are no machines, nor is every machine.
_MASKS: Final = frozenset(
    str(ipaddress.ip_address((0xFFFFFFFF << (32 - bits)) & 0xFFFFFFFF)) for bits in range(33)
)


def machines(found: pl.Series, today: date) -> Flags:
    """Which are addresses of machines: no masks of networks, no networks with their length."""
    return (~(found.is_in(list(_MASKS)) | found.str.contains("/"))).to_numpy()


def names(found: pl.Series, today: date) -> Flags:
    """Which are names of people."""
    return (dictionary.names(found) & ~found.str.contains(_PUPILS)).to_numpy()


# 高中生 and 严学生 speak for themselves; as a name the one in a thousand.
_PUPILS: Final = "(?:中|学|考|新|师|老|先)生$"
