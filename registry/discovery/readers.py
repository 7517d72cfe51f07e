"""Who asks, as the index knows him: his units, and for an authority those it decides over."""

import sqlalchemy as sa
from sqlalchemy.orm import Session

from registry.access import Actor
from registry.models.accounts import Organisation
from registry.unchanged import until_next_act
from search import Reader


def reader(session: Session, actor: Actor) -> Reader:
    """The reader the index knows: his units, and for an authority those it decides over."""
    if not actor.signed_in:
        return Reader(signed_in=False)
    own = actor.organisation_ids
    units = until_next_act(session, ("units read", own), lambda: _units(session, own))
    return Reader(everything=actor.holds("auditor"), departments=units)


def _units(session: Session, own: frozenset[int]) -> frozenset[str]:
    found = session.scalars(
        sa.select(Organisation.code).where(
            sa.or_(
                Organisation.id.in_(own or {0}),
                Organisation.authority_id.in_(own or {0}),
            )
        )
    )
    return frozenset(found)
