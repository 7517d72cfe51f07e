"""Whatever is sent, the answer is a sentence below 500, and nothing is stored by accident."""

import itertools
import json
import random

import sqlalchemy as sa

from registry import db
from registry.models.catalogue import Resource, Version
from tests.factories import sign_in, token_of

TEXTS = [
    "", " ", "\x00", "a\x00b", "\ud800", "\u202e", "𠮷" * 300, "a" * 70_000, "٣", "-1", "1e999",
    "NaN", "null", "true", "[]", "{}", "' OR 1=1 --", '"; DROP TABLE version; --', "%00", "%ff",
    "../../etc/passwd", "{{7*7}}", "${jndi:ldap://x}", "<script>alert(1)</script>", "=1+1",
    "*:*", "tags:", "((((", "[* TO *]", "{! }", "_query_:x", "\\", '"', "a" * 3999 + ":",
    "score desc, score desc", "id asc;", "\r\nSet-Cookie: a=b", "0" * 400, "9" * 400, "﷽" * 99,
]  # fmt: skip
VALUES = [*TEXTS, None, True, 0, -1, 2**63, 1e308, [], {}, [[]], {"a": {"b": []}}, ["\x00"], [None]]
RAW = [
    b"", b"{", b"[]", b"null", b"1", b'"x"', b"\xff\xfe", b"{\"a\": NaN}", b"{\"a\": 1e999}",
    b'{"a": 1, "a": 2}', b'{"a": "\\ud800"}', b'{"a": "\\u0000"}', b"[" * 5000, b'{"a":' * 100,
    b'{"a": ' + b"9" * 6000 + b"}", b"a" * 2_000_000, b"--x\r\n\r\n", b"a=b&a=c", b"PK\x03\x04",
    b"\xef\xbb\xbf{}", b'{"' + b"k" * 90_000 + b'": 1}', "{\"名\": \"\"}".encode("gbk"),
]  # fmt: skip
TYPES = [
    "application/json", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x",
    "text/plain", "application/json; charset=gbk", "", "x/y; \udcff",
]  # fmt: skip
ACTIONS = {
    "package_search": ("q", "fq", "rows", "start", "sort", "facet.field", "facet.limit", "fl"),
    "package_show": ("id",),
    "package_list": ("limit", "offset"),
    "package_autocomplete": ("q", "limit"),
    "resource_show": ("id",),
    "organization_list": ("limit", "offset", "all_fields", "organizations"),
    "organization_show": ("id", "include_datasets"),
    "group_package_show": ("id", "limit"),
    "tag_list": ("query",),
    "help_show": ("name",),
}


def rows(city):
    with db.transaction(city.extensions["registry_database"], writes=False) as session:
        return tuple(
            session.scalar(sa.select(sa.func.count()).select_from(table))
            for table in (Resource, Version)
        )


def encoded(text):
    return text.encode("utf-8", "surrogatepass") if isinstance(text, str) else text


def test_no_parameter_of_an_action_ends_in_a_fault(city, token):
    client, headers = city.test_client(), {"Authorization": token("consumer")}
    sent = 0
    for action, names in ACTIONS.items():
        for name, value in itertools.product(names, VALUES):
            address = f"/api/3/action/{action}"
            answer = client.post(
                address, data=json.dumps({name: value}), headers=headers,
                content_type="application/json",
            )  # fmt: skip
            assert answer.status_code < 500, (action, name, value, answer.text[:300])
            assert answer.is_json
            sent += 1
            if isinstance(value, str) and sent % 3 == 0:
                query = {name: encoded(value)}
                answer = client.get(address, query_string=query, headers=headers)
                assert answer.status_code < 500, (action, name, value, answer.text[:300])
                sent += 1
    assert sent >= 500


def test_no_body_of_any_kind_ends_in_a_fault_or_is_stored(city, token):
    before = rows(city)
    client, headers = city.test_client(), {"Authorization": token("registrar")}
    addresses = [
        ("POST", "/api/3/action/package_search"),
        ("POST", "/api/v1/resources"),
        ("PUT", "/api/v1/resources/aaaaaaaaaaaaaaaa"),
        ("POST", "/api/v1/resources/aaaaaaaaaaaaaaaa/publish"),
    ]
    for (method, path), raw, kind in itertools.product(addresses, RAW, TYPES):
        answer = client.open(
            path, method=method, data=raw, content_type=kind.encode("utf-8", "replace").decode(),
            headers=headers,
        )  # fmt: skip
        assert answer.status_code < 500, (path, raw[:40], kind, answer.text[:300])
        if "/v1/" in path:
            assert 400 <= answer.status_code < 500
    assert rows(city) == before


def test_no_document_ends_in_a_fault(city, token):
    client, headers = city.test_client(), {"Authorization": token("registrar")}
    made = client.post(
        "/api/v1/resources",
        json={"department": "11150300DEM000022H", "document": {"name": "甲"}, "declared": True},
        headers=headers,
    )
    address, tag = made.headers["Location"], made.headers["ETag"]
    fields = ("name", "keywords", "items", "share_type", "extras", "holders", "census", "unknown")
    chance = random.Random(5)
    for field, value in itertools.product(fields, VALUES):
        document = {"name": "甲", field: value}
        if chance.random() < 0.3:
            document = {"items": [{field: value}]}
        answer = client.put(
            address, data=json.dumps(document), content_type="application/json",
            headers={**headers, "If-Match": tag},
        )  # fmt: skip
        assert answer.status_code in {200, 400, 422}, (field, value, answer.text[:300])
        tag = answer.headers.get("ETag", tag)
        if answer.status_code == 200:
            for path in (address.replace("/api/v1", ""), f"{address}/hand-in"):
                method = "POST" if "hand-in" in path else "GET"
                shown = client.open(path, method=method, headers=headers)
                assert shown.status_code < 500, (field, value)
            shown = client.get(
                "/api/3/action/package_show",
                query_string={"id": address.rsplit("/", 1)[1]},
                headers=headers,
            )
            assert shown.status_code == 200, (field, value)


def test_no_address_and_no_header_ends_in_a_fault(city, token):
    client, good = city.test_client(), token("registrar")
    for text in TEXTS:
        part = encoded(text)[:2000].hex()
        percent = "".join(f"%{part[n : n + 2]}" for n in range(0, len(part), 2))
        for path in (
            f"/api/3/action/{percent}",
            f"/api/v1/resources/{percent}",
            f"/api/v1/resources?cursor={percent}",
            f"/api/v1/resources?limit={percent}&department={percent}",
            f"/api/action/status_show?callback={percent}",
        ):
            assert client.get(path, headers={"Authorization": good}).status_code < 500, path
        line = text.replace("\r", "").replace("\n", "")
        plain = line.encode("latin-1", "replace").decode("latin-1")
        for name in ("Authorization", "X-CKAN-API-Key", "If-Match", "Accept", "Accept-Language"):
            headers = {"Authorization": good, name: plain}
            answer = client.get("/api/v1/resources?limit=1", headers=headers)
            assert answer.status_code < 500, (name, text)


def test_no_field_of_a_page_ends_in_a_fault(city):
    client = sign_in(city, "registrar")
    form = {"csrf_token": token_of(client.get("/resources/new").text), "declared": "yes"}
    address = client.post("/resources/new", data={**form, "name": "页面"}).headers["Location"]
    fields = ("name", "items.0.name", "row_version", "do", "unit")
    for text, name in itertools.product(TEXTS, fields):
        data = {**form, "row_version": "1", name: encoded(text)}
        assert client.post(address, data=data).status_code < 500, (name, text)
        query = {name: encoded(text), "marks": encoded(text), "page": encoded(text)}
        assert client.get("/search", query_string=query).status_code < 500


def test_many_filters_are_one_question_with_one_limit(city):
    client = city.test_client()
    for given in (["level:1"] * 2_000, ["themes:" + "x" * 3_000] * 3):
        answer = client.post("/api/3/action/package_search", json={"fq_list": given})
        assert answer.status_code == 409
        assert "fq_list" in answer.json["error"]["message"]
    answer = client.post("/api/3/action/package_search", json={"fq_list": ["level:1"] * 100})
    assert answer.status_code == 200
