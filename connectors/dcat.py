"""Entries → DCAT-AP 3.0.1, as a graph and in its three spellings.

Which field becomes which property is said by `x-rdf` in the schema: a field added there appears
here. This file knows only what RDF wants of a property: whether it is a text or a node, how often
it may stand, and whether it belongs to the data set, to its distribution or to the record of it.
Every node has an address made of the entry's, none is blank: the same entry gives the same triples.
Total over drafts: what has no usable form is left out, what must be there has a stand-in.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from urllib.parse import quote

import schemas
from connectors.ckan import About
from connectors.incoming import clean
from connectors.triples import (
    RDF,
    XSD,
    Graph,
    Literal,
    Space,
    Term,
    json_ld,
    rdf_xml,
    turtle,
    typed,
)
from schemas import Field

DCTERMS = Space("http://purl.org/dc/terms/")
FOAF = Space("http://xmlns.com/foaf/0.1/")
RDFS = Space("http://www.w3.org/2000/01/rdf-schema#")
SKOS = Space("http://www.w3.org/2004/02/skos/core#")
ADMS = Space("http://www.w3.org/ns/adms#")
DCAT = Space("http://www.w3.org/ns/dcat#")
CSVW = Space("http://www.w3.org/ns/csvw#")
HYDRA = Space("http://www.w3.org/ns/hydra/core#")
VCARD = Space("http://www.w3.org/2006/vcard/ns#")
_EU = "http://publications.europa.eu/resource/authority"
_CODE = "urn:wuhai:code"

PREFIXES: Mapping[str, Space] = {
    "dct": DCTERMS, "dcat": DCAT, "foaf": FOAF, "adms": ADMS, "csvw": CSVW, "skos": SKOS,
    "vcard": VCARD, "rdf": RDF, "rdfs": RDFS, "hydra": HYDRA, "xsd": XSD,
}  # fmt: skip

# Extension → media type and who writes it.
FORMS: Mapping[str, tuple[str, Callable[[Graph, Mapping[str, Space]], bytes]]] = {
    "jsonld": ("application/ld+json", json_ld),
    "ttl": ("text/turtle", turtle),
    "xml": ("application/rdf+xml", rdf_xml),
}

# Texts by their nature; everything else points at a node.
_TEXTS = {DCTERMS.title, DCTERMS.description, DCAT.keyword, CSVW["title"], RDFS.label}
_PLAIN = {DCTERMS.identifier, DCAT.version, CSVW.name, SKOS.notation}
# DCAT-AP 3.0.1: at most one of each on one node.
_ONCE = {
    DCTERMS.publisher, DCTERMS.accessRights, DCTERMS.issued, DCTERMS.modified,
    DCTERMS.accrualPeriodicity, DCAT.version, DCTERMS.license, DCTERMS["format"],
}  # fmt: skip
_OF_DISTRIBUTION = {DCTERMS["format"], DCTERMS.license, DCTERMS.rights, CSVW.tableSchema}
_OF_RECORD = {ADMS.status}
_KINDS: Mapping[str, str] = {
    DCTERMS.rights: DCTERMS.RightsStatement,
    DCTERMS.license: DCTERMS.LicenseDocument,
    ADMS.identifier: ADMS.Identifier,
    DCAT.contactPoint: VCARD.Organization,
}
# Values of ours that the authority lists of the European Union know too.
_KNOWN: Mapping[tuple[str, str], str] = {
    **{
        (DCTERMS.accrualPeriodicity, code): f"{_EU}/frequency/{name}"
        for code, name in {
            "1": "UPDATE_CONT", "2": "DAILY", "3": "WEEKLY", "4": "MONTHLY", "5": "QUARTERLY",
            "6": "ANNUAL", "7": "ANNUAL_2", "8": "MONTHLY_3", "9": "IRREG", "99": "OTHER",
        }.items()
    },
    (DCTERMS.accessRights, "1"): f"{_EU}/access-right/PUBLIC",
    (DCTERMS.accessRights, "2"): f"{_EU}/access-right/RESTRICTED",
    (DCTERMS.accessRights, "3"): f"{_EU}/access-right/NON_PUBLIC",
    **{
        (DCTERMS["format"], name): f"{_EU}/file-type/{name.upper()}"
        for name in ("xlsx", "xls", "csv", "xml", "json", "pdf", "txt", "doc", "docx", "zip",
                     "jpg", "png", "html", "rdf")
    },
}  # fmt: skip


@dataclass(frozen=True)
class Page:
    """One page of a catalogue: where it is, of what, and the addresses of the others."""

    address: str
    catalogue: str
    publisher: tuple[str, str]
    number: int = 1
    size: int = 100
    total: int = 0
    modified: datetime | None = None
    links: Mapping[str, str] = field(default_factory=dict)


def catalogue(entries: Iterable[tuple[About, Mapping[str, Any]]], page: Page) -> Graph:
    """The catalogue with the data sets of one page, each with its record and distributions."""
    graph = Graph()
    home = page.catalogue
    graph.add(home, RDF.type, DCAT.Catalog)
    _both(graph, home, DCTERMS.title, "乌海市政务数据目录", "Catalogue of the data of Wuhai city")
    _both(graph, home, DCTERMS.description, _ABOUT[0], _ABOUT[1])
    graph.add(home, DCTERMS.publisher, _agent(graph, *page.publisher))
    graph.add(home, DCTERMS.language, f"{_EU}/language/ZHO")
    graph.add(home, FOAF.homepage, page.address or page.catalogue)
    graph.add(home, DCAT.themeTaxonomy, _scheme(graph, "theme"))
    graph.add(home, DCTERMS.spatial, _place(graph))
    if page.modified is not None:
        graph.add(home, DCTERMS.modified, typed(page.modified))
    _service(graph, home, page)
    for about, document in entries:
        _entry(graph, home, about, document)
    _paging(graph, page)
    return graph


def dataset(about: About, document: Mapping[str, Any]) -> Graph:
    """One entry with its distributions and publisher."""
    graph = Graph()
    _entry(graph, None, about, document)
    return graph


def written(graph: Graph, form: str) -> bytes:
    """The graph in one of FORMS, UTF-8."""
    return FORMS[form][1](graph, PREFIXES)


_ABOUT = (
    "乌海市各部门编制、审核并发布的政务数据资源目录。",
    "The data resources that the departments of Wuhai city have compiled, reviewed and published.",
)


def _entry(graph: Graph, home: str | None, about: About, document: Mapping[str, Any]) -> None:
    node = about.address
    graph.add(node, RDF.type, DCAT.Dataset)
    record = f"{about.address}#record" if home is not None else None
    if home is not None and record is not None:
        graph.add(home, DCAT.dataset, node)
        graph.add(home, DCAT.record, record)
        graph.add(record, RDF.type, DCAT.CatalogRecord)
        graph.add(record, FOAF.primaryTopic, node)
        graph.add(record, DCTERMS.modified, typed(about.modified))
        graph.add(record, DCTERMS.issued, typed(about.created))
    distributions = _distributions(graph, node, about, document)
    places = _Places(node, distributions, record, about)
    told = about.record()
    for one in schemas.fields("entry"):
        _say(graph, places, one, told.get(one.key))
    for one in schemas.fields("resource"):
        _say(graph, places, one, document.get(one.key))
    title = _text(document.get("name")) or about.code or about.key
    if not graph.has(node, DCTERMS.title):
        graph.add(node, DCTERMS.title, Literal(title, language="zh"))
    if not graph.has(node, DCTERMS.description):
        graph.add(node, DCTERMS.description, Literal(title, language="zh"))
    graph.add(node, DCTERMS.spatial, _place(graph))
    graph.add(node, DCAT.landingPage, node)
    graph.add(node, RDF.type, FOAF.Document)


@dataclass
class _Places:
    """Where the properties of an entry go, and a number for every node that is made for it."""

    dataset: str
    distributions: Sequence[str]
    record: str | None
    about: About
    made: int = 0

    def of(self, predicate: str) -> Sequence[str]:
        """The nodes that carry this property."""
        if predicate in _OF_DISTRIBUTION:
            return self.distributions
        if predicate in _OF_RECORD:
            return [self.record] if self.record is not None else []
        return [self.dataset]

    def fresh(self, name: str) -> str:
        """The address of a node that belongs to this entry alone."""
        self.made += 1
        return f"{self.dataset}#{name}-{self.made}"


def _distributions(graph: Graph, node: str, about: About, document: Mapping[str, Any]) -> list[str]:
    """One distribution per format; where to get it is the page of the entry: nothing is hosted."""
    formats = [one for one in _list(document.get("format_types")) if _text(one)] or [None]
    found = []
    for n, one in enumerate(formats, start=1):
        place = f"{about.address}#distribution-{n}"
        graph.add(node, DCAT.distribution, place)
        graph.add(place, RDF.type, DCAT.Distribution)
        graph.add(place, DCAT.accessURL, node)
        if one is not None:
            listed = _listed("format_types")
            graph.add(place, DCTERMS["format"], _concept(graph, DCTERMS["format"], listed, one))
        found.append(place)
    return found


def _listed(key: str) -> str:
    found = schemas.field("resource", f"/{key}")
    return (found.codes if found is not None else None) or key


def _say(graph: Graph, places: _Places, one: Field, value: object) -> None:
    """Put the value of a field where its annotation says, in the form its property wants."""
    if one.dcat is None or value in (None, "", [], {}):
        return
    predicate = _predicate(one.dcat)
    if predicate is None:
        _say_of_publisher(graph, places, one.dcat, value)
        return
    values = value if isinstance(value, list) else [value]
    for node in places.of(predicate):
        if one.kind == "rows" and predicate == CSVW.tableSchema:
            if node == places.of(predicate)[0]:
                _table(graph, node, one, values)
            continue
        for single in values:
            if predicate in _ONCE and graph.has(node, predicate):
                _say_beside(graph, places, predicate, one, single)
            else:
                for made in _objects(graph, places, predicate, one, single):
                    graph.add(node, predicate, made)


def _predicate(name: str) -> str | None:
    """The property of an annotation "prefix:name"; None for any other."""
    prefix, _, local = name.partition(":")
    if " " in name or not local or prefix not in PREFIXES:
        return None
    return f"{PREFIXES[prefix]}{local}"


def _say_of_publisher(graph: Graph, places: _Places, name: str, value: object) -> None:
    """ "foaf:Agent identifier": a property of the agent that publishes the entry."""
    kind, _, local = name.partition(" ")
    if kind == "foaf:Agent" and local and _text(value):
        publisher = _agent(graph, places.about.department_code, places.about.department_name)
        graph.add(publisher, DCTERMS[local], Literal(_text(value)))


def _say_beside(graph: Graph, places: _Places, predicate: str, one: Field, value: object) -> None:
    """What may not stand twice is told in words, as a statement of rights or not at all."""
    if predicate not in (DCTERMS.accessRights, DCTERMS.license) or not _text(value):
        return
    said = schemas.codes.label(one.codes, value) if one.codes else _text(value)
    for place in places.distributions:
        node = places.fresh("rights")
        graph.add(place, DCTERMS.rights, node)
        graph.add(node, RDF.type, DCTERMS.RightsStatement)
        graph.add(node, RDFS.label, Literal(clean(f"{one.title()}：{said}"), language="zh"))


def _objects(
    graph: Graph, places: _Places, predicate: str, one: Field, value: object
) -> Iterator[Term]:
    if isinstance(value, date):
        yield typed(value)
    elif isinstance(value, bool | int | float):
        # A draft keeps wrong types as typed; a number where a text belongs says nothing.
        if predicate in _PLAIN and not isinstance(value, bool):
            yield Literal(str(value))
        elif one.kind in ("number", "boolean"):
            yield typed(value)
    elif isinstance(value, Mapping):
        yield from _of_group(graph, places, predicate, one, value)
    elif isinstance(value, str) and _text(value):
        yield _of_text(graph, places, predicate, one, _text(value))


def _of_text(graph: Graph, places: _Places, predicate: str, one: Field, text: str) -> Term:
    if predicate in _TEXTS:
        return Literal(text, language="zh")
    if predicate in _PLAIN:
        return Literal(text)
    if predicate == DCTERMS.publisher:
        return _agent(graph, places.about.department_code, text)
    if one.codes:
        return _concept(graph, predicate, one.codes, text)
    node = places.fresh(one.key)
    # Several fields may share one property: the name of the field goes with its text.
    _describe(graph, node, predicate, f"{one.title()}：{text}", text)
    return node


def _of_group(
    graph: Graph, places: _Places, predicate: str, one: Field, value: Mapping[str, Any]
) -> Iterator[str]:
    if predicate == DCAT.contactPoint:
        yield from _contacts(graph, places, one, value)
        return
    told = "；".join(
        f"{child.title()}：{_text(value.get(child.key))}"
        for child in one.children
        if _text(value.get(child.key))
    )
    if told:
        node = places.fresh(one.key)
        _describe(graph, node, predicate, told, _text(value.get("code")) or told)
        yield node


def _describe(graph: Graph, node: str, predicate: str, label: str, bare: str) -> None:
    kind = _KINDS.get(predicate)
    if kind is not None:
        graph.add(node, RDF.type, kind)
    graph.add(node, RDFS.label, Literal(clean(label), language="zh"))
    if predicate == ADMS.identifier:
        graph.add(node, SKOS.notation, Literal(bare))
    if predicate == DCTERMS.relation:
        graph.add(node, DCTERMS.identifier, Literal(bare))


def _contacts(graph: Graph, places: _Places, one: Field, value: Mapping[str, Any]) -> Iterator[str]:
    """The posts that hold the duties: offices and office telephones, never persons."""
    for child in one.children:
        holder = value.get(child.key)
        if not isinstance(holder, Mapping) or not any(_text(v) for v in holder.values()):
            continue
        node = places.fresh("contact")
        graph.add(node, RDF.type, VCARD.Organization)
        parts = [_text(holder.get(key)) for key in ("office", "post")]
        name = " ".join(filter(None, (places.about.department_name, *parts)))
        graph.add(node, VCARD.fn, Literal(clean(name), language="zh"))
        graph.add(node, VCARD.role, Literal(child.title(), language="zh"))
        phone = re.sub(r"[^0-9+-]", "", _text(holder.get("phone")))
        if phone:
            graph.add(node, VCARD.hasTelephone, f"tel:{phone}")
        yield node


def _table(graph: Graph, node: str, one: Field, rows: Sequence[Any]) -> None:
    """The data elements as the columns of a table, in their order."""
    table = f"{node}-schema"
    columns = []
    for n, row in enumerate((r for r in rows if isinstance(r, Mapping)), start=1):
        column = f"{node}-column-{n}"
        graph.add(column, RDF.type, CSVW.Column)
        graph.add(column, CSVW.number, typed(n))
        for child in one.children:
            predicate, text = _predicate(child.dcat or ""), _text(row.get(child.key))
            if predicate is None or not text:
                continue
            if child.codes:
                text = schemas.codes.label(child.codes, text)
            literal = Literal(text, language="zh") if predicate in _TEXTS else Literal(text)
            graph.add(column, predicate, literal)
        columns.append(column)
    if not columns:
        return
    graph.add(node, CSVW.tableSchema, table)
    graph.add(table, RDF.type, CSVW.Schema)
    rest = f"{node}-list-1"
    graph.add(table, CSVW.column, rest)
    for n, column in enumerate(columns, start=1):
        graph.add(rest, RDF.first, column)
        following = f"{node}-list-{n + 1}" if n < len(columns) else RDF.nil
        graph.add(rest, RDF.rest, following)
        rest = following


def _concept(graph: Graph, predicate: str, listed: str, code: str) -> str:
    """The node of a code: one of the European lists where it stands there, else of ours."""
    known = _KNOWN.get((predicate, code))
    node = known or f"{_CODE}:{listed}:{quote(code, safe='')}"
    if not graph.has(node, RDF.type):
        graph.add(node, RDF.type, SKOS.Concept)
        for language in ("zh", "en"):
            label = _text(schemas.codes.label(listed, code, language))
            if label and (language == "zh" or label != schemas.codes.label(listed, code)):
                graph.add(node, SKOS.prefLabel, Literal(label, language=language))
        graph.add(node, SKOS.notation, Literal(clean(code)))
        graph.add(node, SKOS.inScheme, _scheme(graph, listed))
    return node


def _scheme(graph: Graph, listed: str) -> str:
    node = f"{_CODE}:{quote(listed, safe='')}"
    graph.add(node, RDF.type, SKOS.ConceptScheme)
    graph.add(node, DCTERMS.title, Literal(listed))
    return node


def _agent(graph: Graph, code: str, name: str) -> str:
    node = f"urn:wuhai:organisation:{quote(code or 'unknown', safe='')}"
    graph.add(node, RDF.type, FOAF.Agent)
    # A name is a text of its own language; two spellings of it are two names.
    graph.add(node, FOAF.name, Literal(clean(name or code or "—"), language="zh"))
    return node


def _place(graph: Graph) -> str:
    node = "urn:wuhai:region:150300"
    graph.add(node, RDF.type, DCTERMS.Location)
    _both(graph, node, SKOS.prefLabel, "乌海市", "Wuhai")
    return node


def _service(graph: Graph, home: str, page: Page) -> None:
    node = f"{page.address}/api/3/action"
    graph.add(home, DCAT.service, node)
    graph.add(node, RDF.type, DCAT.DataService)
    _both(graph, node, DCTERMS.title, "目录接口（CKAN）", "Interface of the catalogue (CKAN)")
    graph.add(node, DCAT.endpointURL, node)
    graph.add(node, DCAT.endpointDescription, f"{page.address}/api/v1/openapi.json")


def _paging(graph: Graph, page: Page) -> None:
    """Hydra, as clients of ckanext-dcat follow it."""
    here = page.links.get("self", page.catalogue)
    graph.add(here, RDF.type, HYDRA.PagedCollection)
    graph.add(here, RDF.type, HYDRA.PartialCollectionView)
    graph.add(here, HYDRA.totalItems, typed(page.total))
    graph.add(here, HYDRA.itemsPerPage, typed(page.size))
    for name in ("first", "next", "previous", "last"):
        if name in page.links:
            graph.add(here, HYDRA[name], page.links[name])
            graph.add(here, HYDRA[f"{name}Page"], Literal(page.links[name]))


def _both(graph: Graph, node: str, predicate: str, zh: str, en: str) -> None:
    graph.add(node, predicate, Literal(zh, language="zh"))
    graph.add(node, predicate, Literal(en, language="en"))


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else []


def _text(value: object) -> str:
    return clean(value).strip() if isinstance(value, str) else ""
