"""The pages of requests and demands: nothing typed is lost, nothing leaks, nothing falls over."""

from contextlib import contextmanager

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from registry import db, exchange
from registry.db import now
from registry.models.accounts import Organisation
from registry.models.catalogue import Element, Resource
from registry.models.exchange import Demand, Request
from registry.models.jobs import Notice
from registry.models.journal import JournalRow
from tests.exchange.offering import UNTIL
from tests.factories import sign_in, token_of

ODD = (
    "{{7*7}}",
    "<script>alert(1)</script>",
    "' OR 1=1 --",
    "NaN",
    "1e999",
    "٣",
    "𠮷" * 300,
    "a" * 9000,
)
TYPED = {
    "basis": "《残疾人两项补贴办法》第五条",
    "scene": "残疾人两项补贴资格核验",
    "scope": "补贴审核岗位",
    "method": "03",
    "until": UNTIL.isoformat(),
    "need": "核验资格须比对姓名和证件号码",
}


@contextmanager
def reading(city: Flask):
    with db.transaction(city.extensions["registry_database"], writes=False) as session:
        yield session


def resource_key(city: Flask, code: str = "307002150300/000004") -> str:
    with reading(city) as session:
        return session.scalar(sa.select(Resource.key).where(Resource.code == code))


def item_keys(city: Flask, key: str) -> list[str]:
    with reading(city) as session:
        return list(
            session.scalars(
                sa.select(Element.key)
                .join(Resource, Resource.live_version_id == Element.version_id)
                .where(Resource.key == key)
                .order_by(Element.position)
            )
        )


def request_in(city: Flask, state: str, provider: str = "市民政局") -> str:
    with reading(city) as session:
        rows = session.scalars(sa.select(Request).where(Request.state == state))
        return next(r.key for r in rows if r.provider.name == provider)


def send(client: FlaskClient, address: str, **fields: object):
    token = token_of(client.get("/requests").text)
    return client.post(address, data={"csrf_token": token, **fields})


# Items of the entry that are of persons, and two that are not and need no proof to be delivered.
PERSONAL, PLAIN = slice(0, 2), slice(4, 6)


def drafted(city: Flask, client: FlaskClient, of: slice = PERSONAL) -> str:
    key = resource_key(city)
    answer = send(
        client, f"/resources/{key}/request", do="save", items=item_keys(city, key)[of], **TYPED
    )
    assert answer.status_code == 303
    return answer.location.rsplit("/", 1)[1]


def test_a_refused_form_comes_back_with_everything_that_was_typed(city):
    client = sign_in(city, "consumer")
    key = resource_key(city)
    chosen = item_keys(city, key)[1]
    answer = send(
        client,
        f"/resources/{key}/request",
        do="submit",
        items=chosen,
        scene="写了一半的场景",
        until="后天",
    )
    assert answer.status_code == 422
    assert "写了一半的场景" in answer.text
    assert 'value="后天"' in answer.text
    assert f'value="{chosen}" checked' in answer.text
    assert "请填写使用依据" in answer.text


def test_a_refused_step_keeps_its_words_and_opens_its_form(city):
    client = sign_in(city, "registrar")
    key = request_in(city, "received", "市公安局")
    assert client.get(f"/requests/{key}").status_code == 200
    own = drafted(city, sign_in(city, "consumer"))
    consumer, head = sign_in(city, "consumer"), sign_in(city, "consumer_head")
    assert send(consumer, f"/requests/{own}/submit", row_version=1).status_code == 303
    assert send(head, f"/requests/{own}/consent-out", row_version=2).status_code == 303
    answer = send(
        client, f"/requests/{own}/ask-extension", row_version=3, text="逐项评估", days="40"
    )
    assert answer.status_code == 422
    assert "逐项评估" in answer.text
    assert 'value="40"' in answer.text
    assert "延期天数须为 1 至 10 个工作日" in answer.text


def test_a_stale_page_is_told_so(city):
    client = sign_in(city, "consumer")
    key = drafted(city, client)
    assert (
        send(client, f"/requests/{key}/edit", row_version=1, do="save", **TYPED).status_code == 303
    )
    answer = send(client, f"/requests/{key}/edit", row_version=1, do="save", scene="旧的")
    assert answer.status_code == 409
    assert 'value="旧的"' in answer.text
    assert "您填写的内容没有丢失" in answer.text
    assert send(client, f"/requests/{key}/submit").status_code == 400


def test_a_kept_draft_says_so_and_stands_in_the_journal(city):
    client = sign_in(city, "consumer")
    key = drafted(city, client)
    answer = send(client, f"/requests/{key}/edit", row_version=1, do="save", **TYPED)
    assert "草稿已保存。" in client.get(answer.location).text
    assert "草稿已保存。" not in client.get(answer.location).text
    with reading(city) as session:
        where = JournalRow.key == key, JournalRow.act == "save"
        assert session.scalar(sa.select(JournalRow.outcome).where(*where)) == "done"
    assert "保存申请草稿" in sign_in(city, "auditor").get("/audit").text


def test_a_fault_of_a_draft_leads_to_the_field_on_the_page_that_has_it(city):
    client = sign_in(city, "consumer")
    key = drafted(city, client)
    fields = {**TYPED, "until": "2020-01-01"}
    send(client, f"/requests/{key}/edit", row_version=1, do="save", **fields)
    answer = send(client, f"/requests/{key}/submit", row_version=2)
    assert answer.status_code == 422
    assert f'href="/requests/{key}/edit#f-until"' in answer.text
    assert 'id="f-until"' in client.get(f"/requests/{key}/edit").text


def test_what_was_asked_for_stands_in_the_inbox_until_somebody_acts(city):
    client, head = sign_in(city, "consumer"), sign_in(city, "consumer_head")
    key = drafted(city, client)
    link = f'href="/requests/{key}">申请 婚姻登记信息</a>'
    assert link not in client.get("/inbox").text
    assert link not in head.get("/inbox").text
    send(client, f"/requests/{key}/submit", row_version=1)
    assert link in client.get("/inbox").text
    assert link not in head.get("/inbox").text
    send(head, f"/requests/{key}/consent-out", row_version=2)
    assert link in head.get("/inbox").text
    assert link not in sign_in(city, "sharing").get("/inbox").text


def test_where_the_data_are_and_what_else_was_asked_stand_on_the_page(city):
    client, head = sign_in(city, "consumer"), sign_in(city, "consumer_head")
    registrar, sharing = sign_in(city, "registrar"), sign_in(city, "sharing")
    key, other = drafted(city, client, PLAIN), drafted(city, client)
    with reading(city) as session:
        found = session.scalars(sa.select(Request).where(Request.key == key)).one()
        first, _ = [one.key for one in exchange.elements(session, found)]
    send(client, f"/requests/{key}/submit", row_version=1)
    send(head, f"/requests/{key}/consent-out", row_version=2)
    refusal = {"reason": "用不着", "basis": "共享条件"}
    send(registrar, f"/requests/{key}/prepare", row_version=3, granted=first, **refusal)
    send(sharing, f"/requests/{key}/grant", row_version=4)
    assert "<h2>供数</h2>" not in client.get(f"/requests/{key}").text
    send(registrar, f"/requests/{key}/deliver", row_version=5, text="库表交换 JH-118")
    page = client.get(f"/requests/{key}").text
    assert "<dd>库表交换 JH-118</dd>" in page
    assert f'href="/requests/{other}"' in page
    assert f'href="/requests/{other}"' not in registrar.get(f"/requests/{key}").text


def test_no_day_is_named_to_who_completes_a_request(city):
    client, head = sign_in(city, "consumer"), sign_in(city, "consumer_head")
    registrar, key = sign_in(city, "registrar"), drafted(city, client)
    send(client, f"/requests/{key}/submit", row_version=1)
    send(head, f"/requests/{key}/consent-out", row_version=2)
    asked = send(registrar, f"/requests/{key}/ask-correction", row_version=3, text="写明文号")
    assert "下一步：提交补正，由李建国（需求部门人员）办理。" in registrar.get(asked.location).text
    typed = {**TYPED, "items": item_keys(city, resource_key(city))[:1]}
    done = send(client, f"/requests/{key}/complete", row_version=4, **typed)
    assert "前办理。" in client.get(done.location).text


def test_a_kept_address_of_demands_leads_to_what_is_left(city):
    client = sign_in(city, "consumer")
    typed = {"wanted": "公交刷卡记录", "items": "线路", "scene": "客流分析"}
    made = send(client, "/demands/new", **typed)
    assert f'href="{made.location}"' in client.get("/demands?page=99").text
    again = client.get("/demands/compare")
    assert (again.status_code, again.location) == (302, "/demands/new")


def test_whoever_states_a_demand_is_told_who_has_it_now(city):
    client = sign_in(city, "consumer")
    typed = {"wanted": "燃气优惠用户", "items": "公民身份号码\n燃气户号", "scene": "优惠核定"}
    answer = send(client, "/demands/new", **typed)
    page = client.get(answer.location).text
    assert "由乌兰（审核人）" in page
    assert "<dt>在办</dt><dd>乌兰（审核人）" in page
    assert "单独不算相符" in page
    reviewer = sign_in(city, "reviewer")
    send(reviewer, f"{answer.location}/match", resource=resource_key(city))
    assert "「匹配到资源」已办理" in reviewer.get(answer.location).text
    send(client, f"{answer.location}/withdraw-demand")
    assert "<dt>在办</dt>" not in client.get(answer.location).text


def test_a_demand_may_be_given_to_every_unit_and_its_asker_is_told_by_name(city):
    client = sign_in(city, "consumer")
    typed = {"wanted": "供热欠费用户", "items": "户号", "scene": "催缴"}
    address = send(client, "/demands/new", **typed).location
    reviewer = sign_in(city, "reviewer")
    page = reviewer.get(address).text
    with reading(city) as session:
        units = session.scalars(
            sa.select(Organisation.name).where(Organisation.valid_to.is_(None))
        ).all()
    assert [one for one in units if f">{one}</option>" not in page] == []
    assert "供热欠费用户" in client.get("/lists/supply-demand").text
    send(reviewer, f"{address}/send-up", text="国家平台 UP-2026-2")
    send(reviewer, f"{address}/answer-up", text="同意共享")
    told = client.get("/inbox").text
    assert "供热欠费用户" in told[told.index("<aside") :]


def test_a_crafted_step_is_refused_and_stands_in_the_journal(city):
    key = drafted(city, sign_in(city, "consumer"))
    answer = send(sign_in(city, "consumer"), f"/requests/{key}/consent-out", row_version=1)
    assert answer.status_code == 403
    with reading(city) as session:
        row = session.scalars(
            sa.select(JournalRow).where(JournalRow.key == key, JournalRow.outcome == "refused")
        ).one()
    assert (row.act, row.subject) == ("consent_out", "request")


def test_a_request_is_missing_for_everybody_else(city):
    key = drafted(city, sign_in(city, "consumer"))
    for username in ("registrar", "sharing", "secrecy", "authority_head", "sysadmin"):
        client = sign_in(city, username)
        assert client.get(f"/requests/{key}").status_code == 404
        assert send(client, f"/requests/{key}/withdraw", row_version=1).status_code == 404
        assert key not in client.get("/requests?show=all").text
    assert city.test_client().get(f"/requests/{key}").status_code == 303
    assert sign_in(city, "auditor").get(f"/requests/{key}").status_code == 200


def test_the_words_within_one_side_stay_there(city):
    consumer, head = sign_in(city, "consumer"), sign_in(city, "consumer_head")
    registrar, sharing = sign_in(city, "registrar"), sign_in(city, "sharing")
    key = drafted(city, consumer)
    page = f"/requests/{key}"
    send(consumer, f"{page}/submit", row_version=1)
    send(head, f"{page}/consent-out", row_version=2)
    send(registrar, f"{page}/prepare", row_version=3, granted=item_keys(city, resource_key(city)))
    answer = send(sharing, f"{page}/return-back", row_version=4, text="本局内部意见")
    assert answer.status_code == 303
    assert "本局内部意见" in registrar.get(page).text
    assert "退回重拟" in consumer.get(page).text
    assert "本局内部意见" not in consumer.get(page).text


def test_the_auditor_sees_and_changes_nothing(city):
    client = sign_in(city, "auditor")
    key = request_in(city, "granted")
    assert client.get(f"/requests/{key}").status_code == 200
    for step in ("deliver", "withdraw", "extend", "end"):
        assert send(client, f"/requests/{key}/{step}", row_version=1, text="x").status_code == 403


def test_the_standing_step_cannot_be_taken_by_hand(city):
    key = drafted(city, sign_in(city, "consumer"))
    answer = send(sign_in(city, "consumer"), f"/requests/{key}/grant-standing", row_version=1)
    assert answer.status_code in (403, 409)


@pytest.mark.parametrize("odd", ODD)
def test_odd_input_never_breaks_a_page(city, odd):
    client = sign_in(city, "consumer")
    key = resource_key(city)
    fields = dict.fromkeys((*TYPED, "items", "unit", "do", "demand"), odd)
    answers = [
        send(client, f"/resources/{key}/request", **fields),
        send(client, "/demands/new", **{**fields, "wanted": odd}),
        send(client, "/demands/compare", wanted=odd, items=odd),
        send(client, "/notices/put-away", notice=odd),
        send(client, f"/requests/{odd[:40]}/submit", row_version=odd),
        client.get("/requests", query_string={"show": odd, "page": odd}),
        client.get("/demands", query_string={"show": odd, "page": odd}),
        client.get("/demands/new", query_string={"wanted": odd}),
    ]
    assert [a.status_code for a in answers if a.status_code >= 500] == []
    assert not any("<script>alert" in a.text for a in answers)


def test_a_second_click_makes_no_second_request(city):
    client = sign_in(city, "consumer")
    key = resource_key(city)
    fields = {"do": "save", "form_key": "k" * 24, **TYPED}
    first = send(client, f"/resources/{key}/request", **fields)
    second = send(client, f"/resources/{key}/request", **fields)
    assert first.location == second.location


def test_notices_are_put_away_by_those_who_were_told(city):
    key = request_in(city, "in_use")
    with db.transaction(city.extensions["registry_database"], writes=True) as session:
        found = session.scalars(sa.select(Request).where(Request.key == key)).one()
        session.add(
            Notice(
                organisation_id=found.provider_id,
                role="sharing_head",
                kind="grant_standing",
                subject="request",
                key=key,
                at=now(),
            )
        )
    with reading(city) as session:
        number = session.scalar(sa.select(Notice.id).where(Notice.key == key))
        found = session.scalars(sa.select(Request).where(Request.key == key)).one()
        asked = found.number, found.requester.name
    assert send(sign_in(city, "consumer"), "/notices/put-away", notice=number).status_code == 404
    client = sign_in(city, "sharing")
    told = client.get("/inbox").text
    assert "城乡最低生活保障对象信息" in told
    assert f"{asked[0]} · {asked[1]}" in told
    assert send(client, "/notices/put-away", notice=number).status_code == 303
    assert "城乡最低生活保障对象信息" not in client.get("/inbox").text


def test_the_name_of_a_frozen_entry_is_nowhere_on_the_pages_of_requests(city):
    key = request_in(city, "ended")
    database = city.extensions["registry_database"]
    client = sign_in(city, "registrar")
    assert "高龄津贴" in client.get(f"/requests/{key}").text
    with db.transaction(database, writes=True) as session:
        found = session.scalars(sa.select(Request).where(Request.key == key)).one()
        found.resource.frozen_at = now()
    try:
        for address in (f"/requests/{key}", "/requests?show=all", "/inbox"):
            assert "高龄津贴" not in client.get(address).text
    finally:
        with db.transaction(database, writes=True) as session:
            found = session.scalars(sa.select(Request).where(Request.key == key)).one()
            found.resource.frozen_at = None


@pytest.mark.parametrize("address", ["/requests?show=all", "/demands", "/inbox"])
def test_a_list_costs_the_same_few_queries_however_long_it_is(city, address):
    engine = city.extensions["registry_database"].reading
    counts = {}
    for username in ("consumer", "authority_head"):
        client, seen = sign_in(city, username), []

        def note(*args: object, seen: list[object] = seen) -> None:
            seen.append(args[2])

        sa.event.listen(engine, "before_cursor_execute", note)
        assert client.get(address).status_code == 200
        sa.event.remove(engine, "before_cursor_execute", note)
        counts[username] = len(seen)
    assert max(counts.values()) < 25, counts
    assert abs(counts["consumer"] - counts["authority_head"]) < 12, counts


def test_a_demand_page_links_the_way_to_a_request(city):
    with reading(city) as session:
        rows = list(session.scalars(sa.select(Demand).where(Demand.state == "demand_matched")))
        key = rows[0].key
    assert sign_in(city, "consumer").get(f"/demands/{key}").status_code == 404
    page = sign_in(city, "reviewer").get(f"/demands/{key}")
    assert page.status_code == 200
    assert "转为数据申请" not in page.text


def test_who_uses_an_entry_is_told_when_it_is_taken_out_of_use(session, town):
    asker = town.person("consumer", unit=town.other)
    resource = Resource(department_id=town.department.id)
    session.add(resource)
    session.flush()
    for state in ("in_use", "ended", "draft"):
        session.add(
            Request(
                requester_id=town.other.id,
                provider_id=town.department.id,
                resource_id=resource.id,
                state=state,
                document={},
                created_by=asker.person_id,
            )
        )
    session.flush()
    assert exchange.tell_users(session, resource, "suspend") == 1
    (line,) = exchange.notices(session, asker)
    assert (line.subject, line.key, line.kind) == ("resource", resource.key, "suspend")
