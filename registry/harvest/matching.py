"""Claims whose source names a unit nobody here knew: matched again, since units come and change.

A unit is entered after the list was harvested, or gets the name the region calls it by. What
somebody assigned, claimed or declined is decided and stays as it is.
"""

from collections import Counter

import sqlalchemy as sa
from sqlalchemy.orm import Session

from connectors.incoming import Incoming
from registry import journal
from registry.access import Actor
from registry.catalogue import adoption
from registry.models.accounts import Organisation
from registry.models.harvest import Claim, HarvestSource

Units = frozenset[tuple[int, str, str, str]]


def units_known(session: Session) -> Units:
    """What units are known by; nothing has to be matched again while this is the same."""
    unit = Organisation
    rows = session.execute(sa.select(unit.id, unit.code, unit.name, unit.short))
    return frozenset((row.id, row.code, row.name, row.short or "") for row in rows)


def unmatched(session: Session) -> bool:
    """Whether any claim waits without a unit."""
    return session.scalar(sa.select(_WAITING.exists())) or False


def match(session: Session, actor: Actor, source: HarvestSource | None = None) -> int:
    """Give every claim without a unit to the one its source names; how many found theirs."""
    query = _WAITING if source is None else _WAITING.where(Claim.source_id == source.id)
    claims = session.scalars(query).unique().all()
    named = adoption.units_named(session, [_named(claim) for claim in claims])
    found: Counter[int] = Counter()
    for claim, unit in zip(claims, named, strict=True):
        unit_id = claim.source.department_id or (unit.id if unit is not None else None)
        if unit_id is not None:
            claim.department_id = unit_id
            claim.row_version += 1
            found[claim.source_id] += 1
    session.flush()
    for id_, count in sorted(found.items()):
        one = session.get_one(HarvestSource, id_)
        facts = {"run": one.run, "matched": count}
        journal.record(session, actor, "harvest", "harvest", one.key, facts=facts)
    return found.total()


_WAITING = (
    sa.select(Claim)
    .where(Claim.department_id.is_(None), Claim.state.in_(("waiting", "quarantined")))
    .order_by(Claim.id)
)


def _named(claim: Claim) -> Incoming:
    return Incoming(
        claim.id,
        claim.remote_id,
        {},
        department_code=claim.unit_code,
        department_name=claim.unit_name,
    )
