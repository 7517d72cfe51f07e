"""What became of an opinion: whether it stands, who took it back, what changed since."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, selectinload

import schemas
from registry import files
from registry.acceptance.examine import examine, gates
from registry.catalogue import document_of
from registry.errors import Missing
from registry.models.acceptance import Opinion, Revocation
from registry.models.catalogue import Resource, Version
from registry.models.files import StoredFile
from registry.models.projects import Project


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


@dataclass(frozen=True)
class Issued:
    """An opinion in a list: what it said, and what became of it since."""

    number: str
    stage: str
    result: str
    signed_at: datetime
    revoked_at: datetime | None
    is_superseded: bool
    is_wiped: bool

    @property
    def stands(self) -> bool:
        """Whether nothing took its place and nobody took it back."""
        return not (self.revoked_at or self.is_superseded or self.is_wiped)


def issued(session: Session, projects: Collection[int]) -> dict[int, list[Issued]]:
    """The opinions on these projects by their ids, newest first, in one query and no payload."""
    found: dict[int, list[Issued]] = {}
    for project_id, number, stage, result, at, revoked, newer, wiped in session.execute(
        sa.select(
            Opinion.project_id,
            Opinion.number,
            Opinion.stage,
            Opinion.result,
            Opinion.signed_at,
            Revocation.revoked_at,
            Opinion.superseded_by_id,
            Opinion.payload["wiped"].as_string(),
        )
        .outerjoin(Revocation, Revocation.opinion_id == Opinion.id)
        .where(Opinion.project_id.in_(projects))
        .order_by(Opinion.id.desc())
    ):
        one = Issued(number, stage, result, at, revoked, newer is not None, wiped is not None)
        found.setdefault(project_id, []).append(one)
    return found


def revocation_of(session: Session, opinion: Opinion) -> Revocation | None:
    """The act that took this opinion back, or None."""
    return session.scalar(sa.select(Revocation).where(Revocation.opinion_id == opinion.id))


def revocations(session: Session) -> list[Any]:
    """Every published revocation, and the acts by which opinions or annexes went in a wipe."""
    touched = session.execute(
        sa.select(Opinion.id, Opinion.payload)
        .where(sa.cast(Opinion.payload, sa.Text).contains('"wiped":'))
        .order_by(Opinion.id)
    ).all()
    known = set(session.scalars(sa.select(Revocation.opinion_id)))
    acts = [payload.get("act") for id_, payload in touched if id_ not in known]
    parts = [one.get("act") for _, payload in touched for one in payload.get("masking", ())]
    revoked = session.scalars(sa.select(Revocation.statement).order_by(Revocation.id))
    return [one for one in (*revoked, *acts, *parts) if one]


def wiped_on(opinion: Opinion) -> str | None:
    """The day on which the content of this opinion was wiped with an entry it named, or None."""
    found = opinion.payload.get("wiped")
    return str(found) if found is not None else None


@dataclass(frozen=True)
class Later:
    """An entry that changed after an opinion: its name, key, versions, the gates that touches.

    `after` is None for an entry that is no longer there.
    """

    key: str
    name: str
    before: int
    after: int | None
    gates: tuple[str, ...]


def changed_since(session: Session, opinion: Opinion) -> list[Later]:
    """What changed in the entries of an opinion since it was signed (其后已变更)."""
    stated = {one["key"]: one for one in opinion.payload["versions"]}
    signed = {one["digest"] for one in stated.values()}
    rows = session.execute(
        sa.select(Resource, Version)
        .join(Version, Version.resource_id == Resource.id)
        .where(Resource.key.in_(stated), Version.digest.in_(signed))
        .options(selectinload(Resource.live), selectinload(Resource.working))
        .order_by(Resource.id)
    ).unique()
    found = []
    for resource, before in rows:
        latest = resource.working or resource.live
        touched = _touched(before, latest)
        if touched:
            after = latest.ordinal if latest is not None else None
            found.append(Later(resource.key, before.name, before.ordinal, after, touched))
    return found


def _touched(before: Version, latest: Version | None) -> tuple[str, ...]:
    """The gates that rest on what differs; all of the catalogue when the entry is gone."""
    if latest is None or latest.state in {"suspended", "retired", "wiped"}:
        return tuple(gate.id for gate in gates() if gate.id in {"G-CAT", "G-LISTS", "G-MOUNT"})
    if latest.digest == before.digest:
        return ()
    change = schemas.change(document_of(before), document_of(latest))
    if change.kind in {"none", "formal"}:
        return ()
    touched = {gate.id for gate in gates() if gate.voided_by in change.voids}
    touched |= {"G-HEAD", "G-REVIEW"}
    if any(pointer.startswith("/items") for pointer in change.fields):
        touched.add("G-MOUNT")
    return tuple(gate.id for gate in gates() if gate.id in touched)


def turned_since(session: Session, opinion: Opinion, deferral_paper: str = "") -> list[str]:
    """The gates that stood when the opinion was signed and fail when computed again today."""
    project = session.get_one(Project, opinion.project_id)
    found = examine(session, project, opinion.stage, deferral_paper=deferral_paper)
    failing = {line.gate.id for line in found.failing}
    stood = {one["id"] for one in opinion.payload["gates"] if one["result"] != "fail"}
    return [gate.id for gate in gates() if gate.id in failing & stood]
