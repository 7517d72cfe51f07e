"""`catalogue anonymize signer`, `sign`, `check-report`, `matches`: evidence without a registry."""

import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from anonymization import crypto, statement
from anonymization import plan as masking
from registry import desensitization, signing
from registry.cli.anonymize import anonymize
from registry.cli.documents import FILE, Faulty, Unwritten, document, unread, write

if TYPE_CHECKING:
    from anonymization.report import Report


def signer_key(path: Path) -> signing.Key:
    """The key of a file that is there; a wrong use when it is none."""
    if not path.exists():
        raise click.UsageError(
            f"找不到签名密钥 / no such key: {path.name}（catalogue anonymize signer）"
        )
    try:
        return signing.load(path, _algorithm(path))
    except signing.KeyUnusable as fault:
        raise click.UsageError(f"{path.name}: 签名密钥不能使用 / the key is unusable") from fault


def signed(report: "Report", key: signing.Key | None) -> str:
    """The text of a report as it is written, signed where there is a key."""
    if key is None:
        return report.json()
    return _text(desensitization.sign_report(report.facts, key))


def _text(facts: Mapping[str, Any]) -> str:
    return json.dumps(facts, ensure_ascii=False, indent=1) + "\n"


def _algorithm(path: Path) -> str:
    found = document(path).get("algorithm")
    return found if isinstance(found, str) and found in signing.ALGORITHMS else signing.DEFAULT


@anonymize.command("signer")
@click.argument("path", type=FILE)
@click.option(
    "--algorithm",
    type=click.Choice(sorted(signing.ALGORITHMS)),
    default=signing.DEFAULT,
    show_default=True,
)
def signer(path: Path, algorithm: str) -> None:
    """Make the key that signs reports; PATH.pub.json is for the head to enrol."""
    if path.exists():
        raise click.UsageError(
            f"文件已存在，换一个文件名 / the file exists, choose another name: {path.name}"
        )
    try:
        key = signing.load(path, algorithm)
    except OSError as fault:
        raise Unwritten(path, fault) from fault
    public = path.with_name(f"{path.name}.pub.json")
    write(public, json.dumps(key.public.fact(), indent=1) + "\n")
    click.echo(f"签名密钥已生成，留在本机 / key made, it stays here: {path.name}")
    click.echo(f"公钥，交部门负责人登记 / for the head to enrol: {public.name}")
    click.echo(f"编号，请当面核对 / its name, compare it in person: {key.public.key_id}")


@anonymize.command("sign")
@click.argument("report", type=FILE)
@click.option("--signer", "key_file", type=FILE, required=True, help="签名密钥 / signer's key")
def sign(report: Path, key_file: Path) -> None:
    """Sign a report in its file, in the place of an older signature."""
    facts = document(report)
    if not masking.is_report(facts):
        raise Faulty(
            report,
            "不是脱敏报告；请给出 apply --report 写出的文件。",
            "this is no masking report; give the file that apply --report wrote.",
        )
    write(report, _text(desensitization.sign_report(facts, signer_key(key_file))))
    click.echo(f"报告已签名 / report signed: {report.name}")


@anonymize.command("check-report")
@click.argument("report", type=FILE)
@click.option("--trust", type=FILE, multiple=True, help="信任的公钥 / a public key to trust")
@click.option("--release", type=FILE, help="发布的文件 / the released file, compared as well")
@click.option("--json", "as_json", is_flag=True)
def check_report(
    report: Path, trust: tuple[Path, ...], release: Path | None, as_json: bool
) -> None:
    """Check a report without the registry: whole, signed, of this file. Exit 1: it is not."""
    trusted = [signing.public_key(document(path)) for path in trust]
    if any(one is None for one in trusted):
        raise click.UsageError("--trust: 不是公钥文件 / no public key")
    facts = document(report)
    checks = _checks(facts, {one.value for one in trusted if one})
    if release is not None:
        checks["release"] = _is_of(facts, _digest(release))
    if as_json:
        click.echo(json.dumps({"checks": checks, "digest": statement.digest(facts)}, indent=1))
    else:
        for name, held in checks.items():
            click.echo(_SAID[name, held])
    sys.exit(0 if all(held is not False for held in checks.values()) else 1)


def _checks(facts: Mapping[str, Any], trusted: set[bytes]) -> dict[str, bool | None]:
    """What holds; None is left to the reader: no signature, or nobody said whom to trust."""
    signed = desensitization.signature_of(facts)
    whole = signed.is_whole if signed else None
    known = None
    if trusted:
        known = signed is not None and signed.public.value in trusted
    return {"report": masking.is_report(facts), "signature": whole, "signer": known}


_SAID = {
    ("report", True): "是一份完整的脱敏报告 / a whole masking report",
    ("report", False): "不是完整的脱敏报告，可能被改动过 / no whole masking report",
    ("signature", True): "签名与报告一致 / the signature is of this report",
    ("signature", False): "签名与报告不一致，报告被改动过 / altered since it was signed",
    ("signature", None): "报告没有签名 / the report is not signed",
    ("signer", True): "由信任的密钥签名 / signed by a key you trust",
    ("signer", False): "不是信任的密钥签的名 / not signed by a key you trust",
    ("signer", None): "没有给出信任的公钥，签名人未核对 / no key to trust was given",
    ("release", True): "文件就是报告所说的结果 / the file is the one of the report",
    ("release", False): "文件不是报告所说的结果，报告对它无效 / the report is of another file",
}


def _digest(release: Path) -> str:
    try:
        return crypto.digest_file(release)
    except OSError as fault:
        raise unread(release) from fault


def _is_of(facts: Mapping[str, Any], digest: str) -> bool:
    output = facts.get("output")
    return isinstance(output, Mapping) and output.get("digest") == digest


@anonymize.command("matches")
@click.argument("file", type=FILE)
@click.argument("report", type=FILE)
def matches(file: Path, report: Path) -> None:
    """Say whether FILE is the release that REPORT is about. Exit 1: it is another file."""
    digest = _digest(file)
    held = _is_of(document(report), digest)
    click.echo(_SAID["release", held])
    # What the operator enters with a mount, where the file is too large to be sent.
    click.echo(f"文件摘要 / its digest: {digest}")
    sys.exit(0 if held else 1)
