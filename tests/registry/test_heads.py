"""Signed heads and their copy find what the journal alone cannot."""

import json

import pytest
import sqlalchemy as sa

from registry import db, journal, signing, work
from registry.access import SYSTEM
from registry.journal import heads
from registry.models.journal import JournalRow, JournalTree, SignedHead
from tests import factories


@pytest.fixture
def settings(tmp_path):
    return factories.settings(tmp_path)


@pytest.fixture
def publics(settings):
    return signing.load(settings.signing_key_file).publics


def write(database, count):
    with db.transaction(database, writes=True) as session:
        for n in range(count):
            journal.record(session, SYSTEM, "register", "resource", f"key{n}")


def faults(database, publics, settings):
    with db.transaction(database, writes=False) as session:
        return {fault.code for fault in heads.prove(session, publics, settings.data_dir)}


def cut(database, size):
    """What an insider does: cut the last rows, the heads over them, and mend the tree."""
    with db.transaction(database, writes=True) as session:
        session.execute(sa.delete(JournalRow).where(JournalRow.seq >= size))
        session.execute(sa.delete(SignedHead).where(SignedHead.size > size))
        frontier, grown = journal.tree.EMPTY, 0
        for leaf in heads.leaves(session, size):
            frontier, grown = journal.tree.append(frontier, grown, leaf)
        stored = json.dumps([h.hex() for h in frontier])
        session.execute(sa.update(JournalTree).values(size=size, frontier=stored))


def test_a_head_is_signed_when_rows_came_and_written_to_the_copy(database, settings, publics):
    assert not work.sign_heads(settings, database)
    write(database, 3)
    assert work.sign_heads(settings, database)
    assert not work.sign_heads(settings, database)
    assert [fact["size"] for fact in heads.witnessed(settings.data_dir)] == [3]
    assert faults(database, publics, settings) == set()


def test_rows_cut_off_the_end_with_everything_mended_are_found_by_the_copy(
    database, settings, publics
):
    write(database, 5)
    work.sign_heads(settings, database)
    write(database, 2)
    work.sign_heads(settings, database)
    cut(database, 5)
    with db.transaction(database, writes=False) as session:
        assert journal.verify(session) == []
    assert faults(database, publics, settings) == {"head_differs"}


def test_a_forged_head_is_found_in_the_database_and_in_the_copy(database, settings, publics):
    write(database, 2)
    work.sign_heads(settings, database)
    with db.transaction(database, writes=True) as session:
        session.execute(sa.update(SignedHead).values(signature="00" * 64))
    assert faults(database, publics, settings) == {"signature_wrong"}
    copy = settings.data_dir / heads.WITNESS
    copy.write_text(copy.read_text().replace('"size": 2', '"size": 1'))
    assert "witness_wrong" in faults(database, publics, settings)


def test_a_copy_cut_short_by_a_crash_is_completed_and_not_a_fault(database, settings, publics):
    write(database, 2)
    work.sign_heads(settings, database)
    copy = settings.data_dir / heads.WITNESS
    copy.write_text(copy.read_text()[:20] + "\n")
    with db.transaction(database, writes=False) as session:
        assert heads.witness(session, settings.data_dir) == 1
    assert faults(database, publics, settings) == set()


def test_heads_signed_before_a_rotation_of_the_key_still_verify(database, settings, publics):
    write(database, 2)
    work.sign_heads(settings, database)
    signing.rotate(settings.signing_key_file)
    write(database, 1)
    work.sign_heads(settings, database)
    renewed = signing.load(settings.signing_key_file).publics
    assert faults(database, renewed, settings) == set()
    assert faults(database, publics, settings) == {"signature_wrong", "witness_wrong"}
