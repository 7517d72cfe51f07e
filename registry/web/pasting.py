"""Data elements pasted from a spreadsheet or a list of columns: shown first, then added."""

from typing import Any

from flask import Blueprint, render_template, request, url_for
from werkzeug.wrappers import Response

import schemas
from connectors import pasting
from registry import catalogue
from registry.edge import actor, go, locale, reads, session, writes
from registry.models.catalogue import Version
from registry.web.drafting import limited, own_draft, working

pages = Blueprint("pasting", __name__, url_prefix="/resources")

# The longest list of columns that a page carries along and shows.
MOST = 400_000
SHOWN = 100


@pages.get("/<key>/items/paste")
@reads("register")
def show(key: str) -> str:
    """The place to paste into; the draft lies saved meanwhile."""
    return _page(_draft(key))


@pages.post("/<key>/items/paste")
@reads("register")
def preview(key: str) -> str | tuple[str, int]:
    """What would be added, column by column; nothing is stored."""
    version = _draft(key)
    text = request.form.get("text", "")
    if request.form.get("do") == "again":
        return _page(version, text)
    try:
        made, added, twice = _read(version, text)
    except schemas.Unreadable:
        return _page(version, text, fault="cell"), 422
    fault = _fault(version, made, added)
    if fault:
        return _page(version, text, fault=fault, twice=twice), 422
    return _page(version, text, made=made, added=added, twice=twice)


@pages.post("/<key>/items/add")
@writes("register")
def add(key: str) -> Response | tuple[str, int]:
    """Put the rows behind those that are there; what was saved meanwhile stays."""
    version = _draft(key)
    text = request.form.get("text", "")
    made, added, twice = _read(version, text)
    fault = _fault(version, made, added)
    if fault:
        return _page(version, text, fault=fault, twice=twice), 422
    held = catalogue.document_of(version)
    rows = held.get("items") if isinstance(held.get("items"), list) else []
    catalogue.save(
        session(),
        actor(),
        version,
        {**held, "items": [*(rows or []), *added]},
        version.resource.row_version,
    )
    return go(url_for("drafting.items", key=key) + f"#f-items-{len(rows or [])}-name")


def _draft(key: str) -> Version:
    version = working(key)
    own_draft(version)
    return version


def _read(version: Version, text: str) -> tuple[pasting.Pasted, list[dict[str, Any]], list[str]]:
    """What was read, the items to be added, and the names that are there already."""
    made = pasting.read(text[: MOST + 1] if len(text) <= MOST else "")
    names = {one.get("name") for one in schemas.items(catalogue.document_of(version))}
    added, twice = [], []
    reserved = _reserved() if limited(version) else frozenset()
    for item in made.items:
        if item.get("name") and item.get("name") in names:
            twice.append(str(item["name"]))
            continue
        names.add(item.get("name"))
        added.append({key: value for key, value in item.items() if key not in reserved})
    return made, added, twice


def _reserved() -> frozenset[str]:
    """What a compiler under contract leaves to the unit."""
    return frozenset(one.key for one in pasting.order() if one.change == "legal")


def _fault(version: Version, made: pasting.Pasted, added: list[dict[str, Any]]) -> str:
    """Why these rows cannot be added; "" where they can."""
    there = len(schemas.items(catalogue.document_of(version)))
    if made.cut or there + len(added) > pasting.MOST_ROWS:
        return "many"
    if len(request.form.get("text", "")) > MOST:
        return "long"
    return "" if added else "none"


def _columns(made: pasting.Pasted, added: list[dict[str, Any]]) -> list[tuple[schemas.Field, str]]:
    """The fields that were filled, each with the heading it was read from."""
    said = {one.field.key: one.said for one in made.headings if one.field is not None}
    told = {key for item in added for key in item}
    # Yes and no that nobody wrote are those of a new row, and no news.
    own = {"primary_key", "nullable"} - said.keys()
    return [
        (one, said.get(one.key, ""))
        for one in pasting.order()
        if one.key in told and one.key not in own
    ]


def _page(version: Version, text: str = "", **told: Any) -> str:
    made, added = told.get("made"), told.get("added") or []
    problems = schemas.errors("resource", {"items": added}, at="submission") if added else []
    return render_template(
        "paste.html",
        place="inbox",
        version=version,
        text=text,
        titles=[one.title(locale()) for one in pasting.order()],
        most=pasting.MOST_ROWS,
        shown=SHOWN,
        made=made,
        added=added,
        twice=told.get("twice") or [],
        fault=told.get("fault", ""),
        columns=_columns(made, added) if made else [],
        printed=lambda field, value: schemas.printed(field, value, locale()),
        # What is missing is filled in on the next page; what was pasted wrong is told now.
        problems=[
            one
            for one in problems
            if one.pointer.startswith("/items/") and one.code not in ("required", "contains")
        ],
    )
