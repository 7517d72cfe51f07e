"""Whoever narrows a search by a facet reaches every value of it, with script and without."""

from collections.abc import Iterator

import pytest
from flask import Flask
from playwright.sync_api import expect

from tests.journeys.browser import checked, drained, press, served, signed_in


@pytest.fixture(scope="module")
def origin(city: Flask) -> Iterator[str]:
    drained(city)
    with served(city) as address:
        yield address


@pytest.mark.parametrize("script", [True, False])
def test_every_unit_can_be_chosen_from_the_list_that_is_opened_in_place(browser, origin, script):
    page = signed_in(browser, origin, "consumer", script=script)
    page.goto("/search")
    units = page.locator("#facet-units")
    number = int(units.locator(".all a").inner_text().split()[1])
    units.locator(".all a").click()
    expect(units.locator("input")).to_have_count(number)
    expect(units.locator("label").first).to_be_in_viewport()
    if script:
        checked(page, "facet-units-whole")
    last = units.locator("label").last
    found = last.locator(".n").inner_text()
    last.locator("input").check()
    press(page, ".filters button")
    expect(page.locator("h1")).to_have_text(f"{found} 项数据资源")
    # What was opened stays open, and is closed again where it was opened.
    expect(units.locator("input")).to_have_count(number)
    units.locator(".all a").click()
    assert units.locator("input").count() < number
    expect(units.locator("input:checked")).to_have_count(1)
    if script:
        page.goto("/search?all=class_path&all=element&all=format_types#facet-class_path")
        expect(page.locator("#facet-format_types label").first).to_be_visible()
        checked(page, "facet-classes-whole")


def test_who_goes_back_finds_ticked_what_narrows_the_page(browser, origin):
    page = signed_in(browser, origin, "consumer")
    page.goto("/search?q=登记")
    page.locator("#facet-units input").first.check()
    page.select_option("#sort", "updated")
    press(page, ".filters button")
    expect(page.locator("#facet-units input:checked")).to_have_count(1)
    page.go_back()
    expect(page).to_have_url(f"{origin}/search?q=%E7%99%BB%E8%AE%B0")
    expect(page.locator("#facet-units input:checked")).to_have_count(0)
    expect(page.locator("#sort")).to_have_value("relevance")
