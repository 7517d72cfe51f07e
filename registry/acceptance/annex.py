"""The annex of an opinion: the masking reports that proved G-DEID, told so that paper suffices."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from sqlalchemy.orm import Session

from anonymization import plan as masking
from registry import desensitization
from registry.acceptance.facts import KINDS
from registry.calendar import CITY
from registry.models.catalogue import Resource, Version
from registry.models.desensitization import MaskingReport

# A sentence on paper is cut here; the report itself says it whole.
_LONGEST: Final = 60


def masked(session: Session, versions: Sequence[Version], stage: str) -> list[dict[str, Any]]:
    """The report that proves each version in each release profile, in the order of the versions."""
    found = desensitization.proofs(session, versions, KINDS[stage == "final"])
    return [
        _entry(session, version, profile, proof.report)
        for version in versions
        for profile, proof in found[version.id].items()
        if proof.report is not None
    ]


def _entry(
    session: Session, version: Version, profile: str, report: MaskingReport
) -> dict[str, Any]:
    facts: Mapping[str, Any] = report.report
    resource = session.get_one(Resource, version.resource_id)
    ran, checked = desensitization.people_of(session, report)
    signer = desensitization.signer_named(session, report)
    output = facts.get("output") or {}
    tried = facts.get("attacks") or ()
    return {
        "key": resource.key,
        "name": version.name,
        "report": report.key,
        "profile": masking.profiles()[profile]["zh"],
        "kind": report.kind,
        "level_before": desensitization.level_before(facts),
        "level": facts["level"],
        "k": facts["risk"]["k"],
        "l": facts["risk"].get("l"),
        "t": facts["risk"].get("t"),
        "risk": facts["risk"]["prosecutor_risk"],
        "suppressed": facts["suppressed"]["share"],
        **({"counted": facts["counted"]} if facts.get("counted") else {}),
        "quasi_identifiers": list(facts["risk"].get("quasi_identifiers") or ()),
        "discovered": list(facts.get("discovered_quasi_identifiers") or ()),
        "attacks": {"tried": len(tried), "held": sum(bool(one["held"]) for one in tried)},
        "compared": desensitization.compared(session, report),
        "joins": [
            {
                "column": one.column,
                "share": one.share,
                "authority": desensitization.authority(session, one),
            }
            # A release that joins an earlier one proves nothing, but a later one may join it.
            for find in (desensitization.joins_of, desensitization.joined_by)
            for one in find(session, report)
        ],
        "columns": [_column(line) for line in facts["columns"]],
        "file_check": _checked(report),
        "input": facts["input"]["digest"],
        "output": output.get("digest", ""),
        "plan": report.plan_digest,
        "digest": report.digest,
        "signer": f"{signer.name} {signer.key_id}" if signer else "",
        "made_here": report.made_here,
        "handed_in_by": ran,
        "rechecked_by": checked,
    }


def _column(line: Mapping[str, Any]) -> dict[str, str]:
    """What a column was, what was done, what remains, and who agreed to what remains of it."""
    said = {part: _cut(line.get(part) or "") for part in ("was", "done", "remains")}
    basis = line.get("open_basis")
    agreed = f"依法公开：{basis}" if basis else line.get("approved_by") or ""
    return {"name": line["name"], **said, "approved": _cut(agreed)}


def _checked(report: MaskingReport) -> dict[str, str] | None:
    """Who held the file about to be released against this report, and when; None: nobody did.

    A file that differs voids the proof, so that a report in an annex was never last held against
    another one.
    """
    check = desensitization.check_of(report)
    return check and {"by": check["by"], "on": f"{check['at'].astimezone(CITY):%Y-%m-%d}"}


def _cut(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"
