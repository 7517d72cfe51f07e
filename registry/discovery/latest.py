"""The entries that changed last, of those a reader may see, without sorting all there are."""

import sqlalchemy as sa
from sqlalchemy.orm import Session

from registry.models.catalogue import Resource
from registry.models.shown import Shown

# How many of those that changed last are looked through, and how many at a time.
LOOKED_THROUGH = 1_000
AT_A_TIME = 250


def keys(session: Session, wanted: int, readable: sa.Select[str]) -> list[str] | None:
    """The keys of so many that changed last; None when too few stand among the last thousand.

    `readable` selects the keys of the resources that may be given. What changed at the same moment
    goes by its number, the newest first.
    """
    if wanted > LOOKED_THROUGH:
        return None
    last = (
        sa.select(Shown.resource_id)
        .order_by(Shown.at.desc(), Shown.resource_id.desc())
        .limit(LOOKED_THROUGH)
    )
    ids = session.scalars(last).all()
    held: list[str] = []
    for start in range(0, len(ids), AT_A_TIME):
        some = ids[start : start + AT_A_TIME]
        query = readable.add_columns(Resource.id).where(Resource.id.in_(some))
        seen = {number: key for key, number in session.execute(query)}
        held.extend(seen[number] for number in some if number in seen)
        if len(held) >= wanted:
            return held[:wanted]
    return held if len(ids) < LOOKED_THROUGH else None
