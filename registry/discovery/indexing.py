"""The index in step with the live versions: draining the queue, rebuilding, proving it equal."""

import logging
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

import schemas
import search
from registry import db, outbox
from registry.catalogue import PUBLISHED
from registry.config import Settings
from registry.db import Database
from registry.discovery import placed, saved
from registry.models.accounts import Organisation
from registry.models.catalogue import Alias, Resource, Version
from registry.models.shown import ShownTo
from search import Index, SearchDoc

log = logging.getLogger(__name__)

# Parsed documents take ten times the room of their text.
CHUNK = 100


@dataclass(frozen=True)
class Drift:
    """An entry the index holds otherwise than the database: missing, stale, changed or left over.

    `stale` is another turn; `changed` the same turn, of which something else is indexed.
    """

    key: str
    code: str


def open_index(settings: Settings) -> Index:
    """The index of the settings; raises search.Unavailable when its engine does not answer."""
    credentials = {}
    if settings.search_password is not None:
        credentials["password"] = settings.search_password
    if settings.search_ca_file is not None:
        credentials["ca_certs"] = str(settings.search_ca_file)
    return search.open(settings.search_url, settings.data_dir, **credentials)


def documents(session: Session, ids: Sequence[int]) -> dict[int, SearchDoc]:
    """What the index is to hold of these resources; one that is not live is not among them."""
    rows = session.execute(_ROWS, {"b_ids": list(ids)}).all()
    units = {unit.id: unit for unit in _units(session, {row.department_id for row in rows})}
    aliases: dict[int, list[str]] = {}
    for resource_id, value in session.execute(
        sa.select(Alias.resource_id, Alias.value)
        .where(Alias.resource_id.in_(ids))
        .order_by(Alias.resource_id, Alias.value)
    ):
        aliases.setdefault(resource_id, []).append(value)
    named = _named(session, [row.id for row in rows if row.visibility == "2"])
    return {
        row.id: _search_doc(
            row, row, units[row.department_id], aliases.get(row.id, ()), named.get(row.id, ())
        )
        for row in rows
    }


def _named(session: Session, ids: Sequence[int]) -> Mapping[int, Collection[str]]:
    """The codes of the units that entries are shown to by name."""
    if not ids:
        return {}
    found: dict[int, list[str]] = {}
    for id_, code in session.execute(
        sa.select(ShownTo.resource_id, Organisation.code)
        .join(Organisation, Organisation.id == ShownTo.unit_id)
        .where(ShownTo.resource_id.in_(ids), ShownTo.is_now)
        .order_by(Organisation.code)
    ):
        found.setdefault(id_, []).append(code)
    return found


# Only what the index is told, and no mapped objects: they cost half of what reading an entry does.
_ROWS = (
    sa.select(
        Resource.id,
        Resource.key,
        Resource.code,
        Resource.department_id,
        Resource.turn,
        Resource.published_on,
        Resource.updated_at,
        Resource.remediation_due,
        Version.document,
        Version.level,
        Version.visibility,
        Version.open_type,
        Version.share_type,
    )
    .join(Version, Resource.live_version_id == Version.id)
    .where(
        Resource.id.in_(sa.bindparam("b_ids", expanding=True)),
        PUBLISHED,
        Resource.frozen_at.is_(None),
    )
)


def _units(session: Session, ids: Collection[int]) -> Sequence[Organisation]:
    return session.scalars(sa.select(Organisation).where(Organisation.id.in_(ids))).all()


def search_doc(resource: Resource, version: Version, aliases: Iterable[str] = ()) -> SearchDoc:
    """One live version as it enters the index."""
    return _search_doc(resource, version, resource.department, aliases, ())


def _search_doc(
    resource: Any,
    version: Any,
    unit: Organisation,
    aliases: Iterable[str],
    named: Collection[str],
) -> SearchDoc:
    """As `search_doc`, of the two or of a row that has the same columns of both."""
    return SearchDoc(
        key=resource.key,
        visibility=version.visibility or "",
        department=unit.code,
        turn=resource.turn,
        document=schemas.stored(version.document),
        envelope={
            "code": resource.code or "",
            **placed.of_unit(unit),
            "level": version.level or "",
            "published_on": resource.published_on,
            "updated_at": resource.updated_at,
            "opened": is_opened(version),
            "marks": ("remediation_due",) if resource.remediation_due else (),
            "aliases": tuple(aliases),
            "shown_to": tuple(named),
        },
        number=resource.id,
    )


def is_opened(version: Version) -> bool:
    """Whether somebody without a name may see it where the city allows that."""
    return (
        version.open_type in ("1", "2")
        and version.visibility == "1"
        # An adopted entry may lack its share type: what nobody has judged is not shown to all.
        and version.share_type in ("1", "2")
    )


def drain(database: Database, index: Index, limit: int = 1000) -> int:
    """Bring the oldest waiting entries up to date; the number that was settled.

    Repeatable after any crash: a row goes only after the index has taken the entry over, and only
    if it was not touched since. An entry the engine cannot take is parked after five tries and
    does not hold up the rest. Raises search.Unavailable when the engine does not answer.
    """
    with db.transaction(database, writes=False) as session:
        claims = outbox.claim(session, limit)
        if not claims:
            return 0
        ids = [claim.resource_id for claim in claims]
        found = documents(session, ids)
        rows = session.execute(sa.select(Resource.id, Resource.key).where(Resource.id.in_(ids)))
        keys = {id_: key for id_, key in rows}  # noqa: C416 - a row is not a pair to the types
        answered, news = saved.found(session, found)
    gone = [keys[id_] for id_ in ids if id_ not in found and id_ in keys]
    bad = _apply(index, found, gone)
    with db.transaction(database, writes=True) as session:
        outbox.settle(session, [claim for claim in claims if claim.resource_id not in bad])
        saved.keep(session, ids, answered, news)
        outbox.failed(session, [c for c in claims if c.resource_id in bad], "not indexable")
    return len(claims) - len(bad)


def _apply(index: Index, found: dict[int, SearchDoc], gone: list[str]) -> set[int]:
    """Hand everything over at once; where that fails, one by one, to find what is poisonous."""
    try:
        index.apply(found.values(), gone)
        return set()
    except search.Unavailable:
        raise
    except Exception as fault:
        # One entry must not stop the others, whatever the engine says of it.
        log.warning("the index refused a batch: %s", type(fault).__name__)
    index.apply([], gone)
    bad = set()
    for id_, doc in found.items():
        try:
            index.apply([doc], [])
        except search.Unavailable:
            raise
        except Exception:
            log.exception("the index refuses entry %s", doc.key)
            bad.add(id_)
    return bad


def rebuild(
    database: Database, index: Index, is_stopped: Callable[[], bool] = lambda: False
) -> int:
    """Build the index anew from the live versions while reading goes on; how many entries.

    Told to stop, it leaves the index as it was and raises search.Unavailable.
    """
    with db.transaction(database, writes=False) as session:
        count = 0

        def counted() -> Iterator[SearchDoc]:
            nonlocal count
            for doc in everything(session):
                if is_stopped():
                    raise search.Unavailable("told to stop")
                count += 1
                yield doc

        index.rebuild(counted())
    while not is_stopped() and drain(database, index):
        pass
    return count


def everything(session: Session) -> Iterator[SearchDoc]:
    """Every live entry, by key."""
    ids = session.scalars(
        sa.select(Resource.id).where(Resource.live_version_id.is_not(None)).order_by(Resource.key)
    ).all()
    for start in range(0, len(ids), CHUNK):
        yield from documents(session, ids[start : start + CHUNK]).values()


def verify(database: Database, index: Index) -> list[Drift]:
    """Every difference between the index and the live versions, by key, turn and content."""
    with db.transaction(database, writes=False) as session:
        wanted = {doc.key: (doc.turn, search.seal(doc)) for doc in everything(session)}
    turns, seals = dict(index.versions()), dict(index.seals())
    drifts = [Drift(key, "missing") for key in wanted.keys() - turns.keys()]
    drifts += [Drift(key, "left_over") for key in turns.keys() - wanted.keys()]
    for key in wanted.keys() & turns.keys():
        turn, seal = wanted[key]
        if turn != turns[key]:
            drifts.append(Drift(key, "stale"))
        elif seal != seals.get(key):
            drifts.append(Drift(key, "changed"))
    return sorted(drifts, key=lambda drift: (drift.code, drift.key))
