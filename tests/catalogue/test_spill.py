"""Freeze, lift, wipe: who may, who may not, and that nothing of the content is left anywhere."""

import json
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
import time_machine

import search
from registry import catalogue, db, discovery, files, journal, outbox
from registry.access import SYSTEM
from registry.catalogue import RemarkText, spill
from registry.discovery.indexing import documents
from registry.errors import Conflict, Forbidden, Invalid, Missing
from registry.models.accounts import Person
from registry.models.catalogue import Alias, Resource, Version
from registry.models.desensitization import MaskingPlan, MaskingReport
from registry.models.exchange import Request, RequestEvent, StandingConsent
from registry.models.jobs import Job
from registry.models.lists import Edition
from registry.models.projects import Mount
from tests.catalogue.test_life import published, registered
from tests.factories import POSTGRESQL, Town, document

PHRASES = [f"绝密词语{'甲乙丙丁戊己庚辛壬癸'[n % 10]}{n:02d}号" for n in range(20)]


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
            spill.wipe(session, refused, row, tmp_path, "乌保〔2026〕1号")
    spill.wipe(session, town.person("security"), row, tmp_path, "乌保〔2026〕1号")
    assert session.scalars(sa.select(Version.state)).all() == ["wiped"]


def test_the_sheet_says_where_it_was_and_who_opened_it(session, town):
    resource = published(town)
    reader = town.person("consumer")
    for _ in range(2):
        spill.note_readings(session, reader, [resource.id])
    journal.record(session, SYSTEM, "backup", "backup", "b1")
    row = spill.freeze(session, town.person("secrecy"), resource.key, "state_secret")
    sheet = spill.sheet(session, row, resource)
    assert [(days) for _, _, _, days in sheet.readers] == [1]
    assert [step for _, step, _ in sheet.deciders][-1] == "freeze"
    assert [key for _, key in sheet.backups] == ["b1"]
    assert sheet.is_published


def planted(town: Town, folder: Path) -> Resource:
    """An entry whose twenty phrases lived in every place that can hold content."""
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
    aliases = [{"resource_id": resource.id, "source": "old", "value": next(words)}]
    session.execute(sa.insert(Alias), aliases)
    assert next(words, None) is None
    return resource


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


def test_after_a_wipe_twenty_planted_phrases_are_found_nowhere(database, tmp_path):
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
        spill.wipe(session, guard, row, tmp_path, "乌保〔2026〕1号")
    while discovery.drain(database, index):
        pass
    assert discovery.cleanse(database, index, tmp_path) == 1

    after = bytes_of(database, tmp_path)
    assert [p for p in PHRASES if held(p, after)] == []
    assert [k for k, _ in index.versions()] == [other]
    assert discovery.listed(tmp_path) == {key}
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
        assert session.scalars(sa.select(Edition)).one().rows[1] == {"key": "other", "name": "留下"}
        assert session.scalars(sa.select(Job.ended_at)).one() is not None
    index.close()


def test_a_wiped_entry_that_a_backup_brought_back_is_wiped_again_once(session, town, tmp_path):
    resource = published(town)
    assert spill.wipe_again(session, resource.key, tmp_path)
    assert not spill.wipe_again(session, resource.key, tmp_path)
    assert not spill.wipe_again(session, "unknown", tmp_path)
    assert journal.verify(session) == []


def test_a_reader_in_the_way_puts_the_cleansing_off_and_it_is_done_later(database, tmp_path):
    index = search.open("tantivy:", tmp_path)
    with db.transaction(database, writes=True) as session:
        resource = published(Town(session))
        spill.wipe_again(session, resource.key, tmp_path)
    with db.transaction(database, writes=False) as reader:
        assert reader.scalars(sa.select(Version.state)).all() == ["wiped"]
        put_off = not POSTGRESQL and discovery.cleanse(database, index, tmp_path) == 0
    if put_off:
        assert discovery.cleanse(database, index, tmp_path) == 0
        with time_machine.travel(db.now() + timedelta(minutes=1), tick=False):
            assert discovery.cleanse(database, index, tmp_path) == 1
    index.close()
