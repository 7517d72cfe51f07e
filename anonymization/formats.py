"""Encrypts identifiers so that their shape stays: same length, same kind of characters.

A system that checks the shape of a number accepts the encrypted one. Whoever has the key gets the
value back; without it the column says as little as a pseudonym. A citizen number keeps its check
character in step: what was right stays right, what was wrong stays as wrong as it was, and with
`check` = `void` a right one never comes out right, so that it is nobody's number.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import polars as pl
import pyarrow as pa

from anonymization.ff1 import FF1
from anonymization.findings import Numbers
from anonymization.identifiers import CITIZEN_CHECKS, CITIZEN_WEIGHTS

Params = Mapping[str, Any]
_ALPHABET: Final = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_CHECKS: Final = len(CITIZEN_CHECKS)


@dataclass(frozen=True)
class _Shape:
    """A shape of values: its pattern, its radix, how a row of characters is turned over."""

    pattern: str
    radix: int
    turn: Callable[["_Turning", Numbers], Numbers]


@dataclass(frozen=True)
class _Turning:
    """One way through the permutation, there or back."""

    cipher: FF1
    void: bool
    forward: bool

    def of(self, digits: Numbers) -> Numbers:
        return self.cipher.encrypt(digits) if self.forward else self.cipher.decrypt(digits)

    def whole(self, digits: Numbers) -> Numbers:
        """All characters are encrypted."""
        return self.of(digits)

    def mobile(self, digits: Numbers) -> Numbers:
        """The ten digits behind the 1; a void one begins with 2, as no number does."""
        made = digits.copy()
        made[:, 1:] = self.of(digits[:, 1:])
        if self.void:
            made[:, 0] = 2 if self.forward else 1
        return made

    def citizen(self, digits: Numbers) -> Numbers:
        """The seventeen digits; the check character keeps its distance from the right one."""
        made = digits.copy()
        made[:, :17] = self.of(digits[:, :17])
        off = (_place(digits[:, 17]) - _right(digits)) % _CHECKS
        step = (1 if self.forward else -1) if self.void else 0
        made[:, 17] = _CHARACTERS[(_right(made) + off + step) % _CHECKS]
        return made


# Check characters in the order of the remainder, as numbers of the alphabet.
_CHARACTERS: Final = np.array([_ALPHABET.index(one) for one in CITIZEN_CHECKS], np.uint8)
_PLACES: Final = np.argsort(_CHARACTERS)


def _place(checks: Numbers) -> Numbers:
    """The remainder each check character stands for."""
    found = np.searchsorted(_CHARACTERS, checks, sorter=_PLACES)
    return np.asarray(_PLACES[found])


def _right(digits: Numbers) -> Numbers:
    """The remainder of GB 11643 of the first seventeen digits."""
    return np.asarray(digits[:, :17].astype(np.int64) @ np.array(CITIZEN_WEIGHTS) % _CHECKS)


_SHAPES: Final[Mapping[str, tuple[_Shape, ...]]] = {
    "id": (
        _Shape("^[0-9]{17}[0-9X]$", 10, _Turning.citizen),
        _Shape("^[0-9]{15}$", 10, _Turning.whole),
    ),
    "mobile": (_Shape("^{lead}[0-9]{10}$", 10, _Turning.mobile),),
    "number": (_Shape("^[0-9]+$", 10, _Turning.whole),),
    "letters": (_Shape("^[0-9A-Z]+$", 36, _Turning.whole),),
}


def encrypted(values: pl.Series, given: Params, key: bytes) -> pl.Series:
    """Each value encrypted in its shape; null where it does not have it."""
    return _turned(values, given, key, forward=True)


def decrypted(values: pl.Series, given: Params, key: bytes) -> pl.Series:
    """What `encrypted` made these of, under the same key and parameters."""
    return _turned(values, given, key, forward=False)


def _turned(values: pl.Series, given: Params, key: bytes, *, forward: bool) -> pl.Series:
    void = given["check"] == "void"
    lead = "2" if void and not forward else "1"
    made = pl.Series(values.name, [None] * len(values), dtype=pl.String)
    for shape in _SHAPES[given["format"]]:
        turning = _Turning(FF1.sm4(key[:16], shape.radix), void, forward)
        fitting = values.str.contains(shape.pattern.replace("{lead}", lead)).fill_null(False)
        lengths = values.str.len_bytes()
        # What is encrypted of a shape may be one character shorter than the value.
        for length in lengths.filter(fitting).unique().sort():
            if length not in turning.cipher.lengths():
                continue
            chosen = fitting & (lengths == length)
            if chosen.all():
                return _texts(shape.turn(turning, _matrix(values))).alias(values.name)
            mine = chosen.arg_true()
            changed = shape.turn(turning, _matrix(values.gather(mine)))
            made = made.scatter(mine, _texts(changed))
    return made


def _matrix(values: pl.Series) -> Numbers:
    """Texts of one length as rows of numbers below 36."""
    # The engine's own bytes: a text of Python for each value would cost as much as the cipher.
    held = values.to_arrow().cast(pa.large_string())
    start = np.frombuffer(held.buffers()[1], np.int64)[held.offset]
    width = int(values.str.len_bytes()[0])
    codes = np.frombuffer(held.buffers()[2], np.uint8, len(values) * width, start)
    codes = codes.reshape(len(values), width)
    return np.where(codes >= ord("A"), codes - 55, codes - 48).astype(np.uint8)


def _texts(digits: Numbers) -> pl.Series:
    rows, width = digits.shape
    codes = np.where(digits >= 10, digits + 55, digits + 48).astype(np.uint8)
    ends = np.arange(rows + 1, dtype=np.int64) * width
    buffers = [None, pa.py_buffer(ends), pa.py_buffer(np.ascontiguousarray(codes))]
    made = pl.from_arrow(pa.Array.from_buffers(pa.large_string(), rows, buffers))
    assert isinstance(made, pl.Series)
    return made
