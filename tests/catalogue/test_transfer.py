"""One act moves entries between units with all that hangs on them, and nothing that was issued."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from registry import calendar, catalogue
from registry.db import now
from registry.discovery import indexing, saved
from registry.errors import Forbidden, Invalid
from registry.models.catalogue import Resource, Submission
from registry.models.exchange import Request, StandingConsent
from registry.models.outbox import OutboxRow
from tests.catalogue.test_life import published, registered, working


def act(town, **more):
    return {
        "from": town.department.code,
        "to": town.other.code,
        "basis": "乌海编发〔2026〕12号",
        "on": calendar.today().isoformat(),
        **more,
    }


def asked(town, resource, state: str, **more) -> Request:
    row = Request(
        requester_id=town.authority.id,
        provider_id=town.department.id,
        resource_id=resource.id,
        state=state,
        document={},
        created_by=town.person("consumer").person_id,
        **more,
    )
    town.session.add(row)
    town.session.flush()
    return row


def test_entries_move_with_drafts_and_keep_their_codes(session, town):
    resource = published(town)
    draft = registered(town, town.person("registrar"), "草稿信息")
    code = resource.code
    made = catalogue.transfer(session, town.person("authority_head"), act(town))
    session.refresh(resource)
    assert (resource.department_id, resource.code) == (town.other.id, code)
    assert draft.resource.department_id == town.other.id
    assert set(made.entries) == {resource.key, draft.resource.key}
    there = town.person("registrar", unit=town.other)
    assert [t.version.id for t in catalogue.inbox(session, there)] == [draft.id]
    assert catalogue.inbox(session, town.person("registrar")) == []


def test_only_the_named_entries_move_and_a_batch_is_divided(session, town):
    registrar = town.person("registrar")
    resources = [published(town, "甲信息"), published(town, "乙信息")]
    for resource in resources:
        catalogue.revise(session, registrar, resource)
    drafts = [working(session, r.key) for r in resources]
    batch = catalogue.hand_in(session, registrar, drafts, "两项")
    moved = act(town, codes=[resources[0].code])
    catalogue.transfer(session, town.person("authority_head"), moved)
    session.expire_all()
    assert resources[1].department_id == town.department.id
    assert drafts[1].submission_id == batch.id
    twin = session.get_one(Submission, drafts[0].submission_id)
    assert (twin.department_id, twin.title) == (town.other.id, "两项")
    secrecy = town.person("secrecy", unit=town.other)
    catalogue.advance(session, secrecy, drafts[0], "clear")
    with pytest.raises(Forbidden):
        catalogue.advance(session, secrecy, drafts[1], "clear")


def test_a_batch_that_moves_whole_is_the_batch_of_its_new_unit(session, town):
    registrar = town.person("registrar")
    draft = registered(town, registrar, "甲信息")
    batch = catalogue.hand_in(session, registrar, [draft], "一项")
    catalogue.transfer(session, town.person("authority_head"), act(town))
    session.expire_all()
    assert draft.submission_id == batch.id
    assert batch.department_id == town.other.id
    catalogue.advance(session, town.person("secrecy", unit=town.other), draft, "clear")


def test_open_requests_follow_and_closed_ones_keep_the_old_name(session, town):
    resource = published(town)
    waiting, done = asked(town, resource, "received"), asked(town, resource, "refused")
    consent = StandingConsent(
        resource_id=resource.id,
        signed_by=town.person("sharing_head").person_id,
        signed_on=now().date(),
    )
    session.add(consent)
    catalogue.transfer(session, town.person("authority_head"), act(town))
    assert (waiting.provider_id, done.provider_id) == (town.other.id, town.department.id)
    assert consent.ended_on is not None


def test_the_index_learns_of_every_entry_that_moved(session, town):
    resource = published(town)
    session.execute(sa.delete(OutboxRow))
    catalogue.transfer(session, town.person("authority_head"), act(town))
    assert session.scalars(sa.select(OutboxRow.resource_id)).all() == [resource.id]


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"basis": ""}, "/basis"),
        ({"to": "0" * 18}, "/to"),
        ({"on": (calendar.today() + timedelta(days=40)).isoformat()}, "/on"),
        ({"codes": ["307002150300/999999"]}, "/codes/0"),
    ],
)
def test_a_faulty_act_names_its_field_and_moves_nothing(session, town, change, pointer):
    resource = published(town)
    with pytest.raises(Invalid) as refusal:
        catalogue.transfer(session, town.person("authority_head"), act(town, **change))
    assert [p.pointer for p in refusal.value.problems] == [pointer]
    assert resource.department_id == town.department.id


def test_only_the_head_of_the_authority_of_both_units_transfers(session, town):
    published(town)
    for actor in (town.person("reviewer"), town.person("authority_head", unit=town.other)):
        with pytest.raises(Forbidden):
            catalogue.transfer(session, actor, act(town))
    assert (
        session.scalar(
            sa.select(sa.func.count(Resource.id)).where(Resource.department_id == town.other.id)
        )
        == 0
    )


def test_an_entry_that_moves_is_news_to_searches_it_did_not_answer_before(session, town):
    resource = published(town, "甲信息")
    consumer = town.person("consumer")
    arrived = saved.save(session, consumer, "移入", "", {"department": (town.other.code,)})
    called = saved.save(session, consumer, "单位", town.other.name, {})
    anywhere = saved.save(session, consumer, "名称", "甲信息", {})
    left = saved.save(session, consumer, "移出", "", {"department": (town.department.code,)})
    catalogue.transfer(session, town.person("authority_head"), act(town))
    answered, news = saved.found(session, indexing.documents(session, [resource.id]))
    assert news == {(arrived.id, resource.id), (called.id, resource.id)}
    assert answered == news | {(anywhere.id, resource.id)}
    assert (left.id, resource.id) not in answered


def test_an_entry_that_moved_before_a_search_was_kept_is_no_news_to_it(session, town):
    resource = published(town, "甲信息")
    catalogue.transfer(session, town.person("authority_head"), act(town))
    late = saved.save(
        session, town.person("consumer"), "移入", "", {"department": (town.other.code,)}
    )
    answered, news = saved.found(session, indexing.documents(session, [resource.id]))
    assert answered == {(late.id, resource.id)}
    assert news == set()
