"""Rights end at the next request: of a browser's session, of a token, of a post (S3)."""

from datetime import date, datetime, time, timedelta

import pytest
import sqlalchemy as sa
import time_machine

from registry import accounts, db
from registry.access import SYSTEM
from registry.access.actor import of_account
from registry.calendar import CITY, today
from registry.models.accounts import Account, ApiToken, Post
from tests.factories import sign_in, token_of


@pytest.fixture
def writing(city):
    """A writing transaction of the application's database, as another process would open it."""
    return lambda: db.transaction(city.extensions["registry_database"], writes=True)


def posts_of(own, username):
    return own.scalars(
        sa.select(Post)
        .join(Account, Account.person_id == Post.person_id)
        .where(Account.username == username)
    )


def test_a_disabled_account_is_out_at_the_next_request(city, writing):
    client = sign_in(city, "development_commission")
    assert client.get("/inbox").status_code == 200
    with writing() as own:
        accounts.disable(own, SYSTEM, "development_commission")
    assert client.get("/inbox").headers["Location"].startswith("/sign-in")


def test_a_session_lasts_while_it_is_used_and_half_an_hour_longer(city):
    begun = db.now()
    with time_machine.travel(begun, tick=False):
        client = sign_in(city, "auditor")
    # Longer together than a session that nobody uses.
    for minutes, status in ((25, 200), (50, 200), (75, 200), (106, 303)):
        with time_machine.travel(begun + timedelta(minutes=minutes), tick=False):
            assert client.get("/inbox").status_code == status, minutes


def test_a_post_that_ended_gives_no_right_even_to_an_open_session(city, writing):
    client = sign_in(city, "registrar")
    page = client.get("/resources/new")
    assert page.status_code == 200
    with writing() as own:
        for post in posts_of(own, "registrar"):
            post.ends = today() - timedelta(days=1)
    data = {"csrf_token": token_of(page.text), "name": "来迟的登记", "declared": "yes"}
    assert client.post("/resources/new", data=data).status_code == 403
    with writing() as own:
        for post in posts_of(own, "registrar"):
            post.ends = None
    assert client.get("/resources/new").status_code == 200


def test_a_post_that_begins_tomorrow_gives_no_right_today(city, writing):
    client = sign_in(city, "consumer")
    with writing() as own:
        found = own.scalars(sa.select(Account).where(Account.username == "consumer")).one()
        where = accounts.organisation(own, "11150300DEM000022H")
        tomorrow: date = today() + timedelta(days=1)
        accounts.appoint(own, SYSTEM, found, "registrar", where, tomorrow)
    assert client.get("/resources/new").status_code == 403


def test_a_revoked_token_opens_nothing(city, writing):
    with writing() as own:
        token = accounts.issue_token(own, SYSTEM, "auditor", "读取", days=1)
    head = {"Authorization": f"Bearer {token}"}
    client = city.test_client()
    assert client.get("/inbox", headers=head).status_code == 200
    with writing() as own:
        row = own.scalars(sa.select(ApiToken).order_by(ApiToken.id.desc())).first()
        admin = own.scalars(sa.select(Account).where(Account.username == "sysadmin")).one()
        accounts.revoke_token(own, of_account(own, admin, today()), row.key)
    assert client.get("/inbox", headers=head).status_code in {303, 401}


def test_a_token_ends_at_its_hour_though_nobody_did_anything(city, writing):
    noon = datetime.combine(today() + timedelta(days=1), time(12), CITY)
    with writing() as own:
        token = accounts.issue_token(own, SYSTEM, "auditor", "读取", days=3)
        row = own.scalars(sa.select(ApiToken).order_by(ApiToken.id.desc())).first()
        row.ends_at = noon
    head = {"Authorization": f"Bearer {token}"}
    client = city.test_client()

    def asked():
        return client.post("/api/3/action/site_read", json={}, headers=head).status_code

    for before in (timedelta(hours=2), timedelta(minutes=1)):
        with time_machine.travel(noon - before, tick=False):
            assert asked() == 200
    with time_machine.travel(noon + timedelta(minutes=1), tick=False):
        assert asked() in {401, 403}
