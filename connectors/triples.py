"""A graph of triples, and its three spellings: Turtle, RDF/XML, JSON-LD.

Every node has an address, which whoever makes it has quoted, and texts are free of what XML does
not know (`connectors.incoming.clean`). What is said of a node stands together, nodes in the order
in which they came up, so the same triples give the same text. Turtle and RDF/XML are written by
pyoxigraph: an entry costs a tenth of what it costs where each term is judged in Python. It writes
JSON-LD expanded only, so that the names a reader knows are put there here.
"""

import json
import re
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime
from functools import cache, lru_cache
from typing import Any, NamedTuple

import pyoxigraph as ox


class Space:
    """A vocabulary: `space.name` and `space["name"]` are addresses in it."""

    def __init__(self, base: str) -> None:
        self._base = base

    def __getattr__(self, name: str) -> str:
        found = self.__dict__[name] = self._base + name
        return found

    def __getitem__(self, name: str) -> str:
        return self._base + name

    def __str__(self) -> str:
        return self._base


RDF = Space("http://www.w3.org/1999/02/22-rdf-syntax-ns#")
XSD = Space("http://www.w3.org/2001/XMLSchema#")


class Literal(NamedTuple):
    """A text, with its language or its datatype if it has one."""

    text: str
    language: str = ""
    datatype: str = ""


# An address, or a text.
Term = str | Literal
Triple = tuple[str, str, Term]


def typed(value: datetime | date | bool | int | float) -> Literal:
    """A value of Python as a literal; moments in UTC, whole seconds."""
    if isinstance(value, datetime):
        text = value.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
        return Literal(text, datatype=XSD.dateTime)
    if isinstance(value, date):
        return Literal(value.isoformat(), datatype=XSD.date)
    if isinstance(value, bool):
        return Literal(str(value).lower(), datatype=XSD.boolean)
    if isinstance(value, int):
        return Literal(str(value), datatype=XSD.integer)
    return Literal(repr(value), datatype=XSD.double)


class Graph:
    """Triples, each once."""

    def __init__(self) -> None:
        self.said: dict[str, dict[str, dict[Term, None]]] = {}

    def add(self, node: str, predicate: str, value: Term) -> None:
        """Say it of the node; said before, it stays where it stands."""
        self.said.setdefault(node, {}).setdefault(predicate, {})[value] = None

    def has(self, node: str, predicate: str) -> bool:
        """Is anything said of the node by this predicate?"""
        return predicate in self.said.get(node, ())

    def __iter__(self) -> Iterator[Triple]:
        for node, facts in self.said.items():
            for predicate, values in facts.items():
                for value in values:
                    yield node, predicate, value

    def __len__(self) -> int:
        return sum(1 for _ in self)


def turtle(graph: Graph, prefixes: Mapping[str, Space]) -> bytes:
    """The graph as Turtle."""
    return _written(graph, ox.RdfFormat.TURTLE, prefixes)


def rdf_xml(graph: Graph, prefixes: Mapping[str, Space]) -> bytes:
    """The graph as RDF/XML."""
    # A parser makes a line feed of a bare carriage return, which the library leaves as it is.
    return _written(graph, ox.RdfFormat.RDF_XML, prefixes).replace(b"\r", b"&#13;")


def _written(graph: Graph, form: ox.RdfFormat, prefixes: Mapping[str, Space]) -> bytes:
    address = lru_cache(maxsize=4096)(ox.NamedNode)

    def term(one: Term) -> ox.NamedNode | ox.Literal:
        if isinstance(one, str):
            return address(one)
        if one.language:
            return ox.Literal(one.text, language=one.language)
        return ox.Literal(one.text, datatype=address(one.datatype) if one.datatype else None)

    triples = (
        ox.Triple(address(node), address(predicate), term(value))
        for node, predicate, value in graph
    )
    spaces = {name: str(space) for name, space in prefixes.items()}
    written = ox.serialize(triples, format=form, prefixes=spaces)
    assert written is not None, "asked for as bytes"
    return written


def json_ld(graph: Graph, prefixes: Mapping[str, Space]) -> bytes:
    """The graph as JSON-LD, names shortened by the context, every node on a line of its own."""
    names = {str(space): name for name, space in prefixes.items()}

    @cache
    def short(one: str) -> str:
        cut = max(one.rfind("#"), one.rfind("/")) + 1
        name = names.get(one[:cut])
        return f"{name}:{one[cut:]}" if name and _LOCAL.fullmatch(one, cut) else one

    def term(one: Term) -> Any:
        if isinstance(one, str):
            return {"@id": one}
        text, language, datatype = one
        if language:
            return {"@language": language, "@value": text}
        if datatype in _BARE:
            return json.loads(text)
        return {"@type": short(datatype), "@value": text} if datatype else text

    def told(node: str, facts: Mapping[str, Mapping[Term, None]]) -> dict[str, Any]:
        made: dict[str, Any] = {"@id": node}
        for predicate, values in facts.items():
            is_type = predicate == RDF.type
            objects = [short(str(one)) if is_type else term(one) for one in values]
            name = "@type" if is_type else short(predicate)
            made[name] = objects if len(objects) > 1 else objects[0]
        return made

    context = json.dumps({name: str(space) for name, space in prefixes.items()}, indent=2)
    lines = (json.dumps(told(*one), ensure_ascii=False) for one in graph.said.items())
    body = ",\n".join(lines)
    return f'{{"@context": {context},\n"@graph": [\n{body}\n]}}\n'.encode()


# JSON has a spelling of its own for these.
_BARE = frozenset({XSD.integer, XSD.boolean})
# Letters and digits alone: whatever else a local name may hold need not be known here.
_LOCAL = re.compile(r"[A-Za-z][A-Za-z0-9_]*", re.ASCII)
