"""The requests and demands of the demo city, in every state, with the steps that led there."""

from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, object_session

import schemas
from registry import calendar, journal
from registry.access import SYSTEM
from registry.db import new_key
from registry.exchange.clocks import CORRECTION, DELIVERY, due
from registry.exchange.effects import number
from registry.exchange.life import GRANTED
from registry.models.accounts import Organisation, Person, Post
from registry.models.catalogue import Element, Resource
from registry.models.exchange import (
    Demand,
    Request,
    RequestElement,
    RequestEvent,
    StandingConsent,
)

# A step of the past: its id, the unit and the role of who took it, the day, the words.
Past = tuple[str, Organisation, str, date, str]

FIRST_DAYS = {"draft": date(2026, 11, 20), "consent_out": date(2026, 11, 20)}


class Cast:
    """Who acts for a unit in a role: the holder of the post, else somebody made up."""

    def __init__(self, session: Session, names: list[str]) -> None:
        self._session = session
        self._names = iter(names)
        rows = session.execute(sa.select(Post.organisation_id, Post.role, Post.person_id))
        self._known = {(unit, role): person for unit, role, person in rows}

    def person(self, unit: Organisation, role: str) -> int:
        """The id of the person."""
        place = (unit.id, role)
        if place not in self._known:
            made = Person(key=new_key(), name=next(self._names, f"{unit.short}工作人员"))
            self._session.add(made)
            self._session.flush()
            self._known[place] = made.id
        return self._known[place]


def add_requests(
    session: Session, units: Mapping[str, Organisation], rows: list[Any], wanted: Mapping[str, Any]
) -> None:
    """Make every request and demand, oldest first, so that numbers follow the days."""
    people = Cast(session, wanted["people"])
    codes = {row["resource"] for row in rows if "resource" in row}
    codes |= {code for row in rows for code in row.get("matched", ())}
    resources = {
        str(r.code): r for r in session.scalars(sa.select(Resource).where(Resource.code.in_(codes)))
    }
    entries: list[journal.Entry] = []
    for row in sorted(rows, key=lambda one: (one.get("received", "9"), one["id"])):
        if row["kind"] == "request":
            entries += _request(session, people, units, resources[row["resource"]], row)
    for row in rows:
        if row["kind"] == "demand":
            facts = wanted["demands"][row["id"]]
            entries += _demand(session, people, units, resources, {**row, **facts})
    journal.record_many(session, SYSTEM, sorted(entries, key=lambda e: str(e.at)))


def _request(
    session: Session,
    people: Cast,
    units: Mapping[str, Organisation],
    resource: Resource,
    row: Mapping[str, Any],
) -> list[journal.Entry]:
    requester, provider = units[row["requester"]], units[row["provider"]]
    elements = _elements(session, resource, row["items"])
    received, replied = _day(row.get("received")), _day(row.get("replied"))
    delivered = _day(row.get("delivered"))
    asked, state = row.get("correction", {}), row["state"]
    steps = list(_past(row, requester, provider))
    made = Request(
        key=new_key(),
        number=number(session, "申请") if received else None,
        requester=requester,
        provider=provider,
        resource=resource,
        state=state,
        document={
            "items": list(elements),
            "basis": row["basis_of_use"],
            "scene": row["scene"],
            "scope": row["scope"],
            "method": row["method"],
            "until": row["until"],
        },
        created_by=people.person(requester, "consumer"),
        created_at=_moment(steps[0][3]),
        received_on=received,
        due=_day(row.get("due")),
        extension_days=row.get("extension_days", 0),
        correction_asked_on=_day(asked.get("asked_on")),
        replied_on=replied,
        deliver_by=_day(row.get("deliver_by"))
        or (due(session, replied, DELIVERY) if replied and delivered else None),
        delivered_on=delivered,
        data_correction_due=_data_correction(session, asked),
        ends_on=_day(row["until"]) if state in GRANTED or state == "ended" else None,
        answer=_answer(row, list(elements)),
    )
    session.add(made)
    session.flush()
    granted = {"refused": False, "dispute": False}.get(state, True if replied else None)
    session.add_all(
        RequestElement(request_id=made.id, element_key=key, granted=granted) for key in elements
    )
    if "standing" in row:
        session.add(
            StandingConsent(
                resource_id=resource.id,
                signed_by=people.person(provider, "sharing_head"),
                signed_on=_day(row["standing"]["signed_on"]),
                scope=row["standing"]["scope"],
            )
        )
    return _events(session, people, steps, made, "request")


def _past(
    row: Mapping[str, Any], requester: Organisation, provider: Organisation
) -> Iterator[Past]:
    """The steps that led to the state of a request."""
    state = row["state"]
    first = _day(row.get("received")) or FIRST_DAYS.get(state, date(2026, 11, 10))
    yield "draft", requester, "consumer", first, ""
    if state != "draft":
        yield "submit", requester, "consumer", first, ""
    if state == "withdrawn":
        yield "withdraw", requester, "consumer", first, row["note"]
    if "received" not in row:
        return
    yield "consent_out", requester, "sharing_head", first, ""
    asked = row.get("correction", {})
    if "asked_on" in asked:
        text = f"缺：{'、'.join(asked['missing'])}"
        yield "ask_correction", provider, "registrar", _the(asked["asked_on"]), text
    if "extension" in row:
        on = _the(row["extension"]["on"])
        yield "ask_extension", provider, "registrar", on, row["extension"]["why"]
        yield "extend", _authority(provider), "authority_head", on, ""
    if state == "consent_back":
        yield "prepare", provider, "registrar", date(2026, 11, 23), ""
    if "replied" in row:
        yield from _answered(row, provider)
    yield from _used(row, requester, provider)


def _answered(row: Mapping[str, Any], provider: Organisation) -> Iterator[Past]:
    replied = _the(row["replied"])
    if "standing" in row:
        yield "grant_standing", provider, "sharing_head", replied, ""
        return
    refused = row["state"] in ("refused", "dispute")
    yield "prepare", provider, "registrar", replied, ""
    yield "refuse" if refused else "grant", provider, "sharing_head", replied, ""
    if row["state"] == "delivering":
        yield "start_delivery", provider, "registrar", replied, ""


def _used(
    row: Mapping[str, Any], requester: Organisation, provider: Organisation
) -> Iterator[Past]:
    if "delivered" in row:
        yield "deliver", provider, "registrar", _the(row["delivered"]), "服务接口"
    use = row.get("use_record")
    if use:
        said = f"调用 {use['calls']} 次；成效：{use['effect']}；存储：{use['storage']}"
        yield "record_use", requester, "consumer", _the(use["last"]), said
    raised = row.get("correction", {})
    if "raised_on" in raised:
        on = _the(raised["raised_on"])
        yield "ask_data_correction", requester, "consumer", on, raised["what"]
    if "suspended" in row:
        on = _the(row["suspended"]["on"])
        yield "suspend", provider, "sharing_head", on, row["suspended"]["why"]
    if "disposal" in row:
        yield "end", requester, "consumer", _the(row["disposal"]["on"]), row["disposal"]["how"]
    if "dispute" in row:
        on = _the(row["dispute"]["since"])
        yield "raise_dispute", requester, "consumer", on, "认为用途属于法定职责"


def _answer(row: Mapping[str, Any], keys: list[str]) -> dict[str, Any] | None:
    if row["state"] in ("refused", "dispute"):
        return {"reason": row["reason"], "basis": row["basis"]}
    if row["state"] == "consent_back" or ("replied" in row and "standing" not in row):
        return {"granted": keys, "until": row["until"]}
    return None


def _data_correction(session: Session, asked: Mapping[str, Any]) -> date | None:
    raised = _day(asked.get("raised_on"))
    return due(session, raised, CORRECTION) if raised else None


def _demand(
    session: Session,
    people: Cast,
    units: Mapping[str, Organisation],
    resources: Mapping[str, Resource],
    row: Mapping[str, Any],
) -> list[journal.Entry]:
    requester, on = units[row["requester"]], _the(row["raised_on"])
    steps: list[Past] = [("state_demand", requester, "consumer", on, "")]
    authority = _authority(requester)
    matched = next(iter(row.get("matched", ())), None)
    if matched:
        steps.append(("match", authority, "reviewer", on, ""))
    above = row.get("external")
    if above:
        text = f"{above['system']} {above['number']}，{above['status']}"
        steps.append(("send_up", authority, "reviewer", _the(above["sent_on"]), text))
        if "answered_on" in above:
            answered = _the(above["answered_on"])
            steps.append(("answer_up", authority, "reviewer", answered, above["status"]))
    document = {k: row[k] for k in ("wanted", "items", "scene", "scope", "held_at") if k in row}
    made = Demand(
        key=new_key(),
        number=number(session, "需求"),
        requester=requester,
        state=row["state"],
        document=document,
        matched_id=resources[matched].id if matched else None,
        raised_by=people.person(requester, "consumer"),
        raised_on=on,
        changed_at=_moment(steps[-1][3]),
    )
    session.add(made)
    session.flush()
    return _events(session, people, steps, made, "demand")


def _events(
    session: Session, people: Cast, steps: list[Past], made: Request | Demand, subject: str
) -> list[journal.Entry]:
    """The lines of the page, and the rows of the journal for them."""
    digest = schemas.digest(dict(made.document), made.key.encode())
    entries = []
    for n, (step, unit, role, on, text) in enumerate(steps):
        at = _moment(on, n)
        session.add(
            RequestEvent(
                request_id=made.id if subject == "request" else None,
                demand_id=made.id if subject == "demand" else None,
                act=step,
                person_id=people.person(unit, role),
                role=role,
                at=at,
                on=on,
                text=text,
            )
        )
        entries.append(
            journal.Entry(
                step, subject, made.key, role=role, organisation=unit.code, digest=digest, at=at
            )
        )
    session.flush()
    return entries


def _elements(session: Session, resource: Resource, names: list[str]) -> dict[str, str]:
    rows = session.execute(
        sa.select(Element.name, Element.key).where(
            Element.version_id == resource.live_version_id, Element.name.in_(names)
        )
    )
    by_name = {name: key for name, key in rows}  # noqa: C416 - a row is not a pair to the types
    return {by_name[name]: name for name in names}


def _authority(unit: Organisation) -> Organisation:
    session = object_session(unit)
    assert session is not None
    return session.get_one(Organisation, unit.authority_id or unit.id)


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def _the(text: str) -> date:
    return date.fromisoformat(text)


def _moment(on: date, n: int = 0) -> datetime:
    """Office hours of that day; later steps of one day come later."""
    opening = datetime.combine(on, time(9), calendar.CITY).astimezone(UTC)
    return opening + timedelta(minutes=10 * n)
