"""The search dictionary is kept in the product, works at once, and is fed by what found nothing."""

import re
from datetime import timedelta
from urllib.parse import quote

import pytest
import sqlalchemy as sa
from flask import Flask

from registry import calendar, db, discovery
from registry.discovery import dictionary, misspelt, opened
from registry.models.discovery import AskedQuery, UnansweredQuery
from registry.models.journal import JournalRow
from search import synonyms
from tests.factories import sign_in, token_of


@pytest.fixture(scope="module", autouse=True)
def indexed(city: Flask) -> None:
    index = discovery.open_index(city.extensions["registry_settings"])
    discovery.rebuild(city.extensions["registry_database"], index)
    index.close()


def send(client, address: str, **fields: str):
    fields["csrf_token"] = token_of(client.get("/dictionary").text)
    return client.post(address, data=fields)


def found(city: Flask, text: str) -> str:
    return sign_in(city, "consumer").get("/search", query_string={"q": text}).text


def test_a_question_asked_in_vain_is_added_in_one_step_and_answered_at_once(city: Flask):
    reviewer = sign_in(city, "reviewer")
    for _ in range(2):
        assert "没有一项含有您写的每一个词" in found(city, "毛孩子上牌牌")
    assert "毛孩子上牌牌" in reviewer.get("/dictionary").text
    added = send(
        reviewer, "/dictionary/add", terms="毛孩子上牌牌、养犬登记", because="市民来电用语"
    )
    assert added.status_code == 303
    assert "养犬登记</mark>信息" in found(city, "毛孩子上牌牌")
    page = reviewer.get("/dictionary").text
    assert "市民来电用语" in page
    assert "/dictionary?term=" not in page
    with db.transaction(city.extensions["registry_database"], writes=False) as session:
        assert session.scalars(sa.select(JournalRow.act)).all().count("dictionary") == 1
        key = dictionary.entries(session)[0].key
    assert send(reviewer, f"/dictionary/{key}/retire", because="口语少用").status_code == 303
    assert "没有一项含有您写的每一个词" in found(city, "毛孩子上牌牌")
    assert send(reviewer, f"/dictionary/{key}/retire", because="再次").status_code == 409


def test_what_people_say_in_several_words_leads_to_what_offices_call_it(city: Flask):
    reviewer = sign_in(city, "reviewer")
    for _ in range(2):
        assert "没有一项含有您写的每一个词" in found(city, "毛孩子什么时候上牌牌")
    assert "毛孩子什么时候上牌牌" in reviewer.get("/dictionary").text
    told = {"asked": "毛孩子、汪星人 + 上牌牌", "meant": "养犬登记", "because": "市民来电用语"}
    assert send(reviewer, "/dictionary/add", **told).status_code == 303
    assert "养犬登记</mark>信息" in found(city, "汪星人怎么上牌牌")
    page = reviewer.get("/dictionary").text
    assert "毛孩子、汪星人 + 上牌牌" in page
    # The list of what found nothing no longer asks for it.
    assert "毛孩子什么时候上牌牌" not in page
    with db.transaction(city.extensions["registry_database"], writes=False) as session:
        key = dictionary.entries(session)[0].key
    assert send(reviewer, f"/dictionary/{key}/retire", because="试用结束").status_code == 303
    assert "没有一项含有您写的每一个词" in found(city, "汪星人怎么上牌牌")


def test_what_people_say_leads_to_terms_that_do_not_stand_for_one_another(city: Flask):
    reviewer = sign_in(city, "reviewer")
    told = {"asked": "毛孩子的户口、汪汪证", "meant": "养犬登记、收养登记", "because": "市民来电"}
    assert send(reviewer, "/dictionary/add", **told).status_code == 303
    said = found(city, "汪汪证")
    assert "养犬登记</mark>信息" in said
    assert "收养登记</mark>信息" in said
    assert "收养登记" not in found(city, "养犬登记").split('id="related"')[0]


def test_a_delivered_group_can_be_retired(city: Flask):
    group = next(g for g in synonyms.delivered().groups if "结婚证" in g.terms)
    assert "1 项数据资源符合" in found(city, "领结婚证")
    reviewer = sign_in(city, "reviewer")
    assert send(reviewer, f"/dictionary/{group.key}/retire", because="试停用").status_code == 303
    assert "1 项数据资源符合" not in found(city, "领结婚证")
    assert send(reviewer, "/dictionary/nowhere/retire", because="x").status_code == 404


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({"terms": "甲词、乙词", "because": ""}, "请填写来源或理由"),
        ({"terms": "甲词", "because": "x"}, "词太少"),
        ({"terms": "狗、犬只", "because": "x"}, "单个字不能作词条"),
        ({"terms": "甲词、乙词", "related": "甲词", "because": "x"}, "同一个词出现两次"),
        ({"terms": "在哪里、乙词", "because": "x"}, "这个词没有检索意义"),
        ({"terms": "空气", "broader": "空气质量", "because": "x"}, "上下位词成环"),
        ({"terms": f"甲词、{'长' * 30}", "because": "x"}, "词太长"),
    ],
)
def test_a_group_that_would_mislead_is_refused_with_its_rule(city: Flask, fields, says):
    answer = send(sign_in(city, "reviewer"), "/dictionary/add", **fields)
    assert answer.status_code == 422
    assert says in answer.text
    assert f'value="{fields["terms"]}"' in answer.text


@pytest.mark.parametrize(
    ("asked", "meant", "says"),
    [
        ("老人 + ", "高龄津贴", "加号两边都要有词"),
        ("老人、餐 + 餐、钱", "高龄津贴", "同一个词出现两次"),
        ("老人 + ？", "高龄津贴", "这个词没有检索意义"),
        ("餐", "老年助餐", "单个字不能作词条"),
        ("在哪里", "老年助餐", "这个词没有检索意义"),
        ("领钱", "", "词太少"),
        ("领钱、高龄津贴", "高龄津贴", "同一个词出现两次"),
    ],
)
def test_a_way_of_saying_that_would_mislead_is_refused_and_what_was_typed_stays(
    city: Flask, asked, meant, says
):
    told = {"asked": asked, "meant": meant, "because": "市民来电"}
    answer = send(sign_in(city, "reviewer"), "/dictionary/add", **told)
    assert answer.status_code == 422
    assert says in answer.text
    assert f'name="asked" value="{asked}"' in answer.text
    assert answer.text.count('value="市民来电"') == 1


def test_words_of_other_groups_are_shown_as_conflicts(city: Flask):
    page = sign_in(city, "reviewer").get("/dictionary", query_string={"term": "低保"}).text
    assert "最低生活保障" in page


@pytest.mark.parametrize("username", ["consumer", "registrar", "sysadmin", "auditor"])
def test_only_the_authority_keeps_the_dictionary(city: Flask, username: str):
    assert sign_in(city, username).get("/dictionary").status_code == 403


@pytest.mark.parametrize(
    "text", ["150302199001011234", "13800138000", "a@b.cn", "张某先生 低保", "x" * 41, "!", "a"]
)
def test_what_looks_personal_is_never_kept(city: Flask, text: str):
    for _ in range(2):
        found(city, text)
    with db.transaction(city.extensions["registry_database"], writes=False) as session:
        kept = session.scalars(sa.select(UnansweredQuery.text)).all()
    assert synonyms.plain(text) not in kept


def test_a_stranger_fills_no_list(city: Flask):
    for _ in range(2):
        city.test_client().get("/search", query_string={"q": "火星移民登记"})
    with db.transaction(city.extensions["registry_database"], writes=False) as session:
        assert "火星移民登记" not in session.scalars(sa.select(UnansweredQuery.text)).all()


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        *(("结昏登记", "结婚登记"), ("公积今", "公积金"), ("行政处法", "行政处罚")),
        *(("婚姻登记", None), ("社保交费", None)),
        # With the word before it, and where two sounds are hardly told apart.
        *(("劳动争意", "劳动争议"), ("房产正", "房产证"), ("食平", "食品"), ("药平", "药品")),
    ],
)
def test_a_wrong_homophone_is_mended_by_the_dictionary_where_no_title_helps(typed, meant):
    assert misspelt.meant(typed, []) == meant


def test_a_title_is_meant_before_a_term_of_the_dictionary():
    assert misspelt.meant("公积今", ["公积津贴发放"]) == "公积津"
    assert misspelt.meant("公积今", ["公积会名单"]) == "公积金"


def test_nothing_is_suggested_that_leaves_half_a_word():
    assert misspelt.meant("火星移民", ["行医许可信息"]) is None
    assert misspelt.meant("公交站惦", ["公交线路信息"]) == "公交站点"


def opened_from(client, page: str, address: str) -> None:
    """Open the first hit of a page as a browser does: it says where it comes from."""
    key = re.search(r'<h2><a href="(/resources/\w+)"', page)
    assert key
    where = f"http://localhost{address}"
    assert client.get(key[1], headers={"Referer": where}).status_code == 200


def test_a_question_whose_hits_nobody_opens_is_listed_and_leaves_when_it_is_added(city: Flask):
    reviewer = sign_in(city, "reviewer")
    for _ in range(3):
        assert "项数据资源符合" in found(city, "婚姻登记")
        assert "项数据资源符合" in found(city, "养犬登记")
    client = sign_in(city, "consumer")
    address = "/search?q=" + quote("养犬登记")
    opened_from(client, client.get(address).text, address)
    section = reviewer.get("/dictionary").text.split('id="unopened"')[1].split("</section>")[0]
    assert ">婚姻登记</a>" in section
    assert "养犬登记" not in section
    assert "不记是谁查的" in section
    send(reviewer, "/dictionary/add", terms="婚姻登记、婚姻登记试词", because="没有人打开")
    page = reviewer.get("/dictionary").text
    assert "没有这样的问法" in page


def test_a_refused_entry_loses_no_count_of_a_question(city: Flask):
    reviewer = sign_in(city, "reviewer")
    found(city, "采矿权登记")
    tally = city.extensions["registry_tally"]
    before = tally.pending()
    assert any(text == "采矿权登记" for text, _ in before)
    refused = send(reviewer, "/dictionary/add", terms="采矿权登记、采矿权登记试词", because="")
    assert refused.status_code == 422
    assert tally.pending() == before
    send(reviewer, "/dictionary/add", terms="采矿权登记、采矿权登记试词", because="试")
    assert not tally.pending()


def test_counts_of_questions_keep_no_person_and_go_after_the_days_kept(city: Flask):
    database = city.extensions["registry_database"]
    tally = opened.Tally()
    for text in ("低保对象", "低保对象", "张三先生的低保", "13800000000"):
        tally.note(text, shown=1)
    old = calendar.today() - timedelta(days=opened.KEPT_DAYS + 1)
    with db.transaction(database, writes=True) as session:
        session.execute(sa.delete(AskedQuery))
        session.add(AskedQuery(text="旧问法", day=old, shown=9, opened=0))
        session.flush()
        tally.write(session)
        rows = session.execute(sa.select(AskedQuery.text, AskedQuery.shown)).all()
    assert [tuple(row) for row in rows] == [("低保对象", 2)]
    assert not tally.pending()
    assert set(AskedQuery.__table__.columns.keys()) == {"id", "text", "day", "shown", "opened"}


def test_a_stranger_and_another_site_count_for_nothing(city: Flask):
    tally = city.extensions["registry_tally"]
    before = tally.pending()
    city.test_client().get("/search", query_string={"q": "养犬登记"})
    client = sign_in(city, "consumer")
    key = re.search(r'<h2><a href="(/resources/\w+)"', found(city, "养犬登记"))[1]
    after_search = tally.pending()
    client.get(key, headers={"Referer": "http://elsewhere.example/search?q=" + quote("养犬登记")})
    client.get(key, headers={"Referer": "http://[bad"})
    assert tally.pending() == after_search
    assert sum(n for n, _ in after_search.values()) == sum(n for n, _ in before.values()) + 1


def test_a_word_that_asks_is_not_taken_for_one_that_sounds_like_it():
    assert misspelt.meant("谁没交税", []) != "税没交税"
    assert misspelt.meant("护市", []) == "护士"


def test_a_term_that_begins_with_a_word_that_asks_is_meant_as_well():
    assert misspelt.meant("不动惨登记", []) == "不动产登记"
    assert misspelt.meant("不锈钢", []) is None
