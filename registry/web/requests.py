"""Requests for data: the list with its clocks, the form, the page with its steps, notices."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import sqlalchemy as sa
from flask import Blueprint, render_template, request, url_for
from werkzeug.wrappers import Response

import schemas
from anonymization import plan
from registry import calendar, catalogue, exchange
from registry.access import may
from registry.edge import actor, go, locale, reads, session, writes
from registry.edge.numbers import natural
from registry.edge.words import sentence
from registry.errors import Conflict, Invalid, Missing, Unreadable
from registry.exchange import Given, Step
from registry.models.accounts import Organisation
from registry.models.catalogue import Resource
from registry.models.exchange import Demand, Request, RequestEvent
from registry.web.done import people
from registry.web.paging import paged

pages = Blueprint("requests", __name__)

Document = Mapping[str, Any]
SHOWN = ("waiting", "out", "in", "overdue", "all")
# The way of a request as its page draws it: stage, the states that stand in it.
WAY = (
    ("draft", ("draft",)),
    ("consent_out", ("consent_out",)),
    ("received", ("received", "extended", "correction_asked")),
    ("consent_back", ("consent_back",)),
    ("delivering", ("granted", "granted_standing", "delivering")),
    ("in_use", ("in_use", "data_correction", "suspended")),
)
# Steps that carry a document have a form of their own on the page.
WITH_FORM = ("submit", "complete", "prepare")
# Steps after which the next person reads the reason first.
SENT_BACK = frozenset(
    {
        "return_out",
        "ask_correction",
        "return_back",
        "decline_extension",
        "raise_dispute",
        "contest_rest",
    }
    | {"reopen"}
    | {"ask_data_correction", "suspend"}
)
# Words within one side: the other side reads that it happened, not why.
INNER = {"return_out": "requester", "return_back": "provider"}
STEP_PATH = ", ".join(f"'{step.replace('_', '-')}'" for step in exchange.STEPS)


@pages.get("/requests")
@reads()
def index() -> str:
    """What waits for me, what my unit asked for, what is asked of it; most urgent first."""
    shown = request.args.get("show", "")
    counts = {name: exchange.count(session(), _where(name)) for name in SHOWN}
    if shown not in SHOWN:
        shown = "waiting" if counts["waiting"] else "all"
    page, last = paged(counts[shown], exchange.PAGE)
    rows = exchange.rows(session(), _where(shown), page)
    return render_template(
        "requests.html",
        place="requests",
        shown=shown,
        counts=counts,
        lines=[(row, exchange.clock(session(), row.request)) for row in rows],
        page=page,
        last=last,
        page_address=lambda n: url_for(".index", show=shown, page=n),
        demands=exchange.count_demands_waiting(session(), actor()),
    )


def _where(shown: str) -> list[sa.ColumnElement[bool]]:
    known = exchange.visible(session(), actor())
    mine = actor().organisation_ids or {0}
    table: Mapping[str, Sequence[sa.ColumnElement[bool]]] = {
        "waiting": [exchange.waits_for(session(), actor())],
        "out": [known, Request.requester_id.in_(mine)],
        "in": [known, Request.provider_id.in_(mine)],
        "overdue": [known, exchange.overdue()],
        "all": [known],
    }
    return list(table[shown])


@pages.get("/resources/<key>/request")
@reads("request")
def new(key: str) -> str:
    """The form for a request of items of this resource, nothing ticked."""
    resource = exchange.requestable(session(), actor(), key)
    demand = _demand()
    document = {}
    if demand is not None:
        document = {k: v for k, v in demand.document.items() if k in ("basis", "scene", "scope")}
    return _form(resource, document)


@pages.post("/resources/<key>/request")
@writes("request")
def create(key: str) -> Response | tuple[str, int]:
    """Keep the draft; with the second button hand it to the head as well."""
    resource = exchange.requestable(session(), actor(), key)
    typed = _typed("request")
    units = _my_units()
    unit = next((u for u in units if str(u.id) == request.form.get("unit")), None)
    unit = unit or (units[0] if len(units) == 1 else None)
    if unit is None:
        raise Missing("no_unit_chosen")
    made = exchange.draft(session(), actor(), resource, unit, typed, _demand())
    if request.form.get("do") == "submit":
        try:
            exchange.advance(session(), actor(), made, "submit")
        except Invalid as refusal:
            session().rollback()
            resource = exchange.requestable(session(), actor(), key)
            return _form(resource, typed, refusal=refusal), 422
    return go(url_for(".show", key=made.key))


def _demand() -> Demand | None:
    key = request.values.get("demand", "")[:40]
    return exchange.find_demand(session(), actor(), key) if key else None


@pages.get("/requests/<key>")
@reads()
def show(key: str) -> str:
    """The request: facts, items, clock, the steps this reader may take, what was done."""
    return _shown(exchange.find(session(), actor(), key))


@pages.get("/requests/<key>/edit")
@reads("request")
def edit(key: str) -> str:
    """The form of a draft."""
    found = exchange.find(session(), actor(), key)
    _require_draft(found)
    return _form(found.resource, found.document, found)


@pages.post("/requests/<key>/edit")
@writes("request")
def save(key: str) -> Response | tuple[str, int]:
    """Keep the draft as typed; with the second button hand it to the head."""
    found = exchange.find(session(), actor(), key)
    typed, seen = _typed("request"), _seen()
    try:
        if request.form.get("do") == "submit":
            given = Given(document=typed, seen=seen)
            exchange.advance(session(), actor(), found, "submit", given)
        else:
            exchange.save(session(), actor(), found, typed, seen)
    except (Invalid, Conflict) as refusal:
        _require_shown(refusal)
        session().rollback()
        found = exchange.find(session(), actor(), key)
        return _form(found.resource, typed, found, refusal), refusal.status
    return go(url_for(".show", key=key))


def _require_shown(refusal: Invalid | Conflict) -> None:
    """Pass on what makes the form pointless; what was typed is shown again in all other cases."""
    if isinstance(refusal, Conflict) and refusal.code != "request_changed":
        raise refusal


@pages.post(f"/requests/<key>/<any({STEP_PATH}):step>")
@writes()
def advance(key: str, step: str) -> Response | tuple[str, int]:
    """Take one step on the request that was on the page; what was typed is never lost."""
    found = exchange.find(session(), actor(), key)
    name = step.replace("-", "_")
    record = {"prepare": "answer", "complete": "request"}.get(name)
    typed = _typed(record) if record else None
    text = request.form.get("text", "")
    given = Given(text, typed, natural(request.form.get("days")), _seen())
    try:
        exchange.advance(session(), actor(), found, name, given)
    except (Invalid, Conflict) as refusal:
        _require_shown(refusal)
        session().rollback()
        found = exchange.find(session(), actor(), key)
        return _shown(found, name, typed, text, refusal), refusal.status
    return go(url_for(".show", key=key))


@pages.post("/resources/<key>/<any('standing-consent', 'end-standing-consent'):step>")
@writes("consent_back")
def standing(key: str, step: str) -> Response:
    """Sign or end the standing consent for a resource of the unit."""
    resource = catalogue.find(session(), actor(), key)
    if step == "standing-consent":
        exchange.sign_standing(session(), actor(), resource, request.form.get("scope", ""))
    else:
        exchange.end_standing(session(), actor(), resource)
    return go(url_for("resources.show", key=key))


@pages.post("/notices/put-away")
@writes()
def put_away() -> Response:
    """Mark notices as read."""
    numbers = [natural(one) for one in request.form.getlist("notice")[:200]]
    exchange.put_away(session(), actor(), [one for one in numbers if one is not None])
    return go(url_for("inbox.inbox"))


def _form(
    resource: Resource,
    document: Document,
    found: Request | None = None,
    refusal: Invalid | Conflict | None = None,
) -> str:
    fields = schemas.fields("request")
    return render_template(
        "request_edit.html",
        place="requests",
        resource=resource,
        name=resource.live.name if resource.live else "",
        found=found,
        document=document,
        chosen=_chosen(document),
        items=exchange.offered(session(), resource),
        items_field=next(f for f in fields if f.key == "items"),
        groups=_groups("request"),
        **_refused(refusal),
        others=_others(resource) if found is None else [],
        units=_my_units() if found is None else [],
        unit=request.form.get("unit", ""),
        demand=request.values.get("demand", "")[:40],
        standing=exchange.standing_consent(session(), resource),
        sensitive_from=exchange.sensitive_from(),
        share_condition=_condition(resource),
    )


def _refused(refusal: Invalid | Conflict | None) -> dict[str, Any]:
    """What the page says of a refusal: the faults by field, or that somebody was quicker."""
    if isinstance(refusal, Invalid):
        return {"problems": refusal.problems, "stale": None}
    return {"problems": (), "stale": sentence(refusal)[1] if refusal else None}


def _others(resource: Resource) -> list[exchange.Row]:
    """What my units asked of this resource before and still runs: nobody asks twice unknowingly."""
    where = [
        exchange.visible(session(), actor()),
        Request.resource_id == resource.id,
        Request.requester_id.in_(exchange.units(session(), actor(), "request")),
        Request.state.not_in(exchange.CLOSED),
    ]
    return exchange.rows(session(), where, size=5)


def _shown(
    found: Request,
    step: str = "",
    typed: Document | None = None,
    text: str = "",
    refusal: Invalid | Conflict | None = None,
) -> str:
    steps = exchange.available(session(), actor(), found)
    clock = exchange.clock(session(), found)
    asked = exchange.elements(session(), found)
    answer = typed if step == "prepare" and typed is not None else (found.answer or {})
    mine = may(actor(), "answer", found.provider) or may(actor(), "consent_back", found.provider)
    decided = found.replied_on is not None
    events = _events(found)
    return render_template(
        "request.html",
        place="requests",
        found=found,
        row=exchange.rows(session(), [Request.id == found.id])[0],
        asked=asked,
        clock=clock,
        late=exchange.days_late(session(), found),
        way=_way(found),
        steps=_steps(steps),
        with_form=[s for s in steps if s in WITH_FORM and steps[s] is None],
        said=schemas.display(found.document, locale(), "request"),
        # A prepared answer is the provider's own until its head has consented.
        answer=_answer(found) if decided or mine else [],
        proposed=_chosen(found.answer or {}, "granted") if mine and not decided else None,
        answer_typed=answer,
        # Nothing is granted by itself; what the clerk chose before a return still stands.
        granted=_chosen(answer, "granted"),
        weighed=_weighed(found, asked),
        holder=_holder(found),
        profiles=plan.profiles(),
        proven=_proven(found, asked) if mine else None,
        starts=_starts(found),
        given=[one for one in asked if one.granted],
        sensitive_from=exchange.sensitive_from(),
        completion=typed if step == "complete" and typed is not None else found.document,
        chosen=_chosen(typed if step == "complete" and typed is not None else found.document),
        answer_fields=[f for f in schemas.fields("answer") if f.key != "granted"],
        groups=_groups("request"),
        events=events,
        because=_because(events),
        delivered=_delivered(events),
        deliver=exchange.STEPS["deliver"],
        siblings=_siblings(found),
        failed=step,
        text=text,
        days=request.form.get("days", ""),
        **_refused(refusal),
        longest=exchange.longest_extension(
            exchange.reply_deadline([one.share_type for one in asked])
        ),
    )


def _starts(found: Request) -> date | None:
    """The day the answer counts as received, where that is yet to come: after closing, at rest."""
    received = found.received_on
    return received if received is not None and received > calendar.today() else None


UNDELIVERED = ("received", "extended", "consent_back", "granted", "granted_standing", "delivering")


def _proven(found: Request, asked: Sequence[exchange.Asked]) -> tuple[str, str] | None:
    """The way of sharing in words, and the release profile of the proof that covers it, or "".

    None where nothing personal is asked for, or the data are delivered already.
    """
    if found.state not in UNDELIVERED:
        return None
    keys = {one.key for one in asked if one.granted is not False}
    covered = exchange.proven(session(), found, keys)
    if covered is None:
        return None
    return schemas.codes.label("share_method", covered.method, locale()), covered.profile


def _holder(found: Request) -> str:
    """Who has the ball, by name and post; "" where nobody has."""
    turn = exchange.turn(found)
    return people(session(), *turn) if turn else ""


def _weighed(found: Request, asked: Sequence[exchange.Asked]) -> dict[str, Any] | None:
    """What the head who has the ball weighs; None where no head decides."""
    if found.state == "consent_back":
        given = exchange.weigh(asked, _chosen(found.answer or {}, "granted"))
    elif found.state == "consent_out":
        given = exchange.weigh(exchange.offered(session(), found.resource), {a.key for a in asked})
    else:
        return None
    # What was typed may be no date at all.
    until = (found.answer or {}).get("until") or found.document.get("until")
    return {
        "given": given,
        "until": until,
        "long": exchange.long_term(exchange.day_of(until)),
        "unexplained": bool(given.sensitive) and not found.document.get("need"),
    }


def _events(found: Request) -> list[tuple[RequestEvent, str, str]]:
    """What was done, by whom, with the words this reader may know."""
    who = actor()
    sides = {
        "requester": any(may(who, act, found.requester) for act in ("request", "consent_out")),
        "provider": any(may(who, act, found.provider) for act in ("answer", "consent_back")),
    }
    everything = may(who, "read_all")
    return [
        (event, name, event.text if everything or sides.get(INNER.get(event.act, ""), True) else "")
        for event, name in exchange.events(session(), found)
    ]


def _because(events: Sequence[tuple[RequestEvent, str, str]]) -> tuple[str, str] | None:
    """The last step with its words, where it sent the request back to somebody."""
    if not events:
        return None
    last, _, text = events[-1]
    return (last.act, text) if last.act in SENT_BACK and text else None


def _delivered(events: Sequence[tuple[RequestEvent, str, str]]) -> tuple[RequestEvent, str] | None:
    """Where the data are: the words of the last delivery, which the requester comes for."""
    told = [(event, text) for event, _, text in events if event.act == "deliver" and text]
    return told[-1] if told else None


def _siblings(found: Request) -> list[exchange.Row]:
    """What else the same unit asked of the same resource: a disputed rest, a later request."""
    where = [
        exchange.visible(session(), actor()),
        Request.resource_id == found.resource_id,
        Request.requester_id == found.requester_id,
        Request.id != found.id,
    ]
    return exchange.rows(session(), where, size=5)


def _answer(found: Request) -> list[tuple[str, list[tuple[str, str]]]]:
    """The words of the answer; its items stand in the table of items."""
    said = {k: v for k, v in (found.answer or {}).items() if k != "granted"}
    return schemas.display(said, locale(), "answer")


def _steps(steps: Mapping[str, Any]) -> list[tuple[Step, str | None]]:
    """The steps with a button in the aside, the way on first, and why this person may not."""
    found = [
        (exchange.STEPS[name], sentence(refusal)[1] if refusal else None)
        for name, refusal in steps.items()
        if name not in ("complete", "prepare") or refusal is not None
    ]
    return sorted(found, key=lambda one: ("primary", "plain", "danger").index(one[0].tone))


def _way(found: Request) -> list[tuple[str, str]]:
    """The stages with how far it has come: "done", "now", ""."""
    at = next((n for n, (_, states) in enumerate(WAY) if found.state in states), None)
    if at is None:
        return []
    signs = ["done"] * at + ["now"] + [""] * (len(WAY) - at - 1)
    return [(stage, sign) for (stage, _), sign in zip(WAY, signs, strict=True)]


def _groups(name: str) -> list[tuple[str, str, list[schemas.Field]]]:
    """The sections of the form without the items, which are ticked in a table."""
    fields = schemas.fields(name)
    return [
        (group.key, group.title(locale()), [f for f in fields if f.group == group.key])
        for group in schemas.groups(name)
        if group.key != "items"
    ]


def _chosen(document: Document, name: str = "items") -> set[str]:
    held = document.get(name)
    return {one for one in held if isinstance(one, str)} if isinstance(held, list) else set()


def _condition(resource: Resource) -> str:
    if resource.live is None:
        return ""
    return schemas.share_condition(catalogue.document_of(resource.live), locale())


def _my_units() -> list[Organisation]:
    ids = exchange.units(session(), actor(), "request")
    return list(
        session().scalars(
            sa.select(Organisation).where(Organisation.id.in_(ids)).order_by(Organisation.id)
        )
    )


def _require_draft(found: Request) -> None:
    if found.state != "draft":
        raise Conflict("request_moved", request_state=found.state)


def _typed(record: str) -> dict[str, Any]:
    try:
        return schemas.from_form(request.form.items(multi=True), record)
    except schemas.Unreadable as fault:
        raise Unreadable("unreadable") from fault


def _seen() -> int | None:
    """The row that was on the page; a form without it decides on nothing."""
    seen = natural(request.form.get("row_version"))
    if seen is None:
        raise Unreadable("unreadable")
    return seen
