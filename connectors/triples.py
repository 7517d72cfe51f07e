"""A graph of triples, and its three spellings: Turtle, RDF/XML, JSON-LD.

For graphs that we make: every node has an address, which whoever makes it has quoted, and texts
are free of what XML does not know (`connectors.incoming.clean`). What is said of a node stands
together, nodes in the order in which they came up, so the same triples give the same text. A
library of graphs would do the same at ten times the cost (its terms are judged and compared one by
one); it stays where foreign graphs are read, and is the judge of what is written here in the tests.
"""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, date, datetime
from functools import lru_cache
from typing import Any, NamedTuple
from xml.sax.saxutils import escape


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
    short = _shortener(prefixes)
    parts = [f"@prefix {name}: <{space}> .\n" for name, space in prefixes.items()]

    @lru_cache(maxsize=4096)
    def address(one: str) -> str:
        return short(one) or f"<{one}>"

    def term(one: Term) -> str:
        if isinstance(one, str):
            return address(one)
        text, language, datatype = one
        if datatype in _BARE:
            return text
        quoted = f'"{_quoted(text)}"'
        return (
            f"{quoted}@{language}" if language
            else f"{quoted}^^{address(datatype)}" if datatype
            else quoted
        )  # fmt: skip

    for node, facts in graph.said.items():
        told = " ;\n    ".join(
            f"{'a' if predicate == RDF.type else address(predicate)} "
            + ",\n        ".join(map(term, values))
            for predicate, values in facts.items()
        )
        parts.append(f"\n<{node}> {told} .\n")
    return "".join(parts).encode()


def rdf_xml(graph: Graph, prefixes: Mapping[str, Space]) -> bytes:
    """The graph as RDF/XML; every predicate is one of the prefixes' own."""
    short = _shortener(prefixes)
    spaces = "".join(f'\n    xmlns:{name}="{space}"' for name, space in prefixes.items())
    parts = [f'<?xml version="1.0" encoding="utf-8"?>\n<rdf:RDF{spaces}>\n']
    for node, facts in graph.said.items():
        parts.append(f'  <rdf:Description rdf:about="{_attribute(node)}">\n')
        for predicate, values in facts.items():
            name = short(predicate)
            for one in values:
                if isinstance(one, str):
                    parts.append(f'    <{name} rdf:resource="{_attribute(one)}"/>\n')
                    continue
                text, language, datatype = one
                more = (
                    f' xml:lang="{language}"' if language
                    else f' rdf:datatype="{datatype}"' if datatype
                    else ""
                )  # fmt: skip
                parts.append(f"    <{name}{more}>{_content(text)}</{name}>\n")
        parts.append("  </rdf:Description>\n")
    parts.append("</rdf:RDF>\n")
    return "".join(parts).encode()


def json_ld(graph: Graph, prefixes: Mapping[str, Space]) -> bytes:
    """The graph as JSON-LD, names shortened by the context, every node on a line of its own."""
    short = _shortener(prefixes)

    def term(one: Term) -> Any:
        if isinstance(one, str):
            return {"@id": one}
        text, language, datatype = one
        if language:
            return {"@language": language, "@value": text}
        if datatype in _BARE:
            return json.loads(text)
        return {"@type": short(datatype) or datatype, "@value": text} if datatype else text

    def lines() -> Iterator[str]:
        for node, facts in graph.said.items():
            made: dict[str, Any] = {"@id": node}
            for predicate, values in facts.items():
                if predicate == RDF.type:
                    told = [short(str(one)) or one for one in values]
                    made["@type"] = told if len(told) > 1 else told[0]
                else:
                    objects = [term(one) for one in values]
                    made[short(predicate) or predicate] = (
                        objects if len(objects) > 1 else objects[0]
                    )
            yield json.dumps(made, ensure_ascii=False)

    context = json.dumps({name: str(space) for name, space in prefixes.items()}, indent=2)
    body = ",\n".join(lines())
    return f'{{"@context": {context},\n"@graph": [\n{body}\n]}}\n'.encode()


# Turtle and JSON have a spelling of their own for these.
_BARE = frozenset({XSD.integer, XSD.boolean})
# Letters and digits alone: whatever else a local name may hold need not be known here.
_LOCAL = re.compile(r"[A-Za-z][A-Za-z0-9_]*", re.ASCII)


def _shortener(prefixes: Mapping[str, Space]) -> Callable[[str], str]:
    """Addresses in a vocabulary → `prefix:name`; "" for any other."""
    names = {str(space): name for name, space in prefixes.items()}

    @lru_cache(maxsize=4096)
    def short(one: str) -> str:
        cut = max(one.rfind("#"), one.rfind("/")) + 1
        name = names.get(one[:cut])
        return f"{name}:{one[cut:]}" if name and _LOCAL.fullmatch(one, cut) else ""

    return short


_ESCAPES = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t"}
_ESCAPED = re.compile(r'[\\"\x00-\x1f\x7f]')


def _quoted(text: str) -> str:
    return _ESCAPED.sub(lambda m: _ESCAPES.get(m[0]) or f"\\u{ord(m[0]):04X}", text)


def _attribute(text: str) -> str:
    return escape(text, {'"': "&quot;"}) if "&" in text or '"' in text or "<" in text else text


def _content(text: str) -> str:
    # A parser makes a line feed of a bare carriage return.
    return escape(text, {"\r": "&#13;"})
