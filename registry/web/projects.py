"""Projects: their list, what they consist of, the proofs others enter, what was found."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date
from functools import wraps
from typing import Any

import sqlalchemy as sa
from flask import Blueprint, render_template, request, url_for
from werkzeug.wrappers import Response

import schemas
from registry import acceptance, desensitization, projects
from registry.access import acts, holding_for, may, role_title
from registry.edge import actor, go, locale, prepared, reads, session, settings, writes
from registry.edge.numbers import row_number
from registry.errors import Invalid, Missing
from registry.models.accounts import Organisation, Person
from registry.models.catalogue import Resource, Version
from registry.models.projects import (
    BusinessTable,
    Evidence,
    Finding,
    Mount,
    Project,
    ProjectResource,
    System,
)
from registry.web.paging import paged
from schemas.typed import day as day_of

# Every verdict is computed anew, each from a fixed number of queries.
PER_PAGE = 15

# Where what a form entered is seen, of the forms that stand at another part of the page.
SHOWN_AT = {"systems": "tables", "tables-new": "tables"}

Form = Mapping[str, str]
View = Callable[..., Response | tuple[str, int]]

pages = Blueprint("projects", __name__, url_prefix="/projects")


@pages.get("")
@reads()
def index() -> str:
    """The projects I have a part in, each with its verdict as of now, a page at a time."""
    found = projects.listed(session(), actor())
    page, last = paged(len(found), PER_PAGE)
    shown = found[(page - 1) * PER_PAGE : page * PER_PAGE]
    return render_template(
        "projects.html",
        place="projects",
        rows=sorted(zip(shown, _examined_all(shown), strict=True), key=_urgency),
        issued=acceptance.issued(session(), [project.id for project in shown]),
        total=len(found),
        page=page,
        last=last,
        address=lambda n: url_for(".index", page=n),
        may_create=bool(_units()),
    )


def _urgency(row: tuple[Project, acceptance.Examination]) -> tuple[bool, date, int]:
    """Open before ended, by the day of acceptance, and of one day what still fails first."""
    project, found = row
    order = {"fail": 0, "conditional": 1, "pass": 1, "none": 2}
    return (
        project.concluded_on is not None,
        project.planned_on or date.max,
        order[found.verdict],
    )


@pages.get("/new")
@reads("ask_verification")
def new() -> str:
    """The form of a new project."""
    return render_template("project_new.html", place="projects", **_choices())


@pages.post("/new")
@writes("ask_verification")
def create() -> Response | tuple[str, int]:
    """Enter a project of my unit."""
    units = _units()
    unit = next((u for u in units if str(u.id) == request.form.get("unit")), None)
    unit = unit or (units[0] if len(units) == 1 else None)
    if unit is None:
        raise Missing("nothing_chosen")
    form, planned_on = request.form, None
    problems: list[schemas.Problem] = []
    try:
        planned_on = _date(form, "planned_on")
    except Invalid as refusal:
        problems += refusal.problems
    try:
        made = projects.create(
            session(),
            actor(),
            unit,
            form.get("name", ""),
            form.get("kind", ""),
            approval=form.get("approval", "").strip()[:80] or None,
            planned_on=planned_on,
        )
    except Invalid as refusal:
        problems = [*refusal.problems, *problems]
    if problems:
        page = render_template(
            "project_new.html", place="projects", problems=problems, typed=form, **_choices()
        )
        return page, 422
    return go(url_for(".show", key=made.key))


@pages.get("/<key>")
@reads()
def show(key: str) -> str:
    """One project with everything that is known about it."""
    return _page(projects.find(session(), actor(), key))


def _page(project: Project, problems: Any = (), part: str = "") -> str:
    found = _examined(project)
    systems = projects.systems_of(session(), project)
    tables = _tables(systems)
    linked = [resource.key for _, _, resource in tables if resource is not None]
    hidden = acceptance.hidden_from(session(), actor(), found, linked)
    return render_template(
        "project.html",
        place="projects",
        project=project,
        found=found,
        systems=systems,
        tables=tables,
        entries=_entries(found, hidden),
        hidden=hidden,
        nameless=acceptance.NAMELESS[locale()],
        evidence=_proofs(project),
        enterers=_enterers(),
        findings=projects.findings_of(session(), project),
        opinions=acceptance.issued(session(), [project.id]).get(project.id, []),
        enterable=projects.enterable(actor(), project),
        milestones=acceptance.schedule(session(), project.planned_on, found)
        if project.planned_on and found.verdict == "fail"
        else [],
        may=lambda act: may(actor(), act, project.unit, project_id=project.id),
        na_reasons=schemas.codes.labels("na_reason", locale()),
        gates=acceptance.gates(),
        problems=problems,
        part=part,
        typed=request.form,
        mounts=_mounts(found),
        facts=projects.stated_by(project.kind),
        own_entries=_own_entries(project, found),
        deferrable=[g for g in acceptance.gates() if g.deferrable]
        if settings().deferral_paper
        else [],
        finding_kinds=schemas.codes.labels("finding_kind", locale()),
    )


def _own_entries(project: Project, found: acceptance.Examination) -> list[tuple[str, str]]:
    """The entries of the unit that are not in the scope yet, for who may bring them in."""
    if not may(actor(), "register", project.unit, project_id=project.id):
        return []
    inside = [version["key"] for version in found.versions]
    post = holding_for(actor(), "register", project.unit, project.id)
    # A compiler under contract knows of no draft outside his project.
    reach = sa.true() if post and not post.project_id else Resource.project_id == project.id
    rows = session().execute(
        sa.select(Resource.key, Version.name)
        .join(
            Version,
            Version.id == sa.func.coalesce(Resource.working_version_id, Resource.live_version_id),
        )
        .where(
            Resource.department_id == project.unit_id,
            Resource.frozen_at.is_(None),
            Resource.key.not_in(inside),
            reach,
        )
        .order_by(Version.name, Resource.key)
        .limit(2000)
    )
    return [(key, name) for key, name in rows]


def _enters(part: str, after: str | None = None) -> Callable[[Callable[..., None]], View]:
    """Make a view of what enters something at a part of a project's page.

    It is given the project and the form. Done, it leads to that part, or to the other page named;
    refused, the page stands as it was typed, with what is wrong at that part.
    """

    def mark(enter: Callable[..., None]) -> View:
        @wraps(enter)
        def view(key: str, **names: str) -> Response | tuple[str, int]:
            project = projects.find(session(), actor(), key)
            try:
                enter(project, request.form, **names)
            except Invalid as refusal:
                return _page(project, refusal.problems, part), 422
            anchor = None if after else SHOWN_AT.get(part, part)
            return go(url_for(after or ".show", key=key, _anchor=anchor))

        return view

    return mark


@pages.post("/<key>/evidence")
@writes()
@_enters("evidence")
def evidence(project: Project, form: Form) -> None:
    """Enter number and date of a proof, by the body that issues it."""
    projects.enter_evidence(
        session(),
        actor(),
        project,
        form.get("gate", ""),
        number=form.get("number", ""),
        on=_date(form, "on"),
        next_on=_date(form, "next_on"),
        issuer=form.get("issuer", ""),
        system=_system(project, form.get("system", "")),
    )


@pages.post("/<key>/tables")
@writes("register")
@_enters("tables")
def table(project: Project, form: Form) -> None:
    """Link a business table to the entry that catalogues it, or exempt it with a reason."""
    projects.link_table(
        session(),
        actor(),
        project,
        row_number(form.get("table", "")),
        resource_key=form.get("resource", "")[:40],
        exempt_because=form.get("exempt_because", ""),
    )


@contextmanager
def _mounted(key: str) -> Iterator[str]:
    """The digest of the file that is mounted: of the one that is sent, else as it is typed."""
    sent = request.files.get("file")
    if sent is not None and sent.filename:
        yield desensitization.digest(sent.stream)  # type: ignore[arg-type]
    else:
        yield request.form.get("file_digest", "").strip()


@pages.post("/<key>/mounts")
@writes("mount", before=_mounted)
@_enters("mounts")
def mount(project: Project, form: Form) -> None:
    """Enter the mount of an entry and what its test answered."""
    resource = _resource(project, form.get("resource", ""))
    if resource is None or resource.frozen_at is not None:
        raise Missing("no_entry")
    projects.enter_mount(
        session(),
        actor(),
        resource,
        number=form.get("number", ""),
        method=form.get("method", ""),
        columns=[line.strip() for line in form.get("columns", "").splitlines() if line.strip()],
        answered=form.get("answered") == "yes",
        tested_on=_date(form, "tested_on"),
        file_digest=prepared(),
    )


@pages.post("/<key>/findings")
@writes("finding")
@_enters("findings")
def finding(project: Project, form: Form) -> None:
    """Order the rectification of a finding."""
    projects.raise_finding(
        session(),
        actor(),
        project,
        form.get("kind", ""),
        form.get("text", ""),
        _day(form, "due"),
    )


@pages.post("/<key>/findings/<finding_key>/close")
@writes("finding")
@_enters("findings")
def close(project: Project, form: Form, finding_key: str) -> None:
    """Close a finding after its re-check."""
    found = session().scalar(
        sa.select(Finding).where(Finding.key == finding_key, Finding.project_id == project.id)
    )
    if found is None:
        raise Missing("no_project")
    projects.close_finding(session(), actor(), found)


@pages.post("/<key>/not-applicable")
@writes("not_applicable")
@_enters("not-applicable", after="examination.show")
def not_applicable(project: Project, form: Form) -> None:
    """Sign that a gate does not apply, with a reason of its list."""
    projects.declare_not_applicable(
        session(),
        actor(),
        project,
        form.get("gate", ""),
        form.get("reason", ""),
        system=_system(project, form.get("system", "")),
        resource=_resource(project, form.get("resource", "")),
        note=form.get("note", ""),
    )


@pages.post("/<key>/facts")
@writes("ask_verification")
@_enters("facts")
def state(project: Project, form: Form) -> None:
    """Record the papers that this kind of project rests on."""
    projects.state(session(), actor(), project, form)


@pages.post("/<key>/systems")
@writes("ask_verification")
@_enters("systems")
def system(project: Project, form: Form) -> None:
    """Bring a system into the scope."""
    projects.add_system(
        session(),
        actor(),
        project,
        code=form.get("code", ""),
        name=form.get("name", ""),
        level=form.get("level", ""),
    )


@pages.post("/<key>/tables/new")
@writes("register")
@_enters("tables-new")
def tables(project: Project, form: Form) -> None:
    """Enter business tables by name, one a line."""
    projects.add_tables(
        session(),
        actor(),
        project,
        _system(project, form.get("system", "")),
        form.get("tables", "").splitlines(),
    )


@pages.post("/<key>/entries")
@writes("register")
@_enters("entries")
def include(project: Project, form: Form) -> None:
    """Bring an entry of the unit into the scope."""
    projects.include(session(), actor(), project, form.get("resource", "")[:40])


@pages.post("/<key>/ask")
@writes("ask_verification")
@_enters("ask", after="examination.show")
def ask(project: Project, form: Form) -> None:
    """Ask for the verification of a stage."""
    projects.ask(session(), actor(), project, form.get("stage", ""), _date(form, "planned_on"))


@pages.post("/<key>/deferrals")
@writes("revoke")
@_enters("deferrals", after="examination.show")
def defer(project: Project, form: Form) -> None:
    """Allow an open gate to be mended later, under the city paper of the settings."""
    paper = settings().deferral_paper
    projects.defer(session(), actor(), project, form.get("gate", ""), _day(form, "due"), paper)


@pages.post("/<key>/conclusion")
@writes("ask_verification")
@_enters("conclusion", after=".show")
def conclude(project: Project, form: Form) -> None:
    """Record the day of the acceptance meeting's conclusion."""
    projects.conclude(session(), actor(), project, _day(form, "concluded_on"))


def _examined(project: Project) -> acceptance.Examination:
    return acceptance.examine(session(), project, deferral_paper=settings().deferral_paper)


def _examined_all(shown: Sequence[Project]) -> list[acceptance.Examination]:
    paper = settings().deferral_paper
    return acceptance.examine_many(session(), shown, deferral_paper=paper)


def _units() -> list[Organisation]:
    roles = acts()["ask_verification"].roles
    ids = [h.organisation_id for h in actor().holdings if h.role in roles]
    return list(session().scalars(sa.select(Organisation).where(Organisation.id.in_(ids))))


def _choices() -> dict[str, Any]:
    return {"units": _units(), "kinds": schemas.codes.labels("project_kind", locale())}


def _tables(systems: Any) -> list[tuple[System, BusinessTable, Resource | None]]:
    by_id = {system.id: system for system in systems}
    rows = session().execute(
        sa.select(BusinessTable, Resource)
        .outerjoin(Resource, Resource.id == BusinessTable.resource_id)
        .where(BusinessTable.system_id.in_(by_id))
        # What is open stands on top.
        .order_by(
            BusinessTable.resource_id.is_not(None),
            BusinessTable.exempt_because.is_not(None),
            BusinessTable.id,
        )
    )
    return [(by_id[table.system_id], table, resource) for table, resource in rows]


def _entries(found: acceptance.Examination, hidden: Collection[str]) -> list[Any]:
    """The versions that are judged; the name of one the reader may not see is withheld."""
    return [
        {**one, "name": acceptance.NAMELESS[locale()], "hidden": True}
        if one["key"] in hidden
        else one
        for one in found.versions
    ]


def _mounts(found: acceptance.Examination) -> dict[str, Mount]:
    keys = [version["key"] for version in found.versions]
    rows = session().execute(
        sa.select(Resource.key, Mount)
        .join(Mount, Mount.resource_id == Resource.id)
        .where(Resource.key.in_(keys))
        .order_by(Mount.id)
    )
    return {key: made for key, made in rows}  # noqa: C416 - rows are no pairs to dict()


def _proofs(project: Project) -> list[tuple[Evidence, str]]:
    """The proofs, newest first, each with who entered it."""
    rows = session().execute(
        sa.select(Evidence, Person.name)
        .join(Person, Person.id == Evidence.entered_by)
        .where(Evidence.project_id == project.id)
        .order_by(Evidence.id.desc())
    )
    return [(proof, name) for proof, name in rows]


def _enterers() -> list[tuple[str, str]]:
    """Who enters which proofs, as words."""
    between = "、" if locale() == "zh" else ", "
    labels = schemas.codes.labels("gate", locale())
    return [
        (
            between.join(role_title(role, locale()) for role in roles),
            between.join(labels[gate] for gate in gates),
        )
        for roles, gates in projects.entered_by().items()
    ]


def _system(project: Project, code: str) -> System | None:
    return next((s for s in projects.systems_of(session(), project) if s.code == code), None)


def _resource(project: Project, key: str) -> Resource | None:
    if not key:
        return None
    found = session().scalar(
        sa.select(Resource)
        .join(ProjectResource, ProjectResource.resource_id == Resource.id)
        .where(ProjectResource.project_id == project.id, Resource.key == key)
    )
    if found is None:
        raise Missing("no_entry")
    return found


def _date(form: Mapping[str, str], name: str) -> date | None:
    """The day in a box, None where it is blank; what is no day is refused, never dropped."""
    text = day_of(form.get(name, "").strip())
    try:
        found = date.fromisoformat(text) if text else None
    except ValueError:
        found = date.min
    # No paper of a project is older than its law or younger than its archive.
    if found is not None and not 1990 <= found.year <= 2100:
        raise Invalid([schemas.Problem(f"/{name}", "evidence-date", rule="evidence-date")])
    return found


def _day(form: Mapping[str, str], name: str) -> date:
    """The day in a box that may not be blank."""
    found = _date(form, name)
    if found is None:
        raise Invalid([schemas.Problem(f"/{name}", "evidence-date", rule="evidence-date")])
    return found
