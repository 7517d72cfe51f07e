"""The work beside the pages as processes: one works, the next waits, and each ends when told."""

import signal

import pytest
import sqlalchemy as sa

import search
from registry import config, db, discovery, outbox, signing
from registry.journal import heads
from registry.models.catalogue import Resource
from registry.work import REBUILD_LOCK, Turn
from search import documents
from tests import factories
from tests.catalogue.test_life import published
from tests.cli.processes import catalogue, installed, running, served, until


@pytest.fixture
def env(tmp_path):
    """An installation ready to be worked on."""
    return installed(tmp_path / "data")


@pytest.fixture
def settings(env):
    return config.load({k: v for k, v in env.items() if k.startswith("CATALOGUE_")})


@pytest.fixture
def opened(settings):
    database = db.connect(settings.database_url, settings.secret_key())
    yield database
    database.close()


def add_an_entry(opened):
    with db.transaction(opened, writes=True) as session:
        return published(factories.Town(session)).key


def touch(opened):
    """Something of every entry changed."""
    with db.transaction(opened, writes=True) as session:
        outbox.touch(session, session.scalars(sa.select(Resource.id)))


def waiting(opened):
    with db.transaction(opened, writes=False) as session:
        return outbox.pending(session)[0]


def is_free(settings, opened):
    turn = Turn(settings, opened)
    try:
        return turn.take()
    finally:
        turn.give_back()


def ended(process, number=signal.SIGTERM):
    process.send_signal(number)
    return process.wait(300)


def test_work_drains_signs_and_ends_when_told(env, settings, opened):
    with running(env, "work") as process:
        key = add_an_entry(opened)
        until(lambda: waiting(opened) == 0)
        until(lambda: heads.witnessed(settings.data_dir))
        assert ended(process) == 0
    assert [found for found, _ in discovery.open_index(settings).versions()] == [key]
    publics = signing.load(settings.signing_key_file).publics
    with db.transaction(opened, writes=False) as session:
        assert heads.prove(session, publics, settings.data_dir) == []
    assert is_free(settings, opened)


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGKILL])
def test_a_second_process_waits_and_takes_over_however_the_first_ends(env, settings, opened, how):
    with running(env, "work") as first:
        until(lambda: not is_free(settings, opened))
        with running(env, "work") as second:
            assert "another process works" in second.stdout.readline()
            add_an_entry(opened)
            until(lambda: waiting(opened) == 0)
            ended(first, how)
            touch(opened)
            until(lambda: waiting(opened) == 0)
            assert ended(second) == 0
            told = second.stdout.read()
        assert told.index("this process does the work") < told.index("the work has ended")


def test_an_index_of_another_release_is_built_anew(env, settings, opened):
    key = add_an_entry(opened)
    index = discovery.open_index(settings)
    discovery.rebuild(opened, index)
    index.close()
    pointer = next(settings.data_dir.rglob("current"))
    folder = pointer.parent / pointer.read_text().strip()
    other = folder.with_name(folder.name.replace(documents.analyser(), "0-0"))
    folder.rename(other)
    pointer.write_text(other.name)
    assert not discovery.open_index(settings).status().is_current
    with running(env, "work") as process:
        until(lambda: discovery.open_index(settings).status().is_current)
        assert ended(process) == 0
    assert [found for found, _ in discovery.open_index(settings).versions()] == [key]


def test_a_rebuild_told_to_stop_leaves_the_index_as_it_was(settings, opened):
    add_an_entry(opened)
    index = discovery.open_index(settings)
    discovery.rebuild(opened, index)
    touch(opened)
    turns = dict(index.versions())
    with pytest.raises(search.Unavailable):
        discovery.rebuild(opened, index, lambda: True)
    assert dict(index.versions()) == turns
    index.close()


def test_a_second_rebuild_at_the_same_time_is_refused_with_a_sentence(env, settings, opened):
    add_an_entry(opened)
    first = Turn(settings, opened, "rebuild", REBUILD_LOCK)
    assert first.take()
    refused = catalogue(env, "index", "rebuild")
    assert refused.returncode == 1
    assert "另一个进程正在重建索引" in refused.stderr
    first.give_back()
    done = catalogue(env, "index", "rebuild")
    assert (done.returncode, done.stdout) == (0, "1 个条目 / entries\n"), done.stderr


def test_serve_ends_its_thread_with_itself_and_leaves_the_work_to_others(env, settings, opened):
    with served(env) as (process, _):
        add_an_entry(opened)
        until(lambda: waiting(opened) == 0)
        assert ended(process) == 0
        # It waited for its batch: one that was killed at the limit could not say so.
        assert "the work has ended" in process.stdout.read()
    assert is_free(settings, opened)
