"""The form of an entry as a clerk uses it: two tabs, rows, choices, the line of what is saved."""

import re
from collections.abc import Iterator

import pytest
from flask import Flask
from playwright.sync_api import Page, expect

from tests.journeys.browser import checked, fill, press, served, signed_in
from tests.journeys.test_register import new_entry


@pytest.fixture(scope="module")
def origin(city: Flask) -> Iterator[str]:
    with served(city) as address:
        yield address


def saved(page: Page) -> None:
    press(page, ".bar button[value=save]")


def test_a_tab_opened_earlier_keeps_what_another_tab_saved(browser, origin):
    first = signed_in(browser, origin, "registrar")
    new_entry(first, "两个标签页的信息")
    second = first.context.new_page()
    second.goto(first.url)
    fill(
        second,
        {"keywords": "甲\n乙", "duty_basis": "职责第一条", "abstract": "第一页的摘要文字共十个"},
    )
    saved(second)
    fill(first, {"note": "第二页的备注", "abstract": "第二页的摘要文字共十个"})
    saved(first)
    expect(first.locator(".note").first).to_contain_text("在另一个页面里保存过（萨仁，")
    sides = first.locator("h2[data-side]")
    assert [one.get_attribute("data-side") for one in sides.all()] == ["both", "mine", "theirs"]
    kept = first.locator("[name=keep]:checked")
    assert {one.input_value() for one in kept.all()} == {"keywords", "duty_basis"}
    checked(first, "conflict-three-ways", expected=("409",))
    press(first, "main .btn-primary")
    for name, value in {
        "keywords": "甲\n乙",
        "duty_basis": "职责第一条",
        "note": "第二页的备注",
        "abstract": "第二页的摘要文字共十个",
    }.items():
        expect(first.locator(f'[name="{name}"]')).to_have_value(value)
    expect(first).to_have_url(re.compile("/edit"))
