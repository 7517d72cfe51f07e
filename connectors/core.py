"""An entry whole as XML 核心元数据: every field of the record, so that nothing is lost on the way.

The names are the keys of the record, the schema of the XML is made from the record itself: a field
that is added there is in both. Dublin Core knows a third of the fields and no data elements; this
is what a second instance reads from the first. The element names are our own, no standard's.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any
from xml.etree import ElementTree as ET

import schemas
from connectors.ckan import About
from connectors.incoming import clean
from schemas import Field

CORE = "urn:wuhai:core:1"
PREFIX = "gov_catalog"
_XS = "http://www.w3.org/2001/XMLSchema"
# "Not known" said as such, which is another thing than nothing said.
_NIL = "{http://www.w3.org/2001/XMLSchema-instance}nil"
_ENTRY, _DOCUMENT, _VALUE = "entry", "document", "value"

for _prefix, _space in {PREFIX: CORE, "xs": _XS}.items():
    ET.register_namespace(_prefix, _space)


def written(about: About, document: Mapping[str, Any]) -> ET.Element:
    """The facts of an entry and its document; what is of no kind its field has is left out."""
    made = ET.Element(_name("resource"))
    for name, record, values in (
        (_ENTRY, "entry", about.record()),
        (_DOCUMENT, "resource", document),
    ):
        part = ET.SubElement(made, _name(name))
        _write(part, schemas.fields(record), values)
    return made


def read(root: ET.Element) -> tuple[dict[str, Any], dict[str, Any]] | None:
    """Facts and document of what `written` made; None for another element. Total otherwise."""
    if root.tag != _name("resource"):
        return None
    parts = [
        (root.find(_name(name)), record)
        for name, record in ((_ENTRY, "entry"), (_DOCUMENT, "resource"))
    ]
    facts, document = (
        _read(part, schemas.fields(record)) if part is not None else {} for part, record in parts
    )
    return facts, document


def _name(key: str) -> str:
    return f"{{{CORE}}}{key}"


def _write(parent: ET.Element, fields: Sequence[Field], values: Mapping[str, Any]) -> None:
    for field in fields:
        value = values.get(field.key)
        is_nil = value is None and field.nullable and field.key in values
        if not is_nil and not isinstance(value, _KINDS.get(field.kind, _TEXT)):
            continue
        made = ET.SubElement(parent, _name(field.key))
        if is_nil:
            made.set(_NIL, "true")
        elif isinstance(value, Mapping):
            _write(made, field.children, value)
        elif isinstance(value, list):
            for one in value:
                _write_one(made, field, one)
        else:
            made.text = _text(value)


def _write_one(parent: ET.Element, field: Field, value: object) -> None:
    if field.kind == "rows" and isinstance(value, Mapping):
        _write(ET.SubElement(parent, _name(_VALUE)), field.children, value)
    elif field.kind != "rows" and isinstance(value, str):
        ET.SubElement(parent, _name(_VALUE)).text = clean(value)


_TEXT = (str, date)
_KINDS: Mapping[str, Any] = {
    "group": Mapping,
    "rows": list,
    "codes": list,
    "list": list,
    "boolean": bool,
    "number": (int, float),
}


def _text(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime | date):
        return value.isoformat()
    return clean(str(value))


def _read(parent: ET.Element, fields: Sequence[Field]) -> dict[str, Any]:
    made: dict[str, Any] = {}
    for field in fields:
        element = parent.find(_name(field.key))
        if element is None:
            continue
        is_nil = field.nullable and element.get(_NIL) == "true"
        value = None if is_nil else _value(field, element)
        if is_nil or value is not None:
            made[field.key] = value
    return made


def _value(field: Field, element: ET.Element) -> Any:
    said = element.text or ""
    if field.kind == "group":
        return _read(element, field.children)
    if field.kind in ("rows", "codes", "list"):
        listed = element.findall(_name(_VALUE))
        if field.kind == "rows":
            return [_read(one, field.children) for one in listed]
        return [one.text or "" for one in listed]
    if field.kind == "boolean":
        return {"true": True, "false": False}.get(said.strip())
    if field.kind == "number":
        return _number(said)
    return said


def _number(said: str) -> int | float | None:
    try:
        value = schemas.loads(said.strip())
    except schemas.Unreadable:
        return None
    return value if isinstance(value, int | float) and not isinstance(value, bool) else None


# --- the schema of the XML ----------------------------------------------------------------------


def xsd() -> bytes:
    """The XML Schema of what `written` makes, with the title of every field."""
    root = ET.Element(f"{{{_XS}}}schema", targetNamespace=CORE, elementFormDefault="qualified")
    whole = _parts(_element(root, "resource"), "sequence")
    for name, record in ((_ENTRY, "entry"), (_DOCUMENT, "resource")):
        _describe(_parts(_element(whole, name), "all"), schemas.fields(record))
    made: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return made


def _element(parent: ET.Element, name: str, **more: str) -> ET.Element:
    return ET.SubElement(parent, f"{{{_XS}}}element", {"name": name, **more})


def _parts(element: ET.Element, how: str) -> ET.Element:
    """What takes the parts of an element: in any order ("all"), or one after the other."""
    return ET.SubElement(ET.SubElement(element, f"{{{_XS}}}complexType"), f"{{{_XS}}}{how}")


def _describe(parent: ET.Element, fields: Sequence[Field]) -> None:
    for field in fields:
        nil = {"nillable": "true"} if field.nullable else {}
        made = _element(parent, field.key, minOccurs="0", **nil)
        note = ET.SubElement(made, f"{{{_XS}}}annotation")
        ET.SubElement(note, f"{{{_XS}}}documentation").text = field.title()
        if field.kind == "group":
            _describe(_parts(made, "all"), field.children)
        elif field.kind in ("rows", "codes", "list"):
            many = _parts(made, "sequence")
            one = _element(many, _VALUE, minOccurs="0", maxOccurs="unbounded")
            if field.kind == "rows":
                _describe(_parts(one, "all"), field.children)
            else:
                one.set("type", "xs:string")
        else:
            made.set("type", _TYPES.get(field.kind, "xs:string"))


_TYPES: Mapping[str, str] = {"boolean": "xs:boolean", "number": "xs:double"}
