"""One run over a source: pages are read outside any transaction, each is stored in one short write.

The cursor is stored with the page it follows, so a run that was killed goes on at the next page and
a page that was stored is not counted twice. Two runs of one source cannot mix: each write says
which state of the source it saw. What is gone over there is gone from the list, but only when the
source says so of that very entry, or handed its whole list over as one file.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

import schemas
from connectors import harvesting
from connectors.fetching import Fetcher, Refused
from connectors.harvesting import Page, Reader, Record
from registry import db, journal
from registry.access import Actor
from registry.catalogue import adoption, wiped
from registry.db import Database, now
from registry.errors import Conflict
from registry.harvest.leaving import EMPTIED, require_few
from registry.harvest.matching import match
from registry.harvest.sources import source_named
from registry.models.accounts import Organisation
from registry.models.catalogue import Alias, Resource
from registry.models.harvest import Claim, HarvestSource

# How many entries that did not come any more one run asks about; the rest waits for the next.
MOST_ASKED = 500
_ASKED_AT_ONCE = 20
# Pages of one run; a source of the largest size in pages of ten stays below.
MOST_PAGES = 4_000
# Starting again from the beginning is all that helps after these.
_LOST_PLACE = frozenset({"token", "cycle", EMPTIED})
_Facts = Mapping[str, Any]


@dataclass
class Ran:
    """What a run did: entries by what became of them; `fault` is why it stopped, "" at its end."""

    counts: Counter[str] = field(default_factory=Counter)
    pages: int = 0
    fault: str = ""
    facts: _Facts = field(default_factory=dict)
    is_resumed: bool = False


def run(
    database: Database,
    actor: Actor,
    name: str,
    fetcher: Callable[[HarvestSource], Fetcher],
    content: bytes = b"",
    tell: Callable[[Ran], None] = lambda _: None,
    *,
    let_go: bool = False,
) -> Ran:
    """Read the source `name` to its end, or until something stands against it.

    `content` is the file of a sheet. `let_go` says that the administrator knows: however much the
    source took away leaves the list. What stops a run is told in the result and stored with the
    source; the pages that were read stay. A run that is under way elsewhere is taken over: the
    other one ends with Conflict at its next page.
    """
    under_way = _Run(database, actor, let_go=let_go)
    with db.transaction(database, writes=True) as session:
        source = source_named(session, name)
        under_way.begin(session, source)
        kind, address, asks = source.kind, source.address, fetcher(source)
    ran = under_way.ran
    try:
        reader = harvesting.opened(kind, asks.get, address, content)
        while "absent" not in under_way.cursor:
            if ran.pages >= MOST_PAGES:
                raise Refused("cycle")
            page = reader.page(under_way.cursor)
            with under_way.writing() as (session, source):
                under_way.require_few(session, source, _leaving(session, source, page))
                _store(session, actor, source, page, ran)
            ran.pages += 1
            tell(ran)
        _absent(under_way, reader)
    except Refused as fault:
        ran.fault, ran.facts = fault.code, fault.facts
        with under_way.writing() as (session, source):
            _stop(session, actor, source, ran)
    return ran


class _Run:
    """A run under way: where its source stands, and that nobody else moved it since."""

    def __init__(self, database: Database, actor: Actor, *, let_go: bool = False) -> None:
        self.database = database
        self.actor = actor
        self._let_go = let_go
        self.ran = Ran()
        self.id = 0
        self.cursor: Mapping[str, Any] = {}
        self._at = 0

    def begin(self, session: Session, source: HarvestSource) -> None:
        """Go on with the run under way, or begin the next one."""
        self.ran.is_resumed = source.cursor is not None
        if source.cursor is None:
            source.run += 1
            source.cursor = {"from": source.since} if source.since else {}
            if source.fault != f"harvest_{EMPTIED}":
                # What left before counts on: half of the list each night would empty it too.
                source.started_at = now()
            source.finished_at = None
        source.fault, source.fault_facts = "", {}
        source.row_version += 1
        session.flush()
        _journal(session, self.actor, source, {"begun": True, "let_go": self._let_go})
        self.id, self.cursor, self._at = source.id, dict(source.cursor), source.row_version

    def require_few(self, session: Session, source: HarvestSource, more: int) -> None:
        """Raise Refused where too much would leave the list and nobody said that it may."""
        if more and not self._let_go:
            require_few(session, source, more)

    @contextmanager
    def writing(self) -> Iterator[tuple[Session, HarvestSource]]:
        """One short write; raises Conflict when another run wrote since the last one."""
        with db.transaction(self.database, writes=True) as session:
            source = session.get_one(HarvestSource, self.id)
            if source.row_version != self._at:
                raise Conflict("harvest_busy", source=source.name)
            source.row_version += 1
            yield session, source
            session.flush()
            cursor, at = dict(source.cursor or {}), source.row_version
        # Only what was committed counts.
        self.cursor, self._at = cursor, at


def _journal(session: Session, actor: Actor, source: HarvestSource, facts: _Facts) -> None:
    told = {"run": source.run, **facts}
    journal.record(session, actor, "harvest", "harvest", source.key, facts=told)


# --- a page ---------------------------------------------------------------------------------


def _store(session: Session, actor: Actor, source: HarvestSource, page: Page, ran: Ran) -> None:
    """Store the records of a page and where the run goes on, in the running transaction."""
    if page.total is not None and page.total > source.most:
        raise Refused("too_many", total=page.total, most=source.most)
    records = _once(page.records)
    known = {
        one.remote_id: one
        for one in session.scalars(
            sa.select(Claim).where(
                Claim.source_id == source.id,
                Claim.remote_id.in_([record.source_id for record in records]),
            )
        )
    }
    if page.cursor is not None and (
        not records or all(_met(known.get(one.source_id), source) for one in records)
    ):
        # A page of nothing new that leads on: the source walks in a circle.
        raise Refused("cycle")
    counts: Counter[str] = Counter()
    fresh = []
    for record in records:
        claim = known.get(record.source_id)
        if record.is_deleted:
            counts["gone"] += _take_away(claim, source.run)
        elif claim is not None:
            counts[_renew(claim, record, source)] += 1
        else:
            fresh.append(record)
    counts += _add(session, source, fresh)
    if page.cursor is not None:
        source.cursor = dict(page.cursor)
    else:
        source.cursor = {"absent": not page.is_partial}
        source.since = page.since
    session.flush()
    _journal(session, actor, source, dict(counts))
    ran.counts += counts


def _leaving(session: Session, source: HarvestSource, page: Page) -> int:
    """How many claims the deletions of a page would take off the list."""
    names = {one.source_id for one in page.records if one.is_deleted}
    if not names:
        return 0
    leaving = sa.select(sa.func.count(Claim.id)).where(
        Claim.source_id == source.id, Claim.remote_id.in_(names), Claim.gone_at.is_(None)
    )
    return session.scalar(leaving) or 0


def _once(records: Sequence[Record]) -> list[Record]:
    """The records without those whose id came before on the same page."""
    return list({record.source_id: record for record in reversed(records)}.values())[::-1]


def _met(claim: Claim | None, source: HarvestSource) -> bool:
    return claim is not None and claim.seen_run == source.run


def _add(session: Session, source: HarvestSource, fresh: Sequence[Record]) -> Counter[str]:
    """Enter what was never seen before; what this registry gave out itself is none of it."""
    counts: Counter[str] = Counter()
    ours = _ours(session, source, fresh)
    gone = _wiped(session, source, fresh)
    left = [one for one in fresh if one.source_id not in ours | gone]
    counts["ours"], counts["wiped"] = len(ours), len(gone - ours)
    held = session.scalar(sa.select(sa.func.count()).where(Claim.source_id == source.id)) or 0
    if held + len(left) > source.most:
        raise Refused("too_many", total=held + len(left), most=source.most)
    units = _units(session, source, left)
    for record in left:
        claim = Claim(source_id=source.id, remote_id=record.source_id, state="", seen_run=0)
        unit = units.get(record.source_id)
        claim.department_id = unit.id if unit is not None else None
        _write(claim, record)
        claim.state = "quarantined" if record.fault else "waiting"
        claim.seen_run = source.run
        session.add(claim)
        counts["quarantined" if record.fault else "new"] += 1
    return counts


def _ours(session: Session, source: HarvestSource, fresh: Sequence[Record]) -> set[str]:
    """Ids of what came from here: by our key or code, or by a code an entry of ours bears."""
    names = {word for one in fresh for word in _names(one)}
    keys = set(session.scalars(sa.select(Resource.key).where(Resource.key.in_(names))))
    keys |= {
        code
        for code in session.scalars(sa.select(Resource.code).where(Resource.code.in_(names)))
        if code
    }
    alias = f"harvest:{source.name}"
    keys |= set(
        session.scalars(sa.select(Alias.value).where(Alias.source == alias, Alias.value.in_(names)))
    )
    return {one.source_id for one in fresh if keys & set(_names(one))}


def _names(record: Record) -> list[str]:
    """What an entry may be known by here: its id, the last part of it (oai:host:key), codes.

    Addresses of ours end with the key: https://host/resources/key.
    """
    found = [record.source_id, *(record.source_id.rpartition(mark)[2] for mark in ":/")]
    if record.incoming is not None:
        found += [record.incoming.code or ""]
        codes = record.incoming.document.get("external_codes")
        for one in codes if isinstance(codes, list) else ():
            code = one.get("code") if isinstance(one, Mapping) else None
            found += [code] if isinstance(code, str) else []
    return [word for word in found if word]


def _wiped(session: Session, source: HarvestSource, fresh: Sequence[Record]) -> set[str]:
    """Ids of what was wiped here: it does not come back, not even into quarantine."""
    read = [(one, one.incoming) for one in fresh if one.incoming is not None]
    units = _units(session, source, [one for one, _ in read])
    candidates = []
    for one, incoming in read:
        unit = units.get(one.source_id)
        ids = tuple(filter(None, (one.source_id, incoming.code)))
        alias = ((f"harvest:{source.name}", one.source_id),)
        code = unit.code if unit is not None else incoming.department_code
        candidates.append(wiped.Candidate(code, incoming.document, ids, alias))
    days = wiped.recognized(session, candidates)
    return {one.source_id for (one, _), at in zip(read, days, strict=True) if at is not None}


def _units(
    session: Session, source: HarvestSource, records: Sequence[Record]
) -> dict[str, Organisation]:
    """The unit of each entry by the id of its record, where it is known here."""
    if source.department_id is not None:
        unit = session.get_one(Organisation, source.department_id)
        return {one.source_id: unit for one in records}
    read = [(one.source_id, one.incoming) for one in records if one.incoming is not None]
    found = adoption.units_named(session, [incoming for _, incoming in read])
    pairs = zip(read, found, strict=True)
    return {name: unit for (name, _), unit in pairs if unit is not None}


def _renew(claim: Claim, record: Record, source: HarvestSource) -> str:
    """Follow what a known entry says now; a decision stands, and so does its text."""
    claim.seen_run = source.run
    if claim.gone_at is not None:
        claim.gone_at = None
        claim.row_version += 1
        if claim.state == "gone":
            claim.state = "quarantined" if claim.fault else "waiting"
    decided = claim.state in ("claimed", "declined")
    if record.fault:
        if decided:
            return "same"
        was, claim.fault = claim.fault, record.fault
        claim.state = "quarantined"
        claim.document, claim.digest = "{}", ""
        claim.row_version += was != record.fault
        return "quarantined" if was != record.fault else "same"
    assert record.incoming is not None
    text = schemas.canonical(record.incoming.document)
    digest = schemas.digest_of(text, b"")
    if digest == claim.digest and not claim.fault:
        claim.remote_modified = record.modified
        return "same"
    if decided:
        claim.latest = text.decode() if text.decode() != claim.document else None
        claim.digest, claim.remote_modified = digest, record.modified
        claim.row_version += 1
    else:
        _write(claim, record)
        claim.state = "waiting"
        claim.row_version += 1
    claim.changed_at = now()
    return "changed"


def _write(claim: Claim, record: Record) -> None:
    """The text of a record in its claim."""
    incoming = record.incoming
    document = incoming.document if incoming is not None and not record.fault else {}
    text = schemas.canonical(document)
    name = document.get("name")
    claim.document = text.decode()
    claim.digest = schemas.digest_of(text, b"") if document else ""
    claim.fault = record.fault
    claim.name = name[:800] if isinstance(name, str) else ""
    claim.remote_modified = record.modified
    if incoming is not None:
        claim.code = incoming.code
        claim.unit_code = incoming.department_code[:40]
        claim.unit_name = incoming.department_name[:200]


def _take_away(claim: Claim | None, run_: int) -> bool:
    """Follow a deletion: what nobody decided on leaves the list, a decision keeps its mark."""
    if claim is None:
        return False
    claim.seen_run = run_
    if claim.gone_at is not None:
        return False
    claim.gone_at = now()
    claim.row_version += 1
    if claim.state not in ("claimed", "declined"):
        # Nobody is answerable for what another catalogue took away: its text goes too.
        claim.state, claim.document, claim.latest, claim.digest = "gone", "{}", None, ""
    return True


# --- the end --------------------------------------------------------------------------------


def _absent(under_way: _Run, reader: Reader) -> None:
    """Find out what became of the entries that did not come, then close the run."""
    for some in _missed(under_way, reader):
        gone = {id_ for id_, name in some if reader.is_gone is None or reader.is_gone(name)}
        with under_way.writing() as (session, source):
            for claim in session.scalars(
                sa.select(Claim).where(Claim.id.in_([i for i, _ in some]))
            ):
                claim.seen_run = source.run
                if claim.id in gone:
                    under_way.ran.counts["gone"] += _take_away(claim, source.run)
            _journal(session, under_way.actor, source, {"gone": len(gone)})
    with under_way.writing() as (session, source):
        source.cursor = None
        source.finished_at = now()
        _journal(session, under_way.actor, source, {"finished": True})
        match(session, under_way.actor, source)


def _missed(under_way: _Run, reader: Reader) -> list[list[tuple[int, str]]]:
    """Id and remote id of every claim a whole run did not meet, a few at a time."""
    if not under_way.cursor["absent"]:
        return []
    with db.transaction(under_way.database, writes=False) as session:
        source = session.get_one(HarvestSource, under_way.id)
        missed = (
            Claim.source_id == source.id,
            Claim.seen_run < source.run,
            Claim.gone_at.is_(None),
        )
        # Before anything is asked: one by one the answers would be as wrong as the list.
        count = session.scalar(sa.select(sa.func.count(Claim.id)).where(*missed)) or 0
        under_way.require_few(session, source, count)
        rows = session.execute(
            sa.select(Claim.id, Claim.remote_id)
            .where(*missed)
            .order_by(Claim.id)
            .limit(MOST_ASKED if reader.is_gone else None)
        )
        found = [(row.id, row.remote_id) for row in rows]
    return [found[n : n + _ASKED_AT_ONCE] for n in range(0, len(found), _ASKED_AT_ONCE)]


def _stop(session: Session, actor: Actor, source: HarvestSource, ran: Ran) -> None:
    """Keep why the run stopped; it goes on where it was, unless its place is lost."""
    source.fault = f"harvest_{ran.fault}"[:40]
    source.fault_facts = {name: str(value)[:200] for name, value in ran.facts.items()}
    if ran.fault in _LOST_PLACE:
        if "absent" in (source.cursor or {}):
            # The whole list was read and is not believed: changes alone would not bring it back.
            source.since = ""
        source.cursor = None
    _journal(session, actor, source, {"code": ran.fault})
