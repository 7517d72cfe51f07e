"""`catalogue audit`: the journal proven, a head signed now, the whole as a file."""

import json
import sys
from pathlib import Path

import click
import sqlalchemy as sa

from registry import journal, work
from registry.access import SYSTEM
from registry.cli.line import main
from registry.cli.opening import database, keys, reading, settings, writing
from registry.journal import heads
from registry.journal.record import SEALED
from registry.journal.tree import instant
from registry.models.journal import JournalRow


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
    publics = keys(chosen).publics
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


@audit.command("sign")
def sign() -> None:
    """Sign the head of the journal now, and write it to the copy in the data folder."""
    chosen = settings()
    with database(chosen) as opened:
        signed = work.sign_heads(chosen, opened)
    click.echo("已签名 / signed" if signed else "没有新记录 / nothing new")


@audit.command("export")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
def export(file: Path) -> None:
    """Write every row, then the signed heads and the public keys, as JSON lines."""
    chosen = settings()
    key = keys(chosen)
    draft = file.with_name(f"{file.name}.part")
    with reading(chosen) as session, draft.open("w", encoding="utf-8") as out:
        for row in session.scalars(
            sa.select(JournalRow).order_by(JournalRow.seq).execution_options(yield_per=5_000)
        ):
            facts = {name: getattr(row, name) for name in (*SEALED, "mac", "leaf")}
            facts["at"] = instant(row.at)
            out.write(json.dumps({"row": facts}, ensure_ascii=False) + "\n")
        size, root = journal.head(session)
        out.write(json.dumps({"head": {"size": size, "root": root}}) + "\n")
        for fact in heads.signed(session):
            out.write(json.dumps({"signed_head": fact}) + "\n")
        for public in key.publics:
            out.write(json.dumps({"public_key": public.fact()}) + "\n")
    draft.replace(file)
    with writing(chosen) as session:
        facts = {"size": size, "root": root}
        journal.record(session, SYSTEM, "audit_export", "journal", "", facts=facts)
    click.echo(f"{size} 行 / rows: {file}")
