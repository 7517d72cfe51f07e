"""The three lists of a unit: as they stand, as Excel, and as the editions that were issued."""

import sqlalchemy as sa
from flask import Blueprint, render_template, request, url_for
from werkzeug.wrappers import Response

from registry import calendar, lists
from registry.access import Actor, may
from registry.edge import actor, download, go, reads, session, writes
from registry.errors import Missing
from registry.models.accounts import Organisation, Person
from registry.models.lists import Edition
from registry.web.paging import paged

pages = Blueprint("lists", __name__, url_prefix="/lists")

PER_PAGE = 100


@pages.get("")
@reads()
def index() -> str:
    """The three lists, each with the newest edition of the chosen unit."""
    unit = _unit()
    reader = _reader(unit)
    reads_all = reader is None
    rows = []
    for kind in lists.LISTS:
        now, newest = (
            lists.rows(session(), kind.id, unit, reader),
            lists.newest(session(), unit, kind.id),
        )
        # Who sees a part of the rows cannot tell whether the edition says all of them.
        told = lists.differing(newest.rows, now) if newest is not None and reads_all else []
        rows.append((kind, len(now), newest, len(told)))
    return render_template("lists.html", place="lists", unit=unit, units=_units(), rows=rows)


@pages.get("/<name>")
@reads()
def show(name: str) -> str:
    """One list of one unit as it stands today, and its editions."""
    kind, unit = lists.kind(name), _unit()
    found = lists.rows(session(), name, unit, _reader(unit))
    page, last = paged(len(found), PER_PAGE)
    return render_template(
        "list.html",
        place="lists",
        kind=kind,
        unit=unit,
        units=_units(),
        rows=found[(page - 1) * PER_PAGE : page * PER_PAGE],
        total=len(found),
        page=page,
        last=last,
        address=lambda n: url_for(".show", name=name, unit=unit.code, page=n),
        editions=lists.editions(session(), unit, name),
        may_issue=may(actor(), "issue_list", unit),
    )


@pages.get("/<name>.xlsx")
@reads()
def sheet(name: str) -> Response:
    """The list as an Excel sheet, as far as the reader may see it."""
    kind, unit = lists.kind(name), _unit()
    found = lists.rows(session(), name, unit, _reader(unit))
    title = f"{unit.name}{kind.zh}（{calendar.today().isoformat()}，{actor().name}导出）"
    return download(lists.workbook(kind, title, found), f"{unit.name}{kind.zh}.xlsx")


@pages.get("/<name>/issue")
@reads("issue_list")
def sign(name: str) -> str:
    """The edition that would be issued, beside the one before it; nothing is issued yet."""
    kind, unit = lists.kind(name), _unit()
    return render_template(
        "list_issue.html",
        place="lists",
        kind=kind,
        unit=unit,
        one=lists.coming(session(), actor(), unit, name),
    )


@pages.post("/<name>/issue")
@writes("issue_list")
def issue(name: str) -> Response:
    """Issue the list as it was shown as a numbered edition."""
    unit, seen = _unit(request.form.get("unit", "")), request.form.get("digest", "")
    made = lists.issue(session(), actor(), unit, name, seen)
    return go(url_for(".edition", key=made.key))


@pages.get("/editions/<key>")
@reads()
def edition(key: str) -> str:
    """An issued edition, with the rows as they were signed."""
    made, unit = _edition(key)
    rows, hidden = lists.shown(session(), made)
    return render_template(
        "edition.html",
        place="lists",
        edition=made,
        unit=unit,
        kind=lists.kind(made.list),
        signer=session().get_one(Person, made.signed_by).name,
        intact=lists.is_intact(made),
        gaps=lists.gaps(made),
        rows=rows,
        hidden=hidden,
    )


@pages.get("/editions/<key>.xlsx")
@reads()
def edition_sheet(key: str) -> Response:
    """An issued edition as an Excel sheet."""
    made, _ = _edition(key)
    kind = lists.kind(made.list)
    title = f"{made.paper_number}（{made.issued_on.isoformat()} 发布）"
    rows, _ = lists.shown(session(), made)
    return download(lists.workbook(kind, title, rows), f"{made.paper_number}.xlsx")


def _edition(key: str) -> tuple[Edition, Organisation]:
    """An edition and its unit; the lists of others are for those who have a part in them."""
    made = lists.edition(session(), key)
    unit = session().get_one(Organisation, made.organisation_id)
    if _reader(unit) is not None:
        raise Missing("no_edition")
    return made, unit


def _reader(unit: Organisation) -> Actor | None:
    """None where the actor sees everything of the unit; else himself, to whom rights apply."""
    inside = any(
        may(actor(), act, unit)
        for act in ("read_working", "read_frozen", "read_all", "publish", "verify")
    )
    return None if inside else actor()


def _unit(code: str | None = None) -> Organisation:
    """The unit that was asked for, else the first the actor works in."""
    wanted = (code or request.args.get("unit", "")).replace("\x00", "")
    if wanted:
        found = session().scalar(sa.select(Organisation).where(Organisation.code == wanted[:40]))
        if found is None:
            raise Missing("no_unit", unit_code=wanted[:40])
        return found
    mine = sorted(actor().organisation_ids)
    if not mine:
        raise Missing("no_unit", unit_code="")
    return session().get_one(Organisation, mine[0])


def _units() -> list[Organisation]:
    return list(session().scalars(sa.select(Organisation).order_by(Organisation.id)))
