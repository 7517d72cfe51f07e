"""A new signing key: on record, proven by the old one, and never half in place."""

import json
import signal
import subprocess
import time

import pytest
import sqlalchemy as sa
from click.testing import CliRunner

from registry import backup, db, discovery, journal, keys, signing, work
from registry.access import SYSTEM
from registry.cli import main
from registry.journal import heads
from registry.models.journal import JournalRow
from tests import factories
from tests.cli.processes import COMMAND, catalogue, installed


@pytest.fixture
def settings(tmp_path):
    made = factories.settings(tmp_path)
    made.secret_key_file.write_text((b"secret" * 6).hex())
    signing.load(made.signing_key_file)
    return made


def write_a_row(database):
    with db.transaction(database, writes=True) as session:
        journal.record(session, SYSTEM, "sign_in", "account", "x")


def faults(database, settings):
    publics = signing.load(settings.signing_key_file).publics
    with db.transaction(database, writes=False) as session:
        return heads.prove(session, publics, settings.data_dir)


def rotations(database):
    with db.transaction(database, writes=False) as session:
        return session.scalars(
            sa.select(JournalRow.key).where(JournalRow.act == keys.ACT).order_by(JournalRow.seq)
        ).all()


def test_old_heads_hold_and_new_ones_are_signed_by_the_new_key_at_once(database, settings):
    write_a_row(database)
    work.sign_heads(settings, database)
    old, new = keys.rotate(settings, database)
    write_a_row(database)
    work.sign_heads(settings, database)
    with db.transaction(database, writes=False) as session:
        signers = [fact["key_id"] for fact in heads.signed(session)]
    # The head over the row that names the new key is signed by the old one: the succession.
    assert signers == [old.public.key_id, old.public.key_id, new.public.key_id]
    assert faults(database, settings) == []
    assert rotations(database) == [new.public.key_id]


def test_the_file_is_ours_alone_and_holds_no_old_private_key(database, settings):
    old, new = keys.rotate(settings, database)
    path = settings.signing_key_file
    assert path.stat().st_mode & 0o777 == 0o600
    assert old.private.hex() not in path.read_text()
    assert signing.load(path).publics == (new.public, old.public)
    assert not list(path.parent.glob("signing.key.*"))


def test_three_keys_later_the_first_still_vouches_for_the_last(database, settings):
    first = signing.load(settings.signing_key_file)
    for _ in range(3):
        keys.rotate(settings, database)
    last = signing.load(settings.signing_key_file)
    assert last.public in signing.followed([first.public], last.successions)
    assert signing.followed([first.public], last.successions[1:]) == (first.public,)
    assert len(rotations(database)) == 3


def test_interrupted_before_or_after_the_journal_it_is_finished_by_the_next_call(
    database, settings
):
    path = settings.signing_key_file
    before = signing.load(path)
    old, new = signing.prepare(path)
    assert signing.load(path) == before
    assert keys.rotate(settings, database)[1] == new
    old, new = signing.prepare(path)
    keys._put_on_record(database, old, new)
    assert signing.load(path) == old
    assert keys.rotate(settings, database)[1] == new
    assert rotations(database) == [key.key_id for key in reversed(new.publics[:-1])]
    assert faults(database, settings) == []


def test_a_next_key_that_is_damaged_or_follows_another_is_made_anew(database, settings):
    path = settings.signing_key_file
    beside = path.with_name("signing.key.next")
    beside.write_text("{")
    beside.chmod(0o600)
    _, new = keys.rotate(settings, database)
    stranger = path.with_name("other")
    signing.load(stranger)
    signing.prepare(stranger)
    stranger.with_name("other.next").replace(beside)
    assert keys.rotate(settings, database)[1].publics[1:] == new.publics


@pytest.mark.parametrize("delay", [0.0, 0.02, 0.1])
def test_a_rotation_that_is_killed_leaves_a_whole_key_and_can_be_run_again(tmp_path, delay):
    env = installed(tmp_path / "data")
    path = tmp_path / "data" / "signing.key"
    before = signing.load(path)
    process = subprocess.Popen([*COMMAND, "key", "rotate"], env=env, stdout=subprocess.DEVNULL)
    # Killed around the moment at which the next key lies there, whatever the machine's speed.
    while process.poll() is None and not path.with_name("signing.key.next").exists():
        time.sleep(0.001)
    time.sleep(delay)
    process.send_signal(signal.SIGKILL)
    process.wait()
    assert before.public in signing.load(path).publics
    done = catalogue(env, "key", "rotate", "--json")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["now"] == signing.load(path).public.fact()
    verified = catalogue(env, "audit", "verify", "--json")
    assert json.loads(verified.stdout)["faults"] == []


def test_a_backup_from_before_comes_back_where_the_new_key_is(database, settings, tmp_path):
    write_a_row(database)
    work.sign_heads(settings, database)
    backup.backup(settings, database, tmp_path / "kept", with_keys=True)
    keys.rotate(settings, database)
    there = tmp_path / "there"
    there.mkdir()
    new = factories.settings(there)
    new.signing_key_file.write_bytes(settings.signing_key_file.read_bytes())
    new.signing_key_file.chmod(0o600)
    with factories.empty_database(there) as empty:
        backup.place_keys(new, tmp_path / "kept")
        index = discovery.open_index(new)
        done = backup.restore(new, empty, index, tmp_path / "kept")
        index.close()
    assert done.faults == ()
    assert (
        signing.load(new.signing_key_file).publics
        == signing.load(settings.signing_key_file).publics
    )


def test_the_secret_is_not_replaced_and_the_command_says_why(tmp_path, monkeypatch):
    monkeypatch.setenv("CATALOGUE_DATA_DIR", str(tmp_path))
    answer = CliRunner().invoke(main, ["key", "rotate", "--secret"])
    assert answer.exit_code == 1
    assert "系统密钥用于逐行封存日志" in answer.output
    assert "no older row could be proven" in answer.output


def test_the_list_shows_every_key_the_present_one_first(tmp_path):
    env = installed(tmp_path / "data")
    assert catalogue(env, "key", "rotate").returncode == 0
    publics = signing.load(tmp_path / "data" / "signing.key").publics
    told = json.loads(catalogue(env, "key", "list", "--json").stdout)
    assert told == [public.fact() for public in publics]
    lines = catalogue(env, "key", "list").stdout.splitlines()
    assert "present" in lines[0]
    assert "older" in lines[1]
