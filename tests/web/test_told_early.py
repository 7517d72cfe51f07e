"""The form says at its fields what will stop an entry, before anybody's time is spent on it."""

import re

import pytest
import sqlalchemy as sa
from werkzeug.datastructures import MultiDict

import schemas
from registry import catalogue, db
from registry.access.actor import of_account
from registry.models.accounts import Account, Organisation, Post
from registry.models.catalogue import Resource
from registry.models.projects import System
from tests.factories import document, sign_in, token_of

ITEM = {"data_type": "C", "length": "20", "primary_key": False, "nullable": True, "level": "1"}


@pytest.fixture
def registered(city):
    """Register an entry of the registrar's unit; its key."""

    def register(text):
        with db.transaction(city.extensions["registry_database"], writes=True) as session:
            account = session.scalar(sa.select(Account).where(Account.username == "registrar"))
            clerk = of_account(session, account, db.now().date())
            unit = session.get_one(Organisation, clerk.holdings[0].organisation_id)
            return catalogue.register(session, clerk, unit, text, declared=True).key

    return register


def with_item(name, **more):
    text = document("说在前面的信息")
    text["items"].append({"name": name, **ITEM, **more})
    return text, len(text["items"]) - 1


def test_an_unmarked_number_is_told_at_its_row_before_hand_in(city, registered):
    text, at = with_item("负责人身份证号", share_type="1", open_type="1")
    text.update(share_type="1", open_type="1")
    page = sign_in(city, "registrar").get(f"/resources/{registered(text)}/edit").text
    row = page.split(f'id="f-items-{at}-faults"')[1].split("</tr>")[0]
    assert "名称像「公民身份号码」" in row
    assert "个人信息认定说明" in row


def test_a_caution_leads_to_its_row_and_reaches_the_reviewers_check(city, registered):
    text, at = with_item("联系电话", share_type="2", open_type="3", pi_reason="单位办公电话")
    key, clerk = registered(text), sign_in(city, "registrar")
    for page in ("edit", "items"):
        shown = clerk.get(f"/resources/{key}/{page}").text
        said = shown.split("不影响送审")[1].split("</div>")[0]
        assert f'href="#f-items-{at}-pi_kind"' in said
        assert "填报单位说明：单位办公电话" in said
    check = clerk.get(f"/resources/{key}/difference").text.split("系统核对")[1]
    assert "填报单位说明：单位办公电话" in check


def test_a_badge_leads_to_the_field_that_says_what_is_wrong(city, registered):
    key = registered(document("早说的信息", update_cycle=None, source_system="没有的系统"))
    page = sign_in(city, "registrar").get(f"/resources/{key}/edit").text
    assert re.search(r'href="#f-source_system"><span>[^<]*</span>.*?1 处需改', page)
    assert "没有的系统" in page.split('id="f-source_system-error"')[1].split("</div>")[0]
    # What is empty and must be filled is counted as missing, and no mistake yet.
    assert 'id="f-update_cycle-error"' not in page


def test_a_row_that_was_only_added_is_no_mistake_yet(city, registered):
    text = document("新加一行的信息")
    text["items"].append({"name": "", "nullable": True, "primary_key": False})
    page = sign_in(city, "registrar").get(f"/resources/{registered(text)}/edit").text
    assert "处需改" not in page


def aside(page, title):
    return page.split(f"<h2>{title}</h2>")[1].split("</section>")[0]


@pytest.mark.parametrize(
    "name", ["高龄津贴发放信息（2026年5月）", "高龄津贴发放信息表", "高龄 津贴发放信息"]
)
def test_entries_of_like_names_are_listed_with_their_links(city, registered, name):
    first = registered(document("高龄津贴发放信息"))
    second = registered(document(name))
    clerk = sign_in(city, "registrar")
    assert f'href="/resources/{first}"' in aside(
        clerk.get(f"/resources/{second}/edit").text, "名称相近的条目"
    )
    check = clerk.get(f"/resources/{second}/difference").text.split("系统核对")[1]
    assert f'href="/resources/{first}"' in check
    assert clerk.get(f"/resources/{first}").status_code == 200


def test_an_entry_of_the_same_name_in_the_unit_is_marked(city, registered):
    keys = [registered(document("同名两条的信息")) for _ in range(2)]
    page = sign_in(city, "registrar").get(f"/resources/{keys[1]}/edit").text
    assert re.search(rf'/resources/{keys[0]}">[^<]*</a> <span[^>]*>.*?同名', page)


def test_a_name_like_no_other_lists_nothing(city, registered):
    key = registered(document("独一无二的骆驼刺分布"))
    assert "名称相近的条目" not in sign_in(city, "registrar").get(f"/resources/{key}/edit").text


def test_the_source_system_is_chosen_from_those_that_are_registered(city, registered):
    with db.transaction(city.extensions["registry_database"], writes=False) as session:
        unit = session.scalar(
            sa.select(Post.organisation_id).where(Post.role == "registrar").limit(1)
        )
        own = session.scalars(sa.select(System.code).where(System.unit_id == unit)).all()
    page = sign_in(city, "registrar").get(f"/resources/{registered(document())}/edit").text
    field = page.split('<select class="input w-m" id="f-source_system"')[1].split("</select>")[0]
    assert own
    for code in own:
        assert f'value="{code}"' in field
    assert field.index("本单位的系统") < field.index(own[0])
    # What was typed before is not lost for being unknown.
    key = registered(document("系统没有登记的信息", source_system="某系统"))
    page = sign_in(city, "registrar").get(f"/resources/{key}/edit").text
    assert '<option value="某系统" selected>' in page
    assert "在「项目」页登记" in page


def test_the_masking_page_opens_on_what_the_entry_needs(city, registered):
    closed = registered(document("不开放的信息"))
    text, _ = with_item("场所编号", share_type="1", open_type="1")
    opened = registered({**text, "open_type": "1"})
    clerk = sign_in(city, "registrar")
    for key, profile in ((closed, "statistical"), (opened, "open")):
        page = clerk.get(f"/resources/{key}/masking").text
        assert f'name="profile" value="{profile}"' in page


def test_the_elements_of_an_entry_say_their_opening_and_kind(city, registered):
    text, _ = with_item("本人姓名", pi_kind="姓名", pi_role="direct", share_type="2", open_type="3")
    page = sign_in(city, "registrar").get(f"/resources/{registered(text)}").text
    row = page.split('<th scope="row">本人姓名</th>')[1].split("</tr>")[0]
    assert 'data-label="个人信息种类">姓名<' in row
    assert "不予开放" in row.split('data-label="开放"')[1]


def test_empty_rows_take_share_and_opening_from_their_resource(city, registered):
    text = document("按资源填写的信息", share_type="2", open_type="3")
    for item in text["items"]:
        del item["share_type"], item["open_type"]
    text["items"][0]["share_type"] = "3"
    key, clerk = registered(text), sign_in(city, "registrar")
    at = f"/resources/{key}/edit"
    page = clerk.get(f"{at}?check=1").text
    # The same fault of many rows is one line that leads to each of them.
    said = page.split('id="summary"')[1].split("</ol>")[0]
    assert said.count("开放类型") == 1
    assert f"另有 {len(text['items']) - 1} 行相同" in said
    assert 'href="#f-items-2-open_type"' in said
    form = [("csrf_token", token_of(page)), ("do", "fill-item")]
    form.append(("row_version", re.search(r'name="row_version" value="(\d+)"', page)[1]))
    data = MultiDict([*form, *schemas.to_form(text)])
    assert clerk.post(at, data=data).status_code == 303
    with db.transaction(city.extensions["registry_database"], writes=False) as session:
        version = session.scalar(sa.select(Resource).where(Resource.key == key)).working
        items = catalogue.document_of(version)["items"]
    assert [one["share_type"] for one in items] == ["3", *["2"] * (len(items) - 1)]
    assert {one["open_type"] for one in items} == {"3"}


@pytest.mark.parametrize(
    ("username", "address"), [("registrar", "/resources/new"), ("project_manager", "/projects/new")]
)
def test_what_is_told_above_a_form_is_told_at_its_field_too(city, username, address):
    client = sign_in(city, username)
    token = token_of(client.get(address).text)
    page = client.post(address, data={"csrf_token": token}).text
    told = re.findall(r'<li><a href="#([\w-]+)">([^<]+)</a>', page)
    assert told
    for field, words in told:
        assert f'id="{field}-error"><p class="error">' in page
        assert words in page.split(f'id="{field}-error">')[1].split("</div>")[0]
        assert f'aria-invalid="true" aria-describedby="{field}-error' in page
