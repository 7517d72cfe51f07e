"""`/api/v1` beside entries: search, versions, demands, the page; and what a machine tries on it."""

import pytest
from hypothesis import HealthCheck, given, settings

import schemas
from registry import accounts, db
from registry.access import SYSTEM
from registry.api import openapi
from tests import factories
from tests.api.test_feeds import everything
from tests.journeys.browser import drained

NAME = "婚姻登记信息"


@pytest.fixture
def asks(city, token):
    drained(city)
    client = city.test_client()

    def get(path, who="consumer", **headers):
        named = {"Authorization": token(who)} if who else {}
        return client.get(f"/api/v1{path}", headers={**named, **headers})

    return get


def pages(asks, path, name, who="consumer"):
    found, cursor = [], ""
    while cursor is not None:
        body = asks(f"{path}{'&' if '?' in path else '?'}cursor={cursor}", who).json
        found += body[name]
        cursor = body["next"]
    return found


def test_a_search_pages_through_every_entry_once(city, token, asks):
    found = [one["key"] for one in pages(asks, "/search?limit=100", "resources")]
    assert len(found) == len(set(found))
    assert set(found) == everything(city, token)
    best = asks("/search?q=结婚登记&limit=3").json
    assert "婚姻" in best["resources"][0]["document"]["name"]
    some = asks("/search?fq=share_type:2&limit=200").json
    assert {one["document"]["share_type"] for one in some["resources"]} == {"2"}
    assert some["total"] == len(pages(asks, "/search?fq=share_type:2&limit=7", "resources"))


def test_a_search_without_a_name_finds_the_open_part(city, token, asks):
    found = {one["key"] for one in pages(asks, "/search?limit=200", "resources", who=None)}
    assert found == everything(city, token, who=None)


def test_nonsense_is_a_problem_with_a_sentence(asks):
    for path, status in {
        "/search?fq=((": 409,
        "/search?limit=0": 422,
        "/search?cursor=%00": 404,
        "/search?cursor=abc": 404,
        "/search?cursor=cDUw": 404,
        "/search?q=" + "a" * 4001: 422,
        "/resources?version=null": 422,
        "/resources/aaaaaaaaaaaaaaaa/versions": 404,
        "/demands/aaaaaaaaaaaaaaaa": 404,
    }.items():
        answer = asks(path)
        assert (answer.status_code, answer.content_type) == (status, "application/problem+json")
        assert answer.json["languages"]["zh"]["detail"]


def test_a_question_that_cannot_be_answered_names_its_parameter_the_rule_and_the_remedy(asks):
    for path, name, words in (
        ("/resources?department=海南区人民政府", "department", ["海南区人民政府", "信用代码"]),
        ("/resources?limit=many", "limit", ["many", "1 以上的整数"]),
        ("/search?q=%00", "q", ["空字符", "重新输入"]),
        ("/search?q=" + "婚" * 4001, "q", ["4000", "4001"]),
        ("/search?fq=metadata_modified:[bad TO *]", "fq", ["bad", "is no date", "TO *]"]),
        ("/search?fq=((", "fq", ["((", "栏目:值"]),
    ):
        answer = asks(path).json
        assert [fault["pointer"] for fault in answer["errors"]] == [f"/{name}"]
        said = answer["errors"][0]["messages"]["zh"]
        assert said.startswith(f"{name}：")
        assert not [word for word in words if word not in said], said
        # Nobody who reads has sent anything that could be stored.
        assert "保存" not in str(answer)
    assert asks("/resources?department=nope").json["type"] == "no_unit"


def test_a_damaged_cursor_is_a_problem_and_never_an_empty_page(asks, key_of):
    given = asks("/resources?limit=1").json["next"]
    other = asks("/search?limit=1").json["next"]
    bad = [given[:-1], given[1:], given + "A", given + "=", given.swapcase(), other, key_of(NAME),
           "z" * 16, "%F0%9F%98%80", "9" * 500]  # fmt: skip
    for cursor in bad:
        answer = asks(f"/resources?cursor={cursor}")
        assert (answer.status_code, answer.content_type) == (404, "application/problem+json"), (
            cursor
        )
        assert answer.json["type"] == "cursor"
        assert "next" in answer.json["languages"]["en"]["detail"]
    assert asks(f"/search?cursor={given}").status_code == 404
    assert asks(f"/resources?limit=1&cursor={given}").json["resources"]


def test_what_did_not_change_is_not_sent_again(asks, key_of):
    for path in ("/search?q=婚姻", "/resources", f"/resources/{key_of(NAME)}/versions", "/demands"):
        tag = asks(path).headers["ETag"]
        again = asks(path, **{"If-None-Match": tag})
        assert (again.status_code, again.get_data()) == (304, b"")


def test_the_versions_of_an_entry_show_what_each_reader_may_see(asks, key_of):
    key = key_of(NAME)
    public = asks(f"/resources/{key}/versions").json["versions"]
    assert {one["state"] for one in public} <= {"published", "superseded"}
    own = asks(f"/resources/{key}/versions", who="registrar").json["versions"]
    assert len(own) >= len(public) > 0
    newest = public[0]
    one = asks(f"/resources/{key}/versions/{newest['version']}").json
    assert one["digest"] == newest["digest"]
    assert one["document"]["name"] == NAME
    assert asks(f"/resources/{key}/versions/999").status_code == 404


def test_demands_are_read_by_their_sides_alone(asks):
    mine = pages(asks, "/demands", "demands", who="reviewer")
    assert mine
    one = asks(f"/demands/{mine[0]['key']}", who="reviewer").json
    assert one["document"] == mine[0]["document"]
    assert asks("/demands", who=None).status_code == 401
    others = {one["key"] for one in pages(asks, "/demands", "demands", who="registrar")}
    for hidden in {one["key"] for one in mine} - others:
        assert asks(f"/demands/{hidden}", who="registrar").status_code == 404


def test_the_page_of_the_calls_needs_no_script_and_names_every_call(asks):
    answer = asks("/", who=None, Accept="text/html")
    assert answer.status_code == 200
    described = openapi.document("http://x")
    for path, item in described["paths"].items():
        assert path in answer.text
        assert all(item[m]["summary"] in answer.text for m in ("get", "post", "put") if m in item)
    english = asks("/?lang=en", who=None).text
    assert "All calls" in english


def test_every_reference_of_the_description_leads_somewhere():
    described = openapi.document("http://x")

    def walk(part):
        if isinstance(part, dict):
            if isinstance(part.get("$ref"), str):
                here = described
                for step in part["$ref"].removeprefix("#/").split("/"):
                    here = here[step.replace("~1", "/").replace("~0", "~")]
            for value in part.values():
                walk(value)
        elif isinstance(part, list):
            for value in part:
                walk(value)

    walk(described)
    assert described["openapi"] == "3.1.0"
    assert schemas.loads(schemas.canonical(described)) == described


@pytest.fixture(scope="module")
def described(tmp_path_factory):
    """The description of an application of its own: what is tried on it spoils nothing else."""
    # Here, as every process of a run collects this file and one of them tries it.
    import schemathesis

    folder = tmp_path_factory.mktemp("fuzzed")
    with factories.city_database(folder) as opened:
        app = factories.city_app(folder, opened)
        with db.transaction(opened, writes=True) as session:
            tokens = {
                who: accounts.issue_token(session, SYSTEM, who, "test", 30)
                for who in ("consumer", "registrar", "reviewer", "acceptance")
            }
        schema = schemathesis.openapi.from_dict(openapi.document("http://localhost"))
        schema.app = app
        yield schema, app, tokens


def draft(app, token):
    """An entry that can be written."""
    made = app.test_client().post(
        "/api/v1/resources",
        json={"department": "11150300DEM000022H", "document": {"name": "甲"}, "declared": True},
        headers={"Authorization": token},
    )
    return made.json["key"]


def tag_of(app, token, key):
    shown = app.test_client().get(
        f"/api/v1/resources/{key}?version=working", headers={"Authorization": token}
    )
    return shown.headers["ETag"]


@pytest.mark.parametrize("who", ["", "consumer", "registrar", "reviewer", "acceptance"])
def test_a_machine_that_tries_everything_finds_nothing(described, who):
    schema, app, tokens = described
    from schemathesis.specs.openapi.checks import positive_data_acceptance

    headers = {"Authorization": tokens[who]} if who else {}
    key = draft(app, tokens["registrar"])
    tried, bodies, statuses = 0, 0, set()
    for result in schema.get_all_operations():
        operation = result.ok()

        @settings(
            max_examples=6,
            deadline=None,
            database=None,
            derandomize=True,
            suppress_health_check=list(HealthCheck),
        )
        def attack(case):
            nonlocal tried, bodies
            # Every other time at an entry there is: of a made-up one nothing but its absence shows.
            # Whether a step can be taken on it is a matter of its state, of which no schema knows.
            unasked = []
            if tried % 2 and "key" in (case.path_parameters or {}):
                unasked = [positive_data_acceptance]
                case.path_parameters["key"] = key
                if "If-Match" in (case.headers or {}):
                    case.headers["If-Match"] = tag_of(app, tokens["registrar"], key)
            if tried % 2 and isinstance(case.body, dict) and "department" in case.body:
                case.body["department"] = "11150300DEM000022H"
            answer = case.call(headers=headers)
            case.validate_response(answer, excluded_checks=unasked)
            tried += 1
            bodies += isinstance(case.body, dict)
            statuses.add((case.operation.label, answer.status_code))

        given(case=operation.as_strategy())(attack)()
    assert tried > 80
    assert bodies > 20
    wrote = ("PUT /resources/{key}", 200) in statuses
    assert wrote == (who == "registrar"), sorted(statuses)
