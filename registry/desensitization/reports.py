"""Reports of runs: taken in when they belong to the plan and the entry, re-checked by another."""

from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased

from anonymization import plan as masking
from anonymization import statement
from registry import journal
from registry.access import Actor, require, require_apart
from registry.db import new_key, now
from registry.desensitization import joins
from registry.desensitization.sealing import altered, seal
from registry.desensitization.signers import signer_of
from registry.errors import Conflict, Missing, Unreadable
from registry.models.accounts import Person
from registry.models.catalogue import Decision, Resource, Version
from registry.models.desensitization import MaskingPlan, MaskingReport


def take_report(
    session: Session,
    actor: Actor,
    plan: MaskingPlan,
    report: Mapping[str, Any],
    *,
    made_here: bool = False,
) -> MaskingReport:
    """Keep the report of a run as evidence; refused when it belongs to something else.

    It must be of this plan, of this resource and of one of its versions, and say nothing that
    cannot be of a run of that plan. A failing report is
    kept as well: it says what is to be mended. A signature must be of this report; a report
    without one, or by a key nobody enrolled, rests on the word of whoever hands it in, which
    proves nothing for a profile that asks for more (`signed` in techniques.json). `made_here` says
    that this installation ran it itself, which it vouches for by its seal.
    """
    resource = session.get_one(Resource, plan.resource_id)
    holding = require(actor, "mask", resource.department, project_id=resource.project_id)
    if resource.frozen_at is not None:
        raise Conflict("frozen", key=resource.key)
    if not masking.is_report(report):
        raise Unreadable("no_report")
    if report["plan"].get("digest") != plan.digest:
        raise Conflict("report_of_another_plan")
    binding = report["binding"]
    if binding.get("resource") != resource.key:
        raise Conflict("report_of_another_resource")
    version = session.scalar(
        sa.select(Version).where(
            Version.resource_id == resource.id, Version.digest == str(binding.get("version"))
        )
    )
    if version is None:
        raise Conflict("report_of_another_version")
    _require_of_one_piece(plan.plan, report)
    joins.require_true(report)
    signer = signer_of(session, resource.department, report)
    digest = statement.digest(report)
    if session.scalar(sa.select(MaskingReport.id).where(MaskingReport.digest == digest)):
        raise Conflict("report_taken")
    assert actor.person_id is not None
    row = MaskingReport(
        key=new_key(),
        plan_id=plan.id,
        kind=report["kind"],
        plan_digest=plan.digest,
        verdict=report["verdict"],
        report=_without_sketches(report),
        digest=digest,
        run_by=actor.person_id,
        run_at=now(),
        signer_id=signer.id if signer else None,
        made_here=made_here,
    )
    session.add(row)
    session.flush()
    if joins.keep(session, plan, row, report):
        row.verdict = joins.JOINED
    seal(session, row)
    _decide(session, actor, version, "mask", holding.role, holding.organisation_id, digest, None)
    journal.record(
        session,
        actor,
        "mask",
        "resource",
        resource.key,
        version=version.number,
        digest=digest,
        facts={
            "report": row.key,
            "plan": plan.key,
            "verdict": row.verdict,
            "kind": row.kind,
            "signer": signer.key if signer else "",
        },
    )
    return row


def _require_of_one_piece(plan: masking.Plan, report: Mapping[str, Any]) -> None:
    """Refuse a report that contradicts its plan or itself: no tool of ours writes one.

    A signature is asked for of open data alone; of all others, what was typed over must not pass.
    """
    wanted = masking.smallest_class(plan)
    of_plan = (
        report["profile"] == plan["profile"]
        and report["k_wanted"] == wanted
        and {line["name"] for line in report["columns"]}
        == {line["name"] for line in plan["columns"]}
    )
    risk = report["risk"]
    grouped = masking.profiles()[plan["profile"]]["judged"] and risk["quasi_identifiers"]
    passes = all(one["held"] for one in report.get("attacks", ())) and not (
        grouped and risk["k"] < wanted
    )
    if not of_plan or (report["verdict"] == "pass" and not passes):
        raise Conflict("report_contradicts")


def _without_sketches(report: Mapping[str, Any]) -> dict[str, Any]:
    """The report as it is kept: its sketches stand apart, named by their digests."""
    made = statement.stated(report)
    return made | {"signature": report["signature"]} if "signature" in report else made


def recheck(session: Session, actor: Actor, row: MaskingReport) -> None:
    """Confirm a passing report as head or secrecy officer, never as the person who ran it."""
    plan = session.get_one(MaskingPlan, row.plan_id)
    resource = session.get_one(Resource, plan.resource_id)
    holding = require(actor, "recheck", resource.department, project_id=resource.project_id)
    # A draft may have been edited since, with a new digest: the run's own decision knows it.
    version = session.scalar(
        sa.select(Version)
        .join(Decision, Decision.version_id == Version.id)
        .where(Decision.digest == row.digest, Decision.step == "mask")
    )
    if version is None:
        raise Missing("no_report_here")
    if row.rechecked_by is not None or row.verdict != "pass":
        raise Conflict("not_to_recheck")
    if altered(session, [row]):
        raise Conflict("report_row_altered")
    notice = require_apart(session, actor, "recheck", [version.id])
    row.rechecked_by = actor.person_id
    seal(session, row)
    role, unit = holding.role, holding.organisation_id
    _decide(session, actor, version, "recheck", role, unit, row.digest, notice)
    journal.record(
        session,
        actor,
        "recheck",
        "resource",
        resource.key,
        version=version.number,
        digest=row.digest,
        facts={"report": row.key},
    )


def _decide(
    session: Session,
    actor: Actor,
    version: Version,
    step: str,
    role: str,
    unit: int | None,
    digest: str,
    notice: int | None,
) -> None:
    """Who did it, so that persons kept apart are told apart."""
    session.add(
        Decision(
            version_id=version.id,
            step=step,
            person_id=actor.person_id,
            role=role,
            organisation_id=unit,
            digest=digest,
            at=now(),
            merged_post_id=notice,
        )
    )
    session.flush()


def reports_of(
    session: Session, resource: Resource, profile: str
) -> Sequence[tuple[MaskingReport, str, str | None]]:
    """The reports of an entry in this profile with who ran and who re-checked, newest first."""
    ran, seen = aliased(Person), aliased(Person)
    rows = session.execute(
        sa.select(MaskingReport, ran.name, seen.name)
        .join(MaskingPlan, MaskingPlan.id == MaskingReport.plan_id)
        .join(ran, ran.id == MaskingReport.run_by)
        .outerjoin(seen, seen.id == MaskingReport.rechecked_by)
        .where(MaskingPlan.resource_id == resource.id, MaskingPlan.profile == profile)
        .order_by(MaskingReport.id.desc())
        .limit(20)
    )
    return [(report, by, re_by) for report, by, re_by in rows]


def report_of(session: Session, resource: Resource, key: str) -> tuple[MaskingReport, MaskingPlan]:
    """One report of an entry with its plan; Missing when the entry has none of this key."""
    found = session.execute(
        sa.select(MaskingReport, MaskingPlan)
        .join(MaskingPlan, MaskingPlan.id == MaskingReport.plan_id)
        .where(MaskingPlan.resource_id == resource.id, MaskingReport.key == key)
    ).one_or_none()
    if found is None:
        raise Missing("no_report_here")
    return found[0], found[1]


def people_of(session: Session, report: MaskingReport) -> tuple[str, str]:
    """Who handed a report in and who re-checked it; "" while nobody has."""
    names = session.execute(
        sa.select(Person.id, Person.name).where(
            Person.id.in_([report.run_by, report.rechecked_by or 0])
        )
    )
    by_id = {id_: name for id_, name in names}  # noqa: C416 - a row is not a pair to the types
    return by_id[report.run_by], by_id.get(report.rechecked_by or 0, "")


def level_before(report: Mapping[str, Any]) -> int:
    """The level of the table before the run: 1 with direct identifiers, else 2 (GB/T 42460 D.1)."""
    return 1 if any(line["role"] == "direct" for line in report["columns"]) else 2
