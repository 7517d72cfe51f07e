"""CKAN packages: what we write comes back exactly, what others write is taken, never dropped."""

import json
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

import schemas
from connectors import ckan, foreign, incoming
from connectors.ckan import About
from tests.schemas.strategies import documents, drafts, mutants, scalars, submissions, texts

ABOUT = About(
    key="abcdefghijklmnop",
    code="307002150300/000004",
    department_key="k",
    department_code="11150300DEM000022H",
    department_name="市民政局",
    level="4",
)


def back(document, about=ABOUT):
    sent = json.loads(json.dumps(ckan.package(document, about), ensure_ascii=False))
    return ckan.document(sent)


@given(drafts() | mutants() | submissions())
def test_a_document_comes_back_from_its_package_exactly(document):
    assert back(document) == document


def test_every_demo_entry_comes_back_with_what_stands_around_it():
    for n, document in enumerate(documents()):
        sent = json.loads(json.dumps(ckan.package(document, ABOUT)))
        taken = ckan.incoming(n, sent)
        assert taken.document == document
        assert (taken.code, taken.department_code) == (ABOUT.code, ABOUT.department_code)
        assert (taken.department_name, taken.source_id) == ("市民政局", ABOUT.key)
        assert taken.cut == ()


def test_foreign_extras_are_kept_and_given_back():
    extras = [{"key": "source_id", "value": "be896d3eae"}, {"key": "备注来源", "value": "1"}]
    foreign = {"id": "be896d3eae", "name": "x", "title": "公积金归集", "extras": extras}
    document = ckan.document(foreign)
    given_back = {one["key"]: one["value"] for one in ckan.package(document, ABOUT)["extras"]}
    assert given_back["source_id"] == "be896d3eae"
    assert given_back["id"] == "be896d3eae"
    assert given_back["备注来源"] == "1"
    assert back(document) == document


junk = st.recursive(
    scalars | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=8,
)
NATIVE = ("id", "name", "title", "notes", "tags", "groups", "resources", "extras", "organization")
ODDER = ("owner_org", "state", "private", "tag_string", "metadata_created", "url", "author")
keys = st.sampled_from([*NATIVE, *ODDER])
extra = st.fixed_dictionaries(
    {"key": st.sampled_from([*foreign.fields(), "更新周期", "share", "items:json"]) | texts},
    optional={"value": junk},
)
packages = st.dictionaries(keys | texts, junk, max_size=8) | st.fixed_dictionaries(
    {"title": texts, "extras": st.lists(extra, max_size=6), "resources": st.lists(junk)},
    optional={"groups": st.lists(st.fixed_dictionaries({"title": junk, "name": junk}))},
)


@given(packages)
def test_any_package_becomes_a_storable_document(package):
    taken = ckan.incoming(1, package)
    assert schemas.errors("resource", taken.document, at="draft") == []
    assert 0 < len(taken.source_id) <= 200
    assert back(taken.document) == taken.document


def test_a_package_of_ours_that_was_tampered_with_is_read_like_any_other():
    for extra in ({"key": "items:json", "value": "[{"}, {"key": "extras:odd:json", "value": "[]"}):
        mark = {"key": "key", "value": "k1"}
        document = ckan.document({"id": "k1", "title": "名录", "extras": [mark, extra]})
        assert document["name"] == "名录"


def test_what_others_call_our_fields_is_understood_and_kept():
    package = {
        "id": "p1",
        "title": " 公园名录 ",
        "tags": [{"name": "公园"}],
        "organization": {"name": "chengguan", "title": "市城市管理局"},
        "metadata_created": "2023-07-04T01:02:03.000000",
        "resources": [{"format": "XLSX", "schema": {"fields": [{"name": "mc", "title": "名称"}]}}],
        "extras": [
            {"key": "freq", "value": "按年更新"},
            {"key": "共享类型", "value": "无条件共享"},
            {"key": "share", "value": "有条件开放"},
        ],
    }
    taken = ckan.incoming(7, package)
    assert taken.document["name"] == "公园名录"
    assert taken.document["update_cycle"] == "6"
    assert (taken.document["share_type"], taken.document["open_type"]) == ("1", "2")
    assert (taken.document["format_class"], taken.document["format_types"]) == ("2", ["xlsx"])
    assert taken.document["items"][0]["field_name"] == "mc"
    assert {"key": "freq", "value": "按年更新"} in taken.document["extras"]
    assert (taken.department_code, taken.department_name) == ("chengguan", "市城市管理局")
    assert taken.published_on == date(2023, 7, 4)


def test_what_is_too_long_is_shortened_and_named():
    taken = ckan.incoming(1, {"id": "x" * 300, "title": "长" * 9000, "notes": "好\x00的"})
    assert len(taken.document["name"]) == 800
    assert taken.document["abstract"] == "好的"
    assert "name" in taken.cut
    assert taken.source_id.startswith("sm3:")


@pytest.mark.parametrize(
    "content",
    [
        '{"id": "a"}\n{"id": "b"}\n\n',
        '[{"id": "a"}, {"id": "b"}]',
        '{"success": true, "result": {"count": 2, "results": [{"id": "a"}, {"id": "b"}]}}',
        '\ufeff{\n "result": [{"id": "a"},\n {"id": "b"}]\n}',
    ],
)
def test_a_dump_a_list_and_an_answer_are_read_alike(content):
    lines = incoming.objects(content.encode())
    assert [one["id"] for _, one in lines.objects] == ["a", "b"]
    assert lines.faults == []


def test_a_line_that_cannot_be_read_is_named():
    content = b'{"id": "a"}\n{"id": NaN}\n[1]\n{"a": 1, "a": 2}\n"\xff"\n'
    lines = incoming.objects(content)
    assert [(fault.place, fault.code) for fault in lines.faults] == [
        (2, "number"),
        (3, "not-an-object"),
        (4, "duplicate-key"),
        (5, "encoding"),
    ]


def test_an_entry_of_this_registry_is_read_from_its_line():
    line = {"key": "k1", "code": "307/1", "department": "市民政局", "document": {"name": "名录"}}
    taken = incoming.entry(3, line)
    assert (taken.source_id, taken.code, taken.document) == ("k1", "307/1", {"name": "名录"})
    assert incoming.entry(4, {"key": "k2"}) == incoming.Fault(4, "no-document")
