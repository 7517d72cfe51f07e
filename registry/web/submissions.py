"""A batch 报送批次: choose entries, decide on them in one sitting."""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from flask import Blueprint, render_template, request, url_for
from werkzeug.wrappers import Response

from registry import catalogue
from registry.access import conflict, may
from registry.catalogue import RemarkText, assessments, signed
from registry.edge import actor, go, locale, reads, session, writes
from registry.edge.words import sentence
from registry.errors import Invalid, Missing
from registry.models.catalogue import Resource, Submission, Version
from schemas import Problem

pages = Blueprint("submissions", __name__, url_prefix="/submissions")

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


@pages.get("/<key>")
@reads()
def show(key: str) -> str:
    """The batch: its entries with their states, and what the actor may do with them."""
    return _page(key)


def _page(key: str, problems: Sequence[Problem] = ()) -> str:
    batch, versions = catalogue.submission_versions(session(), actor(), key)
    rows = []
    for version in versions:
        step = STEPS.get(version.state)
        allowed = step is not None and may(
            actor(), step, version.resource.department, version.state
        )
        locked = None
        if allowed and step is not None:
            refusal = conflict(session(), actor(), step, catalogue.line(session(), version))
            locked = sentence(refusal)[1] if refusal else None
        rows.append((version, step if allowed else None, locked))
    steps = {step for _, step, locked in rows if step and locked is None}
    return render_template(
        "submission.html",
        place="inbox",
        batch=batch,
        title=_title(batch, versions),
        problems=problems,
        rows=rows,
        step=next(iter(sorted(steps)), None),
        locked=next((locked for _, _, locked in rows if locked), None),
        decisions=catalogue.decisions(session(), [v.id for v in versions]),
        **_papers(batch, versions),
    )


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
