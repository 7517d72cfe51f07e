"""A spill: freeze by key, the 24-hour sheet, lifting and wiping."""

import math
from collections.abc import Sequence

from flask import Blueprint, render_template, request, url_for
from werkzeug.wrappers import Response

import schemas
from registry import catalogue, signing
from registry.access import may
from registry.catalogue import spill
from registry.catalogue.traces import Means
from registry.db import now
from registry.edge import actor, go, locale, reads, session, settings, writes
from registry.edge.words import sentence
from registry.errors import Invalid, Missing
from registry.models.catalogue import Freeze, Resource

# An address pasted from a browser, or a name.
LONGEST = 400

pages = Blueprint("security", __name__, url_prefix="/security")


@pages.get("")
@reads("freeze")
def overview() -> str:
    """Open freezes with their clocks, ended ones, and the form that freezes."""
    return _overview(request.args.get("entry", "")[:LONGEST])


def _overview(
    asked: str, fault: tuple[str, str] | None = None, choice: Sequence[Resource] = ()
) -> str:
    return render_template(
        "security.html",
        place="security",
        asked=asked,
        fault=fault,
        choice=choice,
        typed=request.form,
        reasons=schemas.codes.labels("freeze_reason", locale()),
        open=[
            (row, one, _hours_left(row))
            for row, one in spill.freezes(session(), actor(), ended=False)
        ],
        ended=spill.freezes(session(), actor(), ended=True),
    )


def _hours_left(row: Freeze) -> int:
    """Whole hours until the report is due; negative when it is late."""
    return math.floor((row.report_due - now()).total_seconds() / 3600)


@pages.post("/freeze")
@writes("freeze")
def freeze() -> Response | tuple[str, int]:
    """Take away now what is meant by an address, a code or a name; of several, one is chosen."""
    asked = request.form.get("key", "").strip()[:LONGEST]
    key = catalogue.key_in(asked)
    found = [] if key else catalogue.meant(session(), actor(), "freeze", asked)
    try:
        if len(found) > 1:
            raise Invalid([], code="several_entries", count=len(found))
        if found:
            key = found[0].key
        row = spill.freeze(session(), actor(), key or "", request.form.get("reason", ""))
    except (Invalid, Missing) as refusal:
        return _overview(asked, sentence(refusal), found if len(found) > 1 else ()), refusal.status
    return go(url_for(".show", key=row.key))


@pages.get("/<key>")
@reads("freeze")
def show(key: str) -> str:
    """The 24-hour report sheet, and what this person may do next."""
    return _sheet(key)


def _sheet(key: str, fault: tuple[str, str] | None = None) -> str:
    row, resource = spill.freeze_of(session(), actor(), key)
    endings = spill.endings(session(), actor(), row, resource)
    return render_template(
        "spill.html",
        place="security",
        freeze=row,
        resource=resource,
        sheet=spill.sheet(session(), row, resource, _means()),
        kept=request.form.getlist("keep"),
        left=_hours_left(row),
        fault=fault,
        typed=request.form,
        endings={act: sentence(why)[1] if why else None for act, why in endings.items()},
        may_wipe=may(actor(), "wipe", resource.department),
    )


def _means() -> Means:
    return Means(settings().data_dir, signing.load(settings().signing_key_file))


@pages.post("/<key>/lift")
@writes("lift")
def lift(key: str) -> Response | tuple[str, int]:
    """Give the entry back."""
    row, _ = spill.freeze_of(session(), actor(), key)
    try:
        spill.lift(session(), actor(), row, request.form.get("paper_number", ""))
    except Invalid as refusal:
        return _sheet(key, sentence(refusal)), refusal.status
    return go(url_for(".show", key=key))


@pages.post("/<key>/wipe")
@writes("wipe")
def wipe(key: str) -> Response | tuple[str, int]:
    """Destroy the content, after the key of the entry was typed once more."""
    row, resource = spill.freeze_of(session(), actor(), key)
    try:
        if request.form.get("confirm", "").strip() != resource.key:
            raise Invalid([], code="confirm_key", key=resource.key)
        number = request.form.get("paper_number", "")
        kept = request.form.getlist("keep")
        spill.wipe(session(), actor(), row, _means(), number, kept)
    except Invalid as refusal:
        return _sheet(key, sentence(refusal)), refusal.status
    return go(url_for(".show", key=key))
