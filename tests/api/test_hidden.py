"""An entry that a reader may not know of asks no more of the database than one there is not."""

import pytest
import sqlalchemy as sa

from registry import db
from registry.access import Reach, reach
from registry.access.actor import of_account
from registry.catalogue import find, findable
from registry.errors import Gone, Missing
from registry.models.accounts import Account
from registry.models.catalogue import Resource, Version
from tests.api.test_feeds import everything
from tests.journeys.browser import drained

ABSENT = "a" * 16


@pytest.fixture
def asked(city, token):
    """The body of an answer, and every statement that was sent to the database for it."""
    drained(city)
    engine = city.extensions["registry_database"].reading
    client = city.test_client()

    def ask(path, who=None):
        sent = []

        def note(_connection, _cursor, statement, *_):
            if not statement.startswith("PRAGMA"):
                sent.append(statement)

        headers = {"Authorization": token(who)} if who else {}
        sa.event.listen(engine, "before_cursor_execute", note)
        try:
            answer = client.get(path, headers=headers)
        finally:
            sa.event.remove(engine, "before_cursor_execute", note)
        return answer.status_code, answer.text, sent

    return ask


@pytest.fixture
def hidden(city, token):
    """Key and code of entries that nobody without a name sees, and keys of drafts of a unit."""
    closed = everything(city, token) - everything(city, token, who=None)
    with db.transaction(city.extensions["registry_database"], writes=False) as session:
        coded = session.execute(
            sa.select(Resource.key, Resource.code).where(
                Resource.key.in_(closed), Resource.code.is_not(None)
            )
        ).all()
        drafts = session.scalars(
            sa.select(Resource.key).where(
                Resource.live_version_id.is_(None), Resource.working_version_id.is_not(None)
            )
        ).all()
    assert len(coded) > 2
    assert drafts
    return [tuple(row) for row in coded[:3]], list(drafts)[:3]


def alike(asked, hidden, absent, who=None):
    """Both are answered alike but for what was asked, by the same statements."""
    for path in (hidden, absent):
        # What is kept until the next act is kept by the second time.
        asked(path, who)
    status, body, sent = asked(hidden, who)
    other = asked(absent, who)
    assert (status, sent) == (other[0], other[2])
    assert sent
    return body, other[1]


def test_a_code_that_is_taken_by_a_hidden_entry_answers_like_one_that_is_free(asked, hidden):
    for _, code in hidden[0]:
        free = f"{code.rpartition('/')[0]}/999999"
        for spelled in (lambda code: code, lambda code: code.replace("/", "-")):
            taken, absent = alike(
                asked,
                f"/api/3/action/package_show?id={spelled(code)}",
                f"/api/3/action/package_show?id={spelled(free)}",
            )
            assert taken == absent
            assert "Not found" in taken


@pytest.mark.parametrize(
    "path",
    [
        "/api/3/action/package_show?id={}",
        "/api/v1/resources/{}",
        "/api/v1/resources/{}/versions",
        "/resources/{}",
        "/resources/{}.ttl",
        "/dataset/{}.jsonld",
        "/oai?verb=GetRecord&metadataPrefix=oai_dc&identifier=oai:127.0.0.1:{}",
    ],
)
def test_every_address_of_a_hidden_entry_answers_like_one_that_leads_nowhere(asked, hidden, path):
    closed, drafts = hidden
    for key in [key for key, _ in closed] + drafts:
        alike(asked, path.format(key), path.format(ABSENT))
    # Who has a name, and no part in the drafts of this unit.
    for key in drafts:
        alike(asked, path.format(key), path.format(ABSENT), who="consumer")


def test_what_somebody_can_find_lies_within_what_is_looked_at(city):
    with db.transaction(city.extensions["registry_database"], writes=False) as session:
        keys = session.scalars(sa.select(Resource.key)).all()
        reaches = set()
        for account in session.scalars(sa.select(Account)):
            who = of_account(session, account, db.now().date())
            looked = (
                sa.select(Resource.key)
                .outerjoin(Version, Version.id == Resource.live_version_id)
                .where(findable(who, "open"))
            )
            within = set(session.scalars(looked))
            reaches.add(reach(who, "read_working", "register"))
            assert {key for key in keys if found(session, who, key)} <= within
        assert Reach() in reaches
        assert len(reaches) > 3


def found(session, who, key):
    try:
        find(session, who, key, "open")
    except Missing:
        return False
    except Gone:
        return True
    return True
