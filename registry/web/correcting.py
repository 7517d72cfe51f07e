"""Correcting what a project stated: what rests on a system or a table is told before it goes."""

from flask import Blueprint, render_template, request, url_for
from werkzeug.wrappers import Response

from registry import projects
from registry.edge import actor, go, reads, session, writes
from registry.edge.numbers import row_number
from registry.edge.words import sentence
from registry.errors import Conflict, Invalid
from registry.models.projects import BusinessTable, Project, System

pages = Blueprint("correcting", __name__, url_prefix="/projects")

Answer = Response | tuple[str, int]


@pages.get("/<key>/systems/<system_key>")
@reads("ask_verification")
def system(key: str, system_key: str) -> str:
    """The form of one system, and what would go with it."""
    project = projects.find(session(), actor(), key)
    return _page(project, projects.find_system(session(), project, system_key))


@pages.post("/<key>/systems/<system_key>/<any(correct,remove):step>")
@writes("ask_verification")
def change_system(key: str, system_key: str, step: str) -> Answer:
    """Correct the system, or take it out of the project."""
    project = projects.find(session(), actor(), key)
    found = projects.find_system(session(), project, system_key)
    form = request.form
    try:
        if step == "remove":
            projects.remove_system(session(), actor(), project, found.key)
        else:
            projects.correct_system(
                session(),
                actor(),
                project,
                found.key,
                code=form.get("code", ""),
                name=form.get("name", ""),
                level=form.get("level", ""),
            )
    except Invalid as refusal:
        return _page(project, found, problems=refusal), 422
    return go(url_for("projects.show", key=key, _anchor="tables"))


@pages.get("/<key>/tables/correction")
@reads("register")
def table(key: str) -> str:
    """The form of one business table, and what it is matched to."""
    project = projects.find(session(), actor(), key)
    found = projects.find_table(session(), project, row_number(request.args.get("table", "")))
    return _page(project, session().get_one(System, found.system_id), found)


@pages.post("/<key>/tables/<any(correct,remove):step>")
@writes("register")
def change_table(key: str, step: str) -> Answer:
    """Correct the name of a business table, or take the table out."""
    project = projects.find(session(), actor(), key)
    found = projects.find_table(session(), project, row_number(request.form.get("table", "")))
    try:
        if step == "remove":
            projects.remove_table(session(), actor(), project, found.id)
        else:
            projects.correct_table(
                session(), actor(), project, found.id, request.form.get("name", "")
            )
    except Invalid as refusal:
        of = session().get_one(System, found.system_id)
        return _page(project, of, found, problems=refusal), 422
    return go(url_for("projects.show", key=key, _anchor="tables"))


def _page(
    project: Project,
    of: System,
    only: BusinessTable | None = None,
    *,
    problems: Invalid | None = None,
) -> str:
    closed = projects.why_closed(session(), project, of)
    return render_template(
        "correcting.html",
        place="projects",
        project=project,
        system=of,
        table=only,
        resting=projects.resting_on(session(), project, of),
        closed=sentence(Conflict(closed)) if closed else None,
        problems=problems.problems if problems else (),
        typed=request.form,
    )
