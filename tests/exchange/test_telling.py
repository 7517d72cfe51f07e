"""What the pages of requests say of the next step, of partial grants, and of missing buttons."""

import re

import pytest

from registry import calendar, exchange
from registry.errors import Conflict
from registry.models.exchange import Request
from tests.exchange.offering import Both, offered
from tests.exchange.test_pages import drafted, item_keys, resource_key, send
from tests.factories import Town, sign_in
from tests.web.test_done import said


def answered(city, *granted, step="grant"):
    """A request that came to its answer, and the address of its page."""
    key = drafted(city, sign_in(city, "consumer"))
    page = f"/requests/{key}"
    send(sign_in(city, "consumer"), f"{page}/submit", row_version=1)
    send(sign_in(city, "consumer_head"), f"{page}/consent-out", row_version=2)
    words = {"reason": "核验资格不需要", "basis": "本资源共享条件"}
    send(
        sign_in(city, "registrar"), f"{page}/prepare", row_version=3, granted=list(granted), **words
    )
    return page, send(sign_in(city, "sharing"), f"{page}/{step}", row_version=4)


def step_of(state, **columns):
    return exchange.next_steps(Request(state=state, **columns))


def test_the_next_step_is_the_one_that_moves_the_request_on():
    assert step_of("granted") == ("deliver",)
    assert step_of("data_correction") == ("correct_data",)
    assert step_of("consent_back", answer={"granted": ["x"]}) == ("grant",)
    assert step_of("consent_back", answer={"reason": "x"}) == ("refuse",)
    assert step_of("dispute") == ("reopen", "uphold")
    assert step_of("in_use") == ()


def test_a_submitted_form_says_that_it_went_to_the_head(city):
    year = calendar.today().year + 1
    client, key = sign_in(city, "consumer"), resource_key(city, "307002150300/000011")
    page = client.get(f"/resources/{key}/request").text
    fields = {
        "form_key": re.search(r'name="form_key" value="([\w-]+)"', page)[1],
        "items": item_keys(city, key)[:1],
        "basis": "《残疾人保障法》第四十六条",
        "scene": "核验",
        "scope": "审核岗位",
        "method": "03",
        "until": f"{year}/1/5",
        "need": "逐项核验",
        "do": "submit",
    }
    made = send(client, f"/resources/{key}/request", **fields)
    shown = client.get(made.location).text
    assert "已提交本单位负责人" in said(shown)
    assert f"{year}-01-05" in shown


def test_a_partial_grant_reads_as_one_on_the_page_and_in_the_notice(city):
    one, _ = item_keys(city, resource_key(city))[:2]
    page, done = answered(city, one)
    assert done.status_code == 303
    consumer = sign_in(city, "consumer")
    assert "部分同意（1/2 项）" in consumer.get(page).text
    assert "部分同意" in consumer.get("/inbox").text


def test_the_provider_reads_that_no_proof_covers_the_way_asked_for(city):
    one, two = item_keys(city, resource_key(city))[:2]
    page, _ = answered(city, one, two)
    words = "该方式还没有脱敏证明"
    assert words in sign_in(city, "registrar").get(page).text
    assert words in sign_in(city, "sharing").get(page).text
    assert words not in sign_in(city, "consumer").get(page).text


def test_a_request_tells_in_whose_hands_it_is(city):
    key = drafted(city, sign_in(city, "consumer"))
    send(sign_in(city, "consumer"), f"/requests/{key}/submit", row_version=1)
    assert "高娃" in sign_in(city, "consumer").get(f"/requests/{key}").text


def test_the_form_does_not_open_for_the_data_of_the_own_unit(town: Town):
    both = Both(town)
    with pytest.raises(Conflict, match="own_data"):
        exchange.requestable(town.session, both.registrar, offered(town).key)


def test_the_entry_of_the_own_unit_says_why_there_is_no_button(city):
    shown = sign_in(city, "registrar").get(f"/resources/{resource_key(city)}").text
    assert "本单位的数据，不用申请" in shown
    assert "申请使用" not in shown
