"""The answer of the database where no engine answers: the very words, every filter, every order.

It looks for the words in names, codes, units and elements, as the banner of the page says; it knows
no synonyms and no pinyin. What is chosen holds as it always does, and what can be chosen is counted
as long as that is a matter of a second: of too many entries those that changed last are looked
through, nothing is counted, and the answer says so.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from time import monotonic
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from registry.access import Actor
from registry.catalogue import visible
from registry.discovery import choices, chosen
from registry.discovery.choices import Counts, Pair
from registry.discovery.wording import Condition, listed
from registry.models.accounts import Organisation
from registry.models.catalogue import Element, Resource, Version
from registry.models.shown import Shown
from search import Query, question

LONGEST_QUERY = 256
MOST_WORDS = 16
# Of more entries than that, with all rights and filters, the words are looked for in the newest.
MOST_SEARCHED = 30_000
# And of more than that nothing but the newest are asked for rights and filters.
MOST_ASKED = 100_000
# The values of so many are counted in half a second.
MOST_COUNTED = 20_000
# Seconds after which nothing further is counted: the answer is more than the numbers beside it.
COUNTED_IN_S = 0.6
# Of each facet something is chosen of the entries are looked for again.
MOST_AGAIN = 3


@dataclass(frozen=True)
class Answered:
    """A page of entries, each with the element by which it was found, how many there are, counts.

    `searched` is how many of the newest entries were looked through, 0 for all there are. A facet
    that is not among `facets` was not counted.
    """

    rows: Sequence[tuple[Resource, Version, str | None]]
    total: int
    facets: Counts
    searched: int = 0


@dataclass(frozen=True)
class _Asked:
    """A question in the terms of the database."""

    words: Sequence[str]
    refused: Sequence[str]
    filters: Mapping[str, Sequence[str]]
    seen: Condition
    oldest: tuple[Any, ...] | None


def search(session: Session, actor: Actor, query: Query, anonymous: str = "none") -> Answered:
    """The page asked for of the live entries this reader may see, how many, and what is chosen of.

    Each holds every word of the text, and none that the text refuses (`-幼儿园`, 「不要幼儿园」).
    By relevance an exact name comes first, then names that begin with the text, then the rest by
    date.
    """
    text = query.text.strip()[:LONGEST_QUERY].replace("\x00", "")
    text = text.encode("utf-8", "ignore").decode()
    refused: list[str] = []
    while found := question.refusals(text):
        refused.append(found[0].word)
        text = question.without(text, found[0])
    words = text.split()[:MOST_WORDS]
    until = monotonic() + COUNTED_IN_S
    asked = _Asked(words, refused, query.filters, visible(actor, anonymous), _oldest(session))
    pairs = _of_all(session, asked)
    hits, searched = (pairs, 0) if pairs is not None else _of_newest(session, asked)
    rows = _rows(session, hits, query, text)
    elements = _elements(session, words, [version.id for _, version in rows])
    told = [(r, v, elements.get(v.id)) for r, v in rows]
    return Answered(told, len(hits), _facets(session, asked, query.facets, pairs, until), searched)


def _rows(
    session: Session, hits: Sequence[Pair], query: Query, text: str
) -> list[tuple[Resource, Version]]:
    """The page of the hits: found by their numbers first, whole entries are wide to sort."""
    ordered = (
        _PAIRS.with_only_columns(Resource.id)
        .where(listed(Resource.id, [entry for entry, _ in hits]))
        .order_by(*_order(query.sort, text))
    )
    ids = session.scalars(ordered.limit(query.limit).offset(query.offset)).all()
    found = session.execute(
        sa.select(Resource, Version)
        .join(Version, Resource.live_version_id == Version.id)
        .where(listed(Resource.id, ids))
    )
    by_id = {row[0].id: (row[0], row[1]) for row in found}
    # What was withdrawn since it was counted is left out.
    return [by_id[one] for one in ids if one in by_id]


def _facets(
    session: Session,
    asked: _Asked,
    names: Sequence[str],
    pairs: Sequence[Pair] | None,
    until: float,
) -> Counts:
    """What is counted of these facets: each as if nothing had been chosen in it."""
    # With less chosen there are not fewer of them.
    if pairs is None:
        return {}
    picked = [name for name in names if asked.filters.get(name)]
    found = {}
    if len(pairs) <= MOST_COUNTED:
        found = choices.counted(session, [one for one in names if one not in picked], pairs, until)
    for name in picked[:MOST_AGAIN]:
        if monotonic() > until:
            break
        left = {one: values for one, values in asked.filters.items() if one != name}
        under = _of_all(session, replace(asked, filters=left))
        if under is not None and len(under) <= MOST_COUNTED:
            found |= choices.counted(session, [name], under, until)
    return found


def _of_all(session: Session, asked: _Asked) -> list[Pair] | None:
    """The entries that answer; None where not all there are can be looked through."""
    if asked.oldest is not None:
        return None
    # In no order: that of change would be gone through to its end for a filter few pass.
    query = _PAIRS.where(asked.seen, *chosen.conditions(session, asked.filters))
    some = _pairs(session, query.limit(MOST_SEARCHED + 1))
    return _worded(session, asked, some) if len(some) <= MOST_SEARCHED else None


def _of_newest(session: Session, asked: _Asked) -> tuple[list[Pair], int]:
    """Of those that changed last the entries that answer, and how many were looked through."""
    query = (
        _PAIRS.join(Shown, Shown.resource_id == Resource.id)
        .where(asked.seen, *chosen.conditions(session, asked.filters))
        .order_by(*(column.desc() for column in _PLACE))
        .limit(MOST_SEARCHED)
    )
    if asked.oldest is not None:
        bound = (sa.literal(at, one.type) for at, one in zip(asked.oldest, _PLACE, strict=True))
        query = query.where(sa.tuple_(*_PLACE) > sa.tuple_(*bound))
    some = _pairs(session, query)
    searched = MOST_SEARCHED if len(some) == MOST_SEARCHED else MOST_ASKED
    return _worded(session, asked, some), searched


def _oldest(session: Session) -> tuple[Any, ...] | None:
    """The place of the last one that changed too long ago to be asked; None where all are asked."""
    places = sa.select(*_PLACE).order_by(*(column.desc() for column in _PLACE))
    row = session.execute(places.limit(1).offset(MOST_ASKED)).one_or_none()
    return tuple(row) if row is not None else None


def _worded(session: Session, asked: _Asked, some: list[Pair]) -> list[Pair]:
    """Those of these entries that hold the words, and none of those refused."""
    if not asked.words and not asked.refused:
        return some
    held = [*map(_holds, asked.words), *(sa.not_(_holds(one)) for one in asked.refused)]
    ids = listed(Resource.id, [entry for entry, _ in some])
    return _pairs(session, _PAIRS.where(ids, *held))


def _pairs(session: Session, query: sa.Select[int, int]) -> list[Pair]:
    return [(entry, version) for entry, version in session.execute(query)]


_PAIRS = (
    sa.select(Resource.id, Version.id)
    .join(Version, Resource.live_version_id == Version.id)
    .join(Organisation, Organisation.id == Resource.department_id)
)
_PLACE = (Shown.__table__.c.at, Shown.__table__.c.resource_id)


def _holds(word: str) -> sa.ColumnElement[bool]:
    by_element = sa.exists().where(
        Element.version_id == Version.id, Element.name.contains(word, autoescape=True)
    )
    return sa.or_(
        Version.name.contains(word, autoescape=True),
        # An adopted entry has no code yet, and what is unknown would be refused by its negation.
        sa.func.coalesce(Resource.code, "").startswith(word, autoescape=True),
        Organisation.name.contains(word, autoescape=True),
        by_element,
    )


def _order(sort: str, text: str) -> list[sa.ColumnElement[Any]]:
    newest: list[sa.ColumnElement[Any]] = [Resource.updated_at.desc(), Resource.id.desc()]
    if sort == "published":
        return [Resource.published_on.desc().nulls_last(), Resource.id.desc()]
    if sort == "updated" or not text:
        return newest
    rank = sa.case(
        (Version.name == text, 0),
        (Version.name.startswith(text, autoescape=True), 1),
        (Version.name.contains(text, autoescape=True), 2),
        else_=3,
    )
    return [rank, *newest]


def _elements(session: Session, words: Sequence[str], versions: list[int]) -> dict[int, str]:
    """For each version the first element whose name holds a word: why it was found."""
    if not words or not versions:
        return {}
    held = sa.or_(*(Element.name.contains(word, autoescape=True) for word in words))
    rows = session.execute(
        sa.select(Element.version_id, sa.func.min(Element.name))
        .where(Element.version_id.in_(versions), held)
        .group_by(Element.version_id)
    )
    return {version_id: name for version_id, name in rows}  # noqa: C416 - rows are no pairs
