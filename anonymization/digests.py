"""Digests of many messages: cryptographic ones, and the sums of four bytes programs make.

A digest is kept as its first eight bytes, or all it has, as one number.
"""

import binascii
import hashlib
import uuid
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, Final

import numpy as np

from anonymization import lanes
from anonymization.findings import Numbers

Digest = Callable[[bytes], bytes]

# The short form of an MD5 is its middle half.
MIDDLE: Final = "md5-middle"
_NAMESPACE: Final = uuid.NAMESPACE_DNS.bytes
# Names that OpenSSL has not, or not with the length people take.
_SIZED: Final[Mapping[str, Digest]] = {
    "blake2b-128": lambda text: hashlib.blake2b(text, digest_size=16).digest(),
    "blake2b-160": lambda text: hashlib.blake2b(text, digest_size=20).digest(),
    "blake2b-256": lambda text: hashlib.blake2b(text, digest_size=32).digest(),
    "blake2s-128": lambda text: hashlib.blake2s(text, digest_size=16).digest(),
    "uuid3": lambda text: hashlib.md5(_NAMESPACE + text, usedforsecurity=False).digest(),
    "uuid5": lambda text: hashlib.sha1(_NAMESPACE + text, usedforsecurity=False).digest(),
    MIDDLE: lambda text: hashlib.md5(text, usedforsecurity=False).digest()[4:12],
    "mysql": lambda text: hashlib.sha1(
        hashlib.sha1(text, usedforsecurity=False).digest(), usedforsecurity=False
    ).digest(),
}  # fmt: skip
# Those that people cut: of these the last bytes are kept as well, read from behind.
BACKWARDS: Final = frozenset({"md5", "sha1", "sha256", "sm3"})
# A digest under a key: HMAC-SHA256 is "hmac-sha256" (FIPS 198-1). Its messages begin with the key.
KEYED: Final = "hmac-"
APART: Final = b"\0"
SUMS: Final = ("crc32", "murmur3", "fnv1a", "java", "adler32")


def known(algorithm: str) -> bool:
    """Whether this machine can make digests of the algorithm."""
    plain = algorithm.removeprefix(KEYED)
    return plain in SUMS or plain in _SIZED or plain in hashlib.algorithms_available


def digester(algorithm: str) -> Digest:
    """The digest of one message."""
    if algorithm in SUMS:
        return lambda text: int(_sums(algorithm, _row(text))[0]).to_bytes(4)
    return lambda text: _many(algorithm)([text])[0]


def _row(text: bytes) -> Numbers:
    return np.frombuffer(text, np.uint8).reshape(1, -1)


def _many(algorithm: str) -> Callable[[Iterable[bytes]], list[bytes]]:
    """The digests of many messages; a call of ours for each would cost half as much again."""
    if algorithm.startswith(KEYED):
        return lambda texts: list(_keyed(texts, algorithm.removeprefix(KEYED)))
    if algorithm in _SIZED:
        sized = _SIZED[algorithm]
        return lambda texts: [sized(one) for one in texts]
    make = getattr(hashlib, algorithm, None)
    if make is not None:
        return lambda texts: [make(one).digest() for one in texts]
    # Looking SM3 up by name costs more than the digest; a copy of an empty one does not.
    empty = hashlib.new(algorithm).copy
    return lambda texts: [one.digest() for text in texts if not (one := empty()).update(text)]  # type: ignore[func-returns-value]


def _keyed(texts: Iterable[bytes], algorithm: str) -> Iterator[bytes]:
    """HMAC of messages that begin with their keys; what a key makes of no message is made once."""
    begun: dict[bytes, tuple[Callable[[], Any], Callable[[], Any]]] = {}
    for text in texts:
        key, _, message = text.partition(APART)
        if key not in begun:
            padded = key.ljust(hashlib.new(algorithm).block_size, b"\0")
            begun[key] = tuple(  # type: ignore[assignment]
                hashlib.new(algorithm, bytes(one ^ pad for one in padded)).copy
                for pad in (0x36, 0x5C)
            )
        first, last = (copy() for copy in begun[key])
        first.update(message)
        last.update(first.digest())
        yield last.digest()


def forms(messages: Iterable[Numbers], algorithm: str, twice: bool) -> list[Numbers]:
    """Digests of messages in every usual form, each a table of numbers.

    `messages` are arrays of letters, a message a row; `twice` adds digests of digests as texts.
    """
    made = [_of_one_length(rows, algorithm, twice) for rows in by_length(messages)]
    return [np.concatenate(form) for form in zip(*made, strict=True)]


def by_length(messages: Iterable[Numbers]) -> list[Numbers]:
    """Messages of one length together, as `forms` takes them.

    To begin with an array costs what a hundred rows do.
    """
    together: dict[int, list[Numbers]] = {}
    for rows in messages:
        if rows.size:
            together.setdefault(rows.shape[1], []).append(rows)
    return [some[0] if len(some) == 1 else np.concatenate(some) for some in together.values()]


def _of_one_length(rows: Numbers, algorithm: str, twice: bool) -> list[Numbers]:
    if algorithm in SUMS:
        # As the first four of eight bytes, as those of the other digests are kept.
        return [_sums(algorithm, rows).astype(np.uint64) << np.uint64(32)]
    if algorithm == "md5":
        return _md5(rows, twice)
    if algorithm == MIDDLE:
        return [_eight(_md5s(rows)[:, 4:12])]
    many = _many(algorithm)
    whole = _side_by_side(many(_texts(rows)))
    made = [_eight(whole)]
    if algorithm in BACKWARDS:
        made.append(_eight(whole[:, ::-1]))
    if twice:
        for inner in (whole, _md5s(rows)):
            made.append(_eight(_side_by_side(many(_texts(_hex(inner, _SMALL))))))
    return made


def _md5(rows: Numbers, twice: bool) -> list[Numbers]:
    """The usual forms of MD5: whole, of its own text in either letters."""
    whole = _md5s(rows)
    made = [_eight(whole), _eight(whole[:, ::-1])]
    if twice:
        made += [_eight(lanes.md5(_hex(whole, signs))) for signs in (_SMALL, _LARGE)]
    return made


def _md5s(rows: Numbers) -> Numbers:
    if rows.shape[1] <= lanes.LONGEST:
        return lanes.md5(rows)
    return _side_by_side(_many("md5")(_texts(rows)))


_SMALL: Final = np.frombuffer(b"0123456789abcdef", np.uint8)
_LARGE: Final = np.frombuffer(b"0123456789ABCDEF", np.uint8)


def _hex(digests: Numbers, signs: Numbers) -> Numbers:
    """Digests as rows of hexadecimal letters."""
    nibbles = np.stack([digests >> 4, digests & 15], axis=2)
    return signs[nibbles.reshape(len(digests), 2 * digests.shape[1])]


def _texts(rows: Numbers) -> list[bytes]:
    return np.ascontiguousarray(rows).view(f"S{rows.shape[1]}").ravel().tolist()


def _side_by_side(digests: list[bytes]) -> Numbers:
    return np.frombuffer(b"".join(digests), np.uint8).reshape(len(digests), -1)


def _eight(rows: Numbers) -> Numbers:
    """The first eight bytes of each row as a number."""
    return np.ascontiguousarray(rows[:, :8]).view(">u8").ravel().astype(np.uint64)


# --- sums of four bytes ---------------------------------------------------------------------


def _sums(algorithm: str, rows: Numbers) -> Numbers:
    if algorithm in _MANY:
        return _MANY[algorithm](rows)
    one_by_one = binascii.crc32 if algorithm == "crc32" else zlib.adler32
    return np.array([one_by_one(one) for one in _texts(rows)], np.uint32)


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
