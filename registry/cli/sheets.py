"""The official sheet on the command line: `catalogue export`, `catalogue import --format excel`."""

from collections.abc import Mapping
from pathlib import Path

import click
import sqlalchemy as sa

from connectors import excel, files
from registry import accounts, calendar, catalogue
from registry.access.actor import of_account
from registry.cli.commands import main, reading, settings, writing
from registry.edge.words import sheet_fault
from registry.errors import Missing
from registry.models.accounts import Account
from registry.web.sheets import exported, incoming


@main.command("export")
@click.option("--department", required=True, help="统一社会信用代码 / social credit code")
@click.option("--output", "-o", required=True, type=click.Path(dir_okay=False, path_type=Path))
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
    file: Path, department: str | None, by: str | None, *, declared: bool, dry_run: bool
) -> None:
    """Take the sheet of a unit in as drafts; exit 1 with every fault by row and column."""
    if not department or not by:
        raise click.UsageError("需要 --department 和 --by / --department and --by are needed")
    if not declared and not dry_run:
        raise click.UsageError("先审查后录入，请加 --declared / the secrecy review comes first")
    try:
        rows = excel.read(files.tables(file.read_bytes()))
    except files.Refused as refusal:
        raise click.ClickException(_both(refusal.code, {})) from refusal
    except excel.Unreadable as refusal:
        raise click.ClickException(_both(refusal.code, refusal.facts)) from refusal
    with writing() as session:
        account = session.scalar(sa.select(Account).where(Account.username == by))
        if account is None or account.disabled_at is not None:
            raise click.UsageError(f"没有账号 / no account: {by}")
        outcome = catalogue.take(
            session,
            of_account(session, account, calendar.today(), way="command"),
            accounts.organisation(session, department),
            [incoming(row) for row in rows],
            declared=declared,
            dry_run=dry_run,
        )
    for place, problem in outcome.faults:
        fault = excel.fault(rows[place], problem)
        where = f"{excel.SHEET}!{fault.letter}{fault.row}" if fault.letter else f"{fault.row}"
        click.echo(f"{where} {fault.message} / {problem.message('en')}", err=True)
    if outcome.faults:
        count = len(outcome.faults)
        raise click.ClickException(f"{count} 处需要修改，没有保存 / to be mended, nothing stored")
    click.echo(
        f"新增 {outcome.created}，修改 {outcome.updated}，没有改动 {outcome.unchanged}"
        f" / new, changed, unchanged{'（只检查 / checked only）' if dry_run else ''}"
    )


def _both(code: str, facts: Mapping[str, object]) -> str:
    return f"{sheet_fault(code, facts, 'zh')} / {sheet_fault(code, facts, 'en')}"
