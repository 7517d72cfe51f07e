"""Whatever a graph holds, the three spellings of it are read as the same triples."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rdflib import DCTERMS, RDF, XSD, Graph, Literal, URIRef

from connectors import dcat, triples

# The parser of the library itself uses what the library calls old.
pytestmark = pytest.mark.filterwarnings("ignore:ConjunctiveGraph is deprecated")
PREFIXES = dcat.PREFIXES
# Anything XML can hold: the rest has no place in one of the three.
texts = st.text(
    st.characters(exclude_categories=["Cs", "Cc", "Cn"]) | st.sampled_from('\t\n\r"\\<>&;.'),
    max_size=20,
)
steps = st.text(st.sampled_from("abzAZ019-._~%/#?=&;,'()婚"), max_size=12)
nodes = steps.map(lambda text: URIRef(f"http://city.example/{text}"))
known = st.sampled_from([DCTERMS.title, dcat.DCAT.theme, dcat.CSVW["null"], DCTERMS["format"]])
literals = st.one_of(
    texts.map(Literal),
    st.builds(lambda text, lang: Literal(text, lang=lang), texts, st.sampled_from(["zh", "en"])),
    st.builds(lambda text: Literal(text, datatype=XSD.gYear), texts),
)
facts = st.tuples(nodes, known, nodes | literals) | st.tuples(
    nodes, st.just(RDF.type), st.sampled_from([dcat.DCAT.Dataset, dcat.VCARD.Organization])
)


@pytest.mark.parametrize(
    ("write", "form"),
    [(triples.turtle, "turtle"), (triples.xml, "xml"), (triples.json_ld, "json-ld")],
)
@given(st.lists(facts, max_size=12))
def test_a_spelling_is_read_as_what_was_written(write, form, held):
    graph = triples.Triples(held)
    written = write(graph, PREFIXES)
    assert set(Graph().parse(data=written, format=form)) == set(graph)
    assert write(graph, PREFIXES) == written


def test_what_xml_cannot_hold_is_left_out_and_what_ends_an_address_is_coded():
    graph = triples.Triples()
    graph.add((URIRef("http://a.example/"), DCTERMS.title, Literal("甲\x00\x0b乙\ufffe")))
    read = Graph().parse(data=triples.xml(graph, PREFIXES), format="xml")
    assert [str(value) for value in read.objects()] == ["甲乙"]
    graph = triples.Triples()
    graph.add((URIRef("http://a.example/> . <x"), DCTERMS.title, Literal("x")))
    assert len(Graph().parse(data=triples.turtle(graph, PREFIXES), format="turtle")) == 1


def test_a_property_without_a_prefix_is_told_and_not_guessed():
    graph = triples.Triples()
    graph.add((URIRef("http://a.example/"), URIRef("http://b.example/p"), Literal("x")))
    with pytest.raises(ValueError, match=r"b\.example"):
        triples.xml(graph, PREFIXES)
