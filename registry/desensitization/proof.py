"""Whether a version is proven to be desensitized, and if not, why: the evidence of G-DEID."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased, defer

from anonymization import plan as masking
from registry.access import Actor, acts, conflict, may
from registry.catalogue import version_of
from registry.desensitization.drift import Changed, drift
from registry.desensitization.joins import JOINED
from registry.desensitization.sealing import altered
from registry.models.accounts import Person
from registry.models.catalogue import Resource, Version
from registry.models.desensitization import MaskingPlan, MaskingReport


@dataclass(frozen=True)
class Proof:
    """The report that holds, or None with the reason why there is none.

    Reasons: no_plan, no_report, failed, plan_changed (after the run), elements_changed (since the
    plan; `changed` says which), not_signed (where the profile asks for it), joins (the
    release joins an earlier one), file_differs (the file about to be released is another one),
    not_rechecked, altered (the row is not as the registry sealed it).
    """

    report: MaskingReport | None
    reason: str | None = None
    changed: tuple[Changed, ...] = field(default=())


def valid_report(session: Session, version: Version, kinds: Sequence[str] = ("measured",)) -> Proof:
    """The proof of one version; see `valid_reports`."""
    return valid_reports(session, [version], kinds)[version.id]


def valid_reports(
    session: Session, versions: Sequence[Version], kinds: Sequence[str] = ("measured",)
) -> Mapping[int, Proof]:
    """The proof of each version by its id: the best of its release profiles."""
    found = proofs(session, versions, kinds)
    return {version.id: _best(found[version.id].values()) for version in versions}


def proofs(
    session: Session, versions: Sequence[Version], kinds: Sequence[str] = ("measured",)
) -> Mapping[int, Mapping[str, Proof]]:
    """The proof of each version in each release profile, in two queries however many there are.

    A report holds for a version when it passed, was re-checked, is of the plan as it stands, and
    the plan fits the elements of the version. `kinds`: which reports count (`plan_only` does
    before the first acceptance); a measured one counts before any other. Reports from before
    there were seals cost a third query, to the journal.
    """
    plans = list(
        session.scalars(
            sa.select(MaskingPlan)
            .where(MaskingPlan.resource_id.in_({v.resource_id for v in versions}))
            .order_by(MaskingPlan.id)
        )
    )
    found = session.scalars(
        sa.select(MaskingReport)
        .where(
            MaskingReport.plan_id.in_([plan.id for plan in plans]), MaskingReport.kind.in_(kinds)
        )
        .order_by((MaskingReport.kind == "measured").desc(), MaskingReport.id.desc())
    )
    reports: dict[int, list[MaskingReport]] = {}
    for report in found:
        reports.setdefault(report.plan_id, []).append(report)
    latest = {plan_id: listed[0] for plan_id, listed in reports.items()}
    bad = altered(session, latest.values())
    return {
        version.id: {
            plan.profile: _of_plan(version, plan, latest.get(plan.id), bad)
            for plan in plans
            if plan.resource_id == version.resource_id
        }
        for version in versions
    }


def standing(session: Session, version: Version, plan: MaskingPlan, report: MaskingReport) -> Proof:
    """What this report would prove of the version if no other had come after it."""
    return _of_plan(version, plan, report, altered(session, [report]))


@dataclass(frozen=True)
class Awaited:
    """A report that waits for the second person: of which entry, in which profile, by whom."""

    report: MaskingReport
    plan: MaskingPlan
    version: Version
    by: str


def awaited(session: Session, actor: Actor) -> Sequence[Awaited]:
    """The reports whose one missing step this actor may take, the oldest first."""
    if actor.roles.isdisjoint(acts()["recheck"].roles):
        return []
    newer = aliased(MaskingReport)
    counts_before = sa.and_(newer.kind == MaskingReport.kind, newer.id > MaskingReport.id)
    rows = session.execute(
        sa.select(MaskingReport, MaskingPlan, Resource, Person.name)
        .join(MaskingPlan, MaskingPlan.id == MaskingReport.plan_id)
        .join(Resource, Resource.id == MaskingPlan.resource_id)
        .join(Person, Person.id == MaskingReport.run_by)
        .where(
            MaskingReport.rechecked_by.is_(None),
            MaskingReport.verdict == "pass",
            Resource.frozen_at.is_(None),
            ~sa.exists().where(
                newer.plan_id == MaskingReport.plan_id,
                sa.or_(
                    counts_before,
                    sa.and_(newer.kind == "measured", MaskingReport.kind != "measured"),
                ),
            ),
        )
        .order_by(MaskingReport.id)
        .limit(1000)
        # Counted on every page: the reports themselves are large and say nothing to it.
        .options(defer(MaskingReport.report))
    )
    found = []
    for report, plan, resource, by in rows:
        if not may(actor, "recheck", resource.department, project_id=resource.project_id):
            continue
        version = version_of(session, actor, resource)
        if version is None or conflict(session, actor, "recheck", [version.id]):
            continue
        if _of_plan(version, plan, report, frozenset()).reason == "not_rechecked":
            found.append(Awaited(report, plan, version, by))
    return found


# The nearest to a proof is told: whoever asks wants to know the last step that is missing.
_NEAREST = (
    "not_rechecked",
    "not_signed",
    "altered",
    "file_differs",
    "elements_changed",
    "plan_changed",
    "joins",
    "failed",
    "no_report",
    "no_plan",
)


def _best(found: Iterable[Proof]) -> Proof:
    best = Proof(None, "no_plan")
    for proof in found:
        if proof.report is not None:
            return proof
        if _NEAREST.index(str(proof.reason)) < _NEAREST.index(str(best.reason)):
            best = proof
    return best


def _of_plan(
    version: Version, plan: MaskingPlan, latest: MaskingReport | None, bad: frozenset[int]
) -> Proof:
    if latest is None:
        return Proof(None, "no_report")
    if latest.id in bad:
        return Proof(None, "altered")
    if latest.plan_digest != plan.digest:
        return Proof(None, "plan_changed")
    if latest.verdict == JOINED:
        return Proof(None, "joins")
    if latest.verdict != "pass":
        return Proof(None, "failed")
    if changed := drift(plan.plan, version):
        return Proof(None, "elements_changed", tuple(changed))
    if latest.file_check is not None and not latest.file_check["matches"]:
        return Proof(None, "file_differs")
    vouched = latest.made_here or latest.signer_id is not None
    if masking.profiles()[plan.profile].get("signed") and not vouched:
        return Proof(None, "not_signed")
    if latest.rechecked_by is None:
        return Proof(None, "not_rechecked")
    return Proof(latest)
