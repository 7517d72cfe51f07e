"""The first page and the figures, as a stranger, a head and the auditor see them."""

import re
from collections.abc import Iterator
from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask
from playwright.sync_api import expect

from registry import calendar, db
from registry.models.projects import Mount
from tests.journeys.browser import checked, drained, opened, served, signed_in


@pytest.fixture(scope="module")
def origin(city: Flask) -> Iterator[str]:
    drained(city)
    with served(city) as address:
        yield address


@pytest.mark.parametrize("username", ["head", "auditor"])
def test_the_figures_are_readable(browser, origin, username):
    page = signed_in(browser, origin, username)
    page.goto("/")
    checked(page, f"home-{username}")
    page.goto("/statistics")
    checked(page, f"statistics-{username}")


def test_a_course_is_drawn_from_the_second_month_on(browser, city, origin):
    with db.transaction(city.extensions["registry_database"], writes=True) as session:
        ago = calendar.today() - timedelta(days=200)
        session.execute(sa.update(Mount).values(tested_on=ago))
    page = signed_in(browser, origin, "auditor")
    page.goto("/statistics")
    lines = page.locator("polyline")
    assert lines.count() == 2
    assert all(line.bounding_box()["width"] > 300 for line in lines.all())
    page.locator("summary").first.click()
    checked(page, "statistics-months")


def test_a_stranger_browses_by_theme(browser, origin):
    page = opened(browser, origin)
    page.goto("/")
    page.locator(".chip").first.click()
    expect(page).to_have_url(re.compile(r"/search\?themes="))
    expect(page.locator("h1").first).to_be_visible()
