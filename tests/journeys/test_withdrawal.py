"""An entry leaves the catalogue and comes back; one leaves for good; a unit is transferred."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from flask import Flask
from playwright.sync_api import expect

from registry import calendar
from tests.journeys.browser import checked, drained, opened, press, served, signed_in
from tests.web.test_withdrawal import CIVIL, live_keys


@pytest.fixture(scope="module")
def origin(city: Flask) -> Iterator[str]:
    with served(city) as address:
        yield address


def test_an_entry_is_suspended_and_its_address_says_why(browser, city, origin):
    key = live_keys(city, unit=CIVIL, open="1")[0]
    head = signed_in(browser, origin, "head")
    head.goto(f"/resources/{key}")
    head.click("text=下架")
    press(head, "main form button")
    expect(head.locator(".summary")).to_contain_text("理由")
    checked(head, "suspend-refused", expected=("422",))
    until = (calendar.today() + timedelta(days=20)).isoformat()
    head.fill("[name=reason]", "接口数据有误，正在核查，核查后恢复。")
    head.fill("[name=until]", until)
    press(head, "main form button")
    checked(head, "resource-suspended-inside")
    drained(city)
    public = opened(browser, origin)
    public.goto(f"/resources/{key}")
    expect(public.locator("main")).to_contain_text("接口数据有误")
    checked(public, "tombstone-suspended", expected=("410",))
    public.goto(f"/resources/{key}?lang=en")
    checked(public, "tombstone-suspended-en", expected=("410",))
    reviewer = signed_in(browser, origin, "reviewer")
    reviewer.goto(f"/resources/{key}/resume")
    checked(reviewer, "resume")
    press(reviewer, "main form button")
    expect(reviewer.locator("main")).not_to_contain_text("已下架")


def test_an_entry_is_retired_by_two_signatures_without_script(browser, city, origin):
    key = live_keys(city, unit=CIVIL, open="1")[1]
    head = signed_in(browser, origin, "head", script=False)
    head.goto(f"/resources/{key}/propose-retirement")
    head.fill("[name=reason]", "职能已划出，由后继条目接替。")
    press(head, "main form button")
    expect(head.locator("main")).to_contain_text("提出注销")
    reviewer = signed_in(browser, origin, "reviewer")
    expect(reviewer.locator("main")).to_contain_text("待确认注销")
    checked(reviewer, "inbox-retirement")
    reviewer.goto(f"/resources/{key}")
    checked(reviewer, "resource-retirement-proposed")
    reviewer.goto(f"/resources/{key}/retire")
    checked(reviewer, "retire")
    press(reviewer, "main form button")
    public = opened(browser, origin)
    public.goto(f"/resources/{key}")
    checked(public, "tombstone-retired", expected=("410",))


def test_a_proposed_retirement_is_declined_and_the_head_reads_why(browser, city, origin):
    key = live_keys(city, unit=CIVIL)[4]
    head = signed_in(browser, origin, "head")
    head.goto(f"/resources/{key}/propose-retirement")
    head.fill("[name=reason]", "职能已划出，由他局承担。")
    press(head, "main form button")
    reviewer = signed_in(browser, origin, "reviewer")
    reviewer.goto(f"/resources/{key}/keep")
    press(reviewer, "main form button")
    checked(reviewer, "keep-errors", expected=("422",))
    reviewer.fill("[name=reason]", "三个部门的授权仍在期内，请先会谈。")
    press(reviewer, "main form button")
    head.goto("/inbox")
    expect(head.locator("main")).to_contain_text("不予注销")
    head.goto(f"/resources/{key}")
    expect(head.locator("main")).to_contain_text("三个部门的授权仍在期内")
    checked(head, "resource-kept")
    head.goto(f"/resources/{key}/propose-retirement")
    checked(head, "propose-again")


def test_formal_changes_the_yearly_confirmation_and_a_transfer(browser, city, origin):
    head = signed_in(browser, origin, "head")
    head.goto("/lists/changes")
    checked(head, "changes-empty")
    for box in head.locator("#yearly [name=entry]").all():
        box.check()
    press(head, "#yearly form button")
    expect(head.locator("main")).to_contain_text("本年无变化")
    expect(head.locator("#yearly")).to_contain_text("本年已确认")
    checked(head, "changes-confirmed")
    registrar = signed_in(browser, origin, "registrar")
    key = live_keys(city, unit=CIVIL)[3]
    registrar.goto(f"/resources/{key}")
    press(registrar, "main aside form button")
    registrar.fill("#entry [name=abstract]", "市民政局形成的信息，摘要文字作了规范，内容没有变化。")
    press(registrar, ".bar button[value=save]")
    checked(registrar, "edit-formal")
    press(registrar, ".bar button[value=formal]")
    registrar.goto("/lists/changes")
    expect(registrar.locator("main")).to_contain_text("形式修改 1 件")
    checked(registrar, "changes")
    boss = signed_in(browser, origin, "authority_head")
    boss.goto("/admin/transfers")
    checked(boss, "transfers-empty")
    press(boss, "main form button")
    checked(boss, "transfers-errors", expected=("422",))
    boss.select_option("#f-from", CIVIL)
    boss.select_option("#f-to", index=3)
    boss.fill("[name=basis]", "乌海编发〔2026〕12号")
    boss.fill("[name=on]", calendar.today().isoformat())
    press(boss, "main form button")
    expect(boss.locator("table")).to_contain_text("乌海编发")
    checked(boss, "transfers")
    registrar.goto("/inbox")
    press(registrar, "main a[href^='/admin/transfers/']")
    checked(registrar, "transfer")
    boss.goto("/admin/transfers?lang=en")
    checked(boss, "transfers-en")
