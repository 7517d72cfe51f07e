"""Templates, style sheet and assets, without a browser."""

import re
from html.parser import HTMLParser
from typing import Any

import pytest
from babel.messages.catalog import Message
from babel.messages.pofile import read_po
from flask import Flask, render_template_string
from hypothesis import given, settings
from hypothesis import strategies as st
from jinja2.ext import babel_extract

from registry.web.assets import ICONS, asset, catalogue, sprite
from tests.web.gallery import GROUPS, WEB, Problem, gallery

CSS = (WEB / "static" / "catalogue.css").read_text("utf-8")
TEMPLATES = sorted((WEB / "templates").glob("*.html"))
ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=12) | st.floats(allow_nan=False),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3)
    ),
    max_leaves=8,
)
KEYS = [one.key for _, _, fields in GROUPS for one in fields]


class Reader(HTMLParser):
    """Collects what the tests ask for: ids, inline style and script, controls by name."""

    def __init__(self) -> None:
        super().__init__()
        self.ids: list[str] = []
        self.inline: list[str] = []
        self.values: dict[str, str] = {}
        self.links: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        held = dict(attrs)
        if held.get("id"):
            self.ids.append(str(held["id"]))
        self.inline += [f"{tag} {name}" for name in held if name == "style" or name[:2] == "on"]
        if tag == "style" or (tag == "script" and not held.get("src")):
            self.inline.append(tag)
        if tag == "input" and held.get("name"):
            self.values[str(held["name"])] = held.get("value") or ""
        if tag == "a":
            self.links.append(str(held.get("href")))


def read(app: Flask, path: str = "/") -> Reader:
    answer = app.test_client().get(path)
    reader = Reader()
    reader.feed(answer.get_data(as_text=True))
    return reader


def test_a_page_has_no_inline_style_or_script(app: Flask) -> None:
    assert read(app).inline == []


def test_every_id_of_a_page_is_unique(app: Flask) -> None:
    ids = read(app).ids
    assert sorted(ids) == sorted(set(ids))


def test_every_line_of_the_error_summary_leads_to_an_anchor(app: Flask) -> None:
    page = read(app)
    aimed = {link[1:] for link in page.links if link.startswith("#f-")}
    assert len(aimed) == 4
    assert aimed <= set(page.ids)


def test_an_element_keeps_its_identity_in_the_form(app: Flask) -> None:
    assert read(app).values["items.1.id"] == "e2"


def test_what_was_typed_is_shown_again_even_when_it_is_not_in_the_list(app: Flask) -> None:
    assert "「字符」（不在代码表）" in app.test_client().get("/").get_data(as_text=True)


FORM = """{% from "_form.html" import rail, sections with context %}
{{ rail(groups, document, problems) }}{{ sections(groups, document, problems) }}"""
APP = gallery()


def form(document: dict[str, Any], problems: tuple[Problem, ...] = ()) -> str:
    with APP.test_request_context():
        return render_template_string(
            FORM, locale="zh", groups=GROUPS, document=document, problems=problems
        )


@settings(max_examples=60, deadline=None)
@given(st.dictionaries(st.sampled_from(KEYS), ANYTHING), st.lists(st.sampled_from(KEYS)))
def test_the_form_shows_any_draft(document: dict[str, Any], wrong: list[str]) -> None:
    shown = form(document, tuple(Problem(f"/{key}", "错") for key in wrong))
    assert all(f'name="{key}' in shown for key in KEYS if key not in ("items", "matters"))


@settings(max_examples=60, deadline=None)
@given(st.text(alphabet=st.characters(exclude_characters="\0\r", codec="utf-8"), max_size=20))
def test_typed_text_comes_back_letter_by_letter_and_never_as_markup(text: str) -> None:
    reader = Reader()
    reader.feed(form({"name": text}))
    assert reader.values["name"] == text


def translated() -> list[Message]:
    """Every message of every English catalogue."""
    found: list[Message] = []
    for part in sorted((WEB / "translations" / "en").glob("*.po")):
        with part.open("rb") as source:
            found.extend(read_po(source))
    return found


def test_every_sentence_has_an_english_one() -> None:
    wanted = set()
    for template in TEMPLATES:
        with template.open("rb") as source:
            for _, _, found, _ in babel_extract(source, ["_"], [], {}):
                # `_(name)` of a variable gives nothing to look up here.
                wanted.update({found} if isinstance(found, str) else filter(None, found or ()))
    # A text that counts stands twice, for one thing and for many; it is the first that is said.
    known = {m.id if isinstance(m.id, str) else m.id[0] for m in translated() if m.string}
    assert wanted - known == set()


def test_a_translation_fills_the_same_places() -> None:
    pairs = [(str(m.id), str(m.string)) for m in translated() if m.id]
    places = re.compile(r"%\([a-z_]+\)s")
    assert [a for a, b in pairs if set(places.findall(a)) != set(places.findall(b))] == []


@pytest.mark.parametrize(
    "late",
    [
        ":has(",
        ":is(",
        ":where(",
        "@container",
        "@layer",
        "aspect-ratio",
        "inset:",
        "color-mix",
        "margin-inline",
        "padding-inline",
        "!important",
        "url(",
        "@import",
    ],
)
def test_the_style_sheet_stays_within_chromium_86(late: str) -> None:
    assert late not in CSS


@pytest.mark.parametrize(
    "late",
    [
        ".at(",
        "AbortSignal.",
        "structuredClone",
        "Object.hasOwn",
        "findLast",
        ".toSorted(",
        ".toReversed(",
        "Object.groupBy",
        "crypto.randomUUID",
        "scheduler.",
    ],
)
def test_the_scripts_stay_within_chromium_86(late: str) -> None:
    scripts = "".join(one.read_text("utf-8") for one in (WEB / "static" / "js").glob("*.js"))
    assert late not in scripts


def test_the_style_sheet_is_not_nested() -> None:
    depth = [line.count("{") - line.count("}") for line in CSS.splitlines()]
    assert sum(depth) == 0
    assert "&" not in CSS


def test_the_style_sheet_stays_small() -> None:
    assert len(CSS.encode()) <= 40_000


@pytest.mark.parametrize(
    ("front", "back", "least"),
    [
        ("ink", "paper", 4.5),
        ("ink-2", "sunk", 4.5),
        ("ink-3", "sunk", 4.5),
        ("act", "paper", 4.5),
        ("ok", "ok-soft", 4.5),
        ("warn", "warn-soft", 4.5),
        ("bad", "bad-soft", 4.5),
        ("line-2", "sheet", 3),
        ("glow", "brand", 3),
        ("g4", "paper", 4.5),
    ],
)
def test_the_tokens_keep_their_contrast(front: str, back: str, least: float) -> None:
    light, dark = sorted((luminance(front), luminance(back)), reverse=True)
    assert (light + 0.05) / (dark + 0.05) >= least


def luminance(token: str) -> float:
    found = re.search(rf"--{token}: #([0-9a-f]{{3,6}});", CSS)
    assert found
    digits = found[1] if len(found[1]) == 6 else "".join(c * 2 for c in found[1])
    parts = [int(digits[i : i + 2], 16) / 255 for i in (0, 2, 4)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def test_the_sprite_holds_only_the_icons_in_use() -> None:
    drawn = re.findall(r'id="([^"]+)"', catalogue()["icons.svg"].content.decode())
    assert tuple(drawn) == ICONS
    assert len(catalogue()["icons.svg"].content) < 30_000


def test_every_icon_a_template_names_is_in_the_sprite() -> None:
    text = "".join(template.read_text("utf-8") for template in TEMPLATES)
    named = set(re.findall(r'icon\("([a-z0-9-]+)"', text))
    assert named
    assert named <= set(ICONS)


def test_an_icon_the_package_no_longer_draws_stops_the_start() -> None:
    with pytest.raises(LookupError, match="no-such-icon"):
        sprite("<svg></svg>", ("no-such-icon",))


def test_an_asset_is_kept_for_ever_at_its_own_address_only(app: Flask) -> None:
    with app.test_request_context():
        address = asset("catalogue.css")
    fresh = app.test_client().get(address)
    old = app.test_client().get("/assets/000000000000/catalogue.css")
    assert "immutable" in fresh.headers["Cache-Control"]
    assert old.headers["Cache-Control"] == "no-cache"


def test_an_asset_is_sent_packed_to_who_can_unpack_it(app: Flask) -> None:
    with app.test_request_context():
        address = asset("bootstrap.min.css")
    packed = app.test_client().get(address, headers={"Accept-Encoding": "gzip"})
    assert packed.content_encoding == "gzip"
    assert len(packed.data) < 40_000


def test_an_unknown_asset_is_found_out_when_the_page_is_made(app: Flask) -> None:
    with app.test_request_context(), pytest.raises(LookupError):
        asset("no-such.css")


@pytest.mark.parametrize("name", ["../assets.py", "js/../../assets.py", "no-such.css"])
def test_nothing_but_assets_is_served(app: Flask, name: str) -> None:
    assert app.test_client().get(f"/assets/x/{name}").status_code == 404
