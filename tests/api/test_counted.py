"""What the index answers for programs is what the database answers, for every reader."""

from dataclasses import replace

import pytest
import sqlalchemy as sa
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from registry import catalogue, db, discovery, outbox
from registry.access import SYSTEM, Actor
from registry.access.actor import NOBODY, of_account
from registry.calendar import today
from registry.catalogue.reading import visible_to_all
from registry.catalogue.store import Change, store
from registry.discovery import counted, fielded, packages
from registry.discovery.asked import Asked, Keys
from registry.models.accounts import Account
from registry.models.catalogue import Resource, Version
from registry.models.shown import Shown
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
        # While anything waits the database is asked for what has words; rolled back afterwards.
        outbox.touch(session, [session.scalars(sa.select(Resource.id).limit(1)).one()])
        by_words = index if asked.words.strip() else None
        without = packages.find(session, by_words, reader(session, username), asked, "open")
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


def _change(session, some):
    """Let these entries differ from what the index knows of them, each in another way."""
    gone, other, moved, new = some
    gone.frozen_at = db.now()
    texts = {
        other: {"keywords": ["婚姻", "改过"], "format_types": ["xls"], "open_type": "1"},
        new: {},
    }
    for resource, changed in texts.items():
        change = Change(
            department=resource.department,
            step="open",
            state="published",
            resource=resource,
            version=resource.live,
            document={**catalogue.document_of(resource.live), **changed, "visibility": "1"},
            live="this",
            working="none",
            decided=False,
        )
        store(session, SYSTEM, [change])
    moved.department_id = other.department_id
    session.flush()
    outbox.touch(session, [gone.id, moved.id])


@pytest.mark.parametrize("who", READERS)
def test_what_waits_is_counted_by_the_database_and_the_rest_by_the_index(app, index, who):
    newest = Asked("", facets=FACETS, rows=7)
    session = db.open_session(app.extensions["registry_database"], writes=True)
    told = 0
    try:
        actor = reader(session, who)
        live = sa.select(Resource).join(Version, Version.id == Resource.live_version_id)
        seen = live.where(Version.state == "published", Resource.frozen_at.is_(None))
        some = session.scalars(seen.order_by(Resource.id).limit(4)).all()
        before = packages.find(session, None, actor, newest, "open")
        _change(session, some)
        for text in TOLD + NOT_TOLD:
            for most in (50, 1, None):
                asked = replace(newest, filters=nodes(text), most=most)
                fresh = packages._fresh(session, actor, asked, "open")
                held = counted.answer(session, index, actor, asked, "open", fresh)
                found = packages.find(session, index, actor, asked, "open")
                right = packages.find(session, None, actor, asked, "open")
                assert replace(found, keys=tuple(found.keys)) == replace(
                    right, keys=tuple(right.keys)
                ), text
                told += held is not None
        after = packages.find(session, index, actor, newest, "open")
    finally:
        session.rollback()
        session.close()
    assert told
    assert after != before


def test_after_many_changes_the_database_counts(app, index, monkeypatch):
    monkeypatch.setattr(counted, "MOST_WAITING", 2)
    session = db.open_session(app.extensions["registry_database"], writes=True)
    try:
        actor = reader(session, "consumer")
        for number, is_told in ((2, True), (3, False)):
            outbox.touch(session, session.scalars(_shown.limit(number)).all())
            fresh = packages._fresh(session, actor, Asked(), "open")
            held = counted.answer(session, index, actor, Asked(), "open", fresh)
            assert (held is not None) == is_told
    finally:
        session.rollback()
        session.close()


_shown = sa.select(Shown.resource_id).order_by(Shown.resource_id)


@pytest.mark.parametrize("who", READERS)
@pytest.mark.parametrize("anonymous", ["open", "none"])
def test_what_everybody_sees_is_found_without_asking_for_the_units_of_the_reader(
    app, who, anonymous
):
    with db.transaction(app.extensions["registry_database"], writes=False) as session:
        actor = reader(session, who)
        of_all, plain = visible_to_all(actor, anonymous), catalogue.visible(actor, anonymous)
        keys = sa.select(Resource.key).join(Version, Version.id == Resource.live_version_id)
        found = set(session.scalars(keys.where(of_all)))
        assert found == set(session.scalars(keys.where(plain, Version.visibility == "1")))
        assert bool(found) == (bool(who) or anonymous == "open")
        statement = str(sa.select(Resource.key).where(of_all))
        assert "organisation" not in statement
        assert "shown_to" not in statement
