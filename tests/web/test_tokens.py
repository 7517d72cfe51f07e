"""API tokens on the page: a person's own, shown once; everybody's, for who keeps the accounts."""

import re
from datetime import timedelta

import pytest
import sqlalchemy as sa
import time_machine

from registry import accounts, db
from registry.access import SYSTEM
from registry.db import now
from registry.models.accounts import Account, ApiToken
from registry.models.journal import JournalRow
from tests.factories import PASSWORD, sign_in, token_of

UNIT, OTHER = "11150300DEM000022H", "11150300DEM000065Y"
SHOWN = re.compile(r'id="token" value="([^"]+)"')


@pytest.fixture
def writing(city):
    return lambda: db.transaction(city.extensions["registry_database"], writes=True)


def made(client, **typed):
    form = {"purpose": "每日采集", "days": "30", "current": PASSWORD, **typed}
    page = client.get("/tokens").text
    return client.post("/tokens/make", data={"csrf_token": token_of(page), **form})


def call(city, token):
    head = {"Authorization": token}
    return city.test_client().get("/api/v1/resources", headers=head).status_code


def keys(writing, username):
    with writing() as own:
        return own.scalars(
            sa.select(ApiToken.key)
            .join(Account, Account.id == ApiToken.account_id)
            .where(Account.username == username)
            .order_by(ApiToken.id.desc())
        ).all()


def test_a_token_is_shown_once_works_at_once_and_is_revoked_at_once(city, writing):
    client = sign_in(city, "registrar")
    assert "还没有接口令牌" in client.get("/tokens").text
    answer = made(client)
    assert answer.status_code == 201
    token = SHOWN.search(answer.text)[1]
    assert call(city, token) == 200
    page = client.get("/tokens").text
    assert "每日采集" in page
    assert token not in page
    address = f"/tokens/{keys(writing, 'registrar')[0]}/revoke"
    for _ in range(2):
        assert client.post(address, data={"csrf_token": token_of(page)}).status_code == 303
    assert call(city, token) == 401
    assert "已撤销" in client.get("/tokens").text
    with writing() as own:
        rows = own.execute(
            sa.select(JournalRow.act, JournalRow.account, JournalRow.outcome)
            .where(JournalRow.subject == "token")
            .order_by(JournalRow.seq)
        ).all()
        stored = own.scalars(sa.select(ApiToken.token)).all()
    done = [("token", "registrar", "done"), ("revoke_token", "registrar", "done")]
    assert [tuple(row) for row in rows] == done
    assert token not in stored


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"purpose": " "}, "没有写明用途"),
        ({"purpose": "字" * 201}, "没有写明用途"),
        ({"days": "0"}, "有效天数不对"),
        ({"days": "367"}, "有效天数不对"),
        ({"days": "²"}, "有效天数不对"),
        ({"current": "not-mine"}, "现在的口令不对"),
    ],
)
def test_a_wrong_form_makes_none_and_keeps_what_was_typed_but_the_password(city, typed, said):
    client = sign_in(city, "head")
    answer = made(client, **typed)
    assert answer.status_code == 422
    assert said in answer.text
    assert f'value="{typed.get("purpose", "每日采集")}"' in answer.text
    assert f'value="{typed.get("days", "30")}"' in answer.text
    assert typed.get("current", PASSWORD) not in answer.text
    assert "还没有接口令牌" in client.get("/tokens").text


def test_wrong_passwords_are_slowed_and_stand_in_the_journal(city, writing):
    client = sign_in(city, "finance")
    statuses = [made(client, current="not-mine").status_code for _ in range(6)]
    assert statuses == [422] * 5 + [429]
    with writing() as own:
        rows = own.scalars(
            sa.select(JournalRow.outcome).where(
                JournalRow.act == "token", JournalRow.key == "finance"
            )
        ).all()
    assert rows == ["refused"] * 5


def test_a_second_click_makes_no_second_token(city, writing):
    client = sign_in(city, "secrecy")
    page = client.get("/tokens").text
    form_key = re.search(r'action="/tokens/make".*?name="form_key" value="([^"]+)"', page)[1]
    form = {"purpose": "一次", "days": "1", "current": PASSWORD, "form_key": form_key}
    form["csrf_token"] = token_of(page)
    assert client.post("/tokens/make", data=form).status_code == 201
    again = client.post("/tokens/make", data=form)
    assert (again.status_code, again.headers["Location"]) == (303, "/tokens")
    assert len(keys(writing, "secrecy")) == 1
    assert "令牌已签发，只显示一次" in client.get("/tokens").text


def test_a_program_makes_no_token_and_nobody_ends_anothers(city, writing):
    with writing() as own:
        token = accounts.issue_token(own, SYSTEM, "consumer", "采集", 1)
    head = {"Authorization": token}
    form = {"purpose": "更久", "days": "366", "current": PASSWORD}
    refused = city.test_client().post("/tokens/make", data=form, headers=head)
    assert refused.status_code == 403
    assert "程序不能用令牌签发令牌" in refused.text
    stranger = sign_in(city, "auditor")
    data = {"csrf_token": token_of(stranger.get("/tokens").text)}
    key = keys(writing, "consumer")[0]
    assert stranger.post(f"/tokens/{key}/revoke", data=data).status_code == 404
    assert stranger.post(f"/admin/tokens/{key}/revoke", data=data).status_code == 403
    assert call(city, token) == 200


def test_who_keeps_the_accounts_sees_a_units_tokens_and_ends_them_but_never_reads_one(
    city, writing
):
    with writing() as own:
        token = accounts.issue_token(own, SYSTEM, "project_manager", "项目进度大屏", 30)
    admin = sign_in(city, "sysadmin")
    page = admin.get(f"/admin/tokens?unit={UNIT}").text
    assert "项目进度大屏" in page
    assert token not in page
    assert "没有接口令牌" in admin.get(f"/admin/tokens?unit={OTHER}").text
    assert admin.get("/admin/tokens?unit=nowhere").status_code == 404
    assert "项目进度大屏" in admin.get("/admin/accounts/project_manager").text
    key = keys(writing, "project_manager")[0]
    data = {"csrf_token": token_of(page), "unit": UNIT}
    sent = admin.post(f"/admin/tokens/{key}/revoke", data=data)
    assert sent.headers["Location"] == f"/admin/tokens?unit={UNIT}"
    assert call(city, token) == 401
    again = admin.post(f"/admin/tokens/{key}/revoke", data=data | {"account": "project_manager"})
    assert again.headers["Location"] == "/admin/accounts/project_manager"
    assert sign_in(city, "security").get("/admin/tokens").status_code == 403


def test_the_last_use_is_noted_once_in_an_hour(city, writing):
    with writing() as own:
        token = accounts.issue_token(own, SYSTEM, "reviewer", "比对", 3)
    key = keys(writing, "reviewer")[0]

    def used():
        with writing() as own:
            return own.scalar(sa.select(ApiToken.used_at).where(ApiToken.key == key))

    assert used() is None
    start = now().replace(minute=10)
    for later, noted in ((0, 0), (40, 0), (55, 55), (80, 55)):
        with time_machine.travel(start + timedelta(minutes=later), tick=False):
            assert call(city, token) == 200
        assert used() == start + timedelta(minutes=noted)
