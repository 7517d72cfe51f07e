"""Two texts that began as one: what each side changed, field by field.

A form carries the trace of the text it was opened with: short digests, a field each, no content.
"""

import contextlib
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from schemas.canonical import Unreadable, canonical
from schemas.changes import ITEMS
from schemas.forms import from_form, to_form

LENGTH = 16


@dataclass(frozen=True)
class Sides:
    """The fields in which two texts differ, by who changed them: one, the other, or both."""

    mine: tuple[str, ...]
    theirs: tuple[str, ...]
    both: tuple[str, ...]


def trace(document: Mapping[str, Any]) -> str:
    """The digests of a text's fields, as a form sends them back; a new item's id says nothing."""
    return json.dumps(_digests(document), separators=(",", ":"))


def sides(base: str, stored: Mapping[str, Any], typed: Mapping[str, Any]) -> Sides:
    """Who changed what since the text that `base` is the trace of.

    Without a readable trace nothing is known of that: every difference is of both.
    """
    began, here, there = _read(base), _digests(typed), _digests(stored)
    found: dict[str, list[str]] = {"mine": [], "theirs": [], "both": [], "": []}
    for key in dict.fromkeys([*there, *here]):
        found[_side(key, began, here, there)].append(key)
    return Sides(*(tuple(found[side]) for side in ("mine", "theirs", "both")))


def _side(
    key: str, began: Mapping[str, str] | None, here: Mapping[str, str], there: Mapping[str, str]
) -> str:
    if here.get(key) == there.get(key):
        return ""
    if began is None:
        return "both"
    if here.get(key) == began.get(key):
        return "theirs"
    return "mine" if there.get(key) == began.get(key) else "both"


def _digests(document: Mapping[str, Any]) -> dict[str, str]:
    # As a form would give it back: a box that was never answered comes back as "no".
    plain = _without_ids(document)
    # A draft may hold a wrong type that is too long once it is written as text.
    with contextlib.suppress(Unreadable):
        plain = from_form(to_form(plain))
    return {
        key: hashlib.sha256(canonical(value)).hexdigest()[:LENGTH] for key, value in plain.items()
    }


def _without_ids(document: Mapping[str, Any]) -> dict[str, Any]:
    rows = document.get(ITEMS)
    if not isinstance(rows, list):
        return dict(document)
    plain = [
        {k: v for k, v in row.items() if k != "id"} if isinstance(row, dict) else row
        for row in rows
    ]
    return {**document, ITEMS: plain}


def _read(base: str) -> Mapping[str, str] | None:
    try:
        found = json.loads(base)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None
