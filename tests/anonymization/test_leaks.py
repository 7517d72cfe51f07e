"""Leaks of every kind in sound releases: found in their columns; without them the bases pass.

The whole of it, each leak in many bases, is `benchmarks/leaks.py`; here a sample that stays.
"""

import pytest

from tests.anonymization.judging import verdict
from tests.anonymization.leaks import FRONTS, Leak, bases, is_found, pairs
from tests.anonymization.leaks_of_lives import lives
from tests.anonymization.leaks_of_numbers import numbers

LEAKS = {
    "numbers": [*numbers()],
    "lives": [*lives()],
}
# Every so many of the leaks is tried here, and those that a rule of its own was written for.
STEP = 8
ALWAYS = frozenset(
    {
        "citizen number: odd signs first, then even",
        "citizen number: plus a constant",
        "telephone: xor with a sign",
        "telephone: base64 reversed",
        "pieces: citizen number, odd signs and even signs",
        "pieces: mask of all but the birthday",
        "name: in a path",
        "birth date: by the moon, no header",
        "moment: sortable identifier, no header",
        "place: quadkey",
        "sum: rank among all",
        "text: a rare illness and a village",
        "rare: illness",
        "join: numbers of a register in an earlier release",
        "join: the order of a roll",
    }
)
# What no attacker without a list brings back, or no gate tells from chance: looked at, and left.
LEFT = frozenset(
    {
        "digest of telephones: md5 with the city",
        "digest of telephones: sha256 with 123456",
        "digest of telephones: hmac with 123456",
        "digest: sha1 of name and birth date",
        "digest: md5 of names",
        "moment: snowflake, no header",
        "text: employer and post",
    }
)


def sample(kind: str) -> list[Leak]:
    some = [one for one in LEAKS[kind] if one.name not in LEFT]
    return [one for n, one in enumerate(some) if n % STEP == 0 or one.name in ALWAYS]


# By name: to draw them is for whoever looks at them, not for each process that collects.
@pytest.mark.parametrize("front", FRONTS)
def test_a_base_without_a_leak_passes(front):
    base = bases()[FRONTS.index(front)]
    assert base.title.startswith(front)
    assert [one.zh for one in verdict(base).findings] == []


@pytest.mark.parametrize(("kind", "least"), [("numbers", 1.0), ("lives", 1.0)])
def test_a_sample_of_the_leaks_is_found_in_their_columns(kind, least):
    tried = list(pairs(sample(kind), each=1, seed=1))
    missed = [
        f"{case.title} -> {said}"
        for _, case in tried
        for found, said in [is_found(case)]
        if not found
    ]
    assert len(tried) >= 20
    assert len(missed) <= (1 - least) * len(tried), missed


def test_leaks_are_many_and_each_is_called_otherwise():
    names = [one.name for some in LEAKS.values() for one in some]
    assert len(names) == len(set(names)) >= 350
    assert set(names) >= LEFT | ALWAYS
    assert len(bases()) >= 25


def test_the_same_seed_draws_the_same_leaks():
    few = LEAKS["numbers"][:12]
    drawn = [[case.frame for _, case in pairs(few, 1, 4)] for _ in range(2)]
    assert all(one.equals(again) for one, again in zip(*drawn, strict=True))
