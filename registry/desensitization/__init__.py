"""Desensitization: the masking plan of an entry, and the reports that prove a run of it.

Plans are made here. Runs happen where the data are, and only reports come back; or here, in a
process of their own, over a file or table that is gone when the run is. A report holds as long as
its plan and the graded elements of the entry stay what they were.
"""

from registry.desensitization.checking import Seen, check_of, digest, enter_check, look, may_check
from registry.desensitization.drift import Changed, drift, tells_what_it_rests_on
from registry.desensitization.joins import JOINED, Joined, authority, compared, joined_by, joins_of
from registry.desensitization.plans import (
    PlanFaulty,
    bound,
    brought,
    looked,
    plan_for,
    preview,
    proposed,
    sample,
    save_plan,
)
from registry.desensitization.proof import (
    Awaited,
    Proof,
    awaited,
    proofs,
    standing,
    valid_report,
    valid_reports,
)
from registry.desensitization.reports import (
    level_before,
    people_of,
    recheck,
    report_of,
    reports_of,
    take_report,
)
from registry.desensitization.sealing import altered
from registry.desensitization.signers import (
    Signed,
    enrol_signer,
    revoke_signer,
    sign_report,
    signature_of,
    signer_named,
    signers,
)

__all__ = [
    "JOINED",
    "Awaited",
    "Changed",
    "Joined",
    "PlanFaulty",
    "Proof",
    "Seen",
    "Signed",
    "altered",
    "authority",
    "awaited",
    "bound",
    "brought",
    "check_of",
    "compared",
    "digest",
    "drift",
    "enrol_signer",
    "enter_check",
    "joined_by",
    "joins_of",
    "level_before",
    "look",
    "looked",
    "may_check",
    "people_of",
    "plan_for",
    "preview",
    "proofs",
    "proposed",
    "recheck",
    "report_of",
    "reports_of",
    "revoke_signer",
    "sample",
    "save_plan",
    "sign_report",
    "signature_of",
    "signer_named",
    "signers",
    "standing",
    "take_report",
    "tells_what_it_rests_on",
    "valid_report",
    "valid_reports",
]
