"""An adopted catalogue in a browser: a registrar sees what is to be mended, and mends it."""

import pytest
from playwright.sync_api import expect

from connectors import ckan
from registry import db
from registry.catalogue import adoption
from registry.catalogue.adoption import Basis
from tests import factories
from tests.journeys.browser import checked, drained, press, served, signed_in


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    folder = tmp_path_factory.mktemp("adopted")
    with factories.city_database(folder) as database:
        city = factories.city_app(folder, database)
        package = {
            "id": "old-17",
            "title": "公益性公墓名录",
            "notes": "公益性公墓名录",
            "organization": {"title": "市民政局"},
            "tags": [{"name": "殡葬"}],
            "resources": [{"format": "xlsx", "schema": {"fields": [{"name": "名称"}]}}],
            "extras": [{"key": "source_id", "value": "old-17"}, {"key": "freq", "value": "每年"}],
        }
        with db.transaction(database, writes=True) as session:
            plan = adoption.plan(session, "ckan", [ckan.incoming(1, package)])
            adoption.adopt(session, plan, Basis("乌政办发〔2024〕演示1号", "sm3:" + "0" * 64))
        drained(city)
        with served(city) as address:
            yield address


def test_a_registrar_finds_the_marked_entries_and_begins_to_mend_one(site, browser):
    page = signed_in(browser, site, "registrar")
    page.goto("/search?marks=remediation_due")
    expect(page.locator("h1")).to_contain_text("3")
    expect(page.locator(".hits .tag").first).to_contain_text("待整改")
    checked(page, "adopted-search")
    page.get_by_role("link", name="公益性公墓名录").click()
    note = page.locator(".note.n-warn")
    expect(note).to_contain_text("待整改")
    expect(note).to_contain_text("请选择共享类型")
    checked(page, "adopted-entry")
    press(page, "form[action$='/revise'] button")
    expect(page.locator("#entry")).to_be_visible()
