"""Register from a database: tables become drafts, by their description and without any row.

The administrator lays down the addresses of a unit's databases (`CATALOGUE_SOURCES_DIR`); the pages
know their names alone. Taken over is what the tables and columns are called and made of.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from anonymization.errors import Refused
from registry import catalogue
from registry.desensitization import sources
from registry.edge import actor, gettext, go, locale, reads, remember, settings
from registry.errors import Invalid
from registry.models.accounts import Organisation
from registry.web import sheets

if TYPE_CHECKING:
    from connectors import database

pages = Blueprint("databases", __name__, url_prefix="/databases")

# So many entries begin in one act: nobody reads more of them through.
MOST = 50


@pages.get("")
@reads("register")
def index() -> str | tuple[str, int]:
    """Choose a database of the unit, then tables of it."""
    name = request.args.get("database", "")
    unit = sheets.unit_of(request.args.get("unit") or _first())
    try:
        tables = _read(unit, name) if name else ()
    except Refused as refusal:
        return _page(unit, name, refused=_said(refusal)), 422
    return _page(unit, name, tables)


def _first() -> str:
    return next((unit.code or "" for unit in sheets.units()), "")


def _page(
    unit: Organisation, name: str, tables: object = (), refused: str = "", chosen: object = ()
) -> str:
    return render_template(
        "databases.html",
        place="inbox",
        units=sheets.units(),
        unit=unit,
        databases=sources.listed(settings().sources_dir, unit.code or ""),
        name=name,
        tables=tables,
        refused=refused,
        chosen=chosen,
        most=MOST,
    )


@pages.post("")
@reads("register")
def take() -> Response | tuple[str, int]:
    """Open a draft for every table that was chosen, its columns as items: all of them or none.

    The database is read before anything is locked.
    """
    unit, name = sheets.unit_of(request.form.get("unit", "")), request.form.get("database", "")
    chosen = request.form.getlist("table")
    declared = request.form.get("declared") == "yes"
    try:
        tables = _read(unit, name)
        if not chosen or len(chosen) > MOST:
            said = gettext("请选择要登记的表，一次 1 至 %(n)s 张。") % {"n": MOST}
            return _page(unit, name, tables, said, chosen), 422
        kind = _kind(unit, name)
    except Refused as refusal:
        return _page(unit, name, refused=_said(refusal)), 422
    documents = [table.document(kind) for table in tables if table.name in chosen]
    who, unit_id = actor(), unit.id

    def write(own: Session) -> None:
        into = own.get_one(Organisation, unit_id)
        for document in documents:
            catalogue.register(own, who, into, document, declared=declared)

    try:
        remember(write)
    except Invalid as refusal:
        said = "；".join(one.message(locale()) for one in refusal.problems)
        return _page(unit, name, tables, said, chosen), 422
    return go(url_for("inbox.inbox", created=len(documents), updated=0, same=0))


def _read(unit: Organisation, name: str) -> list[database.Table]:
    from connectors import database  # its data frames are large, and few come here

    path = sources.address_file(settings().sources_dir, unit.code or "", name)
    return database.structure(database.address_in(path))


def _kind(unit: Organisation, name: str) -> str:
    from connectors import database

    path = sources.address_file(settings().sources_dir, unit.code or "", name)
    return database.address_in(path).get_backend_name()


def _said(refusal: Refused) -> str:
    return refusal.zh if locale() == "zh" else refusal.en
