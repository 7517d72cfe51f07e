"""The acceptance officer, and those whose project he judges, in a real browser."""

import re
import zipfile
from collections.abc import Iterator
from datetime import timedelta

import pytest
from flask import Flask
from playwright.sync_api import Page, expect

from registry import calendar, papers
from tests.journeys.browser import checked, fill, opened, press, served, signed_in


@pytest.fixture(scope="module")
def origin(city: Flask) -> Iterator[str]:
    with served(city) as address:
        yield address


def examined(page: Page, name: str) -> None:
    page.goto("/projects")
    row = page.locator("tr", has=page.get_by_role("link", name=name))
    row.get_by_role("link", name="看核验结果").click()
    expect(page.locator("h1")).to_have_text(name)


def test_the_officer_signs_what_passes_and_is_told_why_not(browser, origin, tmp_path):
    officer = signed_in(browser, origin, "acceptance")
    officer.goto("/projects")
    checked(officer, "projects")
    examined(officer, "不动产登记一体化平台")
    expect(officer.locator("#G-MOUNT")).to_contain_text("抵押权人")
    expect(officer.get_by_text("还有 2 项未通过，不能签署")).to_be_visible()
    checked(officer, "examination-fails")
    examined(officer, "智慧民政综合服务平台")
    checked(officer, "examination-passes")
    press(officer, "#to-sign")
    expect(officer.locator(".note")).to_contain_text("您将以孟和的名义签署")
    checked(officer, "opinion-sign")
    press(officer, "button[name=result]")
    expect(officer).to_have_url(re.compile("/opinions/"))
    expect(officer.locator("body")).to_contain_text("核验意见已签发")
    checked(officer, "opinion")
    number = officer.url
    examined(officer, "智慧民政综合服务平台")
    expect(officer.locator("#signed")).to_contain_text("下一步：打印盖章后交项目单位")
    expect(officer.locator("#to-sign")).to_have_count(0)
    officer.goto("/projects")
    expect(officer.locator("main table")).to_contain_text("已签发：通过")
    officer.goto(number)
    with officer.expect_download() as waiting:
        officer.get_by_role("link", name="下载意见").click()
    path = tmp_path / "opinion.zip"
    waiting.value.save_as(path)
    assert papers.verify_opinion(path).status == "unconfirmed"
    anybody = opened(browser, origin)
    anybody.goto("/opinions/verify")
    anybody.set_input_files("#package", path)
    press(anybody, "main button.btn-primary")
    expect(anybody.locator(".note")).to_contain_text("有效")
    checked(anybody, "opinion-check")

    head = signed_in(browser, origin, "authority_head")
    head.goto(number)
    press(head, "button.btn-danger-line")
    expect(head.locator(".summary")).to_contain_text("请写明撤销的理由")
    checked(head, "opinion-revoke-refused", expected=("422",))
    head.fill("#reason", "材料不实，按《办法》第十八条撤销")
    press(head, "button.btn-danger-line")
    expect(head.locator("main")).to_contain_text("通过 · 已撤销")
    checked(head, "opinion-revoked")
    officer.goto("/inbox")
    expect(officer.locator("aside")).to_contain_text("核验意见已撤销")
    checked(officer, "inbox-officer")
    anybody.set_input_files("#package", path)
    press(anybody, "main button.btn-primary")
    expect(anybody.locator(".note")).to_contain_text("已撤销")
    expect(anybody.locator(".note li").first).to_contain_text("✗")
    checked(anybody, "opinion-check-revoked", expected=("422",))

    registrar = signed_in(browser, origin, "registrar")
    registrar.goto("/projects")
    registrar.get_by_role("link", name="智慧民政综合服务平台").click()
    registrar.locator("#entries").get_by_role("link", name="特困供养人员信息").click()
    press(registrar, "aside form button.btn-primary")
    fill(registrar, {"share_scope": "因履行法定职责需要使用的本市民政部门"})
    press(registrar, ".bar button[value=save]")
    officer.goto(number)
    expect(officer.locator("main")).to_contain_text("其后已变更")
    checked(officer, "opinion-changed-since")


def test_not_passed_is_confirmed_on_a_page_of_its_own_with_a_reason(browser, origin):
    officer = signed_in(browser, origin, "acceptance")
    examined(officer, "不动产登记一体化平台")
    press(officer, "#to-sign")
    expect(officer.locator(".note")).to_contain_text("结论：不通过")
    officer.evaluate("document.querySelector('#reason').required = false")
    press(officer, "button[name=result]")
    expect(officer.locator(".summary")).to_contain_text("请写明不通过的理由")
    checked(officer, "opinion-sign-refused", expected=("422",))
    officer.fill("#reason", "先补齐挂接的抵押权人，再申请核验")
    press(officer, "button[name=result]")
    expect(officer).to_have_url(re.compile("/opinions/"))
    expect(officer.locator("body")).to_contain_text("下一步：下载 PDF，打印、加盖公章")
    expect(officer.locator("main")).to_contain_text("先补齐挂接的抵押权人")


def test_the_manager_sees_what_is_missing_and_whose_turn_it_is(browser, origin):
    manager = signed_in(browser, origin, "project_manager")
    manager.goto("/projects")
    manager.get_by_role("link", name="智慧民政综合服务平台").click()
    checked(manager, "project-manager")
    press(manager, "#evidence button.btn-plain")
    expect(manager.locator(".summary")).to_contain_text("请填写编号")
    checked(manager, "project-evidence-refused", expected=("422",))
    manager.goto("/projects/new")
    press(manager, "main button.btn-primary")
    expect(manager.locator(".summary")).to_be_visible()
    checked(manager, "project-new-refused", expected=("422",))
    manager.fill("#name", "民政数据治理")
    manager.select_option("#kind", "new")
    planned = calendar.today() + timedelta(days=90)
    manager.fill("#planned_on", planned.isoformat())
    press(manager, "main button.btn-primary")
    expect(manager.locator("h1")).to_have_text("民政数据治理")
    press(manager, "#systems button")
    expect(manager.locator(".summary")).to_contain_text("请填写系统编码和名称")
    manager.fill("#system-code", "mz-zl")
    manager.fill("#system-name", "民政数据治理系统")
    press(manager, "#systems button")
    checked(manager, "project-empty", expected=("422",))
    manager.select_option("#ask-stage", "initial")
    press(manager, "#ask button")
    expect(manager.locator("#G-CAT")).to_contain_text("项目还没有登记数据资源")
    checked(manager, "examination-empty")


def test_the_three_lists_are_shown_issued_and_do_not_change(browser, origin):
    head = signed_in(browser, origin, "head")
    head.goto("/lists")
    checked(head, "lists")
    head.get_by_role("link", name="责任清单").click()
    checked(head, "list-responsibility")
    press(head, "a.btn-primary")
    expect(head.locator("main")).to_contain_text("签发后不能修改")
    checked(head, "list-issue")
    press(head, "button.btn-primary")
    expect(head.locator("h1")).to_contain_text("责任清单")
    expect(head.locator(".done")).to_contain_text("已签发")
    checked(head, "edition")
    head.goto("/lists/negative")
    checked(head, "list-negative")


def test_finance_reads_which_payments_to_hold_and_an_officer_takes_the_archive(
    browser, city, origin
):
    finance = signed_in(browser, origin, "finance")
    finance.goto("/inbox")
    expect(finance.locator("#follows")).to_contain_text("建议暂缓支付 1")
    finance.goto("/projects")
    press(finance, ".page-head a[href='/projects/findings']")
    expect(finance.locator("aside")).to_contain_text("建议暂缓支付 1")
    checked(finance, "findings")
    press(finance, "main table a")
    expect(finance.locator("#findings")).to_contain_text("逾期")
    checked(finance, "project-overdue")
    manager = signed_in(browser, origin, "project_manager")
    manager.goto("/projects/findings")
    checked(manager, "findings-empty")
    officer = signed_in(browser, origin, "acceptance")
    officer.goto("/projects")
    officer.locator("main table th a").first.click()
    expect(officer.locator("#entries")).to_be_visible()
    with officer.expect_download() as taken:
        officer.click("aside a[href$='archive.zip']")
    with zipfile.ZipFile(taken.value.path()) as parts:
        assert {"说明.txt", "核验.json", "项目.json", "清单.json"} <= set(parts.namelist())
