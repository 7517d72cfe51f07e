"""A password that somebody else set opens one door: the page where an own one is chosen."""

import pytest
import sqlalchemy as sa
from click.testing import CliRunner

from registry import accounts, db
from registry.access import SYSTEM
from registry.cli import main
from registry.models.accounts import Account
from registry.models.journal import JournalRow
from tests.factories import PASSWORD, sign_in, token_of

GIVEN, OWN = "Wuhai-2026-linshi", "Wuhai-2026-ziji"
WHO = "consumer"


@pytest.fixture
def writing(city):
    return lambda: db.transaction(city.extensions["registry_database"], writes=True)


@pytest.fixture
def client(city):
    """A browser signed in with the password that the system administrator set."""
    admin = sign_in(city, "sysadmin")
    form = {"csrf_token": token_of(admin.get("/admin").text), "password": GIVEN}
    assert admin.post(f"/admin/accounts/{WHO}/password", data=form).status_code == 303
    return sign_in(city, WHO, GIVEN)


def chosen(client, address="/password", **typed):
    form = {"current": GIVEN, "password": OWN, "again": OWN, **typed}
    return client.post("/password", data={"csrf_token": token_of(client.get(address).text), **form})


def test_every_other_page_is_closed_until_an_own_password_is_chosen(city, client):
    token = token_of(client.get("/password").text)
    left = set()
    for rule in city.url_map.iter_rules():
        route = getattr(city.view_functions[rule.endpoint], "route", None)
        if route is None or route.apart or route.always:
            left.add(rule.endpoint.partition(".")[0])
            continue
        values = {
            name: min(known.items) if hasattr(known := rule._converters[name], "items") else "1"
            for name in rule.arguments
        }
        path = rule.build(values)[1]
        for method in rule.methods - {"HEAD", "OPTIONS"}:
            data = None if method == "GET" else {"csrf_token": token}
            answer = client.open(path, method=method, data=data)
            led = answer.headers.get("Location", "").startswith("/password")
            assert answer.status_code == (303 if led else 403), (method, path)
            assert led or "own_password" in answer.text or "请先设置自己的口令" in answer.text, path
    assert left == {"assets", "probes", "sign_in"}


def test_the_page_says_why_by_which_rules_and_leads_on_to_where_he_wanted(client):
    led = client.get("/search?q=婚姻").headers["Location"]
    page = client.get(led).text
    assert "先设置您自己的口令" in page
    assert "现在的口令是管理员设置的" in page
    assert "至少 10 位" in page
    assert 'href="/inbox"' not in page
    for typed, said in (
        ({"password": GIVEN, "again": GIVEN}, "新口令和现在的一样"),
        ({"password": "weak", "again": "weak"}, "口令太弱"),
        ({"current": PASSWORD}, "现在的口令不对"),
    ):
        answer = chosen(client, led, next="/search?q=婚姻", **typed)
        assert answer.status_code == 422
        assert said in answer.text
        assert "先设置您自己的口令" in answer.text
        assert 'name="next" value="/search?q=婚姻"' in answer.text
    assert chosen(client, led, next="//elsewhere.example").headers["Location"] == "/inbox"
    assert client.get("/search?q=婚姻").status_code == 200
    assert 'href="/inbox"' in client.get("/password").text
    assert "先设置您自己的口令" not in client.get("/password").text


def test_what_was_sent_is_refused_with_the_way_on_and_the_way_out_is_open(client):
    page = client.get("/password").text
    came = {"Referer": "http://localhost/saved"}
    sent = client.post("/saved/add", data={"csrf_token": token_of(page)}, headers=came)
    assert sent.status_code == 403
    assert "刚才的内容没有提交" in sent.text
    assert 'href="/password?next=/saved"' in sent.text
    assert client.post("/sign-out", data={"csrf_token": token_of(page)}).status_code == 303


def test_both_passwords_stand_in_the_journal_under_who_set_them(city, client, writing):
    assert chosen(client).status_code == 303
    with writing() as own:
        rows = own.execute(
            sa.select(JournalRow.account, JournalRow.outcome)
            .where(JournalRow.act == "set_password", JournalRow.key == WHO)
            .order_by(JournalRow.seq.desc())
            .limit(2)
        ).all()
    assert [tuple(row) for row in rows] == [(WHO, "done"), ("sysadmin", "done")]


def test_a_program_with_a_token_of_the_account_goes_on_working(city, client, writing):
    with writing() as own:
        token = accounts.issue_token(own, SYSTEM, WHO, "采集", 1)
    program = city.test_client()
    told = program.get("/api/v1/resources", headers={"Authorization": token})
    assert told.status_code == 200
    assert client.get("/api/v1/resources").status_code == 403


def test_a_password_set_by_command_is_given_too_and_those_of_the_demo_are_not(
    city, tmp_path, writing
):
    database = city.extensions["registry_database"]
    (tmp_path / "secret.key").write_text((b"secret" * 6).hex())
    url = database.writing.url.render_as_string(hide_password=False)
    env = {"CATALOGUE_DATA_DIR": str(tmp_path), "CATALOGUE_DATABASE_URL": url}
    typed = ["account", "create", "fresh", "--name", "某人", "--password", GIVEN]
    assert CliRunner().invoke(main, typed, env=env).exit_code == 0
    fresh = sign_in(city, "fresh", GIVEN)
    assert fresh.get("/inbox").headers["Location"] == "/password?next=/inbox"
    assert sign_in(city, "auditor").get("/inbox").status_code == 200
    with writing() as own:
        owing = own.scalars(sa.select(Account.username).where(Account.has_given_password)).all()
    assert "fresh" in owing
    assert "auditor" not in owing
