"""Posts as the system administrator keeps them: given, ended, filled by a substitute, merged."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from registry import journal
from registry.access import Actor, require
from registry.access.separation import Pair, pairs
from registry.accounts.people import add_account, appoint, require_reach
from registry.accounts.sign_in import set_password
from registry.db import now
from registry.errors import Conflict, Forbidden, Invalid, Missing
from registry.models.accounts import Account, BrowserSession, MergedPost, Organisation, Person, Post
from registry.models.projects import Project

# Longest time a merged post stands before it must be filed anew.
MERGED_FOR = timedelta(days=366)
MOST_SHOWN = 200


@dataclass(frozen=True)
class Listed:
    """An account with the posts its person holds or held."""

    account: Account
    posts: Sequence[Post]


def overview(session: Session, actor: Actor, wanted: str = "") -> list[Listed]:
    """Accounts by name or account, with their posts; always two queries."""
    require(actor, "accounts")
    statement = sa.select(Account).order_by(Account.username).limit(MOST_SHOWN)
    if wanted:
        statement = statement.join(Account.person).where(
            sa.or_(
                Account.username.contains(wanted, autoescape=True),
                Person.name.contains(wanted, autoescape=True),
            )
        )
    found = session.scalars(statement).all()
    held = session.scalars(
        sa.select(Post)
        .where(Post.person_id.in_({account.person_id for account in found}))
        .order_by(Post.starts, Post.id)
    ).all()
    return [
        Listed(account, [post for post in held if post.person_id == account.person_id])
        for account in found
    ]


def account_of(session: Session, actor: Actor, username: str) -> Account:
    """The account of this name, for who keeps accounts."""
    require(actor, "accounts")
    found = session.scalar(sa.select(Account).where(Account.username == username))
    if found is None:
        raise Missing("no_account", username=username)
    return found


def enter(session: Session, actor: Actor, username: str, name: str, *, hashed: str) -> Account:
    """Open an account for a person, by who keeps accounts; Conflict where the name is taken."""
    require(actor, "accounts")
    return add_account(session, actor, username, name.strip(), hashed=hashed)


def renew(session: Session, actor: Actor, account: Account, *, hashed: str) -> None:
    """Give an account another password, for who forgot his; every visit of it ends."""
    _require_other(actor, account)
    set_password(session, actor, account, hashed)


def give(
    session: Session,
    actor: Actor,
    account: Account,
    role: str,
    unit: Organisation,
    starts: date | None,
    ends: date | None,
    *,
    project: Project | None = None,
    substitute_for: Post | None = None,
) -> Post:
    """Give a post between two dates; one that stands in for another has an end, and its project."""
    _require_other(actor, account)
    if substitute_for is not None and substitute_for.project_id is not None:
        project = session.get(Project, substitute_for.project_id)
    if starts is None or (ends is not None and ends < starts):
        raise Invalid([], code="post_dates")
    if substitute_for is not None and (
        ends is None
        or substitute_for.person_id == account.person_id
        or (substitute_for.role, substitute_for.organisation_id) != (role, unit.id)
    ):
        raise Invalid([], code="post_substitute")
    require_reach(role, unit, ends, project)
    return appoint(
        session,
        actor,
        account,
        role,
        unit,
        starts,
        ends,
        project=project,
        substitute_for=substitute_for,
    )


def end(session: Session, actor: Actor, account: Account, post_id: int, ends: date | None) -> None:
    """End a post on a day; from the next day on it gives no right."""
    _require_other(actor, account)
    post = session.get(Post, post_id)
    if post is None or post.person_id != account.person_id:
        raise Missing("no_post")
    if ends is None or ends < post.starts:
        raise Invalid([], code="post_dates")
    post.ends = ends
    session.flush()
    facts = {"role": post.role, "unit": post.organisation.code, "ends": ends.isoformat()}
    journal.record(session, actor, "end_post", "account", account.username, facts=facts)


def close(session: Session, actor: Actor, account: Account) -> None:
    """Close an account with every visit of it; nobody closes his own."""
    _require_other(actor, account)
    if account.disabled_at is not None:
        raise Conflict("account_closed", username=account.username)
    account.disabled_at = now()
    session.execute(sa.delete(BrowserSession).where(BrowserSession.account_id == account.id))
    journal.record(session, actor, "disable", "account", account.username)


def reopen(session: Session, actor: Actor, account: Account) -> None:
    """Open a closed account again."""
    _require_other(actor, account)
    account.disabled_at = None
    session.flush()
    journal.record(session, actor, "enable", "account", account.username)


def mergeable() -> Sequence[Pair]:
    """The pairs of acts that a notice may lift."""
    found = {
        frozenset((pair.first, pair.second)): pair
        for lines in pairs().values()
        for pair in lines
        if pair.merge
    }
    return tuple(found.values())


def merge(
    session: Session,
    actor: Actor,
    account: Account,
    unit: Organisation,
    pair: tuple[str, str],
    words: Mapping[str, str],
    starts: date | None,
    ends: date | None,
) -> MergedPost:
    """File a notice 合并岗; `words` holds its `reason` and the number of the `consent`."""
    _require_other(actor, account)
    if set(pair) not in [{one.first, one.second} for one in mergeable()]:
        raise Invalid([], code="merge_pair")
    reason, consent = words.get("reason", "").strip(), words.get("consent", "").strip()
    if not reason or not consent or len(reason) > 500 or len(consent) > 200:
        raise Invalid([], code="merge_words")
    if starts is None or ends is None or not timedelta() <= ends - starts <= MERGED_FOR:
        raise Invalid([], code="merge_dates")
    holds = session.scalar(
        sa.select(Post.id).where(
            Post.person_id == account.person_id, Post.organisation_id == unit.id
        )
    )
    if holds is None:
        raise Invalid([], code="merge_unit")
    row = MergedPost(
        person_id=account.person_id,
        organisation_id=unit.id,
        act_a=pair[0],
        act_b=pair[1],
        reason=reason,
        consent=consent,
        starts=starts,
        ends=ends,
    )
    session.add(row)
    session.flush()
    facts = {"notice": row.key, "acts": sorted(pair), "unit": unit.code, "ends": ends.isoformat()}
    journal.record(session, actor, "merge_posts", "account", account.username, facts=facts)
    return row


def notices_of(session: Session, account: Account) -> list[tuple[MergedPost, str]]:
    """The notices filed for a person, each with the name of the unit."""
    rows = session.execute(
        sa.select(MergedPost, Organisation.name)
        .join(Organisation, Organisation.id == MergedPost.organisation_id)
        .where(MergedPost.person_id == account.person_id)
        .order_by(MergedPost.id)
    )
    return [(row, name) for row, name in rows]


def _require_other(actor: Actor, account: Account) -> None:
    require(actor, "accounts")
    # Whoever keeps the accounts gives himself no rights and cannot lock the last key in.
    if actor.person_id == account.person_id:
        raise Forbidden("not_yourself")
