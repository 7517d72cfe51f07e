"""`catalogue index`: the state of the search index, built anew, compared with the tables."""

import json
import sys

import click

import search
from registry import db, discovery, outbox, work
from registry.cli.line import main
from registry.cli.opening import database, reading, settings


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
            # The whole catalogue is about to be read.
            db.analyse(opened)
            count = work.rebuild(chosen, opened, discovery.open_index(chosen))
    except search.Unavailable as fault:
        raise click.ClickException(f"检索引擎没有应答 / no answer: {fault}") from fault
    if count is None:
        raise click.ClickException(
            "另一个进程正在重建索引，请等它完成；没有完成的，再运行一次 / "
            "another process is rebuilding the index: wait for it, and try again if it failed"
        )
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
