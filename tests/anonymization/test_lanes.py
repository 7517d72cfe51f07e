"""Digests of many messages at once, and what chance may do."""

import hashlib

import numpy as np
import pytest

from anonymization import chance, lanes, letters


def test_digests_side_by_side_are_those_of_one_by_one():
    messages = [b"a", b"x" * 55, *(f"汉{n}".encode() for n in range(20_000))]
    for rows in letters.rows_of(messages):
        made = [bytes(one) for one in lanes.md5(rows)]
        whole = [hashlib.md5(bytes(one), usedforsecurity=False).digest() for one in rows]
        assert made == whole


def test_messages_of_more_than_a_block_are_refused():
    with pytest.raises(ValueError, match="56"):
        lanes.md5(np.zeros((1, 56), np.uint8))


@pytest.mark.parametrize(
    ("seen", "expected", "may_be"),
    [(0, 0.0, True), (1, 0.5, True), (1, 0.0001, False), (9, 2.0, False), (900, 500, False),
     (510, 500, True)],
)  # fmt: skip
def test_what_is_rarer_than_once_in_a_thousand_is_no_chance(seen, expected, may_be):
    assert chance.likely(seen, expected) is may_be
