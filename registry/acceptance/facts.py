"""Everything a verdict on a project is computed from, read in a fixed number of queries."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, TypeVar

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload, selectinload

import schemas
from registry import calendar, lists
from registry.catalogue import carried, document_of
from registry.catalogue.life import UNDECIDED
from registry.desensitization import Proof, proofs
from registry.models.catalogue import Decision, Resource, Version
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

T = TypeVar("T")
# Before the final acceptance there may be no data yet: a run over made-up rows proves the plan.
KINDS: Mapping[bool, tuple[str, ...]] = {True: ("measured",), False: ("measured", "plan_only")}


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
    since: Mapping[int, datetime] = field(default_factory=dict)
    assessments: Mapping[int, Mapping[str, Assessment]] = field(default_factory=dict)
    evidence: Sequence[Evidence] = ()
    not_applicable: Sequence[NotApplicable] = ()
    deferrals: Sequence[Deferral] = ()
    findings: Sequence[Finding] = ()
    mounts: Mapping[int, Mount] = field(default_factory=dict)
    # By version and release profile: the report of a run that holds, or why none does.
    proofs: Mapping[int, Mapping[str, Proof]] = field(default_factory=dict)
    editions: Mapping[str, Edition] = field(default_factory=dict)
    # What the lists would say today about the resources of the scope.
    listed: lists.Concerning = field(default_factory=lambda: lists.Concerning({}, {}))
    days: calendar.Calendar = field(default_factory=lambda: calendar.Calendar({}))
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
    return gather_many(session, [(project, stage)], deferral_paper, day)[0]


def gather_many(
    session: Session,
    asked: Sequence[tuple[Project, str]],
    deferral_paper: str = "",
    day: date | None = None,
) -> list[Facts]:
    """Read what the verdicts on many projects are computed from, in the same queries as for one."""
    ids = [project.id for project, _ in asked]
    scope = _scope(session, ids)
    entries = [_entries(scope.get(project.id, []), stage) for project, stage in asked]
    every = [entry for found in entries for entry in found]
    resources = {entry.resource.id for entry in every}
    texts = carried(session, [entry.version.id for entry in every])
    systems = _systems(session, ids)
    tables = _tables(session, {system.id for found in systems.values() for system in found})
    decisions, versions = _decisions(session, texts), _texts(session, texts)
    assessments, mounts = _assessments(session, texts), _mounts(session, resources)
    evidence = _of(session, Evidence, ids, newest_first=True)
    not_applicable, deferrals = _of(session, NotApplicable, ids), _of(session, Deferral, ids)
    findings = _of(session, Finding, ids)
    proved = _proofs(session, entries, [stage for _, stage in asked])
    editions = _editions(session, {project.unit_id for project, _ in asked})
    listed, days = lists.concerning(session, resources), calendar.load(session)
    found = []
    for (project, stage), own in zip(asked, entries, strict=True):
        mine = [entry.version.id for entry in own]
        held = scope.get(project.id, [])
        theirs = systems.get(project.id, [])
        found.append(
            Facts(
                project=project,
                stage=stage,
                day=day or calendar.today(),
                deferral_paper=deferral_paper,
                frozen=sum(r.frozen_at is not None and not _is_wiped(r) for r in held),
                gone=[
                    r.code or r.key for r in held if r.frozen_at is None and not judged(r, stage)
                ],
                systems=theirs,
                tables=sorted(
                    (table for system in theirs for table in tables.get(system.id, [])),
                    key=lambda table: table.id,
                ),
                entries=own,
                decisions=_among(decisions, mine),
                digests={one: versions[0][one] for one in mine},
                since={one: versions[1][one] for one in mine},
                assessments=_among(assessments, mine),
                evidence=evidence.get(project.id, []),
                not_applicable=not_applicable.get(project.id, []),
                deferrals=deferrals.get(project.id, []),
                findings=findings.get(project.id, []),
                mounts=_among(mounts, [entry.resource.id for entry in own]),
                proofs=_among(proved[stage == "final"], mine),
                editions=editions.get(project.unit_id, {}),
                listed=listed,
                days=days,
            )
        )
    return found


def _among(found: Mapping[int, T], ids: Iterable[int]) -> dict[int, T]:
    return {one: found[one] for one in ids if one in found}


def _systems(session: Session, projects: Sequence[int]) -> dict[int, list[System]]:
    found: dict[int, list[System]] = {}
    for project_id, system in session.execute(
        sa.select(ProjectSystem.project_id, System)
        .join(System, ProjectSystem.system_id == System.id)
        .where(ProjectSystem.project_id.in_(projects))
        .order_by(System.id)
    ):
        found.setdefault(project_id, []).append(system)
    return found


def _tables(session: Session, systems: Collection[int]) -> dict[int, list[BusinessTable]]:
    found: dict[int, list[BusinessTable]] = {}
    for table in session.scalars(
        sa.select(BusinessTable)
        .where(BusinessTable.system_id.in_(systems))
        .order_by(BusinessTable.id)
    ):
        found.setdefault(table.system_id, []).append(table)
    return found


def _proofs(
    session: Session, entries: Sequence[Sequence[Entry]], stages: Sequence[str]
) -> dict[bool, Mapping[int, Mapping[str, Proof]]]:
    """The proofs by whether the stage is the final one: before it, other reports count too."""
    versions: dict[bool, list[Version]] = {True: [], False: []}
    for own, stage in zip(entries, stages, strict=True):
        versions[stage == "final"] += [entry.version for entry in own]
    return {last: proofs(session, found, KINDS[last]) for last, found in versions.items()}


def _scope(session: Session, projects: Sequence[int]) -> dict[int, list[Resource]]:
    """The resources of each project, whatever became of them."""
    found: dict[int, list[Resource]] = {}
    for project_id, resource in session.execute(
        sa.select(ProjectResource.project_id, Resource)
        .join(Resource, ProjectResource.resource_id == Resource.id)
        .where(ProjectResource.project_id.in_(projects))
        .options(joinedload(Resource.department), selectinload(Resource.live))
        .options(selectinload(Resource.working))
        .order_by(Resource.code, Resource.id)
    ):
        found.setdefault(project_id, []).append(resource)
    return found


def _entries(scope: Sequence[Resource], stage: str) -> list[Entry]:
    found = []
    for resource in scope:
        version = judged(resource, stage)
        if version is not None and resource.frozen_at is None:
            document = document_of(version)
            problems = schemas.errors("resource", document, at="submission")
            found.append(Entry(resource, version, document, problems))
    return found


def _is_wiped(resource: Resource) -> bool:
    """Whether nothing is left of an entry; nobody is waited for, and its tables are open again."""
    return resource.live_version_id is None and resource.working_version_id is None


def judged(resource: Resource, stage: str) -> Version | None:
    """The version of an entry that a verdict of this stage is about."""
    working, live = resource.working, resource.live
    if working is not None and (working.state in UNDECIDED or live is None or stage == "approval"):
        return working
    # What was suspended or retired is nothing the city can still find or ask for.
    return live if live is not None and live.state == "published" else None


def _of(
    session: Session, table: type, projects: Sequence[int], newest_first: bool = False
) -> dict[int, list[Any]]:
    order = table.id.desc() if newest_first else table.id  # type: ignore[attr-defined]
    theirs = table.project_id.in_(projects)  # type: ignore[attr-defined]
    found: dict[int, list[Any]] = {}
    rows: sa.ScalarResult[Any] = session.scalars(sa.select(table).where(theirs).order_by(order))
    for row in rows:
        found.setdefault(row.project_id, []).append(row)
    return found


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


def _texts(session: Session, texts: Texts) -> tuple[dict[int, frozenset[str]], dict[int, datetime]]:
    """The digests that count for each version, and since when its text has not really changed."""
    versions, _ = _spread(texts)
    rows = session.execute(
        sa.select(Version.id, Version.digest, Version.changed_at).where(Version.id.in_(versions))
    )
    known = {id_: (digest, at) for id_, digest, at in rows}
    return (
        {one: frozenset(known[m][0] for m in members) for one, members in texts.items()},
        {one: min(known[m][1] for m in members) for one, members in texts.items()},
    )


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


def _mounts(session: Session, resources: Collection[int]) -> dict[int, Mount]:
    rows = session.scalars(
        sa.select(Mount).where(Mount.resource_id.in_(resources)).order_by(Mount.id)
    )
    return {mount.resource_id: mount for mount in rows}


def _editions(session: Session, units: Collection[int]) -> dict[int, dict[str, Edition]]:
    """The newest edition of each list of each unit; older ones are not even read."""
    newest = (
        sa.select(sa.func.max(Edition.id))
        .where(Edition.organisation_id.in_(units))
        .group_by(Edition.organisation_id, Edition.list)
    )
    found: dict[int, dict[str, Edition]] = {}
    # In one order: a verdict read twice must be the same, and so must its digest.
    for one in session.scalars(
        sa.select(Edition).where(Edition.id.in_(newest)).order_by(Edition.id)
    ):
        found.setdefault(one.organisation_id, {})[one.list] = one
    return found
