"""The official sheet of a unit: template, export, and import in two steps.

What was sent is read once, in a limited child. The page shows what would change, or every fault
by its cell with the clerk's own workbook, marked; only the confirmation stores, in one short
write. Between the pages the rows lie enciphered for an hour (`registry.held`).
"""

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any

import sqlalchemy as sa
from flask import Blueprint, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

import schemas
from connectors import excel, files, marking, traits
from registry import catalogue, held
from registry.access import acts, may
from registry.catalogue import intake
from registry.edge import actor, download, gettext, go, locale, reads, remember, session, settings
from registry.edge.readings import noted
from registry.edge.words import sheet_fault
from registry.errors import Conflict, Invalid, Missing
from registry.models.accounts import Organisation
from registry.models.catalogue import Resource, Version

pages = Blueprint("sheets", __name__, url_prefix="/sheets")

# What is held between the pages: the rows to be confirmed, the marked copy, and the sheet itself
# for whoever accepts what was suggested or leaves entries out.
ROWS, COPY, FILE = "sheet-rows", "sheet-copy", "sheet-file"
ENDINGS = (".xlsx", ".csv")


@dataclass(frozen=True)
class Shown:
    """A fault as a line of the page; without a row it concerns the whole file.

    `entry` is the name of the resource the row belongs to; "" above the first.
    """

    sheet: str
    row: int
    letter: str
    heading: str
    message: str
    article: str
    entry: str = ""


@dataclass(frozen=True)
class Change:
    """One entry of a preview: its row in the sheet, what would be done, and to which fields."""

    row: int
    name: str
    act: str
    fields: str
    to_mend: int = 0


@dataclass(frozen=True)
class Preview:
    """What the page shows of a sheet: figures, lines, what should be known, and the tokens.

    `token` opens the rows for the confirmation, `marked` the marked copy, `again` the sheet as it
    was sent; "" where there is none. `suggested` words and `standing` entries can be dealt with at
    once; `left_out` entries were.
    """

    unit: Organisation
    file: str
    counts: Mapping[str, int]
    lines: Sequence[Change] = ()
    notes: Sequence[str] = ()
    faults: Sequence[Shown] = ()
    token: str = ""
    marked: str = ""
    again: str = ""
    as_drafts: bool = False
    suggested: int = 0
    standing: int = 0
    left_out: int = 0


@dataclass
class Sent:
    """A sheet under way: for which unit, with which declarations, and its rows."""

    unit: str
    file: str
    declared: bool
    as_drafts: bool
    rows: list[excel.Row] = field(default_factory=list)
    marks: list[str] = field(default_factory=list)
    # Whether suggested words are taken, and entries that cannot be changed now left out.
    accepts: bool = False
    leaves_out: bool = False
    left_out: int = 0

    def plain(self) -> bytes:
        """As bytes to be held."""
        return json.dumps(asdict(self), ensure_ascii=False).encode()


def _sent(content: bytes) -> Sent:
    told = json.loads(content)
    for row in told["rows"]:
        row["items"] = [(number, cells) for number, cells in row["items"]]
        places = row["places"]
        row["places"] = places and {int(at): place for at, place in places.items()}
    return Sent(**{**told, "rows": [excel.Row(**row) for row in told["rows"]]})


@pages.get("")
@reads("register")
def index() -> str:
    """Download, fill in, upload."""
    return _page()


def _page(refused: str = "", preview: Preview | None = None) -> str:
    return render_template(
        "sheets.html",
        place="inbox",
        units=units(),
        refused=refused,
        preview=preview,
        columns=excel.parts(),
        # Declared once for this batch: a mended sheet is the same batch.
        declared=request.form.get("declared") == "yes" or preview is not None,
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
    unit = unit_of(request.args.get("unit", ""))
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
def take() -> tuple[str, int] | str:
    """Read a sheet and show what would change, or every fault; nothing is stored."""
    form = request.form
    unit = unit_of(form.get("unit", ""))
    upload = request.files.get("file")
    data = upload.read() if upload is not None and upload.filename else b""
    name = (upload.filename or "" if upload is not None else "")[-80:]
    declared, as_drafts = form.get("declared") == "yes", form.get("as_drafts") == "yes"
    return _reviewed(unit, Sent(unit.code, name, declared, as_drafts), data)


@pages.post("/again")
@reads("register")
def again() -> tuple[str, int] | str:
    """The same sheet once more, suggestions accepted or unchangeable entries left out."""
    content = held.content(settings().data_dir, _person(), request.form.get("token", ""), FILE)
    told, _, data = content.partition(b"\n")
    sent = _sent(told)
    sent.accepts = sent.accepts or request.form.get("do") == "accept"
    sent.leaves_out = sent.leaves_out or request.form.get("do") == "leave-out"
    return _reviewed(unit_of(sent.unit), sent, data)


def _reviewed(unit: Organisation, sent: Sent, data: bytes) -> tuple[str, int] | str:
    """The page of a sheet that was sent: what would change, or every fault."""
    try:
        opened = files.opened(data)
        sheet = excel.sheet(opened)
    except files.Refused as refusal:
        return _page(sheet_fault(refusal.code, {}, locale())), 422
    except excel.Unreadable as refusal:
        if not sent.file.lower().endswith(ENDINGS):
            return _page(gettext("请上传 .xlsx 或者 .csv 表格。")), 422
        return _page(sheet_fault(refusal.code, refusal.facts, locale())), 422
    as_sent = replace(sent, rows=[]).plain()
    sent.rows = sheet.rows
    try:
        made = _plan(session(), unit, sent)
        if sent.leaves_out and made.standing:
            sheet, sent.left_out = _without(sheet, made.standing), len(made.standing)
            sent.rows = sheet.rows
            made = _plan(session(), unit, sent)
    except Invalid as refusal:
        return _page("；".join(p.message(locale()) for p in refusal.problems)), 422
    notes = [sheet_fault(code, facts, locale()) for code, facts in sheet.notes]
    faults = _faults(sheet, made)
    if faults:
        copy = _marked(opened, data, sheet, faults)
        near = sum("near" in problem.params for _, problem in made.faults)
        more = {"suggested": near, "standing": len(made.standing)}
        token = _held(as_sent + b"\n" + data, FILE) if any(more.values()) else ""
        preview = _preview(unit, sent, made, notes, faults=faults, marked=copy, again=token, **more)
        return _page(preview=preview), 422
    sent.marks = made.marks
    token = "" if not _acting(made) else _held(sent.plain(), ROWS)
    return _page(preview=_preview(unit, sent, made, notes, token=token))


def _without(sheet: excel.Sheet, places: Collection[int]) -> excel.Sheet:
    """The sheet without these entries, and without what is odd in their rows."""
    gone = {
        number
        for place in places
        for number in (sheet.rows[place].number, *(n for n, _ in sheet.rows[place].items))
    }
    rows = [row for place, row in enumerate(sheet.rows) if place not in places]
    return replace(sheet, rows=rows, oddities=[o for o in sheet.oddities if o.row + 1 not in gone])


@pages.post("/confirm")
@reads("register")
def confirm() -> Response | tuple[str, int]:
    """Store what the preview showed, if it would still do the same; then forget the sheet.

    Planned again outside the lock; under it only the versions are compared.
    """
    token = request.form.get("token", "")
    sent = _sent(held.content(settings().data_dir, _person(), token, ROWS))
    unit = unit_of(sent.unit)
    made = _plan(session(), unit, sent)
    moved = _moved(sent, made)
    if moved:
        raise Conflict("sheet_moved", entries="、".join(moved))
    done: list[catalogue.Outcome] = []
    who, unit_id = actor(), unit.id

    def write(own: Session) -> None:
        done.append(intake.carry_out(own, who, own.get_one(Organisation, unit_id), made))

    with held.used_up(settings().data_dir, token):
        remember(write)
    (outcome,) = done
    return go(
        url_for(
            "inbox.inbox",
            created=outcome.created,
            updated=outcome.updated,
            same=outcome.unchanged,
        )
    )


@pages.post("/marked")
@reads("register")
def marked() -> Response:
    """The clerk's own workbook with every fault marked, as long as it is held."""
    token = request.form.get("token", "")
    content = held.content(settings().data_dir, _person(), token, COPY)
    ending = "xlsx" if content.startswith(b"PK") else "csv"
    return download(content, f"标注错误的表格.{ending}")


def _plan(own: Session, unit: Organisation, sent: Sent) -> intake.Plan:
    return intake.plan(
        own,
        actor(),
        unit,
        [incoming(row, accepts=sent.accepts) for row in sent.rows],
        declared=sent.declared,
        as_drafts=sent.as_drafts,
    )


def _moved(sent: Sent, made: intake.Plan) -> list[str]:
    """The entries that would be dealt with otherwise than the page showed, by row and name."""
    faulty = {place for place, _ in made.faults}
    return [
        f"{row.number}「{row.name}」"
        for at, (row, mark) in enumerate(zip(sent.rows, made.marks, strict=True))
        if at in faulty or mark != sent.marks[at]
    ][:20]


def _acting(made: intake.Plan) -> int:
    return made.count("new") + made.count("changed")


def _person() -> int:
    # Whoever may register has signed in.
    return actor().person_id or 0


def _held(content: bytes, purpose: str) -> str:
    return held.hold(settings().data_dir, _person(), content, purpose)


def _faults(sheet: excel.Sheet, made: intake.Plan) -> list[Shown]:
    """Every fault once: what is odd about a cell stands before what its text would break."""
    found = [
        Shown(
            sheet.name,
            one.row + 1,
            one.letter,
            str(one.facts.get("heading", "")),
            sheet_fault(one.code, one.facts, locale()),
            "",
            _entry_at(sheet, one.row + 1),
        )
        for one in sheet.oddities
    ]
    odd = {(one.row, one.letter) for one in found}
    for place, problem in made.faults:
        one = _shown(sheet.name, sheet.rows[place], problem)
        if (one.row, one.letter) not in odd:
            found.append(one)
    return sorted(found, key=lambda one: (one.row, traits.number(one.letter)))


def _marked(opened: files.Opened, data: bytes, sheet: excel.Sheet, faults: Sequence[Shown]) -> str:
    """The token of the marked copy; "" where the workbook is too large to be marked."""
    marks = [
        marking.Mark(one.row - 1, traits.number(one.letter), one.heading, _sentence(one))
        for one in faults
    ]
    named = sheet_fault("copy_author", {}, locale())
    row, place, fault = sheet_fault("copy_headings", {}, locale()).split("|")
    words = marking.Words(excel.FAULTS, excel.FAULTS_COLUMN, row, place, fault, named)
    try:
        copy = marking.marked(opened.kind, data, sheet.name, sheet.start, marks, words)
        return _held(copy, COPY)
    except files.Refused:
        return ""


def _sentence(one: Shown) -> str:
    return f"{one.message}（{one.article}）" if one.article else one.message


def _preview(
    unit: Organisation, sent: Sent, made: intake.Plan, notes: list[str], **more: Any
) -> Preview:
    titles = {f"/{one.key}": one.title(locale()) for one in schemas.fields()}
    between = "、" if locale() == "zh" else ", "
    wrong = {place for place, _ in made.faults}
    lines = [
        Change(
            sent.rows[line.place].number,
            line.name or sent.rows[line.place].name,
            "faulty" if line.place in wrong else line.act,
            between.join(titles.get(one, one) for one in line.changed),
            line.to_mend,
        )
        for line in made.lines
    ]
    counts = {act: made.count(act) for act in ("new", "changed", "same")}
    counts["faulty"] = len(wrong)
    counts["to_mend"] = sum(line.to_mend for line in made.lines)
    more = {**more, "as_drafts": sent.as_drafts, "left_out": sent.left_out}
    return Preview(unit, sent.file, counts, lines, notes, **more)


def incoming(row: excel.Row, *, accepts: bool = False) -> catalogue.Incoming:
    """A row of the sheet as the catalogue takes it, on demand with suggested words taken."""

    def document(resource: Resource | None, before: object) -> dict[str, object]:
        made = as_written(resource, before)
        return schemas.suggested("resource", made) if accepts else made

    def as_written(resource: Resource | None, before: object) -> dict[str, object]:
        if resource is None or not isinstance(before, dict):
            return excel.document(row)
        unit = resource.department
        published = resource.published_on.isoformat() if resource.published_on else ""
        known = excel.Exported(
            before, resource.key, resource.code or "", unit.name, unit.code, published, row.seen
        )
        return excel.document(row, known)

    return catalogue.Incoming(row.key, row.code, row.name, document, row.seen)


def _shown(sheet: str, row: excel.Row, problem: schemas.Problem) -> Shown:
    found = excel.fault(row, problem, locale())
    return Shown(
        sheet, found.row, found.letter, found.heading, found.message, found.article, row.name
    )


def _entry_at(sheet: excel.Sheet, number: int) -> str:
    """The name of the entry that a row of the sheet belongs to: the last one begun above it."""
    return next((row.name for row in reversed(sheet.rows) if row.number <= number), "")


def units() -> list[Organisation]:
    """The units for which this person compiles, not as a contractor."""
    roles = acts()["register"].roles
    ids = [h.organisation_id for h in actor().holdings if h.role in roles and not h.project_id]
    return list(
        session().scalars(
            sa.select(Organisation).where(Organisation.id.in_(ids)).order_by(Organisation.id)
        )
    )


def unit_of(code: str) -> Organisation:
    """The unit of that code among them; the only one where no code is given."""
    own = units()
    only = own[0] if len(own) == 1 and not code else None
    found = next((one for one in own if one.code == code), only)
    if found is None or not may(actor(), "register", found):
        raise Missing("no_unit", unit_code=code[:40])
    return found
