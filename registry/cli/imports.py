"""`catalogue import`: entries of another catalogue as drafts, or adopted as approved before."""

import json
import sys
from collections import Counter
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import click
import sqlalchemy as sa
from sqlalchemy.orm import Session

import search
from connectors import ckan, incoming
from connectors.incoming import Fault, Incoming
from registry import access, calendar, db, discovery, files, work
from registry.access import SYSTEM, Actor
from registry.access.actor import of_account
from registry.catalogue import adoption
from registry.catalogue.adoption import Basis, Plan
from registry.cli import sheets
from registry.cli.line import main
from registry.cli.opening import database, settings
from registry.config import Settings
from registry.db import Database
from registry.models.accounts import Account, Post
from schemas import Problem

# How an entry is read from one object of a file.
FORMATS: Mapping[str, Callable[[int, Mapping[str, Any]], Incoming | Fault]] = {
    "ckan": ckan.incoming,
    "jsonl": incoming.entry,
}
# The official sheet, from a spreadsheet program or as text with the same columns.
SHEETS = ("excel", "csv")
_MOST_TOLD = 20
_LONGEST_BASIS = 80
_FAULTS: Mapping[str, str] = {
    "size": "一行过长 / the line is too long",
    "encoding": "不是 UTF-8 / not UTF-8",
    "syntax": "不是 JSON / not JSON",
    "depth": "嵌套过深 / nested too deep",
    "number": "数字过大或者不是数字 / no finite number",
    "duplicate-key": "同一对象内有重复的键 / a key stands twice",
    "surrogate": "含有无法保存的字符 / a character that cannot be stored",
    "not-an-object": "不是一个条目 / not an entry",
    "no-document": "没有 document / no document",
}


@main.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--format", "format_", type=click.Choice([*sorted(FORMATS), *SHEETS]), default="ckan")
@click.option("--source", help="来源名称，默认同格式 / name of the source, by default the format")
@click.option("--department", help="全部归入这个单位（代码） / code of the unit of all entries")
@click.option("--adopt", is_flag=True, help="接收已批准目录，直接发布 / publish what was approved")
@click.option("--basis", help="批准文件名称或者文号 / the paper that approved the catalogue")
@click.option("--by", help="批准人或者编制人账号 / account of who approves, or of the registrar")
@click.option("--second", help="复核人账号 / account of the second person")
@click.option("--declared", is_flag=True, help="本单位已先行保密审查 / the secrecy review was done")
@click.option("--dry-run", is_flag=True, help="只检查，不保存 / check only, store nothing")
@click.option("--json", "as_json", is_flag=True)
def import_(
    file: Path,
    format_: str,
    source: str | None,
    department: str | None,
    adopt: bool,
    basis: str | None,
    by: str | None,
    second: str | None,
    declared: bool,
    dry_run: bool,
    as_json: bool,
) -> None:
    """Bring in the entries of FILE: as drafts, or with --adopt as published before.

    Everything is read and checked first; then all of it is stored in one short act, or nothing.
    Entries that break a rule are adopted as 待整改 with their faults. The same file may come
    again: an entry whose id is known is left as it stands.
    """
    if format_ in SHEETS:
        if adopt or source or second:
            raise click.UsageError("表格只能存为草稿 / a sheet can only become drafts")
        return sheets.take(file, format_, department, by, declared=declared, dry_run=dry_run)
    basis = (basis or "").strip()
    _check_usage(adopt, basis, second, declared, dry_run)
    chosen = settings()
    content = file.read_bytes()
    _step("读取 / reading")
    read, deleted = _read(content, FORMATS[format_])
    digest = files.digest(content)
    with database(chosen) as opened:
        _step(f"检查 {len(read)} 条 / checking")
        with db.transaction(opened, writes=False) as session:
            people = _people(session, by, second) if adopt else (_person(session, by), SYSTEM)
            plan = adoption.plan(session, (source or format_)[:60], read, department)
        facts = _facts(file, digest, plan, deleted)
        if not dry_run:
            _step("保存 / storing")
            with db.transaction(opened, writes=True) as session:
                if adopt:
                    stored = adoption.adopt(session, plan, Basis(basis, digest, *people))
                else:
                    stored = adoption.take_as_drafts(session, people[0], plan, digest)
            db.analyse(opened)
            facts |= {"stored": len(stored), "people": [p.name for p in people if p.person_id]}
            facts["indexed"] = _indexed(chosen, opened) if adopt else None
    _tell(facts, plan, adopt=adopt, dry_run=dry_run, as_json=as_json)


def _step(words: str) -> None:
    """Say what is being done to somebody who waits at a terminal; a pipe hears nothing."""
    if sys.stderr.isatty():
        click.echo(words, err=True)


def _check_usage(
    adopt: bool, basis: str, second: str | None, declared: bool, dry_run: bool
) -> None:
    if adopt and not basis:
        raise click.UsageError("--adopt 需要 --basis / --adopt needs --basis")
    if len(basis) > _LONGEST_BASIS:
        raise click.UsageError(f"--basis 至多 {_LONGEST_BASIS} 个字 / characters at most")
    if not adopt and (basis or second):
        raise click.UsageError("--basis 和 --second 只用于 --adopt / belong to --adopt")
    if not adopt and not declared and not dry_run:
        raise click.UsageError("先审查后录入，请加 --declared / the secrecy review comes first")


def _read(
    content: bytes, convert: Callable[[int, Mapping[str, Any]], Incoming | Fault]
) -> tuple[list[Incoming], int]:
    """The entries of a file and how many were deleted over there; exit 1 names unreadable lines."""
    lines = incoming.objects(content)
    faults = list(lines.faults)
    found: list[Incoming] = []
    deleted = 0
    for place, one in lines.objects:
        if ckan.is_deleted(one):
            deleted += 1
            continue
        converted = convert(place, one)
        if isinstance(converted, Fault):
            faults.append(converted)
        else:
            found.append(converted)
    if not lines.objects and not faults:
        faults.append(Fault(1, "not-an-object"))
    if faults:
        for fault in faults[:_MOST_TOLD]:
            click.echo(
                f"第 {fault.place} 条 / entry {fault.place}: {_FAULTS[fault.code]}", err=True
            )
        raise click.ClickException(
            f"{len(faults)} 条无法读取，没有保存 / entries cannot be read, nothing was stored"
        )
    return found, deleted


def _people(session: Session, by: str | None, second: str | None) -> tuple[Actor, Actor]:
    """Who approves and who has checked: the accounts named, else the only holders of the posts."""
    first = _person(session, by) if by else _only(session, "adopt", "--by")
    if first is SYSTEM:
        return SYSTEM, SYSTEM
    other = _person(session, second) if second else _only(session, "publish", "--second")
    return first, other


def _person(session: Session, username: str | None) -> Actor:
    if username is None:
        return SYSTEM
    account = session.scalar(sa.select(Account).where(Account.username == username))
    if account is None or account.disabled_at is not None:
        raise click.UsageError(f"没有账号 / no account: {username}")
    return of_account(session, account, calendar.today(), way="command")


def _only(session: Session, act: str, option: str) -> Actor:
    """The only person who holds a post for this act; SYSTEM where nobody does yet."""
    today = calendar.today()
    rows = session.scalars(
        sa.select(Account)
        .join(Post, Post.person_id == Account.person_id)
        .where(
            Post.role.in_(access.acts()[act].roles),
            Post.starts <= today,
            sa.or_(Post.ends.is_(None), Post.ends >= today),
            Account.disabled_at.is_(None),
        )
        .order_by(Account.id)
    )
    accounts = {account.person_id: account for account in rows}
    if len(accounts) > 1:
        names = ", ".join(account.username for account in accounts.values())
        raise click.UsageError(f"请用 {option} 指明一人 / name one by {option}: {names}")
    for account in accounts.values():
        return of_account(session, account, today, way="command")
    return SYSTEM


def _indexed(chosen: Settings, opened: Database) -> bool:
    """Bring the index up to date, unless a running server does it: one at a time may write it."""
    _step("建立索引 / indexing")
    turn = work.Turn(chosen, opened)
    if not turn.take():
        return False
    try:
        index = discovery.open_index(chosen)
        while discovery.drain(opened, index):
            pass
    except search.Unavailable:
        return False
    finally:
        turn.give_back()
    return True


def _facts(file: Path, digest: str, plan: Plan, deleted: int) -> dict[str, Any]:
    return {
        "file": file.name,
        "digest": digest,
        "new": len(plan.entries),
        "faulty": plan.faulty,
        "known": plan.known,
        "repeated": plan.repeated,
        "deleted": deleted,
        "wiped": [{"entry": place, "on": day} for place, day in plan.wiped],
        "cut": sum(bool(entry.incoming.cut) for entry in plan.entries),
        "units_made": len(plan.made),
    }


_WORDS = {
    "new": "新条目 / new entries",
    "faulty": "不合规则 / breaking a rule",
    "known": "已在册，未改动 / known, left as they stand",
    "repeated": "文件内重复 / repeated in the file",
    "deleted": "来源已删除，未接收 / deleted over there, not taken",
    "wiped": "已依法清除，未接收 / wiped here, not taken again",
    "cut": "有过长内容被截短 / shortened",
    "units_made": "新建单位 / units made",
}


def _tell(facts: dict[str, Any], plan: Plan, *, adopt: bool, dry_run: bool, as_json: bool) -> None:
    common = _commonest(plan)
    if as_json:
        told = {**facts, "dry_run": dry_run, "adopted": adopt and not dry_run, "faults": common}
        click.echo(json.dumps(told, ensure_ascii=False))
        return
    for name, words in _WORDS.items():
        if facts[name] or name in ("new", "faulty"):
            count = facts[name] if isinstance(facts[name], int) else len(facts[name])
            click.echo(f"{count:>7}  {words}")
    for one in facts["wiped"][:_MOST_TOLD]:
        click.echo(
            f"第 {one['entry']} 条已于 {one['on']} 依法清除，没有接收；有疑问请联系安全保密管理员"
            f" / entry {one['entry']} was wiped on {one['on']}; ask the security administrator"
        )
    for fault in common[:_MOST_TOLD]:
        click.echo(f"{fault['count']:>15}  {fault['sentence']}")
    if dry_run:
        click.echo("只检查，没有保存 / checked only, nothing was stored")
    elif adopt and facts["stored"]:
        _tell_adopted(facts)
    elif not facts["stored"]:
        click.echo("没有新条目，没有改动 / nothing new, nothing changed")
    else:
        click.echo(f"已存为草稿 / stored as drafts: {facts['stored']}")


def _tell_adopted(facts: Mapping[str, Any]) -> None:
    click.echo(f"已接收并发布 / adopted and published: {facts['stored']}")
    if facts["people"]:
        click.echo(f"批准、复核 / approved and checked by: {'、'.join(facts['people'])}")
    else:
        click.echo("没有登记批准人和复核人 / nobody is on record: no account holds the posts yet")
    if not facts["indexed"]:
        click.echo("索引由运行中的服务更新 / the running server brings the index up to date")


def _commonest(plan: Plan) -> list[dict[str, Any]]:
    """What is wrong most often, by field and rule: where to begin."""
    counted: Counter[tuple[str, str, str | None]] = Counter()
    sentences: dict[tuple[str, str, str | None], str] = {}
    for entry in plan.entries:
        for kind, problem in {_kind(problem): problem for problem in entry.faults}.items():
            counted[kind] += 1
            sentences.setdefault(kind, problem.message())
    return [
        {
            "pointer": kind[0],
            "code": kind[1],
            "rule": kind[2],
            "count": n,
            "sentence": sentences[kind],
        }
        for kind, n in counted.most_common()
    ]


def _kind(problem: Problem) -> tuple[str, str, str | None]:
    parts = problem.pointer.split("/")
    pointer = "/".join("*" if part.isdigit() else part for part in parts)
    return pointer, problem.code, problem.rule
