"""Who opens or finds an adopted entry that breaks rules sees the mark, the date and the faults."""

from tests.factories import sign_in
from tests.journeys.browser import drained

NAME = "城管执法案件信息"


def test_the_page_and_the_search_show_the_mark(city):
    drained(city)
    client = sign_in(city, "reviewer")
    found = client.get("/search", query_string={"q": NAME, "marks": "remediation_due"}).text
    assert NAME in found
    assert "待整改" in found
    assert "1 项数据资源" in found
    address = found.split('<h2><a href="')[1].split('"')[0]
    page = client.get(address).text
    assert "请在 2027-03-31 前改正 1 处" in page
    assert "请选择信息资源分类" in page
    assert "To be mended" in client.get(address, query_string={"lang": "en"}).text


def test_the_filter_shows_the_marked_entries_alone(city):
    drained(city)
    page = sign_in(city, "auditor").get("/search", query_string={"marks": "remediation_due"}).text
    assert "2 项数据资源" in page
