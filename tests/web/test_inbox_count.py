"""The number beside 工作台, on every page, is the one the workbench itself adds up."""

import re

import pytest

from registry.demo.city import PEOPLE
from tests.factories import sign_in

_BADGE = re.compile(r'<span class="count">(\d+)<')
_FIGURE = re.compile(r"<b>(\d+)</b> 件<br>等我办")


def badge(page):
    found = _BADGE.search(page)
    return int(found[1]) if found else 0


@pytest.mark.parametrize("username", sorted(PEOPLE))
def test_the_header_says_the_number_that_the_workbench_shows(city, username):
    client = sign_in(city, username)
    inbox = client.get("/inbox").text
    waiting = _FIGURE.search(inbox)
    assert waiting is not None
    assert badge(inbox) == badge(client.get("/").text) == int(waiting[1])


def test_a_project_that_waits_to_be_signed_is_in_the_number(city):
    page = sign_in(city, "acceptance").get("/inbox").text
    assert "项目核验等我办" in page
    assert badge(page) > 0


def test_a_filter_that_leaves_nothing_does_not_say_that_nothing_waits(city):
    client = sign_in(city, "registrar")
    page = client.get("/inbox?show=soon").text
    assert badge(page) > 0
    assert "没有 2 个工作日内到期的事项" in page
    assert "没有等您办的事项" not in page


def test_who_has_nothing_to_do_is_led_on(city):
    page = sign_in(city, "consumer").get("/inbox").text
    empty = page.split('class="empty"')[1].split("</div>")[0]
    assert "没有等您办的事项" in empty
    assert re.findall(r'href="([^"]+)"', empty) == ["/search", "/requests", "/projects"]
