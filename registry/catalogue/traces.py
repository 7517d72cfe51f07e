"""What a wipe of an entry looks for: all that names it, and what was chosen to stay."""

from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.orm import Session

from registry import signing
from registry.models.catalogue import Resource, Version
from registry.models.exchange import Demand, Request

# What is read where a text was: the batch of a wiped entry keeps its page, an edition its rows.
WIPED_NAME = "（已清除）"
# Shorter names ("人口") stand in texts about anything.
_SHORTEST_QUOTE = 4


@dataclass(frozen=True)
class Means:
    """What a wipe needs beside the database: the data folder, and the key that signs its papers."""

    folder: Path
    key: signing.Key


@dataclass(frozen=True)
class Named:
    """A paper or text of somebody else that names the entry or is about its projects.

    `mark` is what the form of the wipe sends to keep it; it may be kept only where it says no
    more than the name (`keepable`).
    """

    kind: str
    mark: str
    title: str
    keepable: bool
    is_wiped: bool = False


@dataclass(frozen=True)
class Traces:
    """What a wipe looks for: the entry, its versions, keys that name it, its names, what is kept.

    `on` is the day that stubs bear; `done` collects the digests of papers that became one.
    """

    resource: Resource
    versions: tuple[int, ...]
    keys: frozenset[str]
    words: tuple[str, ...]
    means: Means
    kept: frozenset[str]
    on: str
    done: list[str]

    def keep(self, one: Named) -> bool:
        """Whether it stays: it says no more than the name and was chosen, or is empty already."""
        return one.is_wiped or (one.keepable and one.mark in self.kept)


def traces(
    session: Session, resource: Resource, means: Means, kept: Collection[str], on: str
) -> Traces:
    """Everything that names this entry, as long as it still has its content."""
    ids = session.scalars(sa.select(Version.id).where(Version.resource_id == resource.id))
    asked = session.scalars(sa.select(Request.key).where(Request.resource_id == resource.id))
    wanted = session.scalars(sa.select(Demand.key).where(Demand.id.in_(demand_ids(resource))))
    keys = frozenset(filter(None, (resource.key, resource.code, *asked, *wanted)))
    words = names(session, resource)
    return Traces(resource, tuple(ids), keys, words, means, frozenset(kept), on, [])


def names(session: Session, resource: Resource) -> tuple[str, ...]:
    """The names it had, longest first, without those another entry bears as well."""
    own = session.scalars(
        sa.select(Version.name).where(Version.resource_id == resource.id).distinct()
    ).all()
    long = {name for name in own if len(name) >= _SHORTEST_QUOTE}
    shared = session.scalars(
        sa.select(Version.name).where(Version.name.in_(long), Version.resource_id != resource.id)
    )
    return tuple(sorted(long - set(shared), key=len, reverse=True))


def demand_ids(resource: Resource) -> sa.Select[int]:
    """Demands that were matched with the entry, and those that became a request for it."""
    asked = sa.select(Request.demand_id).where(
        Request.resource_id == resource.id, Request.demand_id.is_not(None)
    )
    return sa.select(Demand.id).where(
        sa.or_(Demand.matched_id == resource.id, Demand.id.in_(asked))
    )
