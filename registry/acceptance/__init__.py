"""The verdict on a project: computed, never typed; only signed opinions are stored."""

from registry.acceptance.archive import archive
from registry.acceptance.awaited import Awaited, awaited
from registry.acceptance.examine import (
    STAGES,
    Examination,
    Line,
    examine,
    examine_many,
    gates,
    said,
)
from registry.acceptance.gates import Shortfall
from registry.acceptance.opinions import (
    Draft,
    countersign,
    countersigned,
    draft,
    foreseen,
    is_countersigned,
    revoke,
    sign,
    signed_as,
)
from registry.acceptance.people import holders, is_insider
from registry.acceptance.reader import NAMELESS, frozen_in, hidden_from, hidden_in, shown
from registry.acceptance.schedule import Milestone, schedule
from registry.acceptance.standing import (
    Issued,
    Later,
    changed_since,
    find,
    issued,
    of_project,
    package_of,
    revocation_of,
    revocations,
    turned_since,
    wiped_on,
)

__all__ = [
    "NAMELESS",
    "STAGES",
    "Awaited",
    "Draft",
    "Examination",
    "Issued",
    "Later",
    "Line",
    "Milestone",
    "Shortfall",
    "archive",
    "awaited",
    "changed_since",
    "countersign",
    "countersigned",
    "draft",
    "examine",
    "examine_many",
    "find",
    "foreseen",
    "frozen_in",
    "gates",
    "hidden_from",
    "hidden_in",
    "holders",
    "is_countersigned",
    "is_insider",
    "issued",
    "of_project",
    "package_of",
    "revocation_of",
    "revocations",
    "revoke",
    "said",
    "schedule",
    "shown",
    "sign",
    "signed_as",
    "turned_since",
    "wiped_on",
]
