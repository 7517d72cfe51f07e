"""What a project stated wrongly is corrected on its page; a stranger's header asks for no name."""

from collections.abc import Iterator

import pytest
import sqlalchemy as sa
from flask import Flask

from registry import db
from registry.models.projects import Project
from tests.journeys.browser import checked, opened, press, served, signed_in


@pytest.fixture(scope="module")
def origin(city: Flask) -> Iterator[str]:
    with served(city) as address:
        yield address


@pytest.fixture(scope="module")
def home(city: Flask) -> str:
    with db.transaction(city.extensions["registry_database"], writes=False) as session:
        wanted = sa.select(Project.key).where(Project.name == "智慧民政综合服务平台")
        return f"/projects/{session.scalar(wanted)}"


def test_a_system_is_corrected_where_it_is_listed_and_then_taken_out(browser, origin, home):
    page = signed_in(browser, origin, "project_manager")
    page.goto(home)
    page.fill("#system-code", "mz-typo")
    page.fill("#system-name", "错字系统")
    press(page, "#systems button")
    press(page, 'a[aria-label="更正信息系统 错字系统"]')
    checked(page, "correcting-system")
    page.fill("#name", "对的系统")
    press(page, "button.btn-primary")
    press(page, 'a[aria-label="更正信息系统 对的系统"]')
    press(page, "button.btn-danger-line")
    assert page.locator('a[aria-label="更正信息系统 对的系统"]').count() == 0
    checked(page, "correcting-done")


def test_a_matched_table_says_so_before_it_goes(browser, origin, home):
    page = signed_in(browser, origin, "registrar")
    page.goto(home)
    press(page, 'a[aria-label^="更正业务表"] >> nth=-1')
    checked(page, "correcting-table")
    assert page.locator(".note").count() == 1


def test_the_header_of_a_stranger_is_readable(browser, origin):
    page = opened(browser, origin)
    page.goto("/opinions/verify")
    checked(page, "stranger-check")
