"""Demands: what was not found, matched item by item with what there is, assigned, sent up."""

from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

import schemas
from registry import exchange
from registry.edge import actor, go, locale, reads, session, writes
from registry.edge.numbers import natural
from registry.errors import Invalid, Missing, Unreadable
from registry.exchange import Choice
from registry.models.accounts import Organisation
from registry.models.catalogue import Resource
from registry.models.exchange import Demand
from registry.web.done import people

pages = Blueprint("demands", __name__, url_prefix="/demands")

STEP_PATH = ", ".join(f"'{step.replace('_', '-')}'" for step in exchange.DEMAND_STEPS)


@pages.get("")
@reads()
def index() -> str:
    """Every demand this reader knows of, open ones first."""
    number = natural(request.args.get("page"), 4) or 1
    mine = request.args.get("show") == "waiting"
    rows, total = exchange.demands(session(), actor(), mine, number)
    last = max(-(-total // exchange.PAGE), 1)
    if number > last:
        # The address was kept while there were more: it leads to what is left.
        number = last
        rows, total = exchange.demands(session(), actor(), mine, last)
    return render_template(
        "demands.html",
        place="requests",
        rows=rows,
        total=total,
        mine=mine,
        waiting=exchange.count_demands_waiting(session(), actor()),
        page=number,
        last=last,
        page_address=lambda n: url_for(".index", show="waiting" if mine else None, page=n),
        may_state=bool(exchange.units(session(), actor(), "request")),
    )


@pages.get("/new")
@reads("request")
def new() -> str:
    """The form; a search without a hit brings its words along."""
    wanted = request.args.get("wanted", "").strip()[:100]
    return _form({"wanted": wanted} if wanted else {})


@pages.post("/new")
@writes("request")
def create() -> Response | tuple[str, int]:
    """State the demand; refused, the form comes back as typed."""
    typed = _typed()
    units = _units()
    unit = next((u for u in units if str(u.id) == request.form.get("unit")), None)
    unit = unit or (units[0] if len(units) == 1 else None)
    if unit is None:
        raise Missing("no_unit_chosen")
    try:
        made = exchange.state_demand(session(), actor(), unit, typed)
    except Invalid as refusal:
        session().rollback()
        return _form(typed, refusal.problems), 422
    return go(url_for(".show", key=made.key))


@pages.get("/compare")
@reads("request")
def compared() -> Response:
    """Its address opened again: nothing was kept of what was typed, so it begins anew."""
    return redirect(url_for(".new"))


@pages.post("/compare")
@reads("request")
def compare() -> str:
    """What the catalogue has of it, before anything is stated: nothing is stored."""
    return _form(_typed(), looked=True)


def _typed() -> dict[str, Any]:
    try:
        return schemas.from_form(request.form.items(multi=True), "demand")
    except schemas.Unreadable as fault:
        raise Unreadable("unreadable") from fault


@pages.get("/<key>")
@reads()
def show(key: str) -> str:
    """The demand: what is wanted, what matches item by item, whose duty it is, the steps."""
    return _shown(exchange.find_demand(session(), actor(), key))


@pages.post(f"/<key>/<any({STEP_PATH}):step>")
@writes()
def advance(key: str, step: str) -> Response | tuple[str, int]:
    """Take one step on the demand."""
    found = exchange.find_demand(session(), actor(), key)
    name, form = step.replace("-", "_"), request.form
    unit = natural(form.get("unit"))
    choice = Choice(form.get("text", ""), form.get("resource", "")[:40], unit)
    try:
        exchange.advance_demand(session(), actor(), found, name, choice)
    except Invalid as refusal:
        session().rollback()
        found = exchange.find_demand(session(), actor(), key)
        return _shown(found, name, choice.text, refusal.problems), 422
    return go(url_for(".show", key=key))


def _form(
    document: Mapping[str, Any],
    problems: Sequence[schemas.Problem] = (),
    looked: bool = False,
) -> str:
    fields = schemas.fields("demand")
    return render_template(
        "demand_edit.html",
        place="requests",
        document=document,
        groups=[
            (group.key, group.title(locale()), [f for f in fields if f.group == group.key])
            for group in schemas.groups("demand")
        ],
        problems=problems,
        units=_units(),
        unit=request.form.get("unit", ""),
        matches=exchange.candidates(session(), actor(), document) if looked else None,
    )


def _shown(
    found: Demand, step: str = "", text: str = "", problems: Sequence[schemas.Problem] = ()
) -> str:
    steps = exchange.demand_steps(session(), actor(), found)
    names = {one.id for one in steps}
    wanted = found.document.get("items")
    turn = exchange.demand_turn(session(), found)
    return render_template(
        "demand.html",
        place="requests",
        found=found,
        holder=people(session(), *turn) if turn else "",
        wanted=wanted if isinstance(wanted, list) else [],
        matched=session().get(Resource, found.matched_id) if found.matched_id else None,
        assigned=session().get(Organisation, found.assigned_id) if found.assigned_id else None,
        matches=exchange.candidates(session(), actor(), found.document),
        suggested=exchange.by_duty(session(), found.document) if "assign" in names else (),
        units=_everybody() if "assign" in names else (),
        steps=steps,
        may_match=names & {"match", "offer"},
        sections=schemas.display(found.document, locale(), "demand"),
        events=[(e, name, e.text) for e, name in exchange.demand_events(session(), found)],
        failed=step,
        text=text,
        problems=problems,
        may_request=found.state == "demand_matched"
        and found.requester_id in exchange.units(session(), actor(), "request"),
    )


def _units() -> list[Organisation]:
    ids = exchange.units(session(), actor(), "request")
    return list(
        session().scalars(
            sa.select(Organisation).where(Organisation.id.in_(ids)).order_by(Organisation.id)
        )
    )


def _everybody() -> list[Organisation]:
    return list(
        session().scalars(
            sa.select(Organisation)
            .where(Organisation.valid_to.is_(None))
            .order_by(Organisation.name)
        )
    )
