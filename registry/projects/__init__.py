"""Projects: what is in their scope, what others certify about them, what was found."""

from registry.projects.records import (
    close_finding,
    conclude,
    declare_not_applicable,
    defer,
    enter_evidence,
    enter_mount,
    enterable,
    findings_of,
    raise_finding,
)
from registry.projects.scope import create, find, link_table, listed, may_see, systems_of

__all__ = [
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
    "link_table",
    "listed",
    "may_see",
    "raise_finding",
    "systems_of",
]
