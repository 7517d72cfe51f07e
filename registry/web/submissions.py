"""A batch 报送批次: choose entries, decide on them in one sitting."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import sqlalchemy as sa
from flask import Blueprint, render_template, request, url_for
from werkzeug.wrappers import Response

from registry import catalogue
from registry.access import conflict, may
from registry.catalogue import RemarkText, assessments, signed
from registry.edge import actor, go, locale, reads, session, writes
from registry.edge.readings import noted
from registry.edge.words import sentence
from registry.errors import Invalid, Missing
from registry.models.catalogue import Resource, Submission, Version
from registry.web.comparing import Compared, compared
from registry.web.paging import paged
from schemas import Problem

pages = Blueprint("submissions", __name__, url_prefix="/submissions")

# So many entries with all their changes are what one sitting takes in.
PAGE = 10

# What the holder of a state may do with many entries at once.
STEPS = {
    "in_secrecy_review": "clear",
    "in_head_review": "approve",
    "in_authority_review": "publish",
}


@pages.post("/new")
@writes("hand_in")
def hand_in() -> Response | tuple[str, int]:
    """Hand in the chosen drafts as one batch: all of them or none."""
    keys = request.form.getlist("entry")[:1000]
    versions = (
        session()
        .scalars(
            sa.select(Version)
            .join(Resource, Resource.working_version_id == Version.id)
            .where(Resource.key.in_(keys))
            .order_by(Version.id)
        )
        .all()
    )
    chosen = [v for v in versions if may(actor(), "hand_in", v.resource.department)]
    if not chosen:
        raise Missing("nothing_chosen")
    try:
        batch = catalogue.hand_in(session(), actor(), chosen, request.form.get("title", ""))
    except Invalid as refusal:
        names = {v.resource.key: v.name for v in chosen}
        page = render_template(
            "not_ready.html", place="inbox", names=names, faults=_by_entry(chosen, refusal)
        )
        return page, 422
    return go(url_for(".show", key=batch.key))


def _by_entry(
    chosen: list[Version], refusal: Invalid
) -> list[tuple[str, str, list[tuple[str, str | None]]]]:
    """The faults of every entry: key, name, sentences with their articles."""
    found = []
    for version in chosen:
        document = catalogue.document_of(version)
        problems = catalogue.check(
            session(), version.resource.department, version.resource_id, document
        )
        if problems:
            lines = [(p.message(locale()), p.article(locale())) for p in problems]
            found.append((version.resource.key, version.name, lines))
    return found


@dataclass(frozen=True)
class Line:
    """An entry of a batch: the step that waits for the actor, why he may not take it, its text."""

    version: Version
    step: str | None
    locked: str | None
    compared: Compared | None = None


@pages.get("/<key>")
@reads()
def show(key: str) -> str:
    """The batch: its entries with their states, and what the actor may do with them."""
    return _page(key)


def _page(key: str, problems: Sequence[Problem] = ()) -> str:
    """What waits for the actor stands on the page with every change, so many at a time.

    Only what is shown carries its digest, and only what carries it can be decided on: nobody
    passes an entry whose text was not before him.
    """
    batch, versions = catalogue.submission_versions(session(), actor(), key)
    lines = [_line(version) for version in versions]
    waiting = [line for line in lines if line.step and line.locked is None]
    page, last = paged(len(waiting), PAGE)
    first = PAGE * (page - 1)
    shown = [replace(line, compared=compared(line.version)) for line in waiting[first:][:PAGE]]
    noted([line.version for line in shown])
    return render_template(
        "submission.html",
        place="inbox",
        batch=batch,
        title=_title(batch, versions),
        problems=problems,
        typed=request.form,
        chosen=set(request.form.getlist("entry")) if problems else None,
        shown=shown,
        others=[line for line in lines if line not in waiting],
        waiting=len(waiting),
        page=page,
        last=last,
        first=first + 1,
        step=min((line.step for line in waiting if line.step), default=None),
        locked=next((line.locked for line in lines if line.locked), None),
        may_freeze=may(actor(), "freeze", batch.department),
        decisions=catalogue.decisions(session(), [v.id for v in versions]),
        **_papers(batch, versions),
    )


def _line(version: Version) -> Line:
    step = STEPS.get(version.state)
    if step is None or not may(actor(), step, version.resource.department, version.state):
        return Line(version, None, None)
    refusal = conflict(session(), actor(), step, catalogue.line(session(), version))
    return Line(version, step, sentence(refusal)[1] if refusal else None)


def _title(batch: Submission, versions: Sequence[Version]) -> str:
    """The name of the batch; none while one of its entries is frozen: it may be that entry's."""
    held = sa.select(sa.func.count(Version.id)).where(Version.submission_id == batch.id)
    return batch.title if session().scalar(held) == len(versions) else ""


def _papers(batch: Submission, versions: Sequence[Version]) -> dict[str, Any]:
    """The paper route: forms printed, steps that can be printed now, assessments."""
    waiting = {STEPS[v.state] for v in versions if v.state in STEPS}
    mine = [step for step in signed.ON_FORM if signed.may_handle(actor(), step, batch.department)]
    return {
        "forms": [form for form in signed.forms_of(session(), batch) if form.step in mine],
        "printable": [step for step in mine if step in waiting],
        "assessments": assessments.assessments_of(session(), [v.id for v in versions]),
        "may_assess": may(actor(), "assess", batch.department),
    }


@pages.post("/<key>/<any('clear', 'approve', 'publish', 'return'):step>")
@writes()
def advance(key: str, step: str) -> Response | tuple[str, int]:
    """Decide on the chosen entries: all of them or none, each on the text that was shown."""
    _, versions = catalogue.submission_versions(session(), actor(), key)
    chosen = set(request.form.getlist("entry"))
    seen = {
        version.id: request.form.get(f"digest.{version.resource.key}", "") for version in versions
    }
    remarks = [RemarkText("", "R09", request.form.get("reason", "").strip()[:2000])]
    try:
        catalogue.advance_many(
            session(),
            actor(),
            [v for v in versions if v.resource.key in chosen],
            step,
            seen,
            remarks if step == "return" else (),
        )
    except Invalid as refusal:
        return _page(key, refusal.problems), 422
    return go(url_for(".show", key=key))
