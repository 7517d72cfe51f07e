"""The first page."""

from flask import Blueprint, Response, render_template

import schemas
from registry import discovery, overview
from registry.edge import actor, index, locale, reads, session, settings

pages = Blueprint("home", __name__)

MOST_THEMES = 8


@pages.get("/")
@reads(public=True)
def home() -> str:
    """Search, what there is, and what came last; figures count what this reader may see."""
    anonymous = settings().anonymous
    # Only what is counted is shown of it; an engine that is asked for no hit at all counts none.
    found = discovery.search(
        session(), index(), actor(), "", {}, 1, anonymous, size=1, facets=("themes",)
    )
    counts = found.facets.get("themes", {})
    # The root of a branch is no choice of its own: 2 stands above every theme.
    themes = sorted((code for code in counts if "/" in code), key=lambda one: -counts[one])
    return render_template(
        "home.html",
        place="home",
        seen=overview.look(session(), actor(), anonymous),
        newest=discovery.newest(session(), actor(), anonymous),
        # Every theme stands below the same root, which says nothing on a chip.
        themes=[
            (code, schemas.codes.label("class_path", code, locale()).split(" / ")[-1], counts[code])
            for code in themes[:MOST_THEMES]
        ],
        themes_in_all=len(themes),
    )


@pages.get("/favicon.ico")
@reads(public=True)
def favicon() -> Response:
    """Browsers ask for it by habit; the pages name the drawn one."""
    return Response(status=204)
