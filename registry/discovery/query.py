"""A reader's question: his rights, the index, the rows of the hits; the database as a fallback."""

import itertools
import logging
from collections.abc import Iterator, Mapping, Sequence
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
# Entries of an export that are read at once.
_PORTION = 1_000
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
    """A page of answers; `degraded` when the database answered in place of the engine.

    Then a facet may be missing that was not counted, and `searched` is how many of the newest
    entries were looked through, 0 for all.
    """

    found: Sequence[Found] = ()
    total: int = 0
    related: Sequence[Found] = ()
    facets: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    degraded: bool = False
    searched: int = 0
    lexicon: Lexicon | None = None
    spared: tuple[str, ...] = ()
    heard: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Exported:
    """All that answers a question, in portions, each to be used before the next is asked for.

    `degraded` and `searched` are those of an Answer.
    """

    total: int
    degraded: bool
    portions: Iterator[Sequence[Found]]
    searched: int = 0


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
    result = _asked(index, query)
    if result is None:
        return _degraded(session, actor, query, anonymous)
    return _answer(session, actor, query, result, anonymous)


def exported(
    session: Session,
    index: Index | None,
    actor: Actor,
    text: str,
    filters: Mapping[str, tuple[str, ...]],
    anonymous: str,
    sort: str,
    most: int,
) -> Exported:
    """All that this reader finds on the pages of `search`, at most so many, without a why."""
    if not actor.signed_in and anonymous != "open":
        return Exported(0, degraded=False, portions=iter(()))
    query = Query(
        text=text,
        filters=filters,
        reader=reader(session, actor),
        sort=sort,
        limit=most,
        lexicon=lexicon(session),
        weaker=False,
    )
    result = _asked(index, query)
    if result is None:
        # All at once: each portion by itself would look through every name for the words again.
        found = _degraded(session, actor, query, anonymous)
        return Exported(found.total, True, iter([found.found]), found.searched)
    keys = [hit.key for hit in result.hits]
    portions = _portions(session, actor, keys, anonymous)
    return Exported(result.total, degraded=False, portions=portions)


def _portions(
    session: Session, actor: Actor, keys: Sequence[str], anonymous: str
) -> Iterator[Sequence[Found]]:
    """The entries with these keys; of one portion the session keeps nothing for the next."""
    for at in range(0, len(keys), _PORTION):
        rows = _rows(session, actor, keys[at : at + _PORTION], anonymous).values()
        yield [Found(resource, version) for resource, version in rows]
        for one in itertools.chain.from_iterable(rows):
            session.expunge(one)


def _asked(index: Index | None, query: Query) -> Result | None:
    """What the engine answers; None when it does not."""
    if index is None:
        return None
    try:
        return index.search(query)
    except engine.Unavailable as fault:
        log.warning("search engine does not answer: %s", type(fault).__name__)
        return None


def _rows(
    session: Session, actor: Actor, keys: Sequence[str], anonymous: str
) -> dict[str, tuple[Resource, Version]]:
    """The entries with these keys that this reader may see, in the order of the keys."""
    rows = session.execute(
        sa.select(Resource, Version)
        .join(Version, Resource.live_version_id == Version.id)
        .where(Resource.key.in_(keys), visible(actor, anonymous))
    ).all()
    found = {resource.key: (resource, version) for resource, version in rows}
    return {key: found[key] for key in keys if key in found}


def _answer(session: Session, actor: Actor, query: Query, result: Result, anonymous: str) -> Answer:
    keys = [hit.key for hit in (*result.hits, *result.related)]
    by_key = _rows(session, actor, keys, anonymous)
    told = result
    if query.text.strip():
        entries = {key: search_doc(*row) for key, row in by_key.items()}
        told = engine.explained(result, query.text, entries, query.lexicon)

    def rows_of(hits: Sequence[engine.Hit]) -> list[Found]:
        return [Found(*by_key[hit.key], hit.why) for hit in hits if hit.key in by_key]

    related = rows_of(told.related)
    # What shares no more than single characters helps only where nothing better is there at all.
    related = [one for one in related if one.why] or related[: 0 if result.total else MOST_ALIKE]
    return Answer(
        rows_of(told.hits),
        result.total,
        related,
        result.facets,
        lexicon=query.lexicon,
        spared=result.spared,
        heard=result.heard,
    )


def _degraded(session: Session, actor: Actor, query: Query, anonymous: str) -> Answer:
    told = fallback.search(session, actor, query, anonymous)
    found = [
        Found(r, v, (Why("items", element, "word"),) if element else ())
        for r, v, element in told.rows
    ]
    return Answer(found, told.total, facets=told.facets, degraded=True, searched=told.searched)


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
