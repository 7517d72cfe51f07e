"""`catalogue harvest`: other catalogues into the claim list, page by page, again and again."""

import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from connectors import harvesting
from connectors.fetching import Fetcher
from registry import db, harvest
from registry.access import SYSTEM
from registry.cli.line import main
from registry.cli.opening import database, reading, settings, writing
from registry.cli.refusals import told
from registry.config import Settings
from registry.errors import Unreadable
from registry.harvest import Ran
from registry.models.harvest import HarvestSource

_WORDS: Mapping[str, str] = {
    "new": "新收，待认领 / new, to be claimed",
    "changed": "来源有变化 / changed over there",
    "gone": "来源已删除 / deleted over there",
    "quarantined": "暂不接收 / in quarantine",
    "same": "没有变化 / unchanged",
    "ours": "本系统自己的条目，未收 / our own, not taken",
    "wiped": "已依法清除，未收 / wiped here, not taken",
}
_STATES: Mapping[str, str] = {
    "waiting": "待认领",
    "claimed": "已认领",
    "declined": "不认领",
    "quarantined": "暂不接收",
    "gone": "来源已删除",
}


@main.group("harvest")
def harvest_() -> None:
    """Other catalogues 采集外部目录 into the claim list 认领清单."""


@harvest_.command()
@click.argument("name")
@click.option("--kind", type=click.Choice(harvesting.KINDS), required=True, help="类型 / kind")
@click.option("--address", default="", help="接口地址；表格不需要 / address; none for a sheet")
@click.option("--department", default="", help="全部归入这个单位（代码） / unit of all entries")
@click.option("--token-file", default="", help="存放令牌的文件 / file that holds the token")
@click.option(
    "--most",
    type=click.IntRange(1, 1_000_000),
    default=harvest.MOST,
    show_default=True,
    help="条目上限 / most entries",
)
def add(name: str, kind: str, address: str, department: str, token_file: str, most: int) -> None:
    """Enter a source by a short NAME, or its address and limit anew; nothing is asked of it yet."""
    with writing() as session:
        path = str(Path(token_file).absolute()) if token_file else ""
        harvest.add_source(
            session,
            SYSTEM,
            name,
            kind,
            address,
            department=department,
            token_file=path,
            most=most,
        )
    click.echo(f"已登记 / entered: {name}")


@harvest_.command("list")
@click.option("--json", "as_json", is_flag=True)
def list_(as_json: bool) -> None:
    """Every source, its claims by state, how its last run ended."""
    with reading(settings()) as session:
        found = [_facts(source, counts) for source, counts in harvest.sources(session)]
    if as_json:
        click.echo(json.dumps(found, ensure_ascii=False))
        return
    if not found:
        click.echo("没有采集来源 / no sources")
    for one in found:
        click.echo(f"{one['name']}  {one['kind']}  {one['address'] or '—'}")
        counts = "、".join(f"{_STATES[s]} {n}" for s, n in sorted(one["claims"].items()))
        click.echo(f"  {counts or '还没有条目 / no entries yet'}")
        click.echo(f"  {one['last']}")


def _facts(source: HarvestSource, counts: Mapping[str, int]) -> dict[str, Any]:
    if source.fault:
        last = told(Unreadable(source.fault, **source.fault_facts))
    elif source.cursor is not None:
        last = "没有读完，再次运行会继续 / not finished: the next run goes on"
    elif source.finished_at is not None:
        last = f"已读完 / finished: {source.finished_at.isoformat(timespec='seconds')}"
    else:
        last = "还没有运行过 / never run"
    return {
        "name": source.name,
        "kind": source.kind,
        "address": source.address,
        "runs": source.run,
        "claims": dict(counts),
        "fault": source.fault,
        "last": last,
    }


@harvest_.command()
@click.argument("name")
@click.option(
    "--file",
    "file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="上级下发的表格 / the sheet that was handed down",
)
@click.option(
    "--let-go",
    "let_go",
    is_flag=True,
    help="来源确实删除了一半以上 / the source did delete more than half",
)
@click.option("--json", "as_json", is_flag=True)
def run(name: str, file: Path | None, let_go: bool, as_json: bool) -> None:
    """Read the source NAME into the claim list, on from where the last run was stopped.

    Nothing that is read is published or found by search: it waits in the claim list until a
    department claims it. Exit 1 when the source stopped the run; what was read until then stays.
    A source that took away more than half of its list is not followed without --let-go.
    """
    chosen = settings()
    with database(chosen) as opened:
        with db.transaction(opened, writes=False) as session:
            kind = harvest.source_named(session, name).kind
        if (kind == "sheet") != (file is not None):
            raise click.UsageError("表格来源用 --file 指明文件 / --file belongs to a sheet")
        content = file.read_bytes() if file is not None else b""
        ran = harvest.run(
            opened,
            SYSTEM,
            name,
            lambda source: _fetcher(chosen, source),
            content,
            _progress,
            let_go=let_go,
        )
    if sys.stderr.isatty():
        click.echo("", err=True)
    _tell(name, ran, as_json=as_json)


def _fetcher(chosen: Settings, source: HarvestSource) -> Fetcher:
    """What asks this source: inside only where the settings allow, the token for it alone."""
    token = ""
    if source.token_file:
        try:
            token = Path(source.token_file).read_text("utf-8").strip()
        except (OSError, UnicodeError) as fault:
            raise Unreadable("harvest_token_file", path=source.token_file) from fault
    return Fetcher(chosen.harvest_networks, origin=source.address, token=token)


def _progress(ran: Ran) -> None:
    """A line for somebody who waits at a terminal; a pipe hears nothing."""
    if sys.stderr.isatty():
        count = sum(ran.counts.values())
        click.echo(f"\r{ran.pages} 页 / pages  {count} 条 / entries", nl=False, err=True)


def _tell(name: str, ran: Ran, *, as_json: bool) -> None:
    stopped = Unreadable(f"harvest_{ran.fault}", **ran.facts) if ran.fault else None
    if as_json:
        facts = {
            "source": name,
            "pages": ran.pages,
            "resumed": ran.is_resumed,
            "finished": not ran.fault,
            "fault": ran.fault,
            **{word: ran.counts[word] for word in _WORDS},
        }
        click.echo(json.dumps(facts, ensure_ascii=False))
    else:
        if ran.is_resumed:
            click.echo("接着上次中断的地方 / on from where the last run was stopped")
        for word, words in _WORDS.items():
            if ran.counts[word] or word == "new":
                click.echo(f"{ran.counts[word]:>7}  {words}")
    if stopped is not None:
        raise click.ClickException(told(stopped))
