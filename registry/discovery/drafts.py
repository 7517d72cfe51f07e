"""Drafts beside the live entries of a search: what the caller's own units work on, never public.

An entry that is live stands in a list once, as what the public reads; its working version is not a
second package. Drafts are few and are judged one by one. Of the live entries only the window is
read in which the drafts of the page can stand, so the cost does not grow with the registry.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, selectinload

from connectors import ckan
from registry import catalogue
from registry.access import Actor
from registry.discovery import fielded, packages
from registry.discovery.asked import Asked, Keys
from registry.discovery.fielded import Every, Term
from registry.discovery.judging import entry_of, sort, values
from registry.discovery.rows import QUERY, Row, row_of
from registry.models.catalogue import Resource, Version
from search import Index


@dataclass(frozen=True)
class Draft:
    """An entry that was never live, as its department has it now, and its row among the others."""

    version: Version
    package: dict[str, Any]
    row: Row


def own(session: Session, actor: Actor, address: str) -> list[Draft]:
    """What the units of this actor work on and was never public; `address` begins links."""
    query = (
        sa.select(Version)
        .join(Resource, Resource.working_version_id == Version.id)
        .where(catalogue.workable(actor), Resource.live_version_id.is_(None))
        .options(selectinload(Version.resource).selectinload(Resource.department))
    )
    return [_draft(version, address) for version in session.scalars(query)]


def _draft(version: Version, address: str) -> Draft:
    resource, document = version.resource, catalogue.document_of(version)
    about = packages.about(resource, version, address)
    row = Row(
        resource.id,
        version.id,
        about,
        version.name or "",
        version.level or "",
        version.visibility or "",
        document=document,
    )
    return Draft(version, ckan.package(document, about), row)


def among(
    session: Session,
    index: Index | None,
    actor: Actor,
    asked: Asked,
    anonymous: str,
    drafts: Sequence[Draft],
) -> Keys:
    """The keys of live entries and of these drafts that answer the question, in one order.

    By score drafts come last: the index knows nothing of them.
    """
    worded = bool(asked.words.strip())
    held = [one.row for one in drafts if _holds(one, asked)]
    first = max(0, asked.start - len(held))
    window = replace(asked, start=first, rows=asked.start + asked.rows - first)
    found = packages.find(session, index, actor, window if asked.rows else asked, anonymous)
    facets = {
        name: counter + Counter(v for row in held for v in dict.fromkeys(values(row, name)))
        for name, counter in found.facets.items()
    }
    rows = _rows(session, found.keys, worded=worded)
    for row in held:
        row.rank = len(rows) if worded else 0
    rows += held
    sort(rows, asked.order)
    start = asked.start - first
    keys = [row.about.key for row in rows[start : start + asked.rows]]
    return Keys(found.count + len(held), keys, facets)


def _rows(session: Session, keys: Sequence[str], *, worded: bool) -> list[Row]:
    """The rows of these live entries, ranked as they came where words rank them."""
    ranks = {key: place for place, key in enumerate(keys)}
    rows = [row_of(one, "") for one in session.execute(QUERY.where(Resource.key.in_(keys)))]
    for row in rows:
        row.rank = ranks[row.about.key] if worded else 0
    return rows


def _holds(draft: Draft, asked: Asked) -> bool:
    words = [Term("text", word) for word in asked.words.split()[:32]]
    return fielded.judge(Every((*asked.filters, *words)))(entry_of(draft.row))
