"""What a project consists of, as its own unit states it: systems, tables, entries, papers."""

from collections.abc import Mapping, Sequence
from datetime import date
from functools import cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

import schemas
from registry import calendar, journal
from registry.access import Actor, require
from registry.errors import Conflict, Invalid
from registry.models.projects import BusinessTable, Project, ProjectResource, ProjectSystem, System
from registry.projects.scope import own_entry, systems_of
from schemas import Problem

LEVELS = range(1, 6)
MOST_TABLES = 5000


@cache
def stated_by(kind: str) -> tuple[Mapping[str, Any], ...]:
    """The papers a project of this kind states: id, names, type, whether they are required."""
    rows = schemas.codes.table("acceptance_gates")["project_facts"]
    return tuple(row for row in rows if row["kind"] == kind)


def state(session: Session, actor: Actor, project: Project, stated: Mapping[str, str]) -> None:
    """Record numbers and dates of the papers that the kind of project rests on."""
    require(actor, "ask_verification", project.unit)
    faults, kept = [], {}
    for need in stated_by(project.kind):
        text = stated.get(need["id"], "").strip()[:120]
        if need["required"] and not text:
            rule = "evidence-date" if need["type"] == "date" else "evidence-number"
            faults.append(Problem(f"/{need['id']}", rule, rule=rule))
        elif text and need["type"] == "date":
            faults += _catch_up(need["id"], text)
        kept[need["id"]] = text or None
    if faults:
        raise Invalid(faults)
    project.facts = {**project.facts, **kept}
    changed(session, actor, "state", project, {"stated": sorted(kept)})


def _catch_up(name: str, text: str) -> list[Problem]:
    """An emergency project is exempt for some months, not for ever (measures, Art. 22)."""
    months = int(schemas.codes.table("acceptance_gates")["emergency_months"])
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return [Problem(f"/{name}", "evidence-date", rule="evidence-date")]
    if (day - calendar.today()).days > months * 31:
        return [Problem(f"/{name}", "catch-up-late", {"n": months}, rule="catch-up-late")]
    return []


def add_system(
    session: Session, actor: Actor, project: Project, *, code: str, name: str, level: str = ""
) -> System:
    """Bring a system into the scope: a new one, or one of the unit that is known by its code."""
    require(actor, "ask_verification", project.unit)
    facts = system_facts(code, name, level)
    system = session.scalar(sa.select(System).where(System.code == facts["code"]))
    if system is not None and system.unit_id != project.unit_id:
        raise Invalid([Problem("/code", "system-taken", rule="system-taken")])
    if system is None:
        system = System(unit_id=project.unit_id, **facts)
        session.add(system)
        session.flush()
    if session.get(ProjectSystem, (project.id, system.id)) is None:
        session.add(ProjectSystem(project_id=project.id, system_id=system.id))
    changed(session, actor, "add_system", project, {"system": system.key})
    return system


def system_facts(code: str, name: str, level: str) -> dict[str, Any]:
    """Code, name and level of a system as typed, cut to length; Invalid names what is wrong."""
    faults = [
        Problem(f"/{field}", "system-field", rule="system-field")
        for field, text in (("code", code), ("name", name))
        if not text.strip()
    ]
    if level and (not level.isascii() or not level.isdigit() or int(level) not in LEVELS):
        faults.append(Problem("/level", "choice", rule="choice"))
    if faults:
        raise Invalid(faults)
    return {
        "code": code.strip()[:100],
        "name": name.strip()[:200],
        "protection_level": int(level) if level else None,
    }


def add_tables(
    session: Session, actor: Actor, project: Project, system: System | None, names: Sequence[str]
) -> int:
    """Enter the business tables of a system by name; how many were new."""
    require(actor, "register", project.unit, project_id=project.id)
    if system is None or system.id not in {one.id for one in systems_of(session, project)}:
        raise Invalid([Problem("/system", "evidence-system", rule="evidence-system")])
    wanted = list(dict.fromkeys(name.strip()[:128] for name in names if name.strip()))
    if not wanted or len(wanted) > MOST_TABLES:
        raise Invalid([Problem("/tables", "table-names", {"n": MOST_TABLES}, rule="table-names")])
    known = set(
        session.scalars(sa.select(BusinessTable.name).where(BusinessTable.system_id == system.id))
    )
    new = [name for name in wanted if name not in known]
    session.add_all(BusinessTable(system_id=system.id, name=name) for name in new)
    changed(session, actor, "add_tables", project, {"system": system.key, "tables": len(new)})
    return len(new)


def include(session: Session, actor: Actor, project: Project, key: str) -> None:
    """Bring an entry of the unit into the scope of its project."""
    require(actor, "register", project.unit, project_id=project.id)
    resource = own_entry(session, actor, project, key)
    if session.get(ProjectResource, (project.id, resource.id)) is None:
        session.add(ProjectResource(project_id=project.id, resource_id=resource.id))
    changed(session, actor, "include", project, {"resource": resource.key})


def ask(
    session: Session, actor: Actor, project: Project, stage: str, planned_on: date | None
) -> None:
    """Ask for the verification of a stage; stages are never gone back."""
    require(actor, "ask_verification", project.unit)
    stages = [row["id"] for row in schemas.codes.table("acceptance_gates")["stages"]]
    if stage not in stages:
        raise Invalid([Problem("/stage", "choice", rule="choice")])
    if stages.index(stage) < stages.index(project.stage):
        raise Conflict("stage_over")
    if project.concluded_on is not None:
        raise Conflict("concluded")
    asked = {**project.facts.get("asked", {}), stage: calendar.today().isoformat()}
    project.stage, project.facts = stage, {**project.facts, "asked": asked}
    project.planned_on = planned_on or project.planned_on
    changed(session, actor, "ask_verification", project, {"stage": stage})


def changed(
    session: Session, actor: Actor, act: str, project: Project, facts: Mapping[str, object]
) -> None:
    """Journal what was changed of a project, and let a form that was open before be overtaken."""
    project.row_version += 1
    session.flush()
    journal.record(session, actor, act, "project", project.key, facts=facts)
