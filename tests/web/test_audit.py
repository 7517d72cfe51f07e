"""The auditor sees everything that was done or refused, changes nothing, and is on record."""

import ast
import json
import re
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy import event

import registry
from registry import db, work
from registry.calendar import CITY
from registry.models.journal import JournalRow
from schemas import codes
from tests.factories import sign_in, token_of


@pytest.fixture
def auditor(city):
    return sign_in(city, "auditor")


def journal_rows(city, **where):
    with db.transaction(city.extensions["registry_database"], writes=False) as session:
        return session.scalars(
            sa.select(JournalRow).filter_by(**where).order_by(JournalRow.seq)
        ).all()


def test_refused_acts_are_shown_and_found_by_person_outcome_and_day(city, auditor):
    consumer = sign_in(city, "consumer")
    token = token_of(consumer.get("/inbox").text)
    assert consumer.post("/resources/new", data={"csrf_token": token}).status_code == 403
    page = auditor.get("/audit?outcome=refused&person=李建国").text
    assert "被拒绝" in page
    day = journal_rows(city, outcome="refused")[-1].at.astimezone(CITY).date().isoformat()
    assert "李建国" in auditor.get(f"/audit?person=consumer&day={day}").text
    assert "没有符合条件的记录" in auditor.get("/audit?person=consumer&day=1999-01-01").text


def test_a_row_names_its_subject_and_leads_there(city, auditor):
    page = auditor.get("/audit?act=draft").text
    number, address = re.search(r'<a href="(/requests/\w+)">(申请〔2026〕\d+号)</a>', page).group(
        2, 1
    )
    assert number in auditor.get(address).text
    page = auditor.get("/audit?act=hand_in").text
    address, name = re.search(r'<a href="(/resources/\w+)">([^<]+信息)</a>', page).groups()
    assert name in auditor.get(address).text
    assert re.search(r"责任清单|负面清单|供需对接", auditor.get("/audit?act=issue_list").text)


def test_one_word_of_two_subjects_is_told_as_what_was_done(city, auditor):
    def told(subject):
        page = auditor.get("/audit?act=submit").text
        rows = page.split("<tr>")
        return {re.search(r'<th scope="row">([^<]*)', row)[1] for row in rows if subject in row}

    assert told('href="/requests/') == {"提交本单位负责人"}
    assert told('href="/submissions/') <= {"组成报送批次"}


def test_every_act_that_is_written_down_has_a_name():
    tables = [codes.labels(name, "zh") for name in ("act", "journal_act", "exchange_step")]
    named = {code.rpartition(".")[2] for table in tables for code in table}
    written = {
        call.args[2].value
        for path in Path(registry.__file__).parent.rglob("*.py")
        for call in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(call, ast.Call)
        and getattr(call.func, "attr", getattr(call.func, "id", "")) in {"record", "changed"}
        and len(call.args) > 2
        and isinstance(call.args[2], ast.Constant)
        and isinstance(call.args[2].value, str)
    }
    assert {"conclude", "add_tables", "correct_system", "set_password"} < written
    assert written <= named


def test_every_look_is_a_row_of_the_journal(city, auditor):
    before = len(journal_rows(city, act="read_all"))
    for _ in range(2):
        auditor.get("/audit?act=adopt")
    found = journal_rows(city, act="read_all")
    assert len(found) == before + 2
    assert found[-1].account == "auditor"
    assert "adopt" not in found[-1].facts


def test_the_pages_of_the_journal_follow_each_other_without_gap(city, auditor):
    address, seen = "/audit?act=adopt", 0
    total = len(journal_rows(city, act="adopt"))
    while address:
        page = auditor.get(address).text
        seen += page.count('<td class="num" data-label="序号">')
        found = page.split('">更早的记录')[0].rsplit('href="', 1)[-1]
        address = found.replace("&amp;", "&") if "更早的记录" in page else ""
        if "没有更早的记录" in page:
            break
    assert seen == total


def test_the_number_of_queries_does_not_grow_with_the_rows(city, auditor):
    engine = city.extensions["registry_database"].reading
    counted = []

    def count(*_):
        counted[-1] += 1

    event.listen(engine, "after_cursor_execute", count)
    try:
        for address in ("/audit", "/audit?person=nobody-at-all"):
            counted.append(0)
            auditor.get(address)
    finally:
        event.remove(engine, "after_cursor_execute", count)
    assert counted[0] == counted[1]


def test_the_verification_shows_the_head_and_the_proof_that_it_grew(city, auditor):
    page = auditor.get("/audit/verification").text
    assert "完好" in page
    assert "还没有签名的日志头" in page
    work.sign_heads(city.extensions["registry_settings"], city.extensions["registry_database"])
    assert "成立" in auditor.get("/audit/verification").text


def test_only_the_auditor_reads_and_he_changes_nothing(city, auditor):
    for name in ("sysadmin", "security", "reviewer", "registrar"):
        assert sign_in(city, name).get("/audit").status_code == 403
        assert sign_in(city, name).get("/audit/verification").status_code == 403
    token = token_of(auditor.get("/audit").text)
    for address in ("/resources/new", "/security/freeze", "/submissions/new"):
        assert auditor.post(address, data={"csrf_token": token}).status_code == 403


@pytest.mark.parametrize(
    "query", ["day=gestern", "before=-1", "before=9" * 30, "act=%00", "key=" + "x" * 500]
)
def test_a_crooked_filter_is_no_fault(auditor, query):
    assert auditor.get(f"/audit?{query}").status_code == 200


def test_the_facts_of_a_row_are_words_and_keep_their_code(city, auditor):
    page = auditor.get("/audit?act=publish").text
    assert (
        '<div title="state=&#34;published&#34;"><dt>办理后的状态</dt><dd>已发布</dd></div>' in page
    )
    assert "<dt>办理方式</dt><dd>在系统中</dd>" in page
    english = auditor.get("/audit?act=publish&lang=en").text
    assert "<dt>State after it</dt><dd>Published</dd>" in english
    auditor.get("/audit?lang=zh")
    consumer = sign_in(city, "consumer")
    token = token_of(consumer.get("/inbox").text)
    assert consumer.post("/resources/new", data={"csrf_token": token}).status_code == 403
    refused = auditor.get("/audit?outcome=refused").text
    assert re.search(r'title="code=&#34;\w+&#34;"><dt>原因</dt><dd>[一-鿿]', refused)


def test_every_fact_of_the_demo_city_has_its_word(city):
    known = codes.values("journal_fact")
    noted = {key for row in journal_rows(city) for key in json.loads(row.facts)}
    assert sorted(noted - known.keys()) == []
