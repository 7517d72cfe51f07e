"""What a program asks of the live entries, and what it is told: the words both ways share."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from registry.discovery.fielded import Node


@dataclass(frozen=True)
class Asked:
    """A question: words, filters that must all hold, order, page and facets wanted.

    `most` is how many values of a facet are wanted, the most frequent first; None for all.
    """

    words: str = ""
    filters: Sequence[Node] = ()
    order: Sequence[tuple[str, bool]] = (("score", True), ("metadata_modified", True))
    start: int = 0
    rows: int = 10
    facets: Sequence[str] = ()
    private: bool = False
    most: int | None = None


@dataclass(frozen=True)
class Keys:
    """How many entries hold, the keys of the page in order, and the values of each facet."""

    count: int = 0
    keys: Sequence[str] = ()
    facets: Mapping[str, Counter[str]] = field(default_factory=dict)
