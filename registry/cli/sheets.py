"""The official sheet on the command line: out, and in again as Excel or CSV."""

from pathlib import Path

import click
import sqlalchemy as sa
from sqlalchemy.orm import Session

from connectors import excel, files
from registry import accounts, calendar
from registry.access import Actor
from registry.access.actor import of_account
from registry.catalogue import intake
from registry.cli.documents import TARGET
from registry.cli.line import main
from registry.cli.opening import reading, settings, writing
from registry.cli.tables import both
from registry.errors import Missing
from registry.models.accounts import Account
from registry.web.sheets import exported, incoming


@main.command("export")
@click.option("--department", required=True, help="统一社会信用代码 / social credit code")
@click.option("--output", "-o", required=True, type=TARGET)
def export(department: str, output: Path) -> None:
    """Write every entry of a unit into the official sheet."""
    with reading(settings()) as session:
        try:
            unit = accounts.organisation(session, department)
        except Missing as refusal:
            raise click.ClickException(f"没有这个单位 / no such unit: {department}") from refusal
        found = exported(session, unit)
        content = excel.write(found, f"{unit.name}数据资源目录")
    output.write_bytes(content)
    click.echo(f"{len(found)} 个条目 / entries: {output}")


def take(
    file: Path,
    format_: str,
    department: str | None,
    by: str | None,
    *,
    declared: bool,
    dry_run: bool,
) -> None:
    """Take the sheet of a unit in as drafts; exit 1 with every fault by row and column.

    Read and checked outside any write; what is stored is compared with what was checked.
    """
    if not department or not by:
        raise click.UsageError("需要 --department 和 --by / --department and --by are needed")
    if not declared and not dry_run:
        raise click.UsageError("先审查后录入，请加 --declared / the secrecy review comes first")
    sheet = _read(file, format_)
    chosen = settings()
    with reading(chosen) as session:
        unit, who = accounts.organisation(session, department), _registrar(session, by)
        entries = [incoming(row) for row in sheet.rows]
        made = intake.plan(session, who, unit, entries, declared=True)
        lines = _told(sheet, made)
        outcome = made.outcome()
    for line in lines:
        click.echo(line, err=True)
    if lines:
        count = len(lines)
        raise click.ClickException(f"{count} 处需要修改，没有保存 / to be mended, nothing stored")
    if not dry_run:
        with writing() as session:
            unit, who = accounts.organisation(session, department), _registrar(session, by)
            outcome = intake.carry_out(session, who, unit, made)
    click.echo(
        f"新增 {outcome.created}，修改 {outcome.updated}，没有改动 {outcome.unchanged}"
        f" / new, changed, unchanged{'（只检查 / checked only）' if dry_run else ''}"
    )


def _read(file: Path, format_: str) -> excel.Sheet:
    try:
        opened = files.opened(file.read_bytes())
        sheet = excel.sheet(opened)
    except files.Refused as refusal:
        raise click.ClickException(both(refusal.code, {})) from refusal
    except excel.Unreadable as refusal:
        raise click.ClickException(both(refusal.code, refusal.facts)) from refusal
    if (opened.kind == "csv") != (format_ == "csv"):
        kind = "csv" if opened.kind == "csv" else "excel"
        raise click.UsageError(f"文件要用 --format {kind} / the file wants --format {kind}")
    for code, facts in sheet.notes:
        click.echo(both(code, facts), err=True)
    return sheet


def _registrar(session: Session, by: str) -> Actor:
    account = session.scalar(sa.select(Account).where(Account.username == by))
    if account is None or account.disabled_at is not None:
        raise click.UsageError(f"没有账号 / no account: {by}")
    return of_account(session, account, calendar.today(), way="command")


def _told(sheet: excel.Sheet, made: intake.Plan) -> list[str]:
    """Every fault as a line: place, sentence, sentence in English."""
    odd = {(one.row + 1, one.letter) for one in sheet.oddities}
    found = [
        f"{sheet.name}!{one.letter}{one.row + 1} {both(one.code, one.facts)}"
        for one in sheet.oddities
    ]
    for place, problem in made.faults:
        fault = excel.fault(sheet.rows[place], problem)
        if (fault.row, fault.letter) not in odd:
            where = f"{sheet.name}!{fault.letter}{fault.row}" if fault.letter else f"{fault.row}"
            found.append(f"{where} {fault.message} / {problem.message('en')}")
    return found
