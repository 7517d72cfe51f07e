"""Opinions: signed snapshots of a verdict, revoked only by another signed act."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

import schemas
from registry import calendar, exchange, files, journal, papers, signing
from registry.acceptance import annex
from registry.acceptance.examine import Examination, Line, examine, said
from registry.acceptance.people import is_insider
from registry.acceptance.standing import revocation_of, wiped_on
from registry.access import Actor, Holding, require, require_apart, role_title
from registry.catalogue.numbering import coming_number, next_number
from registry.db import now
from registry.errors import Conflict, Forbidden, Invalid
from registry.journal.tree import instant
from registry.models.acceptance import Opinion, Revocation
from registry.models.accounts import MergedPost, Organisation, Person
from registry.models.catalogue import Decision, Version
from registry.models.journal import JournalRow
from registry.models.projects import Project
from registry.projects import is_own_project
from schemas import Problem

PURPOSE = "opinion"
# As long as the reason of a revocation.
_LONGEST_REASON = 1000


def countersigned(project: Project, stage: str) -> list[Mapping[str, str]]:
    """Who countersigned this stage; enough are one of the other body, or two experts."""
    known = project.facts.get("countersigned")
    return [one for one in known if one["stage"] == stage] if isinstance(known, list) else []


def is_countersigned(project: Project, stage: str) -> bool:
    """Whether another body, or two outside experts, stand beside the authority's own review."""
    weights = schemas.codes.table("acceptance_gates")["opinion"]["countersign_weight"]
    return bool(sum(weights[one["role"]] for one in countersigned(project, stage)) >= 1)


def countersign(session: Session, actor: Actor, project: Project) -> None:
    """Confirm the review of a project of the authority at its present stage; it is printed."""
    holding = require(actor, "countersign", project.unit)
    if not is_own_project(project):
        raise Conflict("not_own_project")
    before = countersigned(project, project.stage)
    if any(one["person"] == actor.person_key for one in before):
        raise Conflict("countersigned_before")
    signed = {
        "stage": project.stage,
        "person": actor.person_key,
        "name": actor.name,
        "role": holding.role,
        "unit": holding.organisation_name,
        "on": calendar.today().isoformat(),
    }
    # A later stage is another review: what was countersigned before does not carry over.
    project.facts = {**project.facts, "countersigned": [*before, signed]}
    project.row_version += 1
    session.flush()
    facts = {"stage": project.stage, "role": holding.role}
    journal.record(session, actor, "countersign", "project", project.key, facts=facts)


@dataclass(frozen=True)
class Draft:
    """An opinion as it would have been signed a moment ago, with its package."""

    payload: Mapping[str, Any]
    package: bytes


def draft(
    session: Session,
    actor: Actor,
    project: Project,
    result: str,
    *,
    seen: str,
    key: signing.Key,
    reason: str = "",
    deferral_paper: str = "",
) -> Draft:
    """Make the package of an opinion before anybody waits for it; nothing is stored or signed off.

    Setting the pages takes longer than all else of a signature, and one writer at a time holds
    the database. Raises as `sign`, which judges anew and takes these pages when they still say
    exactly what it signs.
    """
    judged = _judged(session, actor, project, result, seen, deferral_paper)
    _require_reason(result, reason)
    return _set(session, _stated(session, actor, judged, result, coming_number, reason), key)


def foreseen(
    session: Session, actor: Actor, project: Project, deferral_paper: str = ""
) -> tuple[Examination, Mapping[str, Any]]:
    """The verdict of this moment and all that an opinion on it would say; nothing is stored.

    Raises as `sign`, so that nobody fills in a form that would be refused for who he is.
    """
    require(actor, "verify", project.unit)
    found = examine(session, project, deferral_paper=deferral_paper)
    judged = _judged(session, actor, project, found.verdict, found.digest, deferral_paper)
    return judged.found, _stated(session, actor, judged, found.verdict, coming_number)


def _set(session: Session, stated: Mapping[str, Any], key: signing.Key) -> Draft:
    """The pages of an opinion, with the head of the journal as it is now."""
    size, root = journal.head(session)
    head = {"size": size, "root": root, "at": instant(now())}
    payload = {**stated, "journal_head": head}
    try:
        return Draft(payload, papers.opinion(payload, key))
    except papers.Unprintable as sign_:
        # Names and reasons are typed by people; what the font lacks is theirs to mend.
        raise Conflict("unprintable", sign=sign_.character) from sign_


def sign(
    session: Session,
    actor: Actor,
    project: Project,
    result: str,
    *,
    seen: str,
    key: signing.Key,
    folder: Path,
    reason: str = "",
    deferral_paper: str = "",
    drafted: Draft | None = None,
) -> Opinion:
    """Sign the verdict that was on the page as an opinion with its own number.

    `seen` is the digest of the examination the officer looked at; `reason` is why it says 不通过,
    and is printed among its remarks. Raises Invalid where that is missing, Conflict when the
    verdict changed since, when `result` is not what was computed (通过 while a gate fails), when
    an opinion on exactly this verdict stands, or when an own project is not countersigned;
    Forbidden when he works for the project's unit or took a step on one of its versions.
    """
    judged = _judged(session, actor, project, result, seen, deferral_paper)
    _require_reason(result, reason)
    found = judged.found
    stated = _stated(session, actor, judged, result, next_number, reason)
    # The head of a moment ago stands for what was written until then, as any head does.
    if drafted is None or {**drafted.payload, **stated} != drafted.payload:
        drafted = _set(session, stated, key)
    package = drafted.package
    # By its digest a wipe withdraws the annex of one entry, and the opinion stands.
    digests = papers.annex_digests(package)
    masked = zip(drafted.payload["masking"], digests, strict=True)
    payload = {**drafted.payload, "masking": [{**one, "pdf": pdf} for one, pdf in masked]}
    kept = files.keep(
        session,
        folder,
        actor,
        PURPOSE,
        f"{papers.file_name(payload['number'])}.zip",
        package,
        organisation_id=project.unit_id,
    )
    assert actor.person_id is not None
    opinion = Opinion(
        number=payload["number"],
        project_id=project.id,
        stage=found.stage,
        result=result,
        payload=payload,
        digest=kept.digest,
        signed_by=actor.person_id,
        signed_at=now(),
        file_id=kept.id,
    )
    session.add(opinion)
    session.flush()
    _supersede(session, opinion)
    facts = {"result": result, "stage": found.stage, "number": opinion.number}
    journal.record(
        session, actor, "verify", "project", project.key, digest=found.digest, facts=facts
    )
    return opinion


@dataclass(frozen=True)
class _Judged:
    """A verdict that may be signed: what it rests on, and for whom the officer signs."""

    found: Examination
    versions: Sequence[Version]
    holding: Holding


def _judged(
    session: Session,
    actor: Actor,
    project: Project,
    result: str,
    seen: str,
    deferral_paper: str,
) -> _Judged:
    """The verdict as it is now, or why this officer does not sign it."""
    holding = require(actor, "verify", project.unit)
    if is_insider(actor, project):
        raise Forbidden("own_project", act="verify", roles=["acceptance"])
    found = examine(session, project, deferral_paper=deferral_paper)
    _require_signable(found, result, seen)
    _require_new(session, found, result)
    # Nobody but its own officers may judge a project of the authority: others stand beside them.
    if is_own_project(project) and not is_countersigned(project, found.stage):
        raise Conflict("not_countersigned")
    versions = _versions(session, found)
    require_apart(session, actor, "verify", [version.id for version in versions])
    return _Judged(found, versions, holding)


def _stated(
    session: Session,
    actor: Actor,
    judged: _Judged,
    result: str,
    numbered: Callable[[Session, str], int],
    reason: str = "",
) -> dict[str, Any]:
    """All that an opinion says but the head of the journal.

    `numbered` takes its number, or only looks which it would be.
    """
    issuer = judged.holding.organisation_id
    said_ = _payload(session, judged.found, result)
    if reason.strip() and result == "fail":
        said_["remarks"] = [*said_["remarks"], f"不通过的理由：{reason.strip()[:_LONGEST_REASON]}"]
    return {
        **said_,
        "masking": annex.masked(session, judged.versions, judged.found.stage),
        "number": _number(session, issuer, "number", numbered),
        "issued_on": calendar.today().isoformat(),
        "signers": [{"name": actor.name, "post": role_title(judged.holding.role), "way": ""}],
        "merged_posts": _merged(session, judged.versions),
        "issuer": judged.holding.organisation_name,
    }


def _require_reason(result: str, reason: str) -> None:
    """不通过 is told in the words of the officer: the unit has to know what to mend."""
    if result == "fail" and not reason.strip():
        raise Invalid([Problem("/reason", "fail-reason", rule="fail-reason")])


def _require_signable(found: Examination, result: str, seen: str) -> None:
    if found.verdict == "none":
        raise Conflict("no_opinion_due")
    if seen != found.digest:
        raise Conflict("verdict_changed")
    if result not in {"pass", "conditional", "fail"}:
        raise Invalid([Problem("/result", "choice", rule="choice")])
    if result != found.verdict:
        titles = "、".join(line.gate.zh for line in found.failing)
        raise Conflict("gates_open" if found.failing else "verdict_changed", gates=titles)


def _require_new(session: Session, found: Examination, result: str) -> None:
    """Refuse a second opinion that would say the same: two officers may look at one page."""
    number = signed_as(session, found, result)
    if number is not None:
        raise Conflict("signed_before", number=number)


def signed_as(session: Session, found: Examination, result: str = "") -> str | None:
    """The number of the standing opinion on exactly this verdict; None where there is none."""
    numbers = set(
        session.scalars(
            sa.select(Opinion.number).where(
                Opinion.project_id == found.project.id,
                Opinion.stage == found.stage,
                Opinion.result == (result or found.verdict),
                Opinion.stands(),
            )
        )
    )
    if not numbers:
        return None
    # What an opinion was signed on stands in the journal, with its number.
    rows = session.scalars(
        sa.select(JournalRow.facts).where(
            JournalRow.subject == "project",
            JournalRow.key == found.project.key,
            JournalRow.act == "verify",
            JournalRow.outcome == "done",
            JournalRow.digest == found.digest,
        )
    )
    for number in (json.loads(facts).get("number") for facts in rows):
        if number in numbers:
            return str(number)
    return None


def _payload(session: Session, found: Examination, result: str) -> dict[str, Any]:
    project = found.project
    remarks = []
    if is_own_project(project):
        remarks = [
            f"主管部门自建项目，由{one['unit']}{one['name']}于 {one['on']} 会签"
            for one in countersigned(project, found.stage)
        ]
    labels = {
        name: schemas.codes.labels(name, "zh") for name in ("project_kind", "gate", "na_reason")
    }
    kind = labels["project_kind"].get(project.kind, project.kind)
    return {
        "project": {
            "name": project.name,
            "unit": project.unit.name,
            "kind": kind,
            "stage": found.stage,
            "approval": project.approval or "",
        },
        "result": result,
        "gates": [
            {
                "id": line.gate.id,
                "title": line.gate.zh,
                "result": "na" if line.result == "unbound" else line.result,
                "basis": line.gate.basis(),
                "evidence": list(line.evidence),
                "reason": _because(line, kind, labels["na_reason"]),
            }
            for line in found.lines
        ],
        "versions": [dict(version) for version in found.versions],
        "deferrals": [
            {"gate": labels["gate"].get(one["gate"], one["gate"]), "due": one["due"]}
            for one in found.deferrals
        ],
        "remarks": remarks,
    }


def _because(line: Line, kind: str, reasons: Mapping[str, str]) -> str:
    """Why a gate has the result it has, where that wants saying; "" where it passed."""
    if line.result == "unbound":
        return f"{kind}项目不核这一项"
    if line.result == "idle":
        return "项目没有条目，无可判断"
    return reasons.get(line.reason, "") or "；".join(said(one)[0] for one in line.shortfalls[:5])


def _versions(session: Session, found: Examination) -> Sequence[Version]:
    digests = [str(version["digest"]) for version in found.versions]
    return session.scalars(sa.select(Version).where(Version.digest.in_(digests))).all()


def _merged(session: Session, versions: Sequence[Version]) -> list[str]:
    """The 合并岗 notices behind the decisions on these versions."""
    rows = session.execute(
        sa.select(Person.name, Organisation.name, MergedPost.reason)
        .join(MergedPost, MergedPost.person_id == Person.id)
        .join(Organisation, Organisation.id == MergedPost.organisation_id)
        .join(Decision, Decision.merged_post_id == MergedPost.id)
        .where(Decision.version_id.in_([version.id for version in versions]))
        .distinct()
    )
    return [f"{unit}{name}：{reason}" for name, unit, reason in rows]


def _number(
    session: Session,
    issuer_id: int,
    series: str,
    numbered: Callable[[Session, str], int] = next_number,
) -> str:
    """The next number of the issuer's own series of this year (acceptance_gates.json)."""
    issuer = session.get_one(Organisation, issuer_id)
    table = schemas.codes.table("acceptance_gates")["opinion"]
    front = table["issuers"].get(issuer.code, issuer.short or issuer.name)
    year = calendar.today().year
    number = numbered(session, f"{series}:{issuer.code}:{year}")
    return str(table[series].format(issuer=front, year=year, number=number))


def _supersede(session: Session, opinion: Opinion) -> None:
    session.execute(
        sa.update(Opinion)
        .where(
            Opinion.project_id == opinion.project_id,
            Opinion.stage == opinion.stage,
            Opinion.id != opinion.id,
            Opinion.superseded_by_id.is_(None),
        )
        .values(superseded_by_id=opinion.id)
    )


def revoke(
    session: Session, actor: Actor, opinion: Opinion, reason: str, *, key: signing.Key, pdf: str
) -> Revocation:
    """Take an opinion back by a signed statement; it then verifies as revoked.

    `pdf` is the digest of the issued PDF, as `papers.verify` names it.
    """
    project = session.get_one(Project, opinion.project_id)
    holding = require(actor, "revoke", project.unit)
    if not reason.strip():
        raise Invalid([Problem("/reason", "revoke-reason", rule="revoke-reason")])
    if revocation_of(session, opinion) is not None or wiped_on(opinion) is not None:
        raise Conflict("revoked_before")
    on = calendar.today().isoformat()
    assert actor.person_id is not None
    made = Revocation(
        opinion_id=opinion.id,
        number=_number(session, holding.organisation_id, "revocation"),
        reason=reason.strip()[:1000],
        statement=papers.revoke(opinion.number, pdf, reason.strip()[:1000], on, key),
        revoked_by=actor.person_id,
        revoked_at=now(),
    )
    session.add(made)
    session.flush()
    facts = {"number": made.number, "opinion": opinion.number}
    journal.record(session, actor, "revoke", "project", project.key, facts=facts)
    # The table of gates: revoked "with notice to every holder".
    whom = [(holding.organisation_id, "acceptance"), (project.unit_id, "project_manager")]
    exchange.tell(session, "revoke", "opinion", opinion.key, whom)
    return made
