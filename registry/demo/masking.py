"""Proofs of desensitization for the demo: real plans, and reports of runs nobody made.

The runs would take minutes over tables that do not exist; their counts are made up, their shape
and their sentences are those of the engine.
"""

from typing import Any

from sqlalchemy.orm import Session

from anonymization import plan as masking
from anonymization import report
from anonymization.attacks import Verdict
from anonymization.report import Run, Tally
from anonymization.risk import Risk
from registry import desensitization
from registry.access import Actor
from registry.db import now
from registry.models.catalogue import Resource, Version
from registry.signing import sm3

_ROWS = 12_000


def prove(
    session: Session,
    registrar: Actor,
    head: Actor,
    resource: Resource,
    version: Version,
    kind: str,
) -> None:
    """Give the entry a plan as proposed, the report of a passing run, and the head's re-check."""
    proposed = desensitization.proposed(version, "statistical")
    row = desensitization.save_plan(session, registrar, resource, version, "statistical", proposed)
    facts = _report(row.plan, kind, {"resource": resource.key, "version": version.digest})
    taken = desensitization.take_report(session, registrar, row, facts)
    desensitization.recheck(session, head, taken)


def _report(plan: masking.Plan, kind: str, binding: dict[str, str]) -> dict[str, Any]:
    quasi = tuple(plan["quasi_identifiers"])
    classes = 4 ** len(quasi)
    k = max(masking.smallest_class(plan), _ROWS // (2 * classes))
    sizes = {
        "rows": _ROWS,
        "quasi_identifiers": quasi,
        "classes": classes if quasi else 1,
        "k": k if quasi else _ROWS,
    }
    risk = Risk(
        **sizes,  # type: ignore[arg-type]  # each value is of the type of its field
        below=0,
        unique=0,
        prosecutor=1 / k,
        marketer=min(1.0, classes / _ROWS),
        mean=1 / k,
    )
    described = {"rows": _ROWS, "columns": len(plan["columns"]), "format": "csv"}
    made = report.make(
        Run(
            plan=plan,
            kind=kind,
            binding=binding,
            input={"digest": _made_up("input", binding), **described},
            output={"digest": _made_up("output", binding), **described},
            key_id=_made_up("key", binding)[4:20] if masking.needs_key(plan) else None,
            tallies={line["name"]: Tally(filled=_ROWS) for line in plan["columns"]},
            suppressed={"cells": 0, "records_touched": 0, "records_removed": 0, "share": 0.0},
            made_at=now().isoformat(timespec="seconds"),
        ),
        Verdict(_ROWS, (), (), risk, quasi, 3 if quasi else 4),
    )
    return dict(made.facts)


def _made_up(part: str, binding: dict[str, str]) -> str:
    """A digest of no file, different for each entry."""
    return f"sm3:{sm3(f'{part} {binding}'.encode()).hex()}"
