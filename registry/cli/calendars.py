"""`catalogue calendar import`: the State Council's notice of a year."""

import json
from collections.abc import Mapping
from pathlib import Path

import click
import sqlalchemy as sa

from registry import calendar, db, files, workdays
from registry.access.actor import of_account
from registry.cli import tables
from registry.cli.line import main
from registry.cli.opening import database, settings
from registry.models.accounts import Account

_FAULTS: Mapping[str, str] = {
    "heading": "第 1 行缺少栏目：{value} / row 1 lacks columns (date, kind, source)",
    "empty": "文件里没有日期 / the file holds no day",
    "date": "日期“{value}”读不出来，请写成 2027-01-01 / the date cannot be read",
    "twice": "{value} 在文件里出现两次，请删去一行 / this day stands twice",
    "kind": "安排“{value}”读不出来，请写 off（休息）或者 work（上班） / neither off nor work",
    "weekday": "{value} 本来就是工作日，不能写 work / an ordinary working day is no exception",
    "source": "请写明依据的通知文号，不超过 200 字 / name the notice, 200 characters at most",
    "name": "节日名称不超过 60 字 / the name takes 60 characters at most",
    "incomplete": "{value} 年没有元旦、劳动节、国庆节的休息日，通知不完整，请补全该年"
    " / the year lacks New Year, Labour Day or National Day: please complete it",
}


@main.group("calendar")
def calendar_() -> None:
    """Working days 工作日历."""


@calendar_.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--by", "username", required=True, help="系统管理员账号 / administrator's account")
@click.option("--dry-run", is_flag=True, help="只检查，不保存 / check only, store nothing")
@click.option("--json", "as_json", is_flag=True)
def import_(file: Path, username: str, dry_run: bool, as_json: bool) -> None:
    """Take in the State Council's notice: CSV or Excel with date, kind (off, work), source.

    A whole year replaces what was known of it. Dates that were told before stay as they are.
    """
    content = file.read_bytes()
    rows, faults = workdays.read(tables.first(content))
    if not faults:
        chosen = settings()
        with (
            database(chosen) as opened,
            db.transaction(opened, writes=not dry_run) as session,
        ):
            account = session.scalar(sa.select(Account).where(Account.username == username))
            if account is None or account.disabled_at is not None:
                raise click.UsageError(f"没有账号 / no account: {username}")
            actor = of_account(session, account, calendar.today(), way="command")
            digest = files.digest(content)
            outcome, faults = workdays.take(session, actor, rows, digest, dry_run=dry_run)
    if faults:
        tables.refuse(faults, _FAULTS, as_json=as_json)
    if as_json:
        facts = {**vars(outcome), "years": list(outcome.years), "dry_run": dry_run}
        click.echo(json.dumps(facts))
        return
    _tell_outcome(outcome, dry_run=dry_run)


def _tell_outcome(outcome: workdays.Outcome, *, dry_run: bool) -> None:
    named = "、".join(str(year) for year in outcome.years)
    if outcome.is_nothing:
        click.echo(f"{named} 年没有改动 / nothing changed")
        return
    click.echo(
        f"{named} 年：新增 {outcome.added} 天，修改 {outcome.changed} 天，去掉 {outcome.removed} 天"
        " / days added, changed, removed"
    )
    if outcome.open_dates:
        click.echo(
            f"{outcome.open_dates} 个在办期限落在这些年份，已告知的日期没有改动，请核对"
            " / open dates fall into these years; what was told stays, please look at them"
        )
    if dry_run:
        click.echo("只检查，没有保存 / checked only, nothing was stored")
