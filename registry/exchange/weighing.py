"""What a head weighs before consenting: how much is given, how sensitive, for how long.

The threshold and the term are data with their article (request_life.json, `weighing`).
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Protocol

import schemas
from registry import calendar


class _Graded(Protocol):
    """An item with its key and its level."""

    @property
    def key(self) -> str: ...
    @property
    def level(self) -> str | None: ...


@dataclass(frozen=True)
class Weight:
    """So many items of so many, of which so many are of the sensitive levels."""

    chosen: int
    of: int
    sensitive: int


def sensitive_from() -> str:
    """The level from which on an item counts as sensitive."""
    return str(_weighing()["sensitive_from"])


def is_sensitive(level: str | None) -> bool:
    """Whether a level counts as sensitive; what is not graded does not."""
    return level is not None and level >= sensitive_from()


def weigh(items: Iterable[_Graded], chosen: Collection[str]) -> Weight:
    """How much of these items is chosen."""
    there = list(items)
    taken = [one for one in there if one.key in chosen]
    return Weight(len(taken), len(there), sum(is_sensitive(one.level) for one in taken))


def long_term(until: date | None) -> tuple[int, Mapping[str, str]] | None:
    """The years a term may last without being told of and the article, where this one is longer."""
    years = int(_weighing()["long_term_years"])
    today = calendar.today()
    # The 29th of February has no counterpart in three years of four.
    limit = date(today.year + years, today.month, min(today.day, 28))
    return (years, _weighing()["long_term_article"]) if until and until > limit else None


def _weighing() -> Mapping[str, Any]:
    found: Mapping[str, Any] = schemas.codes.table("request_life")["weighing"]
    return found
