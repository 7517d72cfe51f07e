"""The description of our calls (OpenAPI 3.1), with the record schemas as its components."""

import json
from collections.abc import Mapping
from functools import cache
from typing import Any

import schemas.schema
from schemas.storage import SAFE_INTEGER

PROBLEM = {
    "type": "object",
    "description": "RFC 9457, with every fault by field and both languages",
    "required": ["type", "title", "status"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "detail": {"type": "string"},
        "status": {"type": "integer"},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {
                    "pointer": {"type": "string"},
                    "message": {"type": "string"},
                    "rule": {"type": ["string", "null"]},
                    "messages": {"type": "object"},
                },
            },
        },
        "languages": {"type": "object"},
    },
}
# What a code of a unit may be written with; none asks for all units.
UNIT = "[A-Za-z0-9_-]{0,18}"
_NO_NUL = r"^[^\u0000]*$"
_TEXT = {"type": "string", "pattern": _NO_NUL}
# Members nobody asked for are ignored, but no text of a body may hold NUL: see `api.bodies`.
_FURTHER: dict[str, Any] = {
    "propertyNames": {"pattern": _NO_NUL},
    "additionalProperties": {"$ref": "#/components/schemas/value"},
}
_VALUE = {
    "description": "any value that can be stored",
    "pattern": _NO_NUL,
    "minimum": -SAFE_INTEGER,
    "maximum": SAFE_INTEGER,
    "items": {"$ref": "#/components/schemas/value"},
    **_FURTHER,
}
_KEY = {
    "name": "key",
    "in": "path",
    "required": True,
    "schema": {"type": "string", "pattern": "^[a-z2-7]{16}$"},
}
_IF_MATCH = {"name": "If-Match", "in": "header", "required": True, "schema": {"type": "string"}}
_DECISION = {
    "type": "object",
    "required": ["digest"],
    "properties": {
        "digest": {**_TEXT, "description": "of the text that was looked at"},
        "remarks": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["text"],
                "properties": {
                    "pointer": _TEXT,
                    "code": _TEXT,
                    "text": _TEXT,
                },
                **_FURTHER,
            },
        },
    },
    **_FURTHER,
}
_REGISTRATION = {
    "type": "object",
    "required": ["department", "document", "declared"],
    "properties": {
        "department": {**_TEXT, "description": "code of the unit"},
        "document": {"$ref": "#/components/schemas/stored-document"},
        "declared": {"const": True, "description": "先审查后录入: the secrecy review was done"},
    },
    **_FURTHER,
}
_STEPS = {
    "clear": "保密审查 / secrecy clearance",
    "approve": "负责人审签并报送 / approval of the head",
    "publish": "发布 / publish",
    "return": "退回 / return with reasons",
    "take-back": "撤回 / take back",
}


def document(address: str) -> dict[str, Any]:
    """The whole description for the server at this address."""
    return {
        "openapi": "3.1.0",
        "info": {"title": "乌海市政务数据目录 / registry of a city's data", "version": "1"},
        "servers": [{"url": f"{address}/api/v1"}],
        # The open part may be read without a name, where the city allows it.
        "security": [{"token": []}, {}],
        "paths": _paths(),
        "components": {
            "securitySchemes": {
                "token": {"type": "apiKey", "in": "header", "name": "Authorization"}
            },
            "schemas": {
                **_components(),
                "entry-answer": _entry(),
                "problem": PROBLEM,
                "stored-document": _stored(),
                "value": _VALUE,
            },
        },
    }


def _entry() -> dict[str, Any]:
    """What is answered: the record, with the digest of the text beside it."""
    return {
        "type": "object",
        "properties": {
            **_components()["record.entry"]["properties"],
            "digest": {"type": "string"},
            # An entry that is to be mended, and a draft, are given out as they are.
            "document": {
                "anyOf": [
                    {"$ref": "#/components/schemas/record.resource"},
                    {"$ref": "#/components/schemas/stored-document"},
                ]
            },
        },
    }


def _paths() -> dict[str, Any]:
    entry_ = {"$ref": "#/components/schemas/entry-answer"}
    entry = _content(entry_)
    done = _content(
        {"type": "object", "properties": {"key": {"type": "string"}, "state": {"type": "string"}}}
    )
    # A draft need not be complete: that is asked of it when it is handed in.
    draft = {"$ref": "#/components/schemas/stored-document"}
    page = _page("resources", entry_)
    steps = {
        f"/resources/{{key}}/{step}": {
            "parameters": [_KEY],
            "post": _call(f"step_{step.replace('-', '_')}", words, {"200": done}, _DECISION),
        }
        for step, words in _STEPS.items()
    }
    version = {
        "type": "object",
        "properties": {
            "version": {"type": "integer"},
            "state": _components()["record.entry"]["properties"]["state"],
            "level": {"type": ["string", "null"]},
            "digest": {"type": "string"},
            "changed_at": {"type": "string"},
        },
    }
    demand = {
        "type": "object",
        "properties": {
            "key": {"type": "string"},
            "number": {"type": ["string", "null"]},
            "requester": {"type": "string"},
            "requester_code": {"type": "string"},
            "state": {"type": "string"},
            "raised_on": {"type": "string"},
            "document": {"type": "object", "description": "record.demand, as it was stated"},
        },
    }
    return {
        "/search": {
            "get": {
                **_call("search", "检索 / search", {"200": _content(_page("resources", entry_))}),
                "parameters": [
                    _parameter("q", {**_TEXT, "maxLength": 4000}),
                    _parameter("fq", {**_TEXT, "maxLength": 4000}),
                    *_PAGING,
                ],
            }
        },
        "/resources/{key}/versions": {
            "parameters": [_KEY],
            "get": _call(
                "versions", "历次版本 / versions", {"200": _content(_page("versions", version))}
            ),
        },
        "/resources/{key}/versions/{number}": {
            "parameters": [
                _KEY,
                {
                    "name": "number",
                    "in": "path",
                    "required": True,
                    "schema": {"type": "integer", "minimum": 1},
                },
            ],
            "get": _call("version", "读取一个版本 / read a version", {"200": entry}),
        },
        "/demands": {
            "get": {
                **_call("demands", "需求 / demands", {"200": _content(_page("demands", demand))}),
                "parameters": [_PAGING[0]],
            }
        },
        "/demands/{key}": {
            "parameters": [_KEY],
            "get": _call("demand", "读取需求 / read a demand", {"200": _content(demand)}),
        },
        "/resources": {
            "get": {
                **_call("list_resources", "列出已发布条目 / live entries", {"200": _content(page)}),
                "parameters": [
                    *_PAGING,
                    _parameter("department", {"type": "string", "pattern": f"^{UNIT}$"}),
                    _parameter("version", {"enum": ["live", "working"]}),
                ],
            },
            "post": _call("register", "新建草稿 / open a draft", {"201": entry}, _REGISTRATION),
        },
        "/resources/{key}": {
            "parameters": [_KEY],
            "get": {
                **_call("read_resource", "读取条目 / read an entry", {"200": entry}),
                "parameters": [_parameter("version", {"enum": ["live", "working"]})],
            },
            "put": {
                **_call("save_draft", "保存草稿 / save a draft", {"200": entry}, draft),
                "parameters": [_IF_MATCH],
            },
        },
        "/resources/{key}/revise": {
            "parameters": [_KEY],
            "post": _call("revise", "开新版 / open the next version", {"200": entry}),
        },
        "/resources/{key}/hand-in": {
            "parameters": [_KEY],
            "post": _call("hand_in", "送审 / hand in", {"200": done}),
        },
        **steps,
    }


def _parameter(name: str, schema: dict[str, Any]) -> dict[str, Any]:
    return {"name": name, "in": "query", "schema": schema}


_PAGING = (
    _parameter("cursor", {"type": "string", "pattern": "^[A-Za-z0-9_-]*$"}),
    _parameter("limit", {"type": "integer", "minimum": 1, "maximum": 9999}),
)


def _page(name: str, items: dict[str, Any]) -> dict[str, Any]:
    return {
        "type": "object",
        "required": [name, "next"],
        "properties": {
            name: {"type": "array", "items": items},
            "total": {"type": "integer"},
            "next": {"type": ["string", "null"], "description": "cursor of the following page"},
        },
    }


def _call(
    name: str, words: str, answers: dict[str, Any], body: dict[str, Any] | None = None
) -> dict[str, Any]:
    made: dict[str, Any] = {
        "operationId": name,
        "summary": words,
        "responses": {
            **answers,
            "414": _refusal("地址超过 8190 字节 / an address of more than 8,190 bytes"),
            "4XX": _refusal("说明原因和下一步 / why not, and what to do"),
        },
    }
    if body is not None:
        made["requestBody"] = {"required": True, "content": {"application/json": {"schema": body}}}
    return made


def _refusal(words: str) -> dict[str, Any]:
    problem = {"schema": {"$ref": "#/components/schemas/problem"}}
    return {"description": words, "content": {"application/problem+json": problem}}


def _content(schema: dict[str, Any]) -> dict[str, Any]:
    return {"description": "OK", "content": {"application/json": {"schema": schema}}}


@cache
def _components() -> dict[str, Any]:
    """Every record and code list, each under the last parts of its URN, and the parts they share.

    Each stands by its own name: programs that make clients follow no reference into a component.
    """
    made = {}
    for urn, raw in _schemas():
        whole = _pointed(json.loads(json.dumps(raw)), urn)
        parts = whole.pop("$defs", {})
        made[_named(urn)] = whole
        made |= {f"{_named(urn)}.{name}": part for name, part in parts.items()}
    return made


def _stored() -> dict[str, Any]:
    """What every stored document keeps, complete or not."""
    return {"description": "a document that need not be complete", **_weak()}


@cache
def _weak() -> dict[str, Any]:
    return _storable(schemas.schema.record("resource").draft_schema)


def _storable(schema: Mapping[str, Any]) -> dict[str, Any]:
    """The schema of a draft, with what is asked of a value of any field before it is stored."""
    made = {**_VALUE, **schema}
    if "items" in schema:
        made["items"] = _storable(schema["items"])
    if "properties" in schema:
        made["properties"] = {key: _storable(one) for key, one in schema["properties"].items()}
    return {name: part for name, part in made.items() if name not in _SAID_ELSEWHERE}


# Every object of a draft names its members, and the description says what the whole is.
_SAID_ELSEWHERE = ("propertyNames", "description")


def _schemas() -> tuple[tuple[str, Any], ...]:
    return schemas.schema.resources()


def _named(urn: str) -> str:
    return urn.removeprefix("urn:wuhai:").replace(":", ".")


def _pointed(schema: Any, home: str) -> Any:
    """The schema with references that lead to where its parts stand in this description."""
    if isinstance(schema, list):
        return [_pointed(part, home) for part in schema]
    if not isinstance(schema, dict):
        return schema
    made = {key: _pointed(part, home) for key, part in schema.items() if key not in _OWN}
    reference = made.get("$ref")
    if isinstance(reference, str):
        where, _, inner = reference.partition("#")
        part = inner.removeprefix("/$defs/")
        made["$ref"] = f"#/components/schemas/{_named(where or home)}{part and '.' + part}"
    return made


# A component is found by its place; its own name would begin a new base for its references.
_OWN = frozenset({"$id", "$schema"})
