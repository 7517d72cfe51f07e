"""API tokens of accounts: shown once, stored as digests, revoked at once."""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from registry import calendar, journal
from registry.access import SYSTEM, Actor, require
from registry.accounts.sign_in import _digest
from registry.db import now
from registry.errors import Forbidden, Invalid, Missing
from registry.models.accounts import Account, ApiToken, Post

# What never ends is forgotten, and found by somebody else.
LONGEST_DAYS = 366
USUAL_DAYS = 90
LONGEST_PURPOSE = 200
MOST_SHOWN = 200


@dataclass(frozen=True)
class Held:
    """A token as it is listed: never what it opens with. `state`: used, ended, revoked, closed."""

    row: ApiToken
    account: Account
    state: str


def issue_token(session: Session, actor: Actor, username: str, purpose: str, days: int) -> str:
    """A new token for an account, valid for so many days; the only time it is shown."""
    account = session.scalar(sa.select(Account).where(Account.username == username))
    if account is None:
        raise Missing("no_account", username=username)
    require_terms(actor, purpose, days)
    token = secrets.token_urlsafe(32)
    row = ApiToken(
        token=_digest(token),
        account_id=account.id,
        purpose=purpose.strip(),
        ends_at=now() + timedelta(days=days),
    )
    session.add(row)
    session.flush()
    facts = {"account": username, "days": days}
    journal.record(session, actor, "token", "token", row.key, facts=facts)
    return token


def require_terms(actor: Actor, purpose: str, days: int) -> None:
    """Refuse a token that says nothing of what it is for, or does not end within a year.

    A program makes none: by a second token, the first would outlive its end.
    """
    if actor.way == "token":
        raise Forbidden("token_by_token")
    if not 0 < len(purpose.strip()) <= LONGEST_PURPOSE or not purpose.isprintable():
        raise Invalid([], code="token_purpose", most=LONGEST_PURPOSE)
    if not 1 <= days <= LONGEST_DAYS:
        raise Invalid([], code="token_days", most=LONGEST_DAYS)


def make(session: Session, actor: Actor, purpose: str, days: int) -> str:
    """A token for one's own account; the only time it is shown."""
    require(actor, "tokens")
    return issue_token(session, actor, actor.username, purpose, days)


def own(session: Session, actor: Actor) -> list[Held]:
    """The tokens of the actor's account, the newest first."""
    require(actor, "tokens")
    return _listed(session, Account.username == actor.username)


def of_accounts(
    session: Session, actor: Actor, *, unit_id: int | None = None, account: Account | None = None
) -> list[Held]:
    """The tokens of an account, of all who hold a post in a unit today, or of everybody."""
    _require_keeper(actor)
    if account is not None:
        return _listed(session, Account.id == account.id)
    if unit_id is None:
        return _listed(session, sa.true())
    day = calendar.today()
    people = sa.select(Post.person_id).where(
        Post.organisation_id == unit_id,
        Post.starts <= day,
        sa.or_(Post.ends.is_(None), Post.ends >= day),
    )
    return _listed(session, Account.person_id.in_(people))


def _listed(session: Session, whose: sa.ColumnElement[bool]) -> list[Held]:
    moment = now()
    # What works comes first: of many, none that works is left out.
    over = sa.or_(ApiToken.revoked_at.is_not(None), ApiToken.ends_at <= moment)
    rows = session.execute(
        sa.select(ApiToken, Account)
        .join(Account, Account.id == ApiToken.account_id)
        .where(whose)
        .order_by(sa.case((over, 1), else_=0), ApiToken.id.desc())
        .limit(MOST_SHOWN)
    )
    return [Held(row, account, _state(row, account, moment)) for row, account in rows]


def _state(row: ApiToken, account: Account, moment: datetime) -> str:
    if row.revoked_at is not None:
        return "revoked"
    if row.ends_at is not None and row.ends_at <= moment:
        return "ended"
    return "closed" if account.disabled_at is not None else "used"


def revoke_own(session: Session, actor: Actor, key: str) -> None:
    """End a token of one's own account with the next request; another's is not there."""
    require(actor, "tokens")
    _revoke(session, actor, key, Account.username == actor.username)


def revoke_token(session: Session, actor: Actor, key: str) -> None:
    """End anybody's token with the next request, for who keeps the accounts."""
    _require_keeper(actor)
    _revoke(session, actor, key, sa.true())


def _require_keeper(actor: Actor) -> None:
    """Who keeps the accounts, or a command: whoever is on the server holds no post there."""
    if actor is not SYSTEM:
        require(actor, "accounts")


def _revoke(session: Session, actor: Actor, key: str, whose: sa.ColumnElement[bool]) -> None:
    row = session.scalar(
        sa.select(ApiToken)
        .join(Account, Account.id == ApiToken.account_id)
        .where(ApiToken.key == key, whose)
    )
    if row is None:
        raise Missing("no_token", key=key)
    # Revoked before, it is revoked: its first moment stays.
    if row.revoked_at is None:
        row.revoked_at = now()
        journal.record(session, actor, "revoke_token", "token", key)
