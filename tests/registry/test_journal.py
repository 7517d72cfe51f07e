"""The journal finds whatever was done to it by hand."""

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from registry import db, journal
from registry.access import SYSTEM
from registry.models.journal import JournalRow, JournalTree


@pytest.fixture
def written(session: Session) -> Session:
    for n in range(7):
        journal.record(session, SYSTEM, "register", "resource", f"key{n}", facts={"n": n})
    return session


def faults(session: Session) -> set[str]:
    return {fault.code for fault in journal.verify(session)}


def test_an_untouched_journal_verifies(written):
    assert journal.verify(written) == []


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("person", "somebody"),
        ("account", "x"),
        ("role", "head"),
        ("organisation", "1"),
        ("way", "page"),
        ("act", "publish"),
        ("subject", "account"),
        ("key", "other"),
        ("version", 9),
        ("digest", "sm3:0"),
        ("outcome", "refused"),
        ("facts", "{}"),
        ("mac", "00" * 32),
        ("leaf", "00" * 32),
        ("leaf", "no digest"),
    ],
)
def test_an_altered_column_is_found(written, column, value):
    written.execute(sa.update(JournalRow).where(JournalRow.seq == 3).values({column: value}))
    assert faults(written)


def test_a_removed_row_is_found_in_the_middle_and_at_the_end(written):
    written.execute(sa.delete(JournalRow).where(JournalRow.seq == 3))
    assert "row_missing" in faults(written)
    written.execute(sa.delete(JournalRow).where(JournalRow.seq >= 3))
    assert "tree_differs" in faults(written)


def test_a_row_inserted_by_hand_is_found(written):
    row = written.execute(sa.select(JournalRow.__table__)).mappings().all()[-1]
    written.execute(sa.insert(JournalRow).values(**{**row, "seq": 7}))
    assert faults(written) >= {"row_altered", "tree_differs"}


def test_a_journal_rolled_back_with_its_tree_is_found_by_a_witnessed_head(written):
    witnessed = journal.head(written)
    tree = written.get(JournalTree, 1)
    written.expunge_all()
    journal.record(written, SYSTEM, "register", "resource", "late")
    written.execute(sa.delete(JournalRow).where(JournalRow.seq >= 5))
    rows = written.execute(sa.select(JournalRow.leaf).order_by(JournalRow.seq)).scalars()
    frontier, size = journal.tree.EMPTY, 0
    for leaf in rows:
        frontier, size = journal.tree.append(frontier, size, bytes.fromhex(leaf))
    written.execute(
        sa.update(JournalTree).values(
            size=size, frontier="[" + ",".join(f'"{h.hex()}"' for h in frontier) + "]"
        )
    )
    assert tree is not None
    assert journal.verify(written) == []
    assert [f.code for f in journal.verify(written, [witnessed])] == ["head_differs"]


def test_two_transactions_grow_one_tree(database):
    for n in range(3):
        with db.transaction(database, writes=True) as session:
            journal.record(session, SYSTEM, "register", "resource", f"k{n}")
    with db.transaction(database, writes=False) as session:
        assert journal.verify(session) == []
        assert journal.head(session)[0] == 3
