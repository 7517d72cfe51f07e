"""What a request asks for: the items of its document, held against the live version."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

import schemas
from registry import calendar
from registry.errors import Invalid
from registry.exchange.reading import offered
from registry.exchange.weighing import is_sensitive
from registry.models.catalogue import Element
from registry.models.exchange import Request, RequestElement
from schemas import Problem

Document = Mapping[str, Any]


def problems(session: Session, request: Request, document: Document) -> list[Problem]:
    """Everything that keeps a request from being complete, in form order."""
    found = schemas.errors("request", dict(document), at="submission")
    found += schemas.untimely("request", document, calendar.today())
    there = offered(session, request.resource)
    asked = set(items_of(document))
    sensitive = sum(is_sensitive(one.level) for one in there if one.key in asked)
    if sensitive and not document.get("need"):
        # The smallest set that serves: what is sensitive wants its reason, item by item.
        found.append(Problem("/need", "need", {"given": sensitive}, "Q4", record="request"))
    return found + item_problems(there, items_of(document))


def item_problems(
    there: Iterable[Element], keys: Iterable[str], pointer: str = "/items", record: str = "request"
) -> list[Problem]:
    """Items that are gone or withheld in the live version: nobody can ask for or grant them."""
    known = {element.key: element for element in there}
    asked = list(keys)
    gone = [key for key in asked if key not in known]
    found = []
    if gone:
        facts: dict[str, object] = {"given": len(gone)}
        found.append(Problem(pointer, "unknown-item", facts, record=record))
    for key in asked:
        element = known.get(key)
        if element is not None and element.share_type == "3":
            found.append(
                Problem(pointer, "withheld-item", {"value": element.name}, "Q3", record=record)
            )
    return found


def require_storable(document: Document, record: str = "request") -> None:
    """Refuse what may not even be kept as a draft."""
    found = schemas.errors(record, dict(document), at="draft")
    if found:
        raise Invalid(found, code="not_storable")


def set_elements(session: Session, request: Request, document: Document) -> None:
    """Write the rows queries read: the items the resource has, each once."""
    there = {element.key for element in offered(session, request.resource)}
    wanted = [key for key in dict.fromkeys(items_of(document)) if key in there]
    session.execute(sa.delete(RequestElement).where(RequestElement.request_id == request.id))
    if wanted:
        session.execute(
            sa.insert(RequestElement),
            [{"request_id": request.id, "element_key": key} for key in wanted],
        )


def asked_rows(session: Session, request: Request) -> list[RequestElement]:
    """The items asked for, each with whether it is granted."""
    return list(
        session.scalars(sa.select(RequestElement).where(RequestElement.request_id == request.id))
    )


def asked_keys(session: Session, request: Request) -> set[str]:
    """The keys of the items asked for."""
    return {row.element_key for row in asked_rows(session, request)}


def refused_items(session: Session, request: Request) -> list[str]:
    """The keys of the items asked for and not granted that the resource still offers."""
    there = {one.key for one in offered(session, request.resource)}
    return [
        row.element_key
        for row in asked_rows(session, request)
        if row.granted is False and row.element_key in there
    ]


def share_types(session: Session, request: Request) -> list[str | None]:
    """The share types of what is asked for, as the live version has them."""
    return list(
        session.scalars(
            sa.select(Element.share_type)
            .join(RequestElement, RequestElement.element_key == Element.key)
            .where(
                RequestElement.request_id == request.id,
                Element.version_id == request.resource.live_version_id,
            )
        )
    )


def items_of(document: Document) -> list[str]:
    """The keys of the items a document names, whatever else was typed there."""
    return strings(document.get("items"))


def strings(value: object) -> list[str]:
    """The texts of a list; [] for anything else."""
    return [one for one in value if isinstance(one, str)] if isinstance(value, list) else []


def day_of(value: object) -> date | None:
    """The day that was typed, None where it is none."""
    try:
        return date.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None
