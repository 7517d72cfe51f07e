"""Grades: of a question sheet by the impact matrix, of a resource by its items and floors.

Rules are data (`codes/grading_matrix.json`, after GB/T 43697-2024 and TC260-PG-20212A).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from schemas import codes, rules
from schemas.checks import items
from schemas.wording import messages


@dataclass(frozen=True, slots=True)
class Reason:
    """One part of why a resource has its level: an item that has it, or a floor that asks it."""

    level: str
    item: str | None = None
    rule: str | None = None

    def sentence(self, locale: str = "zh") -> str:
        """The reason in words."""
        words = messages(locale)["level"]
        label = codes.label("level", self.level, locale)
        if self.rule:
            return str(words["floor"].format(reason=words[self.rule], level=label))
        return str(words["item"].format(item=self.item, level=label))

    def article(self, locale: str = "zh") -> str | None:
        """The clause behind a floor; None for an item."""
        return rules.article(self.rule, locale)


@dataclass(frozen=True, slots=True)
class Level:
    """The computed level of a resource: a code of the list `level`, None while nothing says."""

    code: str | None
    because: tuple[Reason, ...]

    @property
    def stops(self) -> bool:
        """True for 重要 and 核心: the entry leaves this product for the paper route."""
        return self.code in ("5", "6")

    def sentence(self, locale: str = "zh") -> str:
        """Every reason, in one line."""
        words = messages(locale)
        parts = [reason.sentence(locale) for reason in self.because] or [words["level"]["none"]]
        return str(words["print"]["then"].join(parts))


def level(document: Mapping[str, Any]) -> Level:
    """The highest level of its items, then the floors F6 and F7; total over drafts."""
    reasons = [*_graded(items(document)), *_floors(document)]
    highest = max((reason.level for reason in reasons), default=None)
    return Level(highest, tuple(reason for reason in reasons if reason.level == highest))


def _graded(listed: Iterable[Mapping[str, Any]]) -> list[Reason]:
    known = codes.values("level")
    return [
        Reason(item["level"], item=str(item.get("name") or ""))
        for item in listed
        if isinstance(item.get("level"), str) and item["level"] in known
    ]


def _floors(document: Mapping[str, Any]) -> list[Reason]:
    listed = items(document)
    found = []
    # Both floors also name opening; the profile reads them by sharing alone, otherwise every
    # resource that is not open would stand on 一般4.
    if document.get("share_type") == "2":
        found.append(Reason(_floor("F6"), rule="F6"))
    if "3" in [document.get("share_type"), *(item.get("share_type") for item in listed)]:
        found.append(Reason(_floor("F7"), rule="F7"))
    return found


def _floor(rule: str) -> str:
    return str(ranks()[str(rules.table()[rule]["min"])])


@cache
def ranks() -> Mapping[str, int]:
    """The printed levels of the matrix in rising order, 1 to 6; the rank is the level code."""
    found: dict[str, int] = codes.table("grading_matrix")["rank"]
    return found


def grade(answers: Mapping[str, str], flags: Iterable[str] = ()) -> str:
    """The level code for answers (object → degree of harm) and flags that set floors.

    The highest over all pairs, then the floors; an object not answered is taken as unharmed.
    """
    found = [ranks()[_matrix(thing, degree)] for thing, degree in answers.items()]
    floors = {rule["if"]: rule["min"] for rule in codes.table("grading_matrix")["floors"]}
    found += [ranks()[floors[flag]] for flag in flags]
    return str(max(found, default=1))


def _matrix(thing: str, degree: str) -> str:
    """One cell: 重要 and 核心 by the three-level table, 一般 by its own four levels."""
    matrix = codes.table("grading_matrix")
    column = matrix["degrees"].index(degree)
    coarse = str(matrix["three_level"][thing][column])
    if coarse != "一般":
        return coarse
    return f"一般{matrix['general_level'][thing][column]}"
