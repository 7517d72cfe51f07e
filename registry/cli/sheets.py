"""`catalogue export`: the entries of a unit as the official sheet."""

from pathlib import Path

import click

from connectors import excel
from registry import accounts, db
from registry.cli.commands import database, main, settings
from registry.errors import Missing
from registry.web.sheets import exported


@main.command("export")
@click.option("--department", required=True, help="统一社会信用代码 / social credit code")
@click.option("--output", "-o", required=True, type=click.Path(dir_okay=False, path_type=Path))
def export(department: str, output: Path) -> None:
    """Write every entry of a unit into the official sheet."""
    with db.transaction(database(settings()), writes=False) as session:
        try:
            unit = accounts.organisation(session, department)
        except Missing as refusal:
            raise click.ClickException(f"没有这个单位 / no such unit: {department}") from refusal
        found = exported(session, unit)
        content = excel.write(found, f"{unit.name}数据资源目录")
    output.write_bytes(content)
    click.echo(f"{len(found)} 个条目 / entries: {output}")
