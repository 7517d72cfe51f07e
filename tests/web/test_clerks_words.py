"""Small things that a clerk stumbled over: words, days, names in place of numbers."""

import re

import sqlalchemy as sa

import schemas
from registry import db
from registry.models.catalogue import Resource, Version
from tests.factories import sign_in

WIDE = re.compile("[一-鿿]")


def test_a_day_in_a_list_is_never_broken_over_two_lines(city):
    client = sign_in(city, "registrar")
    page = client.get("/lists/responsibility").text
    days = re.findall(r"<td([^>]*)>\d{4}-\d\d-\d\d</td>", page)
    assert days
    assert set(days) == {' class="nowrap"'}


def test_the_units_own_class_is_shown_by_its_name(city):
    client = sign_in(city, "registrar")
    with db.transaction(city.extensions["registry_database"], writes=False) as own:
        key = own.scalar(
            sa.select(Resource.key)
            .join(Version, Version.id == Resource.live_version_id)
            .where(Version.name == "特困供养人员信息")
        )
    page = client.get(f"/resources/{key}").text
    assert re.search(r"部门信息资源目录 / [^<]+ / 市民政局", page)


def test_no_post_has_brackets_of_half_width():
    for label in schemas.codes.labels("role").values():
        assert "(" not in label


def test_a_deadline_of_the_regulation_has_an_english_article():
    for row in schemas.codes.table("deadlines")["deadlines"]:
        if row["article"].startswith("条例"):
            assert not WIDE.search(row["article_en"])


def test_a_list_of_claims_calls_its_source_by_a_name_clerks_know(city):
    page = sign_in(city, "reviewer").get("/claims").text
    assert "region" not in re.sub(r"<[^>]*>", "", page)


def test_the_foot_of_a_verification_explains_the_laws_by_the_names_the_page_gives_them(city):
    client = sign_in(city, "acceptance")
    at = re.search(r'href="(/projects/\w{16}/examination)"', client.get("/projects").text)[1]
    page, _, foot = client.get(f"{at}?lang=en").text.partition('class="panel-foot">')
    for name in ("decree 809", "PIPL"):
        assert name in page
        assert name in foot
    assert "Measures" not in foot
    assert "《办法》指" in client.get(f"{at}?lang=zh").text


def test_a_box_of_lines_says_once_that_each_has_a_line_of_its_own(city):
    client = sign_in(city, "consumer")
    for lang, words in (("zh", "一行一个"), ("en", "One per line")):
        page = client.get(f"/demands/new?lang={lang}").text
        assert page.split('id="f-items"')[0].count(words) == 1
        assert words not in page.split('id="f-items"')[1].split("</label>")[0]


def test_what_is_ticked_is_to_be_chosen_and_what_is_typed_to_be_filled_in():
    ticked = schemas.Problem("/items", "required", rule="Q1", record="request")
    typed = schemas.Problem("/items", "required", record="demand")
    assert (ticked.message("zh"), typed.message("zh")) == (
        "请选择申请的信息项",
        "请填写需要的信息项",
    )
    assert ticked.message("en") == "Choose Items asked for"
