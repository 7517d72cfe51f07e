"""The claim list 认领清单: what was harvested from other catalogues, and whose it is to be."""

from collections.abc import Sequence

import sqlalchemy as sa
from flask import Blueprint, render_template, request, url_for
from werkzeug.wrappers import Response

import schemas
from registry import catalogue, harvest
from registry.access import acts, may
from registry.edge import actor, go, locale, reads, session, writes
from registry.edge.numbers import natural, row_number
from registry.edge.words import sentence
from registry.errors import Invalid, Missing, Unreadable
from registry.models.accounts import Organisation
from registry.models.catalogue import Resource
from registry.models.harvest import Claim

pages = Blueprint("claims", __name__, url_prefix="/claims")


@pages.get("")
@reads("read_claims")
def index() -> str:
    """The claims of one state this reader may see; first those that wait."""
    asked = request.args.get("state", "")
    state = asked if asked in harvest.STATES else harvest.STATES[0]
    number = natural(request.args.get("page", "1"))
    found = harvest.listed(session(), actor(), state, number or 1)
    return render_template(
        "claims.html",
        place="inbox",
        found=found,
        state=state,
        states=harvest.STATES,
        everything=sum(found.counts.values()),
        assigns=may(actor(), "assign_claim"),
        page=number or 1,
        last=-(-found.total // harvest.PAGE),
        page_address=lambda n: url_for(".index", state=state, page=n),
    )


@pages.get("/<key>")
@reads("read_claims")
def show(key: str) -> str:
    """One claim: its text, what would stand against handing it in, what may be done."""
    return _page(harvest.find(session(), actor(), key))


@pages.post("/<key>/take")
@writes("claim")
def take(key: str) -> Response | tuple[str, int]:
    """Claim it: a draft of the unit, and on to its form."""
    found, seen = _found(key)
    declared = request.form.get("declared") == "yes"
    try:
        stored = harvest.take(session(), actor(), found, declared=declared, seen=seen)
    except Invalid as refusal:
        return _again(key, "take", refusal.problems)
    return go(url_for("drafting.edit", key=stored.key))


@pages.post("/<key>/decline")
@writes("claim")
def decline(key: str) -> Response | tuple[str, int]:
    """Say that it is not ours, and why."""
    found, seen = _found(key)
    try:
        harvest.decline(session(), actor(), found, request.form.get("reason", ""), seen=seen)
    except Invalid as refusal:
        return _again(key, "decline", refusal.problems)
    return go(url_for(".show", key=key))


@pages.post("/<key>/settle")
@writes("claim")
def settle(key: str) -> Response:
    """Note that what changed over there was looked at."""
    found, seen = _found(key)
    harvest.settle(session(), actor(), found, seen=seen)
    return go(url_for(".show", key=key))


@pages.post("/<key>/assign")
@writes("assign_claim")
def assign(key: str) -> Response:
    """Give it to a unit."""
    found, seen = _found(key)
    unit = session().get(Organisation, row_number(request.form.get("unit", "")))
    if unit is None:
        raise Missing("no_unit_chosen")
    harvest.assign(session(), actor(), found, unit, seen=seen)
    return go(url_for(".show", key=key))


def _found(key: str) -> tuple[Claim, int]:
    """The claim and the state of it the form was drawn from."""
    seen = natural(request.form.get("row_version", ""))
    if seen is None:
        raise Unreadable("unreadable")
    return harvest.find(session(), actor(), key), seen


def _again(key: str, step: str, problems: Sequence[schemas.Problem]) -> tuple[str, int]:
    session().rollback()
    found = harvest.find(session(), actor(), key)
    return _page(found, step, problems), 422


def _page(claim: Claim, step: str = "", problems: Sequence[schemas.Problem] = ()) -> str:
    document = harvest.document_of(claim)
    latest = harvest.latest_of(claim)
    entry = session().get(Resource, claim.resource_id) if claim.resource_id else None
    shown = entry is not None and (entry.working or entry.live) is not None
    return render_template(
        "claim.html",
        place="inbox",
        claim=claim,
        document=document,
        sections=schemas.display(document, locale()),
        faults=harvest.faults_of(session(), claim) if document else [],
        why=sentence(Unreadable(claim.fault)) if claim.fault else None,
        changes=catalogue.difference(document, latest, locale()) if latest else [],
        item_changes=catalogue.item_changes(document, latest, locale()) if latest else [],
        entry=entry if shown else None,
        may_claim=claim.department is not None
        and may(actor(), "claim", claim.department)
        and harvest.is_open(session(), claim),
        may_settle=latest is not None
        and claim.department is not None
        and may(actor(), "claim", claim.department),
        units=_units() if claim.state in ("waiting", "declined") else [],
        step=step,
        problems=problems,
        reason=request.form.get("reason", ""),
        declared=request.form.get("declared") == "yes",
    )


def _units() -> list[Organisation]:
    """The units this actor may assign a claim to."""
    roles = acts()["assign_claim"].roles
    above = {h.organisation_id for h in actor().holdings if h.role in roles}
    query = sa.select(Organisation).where(Organisation.authority_id.in_(above or {0}))
    return list(session().scalars(query.order_by(Organisation.id)))
