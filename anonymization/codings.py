"""Undoes encodings: what bytes a code is written from, and what text the bytes are.

Codes of bytes (hexadecimal, the bases 32, 58, 64 and 85, percent signs, escapes), packings (zlib,
gzip, bz2, lzma) and character sets are undone one inside the other, as far as anybody would try.
"""

import base64
import binascii
import bz2
import html
import lzma
import re
import zlib
from collections.abc import Callable, Iterator
from functools import cache
from typing import Final
from urllib.parse import unquote_to_bytes

import polars as pl

from anonymization.findings import all_matching

Undo = Callable[[str], str | None]
Decode = Callable[[str], bytes]

# Codes inside codes that are undone; bytes a packing may grow to.
_DEEP: Final = 3
_LARGE: Final = 1 << 16
# Cells that show which codes a column may be written in.
_FIRST: Final = 40


def readings(sample: pl.Series) -> Iterator[Undo]:
    """Ways to read a column of codes as text, each of which gives text for most of its cells."""
    yield from _inside(list(sample.head(_FIRST)), lambda one: one, 1)


def _inside(cells: list[str], reached: Undo, depth: int) -> Iterator[Undo]:
    for decode, charset in _layers(cells):
        step = _text(decode, charset)
        shown = [step(one) for one in cells]
        good = [one for one in shown if one is not None]
        if len(good) < 0.6 * len(cells):
            continue
        undo = _then(reached, step)
        yield undo
        # Backwards in its code, and one code inside another.
        yield _then(undo, _reversed)
        if depth < _DEEP:
            yield from _inside(good, undo, depth + 1)


def _layers(cells: list[str]) -> Iterator[tuple[Decode, str]]:
    column = pl.Series(cells)
    shares = all_matching(column, [shape for shape, _ in _CODES])
    for part, (_, decode) in zip(shares, _CODES, strict=True):
        if part > 0.9:
            for charset in ("utf-8", "gb18030", "utf-16-le", "utf-16-be"):
                yield decode, charset
                yield _unpacked(decode), charset
            for key in _keys(cells, decode):
                yield _unmixed(decode, key), "utf-8"


def _unmixed(code: Decode, key: int) -> Decode:
    return lambda one: bytes(sign ^ key for sign in code(one))


def _keys(cells: list[str], decode: Decode) -> list[int]:
    """Bytes that make digits of all bytes by an exclusive or, where so few differ; one or none."""
    try:
        signs = set().union(*(decode(one) for one in cells))
    except (ValueError, KeyError, OverflowError, binascii.Error):
        return []
    if not 8 <= len(signs) <= 12:
        return []
    return [key for key in range(1, 256) if {one ^ key for one in signs} <= _DIGITS][:1]


_DIGITS: Final = frozenset(b"0123456789Xx")


def _then(first: Undo, second: Undo) -> Undo:
    def both(one: str) -> str | None:
        made = first(one)
        return None if made is None else second(made)

    return both


def _reversed(one: str) -> str:
    return one[::-1]


def _text(decode: Decode, charset: str) -> Undo:
    def undo(one: str) -> str | None:
        try:
            shown = decode(one).decode(charset)
        except (ValueError, KeyError, OverflowError, binascii.Error):
            return None
        return shown if shown.isprintable() and _USUAL.search(shown) else None

    return undo


# Bytes of no text give signs of all the world in GBK and UTF-16.
_USUAL: Final = re.compile("^[\x20-\x7e\u4e00-\u9fff\u3000-\u303f\uff01-\uff5e\u3400-\u4dbf·]+$")


def _unpacked(decode: Decode) -> Decode:
    def undo(one: str) -> bytes:
        packed = decode(one)
        for front, unpack in _PACKINGS:
            if packed.startswith(front):
                try:
                    return unpack(packed)
                except (zlib.error, OSError, EOFError, lzma.LZMAError) as fault:
                    raise ValueError("not packed") from fault
        raise ValueError("not packed")

    return undo


def _inflated(window: int) -> Callable[[bytes], bytes]:
    return lambda packed: zlib.decompressobj(window).decompress(packed, _LARGE)


_PACKINGS: Final[tuple[tuple[bytes, Callable[[bytes], bytes]], ...]] = (
    (b"\x1f\x8b", _inflated(47)),
    (b"\x78", _inflated(15)),
    (b"BZh", lambda packed: bz2.BZ2Decompressor().decompress(packed, _LARGE)),
    (b"\xfd7zXZ", lambda packed: lzma.LZMADecompressor().decompress(packed, _LARGE)),
    (b"\x5d\x00\x00", lambda packed: lzma.LZMADecompressor().decompress(packed, _LARGE)),
    (b"", _inflated(-15)),
)


def _hexadecimal(code: str) -> bytes:
    return bytes.fromhex(re.sub(r"^0[xX]|\\x|[\s:,-]", "", code))


def _base64(code: str) -> bytes:
    plain = code.replace("-", "+").replace("_", "/").rstrip("=")
    return base64.b64decode(plain + "=" * (-len(plain) % 4), validate=True)


def _base32(code: str) -> bytes:
    plain = code.upper().rstrip("=")
    return base64.b32decode(plain + "=" * (-len(plain) % 8))


def _base32_hex(code: str) -> bytes:
    plain = code.upper().rstrip("=")
    return base64.b32hexdecode(plain + "=" * (-len(plain) % 8))


@cache
def _places58() -> dict[str, int]:
    letters = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
    return {letter: place for place, letter in enumerate(letters)}


def _base58(code: str) -> bytes:
    number = 0
    for letter in code:
        number = number * 58 + _places58()[letter]
    return number.to_bytes((number.bit_length() + 7) // 8, "big")


def _base85(code: str) -> bytes:
    return base64.b85decode(code)


def _ascii85(code: str) -> bytes:
    return base64.a85decode(code, adobe=code.startswith("<~"))


def _percent(code: str) -> bytes:
    return unquote_to_bytes(code.replace("+", " "))


def _points(code: str) -> bytes:
    return re.sub(
        r"(?:\\u|%u|U\+)([0-9A-Fa-f]{4})", lambda found: chr(int(found[1], 16)), code
    ).encode()


def _entities(code: str) -> bytes:
    return html.unescape(code).encode()


def _quoted(code: str) -> bytes:
    return binascii.a2b_qp(code)


def _binary(code: str) -> bytes:
    digits = re.sub(r"\s", "", code)
    return int(digits, 2).to_bytes(len(digits) // 8, "big")


def _decimals(code: str) -> bytes:
    """Numbers of characters, one after the other with marks between."""
    return "".join(chr(int(one)) for one in re.findall("[0-9]+", code)).encode("utf-8")


_CODES: Final[tuple[tuple[str, Decode], ...]] = (
    (r"^(?:0[xX])?[0-9A-Fa-f]{2}(?:(?:\\x|[\s:,-])?[0-9A-Fa-f]{2}){3,}$|^(?:\\x[0-9A-Fa-f]{2}){4,}$",
     _hexadecimal),
    ("^[A-Za-z0-9+/_-]{6,}={0,2}$", _base64),
    ("^[A-Z2-7]{8,}={0,6}$|^[a-z2-7]{8,}={0,6}$", _base32),
    ("^[0-9A-V]{8,}={0,6}$|^[0-9a-v]{8,}={0,6}$", _base32_hex),
    ("^[1-9A-HJ-NP-Za-km-z]{8,60}$", _base58),
    (r"^[!-~]{6,}$", _base85),
    (r"^[!-uz~]{6,}$", _ascii85),
    ("%[0-9A-Fa-f]{2}", _percent),
    (r"(?:\\u|%u|U\+)[0-9A-Fa-f]{4}", _points),
    ("&#x?[0-9A-Fa-f]+;", _entities),
    ("=[0-9A-F]{2}=[0-9A-F]{2}", _quoted),
    (r"^(?:[01]{8}\s?){4,}$", _binary),
    (r"^[0-9]{2,5}(?:[\s,;|.-][0-9]{2,5})+$", _decimals),
)  # fmt: skip
