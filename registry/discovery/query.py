"""A reader's question: his rights, the index, the rows of the hits; the database as a fallback."""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import sqlalchemy as sa
from sqlalchemy.orm import Session

import search as engine
from registry.access import Actor
from registry.catalogue import visible
from registry.catalogue.reading import sight
from registry.discovery import fallback, latest
from registry.discovery.dictionary import lexicon
from registry.discovery.indexing import search_doc
from registry.discovery.readers import reader
from registry.models.catalogue import Resource, Version
from registry.unchanged import until_next_act
from search import Index, Query, Result, Why
from search.synonyms import Lexicon

log = logging.getLogger(__name__)

PAGE = 20
MOST_ALIKE = 5
# The facets of the search page that people use most, in its order; the schema's others follow.
FIRST = (
    "units",
    "class_path",
    "themes",
    "share_type",
    "open_type",
    "level",
    "update_cycle",
    "format_class",
    "year",
    "element",
    "marks",
)
FACETS = (*FIRST, *(name for name in engine.facets() if name not in (*FIRST, "department")))
# A link to one department is a filter too, though the tree of units stands for it on the page.
FILTERS = (*FACETS, "department")
SORTS = ("relevance", "updated", "published")


@dataclass(frozen=True)
class Found:
    """One entry that was found, and why."""

    resource: Resource
    version: Version
    why: tuple[Why, ...] = ()


@dataclass(frozen=True)
class Answer:
    """A page of answers; `degraded` when the database answered in place of the engine."""

    found: Sequence[Found] = ()
    total: int = 0
    related: Sequence[Found] = ()
    facets: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    degraded: bool = False
    lexicon: Lexicon | None = None
    spared: tuple[str, ...] = ()


def search(
    session: Session,
    index: Index | None,
    actor: Actor,
    text: str,
    filters: Mapping[str, tuple[str, ...]] | None = None,
    page: int = 1,
    anonymous: str = "none",
    sort: str = "relevance",
    size: int = PAGE,
    facets: tuple[str, ...] = FACETS,
) -> Answer:
    """What this reader finds. Never fails because of the text, nor because the engine is away."""
    if not actor.signed_in and anonymous != "open":
        return Answer()
    query = Query(
        text=text,
        filters=filters or {},
        reader=reader(session, actor),
        sort=sort,
        offset=size * (page - 1),
        limit=size,
        facets=facets,
        lexicon=lexicon(session),
    )
    if index is None:
        return _degraded(session, actor, query, anonymous)
    try:
        result = index.search(query)
    except engine.Unavailable as fault:
        log.warning("search engine does not answer: %s", type(fault).__name__)
        return _degraded(session, actor, query, anonymous)
    return _answer(session, actor, query, result, anonymous)


def _answer(session: Session, actor: Actor, query: Query, result: Result, anonymous: str) -> Answer:
    keys = [hit.key for hit in (*result.hits, *result.related)]
    rows = session.execute(
        sa.select(Resource, Version)
        .join(Version, Resource.live_version_id == Version.id)
        .where(Resource.key.in_(keys), visible(actor, anonymous))
    ).all()
    by_key = {resource.key: (resource, version) for resource, version in rows}
    told = result
    if query.text.strip():
        entries = {key: search_doc(*row) for key, row in by_key.items()}
        told = engine.explained(result, query.text, entries, query.lexicon)

    def rows_of(hits: Sequence[engine.Hit]) -> list[Found]:
        return [Found(*by_key[hit.key], hit.why) for hit in hits if hit.key in by_key]

    related = rows_of(told.related)
    # What shares no more than single characters helps only where nothing better is there at all.
    related = [one for one in related if one.why] or related[: 0 if result.total else MOST_ALIKE]
    facets, words = result.facets, query.lexicon
    hits = rows_of(told.hits)
    return Answer(hits, result.total, related, facets, lexicon=words, spared=result.spared)


def _degraded(session: Session, actor: Actor, query: Query, anonymous: str) -> Answer:
    rows, total = fallback.search(session, actor, query, anonymous)
    found = [
        Found(r, v, (Why("items", element, "word"),) if element else ()) for r, v, element in rows
    ]
    return Answer(found, total, degraded=True)


def newest(session: Session, actor: Actor, anonymous: str, count: int = 5) -> list[Found]:
    """The entries that changed last, of those this reader may see."""
    place = ("newest", sight(actor, anonymous), count)
    keys = until_next_act(session, place, lambda: _newest(session, actor, anonymous, count))
    rows = session.execute(
        sa.select(Resource, Version)
        .join(Version, Resource.live_version_id == Version.id)
        .where(visible(actor, anonymous), Resource.key.in_(keys))
    )
    found = {row[0].key: row for row in rows}
    return [Found(*found[key]) for key in keys if key in found]


def _newest(session: Session, actor: Actor, anonymous: str, count: int) -> Sequence[str]:
    query = (
        sa.select(Resource.key)
        .join(Version, Resource.live_version_id == Version.id)
        .where(visible(actor, anonymous))
    )
    keys = latest.keys(session, count, query)
    if keys is None:
        return session.scalars(query.order_by(Resource.updated_at.desc()).limit(count)).all()
    return keys
