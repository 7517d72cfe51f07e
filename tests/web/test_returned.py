"""A return is answered in the open: what was said, where, and what was changed since."""

import re

import pytest
import sqlalchemy as sa

from registry import catalogue, db
from registry.access.actor import of_account
from registry.catalogue import RemarkText
from registry.models.accounts import Account, Organisation
from registry.models.catalogue import Resource, Version
from tests.factories import document, sign_in, token_of


def actor(session, name):
    account = session.scalar(sa.select(Account).where(Account.username == name))
    return of_account(session, account, db.now().date())


def working(session, key):
    return session.scalar(sa.select(Resource).where(Resource.key == key)).working


@pytest.fixture
def returned(city, request):
    """An entry the secrecy officer sent back: a remark on an element, one on the whole."""
    with db.transaction(city.extensions["registry_database"], writes=True) as session:
        clerk, officer = actor(session, "registrar"), actor(session, "secrecy")
        unit = session.get_one(Organisation, clerk.holdings[0].organisation_id)
        name = f"退回{abs(hash(request.node.name)) % 10**8}信息"
        made = catalogue.register(session, clerk, unit, document(name), declared=True)
        version = session.get_one(Version, made.version_id)
        catalogue.hand_in(session, clerk, [version])
        remarks = [RemarkText("", "R09", "请先核对"), RemarkText("/items/1", "R09", "级别偏低")]
        catalogue.advance(session, officer, version, "return", remarks)
        return version.resource.key


def mended(city, key, change):
    """The draft after `change`, handed in again; the address of its batch."""
    with db.transaction(city.extensions["registry_database"], writes=True) as session:
        clerk, version = actor(session, "registrar"), working(session, key)
        text = catalogue.document_of(version)
        change(text)
        stored = catalogue.save(session, clerk, version, text)
        again = session.get_one(Version, stored.version_id)
        return f"/submissions/{catalogue.hand_in(session, clerk, [again]).key}"


def test_who_decides_again_sees_the_return_and_what_was_changed_since(city, returned):
    batch = mended(city, returned, lambda text: text.update(abstract=text["abstract"] + "补充一句"))
    secrecy = sign_in(city, "secrecy")
    for address in (f"/resources/{returned}/difference", batch):
        page = secrecy.get(address).text
        assert "第 1 版被退回" in page
        assert "赵永强" in page
        assert "请先核对" in page
        assert re.search(r"信息项「[^」]+」</b>：级别偏低", page)
        assert page.count("补充一句</ins>") == 1
        assert (
            "<details><summary>全部内容" in page or '<details class="panel-body"><summary>' in page
        )
    assert "<li>退回 · 赵永强" in secrecy.get(f"/resources/{returned}/difference").text


def test_who_never_saw_the_returned_version_has_the_whole_text_open(city, returned):
    mended(city, returned, lambda text: None)
    page = sign_in(city, "secrecy").get(f"/resources/{returned}/difference").text
    assert "退回以后没有改动" in page
    assert "<details open>" not in page
    with db.transaction(city.extensions["registry_database"], writes=True) as session:
        catalogue.advance(session, actor(session, "secrecy"), working(session, returned), "clear")
    page = sign_in(city, "head").get(f"/resources/{returned}/difference").text
    assert "<details open><summary>全部内容" in page


def test_a_remark_leads_to_its_field_and_its_section_is_not_complete(city, returned):
    clerk = sign_in(city, "registrar")
    page = clerk.get(f"/resources/{returned}/edit").text
    assert 'href="#f-items-1-name"' in page
    assert "第 1 版被退回" in page
    assert "赵永强" in page
    assert re.search(r'href="#items"><span>[^<]*</span>.*?1 处需改', page)
    with db.transaction(city.extensions["registry_database"], writes=True) as session:
        version = working(session, returned)
        text = catalogue.document_of(version)
        text["items"][1]["note"] = "已核对"
        text["items"].reverse()
        at = [one.get("note") for one in text["items"]].index("已核对")
        catalogue.save(session, actor(session, "registrar"), version, text)
    page = clerk.get(f"/resources/{returned}/edit").text
    assert f'href="#f-items-{at}-name"' in page
    assert "处需改" not in page


def test_new_elements_stand_in_a_table_grade_first(city, returned):
    page = sign_in(city, "registrar").get(f"/resources/{returned}/difference").text
    head = re.search(r'<th scope="col">信息项</th>(.*?)</tr>', page, re.S)[1]
    assert re.findall(r"<th scope=\"col\">([^<]+)", head)[0] == "数据分级"
    assert "字段名：" not in page


def test_a_return_asks_for_one_reason_and_says_so(city, returned):
    mended(city, returned, lambda text: None)
    secrecy = sign_in(city, "secrecy")
    at = f"/resources/{returned}"
    page = secrecy.get(f"{at}/difference").text
    assert "退回时必填；写了对栏目的意见可以不写" in page
    assert 'value="/items/1"' in page
    digest = re.search(r'name="digest" value="([^"]+)"', page)[1]
    form = {"csrf_token": token_of(page), "digest": digest}
    assert secrecy.post(f"{at}/return", data=form).status_code == 422
    told = {**form, "pointer": "/items/1", "remark": "仍然偏低"}
    assert secrecy.post(f"{at}/return", data=told).status_code == 303


def test_one_return_carries_several_remarks_each_on_its_place(city, returned):
    mended(city, returned, lambda text: None)
    secrecy, at = sign_in(city, "secrecy"), f"/resources/{returned}"
    page = secrecy.get(f"{at}/difference").text
    assert page.count('name="pointer"') == page.count('name="remark"') == 5
    form = {
        "csrf_token": token_of(page),
        "digest": re.search(r'name="digest" value="([^"]+)"', page)[1],
        "pointer": ["/items/1", "/abstract", ""],
        "remark": ["级别仍偏低", "摘要太短", ""],
    }
    assert secrecy.post(f"{at}/return", data=form).status_code == 303
    told = sign_in(city, "registrar").get(f"{at}/edit").text
    for anchor, text in (("f-items-1-name", "级别仍偏低"), ("f-abstract", "摘要太短")):
        assert re.search(rf'href="#{anchor}">[^<]*</a>：{text}', told)
