"""Transfer 划转: the acts that were taken, and the form of the next one."""

from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from flask import Blueprint, render_template, request, url_for
from sqlalchemy.orm import aliased
from werkzeug.wrappers import Response

import schemas
from registry import catalogue
from registry.edge import actor, go, locale, reads, session, writes
from registry.errors import Invalid, Unreadable
from registry.models.accounts import Organisation, Person
from registry.models.catalogue import Transfer

pages = Blueprint("transfers", __name__, url_prefix="/admin/transfers")

MOST_LISTED = 200


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
        catalogue.transfer(session(), actor(), typed)
    except Invalid as refusal:
        return _page(typed, refusal.problems), 422
    return go(url_for(".show"))


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
    units = session().scalars(
        sa.select(Organisation)
        .where(Organisation.authority_id.in_(actor().organisation_ids or {0}))
        .order_by(Organisation.id)
    )
    fields = schemas.fields("transfer")
    return render_template(
        "transfers.html",
        place="lists",
        acts=acts.all(),
        units=units.all(),
        sides=[f for f in fields if f.key in ("from", "to")],
        groups=[
            (g.key, g.title(locale()), [f for f in fields if f.key not in ("from", "to")])
            for g in schemas.groups("transfer")
        ],
        document=document,
        problems=problems,
    )
