"""A search is kept and tells of what is new; a question whose hits nobody opens is seen."""

from collections.abc import Iterator

import pytest
import sqlalchemy as sa
from flask import Flask
from playwright.sync_api import expect

from registry import db, outbox
from registry.db import now
from registry.models.catalogue import Resource, Version
from tests.journeys.browser import checked, drained, press, served, signed_in


@pytest.fixture(scope="module")
def origin(city: Flask) -> Iterator[str]:
    drained(city)
    with served(city) as address:
        yield address


def published(city: Flask, name: str) -> None:
    """Let an entry become public now, and the index catch up."""
    with db.transaction(city.extensions["registry_database"], writes=True) as session:
        resource = session.scalars(
            sa.select(Resource)
            .join(Version, Resource.live_version_id == Version.id)
            .where(Version.name == name)
        ).one()
        session.execute(
            sa.update(Version)
            .where(Version.id == resource.live_version_id)
            .values(changed_at=now())
        )
        outbox.touch(session, [resource.id])
    drained(city)


@pytest.mark.parametrize("script", [True, False])
def test_a_search_is_kept_and_the_desk_names_what_is_new(browser, city, origin, script):
    page = signed_in(browser, origin, "consumer", script=script)
    page.goto("/search?q=结婚证")
    page.locator(".saving summary").click()
    page.fill("#save-name", "婚姻类数据")
    press(page, ".saving form button")
    expect(page.locator("h1")).to_have_text("保存的检索")
    if script:
        checked(page, "saved")
    published(city, "婚姻登记信息")
    page.goto("/inbox")
    page.get_by_text("您保存的检索「婚姻类数据」有 1 条新条目").click()
    expect(page.locator("th a")).to_have_text("婚姻登记信息")
    if script:
        checked(page, "saved-new")
    press(page, "form[action$='/seen'] button")
    expect(page.get_by_text("您保存的检索")).to_have_count(0)
    page.goto("/saved")
    press(page, "form[action$='/drop'] button")
    expect(page.get_by_text("还没有保存检索")).to_be_visible()


def test_what_a_browser_opens_from_the_list_is_noticed(browser, origin):
    page = signed_in(browser, origin, "consumer", script=False)
    for asked in ("养犬登记", "婚姻登记"):
        for _ in range(3):
            page.goto(f"/search?q={asked}")
    page.locator(".hit a").first.click()
    expect(page.locator("h1").first).to_be_visible()
    reviewer = signed_in(browser, origin, "reviewer")
    reviewer.goto("/dictionary")
    listed = reviewer.locator("section[aria-labelledby=unopened] tbody th")
    expect(listed).to_have_text(["养犬登记"])
    checked(reviewer, "dictionary-unopened")
