"""The first page and the search page."""

from collections.abc import Mapping

import sqlalchemy as sa
from flask import Blueprint, Response, render_template, request

import schemas
from registry import discovery, overview
from registry.edge import actor, gettext, index, locale, reads, session, settings
from registry.models.accounts import Organisation

pages = Blueprint("home", __name__)

LONGEST_QUERY = 256
# Facets of the entry itself, which no field of a document names.
_LISTS = {"level": "level", "marks": "mark"}


@pages.get("/")
@reads(public=True)
def home() -> str:
    """Search, what there is, and what came last; figures count what this reader may see."""
    anonymous = settings().anonymous
    found = discovery.search(session(), index(), actor(), "", {}, 1, anonymous)
    facets = {name: lines for name, _, lines in _facets(found.facets, {})}
    return render_template(
        "home.html",
        place="home",
        seen=overview.look(session(), actor(), anonymous),
        newest=discovery.newest(session(), actor(), anonymous),
        themes=facets.get("themes", ()),
        by_unit=facets.get("department", ())[:8],
    )


@pages.get("/search")
@reads(public=True)
def search() -> str:
    """Entries by the words people use; facets narrow, each hit says why it was found."""
    text = request.args.get("q", "")[:LONGEST_QUERY]
    page = request.args.get("page", "1")
    number = max(int(page), 1) if page.isascii() and page.isdigit() and len(page) < 4 else 1
    filters = {
        name: tuple(value[:200] for value in request.args.getlist(name)[:50])
        for name in discovery.FACETS
        if name in request.args
    }
    answer = discovery.search(
        session(), index(), actor(), text, filters, number, settings().anonymous
    )
    return render_template(
        "search.html",
        place="search",
        text=text,
        answer=answer,
        degraded=answer.degraded,
        filters=filters,
        facets=_facets(answer.facets, filters),
        page=number,
        last=-(-answer.total // discovery.PAGE),
    )


def _facets(
    counts: Mapping[str, Mapping[str, int]], chosen: Mapping[str, tuple[str, ...]]
) -> list[tuple[str, str, list[tuple[str, str, int, bool]]]]:
    """Per facet its name, title and lines (code, label, count, chosen), most first."""
    units = session().execute(sa.select(Organisation.code, Organisation.name))
    names = {code: name for code, name in units}  # noqa: C416 - a row is not a pair to the types
    shown = []
    for name in discovery.FACETS:
        held = {**dict.fromkeys(chosen.get(name, ()), 0), **counts.get(name, {})}
        lines = [
            (code, names.get(code, code) if name == "department" else _label(name, code), n)
            for code, n in held.items()
            # The root of a branch is no choice of its own: 2 stands above every theme.
            if name != "themes" or "/" in code
        ]
        lines.sort(key=lambda line: (-line[2], line[1]))
        picked = chosen.get(name, ())
        cut = [line for n, line in enumerate(lines) if n < 12 or line[0] in picked]
        if cut:
            shown.append((name, _facet_title(name), [(*line, line[0] in picked) for line in cut]))
    return shown


def _label(name: str, code: str) -> str:
    field = schemas.field("resource", f"/{name}")
    listed = field.codes if field and field.codes else _LISTS.get(name)
    return schemas.codes.label(listed, code, locale()) if listed else code


def _facet_title(name: str) -> str:
    field = schemas.field("resource", f"/{name}")
    if field:
        return field.title(locale())
    return gettext({"department": "提供部门", "level": "数据级别", "marks": "标记"}[name])


@pages.get("/favicon.ico")
@reads(public=True)
def favicon() -> Response:
    """Browsers ask for it by habit; the pages name the drawn one."""
    return Response(status=204)
