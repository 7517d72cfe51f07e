"""What changed without review: the formal changes of a month, and the yearly confirmation."""

from datetime import date

import sqlalchemy as sa
from flask import Blueprint, render_template, request, url_for
from werkzeug.wrappers import Response

import schemas
from registry import calendar, catalogue
from registry.access import acts, may
from registry.edge import actor, go, locale, reads, session, writes
from registry.errors import Missing
from registry.models.accounts import Organisation

pages = Blueprint("changes", __name__, url_prefix="/lists/changes")


@pages.get("")
@reads()
def show() -> str | tuple[str, int]:
    """The formal changes of a month in my units, and what the unit may still confirm this year.

    What is no month is said to be none: the list of another would be taken for the one asked for.
    """
    asked = request.args.get("month", "").strip()
    month = _month(asked)
    wrong = asked[:20] if month is None else ""
    month = month or calendar.today().replace(day=1)
    lines = catalogue.formal_changes(session(), actor(), month)
    page = render_template(
        "changes.html",
        place="lists",
        month=month,
        wrong=wrong,
        lines=[(line, [_title(pointer) for pointer in line.fields]) for line in lines],
        units=[
            (unit, catalogue.unconfirmed(session(), unit), catalogue.confirmed(session(), unit))
            for unit in _confirming()
        ],
        confirmed=request.args.get("confirmed", "")[:6],
        may_transfer=may(actor(), "transfer"),
    )
    return (page, 422) if wrong else page


@pages.post("/confirm")
@writes("confirm_unchanged")
def confirm() -> Response:
    """Confirm that the ticked entries of a unit did not change this year."""
    unit = next((u for u in _confirming() if u.code == request.form.get("unit")), None)
    if unit is None:
        raise Missing("no_unit", unit_code=request.form.get("unit", "")[:40])
    chosen = request.form.getlist("entry")
    if not chosen:
        raise Missing("nothing_chosen")
    count = catalogue.confirm_unchanged(session(), actor(), unit, chosen)
    return go(url_for(".show", confirmed=count))


def _confirming() -> list[Organisation]:
    """The units of the actor for which he may confirm."""
    roles = acts()["confirm_unchanged"].roles
    ids = [h.organisation_id for h in actor().holdings if h.role in roles]
    return list(
        session().scalars(
            sa.select(Organisation).where(Organisation.id.in_(ids)).order_by(Organisation.id)
        )
    )


def _month(text: str) -> date | None:
    """The month that was asked for (2026-11), this one where none was, None for what is none."""
    this = calendar.today().replace(day=1)
    if not text:
        return this
    try:
        asked = date.fromisoformat(f"{text}-01")
    except ValueError:
        return None
    return asked if abs(asked.year - this.year) < 100 else None


def _title(pointer: str) -> str:
    field = schemas.field("resource", pointer)
    return field.title(locale()) if field else pointer
