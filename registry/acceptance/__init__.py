"""The verdict on a project: computed, never typed; only signed opinions are stored."""

from registry.acceptance.archive import archive
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
    Later,
    changed_since,
    countersign,
    countersigned,
    draft,
    find,
    foreseen,
    is_countersigned,
    of_project,
    package_of,
    revocation_of,
    revocations,
    revoke,
    sign,
    turned_since,
    wiped_on,
)
from registry.acceptance.people import holders
from registry.acceptance.reader import NAMELESS, frozen_in, hidden_from, shown
from registry.acceptance.schedule import Milestone, schedule

__all__ = [
    "NAMELESS",
    "STAGES",
    "Draft",
    "Examination",
    "Later",
    "Line",
    "Milestone",
    "Shortfall",
    "archive",
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
    "holders",
    "is_countersigned",
    "of_project",
    "package_of",
    "revocation_of",
    "revocations",
    "revoke",
    "said",
    "schedule",
    "shown",
    "sign",
    "turned_since",
    "wiped_on",
]
