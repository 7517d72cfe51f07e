"""What programs read of `/api/v1` beside entries themselves: search, versions, demands, the page.

Lists are paged by a cursor that is not to be interpreted, and carry an ETag: what did not change
is not sent again.
"""

import json
from typing import Any

import sqlalchemy as sa
from flask import Blueprint, Response, render_template

from registry import catalogue, exchange
from registry.api import openapi
from registry.api.answers import (
    clean_text,
    cursor_of,
    cursor_to,
    entry_of,
    filters_of,
    json_answer,
    limit_of,
    live_entry,
)
from registry.catalogue import has_part, known
from registry.discovery import packages
from registry.discovery.asked import Asked
from registry.edge import actor, index, reads, session, settings
from registry.edge.readings import noted, noted_live
from registry.errors import Missing, SignInNeeded
from registry.exchange import DemandRow
from registry.models.catalogue import Resource, Version

calls = Blueprint("reading", __name__, url_prefix="/api/v1")

# A version that the public once read and may read again.
_READABLE = ("published", "superseded")


@calls.get("/search")
@reads(public=True)
def search() -> Response:
    """Live entries by words (`q`) and filters (`fq`, as in CKAN), the best first."""
    _require_reader()
    start, limit = _place("search"), limit_of()
    asked = Asked(words=clean_text("q"), filters=filters_of(), start=start, rows=limit)
    found = packages.find(session(), index(), actor(), asked, settings().anonymous)
    entries = packages.live(
        session(), actor(), found.keys, settings().anonymous, settings().public_url
    )
    noted_live(entries)
    more = start + limit < found.count
    following = cursor_to("search", str(start + limit)) if more else None
    body = {"resources": [live_entry(one) for one in entries], "total": found.count}
    return json_answer({**body, "next": following}, tagged=True)


@calls.get("/resources/<key>/versions")
@reads(public=True)
def versions(key: str) -> Response:
    """The versions of an entry this reader may see, the newest first, without their documents."""
    found = _versions(key)
    rows = [
        {
            "version": one.number,
            "state": one.state,
            "level": one.level,
            "digest": one.digest,
            "changed_at": one.changed_at.isoformat(),
        }
        for one in found
    ]
    return json_answer({"versions": rows, "next": None}, tagged=True)


@calls.get("/resources/<key>/versions/<int:number>")
@reads(public=True)
def version(key: str, number: int) -> Response:
    """One version of an entry with its document."""
    for one in _versions(key):
        if one.number == number:
            noted([one])
            return json_answer(entry_of(one.resource, one), tagged=True)
    raise Missing("no_entry")


def _versions(key: str) -> list[Version]:
    _require_reader()
    resource = catalogue.find(session(), actor(), key, settings().anonymous)
    query = (
        sa.select(Version)
        .join(Resource, Resource.id == Version.resource_id)
        .where(Resource.id == resource.id)
        .order_by(Version.number.desc())
        .limit(200)
    )
    if not has_part(actor(), resource):
        query = query.where(known(actor(), settings().anonymous), Version.state.in_(_READABLE))
    return list(session().scalars(query))


@calls.get("/demands")
@reads()
def demands() -> Response:
    """The demands this reader knows of, open ones first."""
    page = _place("demands") or 1
    rows, total = exchange.demands(session(), actor(), page=page)
    more = page * exchange.PAGE < total
    following = cursor_to("demands", str(page + 1)) if more else None
    body = {"demands": [_demand(row) for row in rows], "total": total, "next": following}
    return json_answer(body, tagged=True)


@calls.get("/demands/<key>")
@reads()
def demand(key: str) -> Response:
    """One demand."""
    found = exchange.find_demand(session(), actor(), key)
    return json_answer(_demand(DemandRow(found, "", "")), tagged=True)


def _demand(row: DemandRow) -> dict[str, Any]:
    one = row.demand
    return {
        "key": one.key,
        "number": one.number,
        "requester": one.requester.name,
        "requester_code": one.requester.code,
        "state": one.state,
        "raised_on": one.raised_on.isoformat(),
        "document": one.document,
    }


@calls.get("", strict_slashes=False)
@reads(public=True)
def page() -> str:
    """The calls as a page: from the same description, without a script and without a network."""
    described = openapi.document(settings().public_url)
    rows = []
    for path, item in described["paths"].items():
        for method in ("get", "post", "put"):
            if method in item:
                rows.append(
                    {
                        "method": method.upper(),
                        "path": path,
                        "call": item[method],
                        "parameters": [
                            *item.get("parameters", ()),
                            *item[method].get("parameters", ()),
                        ],
                        "body": _shape(item[method].get("requestBody", {})),
                    }
                )
    return render_template("calls.html", rows=rows, base=f"{settings().public_url}/api/v1")


def _shape(body: dict[str, Any]) -> str:
    schema = body.get("content", {}).get("application/json", {}).get("schema")
    return json.dumps(schema, ensure_ascii=False, indent=1) if schema else ""


def _require_reader() -> None:
    if not actor().signed_in and settings().anonymous != "open":
        raise SignInNeeded("sign_in")


def _place(listing: str) -> int:
    return int(cursor_of(listing) or 0)
