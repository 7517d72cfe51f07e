"""The answer of the database, by name, code, unit and element: what remains when no engine does."""

from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from registry.access import Actor
from registry.catalogue import visible
from registry.models.accounts import Organisation
from registry.models.catalogue import Element, Resource, Version
from search import question

PAGE = 20
LONGEST_QUERY = 256


def search(
    session: Session, actor: Actor, text: str, page: int = 1, anonymous: str = "none"
) -> tuple[list[tuple[Resource, Version, str | None]], int]:
    """A page of the live entries this reader may see that hold the text, and how many there are.

    What the text refuses (`-幼儿园`, 「不要幼儿园」) is in none of them.
    An exact name comes first, then names that begin with the text, then the rest by date.
    """
    words = text.strip()[:LONGEST_QUERY].replace("\x00", "")
    words = words.encode("utf-8", "ignore").decode()
    refused: list[str] = []
    while found := question.refusals(words):
        refused.append(found[0].word)
        words = question.without(words, found[0])
    query = (
        sa.select(Resource, Version)
        .join(Version, Resource.live_version_id == Version.id)
        .join(Organisation, Organisation.id == Resource.department_id)
        .where(visible(actor, anonymous))
    )
    if words:
        query = query.where(_holds(words))
    for one in refused:
        query = query.where(sa.not_(_holds(one)))
    total = session.scalar(sa.select(sa.func.count()).select_from(query.subquery())) or 0
    rows = session.execute(
        query.order_by(*_order(words)).limit(PAGE).offset(PAGE * (max(page, 1) - 1))
    ).all()
    elements = _elements(session, words, [version.id for _, version in rows])
    return [(r, v, elements.get(v.id)) for r, v in rows], total


def _holds(words: str) -> sa.ColumnElement[bool]:
    by_element = sa.exists().where(
        Element.version_id == Version.id, Element.name.contains(words, autoescape=True)
    )
    return sa.or_(
        Version.name.contains(words, autoescape=True),
        Resource.code.startswith(words, autoescape=True),
        Organisation.name.contains(words, autoescape=True),
        by_element,
    )


def _order(words: str) -> list[sa.ColumnElement[Any]]:
    newest: list[sa.ColumnElement[Any]] = [Resource.updated_at.desc(), Resource.id.desc()]
    if not words:
        return newest
    rank = sa.case(
        (Version.name == words, 0),
        (Version.name.startswith(words, autoescape=True), 1),
        (Version.name.contains(words, autoescape=True), 2),
        else_=3,
    )
    return [rank, *newest]


def _elements(session: Session, words: str, versions: list[int]) -> dict[int, str]:
    """For each version the first element whose name holds the words: why it was found."""
    if not words or not versions:
        return {}
    rows = session.execute(
        sa.select(Element.version_id, sa.func.min(Element.name))
        .where(Element.version_id.in_(versions), Element.name.contains(words, autoescape=True))
        .group_by(Element.version_id)
    )
    return {version_id: name for version_id, name in rows}  # noqa: C416 - rows are no pairs
