"""What was wiped does not come back by the next file, sheet, call or backup; what is new does."""

import json
import shutil
from datetime import date

import pytest
import sqlalchemy as sa
from click.testing import CliRunner

import search
from connectors import ckan, excel, files, incoming
from registry import accounts, calendar, catalogue, db, discovery, signing
from registry import backup as backups
from registry.access import SYSTEM
from registry.access.actor import of_account
from registry.catalogue import adoption, spill, wiped
from registry.catalogue.adoption import Basis
from registry.catalogue.drafts import DEFAULTS
from registry.catalogue.traces import Means
from registry.cli import main
from registry.errors import Conflict
from registry.models.accounts import Organisation
from registry.models.catalogue import Resource, Version
from registry.web.sheets import incoming as from_sheet
from tests import factories
from tests.factories import Town, document, sign_in, token_of

DIGEST = "sm3:" + "0" * 64
NAME = "绝密词语信息"
UNIT = "11150300DEM000022H"


def packages():
    made = [
        ckan.package(document(NAME), ckan.About(key="p-1")),
        ckan.package(document("留下的信息"), ckan.About(key="p-2")),
    ]
    return [{**one, "organization": {"title": "民政局"}} for one in made]


def plan(session, lines=None, source="ckan", format_=ckan.incoming):
    read = [format_(n, one) for n, one in enumerate(lines or packages(), start=1)]
    return adoption.plan(session, source, read)


def refused(plan_):
    return [place for place, _ in plan_.wiped]


def wipe(session, town, key, folder):
    row = spill.freeze(session, town.person("secrecy"), key, "state_secret")
    means = Means(folder, signing.load(folder / "signing.key"))
    spill.wipe(session, town.person("security"), row, means, "乌保〔2026〕1号")


def adopted_and_wiped(session, town, folder):
    stored = adoption.adopt(session, plan(session), Basis("1", DIGEST))
    wipe(session, town, stored[0].key, folder)
    return stored[0].key


def test_the_same_file_brings_all_but_the_wiped_entry_and_says_when_it_was(town, session, tmp_path):
    adopted_and_wiped(session, town, tmp_path)
    again = plan(session)
    assert again.wiped == [(1, calendar.today().isoformat())]
    assert (again.known, again.entries) == (1, [])
    # By another name of the source, and with other ids, it is the same entry.
    assert refused(plan(session, source="other")) == [1]
    renamed = [{**one, "id": f"new-{n}"} for n, one in enumerate(packages())]
    assert refused(plan(session, renamed, "third")) == [1]


def test_no_format_brings_it_back_by_key_code_text_or_name_with_items(town, session, tmp_path):
    key = adopted_and_wiped(session, town, tmp_path)
    code = session.scalars(sa.select(Resource.code).where(Resource.key == key)).one()
    lines = [
        {"key": key, "document": document("别的一")},
        {"code": code, "document": document("别的二")},
        {"key": "x1", "document": document(NAME)},
        {"key": "x2", "document": document(f" {NAME}", note="改了")},
        {"key": "x3", "document": document("新的信息")},
    ]
    lines = [{**one, "department_code": UNIT} for one in lines]
    assert refused(plan(session, lines, "jsonl", incoming.entry)) == [1, 2, 3, 4]


def test_a_sheet_names_the_row_and_a_draft_is_not_filled_with_the_same_text(
    town, session, tmp_path
):
    registrar, unit = town.person("registrar"), town.department
    stored = catalogue.register(session, registrar, unit, document(NAME), declared=True)
    exported = excel.Exported(document(NAME), stored.key, "", unit.name, unit.code, "", "")
    rows = excel.read(files.tables(excel.write([exported], "目录")))
    wipe(session, town, stored.key, tmp_path)
    sheet = [from_sheet(row) for row in rows]
    taken = catalogue.take(session, registrar, unit, sheet, declared=True)
    told = [problem for _, problem in taken.faults if problem.code == "wiped-before"]
    assert "安全保密管理员" in told[0].message("zh")
    assert "security administrator" in told[0].message("en")
    with pytest.raises(Conflict, match="wiped_before"):
        catalogue.register(session, registrar, unit, document(NAME), declared=True)
    blank = catalogue.register(session, registrar, unit, {}, declared=True)
    version = session.get_one(Version, blank.version_id)
    with pytest.raises(Conflict, match="wiped_before"):
        catalogue.save(session, registrar, version, {**DEFAULTS, **document(NAME)})
    # Written anew it is another entry, for the reviewers to judge.
    catalogue.save(session, registrar, version, document(NAME, abstract="重新编写的摘要" * 4))


def test_who_brings_the_number_of_another_units_entry_does_not_learn_that_it_was_wiped(
    town, session, tmp_path
):
    key = adopted_and_wiped(session, town, tmp_path)
    code = session.scalars(sa.select(Resource.code).where(Resource.key == key)).one()
    home, other = (
        town.department,
        session.scalars(
            sa.select(Organisation).where(Organisation.id != town.department.id)
        ).first(),
    )
    owner = session.scalars(sa.select(Resource).where(Resource.key == key)).one().department
    assert code
    for unit, told in ((home, owner is home), (other, owner is other)):
        account = accounts.add_account(session, SYSTEM, f"reg-{unit.id}", "某人", hashed="!")
        accounts.appoint(session, SYSTEM, account, "registrar", unit, date(2024, 1, 1))
        actor = of_account(session, account, calendar.today())
        rows = [
            catalogue.Incoming(key, "", "甲信息", lambda *_: document("甲信息")),
            catalogue.Incoming("", code, "乙信息", lambda *_: document("乙信息")),
        ]
        made = catalogue.take(session, actor, unit, rows, declared=True, dry_run=True)
        found = [place for place, one in made.faults if one.code == "wiped-before"]
        assert found == ([0, 1] if told else [])


def test_a_mark_tells_nothing_without_the_secret_of_the_installation(town, session, tmp_path):
    adopted_and_wiped(session, town, tmp_path)
    own = session.info["database"]
    session.info["database"] = db.Database(own.reading, own.writing, b"guess" * 8)
    assert plan(session).wiped == []


def test_a_backup_older_than_the_entry_does_not_open_the_way_for_it(database, tmp_path):
    for name in ("here", "there", "new"):
        (tmp_path / name).mkdir()
    here, there = (factories.settings(tmp_path / name) for name in ("here", "there"))
    here.secret_key_file.write_text((b"secret" * 6).hex())
    with db.transaction(database, writes=True) as session:
        town = Town(session)
    backups.backup(here, database, tmp_path / "older", with_keys=True)
    index = search.open("tantivy:", here.data_dir)
    with db.transaction(database, writes=True) as session:
        town.session = session
        adopted_and_wiped(session, town, here.data_dir)
    discovery.cleanse(database, index, here.data_dir)
    index.close()
    shutil.copy(here.data_dir / discovery.WIPED, there.data_dir)
    with factories.empty_database(tmp_path / "new") as elsewhere:
        backups.place_keys(there, tmp_path / "older")
        index = search.open("tantivy:", there.data_dir)
        done = backups.restore(there, elsewhere, index, tmp_path / "older")
        index.close()
        assert (done.wiped, done.faults) == (0, ())
        with db.transaction(elsewhere, writes=False) as session:
            assert refused(plan(session)) == [1]


def test_the_command_says_it_in_a_sentence_and_takes_the_rest(database, tmp_path, monkeypatch):
    url = database.writing.url.render_as_string(hide_password=False)
    monkeypatch.setenv("CATALOGUE_DATABASE_URL", url)
    monkeypatch.setenv("CATALOGUE_DATA_DIR", str(tmp_path))
    (tmp_path / "secret.key").write_text((b"secret" * 6).hex())
    with db.transaction(database, writes=True) as session:
        adopted_and_wiped(session, Town(session), tmp_path)
    path = tmp_path / "old.jsonl"
    path.write_text("\n".join(json.dumps(one) for one in packages()), "utf-8")
    told = CliRunner().invoke(main, ["import", str(path), "--adopt", "--basis", "1"])
    assert told.exit_code == 0, told.output
    assert "第 1 条已于" in told.output
    assert "安全保密管理员" in told.output


def test_a_program_that_posts_it_again_gets_a_sentence(city):
    client = sign_in(city, "registrar")
    token = token_of(client.get("/inbox").text)
    with db.transaction(city.extensions["registry_database"], writes=True) as session:
        unit = session.scalars(sa.select(Organisation).where(Organisation.code == UNIT)).one()
        change = catalogue.Change(unit, "register", "draft", document=document(NAME))
        stored = catalogue.store(session, SYSTEM, [change])[0]
        wiped.note(session, session.get_one(Resource, stored.resource_id), db.now())
    body = {"department": UNIT, "document": document(NAME), "declared": True}
    answer = client.post("/api/v1/resources", json=body, headers={"X-CSRF-Token": token})
    assert answer.status_code == 409, answer.text
    assert "依法清除" in answer.json["detail"]
