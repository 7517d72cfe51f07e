"""Entries in JSON for programs of departments: the same functions as the pages, the same rights.

A draft is saved under the ETag it was read with. A call with an API token needs nothing else; one
with a browser's session carries the token of its forms in the header X-CSRF-Token.
"""

import hashlib
import re
from typing import Any

import sqlalchemy as sa
from flask import Blueprint, Response, request, url_for

from registry import access, accounts, catalogue
from registry.api import bodies, openapi
from registry.api.answers import cursor_of, cursor_to, entry_of, json_answer, limit_of
from registry.catalogue import RemarkText
from registry.edge import actor, reads, session, settings, writes
from registry.edge.readings import noted
from registry.errors import Invalid, Missing, Outdated, SignInNeeded, Unconditional
from registry.models.catalogue import Resource, Version
from schemas import Problem

calls = Blueprint("api", __name__, url_prefix="/api/v1")


@calls.get("/openapi.json")
@reads(public=True)
def description() -> Response:
    """What these calls are, for programs that make clients of it."""
    return json_answer(openapi.document(settings().public_url))


@calls.get("/resources")
@reads(public=True)
def listed() -> Response:
    """Live entries this reader may see, by key; `next` is the cursor of the following page.

    `version=working` lists what the units of the caller are working on instead.
    """
    _require_reader()
    if _asks_for_working():
        if not actor().signed_in:
            raise SignInNeeded("sign_in")
        query = (
            sa.select(Resource, Version)
            .join(Version, Resource.working_version_id == Version.id)
            .where(catalogue.workable(actor()))
        )
    else:
        query = (
            sa.select(Resource, Version)
            .join(Version, Resource.live_version_id == Version.id)
            .where(catalogue.visible(actor(), settings().anonymous))
        )
    query = query.where(Resource.key > cursor_of("resources")).order_by(Resource.key)
    if unit := _unit():
        query = query.where(Resource.department_id == accounts.organisation(session(), unit).id)
    limit = limit_of()
    rows = session().execute(query.limit(limit + 1)).all()
    noted(version for _, version in rows[:limit])
    page = [entry_of(resource, version) for resource, version in rows[:limit]]
    following = cursor_to("resources", page[-1]["key"]) if len(rows) > limit else None
    return json_answer({"resources": page, "next": following}, tagged=True)


@calls.get("/resources/<key>")
@reads(public=True)
def show(key: str) -> Response:
    """One entry: the live version; `version=working` the one its department works on."""
    _require_reader()
    resource = catalogue.find(session(), actor(), key, settings().anonymous)
    working = _asks_for_working()
    version = catalogue.version_of(session(), actor(), resource) if working else resource.live
    version = version or catalogue.version_of(session(), actor(), resource)
    if version is None:
        raise Missing("no_entry")
    noted([version])
    return _tagged(json_answer(entry_of(resource, version)), resource)


@calls.post("/resources")
@writes("register")
def register() -> Response:
    """Open a draft: `department`, `document`, `declared` (the unit's secrecy review was done)."""
    body = bodies.json_object()
    unit = accounts.organisation(session(), _member(body, "department", str))
    access.require(actor(), "register", unit)
    stored = catalogue.register(
        session(),
        actor(),
        unit,
        _member(body, "document", dict),
        declared=body.get("declared") is True,
    )
    answer = _working(stored.key)
    answer.status_code = 201
    answer.headers["Location"] = url_for(".show", key=stored.key)
    return answer


@calls.put("/resources/<key>")
@writes("register")
def save(key: str) -> Response:
    """Save the whole document of a draft, under the ETag it was read with (If-Match)."""
    version = catalogue.require_version(session(), actor(), key)
    resource = version.resource
    access.require(actor(), "register", resource.department, project_id=resource.project_id)
    if "If-Match" not in request.headers:
        raise Unconditional("if_match")
    # `*` would say that any text may be overwritten: it names none, and is refused.
    seen = {tag.partition(".")[0] for tag in request.if_match.as_set()}
    if str(resource.row_version) not in seen:
        raise Outdated("outdated", key=key)
    catalogue.save(session(), actor(), version, bodies.json_object(), resource.row_version)
    return _working(key)


@calls.post("/resources/<key>/revise")
@writes("register")
def revise(key: str) -> Response:
    """Open the next version of a live entry as a draft."""
    resource = catalogue.find(session(), actor(), key)
    catalogue.revise(session(), actor(), resource)
    return _working(key)


@calls.post("/resources/<key>/hand-in")
@writes("hand_in")
def hand_in(key: str) -> Response:
    """Hand a draft in as a batch of its own; 422 lists every fault, the draft stays as it is."""
    version = catalogue.require_version(session(), actor(), key)
    batch = catalogue.hand_in(session(), actor(), [version])
    return json_answer({"key": key, "state": version.state, "submission": batch.key})


@calls.post("/resources/<key>/<any('clear', 'approve', 'publish', 'return', 'take-back'):step>")
@writes()
def advance(key: str, step: str) -> Response:
    """Take one step on exactly the text whose `digest` the caller names."""
    version = catalogue.require_version(session(), actor(), key)
    act, resource = step.replace("-", "_"), version.resource
    access.require(actor(), act, resource.department, project_id=resource.project_id)
    body = bodies.json_object()
    stored = catalogue.advance(
        session(),
        actor(),
        version,
        act,
        _remarks(body.get("remarks", [])),
        seen=_member(body, "digest", str),
    )
    state = session().get_one(Version, stored.version_id, populate_existing=True).state
    return json_answer({"key": key, "state": state, "digest": stored.digest})


def _require_reader() -> None:
    if not actor().signed_in and settings().anonymous != "open":
        raise SignInNeeded("sign_in")


def _asks_for_working() -> bool:
    """Whether the working version is wanted; Invalid for a word that means neither."""
    word = request.args.get("version", "live")
    if word not in ("live", "working"):
        raise Invalid([Problem("/version", "enum", {"value": word[:40]})])
    return word == "working"


def _remarks(given: Any) -> list[RemarkText]:
    rows = given if isinstance(given, list) else [given]
    found = []
    for n, row in enumerate(rows):
        if not isinstance(row, dict) or not isinstance(row.get("text"), str):
            raise Invalid([Problem(f"/remarks/{n}/text", "required")])
        pointer, code = row.get("pointer", ""), row.get("code", "R09")
        if not isinstance(pointer, str) or not isinstance(code, str):
            raise Invalid([Problem(f"/remarks/{n}", "type")])
        found.append(RemarkText(pointer[:200], code[:10], row["text"].strip()[:2000]))
    return [remark for remark in found if remark.text]


def _member(body: dict[str, Any], name: str, kind: type) -> Any:
    """A member of the body that must be there and of this kind."""
    value = body.get(name)
    if value is None:
        raise Invalid([Problem(f"/{name}", "required")])
    if not isinstance(value, kind):
        raise Invalid([Problem(f"/{name}", "type")])
    return value


def _unit() -> str:
    """The code of the unit that is asked for; Invalid for what is no code, as its name."""
    value = request.args.get("department", "")
    if not re.fullmatch(openapi.UNIT, value):
        raise Invalid([Problem("/department", "unit-code", {"value": value[:40]})])
    return value


def _working(key: str) -> Response:
    version = catalogue.require_version(session(), actor(), key)
    session().refresh(version.resource)
    session().refresh(version)
    return _tagged(json_answer(entry_of(version.resource, version)), version.resource)


def _tagged(answer: Response, resource: Resource) -> Response:
    """The answer under an ETag: the number of the text, by which it is saved, and its digest.

    The number alone would not change with all that is shown, as the name of the unit.
    """
    digest = hashlib.sha256(answer.get_data()).hexdigest()[:16]
    answer.set_etag(f"{resource.row_version}.{digest}")
    answer.headers["Cache-Control"] = "private, no-cache"
    if request.method in ("GET", "HEAD"):
        answer.make_conditional(request)
    return answer
