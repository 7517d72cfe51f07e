"""The search page: facets, reasons, other ways to ask, titles while typing, the list as a file."""

import csv
import io
import re
from html import unescape
from urllib.parse import parse_qs, quote, unquote, urlsplit

import pytest
import sqlalchemy as sa
from flask import Flask
from openpyxl import load_workbook

from registry import db, discovery
from registry.discovery import query
from registry.models.catalogue import Element, Resource, Version
from registry.models.journal import JournalRow
from registry.web import finding
from tests.factories import sign_in

HIDDEN = "婚姻登记信息"


@pytest.fixture(scope="module", autouse=True)
def indexed(city: Flask) -> None:
    database = city.extensions["registry_database"]
    index = discovery.open_index(city.extensions["registry_settings"])
    discovery.rebuild(database, index)
    index.close()


def get(client, address: str, **asked: object) -> str:
    answer = client.get(address, query_string=asked)
    assert answer.status_code == 200, answer.text
    return answer.text


def test_several_values_of_a_facet_may_be_chosen_and_taken_away_again(city: Flask):
    client = sign_in(city, "consumer")
    one = get(client, "/search", q="婚姻", share_type="2")
    both = get(client, "/search", q="婚姻", share_type=["1", "2"])
    assert 'value="2" checked' in one
    assert 'value="1" checked' not in one
    assert both.count(" checked") == 2
    assert "已选" in both


def test_a_hit_says_why_and_marks_the_words(city: Flask):
    page = get(sign_in(city, "consumer"), "/search", q="结婚证")
    assert "<mark>婚姻登记</mark>信息" in page
    assert "（同义词）" in page


def test_in_the_table_too_a_hit_whose_name_does_not_show_it_says_why(city: Flask):
    page = get(sign_in(city, "consumer"), "/search", q="婚姻", view="table")
    row = page.split("户籍人口基本信息</a>")[1].split("</th>")[0]
    assert row.count('class="why"') == 1
    assert "<b>信息项</b>" in row
    assert "<mark>婚姻状况</mark>" in row
    assert page.count('class="why"') == 1


def test_beside_whole_hits_what_holds_a_part_is_told_in_short_by_its_element_where_it_has_one(
    city: Flask,
):
    page = get(sign_in(city, "consumer"), "/search", q="要有联系电话字段的企业表")
    near = page.split('id="related"')[1].split("</section>")[0].split('class="hit near"')[1:]
    assert len(near) == 10
    for one in near:
        assert one.count('class="why"') <= 1
        assert "摘要" not in one
    assert "信息项" in near[0]


def test_the_page_counts_what_the_data_holds_and_not_whose_duty_it_is(city: Flask):
    page = get(sign_in(city, "consumer"), "/search", q="结婚证")
    assert "3 项数据资源符合" in page


def test_without_words_each_entry_says_what_it_holds(city: Flask):
    page = get(sign_in(city, "consumer"), "/search", q=" ")
    assert "项数据资源</h1>" in page
    assert page.count("主要包括") > 10


def test_a_kept_address_of_a_page_that_is_gone_leads_to_the_last(city: Flask):
    page = get(sign_in(city, "consumer"), "/search", q="婚姻", page="999")
    assert page.count('class="hit"') >= 3
    assert "没有找到" not in page


def test_from_an_entry_the_way_leads_back_to_the_question(city: Flask):
    client = sign_in(city, "consumer")
    found = re.search(r'href="(/resources/\w{16})"', get(client, "/search", q="婚姻"))[1]
    asked = f"/search?q={quote('婚姻')}&share_type=2"
    page = client.get(found, headers={"Referer": f"http://localhost{asked}"}).text
    assert f'href="{asked.replace("&", "&amp;")}">检索</a>' in page
    for other in ("http://elsewhere.example/search?q=x", "http://localhost/inbox?q=x", ""):
        assert 'href="/search">检索</a>' in client.get(found, headers={"Referer": other}).text


def test_a_stranger_is_told_that_departments_sign_in_to_ask(city: Flask):
    client = city.test_client()
    found = re.search(r'href="(/resources/\w{16})"', get(client, "/search", share_type="1"))[1]
    assert "政务部门登录后申请" in client.get(found).text
    asked = client.get(f"{found}/request", follow_redirects=True)
    assert "登录后会回到这里" in asked.text


def test_no_hit_leads_to_other_ways_and_to_a_demand(city: Flask):
    client = sign_in(city, "consumer")
    page = get(client, "/search", q="住房公基金缴存", share_type="1")
    assert "没有数据资源符合" in page
    assert "也许要找" in page
    assert "住房公积金缴存" in page
    assert "/demands/new?wanted=" in page
    dropped = get(client, "/search", q="养犬登记信息", share_type="3")
    assert "去掉条件" in dropped


def test_the_pages_of_a_list_lead_on_and_back_and_show_where_some_are_left_out(city: Flask):
    def pager(page: str) -> list[str]:
        return re.findall(
            r">([^<>\s]+)</(?:a|span)>", page.split('class="pages"')[1].split("</ul>")[0]
        )

    client = sign_in(city, "consumer")
    first = get(client, "/search")
    last = pager(first)[-2]
    assert pager(first) == ["1", "2", "3", "…", last, "下一页"]
    fifth = get(client, "/search", page=5)
    assert pager(fifth) == ["上一页", "1", "…", "3", "4", "5", "6", "7", "…", last, "下一页"]
    assert 'href="/search?page=6" rel="next"' in fifth
    assert 'href="/search?page=4" rel="prev"' in fifth
    assert pager(get(client, "/search", page=int(last)))[-1] == last


def test_the_themes_stand_by_what_most_entries_have(city: Flask):
    page = get(sign_in(city, "consumer"), "/search")
    shown = page.split('id="facet-themes"')[1].split("</fieldset>")[0]
    counts = [int(n) for n in re.findall(r'class="n">(\d+)<', shown)]
    assert len(counts) == 8
    assert counts == sorted(counts, reverse=True)


def test_that_filters_leave_nothing_is_not_told_as_if_the_words_found_nothing(city: Flask):
    client = sign_in(city, "consumer")
    left = get(client, "/search", q="养犬登记信息", share_type="3")
    assert "所选条件下没有数据资源符合「养犬登记信息」" in left
    assert "请去掉一个条件" in left
    without = get(client, "/search", q="火星移民")
    assert "所选条件下" not in without
    assert "条件" not in without.split('class="panel empty"')[1].split("</p>")[0]


@pytest.mark.parametrize(
    ("asked", "words", "filters"),
    [
        ("婚姻 有条件共享", "婚姻 + 有条件共享", {"q": "婚姻", "share_type": "2"}),
        ("每天更新的婚姻数据", "婚姻数据 + 每日", {"q": "婚姻数据", "update_cycle": "2"}),
        ("共享类型是不予共享的数据", "不予共享", {"share_type": "3"}),
    ],
)
def test_a_filter_said_in_words_is_offered_as_one_with_its_count(city, asked, words, filters):
    client = sign_in(city, "consumer")
    page = get(client, "/search", q=asked)
    offered = re.search(r'按条件找：<a href="([^"]+)">([^<]+)</a> (\d+) 项', page)
    assert offered is not None
    address, said, number = offered.groups()
    assert said == words
    assert parse_qs(urlsplit(unescape(address)).query) == {k: [v] for k, v in filters.items()}
    assert f"<h1>{number} 项数据资源" in client.get(unescape(address)).text


def test_a_filter_said_in_words_is_offered_beside_what_was_found_by_the_words(city: Flask):
    page = get(sign_in(city, "consumer"), "/search", q="每天更新的数据")
    assert re.search("<h1>[1-9][0-9]* 项数据资源符合", page)
    offered = re.search(r'按条件找：<a href="([^"]+)">每日</a> (\d+) 项', page)
    assert offered is not None
    assert int(offered[2]) > 16


def test_what_a_wrong_word_sounds_like_is_counted_and_the_page_says_so(city: Flask):
    page = get(sign_in(city, "consumer"), "/search", q="房产正")
    assert re.search("<h1>[1-9][0-9]* 项数据资源符合", page)
    assert "没有一项含有「房产正」，已按同音的「房产证」查找" in page


def test_what_was_meant_is_offered_where_a_wrong_word_was_not_counted(city: Flask):
    page = get(sign_in(city, "consumer"), "/search", q="药平抽检")
    assert re.search("<h1>[1-9][0-9]* 项数据资源符合", page)
    assert re.search(r'也许要找：<a href="[^"]+">药品抽检</a> [1-9][0-9]* 项', page)


def test_a_word_that_names_a_filter_only_in_part_is_a_word(city: Flask):
    # 有条件 may be said of sharing and of opening; 年度报告 is no cycle.
    for text in ("婚姻 有条件", "火星年度报告"):
        assert "按条件找" not in get(sign_in(city, "consumer"), "/search", q=text)


def test_a_question_whose_best_entries_stand_below_is_not_told_that_there_are_none(city: Flask):
    page = get(sign_in(city, "consumer"), "/search", q="养老院的食堂有没有被罚过")
    assert "最接近的数据资源" in page
    assert "没有数据资源符合" not in page
    assert 0 < page.index('class="hits"') < page.index("提出数据需求")


def test_what_nothing_is_known_of_is_close_to_nothing(city: Flask):
    page = get(sign_in(city, "consumer"), "/search", q="火星移民")
    assert "没有数据资源符合" in page
    assert "最接近的数据资源" not in page


def test_the_page_names_the_unit_its_number_leaves_out(city: Flask):
    page = get(sign_in(city, "consumer"), "/search", q="审计局 停车场")
    assert "没有一项同时含有「审计局」" in page
    assert "公共停车场泊位信息" in unmarked(page)
    assert "没有一项同时含有" not in get(sign_in(city, "consumer"), "/search", q="停车场")


def unmarked(page: str) -> str:
    return page.replace("<mark>", "").replace("</mark>", "")


def test_what_is_not_wanted_stands_as_a_condition_that_can_be_taken_back(city: Flask):
    client = sign_in(city, "consumer")
    assert "食品生产许可信息" in unmarked(get(client, "/search", q="食品许可"))
    page = get(client, "/search", q="食品许可，不要生产")
    assert "不含：" in page
    assert "食品经营许可信息" in unmarked(page)
    assert "食品生产许可信息" not in unmarked(page)
    assert f'href="/search?q={quote("食品许可")}"' in page


def test_of_the_departments_the_one_that_holds_most_comes_first(city: Flask):
    page = get(sign_in(city, "consumer"), "/search", q="登记")
    units = page.split('class="facet"')[1]
    counts = [int(n) for n in re.findall(r'deep0">.*?class="n">(\d+)<', units)]
    assert len(counts) > 2
    assert counts == sorted(counts, reverse=True)


def test_what_shares_single_characters_alone_says_so_and_stands_below_no_real_hit(city: Flask):
    client = sign_in(city, "consumer")
    nothing = get(client, "/search", q="火星移民")
    assert 0 < nothing.count("只有个别字相同") <= 5
    assert "只有个别字相同" not in get(client, "/search", q="养犬登记信息")
    assert "只有个别字相同" not in get(client, "/search")


def test_a_title_that_sounds_as_typed_says_that_it_was_found_by_its_sound(city: Flask):
    consumer = sign_in(city, "consumer")
    page = get(consumer, "/search", q="昏因 数据")
    assert "（拼音）" in page
    assert HIDDEN in page
    # Alone it is heard as the word it sounds like.
    assert "已按同音的「婚姻」查找" in get(consumer, "/search", q="昏因")


def suggested(client, typed: str) -> list[str]:
    titles: list[str] = client.get("/search/suggest", query_string={"q": typed}).json
    return titles


@pytest.mark.parametrize("typed", ["hunyi", "hunyin", "hydj", "婚姻登", "hun yi"])
def test_what_is_typed_becomes_titles_by_words_pinyin_and_initials(city: Flask, typed: str):
    assert HIDDEN in suggested(sign_in(city, "consumer"), typed)


@pytest.mark.parametrize(
    "typed", ["婚姻d", "婚姻deng", "婚姻 dengj", "婚姻DENG'JI", "婚dj", "婚姻dj"]
)
def test_characters_with_letters_behind_them_become_titles_that_hold_them(city: Flask, typed: str):
    client = sign_in(city, "consumer")
    titles = suggested(client, typed)
    assert HIDDEN in titles
    assert all("婚" in one for one in titles)
    # What only sounds like the characters that stand there is not meant.
    assert suggested(client, "昏因deng") == []


def test_nothing_hidden_from_a_stranger_shows_anywhere_on_the_way_to_it(city: Flask):
    stranger = city.test_client()
    for typed in ("hunyi", "婚姻登", "hydj", HIDDEN):
        titles = stranger.get("/search/suggest", query_string={"q": typed}).json
        assert HIDDEN not in titles
    for asked in (HIDDEN, "婚姻登己信息", "结婚证"):
        page = get(stranger, "/search", q=asked)
        assert f">{HIDDEN}<" not in page
        assert "也许要找" not in page
    # Elements that only hidden entries hold are no values of the facet and have no page.
    with db.transaction(city.extensions["registry_database"], writes=False) as session:
        live = (
            sa.select(Element.name)
            .join(Version)
            .join(Resource, Resource.live_version_id == Version.id)
        )
        opened = Version.open_type.in_(("1", "2")) & (Version.visibility == "1")
        shown = set(session.scalars(live.where(opened)))
        secret = sorted(set(session.scalars(live.where(Version.name == HIDDEN))) - shown)
    assert secret
    for name in secret:
        assert f'value="{name}"' not in get(stranger, "/search")
        assert stranger.get("/elements", query_string={"name": name}).status_code == 404
        assert HIDDEN in get(sign_in(city, "consumer"), "/elements", name=name)


@pytest.mark.parametrize("name", ["units", "class_path", "element"])
def test_all_values_of_a_facet_stand_in_one_list_with_the_counts_they_have_as_filters(
    city: Flask, name: str
):
    client = sign_in(city, "consumer")
    short, whole = (get(client, "/search", share_type="1", **more) for more in ({}, {"all": name}))
    lines = values_of(whole, name)
    number = re.search(r"全部 (\d+) 个", facet_of(short, name))
    assert number is not None
    assert int(number[1]) == len(lines) > len(values_of(short, name))
    assert "收起" in facet_of(whole, name)
    # Other facets are as short as before, and what was chosen stays chosen.
    assert values_of(whole, "themes") == values_of(short, "themes")
    assert 'name="share_type" value="1" checked' in whole
    for value, count in [*lines.items()][:: max(1, len(lines) // 5)]:
        found = get(client, "/search", share_type="1", **{name: unescape(value)})
        assert f"<h1>{count} 项数据资源</h1>" in found


def facet_of(page: str, name: str) -> str:
    return page.split(f'id="facet-{name}"')[1].split("</fieldset>")[0]


def values_of(page: str, name: str) -> dict[str, str]:
    """The values that stand in a facet, with their counts."""
    line = r'value="([^"]*)"[^>]*>[^<]*<span class="n">(\d+)'
    return dict(re.findall(line, facet_of(page, name)))


def test_the_export_holds_what_the_reader_found_and_no_formula_and_is_on_record(city: Flask):
    client = sign_in(city, "consumer")
    sheet = client.get("/search/results.xlsx", query_string={"q": "结婚证"})
    rows = list(load_workbook(io.BytesIO(sheet.data)).active.iter_rows(values_only=True))
    assert rows[2][0] == HIDDEN
    text = client.get("/search/results.csv", query_string={"q": "结婚证"}).data.decode("utf-8-sig")
    assert [row[0] for row in csv.reader(io.StringIO(text))][1] == HIDDEN
    with db.transaction(city.extensions["registry_database"], writes=False) as session:
        acts = session.scalars(sa.select(JournalRow.act)).all()
    assert acts.count("export_found") == 2
    assert city.test_client().get("/search/results.csv").status_code in (303, 401)


def test_a_list_that_is_cut_says_so_before_and_in_the_name_of_the_file(city: Flask, monkeypatch):
    client = sign_in(city, "consumer")
    assert "导出只含前" not in get(client, "/search")
    monkeypatch.setattr(finding, "MOST_EXPORTED", 25)
    page = get(client, "/search")
    total = re.search(r"<h1>(\d+) 项", page)
    assert total is not None
    assert "导出只含前 25 项" in page
    answer = client.get("/search/results.csv")
    name = unquote(answer.headers["Content-Disposition"])
    assert f"共{total[1]}项只含前25项.csv" in name
    rows = list(csv.reader(io.StringIO(answer.data.decode("utf-8-sig"))))
    assert len(rows) == 26
    assert {len(row) for row in rows} == {len(rows[0])}
    assert "只含前" not in unquote(
        client.get("/search/results.csv?q=婚姻").headers["Content-Disposition"]
    )


def test_an_export_in_portions_holds_what_the_pages_show_in_their_order(city: Flask, monkeypatch):
    client = sign_in(city, "consumer")
    whole = client.get("/search/results.csv?q=企业").data
    assert whole.count(b"\n") > 8
    monkeypatch.setattr(query, "_PORTION", 3)
    assert client.get("/search/results.csv?q=企业").data == whole
    shown = re.findall(r'<h2><a href="/resources/\w+">(.*?)</a>', get(client, "/search", q="企业"))
    rows = csv.reader(io.StringIO(whole.decode("utf-8-sig")))
    names = [row[0] for row in rows][1 : len(shown) + 1]
    assert names == [re.sub("<.*?>", "", one) for one in shown]


def test_a_cell_that_begins_like_a_formula_is_made_harmless():
    assert finding._csv([["=1+1", " -x", "@a", "\tb", "婚姻"]]).decode("utf-8-sig") == (
        "'=1+1,' -x,'@a,'\tb,婚姻\r\n"
    )


@pytest.mark.parametrize("sort", ["relevance", "updated", "published", "price"])
@pytest.mark.parametrize("view", ["table", "cards", "x"])
def test_any_order_and_view_is_a_page(city: Flask, sort: str, view: str):
    page = get(sign_in(city, "consumer"), "/search", q="养犬登记信息", sort=sort, view=view)
    assert "<mark>养犬登记</mark>信息" in page or "<mark>养犬登记信息</mark>" in page
    assert ("<table" in page) == (view == "table")


@pytest.mark.parametrize(
    "odd",
    [
        "{!term f=x}",
        "a" * 10_000,
        'AND OR NOT ( "',
        "/.*[/",
        "\x00",
        "\ud800".encode("utf-8", "surrogatepass").decode("latin-1"),
        "😀" * 99,
        "電話號碼",
        "ｈｕｎｙｉｎ",
        "*:*",
        "'; DROP TABLE",
        "".join(map(chr, range(32))) + "\ufeff\u200b\u202e\ue000",
        "İ" * 256 + "ﷺ" * 99,
        "要有" + "联系电话和" * 40 + "字段的企业表",
        "zhang" * 51,
        "中标 饭店 办照 涨价 " * 16,
    ],
)
def test_odd_questions_are_answered_on_every_address(city: Flask, odd: str):
    client = sign_in(city, "consumer")
    for address in ("/search", "/search/suggest", "/search/results.csv"):
        answer = client.get(address, query_string={"q": odd, "element": odd, "units": odd})
        assert answer.status_code == 200, (address, answer.status_code)
    assert client.get("/elements", query_string={"name": odd}).status_code == 404
