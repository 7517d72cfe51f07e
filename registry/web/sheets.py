"""The official sheet of a unit: template, export, import with every fault by row and column."""

from dataclasses import dataclass

import sqlalchemy as sa
from flask import Blueprint, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

import schemas
from connectors import excel, files
from registry import catalogue
from registry.access import acts, may
from registry.edge import actor, download, go, locale, reads, remember, session
from registry.edge.readings import noted
from registry.edge.words import sheet_fault
from registry.errors import Invalid, Missing
from registry.models.accounts import Organisation
from registry.models.catalogue import Resource, Version

pages = Blueprint("sheets", __name__, url_prefix="/sheets")


@dataclass(frozen=True)
class Shown:
    """A fault as a line of the page; without a place it concerns the whole file."""

    sheet: str
    row: int
    letter: str
    heading: str
    message: str
    article: str


@pages.get("")
@reads("register")
def index() -> str:
    """Download, fill in, upload."""
    return _page()


def _page(faults: list[Shown] | tuple[()] = (), outcome: catalogue.Outcome | None = None) -> str:
    return render_template(
        "sheets.html", place="inbox", units=_units(), faults=faults, outcome=outcome
    )


@pages.get("/template.xlsx")
@reads("register")
def template() -> Response:
    """The empty sheet with its drop-downs."""
    return download(excel.write([]), "数据资源目录模板.xlsx")


@pages.get("/export.xlsx")
@reads("register")
def export() -> Response:
    """Every entry of the unit as it is worked on."""
    unit = _unit(request.args.get("unit", ""))
    found = exported(session(), unit)
    return download(excel.write(found, f"{unit.name}数据资源目录"), f"{unit.name}数据资源目录.xlsx")


def exported(own: Session, unit: Organisation) -> list[excel.Exported]:
    """The entries of a unit for a sheet: the working version where there is one, else the live."""
    rows = own.execute(
        sa.select(Resource, Version)
        .join(
            Version,
            Version.id == sa.func.coalesce(Resource.working_version_id, Resource.live_version_id),
        )
        .where(Resource.department_id == unit.id, Resource.frozen_at.is_(None))
        .order_by(Resource.code.is_(None), Resource.code, Resource.id)
    ).all()
    noted(version for _, version in rows)
    return [
        excel.Exported(
            catalogue.document_of(version),
            resource.key,
            resource.code or "",
            unit.name,
            unit.code,
            resource.published_on.isoformat() if resource.published_on else "",
            version.digest,
        )
        for resource, version in rows
    ]


@pages.post("")
@reads("register")
def take() -> tuple[str, int] | str | Response:
    """Read a sheet and take its entries as drafts: all of them, or none with every fault.

    The sheet is parsed before anything is locked; the entries are stored in one short write.
    """
    unit = _unit(request.form.get("unit", ""))
    sent = request.files.get("file")
    if sent is None or not sent.filename:
        return _page([_whole("file_empty")]), 422
    try:
        rows = excel.read(files.tables(sent.read()))
    except files.Refused as refusal:
        return _page([_whole(refusal.code)]), 422
    except excel.Unreadable as refusal:
        return _page([_whole(refusal.code, **refusal.facts)]), 422
    try:
        outcome = _stored(unit.id, [incoming(row) for row in rows])
    except Invalid as refusal:
        messages = [Shown("", 0, "", "", p.message(locale()), "") for p in refusal.problems]
        return _page(messages), 422
    if outcome.faults:
        return _page([_shown(rows[place], problem) for place, problem in outcome.faults]), 422
    if not outcome.keys:
        return _page(outcome=outcome)
    address = url_for(
        "inbox.inbox",
        created=outcome.created,
        updated=outcome.updated,
        same=outcome.unchanged,
    )
    return go(address)


def _stored(unit_id: int, entries: list[catalogue.Incoming]) -> catalogue.Outcome:
    who, form = actor(), request.form
    done: list[catalogue.Outcome] = []

    def write(own: Session) -> None:
        outcome = catalogue.take(
            own,
            who,
            own.get_one(Organisation, unit_id),
            entries,
            declared=form.get("declared") == "yes",
            as_drafts=form.get("as_drafts") == "yes",
        )
        done.append(outcome)

    remember(write)
    return done[0]


def incoming(row: excel.Row) -> catalogue.Incoming:
    """A row of the sheet as the catalogue takes it."""

    def document(resource: Resource | None, before: object) -> dict[str, object]:
        if resource is None or not isinstance(before, dict):
            return excel.document(row)
        unit = resource.department
        published = resource.published_on.isoformat() if resource.published_on else ""
        known = excel.Exported(
            before, resource.key, resource.code or "", unit.name, unit.code, published, row.seen
        )
        return excel.document(row, known)

    return catalogue.Incoming(row.key, row.code, row.name, document, row.seen)


def _shown(row: excel.Row, problem: schemas.Problem) -> Shown:
    found = excel.fault(row, problem, locale())
    return Shown(excel.SHEET, found.row, found.letter, found.heading, found.message, found.article)


def _whole(code: str, **facts: object) -> Shown:
    return Shown("", 0, "", "", sheet_fault(code, facts, locale()), "")


def _units() -> list[Organisation]:
    roles = acts()["register"].roles
    ids = [h.organisation_id for h in actor().holdings if h.role in roles and not h.project_id]
    return list(
        session().scalars(
            sa.select(Organisation).where(Organisation.id.in_(ids)).order_by(Organisation.id)
        )
    )


def _unit(code: str) -> Organisation:
    units = _units()
    only = units[0] if len(units) == 1 and not code else None
    found = next((u for u in units if u.code == code), only)
    if found is None or not may(actor(), "register", found):
        raise Missing("no_unit", unit_code=code[:40])
    return found
