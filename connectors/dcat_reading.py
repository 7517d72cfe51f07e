"""DCAT graphs of other catalogues → packages: `python -m connectors.dcat_reading SPELLING`.

Runs in the limited child: the library parses whatever a stranger wrote, so memory and time are
bounded and nothing can be written. What a graph says is put into the form of a package of CKAN, so
that one table says what others call our fields. A context of JSON-LD that stands elsewhere would
be fetched by the library, past our one fetcher: a document that names one is not read.
"""

import json
import sys
from collections.abc import Iterator, Mapping
from typing import Any
from xml.parsers import expat

from rdflib import DCTERMS, FOAF, RDF, RDFS, SKOS, Graph, Literal, Namespace, URIRef
from rdflib.term import Node

import schemas
from connectors import child, dcat

# The library knows DCAT 2 alone.
CSVW, DCAT, HYDRA = (Namespace(str(one)) for one in (dcat.CSVW, dcat.DCAT, dcat.HYDRA))
LARGEST = 32 << 20
# A page of 100 entries with 100 data elements each stays below.
MOST_TRIPLES = 400_000
_UNIT = "urn:wuhai:organisation:"
_CODE = "urn:wuhai:code:"
# The authority lists of the European Union → ours.
_FREQUENCY = {
    "UPDATE_CONT": "1", "CONT": "1", "DAILY": "2", "WEEKLY": "3", "MONTHLY": "4", "QUARTERLY": "5",
    "ANNUAL": "6", "ANNUAL_2": "7", "IRREG": "9", "OTHER": "99",
}  # fmt: skip
_RIGHTS = {"PUBLIC": "1", "RESTRICTED": "2", "NON_PUBLIC": "3"}


def main() -> None:
    """Read a graph from stdin, write its packages and the address of the next page as JSON."""
    data = sys.stdin.buffer.read()
    child.limit()
    try:
        graph = parsed(data, sys.argv[1])
        found = {"packages": list(packages(graph)), "next": following(graph)}
    except MemoryError:
        child.refuse("size")
    except (ValueError, RecursionError):
        child.refuse("unreadable")
    except Exception:
        # Whatever the parser stumbles over, the document is at fault; its words are for nobody.
        child.refuse("unreadable")
    sys.stdout.write(json.dumps(found, ensure_ascii=True))


def parsed(data: bytes, spelling: str) -> Graph:
    """The graph of a document in one of the spellings of the library; ends the child otherwise."""
    if spelling == "json-ld":
        if _fetches(schemas.loads(data, LARGEST)):
            child.refuse("context")
    elif spelling == "xml":
        judge = expat.ParserCreate()
        judge.StartDoctypeDeclHandler = lambda *_: child.refuse("doctype")
        judge.Parse(data, True)
    graph = Graph(bind_namespaces="none")
    # An address of our own: what is relative must not become a path of this machine.
    graph.parse(data=data, format=spelling, publicID="urn:relative:")
    if len(graph) > MOST_TRIPLES:
        child.refuse("size")
    return graph


def _fetches(value: object) -> bool:
    """Whether a context of JSON-LD stands elsewhere, at any depth."""
    waiting = [value]
    while waiting:
        here = waiting.pop()
        if isinstance(here, Mapping):
            if "@import" in here:
                return True
            context = here.get("@context")
            named = context if isinstance(context, list) else [context]
            if any(isinstance(one, str) for one in named):
                return True
            waiting.extend(here.values())
        elif isinstance(here, list):
            waiting.extend(here)
    return False


def following(graph: Graph) -> str:
    """The address of the next page by Hydra; "" after the last."""
    for predicate in (HYDRA["next"], HYDRA["nextPage"]):
        for _, _, where in graph.triples((None, predicate, None)):
            return str(where)
    return ""


def packages(graph: Graph) -> Iterator[dict[str, Any]]:
    """Every data set of a graph in the form of a package, by its address."""
    for node in sorted(set(graph.subjects(RDF.type, DCAT.Dataset)), key=str):
        yield _package(graph, node)


def _package(graph: Graph, node: Node) -> dict[str, Any]:
    unit = graph.value(node, DCTERMS.publisher)
    code = str(unit).removeprefix(_UNIT) if str(unit).startswith(_UNIT) else ""
    distributions = sorted(graph.objects(node, DCAT.distribution), key=str)
    formats = [
        _word(graph, one) for d in distributions for one in graph.objects(d, DCTERMS["format"])
    ]
    extras = {
        "code": _text(graph, node, DCTERMS.identifier),
        "update_cycle": _coded(graph, node, DCTERMS.accrualPeriodicity, _FREQUENCY),
        "share_type": _coded(graph, node, DCTERMS.accessRights, _RIGHTS),
        "department_code": code or (_text(graph, unit, DCTERMS.identifier) if unit else ""),
        "dcat:landingPage": str(graph.value(node, DCAT.landingPage) or ""),
    }
    return {
        "id": str(node) if isinstance(node, URIRef) else _text(graph, node, DCTERMS.identifier),
        "title": _text(graph, node, DCTERMS.title),
        "notes": _text(graph, node, DCTERMS.description),
        "tags": [{"name": one} for one in _texts(graph, node, DCAT.keyword)],
        "groups": [{"title": _word(graph, one)} for one in graph.objects(node, DCAT.theme)],
        "resources": [
            {"format": one, "schema": {"fields": columns}}
            for one, columns in zip(
                dict.fromkeys(formats) or [""],
                [_columns(graph, distributions), *([[]] * len(formats))],
                strict=False,
            )
        ],
        "organization": {
            "name": extras["department_code"],
            "title": _text(graph, unit, FOAF.name) if unit else "",
        },
        "metadata_created": _text(graph, node, DCTERMS.issued),
        "metadata_modified": _text(graph, node, DCTERMS.modified),
        "extras": [{"key": key, "value": value} for key, value in extras.items() if value],
    }


def _texts(graph: Graph, node: Node, predicate: URIRef) -> list[str]:
    """The texts of a property; where some are Chinese, those alone."""
    found = [one for one in graph.objects(node, predicate) if isinstance(one, Literal)]
    chinese = [one for one in found if (one.language or "").startswith("zh")]
    return sorted({str(one) for one in chinese or found})


def _text(graph: Graph, node: Node, predicate: URIRef) -> str:
    return next(iter(_texts(graph, node, predicate)), "")


def _word(graph: Graph, node: Node) -> str:
    """What a node is called: its notation for what is ours, its label, its own last part."""
    if isinstance(node, Literal):
        return str(node)
    for predicate in (SKOS.prefLabel, RDFS.label, SKOS.notation):
        if text := _text(graph, node, predicate):
            return text
    return str(node).rstrip("/").rpartition("/")[2]


def _coded(graph: Graph, node: Node, predicate: URIRef, known: Mapping[str, str]) -> str:
    """Our code of a value: by the notation it bears, the authority list it is of, or its word."""
    for value in graph.objects(node, predicate):
        if notation := _text(graph, value, SKOS.notation):
            return notation
        last = str(value).rpartition("/")[2]
        return known.get(last) or (
            str(value).rpartition(":")[2] if str(value).startswith(_CODE) else _word(graph, value)
        )
    return ""


def _columns(graph: Graph, distributions: list[Node]) -> list[dict[str, str]]:
    """The data elements of the first table that is described, in their order."""
    for distribution in distributions:
        table = graph.value(distribution, CSVW.tableSchema)
        head = graph.value(table, CSVW.column) if table is not None else None
        if head is None:
            continue
        listed = graph.items(head)
        return [
            {
                "name": _text(graph, one, CSVW.name) or _text(graph, one, CSVW["title"]),
                "title": _text(graph, one, CSVW["title"]),
                "type": _text(graph, one, CSVW.datatype),
                "description": _text(graph, one, DCTERMS.description),
            }
            for one in listed
        ]
    return []


if __name__ == "__main__":
    main()
