"""A batch is decided on what was on the page: every change of every entry, ten to a page."""

import re

import pytest
import sqlalchemy as sa

from registry import catalogue, db
from registry.access.actor import of_account
from registry.models.accounts import Account, Organisation
from registry.models.catalogue import Reading, Submission, Version
from tests.factories import document, sign_in, token_of

MANY = 12


@pytest.fixture(scope="module")
def batch(city):
    """A batch of twelve entries that waits for the secrecy officer; its address."""
    with db.transaction(city.extensions["registry_database"], writes=True) as session:
        account = session.scalar(sa.select(Account).where(Account.username == "registrar"))
        who = of_account(session, account, db.now().date())
        unit = session.get_one(Organisation, who.holdings[0].organisation_id)
        drafts = [
            catalogue.register(session, who, unit, document(f"成批信息{n}号"), declared=True)
            for n in "甲乙丙丁戊己庚辛壬癸子丑"
        ]
        versions = [session.get_one(Version, one.version_id) for one in drafts]
        return f"/submissions/{catalogue.hand_in(session, who, versions, '成批').key}"


@pytest.fixture
def secrecy(city):
    return sign_in(city, "secrecy")


def sent(page):
    """The fields of the form as a browser would send them, every box ticked as it stands."""
    return {
        "csrf_token": token_of(page),
        "entry": re.findall(r'name="entry" value="(\w+)"', page),
        **dict(re.findall(r'name="(digest\.\w+)" value="([^"]+)"', page)),
    }


def state_of(city, batch, state):
    with db.transaction(city.extensions["registry_database"], writes=False) as session:
        return session.scalar(
            sa.select(sa.func.count(Version.id))
            .join(Submission, Submission.id == Version.submission_id)
            .where(Submission.key == batch.rsplit("/", 1)[1], Version.state == state)
        )


def test_a_page_holds_the_whole_text_of_ten_entries_and_no_more(secrecy, batch):
    page = secrecy.get(batch).text
    assert page.count('class="panel entry"') == 10
    assert page.count("须重走全程") == 0
    assert page.count(document()["abstract"]) == 10
    assert secrecy.get(f"{batch}?page=2").text.count('class="panel entry"') == 2
    for odd in ("0", "-1", "9999", "٣", "x"):
        assert secrecy.get(batch, query_string={"page": odd}).status_code == 200


def test_what_was_not_on_the_page_cannot_be_decided_on(city, secrecy, batch):
    page = secrecy.get(batch).text
    unseen = re.findall(r'name="entry" value="(\w+)"', secrecy.get(f"{batch}?page=2").text)
    form = sent(page)
    form["entry"] += unseen
    assert secrecy.post(f"{batch}/clear", data=form).status_code == 409
    assert state_of(city, batch, "in_secrecy_review") == MANY


def test_a_return_without_a_reason_keeps_the_choice(secrecy, batch):
    form = sent(secrecy.get(batch).text)
    form["entry"] = form["entry"][:2]
    answer = secrecy.post(f"{batch}/return", data=form)
    assert answer.status_code == 422
    assert answer.text.count(" checked>") == 2


def test_each_page_is_decided_by_itself(city, secrecy, batch):
    form = sent(secrecy.get(batch).text)
    assert secrecy.post(f"{batch}/clear", data=form).status_code == 303
    assert state_of(city, batch, "in_head_review") == 10
    rest = secrecy.get(batch).text
    assert "10 件：保密审查已通过" in rest
    assert rest.count('class="panel entry"') == 2
    assert secrecy.post(f"{batch}/clear", data=sent(rest)).status_code == 303
    assert state_of(city, batch, "in_head_review") == MANY


def test_what_was_shown_to_be_decided_on_is_noted_as_read(city, batch):
    head = sign_in(city, "head")
    head.get(batch)
    with db.transaction(city.extensions["registry_database"], writes=False) as session:
        person = session.scalar(sa.select(Account.person_id).where(Account.username == "head"))
        keys = session.scalar(
            sa.select(sa.func.count(Reading.resource_id.distinct()))
            .join(Version, Version.resource_id == Reading.resource_id)
            .join(Submission, Submission.id == Version.submission_id)
            .where(Reading.person_id == person, Submission.key == batch.rsplit("/", 1)[1])
        )
    assert keys == 10


def test_the_drafts_that_are_chosen_are_one_batch_and_the_others_stay(city):
    with db.transaction(city.extensions["registry_database"], writes=True) as session:
        account = session.scalar(sa.select(Account).where(Account.username == "registrar"))
        who = of_account(session, account, db.now().date())
        unit = session.get_one(Organisation, who.holdings[0].organisation_id)
        keys = [
            catalogue.register(session, who, unit, document(f"另批信息{n}号"), declared=True).key
            for n in "甲乙丙"
        ]
    client = sign_in(city, "registrar")
    data = {"csrf_token": token_of(client.get("/inbox").text), "entry": keys[:2], "title": "另批"}
    made = client.post("/submissions/new", data=data)
    assert made.status_code == 303
    assert state_of(city, made.location, "in_secrecy_review") == 2
    page = client.get(made.location).text
    assert [f"另批信息{n}号" in page for n in "甲乙丙"] == [True, True, False]
    again = client.post("/submissions/new", data={**data, "entry": ["aaaaaaaaaaaaaaaa"]})
    assert again.status_code == 404
