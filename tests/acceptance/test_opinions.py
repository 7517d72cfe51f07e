"""An opinion is signed on what was computed, holds offline, and is taken back only by an act."""

import json
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from click.testing import CliRunner

from registry import (
    acceptance,
    accounts,
    calendar,
    catalogue,
    db,
    desensitization,
    exchange,
    journal,
    papers,
    projects,
    signing,
)
from registry.access import SYSTEM
from registry.access.actor import of_account
from registry.catalogue.numbering import next_number
from registry.cli import main
from registry.demo.city import AUTHORITY, person
from registry.errors import Conflict, Forbidden, Invalid
from registry.models.acceptance import Opinion
from registry.models.accounts import Organisation
from registry.models.catalogue import Resource
from registry.models.desensitization import MaskingPlan, MaskingReport
from registry.models.projects import Project
from tests.factories import city_database

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A demo city to sign in; every test rolls back what it did."""
    folder = tmp_path_factory.mktemp("opinions")
    with city_database(folder) as database:
        yield database, folder, signing.load(folder / "signing.key")


class Undone(Exception):
    pass


@pytest.fixture
def session(made):
    try:
        with db.transaction(made[0], writes=True) as opened:
            yield opened
            raise Undone
    except Undone:
        pass


def project(session, name="智慧民政综合服务平台"):
    return session.scalars(sa.select(Project).where(Project.name == name)).one()


def signed(session, made, name="智慧民政综合服务平台", who="acceptance", result="pass", **said):
    about = project(session, name)
    said.setdefault("seen", acceptance.examine(session, about).digest)
    if result == "fail":
        said.setdefault("reason", "挂接没有办完")
    actor = person(session, who)
    return acceptance.sign(session, actor, about, result, key=made[2], folder=made[1], **said)


def test_a_signed_opinion_verifies_offline_and_not_with_one_byte_changed(session, made, tmp_path):
    opinion = signed(session, made)
    name, package = acceptance.package_of(session, made[1], opinion)
    assert papers.verify(package, trusted=[made[2].public]).is_valid
    path = tmp_path / name
    path.write_bytes(package)
    command = [sys.executable, "-m", "registry.cli", "opinion", "verify", str(path)]
    told = subprocess.run(command, check=False, capture_output=True, text=True)
    assert told.returncode == 3, told.stdout + told.stderr
    assert "? 没有给出撤销声明，未核对是否撤销" in told.stdout
    assert "有效" not in told.stdout
    changed = bytearray(package)
    changed[len(changed) // 2] ^= 1
    path.write_bytes(bytes(changed))
    assert subprocess.run(command, check=False, capture_output=True).returncode == 1


def test_the_opinion_carries_gates_versions_signer_and_journal_head(session, made):
    opinion = signed(session, made)
    payload = opinion.payload
    assert len(payload["gates"]) == 17
    assert {one["result"] for one in payload["gates"]} <= {"pass", "na"}
    assert len(payload["versions"]) == 6
    assert payload["signers"] == [{"name": "孟和", "post": "验收核验员", "way": ""}]
    assert payload["journal_head"]["size"] > 0
    assert opinion.number.startswith("乌数核〔")


def drafted(session, made, who="acceptance"):
    about = project(session)
    seen = acceptance.examine(session, about).digest
    actor = person(session, who)
    return (actor, about), acceptance.draft(session, actor, about, "pass", seen=seen, key=made[2])


def test_the_pages_set_before_the_lock_are_those_that_are_signed(session, made):
    (actor, about), draft = drafted(session, made)
    assert session.scalars(sa.select(Opinion)).all() == []
    # Whatever is written meanwhile and is not of this verdict leaves them what they are.
    journal.record(session, actor, "sign_in", "person", actor.person_key)
    seen = acceptance.examine(session, about).digest
    opinion = acceptance.sign(
        session, actor, about, "pass", seen=seen, key=made[2], folder=made[1], drafted=draft
    )
    package = acceptance.package_of(session, made[1], opinion)[1]
    assert package == draft.package
    # What is kept tells besides by which digest each annex was signed.
    digests = papers.annex_digests(package)
    masked = zip(draft.payload["masking"], digests, strict=True)
    annexed = [{**one, "pdf": pdf} for one, pdf in masked]
    assert opinion.payload == {**draft.payload, "masking": annexed}
    assert papers.verify(package, trusted=[made[2].public]).is_valid


def test_pages_that_do_not_say_what_is_signed_are_set_anew_under_the_lock(session, made):
    (officer, about), draft = drafted(session, made)
    issuer = session.get_one(Organisation, about.unit.authority_id)
    year = calendar.today().year
    taken = next_number(session, f"number:{issuer.code}:{year}")
    seen = acceptance.examine(session, about).digest
    opinion = acceptance.sign(
        session, officer, about, "pass", seen=seen, key=made[2], folder=made[1], drafted=draft
    )
    assert draft.payload["number"].endswith(f"{taken}号")
    assert opinion.number.endswith(f"{taken + 1}号")
    package = acceptance.package_of(session, made[1], opinion)[1]
    assert package != draft.package
    assert papers.verify(package, trusted=[made[2].public]).is_valid


def test_a_draft_is_refused_as_the_signature_is(session, made):
    about = project(session, "不动产登记一体化平台")
    seen = acceptance.examine(session, about).digest
    with pytest.raises(Conflict, match="gates_open"):
        acceptance.draft(
            session, person(session, "acceptance"), about, "pass", seen=seen, key=made[2]
        )


def test_passed_is_not_signed_while_one_gate_fails(session, made):
    with pytest.raises(Conflict, match="gates_open") as refusal:
        signed(session, made, "不动产登记一体化平台")
    assert "挂接共享平台" in str(refusal.value.facts["gates"])
    assert session.scalar(sa.select(sa.func.count(Opinion.id))) == 0


def test_a_failing_project_can_get_an_opinion_that_says_so(session, made):
    opinion = signed(session, made, "不动产登记一体化平台", result="fail")
    failed = [one["id"] for one in opinion.payload["gates"] if one["result"] == "fail"]
    assert failed == ["G-BRAIN", "G-MOUNT"]


def test_not_passed_is_signed_with_a_reason_which_the_opinion_carries(session, made):
    name = "不动产登记一体化平台"
    with pytest.raises(Invalid) as refusal:
        signed(session, made, name, result="fail", reason=" ")
    assert [one.rule for one in refusal.value.problems] == ["fail-reason"]
    opinion = signed(session, made, name, result="fail", reason="请先补齐「抵押权人」")
    _, package = acceptance.package_of(session, made[1], opinion)
    told = papers.verify(package, trusted=[made[2].public]).payload
    assert told["remarks"] == ["不通过的理由：请先补齐「抵押权人」"]


def test_a_reason_the_font_cannot_print_is_refused_and_named(session, made):
    name = "不动产登记一体化平台"
    with pytest.raises(Conflict, match="unprintable") as refusal:
        signed(session, made, name, result="fail", reason="还不行🙂")
    assert refusal.value.facts["sign"] == "🙂"


def test_what_is_foreseen_is_what_is_issued(session, made):
    officer, about = person(session, "acceptance"), project(session)
    _, told = acceptance.foreseen(session, officer, about)
    payload = dict(signed(session, made).payload)
    payload.pop("journal_head")
    payload["masking"] = [
        {name: value for name, value in one.items() if name != "pdf"} for one in payload["masking"]
    ]
    assert payload == told
    with pytest.raises(Conflict, match="signed_before"):
        acceptance.foreseen(session, officer, about)


def test_a_verdict_that_changed_since_it_was_looked_at_is_not_signed(session, made):
    with pytest.raises(Conflict, match="verdict_changed"):
        signed(session, made, seen="sm3:" + "0" * 64)


def test_no_opinion_is_issued_for_what_was_accepted_before_the_measures(session, made):
    with pytest.raises(Conflict, match="no_opinion_due"):
        signed(session, made, "公积金综合服务系统")


@pytest.mark.parametrize("who", ["registrar", "reviewer", "project_manager", "auditor"])
def test_only_the_acceptance_officer_signs(session, made, who):
    with pytest.raises(Forbidden):
        signed(session, made, who=who)


def test_an_edit_afterwards_shows_the_gates_it_touches(session, made):
    opinion = signed(session, made)
    key = opinion.payload["versions"][0]["key"]
    resource = session.scalars(sa.select(Resource).where(Resource.key == key)).one()
    assert acceptance.changed_since(session, opinion) == []
    registrar = person(session, "registrar")
    catalogue.revise(session, registrar, resource)
    document = catalogue.document_of(resource.working)
    document["items"][0]["level"] = "3"
    catalogue.save(session, registrar, resource.working, document)
    (later,) = acceptance.changed_since(session, opinion)
    assert later.key == key
    assert {"G-GRADE", "G-REVIEW"} <= set(later.gates)
    catalogue.hand_in(session, registrar, [resource.working])
    assert acceptance.examine(session, project(session)).verdict == "fail"


def test_a_revoked_opinion_verifies_as_revoked(session, made):
    opinion = signed(session, made)
    _, package = acceptance.package_of(session, made[1], opinion)
    head = person(session, "authority_head")
    pdf = papers.pdf_digest(package)
    with pytest.raises(Invalid):
        acceptance.revoke(session, head, opinion, "  ", key=made[2], pdf=pdf)
    officer = person(session, "acceptance")
    with pytest.raises(Forbidden):
        acceptance.revoke(session, officer, opinion, "材料不实", key=made[2], pdf=pdf)
    acceptance.revoke(session, head, opinion, "材料不实", key=made[2], pdf=pdf)
    revocations = acceptance.revocations(session)
    verdict = papers.verify(package, trusted=[made[2].public], revocations=revocations)
    assert verdict.status == "revoked"
    with pytest.raises(Conflict, match="revoked_before"):
        acceptance.revoke(session, head, opinion, "再次", key=made[2], pdf=pdf)


def test_a_newer_opinion_supersedes_the_older_once_its_basis_changed(session, made):
    name = "不动产登记一体化平台"
    first = signed(session, made, name, result="fail")
    before = acceptance.examine(session, project(session, name)).digest
    resource = session.scalars(
        sa.select(Resource).where(Resource.key == first.payload["versions"][0]["key"])
    ).one()
    registrar = accounts.add_account(session, SYSTEM, "land-registrar", "某人", hashed="!")
    accounts.appoint(session, SYSTEM, registrar, "registrar", resource.department, date(2024, 1, 1))
    actor = of_account(session, registrar, calendar.today())
    catalogue.revise(session, actor, resource)
    document = catalogue.document_of(resource.working)
    document["items"][0]["level"] = "3"
    catalogue.save(session, actor, resource.working, document)
    catalogue.hand_in(session, actor, [resource.working])
    assert acceptance.examine(session, project(session, name)).digest != before
    second = signed(session, made, name, result="fail")
    session.refresh(first)
    assert first.superseded_by_id == second.id
    assert second.superseded_by_id is None


def test_the_same_verdict_is_not_signed_twice_until_the_first_is_revoked(session, made):
    first = signed(session, made)
    with pytest.raises(Conflict, match="signed_before") as refusal:
        signed(session, made)
    assert refusal.value.facts["number"] == first.number
    assert session.scalar(sa.select(sa.func.count(Opinion.id))) == 1
    _, package = acceptance.package_of(session, made[1], first)
    acceptance.revoke(
        session,
        person(session, "authority_head"),
        first,
        "材料不实",
        key=made[2],
        pdf=papers.pdf_digest(package),
    )
    assert signed(session, made).number != first.number


def test_two_officers_who_sign_the_same_verdict_at_once_make_one_opinion(tmp_path):
    with city_database(tmp_path) as database:
        key = signing.load(tmp_path / "signing.key")
        with db.transaction(database, writes=True) as own:
            about = project(own)
            digest = acceptance.examine(own, about).digest
            body = own.get_one(Organisation, about.unit.authority_id)
            account = accounts.add_account(own, SYSTEM, "officer2", "某人", hashed="!")
            accounts.appoint(own, SYSTEM, account, "acceptance", body, date(2024, 1, 1))
            first, second = (
                person(own, "acceptance"),
                of_account(own, account, calendar.today()),
            )
        together = threading.Barrier(2)

        def sign(who):
            together.wait()
            try:
                with db.transaction(database, writes=True) as own:
                    acceptance.sign(
                        own, who, project(own), "pass", seen=digest, key=key, folder=tmp_path
                    )
            except Conflict as refusal:
                return refusal.code
            return "signed"

        with ThreadPoolExecutor(2) as pool:
            answers = sorted(pool.map(sign, (first, second)))
        assert answers == ["signed", "signed_before"]
        with db.transaction(database, writes=False) as own:
            (opinion,) = own.scalars(sa.select(Opinion))
            assert opinion.superseded_by_id is None


def test_a_project_is_concluded_once_its_opinion_stands_and_not_before(session, made):
    about, manager = project(session), person(session, "project_manager")
    today = calendar.today()

    def conclude(on):
        projects.conclude(session, manager, about, on)

    with pytest.raises(Invalid) as refused:
        conclude(today)
    assert [one.rule for one in refused.value.problems] == ["not-verified"]
    opinion = signed(session, made)
    with pytest.raises(Invalid):
        conclude(today - timedelta(days=1))
    with pytest.raises(Invalid):
        conclude(today + timedelta(days=1))
    head = person(session, "authority_head")
    pdf = papers.pdf_digest(acceptance.package_of(session, made[1], opinion)[1])
    acceptance.revoke(session, head, opinion, "材料不实", key=made[2], pdf=pdf)
    with pytest.raises(Invalid):
        conclude(today)
    signed(session, made)
    conclude(today)
    assert about.concluded_on == today
    # What the measures do not bind gets no opinion, so it waits for none.
    free = session.scalars(sa.select(Project).where(Project.kind == "operation")).one()
    manager = person(session, f"project_manager-{free.unit.code.lower()}")
    projects.conclude(session, manager, free, today)
    assert free.concluded_on == today


def test_the_authoritys_own_project_wants_a_countersignature(session, made):
    about = project(session, "政务外网骨干扩容")
    about.facts = {k: v for k, v in about.facts.items() if k != "countersigned"}
    session.flush()
    with pytest.raises(Conflict, match="not_countersigned"):
        signed(session, made, about.name)
    acceptance.countersign(session, person(session, "development_commission"), about)
    opinion = signed(session, made, about.name)
    assert "会签" in opinion.payload["remarks"][0]


def test_the_command_tells_of_a_revocation_without_a_server(session, made, tmp_path):
    opinion = signed(session, made)
    name, package = acceptance.package_of(session, made[1], opinion)
    head, pdf = person(session, "authority_head"), papers.pdf_digest(package)
    act = acceptance.revoke(session, head, opinion, "材料不实", key=made[2], pdf=pdf)
    path, statement, trusted = tmp_path / name, tmp_path / "revoked.json", tmp_path / "key.json"
    path.write_bytes(package)
    statement.write_text(json.dumps(act.statement))
    trusted.write_text(json.dumps(made[2].public.fact()))
    command = [sys.executable, "-m", "registry.cli", "opinion", "verify", str(path), "--json"]
    command += ["--trust", str(trusted)]
    told = subprocess.run(command, check=False, capture_output=True, text=True, cwd=ROOT)
    assert (told.returncode, json.loads(told.stdout)["status"]) == (3, "valid"), told.stderr
    asked = {"check": "revocation", "passed": None}
    assert asked in json.loads(told.stdout)["checks"]
    none = tmp_path / "none.json"
    none.write_text("[]")
    told = subprocess.run(
        [*command, "--revocations", str(none)], check=False, capture_output=True, cwd=ROOT
    )
    assert told.returncode == 0
    command += ["--revocations", str(statement)]
    told = subprocess.run(command, check=False, capture_output=True, text=True, cwd=ROOT)
    assert (told.returncode, json.loads(told.stdout)["status"]) == (1, "revoked"), told.stderr


@pytest.mark.parametrize(
    ("option", "text", "said"),
    [
        ("--trust", "公钥", "不是有效的 JSON"),
        ("--trust", "{}", "不是公钥文件"),
        ("--revocations", '"none"', "不是撤销声明"),
        ("--revocations", '{"algorithm": "sm2"}', "不是撤销声明"),
    ],
)
def test_a_file_that_is_no_key_and_no_revocation_is_told_and_decides_nothing(
    tmp_path, option, text, said
):
    (tmp_path / "given.txt").write_text(text)
    words = ["opinion", "verify", "opinion.zip", option, str(tmp_path / "given.txt")]
    answer = CliRunner().invoke(main, words)
    assert answer.exit_code == 2
    assert said in answer.output
    assert "given.txt" in answer.output


def test_an_opinion_stays_good_after_the_key_is_replaced(session, made, tmp_path):
    path = tmp_path / "signing.key"
    old = signing.load(path)
    opinion = signed(session, (made[0], made[1], old))
    _, package = acceptance.package_of(session, made[1], opinion)
    new = signing.rotate(path)
    assert papers.signed_with(package, new.publics)
    assert papers.verify(package, trusted=new.publics).is_valid
    assert not papers.signed_with(package, [new.public])
    assert not papers.signed_with(b"PK\x03\x04 garbage", new.publics)


def test_two_experts_stand_for_the_other_body_and_one_does_not(session, made):
    about = project(session, "政务外网骨干扩容")
    about.facts = {k: v for k, v in about.facts.items() if k != "countersigned"}
    authority = session.scalars(sa.select(Organisation).where(Organisation.code == AUTHORITY)).one()
    experts = []
    for n in (1, 2):
        account = accounts.add_account(session, SYSTEM, f"expert{n}", "某专家", hashed="!")
        accounts.appoint(session, SYSTEM, account, "expert", authority, date(2024, 1, 1))
        experts.append(of_account(session, account, calendar.today()))
    acceptance.countersign(session, experts[0], about)
    with pytest.raises(Conflict, match="countersigned_before"):
        acceptance.countersign(session, experts[0], about)
    with pytest.raises(Conflict, match="not_countersigned"):
        signed(session, made, about.name)
    acceptance.countersign(session, experts[1], about)
    assert len(signed(session, made, about.name).payload["remarks"]) == 2


def test_the_authoritys_own_project_is_not_deadlocked(session, made):
    about = project(session, "政务外网骨干扩容")
    about.unit_id = session.scalars(
        sa.select(Organisation.id).where(Organisation.code == AUTHORITY)
    ).one()
    session.flush()
    session.refresh(about)
    assert signed(session, made, about.name).payload["remarks"]


def test_a_district_issues_under_its_own_number(session, made):
    about = project(session, "海南区园区安全监管平台")
    district = session.get_one(Organisation, about.unit.authority_id)
    account = accounts.add_account(session, SYSTEM, "district-officer", "某人", hashed="!")
    accounts.appoint(session, SYSTEM, account, "acceptance", district, date(2024, 1, 1))
    officer = of_account(session, account, calendar.today())
    found = acceptance.examine(session, about)
    opinion = acceptance.sign(
        session,
        officer,
        about,
        "fail",
        seen=found.digest,
        reason="目录没有办完",
        key=made[2],
        folder=made[1],
    )
    assert opinion.number == f"海南区数据核〔{calendar.today().year}〕1号"


def test_a_deferral_turns_open_reports_into_a_conditional_result(session, made):
    about = project(session, "企业信用监管系统")
    head, paper = person(session, "authority_head"), "乌政发〔2026〕演示9号"
    due = calendar.today() + timedelta(days=30)
    with pytest.raises(Conflict, match="not_deferrable"):
        projects.defer(session, head, about, "G-SEC", due, "")
    with pytest.raises(Conflict, match="not_deferrable"):
        projects.defer(session, head, about, "G-CAT", due, paper)
    with pytest.raises(Invalid):
        projects.defer(session, head, about, "G-SEC", due + timedelta(days=365), paper)
    for gate in ("G-SEC", "G-CRYPTO"):
        projects.defer(session, head, about, gate, due, paper)
    assert acceptance.examine(session, about).verdict == "fail"
    assert acceptance.examine(session, about, deferral_paper=paper).verdict == "conditional"
    late = due + timedelta(days=1)
    assert acceptance.examine(session, about, deferral_paper=paper, day=late).verdict == "fail"


def test_what_fails_today_is_named_beside_the_opinion_that_stands(session, made):
    opinion = signed(session, made)
    assert acceptance.turned_since(session, opinion) == []
    officer = person(session, "acceptance")
    due = calendar.today() + timedelta(days=5)
    projects.raise_finding(session, officer, project(session), "F4", "未按要求共享", due)
    assert acceptance.turned_since(session, opinion) == ["G-FIND"]


def test_an_entry_taken_down_afterwards_is_named_too(session, made):
    opinion = signed(session, made)
    key = opinion.payload["versions"][0]["key"]
    resource = session.scalars(sa.select(Resource).where(Resource.key == key)).one()
    resource.live.state = "suspended"
    session.flush()
    (later,) = acceptance.changed_since(session, opinion)
    assert "G-MOUNT" in later.gates


def test_the_reports_that_proved_the_masking_are_annexed_with_who_rechecked_them(session, made):
    opinion = signed(session, made)
    annexed = opinion.payload["masking"]
    personal = {
        entry["key"]
        for entry in opinion.payload["versions"]
        if session.scalar(
            sa.select(MaskingPlan.id)
            .join(Resource, Resource.id == MaskingPlan.resource_id)
            .where(Resource.key == entry["key"])
        )
    }
    assert personal
    assert {one["key"] for one in annexed} == personal
    reports = {
        row.key: row
        for row in session.scalars(
            sa.select(MaskingReport).where(
                MaskingReport.key.in_([one["report"] for one in annexed])
            )
        )
    }
    for one in annexed:
        assert one["digest"] == reports[one["report"]].digest
        assert one["rechecked_by"]
        assert one["level"] >= one["level_before"]
    _, package = acceptance.package_of(session, made[1], opinion)
    assert papers.verify(package, trusted=made[2].publics).is_valid


def test_the_annex_says_whether_the_file_to_be_released_was_held_against_its_report(session, made):
    keys = [one["key"] for one in acceptance.examine(session, project(session)).versions]
    report, plan, key = session.execute(
        sa.select(MaskingReport, MaskingPlan, Resource.key)
        .join(MaskingPlan, MaskingPlan.id == MaskingReport.plan_id)
        .join(Resource, Resource.id == MaskingPlan.resource_id)
        .where(Resource.key.in_(keys), MaskingReport.kind == "measured")
        .limit(1)
    ).one()
    same = desensitization.Seen(report.report["output"]["digest"], "csv")
    officer = person(session, "acceptance")
    assert desensitization.enter_check(session, officer, plan, report, same)
    opinion = signed(session, made)
    told = {one["key"]: one["file_check"] for one in opinion.payload["masking"]}
    assert told.pop(key) == {"by": "孟和", "on": calendar.today().isoformat()}
    assert set(told.values()) <= {None}


def test_an_opinion_in_a_list_tells_what_became_of_it_and_whom_a_revocation_reaches(session, made):
    opinion = signed(session, made)
    about = project(session)
    (one,) = acceptance.issued(session, [about.id])[about.id]
    assert one.stands
    found = acceptance.examine(session, about)
    assert acceptance.signed_as(session, found) == opinion.number
    _, package = acceptance.package_of(session, made[1], opinion)
    head, pdf = person(session, "authority_head"), papers.pdf_digest(package)
    acceptance.revoke(session, head, opinion, "材料不实", key=made[2], pdf=pdf)
    (one,) = acceptance.issued(session, [about.id])[about.id]
    assert one.revoked_at is not None
    assert not one.stands
    assert acceptance.signed_as(session, found) is None
    for who in ("acceptance", "project_manager"):
        told = exchange.notices(session, person(session, who))
        assert [(line.kind, line.title) for line in told] == [("revoke", opinion.number)]


def test_what_can_be_signed_waits_for_the_officer_until_it_is_signed(session, made):
    officer = person(session, "acceptance")
    waiting = {one.project.name for one in acceptance.awaited(session, officer)}
    assert "智慧民政综合服务平台" in waiting
    assert "不动产登记一体化平台" not in waiting
    signed(session, made)
    waiting = {one.project.name for one in acceptance.awaited(session, officer)}
    assert "智慧民政综合服务平台" not in waiting


def test_a_failing_gate_waits_for_whoever_holds_the_ball_and_for_nobody_else(session, made):
    operator = person(session, "operator")
    about = project(session, "不动产登记一体化平台")
    found = {one.project.name: one for one in acceptance.awaited(session, operator)}
    assert {line.gate.id for line in found[about.name].lines} == {"G-BRAIN", "G-MOUNT"}
    assert acceptance.awaited(session, person(session, "consumer")) == []


def test_a_gate_that_does_not_bind_says_why_in_the_opinion(session, made):
    opinion = signed(session, made, "税务征管系统(国家统建)")
    unbound = [one for one in opinion.payload["gates"] if one["result"] == "na"]
    assert unbound
    assert all(one["reason"] for one in unbound)


def test_a_step_of_the_schedule_is_done_when_its_gates_pass_however_late_its_day(session, made):
    about = project(session, "不动产登记一体化平台")
    found = acceptance.examine(session, about)
    steps = {s.step: s for s in acceptance.schedule(session, calendar.today(), found)}
    assert steps["publish"].done
    assert not steps["publish"].late
    assert steps["mount"].late
    assert not steps["mount"].done
    # Nothing was done for entries that are not there.
    manager = person(session, "project_manager")
    bare = projects.create(session, manager, project(session).unit, "空项目", "new", stage="final")
    found = acceptance.examine(session, bare)
    assert not any(s.done for s in acceptance.schedule(session, calendar.today(), found))
