"""What a harvester is told: every entry this reader may see, and every one he once could have seen.

An entry that was shown and is no longer (suspended, retired, frozen, wiped, or closed to this
reader) stays in the list for ever as a deletion without content. One he never could see is not in
it. Ordered by the moment of the last visible change, so that a list can be continued anywhere.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased

import schemas
from registry.access import Actor
from registry.catalogue import answered_for, named_to, visible
from registry.catalogue.reading import shown_as, sight
from registry.discovery.rows import MOST_KEYS
from registry.discovery.wording import listed
from registry.models.accounts import Organisation
from registry.models.catalogue import Resource, Transfer, Version
from registry.models.shown import Shown
from registry.unchanged import until_next_act


@dataclass(frozen=True)
class Header:
    """One line of the list; `place` continues after it. `front` is the class in its code, or "".

    A code stays what it was: whoever harvests one class hears of every deletion in it. A share
    type may change, and of what was wiped none is left: a deletion is told to all, `share` is "".

    What moved to another unit or share type is told as a deletion to whoever asks for the one it
    left, and as belonging to that alone: the protocol has no other word by which he would learn
    that it is to be looked for elsewhere.
    """

    key: str
    at: datetime
    unit: str
    front: str
    share: str
    is_deleted: bool
    place: tuple[datetime, int]
    has_left: bool = False


@dataclass(frozen=True)
class Window:
    """Which lines are wanted: of a unit, a class, an entry, changed in [since, before).

    `front` is how the codes of the class begin (1 digit 类, 2 more 项), "" for any class. `share`
    is the share type of what is live, beside every deletion; beside them stands what left the unit
    or the share type.
    """

    unit: str | None = None
    front: str | None = None
    share: str | None = None
    key: str | None = None
    since: datetime | None = None
    before: datetime | None = None


def headers(
    session: Session,
    actor: Actor,
    anonymous: str,
    window: Window,
    after: tuple[datetime, int] | None = None,
    limit: int = 100,
) -> list[Header]:
    """The lines after a place, oldest change first."""
    seen = sa.case((visible(actor, anonymous), 1), else_=0)
    query = (
        _FROM.with_only_columns(
            Shown.at,
            Shown.resource_id,
            Resource.key,
            Organisation.code,
            Resource.code.label("number"),
            Version.share_type,
            seen.label("seen"),
        )
        .where(*_wanted(session, actor, anonymous, window))
        .order_by(Shown.at, Shown.resource_id)
        .limit(limit)
    )
    if after is not None:
        query = query.where(sa.tuple_(Shown.at, Shown.resource_id) > sa.tuple_(*_bound(after)))
    return [_header(row, window) for row in session.execute(query)]


def _header(row: Any, window: Window) -> Header:
    unit, share = row.code, row.share_type or "" if row.seen else ""
    has_changed = bool(window.share) and row.seen and share != window.share
    has_left = has_changed or unit != (window.unit or unit)
    return Header(
        row.key,
        row.at,
        window.unit or ("" if has_left else unit),
        front if (front := (row.number or "")[:3]) in _fronts() and not has_left else "",
        window.share or "" if has_left else share,
        not row.seen or has_left,
        (row.at, row.resource_id),
        has_left,
    )


def count(session: Session, actor: Actor, anonymous: str, window: Window) -> int:
    """How many lines there are; counted once until the next act, for all pages of a list."""

    def counted() -> int:
        query = _FROM.with_only_columns(sa.func.count()).where(
            *_wanted(session, actor, anonymous, window)
        )
        return session.scalar(query) or 0

    return until_next_act(session, ("lines", sight(actor, anonymous), window), counted)


def earliest(session: Session) -> datetime | None:
    """No line is older than this."""
    return session.scalar(sa.select(sa.func.min(Shown.at)))


def units(session: Session, actor: Actor, anonymous: str) -> Sequence[tuple[str, str]]:
    """Code and name of every unit with a line for this reader."""
    one = _one_line(actor, anonymous, Resource.department_id == Organisation.id)
    # Whoever harvests a unit hears of it as long as there is something it gave away.
    gave = [
        sa.and_(Organisation.code == unit, _one_line(actor, anonymous, listed(Resource.id, ids)))
        for unit, ids in _given(session).items()
    ]
    query = sa.select(Organisation.code, Organisation.name).where(sa.or_(one, *gave))
    rows = session.execute(query.order_by(Organisation.code))
    return [(code, name) for code, name in rows]


def classes(session: Session, actor: Actor, anonymous: str) -> Sequence[tuple[str, str]]:
    """Path and label of every 类 and 项 with a line for this reader."""
    ends = [(front, front[:-1] + chr(ord(front[-1]) + 1)) for front in sorted(_fronts())]
    kinds = sa.column("front", sa.String), sa.column("past", sa.String)
    front = sa.values(*kinds, name="fronts").data(ends).cte("fronts")
    # By bounds, so that the index of the codes is gone into; the part of a code is compared too,
    # since not every database sorts letter by letter.
    within = sa.and_(
        Resource.code >= front.c.front,
        Resource.code < front.c.past,
        sa.func.substr(Resource.code, 1, 3) == front.c.front,
    )
    held = session.scalars(sa.select(front.c.front).where(_one_line(actor, anonymous, within)))
    paths = {path for one in held for path in (one[:1], f"{one[:1]}/{one[1:]}")}
    return [(path, schemas.codes.label("class_path", path)) for path in sorted(paths)]


def _one_line(actor: Actor, anonymous: str, within: sa.ColumnElement[bool]) -> sa.Exists:
    """Whether there is a line for this reader among these: the first one found is enough.

    Grouping all lines cost in proportion to the registry, a second at 310,000.
    """
    return (
        sa.select(Shown.resource_id)
        .join(Resource, Resource.id == Shown.resource_id)
        .outerjoin(Version, Version.id == Resource.live_version_id)
        .where(within, _seen(actor, anonymous))
        .exists()
    )


@cache
def _fronts() -> frozenset[str]:
    """How the codes of a class begin: 类 and 项 (see catalogue.numbering)."""
    paths = schemas.codes.labels("class_tree")
    return frozenset(path.replace("/", "") for path in paths if "/" in path)


_FROM = (
    sa.select(Shown.resource_id)
    .join(Resource, Resource.id == Shown.resource_id)
    .join(Organisation, Organisation.id == Resource.department_id)
    .outerjoin(Version, Version.id == Resource.live_version_id)
)


def _bound(place: tuple[datetime, int]) -> tuple[sa.ColumnElement[datetime], int]:
    return sa.literal(place[0], Shown.__table__.c.at.type), place[1]


def _wanted(
    session: Session, actor: Actor, anonymous: str, window: Window
) -> list[sa.ColumnElement[bool]]:
    found = [_seen(actor, anonymous)]
    if window.unit is not None:
        given = listed(Resource.id, _given(session).get(window.unit, ()))
        found.append(sa.or_(Organisation.code == window.unit, given))
    if window.front is not None:
        fronts = [one for one in _fronts() if one.startswith(window.front)]
        found.append(sa.func.substr(Resource.code, 1, 3).in_(fronts))
    if window.share is not None:
        gone = sa.case((visible(actor, anonymous), 0), else_=1) == 1
        had = _had(actor, anonymous, window.share)
        found.append(sa.or_(gone, Version.share_type == window.share, had))
    if window.key is not None:
        found.append(Resource.key == window.key)
    if window.since is not None:
        found.append(Shown.at >= window.since)
    if window.before is not None:
        found.append(Shown.at < window.before)
    return found


def _had(actor: Actor, anonymous: str, share: str) -> sa.ColumnElement[bool]:
    """Whether this reader could see the entry under another share type before."""
    before = aliased(Version)
    return sa.exists().where(
        before.resource_id == Resource.id,
        before.state == "superseded",
        before.share_type == share,
        shown_as(actor, anonymous, before),
    )


def _given(session: Session) -> Mapping[str, Sequence[int]]:
    """By the code of a unit the entries it gave to another."""
    return until_next_act(session, "given", lambda: _transferred(session))


def _transferred(session: Session) -> Mapping[str, Sequence[int]]:
    keys: dict[str, set[str]] = {}
    rows = session.execute(
        sa.select(Organisation.code, Transfer.entries).join(
            Organisation, Organisation.id == Transfer.from_id
        )
    )
    for unit, moved in rows:
        keys.setdefault(unit, set()).update(moved)
    every = sorted(set().union(*keys.values()))
    ids: dict[str, int] = {}
    for start in range(0, len(every), MOST_KEYS):
        some = Resource.key.in_(every[start : start + MOST_KEYS])
        for key, id_ in session.execute(sa.select(Resource.key, Resource.id).where(some)):
            ids[key] = id_
    # A wiped entry keeps its key; one that a backup does not know has none.
    return {unit: [ids[key] for key in moved if key in ids] for unit, moved in keys.items()}


def _seen(actor: Actor, anonymous: str) -> sa.ColumnElement[bool]:
    """Whether this reader sees the entry, or he, or one like him, could see it before."""
    if not actor.signed_in:
        # What is open now was opened once.
        return Shown.was_open.is_(True)
    if actor.holds("auditor"):
        return sa.true()
    own = sa.or_(answered_for(actor), named_to(actor))
    return sa.or_(visible(actor, anonymous), Shown.was_named.is_(True), own)
