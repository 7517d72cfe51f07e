"""The entries that changed last, of those a reader may see, without sorting all there are."""

import sqlalchemy as sa
from sqlalchemy.orm import Session

from registry.models.catalogue import Resource
from registry.models.shown import Shown

# How many of those that changed last are looked through.
LOOKED_THROUGH = 1_000
_LAST = (
    sa.select(Shown.__table__.c.resource_id)
    .order_by(Shown.__table__.c.at.desc(), Shown.__table__.c.resource_id.desc())
    .limit(sa.bindparam("b_most"))
    .offset(sa.bindparam("b_start"))
)


def keys(session: Session, wanted: int, readable: sa.Select[str]) -> list[str] | None:
    """The keys of so many that changed last; None when too few stand among the last thousand.

    `readable` selects the keys of the resources that may be given. What changed at the same moment
    goes by its number, the newest first.
    """
    if wanted > LOOKED_THROUGH:
        return None
    held: list[str] = []
    start, most = 0, 2 * wanted + 20
    # Most readers may see most entries: a few more than are wanted hold as many as are wanted.
    while start < LOOKED_THROUGH:
        window = {"b_most": min(most, LOOKED_THROUGH - start), "b_start": start}
        ids = list(session.connection().execute(_LAST, window).scalars())
        query = readable.add_columns(Resource.id).where(Resource.id.in_(ids))
        seen = {number: key for key, number in session.connection().execute(query)}
        held.extend(seen[number] for number in ids if number in seen)
        if len(held) >= wanted:
            return held[:wanted]
        if len(ids) < window["b_most"]:
            return held
        start, most = start + len(ids), 4 * most
    return None
