"""The index keeps step with the live versions, and the database answers when it cannot."""

import pytest
import sqlalchemy as sa

import search
from registry import db, discovery, outbox
from registry.access.actor import NOBODY, of_account
from registry.models.accounts import Account
from registry.models.catalogue import Resource
from tests.catalogue.test_life import published
from tests.factories import Town


@pytest.fixture
def index(tmp_path):
    opened = search.open("tantivy:", tmp_path)
    yield opened
    opened.close()


def published_names(database: db.Database, *names: str) -> None:
    with db.transaction(database, writes=True) as session:
        town = Town(session)
        for name in names:
            published(town, name)


def found(database, index, text):
    with db.transaction(database, writes=False) as session:
        account = session.scalars(sa.select(Account).order_by(Account.id)).first()
        reader = of_account(session, account, db.now().date())
        answer = discovery.search(session, index, reader, text)
        return [one.version.name for one in answer.found], answer


def test_a_published_entry_is_found_by_a_synonym_and_by_pinyin_after_the_drain(database, index):
    published_names(database, "婚姻登记预约信息")
    assert found(database, index, "结婚登记")[0] == []
    assert discovery.drain(database, index) == 1
    for text in ("结婚登记", "婚姻", "hunyin", "婚姻登记预约信息"):
        assert found(database, index, text)[0] == ["婚姻登记预约信息"], text


def test_draining_equals_rebuilding_and_verify_names_every_difference(database, index, tmp_path):
    published_names(database, "甲信息", "乙信息")
    discovery.drain(database, index)
    assert discovery.verify(database, index) == []
    other = search.open("tantivy:", tmp_path / "other")
    assert discovery.rebuild(database, other) == 2
    assert list(other.versions()) == list(index.versions())
    keys = [key for key, _ in index.versions()]
    index.apply([], keys[:1])
    assert [(d.key, d.code) for d in discovery.verify(database, index)] == [(keys[0], "missing")]
    other.close()


def test_an_entry_that_leaves_the_live_catalogue_leaves_the_index(database, index):
    published_names(database, "甲信息")
    discovery.drain(database, index)
    with db.transaction(database, writes=True) as session:
        resource = session.scalars(sa.select(Resource)).one()
        resource.frozen_at = db.now()
        session.flush()
        outbox.touch(session, [resource.id])
    discovery.drain(database, index)
    assert list(index.versions()) == []


def test_a_row_touched_while_it_was_indexed_stays_in_the_queue(database):
    published_names(database, "甲信息")
    with db.transaction(database, writes=True) as session:
        claims = outbox.claim(session)
        outbox.touch(session, [claims[0].resource_id])
        outbox.settle(session, claims)
        assert outbox.pending(session)[0] == 1


class Away:
    """An engine that does not answer."""

    def search(self, query):
        raise search.Unavailable("away")


def test_the_database_answers_and_says_so_when_the_engine_does_not(database):
    published_names(database, "婚姻登记预约信息")
    names, answer = found(database, Away(), "预约")
    assert names == ["婚姻登记预约信息"]
    assert answer.degraded


def test_nobody_without_a_name_finds_anything_unless_the_city_allows_it(database, index):
    published_names(database, "甲信息")
    discovery.drain(database, index)
    with db.transaction(database, writes=False) as session:
        assert discovery.search(session, index, NOBODY, "甲信息").total == 0
        assert discovery.search(session, index, NOBODY, "甲", anonymous="open").total == 0


def test_what_is_not_wanted_is_left_out_without_an_engine_too(database):
    published_names(database, "学校名录信息", "幼儿园学校名录信息")
    names, answer = found(database, None, "学校名录 -幼儿园")
    assert answer.degraded
    assert names == ["学校名录信息"]
    assert len(found(database, None, "学校名录")[0]) == 2
