"""The queue of what the index has yet to learn: one row per resource, touched in the same commit.

A queue, not a log: keeping a position loses rows on PostgreSQL, where sequence numbers become
visible out of order. `turn` counts the changes of a resource and never goes back.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from registry import shown
from registry.db import now
from registry.models.catalogue import Resource
from registry.models.outbox import OutboxRow
from registry.models.shown import Shown

PARK_AFTER = 5
_CHUNK = 500


@dataclass(frozen=True)
class Claim:
    """A resource to be brought up to date, and the turn that was seen when it was claimed."""

    resource_id: int
    turn: int


def touch(session: Session, resource_ids: Iterable[int]) -> None:
    """Say that what the index shows of these resources may be stale."""
    ids = sorted(set(resource_ids))
    shown.refresh(session, ids)
    for start in range(0, len(ids), _CHUNK):
        some = ids[start : start + _CHUNK]
        session.execute(
            sa.update(Resource)
            .where(Resource.id.in_(some))
            .values(turn=Resource.turn + 1)
            .execution_options(synchronize_session=False)
        )
        session.execute(sa.delete(OutboxRow).where(OutboxRow.resource_id.in_(some)))
        session.execute(
            sa.insert(OutboxRow).from_select(
                ["resource_id", "turn", "since", "tries"],
                sa.select(
                    Resource.id,
                    Resource.turn,
                    sa.literal(now(), OutboxRow.since.type),
                    sa.literal(0),
                ).where(Resource.id.in_(some)),
            )
        )


def touch_department(session: Session, organisation_id: int) -> None:
    """Say that something shown with every entry of this unit has changed: its name, its tree."""
    touch(
        session,
        session.scalars(sa.select(Resource.id).where(Resource.department_id == organisation_id)),
    )


def claim(session: Session, limit: int = 1000) -> list[Claim]:
    """The oldest rows that are not parked."""
    rows = session.execute(
        sa.select(OutboxRow.resource_id, OutboxRow.turn)
        .where(OutboxRow.parked_at.is_(None))
        .order_by(OutboxRow.since, OutboxRow.resource_id)
        .limit(limit)
    )
    return [Claim(resource_id, turn) for resource_id, turn in rows]


def settle(session: Session, claims: Iterable[Claim]) -> None:
    """Take away what the index now knows; a row touched since stays for the next round."""
    known = [{"b_id": one.resource_id, "b_turn": one.turn} for one in claims]
    if known:
        session.connection().execute(_SETTLED, known)


_SETTLED = sa.delete(OutboxRow.__table__).where(  # type: ignore[arg-type]
    OutboxRow.__table__.c.resource_id == sa.bindparam("b_id"),
    OutboxRow.__table__.c.turn == sa.bindparam("b_turn"),
)


def failed(session: Session, claims: Collection[Claim], fault: str) -> None:
    """Count a try that failed; after five the row is parked and no longer blocks the rest."""
    for claim_ in claims:
        session.execute(
            sa.update(OutboxRow)
            .where(OutboxRow.resource_id == claim_.resource_id, OutboxRow.turn == claim_.turn)
            .values(
                tries=OutboxRow.tries + 1,
                fault=fault[:200],
                parked_at=sa.case((OutboxRow.tries + 1 >= PARK_AFTER, now()), else_=None),
            )
        )


def waiting(session: Session, most: int) -> Sequence[tuple[int, str]]:
    """Id and key of so many that wait or are parked, of what is or was public."""
    rows = session.execute(
        sa.select(Resource.id, Resource.key)
        .join(OutboxRow, OutboxRow.resource_id == Resource.id)
        .join(Shown, Shown.resource_id == Resource.id)
        .limit(most)
    )
    return [(id_, key) for id_, key in rows]


# Asked with every search of a program: written once.
_WAITING = (
    sa.select(OutboxRow.__table__.c.resource_id)
    .join_from(OutboxRow.__table__, Shown.__table__, Shown.resource_id == OutboxRow.resource_id)
    .limit(1)
)


def is_empty(session: Session) -> bool:
    """Whether the index knows everything of what is or was public: nothing waits, or is parked.

    A draft nobody ever could see waits too, but the index has nothing of it and gets nothing: with
    somebody typing all day long programs would never be answered by the index.
    """
    return session.connection().execute(_WAITING).first() is None


def pending(session: Session) -> tuple[int, datetime | None, int]:
    """How many rows wait, since when the oldest does, and how many are parked."""
    waiting, oldest = session.execute(
        sa.select(sa.func.count(), sa.func.min(OutboxRow.since)).where(
            OutboxRow.parked_at.is_(None)
        )
    ).one()
    parked = session.scalar(
        sa.select(sa.func.count()).select_from(OutboxRow).where(OutboxRow.parked_at.is_not(None))
    )
    return waiting, oldest, parked or 0
