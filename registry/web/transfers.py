"""Transfer 划转: the acts that were taken, each with its entries, and the form of the next one."""

from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from flask import Blueprint, render_template, request, url_for
from sqlalchemy.orm import aliased
from werkzeug.wrappers import Response

import schemas
from registry import catalogue, exchange
from registry.access import may
from registry.edge import actor, go, locale, reads, session, writes
from registry.errors import Invalid, Missing, Unreadable
from registry.models.accounts import Organisation, Person
from registry.models.catalogue import Resource, Transfer, Version

pages = Blueprint("transfers", __name__, url_prefix="/admin/transfers")

MOST_LISTED = 200
# Who of the two units is told: whoever looks after the entries from that day on, or did before.
TOLD = ("registrar", "head")


@pages.get("")
@reads("transfer")
def show() -> str:
    """The acts taken so far, newest first, and the form."""
    return _page({})


@pages.post("")
@writes("transfer")
def take() -> Response | tuple[str, int]:
    """Move what was named, all of it or nothing."""
    try:
        typed = schemas.from_form(request.form.items(multi=True), "transfer")
    except schemas.Unreadable as fault:
        raise Unreadable("unreadable") from fault
    try:
        act = catalogue.transfer(session(), actor(), typed)
    except Invalid as refusal:
        return _page(typed, refusal.problems), 422
    whom = [(unit, role) for unit in (act.to_id, act.from_id) for role in TOLD]
    exchange.tell(session(), "transfer", "transfer", act.key, whom)
    return go(url_for(".show"))


@pages.get("/<key>")
@reads()
def one(key: str) -> str:
    """One act with the entries it moved, for both units, those who may transfer, and auditors."""
    act = session().scalar(sa.select(Transfer).where(Transfer.key == key))
    if act is None or not _concerns(act):
        raise Missing("no_transfer")
    entries = session().execute(
        sa.select(Resource.key, Resource.code, Version.name)
        .join(Version, Resource.live_version_id == Version.id)
        .where(Resource.key.in_(act.entries), catalogue.known(actor()))
        .order_by(Resource.code)
        .limit(MOST_LISTED)
    )
    units = {unit: session().get_one(Organisation, unit) for unit in (act.from_id, act.to_id)}
    return render_template(
        "transfer.html",
        place="lists",
        act=act,
        giver=units[act.from_id],
        taker=units[act.to_id],
        entries=entries.all(),
        may_transfer=may(actor(), "transfer"),
    )


def _concerns(act: Transfer) -> bool:
    units = actor().organisation_ids
    return (
        bool({act.from_id, act.to_id} & units)
        or may(actor(), "transfer")
        or actor().holds("auditor")
    )


def _page(document: Mapping[str, Any], problems: Sequence[schemas.Problem] = ()) -> str:
    giver, taker = aliased(Organisation), aliased(Organisation)
    acts = session().execute(
        sa.select(Transfer, giver.name, taker.name, Person.name)
        .join(giver, giver.id == Transfer.from_id)
        .join(taker, taker.id == Transfer.to_id)
        .join(Person, Person.id == Transfer.by)
        .order_by(Transfer.id.desc())
        .limit(MOST_LISTED)
    )
    units = (
        session()
        .scalars(
            sa.select(Organisation)
            .where(Organisation.authority_id.in_(actor().organisation_ids or {0}))
            .order_by(Organisation.id)
        )
        .all()
    )
    fields = schemas.fields("transfer")
    return render_template(
        "transfers.html",
        place="lists",
        acts=acts.all(),
        # Who ended may have something left to give, and takes nothing.
        sides=[
            (f, [one for one in units if f.key == "from" or one.successor_id is None])
            for f in fields
            if f.key in ("from", "to")
        ],
        groups=[
            (g.key, g.title(locale()), [f for f in fields if f.key not in ("from", "to")])
            for g in schemas.groups("transfer")
        ],
        document=document,
        problems=problems,
    )
