"""Signing in and out."""

from flask import Blueprint, render_template, request
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as BaseResponse

from registry import accounts, journal
from registry.access.actor import of_account
from registry.calendar import today
from registry.edge import actor, database, go, reads, remember, session, settings, writes
from registry.edge.addresses import local
from registry.edge.csrf import SESSION_COOKIE
from registry.edge.words import sentence
from registry.errors import Forbidden, TooMany
from registry.models.accounts import Account

pages = Blueprint("sign_in", __name__)


@pages.get("/sign-in")
@reads(public=True)
def form() -> str:
    """The form; `next` is where the reader wanted to go."""
    return render_template("sign_in.html", next=local(request.args.get("next", "")))


@pages.post("/sign-in")
@reads(public=True)
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
@writes()
def leave() -> BaseResponse:
    """End the session on the server and in the browser."""
    accounts.close_session(session(), request.cookies.get(SESSION_COOKIE, ""))
    journal.record(session(), actor(), "sign_out", "account", actor().username)
    answer = go("/sign-in")
    answer.delete_cookie(SESSION_COOKIE)
    return answer


def _set_cookie(answer: BaseResponse, token: str) -> None:
    answer.set_cookie(
        SESSION_COOKIE,
        token,
        httponly=True,
        samesite="Lax",
        secure=settings().public_url.startswith("https:"),
    )
