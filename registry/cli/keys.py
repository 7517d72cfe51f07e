"""`catalogue key`: the signing key replaced, and every key it ever was."""

import json

import click

from registry import keys as keys_
from registry.cli.line import main
from registry.cli.opening import database, keys, settings


@main.group("key")
def key() -> None:
    """The signing key 签名密钥."""


@key.command("rotate")
@click.option("--secret", is_flag=True, help="系统密钥（不能更换）/ the secret, which stays")
@click.option("--json", "as_json", is_flag=True)
def rotate(secret: bool, as_json: bool) -> None:
    """Make a new signing key the present one; what the old one signed stays valid.

    Nothing has to be restarted. Interrupted, run it again: it finishes what is on record.
    Afterwards publish the new public key and make a backup with keys.
    """
    if secret:
        raise click.ClickException(
            "系统密钥用于逐行封存日志，更换后旧日志无法核验，因此不能更换。如已泄露，"
            "请按 docs/how-to/running.md「密钥」处理"
            " / the secret seals every row of the journal: with another one no older row could be"
            " proven, so it is not replaced. Where it is known to others, see 密钥 in"
            " docs/how-to/running.md"
        )
    chosen = settings()
    keys(chosen)
    try:
        with database(chosen) as opened:
            old, new = keys_.rotate(chosen, opened)
    except OSError as fault:
        raise click.ClickException(
            f"密钥所在文件夹不能写入，密钥没有更换 / the folder of the key cannot be written,"
            f" nothing was replaced: {chosen.signing_key_file.parent}"
        ) from fault
    if as_json:
        click.echo(json.dumps({"before": old.public.fact(), "now": new.public.fact()}))
        return
    click.echo(f"签名密钥已更换 / replaced: {old.public.key_id} → {new.public.key_id}")
    click.echo(f"指纹 / fingerprint: {new.public.fingerprint}")
    click.echo(
        "请公布新公钥（catalogue opinion key），并连同密钥备份"
        " / publish the new public key, and make a backup with keys"
    )


@key.command("list")
@click.option("--json", "as_json", is_flag=True)
def list_(as_json: bool) -> None:
    """Show the public keys, the present one first; each verifies what it signed."""
    publics = keys(settings()).publics
    if as_json:
        click.echo(json.dumps([public.fact() for public in publics]))
        return
    for place, public in enumerate(publics):
        state = "旧 / older" if place else "现用 / present"
        click.echo(f"{public.key_id}  {public.algorithm}  {public.fingerprint}  {state}")
