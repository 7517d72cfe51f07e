"""Demands: data that nobody offers, matched item by item, assigned by duty, or asked of above.

Every step is a row of request_life.json. The law sets no limit; who has the ball always shows.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased

import schemas
from registry import calendar, journal
from registry.access import Actor, may, require
from registry.catalogue import find as find_resource
from registry.db import new_key, now
from registry.errors import Conflict, Invalid, Missing
from registry.exchange.asked import Document, require_storable
from registry.exchange.effects import number
from registry.exchange.life import DEMAND_STATES, DEMAND_STEPS, Step
from registry.exchange.notices import tell
from registry.exchange.reading import PAGE, name_of_resource, units
from registry.exchange.requests import LONGEST_TEXT
from registry.models.accounts import Organisation, Person
from registry.models.catalogue import Resource
from registry.models.exchange import Demand, RequestEvent
from schemas import Problem


@dataclass(frozen=True)
class DemandRow:
    """A demand in a list: the unit it is assigned to, the resource it is matched with, or ""."""

    demand: Demand
    assigned: str
    matched: str


@dataclass(frozen=True)
class Choice:
    """What somebody gives with a step of a demand: words, a resource, a unit."""

    text: str = ""
    resource: str = ""
    unit: int | None = None


def state_demand(
    session: Session,
    actor: Actor,
    requester: Organisation,
    document: Document,
    project_id: int | None = None,
) -> Demand:
    """State a demand; it is complete or refused, and at once in the list of supply and demand."""
    holding = require(actor, "request", requester)
    require_storable(document, "demand")
    found = schemas.errors("demand", dict(document), at="submission")
    if found:
        raise Invalid(found, code="demand_not_ready")
    demand = Demand(
        key=new_key(),
        number=number(session, "需求"),
        requester=requester,
        state="demand_open",
        document=dict(document),
        project_id=project_id,
        raised_by=actor.person_id,
        raised_on=calendar.today(),
        changed_at=now(),
    )
    session.add(demand)
    session.flush()
    _note(session, actor, demand, "state_demand", holding.role, "")
    return demand


def find_demand(session: Session, actor: Actor, key: str) -> Demand:
    """The demand with this key, if the actor stands on one of its sides or above them."""
    demand = session.scalar(sa.select(Demand).where(Demand.key == key))
    if demand is None or not _sees(session, actor, demand):
        raise Missing("no_demand")
    return demand


def _sees(session: Session, actor: Actor, demand: Demand) -> bool:
    mine = units(session, actor, "read_requests") | units(session, actor, "match")
    sides = {demand.requester_id, demand.assigned_id, _supplier(session, demand)}
    return not mine.isdisjoint(sides - {None})


def _supplier(session: Session, demand: Demand) -> int | None:
    if demand.matched_id is None:
        return None
    return session.get_one(Resource, demand.matched_id).department_id


def _visible(session: Session, actor: Actor) -> sa.ColumnElement[bool]:
    mine = units(session, actor, "read_requests") | units(session, actor, "match")
    return sa.or_(
        Demand.requester_id.in_(mine),
        Demand.assigned_id.in_(mine),
        Demand.matched_id.in_(sa.select(Resource.id).where(Resource.department_id.in_(mine))),
    )


def demands(
    session: Session, actor: Actor, mine: bool = False, page: int = 1
) -> tuple[list[DemandRow], int]:
    """The demands this reader knows of, open ones first, and how many there are."""
    where = [_visible(session, actor)]
    if mine:
        where.append(demand_waits_for(session, actor))
    total = session.scalar(sa.select(sa.func.count(Demand.id)).where(*where)) or 0
    return _rows(session, where, page), total


def _rows(
    session: Session, where: Iterable[sa.ColumnElement[bool]], page: int = 1, size: int = PAGE
) -> list[DemandRow]:
    assigned = aliased(Organisation)
    found = session.execute(
        sa.select(Demand, sa.func.coalesce(assigned.name, ""), name_of_resource())
        .outerjoin(assigned, assigned.id == Demand.assigned_id)
        .outerjoin(Resource, Resource.id == Demand.matched_id)
        .where(*where)
        .order_by(Demand.closed_at.is_not(None), Demand.raised_on.desc(), Demand.id.desc())
        .offset(size * (page - 1))
        .limit(size)
    )
    return [DemandRow(*row) for row in found]


def demand_waits_for(session: Session, actor: Actor) -> sa.ColumnElement[bool]:
    """The condition on Demand under which the next step is one of this actor's posts'."""
    parts: list[sa.ColumnElement[bool]] = []
    matching = units(session, actor, "match")
    if matching:
        parts.append(
            sa.and_(
                Demand.state.in_(["demand_open", "upward"]),
                Demand.assigned_id.is_(None),
                Demand.requester_id.in_(matching),
            )
        )
    answering = units(session, actor, "answer")
    if answering:
        parts.append(sa.and_(Demand.state == "demand_open", Demand.assigned_id.in_(answering)))
    asking = units(session, actor, "request")
    if asking:
        parts.append(
            sa.and_(
                Demand.state == "demand_matched",
                Demand.closed_at.is_(None),
                Demand.requester_id.in_(asking),
            )
        )
    return sa.or_(sa.false(), *parts)


def demand_turn(session: Session, demand: Demand) -> tuple[str, Organisation] | None:
    """The act that moves a demand on and the unit it is done for; None where nobody has to act."""
    act = None if demand.closed_at is not None else DEMAND_STATES[demand.state].act
    if act is None:
        return None
    if demand.state == "demand_open" and demand.assigned_id is not None:
        return "answer", session.get_one(Organisation, demand.assigned_id)
    return act, demand.requester


def demands_waiting(session: Session, actor: Actor, limit: int = 100) -> list[DemandRow]:
    """The demands whose next step is this actor's."""
    return _rows(session, [demand_waits_for(session, actor)], size=limit)


def count_demands_waiting(session: Session, actor: Actor) -> int:
    """How many demands wait for this actor."""
    where = demand_waits_for(session, actor)
    return session.scalar(sa.select(sa.func.count(Demand.id)).where(where)) or 0


def advance_demand(
    session: Session, actor: Actor, demand: Demand, step: str, choice: Choice | None = None
) -> Demand:
    """Take one step of the life of a demand, or refuse."""
    choice = choice or Choice()
    rule = DEMAND_STEPS[step]
    unit = _unit(session, demand, rule)
    if unit is None:
        raise Conflict("request_moved", request_state=demand.state)
    role = require(actor, rule.act, unit).role
    if demand.state not in rule.sources or demand.closed_at is not None:
        raise Conflict("request_moved", request_state=demand.state)
    text = _text(rule, choice.text)
    if step in ("match", "offer"):
        resource = _chosen(session, actor, choice.resource)
        if step == "offer" and resource.department_id != unit.id:
            raise Conflict("not_ours")
        demand.matched_id = resource.id
    elif step == "assign":
        demand.assigned_id = _assignee(session, choice.unit)
    elif step in ("hand_back", "decline_match"):
        demand.assigned_id = demand.matched_id = None
    demand.state = rule.target or demand.state
    demand.changed_at = now()
    if demand.state == "withdrawn":
        demand.closed_at = now()
    session.flush()
    _note(session, actor, demand, step, role, text)
    sides = {
        "requester": demand.requester_id,
        "authority": demand.requester.authority_id,
        "assigned": demand.assigned_id,
    }
    tell(session, step, "demand", demand.key, [(sides[side], told) for side, told in rule.tells])
    return demand


def demand_steps(session: Session, actor: Actor, demand: Demand) -> list[Step]:
    """The steps this actor's posts may take now."""
    if demand.closed_at is not None:
        return []
    found = []
    for step in DEMAND_STEPS.values():
        unit = _unit(session, demand, step)
        if demand.state in step.sources and unit is not None and may(actor, step.act, unit):
            found.append(step)
    return found


def demand_events(session: Session, demand: Demand) -> list[tuple[RequestEvent, str]]:
    """What was done to a demand and by whom, oldest first."""
    found = session.execute(
        sa.select(RequestEvent, Person.name)
        .join(Person, Person.id == RequestEvent.person_id)
        .where(RequestEvent.demand_id == demand.id)
        .order_by(RequestEvent.id)
    )
    return [(event, name) for event, name in found]


def _unit(session: Session, demand: Demand, rule: Step) -> Organisation | None:
    if rule.side != "assigned":
        return demand.requester
    return session.get(Organisation, demand.assigned_id) if demand.assigned_id else None


def _chosen(session: Session, actor: Actor, key: str) -> Resource:
    resource = find_resource(session, actor, key[:40]) if key else None
    if resource is None:
        raise Missing("no_match_chosen")
    if resource.live is None or resource.live.state != "published":
        raise Conflict("not_offered")
    return resource


def _assignee(session: Session, unit: int | None) -> int:
    found = session.get(Organisation, unit) if unit is not None else None
    if found is None or found.valid_to is not None:
        raise Missing("no_unit_chosen")
    return found.id


def _text(rule: Step, text: str) -> str:
    text = text.strip()
    if rule.text is None:
        return ""
    if rule.text and not text:
        raise Invalid([Problem("/text", "text", rule=rule.id, record="demand")])
    if len(text) > LONGEST_TEXT:
        facts = {"limit": LONGEST_TEXT, "given": len(text)}
        raise Invalid([Problem("/text", "long-text", facts, record="demand")])
    return text


def _note(session: Session, actor: Actor, demand: Demand, step: str, role: str, text: str) -> None:
    session.add(
        RequestEvent(
            demand_id=demand.id,
            act=step,
            person_id=actor.person_id,
            role=role,
            on=calendar.today(),
            text=text,
        )
    )
    session.flush()
    facts: Mapping[str, Any] = {"state": demand.state, "number": demand.number}
    journal.record(
        session,
        actor,
        step,
        "demand",
        demand.key,
        role=role,
        digest=schemas.digest(dict(demand.document), demand.key.encode()),
        facts=facts,
    )
