"""A version beside the one before it, as a person who decides on it has to see it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import schemas
from registry import catalogue
from registry.catalogue import ItemChange
from registry.catalogue.difference import Row
from registry.edge import actor, gettext, locale, session
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
    answer: "Answer | None" = None
    similar: Sequence[catalogue.Similar] = ()


@dataclass(frozen=True)
class Answer:
    """The return a version answers, and what was changed since in fields and data elements.

    `seen`: whether the reader decided on the returned version; the rest is then known to him.
    """

    returned: catalogue.Returned
    remarks: list[tuple[str, str]]
    rows: list[Row]
    items: list[ItemChange]
    seen: bool


def said(returned: catalogue.Returned) -> list[tuple[str, str, str]]:
    """Every remark of a return: its pointer, the place by its name, its text."""
    document = catalogue.document_of(returned.version)
    return [(one.pointer, place(one.pointer, document), one.text) for one in returned.remarks]


def place(pointer: str, document: Mapping[str, Any]) -> str:
    """A place in a text by its name: 信息项「姓名」, the title of a field, "" for the whole."""
    field = schemas.field("resource", pointer) if pointer else None
    title = field.title(locale()) if field else ""
    parts = pointer.split("/")
    if len(parts) < 3 or parts[1] != "items":
        return title
    items, found = schemas.items(document), schemas.item_at(pointer)
    at = -1 if found is None else found
    name = str(items[at].get("name") or "") if 0 <= at < len(items) else ""
    row = gettext("信息项「%(name)s」") % {"name": name or at + 1}
    return f"{row} {title}" if len(parts) > 3 and title else row


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
        _answer(version, after),
        catalogue.similar(session(), actor(), version.resource, after.get("name")),
    )


def _answer(version: Version, after: Mapping[str, Any]) -> Answer | None:
    returned = catalogue.last_return(session(), version)
    if returned is None:
        return None
    before = catalogue.document_of(returned.version)
    return Answer(
        returned,
        [(title, text) for _, title, text in said(returned)],
        catalogue.difference(before, after, locale()),
        catalogue.item_changes(before, after, locale()),
        actor().person_id in returned.seen_by,
    )
