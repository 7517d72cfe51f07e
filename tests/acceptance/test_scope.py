"""A verdict holds only over what was really looked at: nothing passes because nothing is there."""

import json
import re
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

import schemas
from registry import acceptance, calendar, catalogue, db, desensitization, lists, projects, signing
from registry.access import SYSTEM, may
from registry.catalogue import spill
from registry.catalogue.traces import Means
from registry.desensitization import sealing
from registry.errors import Conflict, Forbidden, Invalid, Missing
from registry.models.catalogue import Resource, Version
from registry.models.desensitization import MaskingReport
from registry.models.exchange import Request
from registry.models.projects import (
    BusinessTable,
    NotApplicable,
    Project,
    ProjectResource,
    ProjectSystem,
)
from tests.anonymization.conftest import INTERFACE
from tests.factories import document, sign_in


@pytest.fixture
def project(session, town):
    manager = town.person("project_manager")
    return projects.create(session, manager, town.department, "社区服务平台", "new")


def published(session, town):
    """An entry with personal items that went the whole way, by four persons."""
    registrar = town.person("registrar")
    stored = catalogue.register(session, registrar, town.department, document(), declared=True)
    version = session.get_one(Version, stored.version_id)
    catalogue.advance(session, registrar, version, "hand_in")
    for role, step in (("secrecy", "clear"), ("head", "approve"), ("reviewer", "publish")):
        catalogue.advance(session, town.person(role), version, step)
    return version.resource


def results(session, project, stage="final"):
    found = acceptance.examine(session, project, stage)
    return {line.gate.id: line for line in found.lines}


def codes(line):
    return {one.code for one in line.shortfalls}


def waive(session, town, project, gate, reason, **more):
    reviewer = town.person("reviewer")
    return projects.declare_not_applicable(session, reviewer, project, gate, reason, **more)


def in_scope(session, project, resource):
    session.add(ProjectResource(project_id=project.id, resource_id=resource.id))
    session.flush()


def test_a_project_without_systems_or_entries_proves_nothing(session, town, project):
    found = results(session, project)
    for gate in ("G-CLOUD", "G-BRAIN", "G-SEC", "G-CRYPTO"):
        assert codes(found[gate]) == {"no_systems"}
    assert codes(found["G-CAT"]) == {"no_entries"}
    assert found["G-DEID"].result != "na"


ON_ENTRIES = {
    "G-GRADE",
    "G-SHARE",
    "G-SECRET",
    "G-PIA",
    "G-DEID",
    "G-HEAD",
    "G-REVIEW",
    "G-MOUNT",
}


def test_a_gate_on_entries_says_that_there_is_none_and_never_that_it_passed(session, town, project):
    found = acceptance.examine(session, project, "final")
    assert {line.gate.id for line in found.lines if line.result == "idle"} == ON_ENTRIES
    assert found.verdict == "fail"
    waive(session, town, project, "G-GRADE", "no_data")
    assert results(session, project)["G-GRADE"].result == "na"
    in_scope(session, project, published(session, town))
    assert "idle" not in {line.result for line in results(session, project).values()}


def test_a_frozen_entry_is_in_the_way_where_there_is_no_other(session, town, project):
    resource = published(session, town)
    in_scope(session, project, resource)
    resource.frozen_at = db.now()
    session.flush()
    found = results(session, project)
    assert found["G-SECRET"].result == "fail"
    assert found["G-GRADE"].result == "idle"


def test_exempting_every_table_is_no_catalogue(session, town, project):
    manager, registrar = town.person("project_manager"), town.person("registrar")
    system = projects.add_system(session, manager, project, code="sq", name="社区系统")
    assert projects.add_tables(session, registrar, project, system, ["T_1", " T_1 ", ""]) == 1
    table = session.scalars(sa.select(BusinessTable)).one()
    projects.link_table(session, registrar, project, table.id, exempt_because="日志表")
    assert codes(results(session, project)["G-CAT"]) == {"no_entries"}


@pytest.mark.parametrize(("gate", "reason"), [("G-CLOUD", "no_system"), ("G-CAT", "no_data")])
def test_a_signed_reason_that_the_records_contradict_binds_nobody(
    session, town, project, gate, reason
):
    waive(session, town, project, gate, reason)
    assert results(session, project)[gate].result == "na"
    manager = town.person("project_manager")
    projects.add_system(session, manager, project, code="sq", name="社区系统")
    in_scope(session, project, published(session, town))
    assert results(session, project)[gate].result != "na"


def test_a_frozen_entry_is_counted_against_the_project_and_not_named(session, town, project):
    resource = published(session, town)
    in_scope(session, project, resource)
    resource.frozen_at = db.now()
    session.flush()
    line = results(session, project)["G-SECRET"]
    assert codes(line) == {"frozen"}
    said = acceptance.said(line.shortfalls[0])[0]
    assert "1 个条目" in said
    assert catalogue.document_of(resource.live)["name"] not in said


def test_a_wiped_entry_is_waited_for_no_more_and_its_table_wants_another(
    session, town, project, tmp_path
):
    manager, registrar = town.person("project_manager"), town.person("registrar")
    resource = published(session, town)
    system = projects.add_system(session, manager, project, code="sq", name="社区系统")
    projects.add_tables(session, registrar, project, system, ["T_1"])
    table = session.scalars(sa.select(BusinessTable)).one()
    projects.link_table(session, registrar, project, table.id, resource_key=resource.key)
    row = spill.freeze(session, town.person("secrecy"), resource.key, "state_secret")
    assert codes(results(session, project)["G-SECRET"]) == {"frozen"}
    means = Means(tmp_path, signing.load(tmp_path / "signing.key"))
    spill.wipe(session, town.person("security"), row, means, "乌保〔2026〕1号")
    session.expire_all()
    found = results(session, project)
    assert "frozen" not in codes(found["G-SECRET"])
    assert codes(found["G-CAT"]) == {"no_entries", "tables_open"}
    projects.link_table(session, registrar, project, table.id, exempt_because="内容已依法清除")
    assert "tables_open" not in codes(results(session, project)["G-CAT"])


def test_an_entry_that_was_taken_down_no_longer_counts_as_catalogued(session, town, project):
    resource = published(session, town)
    in_scope(session, project, resource)
    resource.live.state = "suspended"
    session.flush()
    assert "entry_gone" in codes(results(session, project)["G-CAT"])


def plan_of(session, resource, actor, profile, **terms):
    proposed = desensitization.proposed(resource.live, profile) | {"reason": "统计要用"} | terms
    if profile == "interface":
        proposed["use"] = [line["name"] for line in proposed["columns"]]
    return desensitization.save_plan(session, actor, resource, resource.live, profile, proposed)


def report_of(session, plan, actor, kind="measured", verdict="pass", head=None):
    row = MaskingReport(
        plan_id=plan.id,
        kind=kind,
        plan_digest=plan.digest,
        verdict=verdict,
        report={},
        digest="sm3:r",
        run_by=actor.person_id,
        rechecked_by=head.person_id if head else None,
    )
    session.add(row)
    session.flush()
    sealing.seal(session, row)


def test_every_release_profile_must_hold_not_only_the_last_one(session, town, project):
    resource, actor, head = published(session, town), town.person("registrar"), town.person("head")
    in_scope(session, project, resource)
    assert codes(results(session, project)["G-DEID"]) == {"masking_no_plan"}
    one = plan_of(session, resource, actor, "statistical")
    assert codes(results(session, project)["G-DEID"]) == {"masking_no_report"}
    report_of(session, one, actor, verdict="fail")
    other = plan_of(session, resource, actor, **INTERFACE)
    report_of(session, other, actor, head=head)
    assert codes(results(session, project)["G-DEID"]) == {"masking_failed"}
    report_of(session, one, actor)
    assert codes(results(session, project)["G-DEID"]) == {"masking_not_rechecked"}
    report_of(session, one, actor, head=head)
    assert results(session, project)["G-DEID"].result == "pass"
    report_of(session, one, actor, kind="plan_only", verdict="fail")
    assert results(session, project)["G-DEID"].result == "pass"
    one.digest = "sm3:c"
    session.flush()
    assert codes(results(session, project)["G-DEID"]) == {"masking_plan_changed"}


def test_a_report_that_runs_out_is_entered_with_its_last_day(session, town, project):
    manager = town.person("project_manager")
    system = projects.add_system(session, manager, project, code="sq", name="社区系统")
    today = calendar.today()
    known = {"number": "DB-1", "on": today, "system": system}
    with pytest.raises(Invalid):
        projects.enter_evidence(session, manager, project, "G-SEC", **known)
    with pytest.raises(Invalid):
        projects.enter_evidence(session, manager, project, "G-SEC", next_on=today, **known)
    later = today + timedelta(days=300)
    projects.enter_evidence(session, manager, project, "G-SEC", next_on=later, **known)
    assert results(session, project)["G-SEC"].result == "pass"


def test_the_applicant_cannot_type_his_own_proof(session, town, project):
    manager = town.person("project_manager")
    system = projects.add_system(session, manager, project, code="sq", name="社区系统")
    with pytest.raises(Forbidden):
        projects.enter_evidence(
            session, manager, project, "G-CLOUD", number="T-1", on=calendar.today(), system=system
        )


def test_a_system_of_another_unit_is_not_taken_over(session, town, project):
    manager = town.person("project_manager")
    theirs = town.person("project_manager", unit=town.other)
    other = projects.create(session, theirs, town.other, "校园平台", "new")
    projects.add_system(session, theirs, other, code="xy", name="校园系统")
    with pytest.raises(Invalid):
        projects.add_system(session, manager, project, code="xy", name="我的系统")


def test_only_entries_of_the_own_unit_come_into_the_scope(session, town, project):
    registrar = town.person("registrar")
    resource = published(session, town)
    projects.include(session, registrar, project, resource.key)
    projects.include(session, registrar, project, resource.key)
    assert len(acceptance.examine(session, project).versions) == 1
    foreign = session.get_one(Resource, resource.id)
    foreign.department_id = town.other.id
    session.flush()
    with pytest.raises(Missing):
        projects.include(session, registrar, project, foreign.key)


def test_stages_go_forward_only(session, town, project):
    manager = town.person("project_manager")
    projects.ask(session, manager, project, "final", None)
    assert project.stage == "final"
    with pytest.raises(Conflict, match="stage_over"):
        projects.ask(session, manager, project, "initial", None)


def test_an_emergency_project_states_its_decision_and_a_near_catch_up_date(session, town):
    manager = town.person("project_manager")
    made = projects.create(session, manager, town.department, "防汛补充建设", "emergency")
    far = (calendar.today() + timedelta(days=400)).isoformat()
    for stated in ({}, {"decision": "急〔2026〕1号", "catch_up": far}, {"decision": "急"}):
        with pytest.raises(Invalid):
            projects.state(session, manager, made, stated)
    near = calendar.today() + timedelta(days=60)
    stated = {"decision": "急〔2026〕1号", "catch_up": near.isoformat()}
    projects.state(session, manager, made, stated)
    assert acceptance.examine(session, made).verdict == "none"
    after = near + timedelta(days=1)
    assert acceptance.examine(session, made, "final", day=after).verdict == "fail"


def test_a_reason_for_not_applicable_is_signed_by_somebody_else(session, town, project):
    own = town.person("reviewer", unit=town.department)
    with pytest.raises(Forbidden):
        projects.declare_not_applicable(session, own, project, "G-CLOUD", "no_system")
    with pytest.raises(Invalid):
        waive(session, town, project, "G-CLOUD", "withheld")
    assert session.query(NotApplicable).count() == 0


def test_a_finding_is_closed_by_the_other_body_than_raised_it(session, town, project):
    officer = town.person("acceptance")
    due = calendar.today() + timedelta(days=10)
    for kind, text, day in (
        ("F9", "x", due),
        ("F4", " ", due),
        ("F4", "x", calendar.today() - timedelta(1)),
    ):
        with pytest.raises(Invalid):
            projects.raise_finding(session, officer, project, kind, text, day)
    finding = projects.raise_finding(session, officer, project, "F4", "未共享", due)
    assert codes(results(session, project, "approval")["G-FIND"]) == {"finding_open"}
    with pytest.raises(Forbidden):
        projects.close_finding(session, officer, finding)
    with pytest.raises(Forbidden) as refusal:
        projects.close_finding(session, town.person("acceptance"), finding)
    assert refusal.value.code == "same_body"
    projects.close_finding(session, town.person("development_commission", unit=town.other), finding)
    assert results(session, project, "approval")["G-FIND"].result == "pass"


def test_who_has_the_ball_is_named(session, town, project):
    town.person("operator", unit=town.authority)
    found = acceptance.holders(session, project, {"operator", "project_manager", "reviewer"})
    assert found["operator"] == ["数据局 某人"]
    assert found["project_manager"] == ["民政局 某人"]
    assert "reviewer" not in found


def test_an_assessment_is_asked_of_those_who_may_enter_it_on_the_page_where_they_do(
    session, town, project
):
    registrar = town.person("registrar")
    stored = catalogue.register(session, registrar, town.department, document(), declared=True)
    version = session.get_one(Version, stored.version_id)
    batch = catalogue.hand_in(session, registrar, [version])
    catalogue.advance(session, town.person("secrecy"), version, "clear")
    in_scope(session, project, version.resource)
    found = results(session, project)
    for gate in ("G-SECRET", "G-PIA"):
        (one,) = found[gate].shortfalls
        assert may(town.person(one.ball), "assess", town.department)
        assert one.batch == batch.key


def listed(session, town):
    head = town.person("head")
    for kind in lists.LISTS:
        lists.issue(session, head, town.department, kind.id)


def test_an_edition_is_outdated_by_its_rows_and_not_by_its_date(session, town, project):
    resource = published(session, town)
    in_scope(session, project, resource)
    listed(session, town)
    assert results(session, project)["G-LISTS"].result == "pass"
    # Another entry of the unit is nothing this project answers for.
    other = document("另一项信息")
    change = catalogue.Change(
        department=town.department, step="adopt", state="published", document=other, live="this"
    )
    catalogue.store(session, SYSTEM, [change])
    assert results(session, project)["G-LISTS"].result == "pass"
    live = resource.live
    changed = {**catalogue.document_of(live), "update_cycle": "4"}
    live.document = schemas.canonical(changed).decode()
    session.flush()
    (shortfall,) = results(session, project)["G-LISTS"].shortfalls
    assert shortfall.code == "edition_outdated"
    assert shortfall.facts["list"] == "responsibility"
    assert live.name in acceptance.said(shortfall)[0]
    lists.issue(session, town.person("head"), town.department, "responsibility")
    assert results(session, project)["G-LISTS"].result == "pass"


def wanted(session, town, resource, on):
    """A request of another unit that came in on a day."""
    asker = town.person("consumer", unit=town.other)
    request = Request(
        requester_id=town.other.id,
        provider_id=town.department.id,
        resource_id=resource.id,
        state="received",
        document={"scene": "核对"},
        created_by=asker.person_id,
        received_on=on,
    )
    session.add(request)
    session.flush()
    return request


def test_a_request_on_the_eve_does_not_make_the_list_of_the_asked_unit_old(session, town, project):
    resource = published(session, town)
    in_scope(session, project, resource)
    listed(session, town)
    request = wanted(session, town, resource, calendar.today())
    assert results(session, project)["G-LISTS"].result == "pass"
    # After the days the head has for a new edition it counts, and it is said whose act it was.
    request.received_on = calendar.today() - timedelta(days=20)
    session.flush()
    (shortfall,) = results(session, project)["G-LISTS"].shortfalls
    assert shortfall.facts["list"] == "supply-demand"
    told = f"{town.other.name} {request.received_on.isoformat()} 申请"
    assert told in acceptance.said(shortfall)[0]
    # What came in since the project asked for its verification waits for the next edition.
    project.facts = {"asked": {"final": request.received_on.isoformat()}}
    session.flush()
    assert results(session, project)["G-LISTS"].result == "pass"


def test_a_system_without_a_registered_table_cannot_be_called_complete(session, town, project):
    manager, registrar = town.person("project_manager"), town.person("registrar")
    resource = published(session, town)
    in_scope(session, project, resource)
    line = results(session, project)["G-CAT"]
    assert line.result == "pass"
    assert any("没有登记信息系统和业务表" in text for text in line.evidence)
    system = projects.add_system(session, manager, project, code="sq", name="社区系统")
    assert codes(results(session, project)["G-CAT"]) == {"no_tables"}
    assert results(session, project, "approval")["G-CAT"].result == "pass"
    projects.add_tables(session, registrar, project, system, ["T_1"])
    table = session.scalars(sa.select(BusinessTable)).one()
    both = {"resource_key": resource.key, "exempt_because": "日志表"}
    with pytest.raises(Invalid):
        projects.link_table(session, registrar, project, table.id, **both)
    projects.link_table(session, registrar, project, table.id, resource_key=resource.key)
    line = results(session, project)["G-CAT"]
    assert (line.result, line.evidence) == ("pass", ("业务表 1/1", "条目 1"))


def test_evidence_says_how_much_there_was_to_prove(session, town, project):
    resource = published(session, town)
    in_scope(session, project, resource)
    mounted(session, town, resource)
    found = results(session, project)
    assert found["G-MOUNT"].evidence[0] == "已挂接 1/1"
    assert found["G-GRADE"].evidence[0].startswith("条目 1，信息项已定级")
    assert found["G-SHARE"].evidence == ("共享开放规则核对 1/1",)
    assert found["G-DEID"].evidence[0] == "应脱敏条目 0/1"
    assert found["G-FIND"].evidence == ("没有提出过问题",)
    assert found["G-GRADE"].evidence_in("en")[0].startswith("entries 1, items graded")
    assert found["G-FIND"].evidence_in("en") == ("nothing has been found",)


def test_a_system_to_which_a_gate_does_not_apply_is_told_among_its_evidence(session, town, project):
    manager = town.person("project_manager")
    system = projects.add_system(session, manager, project, code="sq", name="社区系统")
    waive(session, town, project, "G-CRYPTO", "level_below_3", system=system)
    line = results(session, project)["G-CRYPTO"]
    assert line.result == "pass"
    (told,) = line.evidence
    assert told.startswith("社区系统不适用：等保二级及以下")
    assert line.evidence_in("en")[0].startswith("社区系统: not applicable, ")


def test_every_proof_is_worded_in_both_languages():
    room = Path(acceptance.__file__).parent
    source = (room / "gates.py").read_text("utf-8")
    used = {f"told.{code}" for code in re.findall(r'(?:_told|_dated)\(\s*"(\w+)"', source)}
    used |= {"told.many_numbers", "told.numbers", "told.no_tables", "told.no_systems"}
    worded = json.loads((room / "sentences.json").read_text("utf-8"))
    assert {code for code in worded if code.startswith("told.")} == used
    for code in used:
        fields = [set(re.findall(r"{(\w+)}", worded[code][one])) for one in ("zh", "en")]
        assert fields[0] == fields[1], code


def mounted(session, town, resource, **days):
    items = catalogue.document_of(resource.live)["items"]
    return projects.enter_mount(
        session,
        town.person("operator", unit=town.authority),
        resource,
        number="GJ-1",
        method="01",
        columns=[item["name"] for item in items],
        answered=True,
        **days,
    )


def test_a_mount_test_older_than_the_cycle_allows_counts_working_days(session, town, project):
    resource = published(session, town)
    in_scope(session, project, resource)
    made = mounted(session, town, resource)
    assert results(session, project)["G-MOUNT"].result == "pass"
    days = calendar.load(session)
    day = days.due(made.tested_on, 2).on
    (gate,) = [
        line
        for line in acceptance.examine(session, project, "final", day=day).lines
        if line.gate.id == "G-MOUNT"
    ]
    assert gate.result == "pass"
    late = acceptance.examine(session, project, "final", day=days.due(day, 1).on)
    (gate,) = [line for line in late.lines if line.gate.id == "G-MOUNT"]
    assert codes(gate) == {"mount_old"}
    assert gate.balls == ("operator",)


def test_a_version_newer_than_the_tested_one_and_stale_data_fail_the_mount(session, town, project):
    resource = published(session, town)
    in_scope(session, project, resource)
    today = calendar.today()
    mounted(session, town, resource, tested_on=today - timedelta(days=1))
    assert "mount_before_version" in codes(results(session, project)["G-MOUNT"])
    mounted(session, town, resource, fresh_on=today - timedelta(days=20))
    assert codes(results(session, project)["G-MOUNT"]) == {"mount_stale"}
    mounted(session, town, resource, fresh_on=today)
    assert results(session, project)["G-MOUNT"].result == "pass"


def test_a_restricted_entry_has_no_name_for_who_may_not_see_it_and_the_verdict_stays(
    session, town, project
):
    resource = published(session, town)
    resource.live.visibility = "3"
    in_scope(session, project, resource)
    found = acceptance.examine(session, project, "final")
    outside = town._unit("财政局", "11150300DEM000091X", {})
    outside.authority_id = None
    stranger = town.person("finance", unit=outside)
    for known in (town.person("project_manager"), town.person("acceptance", unit=town.authority)):
        assert acceptance.hidden_from(session, known, found) == frozenset()
    hidden = acceptance.hidden_from(session, stranger, found)
    assert hidden == {resource.key}
    told = [
        acceptance.said(acceptance.shown(one, hidden, "zh"), "zh")[0]
        for line in found.lines
        for one in line.shortfalls
    ]
    assert told
    assert all(resource.live.name not in sentence for sentence in told)
    assert any("（限定范围资源）" in sentence for sentence in told)
    resource.live.visibility = "1"
    session.flush()
    assert acceptance.hidden_from(session, stranger, found) == frozenset()


def test_the_page_of_a_project_names_no_entry_that_the_reader_may_not_see(city):
    with db.transaction(city.extensions["registry_database"], writes=True) as own:
        found = own.scalars(sa.select(Project).where(Project.name == "智慧民政综合服务平台")).one()
        rows = own.scalars(
            sa.select(Version)
            .join(Resource, Resource.live_version_id == Version.id)
            .join(ProjectResource, ProjectResource.resource_id == Resource.id)
            .where(ProjectResource.project_id == found.id)
        ).all()
        key, names = found.key, {row.name for row in rows}
        before = {row.id: row.visibility for row in rows}
        for row in rows:
            row.visibility = "3"
    try:
        for who, sees in (("finance", False), ("project_manager", True)):
            client = sign_in(city, who)
            for address in (f"/projects/{key}", f"/projects/{key}/examination"):
                page = client.get(address)
                assert page.status_code == 200
                told = {name for name in names if name in page.text}
                assert sees or told == set()
            entries = client.get(f"/projects/{key}").text
            assert ("（限定范围资源）" in entries) is not sees
    finally:
        with db.transaction(city.extensions["registry_database"], writes=True) as own:
            for id_, visibility in before.items():
                own.get_one(Version, id_).visibility = visibility


def test_the_page_of_a_project_names_no_entry_that_is_frozen(city):
    with db.transaction(city.extensions["registry_database"], writes=True) as own:
        resource, key = own.execute(
            sa.select(Resource, Project.key)
            .join(BusinessTable, Resource.id == BusinessTable.resource_id)
            .join(ProjectSystem, ProjectSystem.system_id == BusinessTable.system_id)
            .join(Project, Project.id == ProjectSystem.project_id)
            .where(Project.name == "智慧民政综合服务平台", Resource.live_version_id.is_not(None))
        ).first()
        frozen, name = resource.key, resource.live.name
        resource.frozen_at = db.now()
    try:
        for who in ("project_manager", "acceptance", "registrar"):
            page = sign_in(city, who).get(f"/projects/{key}")
            assert page.status_code == 200
            assert frozen in page.text
            assert f">{name}<" not in page.text
    finally:
        with db.transaction(city.extensions["registry_database"], writes=True) as own:
            own.scalars(sa.select(Resource).where(Resource.key == frozen)).one().frozen_at = None
