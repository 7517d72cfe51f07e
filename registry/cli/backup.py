"""`catalogue backup` and `catalogue restore`."""

import json
import sys
from pathlib import Path

import click

import search
from registry import backup as backups
from registry import discovery
from registry.cli.line import main
from registry.cli.opening import database, keys, make_folder, settings


@main.command("backup")
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--with-keys", is_flag=True, help="连同密钥 / the keys as well: keep it locked away")
@click.option("--json", "as_json", is_flag=True)
def backup(folder: Path, with_keys: bool, as_json: bool) -> None:
    """Write a backup into FOLDER while the service goes on."""
    chosen = settings()
    # Without its key the backup would be signed by one made this moment, which nobody knows.
    keys(chosen)
    with database(chosen) as opened:
        made = backups.backup(chosen, opened, folder, with_keys=with_keys)
    if as_json:
        click.echo(json.dumps({"key": made.key, "rows": made.rows, "files": made.files}))
    else:
        click.echo(f"备份 {made.key}:{made.rows} 行、{made.files} 个文件 / rows, files: {folder}")


@main.command("restore")
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--verify", is_flag=True, help="只检查备份 / check the backup, bring nothing back")
@click.option("--json", "as_json", is_flag=True)
def restore(folder: Path, verify: bool, as_json: bool) -> None:
    """Bring the backup in FOLDER back into an empty place, and prove the journal."""
    chosen = settings()
    manifest = backups.check(folder)
    if verify:
        size = manifest["head"]["size"]
        click.echo(json.dumps(manifest["head"]) if as_json else f"备份完好 / good: {size}")
        return
    make_folder(chosen)
    backups.place_keys(chosen, folder)
    try:
        with database(chosen, making=True) as opened:
            done = backups.restore(chosen, opened, discovery.open_index(chosen), folder)
    except search.Unavailable as fault:
        raise click.ClickException(
            f"检索引擎没有应答,数据已恢复,请重建索引 / rebuild the index: {fault}"
        ) from fault
    facts = {
        "rows": done.rows,
        "files": done.files,
        "wiped": done.wiped,
        "faults": [{"seq": fault.seq, "code": fault.code} for fault in done.faults],
    }
    if as_json:
        click.echo(json.dumps(facts))
    else:
        click.echo(
            f"已恢复 {done.rows} 行、{done.files} 个文件,再次清除 {done.wiped} 个条目,"
            f"日志 {len(done.faults)} 处异常 / restored, wiped again, faults"
        )
        for one in done.faults:
            click.echo(f"第 {one.seq} 行 / row {one.seq}: {one.code}")
    sys.exit(1 if done.faults else 0)
