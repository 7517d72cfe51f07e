"""The three lists of Art. 15: computed, exported, issued as numbered editions that never change."""

from registry.lists.agreement import differing
from registry.lists.compute import LISTS, Concerning, Kind, concerning, kind, rows
from registry.lists.editions import (
    Coming,
    coming,
    edition,
    editions,
    gaps,
    is_intact,
    issue,
    newest,
    shown,
)
from registry.lists.sheet import workbook

__all__ = [
    "LISTS",
    "Coming",
    "Concerning",
    "Kind",
    "coming",
    "concerning",
    "differing",
    "edition",
    "editions",
    "gaps",
    "is_intact",
    "issue",
    "kind",
    "newest",
    "rows",
    "shown",
    "workbook",
]
