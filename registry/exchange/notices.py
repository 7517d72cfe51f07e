"""Notices: who is told of a step, and what a person's units have not yet read."""

from collections.abc import Iterable, Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session

from registry.access import Actor
from registry.db import now
from registry.errors import Missing
from registry.models.jobs import Notice


def tell(
    session: Session, kind: str, subject: str, key: str, whom: Iterable[tuple[int | None, str]]
) -> None:
    """Leave a line for every (unit, role); keys, never content."""
    moment = now()
    for unit, role in dict.fromkeys(whom):
        if unit is not None:
            session.add(
                Notice(
                    organisation_id=unit, role=role, kind=kind, subject=subject, key=key, at=moment
                )
            )


def unread(session: Session, actor: Actor, limit: int = 50) -> Sequence[Notice]:
    """What the actor's posts were told and nobody has put away yet, newest first."""
    if not actor.holdings:
        return []
    return session.scalars(
        sa.select(Notice)
        .where(Notice.read_at.is_(None), _mine(actor))
        .order_by(Notice.id.desc())
        .limit(limit)
    ).all()


def put_away(session: Session, actor: Actor, ids: Iterable[int]) -> None:
    """Mark these lines as read; those of others are Missing."""
    found = session.scalars(
        sa.select(Notice).where(Notice.id.in_(tuple(ids)), Notice.read_at.is_(None), _mine(actor))
    ).all()
    if not found:
        raise Missing("no_notice")
    for notice in found:
        notice.read_at = now()


def _mine(actor: Actor) -> sa.ColumnElement[bool]:
    return sa.or_(
        sa.false(),
        *(
            sa.and_(Notice.organisation_id == h.organisation_id, Notice.role == h.role)
            for h in actor.holdings
        ),
    )
