"""The Merkle tree of the journal: RFC 6962 with SM3 in place of SHA-256.

A leaf is ``SM3(00 || row)``, a node ``SM3(01 || left || right)``, the empty tree ``SM3("")``.
The tree of ``size`` leaves is kept as its **frontier**: the roots of the full subtrees it
falls into, largest first, one for each 1 in the binary form of ``size``. So a row is appended
with a handful of hashes, and nothing is ever left unsealed.

Everything here is pure. The verifiers are total: garbage answers False.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Final

from registry.signing import sm3

Frontier = tuple[bytes, ...]
Value = None | bool | int | str | bytes | date | datetime

HASH_BYTES: Final = 32
EMPTY: Final[Frontier] = ()


# --- the bytes of a row ---------------------------------------------------------------------


def encode(values: Iterable[Value]) -> bytes:
    """Give the canonical bytes of a row: for each column a type tag, four bytes of length, text.

    Two different rows never give the same bytes: NULL is not the empty string, 1 is not "1",
    and no column can run into the next. Times must know their zone and are written in UTC with
    microseconds. Raises ValueError for a time without a zone, TypeError for other types.
    """
    return b"".join(_column(value) for value in values)


def _column(value: Value) -> bytes:
    tag, text = _tagged(value)
    return tag + len(text).to_bytes(4, "big") + text


def _tagged(value: Value) -> tuple[bytes, bytes]:
    # bool before int and datetime before date: each is a subclass of the other.
    match value:
        case None:
            return b"n", b""
        case bool():
            return b"b", b"1" if value else b"0"
        case int():
            return b"i", str(value).encode("ascii")
        case str():
            return b"s", value.encode("utf-8")
        case bytes():
            return b"x", value
        case datetime():
            return b"t", instant(value).encode("ascii")
        case date():
            return b"d", value.isoformat().encode("ascii")
    raise TypeError(f"no canonical bytes for {type(value).__name__}")


def instant(moment: datetime) -> str:
    """Write a time in UTC with microseconds: ``2026-11-23T01:02:03.000000Z``."""
    if moment.utcoffset() is None:
        raise ValueError("a time without a zone has no canonical bytes")
    return moment.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"


# --- growing --------------------------------------------------------------------------------


def leaf_hash(row: bytes) -> bytes:
    """Hash the canonical bytes of a row into a leaf."""
    return sm3(b"\x00" + row)


def append(frontier: Sequence[bytes], size: int, leaf: bytes) -> tuple[Frontier, int]:
    """Add a leaf hash; give the new frontier and size. At most log2(size) + 1 hashes."""
    grown = [*_checked(frontier, size), leaf]
    carry = size
    # As in counting in binary: each 1 at the end carries, joining two full trees into one.
    while carry & 1:
        right, left = grown.pop(), grown.pop()
        grown.append(_node(left, right))
        carry >>= 1
    return tuple(grown), size + 1


def root(frontier: Sequence[bytes], size: int) -> bytes:
    """Give the root hash of the whole tree from its frontier."""
    return _joined(_checked(frontier, size))


def _checked(frontier: Sequence[bytes], size: int) -> Sequence[bytes]:
    if size < 0 or len(frontier) != size.bit_count():
        raise ValueError(f"{len(frontier)} subtrees cannot be the frontier of {size} leaves")
    return frontier


def _joined(subtrees: Sequence[bytes]) -> bytes:
    """Join full subtrees, largest first, from the right: the shape RFC 6962 gives a tree."""
    if not subtrees:
        return sm3(b"")
    *rest, joined = subtrees
    for left in reversed(rest):
        joined = _node(left, joined)
    return joined


def _node(left: bytes, right: bytes) -> bytes:
    return sm3(b"\x01" + left + right)


@dataclass(frozen=True)
class Head:
    """The state of the whole journal at a moment, as it is signed and witnessed.

    ``root`` is hexadecimal, ``at`` the moment as ``instant`` writes it.
    """

    size: int
    root: str
    at: str

    def statement(self) -> bytes:
        """Give the bytes that are signed: a row no journal row can be taken for."""
        return encode(["journal head", self.size, self.root, self.at])

    def contradicts(self, other: "Head") -> bool:
        """Tell whether no honest journal can have had both heads.

        Two roots at one size, or fewer rows at a later moment: something was rewritten or cut.
        Other pairs need a consistency proof.
        """
        if self.size == other.size:
            return self.root != other.root
        small, large = sorted((self, other), key=lambda head: head.size)
        return small.at > large.at


# --- proving --------------------------------------------------------------------------------

Leaves = Callable[[int], bytes]


def inclusion(leaves: Leaves, index: int, size: int) -> tuple[bytes, ...]:
    """Prove that leaf ``index`` stands in the tree of ``size`` leaves (RFC 6962, 2.1.1).

    ``leaves(i)`` gives leaf hash ``i`` and is called once for every other leaf.
    """
    if not 0 <= index < size:
        raise ValueError(f"no leaf {index} in a tree of {size}")
    path: list[bytes] = []
    start, end = 0, size
    while end - start > 1:
        middle = start + _split(end - start)
        if index < middle:
            path.append(_range_root(leaves, middle, end))
            end = middle
        else:
            path.append(_range_root(leaves, start, middle))
            start = middle
    return tuple(reversed(path))


def consistency(leaves: Leaves, first: int, second: int) -> tuple[bytes, ...]:
    """Prove that the tree of ``first`` leaves is the beginning of that of ``second`` (2.1.2)."""
    if not 0 < first <= second:
        raise ValueError(f"no tree of {first} leaves begins one of {second}")
    path: list[bytes] = []
    start, end, known = 0, second, True
    while first != end:
        middle = start + _split(end - start)
        if first <= middle:
            path.append(_range_root(leaves, middle, end))
            end = middle
        else:
            path.append(_range_root(leaves, start, middle))
            # From here on the subtree is not the whole first tree, so its hash must be told.
            start, known = middle, False
    if not known:
        path.append(_range_root(leaves, start, end))
    return tuple(reversed(path))


def _split(count: int) -> int:
    """Give the largest power of two below the count."""
    return 1 << (count - 1).bit_length() - 1


def _range_root(leaves: Leaves, start: int, end: int) -> bytes:
    frontier: Frontier = EMPTY
    for position in range(start, end):
        frontier, _ = append(frontier, position - start, leaves(position))
    return _joined(frontier)


# --- checking -------------------------------------------------------------------------------


def verify_inclusion(
    leaf: bytes, index: int, size: int, path: Sequence[bytes], expected: bytes
) -> bool:
    """Tell whether the path leads from the leaf hash at ``index`` to the root of the tree."""
    if not 0 <= index < size or not _hashes(leaf, *path, expected):
        return False
    place, last, reached = index, size - 1, leaf
    for sibling in path:
        if last == 0:
            return False
        if place & 1 or place == last:
            reached = _node(sibling, reached)
            place, last = _above(place, last)
        else:
            reached = _node(reached, sibling)
        place, last = place >> 1, last >> 1
    return last == 0 and reached == expected


def verify_consistency(
    first: int, second: int, first_root: bytes, second_root: bytes, path: Sequence[bytes]
) -> bool:
    """Tell whether the second tree only adds leaves to the first."""
    if not 0 < first <= second or not _hashes(first_root, second_root, *path):
        return False
    if first == second:
        return not path and first_root == second_root
    if not path:
        return False
    # A first tree that is one full subtree is its own beginning of the path.
    start, *rest = (first_root, *path) if first.bit_count() == 1 else path
    place, last = first - 1, second - 1
    while place & 1:
        place, last = place >> 1, last >> 1
    old = new = start
    for sibling in rest:
        if last == 0:
            return False
        if place & 1 or place == last:
            old, new = _node(sibling, old), _node(sibling, new)
            place, last = _above(place, last)
        else:
            new = _node(new, sibling)
        place, last = place >> 1, last >> 1
    return last == 0 and (old, new) == (first_root, second_root)


def _above(place: int, last: int) -> tuple[int, int]:
    """Climb past the levels where the node stands alone at the right edge and has no sibling."""
    while place and not place & 1:
        place, last = place >> 1, last >> 1
    return place, last


def _hashes(*values: object) -> bool:
    return all(isinstance(value, bytes) and len(value) == HASH_BYTES for value in values)
