"""What a project stated wrongly is mended or taken out, until an opinion rests on it."""

import json
import re

import pytest
import sqlalchemy as sa

from registry import calendar, db, projects
from registry.errors import Conflict, Forbidden, Invalid, Missing
from registry.models.acceptance import Opinion
from registry.models.journal import JournalRow
from registry.models.projects import BusinessTable, Evidence, Project, ProjectResource, System
from tests.acceptance.test_scope import published
from tests.factories import sign_in, token_of


@pytest.fixture
def stated(session, town):
    """A project with one system and two tables, the first matched to an entry."""
    manager, registrar = town.person("project_manager"), town.person("registrar")
    project = projects.create(session, manager, town.department, "社区服务平台", "new")
    system = projects.add_system(session, manager, project, code="sq", name="社区系统")
    projects.add_tables(session, registrar, project, system, ["T_1", "T_2"])
    first = session.scalars(sa.select(BusinessTable).order_by(BusinessTable.id)).first()
    resource = published(session, town)
    projects.link_table(session, registrar, project, first.id, resource_key=resource.key)
    return project, system, first


def opinion(session, town, project, result="pass", stage="approval", **payload):
    session.add(
        Opinion(
            number="H-1",
            project_id=project.id,
            stage=stage,
            result=result,
            payload=payload,
            signed_by=town.person("acceptance").person_id,
            signed_at=db.now(),
            digest="sm3:" + "0" * 64,
        )
    )
    session.flush()


def acts(session):
    rows = session.scalars(sa.select(JournalRow).order_by(JournalRow.seq))
    return {row.act: json.loads(row.facts) for row in rows}


def test_a_system_and_a_table_typed_wrongly_are_corrected_in_place(session, town, stated):
    project, system, table = stated
    manager, registrar = town.person("project_manager"), town.person("registrar")
    projects.correct_system(
        session, manager, project, system.key, code="sq-2", name="社区服务系统", level="3"
    )
    assert (system.code, system.name, system.protection_level) == ("sq-2", "社区服务系统", 3)
    projects.correct_table(session, registrar, project, table.id, " T_ONE ")
    assert table.name == "T_ONE"
    assert table.resource_id is not None
    assert {"correct_system", "correct_table"} < acts(session).keys()


def test_what_would_be_two_of_a_name_is_refused(session, town, stated):
    project, system, table = stated
    manager, registrar = town.person("project_manager"), town.person("registrar")
    projects.add_system(session, manager, project, code="other", name="另一系统")
    with pytest.raises(Invalid) as fault:
        projects.correct_system(session, manager, project, system.key, code="other", name="x")
    assert [p.rule for p in fault.value.problems] == ["system-taken"]
    for name, rule in (("T_2", "table-taken"), (" ", "table-name")):
        with pytest.raises(Invalid) as fault:
            projects.correct_table(session, registrar, project, table.id, name)
        assert [p.rule for p in fault.value.problems] == [rule]


def test_a_system_that_is_taken_out_says_before_what_rests_on_it_and_leaves_the_entry(
    session, town, stated
):
    project, system, table = stated
    found = projects.resting_on(session, project, system)
    assert (found.tables, [one.name for one in found.matched]) == (2, ["T_1"])
    assert not found.is_kept
    key, resource_id = system.key, table.resource_id
    projects.remove_system(session, town.person("project_manager"), project, key)
    assert session.scalars(sa.select(System)).all() == []
    assert session.scalars(sa.select(BusinessTable)).all() == []
    assert session.get(ProjectResource, (project.id, resource_id)) is not None
    assert acts(session)["remove_system"] == {"system": key, "tables": 2, "matched": 1}


def test_a_system_that_a_proof_names_only_leaves_the_project(session, town, stated):
    project, system, _ = stated
    manager = town.person("project_manager")
    session.add(
        Evidence(
            project_id=project.id,
            system_id=system.id,
            gate="G-SEC",
            number="备-1",
            on=db.now().date(),
            entered_by=manager.person_id,
            entered_at=db.now(),
        )
    )
    session.flush()
    projects.remove_system(session, manager, project, system.key)
    assert projects.systems_of(session, project) == []
    again = projects.add_system(session, manager, project, code="sq", name="社区系统")
    assert again.id == system.id
    assert projects.resting_on(session, project, again).tables == 2


def test_a_table_is_taken_out_once(session, town, stated):
    project, _, table = stated
    registrar, number = town.person("registrar"), table.id
    projects.remove_table(session, registrar, project, number)
    assert acts(session)["remove_table"] == {"table": number, "matched": 1}
    with pytest.raises(Missing):
        projects.remove_table(session, registrar, project, number)


def test_nothing_is_rewritten_under_an_opinion_that_stands(session, town, stated):
    project, system, table = stated
    opinion(session, town, project)
    manager, registrar = town.person("project_manager"), town.person("registrar")
    for refused in (
        lambda: projects.remove_system(session, manager, project, system.key),
        lambda: projects.correct_system(session, manager, project, system.key, code="a", name="b"),
        lambda: projects.remove_table(session, registrar, project, table.id),
        lambda: projects.correct_table(session, registrar, project, table.id, "T_9"),
    ):
        with pytest.raises(Conflict) as fault:
            refused()
        assert fault.value.code == "opinion_stands"


def test_an_opinion_that_was_wiped_closes_nothing_and_concludes_nothing(session, town, stated):
    project, system, _ = stated
    manager, today = town.person("project_manager"), calendar.today()
    project.stage = "final"
    opinion(session, town, project, stage="final", wiped=today.isoformat())
    projects.correct_system(session, manager, project, system.key, code="sq2", name="社区系统")
    assert system.code == "sq2"
    with pytest.raises(Invalid) as refused:
        projects.conclude(session, manager, project, today)
    assert [one.rule for one in refused.value.problems] == ["not-verified"]


@pytest.mark.parametrize(("result", "stage"), [("fail", "approval"), ("pass", "initial")])
def test_an_opinion_that_failed_it_or_is_of_another_stage_closes_nothing(
    session, town, stated, result, stage
):
    project, _, table = stated
    opinion(session, town, project, result, stage)
    projects.correct_table(session, town.person("registrar"), project, table.id, "T_9")
    assert table.name == "T_9"


def test_nobody_of_another_unit_corrects_it(session, town, stated):
    project, system, table = stated
    stranger = town.person("project_manager", "registrar", unit=town.other)
    with pytest.raises(Forbidden):
        projects.remove_system(session, stranger, project, system.key)
    with pytest.raises(Forbidden):
        projects.remove_table(session, stranger, project, table.id)


def test_the_page_tells_what_is_matched_before_it_is_taken_out(city):
    manager, registrar = sign_in(city, "project_manager"), sign_in(city, "registrar")
    with db.transaction(city.extensions["registry_database"], writes=False) as session:
        key = session.scalar(sa.select(Project.key).where(Project.name == "智慧民政综合服务平台"))
    home = f"/projects/{key}"

    def send(client, address, **fields):
        fields["csrf_token"] = token_of(client.get("/password").text)
        return client.post(address, data=fields)

    assert send(manager, f"{home}/systems", code="mz-typo", name="错字系统").status_code == 303
    assert send(registrar, f"{home}/tables/new", system="mz-typo", tables="T_A\nT_B")
    page = registrar.get(home).text
    number = re.search(r'name="table" value="(\d+)"', page)[1]
    entry = re.search(r'<option value="([0-9a-z]{16})">', page)[1]
    linked = send(registrar, f"{home}/tables", table=number, resource=entry)
    assert linked.status_code == 303
    told = registrar.get(f"{home}/tables/correction?table={number}").text
    assert "这张表已关联数据资源" in told

    system = re.findall(r"/systems/([0-9a-z]{16})", manager.get(home).text)[-1]
    at = f"{home}/systems/{system}"
    assert "1 张业务表已关联数据资源" in manager.get(at).text
    refused = send(manager, f"{at}/correct", code="mz-ok", name="")
    assert refused.status_code == 422
    assert "mz-ok" in refused.text
    assert send(manager, f"{at}/correct", code="mz-ok", name="对的系统").status_code == 303
    assert "对的系统" in manager.get(home).text
    assert send(manager, f"{at}/remove").status_code == 303
    assert "对的系统" not in manager.get(home).text
    assert manager.get(at).status_code == 404
    assert "更正</a>" not in sign_in(city, "auditor").get(home).text
