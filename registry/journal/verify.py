"""Prove that the journal is as it was written: every row, their number, the tree, the heads."""

import hmac
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from registry.db import Database
from registry.journal import tree
from registry.journal.record import SEALED, encode_row, head, seal
from registry.models.journal import JournalRow, SignedHead

_CHUNK = 5_000


@dataclass(frozen=True)
class Fault:
    """One thing that is not as it was written: where (`seq`, -1 = the whole) and what."""

    seq: int
    code: str


def verify(session: Session, witnessed: Sequence[tuple[int, str]] = ()) -> list[Fault]:
    """All faults of the journal; an empty list is the proof.

    `witnessed` are heads (size, root) kept elsewhere: on opinions, in the append-only copy. They
    find an insider who recomputed everything, and a database rolled back together with its heads.
    """
    faults: list[Fault] = []
    database = session.info["database"]
    assert isinstance(database, Database)
    roots: dict[int, str] = {}
    wanted = {row.size: row.root for row in session.scalars(sa.select(SignedHead))}
    for size, root in witnessed:
        if wanted.setdefault(size, root) != root:
            faults.append(Fault(-1, "head_differs"))
    frontier, size, expected = tree.EMPTY, 0, 0
    for row in _rows(session):
        seq = int(str(row["seq"]))
        if seq != expected:
            faults.append(Fault(expected, "row_missing"))
        expected = seq + 1
        faults.extend(_row_faults(row, database.secret))
        frontier, size = tree.append(frontier, size, bytes.fromhex(_hex(row["leaf"])))
        if size in wanted:
            roots[size] = tree.root(frontier, size).hex()
    faults.extend(Fault(at, "head_differs") for at in wanted if roots.get(at) != wanted[at] and at)
    if (size, tree.root(frontier, size).hex()) != head(session):
        faults.append(Fault(-1, "tree_differs"))
    return faults


def _row_faults(row: dict[str, object], secret: bytes) -> Iterator[Fault]:
    sealed = encode_row(row)
    seq = int(str(row["seq"]))
    mac = seal(secret, sealed)
    if not hmac.compare_digest(mac.encode(), str(row["mac"]).encode()):
        yield Fault(seq, "row_altered")
    elif tree.leaf_hash(sealed + bytes.fromhex(mac)).hex() != row["leaf"]:
        yield Fault(seq, "leaf_altered")


def _hex(value: object) -> str:
    """The stored leaf, or zeros where it is no longer a digest: the fault is found by its row."""
    text = str(value)
    try:
        return text if len(bytes.fromhex(text)) == tree.HASH_BYTES else "00" * tree.HASH_BYTES
    except ValueError:
        return "00" * tree.HASH_BYTES


def _rows(session: Session) -> Iterator[dict[str, object]]:
    columns = [getattr(JournalRow, name) for name in (*SEALED, "mac", "leaf")]
    result = session.execute(
        sa.select(*columns).order_by(JournalRow.seq).execution_options(yield_per=_CHUNK)
    )
    for row in result:
        yield dict(row._mapping)
