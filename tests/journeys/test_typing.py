"""What is typed into the search box becomes titles: by an input method, and by the keys alone."""

from collections.abc import Iterator
from urllib.parse import parse_qs, urlsplit

import pytest
from flask import Flask
from playwright.sync_api import Locator, Page, Request, expect

from tests.journeys.browser import checked, drained, served, signed_in


@pytest.fixture(scope="module")
def origin(city: Flask) -> Iterator[str]:
    drained(city)
    with served(city) as address:
        yield address


@pytest.fixture
def page(browser, origin) -> Page:
    """The search page with the cursor in its box; its clock goes on only when it is told to."""
    made = signed_in(browser, origin, "consumer")
    made.clock.install()
    made.goto("/search")
    made.keyboard.press("/")
    expect(box(made)).to_be_focused()
    expect(box(made)).to_have_value("")
    return made


def box(page: Page) -> Locator:
    return page.locator("input[type=search]")


def offered(page: Page) -> Locator:
    return page.locator("#q-titles")


def listed(page: Page) -> list[str]:
    """The titles offered once the typist pauses."""
    page.clock.run_for(1_000)
    expect(offered(page)).to_be_visible()
    return offered(page).locator("li").all_inner_texts()


def asked_of(page: Page) -> list[str]:
    """What titles are asked for from now on, as it is asked."""
    asked: list[str] = []

    def note(request: Request) -> None:
        address = urlsplit(request.url)
        if address.path == "/search/suggest":
            asked.extend(parse_qs(address.query)["q"])

    page.on("request", note)
    return asked


def test_nothing_is_asked_until_the_input_method_has_made_characters_of_the_letters(page: Page):
    asked = asked_of(page)
    keys = page.context.new_cdp_session(page)
    for half in ("h", "hun", "hun'yin"):
        place = {"selectionStart": len(half), "selectionEnd": len(half)}
        keys.send("Input.imeSetComposition", {"text": half, **place})
        page.clock.run_for(10_000)
    expect(box(page)).to_have_value("hun'yin")
    expect(offered(page)).to_be_hidden()
    keys.send("Input.insertText", {"text": "婚姻"})
    assert "婚姻登记信息" in listed(page)
    assert asked == ["婚姻"]
    checked(page, "search-typing")


def test_the_arrow_keys_choose_a_title_and_enter_asks_for_it(page: Page):
    page.keyboard.type("hunyin")
    titles = listed(page)
    for key, place in (("ArrowDown", 0), ("ArrowDown", 1), ("ArrowUp", 0), ("ArrowUp", -1)):
        page.keyboard.press(key)
        chosen = offered(page).locator("[aria-selected=true]")
        expect(chosen).to_have_text([titles[place]])
        expect(box(page)).to_have_attribute(
            "aria-activedescendant", str(chosen.get_attribute("id"))
        )
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert parse_qs(urlsplit(page.url).query)["q"] == [titles[-1]]


def test_escape_takes_the_titles_away_and_leaves_what_was_typed(page: Page):
    page.keyboard.type("hunyin")
    listed(page)
    page.keyboard.press("Escape")
    expect(offered(page)).to_be_hidden()
    expect(box(page)).to_have_attribute("aria-expanded", "false")
    expect(box(page)).to_have_value("hunyin")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert parse_qs(urlsplit(page.url).query)["q"] == ["hunyin"]


def test_what_was_put_away_does_not_come_back_for_a_letter_typed_before(page: Page):
    asked = asked_of(page)
    page.keyboard.type("hunyin")
    listed(page)
    page.keyboard.type("d")
    page.keyboard.press("Escape")
    page.clock.run_for(10_000)
    expect(offered(page)).to_be_hidden()
    page.keyboard.type("eng")
    assert "婚姻登记信息" in listed(page)
    assert asked == ["hunyin", "hunyindeng"]


def test_a_slash_that_is_typed_is_a_letter(page: Page):
    page.keyboard.type("GB/T 2260")
    expect(box(page)).to_have_value("GB/T 2260")
