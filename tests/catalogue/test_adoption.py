"""An approved catalogue is taken over whole: nothing dropped, nothing twice, two persons named."""

import json
import random

import pytest
import sqlalchemy as sa
import time_machine
from click.testing import CliRunner

from connectors import ckan
from registry import catalogue, db, discovery, journal
from registry.access import SYSTEM
from registry.catalogue import adoption
from registry.catalogue.adoption import Basis
from registry.cli import main
from registry.errors import Forbidden, Missing
from registry.models.accounts import Account, Organisation, Post
from registry.models.catalogue import Alias, Decision, Resource, Version
from registry.models.journal import JournalRow
from registry.models.outbox import OutboxRow
from registry.models.papers import Paper, PaperVersion
from search import open as open_index
from tests import factories
from tests.factories import document

DIGEST = "sm3:" + "0" * 64


def package(id_, title, unit="民政局", **more):
    extras = [{"key": "source_id", "value": f"s-{id_}"}]
    return {
        "id": id_,
        "title": title,
        "organization": {"title": unit},
        "extras": extras,
        "resources": [{"format": "xlsx"}],
        **more,
    }


def complete(id_, name):
    """A package of a document that breaks no rule."""
    made = ckan.package(document(name), ckan.About(key=id_))
    made["organization"] = {"title": "民政局"}
    return made


def adopted(session, packages, by=SYSTEM, second=SYSTEM):
    incoming = [ckan.incoming(n, one) for n, one in enumerate(packages, start=1)]
    plan = adoption.plan(session, "ckan", incoming)
    return plan, adoption.adopt(session, plan, Basis("乌政办发〔2024〕1号", DIGEST, by, second))


def entries(session):
    return {r.live.name: r for r in session.scalars(sa.select(Resource)) if r.live}


@time_machine.travel("2026-09-18T02:00:00Z", tick=False)
def test_an_incomplete_entry_is_live_with_its_faults_and_a_due_date(town, session):
    plan, stored = adopted(session, [package("a", "停车场名录"), complete("b", "婚姻登记信息")])
    assert (len(stored), plan.faulty) == (2, 1)
    live = entries(session)
    faulty, whole = live["停车场名录"], live["婚姻登记信息"]
    assert faulty.remediation_due.isoformat() == "2026-12-11"
    assert {fault.pointer for fault in catalogue.faults_of(faulty.live)} >= {
        "/abstract",
        "/class_path",
    }
    assert all(fault.message() for fault in catalogue.faults_of(faulty.live))
    assert (whole.remediation_due, catalogue.faults_of(whole.live)) == (None, [])
    assert whole.code is not None
    assert (faulty.code, faulty.live.state) == (None, "published")


def test_the_basis_and_both_persons_stand_on_record(town, session):
    by, second = town.person("authority_head"), town.person("reviewer")
    _, stored = adopted(session, [package("a", "停车场名录")], by, second)
    paper = session.scalars(sa.select(Paper)).one()
    assert (paper.number, paper.digest, paper.step) == ("乌政办发〔2024〕1号", DIGEST, "adopt")
    assert (paper.printed_by, paper.confirmed_by) == (by.person_id, second.person_id)
    covered = session.scalars(sa.select(PaperVersion.version_id)).all()
    decision = session.scalars(sa.select(Decision)).one()
    assert covered == [stored[0].version_id] == [decision.version_id]
    assert (decision.person_id, decision.paper_id, decision.way) == (
        by.person_id,
        paper.id,
        "paper",
    )
    row = session.scalars(sa.select(JournalRow).where(JournalRow.subject == "resource")).one()
    assert (row.act, json.loads(row.facts)["second"]) == ("adopt", second.person_key)
    assert journal.verify(session) == []


def test_one_person_cannot_be_both_and_a_registrar_neither(town, session):
    head, registrar = town.person("authority_head", "reviewer"), town.person("registrar")
    reviewer = town.person("reviewer")
    for by, second in ((head, head), (head, registrar), (registrar, head), (reviewer, head)):
        with pytest.raises(Forbidden):
            adopted(session, [package("a", "停车场名录")], by, second)
    assert entries(session) == {}


def test_the_same_file_again_changes_nothing(town, session):
    packages = [package("a", "停车场名录"), package("b", "公园名录", unit="城管局")]
    adopted(session, packages)
    before = [(r.key, r.row_version, r.turn) for r in entries(session).values()]
    rows = session.scalar(sa.select(sa.func.count(JournalRow.seq)))
    plan, stored = adopted(session, packages)
    assert (stored, plan.known, plan.made) == ([], 2, {})
    assert [(r.key, r.row_version, r.turn) for r in entries(session).values()] == before
    assert session.scalar(sa.select(sa.func.count(JournalRow.seq))) == rows


def test_an_id_that_stands_twice_in_a_file_is_one_entry(town, session):
    plan, stored = adopted(session, [package("a", "停车场名录"), package("a", "另一名录")])
    assert (len(stored), plan.repeated) == (1, 1)


def test_unknown_units_are_made_once_and_known_ones_are_found_by_name(town, session):
    packages = [
        package("a", "停车场名录", unit="城管局"),
        package("b", "公园名录", unit=" 城管局 "),
        package("c", "学校名录", unit="教育局"),
        package("d", "无主名录", unit=None),
    ]
    by, second = town.person("authority_head"), town.person("reviewer")
    plan, _ = adopted(session, packages, by, second)
    assert len(plan.made) == 2
    live = entries(session)
    made = live["停车场名录"].department
    assert live["公园名录"].department_id == made.id
    assert made.authority_id == town.authority.id
    assert live["学校名录"].department_id == town.other.id
    assert live["无主名录"].department.name == adoption.NAMELESS_UNIT


def test_codes_given_before_are_kept_and_new_ones_do_not_meet_them(town, session):
    path = document()["class_path"]
    front = "".join(path.split("/")) + "150300"
    kept, fresh = complete("b", "婚姻登记甲"), complete("c", "婚姻登记乙")
    kept["extras"].append({"key": "code", "value": f"{front}/000001"})
    adopted(session, [fresh, kept])
    live = entries(session)
    assert live["婚姻登记甲"].code == f"{front}/000001"
    assert live["婚姻登记乙"].code == f"{front}/000002"


def test_a_name_that_is_taken_in_the_unit_is_a_fault_of_the_later_entry(town, session):
    plan, _ = adopted(session, [complete("b", "婚姻登记信息"), complete("c", "婚姻登记　信息")])
    assert [len(entry.faults) for entry in plan.entries] == [0, 1]
    again, _ = adopted(session, [complete("d", "婚姻登记信息")])
    assert [fault.rule for fault in again.entries[0].faults] == ["name-taken"]


def test_a_revision_without_faults_takes_the_mark_away(town, session):
    adopted(session, [package("a", "停车场名录")])
    resource = entries(session)["停车场名录"]
    people = [town.person(r) for r in ("registrar", "secrecy", "head", "reviewer")]
    catalogue.revise(session, people[0], resource)
    version = catalogue.require_version(session, people[0], resource.key)
    catalogue.save(session, people[0], version, document("停车场名录"))
    catalogue.hand_in(session, people[0], [version])
    for person, step in zip(people[1:], ("clear", "approve", "publish"), strict=True):
        catalogue.advance(session, person, version, step)
    assert resource.remediation_due is None
    assert catalogue.faults_of(resource.live) == []


def test_entries_become_drafts_of_the_unit_when_they_are_not_adopted(town, session):
    registrar, stranger = town.person("registrar"), town.person("registrar", unit=town.other)
    incoming = [ckan.incoming(1, package("a", "停车场名录"))]
    plan = adoption.plan(session, "ckan", incoming, town.department.code)
    with pytest.raises(Forbidden):
        adoption.take_as_drafts(session, stranger, plan, DIGEST)
    stored = adoption.take_as_drafts(session, registrar, plan, DIGEST)
    version = catalogue.require_version(session, registrar, stored[0].key)
    assert (version.state, version.resource.live_version_id) == ("draft", None)
    unknown = adoption.plan(session, "ckan", [ckan.incoming(1, package("x", "x", unit="外局"))])
    with pytest.raises(Missing):
        adoption.take_as_drafts(session, registrar, unknown, DIGEST)


# the command -----------------------------------------------------------------------------------


@pytest.fixture
def run(tmp_path, database):
    address = database.writing.url.render_as_string(hide_password=False)
    env = {"CATALOGUE_DATA_DIR": str(tmp_path / "data"), "CATALOGUE_DATABASE_URL": address}
    # What `init` makes; the tables are those of the database.
    (tmp_path / "data").mkdir(mode=0o700)
    (tmp_path / "data" / "secret.key").write_text((b"secret" * 6).hex())

    def run(content, *options, code=0):
        file = tmp_path / "packages.jsonl"
        lines = content if isinstance(content, str) else "\n".join(map(json.dumps, content))
        file.write_text(lines, "utf-8")
        answer = CliRunner().invoke(main, ["import", str(file), *options], env=env)
        assert answer.exit_code == code, answer.output
        return answer.output

    return run


ADOPT = ("--format", "ckan", "--adopt", "--basis", "乌政办发〔2024〕1号")


def count(database, table):
    with db.transaction(database, writes=False) as session:
        return session.scalar(sa.select(sa.func.count()).select_from(table))


def test_a_dry_run_prints_counts_and_stores_nothing(run, database):
    facts = json.loads(run([package("a", "名录")], *ADOPT, "--dry-run", "--json"))
    assert (facts["new"], facts["faulty"], facts["units_made"]) == (1, 1, 1)
    assert facts["faults"][0]["sentence"]
    assert count(database, Resource) == count(database, Organisation) == 0


def test_the_command_adopts_and_indexes_and_may_come_again(run, database):
    packages = [package("a", "停车场名录"), package("b", "公园名录", state="deleted")]
    facts = json.loads(run(packages, *ADOPT, "--json"))
    assert (facts["stored"], facts["deleted"], facts["indexed"]) == (1, 1, True)
    assert count(database, OutboxRow) == 0
    again = json.loads(run(packages, *ADOPT, "--json"))
    assert (again["stored"], again["known"]) == (0, 1)
    assert "待整改" not in run(packages, *ADOPT)


def test_lines_that_cannot_be_read_are_named_and_nothing_is_stored(run, database):
    text = json.dumps(package("a", "名录")) + '\n{"id": NaN}\n[]\n'
    told = run(text, *ADOPT, code=1)
    assert "第 2 条" in told
    assert "第 3 条" in told
    assert count(database, Resource) == 0
    run("", *ADOPT, code=1)


def test_an_adoption_without_a_basis_and_a_draft_without_declaration_are_usage_errors(run):
    run([package("a", "名录")], "--adopt", code=2)
    run([package("a", "名录")], code=2)
    run([package("a", "名录")], *ADOPT, "--by", "nobody", code=2)
    run([package("a", "名录")], *ADOPT, "--department", "nowhere", code=1)


def test_entries_of_this_registry_are_taken_from_their_own_lines(run, database):
    line = {"key": "k1", "department": "民政局", "document": document()}
    facts = json.loads(run([line], *ADOPT[2:], "--format", "jsonl", "--json"))
    assert facts["stored"] == 1


def test_several_heads_want_a_name(run, database):
    with db.transaction(database, writes=True) as session:
        town = factories.Town(session)
        for _ in range(2):
            town.person("authority_head")
        second = town.person("reviewer")
        heads = session.scalars(
            sa.select(Account.username).join(Post, Post.person_id == Account.person_id)
        ).all()
    assert "--by" in run([package("a", "名录")], *ADOPT, code=2)
    told = run([package("a", "名录")], *ADOPT, "--by", heads[0], "--second", second.username)
    assert "某人、某人" in told


# the size of a city ----------------------------------------------------------------------------

SUBJECTS = ("婚姻登记", "公积金归集", "养老机构", "空气质量", "停车场", "行政处罚", "公交线路")
COUNT = 7_319


def test_a_catalogue_of_a_city_is_adopted_whole_and_every_entry_is_found(tmp_path, database):
    chance = random.Random(3)
    incoming = [
        ckan.incoming(
            n,
            package(
                f"id-{n}",
                f"{chance.choice(SUBJECTS)}记录{chance.choice('甲乙丙丁')}{n}类",
                unit=f"市第{n % 40}局",
                notes=chance.choice(["", "由业务系统形成，可用于核验。"]),
            ),
        )
        for n in range(COUNT)
    ]
    with db.transaction(database, writes=False) as session:
        plan = adoption.plan(session, "ckan", incoming)
    with db.transaction(database, writes=True) as session:
        adoption.adopt(session, plan, Basis("批复", DIGEST))
    index = open_index("tantivy:", tmp_path)
    while discovery.drain(database, index):
        pass
    assert index.status().entries == COUNT
    assert discovery.verify(database, index) == []
    with db.transaction(database, writes=False) as session:
        total = sa.select(sa.func.count(Version.id)).where(Version.state == "published")
        assert session.scalar(total) == COUNT == session.scalar(sa.select(sa.func.count(Alias.id)))
        assert journal.verify(session) == []
        assert session.scalar(sa.select(sa.func.count(Organisation.id))) == 40
