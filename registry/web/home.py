"""The first page and the search page."""

import sqlalchemy as sa
from flask import Blueprint, Response, render_template, request

from registry import discovery
from registry.catalogue import visible
from registry.edge import actor, reads, session, settings
from registry.models.accounts import Organisation
from registry.models.catalogue import Element, Resource, Version

pages = Blueprint("home", __name__)


@pages.get("/")
@reads(public=True)
def home() -> str:
    """Search, what there is, and what came last; figures count what this reader may see."""
    seen = visible(actor(), settings().anonymous)
    live = (
        sa.select(Resource.id, Resource.department_id, Version.id.label("version_id"))
        .join(Version, Resource.live_version_id == Version.id)
        .where(seen, Version.state == "published")
    ).subquery()
    entries, units = (
        session()
        .execute(
            sa.select(sa.func.count(live.c.id), sa.func.count(live.c.department_id.distinct()))
        )
        .one()
    )
    elements = session().scalar(
        sa.select(sa.func.count(Element.id)).join(live, live.c.version_id == Element.version_id)
    )
    newest, _ = discovery.search(session(), actor(), "", anonymous=settings().anonymous)
    by_unit = session().execute(
        sa.select(Organisation.name, sa.func.count(live.c.id))
        .join(live, live.c.department_id == Organisation.id)
        .group_by(Organisation.name)
        .order_by(sa.func.count(live.c.id).desc(), Organisation.name)
        .limit(8)
    )
    return render_template(
        "home.html",
        place="home",
        entries=entries,
        units=units,
        elements=elements or 0,
        newest=newest[:5],
        by_unit=by_unit.all(),
    )


@pages.get("/search")
@reads(public=True)
def search() -> str:
    """Entries by name, code, unit and data element."""
    text = request.args.get("q", "")
    page = request.args.get("page", "1")
    number = int(page) if page.isascii() and page.isdigit() and len(page) < 6 else 1
    found, total = discovery.search(session(), actor(), text, number, settings().anonymous)
    return render_template(
        "search.html",
        place="search",
        text=text[: discovery.LONGEST_QUERY],
        found=found,
        total=total,
        page=max(number, 1),
        last=-(-total // discovery.PAGE),
    )


@pages.get("/favicon.ico")
@reads(public=True)
def favicon() -> Response:
    """Browsers ask for it by habit; the pages name the drawn one."""
    return Response(status=204)
