"""What a caller of CKAN names an entry by: its key, its code, or an id another catalogue gave."""

import sqlalchemy as sa

from registry import catalogue
from registry.api.call import Call
from registry.errors import Missing
from registry.models.catalogue import Alias, Resource, Version


def found(call: Call, name: str) -> Resource:
    """The entry a name leads to, if the caller may know of it."""
    name = name[:200]
    front, _, serial = name.rpartition("-")
    for key in _keys(call, name, f"{front}/{serial}"):
        try:
            return catalogue.find(call.session, call.actor, key, call.anonymous)
        except Missing:
            continue
    raise Missing("no_entry")


def _keys(call: Call, name: str, code: str) -> list[str]:
    """Keys of the entries of that name: by key, then by code, then by the ids of others.

    Only of those the caller may find: a code that is taken by another answers as one that is free,
    with the same questions to the database.
    """
    findable = catalogue.findable(call.actor, call.anonymous)
    keys = (
        sa.select(Resource.key)
        .outerjoin(Version, Version.id == Resource.live_version_id)
        .where(findable)
    )
    own = call.session.execute(
        keys.where(sa.or_(Resource.key == name, Resource.code == name, Resource.code == code))
    )
    others = call.session.execute(
        keys.join(Alias, Alias.resource_id == Resource.id)
        .where(Alias.value == name)
        .order_by(Alias.id)
        .limit(5)
    )
    return list(dict.fromkeys(key for rows in (own, others) for (key,) in rows))
