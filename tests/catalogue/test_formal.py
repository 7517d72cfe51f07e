"""Formal changes go live at once and are listed; a year without change is confirmed in one act."""

import json
from datetime import date

import pytest
import time_machine

from registry import calendar, catalogue
from registry.errors import Conflict, Forbidden, Invalid
from registry.models.journal import JournalRow
from tests.catalogue.test_life import published, working

WORDS = "本局办理婚姻登记预约时形成的信息，文字作了规范。"


def drafted(town, **changes):
    resource, registrar = published(town), town.person("registrar")
    catalogue.revise(town.session, registrar, resource)
    draft = working(town.session, resource.key)
    catalogue.save(town.session, registrar, draft, {**catalogue.document_of(draft), **changes})
    return registrar, draft


def test_a_change_of_wording_is_published_at_once_by_the_registrar_alone(session, town):
    registrar, draft = drafted(town, abstract=WORDS)
    assert "formal" in catalogue.available(session, registrar, draft)
    resource = draft.resource
    old = resource.live
    catalogue.advance(session, registrar, draft, "formal")
    assert (resource.live.number, resource.live.state, old.state) == (2, "published", "superseded")
    assert resource.working is None
    row = session.query(JournalRow).filter_by(act="formal").one()
    assert json.loads(row.facts)["fields"] == ["/abstract"]


@pytest.mark.parametrize(
    ("field", "value"), [("update_cycle", "5"), ("open_type", "2"), ("visibility", "3")]
)
def test_what_wants_review_is_not_published_at_once(session, town, field, value):
    registrar, draft = drafted(town, abstract=WORDS, **{field: value})
    assert "formal" not in catalogue.available(session, registrar, draft)
    with pytest.raises(Invalid, match="not_formal") as refusal:
        catalogue.advance(session, registrar, draft, "formal")
    assert [p.pointer for p in refusal.value.problems] == [f"/{field}"]
    assert draft.state == "draft"


def test_nothing_changed_and_a_first_version_are_no_formal_changes(session, town):
    registrar, draft = drafted(town)
    with pytest.raises(Invalid, match="not_formal"):
        catalogue.advance(session, registrar, draft, "formal")


def test_a_formal_change_brings_no_new_fault(session, town):
    registrar, draft = drafted(town, abstract=" 首尾有空格 ")
    with pytest.raises(Invalid, match="not_ready"):
        catalogue.advance(session, registrar, draft, "formal")


def test_nobody_else_publishes_a_formal_change(session, town):
    _, draft = drafted(town, abstract=WORDS)
    for role in ("head", "secrecy", "reviewer"):
        with pytest.raises(Forbidden):
            catalogue.advance(session, town.person(role), draft, "formal")


def test_the_formal_changes_of_a_month_are_listed_to_those_who_watch_over_the_unit(session, town):
    registrar, draft = drafted(town, abstract=WORDS)
    catalogue.advance(session, registrar, draft, "formal")
    today = calendar.today()
    for actor in (town.person("reviewer"), registrar, town.person("auditor", unit=town.other)):
        (line,) = catalogue.formal_changes(session, actor, today)
        assert (line.key, line.fields) == (draft.resource.key, ("/abstract",))
    stranger = town.person("registrar", unit=town.other)
    assert catalogue.formal_changes(session, stranger, today) == []
    assert catalogue.formal_changes(session, registrar, date(2020, 12, 1)) == []


def test_a_unit_confirms_in_one_act_that_nothing_changed(session, town):
    first, second = published(town, "甲信息"), published(town, "乙信息")
    head = town.person("head")
    with pytest.raises(Conflict, match="nothing_to_confirm"):
        catalogue.confirm_unchanged(session, head, town.department)
    with time_machine.travel(f"{calendar.today().year + 1}-03-02T02:00:00Z"):
        catalogue.revise(session, town.person("registrar"), second)
        assert len(catalogue.unconfirmed(session, town.department)) == 1
        assert catalogue.confirm_unchanged(session, head, town.department) == 1
        assert first.unchanged_on == calendar.today()
        assert second.unchanged_on is None
        with pytest.raises(Conflict):
            catalogue.confirm_unchanged(session, head, town.department)
    with pytest.raises(Forbidden):
        catalogue.confirm_unchanged(session, head, town.other)
