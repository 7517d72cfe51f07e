"""Freeze, lift, wipe: who may, who may not, and that nothing of the content is left anywhere."""

import io
import json
import zipfile
from datetime import date, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
import time_machine

import search
from registry import acceptance, catalogue, db, discovery, files, journal, outbox, papers, signing
from registry.access import SYSTEM
from registry.catalogue import Change, RemarkText, spill
from registry.catalogue.traces import WIPED_NAME, Means
from registry.catalogue.wiped import Wiped
from registry.discovery import written
from registry.discovery.indexing import documents
from registry.errors import Conflict, Forbidden, Invalid, Missing
from registry.models.acceptance import Opinion, Revocation
from registry.models.accounts import FormKey, Person
from registry.models.catalogue import Alias, Element, Freeze, Resource, Submission, Version
from registry.models.desensitization import MaskingPlan, MaskingReport
from registry.models.exchange import (
    Demand,
    Request,
    RequestElement,
    RequestEvent,
    StandingConsent,
)
from registry.models.files import StoredFile
from registry.models.jobs import Job
from registry.models.journal import JournalRow
from registry.models.lists import Edition
from registry.models.papers import AssessedVersion, Assessment
from registry.models.projects import (
    BusinessTable,
    Evidence,
    Finding,
    Mount,
    NotApplicable,
    Project,
    ProjectResource,
    System,
)
from registry.models.shown import Shown, Trait
from registry.shown import GONE
from tests.catalogue.test_life import published, registered
from tests.factories import POSTGRESQL, Town, document, empty_database

PHRASES = [f"绝密词语{'甲乙丙丁戊己庚辛壬癸'[n % 10]}{n:02d}号" for n in range(36)]


def means(folder: Path) -> Means:
    return Means(folder, signing.load(folder / "signing.key"))


def test_a_frozen_entry_is_gone_for_everybody_at_once(session, town):
    resource = published(town)
    row = spill.freeze(session, town.person("secrecy"), resource.key, "state_secret")
    assert row.report_due - row.frozen_at == timedelta(hours=24)
    for role in ("registrar", "head", "reviewer", "consumer", "auditor"):
        with pytest.raises(Missing):
            catalogue.find(session, town.person(role), resource.key)
    assert documents(session, [resource.id]) == {}
    assert outbox.pending(session)[0] == 1


def test_a_draft_can_be_frozen_and_then_nobody_decides_on_it(session, town):
    registrar = town.person("registrar")
    version = registered(town, registrar)
    spill.freeze(session, town.person("security"), version.resource.key, "unsure")
    with pytest.raises(Missing):
        catalogue.require_version(session, registrar, version.resource.key)
    with pytest.raises(Conflict):
        catalogue.advance(session, registrar, version, "hand_in")
    assert catalogue.inbox(session, registrar) == []


def test_who_has_no_right_learns_nothing_and_freezes_nothing(session, town):
    version = registered(town, town.person("registrar"))
    with pytest.raises(Missing):
        spill.freeze(session, town.person("consumer"), version.resource.key, "unsure")
    other = town.person("secrecy", unit=town.other)
    with pytest.raises(Missing):
        spill.freeze(session, other, version.resource.key, "unsure")
    with pytest.raises(Forbidden):
        spill.freeze(session, town.person("registrar"), version.resource.key, "unsure")
    with pytest.raises(Missing):
        spill.freeze(session, other, "no-such-key", "unsure")


def test_a_freeze_wants_a_reason_of_its_list_and_happens_once(session, town):
    resource = published(town)
    with pytest.raises(Invalid):
        spill.freeze(session, town.person("secrecy"), resource.key, "because")
    spill.freeze(session, town.person("secrecy"), resource.key, "unsure")
    with pytest.raises(Conflict):
        spill.freeze(session, town.person("security"), resource.key, "unsure")


def test_a_freeze_is_lifted_by_another_person_of_the_other_role(session, town):
    resource = published(town)
    officer = town.person("secrecy")
    row = spill.freeze(session, officer, resource.key, "unsure")
    for refused in (officer, town.person("secrecy")):
        with pytest.raises(Forbidden):
            spill.lift(session, refused, row, "乌保〔2026〕1号")
    with pytest.raises(Invalid):
        spill.lift(session, town.person("security"), row, " ")
    spill.lift(session, town.person("security"), row, "乌保〔2026〕1号")
    assert catalogue.find(session, town.person("consumer"), resource.key) is resource
    with pytest.raises(Conflict):
        spill.lift(session, town.person("security"), row, "乌保〔2026〕1号")


def test_who_froze_does_not_wipe_and_a_secrecy_officer_never_does(session, town, tmp_path):
    resource = published(town)
    guard = town.person("security")
    row = spill.freeze(session, guard, resource.key, "state_secret")
    for refused in (guard, town.person("secrecy")):
        with pytest.raises(Forbidden):
            spill.wipe(session, refused, row, means(tmp_path), "乌保〔2026〕1号")
    spill.wipe(session, town.person("security"), row, means(tmp_path), "乌保〔2026〕1号")
    assert session.scalars(sa.select(Version.state)).all() == ["wiped"]


def test_the_sheet_says_where_it_was_and_who_opened_it(session, town, tmp_path):
    resource = published(town)
    reader = town.person("consumer")
    for _ in range(2):
        spill.note_readings(session, reader, [resource.id])
    journal.record(session, SYSTEM, "backup", "backup", "b1")
    row = spill.freeze(session, town.person("secrecy"), resource.key, "state_secret")
    sheet = spill.sheet(session, row, resource, means(tmp_path))
    assert [(days) for _, _, _, days in sheet.readers] == [1]
    assert [step for _, step, _ in sheet.deciders][-1] == "freeze"
    assert [key for _, key in sheet.backups] == ["b1"]
    assert sheet.is_published


def test_no_process_keeps_a_written_text_once_it_was_asked_after_a_wipe(session, town, tmp_path):
    spilt, other = published(town, name="绝密词语一号"), published(town)
    reader = town.person("consumer")

    def asked(*keys: str) -> list[str]:
        return [one.key for one in written.written(session, reader, keys, "none", "")]

    assert asked(spilt.key, other.key) == [spilt.key, other.key]
    assert written.page(session, "tag", "绝密词语一号".encode) != b""
    row = spill.freeze(session, town.person("secrecy"), spilt.key, "state_secret")
    assert asked(spilt.key, other.key) == [other.key]
    spill.wipe(session, town.person("security"), row, means(tmp_path), "乌保〔2026〕1号")
    # Nobody works here: the wipe is told by the question itself.
    assert asked(other.key) == [other.key]
    assert written.page(session, "other", lambda: b"other") == b"other"
    held = repr((written._texts._held, written._pages._held))
    assert other.key in held
    assert "绝密" not in held
    assert repr("绝密词语一号".encode())[2:-1] not in held


def test_a_written_text_goes_by_itself_where_nobody_asks(session, town, monkeypatch):
    resource = published(town)
    monkeypatch.setattr(written, "HELD_S", 0.05)
    written.forget()
    assert written.written(session, town.person("consumer"), [resource.key], "none", "")
    ending = written._texts._end
    assert ending is not None
    ending.join()
    assert not written._texts._held


def planted(town: Town, folder: Path) -> Resource:
    """An entry whose phrases lived in every place that can hold content."""
    session = town.session
    words = iter(PHRASES)
    items = [{**document()["items"][0], "id": None, "name": next(words)} for _ in range(3)]
    registrar = town.person("registrar")
    version = registered(town, registrar)
    text = document(next(words), items=items, abstract=next(words) * 4, note=next(words))
    catalogue.save(session, registrar, version, text)
    batch = catalogue.hand_in(session, registrar, [version], next(words))
    catalogue.advance(
        session, town.person("secrecy"), version, "return", [RemarkText("", "R09", next(words))]
    )
    resource = version.resource
    assert resource.working is not None
    version = resource.working
    catalogue.hand_in(session, town.person("registrar"), [version], batch.title)
    for role, step in (("secrecy", "clear"), ("head", "approve"), ("reviewer", "publish")):
        catalogue.advance(session, town.person(role), version, step)
    person = session.scalars(sa.select(Person.id)).first()
    files.keep(
        session,
        folder,
        registrar,
        "import",
        f"{next(words)}.xlsx",
        next(words).encode(),
        organisation_id=town.department.id,
    )
    files.keep(
        session,
        folder,
        registrar,
        "scan",
        "扫描件.pdf",
        next(words).encode(),
        resource_id=resource.id,
    )
    request = Request(
        requester_id=town.other.id,
        provider_id=town.department.id,
        resource_id=resource.id,
        state="refused",
        document={"purpose": next(words)},
        answer={"reason": next(words)},
        created_by=person,
    )
    plan = MaskingPlan(
        resource_id=resource.id,
        version_id=version.id,
        profile="test",
        digest="sm3:0",
        plan={"elements": [{"name": next(words)}]},
        made_by=person,
    )
    session.add_all([request, plan])
    session.flush()
    session.add_all(
        [
            RequestEvent(
                request_id=request.id,
                act="refused",
                person_id=person,
                role="registrar",
                on=db.now().date(),
                text=next(words),
            ),
            StandingConsent(
                resource_id=resource.id,
                signed_by=person,
                signed_on=db.now().date(),
                scope=next(words),
            ),
            MaskingReport(
                plan_id=plan.id,
                kind="plan",
                plan_digest="sm3:0",
                verdict="pass",
                report={"columns": [next(words)]},
                digest="sm3:0",
                run_by=person,
            ),
            Mount(
                resource_id=resource.id,
                number="1",
                method="1",
                tested_on=db.now().date(),
                answered=True,
                columns=[{"name": next(words)}],
                entered_by=person,
            ),
            Edition(
                organisation_id=town.department.id,
                list="responsibility",
                number=1,
                paper_number="1",
                issued_on=db.now().date(),
                digest="sm3:0",
                signed_by=person,
                rows=[{"key": resource.key, "name": next(words)}, {"key": "other", "name": "留下"}],
            ),
        ]
    )
    session.flush()
    others_wrote(town, resource, version, text["name"], words, folder)
    aliases = [{"resource_id": resource.id, "source": "old", "value": next(words)}]
    session.execute(sa.insert(Alias), aliases)
    assert next(words, None) is None
    return resource


def others_wrote(town, resource, version, name, words, folder):
    """What other people wrote of an entry: in projects, demands, assessments, papers."""
    session, today = town.session, db.now().date()
    person = session.scalars(sa.select(Person.id)).first()
    project = Project(name="综合平台", unit_id=town.department.id, kind="new", stage="final")
    system = System(code="S1", name="系统", unit_id=town.department.id)
    session.add_all([project, system])
    session.flush()
    demand = Demand(
        requester_id=town.other.id,
        state="demand_matched",
        document={"wanted": next(words), "items": [next(words)]},
        matched_id=resource.id,
        raised_by=person,
        raised_on=today,
    )
    unmatched = Demand(
        requester_id=town.other.id,
        state="demand_open",
        document={"wanted": f"与{name}相近的数据"},
        raised_by=person,
        raised_on=today,
    )
    assessment = Assessment(
        kind="pia",
        organisation_id=town.department.id,
        number="乌评〔2026〕1号",
        on=today,
        none_because=next(words),
        entered_by=person,
    )
    session.add_all([demand, unmatched, assessment])
    session.flush()
    raised = {"project_id": project.id, "kind": "1", "raised_by": person, "raised_on": today}
    gate = {"project_id": project.id, "gate": "G-MOUNT", "reason": "no_data_yet"}
    event = {"person_id": person, "role": "reviewer", "on": today}
    session.add_all(
        [
            AssessedVersion(assessment_id=assessment.id, version_id=version.id),
            ProjectResource(project_id=project.id, resource_id=resource.id),
            BusinessTable(system_id=system.id, name=next(words), resource_id=resource.id),
            Finding(text=next(words), due=today, state="open", **raised),
            NotApplicable(resource_id=resource.id, note=next(words), signed_by=person, **gate),
            NotApplicable(system_id=system.id, note=f"见{name}", signed_by=person, **gate),
            RequestEvent(demand_id=demand.id, act="match", text=next(words), **event),
            Evidence(
                project_id=project.id,
                gate="G-CLOUD",
                number=f"云〔2026〕1号 {name}",
                on=today,
                issuer="大数据中心",
                entered_by=person,
            ),
            Edition(
                organisation_id=town.other.id,
                list="supply-demand",
                number=1,
                paper_number="2",
                issued_on=today,
                digest="sm3:1",
                signed_by=person,
                rows=[
                    {"key": demand.key, "side": "我需", "wanted": next(words), "scene": "核验"},
                    {"key": unmatched.key, "side": "我需", "wanted": f"与{name}相近的数据"},
                ],
            ),
        ]
    )
    issued(town, resource, version, project, next(words), folder, next(words))
    mentions = catalogue.Change(
        department=town.other,
        step="register",
        state="draft",
        document=document("其他信息", note="不提它"),
        aliases=[("elsewhere", "other-entry-000001")],
    )
    catalogue.store(session, SYSTEM, [mentions])
    # Texts that only a form or a file can have given: a name, an id of an item, a reason.
    session.execute(
        sa.update(MaskingPlan)
        .where(MaskingPlan.resource_id == resource.id)
        .values(digest=next(words))
    )
    session.add(RequestElement(request_id=_request(session, resource), element_key=next(words)))
    session.add(FormKey(key="k" * 24, person_id=person, answer=f"/search?q={next(words)}"))
    session.execute(sa.update(Mount).values(number=next(words)))
    faults = [{"params": {"value": next(words)}}]
    ours = sa.update(Version).where(Version.resource_id == resource.id)
    session.execute(ours.values(faults=faults))
    session.execute(sa.update(Submission).values(letter_number=f"{name}的函"))
    scan = session.scalars(sa.select(StoredFile).where(StoredFile.purpose == "scan")).one()
    scan.name = next(words)
    session.flush()


def _request(session, resource):
    return session.scalars(sa.select(Request.id).where(Request.resource_id == resource.id)).one()


def issued(town, resource, version, project, reason, folder, revoked_because="", masking=()):
    """An opinion that lists the entry and gives a reason, maybe revoked; the issued package."""
    session, key = town.session, signing.load(folder / "signing.key")
    size, root = journal.head(session)
    person = session.scalars(sa.select(Person.id)).first()
    number = f"乌数核〔2026〕{project.id}号"
    payload = {
        "number": number,
        "project": {"name": project.name, "unit": "民政局", "kind": "新建", "stage": "final"},
        "issued_on": "2026-09-01",
        "result": "fail",
        "gates": [
            {
                "id": "G-CAT",
                "title": "编目",
                "result": "fail",
                "basis": "第十五条",
                "reason": reason,
            }
        ],
        "versions": [
            {
                "key": resource.key,
                "name": version.name,
                "code": resource.code or "",
                "version": version.number,
                "digest": version.digest,
            }
        ],
        "signers": [{"name": "某人", "post": "验收核验员", "way": ""}],
        "journal_head": {"size": size, "root": root, "at": "2026-09-01T00:00:00.000000Z"},
        "issuer": "数据局",
        "masking": list(masking),
    }
    made = papers.opinion(payload, key)
    digests = papers.annex_digests(made)
    payload["masking"] = [{**one, "pdf": pdf} for one, pdf in zip(masking, digests, strict=True)]
    kept = files.keep(session, folder, SYSTEM, "opinion", "意见.zip", made)
    opinion = Opinion(
        number=number,
        project_id=project.id,
        stage="final",
        result="fail",
        payload=payload,
        digest=kept.digest,
        signed_by=person,
        signed_at=db.now(),
        file_id=kept.id,
    )
    session.add(opinion)
    session.flush()
    if revoked_because:
        act = papers.revoke(number, papers.pdf_digest(made), revoked_because, "2026-09-02", key)
        session.add(
            Revocation(
                opinion_id=opinion.id,
                number="撤1",
                reason=revoked_because,
                statement=act,
                revoked_by=person,
                revoked_at=db.now(),
            )
        )
        session.flush()
    return made


def bytes_of(database: db.Database, folder: Path) -> bytes:
    """Everything that is stored: every file of the data folder, or every row of the server."""
    found = b"".join(path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file())
    if POSTGRESQL:
        with database.reading.connect() as connection:
            for table in db.Base.metadata.sorted_tables:
                # A Row shortens what it prints; a tuple does not.
                found += repr([tuple(r) for r in connection.execute(sa.select(table))]).encode()
    return found


def held(phrase: str, stored: bytes) -> bool:
    spellings = (phrase, json.dumps(phrase)[1:-1])
    return any(text.encode(kind) in stored for text in spellings for kind in ("utf-8", "utf-16-le"))


def test_after_a_wipe_the_planted_phrases_are_found_nowhere(database, tmp_path):
    index = search.open("tantivy:", tmp_path)
    with db.transaction(database, writes=True) as session:
        town = Town(session)
        resource = planted(town, tmp_path)
        guard, officer, key = town.person("security"), town.person("secrecy"), resource.key
        other = published(town, "留下的信息").key
    discovery.drain(database, index)
    discovery.rebuild(database, index)
    before = bytes_of(database, tmp_path)
    assert [p for p in PHRASES if not held(p, before)] == []

    with db.transaction(database, writes=True) as session:
        row = spill.freeze(session, officer, key, "state_secret")
        spill.wipe(session, guard, row, means(tmp_path), "乌保〔2026〕1号")
    while discovery.drain(database, index):
        pass
    assert discovery.cleanse(database, index, tmp_path) == 1

    after = bytes_of(database, tmp_path)
    assert [p for p in PHRASES if held(p, after)] == []
    assert [k for k, _ in index.versions()] == [other]
    assert set(discovery.listed(tmp_path)) == {key}
    with db.transaction(database, writes=False) as session:
        assert journal.verify(session) == []
        assert {
            v.state
            for v in session.scalars(
                sa.select(Version)
                .join(Resource, Resource.id == Version.resource_id)
                .where(Resource.key == key)
            )
        } == {"wiped"}
        rows = session.scalars(sa.select(Edition.rows).order_by(Edition.id)).first()
        assert rows[1] == {"key": "other", "name": "留下"}
        assert session.scalars(sa.select(Job.ended_at)).one() is not None
    index.close()


def frozen_and_wiped(session, town, resource, folder, kept=()):
    row = spill.freeze(session, town.person("secrecy"), resource.key, "state_secret")
    guard = town.person("security")
    spill.wipe(session, guard, row, means(folder), "乌保〔2026〕1号", kept)
    return row


def in_project(town, resource, **more):
    project = Project(name="平台", unit_id=town.department.id, kind="new", stage="final")
    town.session.add(project)
    town.session.flush()
    person = town.session.scalars(sa.select(Person.id)).first()
    today = db.now().date()
    raised = {"kind": "1", "raised_by": person, "raised_on": today, "due": today, "state": "open"}
    finding = Finding(project_id=project.id, **raised, **more)
    town.session.add_all([ProjectResource(project_id=project.id, resource_id=resource.id), finding])
    town.session.flush()
    return project, finding


def test_a_wipe_empties_the_tables_of_filters_even_where_the_freeze_did_not(
    session, town, tmp_path
):
    resource = published(town)
    row = session.get_one(Shown, resource.id)
    before = (row.face, row.digest)
    assert session.scalar(sa.select(Trait.value).where(Trait.resource_id == resource.id))
    freeze = spill.freeze(session, town.person("secrecy"), resource.key, "state_secret")
    session.refresh(row)
    assert row.digest is None
    assert not session.scalar(sa.select(Trait.value).where(Trait.resource_id == resource.id))
    # As a release without these rules, or a hand in the database, may have left them.
    row.face, row.digest = before
    session.add(Trait(resource_id=resource.id, field="keywords", value="泄密词语"))
    session.flush()
    spill.wipe(session, town.person("security"), freeze, means(tmp_path), "乌保〔2026〕1号")
    session.refresh(row)
    assert (row.face, row.digest, row.version_id) == (GONE, None, None)
    assert not session.scalar(sa.select(Trait.value).where(Trait.resource_id == resource.id))


def test_a_paper_that_names_a_wiped_entry_becomes_a_stub_and_every_copy_of_it_is_known(
    session, town, tmp_path
):
    resource = published(town)
    project, _ = in_project(town, resource, text="")
    copy = issued(town, resource, resource.live, project, "缺少说明", tmp_path, "材料不实")
    key = means(tmp_path).key
    opinion = session.scalars(sa.select(Opinion)).one()
    digest, number = opinion.digest, opinion.number
    assert papers.verify(copy, trusted=[key.public]).is_valid
    frozen_and_wiped(session, town, resource, tmp_path)
    assert (opinion.digest, opinion.number) == (digest, number)
    assert opinion.payload["signature"]["statement"]["pdf"] == papers.pdf_digest(copy)
    with pytest.raises(Missing):
        acceptance.package_of(session, tmp_path, opinion)
    verdict = papers.verify(copy, trusted=[key.public], revocations=acceptance.revocations(session))
    assert verdict.status == "wiped"
    assert "清除" in verdict.sentence()
    facts = session.scalars(sa.select(JournalRow.facts).where(JournalRow.act == "wipe")).one()
    assert digest in facts
    sheet = spill.sheet(
        session, session.scalars(sa.select(Freeze)).one(), resource, means(tmp_path)
    )
    assert [(one.title, one.is_wiped) for one in sheet.named] == [(number, True)]


def test_a_paper_that_only_lists_the_name_is_kept_where_that_was_chosen(session, town, tmp_path):
    resource = published(town)
    project, finding = in_project(town, resource, text="机房没有门禁")
    copy = issued(town, resource, resource.live, project, "没有挂接", tmp_path)
    opinion = session.scalars(sa.select(Opinion)).one()
    kept = [f"opinion:{opinion.number}", f"finding:{finding.key}"]
    frozen_and_wiped(session, town, resource, tmp_path, kept)
    session.refresh(finding)
    assert finding.text == "机房没有门禁"
    assert acceptance.package_of(session, tmp_path, opinion)[1] == copy
    (job,) = session.scalars(sa.select(Job))
    assert job.payload["kept"] == sorted(kept)


def proven(resource, name, **changes):
    """The evidence of one release of an entry, as an annex says it."""
    column = {"name": "秘密列", "was": "原文", "done": "删除", "remains": "没有", "approved": ""}
    return {
        "key": resource.key,
        "name": name,
        "report": f"report of {resource.key}",
        "profile": "统计共享",
        "kind": "measured",
        "level_before": 1,
        "level": 3,
        "k": 9,
        "risk": 0.1,
        "suppressed": 0.0,
        "columns": [column],
        "input": "sm3:" + "1" * 64,
        "output": "sm3:" + "2" * 64,
        "plan": "sm3:" + "3" * 64,
        "digest": "sm3:" + "4" * 64,
        "handed_in_by": "萨仁",
        "rechecked_by": "巴特尔",
    } | changes


def test_a_paper_that_is_kept_loses_the_annex_about_the_entry_and_still_verifies(
    session, town, tmp_path
):
    resource, other = published(town), published(town, "低保对象信息")
    project, _ = in_project(town, resource, text="")
    masking = [proven(other, "低保对象信息"), proven(resource, "婚姻登记预约信息")]
    copy = issued(town, resource, resource.live, project, "没有挂接", tmp_path, masking=masking)
    opinion = session.scalars(sa.select(Opinion)).one()
    key = means(tmp_path).key.public
    frozen_and_wiped(session, town, resource, tmp_path, [f"opinion:{opinion.number}"])
    _, package = acceptance.package_of(session, tmp_path, opinion)
    verdict = papers.verify(package, trusted=[key])
    assert verdict.is_valid
    said = [check.sentence() for check in verdict.checks if check.name == "annex_wiped"]
    assert len(said) == 1
    assert "附件三第 2 份" in said[0]
    # The opinion is the paper that was signed, and so is the annex about the other entry.
    with zipfile.ZipFile(io.BytesIO(copy)) as before, zipfile.ZipFile(io.BytesIO(package)) as after:
        assert set(before.namelist()) - set(after.namelist()) == {"附件三-2.pdf"}
        same = set(before.namelist()) & set(after.namelist())
        assert all(before.read(one) == after.read(one) for one in same)
    # What it said of the entry is nowhere any more: no page and no digest of what it was made from.
    stored = json.dumps(opinion.payload, ensure_ascii=False)
    assert stored.count("秘密列") == 1
    assert "wiped" not in opinion.payload["masking"][0]
    assert opinion.payload["masking"][1].keys() == {"key", "wiped", "pdf", "act"}
    # Whoever still holds the package as it was issued is told to destroy that page.
    published_acts = acceptance.revocations(session)
    old = papers.verify(copy, trusted=[key], revocations=published_acts)
    assert old.is_valid
    assert "请销毁" in next(c.sentence() for c in old.checks if c.name == "annex_wiped")


def test_an_annex_that_is_missing_without_a_signed_act_makes_the_package_invalid(
    session, town, tmp_path
):
    resource = published(town)
    project, _ = in_project(town, resource, text="")
    copy = issued(
        town, resource, resource.live, project, "无", tmp_path, masking=[proven(resource, "某条目")]
    )
    key, number = means(tmp_path).key, session.scalars(sa.select(Opinion.number)).one()
    (pdf,) = papers.annex_digests(copy)
    day = date(2026, 9, 1)
    good = papers.withdraw_annex(number, pdf, "2026-09-03", key)
    assert papers.verify(papers.without(copy, {1: good}, day), trusted=[key.public]).is_valid
    forger = signing.load(tmp_path / "forger.key")
    for act in (
        papers.withdraw_annex(number, pdf, "2026-09-03", forger),
        papers.withdraw_annex(number, "sm3:" + "0" * 64, "2026-09-03", key),
        papers.withdraw_annex("乌数核〔2026〕999号", pdf, "2026-09-03", key),
        papers.withdraw(number, pdf, "2026-09-03", key),
        {},
    ):
        made = papers.verify(papers.without(copy, {1: act}, day), trusted=[key.public])
        assert [check.name for check in made.checks if check.passed is False] == ["annexes"]


@pytest.mark.parametrize("reason", ["缺少信息项「预约编号」", "婚姻登记预约信息写得过细"])
def test_a_paper_that_says_more_than_the_name_goes_whatever_was_chosen(
    session, town, tmp_path, reason
):
    resource = published(town, "婚姻登记预约信息")
    names = session.scalars(sa.select(Element.name)).all()
    reason = reason.replace("预约编号", names[0])
    project, finding = in_project(town, resource, text=f"{reason}，请整改")
    issued(town, resource, resource.live, project, reason, tmp_path)
    opinion = session.scalars(sa.select(Opinion)).one()
    kept = [f"opinion:{opinion.number}"]
    standing = sa.select(Opinion.number).where(Opinion.stands())
    assert session.scalars(standing).all() == [opinion.number]
    frozen_and_wiped(session, town, resource, tmp_path, kept)
    assert opinion.payload["wiped"]
    assert not session.scalars(standing).all()
    session.refresh(finding)
    assert finding.text == WIPED_NAME


def test_a_name_that_another_entry_bears_too_is_no_trace(session, town, tmp_path):
    resource = published(town, "重名的信息")
    other = Change(town.other, "register", "draft", document=document("重名的信息"))
    catalogue.store(session, SYSTEM, [other])
    row = spill.freeze(session, town.person("secrecy"), resource.key, "unsure")
    evidence_of(session, town, "重名的信息")
    spill.wipe(session, town.person("security"), row, means(tmp_path), "乌保〔2026〕1号")
    assert session.scalars(sa.select(Evidence.number)).one() == "重名的信息"


def evidence_of(session, town, number):
    project = Project(name="平台", unit_id=town.department.id, kind="new", stage="final")
    session.add(project)
    session.flush()
    person = session.scalars(sa.select(Person.id)).first()
    today = db.now().date()
    facts = {"gate": "G-CLOUD", "on": today, "entered_by": person}
    session.add(Evidence(project_id=project.id, number=number, **facts))
    session.flush()


def test_a_wiped_entry_that_a_backup_brought_back_is_wiped_again_once(session, town, tmp_path):
    resource = published(town)
    assert spill.wipe_again(session, Wiped(resource.key, db.now()), means(tmp_path))
    assert not spill.wipe_again(session, Wiped(resource.key, db.now()), means(tmp_path))
    assert not spill.wipe_again(session, Wiped("unknown", db.now()), means(tmp_path))
    assert journal.verify(session) == []


@pytest.fixture
def hurried(tmp_path, monkeypatch):
    """A database that waits for no other longer than a second."""
    monkeypatch.setattr(db, "WAIT_FOR_WRITER_S", 1)
    with empty_database(tmp_path) as opened:
        yield opened


def test_a_reader_in_the_way_puts_the_cleansing_off_and_it_is_done_later(hurried, tmp_path):
    index = search.open("tantivy:", tmp_path)
    with db.transaction(hurried, writes=True) as session:
        resource = published(Town(session))
        spill.wipe_again(session, Wiped(resource.key, db.now()), means(tmp_path))
    with db.transaction(hurried, writes=False) as reader:
        assert reader.scalars(sa.select(Version.state)).all() == ["wiped"]
        put_off = not POSTGRESQL and discovery.cleanse(hurried, index, tmp_path) == 0
    if put_off:
        assert discovery.cleanse(hurried, index, tmp_path) == 0
        with time_machine.travel(db.now() + timedelta(minutes=1), tick=False):
            assert discovery.cleanse(hurried, index, tmp_path) == 1
    index.close()
