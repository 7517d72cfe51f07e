"""What may not be stored whatever it means: the part of the draft strength no schema can say."""

from collections.abc import Mapping
from typing import Any

from schemas.canonical import DEPTH, canonical, has_surrogate

# Canonical bytes of one document.
LARGEST = 1024 * 1024
LONGEST = 8000
# Integers beyond this are not the same number in every reader of JSON (RFC 7493).
SAFE_INTEGER = 2**53 - 1
MOST_REPORTED = 20

Unsafe = tuple[str, str, Mapping[str, object]]


def unsafe(document: object) -> list[Unsafe]:
    """Where a document holds what cannot be kept: (pointer, code, facts); empty when it is safe.

    Codes: type, depth, nul, surrogate, number, maxLength, size. Looks at each value once.
    """
    if not isinstance(document, dict):
        return [("", "type", {})]
    found: list[Unsafe] = []
    size = 0
    waiting: list[tuple[Any, str, int]] = [(document, "", 1)]
    while waiting and len(found) < MOST_REPORTED:
        here, pointer, depth = waiting.pop()
        if depth > DEPTH:
            found.append((pointer, "depth", {"limit": DEPTH}))
            continue
        for key, value in here.items() if isinstance(here, dict) else enumerate(here):
            size += 24 + (6 * len(value) if isinstance(value, str) else 0)
            if isinstance(value, dict | list):
                waiting.append((value, f"{pointer}/{key}", depth + 1))
            elif bad := _bad(value):
                found.append((f"{pointer}/{key}", *bad))
        if isinstance(here, dict):
            found += [(pointer, *bad) for key in here if (bad := _bad_key(key))]
            size += sum(6 * len(key) for key in here if isinstance(key, str))
    # The estimate is an upper bound; only a document near the cap pays for exact bytes.
    if not found and size > LARGEST and len(canonical(document)) > LARGEST:
        found.append(("", "size", {"limit": LARGEST}))
    return found


def _bad(value: object) -> tuple[str, Mapping[str, object]] | None:
    if isinstance(value, str):
        return _bad_text(value)
    if value is None or isinstance(value, bool):
        return None
    if isinstance(value, int | float):
        # A float beyond this is written without a fraction and would come back as an integer
        # that has no canonical bytes; NaN fails every comparison.
        return None if abs(value) <= SAFE_INTEGER else ("number", {})
    return "type", {}


def _bad_key(key: object) -> tuple[str, Mapping[str, object]] | None:
    return _bad_text(key) if isinstance(key, str) else ("type", {})


def _bad_text(text: str) -> tuple[str, Mapping[str, object]] | None:
    if "\x00" in text:
        return "nul", {}
    if len(text) > LONGEST:
        return "maxLength", {"limit": LONGEST, "given": len(text)}
    return ("surrogate", {}) if has_surrogate(text) else None
