"""Units, persons and posts: made by commands and by the system administrator."""

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from registry import journal
from registry.access import Actor, is_of_one_project, is_until_a_date, roles
from registry.db import now
from registry.errors import Conflict, Invalid, Missing
from registry.models.accounts import Account, BrowserSession, Organisation, Person, Post
from registry.models.projects import Project

_USERNAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{1,59}", re.ASCII)
LONGEST_NAME = 60
# GB/T 22239 wants passwords that are complex: the length, and three of these four kinds.
SHORTEST_PASSWORD = 10
_KINDS: Sequence[Callable[[str], bool]] = (
    str.isupper,
    str.islower,
    str.isdigit,
    lambda sign: not sign.isalnum(),
)


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


def require_good(username: str, name: str, password: str) -> None:
    """Refuse what cannot be an account: its name for signing in, the person, a weak password.

    The name stands in addresses and papers of the journal, so it is plain letters and digits.
    """
    if not _USERNAME.fullmatch(username):
        raise Invalid([], code="account_username")
    if not 0 < len(name.strip()) <= LONGEST_NAME or not name.isprintable():
        raise Invalid([], code="account_name")
    require_strong(username, password)


def require_strong(username: str, password: str) -> None:
    """Refuse a password that is short, of few kinds of signs, or holds the account's name."""
    kinds = sum(any(test(sign) for sign in password) for test in _KINDS)
    if len(password) < SHORTEST_PASSWORD or kinds < 3 or username.lower() in password.lower():
        raise Invalid([], code="account_password", least=SHORTEST_PASSWORD)


def add_account(
    session: Session, actor: Actor, username: str, name: str, *, hashed: str, is_given: bool = True
) -> Account:
    """Enter a person and his account; Conflict when the name for signing in is taken.

    `hashed` comes from `hash_password`, made before the transaction: argon2 is slow by design.
    A password that is given is one that the person must change before anything else.
    """
    if session.scalar(sa.select(Account.id).where(Account.username == username)):
        raise Conflict("name_taken", username=username)
    account = Account(
        person=Person(name=name), username=username, password=hashed, has_given_password=is_given
    )
    session.add(account)
    session.flush()
    journal.record(session, actor, "account", "account", username)
    return account


def require_free(
    session: Session,
    account: Account,
    role: str,
    unit: Organisation,
    starts: date,
    ends: date | None = None,
) -> None:
    """Refuse a post that the person holds already on one of these days."""
    held = session.scalar(
        sa.select(Post.id).where(
            Post.person_id == account.person_id,
            Post.role == role,
            Post.organisation_id == unit.id,
            sa.or_(Post.ends.is_(None), Post.ends >= starts),
            Post.starts <= (ends or date.max),
        )
    )
    if held is not None:
        raise Conflict("post_held", username=account.username)


def require_reach(
    role: str, unit: Organisation, ends: date | None, project: Project | None
) -> None:
    """Refuse a post that is none, or reaches further than its role does (roles.json, scope)."""
    if role not in roles():
        raise Invalid([], code="post_role")
    if is_until_a_date(role) and ends is None:
        raise Invalid([], code="post_end", roles=[role])
    if is_of_one_project(role) != (project is not None) or (
        project is not None and project.unit_id != unit.id
    ):
        raise Invalid([], code="post_project")


def appoint(
    session: Session,
    actor: Actor,
    account: Account,
    role: str,
    unit: Organisation,
    starts: date,
    ends: date | None = None,
    *,
    project: Project | None = None,
    substitute_for: Post | None = None,
) -> Post:
    """Give a person a post from a day on, until `ends`; Conflict where he holds it."""
    require_free(session, account, role, unit, starts, ends)
    post = Post(
        person_id=account.person_id,
        organisation_id=unit.id,
        role=role,
        project_id=project.id if project else None,
        starts=starts,
        ends=ends,
        substitute_for_id=substitute_for.id if substitute_for else None,
    )
    session.add(post)
    session.flush()
    facts = {
        "role": role,
        "unit": unit.code,
        "project": project.key if project else None,
        "starts": starts.isoformat(),
        "ends": ends.isoformat() if ends else None,
        "substitute": substitute_for is not None,
    }
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
