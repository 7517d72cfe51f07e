"""What a caller of CKAN names an entry by: its key, its code, or an id another catalogue gave."""

import sqlalchemy as sa
from sqlalchemy.orm import Session

from registry import catalogue
from registry.api.call import Call
from registry.errors import Missing
from registry.models.catalogue import Alias, Resource


def found(call: Call, name: str) -> Resource:
    """The entry a name leads to, if the caller may know of it."""
    name = name[:200]
    front, _, serial = name.rpartition("-")
    for key in _keys(call.session, name, f"{front}/{serial}"):
        try:
            return catalogue.find(call.session, call.actor, key, call.anonymous)
        except Missing:
            continue
    raise Missing("no_entry")


def _keys(session: Session, name: str, code: str) -> list[str]:
    """Keys of the entries of that name: by key, then by code, then by the ids of others."""
    own = session.execute(
        sa.select(Resource.key).where(
            sa.or_(Resource.key == name, Resource.code == name, Resource.code == code)
        )
    )
    others = session.execute(
        sa.select(Resource.key)
        .join(Alias, Alias.resource_id == Resource.id)
        .where(Alias.value == name)
        .order_by(Alias.id)
        .limit(5)
    )
    return list(dict.fromkeys(key for rows in (own, others) for (key,) in rows))
