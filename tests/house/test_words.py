"""Chinese is the source; every word on screen has its English, filled at the same places."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages.pofile import read_po
from flask import Flask
from jinja2.ext import babel_extract

import registry
from registry import web
from registry.edge.locale import template_gettext
from registry.edge.words import FILES, PROBES, SENTENCES
from registry.web.done import DONE

WEB = Path(registry.__file__).parent / "web"
PLACES = re.compile(r"%\(\w+\)s")
CALLED = re.compile(r'gettext\(\s*"([^"]+)"')
HAN = re.compile(r"[一-鿿]")


def wanted() -> set[str]:
    found = {text for pair in SENTENCES.values() for text in pair}
    found |= set(FILES.values()) | set(PROBES.values())
    found |= {name for _, _, name in web.places()}
    found |= set(DONE.values())
    for source in sorted([*WEB.glob("*.py"), *WEB.parent.glob("edge/*.py")]):
        found.update(CALLED.findall(source.read_text("utf-8")))
    for template in sorted((WEB / "templates").glob("*.html")):
        with template.open("rb") as source:
            for _, _, texts, _ in babel_extract(source, ["_"], [], {}):
                found.update({texts} if isinstance(texts, str) else filter(None, texts or ()))
    return found


def said(part: Path) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Every text of a file with its English: two forms where it counts, one and many."""
    with part.open("rb") as source:
        for one in read_po(source):
            if one.id and one.string:
                text, *_ = (one.id,) if isinstance(one.id, str) else one.id
                yield text, (one.string,) if isinstance(one.string, str) else one.string


def english() -> dict[str, tuple[str, ...]]:
    parts = sorted((WEB / "translations" / "en").glob("*.po"))
    return {text: forms for part in parts for text, forms in said(part) if all(forms)}


def test_every_word_on_screen_has_its_english():
    assert sorted(wanted() - english().keys()) == []


def test_a_translation_fills_the_same_places():
    held = english()
    wrong = [
        text
        for text, forms in held.items()
        if any(set(PLACES.findall(text)) != set(PLACES.findall(form)) for form in forms)
    ]
    assert wrong == []


def test_a_text_has_one_english_wherever_it_stands():
    """Two areas that give one text two meanings would silently share whichever comes first."""
    told: dict[str, set[tuple[str, ...]]] = {}
    for part in sorted((WEB / "translations" / "en").glob("*.po")):
        for text, forms in said(part):
            told.setdefault(text, set()).add(forms)
    assert {text: words for text, words in told.items() if len(words) > 1} == {}


# The sheet of components shows made-up Chinese data, as a page of the product shows real ones.
PAGES = sorted(p for p in (WEB / "templates").glob("*.html") if p.name != "components.html")


@pytest.mark.parametrize("path", PAGES, ids=lambda p: p.name)
def test_no_chinese_stands_in_a_template_outside_a_translated_text(path):
    text = re.sub(r"\{#.*?#\}", "", path.read_text("utf-8"), flags=re.S)
    text = re.sub(r"_\(\s*(\"[^\"]*\"|'[^']*')", "", text)
    # The names of the two languages stand in their own language, marks of punctuation anywhere.
    text = text.replace("中文", "")
    assert HAN.findall(text) == []


@pytest.mark.parametrize(
    ("n", "zh", "en"),
    [
        (1, "1 项数据资源", "1 resource"),
        (2, "2 项数据资源", "2 resources"),
        ("1,204", "1,204 项数据资源", "1,204 resources"),
    ],
)
def test_a_text_that_counts_is_said_for_one_and_for_many(n, zh, en):
    app = Flask(__name__)
    for locale, told in (("zh", zh), ("en", en)):
        with app.test_request_context(f"/?lang={locale}"):
            assert template_gettext("%(n)s 项数据资源", n=n) == told
