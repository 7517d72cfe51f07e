"""Facts of other bodies about a project: each kind entered by the role its gate names."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

import schemas
from registry import calendar, journal
from registry.access import Actor, acts, may, require
from registry.db import now
from registry.errors import Conflict, Forbidden, Invalid, Missing
from registry.models.acceptance import Opinion
from registry.models.accounts import Post
from registry.models.catalogue import Resource
from registry.models.projects import (
    Deferral,
    Evidence,
    Finding,
    Mount,
    NotApplicable,
    Project,
    System,
)
from registry.projects.scope import listed
from schemas import Problem

_DIGEST = re.compile("sm3:[0-9a-f]{64}")


def _gate(gate: str) -> Mapping[str, Any]:
    for row in schemas.codes.table("acceptance_gates")["gates"]:
        if row["id"] == gate:
            return dict(row)
    raise Missing("no_gate")


def enter_evidence(
    session: Session,
    actor: Actor,
    project: Project,
    gate: str,
    *,
    number: str,
    on: date | None,
    issuer: str = "",
    next_on: date | None = None,
    system: System | None = None,
) -> Evidence:
    """Enter number, date and issuer of what proves a gate of the group *record*."""
    row = _gate(gate)
    if "entered_with" not in row:
        raise Missing("no_gate")
    require(actor, row["entered_with"], project.unit, project_id=project.id)
    faults = []
    if not number.strip():
        faults.append(Problem("/number", "evidence-number", rule="evidence-number"))
    if on is None:
        faults.append(Problem("/on", "evidence-date", rule="evidence-date"))
    elif on > calendar.today():
        faults.append(Problem("/on", "evidence-future", rule="evidence-future"))
    if row.get("expires") and next_on is None:
        faults.append(Problem("/next_on", "evidence-until", rule="evidence-until"))
    elif next_on is not None and on is not None and next_on <= on:
        faults.append(Problem("/next_on", "evidence-order", rule="evidence-order"))
    if row["per"] == "system" and system is None:
        faults.append(Problem("/system", "evidence-system", rule="evidence-system"))
    if faults:
        raise Invalid(faults)
    assert on is not None
    made = Evidence(
        project_id=project.id,
        system_id=system.id if system else None,
        gate=gate,
        number=number.strip()[:120],
        on=on,
        next_on=next_on,
        issuer=issuer.strip()[:120],
        entered_by=_person(actor),
        entered_at=now(),
    )
    session.add(made)
    session.flush()
    journal.record(session, actor, "evidence", "project", project.key, facts={"gate": gate})
    return made


def declare_not_applicable(
    session: Session,
    actor: Actor,
    project: Project,
    gate: str,
    reason: str,
    *,
    system: System | None = None,
    resource: Resource | None = None,
    note: str = "",
) -> NotApplicable:
    """Sign that a gate does not bind, with a reason of its list; never by the applicant's unit."""
    require(actor, "not_applicable", project.unit)
    if project.unit_id in actor.organisation_ids:
        raise Forbidden("own_project", act="not_applicable", roles=["reviewer"])
    if reason not in _gate(gate)["na_reasons"]:
        raise Invalid([Problem("/reason", "choice", rule="choice")])
    made = NotApplicable(
        project_id=project.id,
        gate=gate,
        system_id=system.id if system else None,
        resource_id=resource.id if resource else None,
        reason=reason,
        note=note.strip()[:200],
        signed_by=_person(actor),
        signed_at=now(),
    )
    session.add(made)
    session.flush()
    facts = {"gate": gate, "reason": reason}
    journal.record(session, actor, "not_applicable", "project", project.key, facts=facts)
    return made


def enter_mount(
    session: Session,
    actor: Actor,
    resource: Resource,
    *,
    number: str,
    method: str,
    columns: Sequence[str],
    answered: bool,
    records: int | None = None,
    tested_on: date | None = None,
    fresh_on: date | None = None,
    file_digest: str = "",
) -> Mount:
    """Enter how the platform gives a resource, and what its last test answered.

    `file_digest` is of the file that is mounted, "" where none is or nobody said.
    """
    require(actor, "mount", resource.department)
    faults = []
    if not number.strip():
        faults.append(Problem("/number", "evidence-number", rule="evidence-number"))
    if not columns:
        faults.append(Problem("/columns", "mount-columns", rule="mount-columns"))
    if tested_on is not None and tested_on > calendar.today():
        faults.append(Problem("/tested_on", "evidence-future", rule="evidence-future"))
    if file_digest and not _DIGEST.fullmatch(file_digest):
        faults.append(Problem("/file_digest", "file-digest", rule="file-digest"))
    if faults:
        raise Invalid(faults)
    made = Mount(
        resource_id=resource.id,
        number=number.strip()[:80],
        method=method[:2],
        tested_on=tested_on or calendar.today(),
        answered=answered,
        columns=[str(column)[:128] for column in columns],
        records=records,
        fresh_on=fresh_on,
        file_digest=file_digest or None,
        entered_by=_person(actor),
        entered_at=now(),
    )
    session.add(made)
    session.flush()
    facts = {"answered": answered, "columns": len(made.columns)}
    journal.record(session, actor, "mount", "resource", resource.key, facts=facts)
    return made


def raise_finding(
    session: Session, actor: Actor, project: Project, kind: str, text: str, due: date
) -> Finding:
    """Order the rectification of a finding of Art. 20 until a day."""
    require(actor, "finding", project.unit)
    faults = []
    if kind not in schemas.codes.values("finding_kind"):
        faults.append(Problem("/kind", "choice", rule="choice"))
    if not text.strip():
        faults.append(Problem("/text", "finding-text", rule="finding-text"))
    if due < calendar.today():
        faults.append(Problem("/due", "due-past", rule="due-past"))
    if faults:
        raise Invalid(faults)
    made = Finding(
        project_id=project.id,
        kind=kind,
        text=text.strip()[:2000],
        raised_by=_person(actor),
        raised_on=calendar.today(),
        due=due,
        state="ordered",
    )
    session.add(made)
    session.flush()
    journal.record(session, actor, "finding", "project", project.key, facts={"kind": made.kind})
    return made


def close_finding(session: Session, actor: Actor, finding: Finding) -> None:
    """Close a finding after its re-check.

    Two bodies sign (duty table, roles table): who raised it cannot close it, and nobody of the
    body that raised it can: the authority closes what development and reform found, and they
    what the authority found.
    """
    project = session.get_one(Project, finding.project_id)
    holding = require(actor, "finding", project.unit)
    if finding.raised_by == actor.person_id:
        raise Forbidden("same_person", act="finding", other="finding")
    if holding.organisation_id in _bodies(session, finding):
        raise Forbidden("same_body")
    if finding.state == "closed":
        raise Conflict("finding_closed")
    finding.state, finding.closed_on = "closed", calendar.today()
    session.flush()
    journal.record(session, actor, "close_finding", "project", project.key)


def _bodies(session: Session, finding: Finding) -> set[int]:
    """The units for which who raised a finding could raise it on that day."""
    return set(
        session.scalars(
            sa.select(Post.organisation_id).where(
                Post.person_id == finding.raised_by,
                Post.role.in_(acts()["finding"].roles),
                Post.starts <= finding.raised_on,
                sa.or_(Post.ends.is_(None), Post.ends >= finding.raised_on),
            )
        )
    )


def defer(
    session: Session, actor: Actor, project: Project, gate: str, due: date, paper: str
) -> Deferral:
    """Allow an open gate to be mended later, where a city paper allows it at all."""
    require(actor, "revoke", project.unit)
    reason = _gate(gate)["deferrable"]
    if not paper or not reason:
        raise Conflict("not_deferrable", gate=gate)
    longest = schemas.codes.table("acceptance_gates")["deferral"]["working_days"]
    latest = calendar.load(session).due(calendar.today(), longest).on
    if not calendar.today() <= due <= latest:
        known = {"n": longest, "latest": latest.isoformat()}
        raise Invalid([Problem("/due", "deferral-due", known, rule="deferral-due")])
    made = Deferral(
        project_id=project.id,
        gate=gate,
        reason=str(reason),
        due=due,
        signed_by=_person(actor),
        signed_at=now(),
    )
    session.add(made)
    session.flush()
    journal.record(session, actor, "defer", "project", project.key, facts={"gate": gate})
    return made


def conclude(session: Session, actor: Actor, project: Project, on: date) -> None:
    """Record the day of the acceptance meeting's conclusion, held by the project's own unit.

    A project that the measures bind is not accepted before its catalogue is verified (Art. 15):
    by that day an opinion on the final stage was signed that lets it pass, and it stands.
    """
    require(actor, "ask_verification", project.unit)
    if project.concluded_on is not None:
        raise Conflict("concluded")
    fault = ""
    if on > calendar.today():
        fault = "evidence-future"
    elif _is_bound(project) and not _is_verified(session, project, on):
        fault = "not-verified"
    if fault:
        raise Invalid([Problem("/concluded_on", fault, rule=fault)])
    project.concluded_on = on
    session.flush()
    journal.record(session, actor, "conclude", "project", project.key)


def _is_bound(project: Project) -> bool:
    rows = schemas.codes.table("acceptance_gates")["applicability"]
    return any(row["binds"] != "none" for row in rows if row["kind"] == project.kind)


def _is_verified(session: Session, project: Project, on: date) -> bool:
    signed = session.scalars(
        sa.select(Opinion.signed_at).where(
            Opinion.project_id == project.id,
            Opinion.stage == "final",
            Opinion.result.in_(("pass", "conditional")),
            Opinion.stands(),
        )
    )
    return any(at.astimezone(calendar.CITY).date() <= on for at in signed)


def _person(actor: Actor) -> int:
    assert actor.person_id is not None, "the right was asked, so somebody is signed in"
    return actor.person_id


def enterable(actor: Actor, project: Project) -> list[str]:
    """The gates whose proof this actor may enter."""
    return [
        row["id"]
        for row in schemas.codes.table("acceptance_gates")["gates"]
        if "entered_with" in row
        and may(actor, row["entered_with"], project.unit, project_id=project.id)
    ]


def entered_by() -> Mapping[tuple[str, ...], tuple[str, ...]]:
    """Which roles enter which proofs: gates by roles, as the tables of gates and rights say."""
    found: dict[tuple[str, ...], list[str]] = {}
    for row in schemas.codes.table("acceptance_gates")["gates"]:
        if "entered_with" in row:
            found.setdefault(tuple(sorted(acts()[row["entered_with"]].roles)), []).append(row["id"])
    return {roles: tuple(gates) for roles, gates in found.items()}


@dataclass(frozen=True)
class Ordered:
    """A finding with its project: overdue while its day has passed and no re-check closed it.

    What follows from an overdue one (Art. 20) is in finding_kind.json: payment of the project is
    held, its unit gets no new project next year; both end with the re-check.
    """

    project: Project
    finding: Finding
    overdue: bool


def ledger(session: Session, actor: Actor) -> list[Ordered]:
    """The findings of every project the actor may see: overdue, then open by day, then closed."""
    seen = {project.id: project for project in listed(session, actor)}
    today = calendar.today()
    rows = [
        Ordered(seen[one.project_id], one, one.state != "closed" and one.due < today)
        for one in session.scalars(sa.select(Finding).order_by(Finding.due, Finding.id))
        if one.project_id in seen
    ]
    return sorted(rows, key=lambda row: (row.finding.state == "closed", not row.overdue))


@dataclass(frozen=True)
class Follow:
    """What follows from overdue findings (Art. 20), and for which projects or units, by name."""

    id: str
    zh: str
    en: str
    names: tuple[str, ...]

    def title(self, locale: str = "zh") -> str:
        """What follows, in a word."""
        return self.en if locale == "en" else self.zh


def follows(session: Session, actor: Actor) -> list[Follow]:
    """What follows from overdue findings the actor may see, for the roles that act on it."""
    rows = [
        row
        for row in schemas.codes.table("finding_kind")["overdue"]
        if not actor.roles.isdisjoint(row["told"])
    ]
    overdue = [one.project for one in ledger(session, actor) if one.overdue] if rows else []
    if not overdue:
        return []
    named = {
        "project": tuple(dict.fromkeys(one.name for one in overdue)),
        "unit": tuple(dict.fromkeys(one.unit.name for one in overdue)),
    }
    return [Follow(row["id"], row["zh"], row["en"], named[row["of"]]) for row in rows]


def findings_of(session: Session, project: Project) -> Sequence[Finding]:
    """The findings of a project, newest first."""
    return session.scalars(
        sa.select(Finding).where(Finding.project_id == project.id).order_by(Finding.id.desc())
    ).all()
