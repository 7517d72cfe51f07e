"""Files are kept with a digest, given back only unchanged, and leave no litter."""

import os

import pytest
import sqlalchemy as sa

from registry import db, files
from registry.access import SYSTEM
from registry.db import now
from registry.errors import Missing
from registry.models.files import StoredFile


def kept(session, folder, name="扫描件.pdf"):
    return files.keep(session, folder, SYSTEM, "scan", name, b"%PDF-1.7")


def test_a_file_is_given_back_as_it_was_kept(session, tmp_path):
    row = kept(session, tmp_path, "..\\..\\扫描件.pdf")
    assert row.name == "扫描件.pdf"
    assert files.content(tmp_path, files.find(session, row.key)) == b"%PDF-1.7"
    (path,) = (tmp_path / "files").glob("*/*")
    assert path.stat().st_mode & 0o077 == 0


def test_a_file_that_was_altered_on_disk_is_not_given_out(session, tmp_path):
    row = kept(session, tmp_path)
    (path,) = (tmp_path / "files").glob("*/*")
    path.write_bytes(b"%PDF-1.8")
    with pytest.raises(Missing):
        files.content(tmp_path, row)


def bytes_under(folder):
    return [path.read_bytes() for path in (folder / "files").glob("*/*")]


def test_a_deleted_file_leaves_its_row_and_no_bytes(database, tmp_path):
    with db.transaction(database, writes=True) as session:
        row = kept(session, tmp_path)
    with db.transaction(database, writes=True) as session:
        files.delete(session, tmp_path, session.get(StoredFile, row.id))
        assert bytes_under(tmp_path) == [b"%PDF-1.7"]
    assert bytes_under(tmp_path) == []
    with db.transaction(database, writes=False) as session:
        with pytest.raises(Missing):
            files.find(session, row.key)
        assert session.scalar(sa.select(StoredFile.digest)) == files.digest(b"%PDF-1.7")


def test_what_was_not_committed_neither_keeps_nor_destroys(database, tmp_path):
    with db.transaction(database, writes=True) as session:
        row = kept(session, tmp_path)
    session = db.open_session(database, writes=True)
    files.delete(session, tmp_path, session.get(StoredFile, row.id))
    files.keep(session, tmp_path, SYSTEM, "scan", "乙.pdf", b"%PDF-2")
    session.rollback()
    session.close()
    assert bytes_under(tmp_path) == [b"%PDF-1.7"]
    with db.transaction(database, writes=False) as session:
        assert files.content(tmp_path, files.find(session, row.key)) == b"%PDF-1.7"


def test_bytes_of_a_deleted_row_that_a_crash_left_are_swept_at_once(database, tmp_path):
    with db.transaction(database, writes=True) as session:
        kept(session, tmp_path).deleted_at = now()
    with db.transaction(database, writes=False) as session:
        assert files.sweep(session, tmp_path) == 1
    assert bytes_under(tmp_path) == []


def test_bytes_without_a_row_are_swept_when_no_request_can_still_name_them(session, tmp_path):
    row = kept(session, tmp_path)
    litter = tmp_path / "files" / "zz" / "zzlitter"
    litter.parent.mkdir()
    litter.write_bytes(b"lost")
    assert files.sweep(session, tmp_path) == 0
    os.utime(litter, (0, 0))
    assert files.sweep(session, tmp_path) == 1
    assert files.content(tmp_path, row)
