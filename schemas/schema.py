"""Reads the record schemas and compiles them into validators, once per record and strength.

A *submission* is judged by the whole schema. A *draft* is judged by what is left of the same
schema when everything but storage protection is taken away: known keys and caps.
"""

import json
from collections.abc import Iterator, Mapping
from functools import cache, cached_property
from pathlib import Path
from typing import Any

import jsonschema_rs

from schemas import codes

RECORDS = Path(__file__).parent / "records"

# A draft may hold four times what may be handed in, so that nobody loses text that is too long.
SLACK = 4
MOST_ROWS = 500
# For a field whose values come from a code list and which therefore has no length of its own.
CODE_LENGTH = 64

Schema = dict[str, Any]


class Record:
    """A kind of document: its schema, and the validators of both strengths.

    `raw` may be any schema of the restricted dialect; a name reads the one in `records/`.
    """

    def __init__(self, name: str, raw: Mapping[str, Any]) -> None:
        self.name = name
        self.raw: Schema = dict(raw)

    def __repr__(self) -> str:
        return f"Record({self.name!r})"

    def __reduce__(self) -> tuple[type["Record"], tuple[str, Schema]]:
        # Problems travel from child processes; compiled validators do not.
        return Record, (self.name, self.raw)

    @cached_property
    def submission(self) -> jsonschema_rs.Validator:
        """The judge of what is handed in."""
        return self._compiled(self.raw)

    @cached_property
    def draft(self) -> jsonschema_rs.Validator:
        """The judge of what may be stored."""
        return self._compiled(self.draft_schema)

    @cached_property
    def draft_schema(self) -> Schema:
        """The storage protection that follows from the schema; it holds no reference."""
        return {**self._weakened(self.raw), "type": "object"}

    def _compiled(self, schema: Schema) -> jsonschema_rs.Validator:
        # A changed copy of a record stands in for the original wherever that is referred to.
        own = self.raw.get("$id")
        shared = [(urn, self.raw if urn == own else s) for urn, s in resources()]
        return jsonschema_rs.validator_for(
            schema, registry=jsonschema_rs.Registry(shared), validate_formats=True, offline=True
        )

    def resolve(self, schema: Any) -> Schema:
        """The schema with its chain of `$ref` to this or another record merged in.

        A reference to a code list or a word list stays: it is a name, not a shape.
        """
        if not isinstance(schema, dict):
            return {}
        reference = schema.get("$ref", "")
        rest = {key: value for key, value in schema.items() if key != "$ref"}
        if reference.startswith("#/$defs/"):
            return {**self.resolve(self.raw["$defs"][reference.removeprefix("#/$defs/")]), **rest}
        if reference.startswith("urn:wuhai:record:"):
            other = record(reference.removeprefix("urn:wuhai:record:"))
            return {**_inlined(other), **rest}
        return schema

    def _weakened(self, schema: Any) -> Schema:
        whole = self.resolve(schema)
        if "properties" in whole:
            return {
                "properties": {k: self._weakened(v) for k, v in whole["properties"].items()},
                "additionalProperties": False,
            }
        if "items" in whole:
            return {
                "items": self._weakened(whole["items"]),
                "maxItems": min(SLACK * whole.get("maxItems", MOST_ROWS), MOST_ROWS),
                "additionalProperties": False,
            }
        return {
            "maxLength": SLACK * whole.get("maxLength", CODE_LENGTH),
            "maxItems": MOST_ROWS,
            "additionalProperties": whole.get("type") in ("object", ["object", "null"]),
        }


def load(name: str) -> Schema:
    """The raw JSON Schema of a record; the caller gets a copy of his own."""
    text = (RECORDS / f"{name}.json").read_text(encoding="utf-8")
    schema: Schema = json.loads(text)
    return schema


def record(name: str | Record) -> Record:
    """The record of that name; a `Record` is its own answer."""
    return name if isinstance(name, Record) else _read(name)


@cache
def _read(name: str) -> Record:
    return Record(name, load(name))


def names() -> tuple[str, ...]:
    """The records of the package."""
    return tuple(sorted(path.stem for path in RECORDS.glob("*.json")))


def _inlined(other: Record) -> Schema:
    """The record as a part of another: its own definitions are merged in where they are used."""

    def merged(schema: Any) -> Any:
        if isinstance(schema, list):
            return [merged(part) for part in schema]
        if not isinstance(schema, dict):
            return schema
        return {key: merged(part) for key, part in other.resolve(schema).items()}

    own = ("$schema", "$id", "$defs", "x-group")
    return {key: merged(part) for key, part in other.raw.items() if key not in own}


@cache
def resources() -> tuple[tuple[str, Schema], ...]:
    """Every schema that may be referred to, by its URN; nothing else is ever fetched."""
    own = [(f"urn:wuhai:record:{name}", load(name)) for name in names()]
    return (*own, *codes.schemas())


def steps(record: Record, path: list[Any]) -> Iterator[Any]:
    """The schemas met on an evaluation path, outermost first, references followed."""
    here: Any = record.raw
    yield here
    home = record
    for part in path:
        if part == "$ref":
            here, home = _target(home, here["$ref"])
        elif isinstance(here, dict | list):
            here = here[part]
        yield here


def _target(home: Record, reference: str) -> tuple[Any, Record]:
    if reference.startswith("#/"):
        here: Any = home.raw
        for part in reference.removeprefix("#/").split("/"):
            here = here[part]
        return here, home
    if reference.startswith("urn:wuhai:record:"):
        other = record(reference.removeprefix("urn:wuhai:record:"))
        return other.raw, other
    return dict(resources())[reference], home
