"""Taking a live entry out of use: 下架, 恢复上架, 注销 with two signatures, and the tombstone.

A proposal to retire stands until it is confirmed, answered 不予注销, or overtaken by a new version.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

import schemas
from registry import calendar
from registry.access import Actor, conflict, may, require, require_apart
from registry.calendar import CITY
from registry.catalogue.life import OUT, PROPOSAL, STEPS, UNDECIDED
from registry.catalogue.reading import document_of, known
from registry.catalogue.store import Change, RemarkText, Stored, store
from registry.errors import Conflict, Invalid, Missing
from registry.models.catalogue import Decision, Remark, Resource, Version
from schemas import Problem

# The steps a person may ask for on a live version.
ON_LIVE = ("suspend", "resume", "propose_retirement", "keep", "retire")

Document = Mapping[str, Any]


def suspend(
    session: Session, actor: Actor, resource: Resource, document: Document, seen: str | None = None
) -> Stored:
    """Take a published entry out of search until a planned day; its address tells why.

    `document` is a `suspension`: reason and planned end. `seen` is the digest that was on the page.
    """
    change = _prepared(session, actor, resource, "suspend", seen)
    _complete("suspension", document)
    until = date.fromisoformat(str(document["until"]))
    if untimely := schemas.untimely("suspension", document, calendar.today()):
        raise Invalid(untimely)
    more = {"suspended_until": until, "facts": {"until": until.isoformat()}}
    return _stored(session, actor, change, document, more)


def resume(session: Session, actor: Actor, resource: Resource, seen: str | None = None) -> Stored:
    """Bring the same version back; refused where the text was edited meanwhile: publish that."""
    change = _prepared(session, actor, resource, "resume", seen)
    live, working = resource.live, resource.working
    assert live is not None
    if working is not None and document_of(working) != document_of(live):
        raise Conflict("edited_since", key=resource.key)
    return _stored(session, actor, change, {}, {"suspended_until": None})


def propose_retirement(
    session: Session, actor: Actor, resource: Resource, document: Document, seen: str | None = None
) -> Stored:
    """The first signature: the head proposes, with a reason and maybe a successor (its code)."""
    change = _prepared(session, actor, resource, "propose_retirement", seen)
    _complete("retirement", document)
    if resource.working is not None and resource.working.state in UNDECIDED:
        raise Conflict("under_review", key=resource.key)
    more = {"successor_id": _successor(session, actor, resource, document)}
    return _stored(session, actor, change, document, more)


def keep(
    session: Session, actor: Actor, resource: Resource, document: Document, seen: str | None = None
) -> Stored:
    """End a proposal to retire: the authority declines it, or the head takes it back.

    `document` is a `keeping`, the reason; the entry stays as it is and may be proposed again.
    """
    change = _prepared(session, actor, resource, "keep", seen)
    if proposed(session, resource) is None:
        raise Conflict("not_proposed", key=resource.key)
    _complete("keeping", document)
    return _stored(session, actor, change, document, {"successor_id": None})


def retire(session: Session, actor: Actor, resource: Resource, seen: str | None = None) -> Stored:
    """The second signature: the entry ends for ever, its code is never used again.

    A draft that was open on it ends with it.
    """
    change = _prepared(session, actor, resource, "retire", seen)
    if proposed(session, resource) is None:
        raise Conflict("not_proposed", key=resource.key)
    working = resource.working
    if working is not None and working.state in UNDECIDED:
        raise Conflict("under_review", key=resource.key)
    stored = _stored(session, actor, change, {}, {"suspended_until": None})
    if working is not None:
        ended = Change(
            department=resource.department,
            step="retire",
            state="retired",
            resource=resource,
            version=working,
            working="none",
            role=change.role,
            decided=False,
        )
        store(session, actor, [ended])
    return stored


def withdrawable(session: Session, actor: Actor, resource: Resource) -> dict[str, str | None]:
    """The steps this actor may take on the live version: step → None, or why it is locked."""
    live = resource.live
    if live is None or resource.frozen_at is not None:
        return {}
    found: dict[str, str | None] = {}
    unit, project = resource.department, resource.project_id
    steps = [
        step
        for step in ON_LIVE
        if live.state in STEPS[step].sources and may(actor, step, unit, live.state, project)
    ]
    waiting = bool(steps) and proposed(session, resource) is not None
    for step in steps:
        wanted = {"retire": waiting, "keep": waiting, "propose_retirement": not waiting}
        if wanted.get(step, True):
            refusal = conflict(session, actor, step, [live.id])
            found[step] = refusal.code if refusal else None
    return found


@dataclass(frozen=True)
class Withdrawal:
    """Why and when: of a suspension, a retirement, the proposal of one or the answer to it."""

    step: str
    on: date
    reason: str


def proposal(session: Session, resource: Resource) -> Withdrawal | None:
    """What was said last of retiring the live version: the proposal, or the answer `keep` to it."""
    live = resource.live
    if live is None or live.state not in STEPS["retire"].sources:
        return None
    return _last(session, live, PROPOSAL)


def proposed(session: Session, resource: Resource) -> Withdrawal | None:
    """The open proposal to retire the live version, if there is one."""
    last = proposal(session, resource)
    return last if last and last.step == "propose_retirement" else None


@dataclass(frozen=True)
class Tombstone:
    """What stays at the address of an entry that is out of use."""

    key: str
    code: str | None
    name: str
    department: str
    state: str
    on: date
    reason: str
    until: date | None
    successor: tuple[str, str] | None


def tombstone(session: Session, actor: Actor, key: str, anonymous: str = "none") -> Tombstone:
    """The tombstone at this address for a reader who might see the entry, else Missing.

    The successor (key, name) is named only to those who may see it.
    """
    row = session.execute(
        sa.select(Resource, Version)
        .join(Version, Resource.live_version_id == Version.id)
        .where(Resource.key == key, Version.state.in_(OUT), known(actor, anonymous))
    ).one_or_none()
    if row is None:
        raise Missing("no_entry")
    resource, version = row
    steps = ("suspend",) if version.state == "suspended" else ("propose_retirement",)
    told = _last(session, version, steps)
    ended = _last(session, version, ("retire",)) or told
    return Tombstone(
        resource.key,
        resource.code,
        version.name,
        resource.department.name,
        version.state,
        ended.on if ended else version.changed_at.astimezone(CITY).date(),
        told.reason if told else "",
        resource.suspended_until,
        _next(session, actor, resource, anonymous) if version.state == "retired" else None,
    )


def _next(
    session: Session, actor: Actor, resource: Resource, anonymous: str
) -> tuple[str, str] | None:
    if resource.successor_id is None:
        return None
    row = session.execute(
        sa.select(Resource.key, Version.name)
        .join(Version, Resource.live_version_id == Version.id)
        .where(Resource.id == resource.successor_id, known(actor, anonymous))
    ).one_or_none()
    return (row[0], row[1]) if row else None


_LAST = (
    sa.select(Decision.step, Decision.at, Remark.text)
    .outerjoin(Remark, Remark.decision_id == Decision.id)
    .where(
        Decision.version_id == sa.bindparam("b_version"),
        Decision.step.in_(sa.bindparam("b_steps", expanding=True)),
    )
    .order_by(Decision.id.desc())
    .limit(1)
)


def _last(session: Session, version: Version, steps: tuple[str, ...]) -> Withdrawal | None:
    row = session.execute(_LAST, {"b_version": version.id, "b_steps": steps}).one_or_none()
    return Withdrawal(row[0], row[1].astimezone(CITY).date(), row[2] or "") if row else None


def _prepared(
    session: Session, actor: Actor, resource: Resource, step: str, seen: str | None
) -> Change:
    """The change without its facts, after every question of right, state and person."""
    holding = require(actor, step, resource.department, project_id=resource.project_id)
    if resource.frozen_at is not None:
        raise Conflict("frozen", key=resource.key)
    live, rule = resource.live, STEPS[step]
    if live is None or live.state not in rule.sources:
        raise Conflict("not_now", state=live.state if live else "draft", step=step)
    if seen is not None and seen != live.digest:
        raise Conflict("changed_since", key=resource.key)
    notice = require_apart(session, actor, step, [live.id])
    return Change(
        department=resource.department,
        step=step,
        state=rule.target or live.state,
        resource=resource,
        version=live,
        working="as_before",
        role=holding.role,
        merged_post_id=notice,
        restarts_clock=False,
    )


def _stored(
    session: Session, actor: Actor, change: Change, document: Document, more: Mapping[str, Any]
) -> Stored:
    reason = str(document.get("reason") or "")
    remarks = [RemarkText("", "", reason)] if reason else []
    return store(session, actor, [Change(**{**vars(change), **more, "remarks": remarks})])[0]


def _complete(record: str, document: Document) -> None:
    problems = schemas.errors(record, dict(document), at="submission")
    if problems:
        raise Invalid(problems)


def _successor(
    session: Session, actor: Actor, resource: Resource, document: Document
) -> int | None:
    code = document.get("successor")
    if not code:
        return None
    found = session.scalar(
        sa.select(Resource.id)
        .join(Version, Resource.live_version_id == Version.id)
        .where(
            Resource.code == code,
            Resource.id != resource.id,
            Version.state == "published",
            known(actor),
        )
    )
    if found is None:
        problem = Problem(
            "/successor", "no-successor", {"given": str(code)[:64]}, record="retirement"
        )
        raise Invalid([problem])
    return found
