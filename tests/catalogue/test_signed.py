"""A decision on paper: a form, its scan, a second person; and every way it must not go."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from registry import calendar, catalogue, files, journal
from registry.catalogue import assessments, signed
from registry.errors import Conflict, Forbidden, Invalid, Missing
from registry.models.catalogue import Decision, Submission, Version
from registry.models.journal import JournalRow
from registry.models.papers import Paper
from tests.catalogue.test_life import registered

PDF = b"%PDF-1.7 scan"


@pytest.fixture
def batch(session, town) -> Submission:
    versions = [registered(town, town.person("registrar"), name) for name in ("甲信息", "乙信息")]
    return catalogue.hand_in(session, town.person("registrar"), versions)


def scanned(session, town, batch, folder, step="clear", role="secrecy", **changes) -> Paper:
    """A form of a step that was printed, signed by `role`, and uploaded by a registrar."""
    signer = changes.pop("signer", None) or town.person(role)
    hand = town.person("reviewer" if role == "reviewer" else "registrar")
    row = signed.print_form(session, hand, batch, step)
    sent = {
        "content": PDF,
        "name": "扫描.pdf",
        "signer": signer.person_key,
        "signed_on": calendar.today(),
        "number": "",
        "code": signed.check_code(row),
    }
    signed.upload(session, hand, row, folder, **{**sent, **changes})
    return row


def test_a_signed_scan_takes_the_step_in_the_name_of_the_signer(session, town, batch, tmp_path):
    signer = town.person("secrecy")
    row = scanned(session, town, batch, tmp_path, signer=signer)
    assert {v.state for v in session.scalars(sa.select(Version))} == {"in_secrecy_review"}
    signed.confirm(session, town.person("head"), row, signed.check_code(row))
    assert {v.state for v in session.scalars(sa.select(Version))} == {"in_head_review"}
    found = session.scalars(sa.select(Decision).where(Decision.step == "clear")).all()
    assert {(d.person_id, d.way, d.paper_id) for d in found} == {
        (signer.person_id, "paper", row.id)
    }
    ways = session.scalars(sa.select(JournalRow.way).where(JournalRow.act == "clear")).all()
    assert ways == ["paper", "paper"]
    assert files.content(tmp_path, signed.scan_of(session, row)) == PDF
    assert journal.verify(session) == []


def test_the_whole_way_to_publication_can_be_signed_on_paper(session, town, batch, tmp_path):
    for step, role, second in (
        ("clear", "secrecy", "registrar"),
        ("approve", "head", "registrar"),
        ("publish", "reviewer", "reviewer"),
    ):
        row = scanned(session, town, batch, tmp_path, step, role)
        signed.confirm(session, town.person(second), row, signed.check_code(row))
    assert {v.state for v in session.scalars(sa.select(Version))} == {"published"}


def test_who_uploaded_does_not_confirm_and_nobody_confirms_twice(session, town, batch, tmp_path):
    row = scanned(session, town, batch, tmp_path)
    uploader = town.person("registrar")
    row.uploaded_by = uploader.person_id
    with pytest.raises(Forbidden, match="second_confirms"):
        signed.confirm(session, uploader, row, signed.check_code(row))
    signed.confirm(session, town.person("registrar"), row, signed.check_code(row))
    with pytest.raises(Conflict, match="paper_done"):
        signed.confirm(session, town.person("head"), row, signed.check_code(row))


def test_a_scan_for_other_versions_is_refused(session, town, batch, tmp_path):
    row = scanned(session, town, batch, tmp_path)
    with pytest.raises(Invalid, match="paper_code"):
        signed.confirm(session, town.person("head"), row, "00000000")
    taken = session.scalars(sa.select(Version)).first()
    catalogue.advance(session, town.person("registrar"), taken, "take_back")
    with pytest.raises(Conflict, match="paper_stale"):
        signed.confirm(session, town.person("head"), row, signed.check_code(row))
    with pytest.raises(Conflict, match="paper_stale"):
        signed.upload(
            session,
            town.person("registrar"),
            row,
            tmp_path,
            content=PDF,
            name="x",
            signer="",
            signed_on=None,
            number="",
            code=signed.check_code(row),
        )


def test_a_signer_without_the_post_is_no_signer(session, town, batch, tmp_path):
    with pytest.raises(Invalid, match="paper_signer"):
        scanned(session, town, batch, tmp_path, signer=town.person("registrar"))


def test_paper_does_not_lift_the_rule_of_two_persons(session, town, tmp_path):
    both = town.person("registrar", "head")
    version = registered(town, both)
    batch = catalogue.hand_in(session, town.person("registrar"), [version])
    catalogue.advance(session, town.person("secrecy"), version, "clear")
    row = scanned(session, town, batch, tmp_path, "approve", "head", signer=both)
    with pytest.raises(Forbidden, match="same_person"):
        signed.confirm(session, town.person("secrecy"), row, signed.check_code(row))
    assert version.state == "in_head_review"


@pytest.mark.parametrize("content", [b"", b"MZ\x90", b"<html>", b"PK\x03\x04", b" %PDF-"])
def test_only_scans_are_kept(session, town, batch, tmp_path, content):
    with pytest.raises(Invalid, match="scan_kind"):
        scanned(session, town, batch, tmp_path, content=content)
    assert not (tmp_path / "files").exists()


def test_a_day_before_the_print_or_after_today_is_refused(session, town, batch, tmp_path):
    for days in (-1, 1):
        day = calendar.today() + timedelta(days=days)
        with pytest.raises(Invalid, match="paper_day"):
            scanned(session, town, batch, tmp_path, signed_on=day)


def test_forms_belong_to_the_side_that_takes_the_step(session, town, batch, tmp_path):
    with pytest.raises(Forbidden):
        signed.print_form(session, town.person("reviewer"), batch, "clear")
    with pytest.raises(Conflict, match="nothing_waits"):
        signed.print_form(session, town.person("registrar"), batch, "approve")
    row = scanned(session, town, batch, tmp_path)
    for stranger in (
        town.person("reviewer"),
        town.person("consumer"),
        town.person("registrar", unit=town.other),
    ):
        with pytest.raises(Missing):
            signed.find_form(session, stranger, row.key)


def test_an_assessment_covers_a_batch_and_is_entered_by_the_secrecy_officer(session, town, batch):
    officer, versions = town.person("secrecy"), session.scalars(sa.select(Version)).all()
    today = calendar.today()
    with pytest.raises(Forbidden):
        assessments.assess(
            session, town.person("head"), batch, versions, kind="secrecy", number="1", on=today
        )
    for wrong in (
        {"kind": "secrecy", "number": " ", "on": today},
        {"kind": "secrecy", "number": "", "on": today, "none_because": "无个人信息"},
        {"kind": "other", "number": "1", "on": today},
        {"kind": "pia", "number": "1", "on": today + timedelta(days=1)},
        {"kind": "pia", "number": "1", "on": None},
        {"kind": "secrecy", "number": "1", "on": today.replace(year=1026, day=1)},
    ):
        with pytest.raises(Invalid):
            assessments.assess(session, officer, batch, versions, **wrong)
    assessments.assess(
        session, officer, batch, versions, kind="pia", number="评〔2026〕1号", on=today
    )
    assessments.assess(
        session,
        officer,
        batch,
        versions,
        kind="pia",
        number="",
        on=today,
        none_because="不含个人信息",
    )
    found = assessments.assessments_of(session, [v.id for v in versions])
    assert [(row.number, count) for row, _, count in found] == [("评〔2026〕1号", 2), ("", 2)]
    assert found[0][0].keep_until is not None
