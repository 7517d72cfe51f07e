"""The form of an entry as a clerk uses it: two tabs, rows, choices, the line of what is saved."""

import re
from collections.abc import Iterator

import pytest
from flask import Flask
from playwright.sync_api import Page, expect

from tests.factories import PASSWORD
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


def test_what_does_not_apply_is_put_away_and_nothing_typed_is(browser, origin):
    page = signed_in(browser, origin, "registrar")
    new_entry(page, "条件栏目的信息")
    scope, basis = page.locator('[name="share_scope"]'), page.locator("#f-withheld_basis")
    expect(scope).to_be_visible()
    page.select_option('[name="format_class"]', "2")
    expect(page.locator('[name="format_types"][value="mysql"]')).to_be_hidden()
    expect(page.locator('[name="format_types"][value="xls"]')).to_be_visible()
    page.check('[name="share_type"][value="1"]')
    expect(scope).to_be_hidden()
    expect(basis).to_be_hidden()
    page.check('[name="share_type"][value="2"]')
    scope.fill("指定部门")
    page.check('[name="share_type"][value="1"]')
    expect(scope).to_be_visible()
    page.check('[name="share_type"][value="2"]')
    press(page, "button[value=check]")
    expect(page.locator("#f-share_scope-error")).to_contain_text("没有写明是哪些部门")
    checked(page, "entry-conditions")


def test_without_script_the_server_puts_away_what_does_not_apply(browser, origin):
    page = signed_in(browser, origin, "registrar", script=False)
    new_entry(page, "没有脚本的信息")
    page.check('[name="share_type"][value="1"]')
    expect(page.locator('[name="share_scope"]')).to_be_visible()
    saved(page)
    expect(page.locator('[name="share_scope"]')).to_be_hidden()
    page.check('[name="share_type"][value="2"]')
    saved(page)
    expect(page.locator('[name="share_scope"]')).to_be_visible()


def test_personal_information_without_a_kind_is_told_where_it_is_typed(browser, origin):
    page = signed_in(browser, origin, "registrar")
    new_entry(page, "没有种类的信息")
    press(page, "#f-items button[value=items]")
    press(page, 'button[value="add-item"]')
    page.fill('[name="items.0.name"]', "身份证号")
    press(page, ".bar button[value=items]")
    expect(page.locator("tr.told")).to_contain_text("名称像「公民身份号码」，属于敏感个人信息")
    checked(page, "items-told")
    page.select_option('[name="items.0.pi_kind"]', "公民身份号码")
    press(page, ".bar button[value=items]")
    expect(page.locator("tr.told")).to_have_count(0)


def test_columns_are_pasted_looked_at_and_added_behind_what_was_typed(browser, origin):
    page = signed_in(browser, origin, "registrar")
    new_entry(page, "粘贴信息项的信息")
    fill(page, {"note": "还没有保存的备注"})
    press(page, 'button[value="add-item"]')
    page.fill('[name="items.0.name"]', "编号")
    press(page, '#f-items button[value="paste-item"]')
    expect(page).to_have_url(re.compile("/items/paste$"))
    checked(page, "paste")
    press(page, "main .btn-primary")
    expect(page.locator(".summary")).to_contain_text("没有可以带入的信息项")
    checked(page, "paste-none", expected=("422",))
    page.fill("#text", "注释\t类型\t备用\n编号\tint\t1\n身份证号\tvarchar(18)\t2")
    press(page, "main .btn-primary")
    expect(page.locator("main")).to_contain_text("不认识的列，没有带入：备用")
    expect(page.locator("main")).to_contain_text("已有同名的信息项，不再带入：编号")
    checked(page, "paste-preview")
    press(page, 'button[value="again"]')
    expect(page.locator("#text")).to_have_value(re.compile("varchar"))
    press(page, "main .btn-primary")
    press(page, "main .btn-primary")
    expect(page).to_have_url(re.compile("/items#f-items-1-name$"))
    expect(page.locator('[name="items.0.name"]')).to_have_value("编号")
    expect(page.locator('[name="items.1.length"]')).to_have_value("18")
    press(page, ".bar button[value=save]")
    expect(page.locator('[name="note"]')).to_have_value("还没有保存的备注")


def test_what_was_pasted_outlives_the_session(browser, origin):
    page = signed_in(browser, origin, "registrar")
    new_entry(page, "粘贴时登录失效的信息")
    press(page, '#f-items button[value="paste-item"]')
    page.fill("#text", "注释\t类型\n编号\tint")
    page.context.clear_cookies(name="registry_session")
    press(page, "main .btn-primary")
    expect(page.locator("[data-kept]")).to_be_visible()
    page.get_by_role("link", name="登录并回到刚才的页面").click()
    page.fill("#username", "registrar")
    page.fill("#password", PASSWORD)
    press(page, "button.btn-primary")
    expect(page.locator("#text")).to_have_value("注释\t类型\n编号\tint")
    expect(page.locator("[data-saved]")).to_contain_text("已恢复")


PASTE = """(cell, text) => {
  const data = new DataTransfer();
  data.setData("text/plain", text);
  cell.dispatchEvent(new ClipboardEvent("paste",
    { clipboardData: data, bubbles: true, cancelable: true }));
}"""


def test_rows_pasted_into_a_cell_go_to_the_page_that_reads_them(browser, origin):
    page = signed_in(browser, origin, "registrar")
    new_entry(page, "直接粘贴的信息")
    press(page, 'button[value="add-item"]')
    cell = page.locator('[name="items.0.name"]')
    cell.evaluate(PASTE, "编号\r\n")
    expect(page).to_have_url(re.compile("/edit"))
    cell.fill("编号")
    with page.expect_navigation():
        cell.evaluate(PASTE, "名称\t类型\n机构名称\t字符型\n")
    expect(page).to_have_url(re.compile("/items/paste$"))
    expect(page.locator("#text")).to_have_value("名称\t类型\n机构名称\t字符型\n")
    press(page, "main .btn-primary")
    press(page, "main .btn-primary")
    expect(page.locator('[name="items.0.name"]')).to_have_value("编号")
    expect(page.locator('[name="items.1.name"]')).to_have_value("机构名称")
