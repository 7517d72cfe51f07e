"""Projects: what is in their scope, what others certify about them, what was found."""

from registry.projects.records import (
    Ordered,
    close_finding,
    conclude,
    declare_not_applicable,
    defer,
    enter_evidence,
    enter_mount,
    enterable,
    findings_of,
    ledger,
    raise_finding,
)
from registry.projects.scope import (
    create,
    find,
    is_own_project,
    link_table,
    listed,
    may_see,
    systems_of,
)
from registry.projects.stating import add_system, add_tables, ask, include, state, stated_by

__all__ = [
    "Ordered",
    "add_system",
    "add_tables",
    "ask",
    "close_finding",
    "conclude",
    "create",
    "declare_not_applicable",
    "defer",
    "enter_evidence",
    "enter_mount",
    "enterable",
    "find",
    "findings_of",
    "include",
    "is_own_project",
    "ledger",
    "link_table",
    "listed",
    "may_see",
    "raise_finding",
    "state",
    "stated_by",
    "systems_of",
]
