"""Somebody new signs in with the password he was told, and makes it his own before all else."""

from collections.abc import Iterator

import pytest
import sqlalchemy as sa
from flask import Flask
from playwright.sync_api import expect

from registry import accounts, db
from registry.access import SYSTEM
from registry.models.accounts import Account
from tests.journeys.browser import checked, opened, press, served

GIVEN, OWN = "Wuhai-2026-linshi", "Wuhai-2026-ziji"


@pytest.fixture(scope="module")
def origin(city: Flask) -> Iterator[str]:
    hashed = accounts.hash_password(GIVEN)
    with db.transaction(city.extensions["registry_database"], writes=True) as session:
        account = session.scalars(sa.select(Account).where(Account.username == "registrar")).one()
        accounts.set_password(session, SYSTEM, account, hashed)
    with served(city) as address:
        yield address


def test_a_told_password_leads_to_an_own_one_and_on_to_the_page_wanted(browser, origin):
    page = opened(browser, origin)
    page.goto("/resources/new")
    page.fill("#username", "registrar")
    page.fill("#password", GIVEN)
    press(page, "main button")
    expect(page.locator("h1")).to_have_text("先设置您自己的口令")
    expect(page.locator(".places a")).to_have_count(0)
    checked(page, "own-password")
    for name, text in (("current", GIVEN), ("password", GIVEN), ("again", GIVEN)):
        page.fill(f"#{name}", text)
    press(page, "main button")
    expect(page.get_by_role("alert")).to_contain_text("新口令和现在的一样")
    checked(page, "own-password-error", expected=("422",))
    for name, text in (("current", GIVEN), ("password", OWN), ("again", OWN)):
        page.fill(f"#{name}", text)
    press(page, "main button")
    assert page.url.endswith("/resources/new")
    expect(page.locator(".done")).to_contain_text("口令")
    expect(page.locator(".places a").first).to_be_visible()
