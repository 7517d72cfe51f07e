"""Undoes encodings: what bytes a code is written from, and what text the bytes are.

Codes of bytes (hexadecimal, the bases 32, 58, 64 and 85, percent signs, escapes), packings (zlib,
gzip, bz2, lzma), tokens in pieces, character sets and numbers of code tables (rows and places of
GB 2312, points of Unicode) are undone one inside the other, as far as anybody would try.
"""

import base64
import binascii
import bz2
import html
import lzma
import re
import zlib
from collections.abc import Callable, Iterable, Iterator
from functools import cache, partial
from typing import Final
from urllib.parse import unquote_to_bytes

import polars as pl

from anonymization.findings import all_matching

Undo = Callable[[str], str | None]
Decode = Callable[[str], bytes]
# What a column written in a code looks like, and how its cells are undone.
Codes = tuple[tuple[str, Decode], ...]

# Codes inside codes that are undone; bytes a packing may grow to.
_DEEP: Final = 3
_LARGE: Final = 1 << 16
# Cells that show which codes a column may be written in.
_FIRST: Final = 40


def readings(sample: pl.Series, tables: bool = False) -> Iterator[Undo]:
    """Ways to read a column of codes as text, each of which gives text for most of its cells.

    With `tables` only as numbers of characters in a code table: what is left for digits alone.
    """
    cells = list(sample.head(_FIRST))
    yield from _inside(cells, lambda one: one, _DEEP if tables else 1, _TABLES if tables else None)


def _inside(
    cells: list[str], reached: Undo, depth: int, codes: Codes | None = None
) -> Iterator[Undo]:
    for decode, charset in _layers(cells, codes or _CODES):
        step = _text(decode, charset)
        good = _read(cells, step)
        if good is None:
            continue
        undo = _then(reached, step)
        yield undo
        # Backwards in its code, and one code inside another.
        yield _then(undo, _reversed)
        if depth < _DEEP:
            yield from _inside(good, undo, depth + 1)


def _read(cells: list[str], step: Undo) -> list[str] | None:
    """What a step gives for most cells; None, as soon as that is sure, where it gives nothing."""
    good, spare = [], 0.4 * len(cells)
    for one in cells:
        made = step(one)
        if made is not None:
            good.append(made)
        elif (spare := spare - 1) < -_ROUNDING:
            return None
    return good


# Tenths add up to a whole number only nearly.
_ROUNDING: Final = 1e-9


def _layers(cells: list[str], codes: Codes) -> Iterator[tuple[Decode, str]]:
    column = pl.Series(cells)
    shares = all_matching(column, [shape for shape, _ in codes])
    for part, (_, decode) in zip(shares, codes, strict=True):
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


def _in_pieces(code: str) -> bytes:
    """Pieces of a token, each written in base 64 by itself, that are text: what is told of its
    owner stands between the kind of the token and what signs it (RFC 7519).
    """
    told = [shown for piece in re.split(_BETWEEN, code) if (shown := _PIECE(piece)) is not None]
    if not told:
        raise ValueError("no text in any piece")
    return " ".join(told).encode()


_BETWEEN: Final = "[.:|~$&;,]"
_PIECE: Final = _text(_base64, "utf-8")


def fields(undo: Undo, cells: Iterable[str]) -> Iterator[Undo]:
    """Ways to read one field each of the objects (JSON, RFC 8259) that codes give, if they do."""
    texts = filter(None, map(undo, cells))
    names = dict.fromkeys(name for one in texts for name in re.findall(_FIELD, one))
    for name in list(names)[:_FIELDS]:
        said = re.compile(rf'"{re.escape(name)}"\s*:\s*"?([^",}}\]]+)')
        yield _then(undo, partial(_field, said))


_FIELD: Final = r'"([^"]{1,40})"\s*:\s*["0-9]'
_FIELDS: Final = 12


def _field(said: re.Pattern[str], text: str) -> str | None:
    found = said.search(text)
    return found[1] if found else None


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


def _bytes_in_decimals(code: str) -> bytes:
    """Each byte as a number, 0 to 255, with marks between: 213 197 200 253."""
    return bytes(int(one) for one in re.findall("[0-9]+", code))


def _in_zones(code: str) -> bytes:
    """Rows and places of GB 2312 (区位码), two digits each: 5337 4093."""
    digits = re.sub("[^0-9]", "", code)
    pairs = zip(digits[::4], digits[1::4], digits[2::4], digits[3::4], strict=True)
    return b"".join(_placed(int(a + b), int(c + d)) for a, b, c, d in pairs)


def _placed(row: int, place: int) -> bytes:
    # Rows below 16 hold signs and Latin letters, of which no name is made.
    if not (16 <= row <= 87 and 1 <= place <= 94):
        raise ValueError("no place of a character")
    return bytes((row + 0xA0, place + 0xA0))


def _seven_bits(code: str) -> bytes:
    """Rows and places as they are exchanged (国标码), in hexadecimal: each byte below 128."""
    plain = _hexadecimal(code)
    if any(not 0x21 <= one <= 0x7E for one in plain):
        raise ValueError("no place of a character")
    return bytes(one | 0x80 for one in plain)


def _run_together(code: str) -> bytes:
    """Numbers of characters in decimals without a mark between: 24352 and 19977 are 2435219977."""
    numbers = [int(code[at : at + 5]) for at in range(0, len(code), 5)]
    if any(not 0x4E00 <= one <= 0x9FFF for one in numbers):
        raise ValueError("no number of a character")
    return "".join(map(chr, numbers)).encode()


_TABLES: Final[Codes] = (
    (r"^[0-9]{2,3}(?:[\s,;|.-][0-9]{2,3}){3,}$", _bytes_in_decimals),
    (r"^(?:[1-8][0-9][\s,;|.-]?[0-9]{2}[\s,;|.-]?){2,10}$", _in_zones),
    (r"^(?:[2-7][0-9A-Fa-f][\s,;|.-]?){4,20}$", _seven_bits),
    ("^(?:[1-4][0-9]{4}){2,10}$", _run_together),
)
_CODES: Final[Codes] = (
    (r"^(?:0[xX])?[0-9A-Fa-f]{2}(?:(?:\\x|[\s:,-])?[0-9A-Fa-f]{2}){3,}$|^(?:\\x[0-9A-Fa-f]{2}){4,}$",
     _hexadecimal),
    ("^[A-Za-z0-9+/_-]{6,}={0,2}$", _base64),
    (rf"^[A-Za-z0-9+/_-]{{4,}}=*(?:{_BETWEEN}[A-Za-z0-9+/_-]{{4,}}=*)+$", _in_pieces),
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
    *_TABLES,
)  # fmt: skip
