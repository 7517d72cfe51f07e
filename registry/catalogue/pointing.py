"""Which entry somebody means who holds its code, its name or its address in his hand."""

import re

import sqlalchemy as sa
from sqlalchemy.orm import Session

from registry.access import Actor, may
from registry.models.catalogue import Resource, Version

# As they stand in an address: sixteen characters of base 32.
KEY = re.compile(r"[a-z2-7]{16}", re.ASCII)
IN_ADDRESS = re.compile(r"/resources/([a-z2-7]{16})(?![a-z0-9])", re.ASCII)
MOST = 20


def key_in(text: str) -> str | None:
    """The key in a pasted address, or the key itself; None in any other text."""
    found = IN_ADDRESS.search(text)
    if found:
        return found[1]
    return text if KEY.fullmatch(text) else None


def meant(session: Session, actor: Actor, act: str, text: str) -> list[Resource]:
    """The entries with this code or exactly this name on which the actor may take the act.

    A frozen entry has no name any more; at most twenty are given, the oldest first.
    """
    if not text:
        return []
    named = sa.select(Version.id).where(Version.name == text)
    current = sa.or_(Resource.working_version_id.in_(named), Resource.live_version_id.in_(named))
    rows = session.scalars(
        sa.select(Resource)
        .where(
            Resource.frozen_at.is_(None),
            sa.or_(Resource.code == text, current),
        )
        .order_by(Resource.id)
    )
    return [one for one in rows if may(actor, act, one.department)][:MOST]
