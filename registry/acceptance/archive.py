"""The archive of a project: everything its verification rests on, in one file (measures, Art. 18).

Papers are as they were issued, facts as JSON with a digest each, so that an audit years later needs
no registry. Nothing is in it that its reader may not see here, and nothing of a frozen entry.
"""

import hashlib
import io
import json
import zipfile
from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.orm import Session

import schemas
from registry import calendar, catalogue, desensitization, projects
from registry.acceptance.examine import Examination, examine, said
from registry.acceptance.facts import KINDS
from registry.acceptance.reader import frozen_in, hidden_from, shown
from registry.acceptance.standing import of_project, package_of, revocation_of, wiped_on
from registry.access import Actor
from registry.journal.tree import instant
from registry.models.catalogue import Resource, Version
from registry.models.projects import BusinessTable, Evidence, NotApplicable, Project
from registry.signing import sm3

# A file is the same whenever it is made of the same facts: no entry has a time of its own.
_EPOCH: Final = (1980, 1, 1, 0, 0, 0)
_READ_ME: Final = """{name}
项目核验档案，{day} 由乌海市政务数据目录生成。

核验.json      每个核验项的结论、条款、凭据和未通过的原因
项目.json      项目、信息系统、业务表、证明材料、问题整改、不适用认定
条目/          纳入本项目的数据资源，内容与办理经过
脱敏/          证明脱敏的报告
意见/          已签发的核验意见，原样；任何人可以用 catalogue opinion verify 离线核对
清单.json      以上每个文件的大小、SM3 和 SHA-256
"""

Facts = Mapping[str, Any]


def archive(
    session: Session, actor: Actor, project: Project, *, folder: Path, deferral_paper: str = ""
) -> bytes:
    """The archive as a zip, for whoever may see the project; `folder` holds the issued files."""
    found = examine(session, project, deferral_paper=deferral_paper)
    hidden = hidden_from(session, actor, found)
    parts: dict[str, bytes] = {
        "说明.txt": _READ_ME.format(name=project.name, day=calendar.today()).encode(),
        "核验.json": _text(_verdict(found, hidden)),
        "项目.json": _text(_project(session, project)),
    }
    versions = _versions(session, found, hidden)
    for name, entry in _entries(session, versions):
        parts[f"条目/{name}.json"] = _text(entry)
    parts |= {f"脱敏/{key}.json": _text(facts) for key, facts in _reports(session, found, versions)}
    parts |= dict(_opinions(session, project, folder))
    listed = [
        {
            "name": name,
            "size": len(data),
            "sm3": sm3(data).hex(),
            "sha256": hashlib.sha256(data).hexdigest(),
        }
        for name, data in sorted(parts.items())
    ]
    parts["清单.json"] = _text({"files": listed})
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        for name, data in parts.items():
            made.writestr(zipfile.ZipInfo(name, _EPOCH), data, zipfile.ZIP_DEFLATED)
    return out.getvalue()


def _text(facts: Facts) -> bytes:
    return json.dumps(facts, ensure_ascii=False, indent=1, sort_keys=True).encode()


def _verdict(found: Examination, hidden: Collection[str]) -> Facts:
    return {
        "stage": found.stage,
        "day": found.day.isoformat(),
        "verdict": found.verdict,
        "digest": found.digest,
        "gates": [
            {
                "id": line.gate.id,
                "title": line.gate.zh,
                "basis": line.gate.basis(),
                "result": line.result,
                "reason": line.reason,
                "evidence": list(line.evidence),
                "missing": [
                    dict(zip(("said", "remedy"), said(shown(one, hidden)), strict=True))
                    for one in line.shortfalls
                ],
            }
            for line in found.lines
        ],
        "deferrals": [dict(one) for one in found.deferrals],
    }


def _project(session: Session, project: Project) -> Facts:
    def rows(table: Any) -> Sequence[Any]:
        return session.scalars(
            sa.select(table).where(table.project_id == project.id).order_by(table.id)
        ).all()

    return {
        "key": project.key,
        "name": project.name,
        "unit": project.unit.name,
        "unit_code": project.unit.code,
        "kind": project.kind,
        "approval": project.approval or "",
        "planned_on": _day(project.planned_on),
        "concluded_on": _day(project.concluded_on),
        "facts": project.facts,
        "systems": _systems(session, project),
        "evidence": [
            {
                "gate": one.gate,
                "number": one.number,
                "issuer": one.issuer,
                "on": _day(one.on),
                "next_on": _day(one.next_on),
            }
            for one in rows(Evidence)
        ],
        "not_applicable": [
            {"gate": one.gate, "reason": one.reason, "note": one.note, "at": instant(one.signed_at)}
            for one in rows(NotApplicable)
        ],
        "findings": [
            {
                "kind": one.kind,
                "text": one.text,
                "raised_on": _day(one.raised_on),
                "due": _day(one.due),
                "state": one.state,
                "closed_on": _day(one.closed_on),
            }
            for one in reversed(projects.findings_of(session, project))
        ],
    }


def _systems(session: Session, project: Project) -> list[Facts]:
    systems = projects.systems_of(session, project)
    rows = session.execute(
        sa.select(BusinessTable, Resource.code)
        .outerjoin(Resource, Resource.id == BusinessTable.resource_id)
        .where(BusinessTable.system_id.in_([one.id for one in systems]))
        .order_by(BusinessTable.id)
    )
    tables: dict[int, list[Facts]] = {}
    for table, code in rows:
        told = {
            "name": table.name,
            "kind": table.kind,
            "code": code or "",
            "exempt_because": table.exempt_because or "",
        }
        tables.setdefault(table.system_id, []).append(told)
    return [
        {"code": one.code, "name": one.name, "tables": tables.get(one.id, [])} for one in systems
    ]


def _day(day: Any) -> str:
    return day.isoformat() if day is not None else ""


def _versions(session: Session, found: Examination, hidden: Collection[str]) -> Sequence[Version]:
    """The judged versions that this reader sees and nobody froze."""
    digests = [str(one["digest"]) for one in found.versions if one["key"] not in hidden]
    return session.scalars(
        sa.select(Version)
        .join(Resource, Resource.id == Version.resource_id)
        .where(Version.digest.in_(digests), Resource.frozen_at.is_(None))
        .order_by(Version.id)
    ).all()


def _entries(session: Session, versions: Sequence[Version]) -> Iterator[tuple[str, Facts]]:
    """Every version with the decisions on it, by a name for its file."""
    # A formal change carries the decisions on the text before it.
    judged = catalogue.carried(session, [version.id for version in versions])
    every = [member for members in judged.values() for member in members]
    decided = [
        (
            decision.version_id,
            {
                "step": schemas.codes.label("act", decision.step),
                "by": name,
                "unit": unit,
                "at": instant(decision.at),
            },
        )
        for decision, name, unit in catalogue.decisions(session, every)
    ]
    for version in versions:
        resource = version.resource
        code = resource.code or ""
        yield (
            f"{(code or resource.key).replace('/', '-')}-v{version.ordinal}",
            {
                "key": resource.key,
                "code": code,
                "department": resource.department.name,
                "version": version.ordinal,
                "state": version.state,
                "digest": version.digest,
                "document": catalogue.document_of(version),
                "decisions": [told for of, told in decided if of in judged[version.id]],
            },
        )


def _reports(
    session: Session, found: Examination, versions: Sequence[Version]
) -> Iterator[tuple[str, Facts]]:
    proofs = desensitization.proofs(session, versions, KINDS[found.stage == "final"])
    for proof in (one for profiles in proofs.values() for one in profiles.values()):
        if proof.report is not None:
            yield proof.report.key, proof.report.report


def _opinions(session: Session, project: Project, folder: Path) -> Iterator[tuple[str, bytes]]:
    for opinion in of_project(session, project):
        if wiped_on(opinion) is not None or frozen_in(session, opinion):
            continue
        name, package = package_of(session, folder, opinion)
        yield f"意见/{name}", package
        revoked = revocation_of(session, opinion)
        if revoked is not None:
            yield f"意见/{Path(name).stem}.撤销.json", _text(revoked.statement)
