"""The catalogue as linked data: DCAT-AP in three spellings, page by page, with the reader's rights.

`/catalog` and `/resources/<key>` lead to the spelling that is asked for; the addresses with an
ending say it themselves. `q`, `fq`, `modified_since` and `page` are those of ckanext-dcat.
"""

import hashlib
from collections.abc import Callable
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, Response, redirect, request
from werkzeug.wrappers import Response as BaseResponse

from connectors import dcat
from registry import catalogue, signing
from registry.api.answers import clean_text, filters_of
from registry.discovery import fielded, manifest, packages, written
from registry.discovery.asked import Asked
from registry.discovery.fielded import Span
from registry.discovery.packages import Live
from registry.edge import actor, index, reads, session, settings
from registry.edge.accepting import LINKED, accepted
from registry.edge.numbers import natural
from registry.edge.readings import noted_live
from registry.errors import Invalid, Missing, SignInNeeded
from schemas import Problem

calls = Blueprint("feeds", __name__)

PAGE = 100
_FORM = "<any(jsonld, ttl, xml):form>"


@calls.get("/catalog")
@reads(public=True)
def negotiated() -> BaseResponse:
    """The catalogue in the spelling the client accepts; JSON-LD for one without a wish."""
    form = accepted(LINKED)
    query = request.query_string.decode("utf-8", "replace")
    answer = redirect(f"/catalog.{form}{'?' + query if query else ''}", 303)
    answer.headers["Vary"] = "Accept"
    return answer


@calls.get(f"/catalog.{_FORM}")
@reads(public=True)
def catalog(form: str) -> Response:
    """One page of the catalogue: the data sets this reader may see, by key."""
    _require_reader()
    number = _page()
    asked = Asked(
        words=clean_text("q"),
        filters=_filters(),
        order=[("id", False)],
        start=(number - 1) * PAGE,
        rows=PAGE,
    )
    found = packages.find(session(), index(), actor(), asked, settings().anonymous)
    last = max(1, -(-found.count // PAGE))
    if number > last:
        raise Missing("missing")
    entries = _live(found.keys)
    links = {"self": _address(form, number), "first": _address(form, 1)}
    links["last"] = _address(form, last)
    if number > 1:
        links["previous"] = _address(form, number - 1)
    if number < last:
        links["next"] = _address(form, number + 1)
    publisher = packages.authority(session())
    changed = packages.last_change(session(), actor(), settings().anonymous)
    told = [links["self"], str(found.count), *publisher, str(changed)]

    def spelled() -> bytes:
        home = settings().public_url
        page = dcat.Page(
            home, f"{home}/catalog", publisher, number, PAGE, found.count, changed, links
        )
        graph = dcat.catalogue([(one.about, one.document) for one in entries], page)
        return dcat.written(graph, form)

    answer = _answer(form, told, entries, spelled)
    for name in ("first", "previous", "next", "last"):
        if name in links:
            answer.headers.add("Link", f'<{links[name]}>; rel="{name}"')
    return answer


@calls.get(f"/resources/<key>.{_FORM}")
@calls.get(f"/dataset/<key>.{_FORM}")
@reads(public=True)
def dataset(key: str, form: str) -> Response:
    """One live entry, by key."""
    _require_reader()
    # Gone and Missing are told apart as on the page.
    resource = catalogue.find(session(), actor(), key, settings().anonymous)
    entries = _live([resource.key])
    if not entries:
        raise Missing("no_entry")

    def spelled() -> bytes:
        return dcat.written(dcat.dataset(entries[0].about, entries[0].document), form)

    return _answer(form, [settings().public_url, request.path], entries, spelled)


def _live(keys: Any) -> list[Live]:
    who, address = actor(), settings().public_url
    entries = packages.live(session(), who, keys, settings().anonymous, address)
    noted_live(entries)
    return entries


def _answer(
    form: str, parts: list[str], entries: list[Live], spelled: Callable[[], bytes]
) -> Response:
    """What is spelled out, once for all who see the same; 304 for a client who holds it."""
    tag = _etag(form, parts, entries)
    if request.if_none_match.contains_weak(tag.removeprefix('W/"').removesuffix('"')):
        return Response(status=304, headers={"ETag": tag})
    media = next(media for media, ending in LINKED.items() if ending == form)
    answer = Response(written.page(session(), tag, spelled), content_type=f"{media}; charset=utf-8")
    answer.headers["ETag"] = tag
    answer.headers["Cache-Control"] = "private, no-cache"
    return answer


def _etag(form: str, parts: list[str], entries: list[Live]) -> str:
    """From what was asked and the moment of every entry, which moves with all that is seen."""
    seen = [form, *parts, *(f"{one.about.key}@{one.about.modified}" for one in entries)]
    return f'W/"{hashlib.sha256(chr(10).join(seen).encode()).hexdigest()[:32]}"'


def _require_reader() -> None:
    if not actor().signed_in and settings().anonymous != "open":
        raise SignInNeeded("sign_in")


def _page() -> int:
    given = request.args.get("page", "1")
    page = natural(given, 7)
    if not page:
        raise Invalid([Problem("/page", "natural-number", {"value": given[:40], "limit": 1})])
    return page


def _filters() -> list[fielded.Node]:
    found = filters_of()
    if since := clean_text("modified_since").strip():
        try:
            datetime.fromisoformat(since)
        except ValueError as fault:
            raise Invalid([Problem("/modified_since", "date", {"value": since[:40]})]) from fault
        found.append(Span("metadata_modified", since, "*", True, True))
    return found


def _address(form: str, number: int) -> str:
    asked = [(name, text) for name in ("q", "fq", "modified_since") if (text := clean_text(name))]
    query = [*asked, *([("page", str(number))] if number > 1 else [])]
    base = f"{settings().public_url}/catalog.{form}"
    return f"{base}?{urlencode(query)}" if query else base


@calls.get("/manifest.json")
@reads(public=True)
def manifest_() -> Response:
    """The signed manifest of what this reader may see: key, code, version, digest of each."""
    _require_reader()
    text = manifest.spelled(
        manifest.statement(session(), actor(), settings().anonymous, settings().public_url)
    )
    tag = f'"{hashlib.sha256(text).hexdigest()[:32]}"'
    # Signing costs more than all the rest: an unchanged list is not signed again for the asker.
    if request.if_none_match.contains_weak(tag.strip('"')):
        return Response(status=304, headers={"ETag": tag})
    data = manifest.signed(text, signing.load(settings().signing_key_file))
    answer = Response(data, content_type="application/json; charset=utf-8")
    answer.headers["ETag"] = tag
    answer.headers["Cache-Control"] = "private, no-cache"
    return answer
