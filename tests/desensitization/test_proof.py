"""The proof of desensitization: bound to plan, resource and version, void when they change."""

import json
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

import anonymization
from anonymization.synthetic import citizens
from registry import access, catalogue, desensitization
from registry.desensitization import PlanFaulty
from registry.errors import Conflict, Forbidden, Unreadable
from registry.models.catalogue import Resource, Version
from registry.models.desensitization import MaskingPlan, MaskingReport
from registry.models.journal import JournalRow
from tests.factories import Town, document

ITEMS: list[dict[str, Any]] = [
    {"name": "姓名", "pi_kind": "姓名", "pi_role": "direct", "level": "2"},
    {"name": "公民身份号码", "pi_kind": "公民身份号码", "pi_role": "direct", "level": "4"},
    {"name": "性别", "pi_kind": "性别", "pi_role": "quasi", "level": "2"},
    {"name": "出生日期", "pi_kind": "出生日期", "pi_role": "quasi", "level": "2"},
]


class Desk:
    """A department with an entry about citizens, its people, and a table to run plans over."""

    def __init__(self, town: Town, folder: Path, **changes: Any) -> None:
        self.session, self.town, self.folder = town.session, town, folder
        self.registrar = town.person("registrar")
        self.head = town.person("head")
        stored = catalogue.register(
            self.session,
            self.registrar,
            town.department,
            document("公民基本信息", items=[dict(item) for item in ITEMS], **changes),
            declared=True,
        )
        self.resource = self.session.scalars(
            sa.select(Resource).where(Resource.key == stored.key)
        ).one()
        anonymization.make_key(folder / "key")
        citizens(600, seed=5).select([item["name"] for item in ITEMS]).write_csv(folder / "in.csv")

    @property
    def version(self) -> Version:
        assert self.resource.working is not None
        return self.resource.working

    def plan(self, profile: str = "statistical") -> MaskingPlan:
        proposed = desensitization.proposed(self.version, profile)
        return self.save(proposed, profile)

    def save(self, plan: Any, profile: str = "statistical") -> MaskingPlan:
        """Save a plan, with a reason for all it keeps where it gives none."""
        decided = {"reason": "统计要用，不单独指向某个人", **plan}
        return desensitization.save_plan(
            self.session, self.registrar, self.resource, self.version, profile, decided
        )

    def run(self, plan: MaskingPlan, kind: str = "measured", **binding: str) -> dict[str, Any]:
        bound = {"resource": self.resource.key, "version": self.version.digest} | binding
        made = anonymization.apply(
            plan.plan,
            self.folder / "in.csv",
            self.folder / "out.csv",
            self.folder / "key",
            binding=bound,
            kind=kind,
        )
        facts: dict[str, Any] = json.loads(made.json())
        return facts

    def take(self, plan: MaskingPlan, report: dict[str, Any]) -> MaskingReport:
        return desensitization.take_report(self.session, self.registrar, plan, report)

    def edit(self, n: int, **changes: Any) -> None:
        text = catalogue.document_of(self.version)
        text["items"][n] |= changes
        seen = self.resource.row_version
        catalogue.save(self.session, self.registrar, self.version, text, seen)
        self.session.refresh(self.resource)
        self.session.refresh(self.version)


@pytest.fixture
def desk(town: Town, tmp_path: Path) -> Desk:
    return Desk(town, tmp_path)


def reason(desk: Desk) -> str | None:
    return desensitization.valid_report(desk.session, desk.version).reason


def test_a_version_is_proven_step_by_step(desk: Desk):
    assert reason(desk) == "no_plan"
    plan = desk.plan()
    assert reason(desk) == "no_report"
    report = desk.take(plan, desk.run(plan))
    assert report.verdict == "pass"
    assert reason(desk) == "not_rechecked"
    desensitization.recheck(desk.session, desk.head, report)
    proof = desensitization.valid_report(desk.session, desk.version)
    assert (proof.report, proof.reason) == (report, None)


def awaited(desk: Desk, actor: access.Actor) -> list[MaskingReport]:
    return [one.report for one in desensitization.awaited(desk.session, actor)]


def test_a_report_waits_with_those_who_may_recheck_it_until_one_has_or_it_proves_nothing(
    desk: Desk,
):
    secrecy = desk.town.person("secrecy")
    stranger = desk.town.person("head", unit=desk.town.other)
    plan = desk.plan()
    report = desk.take(plan, desk.run(plan))
    assert awaited(desk, desk.head) == awaited(desk, secrecy) == [report]
    assert awaited(desk, desk.registrar) == awaited(desk, stranger) == []
    # A newer one takes its place, and whoever ran it is not asked.
    both = desk.town.person("registrar", "head")
    desk.registrar = both
    newer = desk.take(plan, desk.run(plan) | {"made_at": "2026-01-01T00:00:00+00:00"})
    assert awaited(desk, desk.head) == [newer]
    assert awaited(desk, both) == []
    desk.edit(3, level="3")
    assert awaited(desk, desk.head) == []
    desk.edit(3, level="2")
    desensitization.recheck(desk.session, secrecy, newer)
    assert awaited(desk, desk.head) == []


def proven(desk: Desk) -> MaskingPlan:
    plan = desk.plan()
    desensitization.recheck(desk.session, desk.head, desk.take(plan, desk.run(plan)))
    assert reason(desk) is None
    return plan


def changed(desk: Desk) -> list[str]:
    proof = desensitization.valid_report(desk.session, desk.version)
    assert (proof.report, proof.reason) == (None, "elements_changed")
    return [one.told() for one in proof.changed]


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"level": "3"}, "出生日期（数据分级）"),
        ({"pi_kind": "民族"}, "出生日期（个人信息种类）"),
        ({"name": "出生年月"}, "出生年月（信息项名称）"),
        ({"share_type": "3"}, "出生日期（共享类型）"),
    ],
    ids=str,
)
def test_a_change_of_a_graded_element_voids_the_proof_and_names_it(desk: Desk, change, told):
    proven(desk)
    desk.edit(3, **change)
    assert changed(desk) == [told]


def marked(part: dict[str, Any]) -> list[str]:
    """The properties of a schema that say themselves that a change of them voids masking."""
    found = part["properties"].items()
    return [key for key, one in found if "masking" in one.get("x-voids", ()) and key != "items"]


SCHEMA = json.loads((files("schemas") / "records/resource.json").read_text("utf-8"))


@pytest.mark.parametrize("key", marked(SCHEMA))
def test_every_field_of_an_entry_that_is_so_marked_voids_the_proof(desk: Desk, key):
    proven(desk)
    text = catalogue.document_of(desk.version)
    text[key] = ["别的"] if isinstance(text.get(key), list) else "别的"
    catalogue.save(desk.session, desk.registrar, desk.version, text, desk.resource.row_version)
    desk.session.refresh(desk.version)
    assert changed(desk) == [SCHEMA["properties"][key]["title"]]


@pytest.mark.parametrize("key", marked(SCHEMA["$defs"]["item"]))
def test_every_field_of_an_element_that_is_so_marked_voids_the_proof(desk: Desk, key):
    proven(desk)
    desk.edit(3, **{key: {"title": "条例"} if key == "open_basis" else "别的"})
    title = SCHEMA["$defs"]["item"]["properties"][key]["title"]
    assert changed(desk) == [f"出生日期（{title}）"]


def test_a_plan_saved_again_over_other_grades_is_another_plan(desk: Desk):
    plan = proven(desk)
    desk.edit(3, pi_role="direct")
    desk.save(plan.plan)
    assert reason(desk) == "plan_changed"


def test_a_plan_from_before_it_said_what_it_rests_on_is_held_to_name_kind_and_grade(desk: Desk):
    plan = proven(desk)
    old = {name: part for name, part in plan.plan.items() if name != "rests_on"}
    assert desensitization.drift(old, desk.version) == []
    desk.edit(3, level="3", pi_role="direct")
    (found,) = desensitization.drift(old, desk.version)
    assert found.told("en") == "出生日期 (Level)"


def test_a_change_that_touches_no_element_leaves_the_proof_standing(desk: Desk):
    proven(desk)
    text = catalogue.document_of(desk.version) | {"abstract": "换一种说法的摘要。"}
    catalogue.save(desk.session, desk.registrar, desk.version, text, desk.resource.row_version)
    desk.session.refresh(desk.version)
    assert reason(desk) is None


def test_a_change_of_the_plan_voids_the_proof(desk: Desk):
    plan = proven(desk)
    desk.save(plan.plan | {"k": 10})
    assert reason(desk) == "plan_changed"


def test_a_failing_report_is_kept_and_proves_nothing(desk: Desk):
    plan = desk.plan()
    plan = desk.save(plan.plan | {"k": 500, "reach_k": "fail"})
    report = desk.take(plan, desk.run(plan))
    assert report.verdict == "fail"
    assert reason(desk) == "failed"
    with pytest.raises(Conflict, match="not_to_recheck"):
        desensitization.recheck(desk.session, desk.head, report)


def test_a_report_that_belongs_to_something_else_is_refused(desk: Desk):
    plan = desk.plan()
    with pytest.raises(Conflict, match="report_of_another_resource"):
        desk.take(plan, desk.run(plan, resource="other"))
    with pytest.raises(Conflict, match="report_of_another_version"):
        desk.take(plan, desk.run(plan, version="sm3:" + "0" * 64))
    report = desk.run(plan)
    desk.take(plan, report)
    with pytest.raises(Conflict, match="report_taken"):
        desk.take(plan, report)
    changed = desk.save(plan.plan | {"k": 7})
    with pytest.raises(Conflict, match="report_of_another_plan"):
        desk.take(changed, desk.run(changed) | {"plan": report["plan"]})


@pytest.mark.parametrize(
    "change",
    [
        {"verdict": "maybe"},
        {"output": None},
        {"findings": [{"code": "X"}]},
        {"rows": ["张小明"]},
        {"columns": []},
        {"input": {}},
    ],
    ids=str,
)
def test_what_is_no_whole_report_is_refused(desk: Desk, change):
    plan = desk.plan()
    with pytest.raises(Unreadable, match="no_report"):
        desk.take(plan, desk.run(plan) | change)


def forged(report: dict[str, Any], how: str) -> dict[str, Any]:
    if how == "attack":
        first, *rest = report["attacks"]
        return report | {"attacks": [first | {"held": False, "records": 9}, *rest]}
    if how == "k":
        return report | {"risk": report["risk"] | {"k": 1}}
    if how == "wanted":
        return report | {"k_wanted": 2}
    if how == "profile":
        return report | {"profile": "interface"}
    return report | {"columns": report["columns"][1:]}


@pytest.mark.parametrize("how", ["attack", "k", "wanted", "profile", "columns"])
def test_a_report_typed_over_so_that_it_contradicts_plan_or_itself_is_refused(desk: Desk, how):
    plan = desk.plan()
    report = desk.run(plan)
    with pytest.raises(Conflict, match="report_contradicts"):
        desk.take(plan, forged(report, how))
    assert desk.take(plan, report).verdict == "pass"


def test_a_faulty_plan_is_refused_with_every_fault(desk: Desk):
    proposed = desensitization.proposed(desk.version, "open")
    columns = [
        {**line, "technique": "keep", "params": {}} if line["role"] == "direct" else line
        for line in proposed["columns"]
    ]
    with pytest.raises(PlanFaulty) as caught:
        desk.save(proposed | {"columns": columns, "k": 5}, "open")
    assert {(one.code, one.column) for one in caught.value.faults} == {
        ("DIRECT_KEPT", "姓名"),
        ("DIRECT_KEPT", "公民身份号码"),
        ("K_BELOW_PROFILE", None),
        # The entry is not open, and its elements say nothing else.
        ("TYPE_FORBIDS", "姓名"),
        ("TYPE_FORBIDS", "公民身份号码"),
        ("TYPE_FORBIDS", "性别"),
    }


def test_a_direct_identifier_of_the_catalogue_is_not_kept_by_calling_it_otherwise(desk: Desk):
    plan = desensitization.proposed(desk.version, "statistical")
    kept = {**plan["columns"][1], "technique": "keep", "params": {}, "role": "other"}
    with pytest.raises(PlanFaulty) as caught:
        desk.save(plan | {"columns": [plan["columns"][0], kept, *plan["columns"][2:]]})
    (fault,) = caught.value.faults
    assert (fault.code, fault.column) == ("ROLE_CONTRADICTS_KIND", "公民身份号码")
    assert "《个人信息保护法》" in fault.zh


def test_a_plan_brought_in_is_met_by_name_and_graded_by_the_catalogue(desk: Desk):
    plan = desensitization.proposed(desk.version, "statistical")
    lines = [{**line, "level": "1", "kind": None, "element": "x"} for line in plan["columns"][1:]]
    lines[1] |= {"technique": "keep", "params": {}, "role": "other"}
    given = plan | {"columns": [*lines, {"name": "血型", "technique": "keep"}], "l": 2}
    made, told = desensitization.brought(desk.version, given | {"quasi_identifiers": ["性别"]})
    assert made["columns"][1] == plan["columns"][1]
    assert made["columns"][2]["role"] == "quasi"
    assert made["l"] == 2
    assert {(one.code, one.column) for one in told} == {
        ("COLUMN_NOT_PLANNED", plan["columns"][0]["name"]),
        ("COLUMN_NOT_THERE", "血型"),
    }
    with pytest.raises(PlanFaulty):
        desensitization.brought(desk.version, {"columns": 3})


def test_only_the_registrar_of_the_unit_plans_and_only_another_person_rechecks(desk: Desk):
    plan = desk.plan()
    report = desk.take(plan, desk.run(plan))
    stranger = desk.town.person("registrar", unit=desk.town.other)
    with pytest.raises(Forbidden, match="not_yours"):
        desensitization.save_plan(
            desk.session, stranger, desk.resource, desk.version, "open", plan.plan
        )
    with pytest.raises(Forbidden, match="no_role"):
        desensitization.recheck(desk.session, desk.registrar, report)
    both = desk.town.person("registrar", "head")
    desk.registrar = both
    own = desk.take(plan, desk.run(plan) | {"made_at": "2026-01-01T00:00:00+00:00"})
    with pytest.raises(Forbidden, match="same_person"):
        desensitization.recheck(desk.session, both, own)


def test_an_element_graded_as_nothing_is_proposed_by_its_name(desk: Desk):
    desk.edit(3, name="所属区", pi_kind=None, pi_role=None)
    plan = desensitization.proposed(desk.version, "statistical")
    assert [line["role"] for line in plan["columns"]][2:] == ["quasi", "quasi"]
    assert plan["quasi_identifiers"] == ["性别", "所属区"]


def test_two_editors_do_not_overwrite_each_other(desk: Desk):
    plan = desk.plan()
    seen = plan.row_version
    desk.save(plan.plan | {"k": 8})
    with pytest.raises(Conflict, match="plan_changed"):
        desensitization.save_plan(
            desk.session,
            desk.registrar,
            desk.resource,
            desk.version,
            "statistical",
            plan.plan,
            seen,
        )


def test_every_act_stands_in_the_journal_without_a_value(desk: Desk, session: Session):
    proven(desk)
    rows = session.scalars(
        sa.select(JournalRow)
        .where(JournalRow.act.in_(["mask", "recheck"]))
        .order_by(JournalRow.seq)
    ).all()
    assert [row.act for row in rows] == ["mask", "mask", "recheck"]
    planted = [one for one in (desk.folder / "in.csv").read_text("utf-8").split() if one]
    assert not [one for one in planted[1:] for row in rows if one in str(row.facts)]


def test_planted_values_are_nowhere_in_the_database(desk: Desk, session: Session):
    proven(desk)
    people = citizens(600, seed=5)
    planted = [*people["公民身份号码"].head(10), *people["手机号码"].head(10)]
    stored = "".join(
        str(row)
        for table in (MaskingPlan, MaskingReport, JournalRow)
        for row in session.execute(sa.select(*table.__table__.columns))
    )
    assert [one for one in planted if one in stored] == []


def test_many_versions_are_judged_in_two_queries(desk: Desk, session: Session):
    proven(desk)
    asked = 0

    def count(*_: object) -> None:
        nonlocal asked
        asked += 1

    versions = list(session.scalars(sa.select(Version)))
    connection = session.connection()
    sa.event.listen(connection, "before_cursor_execute", count)
    desensitization.valid_reports(session, versions)
    sa.event.remove(connection, "before_cursor_execute", count)
    assert asked == 2


def test_what_waits_is_found_in_the_same_number_of_queries_however_much_it_is(
    desk: Desk, session: Session
):
    connection = session.connection()

    def counted() -> tuple[int, int]:
        asked = 0

        def count(*_: object) -> None:
            nonlocal asked
            asked += 1

        session.expire_all()
        sa.event.listen(connection, "before_cursor_execute", count)
        found = awaited(desk, desk.head)
        sa.event.remove(connection, "before_cursor_execute", count)
        return len(found), asked

    def another() -> None:
        plan = desk.plan()
        report = desk.run(plan)
        desk.take(plan, report)

    another()
    one = counted()
    for name in ("婚姻登记信息", "低保对象信息", "残疾人信息"):
        stored = catalogue.register(
            desk.session,
            desk.registrar,
            desk.town.department,
            document(name, items=[dict(item) for item in ITEMS]),
            declared=True,
        )
        desk.resource = desk.session.scalars(
            sa.select(Resource).where(Resource.key == stored.key)
        ).one()
        another()
    assert one[0] == 1
    assert counted() == (4, one[1])


BOTH = ("measured", "plan_only")


def best(desk: Desk) -> desensitization.Proof:
    return desensitization.valid_report(desk.session, desk.version, BOTH)


def test_before_go_live_a_plan_only_report_holds_where_the_measured_one_is_of_an_older_plan(
    desk: Desk,
):
    plan = proven(desk)
    old = best(desk).report
    plan = desk.save(plan.plan | {"k": 7})
    assert best(desk).reason == "plan_changed"
    made_up = desk.take(plan, desk.run(plan, "plan_only"))
    assert best(desk).reason == "not_rechecked"
    assert awaited(desk, desk.head) == [made_up]
    desensitization.recheck(desk.session, desk.head, made_up)
    assert (best(desk).report, best(desk).beside) == (made_up, old)
    # It is no proof where a run over data is asked for.
    assert reason(desk) == "plan_changed"


def test_what_a_run_over_data_found_against_the_plan_is_not_outweighed_by_made_up_rows(desk: Desk):
    plan = desk.save(desk.plan().plan | {"k": 20, "reach_k": "fail"})
    real = (desk.folder / "in.csv").read_bytes()
    people = citizens(600, seed=5).select([item["name"] for item in ITEMS])
    alike = people.with_columns(
        people[name].gather([0, 1, 2] * 200) for name in ("性别", "出生日期")
    )
    alike.write_csv(desk.folder / "in.csv")
    desensitization.recheck(desk.session, desk.head, desk.take(plan, desk.run(plan, "plan_only")))
    assert best(desk).report is not None
    (desk.folder / "in.csv").write_bytes(real)
    desk.take(plan, desk.run(plan))
    assert best(desk).reason == "failed"


def test_a_measured_report_that_waits_takes_no_proof_away(desk: Desk):
    plan = desk.plan()
    made_up = desk.take(plan, desk.run(plan, "plan_only"))
    desensitization.recheck(desk.session, desk.head, made_up)
    measured = desk.take(plan, desk.run(plan))
    assert (best(desk).report, best(desk).beside) == (made_up, measured)
    desensitization.recheck(desk.session, desk.town.person("secrecy"), measured)
    assert (best(desk).report, best(desk).beside) == (measured, None)


def test_a_frozen_entry_takes_no_plan(desk: Desk):
    plan = desk.plan()
    desk.resource.frozen_at = plan.made_at
    with pytest.raises(Conflict, match="frozen"):
        desk.save(plan.plan | {"k": 9})


def test_the_rights_are_those_of_the_table(desk: Desk):
    assert access.acts()["mask"].roles == {"registrar"}
    assert access.acts()["recheck"].roles == {"head", "secrecy"}
