"""API tokens of accounts: shown once, stored as digests, revoked at once."""

import secrets
from datetime import timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from registry import journal
from registry.access import Actor
from registry.accounts.sign_in import _digest
from registry.db import now
from registry.errors import Missing
from registry.models.accounts import Account, ApiToken


def issue_token(session: Session, actor: Actor, username: str, purpose: str, days: int) -> str:
    """A new token for an account, valid for so many days; the only time it is shown."""
    account = session.scalar(sa.select(Account).where(Account.username == username))
    if account is None:
        raise Missing("no_account", username=username)
    token = secrets.token_urlsafe(32)
    row = ApiToken(
        token=_digest(token),
        account_id=account.id,
        purpose=purpose,
        ends_at=now() + timedelta(days=days),
    )
    session.add(row)
    session.flush()
    journal.record(session, actor, "token", "token", row.key, facts={"account": username})
    return token


def revoke_token(session: Session, actor: Actor, key: str) -> None:
    """End a token with the next request."""
    row = session.scalar(sa.select(ApiToken).where(ApiToken.key == key))
    if row is None:
        raise Missing("no_token", key=key)
    row.revoked_at = now()
    journal.record(session, actor, "revoke_token", "token", key)
