"""What the sets of every hand have in common: how misses are shown, and what must be true."""

from collections.abc import Callable, Iterable, Sequence
from functools import cache
from typing import TypeVar

from tests.anonymization.sixth_people import Release

T = TypeVar("T")

# The sets of the first seven hands, whose open parts were read long ago, guard what was reached: of
# their 480 releases a third is judged, and all with --every-release.
EVERY_RELEASE = False
_ONE_IN = 3


def some(cases: Sequence[T]) -> Sequence[T]:
    """The releases of an old set that this run judges."""
    return cases if EVERY_RELEASE else cases[::_ONE_IN]


def few(missed: int) -> int:
    """How many of them may be missed where so many of the whole set may: misses lie together."""
    return missed if EVERY_RELEASE else -(-2 * missed // _ONE_IN)


@cache
def made(make: Callable[[], Iterable[T]]) -> tuple[T, ...]:
    """The releases of a set, drawn once for all tests that look at them."""
    return tuple(make())


def shown(part: str, wrong: list[str]) -> list[str] | int:
    """What was missed; of the held part, which nobody mends for, only how much."""
    return wrong if part == "open" else len(wrong)


def keep_their_groups(cases: Iterable[Release]) -> int:
    """Count the groups of sound releases: as many rows and values as each claims; how many do."""
    judged = 0
    for case in cases:
        if known := case.claim.get("quasi_identifiers"):
            groups = case.frame.to_pandas().groupby(known, dropna=False)
            assert groups.size().min() >= case.claim["k"], case.title
            for trait in case.claim.get("sensitive", ()):
                assert groups[trait].nunique().min() >= case.claim["l"], (case.title, trait)
            judged += 1
    return judged


def have_their_columns(cases: Iterable[Release], rows: range) -> None:
    """Look whether what flaws name is in their tables, which are of a size of life."""
    for case in cases:
        assert case.codes, case.title
        assert case.columns, case.title
        assert all(one and one <= set(case.frame.columns) for one in case.columns), case.title
        assert case.frame.height in rows, case.title
