"""Somebody makes a token for a program, takes it along, and revokes it; the administrator looks."""

import re
from collections.abc import Iterator

import pytest
from flask import Flask
from playwright.sync_api import expect

from tests.factories import PASSWORD
from tests.journeys.browser import checked, press, served, signed_in


@pytest.fixture(scope="module")
def origin(city: Flask) -> Iterator[str]:
    with served(city) as address:
        yield address


def test_a_token_is_made_copied_used_and_revoked(browser, origin):
    page = signed_in(browser, origin, "registrar")
    page.locator(".site-foot a", has_text="接口令牌").click()
    expect(page.get_by_text("还没有接口令牌")).to_be_visible()
    checked(page, "tokens-none")
    page.fill("#purpose", "每天把本单位条目同步到部门门户")
    page.fill("#current", "not-mine")
    press(page, "#make button")
    expect(page.get_by_role("alert")).to_contain_text("现在的口令不对")
    expect(page.locator("#purpose")).to_have_value("每天把本单位条目同步到部门门户")
    checked(page, "tokens-error", expected=("422",))
    page.fill("#current", PASSWORD)
    press(page, "#make button")
    expect(page.locator("#made")).to_be_focused()
    token = page.locator("#token").input_value()
    page.get_by_role("button", name="复制令牌").click()
    expect(page.locator("#token-told")).to_have_text("已复制。")
    # What was copied is what is pasted.
    page.locator("#purpose").press("Control+V")
    expect(page.locator("#purpose")).to_have_value(token)
    checked(page, "tokens-made")
    told = page.request.get("/api/v1/resources?limit=1", headers={"Authorization": token})
    assert told.ok
    page.goto("/tokens")
    checked(page, "tokens")
    admin = signed_in(browser, origin, "sysadmin")
    admin.goto("/admin/tokens")
    expect(admin.locator("tbody th a")).to_have_text(["萨仁"])
    checked(admin, "tokens-of")
    press(page, "form[action$='/revoke'] button")
    expect(page.locator(".done")).to_contain_text("令牌已撤销")
    expect(page.locator("tbody")).to_contain_text(re.compile("已撤销"))
    admin.goto("/admin/accounts/registrar")
    expect(admin.locator("main")).to_contain_text("每天把本单位条目同步到部门门户")
    checked(admin, "tokens-account")


def test_without_script_the_token_is_there_to_be_marked(browser, origin):
    page = signed_in(browser, origin, "consumer", script=False)
    page.goto("/tokens")
    page.fill("#purpose", "采集")
    page.fill("#current", PASSWORD)
    press(page, "#make button")
    expect(page.locator("#token")).to_be_visible()
    expect(page.get_by_text("复制令牌")).to_be_hidden()
