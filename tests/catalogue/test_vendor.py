"""A compiler under contract drafts for one project, and speaks for nobody."""

from datetime import date

import pytest

from registry import accounts, catalogue
from registry.access import SYSTEM
from registry.errors import Forbidden, Invalid, Missing
from registry.models.catalogue import Version
from registry.models.projects import Project
from tests.factories import document


@pytest.fixture
def vendor(session, town):
    project = Project(name="甲平台", unit_id=town.department.id, kind="new", stage="approval")
    session.add(project)
    session.flush()
    account = accounts.add_account(session, SYSTEM, "vendor1", "受托人", hashed="none")
    post = accounts.appoint(session, SYSTEM, account, "vendor", town.department, date(2020, 1, 1))
    post.project_id = project.id
    session.flush()
    return town.actor(account)


def draft(session, town, vendor, **typed):
    stored = catalogue.register(
        session,
        vendor,
        town.department,
        {"name": "预约信息", **typed},
        declared=True,
        project_id=vendor.holdings[0].project_id,
    )
    return session.get_one(Version, stored.version_id)


def test_he_drafts_for_his_project_and_for_no_other_entry(session, town, vendor):
    version = draft(session, town, vendor)
    assert [task.version.id for task in catalogue.inbox(session, vendor)] == [version.id]
    catalogue.save(session, vendor, version, {**catalogue.document_of(version), "note": "甲"})
    other = catalogue.register(
        session, town.person("registrar"), town.department, document(), declared=True
    )
    with pytest.raises(Missing):
        catalogue.require_version(session, vendor, other.key)
    with pytest.raises(Forbidden):
        catalogue.register(session, vendor, town.department, {}, declared=True)


def test_he_never_hands_in(session, town, vendor):
    version = draft(session, town, vendor)
    with pytest.raises(Forbidden):
        catalogue.hand_in(session, vendor, [version])


@pytest.mark.parametrize(
    ("field", "value"), [("share_type", "1"), ("open_type", "1"), ("visibility", "3")]
)
def test_he_sets_nothing_that_carries_law(session, town, vendor, field, value):
    version = draft(session, town, vendor)
    before = catalogue.document_of(version)
    with pytest.raises(Invalid) as refusal:
        catalogue.save(session, vendor, version, {**before, field: value})
    assert [problem.pointer for problem in refusal.value.problems] == [f"/{field}"]
    with pytest.raises(Invalid):
        draft(session, town, vendor, **{field: value})


def test_he_names_items_but_does_not_grade_them(session, town, vendor):
    version = draft(session, town, vendor, items=[{"name": "姓名", "data_type": "C"}])
    graded = [{"name": "姓名", "data_type": "C", "level": "1"}]
    with pytest.raises(Invalid) as refusal:
        draft(session, town, vendor, items=graded)
    assert [problem.pointer for problem in refusal.value.problems] == ["/items/0/level"]
    typed = catalogue.document_of(version)
    typed["items"][0]["share_type"] = "1"
    with pytest.raises(Invalid):
        catalogue.save(session, vendor, version, typed)


def test_what_the_registrar_set_stays_when_he_saves(session, town, vendor):
    version = draft(session, town, vendor, items=[{"name": "姓名"}])
    typed = catalogue.document_of(version)
    typed["share_type"], typed["items"][0]["level"] = "1", "2"
    catalogue.save(session, town.person("registrar"), version, typed)
    catalogue.save(session, vendor, version, {**catalogue.document_of(version), "note": "甲"})
    after = catalogue.document_of(version)
    assert (after["share_type"], after["items"][0]["level"], after["note"]) == ("1", "2", "甲")
