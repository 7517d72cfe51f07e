"""OAI-PMH 2.0: the XML of answers and the records in it. Knows the protocol, no session."""

import re
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime
from typing import Any
from xml.etree import ElementTree as ET
from xml.sax.saxutils import unescape

import schemas
from connectors import core, dcat
from connectors.ckan import About
from connectors.incoming import clean
from schemas import Field

OAI = "http://www.openarchives.org/OAI/2.0/"
OAI_DC = "http://www.openarchives.org/OAI/2.0/oai_dc/"
DC = "http://purl.org/dc/elements/1.1/"
XSI = "http://www.w3.org/2001/XMLSchema-instance"
RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"

# Prefix → schema and namespace of what a record holds.
FORMATS: Mapping[str, tuple[str, str]] = {
    "oai_dc": ("http://www.openarchives.org/OAI/2.0/oai_dc.xsd", OAI_DC),
    "dcat_ap": ("http://www.w3.org/2000/07/rdf.xsd", RDF),
    # Ours: its schema stands beside the repository.
    core.PREFIX: ("/oai/gov_catalog.xsd", core.CORE),
}
# Which element of Dublin Core takes the value of a property of the schema's annotations.
_ELEMENTS: Mapping[str, str] = {
    "dct:title": "title", "dct:description": "description", "dcat:keyword": "subject",
    "dcat:theme": "subject", "dct:publisher": "publisher", "dct:format": "format",
    "dct:identifier": "identifier", "dct:accessRights": "rights", "dct:rights": "rights",
    "dct:license": "rights", "dct:relation": "relation", "dct:source": "source",
    "dct:issued": "date",
}  # fmt: skip

# XML between two characters that no text of an answer can hold (`clean`).
_SPELLED = re.compile("\x02([^\x02]*)\x02")

for _prefix, _space in {"oai_dc": OAI_DC, "dc": DC, "xsi": XSI, "rdf": RDF}.items():
    ET.register_namespace(_prefix, str(_space))
ET.register_namespace("", OAI)


def stamp(when: datetime) -> str:
    """A moment of the protocol: UTC, whole seconds."""
    return when.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def answer(
    base: str, when: datetime, asked: Mapping[str, str], parts: Iterable[ET.Element]
) -> bytes:
    """The whole answer. `asked` is left empty where the request itself could not be understood."""
    root = ET.Element(f"{{{OAI}}}OAI-PMH")
    root.set(f"{{{XSI}}}schemaLocation", f"{OAI} http://www.openarchives.org/OAI/2.0/OAI-PMH.xsd")
    add(root, "responseDate", stamp(when))
    request = add(root, "request", base)
    for name, value in asked.items():
        if value:
            request.set(name, clean(value))
    root.extend(parts)
    # Written as text and encoded once: the library would encode every tag by itself.
    text = _SPELLED.sub(lambda found: unescape(found[1]), ET.tostring(root, encoding="unicode"))
    return b"<?xml version='1.0' encoding='utf-8'?>\n" + text.encode()


def element(name: str, text: str = "", **attributes: str) -> ET.Element:
    """An element of the protocol."""
    made = ET.Element(f"{{{OAI}}}{name}", attributes)
    made.text = clean(text) or None
    return made


def add(parent: ET.Element, name: str, text: str = "", **attributes: str) -> ET.Element:
    """A child element of the protocol."""
    made = element(name, text, **attributes)
    parent.append(made)
    return made


def header(identifier: str, when: datetime, sets: Iterable[str], *, deleted: bool) -> ET.Element:
    """The header of a record; that of a deleted one is all there is of it."""
    made = element("header", **({"status": "deleted"} if deleted else {}))
    add(made, "identifier", identifier)
    add(made, "datestamp", stamp(when))
    for one in sets:
        add(made, "setSpec", one)
    return made


def record(head: ET.Element, metadata: ET.Element | str | None) -> ET.Element:
    """A record: its header, and its metadata unless it is deleted; a text is XML already."""
    made = element("record")
    made.append(head)
    if isinstance(metadata, str):
        add(made, "metadata").text = f"\x02{metadata}\x02"
    elif metadata is not None:
        add(made, "metadata").append(metadata)
    return made


def metadata(prefix: str, about: About, document: Mapping[str, Any]) -> ET.Element | str:
    """An entry in one of FORMATS, as an element or as the text of one."""
    if prefix == core.PREFIX:
        return core.written(about, document)
    if prefix == "dcat_ap":
        own = dcat.written(dcat.dataset(about, document), "xml")
        return own.decode().partition("?>")[2].strip()
    return _dublin_core(about, document)


def _dublin_core(about: About, document: Mapping[str, Any]) -> ET.Element:
    made = ET.Element(f"{{{OAI_DC}}}dc")
    made.set(f"{{{XSI}}}schemaLocation", f"{OAI_DC} {FORMATS['oai_dc'][0]}")
    seen: set[tuple[str, str]] = set()

    def say(name: str, text: str) -> None:
        if text and (name, text) not in seen:
            seen.add((name, text))
            ET.SubElement(made, f"{{{DC}}}{name}").text = text

    facts = about.record()
    for one, value in [
        *((one, facts.get(one.key)) for one in schemas.fields("entry")),
        *((one, document.get(one.key)) for one in schemas.fields("resource")),
    ]:
        name = _ELEMENTS.get(one.dcat or "")
        if name is not None:
            for text in _words(one, value):
                say(name, text)
    if not any(name == "title" for name, _ in seen):
        say("title", about.code or about.key)
    say("identifier", about.address)
    say("type", "Dataset")
    say("language", "zh")
    say("coverage", "乌海市")
    return made


def _words(one: Field, value: object) -> list[str]:
    values = value if isinstance(value, list) else [value]
    found = []
    for single in values:
        if isinstance(single, datetime | date):
            found.append(single.isoformat()[:10])
        elif isinstance(single, str) and single.strip():
            label = schemas.codes.label(one.codes, single) if one.codes else single
            found.append(clean(label).strip())
        elif isinstance(single, Mapping):
            texts = [clean(v).strip() for v in single.values() if isinstance(v, str)]
            found.append("；".join(filter(None, texts)))
    return found
