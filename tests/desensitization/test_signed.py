"""Who signed a report, whether somebody altered it since, and what then proves nothing."""

from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from registry import db, desensitization, signing, upgrade
from registry.errors import Conflict, Forbidden, Invalid, Unreadable
from registry.models.desensitization import MaskingPlan, MaskingReport, ReportSigner
from registry.models.journal import JournalRow
from tests.desensitization.test_proof import Desk, reason
from tests.factories import Town

ALGORITHMS = sorted(signing.ALGORITHMS)


@pytest.fixture
def desk(town: Town, tmp_path: Path) -> Desk:
    return Desk(town, tmp_path, open_type="2")


def key_of(desk: Desk, algorithm: str = "ed25519", name: str = "signer") -> signing.Key:
    return signing.load(desk.folder / f"{name}-{algorithm}", algorithm)


def enrol(desk: Desk, key: signing.Key, name: str = "数据专员的电脑") -> ReportSigner:
    return desensitization.enrol_signer(
        desk.session, desk.head, desk.town.department, name, key.public.fact()
    )


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_a_report_signed_by_an_enrolled_key_names_its_signer(desk: Desk, algorithm: str):
    key = key_of(desk, algorithm)
    signer = enrol(desk, key)
    plan = desk.plan()
    row = desk.take(plan, desensitization.sign_report(desk.run(plan), key))
    assert row.signer_id == signer.id


def test_the_same_report_signed_and_unsigned_is_taken_once(desk: Desk):
    plan = desk.plan()
    report = desk.run(plan)
    desk.take(plan, report)
    with pytest.raises(Conflict, match="report_taken"):
        desk.take(plan, desensitization.sign_report(report, key_of(desk)))


@pytest.mark.parametrize(
    "change",
    [{"level": 4}, {"release": "另一批"}, {"made_at": "2026-01-01T00:00:00+00:00"}],
    ids=str,
)
def test_a_report_altered_after_it_was_signed_is_refused(desk: Desk, change: dict[str, Any]):
    key = key_of(desk)
    enrol(desk, key)
    plan = desk.plan()
    signed = desensitization.sign_report(desk.run(plan), key)
    with pytest.raises(Conflict, match="report_altered"):
        desk.take(plan, signed | change)


def test_a_signature_under_the_name_of_another_key_is_refused(desk: Desk):
    plan = desk.plan()
    mine, other = key_of(desk), key_of(desk, name="other")
    enrol(desk, other)
    signed = desensitization.sign_report(desk.run(plan), mine)
    signed["signature"]["public_key"] = other.public.fact()
    with pytest.raises(Conflict, match="report_altered"):
        desk.take(plan, signed)


def opened(desk: Desk) -> MaskingPlan:
    """A plan for open data that 600 people can pass: of all that is known, the sex alone."""
    plan = desensitization.proposed(desk.version, "open")
    lines = [
        line | {"technique": "suppress", "params": {}} if line["name"] == "出生日期" else line
        for line in plan["columns"]
    ]
    return desk.save(plan | {"columns": lines, "quasi_identifiers": ["性别"]}, "open")


def test_open_data_are_proven_by_an_enrolled_key_alone(desk: Desk):
    plan = opened(desk)
    report = desk.run(plan)
    assert report["verdict"] == "pass"
    key = key_of(desk)
    # A key nobody enrolled is nobody's: anybody can make one.
    desensitization.recheck(
        desk.session, desk.head, desk.take(plan, desensitization.sign_report(report, key))
    )
    assert reason(desk) == "not_signed"
    enrol(desk, key)
    again = desk.run(plan) | {"made_at": "2026-02-01T00:00:00+00:00"}
    row = desk.take(plan, desensitization.sign_report(again, key))
    desensitization.recheck(desk.session, desk.head, row)
    assert reason(desk) is None


def test_a_run_of_this_system_proves_open_data_without_a_signature(desk: Desk):
    plan = opened(desk)
    row = desensitization.take_report(
        desk.session, desk.registrar, plan, desk.run(plan), made_here=True
    )
    desensitization.recheck(desk.session, desk.head, row)
    assert reason(desk) is None
    # Who writes into the database that a report was made here does not make it one.
    other = desk.take(plan, desk.run(plan) | {"made_at": "2026-02-01T00:00:00+00:00"})
    desensitization.recheck(desk.session, desk.head, other)
    assert reason(desk) == "not_signed"
    other.made_here = True
    desk.session.flush()
    assert reason(desk) == "altered"


def test_a_key_that_was_stopped_signs_no_more_and_what_it_signed_before_stands(desk: Desk):
    key = key_of(desk)
    signer = enrol(desk, key)
    plan = opened(desk)
    row = desk.take(plan, desensitization.sign_report(desk.run(plan), key))
    desensitization.recheck(desk.session, desk.head, row)
    desensitization.revoke_signer(desk.session, desk.head, signer.key, "更换机器")
    assert reason(desk) is None
    later = desk.run(plan) | {"made_at": "2026-02-01T00:00:00+00:00"}
    with pytest.raises(Conflict, match="signer_revoked"):
        desk.take(plan, desensitization.sign_report(later, key))
    with pytest.raises(Conflict, match="signer_known"):
        enrol(desk, key)


def test_the_head_enrols_and_whoever_runs_the_tool_does_not(desk: Desk):
    key = key_of(desk)
    fact = key.public.fact()
    for actor in (desk.registrar, desk.town.person("head", unit=desk.town.other)):
        with pytest.raises(Forbidden):
            desensitization.enrol_signer(desk.session, actor, desk.town.department, "电脑", fact)
    with pytest.raises(Unreadable, match="no_public_key"):
        desensitization.enrol_signer(
            desk.session, desk.head, desk.town.department, "电脑", fact | {"key_id": "0" * 16}
        )
    with pytest.raises(Invalid, match="signer_name"):
        enrol(desk, key, " ")
    signer = enrol(desk, key)
    with pytest.raises(Forbidden):
        desensitization.revoke_signer(desk.session, desk.registrar, signer.key, "理由")
    with pytest.raises(Invalid, match="signer_reason"):
        desensitization.revoke_signer(desk.session, desk.head, signer.key, " ")


def test_a_key_counts_for_its_own_unit_only(desk: Desk):
    key = key_of(desk)
    other = desk.town.person("head", unit=desk.town.other)
    desensitization.enrol_signer(desk.session, other, desk.town.other, "电脑", key.public.fact())
    plan = desk.plan()
    assert desk.take(plan, desensitization.sign_report(desk.run(plan), key)).signer_id is None


def proven(desk: Desk) -> MaskingReport:
    plan = desk.plan()
    row = desk.take(plan, desk.run(plan))
    desensitization.recheck(desk.session, desk.head, row)
    assert reason(desk) is None
    return row


def overwrite(desk: Desk, row: MaskingReport, **values: Any) -> None:
    desk.session.execute(
        sa.update(MaskingReport).where(MaskingReport.id == row.id).values(**values)
    )
    desk.session.expire(row)


@pytest.mark.parametrize("sealed", [True, False], ids=["sealed", "from before there were seals"])
@pytest.mark.parametrize("what", ["report", "recheck"])
def test_a_row_altered_in_the_database_proves_nothing_and_says_so(
    desk: Desk, sealed: bool, what: str
):
    row = proven(desk)
    if not sealed:
        overwrite(desk, row, seal=None)
        assert reason(desk) is None
    if what == "report":
        overwrite(desk, row, report=row.report | {"level": 4})
    else:
        plan = desk.save(desk.plan().plan | {"k": 9})
        row = desk.take(plan, desk.run(plan))
        overwrite(desk, row, rechecked_by=desk.head.person_id, **({} if sealed else {"seal": None}))
    assert reason(desk) == "altered"
    assert desensitization.altered(desk.session, [row]) == {row.id}


def test_an_altered_report_cannot_be_rechecked(desk: Desk):
    plan = desk.plan()
    row = desk.take(plan, desk.run(plan))
    overwrite(desk, row, report=row.report | {"level": 4})
    with pytest.raises(Conflict, match="report_row_altered"):
        desensitization.recheck(desk.session, desk.head, row)


def test_enrolling_and_stopping_stand_in_the_journal(desk: Desk):
    signer = enrol(desk, key_of(desk))
    desensitization.revoke_signer(desk.session, desk.head, signer.key, "密钥丢失")
    rows = desk.session.scalars(
        sa.select(JournalRow)
        .where(JournalRow.act.in_(["enrol_signer", "revoke_signer"]))
        .order_by(JournalRow.seq)
    ).all()
    assert [row.key for row in rows] == [signer.key, signer.key]
    assert "密钥丢失" not in "".join(row.facts for row in rows)


def test_reports_from_before_the_migration_are_proven_after_it(database: db.Database, tmp_path):
    with db.transaction(database, writes=True) as session:
        desk = Desk(Town(session), tmp_path)
        proven(desk)
        version = desk.version.id
    upgrade.downgrade(database, "0004")
    upgrade.upgrade(database)
    assert upgrade.differences(database) == []
    with db.transaction(database, writes=False) as session:
        from registry.models.catalogue import Version

        row = session.scalars(sa.select(MaskingReport)).one()
        assert row.seal is None
        proof = desensitization.valid_report(session, session.get_one(Version, version))
        assert proof.report == row
