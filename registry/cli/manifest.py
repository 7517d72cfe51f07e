"""`catalogue manifest`: the signed list of what is published; whether a copy is equal to it."""

import json
import sys
from pathlib import Path

import click

from connectors import incoming
from registry.access import SYSTEM
from registry.access.actor import Actor
from registry.cli.acceptance import known_keys, trust_option
from registry.cli.documents import TARGET
from registry.cli.line import main
from registry.cli.opening import keys, reading, settings
from registry.discovery import manifest as manifests

_MOST_TOLD = 20
_STATUS = {
    "valid": "签名有效 / the signature holds",
    "unconfirmed": "签名有效，请核对公钥指纹 / the signature holds; compare the fingerprint",
    "forged": "签名无效，或者不是信任的公钥 / the signature does not hold, or not by a trusted key",
    "unreadable": "不是本系统的清单文件 / no manifest of this registry",
}


@main.group()
def manifest() -> None:
    """The signed manifest of what is published: make it, verify it, compare a copy with it."""


@manifest.command("issue")
@click.option("--open", "open_part", is_flag=True, help="仅开放部分 / only what anybody may read")
@click.option("--output", "-o", type=TARGET, help="保存到 / where to put it")
def issue(open_part: bool, output: Path | None) -> None:
    """Write the manifest of today: what every signed-in reader sees, or the open part."""
    chosen = settings()
    # A reader with a name and no post: what is public to all departments, nothing of one of them.
    reader = Actor(0, "", "", "manifest", way="command")
    with reading(chosen) as session:
        who, anonymous = (SYSTEM, "open") if open_part else (reader, "none")
        made = manifests.statement(session, who, anonymous, chosen.public_url)
    data = manifests.signed(manifests.spelled(made), keys(chosen))
    if output is None:
        click.echo(data, nl=False)
    else:
        output.write_bytes(data)
        click.echo(f"{made['day']} {made['count']}: {output}")


@manifest.command("verify")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@trust_option
@click.option(
    "--entries",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="自己保存的条目，每行一个 / the copy to compare, one entry per line",
)
@click.option("--json", "as_json", is_flag=True)
def verify(file: Path, trust: tuple[Path, ...], entries: Path | None, as_json: bool) -> None:
    """Verify FILE offline, and prove that the --entries equal it; exit 0 only when all holds."""
    copies = None
    if entries is not None:
        lines = incoming.objects(entries.read_bytes())
        if lines.faults:
            raise click.ClickException(
                f"{entries}: {lines.faults[0].place}: {lines.faults[0].code}"
            )
        copies = [one for _, one in lines.objects]
    found = manifests.compared(file.read_bytes(), known_keys(trust) if trust else None, copies)
    if as_json:
        facts = {
            "status": found.status,
            "fingerprint": found.fingerprint,
            "day": found.statement.get("day"),
            "count": found.statement.get("count"),
            "missing": list(found.missing),
            "different": list(found.different),
            "beyond": list(found.beyond),
        }
        click.echo(json.dumps(facts, ensure_ascii=False))
    else:
        click.echo(f"{_STATUS[found.status]} {found.fingerprint}".strip())
        for word, keys in (
            ("缺少 / missing", found.missing),
            ("不同 / different", found.different),
            ("多出 / beyond", found.beyond),
        ):
            if keys:
                more = " …" if len(keys) > _MOST_TOLD else ""
                click.echo(f"{word} {len(keys)}: {' '.join(keys[:_MOST_TOLD])}{more}")
        if copies is not None and found.is_equal:
            click.echo(f"完全一致 / equal: {found.statement['count']}")
    sys.exit(0 if found.is_equal else 1)
