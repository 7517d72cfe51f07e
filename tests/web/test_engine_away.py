"""The search page while its engine is away: what is chosen holds, and the page says the rest."""

import csv
import io
import re
from collections.abc import Iterator
from urllib.parse import unquote

import pytest
import sqlalchemy as sa
from flask import Flask
from openpyxl import load_workbook

import search
from registry import db, discovery
from registry.access.actor import of_account
from registry.discovery import choices, fallback
from registry.models.accounts import Account
from tests import factories
from tests.catalogue.test_life import published
from tests.factories import sign_in
from tests.journeys.browser import drained


class Away:
    """An engine that does not answer."""

    def search(self, _query):
        raise search.Unavailable("away")

    def holding(self, _node):
        raise search.Unavailable("away")


@pytest.fixture(scope="module")
def without(city: Flask) -> Iterator[Flask]:
    """The city, whose index is full and whose engine has just gone away."""
    drained(city)
    city.extensions["registry_index"] = Away()
    return city


@pytest.fixture
def index(city: Flask) -> Iterator[search.Index]:
    drained(city)
    opened = discovery.open_index(city.extensions["registry_settings"])
    yield opened
    opened.close()


def both(city: Flask, index: search.Index, username: str, **asked):
    """What the engine answers this reader, and what the database does without it."""
    with db.transaction(city.extensions["registry_database"], writes=False) as session:
        account = session.scalars(sa.select(Account).where(Account.username == username)).one()
        reader = of_account(session, account, db.now().date())
        return [discovery.search(session, one, reader, "", **asked) for one in (index, None)]


def names(answer) -> list[str]:
    return [one.version.name for one in answer.found]


@pytest.mark.parametrize("username", ["consumer", "registrar"])
def test_every_value_of_every_filter_holds_of_the_same_entries_without_the_engine(
    city: Flask, index: search.Index, username: str
):
    counted = both(city, index, username)[0].facets
    for name in discovery.FILTERS:
        for value, number in (counted.get(name) or {"1101": 0}).items():
            told, own = both(city, index, username, filters={name: (value,)}, facets=())
            assert told.total == own.total, (name, value)
            assert number in (0, own.total), (name, value)
            assert own.degraded


def test_filters_narrow_each_other_and_a_value_nobody_holds_leaves_nothing(
    city: Flask, index: search.Index
):
    for filters in (
        {"share_type": ("1", "2"), "level": ("2",)},
        {"class_path": ("3",), "open_type": ("1", "3"), "year": ("2026", "2025")},
        {"share_type": ("9",)},
        {"share_type": ("1",), "units": ("\x00",)},
        {"element": ("聯繫電話",)},
        {"year": ("0001", "9999", "x", "²²²²")},
    ):
        told, own = both(city, index, "consumer", filters=filters, facets=())
        assert told.total == own.total, filters
        assert set(names(told)) == set(names(own)) or own.total > 20, filters


@pytest.mark.parametrize("username", ["consumer", "registrar"])
@pytest.mark.parametrize(
    "filters",
    [
        {},
        {"share_type": ("1", "2")},
        {"class_path": ("3",), "element": ("联系电话",)},
        {"level": ("2",), "item_level": ("2", "3"), "themes": ("2/01",)},
        {"share_type": ("9",)},
    ],
)
def test_every_facet_is_counted_as_the_engine_counts_it(city, index, username: str, filters):
    told, own = both(city, index, username, filters=filters)
    for name in discovery.FACETS:
        # Of equally frequent values at the end of a long list either may keep another.
        assert len(own.facets[name]) < search.MOST_VALUES, name
        assert own.facets[name] == told.facets[name], name


def test_a_name_in_two_spellings_counts_once_and_a_theme_for_what_it_lies_under(session, town):
    phone = factories.document()["items"][0]
    items = [phone | {"name": "联系电话"}, phone | {"name": "联系電話", "id": db.new_key()}]
    entry = published(town, "两种写法的电话", items=items, themes=["2/01", "2/02"])
    found = choices.counted(session, ("element", "themes"), [(entry.id, entry.live_version_id)])
    assert found == {"element": {"联系电话": 1}, "themes": {"2": 1, "2/01": 1, "2/02": 1}}


def test_of_too_many_the_newest_are_looked_through_and_the_page_says_so(
    without: Flask, monkeypatch
):
    client = sign_in(without, "consumer")
    whole = client.get("/search?lang=zh").text
    monkeypatch.setattr(fallback, "MOST_SEARCHED", 30)
    page = client.get("/search").text
    assert "<h1>30 项数据资源" in page
    assert "只查找了最近有变化的 30 项" in page
    assert 'class="n"' not in page
    newest = re.findall(r'href="/resources/(\w+)"', whole)[:3]
    assert newest == re.findall(r'href="/resources/(\w+)"', page)[:3]
    # A filter that few pass is answered in full.
    few = client.get("/search?marks=remediation_due").text
    assert "只查找了" not in few
    assert 'class="n"' in few
    worded = client.get("/search/results.csv?q=信息")
    assert "只查找最近30项" in unquote(worded.headers["Content-Disposition"])
    monkeypatch.setattr(fallback, "MOST_ASKED", 50)
    few = client.get("/search?share_type=9").text
    assert "只查找了最近有变化的 50 项" in few
    assert "没有一项符合全部所选条件" not in few


def test_what_too_many_match_is_listed_without_numbers_until_more_is_chosen(without, monkeypatch):
    client = sign_in(without, "consumer")
    monkeypatch.setattr(fallback, "MOST_COUNTED", 30)
    page = client.get("/search?lang=zh").text
    assert "暂不计数" in page
    assert 'class="n"' not in page
    assert int(re.search(r"<h1>([\d,]+) 项", page)[1].replace(",", "")) > 30
    assert 'class="n"' in client.get("/search?marks=remediation_due").text


def test_what_is_not_counted_in_time_is_listed_without_numbers(without: Flask, monkeypatch):
    client = sign_in(without, "consumer")
    monkeypatch.setattr(fallback, "COUNTED_IN_S", 0.0)
    page = client.get("/search?share_type=3&lang=zh").text
    assert "暂不计数" in page
    assert 'value="3" checked> 不予共享</label>' in page
    assert int(re.search(r"<h1>([\d,]+) 项", page)[1]) > 0


@pytest.mark.parametrize("sort", ["updated", "published"])
def test_pages_follow_each_other_in_the_order_asked_for(city: Flask, index, sort: str):
    asked = {"filters": {"share_type": ("2",)}, "sort": sort, "facets": ()}
    pages = [both(city, index, "consumer", page=page, size=7, **asked)[1] for page in (1, 2, 3)]
    found = [one for page in pages for one in page.found]
    keys = [one.resource.key for one in found]
    assert len(set(keys)) == len(keys) == 21
    moments = [
        one.resource.updated_at if sort == "updated" else one.resource.published_on for one in found
    ]
    assert moments == sorted(moments, reverse=True)


def test_words_written_apart_must_all_be_there_and_be_so_letter_by_letter(without: Flask):
    client = sign_in(without, "consumer")
    page = client.get("/search?q=信息 婚姻登记").text
    assert "婚姻登记</mark>" in page or "婚姻登记信息" in page
    assert "0 项" not in page
    assert "没有数据资源逐字含有「婚姻登记 养犬」" in client.get("/search?q=婚姻登记 养犬").text


def test_the_page_keeps_what_is_chosen_and_says_what_cannot_be_answered(without: Flask):
    client = sign_in(without, "consumer")
    whole = int(re.search(r"<h1>([\d,]+) 项", client.get("/search").text)[1].replace(",", ""))
    page = client.get("/search?share_type=3").text
    few = int(re.search(r"<h1>([\d,]+) 项", page)[1])
    assert 0 < few < whole
    assert 'value="3" checked' in page
    # Beside what is chosen stands how many it brings, beside the others how many they would.
    assert f'value="3" checked> 不予共享 <span class="n">{few}</span>' in page
    assert page.count('class="n"') > 20
    assert "暂不计数" not in page
    assert "只在名称、代码、提供部门和信息项里逐字查找" in page
    assert "names, codes, providers and data elements" in client.get("/search?lang=en").text


def test_nothing_found_is_not_told_as_if_all_had_been_looked_through(without: Flask):
    client = sign_in(without, "consumer")
    page = client.get("/search?q=扯证&lang=zh").text
    assert "不等于没有" in page
    assert "办事说法和拼音检索" not in page
    # What is chosen is answered in full: there the number is to be trusted.
    page = client.get("/search?share_type=9").text
    assert "没有一项符合全部所选条件" in page
    assert "不等于没有" not in page


def test_the_list_as_a_file_holds_all_that_is_chosen_and_how_it_was_found(without: Flask):
    client = sign_in(without, "consumer")
    number = int(re.search(r"<h1>([\d,]+) 项", client.get("/search?lang=zh").text)[1])
    sheet = client.get("/search/results.csv")
    assert len(list(csv.reader(io.StringIO(sheet.data.decode("utf-8-sig"))))) == number + 1
    few = int(re.search(r"<h1>([\d,]+) 项", client.get("/search?share_type=3").text)[1])
    rows = list(
        csv.reader(
            io.StringIO(client.get("/search/results.csv?share_type=3").data.decode("utf-8-sig"))
        )
    )
    assert len(rows) == few + 1
    assert {row[4] for row in rows[1:]} == {"不予共享"}
    worded = client.get("/search/results.csv?q=婚姻")
    assert "逐字查找" in unquote(worded.headers["Content-Disposition"])
    book = load_workbook(io.BytesIO(client.get("/search/results.xlsx?q=婚姻").data))
    assert "只在名称、代码、提供部门和信息项里逐字查找" in book.active["A1"].value
