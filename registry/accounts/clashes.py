"""Posts of one person that the incompatible pairs of roles.json set against each other.

The table compares persons on one version and forbids nobody to hold two posts: what it would
refuse later is told when the posts are given, and while they stand.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import combinations

from registry.access import acts, reach_together
from registry.access.separation import Pair, pairs
from registry.models.accounts import MergedPost, Post


@dataclass(frozen=True)
class Clash:
    """Two posts held at the same time, and what their holder may not do both on one version."""

    one: Post
    other: Post
    pairs: Sequence[Pair]


def clashes(held: Sequence[Post], today: date, notices: Sequence[MergedPost] = ()) -> list[Clash]:
    """The clashes among the posts of a person that have not ended, in the order of the posts.

    What a filed notice 合并岗 lifts today is none.
    """
    lifted = [{row.act_a, row.act_b} for row in notices if row.starts <= today <= row.ends]
    standing = [post for post in held if post.ends is None or post.ends >= today]
    return [
        Clash(one, other, found)
        for one, other in combinations(standing, 2)
        if _at_once(one, other)
        and (found := [p for p in _against(one.role, other.role) if {*_acts(p)} not in lifted])
        and reach_together(one.role, one.organisation, other.role, other.organisation)
    ]


def _acts(pair: Pair) -> tuple[str, str]:
    return pair.first, pair.second


def _at_once(one: Post, other: Post) -> bool:
    last = min(one.ends or date.max, other.ends or date.max)
    return max(one.starts, other.starts) <= last


def _against(role: str, other: str) -> list[Pair]:
    """The pairs that only both roles together bring into one hand."""
    mine, others = (
        {act.id for act in acts().values() if one in act.roles} for one in (role, other)
    )
    found: dict[frozenset[str], Pair] = {}
    for lines in pairs().values():
        for pair in lines:
            acts_of = {*_acts(pair)}
            alone = acts_of <= mine or acts_of <= others
            if acts_of <= mine | others and not alone:
                found[frozenset(acts_of)] = pair
    return list(found.values())
