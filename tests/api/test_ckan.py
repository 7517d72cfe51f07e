"""Unmodified clients of CKAN read the catalogue: addresses, envelope, errors, searches, rights."""

import json

import pytest
import requests
import sqlalchemy as sa
from ckanapi import (
    CKANAPIError,
    NotAuthorized,
    NotFound,
    RemoteCKAN,
    SearchError,
    SearchQueryError,
    ValidationError,
)

import schemas
from connectors import ckan
from registry import db, outbox
from registry.app import create_app
from registry.catalogue import adoption
from registry.catalogue.adoption import Basis
from registry.models.accounts import Person
from registry.models.catalogue import Alias, Reading, Resource, Version
from tests import factories

CIVIL = "11150300DEM000022H"
NAME = "婚姻登记信息"


@pytest.fixture(scope="module")
def reading(site, token):
    """A client that posts JSON, with a name; sees every public entry."""
    with RemoteCKAN(site, apikey=token("consumer")) as client:
        yield client


@pytest.fixture(scope="module")
def nobody(site):
    with RemoteCKAN(site, get_only=True) as client:
        yield client


def live(city):
    with db.transaction(city.extensions["registry_database"], writes=False) as session:
        return session.scalar(
            sa.select(sa.func.count(Resource.id))
            .join(Version, Resource.live_version_id == Version.id)
            .where(Version.state == "published", Version.visibility == "1")
        )


def test_a_client_pages_through_every_package_once(city, reading):
    seen = []
    while True:
        page = reading.action.package_search(start=len(seen), rows=100, sort="id asc")
        if not page["results"]:
            break
        seen += [one["id"] for one in page["results"]]
    assert page["count"] == len(seen) == len(set(seen)) == live(city)
    assert seen == sorted(seen)
    assert len(reading.action.package_list()) == len(seen)
    assert reading.action.package_list(limit=3, offset=2) == reading.action.package_list()[2:5]


def test_a_package_is_shown_by_key_name_code_and_foreign_id(city, reading, key_of):
    key = key_of(NAME)
    package = reading.action.package_show(id=key, include_datasets=True, unknown="x")
    assert (package["id"], package["title"]) == (key, NAME)
    assert package["organization"]["name"] == CIVIL
    code = next(one["value"] for one in package["extras"] if one["key"] == "code")
    with db.transaction(city.extensions["registry_database"], writes=True) as session:
        resource = session.scalars(sa.select(Resource).where(Resource.key == key)).one()
        session.add(Alias(resource_id=resource.id, source="ckan", value="旧目录-17"))
    for name in (package["name"], code, "旧目录-17"):
        assert reading.action.package_show(id=name)["id"] == key
    one = package["resources"][0]
    assert reading.action.resource_show(id=one["id"]) == one
    with pytest.raises(NotFound):
        reading.action.package_show(id="nothing-of-that-name")
    with pytest.raises(ValidationError):
        reading.action.package_show()


def test_words_find_by_synonym_and_rank(reading):
    found = reading.action.package_search(q="结婚登记")
    assert "婚姻" in found["results"][0]["title"]
    assert reading.action.package_search(q="量子纠缠退相干")["count"] == 0


@pytest.mark.parametrize(
    ("fq", "holds"),
    [
        (f"organization:{CIVIL}", lambda p: p["organization"]["name"] == CIVIL),
        (f"+organization:({CIVIL} OR nowhere)", lambda p: p["organization"]["name"] == CIVIL),
        (f"-organization:{CIVIL}", lambda p: p["organization"]["name"] != CIVIL),
        ('tags:"婚姻登记"', lambda p: "婚姻登记" in [t["name"] for t in p["tags"]]),
        ("res_format:xlsx", lambda p: "xlsx" in [r["format"] for r in p["resources"]]),
        ("share_type:1 AND NOT level:4", lambda p: extra(p, "share_type") == "1"),
        ("extras_share_type:2", lambda p: extra(p, "share_type") == "2"),
        ("title:婚姻*", lambda p: "婚姻" in p["title"]),
        ("-title:信息", lambda p: "信息" not in p["title"]),
        ("author:民政", lambda p: "民政" in p["author"]),
        (
            "notes:(登记 OR 统计)",
            lambda p: "登记" in (p["notes"] or "") or "统计" in (p["notes"] or ""),
        ),
        ("-(notes:登记)", lambda p: "登记" not in (p["notes"] or "")),
        ("notes:登记 title:统计", lambda p: "登记" in (p["notes"] or "") and "统计" in p["title"]),
        ("items:姓名", lambda p: "姓名" in [one["name"] for one in items(p)]),
        ("num_tags:[3 TO *]", lambda p: p["num_tags"] >= 3),
        ("(groups:theme-2-01)", lambda p: "theme-2-01" in [g["name"] for g in p["groups"]]),
        ("metadata_modified:[2020-01-01T00:00:00.000000Z TO *]", lambda p: True),
        ("*:*", lambda p: True),
    ],
)
def test_a_filter_gives_what_holds_and_nothing_else(reading, fq, holds):
    everything = reading.action.package_search(rows=1000)["results"]
    found = reading.action.package_search(fq=fq, rows=1000)
    assert found["count"] == len(found["results"])
    if " AND " not in fq:
        assert {p["id"] for p in found["results"]} == {p["id"] for p in everything if holds(p)}
    assert all(holds(one) for one in found["results"])


def items(package):
    return json.loads(extra(package, "items:json") or "[]")


def extra(package, key):
    return next((one["value"] for one in package["extras"] if one["key"] == key), None)


@pytest.mark.parametrize(
    "fq",
    [
        f"organization:{CIVIL}",
        f"+state:active +organization:{CIVIL} +share_type:2",
        "level:4",
        "metadata_modified:[2020-01-01 TO 2999-01-01T00:00:00Z]",
        "metadata_modified:{* TO 2020-01-01}",
        "title:登记 -author:民政",
        "private:false -capacity:private",
        "-private:true private:maybe",
        "text:(民政 OR 307) level:4",
        "notes:登记* OR items:姓名",
        "*:*",
    ],
)
@pytest.mark.parametrize("sort", ["id asc", "metadata_modified desc, id desc"])
def test_the_database_and_the_judge_of_filters_agree(reading, fq, sort):
    by_columns = reading.action.package_search(fq=fq, rows=1000, sort=sort)
    judged = reading.action.package_search(fq=f"({fq}) OR nothing:[a TO b]", rows=1000, sort=sort)
    assert [p["id"] for p in by_columns["results"]] == [p["id"] for p in judged["results"]]
    assert by_columns["count"] == judged["count"]


def test_a_field_nobody_knows_finds_nothing(reading):
    assert reading.action.package_search(fq="vocab_unknown:x")["count"] == 0
    assert reading.action.package_search(fq="metadata_modified:[2999-01-01 TO *]")["count"] == 0


def test_facets_are_counted_over_all_that_was_found(reading):
    for names in (["organization", "groups"], '["organization", "groups"]'):
        found = reading.action.package_search(
            **{"facet.field": names, "facet.limit": 5, "rows": 0, "fq": "share_type:1"}
        )
        assert found["results"] == []
        assert 0 < len(found["facets"]["organization"]) <= 5
        items = found["search_facets"]["organization"]["items"]
        assert [i["display_name"] for i in items] == sorted(
            (i["display_name"] for i in items), reverse=True
        )
        one = items[0]
        counted = reading.action.package_search(fq=f"organization:{one['name']} share_type:1")
        assert counted["count"] == one["count"]
    bare = reading.action.package_search(**{"facet.field": "tags", "facet.limit": -1, "rows": 0})
    assert len(bare["facets"]["tags"]) > 50


def test_organizations_groups_and_tags_are_listed(reading):
    assert CIVIL in reading.action.organization_list()
    whole = reading.action.organization_list(all_fields=True, limit=500)
    assert len(whole) == 25
    one = reading.action.organization_show(id=CIVIL, include_datasets=True)
    count = reading.action.package_search(fq=f"organization:{CIVIL}", rows=0)["count"]
    assert (one["title"], one["package_count"]) == ("市民政局", count)
    assert reading.action.organization_show(id=one["id"])["name"] == CIVIL
    groups = reading.action.group_list(all_fields=True)
    assert sum(group["package_count"] for group in groups) > 0
    name = max(groups, key=lambda group: group["package_count"])["name"]
    assert reading.action.group_package_show(id=name, limit=3)[0]["groups"]
    assert reading.action.group_show(id=name)["name"] == name
    assert "婚姻登记" in reading.action.tag_list()
    assert reading.action.license_list() == []
    assert reading.action.package_autocomplete(q="婚姻")[0]["name"]
    with pytest.raises(NotFound):
        reading.action.organization_show(id="nobody")


def test_what_the_site_is_and_does_can_be_asked_by_anybody(nobody):
    assert nobody.action.status_show()["ckan_version"] == "2.12.0"
    assert "package" in nobody.action.help_show(name="package_search").lower()
    with pytest.raises(NotFound):
        nobody.action.help_show(name="package_explode")


def test_nobody_sees_the_open_part_alone(reading, nobody):
    found = nobody.action.package_search(rows=1000)
    assert 0 < found["count"] < reading.action.package_search(rows=0)["count"]
    assert all(extra(one, "open_type") in ("1", "2") for one in found["results"])
    closed = next(
        one
        for one in reading.action.package_search(rows=1000)["results"]
        if extra(one, "open_type") == "3"
    )
    with pytest.raises(NotFound):
        nobody.action.package_show(id=closed["id"])
    facets = nobody.action.package_search(**{"facet.field": '["organization"]', "rows": 0})
    assert sum(facets["facets"]["organization"].values()) == facets["count"]


def test_a_city_that_lets_nobody_read_says_so(city, tmp_path):
    app = create_app(
        factories.settings(tmp_path, anonymous="none"), city.extensions["registry_database"]
    )
    client = app.test_client()
    for name in ("package_search", "package_list", "organization_list", "package_show?id=x"):
        answer = client.get(f"/api/3/action/{name}")
        assert answer.status_code == 403
        assert answer.json["error"]["__type"] == "Authorization Error"
    assert client.get("/api/3/action/status_show").status_code == 200


def test_a_wrong_token_is_refused_in_the_envelope(site):
    with RemoteCKAN(site, apikey="wrong") as client, pytest.raises(NotAuthorized):
        client.action.package_list()


def test_a_search_that_cannot_be_done_says_why(reading):
    with pytest.raises(SearchQueryError):
        reading.action.package_search(nonsense=1)
    with pytest.raises(SearchQueryError):
        reading.action.package_search(sort="colour asc")
    for fq in ("metadata_modified:[soon TO *]", "metadata_created:{* TO 2026}"):
        with pytest.raises(SearchError, match="no date"):
            reading.action.package_search(fq=fq)
    for fq in ("tags:(a", "{!lucene}x", "title:", 'a:"b', "[a b]", "(" * 40, "a:b:c", "OR)"):
        with pytest.raises(SearchError):
            reading.action.package_search(fq=fq)
    for wrong in (
        {"rows": -1}, {"start": "x"}, {"facet.field": [1]}, {"facet.limit": "y"}, {"fl": "[1]"},
    ):  # fmt: skip
        with pytest.raises(ValidationError):
            reading.action.package_search(**wrong)
    assert reading.action.package_search(rows=5000, ext_mine=1)["count"] > 0
    assert reading.action.package_search(start=10**8)["results"] == []


def test_a_parameter_of_a_wrong_kind_is_refused_by_its_name_and_never_left_out(reading):
    for name, value in (
        ("q", {"a": 1}),
        ("q", [["婚姻"]]),
        ("fq", {"share_type": "1"}),
        ("fq_list", ["share_type:1", {"a": 1}]),
        ("sort", {"id": "asc"}),
        ("rows", {"a": 1}),
        ("start", [[1]]),
        ("fl", {"a": 1}),
    ):
        with pytest.raises(ValidationError) as refused:
            reading.action.package_search(**{name: value})
        assert set(refused.value.error_dict) == {name, "__type"}
    with pytest.raises(ValidationError):
        reading.action.package_show(id={"a": 1})


def test_an_unknown_action_is_a_bare_sentence(site, reading):
    with pytest.raises(CKANAPIError):
        reading.action.package_explode()
    answer = requests.get(f"{site}/api/3/action/package_explode", timeout=60)
    assert answer.status_code == 400
    assert answer.json() == "Bad request: Action name not known: package_explode"


@pytest.mark.parametrize("prefix", ["/api/3/action", "/api/action"])
def test_both_prefixes_and_every_kind_of_body_answer_alike(site, token, prefix):
    address, asked = f"{site}{prefix}/package_search", {"q": "", "rows": "2", "sort": "id asc"}
    headers = {"Authorization": token("consumer")}
    ways = [
        requests.get(address, params=asked, headers=headers, timeout=60),
        requests.get(f"{address}/", params=asked, headers=headers, timeout=60),
        requests.post(address, json=asked, headers=headers, timeout=60),
        requests.post(address, data=asked, headers=headers, timeout=60),
        requests.post(address, data=json.dumps(asked), headers=headers, timeout=60),
        requests.post(
            address,
            files={name: (None, value) for name, value in asked.items()},
            headers=headers,
            timeout=60,
        ),
        requests.post(
            address,
            data=json.dumps(asked),
            headers={**headers, "Content-Type": "application/x-www-form-urlencoded"},
            timeout=60,
        ),
    ]
    for way in ways:
        assert not way.history
        assert way.headers["Content-Type"] == "application/json;charset=utf-8"
        assert way.json() == ways[0].json()
    assert ways[0].json()["help"].endswith("/api/3/action/help_show?name=package_search")


def test_a_script_is_made_for_nobody_in_particular(site, token):
    headers = {"Authorization": token("consumer")}
    address = f"{site}/api/3/action/package_search"
    plain = requests.get(address, params={"rows": 0}, headers=headers, timeout=60).json()
    script = requests.get(
        address, params={"rows": 0, "callback": "f"}, headers=headers, timeout=60
    ).text
    assert script.startswith("/**/f(")
    assert script.endswith(");")
    inside = json.loads(script.removeprefix("/**/f(").removesuffix(");"))
    assert inside["result"]["count"] < plain["result"]["count"]
    wrong = requests.get(address, params={"callback": "alert(1)//"}, timeout=60)
    assert wrong.status_code == 400


def test_reading_takes_a_constant_number_of_queries(city, token):
    database = city.extensions["registry_database"]
    client, headers = city.test_client(), {"Authorization": token("consumer")}
    sent = []

    def count(*_):
        sent.append(1)

    def queries(**asked):
        sent.clear()
        sa.event.listen(database.reading, "before_cursor_execute", count)
        try:
            answer = client.post("/api/3/action/package_search", json=asked, headers=headers)
        finally:
            sa.event.remove(database.reading, "before_cursor_execute", count)
        assert answer.json["success"]
        return len(sent)

    # The first reading of a closed entry is written down once a day.
    queries(rows=200)
    queries(rows=200, fq="-tags:x")
    assert queries(rows=20) == queries(rows=200)
    assert queries(rows=20, fq="-tags:y") == queries(rows=200, fq="-tags:x")


def test_a_package_that_was_taken_over_gives_its_extras_back(city, reading):
    package = {"id": "be896d3eae", "title": "公积金归集使用情况", "notes": "", "extras": []}
    package["extras"] = [{"key": "source_id", "value": "be896d3eae"}]
    package["organization"] = {"title": "市公积金中心"}
    with db.transaction(city.extensions["registry_database"], writes=True) as session:
        plan = adoption.plan(session, "ckan", [ckan.incoming(1, package)])
        adoption.adopt(session, plan, Basis("批复", "sm3:" + "0" * 64))
    found = reading.action.package_show(id="be896d3eae")
    assert (extra(found, "source_id"), extra(found, "id")) == ("be896d3eae", "be896d3eae")
    assert found["id"] != "be896d3eae"
    assert extra(found, "remediation_due")


def test_what_is_not_for_everybody_is_nowhere(city, reading, site, token):
    with db.transaction(city.extensions["registry_database"], writes=False) as session:
        hidden = session.execute(
            sa.select(Resource.key, Version.name)
            .join(Version, Resource.live_version_id == Version.id)
            .where(Version.visibility != "1")
            .limit(1)
        ).one()
    asked = {"fq": f"id:{hidden.key}", "include_private": True, "facet.field": ["organization"]}
    found = reading.action.package_search(**asked)
    assert (found["count"], found["facets"]["organization"]) == (0, {})
    searched = reading.action.package_search(q=hidden.name, include_private=True, rows=1000)
    assert hidden.key not in [one["id"] for one in searched["results"]]
    with pytest.raises(NotFound):
        reading.action.package_show(id=hidden.key)
    with RemoteCKAN(site, apikey=token("auditor")) as auditor:
        assert auditor.action.package_search(**asked)["count"] == 1
        assert auditor.action.package_show(id=hidden.key)["private"] is True


def test_a_frozen_entry_is_gone_with_the_next_call(city, reading, key_of):
    key = key_of("婚姻档案数字化信息")
    alias = {"source": "ckan", "value": "frozen-1"}
    with db.transaction(city.extensions["registry_database"], writes=True) as session:
        resource = session.scalars(sa.select(Resource).where(Resource.key == key)).one()
        session.add(Alias(resource_id=resource.id, **alias))
    assert reading.action.package_show(id="frozen-1")["id"] == key
    with db.transaction(city.extensions["registry_database"], writes=True) as session:
        resource = session.scalars(sa.select(Resource).where(Resource.key == key)).one()
        resource.frozen_at = db.now()
        session.flush()
        outbox.touch(session, [resource.id])
    for name in (key, "frozen-1"):
        with pytest.raises(NotFound):
            reading.action.package_show(id=name)
    for asked in ({"fq": f"id:{key}"}, {"q": "婚姻档案数字化"}, {"fq": "title:婚姻档案数字化"}):
        found = reading.action.package_search(rows=1000, **asked)
        assert key not in [one["id"] for one in found["results"]]


def test_what_clients_dump_is_the_same_catalogue_when_it_comes_in_again(city, reading):
    dumped = reading.action.package_search(rows=1000)["results"]
    with db.transaction(city.extensions["registry_database"], writes=False) as session:
        held = {
            key: schemas.loads(text)
            for key, text in session.execute(
                sa.select(Resource.key, Version.document).join(
                    Version, Resource.live_version_id == Version.id
                )
            )
        }
    for place, one in enumerate(dumped):
        assert ckan.incoming(place, one).document == held[one["id"]]


def test_words_are_found_while_the_engine_is_away(city, token, tmp_path):
    app = create_app(
        factories.settings(tmp_path, search_url="http://127.0.0.1:9"),
        city.extensions["registry_database"],
    )
    answer = app.test_client().post(
        "/api/3/action/package_search",
        json={"q": "婚姻 登记"},
        headers={"Authorization": token("consumer")},
    )
    assert NAME in [one["title"] for one in answer.json["result"]["results"]]


def test_who_read_a_closed_entry_through_a_search_stands_on_its_sheet(city, reading, nobody):
    def readers():
        with db.transaction(city.extensions["registry_database"], writes=False) as session:
            rows = session.execute(
                sa.select(Resource.key, Person.name)
                .join(Reading, Reading.resource_id == Resource.id)
                .join(Person, Person.id == Reading.person_id)
            )
            return {tuple(row) for row in rows}

    found = reading.action.package_search(fq="open_type:3", rows=5)["results"]
    assert {one["id"] for one in found} <= {key for key, _ in readers()}
    before = readers()
    nobody.action.package_search(rows=50)
    assert readers() == before


def test_a_unit_finds_its_own_drafts_where_it_asks_for_them_and_nobody_else_does(
    city, token, key_of
):
    client, headers = city.test_client(), {"Authorization": token("registrar")}

    def asks(who="registrar", **given):
        answer = client.post(
            "/api/3/action/package_search",
            json={"include_drafts": True, "facet.field": ["tags", "organization"], **given},
            headers={"Authorization": token(who)} if who else {},
        )
        assert answer.status_code == 200, answer.text[:300]
        return answer.json["result"]

    for name in ("草稿甲信息", "草稿乙信息"):
        made = client.post(
            "/api/3/action/package_create",
            json={"title": name, "notes": "候鸟观测", "tags": [{"name": "候鸟"}]},
            headers=headers,
        )
        assert made.json["success"]
    mine = asks(fq="state:draft", rows=1000)
    titles = [one["title"] for one in mine["results"]]
    assert {"草稿甲信息", "草稿乙信息"} <= set(titles)
    assert mine["count"] == len(titles)
    assert mine["facets"]["tags"]["候鸟"] == 2
    assert {one["organization"]["name"] for one in mine["results"]} == {"11150300DEM000022H"}
    # A live entry whose next version is worked on is one package: what the public reads.
    live = asks(rows=0, include_drafts=False)["count"]
    assert asks(rows=0)["count"] == live + mine["count"]
    found = asks(q="候鸟 观测")
    assert [one["state"] for one in found["results"]] == ["draft", "draft"]
    assert asks(q="候鸟 观测", fl="title")["results"] == [
        {"title": one["title"]} for one in found["results"]
    ]
    # As `ckanapi dump datasets --all --include-drafts` asks: names, then each package.
    names = {one["name"] for one in mine["results"]}
    given = {"include_drafts": True}
    listed = client.post("/api/3/action/package_list", json=given, headers=headers)
    assert names <= set(listed.json["result"])
    other = {"Authorization": token("consumer")}
    listed = client.post("/api/3/action/package_list", json=given, headers=other)
    assert not names & set(listed.json["result"])
    for who in ("consumer", "reviewer", "finance", None):
        assert asks(who, fq="state:draft")["count"] == 0
        assert asks(who, q="候鸟 观测")["count"] == 0


@pytest.mark.parametrize("order", ["metadata_modified desc", "id asc", "title desc", ""])
def test_drafts_and_live_entries_stand_in_one_order_over_all_pages(city, token, order):
    client, headers = city.test_client(), {"Authorization": token("registrar")}

    def page(start, rows):
        given = {"include_drafts": "true", "sort": order, "start": start, "rows": rows}
        address = "/api/3/action/package_search"
        return client.post(address, json=given, headers=headers).json["result"]

    whole = page(0, 1000)
    assert whole["count"] == len(whole["results"])
    assert {one["state"] for one in whole["results"]} == {"active", "draft"}
    for size in (7, 100):
        pages = [page(n, size)["results"] for n in range(0, whole["count"] + size, size)]
        assert [one["id"] for some in pages for one in some] == [
            one["id"] for one in whole["results"]
        ]
    if order.startswith("id"):
        assert [one["id"] for one in whole["results"]] == sorted(
            one["id"] for one in whole["results"]
        )
    if order.startswith("metadata") or not order:
        moments = [one["metadata_modified"] for one in whole["results"]]
        assert moments == sorted(moments, reverse=True)
