"""What a program sent: one loader for JSON, and parameters wherever CKAN allows them."""

from typing import Any

from flask import request

import schemas
from registry.edge.requests import JSON_LIMIT
from registry.errors import TooLarge, Unreadable, Unsupported

LARGEST = JSON_LIMIT
MOST_KEYS = 10_000


def json_object() -> dict[str, Any]:
    """The JSON object of the body; Unreadable names why it is none, before anybody looks inside.

    Raises Unsupported for another media type, TooLarge for more than LARGEST bytes.
    """
    if request.mimetype not in ("application/json", "application/problem+json"):
        raise Unsupported("json_only")
    body = request.get_data(cache=True)
    if len(body) > LARGEST:
        raise TooLarge("too_large")
    return _object(body)


def parameters() -> dict[str, Any]:
    """The parameters of a call: query, form, multipart, or a JSON object; a repeated one is a list.

    A body of any other kind is tried as JSON, as CKAN does. Raises Unreadable.
    """
    if request.method != "POST":
        return _checked(_flat(request.args.lists()))
    form = _flat(request.form.lists())
    if form:
        ((first, value), *rest) = form.items()
        # Very old clients send JSON with the type of a form: the text is the only key.
        if not rest and first.lstrip().startswith("{"):
            return _object(f"{first}={value}" if value else first)
        return _checked(form)
    body = request.get_data(cache=True)
    return _object(body) if body.strip() else {}


def _object(body: bytes | str) -> dict[str, Any]:
    try:
        value = schemas.loads(body, limit=LARGEST)
    except schemas.Unreadable as fault:
        raise Unreadable("not_json", reason=fault.reason) from fault
    if not isinstance(value, dict):
        raise Unreadable("not_json", reason="not-an-object")
    return _checked(value)


def _flat(pairs: Any) -> dict[str, Any]:
    return {name: values[0] if len(values) == 1 else values for name, values in pairs}


def _checked(value: dict[str, Any]) -> dict[str, Any]:
    """The value, when no text of it is of a kind that a database or an answer cannot hold."""
    waiting: list[object] = [value]
    seen = 0
    while waiting:
        here = waiting.pop()
        seen += 1
        if seen > MOST_KEYS:
            raise Unreadable("not_json", reason="size")
        if isinstance(here, dict):
            waiting.extend(here.keys())
            waiting.extend(here.values())
        elif isinstance(here, list):
            waiting.extend(here)
        elif isinstance(here, str) and "\x00" in here:
            raise Unreadable("not_json", reason="nul")
        elif isinstance(here, str):
            _check_encodable(here)
    return value


def _check_encodable(text: str) -> None:
    try:
        text.encode("utf-8")
    except UnicodeEncodeError as fault:
        raise Unreadable("not_json", reason="surrogate") from fault
