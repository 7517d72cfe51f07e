"""The three lists: computed from records, closed to outsiders, frozen when issued."""

import io
import json
import re

import openpyxl
import pytest
from flask import Flask

from registry import calendar, catalogue, lists
from registry.access import SYSTEM
from registry.db import now
from registry.errors import Conflict, Forbidden, Missing
from registry.models.exchange import Demand, Request
from registry.models.journal import JournalRow
from tests.catalogue.test_life import published, registered
from tests.catalogue.test_withdrawal import suspension
from tests.factories import document, sign_in, token_of

CIVIL = "11150300DEM000022H"
OTHER = "11150300DEM000065Y"
BASIS = {
    "kind": "law",
    "title": "中华人民共和国个人信息保护法",
    "article": "第十条",
    "quote": "任何组织、个人不得非法提供他人个人信息",
    "reason": "法律明文禁止提供",
    "review_by": f"{calendar.today().year + 1}-06-30",
}


def withheld(town, name: str = "=HYPERLINK(1)信息"):
    """A live entry that is withheld as a whole, with a name a spreadsheet would run."""
    made = document(name, share_type="3", withheld_basis=BASIS, visibility="3")
    made["items"] = [{**item, "share_type": "3"} for item in made["items"]]
    change = catalogue.Change(
        department=town.department,
        step="adopt",
        state="published",
        document=made,
        live="this",
        working="none",
        code="307002150300/900000",
    )
    catalogue.store(town.session, SYSTEM, [change])


def test_the_responsibility_list_names_every_shared_element_with_its_post(session, town):
    resource = published(town)
    names = [item["name"] for item in catalogue.document_of(resource.live)["items"]]
    rows = lists.rows(session, "responsibility", town.department)
    assert [row["element"] for row in rows] == names
    assert {(r["code"], r["department"], r["post"]) for r in rows} == {
        (resource.code, "民政局", "办公室 数据专员")
    }


def test_drafts_and_suspended_entries_stand_in_no_list(session, town):
    registered(town, town.person("registrar"))
    resource = published(town, "甲信息")
    catalogue.suspend(session, town.person("head"), resource, suspension())
    assert lists.rows(session, "responsibility", town.department) == []


def test_the_negative_list_says_why_and_when_it_is_reviewed(session, town):
    withheld(town)
    (row,) = lists.rows(session, "negative", town.department)
    assert (row["title"], row["article"]) == (BASIS["title"], BASIS["article"])
    assert (row["quote"], row["review"]) == (BASIS["quote"], BASIS["review_by"])
    assert lists.rows(session, "responsibility", town.department) == []


def test_an_entry_that_a_reader_may_not_see_stands_in_no_list_of_his(session, town):
    withheld(town)
    stranger = town.person("consumer", unit=town.other)
    assert lists.rows(session, "negative", town.department, stranger) == []


def test_supply_and_demand_has_two_sides_and_is_closed_to_third_parties(session, town):
    resource = published(town)
    asking = town.person("consumer", unit=town.other)
    session.add(
        Request(
            requester_id=town.other.id,
            provider_id=town.department.id,
            resource_id=resource.id,
            state="received",
            document={"scene": "入学核验"},
            created_by=asking.person_id,
            received_on=calendar.today(),
        )
    )
    session.add(
        Demand(
            requester_id=town.department.id,
            state="demand_open",
            document={"wanted": "学籍信息", "items": ["姓名"], "scene": "核验"},
            raised_by=asking.person_id,
            raised_on=now().date(),
        )
    )
    session.flush()
    mine = lists.rows(session, "supply-demand", town.department)
    assert [(r["side"], r["wanted"], r["scene"]) for r in mine] == [
        ("我供", "婚姻登记预约信息", "入学核验"),
        ("我需", "学籍信息", "核验"),
    ]
    theirs = lists.rows(session, "supply-demand", town.department, asking)
    assert [r["scene"] for r in theirs] == ["入学核验"]
    third = town.person("consumer", unit=town.authority)
    assert lists.rows(session, "supply-demand", town.department, third) == []


def test_an_edition_does_not_change_when_the_catalogue_does(session, town):
    resource, head = published(town), town.person("head")
    first = lists.issue(session, head, town.department, "responsibility")
    before = json.dumps(first.rows, ensure_ascii=False)
    catalogue.suspend(session, head, resource, suspension())
    session.expire_all()
    assert json.dumps(first.rows, ensure_ascii=False) == before
    assert lists.is_intact(first)
    second = lists.issue(session, head, town.department, "responsibility")
    assert (first.number, second.number, second.rows) == (1, 2, [])
    journalled = session.query(JournalRow).filter_by(act="issue_list").all()
    assert [row.digest for row in journalled] == [first.digest, second.digest]


def test_an_edition_altered_by_hand_is_no_longer_intact(session, town):
    published(town)
    edition = lists.issue(session, town.person("head"), town.department, "responsibility")
    edition.rows = [{**row, "post": "某人"} for row in edition.rows]
    assert not lists.is_intact(edition)


def test_only_the_head_of_the_unit_issues(session, town):
    for actor in (town.person("registrar"), town.person("head", unit=town.other)):
        with pytest.raises(Forbidden):
            lists.issue(session, actor, town.department, "negative")
    with pytest.raises(Missing):
        lists.issue(session, town.person("head"), town.department, "another")


def test_no_cell_of_a_sheet_is_a_formula(session, town):
    withheld(town)
    rows = lists.rows(session, "negative", town.department)
    book = lists.workbook(lists.kind("negative"), "=1+1", rows)
    sheet = openpyxl.load_workbook(io.BytesIO(book)).active
    cells = [cell for line in sheet.iter_rows() for cell in line if cell.value is not None]
    assert {cell.data_type for cell in cells} == {"s"}
    assert "=HYPERLINK(1)信息" in [cell.value for cell in cells]


def page_of(client, path: str):
    answer = client.get(path)
    assert answer.status_code == 200, path
    return answer.text


def test_the_lists_want_a_name_and_an_edition_its_unit(city: Flask):
    public, head = city.test_client(), sign_in(city, "head")
    for kind in ("responsibility", "negative", "supply-demand"):
        assert public.get(f"/lists/{kind}").status_code == 303
        page_of(head, f"/lists/{kind}?unit={CIVIL}&page=99999")
        assert head.get(f"/lists/{kind}.xlsx?unit={CIVIL}").data[:2] == b"PK"
    shown = page_of(head, f"/lists/negative/issue?unit={CIVIL}")
    digest = re.search(r'name="digest" value="([^"]+)"', shown)[1]
    data = {"csrf_token": token_of(shown), "unit": CIVIL, "digest": digest}
    assert "签发后不能修改" in shown
    unseen = head.post("/lists/negative/issue", data={**data, "digest": "sm3:0"})
    assert unseen.status_code == 409
    assert "清单已有变化" in unseen.text
    made = head.post("/lists/negative/issue", data=data)
    assert made.status_code == 303
    assert "与上一期完全相同" in page_of(head, f"/lists/negative/issue?unit={CIVIL}")
    again = head.post("/lists/negative/issue", data=data)
    assert again.status_code == 409
    assert "不需要再" in again.text
    where = made.headers["Location"]
    page_of(head, where)
    assert sign_in(city, "registrar").get(f"/lists/negative/issue?unit={CIVIL}").status_code == 403
    assert head.get(f"{where}.xlsx").data[:2] == b"PK"
    assert sign_in(city, "consumer").get(where).status_code == 404
    assert head.post("/lists/negative/issue", data={**data, "unit": OTHER}).status_code == 403


@pytest.mark.parametrize("query", ["unit=0", "unit=%00", "page=x", "page=-1", "unit=" + "9" * 500])
def test_odd_queries_are_answered(city: Flask, query):
    assert sign_in(city, "auditor").get(f"/lists/negative?{query}").status_code in (200, 404)


def test_what_an_edition_would_change_is_known_before_it_is_issued(session, town):
    head = town.person("head")
    first = lists.coming(session, head, town.department, "responsibility")
    assert (first.number, first.before, first.added, first.removed) == (1, None, [], [])
    lists.issue(session, head, town.department, "responsibility", first.digest)
    published(town)
    second = lists.coming(session, head, town.department, "responsibility")
    assert (second.number, second.added, second.removed) == (2, second.rows, [])
    assert second.rows
    with pytest.raises(Conflict):
        lists.issue(session, head, town.department, "responsibility", first.digest)
    made = lists.issue(session, head, town.department, "responsibility", second.digest)
    assert made.digest == second.digest
    assert lists.coming(session, head, town.department, "responsibility").added == []


def test_a_second_nil_report_of_a_day_is_refused_and_so_is_the_same_edition_twice(session, town):
    head = town.person("head")
    lists.issue(session, head, town.department, "negative")
    with pytest.raises(Conflict) as refusal:
        lists.issue(session, head, town.department, "negative")
    assert refusal.value.code == "nil_today"
    published(town)
    lists.issue(session, head, town.department, "responsibility")
    with pytest.raises(Conflict) as refusal:
        lists.issue(session, head, town.department, "responsibility")
    assert refusal.value.code == "issued_today"
    assert lists.newest(session, town.department, "negative").number == 1
