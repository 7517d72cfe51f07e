"""A request from the form to its end, and what must not happen on the way."""

from datetime import date, timedelta

import pytest
import sqlalchemy as sa
import time_machine

from registry import catalogue, exchange
from registry.errors import Conflict, Forbidden, Invalid, Missing
from registry.exchange import Given
from registry.models.accounts import MergedPost
from registry.models.exchange import Request, RequestElement, RequestEvent
from registry.models.jobs import Notice
from registry.models.journal import JournalRow
from tests.exchange.offering import TYPED, UNTIL, Both, keys, offered
from tests.factories import Town

MORNING = "2026-11-23 02:00+00:00"


@pytest.fixture
def both(town: Town):
    with time_machine.travel(MORNING, tick=False):
        yield Both(town)


def test_a_request_goes_from_the_clerk_over_both_heads_to_the_data(both, town, session):
    request = both.granted(offered(town, personal=False))
    assert request.state == "granted"
    assert request.number == "申请〔2026〕1号"
    assert request.deliver_by == date(2026, 12, 21)
    assert request.ends_on == UNTIL
    assert all(row.granted for row in exchange.elements(session, request))
    both.take(both.registrar, request, "start_delivery")
    both.take(both.registrar, request, "deliver", "接口 JK-01")
    assert (request.state, request.delivered_on) == ("in_use", date(2026, 11, 23))
    assert exchange.users(session, request.resource) == [("教育局", UNTIL)]
    steps = [event.act for event, _ in exchange.events(session, request)]
    assert steps[:5] == ["draft", "submit", "consent_out", "prepare", "grant"]


def test_an_incomplete_request_is_kept_but_does_not_reach_the_head(both, town, session):
    request = both.drafted(offered(town), basis="", until="昨天")
    kept = {k: v for k, v in request.document.items() if k != "basis"}
    exchange.save(session, both.consumer, request, kept)
    with pytest.raises(Invalid) as refusal:
        both.take(both.consumer, request, "submit")
    found = {(p.pointer, p.article()) for p in refusal.value.problems}
    assert ("/basis", "《政务数据共享条例》第二十条") in found
    assert "/until" in {pointer for pointer, _ in found}
    assert request.state == "draft"


def test_a_term_that_is_over_before_it_begins_is_refused(both, town):
    request = both.drafted(offered(town), until="2026-11-23")
    with pytest.raises(Invalid) as refusal:
        both.take(both.consumer, request, "submit")
    assert [p.code for p in refusal.value.problems] == ["past"]


def test_withheld_data_cannot_be_asked_for(both, town, session):
    nothing = offered(town, "全不予共享信息", types="333")
    with pytest.raises(Conflict, match="withheld"):
        exchange.requestable(session, both.consumer, nothing.key)
    mixed = offered(town, "部分不予共享信息", types="223")
    request = both.drafted(mixed, items=keys(town, mixed))
    with pytest.raises(Invalid) as refusal:
        both.take(both.consumer, request, "submit")
    assert [p.code for p in refusal.value.problems] == ["withheld-item"]


def test_nobody_asks_for_the_data_of_his_own_unit(town, session):
    registrar = town.person("registrar")
    with pytest.raises(Conflict, match="own_data"):
        exchange.draft(session, registrar, offered(town), town.department, {})


def test_one_notice_names_everything_and_stops_the_clock(both, town, session):
    with time_machine.travel("2026-11-16 02:00+00:00", tick=False):
        request = both.sent(offered(town))
        assert request.due == date(2026, 11, 30)
    with time_machine.travel("2026-11-18 02:00+00:00", tick=False):
        both.take(both.registrar, request, "ask_correction", "使用依据、使用时限")
        clock = exchange.clock(session, request)
        assert (clock.stopped, clock.left) == (True, 8)
    with time_machine.travel("2026-11-20 02:00+00:00", tick=False):
        better = {**request.document, "basis": "《残疾人保障法》第四十六条"}
        exchange.advance(session, both.consumer, request, "complete", Given(document=better))
        assert (request.state, request.stopped_days) == ("received", 2)
        assert request.due == date(2026, 12, 2)
        assert exchange.clock(session, request).left == 8
        with pytest.raises(Conflict, match="one_correction"):
            both.take(both.registrar, request, "ask_correction", "还缺一样")


def test_a_completion_may_ask_for_less_but_never_for_more(both, town, session):
    resource = offered(town)
    request = both.sent(resource)
    both.take(both.registrar, request, "ask_correction", "使用依据")
    wider = {**request.document, "items": keys(town, resource)}
    with pytest.raises(Invalid) as refusal:
        exchange.advance(session, both.consumer, request, "complete", Given(document=wider))
    assert [p.code for p in refusal.value.problems] == ["wider"]
    fewer = {**request.document, "items": keys(town, resource)[:1]}
    exchange.advance(session, both.consumer, request, "complete", Given(document=fewer))
    assert len(exchange.elements(session, request)) == 1


def test_the_authority_may_extend_the_answer_once(both, town, session):
    with time_machine.travel("2026-10-28 02:00+00:00", tick=False):
        request = both.sent(offered(town))
    with time_machine.travel("2026-11-09 02:00+00:00", tick=False):
        with pytest.raises(Invalid):
            exchange.advance(
                session, both.registrar, request, "ask_extension", Given("逐项评估", days=11)
            )
        exchange.advance(
            session, both.registrar, request, "ask_extension", Given("逐项评估", days=10)
        )
        assert [row.step for row in exchange.waiting(session, both.authority)] == ["extend"]
        both.take(both.authority, request, "extend")
    assert (request.state, request.due) == ("extended", date(2026, 11, 25))
    with pytest.raises(Conflict, match="one_extension"):
        exchange.advance(session, both.registrar, request, "ask_extension", Given("还要", days=1))


def test_what_is_overdue_is_not_healed_by_an_extension(both, town, session):
    with time_machine.travel("2026-10-28 02:00+00:00", tick=False):
        request = both.sent(offered(town))
    with pytest.raises(Conflict, match="late_extension"):
        exchange.advance(session, both.registrar, request, "ask_extension", Given("忙", days=5))
    assert "ask_extension" not in exchange.available(session, both.registrar, request)


def test_a_refused_extension_leaves_the_clock_as_it_was(both, town, session):
    request = both.sent(offered(town))
    due = request.due
    exchange.advance(session, both.registrar, request, "ask_extension", Given("忙", days=3))
    both.take(both.authority, request, "decline_extension", "理由不充分")
    assert (request.state, request.due, request.extension_asked) == ("received", due, None)


def test_a_refusal_wants_reason_and_basis(both, town, session):
    request = both.sent(offered(town))
    one = request.document["items"][0]
    with pytest.raises(Invalid) as refusal:
        both.prepare(request, granted=[one], reason="用途不符")
    assert [(p.pointer, p.rule) for p in refusal.value.problems] == [("/basis", "refusal")]
    both.prepare(request, reason="用途不符", basis="本资源共享范围")
    with pytest.raises(Conflict):
        both.take(both.sharing, request, "grant")
    both.take(both.sharing, request, "refuse")
    assert request.state == "refused"
    assert [row.granted for row in exchange.elements(session, request)] == [False, False]


def test_items_are_granted_one_by_one_and_for_no_longer_than_asked(both, town, session):
    request = both.sent(offered(town))
    one, other = request.document["items"]
    beyond = (UNTIL + timedelta(days=1)).isoformat()
    with pytest.raises(Invalid) as refusal:
        both.prepare(request, granted=[one, other], until=beyond)
    assert [p.code for p in refusal.value.problems] == ["beyond"]
    both.prepare(
        request, granted=[one], reason="非必需", basis="本资源共享范围", until="2026-12-31"
    )
    both.take(both.sharing, request, "grant")
    granted = {row.key: row.granted for row in exchange.elements(session, request)}
    assert granted == {one: True, other: False}
    assert request.ends_on == date(2026, 12, 31)


def test_a_complete_request_is_granted_at_once_under_a_standing_consent(both, town, session):
    resource = offered(town, "地名信息", types="112")
    exchange.sign_standing(session, both.sharing, resource, "全部无条件信息项")
    request = both.sent(resource)
    assert (request.state, request.due) == ("granted_standing", date(2026, 11, 24))
    assert request.replied_on == date(2026, 11, 23)
    whom = set(session.scalars(sa.select(Notice.role).where(Notice.kind == "grant_standing")))
    assert {"consumer", "sharing_head"} <= whom
    conditional = both.sent(resource, items=keys(town, resource))
    assert (conditional.state, conditional.due) == ("received", date(2026, 12, 7))
    exchange.end_standing(session, both.sharing, resource)
    assert both.sent(resource).state == "received"


def test_a_standing_consent_wants_an_unconditional_item(both, town, session):
    with pytest.raises(Conflict, match="nothing_unconditional"):
        exchange.sign_standing(session, both.sharing, offered(town))


def test_what_has_not_gone_out_is_not_known_outside_the_unit(both, town, session):
    request = both.drafted(offered(town))
    for actor in (both.registrar, both.sharing, town.person("registrar", unit=town.authority)):
        with pytest.raises(Missing):
            exchange.find(session, actor, request.key)
        seen = exchange.rows(session, [exchange.visible(session, actor)])
        assert seen == []
    assert exchange.find(session, both.head, request.key) is request


def test_nobody_acts_on_both_sides_of_a_request(both, town, session):
    double = both.on_both_sides()
    resource = offered(town)
    both.consumer = double
    request = both.sent(resource)
    assert exchange.available(session, double, request)["prepare"].code == "same_person_request"
    both.registrar = double
    with pytest.raises(Forbidden, match="same_person_request"):
        both.prepare(request, granted=request.document["items"])
    both.registrar = town.person("registrar")
    both.prepare(request, granted=request.document["items"])
    with pytest.raises(Forbidden, match="same_person_request"):
        both.take(double, request, "grant")


def test_one_person_gives_both_words_of_a_side_only_with_a_filed_notice(both, town, session):
    both.head = both.consumer = town.person("consumer", "sharing_head", unit=town.other)
    request = both.drafted(offered(town))
    both.take(both.consumer, request, "submit")
    with pytest.raises(Forbidden, match="same_person_request"):
        both.take(both.head, request, "consent_out")
    session.add(
        MergedPost(
            key="m" * 16,
            person_id=both.head.person_id,
            organisation_id=town.other.id,
            act_a="request",
            act_b="consent_out",
            reason="人员少",
            consent="数据局〔2026〕1号",
            starts=date(2026, 1, 1),
            ends=date(2026, 12, 31),
        )
    )
    session.flush()
    both.take(both.head, request, "consent_out")
    assert request.state == "received"


def test_a_stale_page_decides_nothing(both, town, session):
    request = both.drafted(offered(town))
    seen = request.row_version
    exchange.save(session, both.consumer, request, {**request.document, "scene": "改过"}, seen)
    with pytest.raises(Conflict, match="request_changed"):
        exchange.advance(session, both.consumer, request, "submit", Given(seen=seen))


def test_an_item_that_became_withheld_is_not_granted(both, town, session):
    resource = offered(town)
    request = both.sent(resource)
    both.prepare(request, granted=request.document["items"])
    live = resource.live
    changed = catalogue.document_of(live)
    changed["items"][0]["share_type"] = "3"
    catalogue.store(
        session,
        town.person("registrar"),
        [
            catalogue.Change(
                department=town.department,
                step="adopt",
                state="published",
                resource=resource,
                document=changed,
                live="this",
                working="none",
            )
        ],
    )
    with pytest.raises(Conflict, match="answer_outdated"):
        both.take(both.sharing, request, "grant")


def test_data_in_doubt_are_checked_within_ten_working_days(both, town, session):
    request = both.granted(offered(town, personal=False))
    both.take(both.registrar, request, "deliver", "接口 JK-01")
    both.take(both.consumer, request, "ask_data_correction", "3 人的登记日期有疑义")
    assert exchange.clock(session, request).due == date(2026, 12, 7)
    both.take(both.registrar, request, "correct_data", "已更正 2 条")
    assert request.state == "in_use"


def test_use_can_be_recorded_and_ended_while_the_data_are_being_checked(both, town, session):
    request = both.granted(offered(town, personal=False))
    both.take(both.registrar, request, "deliver", "接口 JK-01")
    both.take(both.consumer, request, "ask_data_correction", "3 人的登记日期有疑义")
    both.take(both.consumer, request, "record_use", "停用前核验 12 次")
    assert request.state == "data_correction"
    both.take(both.consumer, request, "end", "接口停用，缓存删除")
    assert (request.state, request.data_correction_due) == ("ended", None)
    assert exchange.waiting(session, both.registrar) == []


def test_use_is_suspended_resumed_and_ended_with_a_disposal_record(both, town, session):
    request = both.granted(offered(town, personal=False))
    both.take(both.registrar, request, "deliver", "接口 JK-01")
    both.take(both.consumer, request, "record_use", "核验 1240 次，结果不落地")
    both.take(both.sharing, request, "suspend", "用于申请范围以外")
    both.take(both.sharing, request, "resume", "已整改")
    with pytest.raises(Invalid):
        both.take(both.consumer, request, "end")
    both.take(both.consumer, request, "end", "接口停用，缓存删除")
    assert (request.state, request.ends_on) == ("ended", date(2026, 11, 23))
    assert exchange.users(session, request.resource) == []


def test_a_refusal_may_be_contested_and_is_answered_anew_on_a_new_clock(both, town, session):
    request = both.sent(offered(town))
    both.prepare(request, reason="用途不符", basis="本资源共享范围")
    both.take(both.sharing, request, "refuse")
    with time_machine.travel("2026-12-01 02:00+00:00", tick=False):
        both.take(both.consumer, request, "raise_dispute", "属法定职责")
        assert [r.step for r in exchange.waiting(session, both.authority)] == ["reopen"]
        both.take(both.authority, request, "reopen", "请重新答复")
    assert (request.state, request.due, request.replied_on) == (
        "received",
        date(2026, 12, 15),
        None,
    )


def test_what_a_partial_grant_leaves_out_is_contested_without_stopping_the_rest(
    both, town, session
):
    resource = offered(town)
    asked = keys(town, resource)
    request = both.sent(resource)
    both.prepare(request, granted=asked[:1], reason="用途不符", basis="本资源共享范围")
    both.take(both.sharing, request, "grant")
    with pytest.raises(Invalid):
        both.take(both.consumer, request, "contest_rest")
    both.take(both.consumer, request, "contest_rest", "属法定职责")
    assert request.state == "granted"
    assert "contest_rest" not in exchange.available(session, both.consumer, request)
    (rest,) = session.scalars(sa.select(Request).where(Request.state == "dispute"))
    refused = [one for one in request.document["items"] if one != asked[0]]
    assert (rest.document["items"], rest.answer["reason"]) == (refused, "用途不符")
    assert [r.step for r in exchange.waiting(session, both.authority)] == ["reopen"]
    both.take(both.authority, rest, "reopen", "请重新答复")
    steps = [event.act for event, _ in exchange.events(session, rest)]
    assert steps[-3:] == ["refuse", "raise_dispute", "reopen"]
    both.prepare(rest, granted=refused)
    both.take(both.sharing, rest, "grant")
    assert (request.state, rest.state) == ("granted", "granted")


def test_a_grant_of_everything_leaves_nothing_to_contest(both, town, session):
    request = both.granted(offered(town))
    assert "contest_rest" not in exchange.available(session, both.consumer, request)


def test_the_end_of_the_term_waits_for_the_requester(both, town, session):
    request = both.granted(offered(town, personal=False))
    both.take(both.registrar, request, "deliver", "接口 JK-01")
    assert exchange.waiting(session, both.consumer) == []
    with time_machine.travel(UNTIL + timedelta(days=1), tick=False):
        assert [row.step for row in exchange.waiting(session, both.consumer)] == ["end"]


def test_what_waits_for_whom_follows_the_table(both, town, session):
    request = both.drafted(offered(town))

    def balls() -> list[str]:
        people = {"clerk": both.consumer, "head": both.head, "registrar": both.registrar}
        people["sharing"] = both.sharing
        return [name for name, actor in people.items() if exchange.waiting(session, actor)]

    assert balls() == ["clerk"]
    both.take(both.consumer, request, "submit")
    assert balls() == ["head"]
    both.take(both.head, request, "consent_out")
    assert balls() == ["registrar"]
    both.prepare(request, granted=request.document["items"])
    assert balls() == ["sharing"]
    both.take(both.sharing, request, "return_back", "请写明使用要求")
    assert balls() == ["registrar"]


def test_an_answer_that_is_late_says_by_how_many_working_days(both, town, session):
    with time_machine.travel("2026-11-05 02:00+00:00", tick=False):
        request = both.sent(offered(town))
    clock = exchange.clock(session, request)
    assert (clock.due, clock.left, clock.is_overdue) == (date(2026, 11, 19), -2, True)
    assert clock.article == "条例 第二十一条"
    assert exchange.days_late(session, request) == 2
    assert exchange.count(session, [exchange.overdue()]) == 1


def test_the_journal_holds_keys_and_digests_and_no_word_of_the_request(both, town, session):
    request = both.granted(offered(town))
    rows = session.scalars(sa.select(JournalRow).where(JournalRow.key == request.key)).all()
    assert [row.act for row in rows] == ["draft", "submit", "consent_out", "prepare", "grant"]
    assert all(row.digest and row.digest.startswith("sm3:") for row in rows)
    text = " ".join(row.facts for row in rows)
    assert not any(word in text for word in (TYPED["basis"], TYPED["scene"], TYPED["scope"]))


def test_a_refused_step_leaves_nothing_behind(both, town, session):
    request = both.sent(offered(town))
    before = session.scalar(sa.select(sa.func.count(RequestEvent.id)))
    with pytest.raises(Invalid):
        both.take(both.registrar, request, "ask_correction", "  ")
    with pytest.raises(Forbidden):
        both.take(both.consumer, request, "grant")
    assert session.scalar(sa.select(sa.func.count(RequestEvent.id))) == before
    assert session.scalar(sa.select(sa.func.count(RequestElement.element_key))) == 2
    assert session.get_one(Request, request.id).state == "received"
