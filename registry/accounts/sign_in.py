"""Signing in: argon2, one answer for every failure, lock-out per name and address, sessions.

A lock-out counts failures of one name from one address, so that nobody can lock the real user out
from somewhere else. Names are kept as digests: a password may have been typed into that field.
"""

import hashlib
import secrets
import threading
from datetime import timedelta

import sqlalchemy as sa
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy.orm import Session

from registry import journal
from registry.access.actor import NOBODY, Actor, of_account
from registry.calendar import today
from registry.db import UTC, Database, now, transaction
from registry.errors import Forbidden, Refusal, TooMany
from registry.models.accounts import Account, ApiToken, BrowserSession, FailedSignIn

# OWASP's second argon2id choice: 19 MiB, 2 passes; two at a time bound the memory of a rush.
_HASHER = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
_AT_A_TIME = threading.BoundedSemaphore(2)
_NOBODY = _HASHER.hash(secrets.token_hex(16))

WINDOW = timedelta(minutes=15)
MOST_FAILURES = 5
IDLE = timedelta(minutes=30)
LONGEST = timedelta(hours=8)
SEEN_EVERY = timedelta(minutes=1)
FAILED = "sign_in_failed"


def hash_password(password: str) -> str:
    """The argon2id string of a password."""
    with _AT_A_TIME:
        return _HASHER.hash(password)


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
            return _HASHER.verify(stored, password)
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
    row = session.execute(
        sa.select(BrowserSession, Account)
        .join(Account, Account.id == BrowserSession.account_id)
        .where(
            BrowserSession.token == _digest(token),
            BrowserSession.seen_at > moment - IDLE,
            BrowserSession.created_at > moment - LONGEST,
            Account.disabled_at.is_(None),
        )
    ).one_or_none()
    if row is None:
        return None
    opened, account = row
    return of_account(session, account, today()), opened.seen_at < moment - SEEN_EVERY


def touch_session(session: Session, token: str) -> None:
    """Note that the browser was here."""
    session.execute(
        sa.update(BrowserSession)
        .where(BrowserSession.token == _digest(token))
        .values(seen_at=now())
    )


# Asked with every call: written once.
_BY_TOKEN = (
    sa.select(Account)
    .join(ApiToken, ApiToken.account_id == Account.id)
    .where(
        ApiToken.token == sa.bindparam("b_token"),
        ApiToken.revoked_at.is_(None),
        sa.or_(ApiToken.ends_at.is_(None), ApiToken.ends_at > sa.bindparam("b_now", type_=UTC)),
        Account.disabled_at.is_(None),
    )
)


def token_actor(session: Session, token: str) -> Actor | None:
    """Who calls with this API token; None when it is unknown, ended or revoked."""
    account = session.scalar(_BY_TOKEN, {"b_token": _digest(token), "b_now": now()})
    return None if account is None else of_account(session, account, today(), way="token")


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
