"""Desensitization: the masking plan of an entry, and the reports that prove a run of it.

Plans are made here, runs happen where the data are, only reports come back. A report holds as
long as its plan and the graded elements of the entry stay what they were.
"""

from registry.desensitization.plans import (
    PlanFaulty,
    bound,
    brought,
    drift,
    plan_for,
    preview,
    proposed,
    save_plan,
)
from registry.desensitization.proof import Proof, proofs, valid_report, valid_reports
from registry.desensitization.reports import people_of, recheck, report_of, reports_of, take_report

__all__ = [
    "PlanFaulty",
    "Proof",
    "bound",
    "brought",
    "drift",
    "people_of",
    "plan_for",
    "preview",
    "proofs",
    "proposed",
    "recheck",
    "report_of",
    "reports_of",
    "save_plan",
    "take_report",
    "valid_report",
    "valid_reports",
]
