"""Nothing typed becomes markup: every vector in every text field, on every page (S6)."""

from html.parser import HTMLParser

import pytest
import sqlalchemy as sa

import schemas
from registry import db, discovery
from registry.access import SYSTEM
from registry.catalogue import Change, store
from registry.models.accounts import Organisation
from registry.models.catalogue import Resource
from tests.factories import document, sign_in, token_of

VECTORS = (
    "<script>evil()</script>",
    '"><script>evil()</script>',
    "'><img src=x onerror=evil()>",
    '" onmouseover="evil()" x="',
    "' onfocus='evil()' autofocus='",
    "<svg/onload=evil()>",
    "<svg><animate onbegin=evil() attributeName=x dur=1s>",
    "<iframe srcdoc='<script>evil()</script>'>",
    "javascript:evil()",
    "data:text/html,<script>evil()</script>",
    "</textarea><script>evil()</script>",
    "</title><script>evil()</script>",
    "</option></select><script>evil()</script>",
    "<!--><script>evil()</script>-->",
    "{{constructor.constructor('evil()')()}}",
    "<math><mtext><img src=x onerror=evil()></mtext></math>",
    "\u003cimg src=x onerror=evil()\u003e",
    "<a href='jav&#x09;ascript:evil()'>x</a>",
)
# By reader: the pages of one entry, and those of all of them.
OF_ONE = {
    "consumer": ("/resources/{live}", "/search?q={query}"),
    "registrar": (
        "/resources/{draft}",
        "/resources/{draft}/edit",
        "/resources/{draft}/difference",
    ),
}
OF_ALL = {"consumer": ("/search?q=登记", "/", "/inbox"), "registrar": ("/inbox",)}


class Judge(HTMLParser):
    """Collects what would run: script of its own, handlers, addresses of another scheme."""

    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.live = []

    def handle_starttag(self, tag, attrs):
        found = dict(attrs)
        if tag in {"script"} and not (found.get("src") or "").startswith("/assets/"):
            self.live.append((tag, attrs))
        if tag in {"iframe", "object", "embed", "math", "animate", "base"}:
            self.live.append((tag, attrs))
        for name, value in attrs:
            text = "".join((value or "").split()).lower()
            if name.startswith("on") or name in {"srcdoc", "style"}:
                self.live.append((tag, attrs))
            if name in {"href", "src", "action", "formaction"} and ":" in text.split("/")[0]:
                self.live.append((tag, attrs))


def live_parts(page):
    judge = Judge()
    judge.feed(page)
    return judge.live


def poisoned(value, vector):
    """The value with the vector at the end of every text of it, whatever the field."""
    if isinstance(value, str):
        return f"{value}{vector}"
    if isinstance(value, dict):
        return {key: poisoned(one, vector) for key, one in value.items()}
    return [poisoned(one, vector) for one in value] if isinstance(value, list) else value


def everything():
    """A document with a text in every field of the schema that takes one."""
    filled = document()
    for field in schemas.fields("resource"):
        filled.setdefault(
            field.key, "甲" if field.kind not in {"rows", "group"} else filled.get(field.key)
        )
    return {key: value for key, value in filled.items() if value is not None}


@pytest.fixture(scope="module")
def keys(city):
    """By vector: the key of a live entry and of a draft, poisoned in every field."""
    made = {}
    with db.transaction(city.extensions["registry_database"], writes=True) as own:
        unit = own.scalars(
            sa.select(Organisation).where(Organisation.code == "11150300DEM000022H")
        ).one()
        for vector in VECTORS:
            # Visibility decides who reads the entry at all; it stays what it is.
            whole = poisoned(everything(), vector) | {"visibility": "1"}
            live = Change(unit, "adopt", "published", document=whole, live="this", working="none")
            draft = Change(unit, "register", "draft", document=whole, live="none")
            made[vector] = [stored.key for stored in store(own, SYSTEM, [live, draft])]
    index = discovery.open_index(city.extensions["registry_settings"])
    while discovery.drain(city.extensions["registry_database"], index):
        pass
    return made


def require_dead(city, places, **names):
    """Hold every page, in both languages, to be without a living part."""
    for username, addresses in places.items():
        client = sign_in(city, username)
        for place in addresses:
            for lang in ("zh", "en"):
                address = place.format(**names)
                join = "&" if "?" in address else "?"
                answer = client.get(f"{address}{join}lang={lang}")
                assert answer.status_code == 200, address
                assert live_parts(answer.text) == [], address


@pytest.mark.parametrize("vector", VECTORS)
def test_no_vector_lives_on_any_page(city, keys, vector):
    live, draft = keys[vector]
    require_dead(city, OF_ONE, live=live, draft=draft, query=vector)


@pytest.mark.usefixtures("keys")
def test_no_vector_lives_on_a_page_of_many_entries(city):
    require_dead(city, OF_ALL)


@pytest.mark.parametrize("vector", VECTORS)
def test_no_vector_lives_in_a_page_that_refuses(city, keys, vector):
    client = sign_in(city, "registrar")
    page = client.get(f"/resources/{keys[vector][1]}/edit").text
    with db.transaction(city.extensions["registry_database"], writes=False) as own:
        seen = own.scalar(sa.select(Resource.row_version).where(Resource.key == keys[vector][1]))
    typed = {"name": vector, "abstract": vector, "note": vector, "items.0.name": vector}
    data = {"csrf_token": token_of(page), "row_version": str(seen), "do": "hand-in", **typed}
    # The same text twice is no conflict, so the second one says something else.
    for row_version, note, status in ((str(seen), vector, 422), ("0", f"{vector}二", 409)):
        answer = client.post(
            f"/resources/{keys[vector][1]}/edit",
            data={**data, "row_version": row_version, "note": note},
        )
        assert answer.status_code == status
        assert live_parts(answer.text) == []


def test_the_judge_sees_what_a_browser_would_run():
    for vector in VECTORS[:8]:
        inside = f"<p title=\"{vector}\">{vector}</p><p title='{vector}'></p>"
        assert live_parts(inside) != []
    assert live_parts(f'<a href="{VECTORS[8]}">甲</a>') != []
