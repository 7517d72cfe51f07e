"""The steps of a request: rights, persons kept apart, states, then what the step changes.

Every step is a row of request_life.json; it is refused before anything is stored.
"""

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

import schemas
from registry import calendar, journal
from registry.access import SYSTEM, Actor, judged, may, require
from registry.catalogue import find as find_resource
from registry.db import new_key, now
from registry.errors import Conflict, Invalid, Refusal
from registry.exchange.asked import (
    Document,
    asked_keys,
    asked_rows,
    refused_items,
    require_storable,
    set_elements,
    share_types,
)
from registry.exchange.effects import EFFECTS, Given, Outcome, granted, nothing, number
from registry.exchange.life import STEPS, Step
from registry.exchange.notices import tell
from registry.exchange.reading import offered, standing_consent, units
from registry.models.accounts import Organisation
from registry.models.catalogue import Resource
from registry.models.exchange import Demand, Request, RequestEvent
from schemas import Problem

LONGEST_TEXT = 2000


def requestable(session: Session, actor: Actor, key: str) -> Resource:
    """The live resource with this key of which something may be asked, or the refusal."""
    resource = find_resource(session, actor, key)
    if resource.live is None or resource.live.state != "published":
        raise Conflict("not_offered")
    if not any(element.share_type != "3" for element in offered(session, resource)):
        raise Conflict("withheld")
    asking = units(session, actor, "request")
    if asking and asking <= {resource.department_id}:
        raise Conflict("own_data")
    return resource


def draft(
    session: Session,
    actor: Actor,
    resource: Resource,
    requester: Organisation,
    document: Document,
    demand: Demand | None = None,
) -> Request:
    """Open a request as typed; it may be incomplete until it is handed to the head."""
    holding = require(actor, "request", requester)
    if requester.id == resource.department_id:
        raise Conflict("own_data")
    require_storable(document)
    request = Request(
        key=new_key(),
        requester=requester,
        provider=resource.department,
        resource=resource,
        state="draft",
        document=dict(document),
        created_by=actor.person_id,
        demand_id=demand.id if demand else None,
    )
    session.add(request)
    session.flush()
    set_elements(session, request, document)
    _note(session, actor, request, "draft", holding.role, "", {})
    return request


def save(
    session: Session, actor: Actor, request: Request, document: Document, seen: int | None = None
) -> Request:
    """Keep a draft as typed."""
    holding = require(actor, "request", request.requester)
    if request.state != "draft":
        raise Conflict("request_moved", request_state=request.state)
    _require_seen(request, seen)
    require_storable(document)
    request.document = dict(document)
    request.row_version += 1
    set_elements(session, request, document)
    session.flush()
    _record(session, actor, request, "save", holding.role, {})
    return request


def advance(
    session: Session, actor: Actor, request: Request, step: str, given: Given | None = None
) -> Request:
    """Take one step of the life of a request, or refuse.

    A complete request is granted at once on the requester's consent where the provider's sharing
    head signed a standing consent and everything asked for is unconditional.
    """
    given = given or Given()
    rule = STEPS[step]
    role = _allowed(session, actor, request, rule)
    _require_seen(request, given.seen)
    text = _text(rule, given.text)
    outcome = EFFECTS.get(step, nothing)(session, request, given)
    if step == "contest_rest":
        rest = _rest(session, actor, request, role, text)
        # The line of this request leads to the other, which carries the reason on.
        text, outcome.facts = f"{rest.number} {text}", {"rest": rest.number}
    _store(session, actor, request, rule, outcome, role, text)
    if step == "submit" and request.demand_id is not None:
        demand = session.get_one(Demand, request.demand_id)
        demand.closed_at = demand.changed_at = now()
    if step == "consent_out":
        _grant_at_once(session, request)
    return request


def available(session: Session, actor: Actor, request: Request) -> dict[str, Refusal | None]:
    """The steps this actor's posts may ask for now: step → None, or why this person may not."""
    found: dict[str, Refusal | None] = {}
    done = _done_by(session, actor, request)
    for step in STEPS.values():
        if step.id == "grant_standing" or not may(actor, step.act, _unit(request, step.side)):
            continue
        if not _fits(session, request, step):
            continue
        found[step.id] = judged(session, actor, step.act, done, "same_person_request")[0]
    return found


def _fits(session: Session, request: Request, step: Step) -> bool:
    if request.state not in step.sources:
        return False
    if step.id == "contest_rest":
        return bool(refused_items(session, request)) and not _taken(session, request, step.id)
    table = {
        "extend": request.extension_asked is not None,
        "decline_extension": request.extension_asked is not None,
        "ask_extension": request.extension_asked is None
        and request.extension_days == 0
        and not _is_past(request),
        "ask_correction": request.correction_asked_on is None,
        "grant": bool((request.answer or {}).get("granted")),
        "refuse": not (request.answer or {}).get("granted"),
    }
    return table.get(step.id, True)


def _taken(session: Session, request: Request, step: str) -> bool:
    found = session.scalar(
        sa.select(RequestEvent.id).where(
            RequestEvent.request_id == request.id, RequestEvent.act == step
        )
    )
    return found is not None


def _rest(session: Session, actor: Actor, request: Request, role: str, text: str) -> Request:
    """The items that were not granted, as a request of their own that is contested.

    A dispute stops a request; what was granted goes on. Who took part in the whole took part in
    this: the persons kept apart stay so.
    """
    keys = refused_items(session, request)
    document = {**request.document, "items": keys}
    answer = {k: v for k, v in (request.answer or {}).items() if k != "granted"}
    rest = Request(
        key=new_key(),
        number=number(session, "申请"),
        requester=request.requester,
        provider=request.provider,
        resource=request.resource,
        state="refused",
        document=document,
        created_by=request.created_by,
        received_on=request.received_on,
        due=request.due,
        answer=answer,
        replied_on=request.replied_on,
    )
    session.add(rest)
    session.flush()
    set_elements(session, rest, document)
    for row in asked_rows(session, rest):
        row.granted = False
    for event in session.scalars(
        sa.select(RequestEvent)
        .where(RequestEvent.request_id == request.id)
        .order_by(RequestEvent.id)
    ).all():
        # The head consented to granting a part: of these items that was a refusal.
        act = "refuse" if event.act == "grant" else event.act
        known = {name: getattr(event, name) for name in ("person_id", "role", "at", "on", "text")}
        session.add(RequestEvent(request_id=rest.id, act=act, **known))
        session.flush()
    rule = STEPS["raise_dispute"]
    _store(session, actor, rest, rule, Outcome(facts={"of": request.key}), role, text)
    return rest


def _already(request: Request, rule: Step) -> str | None:
    """Why a step that the law allows once, or in time only, is over; None otherwise."""
    if request.state not in rule.sources:
        return None
    if rule.id == "ask_correction" and request.correction_asked_on is not None:
        return "one_correction"
    if rule.id == "ask_extension" and request.extension_days:
        return "one_extension"
    if rule.id == "ask_extension" and _is_past(request):
        return "late_extension"
    return None


def _is_past(request: Request) -> bool:
    """Whether the answer is overdue: an extension asked for now would heal what is late."""
    return request.due is not None and calendar.today() > request.due


def _allowed(session: Session, actor: Actor, request: Request, rule: Step) -> str:
    """The role by which the actor takes this step; raises every refusal there is."""
    holding = require(actor, rule.act, _unit(request, rule.side))
    why = _already(request, rule)
    if why is not None:
        raise Conflict(why)
    if rule.id == "grant_standing" or not _fits(session, request, rule):
        raise Conflict("request_moved", request_state=request.state)
    refusal, _ = judged(
        session, actor, rule.act, _done_by(session, actor, request), "same_person_request"
    )
    if refusal is not None:
        raise refusal
    return holding.role


def _unit(request: Request, side: str) -> Organisation:
    """The unit of a side; the authority is that of the provider, found through its unit."""
    return request.requester if side == "requester" else request.provider


def _done_by(session: Session, actor: Actor, request: Request) -> frozenset[str]:
    """The acts of the table of rights this person did on this request before."""
    steps = session.scalars(
        sa.select(RequestEvent.act)
        .distinct()
        .where(RequestEvent.request_id == request.id, RequestEvent.person_id == actor.person_id)
    )
    # A draft is opened by the same right by which it is handed in; a standing consent was signed
    # for all requests and is no decision on this one.
    return frozenset(
        "request" if step == "draft" else STEPS[step].act
        for step in steps
        if step != "grant_standing"
    )


def _require_seen(request: Request, seen: int | None) -> None:
    if seen is not None and seen != request.row_version:
        raise Conflict("request_changed")


def _text(rule: Step, text: str) -> str:
    text = text.strip()
    if rule.text is None:
        return ""
    if rule.text and not text:
        raise Invalid([Problem("/text", "text", rule=rule.id, record="request")])
    if len(text) > LONGEST_TEXT:
        facts = {"limit": LONGEST_TEXT, "given": len(text)}
        raise Invalid([Problem("/text", "long-text", facts, record="request")])
    return text


def _store(
    session: Session,
    actor: Actor,
    request: Request,
    rule: Step,
    outcome: Outcome,
    role: str,
    text: str,
) -> None:
    for name, value in outcome.columns.items():
        setattr(request, name, value)
    request.state = rule.target or request.state
    if request.state == "received" and request.extension_days:
        request.state = "extended"
    request.row_version += 1
    session.flush()
    _note(session, actor, request, rule.id, role, text, outcome.facts)
    sides = {
        "requester": request.requester_id,
        "provider": request.provider_id,
        "authority": request.provider.authority_id,
    }
    whom = [(sides[side], told) for side, told in rule.tells]
    # Nobody outside is told of what never went out.
    if request.received_on is None:
        whom = [(unit, told) for unit, told in whom if unit == request.requester_id]
    # A grant of some items only must not read as one of all.
    in_part = rule.id == "grant" and outcome.facts.get("refused")
    tell(session, "grant_part" if in_part else rule.id, "request", request.key, whom)


def _note(
    session: Session,
    actor: Actor,
    request: Request,
    step: str,
    role: str,
    text: str,
    facts: Mapping[str, Any],
    person_id: int | None = None,
) -> None:
    """The line shown on the page, and the row of the journal: keys, states, counts, dates."""
    session.add(
        RequestEvent(
            request_id=request.id,
            act=step,
            person_id=person_id or actor.person_id,
            role=role,
            on=calendar.today(),
            text=text,
        )
    )
    session.flush()
    _record(session, actor, request, step, role, facts)


def _record(
    session: Session,
    actor: Actor,
    request: Request,
    act: str,
    role: str,
    facts: Mapping[str, Any],
) -> None:
    told = {"state": request.state, "resource": request.resource.key, **facts}
    if request.number:
        told["number"] = request.number
    journal.record(
        session,
        actor,
        act,
        "request",
        request.key,
        role=role,
        digest=schemas.digest(dict(request.document), request.key.encode()),
        facts=told,
    )


def _grant_at_once(session: Session, request: Request) -> None:
    """A complete request for unconditional items is granted under a standing consent."""
    consent = standing_consent(session, request.resource)
    if consent is None or any(one != "1" for one in share_types(session, request)):
        return
    rule = STEPS["grant_standing"]
    outcome = granted(session, request, asked_keys(session, request))
    request.state = str(rule.target)
    for name, value in outcome.columns.items():
        setattr(request, name, value)
    session.flush()
    _note(
        session,
        SYSTEM,
        request,
        rule.id,
        "sharing_head",
        "",
        outcome.facts,
        person_id=consent.signed_by,
    )
    sides = {"requester": request.requester_id, "provider": request.provider_id}
    tell(session, rule.id, "request", request.key, [(sides[s], role) for s, role in rule.tells])
