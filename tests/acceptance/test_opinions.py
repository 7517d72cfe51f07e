"""An opinion is signed on what was computed, holds offline, and is taken back only by an act."""

import subprocess
import sys

import pytest
import sqlalchemy as sa

from registry import acceptance, catalogue, db, demo, papers, signing
from registry.demo.city import person
from registry.errors import Conflict, Forbidden, Invalid
from registry.models.acceptance import Opinion
from registry.models.catalogue import Resource
from registry.models.projects import Project
from tests.factories import PASSWORD, empty_database


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A demo city to sign in; every test rolls back what it did."""
    folder = tmp_path_factory.mktemp("opinions")
    with empty_database(folder) as database:
        with db.transaction(database, writes=True) as session:
            demo.build(session, PASSWORD)
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


def signed(session, made, name="智慧民政综合服务平台", who="acceptance", result="pass", seen=None):
    about = project(session, name)
    seen = seen or acceptance.examine(session, about).digest
    actor = person(session, who)
    return acceptance.sign(session, actor, about, result, seen=seen, key=made[2], folder=made[1])


def test_a_signed_opinion_verifies_offline_and_not_with_one_byte_changed(session, made, tmp_path):
    opinion = signed(session, made)
    name, package = acceptance.package_of(session, made[1], opinion)
    assert papers.verify(package, trusted=[made[2].public]).is_valid
    path = tmp_path / name
    path.write_bytes(package)
    command = [sys.executable, "-m", "registry.cli", "opinion", "verify", str(path)]
    told = subprocess.run(command, check=False, capture_output=True, text=True)
    assert told.returncode == 0, told.stdout + told.stderr
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


def test_passed_is_not_signed_while_one_gate_fails(session, made):
    with pytest.raises(Conflict, match="gates_open") as refusal:
        signed(session, made, "不动产登记一体化平台")
    assert "挂接共享平台" in str(refusal.value.facts["gates"])
    assert session.scalar(sa.select(sa.func.count(Opinion.id))) == 0


def test_a_failing_project_can_get_an_opinion_that_says_so(session, made):
    opinion = signed(session, made, "不动产登记一体化平台", result="fail")
    failed = [one["id"] for one in opinion.payload["gates"] if one["result"] == "fail"]
    assert failed == ["G-BRAIN", "G-MOUNT"]


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


def test_a_newer_opinion_supersedes_the_older(session, made):
    first, second = signed(session, made), signed(session, made)
    session.refresh(first)
    assert first.superseded_by_id == second.id
    assert second.superseded_by_id is None


def test_the_authoritys_own_project_wants_a_countersignature(session, made):
    about = project(session, "政务外网骨干扩容")
    about.facts = {k: v for k, v in about.facts.items() if k != "countersigned"}
    session.flush()
    with pytest.raises(Conflict, match="not_countersigned"):
        signed(session, made, about.name)
    acceptance.countersign(session, person(session, "development_commission"), about)
    opinion = signed(session, made, about.name)
    assert "会签" in opinion.payload["remarks"][0]
