"""Pages ask the database a fixed number of questions, however much they show."""

import sqlalchemy as sa

from registry import db
from registry.models.catalogue import Element, Resource, Version
from registry.models.projects import Project
from tests.factories import sign_in
from tests.journeys.browser import drained


def asked(city, client, address):
    """How many statements the page sends when it is asked for the second time."""
    sent = []

    def count(_connection, _cursor, statement, *_):
        # A connection that is opened meanwhile sets itself up: that is no question.
        if not statement.startswith("PRAGMA"):
            sent.append(1)

    assert client.get(address).status_code == 200
    engine = city.extensions["registry_database"].reading
    sa.event.listen(engine, "before_cursor_execute", count)
    try:
        assert client.get(address).status_code == 200
    finally:
        sa.event.remove(engine, "before_cursor_execute", count)
    return len(sent)


# A unit that was not met before costs one more, and so does an entry not everybody may open.
MOST = 13


def test_the_page_of_an_entry_asks_no_more_for_many_elements_than_for_few(city):
    with db.transaction(city.extensions["registry_database"], writes=False) as session:
        items = sa.func.count(Element.id)
        rows = session.execute(
            sa.select(Resource.key, items)
            .join(Version, Resource.live_version_id == Version.id)
            .join(Element, Element.version_id == Version.id)
            .where(Version.state == "published", Version.visibility == "1")
            .where(Resource.remediation_due.is_(None), Resource.working_version_id.is_(None))
            .group_by(Resource.key)
            .order_by(items)
        ).all()
    assert rows[0][1] < rows[-1][1]
    client = sign_in(city, "consumer")
    for key, _ in (*rows[:3], *rows[-3:]):
        assert asked(city, client, f"/resources/{key}") <= MOST


def test_search_first_page_and_statistics_ask_no_more_for_many_entries_than_for_few(city):
    drained(city)
    client = sign_in(city, "consumer")
    for text in ("婚姻登记", "企业", "信息", "没有这样的东西"):
        assert asked(city, client, f"/search?q={text}") <= MOST, text
    for address in ("/search", "/search?all=units&all=class_path", "/", "/statistics"):
        assert asked(city, client, address) <= MOST, address


def test_the_inbox_asks_no_more_for_many_projects_than_for_few(city):
    clients = [sign_in(city, who) for who in ("acceptance", "operator", "finance", "head")]
    few = [asked(city, client, "/inbox") for client in clients]
    with db.transaction(city.extensions["registry_database"], writes=True) as session:
        known = session.scalars(sa.select(Project).where(Project.concluded_on.is_(None))).all()
        for n, one in enumerate(known):
            session.add(
                Project(name=f"{one.name}{n}", unit_id=one.unit_id, kind=one.kind, stage=one.stage)
            )
    many = [asked(city, client, "/inbox") for client in clients]
    assert many == few
