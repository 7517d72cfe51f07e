"""From a button on an entry to the data: requests over both heads, and a demand, in a browser."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask
from playwright.sync_api import Page, expect

from registry import calendar, db
from registry.models.catalogue import Resource
from tests.journeys.browser import checked, drained, press, served, signed_in


@pytest.fixture(scope="module")
def origin(city: Flask) -> Iterator[str]:
    with served(city) as address:
        yield address


def address(city: Flask, code: str) -> str:
    with db.transaction(city.extensions["registry_database"], writes=False) as session:
        key = session.scalar(sa.select(Resource.key).where(Resource.code == code))
    return f"/resources/{key}"


def fill_in(page: Page, *items: str, **typed: str) -> None:
    for item in items:
        page.get_by_label(item, exact=True).check()
    words = {
        "basis": "《残疾人两项补贴办法》第五条",
        "scene": "残疾人两项补贴资格核验",
        "scope": "补贴审核岗位，用于申请人本人",
        "until": (calendar.today() + timedelta(days=365)).isoformat(),
        **typed,
    }
    for name, text in words.items():
        page.fill(f"#f-{name}", text)
    page.select_option("#f-method", "03")


def asked(browser, city, origin, code: str, *items: str) -> str:
    """A request that both the clerk and the head of the requesting unit have sent on its way."""
    consumer = signed_in(browser, origin, "consumer")
    consumer.goto(address(city, code))
    consumer.get_by_role("link", name="申请使用").click()
    fill_in(consumer, *items)
    press(consumer, ".bar button[value=submit]")
    found = consumer.url
    head = signed_in(browser, origin, "consumer_head")
    head.goto(found)
    with head.expect_navigation():
        head.get_by_role("button", name="同意申请发出").click()
    return found


def test_two_items_are_asked_for_and_granted_over_both_heads(browser, city, origin):
    consumer = signed_in(browser, origin, "consumer")
    consumer.goto(address(city, "307002150300/000004"))
    checked(consumer, "resource-requestable")
    consumer.get_by_role("link", name="申请使用").click()
    checked(consumer, "request-new")
    press(consumer, ".bar button[value=submit]")
    expect(consumer.locator(".summary")).to_contain_text("使用依据")
    checked(consumer, "request-errors", expected=("422",))
    fill_in(consumer, "男方姓名", "登记日期", basis="")
    press(consumer, ".bar button[value=submit]")
    expect(consumer.get_by_label("登记日期", exact=True)).to_be_checked()
    consumer.fill("#f-basis", "《残疾人两项补贴办法》第五条")
    press(consumer, ".bar button[value=save]")
    expect(consumer.locator("main")).to_contain_text("草稿")
    checked(consumer, "request-draft", expected=("422",))
    with consumer.expect_navigation():
        consumer.get_by_role("button", name="提交本单位负责人").click()
    found = consumer.url

    head = signed_in(browser, origin, "consumer_head")
    expect(head.locator("main")).to_contain_text("婚姻登记信息")
    checked(head, "inbox-consumer-head")
    head.goto(found)
    with head.expect_navigation():
        head.get_by_role("button", name="同意申请发出").click()
    checked(head, "request-received")

    registrar = signed_in(browser, origin, "registrar")
    checked(registrar, "inbox-requests")
    registrar.goto(found)
    checked(registrar, "request-answer")
    registrar.get_by_label("登记日期", exact=True).check()
    press(registrar, "#answer .btn-primary")
    expect(registrar.locator(".summary")).to_contain_text("不同意的理由")
    checked(registrar, "request-answer-errors", expected=("422",))
    registrar.fill("#f-reason", "核验资格不需要姓名")
    registrar.fill("#f-basis", "本资源共享条件")
    press(registrar, "#answer .btn-primary")

    sharing = signed_in(browser, origin, "sharing")
    sharing.goto(found)
    expect(sharing.locator("main")).to_contain_text("拟不同意")
    checked(sharing, "request-consent-back")
    with sharing.expect_navigation():
        sharing.get_by_role("button", name="同意答复").click()

    consumer.goto("/inbox")
    expect(consumer.locator("aside")).to_contain_text("部分同意")
    checked(consumer, "inbox-notices")
    consumer.goto(found)
    expect(consumer.locator("main")).to_contain_text("同意共享")
    checked(consumer, "request-granted")

    registrar.goto(found)
    registrar.get_by_label("供数方式、接口或者文件编号").fill("服务接口 JK-2026-01")
    with registrar.expect_navigation():
        registrar.get_by_role("button", name="登记已供数").click()
    consumer.goto(address(city, "307002150300/000004"))
    expect(consumer.locator("aside")).to_contain_text("市残疾人联合会")


def test_a_draft_is_changed_again_and_again_and_over_another_window(browser, city, origin):
    page = signed_in(browser, origin, "consumer")
    page.goto(address(city, "307002150300/000007"))
    page.get_by_role("link", name="申请使用").click()
    page.fill("#f-scene", "第一次填写的场景")
    press(page, ".bar button[value=save]")
    other = page.context.new_page()
    other.goto(f"{page.url}/edit")
    for scene in ("第二次填写的场景", "第三次填写的场景"):
        page.get_by_role("link", name="修改申请").click()
        page.fill("#f-scene", scene)
        press(page, ".bar button[value=save]")
        expect(page.locator(".done")).to_contain_text("草稿已保存")
        expect(page.locator("main")).to_contain_text(scene)
    other.fill("#f-scene", "另一窗口的场景")
    press(other, ".bar button[value=save]")
    expect(other.locator("main")).to_contain_text("您填写的内容没有丢失")
    expect(other.locator(".saved")).to_have_count(0)
    press(other, ".bar button[value=save]")
    expect(other.locator("main")).to_contain_text("另一窗口的场景")
    expect(other.locator(".done")).to_contain_text("草稿已保存")


def test_one_notice_names_what_is_missing_and_the_request_is_completed(browser, city, origin):
    found = asked(browser, city, origin, "307002150300/000001", "姓名")
    registrar = signed_in(browser, origin, "registrar")
    registrar.goto(found)
    registrar.get_by_text("发出补正一次性告知").first.click()
    press(registrar, "details[open] button")
    expect(registrar.locator(".error")).to_contain_text("请一次写明需要补正的全部内容")
    checked(registrar, "request-correction-empty", expected=("422",))
    registrar.fill("#text-ask_correction", "请补充使用依据的文号")
    press(registrar, "details[open] button")
    consumer = signed_in(browser, origin, "consumer")
    consumer.goto(found)
    expect(consumer.locator("main")).to_contain_text("计时暂停")
    checked(consumer, "request-correction")
    consumer.fill("#f-basis", "《残疾人两项补贴办法》（演示〔2026〕1 号）第五条")
    press(consumer, "#completion .btn-primary")
    expect(consumer.locator("main")).to_contain_text("已受理")
    registrar.goto(found)
    expect(
        registrar.get_by_text("发出补正一次性告知", exact=True).locator("visible=true")
    ).to_have_count(1)


def test_a_standing_consent_grants_at_once(browser, city, origin):
    sharing = signed_in(browser, origin, "sharing")
    sharing.goto(address(city, "307002150300/000006"))
    with sharing.expect_navigation():
        sharing.get_by_role("button", name="签署长期同意").click()
    checked(sharing, "resource-standing")
    item = sharing.locator("main tbody th").first.inner_text()
    found = asked(browser, city, origin, "307002150300/000006", item)
    consumer = signed_in(browser, origin, "consumer")
    consumer.goto(found)
    expect(consumer.locator("main")).to_contain_text("长期同意即时授权")
    sharing.goto("/inbox")
    expect(sharing.locator("aside")).to_contain_text("按长期同意即时授权")


def test_a_demand_is_stated_from_an_empty_search_and_sent_up(browser, city, origin):
    drained(city)
    consumer = signed_in(browser, origin, "consumer")
    consumer.goto("/search?q=量子纠缠频谱")
    consumer.get_by_role("link", name="提出数据需求").click()
    expect(consumer.locator("#f-wanted")).to_have_value("量子纠缠频谱")
    consumer.fill("#f-wanted", "跨省殡葬服务核验接口")
    checked(consumer, "demand-new")
    press(consumer, ".bar .btn-primary")
    checked(consumer, "demand-errors", expected=("422",))
    consumer.fill("#f-items", "火化日期\n姓名")
    consumer.fill("#f-scene", "补贴停发核对")
    press(consumer, ".bar .btn-plain")
    expect(consumer.locator("main")).to_contain_text("目录中相符的资源")
    checked(consumer, "demand-look")
    press(consumer, ".bar .btn-primary")
    expect(consumer.locator("main")).to_contain_text("供需对接中")
    found = consumer.url
    consumer.goto("/demands")
    expect(consumer.locator("main")).to_contain_text("跨省殡葬服务核验接口")
    consumer.goto("/lists/supply-demand")
    expect(consumer.locator("main")).to_contain_text("跨省殡葬服务核验接口")
    reviewer = signed_in(browser, origin, "reviewer")
    checked(reviewer, "inbox-demands")
    reviewer.goto(found)
    checked(reviewer, "demand-matching")
    reviewer.get_by_text("向上申请").first.click()
    reviewer.fill("#text-send_up", "国家政务数据平台（演示）UP-DEMO-2026-0100")
    with reviewer.expect_navigation():
        reviewer.get_by_role("button", name="向上申请").click()
    expect(reviewer.locator("main")).to_contain_text("UP-DEMO-2026-0100")
    checked(reviewer, "demand-upward")


def test_a_request_is_made_without_script(browser, city, origin):
    page = signed_in(browser, origin, "consumer", script=False)
    page.goto(address(city, "307002150300/000011"))
    page.get_by_role("link", name="申请使用").click()
    fill_in(page, "标准地名")
    press(page, ".bar button[value=submit]")
    expect(page.locator("main")).to_contain_text("待需求方负责人同意")


def test_the_lists_of_requests_and_demands(browser, city, origin):
    for username in ("authority_head", "registrar", "head"):
        page = signed_in(browser, origin, username)
        page.goto("/requests")
        checked(page, f"requests-{username}")
        page.goto("/requests?show=all")
        checked(page, f"requests-all-{username}")
    page.goto("/demands")
    checked(page, "demands")
