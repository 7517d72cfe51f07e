"""API tokens: a person's own, and those of everybody for who keeps the accounts."""

from collections.abc import Iterator
from contextlib import contextmanager

import sqlalchemy as sa
from flask import Blueprint, render_template, request, url_for
from werkzeug.wrappers import Response

from registry import accounts
from registry.accounts import tokens
from registry.edge import actor, go, prepared, reads, session, writes
from registry.edge.current import require_current
from registry.edge.numbers import natural
from registry.edge.words import sentence
from registry.errors import Invalid, Refusal, TooMany
from registry.models.accounts import Organisation

pages = Blueprint("tokens", __name__)


@pages.get("/tokens")
@reads("tokens")
def index() -> str:
    """My tokens, and the form that makes one."""
    return _page()


def _page(refusal: Refusal | None = None, made: str = "") -> str:
    return render_template(
        "tokens.html",
        place="inbox",
        held=tokens.own(session(), actor()),
        fault=sentence(refusal) if refusal else None,
        made=made,
        # A password is never sent back, not even to who typed it; what is done is typed no more.
        typed={} if made else {name: request.form.get(name) for name in ("purpose", "days")},
        usual=tokens.USUAL_DAYS,
        longest=tokens.LONGEST_DAYS,
        longest_purpose=tokens.LONGEST_PURPOSE,
    )


def _terms() -> tuple[str, int]:
    return request.form.get("purpose", ""), natural(request.form.get("days")) or 0


@contextmanager
def _judged() -> Iterator[Refusal | None]:
    """What is asked for and the password, before the lock; what is wrong is told on the form."""
    fault: Refusal | None = None
    try:
        tokens.require_terms(actor(), *_terms())
        require_current(request.form.get("current", ""), "token")
    except (Invalid, TooMany) as refusal:
        fault = refusal
    yield fault


@pages.post("/tokens/make")
@writes("tokens", before=_judged)
def make() -> tuple[str, int] | tuple[str, int, dict[str, str]]:
    """Make a token and show it, this once."""
    fault = prepared()
    if fault is not None:
        return _page(fault), fault.status
    made = tokens.make(session(), actor(), *_terms())
    return _page(made=made), 201, {"Location": url_for(".index")}


@pages.post("/tokens/<key>/revoke")
@writes("tokens")
def revoke(key: str) -> Response:
    """End one of my tokens."""
    tokens.revoke_own(session(), actor(), key[:16])
    return go(url_for(".index"))


@pages.get("/admin/tokens")
@reads("accounts")
def of_accounts() -> str:
    """The tokens of all who hold a post in a unit, or of everybody."""
    code = request.args.get("unit", "")[:18]
    unit = accounts.organisation(session(), code) if code else None
    return render_template(
        "tokens_of.html",
        place="admin",
        held=tokens.of_accounts(session(), actor(), unit_id=unit.id if unit else None),
        unit=unit,
        units=session()
        .execute(sa.select(Organisation.code, Organisation.name).order_by(Organisation.name))
        .all(),
        most=tokens.MOST_SHOWN,
    )


@pages.post("/admin/tokens/<key>/revoke")
@writes("accounts")
def revoke_of(key: str) -> Response:
    """End somebody's token, and go back to the list it was seen in."""
    tokens.revoke_token(session(), actor(), key[:16])
    if username := request.form.get("account", ""):
        return go(url_for("admin.account", username=username))
    return go(url_for(".of_accounts", unit=request.form.get("unit") or None))
