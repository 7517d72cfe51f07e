"""Whether a version is proven to be desensitized, and if not, why: the evidence of G-DEID."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased, defer, joinedload, selectinload

from anonymization import plan as masking
from registry.access import Actor, acts, apart_from, may
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

    `beside` is the measured report that proves nothing at present, where one over made-up rows
    holds in its place: whoever reads the verdict is told that no run over data stands behind it.
    """

    report: MaskingReport | None
    reason: str | None = None
    changed: tuple[Changed, ...] = field(default=())
    beside: MaskingReport | None = None


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
    before the first acceptance); the measured one counts before any other, unless it proves
    nothing without speaking against the plan (`_AGAINST`). Reports from before there were seals
    cost a third query, to the journal.
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
    latest: dict[int, dict[str, MaskingReport]] = {}
    for report in found:
        latest.setdefault(report.plan_id, {}).setdefault(report.kind, report)
    bad = altered(session, [one for own in latest.values() for one in own.values()])
    return {
        version.id: {
            plan.profile: _of_kinds(version, plan, list(latest.get(plan.id, {}).values()), bad)
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
    """The reports whose one missing step this actor may take, the oldest first.

    The number of queries is the same however many wait: the counter on every page asks it.
    """
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
                    sa.and_(
                        newer.kind == "measured",
                        MaskingReport.kind != "measured",
                        # One of another plan says nothing of this one, see `_of_kinds`.
                        newer.plan_digest == MaskingReport.plan_digest,
                    ),
                ),
            ),
        )
        .order_by(MaskingReport.id)
        .limit(1000)
        # Counted on every page: the reports themselves are large and say nothing to it.
        .options(defer(MaskingReport.report))
        .options(
            joinedload(Resource.department),
            selectinload(Resource.live),
            selectinload(Resource.working),
        )
    )
    found = [
        Awaited(report, plan, version, by)
        for report, plan, resource, by in rows
        if may(actor, "recheck", resource.department, project_id=resource.project_id)
        and (version := version_of(session, actor, resource)) is not None
        and _of_plan(version, plan, report, frozenset()).reason == "not_rechecked"
    ]
    own = apart_from(session, actor, "recheck", {one.version.id for one in found})
    return [one for one in found if one.version.id not in own]


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


# What a run over data found against this very plan, or against what was made of it: that it did
# well on made-up rows does not outweigh it.
_AGAINST = frozenset({"failed", "joins", "file_differs", "altered"})


def _of_kinds(
    version: Version, plan: MaskingPlan, latest: Sequence[MaskingReport], bad: frozenset[int]
) -> Proof:
    """The proof by the latest report of each kind, the measured one first."""
    if not latest:
        return Proof(None, "no_report")
    first, *others = ((one, _of_plan(version, plan, one, bad)) for one in latest)
    report, proof = first
    if proof.report is not None or proof.reason in _AGAINST:
        return proof
    for _, other in others:
        if other.report is not None:
            return replace(other, beside=report)
    # One step is missing of the run over made-up rows, and a whole run of the other.
    waits = next((other for _, other in others if other.reason == "not_rechecked"), None)
    return waits if waits is not None and proof.reason == "plan_changed" else proof


def _of_plan(
    version: Version, plan: MaskingPlan, latest: MaskingReport, bad: frozenset[int]
) -> Proof:
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
