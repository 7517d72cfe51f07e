"""`catalogue account`: accounts, posts and tokens."""

import json
from datetime import datetime

import click
import sqlalchemy as sa
from sqlalchemy.orm import Session

import schemas
from registry import accounts, calendar
from registry.access import SYSTEM, role_title, roles
from registry.accounts import tokens
from registry.accounts.clashes import Clash, clashes
from registry.cli.acceptance import project_called
from registry.cli.line import main
from registry.cli.opening import reading, settings, writing
from registry.errors import Conflict, Missing
from registry.models.accounts import Account, Post

_OWN_FIRST = (
    "请当面告诉本人；登录时系统会先请本人换成自己的口令。\n"
    "Tell it to the person face to face; at signing in, an own one is asked for first."
)


@main.group()
def account() -> None:
    """Accounts, posts and tokens."""


@account.command("create")
@click.argument("username")
@click.option("--name", required=True, help="姓名 / name of the person")
@click.password_option("--password", help="口令 / password")
def create(username: str, name: str, password: str) -> None:
    """Make an account for a person; asked for the password, nobody sees it in the history.

    Whoever signs in with it chooses an own one first.
    """
    accounts.require_good(username, name, password)
    # Before it is worked on: the work is slow by design, and the same for a name that is taken.
    with reading(settings()) as session:
        if _found(session, username) is not None:
            raise Conflict("name_taken", username=username)
    hashed = accounts.hash_password(password)
    with writing() as session:
        accounts.add_account(session, SYSTEM, username, name.strip(), hashed=hashed)
    click.echo(f"已建立账号 / account made: {username} {name.strip()}")
    click.echo(_OWN_FIRST, err=True)


@account.command("password")
@click.argument("username")
@click.password_option("--password", help="口令 / password")
def password_(username: str, password: str) -> None:
    """Give an account another password and end its sessions; asked for it as `create` does.

    Whoever signs in with it chooses an own one first.
    """
    accounts.require_strong(username, password)
    hashed = accounts.hash_password(password)
    with writing() as session:
        found = _known(session, username)
        accounts.set_password(session, SYSTEM, found, hashed)
    click.echo(f"已重设口令 / password set: {username}")
    click.echo(_OWN_FIRST, err=True)


def _roles_by_line() -> str:
    """The roles for the help of `grant`, one a line, kept as they stand."""
    lines = (f"- {role}  {role_title(role)} / {role_title(role, 'en')}" for role in roles())
    return "\b\n" + "\n".join(lines)


@account.command(
    "grant",
    help="Give a person a post: ROLE in the unit with this social credit code, from today."
    f"\n\n{_roles_by_line()}",
)
@click.argument("username")
@click.argument("role")
@click.argument("unit")
@click.option("--ends", type=click.DateTime(["%Y-%m-%d"]), help="最后一天 / last day")
@click.option("--project", help="项目的名称或者编号 / name or key of the project")
def grant(username: str, role: str, unit: str, ends: datetime | None, project: str | None) -> None:
    """Give a person a post."""
    if role not in roles():
        choices = "、".join(f"{one} {role_title(one)}" for one in roles())
        raise click.UsageError(f"没有岗位 {role}；可选：{choices} / no such role: {role}")
    with writing() as session:
        found = _known(session, username)
        where = accounts.organisation(session, unit)
        of = project_called(session, project) if project else None
        last = ends.date() if ends else None
        accounts.require_reach(role, where, last, of)
        post = accounts.appoint(
            session, SYSTEM, found, role, where, calendar.today(), last, project=of
        )
        held = session.scalars(sa.select(Post).where(Post.person_id == found.person_id)).all()
        warned = [
            _told(one) for one in clashes(held, calendar.today()) if post in (one.one, one.other)
        ]
        told = f"{found.person.name} {role_title(role)} {where.name}"
    click.echo(f"已任命 / appointed: {told}")
    for sentence in warned:
        click.echo(sentence, err=True)


def _told(clash: Clash) -> str:
    """What one person will not be let do with both posts, in both languages."""
    posts = (clash.one.role, clash.other.role)
    words = {
        locale: [
            tuple(schemas.codes.label("act", act, locale) for act in (pair.first, pair.second))
            for pair in clash.pairs
        ]
        for locale in ("zh", "en")
    }
    zh = "；".join(f"{first} / {second}" for first, second in words["zh"])
    en = "; ".join(f"{first} / {second}" for first, second in words["en"])
    names = [" + ".join(role_title(role, locale) for role in posts) for locale in ("zh", "en")]
    return (
        f"注意：{names[0]}由一人担任，同一版本不得兼办：{zh}。请改派其他人员，"
        f"或者结束其中一个岗位。\n"
        f"warning: one person holds {names[1]} and will be refused both of: {en}. "
        f"Appoint somebody else or end one of the posts."
    )


def _known(session: Session, username: str) -> Account:
    found = _found(session, username)
    if found is None:
        raise click.ClickException(f"没有账号 / no account: {username}")
    return found


def _found(session: Session, username: str) -> Account | None:
    return session.scalar(sa.select(Account).where(Account.username == username))


@account.command("token")
@click.argument("username")
@click.option("--purpose", required=True)
@click.option("--days", default=90, show_default=True)
def token(username: str, purpose: str, days: int) -> None:
    """Issue an API token; it is shown this once."""
    with writing() as session:
        made = accounts.issue_token(session, SYSTEM, username, purpose, days)
    click.echo(made)


@account.command("tokens")
@click.argument("username", required=False)
@click.option("--json", "as_json", is_flag=True)
def tokens_(username: str | None, as_json: bool) -> None:
    """Show the API tokens of an account, or of all: what works first, never what one opens with.

    The number in front is for `revoke-token`.
    """
    with reading(settings()) as session:
        whose = _known(session, username) if username else None
        held = tokens.of_accounts(session, SYSTEM, account=whose)
        for one in held:
            click.echo(_line(one, as_json=as_json))
    if len(held) == tokens.MOST_SHOWN:
        click.echo(
            f"只列出前 {len(held)} 个，请写明账号 / only the first {len(held)}: name an account",
            err=True,
        )


_STATES = {
    "used": "在用 / works",
    "ended": "已到期 / ended",
    "revoked": "已撤销 / revoked",
    "closed": "账号已停用 / account closed",
}


def _line(one: tokens.Held, *, as_json: bool) -> str:
    row, username = one.row, one.account.username
    if as_json:
        moments = {
            name: at.isoformat() if at else None
            for name, at in (("made", row.created_at), ("used", row.used_at), ("ends", row.ends_at))
        }
        facts = {"key": row.key, "username": username, "purpose": row.purpose, **moments}
        return json.dumps({**facts, "state": one.state}, ensure_ascii=False)
    until = f"{row.ends_at.astimezone(calendar.CITY):%Y-%m-%d %H:%M}" if row.ends_at else "-"
    return f"{row.key}  {username:<24} {until:<16}  {_STATES[one.state]}  {row.purpose}"


@account.command("revoke-token")
@click.argument("key")
def revoke_token(key: str) -> None:
    """End an API token with the next request: KEY is the number that `account tokens` shows.

    A token that was lost is found there by its account and purpose.
    """
    try:
        with writing() as session:
            accounts.revoke_token(session, SYSTEM, key)
    except Missing as fault:
        raise click.ClickException(
            f"没有令牌 {key}，编号见 catalogue account tokens / no token of this number: see"
            " catalogue account tokens"
        ) from fault
    click.echo(f"已撤销，从下一次调用起不能使用 / revoked, from the next call on: {key}")


@account.command("disable")
@click.argument("username")
def disable(username: str) -> None:
    """Close an account and its sessions at once."""
    with writing() as session:
        accounts.disable(session, SYSTEM, username)
    click.echo(f"已停用 / closed: {username}")


@account.command("list")
@click.option("--json", "as_json", is_flag=True)
def list_(as_json: bool) -> None:
    """Show accounts and their posts."""
    with reading(settings()) as session:
        found = []
        for one in session.scalars(sa.select(Account).order_by(Account.username)):
            held = session.scalars(sa.select(Post).where(Post.person_id == one.person_id))
            posts = [f"{post.role}@{post.organisation.code}" for post in held]
            found.append((one.username, one.person.name, one.disabled_at is not None, posts))
    for username, name, disabled, posts in found:
        facts = {"username": username, "name": name, "disabled": disabled, "posts": posts}
        plain = f"{username:<24} {name}  {'; '.join(posts)}"
        click.echo(json.dumps(facts, ensure_ascii=False) if as_json else plain)
