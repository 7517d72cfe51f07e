"""The first page."""

import sqlalchemy as sa
from flask import Blueprint, Response, render_template

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
    newest = discovery.newest(session(), actor(), settings().anonymous)
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
        newest=newest,
        by_unit=by_unit.all(),
    )


@pages.get("/favicon.ico")
@reads(public=True)
def favicon() -> Response:
    """Browsers ask for it by habit; the pages name the drawn one."""
    return Response(status=204)
