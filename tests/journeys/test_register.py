"""From a blank form to publication, in a real browser, by everybody who has a part in it."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Page, Route, expect

from tests.factories import PASSWORD
from tests.journeys.browser import checked, drained, fill, opened, press, served, signed_in

HOME = Path(__file__).parents[2] / "docs" / "pictures" / "home.png"


@pytest.fixture(scope="module")
def origin(city: Flask) -> Iterator[str]:
    with served(city) as address:
        yield address


BASIC = {
    "abstract": "市民政局在办理婚姻登记预约中形成的预约信息,可用于现场叫号和人流安排。",
    "data_class": "6",
    "update_cycle": "2",
    "class_path": "3/07/002",
    "format_class": "2",
    "format_types": "xlsx",
    "share_type": "1",
    "share_method_class": "01",
    "share_method": "02",
    "open_type": "3",
}
ITEM = {"data_type": "C", "length": "50", "level": "1", "share_type": "1", "open_type": "3"}


SAVED_BY_ITSELF = re.compile(r"已于 \d\d:\d\d 自动保存")


def new_entry(page: Page, name: str) -> None:
    page.goto("/resources/new")
    page.fill("#name", name)
    page.check("[name=declared]")
    press(page, "main button.btn-primary")
    expect(page).to_have_url(re.compile("/edit"))


def complete(page: Page, first: str) -> None:
    fill(page, BASIC)
    press(page, 'button[value="add-item"]')
    fill(page, {"items.0.name": first, **{f"items.0.{k}": v for k, v in ITEM.items()}})


def test_an_entry_is_registered_cleared_approved_and_published(browser, city, origin):
    registrar = signed_in(browser, origin, "registrar")
    checked(registrar, "inbox-registrar")
    registrar.goto("/resources/new")
    registrar.click("button.btn-primary")
    expect(registrar.locator(".summary")).to_contain_text("保密审查")
    checked(registrar, "new-refused", expected=("422",))
    new_entry(registrar, "婚姻登记预约信息")
    checked(registrar, "edit-empty")
    press(registrar, ".bar button[value=hand-in]")
    expect(registrar.locator(".summary li").first).to_be_visible()
    checked(registrar, "edit-errors", expected=("422",))
    registrar.locator(".summary a").first.click()
    expect(registrar).to_have_url(re.compile("#f-"))
    complete(registrar, "预约编号")
    for n, name in ((1, "预约日期"), (2, "登记机关")):
        press(registrar, 'button[value="add-item"]')
        fill(registrar, {f"items.{n}.name": name, **{f"items.{n}.{k}": v for k, v in ITEM.items()}})
    press(registrar, "#f-items button[value=items]")
    expect(registrar.locator("h1")).to_have_text("信息项")
    checked(registrar, "items")
    press(registrar, ".bar button[value=save]")
    expect(registrar).to_have_url(re.compile("/edit.*#f-items"))
    press(registrar, 'button[value="up-item:2"]')
    expect(registrar.locator('[name="items.1.name"]')).to_have_value("登记机关")
    press(registrar, 'button[value="remove-item:0"]')
    expect(registrar.locator('[name="items.0.name"]')).to_have_value("登记机关")
    fill(registrar, {"holders.handles.office": "婚姻登记处", "holders.handles.post": "登记员"})
    fill(registrar, {"holders.handles.phone": "0473-0000000"})
    press(registrar, ".bar button[value=save]")
    registrar.reload()
    expect(registrar.locator('[name="abstract"]')).to_have_value(str(BASIC["abstract"]))
    checked(registrar, "edit-filled")
    new_entry(registrar, "婚姻登记场所信息")
    complete(registrar, "场所名称")
    press(registrar, ".bar button[value=save]")
    registrar.goto("/inbox")
    for name in ("婚姻登记预约信息", "婚姻登记场所信息"):
        registrar.get_by_label(f"选择「{name}」").check()
    registrar.get_by_role("button", name="作为一个批次送审").click()
    expect(registrar).to_have_url(re.compile("/submissions/"))
    checked(registrar, "submission-registrar")
    batch = registrar.url

    for username, word in (("secrecy", "保密审查通过"), ("head", "同意并报送")):
        page = signed_in(browser, origin, username)
        page.goto(batch)
        checked(page, f"submission-{username}")
        with page.expect_navigation():
            page.locator(".btn-primary", has_text=word).click()
        expect(page.locator(".done")).to_contain_text("2 件：")
        expect(page.locator(".done")).to_contain_text("下一步：")
        expect(page.locator(".done")).to_be_focused()
        if username == "secrecy":
            checked(page, "submission-after")
        page.reload()
        expect(page.locator(".done")).to_have_count(0)

    reviewer = signed_in(browser, origin, "reviewer")
    checked(reviewer, "inbox-reviewer")
    reviewer.goto(batch)
    checked(reviewer, "submission-reviewer")
    reviewer.locator(".entry", has_text="婚姻登记场所信息").get_by_role("link", name="核对").click()
    expect(reviewer.locator("main")).not_to_contain_text("须重走全程")
    checked(reviewer, "difference")
    reviewer.select_option("#pointer", "/abstract")
    with reviewer.expect_navigation():
        reviewer.get_by_role("button", name="退回修改").click()
    expect(reviewer.locator("#pointer")).to_have_value("/abstract")
    checked(reviewer, "difference-refused", expected=("422",))
    reviewer.select_option("#pointer", "/abstract")
    reviewer.fill("#remark", "请写明场所信息的用途")
    reviewer.fill("#reason", "摘要与内容不符")
    with reviewer.expect_navigation():
        reviewer.get_by_role("button", name="退回修改").click()
    reviewer.goto(batch)
    with reviewer.expect_navigation():
        reviewer.locator(".btn-primary", has_text="审核通过并发布").click()
    drained(city)

    consumer = signed_in(browser, origin, "consumer")
    checked(consumer, "inbox-empty")
    for text in ("结婚登记预约", "婚姻登记预约信息", "hunyin dengji yuyue"):
        consumer.goto(f"/search?q={text}")
        expect(consumer.locator(".hit").first).to_contain_text("婚姻登记预约信息")
    checked(consumer, "search")
    consumer.locator(".hit a").first.click()
    expect(consumer.locator("h1")).to_have_text("婚姻登记预约信息")
    checked(consumer, "resource")

    registrar.goto("/inbox")
    registrar.locator("tr", has_text="婚姻登记场所信息").get_by_role("link").click()
    expect(registrar.locator("#entry")).to_contain_text("请写明场所信息的用途")
    checked(registrar, "edit-returned")
    registrar.fill('[name="abstract"]', "全市婚姻登记场所的名称,可用于群众就近办理和导航服务。")
    press(registrar, ".bar button[value=hand-in]")
    expect(registrar).to_have_url(re.compile("/submissions/"))


def test_the_form_works_without_script(browser, origin):
    page = signed_in(browser, origin, "registrar", script=False)
    new_entry(page, "无脚本登记信息")
    complete(page, "编号")
    press(page, ".bar button[value=hand-in]")
    expect(page).to_have_url(re.compile("/submissions/"))


def test_a_stale_save_shows_both_texts_and_loses_none(browser, origin):
    first = signed_in(browser, origin, "registrar")
    new_entry(first, "两人同填信息")
    second = first.context.new_page()
    second.goto(first.url)
    second.fill('[name="abstract"]', "第二个窗口先保存的摘要文字")
    press(second, ".bar button[value=save]")
    expect(second.locator("[data-saved]")).to_contain_text("已保存")
    first.fill('[name="abstract"]', "第一个窗口后保存的摘要文字")
    press(first, ".bar button[value=save]")
    expect(first.locator("main")).to_contain_text("第二个窗口先保存的摘要文字")
    checked(first, "conflict", expected=("409",))
    first.get_by_role("button", name="按上面的选择保存").click()
    expect(first.locator('[name="abstract"]')).to_have_value("第一个窗口后保存的摘要文字")


def test_two_texts_are_merged_field_by_field(browser, origin):
    first = signed_in(browser, origin, "registrar")
    new_entry(first, "两人合并信息")
    second = first.context.new_page()
    second.goto(first.url)
    typed = {"abstract": "第二个窗口的摘要", "census.total_gb": "12", "note": "第二个窗口的备注"}
    fill(second, {k: v for k, v in typed.items() if second.locator(f'[name="{k}"]').count()})
    press(second, 'button[value="add-item"]')
    fill(second, {"items.0.name": "第二个窗口的信息项"})
    press(second, ".bar button[value=save]")
    first.fill('[name="abstract"]', "第一个窗口的摘要")
    press(first, ".bar button[value=save]")
    checked(first, "conflict-merge", expected=("409",))
    for title in ("备注", "信息项"):
        panel = first.locator("section.panel").filter(
            has=first.get_by_role("heading", name=title, exact=True)
        )
        panel.get_by_label("这一栏用现在保存的").check()
    first.get_by_role("button", name="按上面的选择保存").click()
    expect(first.locator('[name="abstract"]')).to_have_value("第一个窗口的摘要")
    expect(first.locator('[name="note"]')).to_have_value("第二个窗口的备注")
    expect(first.locator('[name="items.0.name"]')).to_have_value("第二个窗口的信息项")


def test_a_class_is_chosen_by_typing_and_a_deeper_one_is_typed(browser, origin):
    page = signed_in(browser, origin, "registrar")
    new_entry(page, "分类选择信息")
    place, chosen = page.locator("[data-chooser] input"), page.locator("select[name=class_path]")
    place.fill("食品")
    checked(page, "chooser-narrowed", expected=("-",))
    place.press("Enter")
    expect(chosen).to_have_value("2/04")
    place.fill("没有这样的分类")
    expect(page.locator("[data-chooser] [role=status]")).to_be_visible()
    place.fill("")
    page.locator(".deeper summary").click()
    page.fill("#f-class_path-deeper", "3/07/002/12")
    press(page, ".bar button[value=save]")
    expect(chosen).to_have_value("3/07/002/12")
    expect(page.locator("#f-class_path-deeper")).to_have_value("")
    press(page, ".bar button[value=save]")
    expect(chosen).to_have_value("3/07/002/12")


def test_a_section_is_complete_only_when_nothing_stands_against_it(browser, origin):
    page = signed_in(browser, origin, "registrar")
    new_entry(page, "进度核对信息")
    first = page.locator(".tasks li").first
    expect(first).to_contain_text("/")
    fill(page, {"abstract": "短", "data_class": "6", "update_cycle": "2"})
    press(page, ".bar button[value=save]")
    expect(first).to_contain_text("1 处需改")
    press(page, 'button[value="check"]')
    expect(page.locator(".summary")).to_contain_text("摘要")
    checked(page, "edit-checked")
    fill(page, {"abstract": str(BASIC["abstract"])})
    press(page, ".bar button[value=save]")
    expect(first).to_contain_text("完成")


def test_every_page_without_a_name_is_readable(browser, city, origin):
    drained(city)
    page = opened(browser, origin)
    for name, address, status in (
        ("home", "/", ()),
        ("sign-in", "/sign-in", ()),
        ("search-all", "/search", ()),
        ("search-none", "/search?q=量子纠缠望远镜", ()),
        ("manual", "/help", ()),
        ("manual-page", "/help/how-to/masking", ()),
        ("missing", "/nowhere", ("404",)),
    ):
        page.goto(address)
        checked(page, name, expected=status)
    page.goto("/sign-in")
    page.fill("#username", "registrar")
    page.fill("#password", "wrong")
    page.click("button.btn-primary")
    expect(page.locator(".summary")).to_be_visible()
    checked(page, "sign-in-failed", expected=("403",))
    page.goto("/nowhere?lang=en")
    checked(page, "missing-in-english", expected=("404",))


def test_the_picture_of_the_readme_is_the_product(browser, city, origin):
    drained(city)
    page = opened(browser, origin)
    page.set_viewport_size({"width": 1200, "height": 760})
    page.goto("/")
    HOME.parent.mkdir(parents=True, exist_ok=True)
    made = page.screenshot()
    if not HOME.exists():
        HOME.write_bytes(made)
    assert len(made) > 20_000


def test_what_was_typed_outlives_the_session(browser, origin):
    page = signed_in(browser, origin, "registrar")
    new_entry(page, "登录失效信息")
    page.fill('[name="abstract"]', "登录失效之前填写的摘要文字")
    page.context.clear_cookies(name="registry_session")
    press(page, ".bar button[value=save]")
    expect(page.locator("[data-kept]")).to_contain_text("还留在本窗口")
    checked(page, "signed-out-while-typing", expected=("401", "403"))
    page.get_by_role("link", name="登录并回到刚才的页面").click()
    page.fill("#username", "registrar")
    page.fill("#password", PASSWORD)
    page.click("button.btn-primary")
    expect(page.locator("[data-saved]")).to_contain_text("已恢复")
    expect(page.locator('[name="abstract"]')).to_have_value("登录失效之前填写的摘要文字")
    press(page, ".bar button[value=save]")
    page.reload()
    expect(page.locator('[name="abstract"]')).to_have_value("登录失效之前填写的摘要文字")
    expect(page.locator("[data-saved]")).to_have_text("")


def test_a_draft_is_saved_by_itself_and_a_lost_line_or_another_editor_is_told(browser, origin):
    page = signed_in(browser, origin, "registrar")
    page.clock.install()
    new_entry(page, "断线与他人改动信息")
    place = page.locator("[data-saved]")
    page.fill('[name="abstract"]', "二十秒后自动保存的摘要")
    page.clock.run_for(21_000)
    expect(place).to_have_text(SAVED_BY_ITSELF)
    page.context.set_offline(True)
    page.fill('[name="abstract"]', "断线时填写的摘要")
    page.clock.run_for(21_000)
    expect(place).to_have_class(re.compile("lost"))
    page.context.set_offline(False)
    other = page.context.new_page()
    other.goto(page.url)
    expect(other.locator('[name="abstract"]')).to_have_value("二十秒后自动保存的摘要")
    other.fill('[name="abstract"]', "另一人的摘要")
    press(other, ".bar button[value=save]")
    page.fill('[name="abstract"]', "断线之后填写的摘要")
    page.clock.run_for(21_000)
    expect(place).to_contain_text("他人已保存")
    press(page, ".bar button[value=save]")
    expect(page.locator("main")).to_contain_text("另一人的摘要")
    expect(page.locator("main")).to_contain_text("断线之后填写的摘要")


def test_what_is_typed_before_the_script_runs_is_saved_and_a_page_left_alone_sends_nothing(
    browser, origin
):
    page = signed_in(browser, origin, "registrar")
    page.clock.install()
    new_entry(page, "脚本晚到信息")
    sent: list[str] = []
    page.on("request", lambda asked: sent.append(asked.method))
    held: list[Route] = []

    def hold(script: Route) -> None:
        held.append(script)

    page.route("**/js/form.js", hold)
    page.goto(page.url, wait_until="commit")
    page.fill('[name="abstract"]', "脚本运行之前填写的摘要")
    while not held:
        page.wait_for_timeout(50)
    held.pop().continue_()
    page.unroute("**/js/form.js")
    page.wait_for_load_state("load")
    page.clock.run_for(21_000)
    expect(page.locator("[data-saved]")).to_have_text(SAVED_BY_ITSELF)
    page.clock.run_for(41_000)
    assert sent.count("POST") == 1
    page.fill('[name="abstract"]', "接着填写的摘要")
    with page.expect_response("**/edit") as answered:
        page.clock.run_for(21_000)
    assert answered.value.ok
    page.reload()
    expect(page.locator('[name="abstract"]')).to_have_value("接着填写的摘要")
    page.clock.run_for(41_000)
    assert sent.count("POST") == 2


def test_a_button_pressed_while_the_page_saves_itself_meets_no_conflict(browser, origin):
    page = signed_in(browser, origin, "registrar")
    page.clock.install()
    new_entry(page, "同时保存信息")
    held: list[Route] = []
    page.route("**/edit", lambda route: held.append(route) if not held else route.continue_())
    page.fill('[name="abstract"]', "先填写的摘要")
    page.clock.run_for(21_000)
    while not held:
        page.wait_for_timeout(50)
    page.fill('[name="abstract"]', "随后填写的摘要")
    page.locator(".bar button[value=save]").click()
    with page.expect_navigation():
        held[0].continue_()
    expect(page.locator('[name="abstract"]')).to_have_value("随后填写的摘要")
    page.reload()
    expect(page.locator('[name="abstract"]')).to_have_value("随后填写的摘要")


UNDER_THE_BAR = """() => {
  const bar = document.querySelector(".bar"), at = document.activeElement;
  const foot = bar.getBoundingClientRect().top, box = at.getBoundingClientRect();
  return !bar.contains(at) && at !== document.body && box.top < foot && box.bottom > foot + 1;
}"""


def test_what_the_keyboard_reaches_never_stands_under_the_bar(browser, origin):
    page = signed_in(browser, origin, "registrar")
    page.set_viewport_size({"width": 1200, "height": 600})
    page.emulate_media(reduced_motion="reduce")
    new_entry(page, "逐栏按键盘填写信息")
    under = []
    for _ in range(60):
        page.keyboard.press("Tab")
        if page.evaluate(UNDER_THE_BAR):
            under.append(page.evaluate("document.activeElement.name"))
    assert not under


def kept_text(page: Page) -> str:
    return str(page.evaluate("() => JSON.stringify(sessionStorage)"))


def lose_session(page: Page, typed: str) -> None:
    """Send the form after the session ended elsewhere: refused, the window keeps a copy."""
    fill(page, {"abstract": typed})
    page.context.clear_cookies(name="registry_session")
    press(page, ".bar button[value=save]")
    assert typed in kept_text(page)


def sign_in_again(page: Page, username: str) -> None:
    page.goto("/sign-in")
    page.fill("#username", username)
    page.fill("#password", PASSWORD)
    press(page, "button.btn-primary")


def test_what_a_window_kept_is_for_nobody_but_who_typed_it(browser, city, origin):
    page = signed_in(browser, origin, "registrar")
    new_entry(page, "窗口留存信息")
    where, secret = page.url, "只有本人能看到的未保存文字"
    lose_session(page, secret)
    sign_in_again(page, "registrar")
    page.goto(where)
    expect(page.locator("#entry [name=abstract]")).to_have_value(secret)
    # Somebody else at the same machine, in the same window.
    lose_session(page, secret)
    sign_in_again(page, "consumer")
    assert secret not in kept_text(page)
    # And whoever signs out leaves nothing.
    sign_in_again(page, "registrar")
    page.goto(where)
    lose_session(page, secret)
    sign_in_again(page, "registrar")
    assert secret in kept_text(page)
    press(page, 'form[action="/sign-out"] button')
    assert secret not in kept_text(page)
