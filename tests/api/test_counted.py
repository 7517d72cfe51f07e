"""What the index answers for programs is what the database answers, for every reader."""

from dataclasses import replace

import pytest
import sqlalchemy as sa
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from registry import db, discovery, outbox
from registry.access import Actor
from registry.access.actor import NOBODY, of_account
from registry.calendar import today
from registry.discovery import counted, fielded, packages
from registry.discovery.asked import Asked, Keys
from registry.models.accounts import Account
from registry.models.catalogue import Resource
from tests.journeys.browser import drained

READERS = ("", "registrar", "consumer", "reviewer", "auditor", "sysadmin")
FACETS = ("organization", "groups", "tags", "res_format", "level")
TOLD = (
    "",
    "state:active",
    "organization:11150300DEM000022H",
    "tags:婚姻",
    "res_format:xls",
    "res_format:(xls OR csv)",
    "groups:theme-2-01",
    "level:1",
    "level:1 AND organization:11150300DEM000022H",
    "res_format:xls*",
    "res_format:(xls* OR csv)",
    "res_format:nonsense*",
    "groups:theme-2*",
    "groups:theme-2-01 AND res_format:x*",
    "tags:婚*",
)
NOT_TOLD = (
    *("groups:nonsense", "-level:1", "level:1 AND level:2", "title:婚姻", "res_format:*"),
    "res_format:xls* AND res_format:csv",
)


@pytest.fixture(scope="module")
def app(city: Flask) -> Flask:
    drained(city)
    return city


@pytest.fixture(scope="module")
def index(app: Flask):
    with app.app_context():
        opened = discovery.open_index(app.extensions["registry_settings"])
    yield opened
    opened.close()


def reader(session, username: str) -> Actor:
    if not username:
        return NOBODY
    account = session.scalars(sa.select(Account).filter_by(username=username)).one()
    return of_account(session, account, today())


def both(app: Flask, index, username: str, asked: Asked) -> tuple[Keys | None, Keys, Keys]:
    """What the index says by itself, what is answered with it, and what the database answers."""
    with db.transaction(app.extensions["registry_database"], writes=False) as session:
        actor = reader(session, username)
        held = counted.answer(session, index, actor, asked, "open")
        with_it = packages.find(session, index, actor, asked, "open")
    database = app.extensions["registry_database"]
    session = db.open_session(database, writes=True)
    try:
        # While anything waits in the queue the database is asked; rolled back afterwards.
        outbox.touch(session, [session.scalars(sa.select(Resource.id).limit(1)).one()])
        without = packages.find(session, index, reader(session, username), asked, "open")
    finally:
        session.rollback()
        session.close()
    return held, with_it, without


def nodes(text: str) -> list[fielded.Node]:
    return [fielded.parse(text)] if text else []


@given(
    st.sampled_from(READERS),
    st.sampled_from(["", "婚姻", "登记", "企业 信息", "gongjijin", "没有这样的东西"]),
    st.sampled_from(TOLD + NOT_TOLD),
    st.sets(st.sampled_from(FACETS)),
    st.sampled_from([(0, 10), (0, 0), (3, 4), (500, 10)]),
    st.sampled_from([50, 1, None]),
)
def test_index_and_database_give_the_same_answer(
    app, index, who, words, filters, facets, page, most
):
    start, rows = page
    asked = Asked(words, nodes(filters), start=start, rows=rows, facets=sorted(facets), most=most)
    held, with_it, without = both(app, index, who, asked)
    if held is not None:
        assert held.count == without.count
    assert with_it.count == without.count
    assert list(with_it.keys) == list(without.keys)
    assert {name: dict(values) for name, values in with_it.facets.items()} == {
        name: dict(values) for name, values in without.facets.items()
    }


def test_the_index_says_what_it_can_and_leaves_the_rest(app, index):
    plain = Asked("婚姻", facets=("organization", "tags"))
    for text in TOLD:
        for facet in ("tags", "res_format"):
            asked = Asked("婚姻", nodes(text), facets=[facet])
            assert both(app, index, "consumer", asked)[0] is not None, (text, facet)
    for text in NOT_TOLD:
        assert both(app, index, "consumer", replace(plain, filters=nodes(text)))[0] is None, text
    for asked in (
        replace(plain, private=True),
        replace(plain, facets=("title",)),
        replace(plain, order=(("metadata_modified", True),)),
    ):
        assert both(app, index, "consumer", asked)[0] is None, asked


def test_nobody_is_counted_nothing_where_the_city_is_closed(app, index):
    with db.transaction(app.extensions["registry_database"], writes=False) as session:
        for words in ("", "婚姻"):
            found = packages.find(session, index, NOBODY, Asked(words), "none")
            assert (found.count, list(found.keys)) == (0, [])


@pytest.mark.parametrize("who", READERS)
def test_the_page_is_the_same_where_so_many_hold_that_entries_are_gone_through(
    app, index, who, monkeypatch
):
    newest = Asked("", order=(("metadata_modified", True),), rows=7)
    monkeypatch.setattr(packages, "_MANY", 0)
    for text in TOLD:
        for start in (0, 5):
            asked = replace(newest, filters=nodes(text), start=start)
            _, with_it, without = both(app, index, who, asked)
            assert (with_it.count, list(with_it.keys)) == (without.count, list(without.keys)), text
