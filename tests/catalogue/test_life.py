"""The life of an entry, step by step, and what must not happen."""

from datetime import date

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from registry import catalogue
from registry.catalogue import RemarkText
from registry.errors import Conflict, Forbidden, Invalid
from registry.models.accounts import MergedPost
from registry.models.catalogue import Element, Resource, Version
from registry.models.journal import JournalRow
from registry.models.outbox import OutboxRow
from tests.factories import Town, document


def working(session: Session, key: str) -> Version:
    resource = session.scalars(sa.select(Resource).where(Resource.key == key)).one()
    assert resource.working is not None
    return resource.working


def registered(town: Town, actor, name: str = "婚姻登记预约信息", **changes) -> Version:
    stored = catalogue.register(
        town.session, actor, town.department, document(name, **changes), declared=True
    )
    return working(town.session, stored.key)


def published(town: Town, name: str = "婚姻登记预约信息", **changes) -> Resource:
    version = registered(town, town.person("registrar"), name, **changes)
    catalogue.hand_in(town.session, town.person("registrar"), [version])
    for role, step in (("secrecy", "clear"), ("head", "approve"), ("reviewer", "publish")):
        catalogue.advance(town.session, town.person(role), version, step)
    return version.resource


def test_an_entry_goes_from_draft_to_published_and_gets_its_code(session, town):
    resource = published(town)
    assert resource.code == "307002150300/000001"
    assert resource.live is not None
    assert resource.live.state == "published"
    assert resource.working is None


def test_codes_count_on_and_are_never_reused(session, town):
    codes = [published(town, name).code for name in ("甲信息", "乙信息")]
    assert codes == ["307002150300/000001", "307002150300/000002"]


def test_nothing_is_stored_without_the_secrecy_declaration(session, town):
    with pytest.raises(Invalid):
        catalogue.register(
            session, town.person("registrar"), town.department, document(), declared=False
        )
    assert session.scalar(sa.select(sa.func.count(Resource.id))) == 0


def test_an_incomplete_draft_is_kept_as_typed_and_not_handed_in(session, town):
    actor = town.person("registrar")
    version = registered(town, actor, items=[{"name": 7, "level": "九"}], abstract=["不是文字"])
    kept = catalogue.document_of(version)
    assert kept["abstract"] == ["不是文字"]
    assert kept["items"][0]["name"] == 7
    with pytest.raises(Invalid) as refusal:
        catalogue.hand_in(session, actor, [version])
    assert {p.pointer for p in refusal.value.problems} >= {"/abstract", "/items/0/data_type"}


def test_a_returned_entry_is_mended_while_the_others_of_its_batch_are_live(session, town):
    actor = town.person("registrar")
    first, second = registered(town, actor, "甲信息"), registered(town, actor, "乙信息")
    catalogue.hand_in(session, actor, [first, second])
    secrecy, head, reviewer = (town.person(r) for r in ("secrecy", "head", "reviewer"))
    for version in (first, second):
        catalogue.advance(session, secrecy, version, "clear")
        catalogue.advance(session, head, version, "approve")
    catalogue.advance(session, reviewer, first, "publish")
    remark = RemarkText("/abstract", "R03", "请写明用途")
    catalogue.advance(session, reviewer, second, "return", [remark])
    assert first.resource.live is not None
    draft = second.resource.working
    assert (draft.state, draft.number, second.state) == ("draft", 2, "returned")
    assert [r.text for r in catalogue.remarks_on(session, draft)] == ["请写明用途"]


def test_a_return_without_a_reason_is_refused(session, town):
    actor = town.person("registrar")
    version = registered(town, actor)
    catalogue.hand_in(session, actor, [version])
    with pytest.raises(Invalid):
        catalogue.advance(session, town.person("secrecy"), version, "return")


def test_a_batch_holds_the_entries_of_one_unit(session, town):
    mine = registered(town, town.person("registrar"))
    both = town.person("registrar", unit=town.other)
    stored = catalogue.register(session, both, town.other, document(), declared=True)
    with pytest.raises(Conflict, match="two_units"):
        catalogue.hand_in(session, both, [mine, working(session, stored.key)])
    assert mine.state == "draft"


def test_a_batch_with_one_faulty_entry_is_not_handed_in_at_all(session, town):
    actor = town.person("registrar")
    good, bad = registered(town, actor, "甲信息"), registered(town, actor, "乙信息", abstract=None)
    with pytest.raises(Invalid) as refusal, session.begin_nested():
        catalogue.hand_in(session, actor, [good, bad])
    assert all(p.pointer.startswith(f"/{bad.resource.key}/") for p in refusal.value.problems)
    session.expire_all()
    assert good.state == "draft"


@pytest.mark.parametrize(
    ("roles", "first", "second"),
    [
        (("registrar", "secrecy"), "hand_in", "clear"),
        (("registrar", "head"), "hand_in", "approve"),
        (("secrecy", "head"), "clear", "approve"),
    ],
)
def test_one_person_cannot_take_two_incompatible_steps(session, town, roles, first, second):
    both = town.person(*roles)
    people = {role: town.person(role) for role in ("registrar", "secrecy", "head")}
    for role in roles:
        people[role] = both
    version = registered(town, town.person("registrar"))
    catalogue.hand_in(session, people["registrar"], [version])
    steps = {"clear": "secrecy", "approve": "head"}
    for step, role in steps.items():
        if step == second:
            with pytest.raises(Forbidden, match="same_person"):
                catalogue.advance(session, people[role], version, step)
            break
        catalogue.advance(session, people[role], version, step)


def test_a_filed_notice_lifts_a_pair_that_may_be_merged_and_is_remembered(session, town):
    both = town.person("registrar", "secrecy")
    today = date(2026, 1, 1)
    session.add(
        MergedPost(
            person_id=both.person_id,
            organisation_id=town.department.id,
            act_a="hand_in",
            act_b="clear",
            reason="人手不足",
            consent="主管部门同意",
            starts=today,
            ends=today.replace(year=2099),
        )
    )
    version = registered(town, town.person("registrar"))
    catalogue.hand_in(session, both, [version])
    catalogue.advance(session, both, version, "clear")
    last = catalogue.decisions(session, [version.id])[-1][0]
    assert last.merged_post_id is not None


def test_another_unit_cannot_decide(session, town):
    actor = town.person("registrar")
    version = registered(town, actor)
    catalogue.hand_in(session, actor, [version])
    with pytest.raises(Forbidden, match="not_yours"):
        catalogue.advance(session, town.person("secrecy", unit=town.other), version, "clear")


def test_a_decision_on_a_text_that_changed_since_is_refused(session, town):
    actor = town.person("registrar")
    version = registered(town, actor)
    catalogue.hand_in(session, actor, [version])
    with pytest.raises(Conflict, match="changed_since"):
        catalogue.advance(session, town.person("secrecy"), version, "clear", seen="sm3:old")


def test_a_stale_save_is_refused_and_changes_nothing(session, town):
    actor = town.person("registrar")
    version = registered(town, actor)
    seen = version.resource.row_version
    catalogue.save(session, actor, version, document(note="第一次"), seen)
    with pytest.raises(Conflict, match="stale"), session.begin_nested():
        catalogue.save(session, actor, version, document(note="第二次"), seen)
    session.expire_all()
    assert catalogue.document_of(version)["note"] == "第一次"


def test_an_element_keeps_its_identity_when_it_is_renamed(session, town):
    actor = town.person("registrar")
    version = registered(town, actor)
    changed = catalogue.document_of(version)
    before = changed["items"][0]["id"]
    changed["items"][0]["name"] = "新郎姓名"
    catalogue.save(session, actor, version, changed)
    element = session.scalars(
        sa.select(Element).where(Element.version_id == version.id, Element.position == 0)
    ).one()
    assert (element.key, element.name) == (before, "新郎姓名")


def test_a_new_version_leaves_the_live_one_standing_until_it_is_published(session, town):
    resource = published(town)
    catalogue.revise(session, town.person("registrar"), resource)
    draft = resource.working
    catalogue.save(
        session, town.person("registrar"), draft, document("婚姻登记预约信息", note="改")
    )
    assert catalogue.document_of(resource.live).get("note") != "改"
    catalogue.hand_in(session, town.person("registrar"), [draft])
    for role, step in (("secrecy", "clear"), ("head", "approve"), ("reviewer", "publish")):
        catalogue.advance(session, town.person(role), draft, step)
    assert catalogue.document_of(resource.live)["note"] == "改"
    states = {v.number: v.state for v in session.scalars(sa.select(Version))}
    assert states == {1: "superseded", 2: "published"}


def test_people_count_what_was_published_and_not_what_was_returned(session, town):
    clerk, secrecy = town.person("registrar"), town.person("secrecy")
    version = registered(town, clerk)
    resource = version.resource
    for step in ("return", "take_back"):
        catalogue.hand_in(session, clerk, [resource.working])
        who = secrecy if step == "return" else clerk
        remarks = [RemarkText("", "R03", "请写明用途")] if step == "return" else []
        catalogue.advance(session, who, resource.working, step, remarks)
        assert resource.working.ordinal == 1
    catalogue.hand_in(session, clerk, [resource.working])
    for role, step in (("secrecy", "clear"), ("head", "approve"), ("reviewer", "publish")):
        catalogue.advance(session, town.person(role), resource.working, step)
    assert (resource.live.number, resource.live.ordinal) == (3, 1)
    catalogue.revise(session, clerk, resource)
    assert (resource.working.number, resource.working.ordinal) == (4, 2)


def test_every_change_leaves_a_journal_row_and_an_outbox_row(session, town):
    resource = published(town)
    acts = session.scalars(
        sa.select(JournalRow.act).where(JournalRow.key == resource.key).order_by(JournalRow.seq)
    ).all()
    assert acts == ["register", "hand_in", "clear", "approve", "publish"]
    row = session.get(OutboxRow, resource.id)
    assert row is not None
    assert row.turn == resource.turn


def test_a_name_is_unique_within_its_unit_whatever_its_blanks_and_width(session, town):
    published(town, "婚姻登记预约信息")
    actor = town.person("registrar")
    version = registered(town, actor, "婚姻 登记预约信息")
    with pytest.raises(Invalid) as refusal:
        catalogue.hand_in(session, actor, [version])
    assert [p.code for p in refusal.value.problems] == ["name-taken"]


def test_duties_are_inherited_from_the_unit_and_overridden_where_said(session, town):
    own = {"handles": {"office": "婚姻登记处", "post": "登记员", "phone": "0473-0000001"}}
    where, holders = catalogue.inherited_holders(session, town.department, document(holders=own))
    assert where == "mixed"
    assert holders["handles"]["office"] == "婚姻登记处"
    assert holders["answers"]["office"] == "办公室"


def test_who_wrote_a_version_that_was_taken_back_does_not_approve_the_next(session, town):
    writer = town.person("registrar", "head")
    first = registered(town, writer)
    catalogue.hand_in(session, writer, [first])
    catalogue.advance(session, writer, first, "take_back")
    second = first.resource.working
    catalogue.hand_in(session, town.person("registrar"), [second])
    catalogue.advance(session, town.person("secrecy"), second, "clear")
    with pytest.raises(Forbidden, match="same_person"):
        catalogue.advance(session, writer, second, "approve")
