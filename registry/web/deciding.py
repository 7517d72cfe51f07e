"""An entry before those who decide: what changes, and the steps of its life."""

from collections.abc import Mapping, Sequence
from typing import Any

from flask import Blueprint, render_template, request, url_for
from werkzeug.wrappers import Response

import schemas
from registry import catalogue
from registry.access import may, role_title
from registry.calendar import CITY
from registry.catalogue import RemarkText
from registry.edge import actor, go, locale, reads, session, writes
from registry.edge.readings import noted
from registry.errors import Invalid
from registry.models.catalogue import Version
from registry.web.comparing import compared, place

pages = Blueprint("deciding", __name__, url_prefix="/resources")

Document = Mapping[str, Any]


@pages.get("/<key>/difference")
@reads()
def difference(key: str) -> str:
    """The working version beside the live one: what a reviewer looks at."""
    return _difference(catalogue.require_version(session(), actor(), key))


def _difference(version: Version, problems: Sequence[schemas.Problem] = ()) -> str:
    noted([version])
    return render_template(
        "difference.html",
        place="inbox",
        version=version,
        one=compared(version),
        problems=problems,
        typed=request.form,
        typed_remarks=[
            (pointer, text)
            for pointer, text in zip(
                request.form.getlist("pointer"), request.form.getlist("remark"), strict=False
            )
            # A field that was chosen stays chosen, with nothing said of it yet.
            if pointer or text.strip()
        ],
        fields=schemas.fields("resource"),
        elements=_rows(catalogue.document_of(version)),
        available=available(version),
        history=[
            row
            for one in reversed(catalogue.line(session(), version))
            for row in decided(version, one)
        ],
        due=catalogue.clock(session(), version),
        may_freeze=may(actor(), "freeze", version.resource.department),
    )


@pages.post("/<key>/<any('clear', 'approve', 'publish', 'return', 'take-back'):step>")
@writes()
def advance(key: str, step: str) -> Response | tuple[str, int]:
    """Take one step on the entry, on exactly the text that was on the page."""
    version, act = catalogue.require_version(session(), actor(), key), step.replace("-", "_")
    seen = request.form.get("digest", "")
    try:
        catalogue.advance(session(), actor(), version, act, _remarks(), seen=seen)
    except Invalid as refusal:
        return _difference(version, refusal.problems), 422
    return go(url_for("inbox.inbox"))


def _rows(document: Document) -> list[tuple[str, str]]:
    """The data elements a remark can be on, by their place and name."""
    items = document.get("items")
    count = len(items) if isinstance(items, list) else 0
    return [(f"/items/{n}", place(f"/items/{n}", document)) for n in range(count)]


def _remarks() -> list[RemarkText]:
    """The reasons of a return: one to the whole, others to fields named by their pointer."""
    form = request.form
    found = [RemarkText("", form.get("code", "R09")[:10], form.get("reason", "").strip()[:2000])]
    pointers, texts = form.getlist("pointer"), form.getlist("remark")
    for pointer, text in zip(pointers, texts, strict=False):
        found.append(RemarkText(pointer[:200], form.get("code", "R09")[:10], text.strip()[:2000]))
    return [remark for remark in found if remark.text]


def available(version: Version) -> dict[str, str | None]:
    """The steps the actor may take, each with why it is closed; none on any but the working one."""
    if version.resource.working_version_id != version.id:
        return {}
    return catalogue.available(session(), actor(), version)


def decided(version: Version, of: int | None = None) -> list[tuple[str, str, str]]:
    """Step, who, day, of this or an earlier version: names for its people, posts for others."""
    department = version.resource.department
    inside = any(
        may(actor(), act, department) for act in ("read_working", "read_frozen", "read_all")
    )
    return [
        (
            schemas.codes.label("act", step, locale()),
            name if inside else role_title(role, locale()),
            at.astimezone(CITY).strftime("%m-%d"),
        )
        for step, role, name, at in catalogue.steps_taken(session(), of or version.id)
    ]
