"""What a harvester is told: every entry this reader may see, and every one he once could have seen.

An entry that was shown and is no longer (suspended, retired, frozen, wiped, or closed to this
reader) stays in the list for ever as a deletion without content. One he never could see is not in
it. Ordered by the moment of the last visible change, so that a list can be continued anywhere.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache

import sqlalchemy as sa
from sqlalchemy.orm import Session

import schemas
from registry.access import Actor
from registry.catalogue import answered_for, named_to, visible
from registry.catalogue.reading import sight
from registry.models.accounts import Organisation
from registry.models.catalogue import Resource, Version
from registry.models.shown import Shown
from registry.unchanged import until_next_act


@dataclass(frozen=True)
class Header:
    """One line of the list; `place` continues after it. `front` is the class in its code, or "".

    A code stays what it was: whoever harvests one class hears of every deletion in it. A share
    type may change, and of what was wiped none is left: a deletion is told to all, `share` is "".
    """

    key: str
    at: datetime
    unit: str
    front: str
    share: str
    is_deleted: bool
    place: tuple[datetime, int]


@dataclass(frozen=True)
class Window:
    """Which lines are wanted: of a unit, a class, an entry, changed in [since, before).

    `front` is how the codes of the class begin (1 digit 类, 2 more 项), "" for any class. `share`
    is the share type of what is live, beside every deletion.
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
        .where(*_wanted(actor, anonymous, window))
        .order_by(Shown.at, Shown.resource_id)
        .limit(limit)
    )
    if after is not None:
        query = query.where(sa.tuple_(Shown.at, Shown.resource_id) > sa.tuple_(*_bound(after)))
    return [
        Header(
            row.key,
            row.at,
            row.code,
            front if (front := (row.number or "")[:3]) in _fronts() else "",
            row.share_type or "" if row.seen else "",
            not row.seen,
            (row.at, row.resource_id),
        )
        for row in session.execute(query)
    ]


def count(session: Session, actor: Actor, anonymous: str, window: Window) -> int:
    """How many lines there are; counted once until the next act, for all pages of a list."""

    def counted() -> int:
        query = _FROM.with_only_columns(sa.func.count()).where(*_wanted(actor, anonymous, window))
        return session.scalar(query) or 0

    return until_next_act(session, ("lines", sight(actor, anonymous), window), counted)


def earliest(session: Session) -> datetime | None:
    """No line is older than this."""
    return session.scalar(sa.select(sa.func.min(Shown.at)))


def units(session: Session, actor: Actor, anonymous: str) -> Sequence[tuple[str, str]]:
    """Code and name of every unit with a line for this reader."""
    one = _one_line(actor, anonymous, Resource.department_id == Organisation.id)
    query = sa.select(Organisation.code, Organisation.name).where(one)
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


def _wanted(actor: Actor, anonymous: str, window: Window) -> list[sa.ColumnElement[bool]]:
    found = [_seen(actor, anonymous)]
    if window.unit is not None:
        found.append(Organisation.code == window.unit)
    if window.front is not None:
        fronts = [one for one in _fronts() if one.startswith(window.front)]
        found.append(sa.func.substr(Resource.code, 1, 3).in_(fronts))
    if window.share is not None:
        live = visible(actor, anonymous)
        found.append(sa.or_(sa.case((live, 0), else_=1) == 1, Version.share_type == window.share))
    if window.key is not None:
        found.append(Resource.key == window.key)
    if window.since is not None:
        found.append(Shown.at >= window.since)
    if window.before is not None:
        found.append(Shown.at < window.before)
    return found


def _seen(actor: Actor, anonymous: str) -> sa.ColumnElement[bool]:
    """Whether this reader sees the entry, or he, or one like him, could see it before."""
    if not actor.signed_in:
        # What is open now was opened once.
        return Shown.was_open.is_(True)
    if actor.holds("auditor"):
        return sa.true()
    own = sa.or_(answered_for(actor), named_to(actor))
    return sa.or_(visible(actor, anonymous), Shown.was_named.is_(True), own)
