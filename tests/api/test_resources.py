"""Programs of departments work on entries in JSON: the rights of the pages, nothing half saved."""

import re

import pytest
import sqlalchemy as sa

import schemas
from registry import db
from registry.app import create_app
from registry.models.accounts import Organisation
from registry.models.catalogue import Resource, Version
from registry.models.journal import JournalRow
from tests import factories
from tests.factories import document, sign_in, token_of

CIVIL = "11150300DEM000022H"
LIST = "/api/v1/resources"
USED = {"GET", "POST", "PUT", "PATCH", "DELETE"}


class Program:
    """A program with a person's token."""

    def __init__(self, city, token):
        self.client = city.test_client()
        self.headers = {"Authorization": token} if token else {}

    def __call__(self, method, path, body=None, **headers):
        more = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.client.open(
            LIST + path, method=method, json=body, headers={**self.headers, **more}
        )


@pytest.fixture
def program(city, token):
    return lambda username: Program(city, token(username) if username else "")


def opened(program, name, **more):
    body = {"department": CIVIL, "document": {**document(name), **more}, "declared": True}
    answer = program("registrar")("POST", "", body)
    assert answer.status_code == 201, answer.text
    return answer


def rows(city):
    with db.transaction(city.extensions["registry_database"], writes=False) as session:
        return tuple(
            session.scalar(sa.select(sa.func.count()).select_from(table))
            for table in (Resource, Version)
        )


def test_every_live_entry_is_listed_once_page_by_page(city, program):
    ask, cursor, seen = program("consumer"), "", []
    while cursor is not None:
        answer = ask("GET", f"?limit=100&cursor={cursor}").json
        seen += [entry["key"] for entry in answer["resources"]]
        cursor = answer["next"]
    with db.transaction(city.extensions["registry_database"], writes=False) as session:
        live = session.scalar(
            sa.select(sa.func.count(Resource.id))
            .join(Version, Resource.live_version_id == Version.id)
            .where(Version.visibility == "1", Version.state == "published")
        )
    assert len(seen) == len(set(seen)) == live
    own = ask("GET", f"?department={CIVIL}&limit=200").json["resources"]
    assert {entry["department"] for entry in own} == {"市民政局"}


def test_a_unit_lists_what_it_works_on_and_nobody_else_does(city, program):
    key = opened(program, "接口在办信息").json["key"]
    own = program("registrar")("GET", "?version=working&limit=200").json["resources"]
    assert key in [entry["key"] for entry in own]
    assert {entry["department"] for entry in own} == {"市民政局"}
    for username in ("consumer", "finance", "reviewer"):
        found = program(username)("GET", "?version=working&limit=200").json["resources"]
        assert key not in [entry["key"] for entry in found]
    assert program("")("GET", "?version=working").status_code == 401


def test_an_entry_is_what_the_record_says(program):
    found = program("consumer")("GET", "?limit=9").json["resources"]
    # What was taken over and is to be mended is given out as it is.
    entry = next(one for one in found if one["remediation_due"] is None)
    digest = entry.pop("digest")
    assert digest.startswith("sm3:")
    assert schemas.errors("entry", entry, at="submission") == []
    answer = program("consumer")("GET", f"/{entry['key']}")
    assert answer.json["document"] == entry["document"]
    assert answer.headers["ETag"]


def test_an_entry_goes_from_a_draft_to_publication(program):
    made = opened(program, "接口报送信息")
    key = made.json["key"]
    assert made.headers["Location"].endswith(key)
    assert made.json["state"] == "draft"
    registrar = program("registrar")
    assert registrar("POST", f"/{key}/hand-in").json["state"] == "in_secrecy_review"
    for username, step in (("secrecy", "clear"), ("head", "approve"), ("reviewer", "publish")):
        ask = program(username)
        digest = ask("GET", f"/{key}?version=working").json["digest"]
        stale = ask("POST", f"/{key}/{step}", {"digest": "sm3:other"})
        assert stale.status_code == 409
        answer = ask("POST", f"/{key}/{step}", {"digest": digest})
        assert answer.status_code == 200, answer.text
    assert answer.json["state"] == "published"
    revised = registrar("POST", f"/{key}/revise")
    assert (revised.json["state"], revised.json["version"]) == ("draft", 2)
    assert program("consumer")("GET", f"/{key}?version=working").json["version"] == 1


def test_a_return_gives_its_reasons_and_the_draft_is_back(program):
    key = opened(program, "接口退回信息").json["key"]
    registrar = program("registrar")
    registrar("POST", f"/{key}/hand-in")
    ask = program("secrecy")
    digest = ask("GET", f"/{key}?version=working").json["digest"]
    empty = ask("POST", f"/{key}/return", {"digest": digest})
    assert empty.status_code == 422
    remarks = [{"pointer": "/abstract", "text": "写明来源"}]
    assert ask("POST", f"/{key}/return", {"digest": digest, "remarks": remarks}).status_code == 200
    again = registrar("GET", f"/{key}?version=working").json
    assert (again["state"], again["version"]) == ("draft", 2)


def test_a_draft_is_saved_under_the_tag_it_was_read_with(program):
    made = opened(program, "接口保存信息")
    key, tag = made.json["key"], made.headers["ETag"]
    registrar, changed = program("registrar"), document("接口保存信息改")
    assert registrar("PUT", f"/{key}", changed).status_code == 428
    saved = registrar("PUT", f"/{key}", changed, If_Match=tag)
    assert saved.json["document"]["name"] == "接口保存信息改"
    for seen in (tag, "*", f"W/{saved.headers['ETag']}", "no tag"):
        stale = registrar("PUT", f"/{key}", document("又改"), If_Match=seen)
        assert stale.status_code == 412, seen
    assert stale.json["languages"]["en"]["title"]
    assert registrar("GET", f"/{key}").json["document"]["name"] == "接口保存信息改"


def test_an_entry_that_did_not_change_is_not_sent_again(city, program):
    made = opened(program, "接口不再发送信息")
    registrar, key = program("registrar"), made.json["key"]
    first = registrar("GET", f"/{key}")
    for tag in (
        first.headers["ETag"],
        f"W/{first.headers['ETag']}",
        f'"x", {first.headers["ETag"]}',
    ):
        again = registrar("GET", f"/{key}", If_None_Match=tag)
        assert (again.status_code, again.get_data()) == (304, b"")
        assert again.headers["ETag"] == first.headers["ETag"]
    # The name of the unit is shown too, and is no part of the text that is saved.
    with db.transaction(city.extensions["registry_database"], writes=True) as session:
        unit = session.scalars(sa.select(Organisation).where(Organisation.code == CIVIL)).one()
        before, unit.name = unit.name, "改名的局"
    try:
        changed = registrar("GET", f"/{key}", If_None_Match=first.headers["ETag"])
        assert changed.json["department"] == "改名的局"
        saved = registrar("PUT", f"/{key}", document("存"), If_Match=first.headers["ETag"])
        assert saved.status_code == 200
    finally:
        with db.transaction(city.extensions["registry_database"], writes=True) as session:
            unit = session.scalars(sa.select(Organisation).where(Organisation.code == CIVIL)).one()
            unit.name = before


def test_a_wrong_method_or_token_is_told_as_http_wants_it(program):
    for path in ("/api/v1", "/api/v1/", "/api", "/api/3/action/package_list", "/catalog.ttl"):
        answer = program("consumer").client.delete(path)
        assert (answer.status_code, answer.content_type) == (405, "application/problem+json"), path
        assert "GET" in answer.headers["Allow"]
    refused = program("")("GET", "?limit=1", Authorization="no such token")
    assert (refused.status_code, refused.headers["WWW-Authenticate"]) == (401, "Bearer")


def test_a_draft_that_is_not_ready_says_every_fault_in_both_languages(program):
    key = opened(program, "接口不全信息", abstract="", class_path="9/99").json["key"]
    answer = program("registrar")("POST", f"/{key}/hand-in")
    assert answer.status_code == 422
    assert answer.content_type == "application/problem+json"
    faults = {fault["pointer"]: fault["messages"] for fault in answer.json["errors"]}
    assert set(faults) == {"/abstract", "/class_path"}
    assert faults["/abstract"]["zh"] == "请填写信息资源摘要"
    assert faults["/abstract"]["en"] != faults["/abstract"]["zh"]
    assert program("registrar")("GET", f"/{key}").json["state"] == "draft"


def test_a_program_may_what_its_person_may_and_no_more(city, program):
    key = opened(program, "接口权限信息").json["key"]
    body = {"department": CIVIL, "document": {}, "declared": True}
    before = rows(city)
    assert program("consumer")("POST", "", body).status_code == 403
    assert program("")("POST", "", body).status_code in {401, 403}
    other = {**body, "department": "11150300DEM000065Y"}
    assert program("registrar")("POST", "", other).status_code == 403
    assert program("registrar")("POST", "", {**body, "declared": False}).status_code == 422
    assert program("registrar")("POST", "", {**body, "declared": "true"}).status_code == 422
    for username in ("consumer", "finance"):
        assert program(username)("GET", f"/{key}").status_code == 404
        assert program(username)("PUT", f"/{key}", {}, If_Match='"1"').status_code in {403, 404}
    registrar = program("registrar")
    digest = registrar("GET", f"/{key}").json["digest"]
    registrar("POST", f"/{key}/hand-in")
    for step in ("clear", "approve", "publish"):
        assert registrar("POST", f"/{key}/{step}", {"digest": digest}).status_code == 403
    assert rows(city) == before
    with db.transaction(city.extensions["registry_database"], writes=False) as session:
        refused = session.scalars(
            sa.select(JournalRow.act).where(
                JournalRow.key == key, JournalRow.outcome == "refused", JournalRow.way == "token"
            )
        ).all()
    assert {"clear", "approve", "publish"} <= set(refused)


def test_a_session_of_a_browser_needs_the_token_of_its_forms(city):
    client = sign_in(city, "registrar")
    body = {"department": CIVIL, "document": {"name": "伪造"}, "declared": True}
    assert client.post(LIST, json=body).status_code == 403
    headers = {"X-CSRF-Token": token_of(client.get("/inbox").text)}
    assert client.post(LIST, json=body, headers=headers).status_code == 201


def test_a_city_that_lets_nobody_read_asks_for_a_name(city, tmp_path):
    app = create_app(
        factories.settings(tmp_path, anonymous="none"), city.extensions["registry_database"]
    )
    assert app.test_client().get(LIST).status_code == 401
    assert app.test_client().get(f"{LIST}/aaaaaaaaaaaaaaaa").status_code == 401


def described(city):
    return city.test_client().get("/api/v1/openapi.json").json


def test_the_description_names_every_call(city):
    served = set()
    for rule in city.url_map.iter_rules():
        is_call = rule.endpoint.startswith(("api.", "reading."))
        if is_call and not rule.rule.endswith(("openapi.json", "/v1")):
            path = rule.rule.removeprefix("/api/v1").replace("<key>", "{key}")
            path = path.replace("<int:number>", "{number}")
            front, _, choice = path.partition("<any(")
            ends = re.findall(r"'([a-z-]+)'", choice) or [""]
            served |= {(m.lower(), front + e) for m in rule.methods & USED for e in ends}
    told = {
        (method, path)
        for path, calls in described(city)["paths"].items()
        for method in calls
        if method != "parameters"
    }
    assert told == served


def test_every_reference_of_the_description_leads_to_a_whole_component(city):
    whole = described(city)
    waiting, met = [whole], 0
    while waiting:
        here = waiting.pop()
        if isinstance(here, dict):
            if isinstance(here.get("$ref"), str):
                place, met = whole, met + 1
                for part in here["$ref"].removeprefix("#/").split("/"):
                    place = place[part]
                # Programs that make clients know no way into the midst of one.
                assert re.fullmatch("#/components/schemas/[^/]+", here["$ref"]), here["$ref"]
            waiting += here.values()
        elif isinstance(here, list):
            waiting += here
    assert met > 50


@pytest.mark.parametrize("more", [{}, {"document": 1}, {"document": {}}, {"declared": False}])
def test_the_right_in_a_unit_is_asked_before_the_body_is_judged(program, more):
    body = {"department": "11150300DEM000065Y", **more}
    assert program("registrar")("POST", "", body).status_code == 403


BIG = '{"x": "' + "x" * (1 << 20) + '"}'


@pytest.mark.parametrize(
    ("method", "path", "kind", "body", "status"),
    [
        ("GET", "/nothing", None, None, 404),
        ("GET", "/resources/aaaaaaaaaaaaaaaa", None, None, 404),
        ("GET", "/resources/", None, None, 404),
        ("DELETE", "/resources", None, None, 405),
        ("POST", "/resources", "application/json", "{", 400),
        ("POST", "/resources", "application/json", BIG, 413),
        ("POST", "/resources", "text/plain", "{}", 415),
        ("POST", "/resources", "multipart/form-data", "", 415),
        ("POST", "/resources", None, "{}", 415),
    ],
)
def test_every_refusal_is_a_problem_with_its_status(city, token, method, path, kind, body, status):
    answer = city.test_client().open(
        f"/api/v1{path}",
        method=method,
        data=body,
        content_type=kind,
        # Whoever asks a call for a page is told the problem all the same.
        headers={"Authorization": token("registrar"), "Accept": "text/html"},
    )
    assert (answer.status_code, answer.content_type) == (status, "application/problem+json")
    told = answer.json
    assert told["status"] == status
    assert told["title"]
    assert set(told["languages"]) == {"zh", "en"}
    if status == 405:
        assert set(answer.headers["Allow"].split(", ")) == {"GET", "HEAD", "OPTIONS", "POST"}
