"""The steps of an entry's life: rights, persons kept apart, states, then `store`."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy.orm import Session

import schemas
from registry import calendar
from registry.access import Actor, conflict, may, require, require_apart
from registry.catalogue.check import check
from registry.catalogue.life import CLOCKS, STEPS, UPDATE_CLOCK
from registry.catalogue.numbering import next_code
from registry.catalogue.reading import asked, document_of
from registry.catalogue.store import Change, RemarkText, Stored, store
from registry.errors import Conflict, Invalid
from registry.models.catalogue import Version
from schemas import Problem

# The steps a person may ask for on a working version; the others have pages of their own.
ON_WORKING = ("hand_in", "formal", "clear", "approve", "publish", "return", "take_back")


def advance(
    session: Session,
    actor: Actor,
    version: Version,
    step: str,
    remarks: Sequence[RemarkText] = (),
    submission_id: int | None = None,
    seen: str | None = None,
) -> Stored:
    """Take one step of the life of an entry, or refuse.

    `seen` is the digest of the version the actor looked at: a decision is on exactly that text.
    """
    changes = prepare(session, actor, version, step, remarks, submission_id, seen)
    stored = store(session, actor, changes[:1])
    # The next draft opens on the row the first change has just moved on.
    if len(changes) > 1:
        store(session, actor, changes[1:])
    return stored[0]


def prepare(
    session: Session,
    actor: Actor,
    version: Version,
    step: str,
    remarks: Sequence[RemarkText] = (),
    submission_id: int | None = None,
    seen: str | None = None,
) -> list[Change]:
    """What a step would store, after every check; raises the refusal otherwise."""
    rule, resource = STEPS[step], version.resource
    holding = require(actor, step, resource.department, project_id=resource.project_id)
    if resource.frozen_at is not None:
        raise Conflict("frozen", key=resource.key)
    if version.state not in rule.sources or resource.working_version_id != version.id:
        raise Conflict("not_now", state=version.state, step=step)
    if seen is not None and seen != version.digest:
        raise Conflict("changed_since", key=resource.key)
    require(actor, step, resource.department, version.state, resource.project_id)
    if step == "return":
        # Only whoever has the ball sends it back: those who could say yes.
        require(actor, asked(version.state), resource.department, version.state)
    notice = require_apart(session, actor, step, line(session, version))
    if step == "return" and not any(r.text.strip() for r in remarks):
        raise Invalid([Problem("/reason", "reason", rule="reason")])
    assert rule.target is not None
    change = Change(
        department=resource.department,
        step=step,
        state=rule.target,
        resource=resource,
        version=version,
        remarks=remarks,
        submission_id=submission_id,
        role=holding.role,
        merged_post_id=notice,
        facts={"remarks": len(remarks)} if remarks else {},
    )
    return _EFFECTS.get(step, _alone)(session, change)


def _alone(session: Session, change: Change) -> list[Change]:
    return [change]


def _hand_in(session: Session, change: Change) -> list[Change]:
    """Everything is checked before anybody's time is spent on it."""
    version, resource = change.version, change.resource
    assert version is not None
    assert resource is not None
    problems = check(session, change.department, resource.id, document_of(version))
    if problems:
        raise Invalid(problems, code="not_ready", key=resource.key)
    return [change]


def _publish(session: Session, change: Change) -> list[Change]:
    """The version goes live; the older one is kept as superseded; the first gets its code."""
    resource, version = change.resource, change.version
    assert resource is not None
    assert version is not None
    code = None
    if resource.code is None:
        path = document_of(version)["class_path"]
        code = next_code(session, path, change.department)
    if resource.live is not None:
        resource.live.state = "superseded"
    return [
        Change(
            **{
                **vars(change),
                "live": "this",
                "working": "none",
                "code": code,
                "published_on": calendar.today(),
                "remediation_due": None,
                # A mended version brings a suspended entry back.
                "suspended_until": None,
            }
        )
    ]


def _formal(session: Session, change: Change) -> list[Change]:
    """A draft that differs in formal fields only goes live at once, faults and dates kept."""
    version, resource = change.version, change.resource
    assert version is not None
    assert resource is not None
    live = resource.live
    if live is None or live.state != "published":
        raise Conflict("not_live", key=resource.key)
    before, after = document_of(live), document_of(version)
    edit = schemas.change(before, after)
    if edit.kind != "formal":
        heavy = [p for p in edit.fields if _class_of(p) != "formal"]
        raise Invalid([Problem(p, "review-needed") for p in heavy or [""]], code="not_formal")
    known = {(p.pointer, p.code) for p in _checked(session, change, before)}
    added = [p for p in _checked(session, change, after) if (p.pointer, p.code) not in known]
    if added:
        raise Invalid(added, code="not_ready", key=resource.key)
    live.state = "superseded"
    # The decisions on the older text carry over: see `reading.carried`.
    version.based_on_id = live.id
    facts = {**change.facts, "fields": list(edit.fields[:50])}
    more = {"live": "this", "working": "none", "faults": live.faults or [], "facts": facts}
    return [Change(**{**vars(change), **more})]


def _class_of(pointer: str) -> str:
    field = schemas.field("resource", pointer)
    return field.change if field else "content"


def _checked(session: Session, change: Change, document: dict[str, Any]) -> list[Problem]:
    assert change.resource is not None
    return check(session, change.department, change.resource.id, document)


def is_formal(version: Version) -> bool:
    """Whether a draft differs from the live version in formal fields, and in nothing else."""
    live = version.resource.live
    if version.state != "draft" or live is None or live.state != "published":
        return False
    return schemas.change(document_of(live), document_of(version)).kind == "formal"


def _return(session: Session, change: Change) -> list[Change]:
    """What was returned stays as it was; the next version opens as a draft with the reasons."""
    follow_up = Change(
        department=change.department,
        step="open",
        state="draft",
        resource=change.resource,
        version=change.version,
        role=change.role,
        decided=False,
    )
    return [change, follow_up]


_EFFECTS = {
    "hand_in": _hand_in,
    "publish": _publish,
    "formal": _formal,
    "return": _return,
    "take_back": _return,
}


def line(session: Session, version: Version) -> list[int]:
    """This version and the returned ones it goes back to: whoever wrote those wrote this text."""
    found = [version.id]
    before = version.based_on_id
    while before is not None:
        earlier = session.get_one(Version, before)
        if earlier.state != "returned":
            break
        found.append(earlier.id)
        before = earlier.based_on_id
    return found


def available(session: Session, actor: Actor, version: Version) -> dict[str, str | None]:
    """The steps this actor may ask for now: step → None, or the code of why it is locked."""
    resource = version.resource
    found: dict[str, str | None] = {}
    for step in ON_WORKING:
        if version.state in STEPS[step].sources and may(
            actor, step, resource.department, version.state, resource.project_id
        ):
            if step == "formal" and not is_formal(version):
                continue
            forward = asked(version.state)
            if step == "return" and not may(actor, forward, resource.department, version.state):
                continue
            refusal = conflict(session, actor, step, line(session, version))
            found[step] = refusal.code if refusal else None
    return found


def clock(session: Session, version: Version) -> calendar.Due | None:
    """The last day of the present holder, None where no clock runs."""
    name = CLOCKS.get(version.state)
    if name is None or version.arrived_at is None:
        return None
    if version.state == "in_authority_review" and version.resource.live_version_id is not None:
        name = UPDATE_CLOCK
    return calendar.due_after(session, version.arrived_at, name)
