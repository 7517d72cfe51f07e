"""Searches people keep: what is new for them and nothing else, by the rights of the moment."""

from collections.abc import Iterator

import pytest
import sqlalchemy as sa
from flask import Flask

from registry import db, discovery, outbox
from registry.db import now
from registry.discovery import saved
from registry.models.catalogue import Resource, Version
from registry.models.discovery import SavedMatch, SavedSearch
from registry.models.journal import JournalRow
from search import Query, Reader
from search.standing import Tokens
from tests.factories import sign_in, token_of

ASKED = (
    "结婚证",
    "hunyin",
    "hydj",
    "要有联系电话字段的企业表",
    "民政局",
    "电梯 检验",
    "marriage",
    "养犬",
    "3/0700",
)


@pytest.fixture(scope="module")
def index(city: Flask) -> Iterator[discovery.GuardedIndex]:
    found = discovery.open_index(city.extensions["registry_settings"])
    discovery.rebuild(city.extensions["registry_database"], found)
    yield found
    found.close()


@pytest.fixture(autouse=True)
def clean(city: Flask) -> Iterator[None]:
    yield
    with db.transaction(city.extensions["registry_database"], writes=True) as session:
        session.execute(sa.delete(SavedMatch))
        session.execute(sa.delete(SavedSearch))


def post(client, address: str, **fields: object):
    fields["csrf_token"] = token_of(client.get("/saved").text)
    return client.post(address, data=fields)


def keep(city: Flask, account: str, **fields: object) -> str:
    """Keep a search and give its key."""
    assert post(sign_in(city, account), "/saved/add", **fields).status_code == 303
    with db.transaction(city.extensions["registry_database"], writes=False) as session:
        return session.scalars(sa.select(SavedSearch.key).order_by(SavedSearch.id.desc())).first()


def live(name: str):
    query = sa.select(Resource).join(Version, Resource.live_version_id == Version.id)
    return query.where(Version.name == name)


def republish(city: Flask, index, name: str) -> None:
    """Let an entry become public now, as a publication leaves it, and the index catch up."""
    database = city.extensions["registry_database"]
    with db.transaction(database, writes=True) as session:
        resource = session.scalars(live(name)).one()
        session.execute(
            sa.update(Version)
            .where(Version.id == resource.live_version_id)
            .values(changed_at=now())
        )
        outbox.touch(session, [resource.id])
    while discovery.drain(database, index):
        pass


def show_to(city: Flask, name: str, visibility: str) -> None:
    """Withhold an entry, or show it again, behind the back of whatever was noted."""
    with db.transaction(city.extensions["registry_database"], writes=True) as session:
        resource = session.scalars(live(name)).one()
        session.execute(
            sa.update(Version)
            .where(Version.id == resource.live_version_id)
            .values(visibility=visibility)
        )


def desk(city: Flask, account: str) -> str:
    return sign_in(city, account).get("/inbox").text


def test_a_new_entry_that_matches_is_named_at_the_desk_until_it_is_put_away(city, index):
    key = keep(city, "consumer", name="婚姻", q="结婚证")
    assert "您保存的检索" not in desk(city, "consumer")
    republish(city, index, "婚姻登记信息")
    assert "您保存的检索「婚姻」有 1 条新条目" in desk(city, "consumer")
    client = sign_in(city, "consumer")
    assert "婚姻登记信息" in client.get(f"/saved/{key}").text
    assert post(client, f"/saved/{key}/seen").status_code == 303
    assert "您保存的检索" not in desk(city, "consumer")
    republish(city, index, "婚姻登记信息")
    assert "您保存的检索" not in desk(city, "consumer")


def test_what_was_there_before_or_does_not_match_is_no_news(city, index):
    keep(city, "consumer", name="婚姻", q="结婚证")
    database = city.extensions["registry_database"]
    with db.transaction(database, writes=True) as session:
        outbox.touch(session, session.scalars(sa.select(Resource.id)).all())
    while discovery.drain(database, index):
        pass
    republish(city, index, "养犬登记信息")
    assert "您保存的检索" not in desk(city, "consumer")


def test_a_filter_is_part_of_what_is_kept(city, index):
    with db.transaction(city.extensions["registry_database"], writes=False) as session:
        share = session.scalars(
            sa.select(Version.share_type)
            .join(Resource, Resource.live_version_id == Version.id)
            .where(Version.name == "婚姻登记信息")
        ).one()
    other = "1" if share != "1" else "2"
    keep(city, "consumer", name="对", q="结婚证", share_type=share)
    keep(city, "consumer", name="错", q="结婚证", share_type=other)
    republish(city, index, "婚姻登记信息")
    page = desk(city, "consumer")
    assert "「对」有 1 条" in page
    assert "「错」" not in page


def test_an_entry_withheld_since_leaks_neither_by_name_nor_by_number(city, index):
    key = keep(city, "consumer", name="婚姻", q="结婚证")
    republish(city, index, "婚姻登记信息")
    show_to(city, "婚姻登记信息", "3")
    try:
        assert "您保存的检索" not in desk(city, "consumer")
        page = sign_in(city, "consumer").get(f"/saved/{key}").text
        assert "有 0 条新条目" in page
        assert "婚姻登记信息" not in page
    finally:
        show_to(city, "婚姻登记信息", "1")
    assert "有 1 条新条目" in desk(city, "consumer")


def test_a_paused_search_is_silent_and_a_resumed_one_begins_anew(city, index):
    key = keep(city, "consumer", name="婚姻", q="结婚证")
    client = sign_in(city, "consumer")
    assert post(client, f"/saved/{key}/pause").status_code == 303
    republish(city, index, "婚姻登记信息")
    assert "您保存的检索" not in desk(city, "consumer")
    assert post(client, f"/saved/{key}/pause").status_code == 409
    assert post(client, f"/saved/{key}/resume").status_code == 303
    republish(city, index, "婚姻登记信息")
    assert "有 1 条新条目" in desk(city, "consumer")


def test_other_words_begin_anew_and_a_deleted_search_is_gone(city, index):
    key = keep(city, "consumer", name="婚姻", q="结婚证")
    republish(city, index, "婚姻登记信息")
    client = sign_in(city, "consumer")
    assert post(client, f"/saved/{key}/edit", name="养犬", q="养犬").status_code == 303
    assert "您保存的检索" not in desk(city, "consumer")
    page = client.get("/saved").text
    assert 'href="/search?q=%E5%85%BB%E7%8A%AC"' in page
    assert post(client, f"/saved/{key}/drop").status_code == 303
    assert "还没有保存检索" in client.get("/saved").text
    assert client.get(f"/saved/{key}").status_code == 404


def test_a_search_belongs_to_one_person_and_the_journal_has_no_word_of_it(city, index):
    key = keep(city, "consumer", name="私事", q="私下想查的事")
    other = sign_in(city, "consumer_head")
    assert "私事" not in other.get("/saved").text
    assert other.get(f"/saved/{key}").status_code == 404
    assert post(other, f"/saved/{key}/drop").status_code == 404
    with db.transaction(city.extensions["registry_database"], writes=False) as session:
        rows = session.scalars(sa.select(JournalRow).where(JournalRow.key == key)).all()
    assert [row.act for row in rows if row.outcome == "done"] == ["save_search"]
    assert not any("私" in str(row.facts) for row in rows)


@pytest.mark.parametrize(
    ("fields", "status", "says"),
    [
        ({"name": "空", "q": ""}, 422, "没有可以保存的检索"),
        ({"name": " ", "share_type": "1"}, 422, "请填写检索名称"),
    ],
)
def test_a_search_that_says_nothing_is_refused_with_what_to_do(city, index, fields, status, says):
    answer = post(sign_in(city, "consumer"), "/saved/add", **fields)
    assert answer.status_code == status
    assert says in answer.text


def test_the_same_search_is_kept_once_and_its_name_is_told(city, index):
    client = sign_in(city, "consumer")
    asked = {"q": "公交", "share_type": "1"}
    assert post(client, "/saved/add", name="公交的", **asked).status_code == 303
    again = post(client, "/saved/add", name="又一个", **asked)
    assert again.status_code == 409
    assert "它的名称是「公交的」" in again.text
    assert post(client, "/saved/add", name="不筛选", q="公交").status_code == 303


def test_nobody_keeps_more_than_can_be_looked_after(city, index):
    client = sign_in(city, "consumer")
    for number in range(saved.MOST):
        assert post(client, "/saved/add", name="某个", q=f"养犬 {number}").status_code == 303
    answer = post(client, "/saved/add", name="多", q="养犬")
    assert answer.status_code == 409
    assert "每人最多保存 30 个" in answer.text


def test_a_stranger_keeps_nothing(city, index):
    assert city.test_client().get("/saved").status_code in (302, 303, 401)


@pytest.mark.parametrize("asked", ASKED)
@pytest.mark.parametrize("filters", [{}, {"share_type": ("1", "2")}, {"element": ("姓名",)}])
def test_an_entry_tried_alone_answers_as_the_engine_counts_it(city, index, asked, filters):
    with db.transaction(city.extensions["registry_database"], writes=False) as session:
        docs = list(discovery.indexing.everything(session))
    reader = Reader(everything=True)
    counted = index.search(Query(asked, filters, reader, limit=10_000, weaker=False))
    alone = {doc.key for doc in docs if Tokens.of(doc).answer(asked, filters)}
    assert alone == {hit.key for hit in counted.hits}
    assert len(alone) == counted.total
