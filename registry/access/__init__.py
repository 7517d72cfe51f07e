"""Who may do what: one table of rights (roles.json), posts of the day, and persons kept apart.

Everything that is not listed is refused. `require` is the one question; pages ask `may` to show
or to lock a button, and get the same answer.
"""

from registry.access.actor import SYSTEM, Actor, Holding
from registry.access.rights import (
    Reach,
    acts,
    holding_for,
    is_of_one_project,
    is_until_a_date,
    may,
    reach,
    reach_together,
    require,
    role_title,
    roles,
    why_not,
)
from registry.access.separation import apart_from, conflict, judged, persons_apart, require_apart

__all__ = [
    "SYSTEM",
    "Actor",
    "Holding",
    "Reach",
    "acts",
    "apart_from",
    "conflict",
    "holding_for",
    "is_of_one_project",
    "is_until_a_date",
    "judged",
    "may",
    "persons_apart",
    "reach",
    "reach_together",
    "require",
    "require_apart",
    "role_title",
    "roles",
    "why_not",
]
