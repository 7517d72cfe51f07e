"""Files are kept with a digest, given back only unchanged, and leave no litter."""

import os

import pytest
import sqlalchemy as sa

from registry import files
from registry.access import SYSTEM
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


def test_a_deleted_file_leaves_its_row_and_no_bytes(session, tmp_path):
    row = kept(session, tmp_path)
    files.delete(session, tmp_path, row)
    assert not list((tmp_path / "files").glob("*/*"))
    with pytest.raises(Missing):
        files.find(session, row.key)
    assert session.scalar(sa.select(StoredFile.digest)) == files.digest(b"%PDF-1.7")


def test_bytes_without_a_row_are_swept_when_no_request_can_still_name_them(session, tmp_path):
    row = kept(session, tmp_path)
    litter = tmp_path / "files" / "zz" / "zzlitter"
    litter.parent.mkdir()
    litter.write_bytes(b"lost")
    assert files.sweep(session, tmp_path) == 0
    os.utime(litter, (0, 0))
    assert files.sweep(session, tmp_path) == 1
    assert files.content(tmp_path, row)
