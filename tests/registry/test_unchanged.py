"""What is kept between requests: never another reader's, never older than the last act."""

import json

import pytest
import sqlalchemy as sa

from registry import catalogue, db, journal, outbox, overview
from registry.access.actor import NOBODY
from registry.catalogue import spill
from registry.discovery import written
from registry.models.accounts import Organisation
from registry.models.catalogue import Resource
from registry.unchanged import Watch, until_next_act
from tests.catalogue.test_life import published
from tests.factories import Town, document

HERE = "http://here"


@pytest.fixture
def people(database):
    """A town with one entry of everybody's and one its department keeps; its readers by role."""
    with db.transaction(database, writes=True) as session:
        town = Town(session)
        published(town, "甲信息")
        hidden = published(town, "乙信息")
        document_ = document("乙信息", visibility="2")
        hidden.live.document = json.dumps(document_, ensure_ascii=False)
        hidden.live.visibility = "2"
        session.flush()
        outbox.touch(session, [hidden.id])
        yield_ = {
            "own": town.person("registrar"),
            "other": town.person("registrar", unit=town.other),
            "auditor": town.person("auditor"),
            "reviewer": town.person("reviewer"),
            "secrecy": town.person("secrecy"),
        }
    return yield_


def counted(database, reader, anonymous="open"):
    with db.transaction(database, writes=False) as session:
        return overview.look(session, reader, anonymous).entries


def texts(database, reader, anonymous="open"):
    """The titles of every package this reader is given."""
    with db.transaction(database, writes=False) as session:
        keys = session.scalars(sa.select(Resource.key).order_by(Resource.id)).all()
        found = written.written(session, reader, keys, anonymous, HERE)
        return [json.loads(one.text)["title"] for one in found]


def test_two_readers_are_never_given_what_the_other_may_see(database, people):
    for _ in range(2):
        assert counted(database, people["own"]) == 2
        assert counted(database, people["other"]) == 1
        assert counted(database, people["auditor"]) == 2
        assert counted(database, NOBODY, "none") == 0
        assert texts(database, people["own"]) == ["甲信息", "乙信息"]
        assert texts(database, people["other"]) == ["甲信息"]
        assert texts(database, NOBODY, "none") == []


def test_an_entry_is_counted_and_given_with_the_next_call_after_its_publication(database, people):
    assert counted(database, people["other"]) == 1
    with db.transaction(database, writes=True) as session:
        town = Town.__new__(Town)
        town.session = session
        units = session.scalars(sa.select(Organisation).order_by(Organisation.id)).all()
        town.authority, town.department, town.other = units[:3]
        published(town, "丙信息")
    assert counted(database, people["other"]) == 2
    assert texts(database, people["other"]) == ["甲信息", "丙信息"]


def test_what_is_frozen_is_counted_and_given_no_more(database, people):
    assert texts(database, people["own"]) == ["甲信息", "乙信息"]
    assert counted(database, people["own"]) == 2
    with db.transaction(database, writes=True) as session:
        key = session.scalars(sa.select(Resource.key).order_by(Resource.id)).first()
        spill.freeze(session, people["secrecy"], key, "state_secret")
    assert texts(database, people["own"]) == ["乙信息"]
    assert counted(database, people["own"]) == 1


def test_a_text_is_written_anew_when_the_unit_gets_another_name(database, people):
    def names():
        with db.transaction(database, writes=False) as session:
            keys = session.scalars(sa.select(Resource.key)).all()
            found = written.written(session, people["own"], keys, "open", HERE)
            return {json.loads(one.text)["author"] for one in found}

    assert names() == {"民政局"}
    with db.transaction(database, writes=True) as session:
        unit = session.scalars(sa.select(Organisation).filter_by(name="民政局")).one()
        unit.name = "民政和社会事务局"
        session.flush()
        outbox.touch_department(session, unit.id)
    assert names() == {"民政和社会事务局"}


def test_nothing_of_a_text_is_held_after_it_was_forgotten(database, people):
    assert texts(database, people["own"])
    written.forget()
    assert not written._texts._held


def test_what_a_writer_computes_is_kept_for_nobody(database, people):
    with db.transaction(database, writes=True) as session:
        assert until_next_act(session, "place", lambda: "his own") == "his own"
    with db.transaction(database, writes=False) as session:
        assert until_next_act(session, "place", lambda: "everybody's") == "everybody's"
        assert until_next_act(session, "place", lambda: "again") == "everybody's"


def test_a_snapshot_older_than_what_is_kept_computes_for_itself(database, people):
    old = db.open_session(database, writes=False)
    try:
        assert until_next_act(old, "place", lambda: "before") == "before"
        with db.transaction(database, writes=True) as session:
            registrar = people["own"]
            unit = session.get_one(Organisation, registrar.holdings[0].organisation_id)
            catalogue.register(session, registrar, unit, document("丁信息"), declared=True)
        with db.transaction(database, writes=False) as session:
            assert until_next_act(session, "place", lambda: "after") == "after"
        assert until_next_act(old, "place", lambda: "its own") == "its own"
        with db.transaction(database, writes=False) as session:
            assert until_next_act(session, "place", lambda: "lost") == "after"
    finally:
        old.close()


def test_a_watch_is_due_after_an_act_and_after_its_time_and_not_between(database, people):
    watch = Watch(database, every_s=3600)
    assert watch.is_due()
    assert not watch.is_due()
    with db.transaction(database, writes=True) as session:
        journal.record(session, people["auditor"], "read_all", "resource", "abc")
    assert watch.is_due()
    assert not watch.is_due()
    watch.forget()
    assert watch.is_due()
    hasty = Watch(database, every_s=0)
    assert hasty.is_due()
    assert hasty.is_due()


def test_a_watch_over_a_database_that_does_not_answer_says_to_look(tmp_path):
    away = db.connect(f"sqlite:///{tmp_path / 'empty.sqlite'}")
    watch = Watch(away, every_s=3600)
    assert watch.is_due()
    assert watch.is_due()
    away.close()


def test_what_may_change_without_an_act_is_asked_again_until_it_lasts(database, people):
    answers = iter([False, False, True])

    def waited():
        with db.transaction(database, writes=False) as session:
            return until_next_act(session, "waiting", lambda: next(answers), bool)

    assert [waited() for _ in range(5)] == [False, False, True, True, True]
