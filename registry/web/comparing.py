"""A version beside the one before it, as a person who decides on it has to see it."""

from dataclasses import dataclass

import schemas
from registry import catalogue
from registry.catalogue import ItemChange
from registry.catalogue.difference import Row
from registry.edge import locale, session
from registry.models.catalogue import Version


@dataclass(frozen=True)
class Compared:
    """What changed: fields, data elements; what the program has to say about the new text."""

    live: Version | None
    rows: list[Row]
    items: list[ItemChange]
    level: schemas.Level
    warnings: list[schemas.Problem]
    note: object


def compared(version: Version) -> Compared:
    """The version beside the live one; without one, everything in it is new."""
    live = version.resource.live
    before = catalogue.document_of(live) if live else None
    after = catalogue.document_of(version)
    return Compared(
        live,
        catalogue.difference(before, after, locale()),
        catalogue.item_changes(before, after, locale()),
        schemas.level(after),
        catalogue.warnings_of(session(), version.resource_id, after),
        after.get("note"),
    )
