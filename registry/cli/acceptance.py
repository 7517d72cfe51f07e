"""`catalogue examine` and `catalogue opinion`: verdicts, opinions, and their offline check."""

import json
import sys
from pathlib import Path
from typing import Any

import click
import sqlalchemy as sa
from sqlalchemy.orm import Session

import schemas
from registry import acceptance, calendar, papers, signing
from registry.access import Actor
from registry.access.actor import of_account
from registry.cli.documents import TARGET, Faulty
from registry.cli.line import main
from registry.cli.opening import keys, reading, settings, writing
from registry.models.accounts import Account
from registry.models.projects import Project

# What was checked holds, and something was not checked: no scheduled job may take it for a yes.
LEFT_OPEN = 3


def project_called(session: Session, key: str) -> Project:
    """The project with this key or name, or a refusal of the command."""
    found = session.scalar(
        sa.select(Project).where(sa.or_(Project.key == key, Project.name == key))
    )
    if found is None:
        raise click.ClickException(f"没有这个项目 / no such project: {key}")
    return found


def _actor(session: Session, username: str) -> Actor:
    account = session.scalar(sa.select(Account).where(Account.username == username))
    if account is None or account.disabled_at is not None:
        raise click.ClickException(f"没有账号 / no account: {username}")
    return of_account(session, account, calendar.today(), way="command")


def _open(shortfall: acceptance.Shortfall) -> dict[str, str]:
    (zh, zh_remedy), (en, en_remedy) = (acceptance.said(shortfall, one) for one in ("zh", "en"))
    return {
        "zh": zh,
        "zh_remedy": zh_remedy,
        "en": en,
        "en_remedy": en_remedy,
        "ball": shortfall.ball,
    }


def _result(code: str) -> str:
    return schemas.codes.label("result", code)


@main.command()
@click.argument("project")
@click.option("--stage", type=click.Choice(acceptance.STAGES), help="阶段 / stage")
@click.option("--json", "as_json", is_flag=True)
def examine(project: str, stage: str | None, as_json: bool) -> None:
    """Compute the verdict on PROJECT (key or name); exit 1 while a gate fails."""
    chosen = settings()
    with reading(chosen) as session:
        found = acceptance.examine(
            session, project_called(session, project), stage, deferral_paper=chosen.deferral_paper
        )
        lines: list[dict[str, Any]] = [
            {
                "gate": line.gate.id,
                "zh": line.gate.zh,
                "en": line.gate.en,
                "basis": line.gate.basis(),
                "result": line.result,
                "reason": line.reason,
                "evidence": list(line.evidence),
                "open": [_open(one) for one in line.shortfalls],
            }
            for line in found.lines
        ]
        key = found.project.key
    if as_json:
        facts = {
            "project": key,
            "verdict": found.verdict,
            "stage": found.stage,
            "digest": found.digest,
            "gates": lines,
        }
        click.echo(json.dumps(facts, ensure_ascii=False))
    else:
        for row in lines:
            click.echo(f"{row['gate']:<10} {row['result']:<9} {row['zh']} / {row['en']}")
            for one in row["open"]:
                click.echo(f"           {one['zh']} / {one['en']}")
                click.echo(f"           → {one['zh_remedy']} / {one['en_remedy']} ({one['ball']})")
        word = "不出具意见" if found.verdict == "none" else _result(found.verdict)
        click.echo(f"{word} / {found.verdict}")
    sys.exit(1 if found.verdict == "fail" else 0)


# Which keys the reader of a signed paper trusts.
trust_option = click.option(
    "--trust",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    multiple=True,
    help="信任的公钥文件 / file with a public key to trust",
)


@main.group()
def opinion() -> None:
    """Verification opinions 核验意见."""


@opinion.command("issue")
@click.argument("project")
@click.option("--as", "username", required=True, help="签署人账号 / account of the officer")
@click.option("--reason", default="", help="不通过的理由 / why it is not passed")
@click.option("--output", "-o", type=TARGET, help="保存到 / where to put it")
@click.option("--json", "as_json", is_flag=True)
def issue(project: str, username: str, reason: str, output: Path | None, as_json: bool) -> None:
    """Sign the computed verdict on PROJECT as an opinion."""
    chosen = settings()
    key, paper = keys(chosen), chosen.deferral_paper
    with reading(chosen) as session:
        actor, about = _actor(session, username), project_called(session, project)
        found = acceptance.examine(session, about, deferral_paper=paper)
        signed: dict[str, Any] = {"seen": found.digest, "key": key, "deferral_paper": paper}
        signed["reason"] = reason
        drafted = acceptance.draft(session, actor, about, found.verdict, **signed)
    with writing(chosen) as session:
        made = acceptance.sign(
            session,
            _actor(session, username),
            project_called(session, project),
            found.verdict,
            **signed,
            folder=chosen.data_dir,
            drafted=drafted,
        )
        name, content = acceptance.package_of(session, chosen.data_dir, made)
        number, result, digest = made.number, made.result, made.digest
    path = output or Path(name)
    path.write_bytes(content)
    if as_json:
        facts = {"number": number, "result": result, "digest": digest, "file": str(path)}
        click.echo(json.dumps(facts, ensure_ascii=False))
    else:
        click.echo(f"{number} {_result(result)} / {result}: {path}")


@opinion.command("revoke")
@click.argument("number")
@click.option("--as", "username", required=True, help="主管部门负责人账号 / account of the head")
@click.option("--reason", required=True, help="撤销理由 / reason")
@click.option("--json", "as_json", is_flag=True)
def revoke(number: str, username: str, reason: str, as_json: bool) -> None:
    """Take the opinion NUMBER back by a signed act."""
    chosen = settings()
    with writing(chosen) as session:
        made = acceptance.find(session, number)
        _, content = acceptance.package_of(session, chosen.data_dir, made)
        act = acceptance.revoke(
            session,
            _actor(session, username),
            made,
            reason,
            key=keys(chosen),
            pdf=papers.pdf_digest(content),
        )
        statement, told = act.statement, f"已撤销 / revoked {number}: {act.number}"
    click.echo(json.dumps(statement, ensure_ascii=False) if as_json else told)


@opinion.command("verify")
@click.argument("file", type=click.Path(path_type=Path))
@trust_option
@click.option(
    "--revocations",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="撤销声明文件 / file with revocations",
)
@click.option("--json", "as_json", is_flag=True)
def verify(file: Path, trust: tuple[Path, ...], revocations: Path | None, as_json: bool) -> None:
    """Verify an opinion offline: FILE is the package, its PDF, or its signature.

    Exit 0 only when it is whole, signed by a key of --trust and not among --revocations. Exit 3
    when it is whole and one of both was not given, so that something is left to you; exit 1 when
    it is not whole, not of a trusted key, or revoked.
    """
    known = known_keys(trust) if trust else None
    verdict = papers.verify_opinion(
        file, trusted=known, revocations=_revocations(revocations) if revocations else None
    )
    if as_json:
        checks = [{"check": c.name, "passed": c.passed} for c in verdict.checks]
        payload = dict(verdict.payload) if verdict.payload else None
        facts = {"status": verdict.status, "checks": checks, "payload": payload}
        click.echo(json.dumps(facts, ensure_ascii=False))
    else:
        for check in verdict.checks:
            sign = {True: "✓", False: "✗", None: "?"}[check.passed]
            click.echo(f"{sign} {check.sentence()} / {check.sentence('en')}")
        click.echo(f"{verdict.sentence()} / {verdict.sentence('en')}")
    if verdict.status not in {"valid", "unconfirmed"}:
        sys.exit(1)
    sys.exit(LEFT_OPEN if verdict.leaves_open else 0)


def known_keys(paths: tuple[Path, ...]) -> list[signing.PublicKey]:
    """The public keys in these files."""
    found = []
    for path in paths:
        key = signing.public_key(_json(path))
        if key is None:
            raise Faulty(
                path,
                "不是公钥文件；请用 catalogue opinion key 的输出。",
                "no public key; take what catalogue opinion key prints.",
            )
        found.append(key)
    return found


def _revocations(path: Path) -> list[object]:
    """The published list, or the one statement that a revocation printed."""
    read = _json(path)
    found = read if isinstance(read, list) else [read]
    if not all(isinstance(one, dict) and "statement" in one for one in found):
        raise Faulty(
            path,
            "不是撤销声明；请从 /opinions/revocations.json 下载。",
            "these are no revocations; fetch them from /opinions/revocations.json.",
        )
    return found


def _json(path: Path) -> object:
    try:
        return schemas.loads(path.read_bytes())
    except schemas.Unreadable as fault:
        raise Faulty(
            path,
            f"不是有效的 JSON（{fault.reason}）；请用系统写出的原文件。",
            f"this is no JSON ({fault.reason}); take the file as it was written.",
        ) from fault


@opinion.command("key")
def key() -> None:
    """Print the public key as JSON, to be published and given to --trust."""
    public = keys(settings()).public
    click.echo(json.dumps(public.fact(), ensure_ascii=False))
