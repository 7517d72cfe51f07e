"""`catalogue anonymize`: files in, files and reports out; works where there is no database.

Only the report travels to the registry. The engine is loaded when a command runs, so that the
server does not carry it.
"""

import json
import shlex
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from secrets import token_hex
from typing import TYPE_CHECKING, Any

import click

from registry.cli import outcome
from registry.cli.bar import bar
from registry.cli.documents import FILE, TARGET, Unwritten, document, write
from registry.cli.line import Rooms, main

if TYPE_CHECKING:
    from polars import DataFrame

    from anonymization.tables import Handed


# What signs and checks reports reads more of the registry than the rest.
SIGNED = dict.fromkeys(("signer", "sign", "check-report", "matches"), "evidence")


@main.group(cls=Rooms, rooms=SIGNED)
def anonymize() -> None:
    """脱敏 / find, treat and attack personal data in files."""


@contextmanager
def _told(as_json: bool = False) -> Iterator[None]:
    """A refusal is one sentence in both languages, exit 2; Ctrl-C is one too, exit 130."""
    from anonymization import Refused

    try:
        yield
    except Refused as refusal:
        if as_json:
            facts = {"refused": refusal.code, "message": refusal.zh, "message_en": refusal.en}
            click.echo(json.dumps(facts, ensure_ascii=False))
        click.echo(f"{refusal.zh} / {refusal.en}", err=True)
        sys.exit(2)
    except KeyboardInterrupt:
        click.echo("\n已取消，没有留下任何文件。 / cancelled, no file is left.", err=True)
        sys.exit(130)


def _show(facts: object) -> None:
    click.echo(json.dumps(facts, ensure_ascii=False, indent=1))


def _from_database(command: Callable[..., None]) -> Callable[..., None]:
    """The options that name a table of a database in the place of a file."""
    for option in (
        click.option("--max-rows", type=click.IntRange(min=1), help="行数上限 / most rows"),
        click.option("--url-file", type=FILE, help="数据库地址文件（0600） / address of it, 0600"),
        click.option("--table", help="数据库中的表 / a table of a database: [schema.]name"),
    ):
        command = option(command)
    return command


@contextmanager
def _source(
    file: Path | None, table: str | None, url_file: Path | None, max_rows: int | None
) -> "Iterator[Path | Handed]":
    """What is read: a file, or a table of a database while it is open."""
    if (file is None) == (table is None) or (table is None) != (url_file is None):
        raise click.UsageError(
            "请给出一个文件，或者 --table 和 --url-file / give a file, or --table and --url-file"
        )
    if file is not None:
        yield file
        return
    from connectors import database

    assert table is not None
    assert url_file is not None
    limit = max_rows or database.ROWS
    with database.opened(database.address_in(url_file), table, most_rows=limit) as handed:
        yield handed


def _frame(source: "Path | Handed") -> "DataFrame":
    from anonymization.tables import open_table

    return (open_table(source) if isinstance(source, Path) else source).frame()


@anonymize.command("key")
@click.argument("path", type=TARGET)
@click.option("--after", type=FILE, help="接替的旧密钥 / the key it follows, for the next release")
@click.option("--destroy", is_flag=True, help="销毁这个密钥 / destroy this key")
@click.option("--by", default="", help="由谁办理 / who does it")
@click.option("--reason", default="", help="销毁理由 / why it is destroyed")
@click.option("--release", default="", help="发布批次 / name of the release")
def key_(path: Path, after: Path | None, destroy: bool, by: str, reason: str, release: str) -> None:
    """Make, replace or destroy the key of a release; PATH.json keeps the record."""
    from anonymization import keys

    if after is not None and destroy:
        raise click.UsageError("--after 和 --destroy 不能同时使用 / --after or --destroy, not both")
    with _told():
        if destroy:
            keys.destroy(path, by, reason)
        elif after is not None:
            keys.rotate(after, path, by, release)
        else:
            keys.create(path, by, release)
    if destroy:
        click.echo(f"密钥已销毁，记录留存 / key destroyed, its record stays: {path.name}.json")
        return
    click.echo(f"密钥已生成，请离线保管，不得随数据流转 / key made, keep it apart: {path.name}")
    click.echo(f"办理记录，随报告保存 / its record, kept with the report: {path.name}.json")


_KEY_STATES = {
    "present": "在用 / present",
    "destroyed": "已销毁 / destroyed",
    "missing": "文件不在，没有销毁记录 / file gone, no record of its end",
    "altered": "记录被改动过，不能采信 / record altered, not to be relied on",
}


@anonymize.command("keys")
@click.argument(
    "folder", type=click.Path(exists=True, file_okay=False, path_type=Path), default="."
)
@click.option("--json", "as_json", is_flag=True)
def keys_(folder: Path, as_json: bool) -> None:
    """List the keys on record in FOLDER: id, made, replaced, destroyed, by whom; never the key.

    Exit 1: a key is gone without a record of its end, or a record was altered.
    """
    from anonymization import keys

    found = keys.listed(folder)
    if as_json:
        _show(found)
    else:
        for one in found:
            click.echo(f"{one['file']}  {one.get('key_id', '-')}  {_KEY_STATES[one['state']]}")
            for act, zh in (("made", "新建"), ("replaced", "接替"), ("destroyed", "销毁")):
                if at := one.get(f"{act}_at"):
                    who = f"{one[f'{act}_by']}  {one['reason'] if act == 'destroyed' else ''}"
                    click.echo(f"  {zh} / {act}  {_local(at)}  {who}".rstrip())
            if one.get("release"):
                click.echo(f"  发布批次 / release  {one['release']}")
            if "record" in one:
                click.echo(f"  记录 / record  {one['record']}")
        if not found:
            click.echo("这个文件夹里没有密钥记录 / no key is on record in this folder")
    sys.exit(1 if {one["state"] for one in found} & {"missing", "altered"} else 0)


def _local(moment: str) -> str:
    """A moment of a record as the city reads it; the record itself keeps UTC."""
    from registry.calendar import CITY

    return f"{datetime.fromisoformat(moment).astimezone(CITY):%Y-%m-%d %H:%M}"


@anonymize.command("detect")
@click.argument("files", nargs=-1, type=FILE)
@_from_database
@click.option("--json", "as_json", is_flag=True)
def detect(
    files: tuple[Path, ...],
    table: str | None,
    url_file: Path | None,
    max_rows: int | None,
    as_json: bool,
) -> None:
    """Say which columns hold personal data (CSV, Parquet, Excel, a table of a database)."""
    from anonymization import detect as look
    from anonymization.spots import cells as places

    columns: dict[str, dict[str, str | None]] = {}
    cells: dict[str, list[dict[str, Any]]] = {}
    with _told(as_json):
        for file in files or (None,):
            with _source(file, table, url_file, max_rows) as source:
                read = _frame(source)
            called = file.stem if file else str(table)
            found = look(read)
            columns[called] = {one.name: one.kind for one in found}
            if as_json:
                cells[called] = [
                    {
                        "row": one.row,
                        "col": one.column,
                        "start": one.start,
                        "end": one.end,
                        "kind": one.kind,
                    }
                    for one in places(read)
                ]
                continue
            click.echo(file.name if file else called)
            for one in found:
                click.echo(f"  {one.name}\t{one.kind or '-'}\t{one.evidence} / {one.evidence_en}")
    if as_json:
        _show({"cells": cells, "columns": columns})


@anonymize.command("plan")
@click.argument("file", type=FILE, required=False)
@_from_database
@click.option(
    "--profile",
    type=click.Choice(["open", "statistical", "interface", "lawful_raw"]),
    default="statistical",
    show_default=True,
)
@click.option(
    "--release",
    help="发布批次，不写就取一个新的 / name of the release, a new one if left out",
)
@click.option("--reason", help="保留的各列共同的理由 / why what is kept is kept")
@click.option("--output", "-o", type=TARGET, help="方案文件 / where the plan goes")
def plan(
    file: Path | None,
    table: str | None,
    url_file: Path | None,
    max_rows: int | None,
    profile: str,
    release: str | None,
    reason: str | None,
    output: Path | None,
) -> None:
    """Propose a masking plan that fits a file; read it before you use it."""
    from anonymization import detect as look
    from anonymization import fit, propose, reasons
    from registry.calendar import today

    with _told(), _source(file, table, url_file, max_rows) as source:
        found = _frame(source)
        proposed = fit(propose(look(found), profile), found)
    # Two tables planned on one day are two releases, whose codes are not to join.
    proposed["release"] = (release or "").strip() or f"{today():%Y-%m-%d}-{token_hex(2)}"
    proposed |= {"reason": reason.strip()} if reason and reason.strip() else {}
    text = json.dumps(proposed, ensure_ascii=False, indent=1) + "\n"
    if output is None:
        click.echo(text, nl=False)
    else:
        write(output, text)
        click.echo(f"方案已写出，请逐列核对 / plan written, check each column: {output.name}")
    for fault in reasons.faults(proposed):
        click.echo(f"· {fault.zh} / {fault.en}", err=True)


@anonymize.command("sample")
@click.argument("plan_file", type=FILE)
@click.option("--output", "-o", type=TARGET, required=True, help="CSV")
@click.option("--rows", type=click.IntRange(1, 1_000_000), default=1000, show_default=True)
def sample(plan_file: Path, output: Path, rows: int) -> None:
    """Write made-up rows for a plan, to run it before there are real data (plan_only)."""
    from anonymization import Refused, check_plan, made_up

    plan_ = document(plan_file)
    with _told():
        if faults := check_plan(plan_, decided=False):
            shown = "".join(one.zh for one in faults), " ".join(one.en for one in faults)
            raise Refused("PLAN_FAULTY", *shown)
    write(output, made_up(plan_, rows).write_csv())
    click.echo(f"虚构数据已写出 / made-up rows written: {output.name}")


@anonymize.command("apply")
@click.argument("file", type=FILE, required=False)
@_from_database
@click.option("--plan", "plan_file", type=FILE, required=True, help="脱敏方案 / masking plan")
@click.option(
    "--output",
    "-o",
    type=TARGET,
    required=True,
    help="结果，CSV 或 Parquet / the release, CSV or Parquet",
)
@click.option("--key", "key_file", type=FILE, help="密钥文件 / key file")
@click.option("--report", "report_file", type=TARGET, help="报告 / report")
@click.option("--resource", help="资源编号（网址中的编码） / key of the resource")
@click.option("--version", "version_digest", help="版本摘要 / digest of its version")
@click.option("--kind", type=click.Choice(["measured", "plan_only"]), default="measured")
@click.option("--earlier", type=FILE, multiple=True, help="以前的发布 / an earlier release")
@click.option("--signer", type=FILE, help="签名密钥，给报告签名 / key that signs the report")
@click.option("--json", "as_json", is_flag=True)
def apply(
    file: Path | None,
    table: str | None,
    url_file: Path | None,
    max_rows: int | None,
    plan_file: Path,
    output: Path,
    key_file: Path | None,
    report_file: Path | None,
    resource: str | None,
    version_digest: str | None,
    kind: str,
    earlier: tuple[Path, ...],
    signer: Path | None,
    as_json: bool,
) -> None:
    """Treat a file or a table by a plan; written only if it withstands attack. Exit 1: fail."""
    from anonymization import apply as run
    from anonymization import trials
    from registry.cli import evidence

    trials.remember()
    signing_key = evidence.signer_key(signer) if signer else None
    given = {"resource": resource, "version": version_digest}
    with _told(as_json), _source(file, table, url_file, max_rows) as source:
        report = run(
            document(plan_file),
            source,
            output,
            key_file,
            binding={name: value for name, value in given.items() if value},
            kind=kind,
            earlier=earlier,
            progress=bar(),
        )
    if report_file is not None:
        try:
            write(report_file, evidence.signed(report, signing_key))
        except Unwritten:
            # A release without its report would go out unproven.
            if report.passed:
                output.unlink(missing_ok=True)
            raise
    if as_json:
        _show(report.facts)
    else:
        outcome.tell(report.facts, output.name)
    sys.exit(0 if report.passed else 1)


@anonymize.command("mask")
@click.argument("file", type=FILE, required=False)
@_from_database
@click.option("--plan", "plan_file", type=FILE, required=True, help="脱敏方案 / masking plan")
@click.option(
    "--output",
    "-o",
    type=TARGET,
    required=True,
    help="结果，CSV 或 Parquet / the treated table, CSV or Parquet",
)
@click.option("--key", "key_file", type=FILE, help="密钥文件 / key file")
@click.option("--fresh", is_flag=True, help="不接着上次，从头开始 / start over, continue nothing")
@click.option("--json", "as_json", is_flag=True)
def mask(
    file: Path | None,
    table: str | None,
    url_file: Path | None,
    max_rows: int | None,
    plan_file: Path,
    output: Path,
    key_file: Path | None,
    fresh: bool,
    as_json: bool,
) -> None:
    """Treat a table of any size by a plan, unjudged: no k is reached and nothing is attacked.

    For what is too large for `apply`. A killed run is continued by the same command. Verify the
    result before it leaves the house.
    """
    from anonymization import mask_file

    with _told(as_json), _source(file, table, url_file, max_rows) as source:
        plan_ = document(plan_file)
        rows = mask_file(plan_, source, output, key_file, progress=bar(), fresh=fresh)
    if as_json:
        _show({"rows": rows, "output": output.name, "verdict": None})
        return
    click.echo(f"{rows} 行已处理，已写出 / rows treated, written: {output.name}")
    click.echo(
        "尚未核验：没有检查 k，也没有试过重新识别，不能当作发布结果。请接着运行 / not verified: k "
        "was not checked and no attack was tried. This is no release yet. Now run:"
    )
    click.echo(f"  catalogue anonymize verify {shlex.quote(str(output))}")


@anonymize.command("restore")
@click.argument("file", type=FILE)
@click.option("--plan", "plan_file", type=FILE, required=True, help="脱敏方案 / masking plan")
@click.option("--key", "key_file", type=FILE, required=True, help="密钥文件 / key file")
@click.option(
    "--report", "report_file", type=FILE, help="报告，核对密钥 / report, to check the key"
)
@click.option("--output", "-o", type=TARGET, required=True, help="结果 / where it goes")
def restore(
    file: Path, plan_file: Path, key_file: Path, report_file: Path | None, output: Path
) -> None:
    """Give encrypted columns of a release back to whoever holds its key."""
    from anonymization.keys import read
    from anonymization.restoring import restore_file

    report = document(report_file) if report_file else {}
    with _told():
        key = read(key_file)
        rows = restore_file(document(plan_file), file, output, key, report.get("key_id"))
    click.echo(
        f"{rows} 行已还原，含个人信息，请按原始数据保管 / rows restored, keep them as raw data: "
        f"{output.name}"
    )


@anonymize.command("measure")
@click.argument("file", type=FILE, required=False)
@_from_database
@click.option("--quasi", "-q", multiple=True, required=True, help="准标识符 / quasi-identifier")
@click.option("--sensitive", "-s", multiple=True, help="敏感属性 / sensitive column")
@click.option("--k", "wanted", type=click.IntRange(min=1), default=5, show_default=True)
@click.option("--json", "as_json", is_flag=True)
def measure(
    file: Path | None,
    table: str | None,
    url_file: Path | None,
    max_rows: int | None,
    quasi: tuple[str, ...],
    sensitive: tuple[str, ...],
    wanted: int,
    as_json: bool,
) -> None:
    """Measure k, l, t and risks; exit 1 when a class is smaller than k."""
    from anonymization import measure as look

    with _told(as_json), _source(file, table, url_file, max_rows) as source:
        facts = look(_frame(source), quasi, sensitive, wanted).facts()
    if as_json:
        _show(facts)
    else:
        for name, value in facts.items():
            click.echo(f"{name:<20}{value}")
    sys.exit(0 if int(str(facts["k"])) >= wanted else 1)


@anonymize.command("verify")
@click.argument("release", type=FILE, required=False)
@_from_database
@click.option("--claim", type=FILE, help="所称的处理 / what was done, as JSON")
@click.option("--raw", type=FILE, help="原始数据 / the table it was made from")
@click.option("--auxiliary", type=FILE, multiple=True, help="攻击者可能持有的名册 / a register")
@click.option("--earlier", type=FILE, multiple=True, help="以前的发布 / an earlier release")
@click.option("--json", "as_json", is_flag=True)
def verify(
    release: Path | None,
    table: str | None,
    url_file: Path | None,
    max_rows: int | None,
    claim: Path | None,
    raw: Path | None,
    auxiliary: tuple[Path, ...],
    earlier: tuple[Path, ...],
    as_json: bool,
) -> None:
    """Attack a release, whoever made it. Exit 0: it holds, 1: it does not."""
    from anonymization import trials
    from anonymization import verify as attack

    trials.remember()
    claimed = document(claim) if claim else None
    with _told(as_json), _source(release, table, url_file, max_rows) as source:
        attacked = source if isinstance(source, Path) else source.frame()
        verdict = attack(attacked, claimed, raw, earlier, auxiliary)
    facts = verdict.facts()
    if as_json:
        _show(facts)
    else:
        outcome.findings(facts["findings"])
        told = {name for one in facts["findings"] for name in one["columns"]}
        for one in facts["masks_keep"]:
            if one["column"] not in told:
                click.echo(f"· {one['detail']} / {one['detail_en']}")
        passed = "通过 / pass" if verdict.passed else "不通过 / fail"
        click.echo(f"{passed}（{facts['rows']} 行 / rows，级别 / level {facts['grade']}）")
    sys.exit(0 if verdict.passed else 1)


@anonymize.command("sketch")
@click.argument("release", type=FILE)
def sketch(release: Path) -> None:
    """Print what later releases are held against: digests of a release's codes, no value."""
    from anonymization import linking, tables

    with _told(as_json=True):
        made = linking.sketches(tables.open_table(release).frame())
    _show({"sketches": [one.facts() for one in made]})
