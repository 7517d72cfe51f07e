"""What is asked and granted carelessly is refused, or told to the head who decides."""

import pytest
import time_machine

from registry import exchange
from registry.errors import Invalid
from registry.exchange import Given
from tests.exchange.offering import Both, keys, offered
from tests.exchange.test_pages import drafted, item_keys, resource_key, send
from tests.factories import Town, document, sign_in

MORNING = "2026-11-23 02:00+00:00"


@pytest.fixture
def both(town: Town):
    with time_machine.travel(MORNING, tick=False):
        yield Both(town)


def codes_of(both, request):
    with pytest.raises(Invalid) as refusal:
        both.take(both.consumer, request, "submit")
    return [(p.pointer, p.code) for p in refusal.value.problems]


@pytest.mark.parametrize(
    "contact",
    ["13812345678", "信息科 138 1234 5678", "+86-138-1234-5678", "信息科１３８１２３４５６７８"],
)
def test_a_private_mobile_as_contact_is_refused(both, town, contact):
    request = both.drafted(offered(town), contact=contact)
    assert codes_of(both, request) == [("/contact", "mobile")]


@pytest.mark.parametrize("contact", ["信息科 0473-2990001", "信息科 04732990001 转 138"])
def test_an_office_phone_is_a_contact(both, town, contact):
    request = both.drafted(offered(town), contact=contact)
    assert both.take(both.consumer, request, "submit").state == "consent_out"


def test_sensitive_items_are_asked_for_with_a_reason(both, town):
    made = document("婚姻登记信息")["items"]
    sensitive = [{**item, "level": "4"} for item in made]
    resource = offered(town, items=sensitive)
    request = both.drafted(resource, need="")
    kept = {k: v for k, v in request.document.items() if k != "need"}
    exchange.save(town.session, both.consumer, request, kept)
    assert codes_of(both, request) == [("/need", "need")]
    explained = {**request.document, "need": "核验资格须比对证件号码"}
    given = Given(document=explained)
    assert exchange.advance(town.session, both.consumer, request, "submit", given)
    assert exchange.weigh(exchange.offered(town.session, resource), keys(town, resource)[:2]) == (
        exchange.Weight(2, len(keys(town, resource)), 2)
    )


def test_nothing_is_granted_by_itself_and_a_returned_choice_stands(city):
    consumer, head = sign_in(city, "consumer"), sign_in(city, "consumer_head")
    registrar, sharing = sign_in(city, "registrar"), sign_in(city, "sharing")
    key = drafted(city, consumer)
    page = f"/requests/{key}"
    send(consumer, f"{page}/submit", row_version=1)
    send(head, f"{page}/consent-out", row_version=2)
    assert 'type="checkbox" name="granted"' in registrar.get(page).text
    assert " checked>" not in registrar.get(page).text
    one = item_keys(city, resource_key(city))[0]
    words = {"reason": "核验资格不需要", "basis": "本资源共享条件"}
    send(registrar, f"{page}/prepare", row_version=3, granted=one, **words)
    assert "拟同意 1/2 项" in sharing.get(page).text
    send(sharing, f"{page}/return-back", row_version=4, text="请再核对")
    shown = registrar.get(page).text
    assert shown.count(" checked>") == 1
    assert f'value="{one}" checked>' in shown


def test_the_head_reads_how_much_how_sensitive_and_for_how_long(city):
    consumer, head = sign_in(city, "consumer"), sign_in(city, "consumer_head")
    key = resource_key(city, "307002150300/000001")
    fields = {
        "items": item_keys(city, key),
        "basis": "工作需要",
        "scene": "核验",
        "scope": "全局",
        "method": "03",
        "until": "2099-12-31",
    }
    refused = send(consumer, f"/resources/{key}/request", do="submit", **fields)
    assert refused.status_code == 422
    assert "请逐项说明为什么必需" in refused.text
    made = send(consumer, f"/resources/{key}/request", do="submit", need="逐项核验", **fields)
    shown = head.get(made.location).text
    asked = len(fields["items"])
    assert f"申请 {asked}/{asked} 项，含" in shown
    assert "使用时限到 2099-12-31，超过 3 年" in shown
    assert "《个人信息保护法》第十九条" in shown
