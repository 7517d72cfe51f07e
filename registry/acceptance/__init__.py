"""The verdict on a project: computed, never typed; only signed opinions are stored."""

from registry.acceptance.examine import STAGES, Examination, Line, examine, gates, said
from registry.acceptance.opinions import (
    Later,
    changed_since,
    countersign,
    find,
    is_own_project,
    of_project,
    package_of,
    revocation_of,
    revocations,
    revoke,
    sign,
)
from registry.acceptance.schedule import Milestone, schedule

__all__ = [
    "STAGES",
    "Examination",
    "Later",
    "Line",
    "Milestone",
    "changed_since",
    "countersign",
    "examine",
    "find",
    "gates",
    "is_own_project",
    "of_project",
    "package_of",
    "revocation_of",
    "revocations",
    "revoke",
    "said",
    "schedule",
    "sign",
]
