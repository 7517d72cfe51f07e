"""Digests of many messages: cryptographic ones, and the sums of four bytes programs make.

A digest is kept as its first eight bytes, or all it has, as one number.
"""

import binascii
import hashlib
import uuid
import zlib
from collections.abc import Callable, Mapping, Sequence
from typing import Final

import numpy as np

from anonymization import lanes
from anonymization.findings import Numbers

Digest = Callable[[bytes], bytes]

_NAMESPACE: Final = uuid.NAMESPACE_DNS.bytes
# Names that OpenSSL has not, or not with the length people take.
_SIZED: Final[Mapping[str, Digest]] = {
    "blake2b-128": lambda text: hashlib.blake2b(text, digest_size=16).digest(),
    "blake2b-160": lambda text: hashlib.blake2b(text, digest_size=20).digest(),
    "blake2b-256": lambda text: hashlib.blake2b(text, digest_size=32).digest(),
    "blake2s-128": lambda text: hashlib.blake2s(text, digest_size=16).digest(),
    "uuid3": lambda text: hashlib.md5(_NAMESPACE + text, usedforsecurity=False).digest(),
    "uuid5": lambda text: hashlib.sha1(_NAMESPACE + text, usedforsecurity=False).digest(),
    "mysql": lambda text: hashlib.sha1(
        hashlib.sha1(text, usedforsecurity=False).digest(), usedforsecurity=False
    ).digest(),
}  # fmt: skip
SUMS: Final = ("crc32", "murmur3", "fnv1a", "java", "adler32")


def known(algorithm: str) -> bool:
    """Whether this machine can make digests of the algorithm."""
    return algorithm in SUMS or algorithm in _SIZED or algorithm in hashlib.algorithms_available


def digester(algorithm: str) -> Digest:
    """The digest of one message."""
    if algorithm in SUMS:
        return lambda text: int(_sums(algorithm, [text])[0]).to_bytes(4)
    if algorithm in _SIZED:
        return _SIZED[algorithm]
    make = getattr(hashlib, algorithm, None)
    if make is not None:
        return lambda text: make(text).digest()
    # Looking SM3 up by name costs more than the digest; a copy of an empty one does not.
    empty = hashlib.new(algorithm)

    def digest(text: bytes) -> bytes:
        one = empty.copy()
        one.update(text)
        return one.digest()

    return digest


def forms(guesses: Sequence[bytes], algorithm: str, twice: bool) -> list[Numbers]:
    """Digests of guesses in every usual form, each a sorted table of numbers."""
    if algorithm in SUMS:
        # As the first four of eight bytes, as those of the other digests are kept.
        return [np.sort(_sums(algorithm, guesses).astype(np.uint64) << np.uint64(32))]
    if algorithm == "md5" and max(map(len, guesses), default=0) <= lanes.LONGEST:
        return _md5(guesses, twice)
    digest = digester(algorithm)
    whole = [digest(one) for one in guesses]
    made = [_fronts(whole)]
    if algorithm == "md5":
        # The short form of an MD5 is its middle half.
        made.append(_fronts([one[4:12] for one in whole]))
    if twice:
        made.append(_fronts([digest(one.hex().encode()) for one in whole]))
        if algorithm != "md5":
            inner = digester("md5")
            made.append(_fronts([digest(inner(one).hex().encode()) for one in guesses]))
        else:
            made.append(_fronts([digest(one.hex().upper().encode()) for one in whole]))
    return made


def _md5(guesses: Sequence[bytes], twice: bool) -> list[Numbers]:
    """The usual forms of MD5: whole, its middle half, of its own text in either letters."""
    whole = lanes.md5(guesses)
    made = [_eight(whole), _eight(whole[:, 4:12])]
    if twice:
        nibbles = np.stack([whole >> 4, whole & 15], axis=2).reshape(len(whole), 32)
        made += [_eight(lanes.of_rows(signs[nibbles])) for signs in (_SMALL, _LARGE)]
    return made


_SMALL: Final = np.frombuffer(b"0123456789abcdef", np.uint8)
_LARGE: Final = np.frombuffer(b"0123456789ABCDEF", np.uint8)


def _eight(rows: Numbers) -> Numbers:
    """The first eight bytes of each row as numbers, sorted."""
    return np.sort(np.ascontiguousarray(rows[:, :8]).view(">u8").ravel().astype(np.uint64))


def _fronts(digests: list[bytes]) -> Numbers:
    width = len(digests[0]) if digests else 8
    return _eight(np.frombuffer(b"".join(digests), np.uint8).reshape(-1, width))


# --- sums of four bytes ---------------------------------------------------------------------


def _sums(algorithm: str, guesses: Sequence[bytes]) -> Numbers:
    if algorithm == "crc32":
        return np.array([binascii.crc32(one) for one in guesses], np.uint32)
    if algorithm == "adler32":
        return np.array([zlib.adler32(one) for one in guesses], np.uint32)
    by_length: dict[int, list[bytes]] = {}
    for one in guesses:
        by_length.setdefault(len(one), []).append(one)
    made = [
        _MANY[algorithm](np.frombuffer(b"".join(some), np.uint8).reshape(-1, length))
        for length, some in by_length.items()
        if length
    ]
    return np.concatenate(made) if made else np.zeros(0, np.uint32)


def _polynomial(rows: Numbers) -> Numbers:
    """What Java calls the hash code of a text."""
    made = np.zeros(len(rows), np.uint32)
    for column in rows.T:
        made = made * np.uint32(31) + column
    return made


def _fowler(rows: Numbers) -> Numbers:
    """FNV-1a."""
    made = np.full(len(rows), 0x811C9DC5, np.uint32)
    for column in rows.T:
        made = (made ^ column) * np.uint32(0x01000193)
    return made


def _rolled(numbers: Numbers, by: int) -> Numbers:
    return (numbers << np.uint32(by)) | (numbers >> np.uint32(32 - by))


def _murmured(rows: Numbers) -> Numbers:
    """MurmurHash3 of 32 bits, seed nought."""
    length = rows.shape[1]
    made = np.zeros(len(rows), np.uint32)
    words = np.ascontiguousarray(rows[:, : length // 4 * 4]).view("<u4")
    first, second = np.uint32(0xCC9E2D51), np.uint32(0x1B873593)
    for word in words.T:
        made = _rolled(made ^ (_rolled(word * first, 15) * second), 13)
        made = made * np.uint32(5) + np.uint32(0xE6546B64)
    rest = np.zeros(len(rows), np.uint32)
    for place in range(length % 4):
        rest |= rows[:, length // 4 * 4 + place].astype(np.uint32) << np.uint32(8 * place)
    made = made ^ (_rolled(rest * first, 15) * second) ^ np.uint32(length)
    made = (made ^ (made >> np.uint32(16))) * np.uint32(0x85EBCA6B)
    made = (made ^ (made >> np.uint32(13))) * np.uint32(0xC2B2AE35)
    return made ^ (made >> np.uint32(16))


_MANY: Final = {"java": _polynomial, "fnv1a": _fowler, "murmur3": _murmured}
