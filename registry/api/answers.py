"""Answers of `/api/v1` in JSON, the record `entry` in them, and the parameters all calls share."""

import base64
import hashlib
import hmac
import json
from typing import Any

from flask import Response, current_app, request

from registry import catalogue
from registry.discovery import conditions, fielded
from registry.discovery.packages import Live
from registry.edge.numbers import natural
from registry.errors import Invalid, Missing, Unclear
from registry.models.catalogue import Resource, Version
from schemas import Problem

PAGE = 50
MOST = 200
LONGEST = 4_000
_SEAL = 9
_LONGEST_CURSOR = 80


def json_answer(body: Any, *, tagged: bool = False) -> Response:
    """The body as JSON; `tagged`: under its ETag, and 304 where the client holds it already."""
    text = json.dumps(body, ensure_ascii=False)
    answer = Response(text, content_type="application/json; charset=utf-8")
    if tagged:
        answer.set_etag(hashlib.sha256(text.encode()).hexdigest()[:32])
        answer.headers["Cache-Control"] = "private, no-cache"
        answer.make_conditional(request)
    return answer


def entry_of(resource: Resource, version: Version) -> dict[str, Any]:
    """The record `entry` of the schemas, as far as this product fills it."""
    due, published = resource.remediation_due, resource.published_on
    return {
        "key": resource.key,
        "code": resource.code,
        "department": resource.department.name,
        "department_code": resource.department.code,
        "state": version.state,
        "version": version.number,
        "level": version.level,
        "published_on": published.isoformat() if published else None,
        "updated_at": resource.updated_at.isoformat(),
        "remediation_due": due.isoformat() if due else None,
        "digest": version.digest,
        "document": catalogue.document_of(version),
    }


def live_entry(one: Live) -> dict[str, Any]:
    """The same of a live entry that was read for a list; its digest is that of the manifest."""
    facts = one.about.record()
    return {
        **facts,
        "published_on": facts["published_on"].isoformat(),
        "updated_at": facts["updated_at"].isoformat(),
        "digest": one.digest,
        "document": one.document,
    }


def clean_text(name: str, longest: int = LONGEST) -> str:
    """A parameter that is any text; Invalid where it is longer or holds what no text holds."""
    value = request.args.get(name, "")
    if "\x00" in value:
        raise Invalid([Problem(f"/{name}", "nul")])
    if len(value) > longest:
        raise Invalid([Problem(f"/{name}", "maxLength", {"limit": longest, "given": len(value)})])
    return value


def filters_of(name: str = "fq") -> list[fielded.Node]:
    """The filters of a parameter, as CKAN writes them; Unclear says why they cannot be read."""
    text = clean_text(name).strip()
    try:
        return [conditions.read(text)] if text else []
    except fielded.Unclear as fault:
        problem = Problem(f"/{name}", "filter", {"value": text[:80], "given": str(fault)})
        raise Unclear([problem]) from fault


def limit_of() -> int:
    """How many rows the caller wants, at most MOST."""
    given = request.args.get("limit", str(PAGE))
    rows = natural(given, 4)
    if not rows:
        raise Invalid([Problem("/limit", "natural-number", {"value": given[:40], "limit": 1})])
    return min(rows, MOST)


def cursor_to(listing: str, place: str) -> str:
    """The cursor from which `place` of a list follows: sealed, so that a damaged one is told."""
    body = place.encode("ascii")
    return base64.urlsafe_b64encode(_seal(listing, body) + body).rstrip(b"=").decode()


def cursor_of(listing: str) -> str:
    """The place after which the caller wants to read on, "" for the beginning.

    Raises Missing for a cursor that was not given out by this list, for there is no page it leads
    to: an empty one would tell a program that it has read everything.
    """
    text = request.args.get("cursor", "")
    if not text:
        return ""
    refused = Missing("cursor")
    try:
        raw = base64.urlsafe_b64decode(text[:_LONGEST_CURSOR] + "=" * (-len(text) % 4))
    except ValueError as fault:
        raise refused from fault
    seal, body = raw[:_SEAL], raw[_SEAL:]
    # One spelling only: base64 would read several.
    spelled = base64.urlsafe_b64encode(raw).rstrip(b"=").decode()
    if not hmac.compare_digest(seal, _seal(listing, body)) or spelled != text:
        raise refused
    return body.decode("ascii")


def _seal(listing: str, body: bytes) -> bytes:
    secret: bytes = current_app.config["SECRET_KEY"]
    return hmac.digest(secret, f"cursor:{listing}:".encode() + body, hashlib.sha256)[:_SEAL]
