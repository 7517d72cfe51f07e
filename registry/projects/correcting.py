"""Correcting what a project stated wrongly: a system or a table is mended, or taken out again."""

from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from registry.access import Actor, require
from registry.errors import Conflict, Invalid, Missing
from registry.models.acceptance import Opinion
from registry.models.projects import (
    BusinessTable,
    Evidence,
    NotApplicable,
    Project,
    ProjectSystem,
    System,
)
from registry.projects.scope import systems_of
from registry.projects.stating import changed, system_facts
from schemas import Problem


@dataclass(frozen=True)
class Resting:
    """What rests on a system or a table, told before it is taken out."""

    tables: int
    matched: Sequence[BusinessTable]
    proofs: int
    shared: bool

    @property
    def is_kept(self) -> bool:
        """Whether the system only leaves this project: others or proofs still need it."""
        return self.shared or self.proofs > 0


def find_system(session: Session, project: Project, key: str) -> System:
    """The system of the project with this key, or Missing."""
    for system in systems_of(session, project):
        if system.key == key:
            return system
    raise Missing("no_system")


def find_table(session: Session, project: Project, table_id: int) -> BusinessTable:
    """The business table of one of the project's systems, or Missing."""
    table = session.get(BusinessTable, table_id)
    if table is None or table.system_id not in {s.id for s in systems_of(session, project)}:
        raise Missing("no_table")
    return table


def resting_on(session: Session, project: Project, system: System) -> Resting:
    """What is lost or left behind when the system is taken out of the project."""
    tables = session.scalars(
        sa.select(BusinessTable)
        .where(BusinessTable.system_id == system.id)
        .order_by(BusinessTable.id)
    ).all()
    proofs = sum(
        session.scalar(sa.select(sa.func.count()).where(of.system_id == system.id)) or 0
        for of in (Evidence, NotApplicable)
    )
    others = sa.select(ProjectSystem.project_id).where(
        ProjectSystem.system_id == system.id, ProjectSystem.project_id != project.id
    )
    return Resting(
        tables=len(tables),
        matched=[one for one in tables if one.resource_id is not None],
        proofs=proofs,
        shared=session.scalar(others.limit(1)) is not None,
    )


def why_closed(session: Session, project: Project, system: System) -> str:
    """The reason why nothing of a system may be corrected now, "" where it may.

    An opinion that lets a project pass was signed over what stood then. While it stands for the
    stage a project is in, nothing it rests on is rewritten: it is revoked first. A later stage is
    judged anew, and an opinion that failed it asks for exactly such corrections.
    """
    if project.concluded_on is not None:
        return "concluded"
    with_it = sa.select(ProjectSystem.project_id).where(ProjectSystem.system_id == system.id)
    standing = session.scalar(
        sa.select(Opinion.id)
        .join(Project, sa.and_(Project.id == Opinion.project_id, Project.stage == Opinion.stage))
        .where(
            Opinion.project_id.in_(with_it),
            Opinion.result.in_(("pass", "conditional")),
            Opinion.stands(),
        )
        .limit(1)
    )
    return "opinion_stands" if standing is not None else ""


def correct_system(
    session: Session,
    actor: Actor,
    project: Project,
    key: str,
    *,
    code: str,
    name: str,
    level: str = "",
) -> System:
    """Mend code, name and protection level of a system; its tables and proofs stay with it."""
    require(actor, "ask_verification", project.unit)
    system = _open_system(session, project, key)
    facts = system_facts(code, name, level)
    taken = sa.select(System.id).where(System.code == facts["code"], System.id != system.id)
    if session.scalar(taken) is not None:
        raise Invalid([Problem("/code", "system-taken", rule="system-taken")])
    for field, value in facts.items():
        setattr(system, field, value)
    changed(session, actor, "correct_system", project, {"system": system.key})
    return system


def remove_system(session: Session, actor: Actor, project: Project, key: str) -> None:
    """Take a system out of the project, with its tables where nothing else needs them.

    Entries that were matched stay in the scope of the project: they are its data all the same.
    """
    require(actor, "ask_verification", project.unit)
    system = _open_system(session, project, key)
    found = resting_on(session, project, system)
    session.execute(
        sa.delete(ProjectSystem).where(
            ProjectSystem.project_id == project.id, ProjectSystem.system_id == system.id
        )
    )
    if not found.is_kept:
        session.execute(sa.delete(BusinessTable).where(BusinessTable.system_id == system.id))
        session.delete(system)
    facts = {"system": key, "tables": found.tables, "matched": len(found.matched)}
    changed(session, actor, "remove_system", project, facts)


def correct_table(
    session: Session, actor: Actor, project: Project, table_id: int, name: str
) -> BusinessTable:
    """Mend the name of a business table; what it was matched to stays."""
    require(actor, "register", project.unit, project_id=project.id)
    table = _open_table(session, project, table_id)
    wanted = name.strip()[:128]
    if not wanted:
        raise Invalid([Problem("/name", "table-name", rule="table-name")])
    same = sa.select(BusinessTable.id).where(
        BusinessTable.system_id == table.system_id,
        BusinessTable.name == wanted,
        BusinessTable.id != table.id,
    )
    if session.scalar(same) is not None:
        raise Invalid([Problem("/name", "table-taken", rule="table-taken")])
    table.name = wanted
    changed(session, actor, "correct_table", project, {"table": table.id})
    return table


def remove_table(session: Session, actor: Actor, project: Project, table_id: int) -> None:
    """Take a business table out; an entry it was matched to stays in the scope."""
    require(actor, "register", project.unit, project_id=project.id)
    table = _open_table(session, project, table_id)
    facts = {"table": table.id, "matched": int(table.resource_id is not None)}
    session.delete(table)
    changed(session, actor, "remove_table", project, facts)


def _open_system(session: Session, project: Project, key: str) -> System:
    system = find_system(session, project, key)
    if reason := why_closed(session, project, system):
        raise Conflict(reason)
    return system


def _open_table(session: Session, project: Project, table_id: int) -> BusinessTable:
    table = find_table(session, project, table_id)
    if reason := why_closed(session, project, session.get_one(System, table.system_id)):
        raise Conflict(reason)
    return table
