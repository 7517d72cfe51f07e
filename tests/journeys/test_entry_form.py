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


def test_a_new_row_is_led_to_and_is_no_fault_before_it_is_begun(browser, origin):
    page = signed_in(browser, origin, "registrar")
    new_entry(page, "新增一行的信息")
    press(page, "#f-items button[value=items]")
    press(page, 'button[value="add-item"]')
    expect(page).to_have_url(re.compile("/items#f-items-0-name$"))
    expect(page.locator('[name="items.0.name"]')).to_be_focused()
    expect(page.locator("tr.fault")).to_have_count(0)
    page.locator('[name="items.0.name"]').press_sequentially("编号")
    expect(page.locator("[data-saved]")).to_have_text("有未保存的改动")
    press(page, ".bar button[value=items]")
    expect(page.locator("tr.fault")).to_have_count(1)


def test_the_button_that_checks_stays_while_its_faults_are_shown(browser, origin):
    page = signed_in(browser, origin, "registrar")
    new_entry(page, "逐条检查的信息")
    press(page, "button[value=check]")
    expect(page.locator(".summary")).to_be_visible()
    press(page, "button[value=check]")
    expect(page).to_have_url(re.compile("check=1"))


def test_a_name_that_is_too_long_is_refused_where_it_is_typed(browser, origin):
    page = signed_in(browser, origin, "registrar")
    page.goto("/resources/new")
    page.fill("#name", "名" * 294)
    page.check("[name=declared]")
    press(page, "main button.btn-primary")
    expect(page.locator(".summary li")).to_contain_text("至多 200 个字，现有 294 个")
    checked(page, "new-too-long", expected=("422",))
