"""The commands of an installation: its settings, its tables, the demo city, its processes."""

import logging
import signal
from contextlib import suppress

import click
from sqlalchemy.exc import DBAPIError

from registry import db, upgrade
from registry.access import role_title
from registry.cli import checking
from registry.cli.line import main
from registry.cli.opening import database, keys, settings
from registry.cli.refusals import Misconfigured


@main.command("check-config")
def check_config() -> None:
    """Check every setting and what it names: folders, keys, database, search; all faults at once.

    Exit 78 where there is a fault. Before `init` it says what init will make. Nothing is made.
    """
    faults, notes = checking.look(settings())
    for note in notes:
        click.echo(note)
    if faults:
        raise Misconfigured(*faults)
    click.echo("配置无误 / the settings are good")


@main.command()
def init() -> None:
    """Make the data folder, the keys and the tables; what is there already stays."""
    chosen = settings()
    keys(chosen, making=True)
    with database(chosen, making=True) as opened:
        before = upgrade.revision(opened)
        upgrade.upgrade(opened)
        after = upgrade.revision(opened)
    if before == after:
        click.echo(f"已经初始化过，没有改动 / it was ready, nothing was done: {chosen.data_dir}")
    else:
        click.echo(f"已就绪 / ready: {chosen.data_dir}")


@main.command("upgrade")
def upgrade_() -> None:
    """Bring the tables to this release."""
    with database(settings(), tables=False) as opened:
        before = upgrade.revision(opened)
        upgrade.upgrade(opened)
        after = upgrade.revision(opened)
    if before == after:
        click.echo(f"已经是这个版本，没有改动 / it was at this release, nothing was done: {after}")
    else:
        click.echo(f"已升级 / upgraded: {before or '—'} → {after}")


@main.command("demo")
def demo_() -> None:
    """Make the demo city in an empty database and print its accounts."""
    from registry import demo

    chosen = settings()
    if chosen.host not in {"127.0.0.1", "localhost", "::1"}:
        raise click.ClickException("演示环境只能监听本机 / the demo listens on loopback only")
    password = demo.password_of(chosen)
    keys(chosen, making=True)
    with database(chosen, making=True) as opened:
        upgrade.upgrade(opened)
        with db.transaction(opened, writes=True) as session:
            made = demo.build(session, password)
        # After the city is committed: a run of the harvest opens its own transactions.
        handed_down = demo.hand_down(opened) if made else 0
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
    """Serve the pages at CATALOGUE_HOST and CATALOGUE_PORT: gunicorn, one worker, 8 threads."""
    from registry import serving

    chosen = settings()
    keys(chosen)
    with database(chosen) as opened:
        _require_known(opened)
    if taken := checking.address_fault(chosen.host, chosen.port):
        raise click.ClickException(taken)
    serving.become()


@main.command("work")
def work_() -> None:
    """Do the work beside the pages: index, cleansing, signed heads; SIGTERM ends it.

    One process does it at a time: another `work`, or the thread of `serve`, takes over when this
    one ends.
    """
    from registry import work

    chosen = settings()
    keys(chosen)
    logging.getLogger("registry").setLevel(chosen.log.upper())
    with database(chosen) as opened:
        _require_known(opened)
        worker = work.Worker(chosen, opened)
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: worker.tell_to_stop())
        worker.run()


def _require_known(opened: db.Database) -> None:
    """Refuse the tables of another release; a database that is away is waited for by who serves."""
    with suppress(DBAPIError):
        upgrade.require_known(opened)
        there, here = upgrade.revision(opened), upgrade.newest()
        if there != here:
            raise Misconfigured(
                f"数据库的表是旧版本（{there}），这个版本需要 {here}。请先备份，再运行 catalogue"
                f" upgrade / the tables are of an older release ({there}), this one needs {here}:"
                " make a backup, then run catalogue upgrade"
            )
