"""The tree of the journal, held against the recursive definition of RFC 6962."""

from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.journal import tree
from registry.signing import sm3

LARGEST = 300
LEAVES = [tree.leaf_hash(f"row {number}".encode()) for number in range(LARGEST)]


def naive_root(leaves: list[bytes]) -> bytes:
    """MTH of RFC 6962 2.1, as its text says it."""
    if not leaves:
        return sm3(b"")
    if len(leaves) == 1:
        return leaves[0]
    split = 1
    while split * 2 < len(leaves):
        split *= 2
    return sm3(b"\x01" + naive_root(leaves[:split]) + naive_root(leaves[split:]))


ROOTS = [naive_root(LEAVES[:size]) for size in range(LARGEST + 1)]
sizes = st.integers(1, LARGEST)


def test_sm3_gives_the_value_of_the_standard():
    assert sm3(b"abc").hex() == "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"


def test_the_frontier_gives_the_recursive_root_at_every_size():
    frontier, size = tree.EMPTY, 0
    for leaf in LEAVES:
        assert tree.root(frontier, size) == ROOTS[size]
        frontier, size = tree.append(frontier, size, leaf)
        assert len(frontier) == size.bit_count()
    assert tree.root(frontier, size) == ROOTS[LARGEST]


def test_every_leaf_of_every_small_tree_is_proved_and_at_no_other_place():
    for size in range(1, 34):
        for index in range(size):
            path = tree.inclusion(LEAVES.__getitem__, index, size)
            assert tree.verify_inclusion(LEAVES[index], index, size, path, ROOTS[size])
            others = [place for place in range(size) if place != index]
            assert not any(
                tree.verify_inclusion(LEAVES[index], place, size, path, ROOTS[size])
                for place in others
            )


@given(sizes, st.data())
def test_any_leaf_of_any_tree_is_proved_with_few_hashes(size, data):
    index = data.draw(st.integers(0, size - 1))
    path = tree.inclusion(LEAVES.__getitem__, index, size)
    assert len(path) <= size.bit_length()
    assert tree.verify_inclusion(LEAVES[index], index, size, path, ROOTS[size])
    assert not tree.verify_inclusion(LEAVES[index], index, size, path, ROOTS[size - 1])
    assert not tree.verify_inclusion(sm3(b"another"), index, size, path, ROOTS[size])


def test_every_tree_begins_every_larger_tree():
    for second in (*range(1, 40), 127, 128, 129, 255, 256, 257, LARGEST):
        for first in range(1, second + 1):
            path = tree.consistency(LEAVES.__getitem__, first, second)
            assert tree.verify_consistency(first, second, ROOTS[first], ROOTS[second], path)


@given(sizes, sizes, st.data())
def test_a_rewritten_row_breaks_consistency_with_the_earlier_root(one, other, data):
    first, second = sorted((one, other))
    changed = data.draw(st.integers(0, first - 1))
    leaves = [*LEAVES]
    leaves[changed] = sm3(b"rewritten")
    path = tree.consistency(leaves.__getitem__, first, second)
    now = naive_root(leaves[:second])
    assert not tree.verify_consistency(first, second, ROOTS[first], now, path)


@given(sizes, sizes, st.data())
def test_a_changed_proof_proves_nothing(one, other, data):
    first, second = sorted((one, other))
    path = list(tree.consistency(LEAVES.__getitem__, first, second))
    spoilt = data.draw(st.integers(0, len(path)))
    path[spoilt : spoilt + data.draw(st.integers(0, 1))] = [sm3(b"spoilt")]
    assert not tree.verify_consistency(first, second, ROOTS[first], ROOTS[second], path)


@given(
    st.integers(-3, LARGEST),
    st.integers(-3, LARGEST),
    st.lists(st.binary(max_size=33), max_size=12),
    st.binary(max_size=33),
)
def test_garbage_proves_nothing_and_raises_nothing(first, second, path, claimed):
    assert not tree.verify_inclusion(LEAVES[0], first, second, path, claimed)
    assert not tree.verify_consistency(first, second, claimed, ROOTS[3], path)


def test_a_frontier_of_another_size_is_refused():
    with pytest.raises(ValueError, match="frontier"):
        tree.append((LEAVES[0],), 3, LEAVES[1])
    with pytest.raises(ValueError, match="frontier"):
        tree.root((), 1)


@pytest.mark.parametrize(("index", "size"), [(0, 0), (-1, 3), (3, 3)])
def test_no_proof_is_made_of_a_leaf_that_is_not_there(index, size):
    with pytest.raises(ValueError, match="no leaf"):
        tree.inclusion(LEAVES.__getitem__, index, size)


@pytest.mark.parametrize(("first", "second"), [(0, 3), (4, 3), (-1, 0)])
def test_no_proof_is_made_between_trees_that_do_not_grow(first, second):
    with pytest.raises(ValueError, match="no tree"):
        tree.consistency(LEAVES.__getitem__, first, second)


# --- rows as bytes --------------------------------------------------------------------------

values = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.text(st.characters(exclude_categories=["Cs"]), max_size=6),
    st.binary(max_size=6),
    st.dates(),
    st.datetimes(timezones=st.just(UTC)),
)
rows = st.lists(values, max_size=5)


def typed(row: list[object]) -> list[tuple[type, object]]:
    """Make 1 and True, equal in Python, differ."""
    return [(type(value), value) for value in row]


@given(rows, rows)
def test_two_rows_give_the_same_bytes_only_when_they_are_the_same(one, other):
    assert (tree.encode(one) == tree.encode(other)) == (typed(one) == typed(other))


def test_values_that_print_alike_are_told_apart():
    alike = [None, "", b"", 0, "0", b"0", False, 1, True, "1", date(2026, 1, 1), "2026-01-01"]
    assert len({tree.encode([value]) for value in alike}) == len(alike)
    assert tree.encode(["ab", "c"]) != tree.encode(["a", "bc"])


def test_a_row_has_the_bytes_that_are_written_down():
    """Fixed for ever: a change here would orphan every journal ever written."""
    row = [7, "送审", None, True, datetime(2026, 11, 23, 9, 5, tzinfo=UTC)]
    assert tree.encode(row) == (
        b"i\x00\x00\x00\x017"
        b"s\x00\x00\x00\x06\xe9\x80\x81\xe5\xae\xa1"
        b"n\x00\x00\x00\x00"
        b"b\x00\x00\x00\x011"
        b"t\x00\x00\x00\x1b2026-11-23T09:05:00.000000Z"
    )


def test_one_moment_has_one_spelling_in_every_zone():
    shanghai = timezone(timedelta(hours=8))
    there = datetime(2026, 11, 23, 17, 5, tzinfo=shanghai)
    assert tree.encode([there]) == tree.encode([there.astimezone(UTC)])


def test_a_time_without_a_zone_is_refused():
    with pytest.raises(ValueError, match="zone"):
        tree.encode([datetime(2026, 11, 23)])  # noqa: DTZ001 - the naive time is the point


def test_a_value_of_another_type_is_refused():
    with pytest.raises(TypeError, match="float"):
        tree.encode([0.5])


# --- heads ----------------------------------------------------------------------------------


def head(size, root, minute):
    return tree.Head(size, root, tree.instant(datetime(2026, 11, 23, 9, minute, tzinfo=UTC)))


@pytest.mark.parametrize(
    ("one", "other", "contradiction"),
    [
        (head(5, "aa", 1), head(5, "aa", 9), False),
        (head(5, "aa", 1), head(5, "bb", 1), True),
        (head(5, "aa", 1), head(6, "bb", 2), False),
        (head(5, "aa", 3), head(6, "bb", 2), True),
        (head(6, "bb", 2), head(6, "bb", 1), False),
    ],
)
def test_a_journal_that_was_cut_or_rewritten_contradicts_its_witnesses(one, other, contradiction):
    assert one.contradicts(other) is contradiction
    assert other.contradicts(one) is contradiction


def test_the_signed_bytes_of_a_head_change_with_each_of_its_facts():
    heads = [head(5, "aa", 1), head(6, "aa", 1), head(5, "ab", 1), head(5, "aa", 2)]
    assert len({one.statement() for one in heads}) == len(heads)
