"""The archive of a project: what its verification rests on, no more than its reader sees."""

import hashlib
import io
import json
import zipfile

import pytest
import sqlalchemy as sa

from registry import acceptance, db
from registry.models.projects import Project
from tests.factories import sign_in, token_of


def archived(client, key):
    answer = client.get(f"/projects/{key}/archive.zip")
    assert answer.status_code == 200, answer.text
    with zipfile.ZipFile(io.BytesIO(answer.data)) as found:
        return {name: found.read(name) for name in found.namelist()}


def keys_of(city):
    with db.transaction(city.extensions["registry_database"], writes=False) as session:
        return session.scalars(sa.select(Project.key).order_by(Project.id)).all()


def test_every_file_is_listed_with_its_digest_and_the_archive_is_the_same_twice(city):
    officer = sign_in(city, "acceptance")
    for key in keys_of(city):
        parts = archived(officer, key)
        listed = {one["name"]: one for one in json.loads(parts.pop("清单.json"))["files"]}
        assert listed.keys() == parts.keys()
        for name, data in parts.items():
            assert listed[name]["size"] == len(data)
            assert listed[name]["sha256"] == hashlib.sha256(data).hexdigest()
    again = officer.get(f"/projects/{key}/archive.zip").data
    assert again == officer.get(f"/projects/{key}/archive.zip").data


def test_the_archive_says_what_the_page_says(city):
    officer = sign_in(city, "acceptance")
    with db.transaction(city.extensions["registry_database"], writes=False) as session:
        found = {
            project.key: acceptance.examine(session, project)
            for project in session.scalars(sa.select(Project))
        }
        counted = {key: len(one.versions) for key, one in found.items()}
        said = {key: one.verdict for key, one in found.items()}
    for key, verdict in said.items():
        parts = archived(officer, key)
        assert json.loads(parts["核验.json"])["verdict"] == verdict
        entries = [name for name in parts if name.startswith("条目/")]
        assert len(entries) == counted[key]
    assert any(counted.values())


def test_an_entry_that_is_frozen_is_in_no_archive(city):
    officer, security = sign_in(city, "acceptance"), sign_in(city, "security")
    key, name = next(
        (key, name)
        for key in keys_of(city)
        for name in archived(officer, key)
        if name.startswith("条目/")
    )
    held = json.loads(archived(officer, key)[name])
    token = token_of(security.get("/security").text)
    form = {"csrf_token": token, "key": held["key"], "reason": "state_secret"}
    assert security.post("/security/freeze", data=form).status_code == 303
    parts = archived(officer, key)
    assert name not in parts
    assert held["document"]["abstract"].encode() not in b"".join(parts.values())


def test_who_has_no_part_in_a_project_gets_no_archive(city):
    key = keys_of(city)[0]
    assert sign_in(city, "consumer").get(f"/projects/{key}/archive.zip").status_code == 404
    assert city.test_client().get(f"/projects/{key}/archive.zip").status_code in (303, 401)


@pytest.mark.parametrize("who", ["finance", "development_commission", "auditor", "acceptance"])
def test_an_overdue_finding_holds_payment_and_bars_the_unit(city, who):
    page = sign_in(city, who).get("/projects/findings").text
    assert "逾期未办结" in page
    assert "建议暂缓支付 1" in page
    assert "次年不安排新建项目 1" in page


def test_the_ledger_holds_only_findings_of_projects_one_may_see(city):
    assert "没有提出过问题" in sign_in(city, "project_manager").get("/projects/findings").text
