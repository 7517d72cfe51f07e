"""A run of a plan from the page: asked for, watched, cancelled; its release and its key."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from flask import Blueprint, Response, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from anonymization import plan as masking
from registry import catalogue, desensitization, sealed
from registry.access import may, require
from registry.desensitization import runs, sources
from registry.edge import (
    actor,
    go,
    locale,
    prepared,
    reads,
    session,
    settings,
    writes,
)
from registry.errors import Missing, Unreadable
from registry.models.catalogue import Resource, Version
from registry.models.desensitization import MaskingPlan, MaskingReport, MaskingRun
from registry.web.masking import is_read
from registry.web.sent import sent_table

pages = Blueprint("masking_runs", __name__, url_prefix="/resources/<key>/masking")


@pages.app_template_global("masking_runs")
def panel(resource: Resource, plan: MaskingPlan) -> dict[str, Any]:
    """What the panel on the page of the plan shows: its runs, sources, keys, and the limit."""
    folder = settings().data_dir
    unit = resource.department.code
    return {
        "runs": runs.runs_of(session(), plan),
        "sources": sources.listed(settings().sources_dir, unit),
        "held_keys": runs.release_keys(folder, resource),
        "largest": settings().max_upload,
        "drifted": bool(desensitization.drift(plan.plan, _version(resource))),
    }


@contextmanager
def _sealed(key: str) -> Iterator[runs.Order]:
    """What the form asks to be run over; a file that was sent lies sealed while this is open."""
    resource = _entry(key)
    require(actor(), "mask", resource.department, project_id=resource.project_id)
    if request.form.get("over") != "upload":
        yield _order(resource.department.code)
        return
    content, kind = sent_table("data")
    with runs.sealing(settings().data_dir, content) as upload:
        yield runs.Order("measured", "upload", kind, upload)


@pages.post("/runs")
@writes("mask", before=_sealed)
def ask(key: str) -> BaseResponse:
    """Put a run of the saved plan in the queue."""
    resource = _entry(key)
    profile = request.form.get("profile", "")
    plan = desensitization.plan_for(session(), resource, profile)
    if plan is None:
        raise Missing("no_plan")
    folder = settings().data_dir
    row = runs.ask(session(), actor(), folder, plan, _version(resource), prepared())
    return go(url_for(".show", key=key, run=row.key))


@pages.get("/runs/<run>")
@reads()
def show(key: str, run: str) -> str:
    """How far a run is and what came of it."""
    resource = _entry(key)
    row, plan, by = runs.run_of(session(), resource, run)
    report = session().get(MaskingReport, row.report_id) if row.report_id else None
    unit, project = resource.department, resource.project_id
    return render_template(
        "masking_run.html",
        place="inbox",
        resource=resource,
        version=_version(resource),
        plan=plan,
        run=row,
        by=by,
        report=report,
        live=row.state in runs.ACTIVE,
        ahead=runs.ahead(session(), row) if row.state == "queued" else 0,
        there=row.state == "passed" and _is_there(row),
        profile=masking.profiles()[plan.profile],
        may_mask=may(actor(), "mask", unit, project_id=project),
        word="en" if locale() == "en" else "zh",
    )


@pages.post("/runs/<run>/cancel")
@writes("mask")
def cancel(key: str, run: str) -> BaseResponse:
    """Take a run out of the queue or stop it."""
    row, _plan, _by = runs.run_of(session(), _entry(key), run)
    runs.cancel(session(), actor(), settings().data_dir, row)
    return go(url_for(".show", key=key, run=run))


@pages.post("/runs/<run>/release")
@writes("mask")
def release(key: str, run: str) -> BaseResponse:
    """The release, deciphered on its way out; who fetched it stands in the journal."""
    resource = _entry(key)
    row, plan, _by = runs.run_of(session(), resource, run)
    folder = settings().data_dir
    name = runs.release_of(session(), actor(), folder, row)
    kind = "parquet" if row.format == "parquet" else "csv"
    answer = Response(sealed.content(folder, name), mimetype=_MIMES[kind])
    answer.headers["Content-Disposition"] = (
        f'attachment; filename="release-{resource.key}-{plan.profile}.{kind}"'
    )
    return answer


@pages.post("/keys/<name>/destroy")
@writes("mask")
def destroy(key: str, name: str) -> BaseResponse:
    """Destroy the key of a release; its record stays."""
    resource = _entry(key)
    reason = request.form.get("reason", "")
    runs.destroy_key(session(), actor(), settings().data_dir, resource, name, reason)
    return go(url_for("masking.show", key=key, profile=request.form.get("profile")))


_MIMES = {"csv": "text/csv; charset=utf-8", "parquet": "application/vnd.apache.parquet"}


def _entry(key: str) -> Resource:
    """The entry, for those who have a part in its proof; for all others there is none."""
    resource = catalogue.find(session(), actor(), key)
    if not is_read(resource):
        raise Missing("no_entry")
    return resource


def _version(resource: Resource) -> Version:
    version = catalogue.version_of(session(), actor(), resource)
    if version is None:
        raise Missing("no_entry")
    return version


def _is_there(row: MaskingRun) -> bool:
    try:
        sealed.where(settings().data_dir, f"{row.key}.release")
    except Missing:
        return False
    return True


def _order(unit: str) -> runs.Order:
    """What the form asks to be run over, where no file is sent."""
    match request.form.get("over"):
        case "made_up":
            return runs.Order("plan_only", "made_up")
        case "table":
            table = sources.table(request.form.get("table", ""))
            name = request.form.get("source", "")
            sources.address_file(settings().sources_dir, unit, name)
            return runs.Order("measured", "table", "csv", None, name, table)
    raise Unreadable("run_over")
