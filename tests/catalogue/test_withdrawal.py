"""Suspended, brought back, retired: who may, in which order, and what readers get afterwards."""

from datetime import timedelta

import pytest

from registry import calendar, catalogue
from registry.access.actor import NOBODY
from registry.errors import Conflict, Forbidden, Gone, Invalid, Missing
from registry.models.journal import JournalRow
from tests.catalogue.test_life import published, registered, working

REASON = "接口数据有误，正在核查"


def suspension(days: int = 30, reason: str = REASON) -> dict[str, str]:
    return {
        "reason": reason,
        "until": (calendar.today() + timedelta(days=days)).isoformat(),
    }


def suspended(town):
    resource = published(town)
    catalogue.suspend(town.session, town.person("head"), resource, suspension())
    return resource


def retired(town, **more):
    resource = published(town)
    catalogue.propose_retirement(
        town.session, town.person("head"), resource, {"reason": "职能取消", **more}
    )
    catalogue.retire(town.session, town.person("reviewer"), resource)
    return resource


def test_a_suspended_entry_leaves_a_tombstone_with_reason_and_day(session, town):
    resource = suspended(town)
    stranger = town.person("consumer", unit=town.other)
    with pytest.raises(Gone):
        catalogue.find(session, stranger, resource.key)
    stone = catalogue.tombstone(session, stranger, resource.key)
    assert (stone.state, stone.reason, stone.on) == ("suspended", REASON, calendar.today())
    assert stone.until == calendar.today() + timedelta(days=30)


def test_who_could_not_see_the_entry_does_not_learn_that_it_is_gone(session, town):
    resource = suspended(town)
    for ask in (catalogue.find, catalogue.tombstone):
        with pytest.raises(Missing):
            ask(session, NOBODY, resource.key)


def test_those_who_work_on_a_suspended_entry_go_on_seeing_it(session, town):
    resource = suspended(town)
    auditor = town.person("auditor", unit=town.other)
    for actor in (town.person("registrar"), town.person("reviewer"), auditor):
        assert catalogue.find(session, actor, resource.key) is resource


def test_a_suspension_wants_a_reason_and_a_day_to_come(session, town):
    resource, head = published(town), town.person("head")
    with pytest.raises(Invalid) as refusal:
        catalogue.suspend(session, head, resource, {})
    assert {p.pointer for p in refusal.value.problems} == {"/reason", "/until"}
    with pytest.raises(Invalid) as refusal:
        catalogue.suspend(session, head, resource, suspension(days=0))
    assert refusal.value.problems[0].message() == "计划恢复日期：须晚于今天，请重新填写"
    assert resource.live.state == "published"


def test_a_registrar_cannot_suspend_and_a_head_not_for_another_unit(session, town):
    resource = published(town)
    for actor in (town.person("registrar"), town.person("head", unit=town.other)):
        with pytest.raises(Forbidden):
            catalogue.suspend(session, actor, resource, suspension())


def test_the_same_version_comes_back_but_not_by_whoever_suspended_it(session, town):
    resource, both = published(town), town.person("reviewer")
    catalogue.suspend(session, both, resource, suspension())
    with pytest.raises(Forbidden, match="same_person"):
        catalogue.resume(session, both, resource)
    catalogue.resume(session, town.person("reviewer"), resource)
    assert (resource.live.state, resource.live.number) == ("published", 1)
    assert resource.suspended_until is None


def test_a_suspended_entry_that_was_edited_comes_back_by_its_new_version(session, town):
    resource, registrar = suspended(town), town.person("registrar")
    catalogue.revise(session, registrar, resource)
    draft = working(session, resource.key)
    edited = {**catalogue.document_of(draft), "abstract": "更正后的摘要，说明来源和用途。"}
    catalogue.save(session, registrar, draft, edited)
    with pytest.raises(Conflict, match="edited_since"):
        catalogue.resume(session, town.person("reviewer"), resource)
    catalogue.hand_in(session, registrar, [draft])
    for role, step in (("secrecy", "clear"), ("head", "approve"), ("reviewer", "publish")):
        catalogue.advance(session, town.person(role), draft, step)
    assert (resource.live.number, resource.live.state) == (2, "published")
    assert resource.suspended_until is None


def test_a_retirement_wants_two_signatures_of_two_persons(session, town):
    resource = published(town)
    both = town.person("head", "reviewer", unit=town.authority)
    reviewer = town.person("reviewer")
    with pytest.raises(Conflict, match="not_proposed"):
        catalogue.retire(session, reviewer, resource)
    catalogue.propose_retirement(session, town.person("head"), resource, {"reason": "职能取消"})
    assert [t.step for t in catalogue.inbox(session, reviewer)] == ["retire"]
    assert resource.live.state == "published"
    catalogue.retire(session, both, resource)
    assert resource.live.state == "retired"
    assert catalogue.inbox(session, reviewer) == []


def test_a_proposal_that_is_declined_leaves_the_entry_and_may_come_again(session, town):
    resource, head, reviewer = published(town), town.person("head"), town.person("reviewer")
    with pytest.raises(Conflict, match="not_proposed"):
        catalogue.keep(session, reviewer, resource, {"reason": "仍在使用"})
    catalogue.propose_retirement(session, head, resource, {"reason": "职能取消"})
    with pytest.raises(Invalid) as refusal:
        catalogue.keep(session, reviewer, resource, {})
    assert [p.pointer for p in refusal.value.problems] == ["/reason"]
    assert catalogue.withdrawable(session, reviewer, resource).keys() == {
        "suspend",
        "keep",
        "retire",
    }
    catalogue.keep(session, reviewer, resource, {"reason": "三个部门仍在使用"})
    assert catalogue.inbox(session, reviewer) == []
    assert catalogue.proposed(session, resource) is None
    assert catalogue.proposal(session, resource).reason == "三个部门仍在使用"
    with pytest.raises(Conflict, match="not_proposed"):
        catalogue.retire(session, reviewer, resource)
    catalogue.propose_retirement(session, head, resource, {"reason": "使用部门已经迁出"})
    assert catalogue.proposal(session, resource).step == "propose_retirement"
    catalogue.retire(session, reviewer, resource)
    assert resource.live.state == "retired"


def test_the_head_takes_a_proposal_back_but_no_head_of_another_unit(session, town):
    resource, head = published(town), town.person("head")
    catalogue.propose_retirement(session, head, resource, {"reason": "职能取消"})
    with pytest.raises(Forbidden):
        catalogue.keep(session, town.person("head", unit=town.other), resource, {"reason": "不"})
    catalogue.keep(session, head, resource, {"reason": "职能由本单位继续行使"})
    assert catalogue.proposed(session, resource) is None


def test_whoever_proposed_cannot_confirm(session, town):
    both = town.person("head", "reviewer", unit=town.authority)
    stored = catalogue.register(
        session,
        town.person("registrar", unit=town.authority),
        town.authority,
        catalogue.document_of(published(town).live) | {"name": "本局信息"},
        declared=True,
    )
    version = working(session, stored.key)
    people = {role: town.person(role, unit=town.authority) for role in ("secrecy", "head")}
    catalogue.hand_in(session, town.person("registrar", unit=town.authority), [version])
    catalogue.advance(session, people["secrecy"], version, "clear")
    catalogue.advance(session, people["head"], version, "approve")
    catalogue.advance(session, town.person("reviewer"), version, "publish")
    catalogue.propose_retirement(session, both, version.resource, {"reason": "职能取消"})
    with pytest.raises(Forbidden, match="same_person"):
        catalogue.retire(session, both, version.resource)


def test_a_retired_entry_names_its_successor_and_is_never_revised(session, town):
    successor = published(town, "乙信息")
    resource = retired(town, successor=successor.code)
    stone = catalogue.tombstone(session, town.person("consumer", unit=town.other), resource.key)
    assert stone.successor == (successor.key, "乙信息")
    assert (stone.state, stone.reason) == ("retired", "职能取消")
    with pytest.raises(Conflict, match="not_live"):
        catalogue.revise(session, town.person("registrar"), resource)


def test_a_successor_that_nobody_can_find_is_refused(session, town):
    resource = published(town)
    wrong = {"reason": "合并", "successor": resource.code}
    with pytest.raises(Invalid) as refusal:
        catalogue.propose_retirement(session, town.person("head"), resource, wrong)
    assert refusal.value.problems[0].pointer == "/successor"


def test_an_open_draft_ends_with_its_entry_but_a_review_is_finished_first(session, town):
    resource, registrar = published(town), town.person("registrar")
    catalogue.revise(session, registrar, resource)
    draft = working(session, resource.key)
    catalogue.propose_retirement(session, town.person("head"), resource, {"reason": "职能取消"})
    catalogue.hand_in(session, registrar, [draft])
    with pytest.raises(Conflict, match="under_review"):
        catalogue.retire(session, town.person("reviewer"), resource)
    catalogue.advance(session, registrar, draft, "take_back")
    catalogue.retire(session, town.person("reviewer"), resource)
    assert resource.working is None
    assert catalogue.inbox(session, registrar) == []


def test_a_new_version_makes_a_proposal_void(session, town):
    resource = published(town)
    catalogue.propose_retirement(session, town.person("head"), resource, {"reason": "职能取消"})
    registrar = town.person("registrar")
    catalogue.revise(session, registrar, resource)
    draft = working(session, resource.key)
    catalogue.hand_in(session, registrar, [draft])
    for role, step in (("secrecy", "clear"), ("head", "approve"), ("reviewer", "publish")):
        catalogue.advance(session, town.person(role), draft, step)
    with pytest.raises(Conflict, match="not_proposed"):
        catalogue.retire(session, town.person("reviewer"), resource)


def test_every_step_stands_in_the_journal_without_the_words_of_the_reason(session, town):
    resource = suspended(town)
    row = session.query(JournalRow).filter_by(act="suspend", key=resource.key).one()
    assert REASON not in row.facts
    assert row.digest == resource.live.digest


def test_a_draft_never_published_cannot_be_withdrawn(session, town):
    version = registered(town, town.person("registrar"))
    with pytest.raises(Conflict, match="not_now"):
        catalogue.suspend(session, town.person("head"), version.resource, suspension())
    assert catalogue.withdrawable(session, town.person("head"), version.resource) == {}
