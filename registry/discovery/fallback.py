"""The answer of the database where no engine answers: the very words, every filter, every order.

It looks for the words in names, codes, units and elements, as the banner of the page says; it knows
no synonyms and no pinyin, and counts no facet. What is chosen holds as it always does.
"""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from registry.access import Actor
from registry.catalogue import visible
from registry.discovery import chosen
from registry.models.accounts import Organisation
from registry.models.catalogue import Element, Resource, Version
from search import Query, question

LONGEST_QUERY = 256
MOST_WORDS = 16


def search(
    session: Session, actor: Actor, query: Query, anonymous: str = "none"
) -> tuple[list[tuple[Resource, Version, str | None]], int]:
    """The page asked for of the live entries this reader may see, and how many there are.

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
    held = (
        sa.select(Resource, Version)
        .join(Version, Resource.live_version_id == Version.id)
        .join(Organisation, Organisation.id == Resource.department_id)
        .where(visible(actor, anonymous), *chosen.conditions(session, query.filters))
        .where(*map(_holds, words), *(sa.not_(_holds(one)) for one in refused))
    )
    total = session.scalar(held.with_only_columns(sa.func.count(Resource.id))) or 0
    page = held.order_by(*_order(query.sort, text)).limit(query.limit).offset(query.offset)
    rows = session.execute(page).all()
    elements = _elements(session, words, [version.id for _, version in rows])
    return [(r, v, elements.get(v.id)) for r, v in rows], total


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
