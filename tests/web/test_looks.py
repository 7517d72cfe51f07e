"""The component page in a real Chromium: readable, within its width, silent, in both languages."""

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

if TYPE_CHECKING:
    from playwright.sync_api import Browser

from tests.journeys.browser import checked, opened


@pytest.mark.parametrize("path", ["/", "/clean"])
def test_every_component_is_readable_in_both_widths_and_languages(
    browser: "Browser", origin: str, path: str
) -> None:
    page = opened(browser, origin)
    page.goto(path)
    checked(page, f"components{path.replace('/', '-')}")
    page.goto(f"{path}?lang=en")
    expect(page.locator("html")).to_have_attribute("lang", "en")


def test_a_refusal_is_readable(browser: "Browser", origin: str) -> None:
    page = opened(browser, origin)
    page.goto("/error")
    checked(page, "refusal", expected=("404",))


def test_a_page_works_without_script(browser: "Browser", origin: str) -> None:
    page = opened(browser, origin, script=False)
    page.goto("/")
    page.click("#summary li:nth-child(4) a")
    assert page.url.endswith("#f-items-1-data_type")


def test_a_returned_form_puts_the_focus_on_its_summary(browser: "Browser", origin: str) -> None:
    page = opened(browser, origin)
    page.goto("/")
    page.wait_for_function("document.activeElement.id === 'summary'")
    assert page.title().startswith("错误：")


def test_a_count_waits_until_the_characters_are_chosen(browser: "Browser", origin: str) -> None:
    page = opened(browser, origin)
    page.goto("/clean")
    box = page.locator("#f-abstract")
    box.fill("")
    count = page.locator("#f-abstract-count [data-n]")
    keys = page.context.new_cdp_session(page)
    box.focus()
    keys.send("Input.imeSetComposition", {"text": "bu", "selectionStart": 2, "selectionEnd": 2})
    assert count.text_content() == "0"
    keys.send("Input.insertText", {"text": "不动产"})
    assert count.text_content() == "3"


def test_the_shapes_are_drawn_and_not_black_boxes(browser: "Browser", origin: str) -> None:
    page = opened(browser, origin)
    page.goto("/")
    drawn = page.evaluate(
        "[...document.querySelectorAll('main svg.icon')].map(s => s.getBBox().width > 0)"
    )
    assert drawn
    assert all(drawn)


def test_the_work_prints_on_a4_without_the_frame(browser: "Browser", origin: str) -> None:
    page = opened(browser, origin)
    page.goto("/clean")
    page.emulate_media(media="print")
    assert not page.locator(".site-head").is_visible()
    assert not page.locator("button.btn").first.is_visible()
    assert page.locator(".verdict .word").is_visible()


def test_a_long_unit_and_post_leave_the_header_in_one_row(browser: "Browser", origin: str) -> None:
    page = opened(browser, origin)
    page.goto("/clean")
    page.set_viewport_size({"width": 1280, "height": 700})
    height = "document.querySelector('.site-head').offsetHeight"
    before = page.evaluate(height)
    for place, words in {
        ".unit-name": "内蒙古自治区乌海市数据管理局",
        ".person": "（机构负责人）",
    }.items():
        page.evaluate(
            "([place, words]) => { document.querySelector(place).append(words.repeat(3)); }",
            [place, words],
        )
    assert page.evaluate(height) == before
    assert page.evaluate("document.documentElement.scrollWidth") == 1280
    assert page.locator(".unit-name").get_attribute("title")


def test_no_name_in_the_header_is_broken_where_there_is_room_for_it(
    browser: "Browser", origin: str
) -> None:
    page = opened(browser, origin)
    page.goto("/clean")
    page.set_viewport_size({"width": 1440, "height": 700})
    lines = """([place, words]) => {
      const name = document.querySelector(place); name.textContent = words;
      return [name.offsetHeight, name.scrollWidth > name.clientWidth]; }"""
    for place, words in {
        ".unit-name": "市行政审批政务服务与数据管理局",
        ".person": "孟和（验收核验员）",
    }.items():
        assert page.evaluate(lines, [place, words]) == [20, False]
