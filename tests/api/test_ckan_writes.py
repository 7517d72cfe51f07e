"""Unmodified clients of CKAN write: always a draft, through the gates of the form, ids stable."""

import itertools
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
import requests
import sqlalchemy as sa
from ckanapi import CKANAPIError, NotAuthorized, NotFound, RemoteCKAN, ValidationError

from registry import db
from registry.api.writing import WRITES
from registry.models.catalogue import Alias, Resource, Version
from registry.models.journal import JournalRow
from tests.api.test_hostile import VALUES
from tests.factories import document, sign_in

CIVIL = "11150300DEM000022H"
NAME = "婚姻登记信息"
CKANAPI = Path(sys.executable).with_name("ckanapi")


@pytest.fixture(scope="module")
def registrar(site, token):
    with RemoteCKAN(site, apikey=token("registrar")) as client:
        yield client


@pytest.fixture(scope="module")
def consumer(site, token):
    with RemoteCKAN(site, apikey=token("consumer")) as client:
        yield client


@pytest.fixture
def stored(city):
    """The row of an entry by its key, with its newest version."""

    def of(key):
        with db.transaction(city.extensions["registry_database"], writes=False) as session:
            return session.execute(
                sa.select(Resource, Version)
                .join(Version, Version.resource_id == Resource.id)
                .where(Resource.key == key)
                .order_by(Version.number.desc())
            ).first()

    return of


def acts(city, key):
    with db.transaction(city.extensions["registry_database"], writes=False) as session:
        return list(
            session.scalars(
                sa.select(JournalRow.act).where(JournalRow.key == key).order_by(JournalRow.seq)
            )
        )


def extra(package, key):
    return next((one["value"] for one in package["extras"] if one["key"] == key), None)


def test_a_created_package_is_a_draft_of_the_unit_of_the_token(
    city, site, token, registrar, stored
):
    answer = requests.post(
        f"{site}/api/action/package_create",
        json={"name": "hun-yin-yu-yue", "title": "婚姻预约", "notes": "每日预约情况", "id": "u-1",
              "tags": [{"name": "婚姻"}], "extras": [{"key": "来源", "value": "旧平台"}]},
        headers={"Authorization": token("registrar")},
        timeout=60,
    )  # fmt: skip
    assert answer.status_code == 200
    made = answer.json()["result"]
    resource, version = stored(made["id"])
    assert (version.state, resource.live_version_id, resource.code) == ("draft", None, None)
    assert resource.department.code == CIVIL
    assert (made["state"], made["title"], extra(made, "来源")) == ("draft", "婚姻预约", "旧平台")
    assert made["id"] not in ("u-1", "hun-yin-yu-yue")
    assert acts(city, made["id"]) == ["register"]
    for name in ("u-1", "hun-yin-yu-yue", made["name"]):
        assert registrar.action.package_show(id=name)["id"] == made["id"]
    with pytest.raises(ValidationError) as refused:
        registrar.action.package_create(name="hun-yin-yu-yue", title="又一个")
    assert "已经在用" in refused.value.error_dict["name"][0]


def test_nobody_else_sees_the_draft_and_no_search_finds_it(registrar, consumer):
    made = registrar.action.package_create(name="secret-draft", title="尚未发布的条目")
    with pytest.raises(NotFound):
        consumer.action.package_show(id=made["id"])
    found = registrar.action.package_search(q="尚未发布的条目", include_private=True)
    assert made["id"] not in {one["id"] for one in found["results"]}


def test_an_update_replaces_everything_a_patch_only_what_is_sent(registrar, stored):
    made = registrar.action.package_create(
        name="p-1", title="甲", notes="说明文字", tags=[{"name": "一"}]
    )
    patched = registrar.action.package_patch(id=made["id"], notes="新的说明")
    assert (patched["title"], patched["notes"]) == ("甲", "新的说明")
    assert [one["name"] for one in patched["tags"]] == ["一"]
    updated = registrar.action.package_update(id="p-1", title="乙")
    assert (updated["id"], updated["title"], updated["notes"]) == (made["id"], "乙", None)
    assert updated["tags"] == []
    assert "extras" not in json.loads(stored(made["id"])[1].document)


def test_what_a_dump_holds_comes_back_by_update_without_a_change(registrar, stored, key_of):
    key = key_of(NAME)
    before = json.loads(stored(key)[1].document)
    package = registrar.action.package_show(id=key)
    updated = registrar.action.package_update(**package)
    assert updated["state"] == "draft"
    resource, version = stored(key)
    assert (version.state, version.id != resource.live_version_id) == ("draft", True)
    assert json.loads(version.document) == before
    # The public goes on reading the live version.
    assert registrar.action.package_show(id=key) == package


def test_the_gates_of_the_form_hold(city, registrar, consumer, token, site, key_of):
    with pytest.raises(NotAuthorized) as refused:
        consumer.action.package_create(name="x-1", title="越权")
    assert "Access denied: " in str(refused.value) or refused.value.extra_msg
    with pytest.raises(NotAuthorized), RemoteCKAN(site) as nobody:
        nobody.action.package_create(name="x-2", title="无名")
    with pytest.raises(NotAuthorized):
        registrar.action.package_create(name="x-3", title="他人", owner_org="11150300DEM000065Y")
    with pytest.raises(ValidationError) as missing:
        registrar.action.package_create(name="x-4", title="甲", owner_org="nowhere")
    assert "nowhere" in missing.value.error_dict["owner_org"][0]
    with pytest.raises(ValidationError) as undeclared:
        registrar.action.package_create(name="x-5", title="甲", declared=False)
    assert "declared" in undeclared.value.error_dict
    with pytest.raises(ValidationError):
        registrar.action.package_create()
    with pytest.raises(NotAuthorized):
        registrar.action.package_delete(id=key_of(NAME))
    with pytest.raises(CKANAPIError):
        RemoteCKAN(site, apikey=token("registrar"), get_only=True).action.package_create(name="g")
    for action in ("package_publish", "package_adopt", "adopt"):
        with pytest.raises(CKANAPIError):
            registrar.call_action(action, {"id": key_of(NAME)})
    with db.transaction(city.extensions["registry_database"], writes=False) as session:
        made = session.scalars(
            sa.select(Alias.value).where(Alias.source == "ckan", Alias.value.like("x-%"))
        ).all()
    assert made == []


def test_a_browser_that_is_signed_in_cannot_be_made_to_write(city):
    client = sign_in(city, "registrar")
    answer = client.post("/api/3/action/package_create", json={"name": "forged", "title": "甲"})
    assert answer.status_code == 403
    assert answer.json["error"]["__type"] == "Authorization Error"


def test_a_deleted_draft_is_gone_and_its_name_is_free_again(registrar, stored):
    made = registrar.action.package_create(name="gone-1", title="误建")
    assert registrar.action.package_delete(id="gone-1") is None
    with pytest.raises(NotFound):
        registrar.action.package_show(id=made["id"])
    assert stored(made["id"])[1].state == "retired"
    assert registrar.action.package_create(name="gone-1", title="重建")["id"] != made["id"]


def test_the_head_proposes_the_retirement_of_what_is_public(city, site, token, key_of):
    key = key_of(NAME)
    with RemoteCKAN(site, apikey=token("head")) as head:
        assert head.action.package_delete(id=key) is None
        assert head.action.package_show(id=key)["state"] == "active"
    assert acts(city, key)[-1] == "propose_retirement"


def test_resources_are_the_formats_of_a_draft_and_files_are_not_kept(registrar, tmp_path):
    made = registrar.action.package_create(name="r-1", title="带资源")
    file = tmp_path / "rows.csv"
    file.write_text("姓名\n张三\n", "utf-8")
    with file.open("rb") as upload:
        one = registrar.action.resource_create(
            package_id=made["id"], format="csv", name="rows", upload=upload
        )
    assert (one["format"], one["package_id"]) == ("csv", made["id"])
    other = registrar.action.resource_patch(id=one["id"], format="xlsx")
    assert other["format"] == "xlsx"
    shown = registrar.action.package_show(id=made["id"])
    assert [r["format"] for r in shown["resources"]] == ["xlsx"]
    registrar.action.resource_delete(id=other["id"])
    assert registrar.action.package_show(id=made["id"])["resources"] == []
    with pytest.raises(ValidationError):
        registrar.action.resource_create(package_id=made["id"])


def test_what_is_handed_in_is_not_changed_by_a_program(registrar, site, token, stored):
    made = registrar.action.package_create(name="h-1", title="甲")
    answer = requests.get(
        f"{site}/api/v1/resources/{made['id']}",
        params={"version": "working"},
        headers={"Authorization": token("registrar")},
        timeout=60,
    )
    headers = {"Authorization": token("registrar"), "If-Match": answer.headers["ETag"]}
    address = f"{site}/api/v1/resources/{made['id']}"
    requests.put(
        address, json=document("完整的条目"), headers=headers, timeout=60
    ).raise_for_status()
    requests.post(f"{address}/hand-in", headers=headers, timeout=60).raise_for_status()
    with pytest.raises(ValidationError):
        registrar.action.package_patch(id=made["id"], title="乙")
    with pytest.raises(NotAuthorized):
        registrar.action.package_delete(id=made["id"])
    assert stored(made["id"])[1].state == "in_secrecy_review"


def test_the_caller_is_shown_to_himself_alone(registrar, consumer):
    assert registrar.action.user_show()["name"] == "registrar"
    with pytest.raises(NotFound):
        consumer.action.user_show(id="registrar")


def test_keywords_and_fields_are_shown(consumer, key_of):
    assert consumer.action.tag_show(id="婚姻登记", include_datasets=True)["packages"]
    with pytest.raises(NotFound):
        consumer.action.tag_show(id="没有这个词")
    assert consumer.action.vocabulary_list() == []
    resource = consumer.action.package_show(id=key_of(NAME))["resources"][0]
    answer = consumer.action.datastore_search(resource_id=resource["id"], limit=0)
    assert answer["fields"]
    assert answer["records"] == []


def run(*args, text=None):
    # Its workers are started by the bare name of the command.
    env = {**os.environ, "PATH": f"{CKANAPI.parent}:{os.environ['PATH']}"}
    asked = ["ckanapi", *map(str, args)]
    done = subprocess.run(asked, input=text, capture_output=True, text=True, check=False, env=env)
    assert done.returncode == 0, done.stderr[-2000:]
    return done


def test_the_command_of_ckanapi_searches_dumps_loads_and_deletes(
    site, token, registrar, tmp_path, stored
):
    asked = ["-r", site, "-a", token("registrar")]
    found = json.loads(run("action", "package_search", "q=婚姻登记", "rows=1", *asked).stdout)
    assert found["count"] > 0
    dumped = tmp_path / "dump.jsonl"
    some = registrar.action.package_list(limit=5)
    run("dump", "datasets", *some, "-O", dumped, *asked)
    packages = [json.loads(line) for line in dumped.read_text("utf-8").splitlines()]
    assert sorted(one["name"] for one in packages) == sorted(some)
    fresh = {"id": "loaded-1", "name": "loaded-one", "title": "载入的条目", "notes": "由命令载入"}
    loaded = tmp_path / "load.jsonl"
    loaded.write_text(json.dumps(fresh) + "\n", "utf-8")
    run("load", "datasets", "-I", loaded, *asked)
    made = registrar.action.package_show(id="loaded-1")
    assert (made["title"], made["state"]) == ("载入的条目", "draft")
    loaded.write_text(json.dumps({**fresh, "title": "再次载入"}) + "\n", "utf-8")
    run("load", "datasets", "-I", loaded, *asked)
    assert registrar.action.package_show(id="loaded-1")["title"] == "再次载入"
    run("delete", "datasets", "loaded-1", *asked)
    assert stored(made["id"])[1].state == "retired"


def test_no_value_of_a_package_ends_in_a_fault(city, token):
    client, headers = city.test_client(), {"Authorization": token("registrar")}
    fields = (
        "title",
        "notes",
        "tags",
        "groups",
        "extras",
        "resources",
        "owner_org",
        "id",
        "format",
    )
    made = client.post("/api/3/action/package_create", json={"title": "甲"}, headers=headers).json
    key = made["result"]["id"]
    for field, value in itertools.product(fields, VALUES[::9]):
        body = json.dumps({"title": "甲", "id": key, "package_id": key, field: value})
        for action in ("package_create", "package_patch", "resource_create"):
            if action == "package_patch" and field == "id":
                continue
            answer = client.post(
                f"/api/3/action/{action}", data=body, headers=headers,
                content_type="application/json",
            )  # fmt: skip
            assert answer.status_code in (200, 400, 403, 404, 409), (action, field, value)
            assert answer.is_json
    shown = client.get("/api/3/action/package_show", query_string={"id": key}, headers=headers)
    assert shown.status_code == 200


def test_who_may_not_write_is_refused_before_anything_he_sent_is_read(city, site, token):
    for username in ("consumer", "auditor", "reviewer"):
        for action in WRITES:
            for body in (b"{", b"[]", b"{}", b'{"owner_org": "nowhere"}', b'{"id": "no-such"}'):
                answer = requests.post(
                    f"{site}/api/action/{action}",
                    data=body,
                    headers={"Authorization": token(username), "Content-Type": "application/json"},
                    timeout=60,
                )
                assert answer.status_code == 403, (username, action, body, answer.text)


def test_the_right_in_a_unit_is_asked_before_the_content_is_judged(site, token):
    sent = {"owner_org": "11150300DEM000065Y", "declared": False}
    answer = requests.post(
        f"{site}/api/action/package_create",
        json=sent,
        headers={"Authorization": token("registrar")},
        timeout=60,
    )
    assert answer.status_code == 403, answer.text
