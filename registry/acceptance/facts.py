"""Everything a verdict on a project is computed from, read in a fixed number of queries."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload, selectinload

import schemas
from registry import calendar
from registry.catalogue import carried, document_of
from registry.catalogue.life import UNDECIDED
from registry.models.catalogue import Decision, Resource, Version
from registry.models.desensitization import MaskingPlan, MaskingReport
from registry.models.lists import Edition
from registry.models.papers import AssessedVersion, Assessment
from registry.models.projects import (
    BusinessTable,
    Deferral,
    Evidence,
    Finding,
    Mount,
    NotApplicable,
    Project,
    ProjectResource,
    ProjectSystem,
    System,
)


@dataclass(frozen=True)
class Entry:
    """An entry in the scope of a project, in the version that is judged.

    A version on its way is judged instead of the live one: what it voids is open until it is
    published. A draft is judged only at the stage *approval*, or where nothing else is there.
    """

    resource: Resource
    version: Version
    document: Mapping[str, Any]
    problems: Sequence[schemas.Problem]

    @property
    def personal(self) -> bool:
        """Whether an item is personal information or sensitive (level 3 and above)."""
        rows = self.document.get("items")
        return any(
            isinstance(item, Mapping)
            and (item.get("pi_kind") or str(item.get("level") or "0") in {"3", "4", "5", "6"})
            for item in (rows if isinstance(rows, list) else ())
        )


@dataclass(frozen=True)
class Facts:
    """One project at one stage on one day."""

    project: Project
    stage: str
    day: date
    deferral_paper: str
    systems: Sequence[System]
    tables: Sequence[BusinessTable]
    entries: Sequence[Entry]
    # By version; what a formal change carries over from the versions before it is among them.
    decisions: Mapping[int, Mapping[str, Decision]] = field(default_factory=dict)
    digests: Mapping[int, frozenset[str]] = field(default_factory=dict)
    assessments: Mapping[int, Mapping[str, Assessment]] = field(default_factory=dict)
    evidence: Sequence[Evidence] = ()
    not_applicable: Sequence[NotApplicable] = ()
    deferrals: Sequence[Deferral] = ()
    findings: Sequence[Finding] = ()
    mounts: Mapping[int, Mount] = field(default_factory=dict)
    reports: Mapping[int, Sequence[tuple[MaskingPlan, MaskingReport]]] = field(default_factory=dict)
    editions: Mapping[str, Edition] = field(default_factory=dict)
    # Entries of the scope that cannot be judged: frozen ones are counted, never named.
    frozen: int = 0
    gone: Sequence[str] = ()

    def proof(self, gate: str, system: System | None = None) -> Evidence | None:
        """The newest evidence of a gate, of one system where it is asked per system."""
        return next(
            (
                one
                for one in self.evidence
                if one.gate == gate and (system is None or one.system_id == system.id)
            ),
            None,
        )

    def exempt(
        self, gate: str, system: System | None = None, resource: Resource | None = None
    ) -> NotApplicable | None:
        """The signed reason why a gate does not bind: as a whole, for a system, for a resource."""
        wanted = (system.id if system else None, resource.id if resource else None)
        for one in self.not_applicable:
            same = one.gate == gate and (one.system_id, one.resource_id) == wanted
            if same and not self._refuted(one.reason):
                return one
        return None

    def _refuted(self, reason: str) -> bool:
        """Whether the records contradict a reason that was signed: then it binds nobody."""
        return {
            "no_data": bool(self.entries or self.frozen),
            "no_system": bool(self.systems),
            "no_pi": any(entry.personal for entry in self.entries),
            # What has no data yet may be mounted later, but not after the final acceptance.
            "no_data_yet": self.stage == "final",
        }.get(reason, False)


def gather(
    session: Session,
    project: Project,
    stage: str,
    deferral_paper: str = "",
    day: date | None = None,
) -> Facts:
    """Read what the verdict is computed from."""
    systems = session.scalars(
        sa.select(System)
        .join(ProjectSystem, ProjectSystem.system_id == System.id)
        .where(ProjectSystem.project_id == project.id)
        .order_by(System.id)
    ).all()
    scope = _scope(session, project)
    entries = _entries(scope, stage)
    versions = [entry.version.id for entry in entries]
    resources = [entry.resource.id for entry in entries]
    texts = carried(session, versions)
    return Facts(
        project=project,
        stage=stage,
        day=day or calendar.today(),
        deferral_paper=deferral_paper,
        frozen=sum(resource.frozen_at is not None for resource in scope),
        gone=[r.code or r.key for r in scope if r.frozen_at is None and not judged(r, stage)],
        systems=systems,
        tables=session.scalars(
            sa.select(BusinessTable)
            .where(BusinessTable.system_id.in_([system.id for system in systems]))
            .order_by(BusinessTable.id)
        ).all(),
        entries=entries,
        decisions=_decisions(session, texts),
        digests=_digests(session, texts),
        assessments=_assessments(session, texts),
        evidence=_of(session, Evidence, project, newest_first=True),
        not_applicable=_of(session, NotApplicable, project),
        deferrals=_of(session, Deferral, project),
        findings=_of(session, Finding, project),
        mounts=_mounts(session, resources),
        reports=_reports(session, texts),
        editions=_editions(session, project),
    )


def _scope(session: Session, project: Project) -> list[Resource]:
    """The resources of the project, whatever became of them."""
    rows = session.scalars(
        sa.select(Resource)
        .join(ProjectResource, ProjectResource.resource_id == Resource.id)
        .where(ProjectResource.project_id == project.id)
        .options(joinedload(Resource.department), selectinload(Resource.live))
        .options(selectinload(Resource.working))
        .order_by(Resource.code, Resource.id)
    )
    return list(rows.unique())


def _entries(scope: Sequence[Resource], stage: str) -> list[Entry]:
    found = []
    for resource in scope:
        version = judged(resource, stage)
        if version is not None and resource.frozen_at is None:
            document = document_of(version)
            problems = schemas.errors("resource", document, at="submission")
            found.append(Entry(resource, version, document, problems))
    return found


def judged(resource: Resource, stage: str) -> Version | None:
    """The version of an entry that a verdict of this stage is about."""
    working, live = resource.working, resource.live
    if working is not None and (working.state in UNDECIDED or live is None or stage == "approval"):
        return working
    # What was suspended or retired is nothing the city can still find or ask for.
    return live if live is not None and live.state == "published" else None


def _of(session: Session, table: type, project: Project, newest_first: bool = False) -> list[Any]:
    order = table.id.desc() if newest_first else table.id  # type: ignore[attr-defined]
    mine = table.project_id == project.id  # type: ignore[attr-defined]
    return list(session.scalars(sa.select(table).where(mine).order_by(order)))


Texts = Mapping[int, Sequence[int]]


def _spread(texts: Texts) -> tuple[list[int], dict[int, list[int]]]:
    """Every version that counts, and for each the judged versions it counts for."""
    stands_for: dict[int, list[int]] = {}
    for judged_id, members in texts.items():
        for member in members:
            stands_for.setdefault(member, []).append(judged_id)
    return list(stands_for), stands_for


def _decisions(session: Session, texts: Texts) -> dict[int, dict[str, Decision]]:
    versions, stands_for = _spread(texts)
    found: dict[int, dict[str, Decision]] = {}
    for one in session.scalars(
        sa.select(Decision).where(Decision.version_id.in_(versions)).order_by(Decision.id)
    ):
        for judged_id in stands_for[one.version_id]:
            found.setdefault(judged_id, {})[one.step] = one
    return found


def _digests(session: Session, texts: Texts) -> dict[int, frozenset[str]]:
    versions, _ = _spread(texts)
    rows = session.execute(sa.select(Version.id, Version.digest).where(Version.id.in_(versions)))
    digests = {id_: digest for id_, digest in rows}  # noqa: C416 - a row is not a pair to the types
    return {one: frozenset(digests[m] for m in members) for one, members in texts.items()}


def _assessments(session: Session, texts: Texts) -> dict[int, dict[str, Assessment]]:
    versions, stands_for = _spread(texts)
    found: dict[int, dict[str, Assessment]] = {}
    for version_id, one in session.execute(
        sa.select(AssessedVersion.version_id, Assessment)
        .join(Assessment, Assessment.id == AssessedVersion.assessment_id)
        .where(AssessedVersion.version_id.in_(versions))
        .order_by(Assessment.id)
    ):
        for judged_id in stands_for[version_id]:
            found.setdefault(judged_id, {})[one.kind] = one
    return found


def _mounts(session: Session, resources: Sequence[int]) -> dict[int, Mount]:
    rows = session.scalars(
        sa.select(Mount).where(Mount.resource_id.in_(resources)).order_by(Mount.id)
    )
    return {mount.resource_id: mount for mount in rows}


def _reports(session: Session, texts: Texts) -> dict[int, list[tuple[MaskingPlan, MaskingReport]]]:
    versions, stands_for = _spread(texts)
    found: dict[int, list[tuple[MaskingPlan, MaskingReport]]] = {}
    for plan, report in session.execute(
        sa.select(MaskingPlan, MaskingReport)
        .join(MaskingReport, MaskingReport.plan_id == MaskingPlan.id)
        .where(MaskingPlan.version_id.in_(versions))
        .order_by(MaskingReport.id)
    ):
        for judged_id in stands_for[plan.version_id]:
            found.setdefault(judged_id, []).append((plan, report))
    return found


def _editions(session: Session, project: Project) -> dict[str, Edition]:
    """The newest edition of each list of the unit."""
    rows = session.scalars(
        sa.select(Edition)
        .where(Edition.organisation_id == project.unit_id)
        .order_by(Edition.number)
    )
    return {edition.list: edition for edition in rows}
