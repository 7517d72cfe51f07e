"""Searches people keep, and the entries that became public since and answer them.

An entry is tried against the searches when the index takes it over, once; no search is ever put to
the whole catalogue again. What was noted are ids: whether their owner may see an entry is judged
each time he reads, so a notice tells nobody of what is withheld from him.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from registry import journal
from registry.access import Actor
from registry.catalogue import document_of, visible
from registry.db import now
from registry.discovery import placed
from registry.discovery.dictionary import lexicon
from registry.errors import Conflict, Forbidden, Invalid, Missing
from registry.models.accounts import Organisation
from registry.models.catalogue import Resource, Transfer, Version
from registry.models.discovery import SavedMatch, SavedSearch
from search import SearchDoc
from search.standing import Tokens

MOST = 30
LONGEST_NAME = 80
LONGEST_TEXT = 256
MOST_VALUES = 50
MOST_SHOWN = 100
# News of last season is none: seen or not, what was noted goes after this.
KEPT = timedelta(days=90)

Filters = Mapping[str, tuple[str, ...]]
Note = tuple[int, int]
"""Search and resource, by their ids."""


@dataclass(frozen=True)
class Line:
    """A saved search with the number of new entries its owner may see now."""

    key: str
    name: str
    text: str
    filters: Filters
    is_paused: bool
    since: datetime
    fresh: int


def save(session: Session, actor: Actor, name: str, text: str, filters: Filters) -> SavedSearch:
    """Keep a question under a name, once; what answers it already is no news."""
    if not actor.signed_in:
        raise Forbidden("sign_in")
    own = sa.select(sa.func.count(SavedSearch.id)).where(SavedSearch.person_id == actor.person_id)
    if (session.scalar(own) or 0) >= MOST:
        raise Conflict("saved_many", most=MOST)
    kept = {k: list(v[:MOST_VALUES]) for k, v in filters.items() if v}
    row = SavedSearch(
        person_id=actor.person_id,
        name=_named(name, text),
        text=_question(text, filters),
        filters=kept,
    )
    same = sa.select(SavedSearch).where(
        SavedSearch.person_id == actor.person_id, SavedSearch.text == row.text
    )
    if before := next((one for one in session.scalars(same) if one.filters == kept), None):
        raise Conflict("saved_before", name=before.name)
    session.add(row)
    session.flush()
    _recorded(session, actor, row, "save_search")
    return row


def edit(session: Session, actor: Actor, key: str, name: str, text: str) -> None:
    """Give it another name or other words; with other words what was new is new no longer."""
    row = _own(session, actor, key)
    row.name = _named(name, text)
    asked = _question(text, _filters(row))
    if asked != row.text:
        row.text, row.since = asked, now()
        session.execute(sa.delete(SavedMatch).where(SavedMatch.search_id == row.id))
    _recorded(session, actor, row, "save_search")


def pause(session: Session, actor: Actor, key: str, is_paused: bool) -> None:
    """Stop telling of new entries, or begin again; of what came in between nothing is told."""
    row = _own(session, actor, key)
    if row.is_paused == is_paused:
        raise Conflict("saved_paused")
    row.is_paused = is_paused
    if not is_paused:
        row.since = now()
    _recorded(session, actor, row, "pause_search" if is_paused else "resume_search")


def drop(session: Session, actor: Actor, key: str) -> None:
    """Forget it, with what was noted for it."""
    row = _own(session, actor, key)
    session.execute(sa.delete(SavedMatch).where(SavedMatch.search_id == row.id))
    _recorded(session, actor, row, "drop_search")
    session.delete(row)


def put_away(session: Session, actor: Actor, key: str) -> None:
    """Mark its new entries as seen: those the owner may see now, others may become news yet."""
    row = _own(session, actor, key)
    seen = _visible(actor).with_only_columns(SavedMatch.id).where(SavedMatch.search_id == row.id)
    ids = session.scalars(seen).all()
    session.execute(sa.update(SavedMatch).where(SavedMatch.id.in_(ids)).values(seen_at=now()))


def lines(session: Session, actor: Actor) -> list[Line]:
    """The actor's searches, the newest first, each with its new entries counted by his rights."""
    if not actor.signed_in:
        return []
    rows = session.scalars(
        sa.select(SavedSearch)
        .where(SavedSearch.person_id == actor.person_id)
        .order_by(SavedSearch.id.desc())
    ).all()
    counts = dict.fromkeys((row.id for row in rows), 0)
    if rows:
        counted = _visible(actor).with_only_columns(SavedMatch.search_id, sa.func.count())
        counted = counted.where(SavedMatch.search_id.in_(counts)).group_by(SavedMatch.search_id)
        counts |= {id_: n for id_, n in session.execute(counted)}  # noqa: C416 - a row is no pair
    return [
        Line(r.key, r.name, r.text, _filters(r), r.is_paused, r.since, counts[r.id]) for r in rows
    ]


def fresh(session: Session, actor: Actor, key: str) -> list[tuple[Resource, Version]]:
    """The new entries of one search that its owner may see now, the newest first."""
    row = _own(session, actor, key)
    found = _visible(actor).where(SavedMatch.search_id == row.id)
    newest_first = found.order_by(SavedMatch.at.desc(), SavedMatch.id.desc()).limit(MOST_SHOWN)
    return [(resource, version) for resource, version in session.execute(newest_first)]


def found(session: Session, docs: Mapping[int, SearchDoc]) -> tuple[set[Note], set[Note]]:
    """Try entries the index takes over against every search: all they answer, and what is news.

    News is an entry that became public or was transferred to another unit after the search was
    saved, and did not answer it before. Reads only.
    """
    searches = session.scalars(sa.select(SavedSearch).where(~SavedSearch.is_paused)).all()
    if not searches or not docs:
        return set(), set()
    words = lexicon(session)
    asked = [(row, _filters(row)) for row in searches]
    answered: set[Note] = set()
    for id_, doc in docs.items():
        tokens = Tokens.of(doc)
        answered |= {(r.id, id_) for r, chosen in asked if tokens.answer(r.text, chosen, words)}
    since = {row.id: row.since for row in searches}
    since_when = _public_since(session, {resource for _, resource in answered})
    moved = {
        r: (at, giver)
        for r, (at, giver) in _moved(session, docs).items()
        if r in since_when and at >= since_when[r]
    }
    since_when |= {r: at for r, (at, _) in moved.items()}
    news = {(s, r) for s, r in answered if since_when[r] >= max(since[s], now() - KEPT)}
    changed = {resource for _, resource in news}
    before = _before(session, docs, changed - moved.keys())
    for r in changed & moved.keys():
        before[r] = Tokens.of(placed.under(docs[r], moved[r][1]))
    by_id = {row.id: (row, chosen) for row, chosen in asked}
    old = {
        (s, r)
        for s, r in news
        if r in before and before[r].answer(by_id[s][0].text, by_id[s][1], words)
    }
    return answered, news - old


def keep(
    session: Session, resources: Collection[int], answered: set[Note], news: set[Note]
) -> None:
    """Note what is news of these resources, and forget what they answer no longer."""
    held = session.execute(
        sa.select(SavedMatch.id, SavedMatch.search_id, SavedMatch.resource_id).where(
            SavedMatch.resource_id.in_(resources)
        )
    ).all()
    if not held and not news:
        return
    # A paused search is not tried: what was noted for it stays.
    active = set(session.scalars(sa.select(SavedSearch.id).where(~SavedSearch.is_paused)))
    gone = [id_ for id_, s, r in held if s in active and (s, r) not in answered]
    session.execute(sa.delete(SavedMatch).where(SavedMatch.id.in_(gone)))
    session.execute(sa.delete(SavedMatch).where(SavedMatch.at < now() - KEPT))
    known = {(s, r) for _, s, r in held}
    added = [
        {"search_id": s, "resource_id": r, "at": now()}
        for s, r in sorted(news - known)
        if s in active
    ]
    if added:
        session.execute(sa.insert(SavedMatch), added)


def _public_since(session: Session, resources: Collection[int]) -> dict[int, datetime]:
    rows = session.execute(
        sa.select(Resource.id, Version.changed_at)
        .join(Version, Resource.live_version_id == Version.id)
        .where(Resource.id.in_(resources))
    )
    return {id_: at for id_, at in rows}  # noqa: C416 - a row is not a pair to the types


def _moved(
    session: Session, docs: Mapping[int, SearchDoc]
) -> dict[int, tuple[datetime, Organisation]]:
    """When these entries were last moved to another unit, and from which; of what is news yet."""
    ids = {doc.key: id_ for id_, doc in docs.items()}
    acts = session.execute(
        sa.select(Transfer, Organisation)
        .join(Organisation, Organisation.id == Transfer.from_id)
        .where(Transfer.at >= now() - KEPT)
        .order_by(Transfer.at, Transfer.id)
    )
    return {ids[key]: (act.at, giver) for act, giver in acts for key in act.entries if key in ids}


def _before(
    session: Session, docs: Mapping[int, SearchDoc], resources: Collection[int]
) -> dict[int, Tokens]:
    """The version that was public before, of those that had one, as it would stand today."""
    rows = session.scalars(
        sa.select(Version)
        .where(Version.resource_id.in_(resources), Version.state == "superseded")
        .order_by(Version.number)
    )
    last: dict[int, Version] = {row.resource_id: row for row in rows}
    return {
        id_: Tokens.of(replace(docs[id_], document=document_of(version)))
        for id_, version in last.items()
    }


def _visible(actor: Actor) -> sa.Select[Resource, Version]:
    """Unseen matches with their entries, of those the actor may see now."""
    return (
        sa.select(Resource, Version)
        .join(SavedMatch, SavedMatch.resource_id == Resource.id)
        .join(Version, Resource.live_version_id == Version.id)
        .where(SavedMatch.seen_at.is_(None), visible(actor))
    )


def _own(session: Session, actor: Actor, key: str) -> SavedSearch:
    """One of the actor's own; those of others are Missing."""
    row = session.scalar(
        sa.select(SavedSearch).where(
            SavedSearch.key == key, SavedSearch.person_id == actor.person_id
        )
    )
    if row is None or not actor.signed_in:
        raise Missing("no_saved_search")
    return row


def _filters(row: SavedSearch) -> dict[str, tuple[str, ...]]:
    return {name: tuple(values) for name, values in row.filters.items()}


def _named(name: str, text: str) -> str:
    """The name given, else the words asked; a search by filters alone must be named."""
    found = " ".join((name.strip() or text.strip()).split())[:LONGEST_NAME]
    if not found:
        raise Invalid((), "saved_name")
    return found


def _question(text: str, filters: Filters) -> str:
    asked = " ".join(text.split())[:LONGEST_TEXT]
    if not asked and not any(filters.values()):
        raise Invalid((), "saved_empty")
    return asked


def _recorded(session: Session, actor: Actor, row: SavedSearch, act: str) -> None:
    # What somebody looks for is his own: the journal has no word of it.
    journal.record(session, actor, act, "saved_search", row.key)
