"""How sets of releases are judged: which of them a run looks at, and what was missed."""

from collections.abc import Callable, Iterable, Sequence
from functools import cache
from typing import Any, TypeVar

from anonymization import verify
from anonymization.attacks import Verdict

T = TypeVar("T")

# The sets guard what was reached, and cost minutes: a run judges one release in four of each, and
# all with --every-release, which whoever changes the gate asks for.
EVERY_RELEASE = False
_ONE_IN = 4


def some(cases: Sequence[T]) -> Sequence[T]:
    """The releases of a set that this run judges."""
    return cases if EVERY_RELEASE else cases[::_ONE_IN]


def few(missed: int, judged: int) -> int:
    """How many of those judged may be missed where so many of the whole set may.

    Misses lie together, so that a sample may hold twice its share; but of half at least the verdict
    must be right, or it would be no test. Where it is of less than half of the set, of one.
    """
    most = judged // 2 if 2 * missed <= _ONE_IN * judged else judged - 1
    return missed if EVERY_RELEASE else min(-(-2 * missed // _ONE_IN), most)


@cache
def made(make: Callable[[], Iterable[T]]) -> tuple[T, ...]:
    """The releases of a set, drawn once for all tests that look at them."""
    return tuple(make())


def released_again(cases: Iterable[Any]) -> list[set[str]]:
    """For each column of codes of an earlier release: those that stand in the release, too."""
    return [
        set(case.frame[name]) & set(last[name])
        for case in cases
        for last in case.others.get("earlier", ())
        for name in last.columns
        if name.endswith("代码")
    ]


def verdict(case: Any, claimed: bool = True) -> Verdict:
    """What the gate says of a release, asked once however many tests look at it."""
    return _verdict(case, claimed)


# By place: of what is left out and what is said the cache knows not that it is the same.
@cache
def _verdict(case: Any, claimed: bool) -> Verdict:
    return verify(case.frame, case.claim if claimed else None, **case.others)


def wrong(cases: Iterable[Any]) -> list[str]:
    """What was said of the releases that did not get the verdict that is right.

    For a flaw a finding of one of its codes is, if all of one of its sets of columns is named.
    """
    missed = []
    for case in cases:
        found = verdict(case).findings
        named = {name for one in found if one.code in case.codes for name in one.columns}
        fair = any(columns <= named for columns in case.columns) if case.codes else not found
        if not fair:
            said = "; ".join(f"{one.code} {'、'.join(one.columns)}" for one in found)
            missed.append(f"{case.title} -> {said or 'passed'}")
    return missed


def shown(part: str, missed: Sequence[str]) -> Sequence[str] | int:
    """What was missed; of the held part, which nobody mends for, only how much."""
    return missed if part == "open" else len(missed)
