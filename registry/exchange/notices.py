"""Notices: who is told of a step, and what a person's units have not yet read."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased

from registry.access import Actor
from registry.db import now
from registry.errors import Missing
from registry.exchange.life import GRANTED
from registry.exchange.reading import name_of_resource
from registry.models.acceptance import Opinion
from registry.models.accounts import Organisation
from registry.models.catalogue import Resource, Transfer
from registry.models.exchange import Demand, Request
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


def tell_users(session: Session, resource: Resource, act: str) -> int:
    """Tell every unit with a running grant what became of the entry (条例 第二十七条); how many."""
    units = session.scalars(
        sa.select(Request.requester_id)
        .where(Request.resource_id == resource.id, Request.state.in_(GRANTED))
        .distinct()
        .order_by(Request.requester_id)
    ).all()
    whom = [(unit, role) for unit in units for role in ("consumer", "sharing_head")]
    tell(session, act, "resource", resource.key, whom)
    return len(units)


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


@dataclass(frozen=True)
class Line:
    """A notice as it is shown: what happened, when, to what, by which name ("" while hidden).

    `asked` is the number of a request or demand and who asks, "" for anything else.
    """

    id: int
    kind: str
    subject: str
    key: str
    at: datetime
    title: str
    asked: str = ""


def notices(session: Session, actor: Actor, limit: int = 20) -> list[Line]:
    """The unread notices with the names of what they are about; an opinion by its number."""
    known = ("request", "demand", "resource", "transfer", "opinion")
    found = [n for n in unread(session, actor, limit) if n.subject in known]
    asked = session.execute(
        sa.select(Request.key, name_of_resource(), Request.number, Organisation.name)
        .join(Resource, Resource.id == Request.resource_id)
        .join(Organisation, Organisation.id == Request.requester_id)
        .where(Request.key.in_([n.key for n in found if n.subject == "request"]))
    ).all()
    titles = {key: name for key, name, _, _ in asked}
    stated = session.execute(
        sa.select(Demand.key, Demand.document, Demand.number, Organisation.name)
        .join(Organisation, Organisation.id == Demand.requester_id)
        .where(Demand.key.in_([n.key for n in found if n.subject == "demand"]))
    ).all()
    titles |= {key: str(document.get("wanted") or "") for key, document, _, _ in stated}
    askers = {key: " · ".join(filter(None, told)) for key, _, *told in (*asked, *stated)}
    used = session.execute(
        sa.select(Resource.key, name_of_resource()).where(
            Resource.key.in_([n.key for n in found if n.subject == "resource"])
        )
    )
    titles |= {key: name for key, name in used}  # noqa: C416 - a row is not a pair to the types
    giving, taking = aliased(Organisation), aliased(Organisation)
    moved = session.execute(
        sa.select(Transfer.key, giving.name, taking.name)
        .join(giving, giving.id == Transfer.from_id)
        .join(taking, taking.id == Transfer.to_id)
        .where(Transfer.key.in_([n.key for n in found if n.subject == "transfer"]))
    )
    titles |= {key: f"{giver} → {taker}" for key, giver, taker in moved}
    issued = session.execute(
        sa.select(Opinion.key, Opinion.number).where(
            Opinion.key.in_([n.key for n in found if n.subject == "opinion"])
        )
    )
    titles |= {key: number for key, number in issued}  # noqa: C416 - a row is not a pair to the types
    return [
        Line(n.id, n.kind, n.subject, n.key, n.at, titles.get(n.key, ""), askers.get(n.key, ""))
        for n in found
    ]


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
