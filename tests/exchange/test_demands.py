"""Demands: matched item by item, assigned by duty, sent up, turned into requests."""

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from registry import exchange
from registry.discovery import dictionary
from registry.errors import Conflict, Forbidden, Invalid, Missing
from registry.exchange import Choice
from registry.exchange.matching import variants
from registry.models.journal import JournalRow
from search.synonyms import Group, delivered
from tests.exchange.offering import TYPED, Both, keys, offered
from tests.factories import Town

WANTED = {
    "wanted": "婚姻登记跨省核验",
    "items": ["登记类别", "登记机关代码"],
    "scene": "跨省通办",
}


@pytest.fixture
def both(town: Town) -> Both:
    return Both(town)


def stated(both: Both, **changes):
    return exchange.state_demand(
        both.town.session, both.consumer, both.town.other, {**WANTED, **changes}
    )


def test_a_demand_is_complete_or_refused_and_names_what_is_missing(both, session):
    with pytest.raises(Invalid) as refusal:
        exchange.state_demand(session, both.consumer, both.town.other, {"wanted": "停放点"})
    assert {p.pointer for p in refusal.value.problems} == {"/items", "/scene"}
    demand = stated(both)
    assert (demand.state, demand.number) == (
        "demand_open",
        f"需求〔{demand.raised_on.year}〕1号",
    )


def test_supply_is_compared_item_by_item(both, session):
    offered(both.town, types="22222222")
    found = exchange.candidates(session, both.consumer, WANTED)
    assert [dict(match.items) for match in found] == [{"登记类别": "登记类别"}]
    whole = exchange.candidates(
        session, both.consumer, {**WANTED, "items": ["登记日期", "登记类别"]}
    )
    assert whole[0].is_whole


def test_a_synonym_answers_what_is_wanted(both, session):
    assert "结婚登记" in variants("婚姻登记", delivered())
    offered(both.town, "婚姻登记信息", types="22222222")
    found = exchange.candidates(
        session, both.consumer, {"wanted": "结婚登记信息", "items": ["结婚地点"]}
    )
    assert [match.version.name for match in found] == ["婚姻登记信息"]


def test_a_term_the_authority_added_answers_what_is_wanted(both, session):
    offered(both.town, "婚姻登记信息", types="22222222")
    wanted = {"wanted": "喜本信息", "items": ["喜本地点"]}
    assert exchange.candidates(session, both.consumer, wanted) == []
    keeper = both.town.person("reviewer", unit=both.town.authority)
    dictionary.add(session, keeper, Group(("喜本", "婚姻登记"), because="窗口人员的说法"))
    found = exchange.candidates(session, both.consumer, wanted)
    assert [match.version.name for match in found] == ["婚姻登记信息"]


def test_names_that_every_resource_has_match_nothing_alone(both, session):
    offered(both.town, types="22222222")
    found = exchange.candidates(
        session, both.consumer, {"wanted": "停放点", "items": ["登记日期", "停放点编号"]}
    )
    assert found == []


def test_withheld_and_hidden_supply_is_not_offered(both, session):
    offered(both.town, types="33333333")
    offered(both.town, "内部信息", types="22222222", visibility="3")
    assert exchange.candidates(session, both.consumer, WANTED) == []


@given(
    st.fixed_dictionaries(
        {},
        optional={
            "wanted": st.text(max_size=100) | st.integers() | st.none(),
            "items": st.lists(st.text(max_size=60) | st.integers(), max_size=8) | st.text(),
            "suggested": st.text(max_size=20) | st.booleans(),
        },
    )
)
@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
def test_whatever_was_typed_is_compared_without_falling_over(both, session, typed):
    for match in exchange.candidates(session, both.consumer, typed):
        assert len(match.items) <= match.wanted
    assert len(exchange.by_duty(session, typed)) <= 5


def test_the_unit_whose_duty_it_is_is_suggested_first(both, session):
    both.town.department.duty = "社会救助、婚姻和社会组织管理"
    both.town.other.duty = "学校和学籍管理"
    session.flush()
    first, words = exchange.by_duty(session, WANTED)[0]
    assert (first.name, "婚姻" in words) == ("民政局", True)


def test_a_match_becomes_a_request_and_the_demand_is_met(both, session):
    demand = stated(both)
    resource = offered(both.town)
    reviewer = both.town.person("reviewer")
    exchange.advance_demand(session, reviewer, demand, "match", Choice(resource=resource.key))
    assert demand.state == "demand_matched"
    assert [r.demand.id for r in exchange.demands_waiting(session, both.consumer)] == [demand.id]
    typed = {**TYPED, "items": keys(both.town, resource)[:1]}
    request = exchange.draft(session, both.consumer, resource, both.town.other, typed, demand)
    assert demand.closed_at is None
    both.take(both.consumer, request, "submit")
    assert demand.closed_at is not None
    assert exchange.demands_waiting(session, both.consumer) == []


def test_a_demand_is_assigned_answered_or_handed_back(both, session):
    demand = stated(both)
    reviewer = both.town.person("reviewer")
    exchange.advance_demand(
        session, reviewer, demand, "assign", Choice(unit=both.town.department.id)
    )
    assert exchange.count_demands_waiting(session, reviewer) == 0
    assert exchange.count_demands_waiting(session, both.registrar) == 1
    exchange.advance_demand(session, both.registrar, demand, "hand_back", Choice("不属本单位"))
    assert exchange.count_demands_waiting(session, reviewer) == 1
    exchange.advance_demand(
        session, reviewer, demand, "assign", Choice(unit=both.town.department.id)
    )
    ours = offered(both.town)
    exchange.advance_demand(session, both.registrar, demand, "offer", Choice(resource=ours.key))
    assert demand.matched_id == ours.id


def test_what_the_city_lacks_is_asked_of_the_level_above(both, session):
    demand = stated(both)
    reviewer = both.town.person("reviewer")
    exchange.advance_demand(session, reviewer, demand, "send_up", Choice("国家平台 UP-1"))
    exchange.advance_demand(session, reviewer, demand, "answer_up", Choice("同意"))
    assert demand.state == "upward_answered"
    steps = [event.act for event, _ in exchange.demand_events(session, demand)]
    assert steps == ["state_demand", "send_up", "answer_up"]
    acts = session.scalars(sa.select(JournalRow.act).where(JournalRow.key == demand.key)).all()
    assert acts == steps


def test_a_withdrawn_demand_is_closed(both, session):
    demand = stated(both)
    exchange.advance_demand(session, both.consumer, demand, "withdraw_demand")
    with pytest.raises(Conflict):
        exchange.advance_demand(session, both.consumer, demand, "withdraw_demand")


def test_strangers_neither_see_nor_move_a_demand(both, session, town):
    demand = stated(both)
    stranger = town.person("registrar")
    with pytest.raises(Missing):
        exchange.find_demand(session, stranger, demand.key)
    assert exchange.demands(session, stranger) == ([], 0)
    with pytest.raises(Forbidden):
        exchange.advance_demand(session, stranger, demand, "send_up", Choice("x"))
