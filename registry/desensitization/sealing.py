"""The registry's seal over every report it keeps: a row altered in the database proves nothing."""

import json
from collections.abc import Iterable

import sqlalchemy as sa
from sqlalchemy.orm import Session

from anonymization import statement
from registry import journal
from registry.models.desensitization import MaskingReport
from registry.models.journal import JournalRow


def seal(session: Session, report: MaskingReport) -> None:
    """Seal a report as it stands now; again after every lawful change of its row."""
    report.seal = _made(session, report)
    session.flush()


def _made(session: Session, report: MaskingReport) -> str:
    """The seal of a row: keyed by the secret of the installation, as the journal is."""
    facts = (
        *(report.key, report.plan_id, report.kind, report.plan_digest, report.verdict),
        *(report.digest, report.run_by, report.rechecked_by, report.signer_id, report.made_here),
    )
    told = report.report
    if report.file_check is not None:
        told = {"report": told, "file_check": report.file_check}
    words = json.dumps(told, sort_keys=True, separators=(",", ":"))
    return journal.keyed(session, "masking_report", json.dumps(facts), words)


def altered(session: Session, reports: Iterable[MaskingReport]) -> frozenset[int]:
    """The ids of those reports that are not as they were taken in and re-checked."""
    every = list(reports)
    bad = {r.id for r in every if r.seal is not None and r.seal != _made(session, r)}
    return frozenset(bad | _unknown(session, [r for r in every if r.seal is None]))


def _unknown(session: Session, unsealed: list[MaskingReport]) -> set[int]:
    """Reports from before there were seals: the journal, sealed itself, must tell the same."""
    if not unsealed:
        return set()
    told = {
        (act, digest)
        for act, digest in session.execute(
            sa.select(JournalRow.act, JournalRow.digest).where(
                JournalRow.subject == "resource",
                JournalRow.act.in_(("mask", "recheck")),
                JournalRow.outcome == "done",
                JournalRow.digest.in_([report.digest for report in unsealed]),
            )
        )
    }
    bad = set()
    for report in unsealed:
        acts = ("mask", "recheck") if report.rechecked_by is not None else ("mask",)
        same = statement.digest(report.report) == report.digest
        # What stands beside the report in the row is a copy of what the report itself says.
        copied = (report.kind, report.verdict, report.plan_digest) == (
            report.report.get("kind"),
            report.report.get("verdict"),
            (report.report.get("plan") or {}).get("digest"),
        )
        if not (same and copied and all((act, report.digest) in told for act in acts)):
            bad.add(report.id)
    return bad
