"""Sources that mean harm or are broken: refused with a sentence, or kept in quarantine."""

import itertools
import re
from pathlib import Path

import pytest
import sqlalchemy as sa

from connectors import fetching, harvesting
from connectors.core import CORE
from registry import db, harvest
from registry.access import SYSTEM
from registry.edge.words import SENTENCES
from registry.errors import Conflict, Unreadable
from registry.harvest import running
from registry.models.harvest import Claim, HarvestSource
from tests.factories import Town
from tests.harvest.portals import ckan_of, entered, package, ran, said, serving
from tests.harvest.records import listed, oai, repository


@pytest.fixture
def town(database):
    with db.transaction(database, writes=True) as session:
        Town(session)


def claims(database):
    with db.transaction(database, writes=False) as session:
        return list(session.scalars(sa.select(Claim).order_by(Claim.remote_id)))


@pytest.fixture
def against(town, database):
    """Run a source of a kind against a portal; the run, how often it was asked, the claims."""

    def run(answer, kind="ckan", **more):
        with serving(answer) as site:
            entered(database, "bad", kind, site.address, **more)
            told = ran(database, "bad")
            return told, len(site.asked), claims(database)

    return run


def test_a_million_packages_are_refused_at_the_first_page(against):
    one = package("p-1")
    told, asked, found = against(lambda *_: said({"count": 1_000_000, "results": [one]}))
    assert (told.fault, asked, found) == ("too_many", 1, [])


def test_a_million_packages_nobody_counts_end_at_the_limit(against):
    numbers = itertools.count()

    def answer(*_):
        return said({"results": [package(f"p-{next(numbers)}") for _ in range(100)]})

    told, asked, found = against(answer, most=250)
    assert (told.fault, asked, len(found)) == ("too_many", 3, 200)


def test_a_page_larger_than_was_asked_for_is_not_taken(against):
    flood = [{"id": f"p-{n}"} for n in range(2000)]
    told, _, found = against(lambda *_: said({"results": flood}))
    assert (told.fault, found) == ("unreadable", [])


def test_a_source_that_walks_in_a_circle_is_left(against):
    told, asked, found = against(lambda *_: said({"results": [package("p-1"), package("p-2")]}))
    assert (told.fault, asked, len(found)) == ("cycle", 2, 2)


def test_tokens_that_lead_back_to_themselves_are_left(against):
    record = listed("oai:x:1")

    def answer(path, given):
        if given["verb"] == "Identify":
            return oai("<Identify><deletedRecord>no</deletedRecord></Identify>")
        return oai(f"<ListRecords>{record}<resumptionToken>t</resumptionToken></ListRecords>")

    told, asked, found = against(answer, "oai")
    # What it is, which formats it has, two pages.
    assert (told.fault, asked, len(found)) == ("cycle", 4, 1)


def test_deletions_without_end_of_entries_nobody_knows_are_left(against, monkeypatch):
    monkeypatch.setattr("registry.harvest.running.MOST_PAGES", 20)
    numbers = itertools.count()

    def answer(path, given):
        if given["verb"] == "Identify":
            return oai("<Identify/>")
        head = f'<header status="deleted"><identifier>oai:x:{next(numbers)}</identifier></header>'
        token = f"<resumptionToken>{next(numbers)}</resumptionToken>"
        return oai(f"<ListRecords><record>{head}</record>{token}</ListRecords>")

    told, asked, found = against(answer, "oai")
    assert (told.fault, found) == ("cycle", [])
    assert asked == 22


@pytest.mark.parametrize(
    "body",
    [
        '<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]><OAI-PMH>&b;</OAI-PMH>',
        '<!DOCTYPE x SYSTEM "file:///etc/passwd"><OAI-PMH/>',
        '<?xml version="1.0" encoding="utf-16"?><!DOCTYPE x [<!ENTITY a "b">]><OAI-PMH/>',
    ],
)
def test_entities_of_xml_are_never_looked_at(against, body):
    encoded = body.encode("utf-16" if "utf-16" in body else "utf-8")
    told, _, found = against(lambda *_: (200, {"Content-Type": "text/xml"}, encoded), "oai")
    assert (told.fault, found) == ("doctype", [])


LD = "application/ld+json"


@pytest.mark.parametrize(
    ("kind", "body", "code"),
    [
        (LD, b'{"@context": "http://127.0.0.1:9/context", "@graph": []}', "context"),
        (LD, b'{"@graph": [{"@context": ["file:///etc/passwd"]}]}', "context"),
        (LD, b'{"@context": {"@import": "http://127.0.0.1:9/"}}', "context"),
        (LD, b"[" * 90 + b"]" * 90, "unreadable"),
        ("text/turtle", b"<a> <b> no turtle", "unreadable"),
        ("application/rdf+xml", b'<!DOCTYPE x [<!ENTITY a "b">]><x>&a;</x>', "doctype"),
        ("text/html", b"<html>", "html"),
    ],
)
def test_a_graph_that_fetches_or_breaks_is_not_read(against, kind, body, code):
    told, asked, found = against(lambda *_: (200, {"Content-Type": kind}, body), "dcat")
    assert (told.fault, asked, found) == (code, 1, [])


def test_a_graph_whose_next_page_is_itself_is_left(against):
    graph = """@prefix dct: <http://purl.org/dc/terms/> .
    <http://x.example/1> a <http://www.w3.org/ns/dcat#Dataset> ; dct:title "名称"@zh ."""

    def answer(*_):
        return 200, {"Content-Type": "text/turtle", "Link": '</>; rel="next"'}, graph.encode()

    told, asked, found = against(answer, "dcat")
    assert (told.fault, asked, len(found)) == ("cycle", 2, 1)


def test_the_next_page_of_a_graph_may_not_lead_inside(against):
    with serving(lambda *_: (200, {"Content-Type": "text/turtle"}, b"")) as canary:
        inside = canary.address.replace("127.0.0.1", "127.0.0.2")
        link = {"Content-Type": "text/turtle", "Link": f'<{inside}/>; rel="next"'}
        one = b"<http://x.example/1> a <http://www.w3.org/ns/dcat#Dataset> ."
        told, _, found = against(lambda *_: (200, link, one), "dcat")
        assert (told.fault, canary.asked) == ("inside", [])
        assert [c.fault for c in found] == ["record_nameless"]


def test_a_web_page_in_place_of_data_is_told_as_one(against):
    told, _, found = against(
        lambda *_: (200, {"Content-Type": "text/html"}, b"<html>sign in</html>")
    )
    assert (told.fault, found) == ("html", [])


@pytest.mark.parametrize(
    "body",
    [
        b"<html>sign in</html>",
        b"[]",
        b'{"success": true, "result": {"results": {"a": 1}}}',
        b'{"success": true, "result": {"results": [NaN]}}',
        b'{"success": true, "success": false}',
        b'{"success": true, "result": ' + b"[" * 5000 + b"]" * 5000 + b"}",
        "{'success'".encode("utf-16"),
    ],
)
def test_an_answer_that_is_no_answer_stores_nothing(against, body):
    told, _, found = against(lambda *_: (200, {"Content-Type": "application/json"}, body))
    assert (told.fault, found) == ("unreadable", [])


def test_a_redirect_into_the_inside_is_refused_and_nothing_asked_there(against):
    with serving(lambda *_: said({"results": []})) as canary:
        inside = canary.address.replace("127.0.0.1", "127.0.0.2")
        told, _, found = against(lambda *_: (302, {"Location": inside}, b""))
        assert (told.fault, told.facts["ip"], found) == ("inside", "127.0.0.2", [])
        assert canary.asked == []


def test_a_source_inside_is_refused_where_the_settings_name_no_network(town, database):
    with serving(ckan_of([package("p-1")])) as site:
        entered(database, "inside", "ckan", site.address)
        told = harvest.run(database, SYSTEM, "inside", lambda _: fetching.Fetcher())
        assert (told.fault, site.asked) == ("inside", [])


BAD = {
    "a-size": ({"notes": "长" * 300_000}, "record_size"),
    "b-script": ({"notes": "<script>alert(1)</script>"}, "record_active"),
    "c-handler": ({"title": '<img src=x onerror="alert(1)">'}, "record_active"),
    "d-address": ({"extras": [{"key": "x", "value": "javascript:alert(1)"}]}, "record_active"),
    "e-nameless": ({"title": "", "name": ""}, "record_nameless"),
}


def test_a_bad_entry_is_kept_apart_with_its_reason_and_the_others_are_taken(against, database):
    packages = [package(name, **more) for name, (more, _) in BAD.items()]
    told, _, found = against(ckan_of([*packages, package("z-good")]))
    assert (told.fault, told.counts["quarantined"], told.counts["new"]) == ("", 5, 1)
    assert {c.remote_id: c.fault for c in found if c.fault} == {n: f for n, (_, f) in BAD.items()}
    assert {c.document for c in found if c.state == "quarantined"} == {"{}"}
    # Once the source has mended it, it is a claim like any other.
    with serving(ckan_of([package(one.remote_id) for one in found])) as mended:
        with db.transaction(database, writes=True) as session:
            session.scalars(sa.select(HarvestSource)).one().address = mended.address
        assert ran(database, "bad").counts["changed"] == 5
    assert {one.state for one in claims(database)} == {"waiting"}


def test_odd_packages_are_taken_as_far_as_they_can_be(against):
    odd = [
        {"id": "a", "title": "甲", "extras": {"x": {"y": 1}}, "tags": "no list", "groups": 7},
        {"id": 5, "title": "数字标识", "organization": "text", "resources": [None, 3]},
        {"id": "b\x00", "title": "带\x00的", "notes": ["no", "text"]},
        {"id": "c" * 5000, "title": "很长的标识"},
        "no object",
        {"id": "d", "title": "甲" * 5000},
    ]
    told, _, found = against(lambda *_: said({"count": 6, "results": odd}))
    assert told.fault == ""
    assert len(found) == 6
    assert {one.state for one in found} == {"waiting", "quarantined"}
    assert all(len(one.remote_id) <= 200 for one in found)


@pytest.mark.parametrize(("status", "code"), [(500, "status"), (503, "busy_there")])
def test_a_source_that_fails_midway_keeps_what_came_and_goes_on(town, database, status, code):
    whole = ckan_of([package(f"p-{n:03}") for n in range(150)])
    fails = [True]

    def answer(path, given):
        return (status, {}, b"") if fails[0] and given["start"] == "100" else whole(path, given)

    with serving(answer) as site:
        entered(database, "bad", "ckan", site.address)
        told = ran(database, "bad")
        assert (told.fault, len(claims(database))) == (code, 100)
        fails[0] = False
        again = ran(database, "bad")
    assert (again.fault, again.is_resumed, again.counts["new"]) == ("", True, 50)


def test_totals_that_change_from_page_to_page_end_by_themselves(against):
    totals = itertools.count(300, -100)

    def answer(path, given):
        start = int(given["start"])
        return said({"count": next(totals), "results": [package(f"p-{start}-{n}") for n in "ab"]})

    told, asked, found = against(answer)
    # 300, 200, 100, 0: what was said last is behind what was read.
    assert (told.fault, asked, len(found)) == ("", 4, 8)


@pytest.mark.parametrize(
    "text",
    [
        b'{"success": true, "result": {"results": [{"id": "s", "title": "a\\ud800b"}]}}',
        '{"success": true, "result": {"results": [{"id": "g", "title": "名称"}]}}'.encode("gbk"),
    ],
    ids=["half a character", "GBK"],
)
def test_texts_that_are_no_texts_are_not_guessed_at(against, text):
    told, _, found = against(lambda *_: (200, {"Content-Type": "application/json"}, text))
    assert (told.fault, found) == ("unreadable", [])


@pytest.mark.parametrize("declared", ["", '<?xml version="1.0" encoding="no-such"?>'])
def test_xml_in_another_encoding_than_it_says_is_not_guessed_at(against, declared):
    _, kind, body = oai(f"<ListRecords>{listed('oai:x:1')}</ListRecords>")
    encoded = (declared + body.decode()).encode("gbk")
    told, _, found = against(lambda *_: (200, kind, encoded), "oai")
    assert (told.fault, found) == ("unreadable", [])


@pytest.mark.parametrize("name", ["GBK", "gb2312", "GB18030"])
def test_xml_that_says_it_is_in_a_chinese_encoding_is_read(against, name):
    _, kind, body = oai(f"<ListRecords>{listed('oai:x:1', '民政')}</ListRecords>")
    encoded = (f'<?xml version="1.0" encoding="{name}"?>{body.decode()}').encode(name)
    told, _, found = against(lambda *_: (200, kind, encoded), "oai")
    assert (told.fault, [one.name for one in found]) == ("", ["民政"])
    doctype = f'<?xml version="1.0" encoding="{name}"?><!DOCTYPE x [<!ENTITY a "b">]><x/>'
    # What is decoded first is judged all the same.
    assert fault_of(doctype.encode(name)) == "doctype"


def fault_of(content):
    answer = fetching.Answer("", "text/xml", content)
    reader = harvesting.opened("oai", lambda *_: answer, "http://x.example")
    with pytest.raises(fetching.Refused) as refused:
        reader.page({})
    return refused.value.code


def whole(name, inside):
    head = f"<header><identifier>oai:x:{name}</identifier></header>"
    entry = f'<resource xmlns="{CORE}"><document>{inside}</document></resource>'
    return f"<record>{head}<metadata>{entry}</metadata></record>"


DEEP = "<a>" * 50_000 + "</a>" * 50_000


@pytest.mark.parametrize(
    "inside",
    [
        f"<record>{DEEP}</record>",
        f"<record><header>{DEEP}</header></record>",
        f"<record><header><identifier>x</identifier></header><metadata>{DEEP}</metadata></record>",
    ],
)
def test_elements_nested_without_end_are_refused_with_a_sentence(against, inside):
    told, _, found = against(lambda *_: oai(f"<ListRecords>{inside}</ListRecords>"), "oai")
    assert (told.fault, found) == ("unreadable", [])


def test_a_page_of_crumbs_is_refused_before_it_is_taken_apart(against):
    crumbs = (200, {"Content-Type": "text/xml"}, b"<r>" + b"<a/>" * 1_000_001 + b"</r>")
    told, _, found = against(lambda *_: crumbs, "oai")
    assert (told.fault, found) == ("parts", [])
    body = b'{"success": true, "result": {"results": [' + b"[]," * 1_000_001 + b"1]}}"
    answer = fetching.Answer("", "application/json", body)
    with pytest.raises(fetching.Refused, match="parts"):
        harvesting.opened("ckan", lambda *_: answer, "http://x.example").page({})


def test_a_text_made_to_be_searched_for_ever_is_searched_once(against):
    # Two hundred thousand beginnings of a tag that never ends: every one was followed to its end.
    bad = [package(f"p-{n:02}", notes="<a " * 60_000) for n in range(40)]
    good = package("z-good", notes="甲 < 乙，ontime = 5")
    told, _, found = against(ckan_of([*bad, good]))
    assert (told.fault, told.counts["new"]) == ("", 41)
    assert {one.state for one in found} == {"waiting"}


def test_a_whole_entry_is_judged_like_any_other(against):
    many = "<value><name>项</name></value>" * 60_000
    records = [
        whole("a-script", "<name>&lt;script&gt;alert(1)&lt;/script&gt;</name>"),
        whole("b-size", f"<name>名称</name><items>{many}</items>"),
        whole("c-nameless", "<abstract>摘要</abstract>"),
        whole("d-good", "<name>名称</name><census><records_wan>1e999</records_wan></census>"),
        whole("e-empty", ""),
    ]
    told, _, found = against(repository(records), "oai")
    assert told.fault == ""
    assert [(one.remote_id[8:], one.fault) for one in found] == [
        ("script", "record_active"), ("size", "record_size"), ("nameless", "record_nameless"),
        ("good", ""), ("empty", "record_nameless"),
    ]  # fmt: skip
    assert harvest.document_of(found[3])["name"] == "名称"


def test_an_id_that_comes_twice_is_one_claim(against):
    told, _, found = against(lambda *_: said({"count": 2, "results": [package("p"), package("p")]}))
    assert (told.counts["new"], len(found)) == (1, 1)


@pytest.mark.parametrize(
    ("address", "code"),
    [
        ("file:///etc/passwd", "harvest_scheme"), ("ftp://x.example/", "harvest_scheme"),
        ("http://user:word@x.example/", "harvest_address"), ("http://", "harvest_address"),
        ("http://x.example:25/", "harvest_port"), ("", "harvest_scheme"),
    ],
)  # fmt: skip
def test_an_address_that_cannot_be_asked_is_not_even_entered(town, database, address, code):
    with pytest.raises(Unreadable, match=code):
        entered(database, "bad", "ckan", address)


def test_a_name_is_a_name_and_stands_for_one_kind_of_source(town, database):
    entered(database, "one", "ckan", "https://x.example")
    with pytest.raises(Conflict, match="source_known"):
        entered(database, "one", "oai", "https://x.example")
    for name in ("", "Ab", "a b", "-a", "a" * 41, "甲，乙"):
        with pytest.raises(Unreadable, match="source_name"):
            entered(database, name, "ckan", "https://x.example")


def test_a_source_that_was_too_large_is_taken_once_its_limit_is_raised(town, database):
    with serving(ckan_of([package(f"p-{n}") for n in range(5)])) as site:
        entered(database, "large", "ckan", site.address, most=4)
        assert ran(database, "large").fault == "too_many"
        entered(database, "large", "ckan", site.address, most=5)
        told = ran(database, "large")
        assert (told.counts["new"], told.fault) == (5, "")
    assert len(claims(database)) == 5


def test_every_reason_has_its_sentence():
    files = (fetching.__file__, harvesting.__file__, running.__file__)
    text = "".join(Path(file).read_text("utf-8") for file in files)
    codes = set(re.findall(r'Refused\(\s*"(\w+)"', text)) | {"html", "kind", "status", "token"}
    codes |= {"missing", "denied", "busy_there", "protocol"}
    assert len(codes) > 20
    assert sorted({f"harvest_{code}" for code in codes} - SENTENCES.keys()) == []
    kept = set(re.findall(r'"(record_\w+)"', text))
    assert len(kept) > 3
    assert sorted(kept - SENTENCES.keys()) == []


def test_a_fault_is_kept_with_the_source_until_the_next_run(against, database):
    against(lambda *_: (200, {"Content-Type": "text/html"}, b"x"))
    with db.transaction(database, writes=False) as session:
        source = session.scalars(sa.select(HarvestSource)).one()
        assert source.fault == "harvest_html"
        assert source.fault_facts["host"] == "127.0.0.1"
        assert source.finished_at is None
