"""Every command of `catalogue`: exit 0 good, 1 the answer is no, 2 usage, 78 configuration."""

import json
import logging
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import click
import sqlalchemy as sa
from sqlalchemy.orm import Session

import search
from registry import (
    accounts,
    calendar,
    config,
    db,
    demo,
    discovery,
    journal,
    outbox,
    serving,
    signing,
    upgrade,
    work,
)
from registry.access import SYSTEM, role_title, roles
from registry.cli.refusals import refusals
from registry.config import Settings
from registry.journal import heads
from registry.models.accounts import Account, Post

CONFIGURATION = 78


def settings() -> Settings:
    """The settings, or exit 78 with every fault on a line of its own."""
    try:
        return config.load()
    except config.ConfigurationError as refusal:
        for fault in refusal.faults:
            click.echo(fault, err=True)
        sys.exit(CONFIGURATION)


def keys(chosen: Settings) -> signing.Key:
    """The signing key, made where there is none with the secret; exit 78 when it is unusable."""
    chosen.secret_key()
    try:
        return signing.load(chosen.signing_key_file)
    except signing.KeyUnusable as fault:
        click.echo(f"签名密钥文件不能使用 / the signing key cannot be used: {fault}", err=True)
        sys.exit(CONFIGURATION)


@contextmanager
def database(chosen: Settings) -> Iterator[db.Database]:
    """The database of the settings; its connections are given back when the command ends.

    What is refused inside is told as the pages tell it, exit 1.
    """
    opened = db.connect(chosen.database_url, chosen.secret_key())
    try:
        with refusals():
            yield opened
    finally:
        opened.close()


@contextmanager
def reading(chosen: Settings) -> Iterator[Session]:
    """One read-only snapshot for a command."""
    with database(chosen) as opened, db.transaction(opened, writes=False) as session:
        yield session


@contextmanager
def writing(chosen: Settings | None = None) -> Iterator[Session]:
    """A writing transaction for a command; nothing of it is stored when something is refused."""
    with (
        database(chosen or settings()) as opened,
        db.transaction(opened, writes=True) as session,
    ):
        yield session


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
def main() -> None:
    """乌海市政务数据目录 / the registry of a city's government data."""
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(name)s %(message)s")


@main.command("check-config")
def check_config() -> None:
    """Check every setting; all faults at once, exit 78."""
    settings()
    click.echo("配置无误 / the settings are good")


@main.command()
def init() -> None:
    """Make the data folder, the keys and the tables."""
    chosen = settings()
    chosen.data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
    keys(chosen)
    with database(chosen) as opened:
        upgrade.upgrade(opened)
    click.echo(f"已就绪 / ready: {chosen.data_dir}")


@main.command("upgrade")
def upgrade_() -> None:
    """Bring the tables to this release."""
    with database(settings()) as opened:
        upgrade.upgrade(opened)
    click.echo("已升级 / upgraded")


@main.command("demo")
def demo_() -> None:
    """Make the demo city in an empty database and print its accounts."""
    chosen = settings()
    if chosen.host not in {"127.0.0.1", "localhost", "::1"}:
        raise click.ClickException("演示环境只能监听本机 / the demo listens on loopback only")
    password = demo.password_of(chosen)
    with database(chosen) as opened:
        upgrade.upgrade(opened)
        with db.transaction(opened, writes=True) as session:
            made = demo.build(session, password)
        if made:
            handed_down = demo.hand_down(opened)
    if made:
        click.echo(f"演示城市:{made} 个条目 / demo city: {made} entries")
        click.echo(f"上级下发:{handed_down} 条待办 / handed down: {handed_down} claims")
        click.echo(f"口令 / password: {password}")
        for name, (person, role, _) in demo.PEOPLE.items():
            click.echo(f"  {name:<24}{person}  {role_title(role)}")
    else:
        click.echo("演示城市已存在,口令不变 / the demo city is there, its password unchanged")


@main.command()
def serve() -> None:
    """Serve the pages: gunicorn, one worker with 8 threads by default."""
    keys(settings())
    serving.become()


@main.command("work")
def work_() -> None:
    """Do the work beside the pages: index, cleansing, signed heads; SIGTERM ends it.

    One process does it at a time: another `work`, or the thread of `serve`, takes over when this
    one ends.
    """
    chosen = settings()
    keys(chosen)
    logging.getLogger("registry").setLevel(chosen.log.upper())
    with database(chosen) as opened:
        worker = work.Worker(chosen, opened)
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: worker.tell_to_stop())
        worker.run()


@main.group()
def account() -> None:
    """Accounts, posts and tokens."""


@account.command("create")
@click.argument("username")
@click.option("--name", required=True, help="姓名 / name of the person")
@click.password_option("--password", help="口令 / password")
def create(username: str, name: str, password: str) -> None:
    """Make an account for a person."""
    hashed = accounts.hash_password(password)
    with writing() as session:
        accounts.add_account(session, SYSTEM, username, name, hashed=hashed)


@account.command("grant")
@click.argument("username")
@click.argument("role")
@click.argument("unit")
def grant(username: str, role: str, unit: str) -> None:
    """Give a person a post: ROLE in the unit with this social credit code, from today."""
    if role not in roles():
        raise click.UsageError(f"{role}: {', '.join(roles())}")
    with writing() as session:
        found = session.scalar(sa.select(Account).where(Account.username == username))
        if found is None:
            raise click.ClickException(f"没有账号 / no account: {username}")
        where = accounts.organisation(session, unit)
        accounts.appoint(session, SYSTEM, found, role, where, calendar.today())


@account.command("token")
@click.argument("username")
@click.option("--purpose", required=True)
@click.option("--days", default=90, show_default=True)
def token(username: str, purpose: str, days: int) -> None:
    """Issue an API token; it is shown this once."""
    with writing() as session:
        made = accounts.issue_token(session, SYSTEM, username, purpose, days)
    click.echo(made)


@account.command("disable")
@click.argument("username")
def disable(username: str) -> None:
    """Close an account and its sessions at once."""
    with writing() as session:
        accounts.disable(session, SYSTEM, username)


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
        plain = f"{username:<24}{name}  {'; '.join(posts)}"
        click.echo(json.dumps(facts, ensure_ascii=False) if as_json else plain)


@main.group()
def index() -> None:
    """The search index."""


@index.command("status")
@click.option("--json", "as_json", is_flag=True)
def index_status(as_json: bool) -> None:
    """Show the engine, its entries, and what waits; exit 1 when the engine does not answer."""
    chosen = settings()
    with reading(chosen) as session:
        waiting, since, parked = outbox.pending(session)
    try:
        found = discovery.open_index(chosen).status()
    except search.Unavailable as fault:
        raise click.ClickException(f"检索引擎没有应答 / no answer: {fault}") from fault
    facts = {
        "engine": found.engine,
        "name": found.name,
        "entries": found.entries,
        "current": found.is_current,
        "waiting": waiting,
        "since": since.isoformat() if since else None,
        "parked": parked,
    }
    for name, value in facts.items() if not as_json else ():
        click.echo(f"{name:<10}{value}")
    if as_json:
        click.echo(json.dumps(facts))


@index.command("rebuild")
def index_rebuild() -> None:
    """Build the index anew while reading goes on."""
    chosen = settings()
    try:
        with database(chosen) as opened:
            count = discovery.rebuild(opened, discovery.open_index(chosen))
    except search.Unavailable as fault:
        raise click.ClickException(f"检索引擎没有应答 / no answer: {fault}") from fault
    click.echo(f"{count} 个条目 / entries")


@index.command("verify")
@click.option("--json", "as_json", is_flag=True)
def index_verify(as_json: bool) -> None:
    """Compare the index with the live versions; exit 1 when an entry differs."""
    chosen = settings()
    try:
        with database(chosen) as opened:
            found = discovery.verify(opened, discovery.open_index(chosen))
    except search.Unavailable as fault:
        raise click.ClickException(f"检索引擎没有应答 / no answer: {fault}") from fault
    if as_json:
        click.echo(json.dumps([{"key": drift.key, "code": drift.code} for drift in found]))
    else:
        for drift in found:
            click.echo(f"{drift.key} {drift.code}")
        click.echo(f"{len(found)} 处不一致 / differences")
    sys.exit(1 if found else 0)


@main.group()
def audit() -> None:
    """The journal."""


@audit.command("verify")
@click.option("--json", "as_json", is_flag=True)
def verify(as_json: bool) -> None:
    """Prove that no row of the journal was altered, removed or inserted; exit 1 when one was.

    Signed heads and their copy in the data folder are checked as well.
    """
    chosen = settings()
    publics = signing.load(chosen.signing_key_file).publics
    with reading(chosen) as session:
        faults = heads.prove(session, publics, chosen.data_dir)
        size, root = journal.head(session)
    if as_json:
        found = [{"seq": fault.seq, "code": fault.code} for fault in faults]
        click.echo(json.dumps({"size": size, "root": root, "faults": found}))
    else:
        for fault in faults:
            click.echo(f"第 {fault.seq} 行 / row {fault.seq}: {fault.code}")
        click.echo(f"{size} 行 / rows, {len(faults)} 处异常 / faults, {root}")
    sys.exit(1 if faults else 0)
