"""The entries of the demo city that came from an older list and are to be mended (待整改)."""

from collections.abc import Mapping
from datetime import date
from typing import Any

import schemas
from registry.catalogue import stored_fault

# What the old list did not have, by code of the entry.
MISSING: Mapping[str, tuple[str, ...]] = {
    "307029150300/000004": ("class_path",),
    "307044150302/000004": ("abstract",),
}


def as_adopted(
    entry: Mapping[str, Any], marks: Mapping[str, str]
) -> tuple[dict[str, Any], list[Any] | None, date | None]:
    """The document as the old list gave it, its faults and the due date of `marks`, by code."""
    document = dict(entry["document"])
    due = marks.get(entry["code"])
    if due is None:
        return document, None, None
    for name in MISSING[entry["code"]]:
        document.pop(name, None)
    faults = schemas.errors("resource", document, at="submission")
    return document, [stored_fault(problem) for problem in faults], date.fromisoformat(due)
