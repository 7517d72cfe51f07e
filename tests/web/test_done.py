"""After a step the next page says what was done and what follows, once, and nothing else."""

import re
from datetime import UTC, datetime

import pytest
import sqlalchemy as sa
from werkzeug.datastructures import MultiDict

import schemas
from registry import db
from registry.models.journal import JournalRow
from tests.factories import document, sign_in, token_of


def said(page: str) -> str:
    """The line of what was done; empty where the page has none."""
    found = re.search(r'<div class="done".*?</div></div>', page, re.S)
    return re.sub(r"\s+", "", re.sub(r"<[^>]+>", "", found[0])) if found else ""


@pytest.fixture
def registrar(city):
    return sign_in(city, "registrar")


def handed_in(client, name):
    """Register a whole entry and hand it in; the answer of the hand-in."""
    token = token_of(client.get("/resources/new").text)
    opened = client.post("/resources/new", data={"csrf_token": token, "declared": "yes"})
    page = client.get(opened.location)
    seen = re.search(r'name="row_version" value="(\d+)"', page.text)[1]
    typed = schemas.to_form(document(name))
    form = {"csrf_token": token, "row_version": seen, "do": "hand-in"}
    return client.post(opened.location, data=MultiDict([*form.items(), *typed]))


@pytest.fixture
def pressed():
    """Post the form of a page with its token and its one-time key."""

    def press(client, page, address, **typed):
        key = re.search(r'name="form_key" value="([\w-]+)"', page)[1]
        data = {"csrf_token": token_of(page), "form_key": key, **typed}
        return client.post(address, data=data)

    return press


def test_what_was_done_who_is_next_and_until_when_is_said_once(registrar):
    answer = handed_in(registrar, "说一次的信息")
    assert answer.status_code == 303
    line = said(registrar.get(answer.location).text)
    assert "「说一次的信息」：已送审。" in line
    assert re.search(r"下一步：.*赵永强（保密审查人）在\d{4}-\d\d-\d\d前办理。", line)
    assert said(registrar.get(answer.location).text) == ""


def test_the_line_belongs_to_the_page_the_step_leads_to(registrar):
    answer = handed_in(registrar, "另一页的信息")
    assert said(registrar.get("/inbox").text) == ""
    assert said(registrar.get(answer.location + "?lang=en").text).startswith(
        "「另一页的信息」:handedin."
    )


@pytest.mark.parametrize("forged", ["0-999999", "<b>x</b>", "1-1.0000", "٣-٣", "-", "9" * 400])
def test_a_forged_line_says_nothing(registrar, forged):
    registrar.set_cookie("registry_done", forged, path="/inbox")
    page = registrar.get("/inbox")
    assert page.status_code == 200
    assert said(page.text) == ""


def test_nobody_is_told_of_the_act_of_somebody_else(city, registrar):
    answer = handed_in(registrar, "别人的信息")
    carried = registrar.get_cookie("registry_done", path=answer.location).value
    other = sign_in(city, "head")
    other.set_cookie("registry_done", carried, path=answer.location)
    assert said(other.get(answer.location).text) == ""


def test_an_act_of_long_ago_is_not_told_again(city, registrar):
    answer = handed_in(registrar, "很久以前的信息")
    with db.transaction(city.extensions["registry_database"], writes=True) as session:
        session.execute(sa.update(JournalRow).values(at=datetime(2020, 1, 1, tzinfo=UTC)))
    assert said(registrar.get(answer.location).text) == ""


def test_the_second_click_is_told_what_the_first_did(registrar, pressed):
    page = registrar.get("/resources/new").text
    first = pressed(registrar, page, "/resources/new", declared="yes", name="点了两次的信息")
    registrar.delete_cookie("registry_done", path=first.location)
    again = pressed(registrar, page, "/resources/new", declared="yes", name="点了两次的信息")
    assert again.location == first.location
    assert "草稿已保存" in registrar.get(again.location).text
    assert "草稿已保存。" not in registrar.get(again.location).text


def test_a_frozen_name_is_not_told(city, pressed):
    secrecy = sign_in(city, "secrecy")
    registrar = sign_in(city, "registrar")
    answer = handed_in(registrar, "冻结名称不可说")
    batch = registrar.get(answer.location).text
    key = re.search(r"/resources/(\w{16})/difference", batch)[1]
    page = secrecy.get("/security").text
    reason = re.search(r'name="reason" value="(\w+)"', page)[1]
    done = pressed(secrecy, page, "/security/freeze", key=key, reason=reason)
    told = secrecy.get(done.location).text
    assert f"{key}：已冻结。" in said(told)
    assert "冻结名称不可说" not in told


def test_the_same_text_saved_twice_is_no_conflict(registrar):
    token = token_of(registrar.get("/resources/new").text)
    opened = registrar.post("/resources/new", data={"csrf_token": token, "declared": "yes"})
    seen = re.search(r'name="row_version" value="(\d+)"', registrar.get(opened.location).text)[1]
    form = {"csrf_token": token, "row_version": seen, "do": "save"}
    typed = {"name": "存两次的信息", "items.0.name": "编号"}
    assert registrar.post(opened.location, data={**form, **typed}).status_code == 303
    assert registrar.post(opened.location, data={**form, **typed}).status_code == 303
    other = {**form, **typed, "name": "存两次的另一信息"}
    assert registrar.post(opened.location, data=other).status_code == 409
