"""Projects with their systems, resources and business tables, for those who have a part in them."""

from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

import schemas
from registry import catalogue, journal
from registry.access import Actor, may, require
from registry.errors import Conflict, Invalid, Missing
from registry.models.accounts import Organisation
from registry.models.catalogue import Resource
from registry.models.projects import BusinessTable, Project, ProjectResource, ProjectSystem, System
from schemas import Problem


def is_own_project(project: Project) -> bool:
    """Whether the authority or its operator judges its own work: another body countersigns."""
    unit = project.unit
    return unit.id in {unit.authority_id, unit.operator_id}


def may_see(actor: Actor, project: Project) -> bool:
    """Whether the actor has a part in this project."""
    if may(actor, "read_projects", project.unit, project_id=project.id):
        return True
    return is_own_project(project) and may(actor, "countersign", project.unit)


def find(session: Session, actor: Actor, key: str) -> Project:
    """The project with this key; Missing for who has no part in it."""
    project = session.scalar(sa.select(Project).where(Project.key == key))
    if project is None or not may_see(actor, project):
        raise Missing("no_project")
    return project


def listed(session: Session, actor: Actor) -> list[Project]:
    """The projects the actor has a part in, by planned date."""
    # What is over comes last; what is due first comes first.
    order = (Project.concluded_on.is_not(None), Project.planned_on, Project.id)
    rows = session.scalars(sa.select(Project).order_by(*order)).unique()
    return [project for project in rows if may_see(actor, project)]


def create(
    session: Session, actor: Actor, unit: Organisation, name: str, kind: str, **facts: Any
) -> Project:
    """Enter a project of a unit.

    A secret project is refused and nothing of it is stored (measures, Art. 21).
    """
    require(actor, "ask_verification", unit)
    if kind == "secret":
        raise Conflict("secret_project")
    kinds = {row["kind"] for row in schemas.codes.table("acceptance_gates")["applicability"]}
    faults = []
    if not name.strip():
        faults.append(Problem("/name", "project-name", rule="project-name"))
    if kind not in kinds:
        faults.append(Problem("/kind", "project-kind", rule="project-kind"))
    if faults:
        raise Invalid(faults)
    project = Project(
        name=name.strip()[:200],
        unit_id=unit.id,
        kind=kind,
        stage=facts.pop("stage", "approval"),
        **facts,
    )
    session.add(project)
    session.flush()
    journal.record(session, actor, "project", "project", project.key, facts={"kind": kind})
    return project


def systems_of(session: Session, project: Project) -> Sequence[System]:
    """The systems in the scope of a project."""
    return session.scalars(
        sa.select(System)
        .join(ProjectSystem, ProjectSystem.system_id == System.id)
        .where(ProjectSystem.project_id == project.id)
        .order_by(System.id)
    ).all()


def link_table(
    session: Session,
    actor: Actor,
    project: Project,
    table_id: int,
    *,
    resource_key: str = "",
    exempt_because: str = "",
) -> BusinessTable:
    """Say which resource catalogues a business table, or why none needs to."""
    require(actor, "register", project.unit, project_id=project.id)
    ids = [system.id for system in systems_of(session, project)]
    table = session.get(BusinessTable, table_id)
    if table is None or table.system_id not in ids:
        raise Missing("no_table")
    resource = own_entry(session, actor, project, resource_key) if resource_key else None
    # Of two answers one would be dropped without a word.
    if (resource is not None) == bool(exempt_because.strip()):
        raise Invalid([Problem("/resource", "link-or-exempt", rule="link-or-exempt")])
    table.resource_id = resource.id if resource else None
    table.exempt_because = None if resource else exempt_because.strip()[:200]
    facts: Mapping[str, object] = {"table": table.id, "exempt": resource is None}
    journal.record(session, actor, "link_table", "project", project.key, facts=facts)
    if resource is not None and session.get(ProjectResource, (project.id, resource.id)) is None:
        session.add(ProjectResource(project_id=project.id, resource_id=resource.id))
    session.flush()
    return table


def own_entry(session: Session, actor: Actor, project: Project, key: str) -> Resource:
    """An entry of the project's unit, as far as the actor may know of it; a frozen one is none."""
    found = catalogue.find(session, actor, key)
    if found.department_id != project.unit_id or found.frozen_at is not None:
        raise Missing("no_entry")
    return found
