"""What we write as a graph, a library of graphs reads back, triple by triple."""

from datetime import UTC, date, datetime

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from rdflib import Graph as Judge
from rdflib import Literal as Text
from rdflib import Namespace, URIRef

from connectors import triples
from connectors.incoming import clean
from connectors.triples import XSD, Graph, Literal, Space, typed

# The parser of the library itself uses what the library calls old.
pytestmark = pytest.mark.filterwarnings("ignore:ConjunctiveGraph is deprecated")
PREFIXES = {
    "rdf": triples.RDF, "xsd": XSD, "a": Space("http://city.test/a#"),
    "b": Space("http://city.test/b/"),
}  # fmt: skip
WRITERS = {"turtle": triples.turtle, "xml": triples.rdf_xml, "json-ld": triples.json_ld}

texts = st.text(
    st.characters(exclude_categories=["Cs"]) | st.sampled_from("\\\"'<>&\r\n\t\x7f\x85\u2028吉𠮷")
).map(clean)
nodes = st.sampled_from(
    ["http://city.test/x?a=1&b=%22", "http://city.test/a#Name", "http://city.test/b/9-a.b",
     "urn:city:%E5%90%89", "http://city.test/b/"]
)  # fmt: skip
predicates = st.sampled_from(
    ["http://city.test/a#one", "http://city.test/b/two", triples.RDF.value]
)
literals = (
    st.builds(Literal, texts, st.sampled_from(["", "zh", "en"]), st.just(""))
    | st.builds(typed, st.integers() | st.booleans() | st.dates() | st.datetimes(
        timezones=st.just(UTC)) | st.floats(allow_nan=False, allow_infinity=False))
)  # fmt: skip
kinds = st.tuples(
    nodes, st.just(triples.RDF.type), st.sampled_from(["http://city.test/a#T", "u:k"])
)


def judged(one):
    """A term of ours as one of the library's."""
    if isinstance(one, str):
        return URIRef(one)
    return Text(one.text, lang=one.language or None, datatype=one.datatype or None)


@example([("http://city.test/b/", "http://city.test/a#one", Literal("一\r二\r\n三"))])
@given(st.lists(st.tuples(nodes, predicates, nodes | literals) | kinds))
def test_every_spelling_is_read_back_as_what_was_said(said):
    graph = Graph()
    for one in said:
        graph.add(*one)
    wanted = {tuple(map(judged, one)) for one in graph}
    for spelling, writer in WRITERS.items():
        assert set(Judge().parse(data=writer(graph, PREFIXES), format=spelling)) == wanted, spelling


def test_what_is_said_twice_stands_once_and_where_it_first_stood():
    graph = Graph()
    for name in ("one", "two", "one"):
        graph.add("u:x", PREFIXES["a"][name], Literal("甲", "zh"))
    assert [predicate[-3:] for _, predicate, _ in graph] == ["one", "two"]
    assert len(graph) == 2
    assert graph.has("u:x", PREFIXES["a"].two)
    assert not graph.has("u:y", PREFIXES["a"].two)


def test_turtle_tells_of_one_node_in_one_place_and_in_short_names():
    a, graph = Space("http://city.test/a#"), Graph()
    graph.add("u:x", triples.RDF.type, a.Thing)
    graph.add("u:x", a.title, Literal("甲", "zh"))
    graph.add("u:y", a.number, typed(3))
    graph.add("u:x", a.title, Literal('说"好"', "zh"))
    graph.add("u:x", a.on, typed(date(2026, 11, 27)))
    lines = triples.turtle(graph, {"a": a, "xsd": XSD}).decode().splitlines()
    assert "@prefix a: <http://city.test/a#> ." in lines
    assert [line.strip() for line in lines if not line.startswith("@prefix")] == [
        "<u:x> a a:Thing ;",
        'a:title "甲"@zh , "说\\"好\\""@zh ;',
        'a:on "2026-11-27"^^xsd:date .',
        "<u:y> a:number 3 .",
    ]


def test_json_ld_is_shortened_by_its_context_with_a_line_for_every_node():
    a, graph = Space("http://city.test/a#"), Graph()
    graph.add("u:x", triples.RDF.type, a.Thing)
    graph.add("u:x", a.title, Literal("甲", "zh"))
    graph.add("u:x", a.number, typed(3))
    graph.add("u:y", a.at, typed(datetime(2026, 11, 27, 8, tzinfo=UTC)))
    lines = triples.json_ld(graph, {"a": a, "xsd": XSD}).decode().splitlines()
    assert lines[lines.index('"@graph": [') + 1 :] == [
        '{"@id": "u:x", "@type": "a:Thing", '
        '"a:title": {"@language": "zh", "@value": "甲"}, "a:number": 3},',
        '{"@id": "u:y", "a:at": {"@type": "xsd:dateTime", "@value": "2026-11-27T08:00:00Z"}}',
        "]}",
    ]


def test_addresses_of_a_vocabulary_are_those_of_the_library():
    ours, theirs = Space("http://city.test/a#"), Namespace("http://city.test/a#")
    assert (URIRef(ours.title), URIRef(ours["format"])) == (theirs["title"], theirs["format"])
