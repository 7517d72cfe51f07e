"""Fields of a record in form order, read from its schema: everything a form, a sheet, a page,
an index or a feed has to know about one property.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import field as attribute
from functools import lru_cache
from typing import Any, Literal

from schemas import conditions, schema
from schemas.conditions import CODE, Case
from schemas.schema import Record

Kind = Literal[
    "text", "longtext", "code", "codes", "list", "boolean", "number", "date", "group", "rows"
]


@dataclass(frozen=True, slots=True)
class Field:
    """One property of a record.

    `pointer` is a pattern ("/items/*/name"); `codes` names a list of `schemas.codes`;
    `when` are the cases in which a rule wants an optional field filled; with `only` it means
    nothing in others; `bars` are the cases in which a code does not fit.
    `column` holds the sheet columns by layout; `change` is the class an edit of it has; `day` is
    its rule of `schemas.days`.
    """

    key: str
    pointer: str
    kind: Kind
    widget: str
    group: str | None
    required: bool
    codes: str | None
    search: str | None
    column: Mapping[str, Any]
    change: str
    voids: frozenset[str]
    ckan: str | None
    dcat: str | None
    source: str | None
    max_length: int | None
    max_items: int | None = None
    # How a text that is no code is read (`schemas.typed`): length, gb, wan, words, code.
    typed: str = ""
    nullable: bool = False
    day: Mapping[str, Any] = attribute(default_factory=dict, repr=False)
    when: tuple[Case, ...] = ()
    only: bool = False
    bars: Mapping[str, tuple[Case, ...]] = attribute(default_factory=dict, repr=False)
    labels: Mapping[str, str] = attribute(default_factory=dict, repr=False)
    hints: Mapping[str, str] = attribute(default_factory=dict, repr=False)
    children: tuple["Field", ...] = attribute(default=(), repr=False)

    def title(self, locale: str = "zh") -> str:
        """The name of the field on screen; Chinese where a translation is missing."""
        return self.labels.get(locale, self.labels["zh"])

    def hint(self, locale: str = "zh") -> str:
        """How to fill it in, in one sentence; empty when the name says it all."""
        return self.hints.get(locale, self.hints.get("zh", ""))

    def one(self, locale: str = "zh") -> str:
        """The name of a single row or value of the field, where a language tells the two apart."""
        return self.labels.get(f"{locale}_one", self.title(locale))

    def needed(self, document: Mapping[str, Any]) -> bool:
        """Whether a document must fill the field, whatever it holds."""
        return self.required or conditions.met(self.when, document)

    def applies(self, document: Mapping[str, Any]) -> bool:
        """Whether the field may mean something: it is filled, or its case is met or open."""
        return (
            not self.only
            or document.get(self.key) not in (None, "", [], {})
            or conditions.met(self.when, document)
            or conditions.open_(self.when, document)
        )

    def is_barred(self, code: str, document: Mapping[str, Any]) -> bool:
        """Whether a rule forbids this code as the document stands."""
        return conditions.met(self.bars.get(code, ()), document)

    def child(self, key: str) -> "Field | None":
        """The child of that key; None when there is none."""
        return next((child for child in self.children if child.key == key), None)


@dataclass(frozen=True, slots=True)
class Group:
    """A section of the form."""

    key: str
    labels: Mapping[str, str]

    def title(self, locale: str = "zh") -> str:
        """The heading of the section."""
        return self.labels.get(locale, self.labels["zh"])


def fields(name: str | Record = "resource") -> tuple[Field, ...]:
    """The fields of a record in form order: by group, then as the schema lists them."""
    return _fields(schema.record(name))


def field(name: str | Record, pointer: str) -> Field | None:
    """The field a pointer of a document leads to ("/items/3/name"); None when it leads nowhere."""
    parts = [part for part in pointer.split("/")[1:] if not part.isdigit() and part != "*"]
    here, below = None, fields(name)
    for part in parts:
        here = next((one for one in below if one.key == part), None)
        if here is None:
            return None
        below = here.children
    return here


def groups(name: str | Record = "resource") -> tuple[Group, ...]:
    """The sections of the form, in order."""
    raw = schema.record(name).raw.get("x-group", [])
    return tuple(Group(one["key"], {"zh": one["title"], "en": one["en"]}) for one in raw)


@lru_cache(maxsize=64)
def _fields(record: Record) -> tuple[Field, ...]:
    made = _children(record, record.raw, "", None)
    order = {group.key: n for n, group in enumerate(groups(record))}
    return tuple(sorted(made, key=lambda one: order.get(one.group or "", len(order))))


def _children(
    record: Record, parent: Mapping[str, Any], pointer: str, above: Field | None
) -> tuple[Field, ...]:
    required = parent.get("required", ())
    return tuple(
        _field(record, key, raw, f"{pointer}/{key}", key in required, above)
        for key, raw in parent.get("properties", {}).items()
    )


def _field(
    record: Record, key: str, raw: Any, pointer: str, required: bool, above: Field | None
) -> Field:
    whole = record.resolve(raw)
    rows = record.resolve(whole.get("items", {}))
    labels = whole.get("x-labels", {})
    made = Field(
        key=key,
        pointer=pointer,
        kind=_kind(whole, rows),
        widget=whole.get("x-widget", "text"),
        group=whole.get("x-group") or (above.group if above else None),
        required=required,
        codes=_codes(whole) or _codes(rows),
        search=whole.get("x-search"),
        column=whole.get("x-column", {}),
        change=whole.get("x-change") or (above.change if above else "content"),
        voids=frozenset(whole.get("x-voids", above.voids if above else ())),
        ckan=whole.get("x-facts", {}).get("ckan"),
        dcat=whole.get("x-rdf"),
        source=whole.get("x-source"),
        max_length=rows.get("maxLength") if rows else whole.get("maxLength"),
        max_items=whole.get("maxItems"),
        typed=whole.get("x-typed", ""),
        nullable="null" in whole.get("type", ()),
        day=whole.get("x-day", {}),
        when=() if above or required else conditions.demands(record, key),
        only=whole.get("x-when") == "required",
        bars={} if above else conditions.bars(record, key),
        labels={
            "zh": whole.get("title", key),
            **_of(labels, "en", "en"),
            **_of(labels, "en_one", "en_one"),
        },
        hints={**_of(whole, "description", "zh"), **_of(labels, "en_hint", "en")},
    )
    inner, below = (rows, f"{pointer}/*") if made.kind == "rows" else (whole, pointer)
    return _with_children(made, _children(record, inner, below, made))


def _with_children(made: Field, children: tuple[Field, ...]) -> Field:
    # A field is frozen once it is handed out; here it is still ours.
    object.__setattr__(made, "children", children)
    return made


def _of(texts: Mapping[str, Any], key: str, locale: str) -> dict[str, str]:
    return {locale: texts[key]} if key in texts else {}


def _codes(whole: Mapping[str, Any]) -> str | None:
    reference = str(whole.get("$ref", ""))
    return reference.removeprefix(CODE) if reference.startswith(CODE) else None


def _kind(whole: Mapping[str, Any], rows: Mapping[str, Any]) -> Kind:
    types = whole.get("type", "string")
    one = next((t for t in types if t != "null"), "string") if isinstance(types, list) else types
    if one == "array":
        return "codes" if _codes(rows) else "rows" if "properties" in rows else "list"
    if _codes(whole):
        return "code"
    if one == "string":
        if whole.get("format") == "date":
            return "date"
        return "longtext" if whole.get("x-widget") == "textarea" else "text"
    kinds: dict[str, Kind] = {
        "object": "group",
        "boolean": "boolean",
        "number": "number",
        "integer": "number",
    }
    return kinds[one]


def position(name: str | Record, pointer: str) -> tuple[int, ...]:
    """Where a pointer stands in form order; sorts problems as a person meets the fields."""
    found: list[int] = []
    below = fields(name)
    for part in pointer.split("/")[1:]:
        if part.isdigit():
            found.append(int(part))
            continue
        number = next((n for n, one in enumerate(below) if one.key == part), len(below))
        found.append(number)
        below = below[number].children if number < len(below) else ()
    return tuple(found)
