"""Entries that come in a sheet: matched with what is there, checked, stored all or none."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

import schemas
from registry.access import Actor, require
from registry.catalogue import wiped
from registry.catalogue.check import check, names_of
from registry.catalogue.drafts import DEFAULTS, prepared, require_unreserved
from registry.catalogue.life import OPEN
from registry.catalogue.reading import document_of
from registry.catalogue.store import Change, store
from registry.errors import Conflict, Invalid
from registry.models.accounts import Organisation
from registry.models.catalogue import Resource, Version
from registry.signing import sm3
from schemas import Problem

Document = Mapping[str, Any]


@dataclass(frozen=True)
class Incoming:
    """One entry of a sheet: how it is known, and its document given the one that is there.

    `seen` is the digest of the text the sheet was made from, where it was made from one.
    """

    key: str
    code: str
    name: str
    document: Callable[[Resource | None, Document | None], Document]
    seen: str = ""


@dataclass
class Outcome:
    """What an intake did or, with `faults`, why it did nothing: problems by place in the sheet."""

    created: int = 0
    updated: int = 0
    unchanged: int = 0
    faults: list[tuple[int, Problem]] = field(default_factory=list)
    keys: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Line:
    """What an intake would do with one entry: `act` is "new", "changed", "same" or "faulty".

    `changed` are the pointers of the fields that differ; `seen` the row version of the resource
    the plan was made on.
    """

    place: int
    act: str
    name: str
    key: str = ""
    seen: int = 0
    changed: tuple[str, ...] = ()
    document: Document = field(default_factory=dict, repr=False)
    # The canonical bytes of the document: half the time of storing it.
    text: bytes = field(default=b"", repr=False)
    # What stands against handing it in, where drafts are taken: what its own page will tell.
    to_mend: int = 0
    # Ids that items got here because the sheet gave them none: others every time it is planned.
    given: tuple[str, ...] = ()

    @property
    def said(self) -> bytes:
        """What the sheet says of the entry: its text without the ids that were given here."""
        text = self.text
        for one in self.given:
            text = text.replace(one.encode(), b"")
        return text


# Why an entry cannot be changed by a sheet now, whatever the sheet says: a row may be left out.
STANDING = frozenset({"in-review", "suspended", "retired", "sheet-stale"})


@dataclass
class Plan:
    """Everything an intake would do, computed outside any write."""

    role: str
    names: frozenset[str] = frozenset()
    lines: list[Line] = field(default_factory=list)
    faults: list[tuple[int, Problem]] = field(default_factory=list)

    def count(self, act: str) -> int:
        """How many entries would be dealt with so."""
        return sum(line.act == act for line in self.lines)

    @property
    def standing(self) -> frozenset[int]:
        """The places of entries that can only be left out of the sheet."""
        return frozenset(place for place, problem in self.faults if problem.code in STANDING)

    def outcome(self) -> Outcome:
        """The figures of the plan; the keys come with the storing."""
        return Outcome(
            self.count("new"), self.count("changed"), self.count("same"), list(self.faults)
        )

    @property
    def marks(self) -> list[str]:
        """A mark of every entry: equal where two plans do the same to the same state of it."""
        return [
            sm3(schemas.canonical([line.act, line.key, line.seen, sm3(line.said).hex()])).hex()
            for line in self.lines
        ]


def take(
    session: Session,
    actor: Actor,
    unit: Organisation,
    entries: Sequence[Incoming],
    *,
    declared: bool,
    as_drafts: bool = False,
    dry_run: bool = False,
) -> Outcome:
    """Plan and carry out in one transaction; nothing is stored while an entry breaks a rule."""
    made = plan(session, actor, unit, entries, declared=declared or dry_run, as_drafts=as_drafts)
    return made.outcome() if dry_run or made.faults else carry_out(session, actor, unit, made)


def plan(
    session: Session,
    actor: Actor,
    unit: Organisation,
    entries: Sequence[Incoming],
    *,
    declared: bool,
    as_drafts: bool = False,
) -> Plan:
    """What taking these entries in would do, and every fault that stands against it.

    An entry is the one with its key, else its code, else its name among the unit's own. With
    `as_drafts` only what no draft may hold counts as a fault.
    """
    holding = require(actor, "register", unit)
    if not declared:
        raise Invalid([Problem("/declared", "declaration", rule="declaration")])
    known = _Known(session, unit)
    made = Plan(holding.role, known.names)
    names = names_of(session, unit)
    for place, entry in enumerate(entries):
        resource = known.match(entry)
        before = known.document(resource)
        found: list[Problem] = []
        came: Document = {}
        document: Document = {}
        try:
            came = _started(entry.document(resource, before), before)
            document = prepared(came)
            require_unreserved(holding, before or DEFAULTS, document)
        except schemas.Unreadable as fault:
            found = list(fault.problems) or [_unreadable()]
        except Invalid as refusal:
            found = list(refusal.problems)
        to_mend = 0
        # What was stored before it was read as it is today is not changed by being sent back.
        same = (
            not found
            and before is not None
            and any(_equal(one, before) for one in (came, document))
        )
        if not found and not same:
            problem = known.locked(resource) or known.stale(resource, entry.seen)
            if problem is not None:
                found = [problem]
            else:
                against = check(session, unit, resource.id if resource else 0, document, names)
                found, to_mend = ([], len(against)) if as_drafts else (against, 0)
            if resource is None and (day := _wiped_on(session, unit, entry, document)):
                found = [*found, Problem("/name", "wiped-before", {"on": day}, "wiped")]
        made.faults += [(place, problem) for problem in found]
        act = "faulty" if found else "same" if same else "changed" if resource else "new"
        made.lines.append(
            Line(
                place,
                act,
                entry.name,
                resource.key if resource else "",
                resource.row_version if resource else 0,
                _differing(before, document) if act == "changed" else (),
                document,
                schemas.canonical(document) if act in {"new", "changed"} else b"",
                to_mend,
                tuple(sorted(_ids(document) - _ids(came))),
            )
        )
    # A name of the same sheet counts as taken too; `check` sees only what is stored.
    made.faults += known.repeated(entries)
    return made


def carry_out(session: Session, actor: Actor, unit: Organisation, made: Plan) -> Outcome:
    """Store what was planned, all of it or nothing, in one short step through `store`.

    Raises Conflict when an entry was changed, or a name taken, since the plan was made.
    """
    require(actor, "register", unit)
    assert not made.faults
    outcome = made.outcome()
    known = _Known(session, unit)
    changes = []
    for line in made.lines:
        if line.act not in {"new", "changed"}:
            continue
        resource = known.at(line.key)
        taken = line.act == "new" and line.name in known.names - made.names
        moved = line.act == "changed" and (resource is None or resource.row_version != line.seen)
        if taken or moved:
            raise Conflict("sheet_moved", entries=f"「{line.name}」")
        change = _change(unit, resource, line.document, made.role)
        changes.append(replace(change, text=line.text))
    if changes:
        outcome.keys = [stored.key for stored in store(session, actor, changes)]
    return outcome


def _ids(document: Document) -> set[str]:
    return {str(item.get("id")) for item in schemas.items(document)}


def _equal(one: Document, other: Document) -> bool:
    return schemas.canonical(one) == schemas.canonical(other)


def _differing(before: Document | None, after: Document) -> tuple[str, ...]:
    old = before or {}
    return tuple(
        f"/{one.key}" for one in schemas.fields() if old.get(one.key) != after.get(one.key)
    )


def _wiped_on(
    session: Session, unit: Organisation, entry: Incoming, document: Document
) -> str | None:
    """The day on which what this row would make anew was wiped.

    A key or code of another unit's entry is no key here (`_Known.match`), and codes can be guessed:
    what became of that entry is told to those who bring its text, to nobody who brings its number.
    """
    ids = tuple(filter(None, (entry.key, entry.code)))
    (at,) = wiped.recognized(session, [wiped.Candidate(unit.code, document, ids)])
    if at is not None and (own := _not_of_others(session, unit, ids)) != ids:
        (at,) = wiped.recognized(session, [wiped.Candidate(unit.code, document, own)])
    return wiped.day(at) if at is not None else None


def _not_of_others(session: Session, unit: Organisation, ids: Sequence[str]) -> tuple[str, ...]:
    rows = session.execute(
        sa.select(Resource.key, Resource.code).where(
            Resource.department_id != unit.id,
            sa.or_(Resource.key.in_(ids), Resource.code.in_(ids)),
        )
    )
    others = {one for row in rows for one in row}
    return tuple(one for one in ids if one not in others)


def _started(document: Document, before: Document | None) -> Document:
    return document if before is not None else {**DEFAULTS, **document}


def _unreadable() -> Problem:
    return Problem("", "size", {"limit": 1})


class _Known:
    """The entries of a unit, read once."""

    def __init__(self, session: Session, unit: Organisation) -> None:
        rows = session.execute(
            sa.select(Resource, Version)
            .join(
                Version,
                Version.id
                == sa.func.coalesce(Resource.working_version_id, Resource.live_version_id),
            )
            .where(Resource.department_id == unit.id, Resource.frozen_at.is_(None))
        )
        self._versions = {resource.id: (resource, version) for resource, version in rows}
        found = self._versions.values()
        self._by_key = {r.key: r for r, _ in found}
        self._by_code = {r.code: r for r, _ in found if r.code}
        self._by_name = {v.name: r for r, v in found}

    @property
    def names(self) -> frozenset[str]:
        """The names of the unit's entries."""
        return frozenset(self._by_name)

    def match(self, entry: Incoming) -> Resource | None:
        """The entry of the unit this one is about; a key of somebody else's is no key."""
        return (
            self._by_key.get(entry.key)
            or self._by_code.get(entry.code)
            or (None if entry.key else self._by_name.get(entry.name))
        )

    def at(self, key: str) -> Resource | None:
        """The entry of the unit with this key."""
        return self._by_key.get(key)

    def document(self, resource: Resource | None) -> dict[str, Any] | None:
        """What stands in the entry now."""
        return None if resource is None else document_of(self._versions[resource.id][1])

    def locked(self, resource: Resource | None) -> Problem | None:
        """Why this entry cannot be changed now."""
        if resource is None:
            return None
        state = self._versions[resource.id][1].state
        if state in OPEN or state == "published":
            return None
        code = state if state in {"suspended", "retired"} else "in-review"
        return Problem("/name", code, rule=code)

    def stale(self, resource: Resource | None, seen: str) -> Problem | None:
        """Whether the entry was changed after the sheet was made from it: a lost update."""
        if resource is None or not seen or self._versions[resource.id][1].digest == seen:
            return None
        return Problem("/name", "sheet-stale", rule="sheet-stale")

    def repeated(self, entries: Sequence[Incoming]) -> list[tuple[int, Problem]]:
        """Entries of the sheet that are the same entry twice."""
        seen: set[object] = set()
        found = []
        for place, entry in enumerate(entries):
            resource = self.match(entry)
            identity: object = resource.id if resource is not None else entry.name
            if identity and identity in seen:
                found.append((place, Problem("/name", "twice", rule="twice")))
            seen.add(identity)
        return found


def _change(unit: Organisation, resource: Resource | None, document: Document, role: str) -> Change:
    if resource is None:
        return Change(
            department=unit,
            step="register",
            state="draft",
            document=document,
            role=role,
            facts={"declared": True, "by": "sheet"},
        )
    if resource.working_version_id is not None:
        return Change(
            department=unit,
            step="register",
            state="draft",
            resource=resource,
            version=resource.working,
            document=document,
            role=role,
            restarts_clock=False,
            facts={"by": "sheet"},
        )
    if resource.live is None:
        raise Conflict("not_live", key=resource.key)
    return Change(
        department=unit,
        step="open",
        state="draft",
        resource=resource,
        version=resource.live,
        document=document,
        role=role,
        facts={"by": "sheet"},
    )
