"""The last return of an entry: what was sent back, by whom, why; what a new version answers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

import schemas
from registry.catalogue.reading import decisions, document_of
from registry.catalogue.steps import line
from registry.models.catalogue import Decision, Remark, Version


@dataclass(frozen=True)
class Returned:
    """A return: the version as it was sent back, the decision, the person, the reasons."""

    version: Version
    decision: Decision
    name: str
    remarks: Sequence[Remark]
    seen_by: frozenset[int]


def last_return(session: Session, version: Version) -> Returned | None:
    """The return this version answers, the newest first; what was taken back is passed over.

    `seen_by` are the people who decided on the returned version: they know the rest of the text.
    """
    before = line(session, version)[1:]
    made = decisions(session, before)
    found = [(one, name) for one, name, _ in made if one.step == "return"]
    if not found:
        return None
    decision, name = found[-1]
    remarks = session.scalars(
        sa.select(Remark).where(Remark.decision_id == decision.id).order_by(Remark.id)
    ).all()
    seen = frozenset(one.person_id for one, *_ in made if one.version_id == decision.version_id)
    sent_back = session.get_one(Version, decision.version_id)
    return Returned(sent_back, decision, name, remarks, seen)


def place_now(returned: Returned, pointer: str, now: Mapping[str, Any]) -> str:
    """Where a remark belongs in the text as it is now: a data element is followed by its identity.

    "/items" where that element is no longer there.
    """
    parts = pointer.split("/")
    if len(parts) < 3 or parts[1] != "items":
        return pointer
    was, new = _ids(document_of(returned.version)), _ids(now)
    at = schemas.item_at(pointer)
    key = was[at] if at is not None and at < len(was) else None
    if key is None or key not in new:
        return "/items"
    return "/".join(["", "items", str(new.index(key)), *parts[3:]])


def open_remarks(returned: Returned, now: Mapping[str, Any]) -> list[str]:
    """The places of the remarks whose text is still what was sent back."""
    before = document_of(returned.version)
    return [
        place_now(returned, one.pointer, now)
        for one in returned.remarks
        if one.pointer and _same(before, now, one.pointer, place_now(returned, one.pointer, now))
    ]


def _same(before: Mapping[str, Any], now: Mapping[str, Any], was: str, place: str) -> bool:
    if was.startswith("/items/") and place == "/items":
        return False
    return bool(_at(before, was) == _at(now, place))


def _at(document: Any, pointer: str) -> Any:
    for part in pointer.split("/")[1:]:
        if isinstance(document, Mapping):
            document = document.get(part)
        elif isinstance(document, list) and part.isdigit() and int(part) < len(document):
            document = document[int(part)]
        else:
            return None
    return document


def _ids(document: Mapping[str, Any]) -> list[Any]:
    return [one.get("id") for one in schemas.items(document)]
