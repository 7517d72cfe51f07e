"""The claim list 认领清单: who sees which claim, and what a unit or the authority does with it.

内政办发〔2023〕32号: the region's catalogue is handed down, and the departments claim the entries
that are theirs. Claiming opens a draft of the unit by the ordinary way; from there on the entry
has the ordinary life. What the source changes afterwards is shown beside it, never written over it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

import schemas
from registry import catalogue, journal
from registry.access import Actor, acts, may, require
from registry.db import now
from registry.errors import Conflict, Invalid, Missing
from registry.models.accounts import Organisation
from registry.models.catalogue import Resource
from registry.models.harvest import Claim
from schemas import Problem

PAGE = 50
STATES = ("waiting", "claimed", "declined", "quarantined", "gone")
LONGEST_REASON = 500
# 认领: the value of `origin` for what came from the list above (schemas/codes/origin.json).
_CLAIMED_ORIGIN = "2"
_MOST_CODES = 10

Document = Mapping[str, Any]


@dataclass(frozen=True)
class Listed:
    """A page of the list: its claims, how many there are in all, and by state for the filter."""

    claims: Sequence[Claim]
    total: int
    counts: Mapping[str, int]


def reads_claims(actor: Actor) -> bool:
    """Whether the actor has any part in the claim list."""
    return may(actor, "read_claims")


def listed(session: Session, actor: Actor, state: str = "waiting", page: int = 1) -> Listed:
    """The claims of one state that the actor may see, unassigned ones first, then by name."""
    seen = _seen_by(actor)
    rows = session.execute(
        sa.select(Claim.state, sa.func.count())
        .outerjoin(Resource, Resource.id == Claim.resource_id)
        .where(seen)
        .group_by(Claim.state)
    )
    counts = {name: count for name, count in rows}  # noqa: C416 - a row is no pair to the types
    claims = session.scalars(
        sa.select(Claim)
        .outerjoin(Resource, Resource.id == Claim.resource_id)
        .where(seen, Claim.state == state)
        .order_by(Claim.latest.is_(None), Claim.department_id.is_not(None), Claim.name, Claim.id)
        .limit(PAGE)
        .offset((page - 1) * PAGE)
    )
    return Listed(claims.all(), counts.get(state, 0), counts)


def count_waiting(session: Session, actor: Actor) -> int:
    """How many claims wait for somebody the actor speaks for: to be claimed, or to be assigned."""
    if not reads_claims(actor):
        return 0
    return (
        session.scalar(
            sa.select(sa.func.count(Claim.id))
            .outerjoin(Resource, Resource.id == Claim.resource_id)
            .where(_seen_by(actor), Claim.state == "waiting")
        )
        or 0
    )


def find(session: Session, actor: Actor, key: str) -> Claim:
    """The claim of this key, if the actor may see it; else Missing."""
    found = session.scalar(
        sa.select(Claim)
        .outerjoin(Resource, Resource.id == Claim.resource_id)
        .where(Claim.key == key[:16], _seen_by(actor))
    )
    if found is None:
        raise Missing("no_claim")
    return found


def _seen_by(actor: Actor) -> sa.ColumnElement[bool]:
    """The condition on Claim (and the Resource it became) under which the actor sees it."""
    not_frozen = Resource.frozen_at.is_(None)
    reading = acts()["read_claims"].roles
    posts = [h for h in actor.holdings if h.role in reading]
    if any(h.role == "auditor" for h in posts):
        return not_frozen
    assigning = acts()["assign_claim"].roles
    above = {h.organisation_id for h in posts if h.role in assigning}
    own = {h.organisation_id for h in posts if h.role not in assigning}
    below = sa.select(Organisation.id).where(Organisation.authority_id.in_(above or {0}))
    seen = [Claim.department_id.in_(own or {0}), Claim.department_id.in_(below)]
    if above:
        seen.append(Claim.department_id.is_(None))
    return sa.and_(not_frozen, sa.or_(*seen))


def document_of(claim: Claim) -> dict[str, Any]:
    """The text of a claim as it was decided on, or as the source says it now while nobody did."""
    document = schemas.loads(claim.document)
    assert isinstance(document, dict)
    return document


def latest_of(claim: Claim) -> dict[str, Any] | None:
    """What the source says since the decision; None where that is the same."""
    latest = schemas.loads(claim.latest) if claim.latest is not None else None
    return latest if isinstance(latest, dict) else None


def faults_of(session: Session, claim: Claim) -> list[Problem]:
    """What would stand against handing it in, once it is a draft of its unit."""
    unit = claim.department
    document = catalogue.prepared({**catalogue.DEFAULTS, **_claimed(claim)})
    return catalogue.check_new(session, [(unit.code if unit else "", unit, document)])[0]


def is_open(session: Session, claim: Claim) -> bool:
    """Whether it may be claimed now: nobody did, or the draft was discarded."""
    if claim.state in ("waiting", "declined") and claim.gone_at is None:
        return True
    if claim.state != "claimed" or claim.resource_id is None or claim.gone_at is not None:
        return False
    resource = session.get_one(Resource, claim.resource_id)
    return resource.live_version_id is None and resource.working_version_id is None


def take(
    session: Session, actor: Actor, claim: Claim, *, declared: bool, seen: int
) -> catalogue.Stored:
    """Claim the entry 认领: a draft of the unit, with the id and the code it has over there."""
    unit = _unit(claim)
    require(actor, "claim", unit)
    _require_seen(claim, seen)
    if not is_open(session, claim):
        raise Conflict("claim_decided", key=claim.key)
    document = _claimed(claim)
    alias = (f"harvest:{claim.source.name}", claim.remote_id)
    stored = catalogue.register(session, actor, unit, document, declared=declared, aliases=[alias])
    claim.resource_id = stored.resource_id
    claim.document, claim.latest = claim.latest or claim.document, None
    _decide(session, actor, claim, "claimed", "claim", {"entry": stored.key})
    return stored


def _claimed(claim: Claim) -> dict[str, Any]:
    """The document of the draft: where it comes from, and its code up there."""
    document = {**(latest_of(claim) or document_of(claim)), "origin": _CLAIMED_ORIGIN}
    codes = document.get("external_codes")
    codes = list(codes) if isinstance(codes, list) else []
    if claim.code and len(codes) < _MOST_CODES and not _named(codes, claim.code):
        document["external_codes"] = [*codes, {"system": claim.source.name, "code": claim.code}]
    return document


def _named(codes: Sequence[Any], code: str) -> bool:
    return any(isinstance(one, Mapping) and one.get("code") == code for one in codes)


def decline(session: Session, actor: Actor, claim: Claim, reason: str, *, seen: int) -> None:
    """Say 不认领 with the reason: it is not the unit's; the authority may assign it to another."""
    require(actor, "claim", _unit(claim))
    _require_seen(claim, seen)
    if claim.state != "waiting":
        raise Conflict("claim_decided", key=claim.key)
    claim.reason = _reason(reason)
    _decide(session, actor, claim, "declined", "decline_claim", {})


def _reason(typed: str) -> str:
    reason = typed.strip()
    if not reason:
        raise Invalid([Problem("/reason", "reason", rule="reason")])
    if len(reason) > LONGEST_REASON:
        raise Invalid([Problem("/reason", "maxLength", {"limit": LONGEST_REASON})])
    return reason


def assign(session: Session, actor: Actor, claim: Claim, unit: Organisation, *, seen: int) -> None:
    """Give a claim to a unit of the authority: it waits for that unit, whoever declined before."""
    require(actor, "assign_claim", unit)
    _require_seen(claim, seen)
    if claim.state not in ("waiting", "declined"):
        raise Conflict("claim_decided", key=claim.key)
    claim.department_id, claim.reason = unit.id, ""
    _decide(session, actor, claim, "waiting", "assign_claim", {"unit": unit.code})


def settle(session: Session, actor: Actor, claim: Claim, *, seen: int) -> None:
    """Note that what the source changed was looked at; the entry itself is changed by its form."""
    require(actor, "claim", _unit(claim))
    _require_seen(claim, seen)
    if claim.latest is None:
        raise Conflict("claim_unchanged", key=claim.key)
    claim.document, claim.latest = claim.latest, None
    _decide(session, actor, claim, claim.state, "settle_claim", {})


def _unit(claim: Claim) -> Organisation:
    if claim.department is None:
        raise Conflict("claim_unassigned", key=claim.key)
    return claim.department


def _require_seen(claim: Claim, seen: int) -> None:
    if claim.row_version != seen:
        raise Conflict("changed_since", key=claim.key)


def _decide(
    session: Session, actor: Actor, claim: Claim, state: str, act: str, facts: Mapping[str, object]
) -> None:
    claim.state = state
    claim.decided_by, claim.decided_at = actor.person_id, now()
    claim.row_version += 1
    session.flush()
    told = {"source": claim.source.key, **facts}
    journal.record(session, actor, act, "claim", claim.key, facts=told)
