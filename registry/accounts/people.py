"""Units, persons and posts: made by commands and by the system administrator."""

from collections.abc import Mapping
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from registry import journal
from registry.access import Actor
from registry.db import now
from registry.errors import Conflict, Missing
from registry.models.accounts import Account, BrowserSession, Organisation, Person, Post


def organisation(session: Session, code: str) -> Organisation:
    """The unit with this social credit code, or Missing."""
    found = session.scalar(sa.select(Organisation).where(Organisation.code == code))
    if found is None:
        raise Missing("no_unit", unit_code=code)
    return found


def add_organisation(session: Session, actor: Actor, facts: Mapping[str, Any]) -> Organisation:
    """Enter a unit; parent, authority and operator are set by the caller afterwards."""
    unit = Organisation(**facts)
    session.add(unit)
    session.flush()
    journal.record(session, actor, "organisation", "organisation", unit.code)
    return unit


def add_account(
    session: Session, actor: Actor, username: str, name: str, *, hashed: str
) -> Account:
    """Enter a person and his account; Conflict when the name for signing in is taken.

    `hashed` comes from `hash_password`, made before the transaction: argon2 is slow by design.
    """
    if session.scalar(sa.select(Account.id).where(Account.username == username)):
        raise Conflict("name_taken", username=username)
    account = Account(person=Person(name=name), username=username, password=hashed)
    session.add(account)
    session.flush()
    journal.record(session, actor, "account", "account", username)
    return account


def appoint(
    session: Session, actor: Actor, account: Account, role: str, unit: Organisation, starts: date
) -> Post:
    """Give a person a post from a day on."""
    post = Post(
        person_id=account.person_id, organisation_id=unit.id, role=role, starts=starts, ends=None
    )
    session.add(post)
    session.flush()
    facts = {"role": role, "unit": unit.code, "starts": starts.isoformat()}
    journal.record(session, actor, "appoint", "account", account.username, facts=facts)
    return post


def disable(session: Session, actor: Actor, username: str) -> None:
    """Close an account and every session of it; tokens stop with it."""
    account = session.scalar(sa.select(Account).where(Account.username == username))
    if account is None:
        raise Missing("no_account", username=username)
    account.disabled_at = now()
    session.execute(sa.delete(BrowserSession).where(BrowserSession.account_id == account.id))
    journal.record(session, actor, "disable", "account", username)
