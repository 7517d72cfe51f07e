"""Reading requests: who may know of them, what waits for whom, what stands on their page.

Rights are part of the query. What a reader may not know of is Missing, like what is not there.
"""

import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from registry import calendar
from registry.access import Actor, acts, may
from registry.errors import Missing
from registry.exchange.life import CLOSED, STATES
from registry.models.accounts import Organisation, Person
from registry.models.catalogue import Element, Resource, Version
from registry.models.exchange import Request, RequestElement, RequestEvent, StandingConsent
from registry.unchanged import until_next_act

PAGE = 50


@dataclass(frozen=True)
class Row:
    """A request in a list: the name of its resource ("" while that is frozen), the step asked."""

    request: Request
    name: str
    step: str = ""


@dataclass(frozen=True)
class Asked:
    """An element that is asked for, as the catalogue has it now; `there` False when it is gone."""

    key: str
    name: str
    level: str | None
    share_type: str | None
    granted: bool | None
    there: bool


def units(session: Session, actor: Actor, act: str) -> frozenset[int]:
    """The units for which the actor may do this act; none without the role."""
    if not actor.signed_in or actor.roles.isdisjoint(acts()[act].roles):
        return frozenset()

    def asked() -> frozenset[int]:
        everybody = session.scalars(sa.select(Organisation)).all()
        return frozenset(unit.id for unit in everybody if may(actor, act, unit))

    known: dict[tuple[Actor, str], frozenset[int]] = session.info.setdefault("units_for", {})
    place = (actor, act)
    if place not in known:
        known[place] = until_next_act(session, ("units for", actor.holdings, act), asked)
    return known[place]


def find(session: Session, actor: Actor, key: str) -> Request:
    """The request with this key, if the actor stands on one of its sides or above them."""
    request = session.scalar(sa.select(Request).where(Request.key == key))
    if request is None or not _sees(actor, request):
        raise Missing("no_request")
    return request


def _sees(actor: Actor, request: Request) -> bool:
    if request.received_on is None:
        return any(may(actor, act, request.requester) for act in _BEFORE)
    return any(may(actor, "read_requests", unit) for unit in (request.requester, request.provider))


# What has not gone out is nobody's business outside the requesting unit but the auditor's.
_BEFORE = ("request", "consent_out", "read_all")


def visible(session: Session, actor: Actor) -> sa.ColumnElement[bool]:
    """The condition on Request under which this reader knows of it; equal to `find`."""
    mine = units(session, actor, "read_requests")
    own = frozenset[int]().union(*(units(session, actor, act) for act in _BEFORE))
    return sa.or_(
        sa.and_(
            Request.received_on.is_not(None),
            sa.or_(Request.requester_id.in_(mine), Request.provider_id.in_(mine)),
        ),
        sa.and_(Request.received_on.is_(None), Request.requester_id.in_(own)),
    )


def name_of_resource() -> sa.ColumnElement[str]:
    """The name of Resource in a query: of its live version, else its last; "" while frozen."""
    last = (
        sa.select(Version.name)
        .where(
            Version.resource_id == Resource.id,
            Version.state.in_(["published", "suspended", "retired", "superseded"]),
        )
        .order_by(Version.number.desc())
        .limit(1)
        .correlate(Resource)
        .scalar_subquery()
    )
    return sa.case((Resource.frozen_at.is_not(None), ""), else_=sa.func.coalesce(last, ""))


def rows(
    session: Session, where: Iterable[sa.ColumnElement[bool]], page: int = 1, size: int = PAGE
) -> list[Row]:
    """The requests of a list with the names of their resources, most urgent first."""
    found = session.execute(
        sa.select(Request, name_of_resource())
        .join(Resource, Resource.id == Request.resource_id)
        .where(*where)
        .order_by(_RANK, _LAST_DAY.is_(None), _LAST_DAY, Request.id.desc())
        .offset(size * (page - 1))
        .limit(size)
    )
    return [Row(request, name) for request, name in found]


def _with_clock(*kinds: str) -> list[str]:
    return [state.id for state in STATES.values() if state.clock in kinds]


# What a clock of the law runs on comes first, then what is being prepared, used, closed.
_RANK = sa.case(
    (Request.state.in_(_with_clock("reply", "provide_data", "correction")), 0),
    (Request.state.in_(_with_clock("term")), 2),
    (Request.state.in_(CLOSED), 3),
    else_=1,
)
_LAST_DAY = sa.case(
    (Request.state.in_(_with_clock("provide_data")), Request.deliver_by),
    (Request.state.in_(_with_clock("correction")), Request.data_correction_due),
    (Request.state.in_(_with_clock("term")), Request.ends_on),
    else_=Request.due,
)


def overdue() -> sa.ColumnElement[bool]:
    """The condition on Request under which a clock of the law has run out today."""
    running = Request.state.in_(_with_clock("reply", "provide_data", "correction"))
    return sa.and_(running, calendar.today() > _LAST_DAY)


def answers_for(session: Session, actor: Actor) -> sa.ColumnElement[bool]:
    """The condition on Request under which the actor, as a head, answers for its clock."""
    heads = units(session, actor, "consent_back") | units(session, actor, "extend")
    return Request.provider_id.in_(heads)


def count(session: Session, where: Iterable[sa.ColumnElement[bool]]) -> int:
    """How many requests there are of this kind."""
    return session.scalar(sa.select(sa.func.count(Request.id)).where(*where)) or 0


def waits_for(session: Session, actor: Actor) -> sa.ColumnElement[bool]:
    """The condition on Request under which the next step is one of this actor's posts'."""
    sides = {"requester": Request.requester_id, "provider": Request.provider_id}
    parts: list[sa.ColumnElement[bool]] = []
    by_ball: dict[tuple[str, str], list[str]] = {}
    for state in STATES.values():
        if state.act is not None and state.side is not None:
            by_ball.setdefault((state.act, state.side), []).append(state.id)
    for (act, side), states in by_ball.items():
        mine = units(session, actor, act)
        column = sides.get(side, Request.provider_id)
        if mine:
            parts.append(sa.and_(Request.state.in_(states), column.in_(mine)))
    deciding = units(session, actor, "extend")
    if deciding:
        parts.append(
            sa.and_(
                Request.state == "received",
                Request.extension_asked.is_not(None),
                Request.provider_id.in_(deciding),
            )
        )
    asking = units(session, actor, "request")
    if asking:
        # The term is over: use must end, and how the data were disposed of be written down.
        parts.append(
            sa.and_(
                Request.state.in_(["in_use", "suspended"]),
                Request.ends_on < calendar.today(),
                Request.requester_id.in_(asking),
            )
        )
    return sa.or_(sa.false(), *parts)


def waiting(session: Session, actor: Actor, limit: int = 200) -> list[Row]:
    """What waits for this actor: requests whose next step is his, most urgent first."""
    found = rows(session, [waits_for(session, actor)], size=limit)
    return [Row(row.request, row.name, _asked_for(actor, row.request)) for row in found]


def elsewhere(session: Session, actor: Actor, limit: int = 200) -> list[Row]:
    """What the actor's units asked for and somebody else is to act on, most urgent first."""
    asking = units(session, actor, "request") | units(session, actor, "consent_out")
    if not asking:
        return []
    # A draft has not been sent to anybody yet.
    held = [state.id for state in STATES.values() if state.act and state.id != "draft"]
    mine = sa.not_(waits_for(session, actor))
    where = [Request.requester_id.in_(asking), Request.state.in_(held), mine]
    return rows(session, where, size=limit)


def turn(request: Request) -> tuple[str, Organisation] | None:
    """The act that moves a request on and the unit whose posts have it; None where nobody has."""
    state = STATES[request.state]
    if state.act is None:
        return None
    return state.act, request.requester if state.side == "requester" else request.provider


def _asked_for(actor: Actor, request: Request) -> str:
    """The step that moves a request on, as the word of a task."""
    if request.extension_asked is not None and may(actor, "extend", request.provider):
        return "extend"
    if request.state in ("in_use", "suspended"):
        return "end"
    return next_steps(request)[0]


def next_steps(request: Request) -> tuple[str, ...]:
    """The steps of which one moves a request on; () where nobody has to act."""
    if request.state == "dispute":
        return ("reopen", "uphold")
    if request.state == "consent_back" and not (request.answer or {}).get("granted"):
        return ("refuse",)
    return (_NEXT[request.state],) if request.state in _NEXT else ()


_NEXT: Mapping[str, str] = {
    "draft": "submit",
    "consent_out": "consent_out",
    "correction_asked": "complete",
    "received": "prepare",
    "extended": "prepare",
    "consent_back": "grant",
    "granted": "deliver",
    "granted_standing": "deliver",
    "delivering": "deliver",
    "data_correction": "correct_data",
    "dispute": "reopen",
}


def elements(session: Session, request: Request) -> list[Asked]:
    """The items asked for, in the order of the resource; names are hidden while it is frozen."""
    found = session.execute(
        sa.select(RequestElement.element_key, RequestElement.granted, Element)
        .outerjoin(
            Element,
            sa.and_(
                Element.key == RequestElement.element_key,
                Element.version_id.in_(
                    sa.select(Version.id).where(Version.resource_id == request.resource_id)
                ),
            ),
        )
        .where(RequestElement.request_id == request.id)
        .order_by(RequestElement.element_key, Element.version_id)
    )
    live = request.resource.live_version_id
    known: dict[str, tuple[bool | None, Element | None]] = {}
    for key, granted, element in found:
        before = known.get(key, (None, None))[1]
        # The live version names an item, else the last that had it.
        if before is None or before.version_id != live:
            known[key] = (granted, element)
    hidden = request.resource.frozen_at is not None
    asked = [
        (
            element.position if element else sys.maxsize,
            Asked(
                key,
                "" if hidden or element is None else element.name,
                element.level if element else None,
                element.share_type if element else None,
                granted,
                element is not None and element.version_id == live,
            ),
        )
        for key, (granted, element) in known.items()
    ]
    return [one for _, one in sorted(asked, key=lambda pair: (pair[0], pair[1].key))]


def offered(session: Session, resource: Resource) -> list[Element]:
    """The items of the live version, in order: what can be asked for, and what is withheld."""
    return list(
        session.scalars(
            sa.select(Element)
            .where(Element.version_id == resource.live_version_id)
            .order_by(Element.position)
        )
    )


def events(session: Session, request: Request) -> list[tuple[RequestEvent, str]]:
    """What was done to a request and by whom, oldest first."""
    found = session.execute(
        sa.select(RequestEvent, Person.name)
        .join(Person, Person.id == RequestEvent.person_id)
        .where(RequestEvent.request_id == request.id)
        .order_by(RequestEvent.id)
    )
    return [(event, name) for event, name in found]


def standing_consent(session: Session, resource: Resource) -> StandingConsent | None:
    """The standing consent for this resource that is in force today."""
    return session.scalar(_STANDING, {"b_resource": resource.id})


# Asked with every page of an entry: written once.
_STANDING = sa.select(StandingConsent).where(
    StandingConsent.resource_id == sa.bindparam("b_resource"), StandingConsent.ended_on.is_(None)
)
_USERS = (
    sa.select(Organisation.name, sa.func.max(Request.ends_on))
    .join(Organisation, Organisation.id == Request.requester_id)
    .where(
        Request.resource_id == sa.bindparam("b_resource"),
        Request.state.in_(["in_use", "data_correction"]),
    )
    .group_by(Organisation.name)
    .order_by(Organisation.name)
)


def users(session: Session, resource: Resource) -> Sequence[tuple[str, Any]]:
    """Who uses this resource: the units that hold a grant, with its last day (谁使用)."""
    rows = session.execute(_USERS, {"b_resource": resource.id})
    return [(name, ends) for name, ends in rows]
