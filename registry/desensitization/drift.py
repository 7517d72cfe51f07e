"""What of the catalogue a plan rests on, and what of that is no longer as it was.

Which fields these are is said by the schema alone (`x-voids: masking`). A plan carries what they
said when it was saved, under its own digest: a plan saved again over other grades is another plan,
and the report of the old one is not one of the new.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import schemas
from anonymization import plan as masking
from registry.catalogue import document_of
from registry.models.catalogue import Version
from schemas.fields import Field

Said = Mapping[str, Any]

# Under this key, which no element can have, stands what the entry says of itself.
ENTRY = "/"
# What a plan from before it said what it rests on tells of each element all the same.
_OF_A_LINE = {"name": "name", "level": "level", "pi_kind": "kind"}


@dataclass(frozen=True)
class Changed:
    """An element, or the entry itself (`name` is None), with the fields that read otherwise now.

    No fields: the element is new, or gone.
    """

    name: str | None
    fields: tuple[Field, ...] = ()

    def told(self, locale: str = "zh") -> str:
        """The element and its fields by their names."""
        titles = [field.title(locale) for field in self.fields]
        if self.name is None:
            return ("、" if locale == "zh" else ", ").join(titles)
        if not titles:
            return self.name
        return (
            f"{self.name}（{'、'.join(titles)}）"
            if locale == "zh"
            else (f"{self.name} ({', '.join(titles)})")
        )


@cache
def voiding() -> tuple[tuple[Field, ...], tuple[Field, ...]]:
    """The fields of an entry, and those of an element, whose change voids the proof of masking."""
    every = schemas.fields("resource")
    items = next(field for field in every if field.key == "items")
    entry = tuple(one for one in every if _voids(one) and one is not items)
    return entry, tuple(one for one in items.children if _voids(one) or one.key == "name")


def _voids(field: Field) -> bool:
    # A formal change voids nothing, whatever the field above it says; the name is asked for apart,
    # since the columns of a file are met by it.
    return "masking" in field.voids and field.change not in {"none", "formal"}


def named(version: Version) -> list[dict[str, Any]]:
    """The elements of a version that have a name; a draft may hold anything."""
    listed = document_of(version).get("items")
    found = listed if isinstance(listed, list) else []
    return [item for item in found if isinstance(item, dict) and isinstance(item.get("name"), str)]


def identity(item: Mapping[str, Any]) -> str:
    """By what a line of a plan knows the element it treats."""
    return str(item.get("id") or "")[:26]


def rests_on(version: Version) -> dict[str, dict[str, Any]]:
    """What a plan made for this version rests on; what is not said is left out."""
    entry, element = voiding()
    found = {identity(item): _said(item, element) for item in named(version)}
    return {ENTRY: _said(document_of(version), entry), **found}


def _said(part: Said, fields: Sequence[Field]) -> dict[str, Any]:
    return {one.key: part[one.key] for one in fields if part.get(one.key) not in _NOTHING}


_NOTHING: tuple[Any, ...] = (None, "", [], {})


def tells_what_it_rests_on(plan: masking.Plan) -> bool:
    """Whether a plan says what of the catalogue it was made for.

    One from before plans did so is held to names, kinds and grades alone: that sharing, opening
    or format changed since nobody can tell, which its readers are told.
    """
    return plan.get("rests_on") is not None


def drift(plan: masking.Plan, version: Version) -> list[Changed]:
    """Where the entry is no longer what the plan rests on; empty while the plan fits."""
    entry, element = voiding()
    now_there, held = rests_on(version), plan.get("rests_on")
    if held is None:
        held = {line.get("element", ""): _of_line(line) for line in plan["columns"]}
        entry, element = (), tuple(one for one in element if one.key in _OF_A_LINE)
    return list(_changes(held, now_there, entry, element))


def _of_line(line: Said) -> dict[str, Any]:
    told = {key: line.get(of) for key, of in _OF_A_LINE.items()}
    return {key: value for key, value in told.items() if value not in _NOTHING}


def _changes(
    held: Mapping[str, Said],
    now_there: Mapping[str, Said],
    entry: Sequence[Field],
    element: Sequence[Field],
) -> Iterator[Changed]:
    if fields := _unlike(held.get(ENTRY, {}), now_there[ENTRY], entry):
        yield Changed(None, fields)
    for key, said in now_there.items():
        if key == ENTRY:
            continue
        if key not in held:
            yield Changed(said["name"])
        elif fields := _unlike(held[key], said, element):
            yield Changed(said["name"], fields)
    for key in held.keys() - now_there.keys() - {ENTRY}:
        yield Changed(str(held[key].get("name", key)))


def _unlike(one: Said, other: Said, fields: Sequence[Field]) -> tuple[Field, ...]:
    return tuple(field for field in fields if one.get(field.key) != other.get(field.key))
