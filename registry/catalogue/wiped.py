"""A wiped entry does not come back: it is known again by what named it, whoever brings it.

Its text and ids are gone, so only keyed digests of them are left to compare with: of its key and
code here, its ids elsewhere, its text, and its name with the names of its items. `store` asks
here before it makes an entry; whoever reads a file asks earlier, to name every one.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from unicodedata import normalize

import sqlalchemy as sa
from sqlalchemy.orm import Session

import schemas
from registry import calendar, journal
from registry.errors import Conflict
from registry.models.catalogue import Alias, Resource, Version, WipedMark

# A shorter id ("17") may well be somebody else's: it names an entry only with its source.
_OWN_SOURCE = 16


@dataclass(frozen=True)
class Wiped:
    """A line of the list of wipes: which entry, when, its marks, the papers that were kept."""

    key: str
    at: datetime
    marks: tuple[str, ...] = ()
    kept: tuple[str, ...] = ()


def of_fact(fact: Mapping[str, Any]) -> Wiped:
    """A line of the list; one that an older release wrote has no marks."""
    return Wiped(
        str(fact["key"]),
        datetime.fromisoformat(fact["at"]),
        tuple(map(str, fact.get("marks", ()))),
        tuple(map(str, fact.get("kept", ()))),
    )


@dataclass(frozen=True)
class Candidate:
    """An entry that somebody brings: the code of its unit, its text, its ids (source and value)."""

    unit: str
    document: Mapping[str, Any]
    ids: tuple[str, ...] = ()
    aliases: tuple[tuple[str, str], ...] = ()


def note(session: Session, resource: Resource, at: datetime) -> tuple[str, ...]:
    """Keep the marks of an entry whose content is about to go; the marks."""
    rows = session.execute(
        sa.select(Alias.source, Alias.value).where(Alias.resource_id == resource.id)
    )
    aliases = [(source, value) for source, value in rows]
    named = Candidate(
        resource.department.code,
        {},
        tuple(filter(None, (resource.key, resource.code))),
        tuple(aliases),
    )
    marks = set(_marks(session, named))
    for text in session.scalars(
        sa.select(Version.document).where(Version.resource_id == resource.id)
    ):
        document = schemas.loads(text)
        if isinstance(document, Mapping):
            marks |= set(_marks(session, Candidate(resource.department.code, document)))
    found = tuple(sorted(marks))
    keep(session, Wiped(resource.key, at, found))
    return found


def keep(session: Session, one: Wiped) -> None:
    """Enter the marks of a wipe that are not there yet."""
    there = set(session.scalars(sa.select(WipedMark.mark).where(WipedMark.mark.in_(one.marks))))
    rows = [{"mark": m, "key": one.key, "at": one.at} for m in one.marks if m not in there]
    if rows:
        session.execute(sa.insert(WipedMark), rows)


def recognized(session: Session, candidates: Sequence[Candidate]) -> list[datetime | None]:
    """For each: when the entry it would bring back was wiped; None for what is new."""
    known = {one.mark: one.at for one in session.scalars(sa.select(WipedMark))}
    if not known:
        return [None] * len(candidates)
    return [
        min((known[mark] for mark in _marks(session, one) if mark in known), default=None)
        for one in candidates
    ]


def refuse(session: Session, candidates: Sequence[Candidate]) -> None:
    """Raise Conflict when one of these was wiped."""
    for at in recognized(session, candidates):
        if at is not None:
            raise Conflict("wiped_before", on=day(at))


def day(at: datetime) -> str:
    """The day of a wipe as a sentence names it."""
    return at.astimezone(calendar.CITY).date().isoformat()


def _marks(session: Session, one: Candidate) -> Iterable[str]:
    for value in (*one.ids, *(value for _, value in one.aliases if len(value) >= _OWN_SOURCE)):
        yield journal.keyed(session, "id", value)
    for source, value in one.aliases:
        yield journal.keyed(session, "alias", source, value)
    # A draft that says next to nothing is like any other: only what has items is known again.
    if likeness := _likeness(one.document):
        yield journal.keyed(session, "like", one.unit, *likeness)
        yield journal.keyed(session, "text", schemas.canonical(_without_ids(one.document)).decode())


def _items(document: Mapping[str, Any]) -> list[Any]:
    items = document.get("items")
    return items if isinstance(items, list) else []


def _without_ids(document: Mapping[str, Any]) -> dict[str, Any]:
    """The text as typed: ids of items are given anew whenever an entry comes in."""
    items = [
        {n: v for n, v in item.items() if n != "id"} if isinstance(item, Mapping) else item
        for item in _items(document)
    ]
    return {**document, "items": items}


def _likeness(document: Mapping[str, Any]) -> list[str]:
    """Name and names of items, spelled one way: what survives the way through another format."""
    name = document.get("name")
    names = [item.get("name") for item in _items(document) if isinstance(item, Mapping)]
    said = [_plain(one) for one in names if isinstance(one, str) and one.strip()]
    return [_plain(name), *sorted(said)] if isinstance(name, str) and name and said else []


def _plain(text: str) -> str:
    return "".join(normalize("NFKC", text).split())
