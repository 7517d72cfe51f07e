"""Signing in: argon2, one answer for every failure, lock-out per name and address, sessions.

A lock-out counts failures of one name from one address, so that nobody can lock the real user out
from somewhere else. Names are kept as digests: a password may have been typed into that field.
"""

import hashlib
import secrets
import threading
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy.orm import Session

from registry import journal
from registry.access.actor import HELD_TODAY, NOBODY, POST_COLUMNS, Actor, Holding
from registry.calendar import today
from registry.db import UTC, Database, now, transaction
from registry.errors import Forbidden, Refusal, TooMany
from registry.models.accounts import (
    Account,
    ApiToken,
    BrowserSession,
    FailedSignIn,
    Organisation,
    Person,
    Post,
)
from registry.unchanged import until_next_act

# OWASP's second argon2id choice: 19 MiB, 2 passes; two at a time bound the memory of a rush.
HASHER = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
_AT_A_TIME = threading.BoundedSemaphore(2)
_NOBODY = HASHER.hash(secrets.token_hex(16))

WINDOW = timedelta(minutes=15)
MOST_FAILURES = 5
IDLE = timedelta(minutes=30)
LONGEST = timedelta(hours=8)
SEEN_EVERY = timedelta(minutes=1)
FAILED = "sign_in_failed"


def hash_password(password: str) -> str:
    """The argon2id string of a password."""
    with _AT_A_TIME:
        return HASHER.hash(password)


def set_password(
    session: Session, actor: Actor, account: Account, hashed: str, *, staying: str = ""
) -> None:
    """Put another password in place; every session ends but that of the token `staying`.

    One that the person did not choose himself lets him in to choose his own, and to nothing else.
    """
    account.password = hashed
    account.has_given_password = actor.person_id != account.person_id
    session.execute(
        sa.delete(BrowserSession).where(
            BrowserSession.account_id == account.id, BrowserSession.token != _digest(staying)
        )
    )
    journal.record(session, actor, "set_password", "account", account.username)


def begin_try(session: Session, username: str, address: str) -> None:
    """Count a try before its password is judged, so that guesses at the same moment count too.

    Raises TooMany when this name failed too often from this address; `forget_failures` takes the
    tries back after a sign-in that went through. Rows older than the window go.
    """
    session.execute(sa.delete(FailedSignIn).where(FailedSignIn.at <= now() - WINDOW))
    if _failures(session, username, address) >= MOST_FAILURES:
        raise TooMany("locked_out", retry_after=int(WINDOW.total_seconds()), minutes=15)
    session.add(FailedSignIn(name=_digest(username), address=address))


def check_password(database: Database, username: str, password: str) -> int:
    """The id of the account these words open; the same refusal and work for every failure."""
    with transaction(database, writes=False) as session:
        account = session.scalar(sa.select(Account).where(Account.username == username))
    good = _verifies(account.password if account else _NOBODY, password)
    if account is None or account.disabled_at is not None or not good:
        raise Forbidden(FAILED)
    return account.id


def note_failure(session: Session, username: str, why: Refusal) -> None:
    """Write the refused sign-in into the journal.

    A name that nobody has is not written down: it may be a password typed into the wrong field.
    """
    known = session.scalar(sa.select(Account.username).where(Account.username == username))
    journal.refused(session, NOBODY, "sign_in", "account", known or "", why)


def _verifies(stored: str, password: str) -> bool:
    with _AT_A_TIME:
        try:
            return HASHER.verify(stored, password)
        except (VerificationError, InvalidHashError):
            return False


def _failures(session: Session, username: str, address: str) -> int:
    return (
        session.scalar(
            sa.select(sa.func.count(FailedSignIn.id)).where(
                FailedSignIn.name == _digest(username),
                FailedSignIn.address == address,
                FailedSignIn.at > now() - WINDOW,
            )
        )
        or 0
    )


def forget_failures(session: Session, username: str, address: str) -> None:
    """A sign-in that went through clears the count of this name from this address."""
    session.execute(
        sa.delete(FailedSignIn).where(
            FailedSignIn.name == _digest(username), FailedSignIn.address == address
        )
    )


def open_session(session: Session, account_id: int) -> str:
    """A new token for a browser; the database holds its digest alone."""
    token = secrets.token_urlsafe(32)
    moment = now()
    session.execute(sa.delete(BrowserSession).where(BrowserSession.created_at < moment - LONGEST))
    session.add(BrowserSession(token=_digest(token), account_id=account_id, seen_at=moment))
    return token


def close_session(session: Session, token: str) -> None:
    """End a browser's session on the server."""
    session.execute(sa.delete(BrowserSession).where(BrowserSession.token == _digest(token)))


def session_actor(session: Session, token: str) -> tuple[Actor, bool] | None:
    """Who is signed in with this token, and whether `touch_session` is due; None when it ended."""
    moment = now()
    begun, seen = moment - LONGEST, moment - IDLE
    asked = {"b_token": _digest(token), "b_begun": begun, "b_seen": seen, "b_day": today()}
    rows = session.connection().execute(_BY_SESSION, asked).all()
    if not rows:
        return None
    return _actor(rows, "page"), rows[0].seen_at < moment - SEEN_EVERY


def touch_session(session: Session, token: str) -> None:
    """Note that the browser was here."""
    session.execute(
        sa.update(BrowserSession)
        .where(BrowserSession.token == _digest(token))
        .values(seen_at=now())
    )


# Asked with every request: written once, and one question for the account, the person, the posts.
_ACCOUNT, _HUMAN, _POST = Account.__table__, Person.__table__, Post.__table__
_TOKEN, _BROWSER, _UNIT = ApiToken.__table__, BrowserSession.__table__, Organisation.__table__
_ACTING = (
    sa.select(
        _HUMAN.c.id.label("person_id"),
        _HUMAN.c.key.label("person_key"),
        _HUMAN.c.name.label("person_name"),
        _ACCOUNT.c.username,
        _ACCOUNT.c.has_given_password,
        *POST_COLUMNS,
    )
    .where(_ACCOUNT.c.disabled_at.is_(None))
    .order_by(_POST.c.id)
)


def _by(given: sa.FromClause) -> sa.FromClause:
    """What was given to an account, the account, its person, and the posts of today."""
    return (
        given.join(_ACCOUNT, _ACCOUNT.c.id == given.c.account_id)
        .join(_HUMAN, _HUMAN.c.id == _ACCOUNT.c.person_id)
        .outerjoin(_POST, sa.and_(_POST.c.person_id == _HUMAN.c.id, HELD_TODAY))
        .outerjoin(_UNIT, _UNIT.c.id == _POST.c.organisation_id)
    )


_BY_TOKEN = (
    _ACTING.add_columns(_TOKEN.c.ends_at, _TOKEN.c.used_at)
    .select_from(_by(_TOKEN))
    .where(_TOKEN.c.token == sa.bindparam("b_token"), _TOKEN.c.revoked_at.is_(None))
)
_BY_SESSION = (
    _ACTING.add_columns(_BROWSER.c.seen_at)
    .select_from(_by(_BROWSER))
    .where(
        _BROWSER.c.token == sa.bindparam("b_token"),
        _BROWSER.c.seen_at > sa.bindparam("b_seen", type_=UTC),
        _BROWSER.c.created_at > sa.bindparam("b_begun", type_=UTC),
    )
)


def token_actor(session: Session, token: str) -> tuple[Actor, bool] | None:
    """Who calls with this API token, and whether `touch_token` is due.

    None when it is unknown, ended or revoked. A program asks many times: who it is stays as it is
    until an act, the day or the hour changes it.
    """
    digest, day, moment = _digest(token), today(), now()
    hour = moment.replace(minute=0, second=0, microsecond=0)
    is_due = False

    def read() -> tuple[Actor, datetime | None] | None:
        nonlocal is_due
        rows = session.connection().execute(_BY_TOKEN, {"b_token": digest, "b_day": day}).all()
        if not rows:
            return None
        is_due = rows[0].used_at is None or rows[0].used_at < hour
        return _actor(rows, "token"), rows[0].ends_at

    # What is unknown is not kept: whoever tries many tokens must not push anything out. The last
    # use is looked at once in each hour, however long nobody acts.
    key = ("token", digest, day, hour)
    found = until_next_act(session, key, read, lambda one: one is not None)
    if found is None:
        return None
    who, ends_at = found
    return (who, is_due) if ends_at is None or ends_at > moment else None


def touch_token(session: Session, token: str) -> None:
    """Note that a program called with it."""
    session.execute(
        sa.update(ApiToken).where(ApiToken.token == _digest(token)).values(used_at=now())
    )


def _actor(rows: Sequence[Any], way: str) -> Actor:
    """The actor of the rows of one account: a row for each post, one without when he has none."""
    one = rows[0]
    held = tuple(
        Holding(row.role, row.organisation_id, row.code, row.unit_name, row.project_id)
        for row in rows
        if row.role is not None
    )
    # A token is no password: what was given to a program goes on working.
    owes = way == "page" and one.has_given_password
    return Actor(one.person_id, one.person_key, one.person_name, one.username, held, way, owes)


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
