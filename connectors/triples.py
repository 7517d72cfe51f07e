"""Triples without blank nodes, and the three spellings of them: sorted, the same bytes each time.

The library's own graph keeps three indexes and tells listeners of every triple, and its writers
look up every name anew: together that was three quarters of what a page of a hundred data sets
cost. Here triples are only gathered, and written.
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any
from xml.sax.saxutils import escape, quoteattr

from rdflib import RDF, Literal
from rdflib.term import Node

_TYPE = str(RDF.type)
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]*")
_IN_IRI = re.compile(r'[\x00-\x20<>"{}|^`\\]')
_IN_TEXT = re.compile(r'["\\\x00-\x1f\x7f]')
# What XML 1.0 cannot hold, however it is written.
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_SHORT = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t"}
Triple = tuple[Node, Node, Node]


class Triples:
    """A set of triples, by subject and property."""

    def __init__(self, held: Iterable[Triple] = ()) -> None:
        self._held: dict[Node, dict[Node, dict[Node, None]]] = {}
        for one in held:
            self.add(one)

    def add(self, triple: Triple) -> None:
        """Add a triple, once."""
        subject, predicate, value = triple
        self._held.setdefault(subject, {}).setdefault(predicate, {})[value] = None

    def has(self, subject: Node, predicate: Node) -> bool:
        """Whether anything is said of a subject by this property."""
        return predicate in self._held.get(subject, ())

    def __iter__(self) -> Iterator[Triple]:
        for subject, of in self._held.items():
            for predicate, values in of.items():
                for value in values:
                    yield subject, predicate, value

    def sorted(self) -> Iterator[tuple[str, list[tuple[str, list[Node]]]]]:
        """The subjects with what is said of each, everything sorted, what it is first."""
        for subject, of in sorted(self._held.items()):
            yield (
                str(subject),
                [
                    (str(name), sorted(of[name], key=_place))
                    for name in sorted(of, key=lambda one: (one != RDF.type, str(one)))
                ],
            )


class Names:
    """Addresses in short: a prefix and a name, where one of the prefixes fits."""

    def __init__(self, prefixes: Mapping[str, Any]) -> None:
        self.spaces = {"rdf": str(RDF), **{name: str(space) for name, space in prefixes.items()}}
        self._known: dict[str, str | None] = {}

    def short(self, address: str) -> str | None:
        """The short name of an address; None where it has none."""
        if address not in self._known:
            self._known[address] = self._made(address)
        return self._known[address]

    def _made(self, address: str) -> str | None:
        for name, space in self.spaces.items():
            if address.startswith(space) and _NAME.fullmatch(address, len(space)):
                return f"{name}:{address[len(space) :]}"
        return None

    def required(self, address: str) -> str:
        """The short name of a property; ValueError where no prefix fits."""
        found = self.short(address)
        if found is None:
            raise ValueError(f"no prefix for {address}")
        return found


def _place(value: Node) -> tuple[str, str, str]:
    if isinstance(value, Literal):
        return str(value), value.language or "", str(value.datatype or "")
    return str(value), "", ""


def turtle(graph: Triples, prefixes: Mapping[str, Any]) -> bytes:
    """The graph as Turtle, UTF-8."""
    names = Names(prefixes)

    def node(address: str) -> str:
        found = names.short(address)
        return found if found is not None else f"<{_IN_IRI.sub(_coded, address)}>"

    def said(value: Node) -> str:
        if not isinstance(value, Literal):
            return node(str(value))
        text = f'"{_IN_TEXT.sub(_coded, str(value))}"'
        if value.language:
            return f"{text}@{value.language}"
        return f"{text}^^{node(str(value.datatype))}" if value.datatype else text

    parts = [f"@prefix {name}: <{space}> .\n" for name, space in sorted(names.spaces.items())]
    for subject, of in graph.sorted():
        lines = [
            f"    {'a' if name == _TYPE else node(name)} {', '.join(map(said, values))}"
            for name, values in of
        ]
        parts.append(f"\n{node(subject)}\n" + " ;\n".join(lines) + " .\n")
    return "".join(parts).encode()


def _coded(found: re.Match[str]) -> str:
    return _SHORT.get(found[0]) or f"\\u{ord(found[0]):04X}"


def xml(graph: Triples, prefixes: Mapping[str, Any]) -> bytes:
    """The graph as RDF/XML, UTF-8."""
    names = Names(prefixes)
    spaces = "".join(f"\n  xmlns:{name}={quoteattr(at)}" for name, at in names.spaces.items())
    parts = [f'<?xml version="1.0" encoding="utf-8"?>\n<rdf:RDF{spaces}>\n']
    for subject, of in graph.sorted():
        parts.append(f"  <rdf:Description rdf:about={_quoted(subject)}>\n")
        for address, values in of:
            name = names.required(address)
            parts.extend(f"    {_element(name, value)}\n" for value in values)
        parts.append("  </rdf:Description>\n")
    parts.append("</rdf:RDF>\n")
    return "".join(parts).encode()


def _element(name: str, value: Node) -> str:
    if not isinstance(value, Literal):
        return f"<{name} rdf:resource={_quoted(str(value))}/>"
    kind = ""
    if value.language:
        kind = f' xml:lang="{value.language}"'
    elif value.datatype:
        kind = f" rdf:datatype={_quoted(str(value.datatype))}"
    # A carriage return that is not written as a number is read as a new line.
    text = escape(_NOT_XML.sub("", str(value)), {"\r": "&#13;"})
    return f"<{name}{kind}>{text}</{name}>"


def _quoted(text: str) -> str:
    return quoteattr(_NOT_XML.sub("", text))


def json_ld(graph: Triples, prefixes: Mapping[str, Any]) -> bytes:
    """The graph as JSON-LD with a context of its prefixes, UTF-8."""
    names = Names(prefixes)

    def short(address: str) -> str:
        found = names.short(address)
        return found if found is not None else address

    def said(value: Node) -> dict[str, str]:
        if not isinstance(value, Literal):
            return {"@id": short(str(value))}
        if value.language:
            return {"@language": value.language, "@value": str(value)}
        kind = {"@type": short(str(value.datatype))} if value.datatype else {}
        return {**kind, "@value": str(value)}

    nodes = [
        {
            "@id": short(subject),
            **{
                "@type" if name == _TYPE else short(name): _one_or_all(
                    [short(str(one)) for one in values]
                    if name == _TYPE
                    else [said(one) for one in values]
                )
                for name, values in of
            },
        }
        for subject, of in graph.sorted()
    ]
    made = {"@context": dict(sorted(names.spaces.items())), "@graph": nodes}
    return json.dumps(made, ensure_ascii=False, indent=1).encode()


def _one_or_all(values: Iterable[Any]) -> Any:
    held = list(values)
    return held[0] if len(held) == 1 else held
