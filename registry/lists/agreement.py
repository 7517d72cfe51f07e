"""Whether an edition still says what the records say: rows without what moves on by itself."""

from collections import Counter
from collections.abc import Iterable, Mapping

Told = tuple[tuple[str, str], ...]


def differing(then: Iterable[Mapping[str, str]], now: Iterable[Mapping[str, str]]) -> list[Told]:
    """The rows that stand in one and not in the other, each once, those of today first.

    The state of a row moves on by itself; an edition tells it as of its day.
    """
    before, today = Counter(map(_told, then)), Counter(map(_told, now))
    return list(dict.fromkeys((*(today - before), *(before - today))))


def _told(row: Mapping[str, str]) -> Told:
    return tuple(sorted((name, value) for name, value in row.items() if name != "state"))
