"""Opinions: signed snapshots of a verdict, revoked only by another signed act."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

import schemas
from registry import calendar, files, journal, papers, signing
from registry.acceptance.examine import Examination, examine, gates, said
from registry.access import Actor, require, require_apart, role_title
from registry.catalogue import document_of
from registry.catalogue.numbering import next_number
from registry.db import now
from registry.errors import Conflict, Forbidden, Invalid, Missing
from registry.journal.tree import instant
from registry.models.acceptance import Opinion, Revocation
from registry.models.accounts import MergedPost, Organisation, Person
from registry.models.catalogue import Decision, Resource, Version
from registry.models.files import StoredFile
from registry.models.projects import Project
from schemas import Problem

PURPOSE = "opinion"


def is_own_project(project: Project) -> bool:
    """Whether the authority or its operator judges its own work: another body countersigns."""
    unit = project.unit
    return unit.id in {unit.authority_id, unit.operator_id}


def countersign(session: Session, actor: Actor, project: Project) -> None:
    """Confirm the review of a project of the authority itself; printed on the opinion."""
    require(actor, "countersign", project.unit)
    if not is_own_project(project):
        raise Conflict("not_own_project")
    holding = actor.holding({"development_commission", "expert"})
    signed = {
        "name": actor.name,
        "unit": holding.organisation_name if holding else "",
        "on": calendar.today().isoformat(),
    }
    project.facts = {**project.facts, "countersigned": signed}
    session.flush()
    journal.record(session, actor, "countersign", "project", project.key)


def sign(
    session: Session,
    actor: Actor,
    project: Project,
    result: str,
    *,
    seen: str,
    key: signing.Key,
    folder: Path,
    deferral_paper: str = "",
) -> Opinion:
    """Sign the verdict that was on the page as an opinion with its own number.

    `seen` is the digest of the examination the officer looked at. Raises Conflict when the
    verdict changed since, when `result` is not what was computed (通过 while a gate fails), or
    when an own project is not countersigned; Forbidden when he works for the project's unit or
    took a step on one of its versions.
    """
    holding = require(actor, "verify", project.unit)
    if project.unit_id in actor.organisation_ids:
        raise Forbidden("own_project", act="verify", roles=["acceptance"])
    found = examine(session, project, deferral_paper=deferral_paper)
    _require_signable(found, result, seen)
    if is_own_project(project) and not project.facts.get("countersigned"):
        raise Conflict("not_countersigned")
    versions = _versions(session, found)
    require_apart(session, actor, "verify", [version.id for version in versions])
    size, root = journal.head(session)
    moment = now()
    payload = {
        **_payload(session, found, result),
        "number": _number(session),
        "issued_on": calendar.today().isoformat(),
        "signers": [{"name": actor.name, "post": role_title(holding.role), "way": ""}],
        "merged_posts": _merged(session, versions),
        "journal_head": {"size": size, "root": root, "at": instant(moment)},
        "issuer": holding.organisation_name,
    }
    package = papers.opinion(payload, key)
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
        signed_at=moment,
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


def _payload(session: Session, found: Examination, result: str) -> dict[str, Any]:
    project = found.project
    own = project.facts.get("countersigned")
    remarks = []
    if isinstance(own, Mapping):
        remarks.append(f"主管部门自建项目，由{own['unit']}{own['name']}于 {own['on']} 会签")
    labels = {
        name: schemas.codes.labels(name, "zh") for name in ("project_kind", "gate", "na_reason")
    }
    return {
        "project": {
            "name": project.name,
            "unit": project.unit.name,
            "kind": labels["project_kind"].get(project.kind, project.kind),
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
                "reason": labels["na_reason"].get(line.reason, "")
                or "；".join(said(one)[0] for one in line.shortfalls[:5]),
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


def _number(session: Session) -> str:
    year = calendar.today().year
    return f"乌数核〔{year}〕{next_number(session, f'opinion:{year}')}号"


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


def find(session: Session, number: str) -> Opinion:
    """The opinion of this number; Missing when none was issued."""
    opinion = session.scalar(sa.select(Opinion).where(Opinion.number == number))
    if opinion is None:
        raise Missing("no_opinion")
    return opinion


def of_project(session: Session, project: Project) -> Sequence[Opinion]:
    """The opinions of a project, newest first."""
    return session.scalars(
        sa.select(Opinion).where(Opinion.project_id == project.id).order_by(Opinion.id.desc())
    ).all()


def package_of(session: Session, folder: Path, opinion: Opinion) -> tuple[str, bytes]:
    """Name and bytes of the issued package."""
    row = session.get(StoredFile, opinion.file_id) if opinion.file_id else None
    if row is None:
        raise Missing("no_file")
    return row.name, files.content(folder, row)


def revoke(
    session: Session, actor: Actor, opinion: Opinion, reason: str, *, key: signing.Key, pdf: str
) -> Revocation:
    """Take an opinion back by a signed statement; it then verifies as revoked.

    `pdf` is the digest of the issued PDF, as `papers.verify` names it.
    """
    project = session.get_one(Project, opinion.project_id)
    require(actor, "revoke", project.unit)
    if not reason.strip():
        raise Invalid([Problem("/reason", "revoke-reason", rule="revoke-reason")])
    if revocation_of(session, opinion) is not None:
        raise Conflict("revoked_before")
    year = calendar.today().year
    on = calendar.today().isoformat()
    assert actor.person_id is not None
    made = Revocation(
        opinion_id=opinion.id,
        number=f"乌数核撤〔{year}〕{next_number(session, f'revocation:{year}')}号",
        reason=reason.strip()[:1000],
        statement=papers.revoke(opinion.number, pdf, reason.strip()[:1000], on, key),
        revoked_by=actor.person_id,
        revoked_at=now(),
    )
    session.add(made)
    session.flush()
    facts = {"number": made.number, "opinion": opinion.number}
    journal.record(session, actor, "revoke", "project", project.key, facts=facts)
    return made


def revocation_of(session: Session, opinion: Opinion) -> Revocation | None:
    """The act that took this opinion back, or None."""
    return session.scalar(sa.select(Revocation).where(Revocation.opinion_id == opinion.id))


def revocations(session: Session) -> list[Any]:
    """Every published revocation, for who verifies without us."""
    return list(session.scalars(sa.select(Revocation.statement).order_by(Revocation.id)))


@dataclass(frozen=True)
class Later:
    """An entry that changed after an opinion: its name, key, versions, the gates that touches."""

    key: str
    name: str
    before: int
    after: int
    gates: tuple[str, ...]


def changed_since(session: Session, opinion: Opinion) -> list[Later]:
    """What changed in the entries of an opinion since it was signed (其后已变更)."""
    stated = {one["key"]: one for one in opinion.payload["versions"]}
    rows = session.scalars(sa.select(Resource).where(Resource.key.in_(stated)))
    found = []
    for resource in rows:
        now_read = resource.working or resource.live
        before = session.scalar(
            sa.select(Version).where(
                Version.resource_id == resource.id,
                Version.number == stated[resource.key]["version"],
            )
        )
        if now_read is None or before is None or now_read.digest == before.digest:
            continue
        change = schemas.change(document_of(before), document_of(now_read))
        if change.kind in {"none", "formal"}:
            continue
        touched = {gate.id for gate in gates() if gate.voided_by in change.voids} | {"G-REVIEW"}
        found.append(
            Later(
                resource.key,
                now_read.name,
                before.number,
                now_read.number,
                tuple(gate.id for gate in gates() if gate.id in touched),
            )
        )
    return found
