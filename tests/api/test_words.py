"""Words, ranges and orders that programs ask for by a field: what they find, and what it takes."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime

import pytest
import sqlalchemy as sa
from flask import Flask

from connectors import ckan
from registry import db, discovery
from registry.access.actor import NOBODY
from registry.discovery import conditions, packages
from registry.discovery.asked import Asked
from registry.discovery.fielded import Unclear
from registry.discovery.packages import Live
from search import Index, analysis
from tests.api.test_counted import reader
from tests.journeys.browser import drained

DAY = datetime(2025, 9, 2, tzinfo=UTC)


@pytest.fixture(scope="module")
def app(city: Flask) -> Flask:
    drained(city)
    return city


@pytest.fixture(scope="module")
def index(app: Flask) -> Iterator[Index]:
    with app.app_context():
        opened = discovery.open_index(app.extensions["registry_settings"])
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def live(app: Flask) -> list[Live]:
    """Every live entry, as the judge of these tests reads it."""
    with db.transaction(app.extensions["registry_database"], writes=False) as session:
        actor = reader(session, "reviewer")
        keys = packages.find(session, None, actor, Asked(rows=1000), "open").keys
        return packages.live(session, actor, keys, "open", "")


@pytest.fixture(scope="module")
def keys(app: Flask, index: Index) -> Callable[..., list[str]]:
    def found(fq: str = "", *, engine: Index | None = index, **asked: object) -> list[str]:
        filters = [conditions.read(fq)] if fq else []
        question = Asked(filters=filters, **{"rows": 1000, **asked})  # type: ignore[arg-type]
        with db.transaction(app.extensions["registry_database"], writes=False) as session:
            answer = packages.find(session, engine, reader(session, "reviewer"), question, "open")
        assert answer.count == len(answer.keys)
        return list(answer.keys)

    return found


def tokens(one: Live, field: str) -> set[str]:
    return set(analysis.tokens(str(one.document.get(field) or "")))


def has(field: str, text: str) -> Callable[[Live], bool]:
    return lambda one: set(analysis.tokens(text)) <= tokens(one, field)


@pytest.mark.parametrize(
    ("fq", "holds"),
    [
        ("title:婚姻登记", has("name", "婚姻登记")),
        ("title:婚姻登记*", has("name", "婚姻登记")),
        ("res_name:2024", has("name", "2024")),
        ("title:(登记 OR 统计)", lambda one: has("name", "登记")(one) or has("name", "统计")(one)),
        ("-title:信息", lambda one: not has("name", "信息")(one)),
        ("notes:履行", has("abstract", "履行")),
        ('notes:"登记，信息"', has("abstract", "登记 信息")),
        (
            "notes:登记 -notes:婚姻",
            lambda o: has("abstract", "登记")(o) and not has("abstract", "婚姻")(o),
        ),
        (
            "-(notes:登记 title:信息)",
            lambda o: not (has("abstract", "登记")(o) and has("name", "信息")(o)),
        ),
        ("title:婚姻 OR level:4", lambda o: has("name", "婚姻")(o) or o.about.level == "4"),
        ("notes:2*", lambda o: any(t.startswith("2") for t in tokens(o, "abstract"))),
        ("notes:*", lambda o: bool(str(o.document.get("abstract") or "").strip())),
        ('notes:"，"', lambda o: False),
        ("author:民政", lambda o: "民政" in o.about.department_name),
        ("items:姓名", lambda o: "姓名" in [i.get("name") for i in o.document.get("items") or []]),
        ("num_tags:[3 TO 4]", lambda o: 3 <= len(o.document.get("keywords") or []) <= 4),
        ("num_resources:0", lambda o: not o.document.get("format_types")),
        ("share_type:[2 TO *]", lambda o: str(o.document.get("share_type") or "") >= "2"),
        ("extras_nothing:[1 TO *]", lambda o: False),
        ("name:1*", lambda o: ckan.slug(o.about).startswith("1")),
        ("private:f*", lambda o: o.document.get("visibility") == "1"),
        ("id:[m TO *]", lambda o: o.about.key >= "m"),
        ("metadata_created:[2025-09-02 TO *]", lambda o: o.about.created > DAY),
        ("metadata_created:{* TO 2025-09-02}", lambda o: o.about.created < DAY),
        ("metadata_modified:*", lambda o: True),
    ],
)  # fmt: skip
def test_a_field_finds_what_holds_the_words_and_nothing_else(keys, live, fq, holds):
    public = [one for one in live if one.document.get("visibility") == "1"]
    assert set(keys(fq)) == {one.about.key for one in public if holds(one)}


def test_words_of_the_whole_entry_are_found_wherever_they_stand(keys, live):
    found = set(keys("text:婚姻登记"))
    inside = {one.about.key for one in live if "婚姻登记" in one.document["name"]}
    assert inside <= found
    assert found < {one.about.key for one in live}
    assert set(keys("婚姻登记")) == found


@pytest.mark.parametrize(
    ("name", "place"),
    [
        ("title", lambda one: one.document["name"]),
        ("title_string", lambda one: one.document["name"]),
        ("name", lambda one: ckan.slug(one.about)),
        ("metadata_created", lambda one: one.about.created),
        ("id", lambda one: one.about.key),
    ],
)
def test_an_order_is_that_of_the_characters_on_every_database(keys, live, name, place):
    held = {one.about.key: place(one) for one in live}
    for falling in (False, True):
        for words in ("", "登记"):
            order = [held[key] for key in keys(words=words, order=[(name, falling)])]
            assert order == sorted(order, reverse=falling)
            assert len(order) > 10


@pytest.mark.parametrize(
    "question",
    [
        "note:x", "holders:x", "extras_share_scope:[a TO b]", "title:[a TO b]", "abstract:[a TO b]",
        "items:姓*", "metadata_created:2025*", "metadata_modified:soon", "items:[a TO b]",
        " ".join(f"num_tags:[{n} TO *]" for n in range(9)),
        " OR ".join(f"(notes:甲{n} level:1)" for n in range(9)),
    ],
)  # fmt: skip
def test_what_would_read_every_document_is_refused_with_a_sentence(city, question):
    with pytest.raises(Unclear):
        conditions.read(question)
    answer = city.test_client().post("/api/3/action/package_search", json={"fq": question})
    assert (answer.status_code, answer.json["error"]["__type"]) == (409, "Search Error")
    assert len(answer.json["error"]["message"]) > 60


def test_filters_together_have_the_limit_of_one(city):
    client = city.test_client()
    for given in (["num_tags:[1 TO 2]"] * 9, ["(title:x OR level:1)"] * 9):
        answer = client.post("/api/3/action/package_search", json={"fq_list": given})
        assert answer.status_code == 409
    many = {"fq_list": ["-notes:x"] * 100, "q": "title:婚姻"}
    assert client.post("/api/3/action/package_search", json=many).status_code == 200


def test_a_facet_that_is_not_counted_is_told(city):
    client = city.test_client()
    for name in ("notes", "text", "items", "metadata_created", "num_tags", "note"):
        asked = {"facet.field": ["tags", name]}
        answer = client.post("/api/3/action/package_search", json=asked)
        assert (answer.status_code, answer.json["error"]["__type"]) == (400, "Search Query Error")
        assert name in answer.json["error"]["message"]
    asked = {"facet.field": ["title", "state", "author", "vocab_none"], "rows": 0}
    told = client.post("/api/3/action/package_search", json=asked).json["result"]
    assert told["facets"]["state"] == {"active": told["count"]}
    assert sum(told["facets"]["author"].values()) == told["count"]
    assert told["facets"]["vocab_none"] == {}


def test_no_question_reads_a_document_to_be_judged(app, index, keys):
    read = []

    def note(_connection, _cursor, statement, *_):
        if "document" in statement:
            read.append(statement)

    questions = (
        "title:ab notes:cd text:ef", "-notes:x OR level:1", "author:x", "num_tags:[1 TO *]",
        "metadata_created:[2020-01-01 TO *]", "update_cycle:[1 TO *]", "unknown:[1 TO *]",
        "items:姓名", "name:1*", "groups:theme-2*", "res_name:x private:f*", "tags:" + "x" * 300,
    )  # fmt: skip
    orders = ("title", "name", "metadata_created", "metadata_modified", "id")
    database = app.extensions["registry_database"]
    sa.event.listen(database.reading, "before_cursor_execute", note)
    try:
        for question in questions:
            for order in orders:
                keys(question, order=[(order, False)])
                keys(question, words="登记", order=[(order, False)])
    finally:
        sa.event.remove(database.reading, "before_cursor_execute", note)
    assert not read


def test_without_an_engine_words_are_looked_for_in_the_documents(keys):
    for fq in ("title:婚姻", "notes:登记 -title:婚姻", "notes:登记 OR level:4"):
        assert set(keys(fq, engine=None)) == set(keys(fq)), fq


def test_nothing_that_a_reader_may_not_see_is_found_by_its_words(app, index):
    with db.transaction(app.extensions["registry_database"], writes=False) as session:
        asked = Asked(filters=[conditions.read("text:登记")], rows=1000, private=True)
        open_ = packages.find(session, index, NOBODY, asked, "open")
        actor = reader(session, "reviewer")
        all_ = packages.find(session, index, actor, asked, "open")
        rows = packages.live(session, actor, open_.keys, "open", "")
    assert 0 < open_.count < all_.count
    assert all(one.opened for one in rows)
