"""Joins with earlier releases of any department: sketches are kept for all, values for none.

Two releases whose codes are the same can be put together person by person, whoever made them. The
registry is the only place that hears of all of them, so it compares on take-in.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import InstrumentedAttribute, Session

from anonymization import sketches
from registry.errors import Conflict
from registry.models.accounts import Organisation
from registry.models.catalogue import Resource
from registry.models.desensitization import (
    MaskingPlan,
    MaskingReport,
    ReleaseJoin,
    ReleaseSketch,
)

# A passing report whose release joins an earlier one; re-checked it is not, and it proves nothing.
JOINED = "joins"


@dataclass(frozen=True)
class Joined:
    """One join as it is told: our column, the share of its codes, the other release."""

    column: str
    share: float
    other: Resource
    other_column: str
    report: str


def require_true(report: Mapping[str, Any]) -> None:
    """Refuse a report whose sketches are missing or not those it names by their digests."""
    for one in report.get("sketches", ()):
        if "digests" not in one or sketches.digest(one["digests"]) != one["digest"]:
            raise Conflict("report_altered")


def keep(session: Session, plan: MaskingPlan, row: MaskingReport, report: Mapping[str, Any]) -> int:
    """Keep the sketches of a release and find what it joins; the number of joins.

    The same data run again by the same plan under the same name is no other release. Other data
    are: whoever is in both is known again by his code.
    """
    if row.kind != "measured" or row.verdict != "pass":
        return 0
    mine = [(one["column"], sketches.packed(one["digests"])) for one in report.get("sketches", ())]
    found = _found(session, plan, row, mine) if mine else []
    session.add_all(found)
    session.add_all(
        ReleaseSketch(report_id=row.id, column=column, digests=digests) for column, digests in mine
    )
    session.flush()
    return len(found)


def _found(
    session: Session, plan: MaskingPlan, row: MaskingReport, mine: Sequence[tuple[str, bytes]]
) -> list[ReleaseJoin]:
    earlier = session.execute(
        sa.select(
            ReleaseSketch.report_id,
            ReleaseSketch.column,
            ReleaseSketch.digests,
            MaskingReport.plan_id,
            MaskingReport.report,
        )
        .join(MaskingReport, MaskingReport.id == ReleaseSketch.report_id)
        .where(ReleaseSketch.report_id != row.id)
        .order_by(ReleaseSketch.report_id.desc(), ReleaseSketch.id)
    )
    # By column and plan: of several runs of one release the newest stands for all.
    found: dict[tuple[str, int], ReleaseJoin] = {}
    for report_id, other_column, digests, plan_id, facts in earlier:
        if plan_id == plan.id and _run_of(facts) == _run_of(row.report):
            continue
        for column, ours in mine:
            if (share := sketches.shared(ours, digests)) and (column, plan_id) not in found:
                found[column, plan_id] = ReleaseJoin(
                    report_id=row.id,
                    column=column,
                    other_id=report_id,
                    other_column=other_column,
                    share=round(share, 6),
                )
    return list(found.values())


def _run_of(report: Mapping[str, Any]) -> tuple[Any, Any]:
    """What a report is of: the name of the release, and the data by their digest."""
    return report.get("release"), report.get("input", {}).get("digest")


def joins_of(session: Session, report: MaskingReport) -> list[Joined]:
    """The joins of a release with earlier ones; who may know of those is for the page to ask."""
    rows = _joins(session, ReleaseJoin.report_id, ReleaseJoin.other_id, report)
    return [Joined(one.column, one.share, other, one.other_column, key) for one, other, key in rows]


def joined_by(session: Session, report: MaskingReport) -> list[Joined]:
    """The joins of later releases with this one, which proves something where they do not."""
    rows = _joins(session, ReleaseJoin.other_id, ReleaseJoin.report_id, report)
    return [Joined(one.other_column, one.share, other, one.column, key) for one, other, key in rows]


def authority(session: Session, one: Joined) -> str:
    """Whom to ask about the other release, for readers who may not know of its entry."""
    found = session.get(Organisation, one.other.department.authority_id)
    return found.name if found is not None else ""


def _joins(
    session: Session,
    own: InstrumentedAttribute[int],
    other: InstrumentedAttribute[int],
    report: MaskingReport,
) -> Iterator[tuple[ReleaseJoin, Resource, str]]:
    rows = session.execute(
        sa.select(ReleaseJoin, Resource, MaskingReport.key)
        .join(MaskingReport, MaskingReport.id == other)
        .join(MaskingPlan, MaskingPlan.id == MaskingReport.plan_id)
        .join(Resource, Resource.id == MaskingPlan.resource_id)
        .where(own == report.id)
        .order_by(ReleaseJoin.id)
    )
    return ((join, resource, key) for join, resource, key in rows)


def compared(session: Session, report: MaskingReport) -> int | None:
    """How many earlier runs a release was held against; None where it has no codes to compare.

    Of the same release run before the codes are the same, and nothing is learnt of anybody.
    """
    mine = sa.select(ReleaseSketch.id).where(ReleaseSketch.report_id == report.id)
    if session.scalar(mine.limit(1)) is None:
        return None
    earlier = ReleaseSketch.report_id < report.id
    runs = session.scalar(
        sa.select(sa.func.count(ReleaseSketch.report_id.distinct())).where(earlier)
    )
    own = sa.select(MaskingReport.report).where(
        MaskingReport.plan_id == report.plan_id,
        MaskingReport.id.in_(sa.select(ReleaseSketch.report_id).where(earlier)),
    )
    again = [one for one in session.scalars(own) if _run_of(one) == _run_of(report.report)]
    return (runs or 0) - len(again)
