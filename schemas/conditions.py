"""When a field must be filled, when it means nothing, which of its codes fit: as the rules say.

Read from the `if` of the rules of a record, so that form, sheet and judge never differ. A rule
whose condition is more than "this field holds one of these" is left to the judge.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from schemas import codes
from schemas.schema import Record, Schema

CODE = "urn:wuhai:code:"


@dataclass(frozen=True, slots=True)
class Case:
    """A field that holds one of these values: "share_type", or "items.*.share_type" of any row."""

    name: str
    values: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.name}={','.join(self.values)}"

    def holds(self, document: Mapping[str, Any]) -> bool:
        """Whether it is so in a document, whatever that holds."""
        return any(value in self.values for value in _held(document, self.name.split(".")))


def met(cases: Iterable[Case], document: Mapping[str, Any]) -> bool:
    """Whether one of the cases is so."""
    return any(case.holds(document) for case in cases)


def open_(cases: Iterable[Case], document: Mapping[str, Any]) -> bool:
    """Whether a field that decides has no answer yet; rows are not waited for."""
    return any("*" not in case.name and not document.get(case.name) for case in cases)


def demands(record: Record, key: str) -> tuple[Case, ...]:
    """The cases in which a rule wants this field of the record filled."""
    return tuple(
        case
        for rule in _rules(record)
        if key in rule["then"].get("required", ())
        for case in _cases(record, rule["if"])
    )


def bars(record: Record, key: str) -> Mapping[str, tuple[Case, ...]]:
    """For codes that a rule forbids in this field, the cases in which it does."""
    found: dict[str, list[Case]] = {}
    for rule in _rules(record):
        there = rule["then"].get("properties", {}).get(key, {})
        fitting = _enum(there) or _enum(there.get("items", {}))
        if not fitting:
            continue
        for code in set(_all(record, key)) - set(fitting):
            found.setdefault(code, []).extend(_cases(record, rule["if"]))
    return {code: tuple(cases) for code, cases in found.items()}


def _rules(record: Record) -> Iterator[Schema]:
    return (rule for rule in record.raw.get("allOf", ()) if {"if", "then"} <= rule.keys())


def _cases(record: Record, schema: Any, name: str = "") -> list[Case]:
    whole = record.resolve(schema)
    if "anyOf" in whole:
        return [case for part in whole["anyOf"] for case in _cases(record, part, name)]
    values = whole.get("enum") or ([whole["const"]] if "const" in whole else [])
    if values:
        return [Case(name, tuple(map(str, values)))]
    if "contains" in whole:
        # The codes of a list stand under its own name in a form, the fields of a row below it.
        row = "properties" in record.resolve(whole["contains"])
        return _cases(record, whole["contains"], f"{name}.*" if row else name)
    inner = whole.get("properties", {})
    if len(inner) != 1:
        return []
    ((key, child),) = inner.items()
    return _cases(record, child, f"{name}.{key}" if name else key)


def _enum(schema: Mapping[str, Any]) -> list[str]:
    """The codes a schema allows; [] when it allows more than a list of codes."""
    if "enum" in schema:
        return list(schema["enum"])
    reference = str(schema.get("$ref", ""))
    return list(codes.values(reference.removeprefix(CODE))) if reference.startswith(CODE) else []


def _all(record: Record, key: str) -> list[str]:
    whole = record.resolve(record.raw.get("properties", {}).get(key, {}))
    return _enum(whole) or _enum(record.resolve(whole.get("items", {})))


def _held(value: Any, parts: list[str]) -> Iterator[Any]:
    if not parts:
        yield from value if isinstance(value, list) else [value]
    elif parts[0] == "*":
        for row in value if isinstance(value, list) else ():
            yield from _held(row, parts[1:])
    elif isinstance(value, Mapping):
        yield from _held(value.get(parts[0]), parts[1:])
