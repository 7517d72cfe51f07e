"""What a backup holds comes back whole, elsewhere; what was wiped does not come back at all."""

import shutil
import signal
import subprocess
from contextlib import suppress

import pytest
import sqlalchemy as sa

import search
from registry import accounts, db, discovery, files, journal, signing, work
from registry import backup as backups
from registry.access import SYSTEM
from registry.backup import NoBackup
from registry.catalogue import spill
from registry.catalogue.traces import Means
from registry.db import Base
from registry.models.catalogue import Freeze, Resource, Version
from registry.models.journal import JournalRow
from tests import factories
from tests.catalogue.test_life import published
from tests.cli.processes import COMMAND, catalogue, environment


@pytest.fixture
def here(tmp_path):
    folder = tmp_path / "here"
    folder.mkdir()
    made = factories.settings(folder)
    made.secret_key_file.write_text((b"secret" * 6).hex())
    return made


@pytest.fixture
def there(tmp_path):
    folder = tmp_path / "there"
    folder.mkdir()
    return factories.settings(folder)


@pytest.fixture
def elsewhere(tmp_path):
    folder = tmp_path / "elsewhere"
    folder.mkdir()
    with factories.empty_database(folder) as opened:
        yield opened


def brought_back(there, elsewhere, folder):
    backups.place_keys(there, folder)
    index = search.open("tantivy:", there.data_dir)
    try:
        return backups.restore(there, elsewhere, index, folder), discovery.verify(elsewhere, index)
    finally:
        index.close()


def rows_of(database):
    with database.reading.connect() as connection:
        return {
            table.name: connection.execute(
                sa.select(table).order_by(*table.primary_key.columns)
            ).all()
            for table in Base.metadata.sorted_tables
            if table.name not in {*backups.LEFT_OUT, "journal", "journal_tree", "outbox"}
        }


@pytest.fixture
def city(tmp_path):
    """The database of the demo city."""
    with factories.city_database(tmp_path) as opened:
        yield opened


def test_a_city_comes_back_row_by_row_with_its_files_and_its_journal(
    city, here, there, elsewhere, tmp_path
):
    with db.transaction(city, writes=True) as session:
        kept = files.keep(session, here.data_dir, SYSTEM, "scan", "甲.pdf", b"%PDF-1.7 content")
    work.sign_heads(here, city)
    folder = tmp_path / "kept"
    made = backups.backup(here, city, folder, with_keys=True)
    done, drift = brought_back(there, elsewhere, folder)
    assert (done.rows, done.files, done.wiped, done.faults) == (made.rows, 1, 0, ())
    assert drift == []
    assert rows_of(elsewhere) == rows_of(city)
    assert files.content(there.data_dir, kept) == b"%PDF-1.7 content"
    with db.transaction(elsewhere, writes=True) as session:
        # Life goes on: ids and rows of the journal are counted on from the last.
        accounts.add_account(session, SYSTEM, "late", "某人", hashed="no-password")
        assert journal.verify(session) == []


def test_questions_are_planned_for_what_was_brought_back_and_not_for_empty_tables(
    city, here, there, elsewhere, tmp_path
):
    backups.backup(here, city, tmp_path / "kept", with_keys=True)
    assert factories.rows_planned_for(elsewhere, "version") == 0
    brought_back(there, elsewhere, tmp_path / "kept")
    with db.transaction(elsewhere, writes=False) as session:
        count = session.scalar(sa.select(sa.func.count(Version.id)))
    # The embedded engine is left to plan without any, as everywhere.
    known = 0 if elsewhere.is_sqlite else count
    assert factories.rows_planned_for(elsewhere, "version") == known


def test_an_older_backup_does_not_bring_a_wiped_entry_back(
    database, here, there, elsewhere, tmp_path
):
    with db.transaction(database, writes=True) as session:
        town = factories.Town(session)
        key = published(town, "绝密词语信息").key
        guard, officer = town.person("security"), town.person("secrecy")
    backups.backup(here, database, tmp_path / "older", with_keys=True)
    index = search.open("tantivy:", here.data_dir)
    with db.transaction(database, writes=True) as session:
        row = spill.freeze(session, officer, key, "state_secret")
        means = Means(here.data_dir, signing.load(here.signing_key_file))
        spill.wipe(session, guard, row, means, "乌保〔2026〕1号")
    discovery.cleanse(database, index, here.data_dir)
    index.close()
    shutil.copy(here.data_dir / discovery.WIPED, there.data_dir)
    done, _ = brought_back(there, elsewhere, tmp_path / "older")
    assert (done.wiped, done.faults) == (1, ())
    with db.transaction(elsewhere, writes=False) as session:
        assert session.scalars(sa.select(Version.name)).all() == [""]
        assert session.scalars(sa.select(Resource.frozen_at)).one() is not None
        assert session.scalars(sa.select(Freeze)).all() == []


def test_keys_stay_at_home_unless_asked_for_and_a_restore_says_so(database, here, there, tmp_path):
    backups.backup(here, database, tmp_path / "kept", with_keys=False)
    assert not (tmp_path / "kept" / "keys").exists()
    secret = here.secret_key_file.read_bytes()
    assert not any(
        secret in path.read_bytes() for path in (tmp_path / "kept").rglob("*") if path.is_file()
    )
    with pytest.raises(NoBackup, match="keys_missing"):
        backups.place_keys(there, tmp_path / "kept")
    there.secret_key_file.write_text("00" * 32)
    backups.backup(here, database, tmp_path / "whole", with_keys=True)
    with pytest.raises(NoBackup, match="keys_differ"):
        backups.place_keys(there, tmp_path / "whole")


def test_a_backup_with_a_changed_byte_or_a_foreign_signature_is_refused(
    database, here, there, elsewhere, tmp_path
):
    folder = tmp_path / "kept"
    backups.backup(here, database, folder, with_keys=True)
    part = folder / "tables" / "journal.jsonl.gz"
    whole = part.read_bytes()
    part.write_bytes(whole[:-1] + bytes([whole[-1] ^ 1]))
    with pytest.raises(NoBackup, match="backup_damaged"):
        backups.check(folder)
    part.write_bytes(whole)
    manifest = folder / "manifest.json"
    manifest.write_text(manifest.read_text().replace('"rows":', '"rows": '))
    assert backups.check(folder)
    manifest.write_text(manifest.read_text().replace("wuhai-backup/1", "wuhai-backup/2"))
    with pytest.raises(NoBackup, match="backup_unsigned"):
        backups.check(folder)
    with pytest.raises(NoBackup, match="no_backup"):
        backups.check(tmp_path)


def test_a_place_that_is_not_empty_is_left_as_it_is(database, here, tmp_path):
    with db.transaction(database, writes=True) as session:
        published(factories.Town(session))
    backups.backup(here, database, tmp_path / "kept", with_keys=True)
    with pytest.raises(NoBackup, match="backup_exists"):
        backups.backup(here, database, tmp_path / "kept", with_keys=True)
    before = rows_of(database)
    with pytest.raises(NoBackup, match="not_empty"):
        brought_back(here, database, tmp_path / "kept")
    assert rows_of(database) == before


def test_a_backup_stands_in_the_journal(database, here, tmp_path):
    made = backups.backup(here, database, tmp_path / "kept", with_keys=False)
    with db.transaction(database, writes=False) as session:
        row = session.scalars(sa.select(JournalRow).where(JournalRow.act == "backup")).one()
        assert row.key == made.key


def test_a_backup_killed_halfway_has_no_name(city, here, tmp_path):
    signing.load(here.signing_key_file)
    address = city.writing.url.render_as_string(hide_password=False)
    env = environment(here.data_dir, database_url=address)
    target = tmp_path / "kept"
    running = subprocess.Popen([*COMMAND, "backup", str(target)], env=env)
    # Killed as soon as the first table lies there, whatever the speed of the machine.
    while not list(tmp_path.glob(".kept.part-*/tables/*")):
        with suppress(subprocess.TimeoutExpired):
            running.wait(0.02)
            break
    running.send_signal(signal.SIGKILL)
    running.wait()
    assert not target.exists() or backups.check(target)
    done = catalogue(env, "backup", str(tmp_path / "again"), "--with-keys")
    assert "备份" in done.stdout, done.stderr
    env = environment(tmp_path / "new")
    done = catalogue(env, "restore", str(tmp_path / "again"), "--json")
    assert '"faults": []' in done.stdout, done.stderr
    verified = catalogue(env, "audit", "verify")
    assert verified.returncode == 0, verified.stdout
