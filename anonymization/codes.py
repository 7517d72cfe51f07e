"""Codes of a column as numbers, and which algorithms may have made them."""

import base64
import binascii
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np
import polars as pl

from anonymization import digests
from anonymization.findings import Numbers, drawn, matching

# Algorithms by the characters of their hexadecimal form; the first are tried longest.
ALGORITHMS: Final[Mapping[int, tuple[str, ...]]] = {
    8: (*digests.SUMS, "md5", "sm3", "sha256", "sha1"),
    16: ("md5", digests.MIDDLE, "sm3", "sha256", "sha1", "sha512"),
    32: ("md5", "sm3", "sha256", "sha1", "blake2b-128", "blake2s-128"),
    40: ("sha1", "sm3", "sha256", "ripemd160", "blake2b-160", "mysql"),
    56: ("sha224", "sha3_224", "sha512_224"),
    64: ("sha256", "sm3", "sha3_256", "blake2s", "blake2b-256", "sha512_256"),
    96: ("sha384", "sha3_384"),
    128: ("sha512", "blake2b", "sha3_512"),
}
CUT: Final = ("md5", "sm3", "sha256", "sha1", "sha512")


@dataclass(frozen=True)
class Held:
    """The distinct codes of a column: the digests' first bytes as numbers, how many bytes.

    `characters` is the length of a code in hexadecimal; `algorithms` what may have made it.
    """

    codes: Numbers
    width: int
    characters: int
    algorithms: tuple[str, ...]

    @cached_property
    def _fronts(self) -> Numbers:
        """Which beginnings of two bytes the codes have."""
        made = np.zeros(1 << 16, np.bool_)
        made[self.codes >> np.uint64(8 * self.width - 16)] = True
        return made

    def hits(self, digests: Numbers) -> int:
        """How many codes held are among these digests (their first eight bytes)."""
        # Nearly all of them begin otherwise than any code: two bytes tell, without sorting.
        near = digests[self._fronts[digests.view("<u2")[3::4]]]
        near = np.unique(near >> np.uint64(64 - 8 * self.width))
        places = np.searchsorted(self.codes, near)
        places[places == len(self.codes)] = 0
        return int((self.codes[places] == near).sum())

    def least(self, tried: int) -> float:
        """Hits that are no chance among so many digests tried."""
        if self.width == 8:
            return 1
        # Six bytes agree by chance once in a while, four often.
        return 3 + 4 * tried * len(self.codes) / 2.0 ** (8 * self.width)


def held(values: pl.Series, shape: str) -> Held | None:
    """The codes of a column as numbers; None where they are of different lengths or no digests."""
    distinct = values.drop_nulls().unique()
    if shape == "numbers":
        wide = max(distinct.str.len_chars(), default=0) > 12
        space = 2 ** (64 if wide else 32)
        whole = distinct.filter(distinct.str.contains("^-?[0-9]+$"))
        numbers = np.array([int(one) % space for one in whole], np.uint64)
        return Held(np.unique(numbers), 8 if wide else 4, 16, CUT if wide else digests.SUMS)
    if shape == "hex":
        distinct = distinct.str.replace_all("^0[xX]|[^0-9A-Fa-f]", "")
    else:
        distinct = distinct.str.strip_chars_end("=")
    if distinct.str.len_chars().n_unique() != 1:
        return None
    if shape == "hex":
        characters = len(distinct[0])
        blobs = [bytes.fromhex(one) for one in distinct.str.slice(0, characters // 2 * 2)]
    else:
        # A digest is 16 to 64 bytes; what is no base64 of those is some other code.
        try:
            blobs = [_decoded(one, shape) for one in distinct]
        except (ValueError, binascii.Error):
            return None
        characters = 2 * len(blobs[0])
    algorithms = ALGORITHMS.get(characters, CUT)
    width = min(8, len(blobs[0]))
    if characters == 32 and (version := _version(blobs)):
        # Of a code of random bits nothing is to be undone; of one of a name six bytes are whole.
        if version == 4:
            return None
        algorithms, width = (f"uuid{version}",), 6
    if width < 4 or len(distinct) < (_FEWEST if width == 8 else 10):
        return None
    ends = blobs
    if (shape == "hex" and characters not in ALGORITHMS) or characters in _CUT_OFTEN:
        # What is cut off may be the beginning: digests are kept from behind as well.
        ends = [*blobs, *(one[::-1] for one in blobs)]
    numbers = np.array([int.from_bytes(one[:width]) for one in ends], np.uint64)
    return Held(np.unique(numbers), width, characters, algorithms)


# Codes of eight bytes that are worth trying: of these one hit is proof.
_FEWEST: Final = 4
# Lengths that digests are cut to, besides those that no whole digest has.
_CUT_OFTEN: Final = frozenset({16})


def _decoded(code: str, shape: str) -> bytes:
    if shape == "base32":
        return base64.b32decode(code + "=" * (-len(code) % 8))
    return base64.urlsafe_b64decode(
        code.replace("+", "-").replace("/", "_") + "=" * (-len(code) % 4)
    )


def _version(blobs: Sequence[bytes]) -> int | None:
    """The version of universally unique identifiers (RFC 9562), if these are such."""
    if {one[8] >> 6 for one in blobs} != {2} or len(blobs) < 20:
        return None
    versions = {one[6] >> 4 for one in blobs}
    return versions.pop() if versions in ({3}, {4}, {5}) else None


def usual(held: Held) -> tuple[str, ...]:
    """The algorithms a digest of this length usually is of.

    A whole MD5 is likelier than the half of anything longer; 64 characters are either of two.
    """
    if len(held.algorithms) == 1 or held.width == 4:
        return held.algorithms
    if held.characters not in ALGORITHMS:
        return held.algorithms[:3]
    return held.algorithms[: _OFTEN.get(held.characters, 1)]


# How many algorithms are usual for a length, if more than one.
_OFTEN: Final = {16: 4, 64: 2}


# --- columns that no shape tells -------------------------------------------------------------


def short(name: str, texts: pl.DataFrame, tokens: Mapping[str, str]) -> str | None:
    """Whether a column holds sums of four bytes or digests cut to that, or digests as numbers."""
    if name in tokens:
        return None
    some = drawn(texts[name].drop_nulls())
    if len(some) < 50 or some.n_unique() < 0.5 * len(some):
        return None
    # A word of eight letters and a date of eight digits are none.
    if (
        matching(some, "^(?:0x)?(?:[0-9a-f]{8}|[0-9A-F]{8}|[0-9a-f]{10})$") == 1
        and matching(some, "[A-Fa-f]") > 0.9
    ):
        return "hex"
    if matching(some, "^-?[0-9]{6,10}$|^[0-9]{17,20}$") > 0.99:
        if matching(some, "^-") > 0.2 and matching(some, "^-?[0-9]{8,10}$") > 0.5:
            return "numbers"
        numbers = some.str.extract("^-?([0-9]+)$").cast(pl.Float64)
        top = float(numbers.max() or 0)  # type: ignore[arg-type]
        # Sums fill their space: of four bytes, with a sign or without, or of eight.
        for bits in (31, 32, 63, 64):
            full = 2.0**bits
            if 0.95 * full < top <= full and 0.4 < float(numbers.median() or 0) / full < 0.6:  # type: ignore[arg-type]
                return "numbers"
    return None


def reckoned(texts: pl.DataFrame, tokens: Mapping[str, str]) -> dict[str, pl.Series]:
    """Columns of digests that are written as whole numbers, in hexadecimal."""
    made = {}
    for name in texts.columns:
        some = drawn(texts[name].drop_nulls())
        if name in tokens or len(some) < 10 or matching(some, "^[0-9]{32,78}$") < 0.98:
            continue
        bits = max(int(one).bit_length() for one in some if one.isdigit())
        width = next((one for one in (128, 160, 256) if bits <= one < bits + 12), None)
        if width is not None:
            signs = width // 4
            whole = [f"{int(one or 0):0{signs}x}" for one in texts[name].str.extract("^([0-9]+)$")]
            made[name] = pl.Series(name, whole)
    return made


def signed(texts: pl.DataFrame, tokens: Mapping[str, str]) -> dict[str, pl.Series]:
    """Columns whose cells all begin with the same sign and go on as digests, without the sign."""
    made = {}
    for name in texts.columns:
        some = drawn(texts[name].drop_nulls())
        if name in tokens or len(some) < 10 or matching(some, _BEHIND_SIGN) < 1:
            continue
        signs = some.str.extract(_BEHIND_SIGN).unique()
        if len(signs) == 1 and signs[0] is not None:
            made[name] = texts[name].str.slice(len(signs[0]))
    return made


# As a database and programs write what kind of digest it is: *94BD…, {SHA}…, md5:…; or a letter
# of the office and the beginning of one.
_BEHIND_SIGN: Final = (
    r"^([*$#]|\{[A-Za-z0-9]{2,8}\}|[\p{Han}A-Za-z0-9]{1,10}[-_:#/]|[G-Zg-z\p{Han}]{1,6})"
    "(?:[0-9a-f]{12,128}|[0-9A-F]{12,128}|[0-9A-Za-z+/]{22,88}={1,2})$"
)
