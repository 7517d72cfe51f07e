"""Whoever has no name is shown what he may use, and the way to sign in last."""

import re

from tests.factories import sign_in

_NAV = re.compile(r'<nav class="places".*?</nav>', re.DOTALL)


def addresses(page):
    return re.findall(r'href="([^"]+)"', _NAV.search(page)[0])


def test_every_place_that_a_stranger_is_shown_answers_him(city):
    client = city.test_client()
    shown = addresses(client.get("/").text)
    assert shown == ["/", "/search", "/help", "/opinions/verify"]
    for address in shown:
        page = client.get(address)
        assert page.status_code == 200
        assert f'href="{address}" aria-current="page"' in page.text


def test_signing_in_comes_last_in_the_header(city):
    header = re.search(r"<header.*?</header>", city.test_client().get("/").text, re.DOTALL)[0]
    assert re.findall(r'href="([^"]+)"', header)[-1] == "/sign-in"


def test_who_signed_in_is_shown_the_places_of_work(city):
    assert "/inbox" in addresses(sign_in(city, "registrar").get("/").text)


def test_a_page_past_the_end_leads_to_the_last_one(city):
    client = sign_in(city, "auditor")
    for address in ("/projects", "/requests", "/demands", "/lists/responsibility"):
        for page in ("99999", "0", "x", "-1", "１"):
            assert client.get(address, query_string={"page": page}).status_code == 200
