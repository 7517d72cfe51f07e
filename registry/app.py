"""Builds the application from its settings."""

import logging
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from flask import Flask, Request, g, request
from flask.sessions import NullSession, SessionInterface
from werkzeug.middleware.proxy_fix import ProxyFix

import schemas
from registry import (
    acceptance,
    access,
    api,
    calendar,
    catalogue,
    db,
    desensitization,
    exchange,
    health,
    web,
)
from registry.calendar import CITY
from registry.config import Settings
from registry.edge import actor, csrf_token, index, locale, metrics, requests
from registry.edge import faults as edge_faults
from registry.edge.locale import gettext, ngettext, template_gettext
from registry.edge.requests import Registry, form_key, session
from registry.unchanged import until_next_act
from registry.web.assets import asset, assets
from registry.web.done import done
from search import pronunciation

FORM_LIMIT = 2 * 1024 * 1024


class _NoSession(SessionInterface):
    """Who is signed in stands in the database: nothing is kept in a cookie, signed or not."""

    def open_session(self, app: Flask, request: Request) -> NullSession:
        """Give the session that refuses to be written to."""
        return NullSession()

    def save_session(self, app: Flask, session: object, response: object) -> None:
        """Do nothing: there is nothing to save."""


def create_app(settings: Settings, database: db.Database | None = None) -> Flask:
    """The application over these settings; a database may be given by tests."""
    app = Registry("registry", static_folder=None, template_folder="web/templates")
    app.session_interface = _NoSession()
    app.config.update(
        SECRET_KEY=settings.secret_key(),
        MAX_CONTENT_LENGTH=settings.max_upload * 1024 * 1024,
        MAX_FORM_MEMORY_SIZE=FORM_LIMIT,
        MAX_FORM_PARTS=20_000,
    )
    app.extensions["registry_settings"] = settings
    app.extensions["registry_database"] = database or db.connect(
        settings.database_url, settings.secret_key()
    )
    app.extensions["registry_health"] = health.Health(
        settings, app.extensions["registry_database"], index
    )
    if settings.trusted_proxies:
        n = settings.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=n, x_proto=n, x_host=n)  # type: ignore[method-assign]
    app.register_blueprint(assets)
    for group in (*web.blueprints(), *api.blueprints()):
        app.register_blueprint(group)
    # A visitor's first search does not wait for the tables.
    pronunciation.read("乌海")
    _templates(app, settings)
    edge_faults.install(app)
    metrics.install(app)
    app.after_request(requests.after)
    logging.getLogger("registry").setLevel(settings.log.upper())
    return app


def _templates(app: Flask, settings: Settings) -> None:
    app.jinja_env.add_extension("jinja2.ext.i18n")
    app.jinja_env.install_gettext_callables(gettext, ngettext, newstyle=True)  # type: ignore[attr-defined]
    app.jinja_env.globals["_"] = template_gettext
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True
    app.jinja_env.globals.update(
        added_table=catalogue.added_table,
        gathered=schemas.gathered,
        item_at=schemas.item_at,
        asset=asset,
        csrf_token=csrf_token,
        done=done,
        coming=lambda step: catalogue.coming(step, locale()),
        branches=lambda name: schemas.codes.branches(name, locale()),
        today=calendar.today,
        form_key=form_key,
        obligation=lambda field: schemas.obligation("resource", field, locale()),
        labels=_labels,
        label=lambda name, code: schemas.codes.label(name, code, locale()),
    )
    app.jinja_env.filters["amount"] = "{:,}".format
    app.jinja_env.filters["moment"] = moment
    app.jinja_env.filters["headed"] = headed

    @app.context_processor
    def frame() -> dict[str, Any]:
        """What every page shows around its content."""
        who = actor()
        return {
            "locale": locale(),
            "actor": _shown(who) if who.signed_in else None,
            "places": _places(who),
            "demo": bool(settings.demo_password),
            "inbox_count": _waiting(who, settings),
            "switch_query": _query_without_lang(),
            # Whoever has yet to choose a password is led nowhere else: every door is closed.
            "foot_links": [] if who.owes_password else _foot_links(who),
        }


def _foot_links(who: access.Actor) -> list[tuple[str, str]]:
    return [
        ("/help", gettext("使用手册")),
        ("/opinions/verify", gettext("核对核验意见")),
        ("/api/v1/", gettext("接口说明")),
        *([("/tokens", gettext("接口令牌"))] if access.may(who, "tokens") else []),
        *([("/password", gettext("修改口令"))] if who.signed_in else []),
    ]


def _places(who: access.Actor) -> Sequence[tuple[str, str, str]]:
    if who.owes_password:
        return ()
    return [*web.places(), *_duties(who)] if who.signed_in else web.open_places()


def _labels(name: str) -> Mapping[str, str]:
    """The labels of a code list for a form; a path has no list to choose from."""
    return {} if name == "class_path" else schemas.codes.labels(name, locale())


def _shown(who: access.Actor) -> Mapping[str, str]:
    holding = who.holdings[0] if who.holdings else None
    return {
        "key": who.person_key,
        "name": who.name,
        "department_name": holding.organisation_name if holding else "",
        "role_name": access.role_title(holding.role, locale()) if holding else "",
    }


def _duties(who: access.Actor) -> list[tuple[str, str, str]]:
    return [(id_, at, name) for act, id_, at, name in web.duties() if access.may(who, act)]


def _waiting(who: access.Actor, settings: Settings) -> int:
    """How much waits for the reader: the number that his inbox adds up, on every page."""
    # A page of refusal is drawn after its transaction ended: it shows no count.

    if not who.signed_in or "session" not in g:
        return 0

    def counted() -> int:
        entries = len(catalogue.inbox(session(), who))
        asked = exchange.count(session(), [exchange.waits_for(session(), who)])
        demands = exchange.count_demands_waiting(session(), who)
        reports = len(desensitization.awaited(session(), who))
        projects = len(acceptance.awaited(session(), who, settings.deferral_paper))
        return entries + asked + demands + reports + projects

    return until_next_act(session(), ("waiting", who, calendar.today()), counted)


def _query_without_lang() -> str:

    kept = [(k, v) for k, v in request.args.items(multi=True) if k != "lang"]
    return urlencode(kept) + "&" if kept else ""


def headed(words: str) -> str:
    """Words of a table that stand in sentences elsewhere, as they begin a line of their own.

    The k of k-anonymity is a symbol and stays small.
    """
    return words if words[1:2] == "-" else words[:1].upper() + words[1:]


def moment(value: datetime | None) -> str:
    """A moment as the city reads it: 2026-11-23 09:41."""
    return value.astimezone(CITY).strftime("%Y-%m-%d %H:%M") if value else ""
