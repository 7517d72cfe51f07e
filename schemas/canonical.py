"""One way in and one way out of JSON: a strict loader, canonical bytes (RFC 8785), a digest.

The digest is SM3 (GB/T 32905) over a salt of the version and the canonical bytes, so that a
digest left behind says nothing about a content that was wiped together with its salt.
"""

import json
import math
import re
from collections.abc import Iterator, Sequence
from contextlib import suppress
from typing import Any

import rfc8785
from cryptography.hazmat.primitives import hashes

DEPTH = 64
LARGEST = 4 * 1024 * 1024


class Unreadable(ValueError):
    """Data that is refused before anybody looks at its meaning; `reason` is a fixed word.

    size, encoding, syntax, depth, number, duplicate-key, surrogate; from a form: caps, with the
    `problems` found.
    """

    def __init__(self, reason: str, problems: Sequence[Any] = ()) -> None:
        super().__init__(reason)
        self.reason = reason
        self.problems = tuple(problems)


# Where the encoder of Python and RFC 8785 part: numbers with an exponent, whole numbers kept as
# floats, numbers beyond 2^53, and names beyond the first plane, which sort by their halves.
_APART = re.compile(
    rb"[\xf0-\xf4]|(?:^|[:,\[])-?(?:\d{16}|\d+\.0(?!\d)|\d+(?:\.\d+)?[eE]|NaN|Infinity)"
)


def canonical(document: object) -> bytes:
    """The RFC 8785 bytes; equal documents have equal bytes. Defined for every stored document.

    Plain documents are written by the encoder of Python, ten times as fast; whatever it may write
    otherwise is left to the library, also where a text only looks like such a number.
    """
    text = None
    with suppress(TypeError, ValueError):
        text = _plain(document).encode()
    if text is None or _APART.search(text):
        return rfc8785.dumps(document)  # type: ignore[arg-type]  # a plain JSON value, as drafts are
    return text


_plain = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode


def digest(document: object, salt: bytes) -> str:
    """`sm3:` and 64 hex digits over the salt followed by the canonical bytes."""
    return digest_of(canonical(document), salt)


def digest_of(text: bytes, salt: bytes) -> str:
    """As `digest`, where the canonical bytes are at hand."""
    state = hashes.Hash(hashes.SM3())
    state.update(salt)
    state.update(text)
    return f"sm3:{state.finalize().hex()}"


def loads(data: bytes | str, limit: int = LARGEST) -> object:
    """The JSON value of `data`, or `Unreadable`; the only JSON loader for what comes from outside.

    Refused: more than `limit` bytes, text that is not UTF-8, nesting deeper than 64, NaN and
    Infinity (also a number too large to be finite), a repeated key, a lone surrogate.
    """
    text = _text(data, limit)
    try:
        value = json.loads(
            text, object_pairs_hook=_unique, parse_constant=_refuse, parse_float=_finite
        )
    except Unreadable:
        raise
    except RecursionError as error:
        raise Unreadable("depth") from error
    except ValueError as error:
        raise Unreadable("syntax") from error
    _check_shape(value, text)
    return value


def stored(text: str) -> dict[str, Any]:
    """The document whose canonical text this is: it was judged on its way in, and is not again."""
    document = json.loads(text)
    assert isinstance(document, dict)
    return document


def _text(data: bytes | str, limit: int) -> str:
    # Characters are counted before encoding so that a huge text is not copied first.
    if len(data) > limit:
        raise Unreadable("size")
    try:
        if isinstance(data, bytes):
            return data.removeprefix(b"\xef\xbb\xbf").decode("utf-8")
        if len(data.encode("utf-8")) > limit:
            raise Unreadable("size")
    except UnicodeDecodeError as error:
        raise Unreadable("encoding") from error
    except UnicodeEncodeError as error:
        raise Unreadable("surrogate") from error
    return data


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise Unreadable("duplicate-key")
    return found


def _refuse(constant: str) -> float:
    raise Unreadable("number")


def _finite(digits: str) -> float:
    number = float(digits)
    if not math.isfinite(number):
        raise Unreadable("number")
    return number


# Half a character can be written only by an escape: whole text was read as UTF-8.
_HALF = re.compile(r"\\u[dD][89a-fA-F]")


def _check_shape(value: object, text: str) -> None:
    # What cannot be too deep is not walked through: most documents have fewer brackets than that.
    if text.count("[") + text.count("{") > DEPTH and _depth(value) > DEPTH:
        raise Unreadable("depth")
    if _HALF.search(text) and any(map(has_surrogate, _texts(value))):
        raise Unreadable("surrogate")


def _depth(value: object) -> int:
    """How many containers lie inside one another; never recursive."""
    depth, level = 0, [value]
    while level := [one for one in level if isinstance(one, dict | list)]:
        depth += 1
        level = [part for one in level for part in (one.values() if isinstance(one, dict) else one)]
    return depth


def _texts(value: object) -> Iterator[str]:
    """Every text of a value, names of members included; never recursive."""
    waiting: list[object] = [value]
    while waiting:
        here = waiting.pop()
        if isinstance(here, str):
            yield here
        elif isinstance(here, dict):
            waiting.extend(here)
            waiting.extend(here.values())
        elif isinstance(here, list):
            waiting.extend(here)


def has_surrogate(text: str) -> bool:
    """True when the text cannot be written as UTF-8."""
    if text.isascii():
        return False
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return True
    return False
