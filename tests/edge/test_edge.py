"""The edge refuses before it reads, and what it refuses leaves nothing behind."""

import threading

import pytest
import sqlalchemy as sa

from registry import accounts, db
from registry.errors import TooMany
from registry.models.accounts import BrowserSession
from registry.models.catalogue import Resource, Version
from registry.models.journal import JournalRow
from tests.factories import PASSWORD, sign_in, token_of

ODD = (
    "\x00",
    "%00",
    "\ud800".encode("utf-8", "surrogatepass"),
    "{{7*7}}",
    "<script>alert(1)</script>",
    "' OR 1=1 --",
    "../../etc/passwd",
    "1e999",
    "NaN",
    "٣",
    "\u202e",
    "𠮷" * 300,
    "a" * 100_000,
)


def counts(app):
    with db.transaction(app.extensions["registry_database"], writes=False) as session:
        return tuple(
            session.scalar(sa.select(sa.func.count()).select_from(table))
            for table in (Resource, Version)
        )


def rows(app, act):
    with db.transaction(app.extensions["registry_database"], writes=False) as session:
        return session.scalar(
            sa.select(sa.func.count(JournalRow.seq)).where(
                JournalRow.act == act, JournalRow.outcome == "refused"
            )
        )


def test_an_address_that_is_none_is_told_to_the_person_who_asked_for_it(city):
    answer = sign_in(city, "consumer").get("/no-such-page")
    assert answer.status_code == 404
    assert "李建国" in answer.text
    stranger = city.test_client()
    stranger.set_cookie("registry_session", "x" * 40)
    assert "李建国" not in stranger.get("/no-such-page").text
    assert 'href="/sign-in"' in stranger.get("/no-such-page").text


def test_a_form_without_its_own_token_is_refused(city):
    client = sign_in(city, "registrar")
    other = token_of(sign_in(city, "head").get("/resources/new", follow_redirects=True).text)
    for token in ("", "0" * 64, other):
        answer = client.post("/resources/new", data={"csrf_token": token, "declared": "yes"})
        assert answer.status_code == 403


def test_a_forged_sign_in_is_refused(city):
    answer = city.test_client().post(
        "/sign-in", data={"username": "registrar", "password": PASSWORD}
    )
    assert answer.status_code == 403


def test_who_may_not_is_refused_whatever_he_sends_and_the_journal_remembers(city):
    client = sign_in(city, "consumer")
    token = token_of(client.get("/inbox").text)
    before, noted = counts(city), rows(city, "register")
    answer = client.post("/resources/new", data={"csrf_token": token, "unit": "\x00", "do": "?"})
    assert answer.status_code == 403
    assert counts(city) == before
    assert rows(city, "register") == noted + 1


def test_a_session_is_new_at_sign_in_and_gone_at_sign_out(city):
    client = sign_in(city, "auditor")
    old = client.get_cookie("registry_session").value
    token = token_of(client.get("/inbox").text)
    assert client.post("/sign-out", data={"csrf_token": token}).status_code == 303
    client.set_cookie("registry_session", old)
    assert client.get("/inbox").status_code == 303
    with db.transaction(city.extensions["registry_database"], writes=False) as session:
        stored = session.scalars(sa.select(BrowserSession.token)).all()
    assert old not in stored


def test_names_and_passwords_fail_alike_and_only_one_address_is_locked_out(city):
    client = city.test_client()

    def attempt(name, address):
        token = token_of(client.get("/sign-in").text)
        data = {"csrf_token": token, "username": name, "password": "wrong"}
        return client.post("/sign-in", data=data, environ_base={"REMOTE_ADDR": address})

    unknown, known = attempt("nobody", "127.0.0.9"), attempt("security", "127.0.0.9")
    assert unknown.status_code == known.status_code == 403
    for _ in range(4):
        attempt("security", "127.0.0.9")
    assert attempt("security", "127.0.0.9").status_code == 429
    assert attempt("security", "127.0.0.10").status_code == 403


def test_guesses_at_the_same_moment_are_all_counted(city):
    database = city.extensions["registry_database"]
    outcomes = []

    def guess():
        with db.transaction(database, writes=True) as own:
            try:
                accounts.begin_try(own, "head", "127.0.0.11")
            except TooMany:
                outcomes.append("locked")
            else:
                outcomes.append("judged")

    threads = [threading.Thread(target=guess) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["judged"] * 5 + ["locked"] * 3


def test_a_failed_sign_in_stands_in_the_journal_but_no_unknown_name_does(city):
    client = city.test_client()
    for name in ("finance", "hunter2-typed-here"):
        token = token_of(client.get("/sign-in").text)
        data = {"csrf_token": token, "username": name, "password": "wrong"}
        client.post("/sign-in", data=data, environ_base={"REMOTE_ADDR": "127.0.0.12"})
    with db.transaction(city.extensions["registry_database"], writes=False) as session:
        rows = session.scalars(
            sa.select(JournalRow)
            .where(JournalRow.act == "sign_in", JournalRow.outcome == "refused")
            .order_by(JournalRow.seq.desc())
            .limit(2)
        ).all()
        assert [row.key for row in rows] == ["", "finance"]
        assert "hunter2" not in "".join(session.scalars(sa.select(JournalRow.facts)))


@pytest.mark.parametrize(
    "address",
    [
        "//evil.example",
        "https://evil.example",
        "/\\evil.example",
        "//[",
        "/\t/evil.example",
        "/x\r\nSet-Cookie: a=b",
        "/x\x85",
    ],
)
def test_signing_in_leads_nowhere_else(city, address):
    client = city.test_client()
    token = token_of(client.get("/sign-in").text)
    data = {"csrf_token": token, "username": "head", "password": PASSWORD, "next": address}
    assert client.post("/sign-in", data=data).headers["Location"] == "/inbox"


@pytest.mark.parametrize("path", ["//evil.example/x", "/\\evil.example", "[", "/\x85"])
def test_the_way_back_from_a_refusal_leads_nowhere_else(city, path):
    for host in ("http://localhost", "http://["):
        for client, status in ((city.test_client(), 401), (sign_in(city, "head"), 403)):
            answer = client.post("/sign-out", headers={"Referer": f"{host}{path}"})
            assert answer.status_code == status
            assert "evil.example" not in answer.text


def test_every_answer_carries_the_policy(city):
    for address in ("/", "/nowhere", "/sign-in"):
        headers = city.test_client().get(address).headers
        assert "script-src 'self'" in headers["Content-Security-Policy"]
        assert headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize("odd", ODD, ids=lambda odd: repr(odd[:12]))
def test_no_input_ends_in_a_fault_or_is_half_saved(city, odd):
    client = sign_in(city, "registrar")
    before = counts(city)
    for address in ("/search", "/", "/sign-in"):
        answer = client.get(
            address, query_string={"q": odd, "page": odd, "level": odd, "lang": odd}
        )
        assert answer.status_code < 500
    token = token_of(client.get("/resources/new").text)
    for name in ("unit", "do", "items.0.0.0.name", "items.99999999999.name", "name"):
        data = {"csrf_token": token, name: odd}
        for path in ("/resources/new", "/resources/abc/edit", "/submissions/new"):
            assert client.post(path, data=data).status_code in {400, 403, 404, 409, 413, 422}
    assert counts(city) == before


@pytest.mark.parametrize("odd", ODD[:8], ids=lambda odd: repr(odd[:12]))
def test_no_name_or_key_ends_in_a_fault(city, odd):
    client = city.test_client()
    token = token_of(client.get("/sign-in").text)
    data = {"csrf_token": token, "username": odd, "password": odd, "next": odd}
    assert client.post("/sign-in", data=data).status_code in {400, 403, 429}
    client.set_cookie("registry_session", "x\x00y")
    assert client.get("/inbox", headers={"Authorization": "a%00b"}).status_code == 303
    signed = sign_in(city, "head")
    for path in ("/resources/%00", "/submissions/%00x", "/resources/%ff/edit"):
        assert signed.get(path).status_code in {400, 403, 404}
    token = token_of(signed.get("/inbox").text)
    data = {"csrf_token": token, "form_key": odd, "entry": odd, "digest": odd, "reason": odd}
    for path in ("/resources/%00/clear", "/submissions/abc/approve"):
        assert signed.post(path, data=data).status_code in {400, 403, 404, 409, 422}


def test_a_body_that_is_no_form_does_not_empty_a_draft(city):
    client = sign_in(city, "registrar")
    token = token_of(client.get("/resources/new").text)
    data = {"csrf_token": token, "declared": "yes", "name": "不会清空的信息"}
    address = client.post("/resources/new", data=data).headers["Location"]
    answer = client.post(address, json={}, headers={"X-CSRF-Token": token})
    assert answer.status_code == 400
    assert "不会清空的信息" in client.get(address).text


def test_a_refused_step_stands_in_the_journal(city):
    client = sign_in(city, "registrar")
    token = token_of(client.get("/resources/new").text)
    data = {"csrf_token": token, "declared": "yes", "name": "越权信息"}
    key = client.post("/resources/new", data=data).headers["Location"].split("/")[2]
    noted = rows(city, "publish")
    assert client.post(f"/resources/{key}/publish", data={"csrf_token": token}).status_code == 403
    assert rows(city, "publish") == noted + 1


def test_asking_what_is_allowed_takes_no_lock_and_changes_nothing(city):
    answer = city.test_client().options("/resources/new")
    assert (answer.status_code, answer.get_data()) == (204, b"")
    assert "POST" in answer.headers["Allow"]


def test_a_key_of_a_form_that_somebody_else_used_is_no_obstacle(city):
    for username in ("registrar", "sysadmin"):
        client = sign_in(city, username)
        token = token_of(client.get("/inbox").text)
        data = {"csrf_token": token, "form_key": "the-same", "name": "甲", "declared": "yes"}
        answer = client.post("/resources/new", data=data)
        assert answer.status_code in {303, 403}
    client = sign_in(city, "project_manager")
    token = token_of(client.get("/inbox").text)
    data = {"csrf_token": token, "form_key": "the-same", "name": "乙平台", "kind": "new"}
    assert client.post("/projects/new", data=data).status_code == 303
