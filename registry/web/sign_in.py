"""Signing in and out, and one's own password."""

from collections.abc import Iterator
from contextlib import contextmanager

import sqlalchemy as sa
from flask import Blueprint, render_template, request
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as BaseResponse

from registry import accounts, journal
from registry.access.actor import of_account
from registry.calendar import today
from registry.edge import (
    actor,
    database,
    go,
    prepared,
    reads,
    remember,
    session,
    settings,
    writes,
)
from registry.edge.addresses import local
from registry.edge.csrf import SESSION_COOKIE
from registry.edge.current import require_current
from registry.edge.words import sentence
from registry.errors import Forbidden, Invalid, Refusal, TooMany
from registry.models.accounts import Account

pages = Blueprint("sign_in", __name__)


@pages.get("/sign-in")
@reads(public=True, always=True)
def form() -> str:
    """The form; `next` is where the reader wanted to go."""
    return render_template("sign_in.html", next=local(request.args.get("next", "")))


@pages.post("/sign-in")
@reads(public=True, always=True)
def check() -> BaseResponse | tuple[str, int]:
    """Open a session under a new token, or say that it failed, in the same words every time.

    The password is judged outside any writing transaction: argon2 must not hold the lock.
    """
    username = request.form.get("username", "").strip()[:60]
    address = request.remote_addr or ""
    try:
        remember(lambda s: accounts.begin_try(s, username, address))
        account_id = accounts.check_password(
            database(), username, request.form.get("password", "")[:1000]
        )
    except (Forbidden, TooMany) as refusal:
        if isinstance(refusal, Forbidden):
            why = refusal
            remember(lambda s: accounts.note_failure(s, username, why))
        title, text = sentence(refusal)
        page = render_template(
            "sign_in.html",
            next=local(request.form.get("next", "")),
            fault=(title, text),
            username=username,
        )
        return page, refusal.status
    token: list[str] = []
    old = request.cookies.get(SESSION_COOKIE)

    def rotate(own: Session) -> None:
        account = own.get_one(Account, account_id)
        if old:
            accounts.close_session(own, old)
        accounts.forget_failures(own, username, address)
        token.append(accounts.open_session(own, account_id))
        who = of_account(own, account, today())
        journal.record(own, who, "sign_in", "account", account.username)

    remember(rotate)
    answer = go(local(request.form.get("next", "")) or "/inbox")
    _set_cookie(answer, token[0])
    return answer


@pages.post("/sign-out")
@writes(always=True)
def leave() -> BaseResponse:
    """End the session on the server and in the browser."""
    accounts.close_session(session(), request.cookies.get(SESSION_COOKIE, ""))
    journal.record(session(), actor(), "sign_out", "account", actor().username)
    answer = go("/sign-in")
    answer.delete_cookie(SESSION_COOKIE)
    return answer


@pages.get("/password")
@reads(always=True)
def password() -> str:
    """The form by which a person changes his own password; `next` is where he wanted to go."""
    return _password_form(request.args.get("next", ""))


def _password_form(after: str, fault: tuple[str, str] | None = None) -> str:
    return render_template(
        "password.html",
        fault=fault,
        least=accounts.SHORTEST_PASSWORD,
        is_given=actor().owes_password,
        next=local(after),
    )


@contextmanager
def _judged() -> Iterator[str | Refusal]:
    """Both passwords judged before the lock; what is wrong with them is told on the form."""
    form = request.form
    new, current = form.get("password", ""), form.get("current", "")
    made: str | Refusal
    try:
        accounts.require_strong(actor().username, new)
        if new != form.get("again", ""):
            raise Invalid([], code="password_again")
        require_current(current, "set_password")
        if new == current:
            raise Invalid([], code="password_same")
        made = accounts.hash_password(new)
    except (Invalid, TooMany) as fault:
        made = fault
    yield made


@pages.post("/password")
@writes(before=_judged, always=True)
def change_password() -> BaseResponse | tuple[str, int]:
    """Put the new password in place; other browsers of this account are signed out."""
    made = prepared()
    if isinstance(made, Refusal):
        return _password_form(request.form.get("next", ""), sentence(made)), made.status
    account = (
        session().scalars(sa.select(Account).where(Account.username == actor().username)).one()
    )
    here = request.cookies.get(SESSION_COOKIE, "")
    accounts.set_password(session(), actor(), account, str(made), staying=here)
    return go(local(request.form.get("next", "")) or "/inbox")


def _set_cookie(answer: BaseResponse, token: str) -> None:
    answer.set_cookie(
        SESSION_COOKIE,
        token,
        httponly=True,
        samesite="Lax",
        secure=settings().public_url.startswith("https:"),
    )
