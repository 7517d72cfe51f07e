"""Taking over a catalogue that was approved before: planned outside, stored in one short act.

Nothing is dropped. An entry that breaks a rule is live, found and requestable with the mark 待整改,
its faults and a due date; a unit the registry does not know is made; an entry whose id is known
already is left as it stands, so that the same file may come again.
"""

import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from connectors.incoming import Incoming
from registry import access, calendar, journal
from registry.access import SYSTEM, Actor
from registry.accounts import add_organisation
from registry.catalogue.check import bare, check_new
from registry.catalogue.drafts import DEFAULTS, prepared
from registry.catalogue.numbering import next_codes
from registry.catalogue.store import Change, Stored, store
from registry.catalogue.wiped import Candidate, day, recognized
from registry.db import now
from registry.errors import Forbidden, Missing
from registry.models.accounts import Organisation
from registry.models.catalogue import Alias, Resource, Version
from registry.models.papers import Paper, PaperVersion
from schemas import Problem

REMEDIATION = "remediation_working_days"
# The unit of entries that name none: somebody has to say whose they are.
NAMELESS_UNIT = "提供部门待明确"
_SOCIAL_CREDIT_CODE = re.compile("[0-9A-HJ-NPQRTUWXY]{18}")
_LONGEST_FACT = 80
_MOST_ASKED = 1000


@dataclass(frozen=True)
class Basis:
    """By what and whom a catalogue is taken over: the number of the paper, the digest of the file.

    `by` approves, `second` has checked; both are SYSTEM in a registry that has no people yet.
    """

    number: str
    digest: str
    by: Actor = SYSTEM
    second: Actor = SYSTEM


@dataclass(frozen=True)
class Planned:
    """One entry to be stored: its document is complete with item ids, its faults are known."""

    incoming: Incoming
    unit: str
    document: Mapping[str, Any]
    faults: Sequence[Problem] = ()


@dataclass(frozen=True)
class Plan:
    """What a file would do.

    `known` counts entries that are registered already, `repeated` those whose id came earlier in
    the same file; `wiped` names what was wiped here and is not taken again: its place in the file
    and the day; `made` are the units to be made, by the word the entries use for them.
    """

    source: str
    entries: Sequence[Planned] = ()
    known: int = 0
    repeated: int = 0
    wiped: Sequence[tuple[int, str]] = ()
    made: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    units: Mapping[str, int] = field(default_factory=dict)

    @property
    def faulty(self) -> int:
        """How many of the entries break a rule."""
        return sum(bool(entry.faults) for entry in self.entries)


def plan(
    session: Session, source: str, incoming: Sequence[Incoming], department: str | None = None
) -> Plan:
    """Compare what comes in with what is there and check every entry; changes nothing.

    `department` is the code of the unit all of them belong to, else each names its own. Raises
    Missing when that unit is not known.
    """
    incoming, gone = _unwiped(session, source, incoming, department)
    known = _known(session, source, [one.source_id for one in incoming])
    fresh: dict[str, Incoming] = {}
    repeated = 0
    for one in incoming:
        if one.source_id in fresh:
            repeated += 1
        elif one.source_id not in known:
            fresh[one.source_id] = one
    units = _Units(session, department)
    words = [units.word(one) for one in fresh.values()]
    documents = [prepared({**DEFAULTS, **one.document}) for one in fresh.values()]
    faults = check_new(
        session,
        [(word, units.found.get(word), d) for word, d in zip(words, documents, strict=True)],
    )
    return Plan(
        source=source,
        entries=[
            Planned(*one) for one in zip(fresh.values(), words, documents, faults, strict=True)
        ],
        known=len(incoming) - len(fresh) - repeated,
        repeated=repeated,
        wiped=gone,
        made=units.made,
        units={word: unit.id for word, unit in units.found.items()},
    )


def _unwiped(
    session: Session, source: str, incoming: Sequence[Incoming], department: str | None
) -> tuple[Sequence[Incoming], list[tuple[int, str]]]:
    """What comes in without the entries that were wiped here, and those: place and day."""
    units = _Units(session, department)
    days = recognized(
        session,
        [
            Candidate(
                units.word(one),
                {**DEFAULTS, **one.document},
                tuple(filter(None, (one.source_id, one.code))),
                ((source, one.source_id),),
            )
            for one in incoming
        ],
    )
    pairs = list(zip(incoming, days, strict=True))
    gone = [(one.place, day(at)) for one, at in pairs if at is not None]
    return [one for one, at in pairs if at is None], gone


def adopt(session: Session, planned: Plan, basis: Basis) -> list[Stored]:
    """Publish every entry of a plan at once, with the basis and both persons on record.

    An entry that was registered since the plan was made is left as it stands. Raises Forbidden
    when one of the two may not, or both are one person.
    """
    entries = _still_fresh(session, planned)
    if not entries:
        return []
    authority = _authority(session, basis.by)
    units = _made_units(session, planned, authority, basis)
    _require_two(basis, {units[entry.unit].id: units[entry.unit] for entry in entries}.values())
    paper = _paper(session, basis, authority)
    codes = _codes(session, entries, units)
    due = calendar.due_after(session, now(), REMEDIATION).on
    facts = {
        "basis": basis.number,
        "second": basis.second.person_key,
        "file": basis.digest,
        **({"paper": paper.key} if paper else {}),
    }
    changes = [
        Change(
            department=units[entry.unit],
            step="adopt",
            state="published",
            document=entry.document,
            live="this",
            working="none",
            code=code,
            published_on=entry.incoming.published_on or calendar.today(),
            remediation_due=due if entry.faults else None,
            faults=[stored_fault(problem) for problem in entry.faults] or None,
            aliases=[(planned.source, entry.incoming.source_id)],
            role=_role(basis.by),
            way="paper" if paper else "screen",
            paper_id=paper.id if paper else None,
            facts={**facts, "faults": len(entry.faults)},
        )
        for entry, code in zip(entries, codes, strict=True)
    ]
    stored = store(session, basis.by, changes)
    if paper is not None:
        rows = [{"paper_id": paper.id, "version_id": one.version_id} for one in stored]
        session.execute(sa.insert(PaperVersion), rows)
    journal.record(
        session,
        basis.by,
        "adopt",
        "paper",
        paper.key if paper else "",
        digest=basis.digest,
        role=_role(basis.by),
        facts={**facts, "entries": len(stored), "faulty": sum(bool(e.faults) for e in entries)},
    )
    return stored


def units_named(session: Session, incoming: Sequence[Incoming]) -> list[Organisation | None]:
    """The unit each entry names, by code, then by name; None where nobody here is called so."""
    units = _Units(session, None)
    words = [units.word(one) for one in incoming]
    return [units.found.get(word) for word in words]


def take_as_drafts(session: Session, actor: Actor, planned: Plan, digest: str) -> list[Stored]:
    """Open every entry of a plan as a draft of its unit; nothing is published.

    Raises Missing when a unit is not known: only who adopts makes units.
    """
    if planned.made:
        raise Missing("no_unit", unit_code="、".join(list(planned.made)[:5]))
    entries = _still_fresh(session, planned)
    units = _units(session, planned)
    if actor is not SYSTEM:
        for unit in {units[entry.unit].id: units[entry.unit] for entry in entries}.values():
            access.require(actor, "register", unit)
    changes = [
        Change(
            department=units[entry.unit],
            step="register",
            state="draft",
            document=entry.document,
            aliases=[(planned.source, entry.incoming.source_id)],
            role="registrar" if actor is not SYSTEM else "",
            facts={"declared": True, "file": digest},
        )
        for entry in entries
    ]
    return store(session, actor, changes)


def stored_fault(problem: Problem) -> dict[str, Any]:
    """A fault as it is stored: where, which rule, and the short facts of its sentence."""
    params = {
        name: value[:_LONGEST_FACT] if isinstance(value, str) else value
        for name, value in problem.params.items()
        if isinstance(value, str | int | float)
    }
    return {
        "pointer": problem.pointer,
        "code": problem.code,
        "rule": problem.rule,
        "params": params,
    }


def faults_of(version: Version) -> list[Problem]:
    """The stored faults of an adopted version, to be told as sentences."""
    return [
        Problem(one["pointer"], one["code"], one.get("params") or {}, one.get("rule"))
        for one in version.faults or ()
    ]


def _known(session: Session, source: str, values: Sequence[str]) -> set[str]:
    found: set[str] = set()
    for start in range(0, len(values), _MOST_ASKED):
        some = values[start : start + _MOST_ASKED]
        found.update(
            session.scalars(
                sa.select(Alias.value).where(Alias.source == source, Alias.value.in_(some))
            )
        )
        # What this registry gave out itself and gets back is no new entry.
        found.update(session.scalars(sa.select(Resource.key).where(Resource.key.in_(some))))
    return found


def _still_fresh(session: Session, planned: Plan) -> list[Planned]:
    known = _known(session, planned.source, [e.incoming.source_id for e in planned.entries])
    return [entry for entry in planned.entries if entry.incoming.source_id not in known]


class _Units:
    """Finds the unit an entry names, by code, then by name; notes those that are to be made."""

    def __init__(self, session: Session, department: str | None) -> None:
        every = list(session.scalars(sa.select(Organisation).order_by(Organisation.id)))
        self._by_code = {unit.code: unit for unit in every}
        self._by_name = {bare(unit.short): unit for unit in every if unit.short}
        self._by_name |= {bare(unit.name): unit for unit in every}
        self._all = department
        if department is not None and department not in self._by_code:
            raise Missing("no_unit", unit_code=department)
        self.found: dict[str, Organisation] = {}
        self.made: dict[str, dict[str, str]] = {}

    def word(self, one: Incoming) -> str:
        code, name = self._all or one.department_code, one.department_name or NAMELESS_UNIT
        unit = self._by_code.get(code) or self._by_name.get(bare(name))
        if unit is not None:
            self.found[unit.code] = unit
            return unit.code
        word = bare(name)
        given = code if _SOCIAL_CREDIT_CODE.fullmatch(code) else _stand_in(word)
        facts = self.made.setdefault(word, {"code": given, "name": name[:200], "short": name[:60]})
        if any(
            other is not facts and other["code"] == facts["code"] for other in self.made.values()
        ):
            facts["code"] = _stand_in(word)
        return word


def _stand_in(word: str) -> str:
    """A code for a unit whose real one is not known; `DM` begins no social credit code."""
    return "DM" + hashlib.sha256(word.encode()).hexdigest()[:16].upper()


def _units(session: Session, planned: Plan) -> dict[str, Organisation]:
    rows = session.scalars(
        sa.select(Organisation).where(Organisation.id.in_(set(planned.units.values())))
    )
    by_id = {unit.id: unit for unit in rows}
    return {word: by_id[id_] for word, id_ in planned.units.items()}


def _made_units(
    session: Session, planned: Plan, authority: Organisation | None, basis: Basis
) -> dict[str, Organisation]:
    """Every unit of the plan by its word, the unknown ones made under the authority."""
    units = _units(session, planned)
    for word, facts in planned.made.items():
        unit = session.scalar(sa.select(Organisation).where(Organisation.code == facts["code"]))
        if unit is None:
            given = {**facts, "valid_from": calendar.today(), "basis": basis.number}
            unit = add_organisation(session, basis.by, given)
            if authority is not None:
                unit.authority_id = authority.id
                unit.operator_id = authority.operator_id
        units[word] = unit
    session.flush()
    return units


def _authority(session: Session, by: Actor) -> Organisation | None:
    holding = by.holding(access.acts()["adopt"].roles)
    return session.get(Organisation, holding.organisation_id) if holding else None


def _require_two(basis: Basis, units: Iterable[Organisation]) -> None:
    if basis.by is SYSTEM:
        return
    if basis.second.person_id == basis.by.person_id:
        raise Forbidden("adopted_alone", act="adopt")
    for unit in units:
        access.require(basis.by, "adopt", unit)
        if not (
            access.may(basis.second, "publish", unit) or access.may(basis.second, "adopt", unit)
        ):
            raise Forbidden("adopted_alone", act="adopt")


def _role(actor: Actor) -> str:
    holding = actor.holding(access.acts()["adopt"].roles)
    return holding.role if holding else ""


def _paper(session: Session, basis: Basis, authority: Organisation | None) -> Paper | None:
    """The basis as a paper that covers every version; none where there are no people yet."""
    if basis.by.person_id is None or authority is None:
        return None
    paper = Paper(
        step="adopt",
        organisation_id=authority.id,
        printed_by=basis.by.person_id,
        digest=basis.digest,
        number=basis.number,
        signer=basis.by.name[:60],
        signed_on=calendar.today(),
        confirmed_by=basis.second.person_id,
        confirmed_at=now(),
    )
    session.add(paper)
    session.flush()
    return paper


def _codes(
    session: Session, entries: Sequence[Planned], units: Mapping[str, Organisation]
) -> list[str | None]:
    """The code each entry had, where it is free; else the next of its class, where it has one."""
    given = [entry.incoming.code for entry in entries]
    asked = [code for code in given if code]
    taken: set[str | None] = set()
    for start in range(0, len(asked), _MOST_ASKED):
        some = asked[start : start + _MOST_ASKED]
        taken.update(session.scalars(sa.select(Resource.code).where(Resource.code.in_(some))))
    kept: list[str | None] = []
    for code in given:
        kept.append(code if code and code not in taken else None)
        taken.add(code)
    open_ = [n for n, entry in enumerate(entries) if kept[n] is None and _is_classed(entry)]
    wanted = [(entries[n].document["class_path"], units[entries[n].unit]) for n in open_]
    for n, code in zip(open_, next_codes(session, wanted, kept), strict=True):
        kept[n] = code
    return kept


def _is_classed(entry: Planned) -> bool:
    """Whether the entry lies in the class tree: without that no code can be formed."""
    path = entry.document.get("class_path")
    wrong = any(problem.pointer == "/class_path" for problem in entry.faults)
    return isinstance(path, str) and bool(path) and not wrong
