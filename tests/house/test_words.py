"""Chinese is the source; every word on screen has its English, filled at the same places."""

import re
from pathlib import Path

import pytest
from babel.messages.pofile import read_po
from jinja2.ext import babel_extract

import registry
from registry import web
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


def english() -> dict[str, str]:
    found = {}
    for part in sorted((WEB / "translations" / "en").glob("*.po")):
        with part.open("rb") as source:
            found.update({str(m.id): str(m.string) for m in read_po(source) if m.id and m.string})
    return found


def test_every_word_on_screen_has_its_english():
    assert sorted(wanted() - english().keys()) == []


def test_a_translation_fills_the_same_places():
    held = english()
    assert [t for t in held if set(PLACES.findall(t)) != set(PLACES.findall(held[t]))] == []


def test_a_text_has_one_english_wherever_it_stands():
    """Two areas that give one text two meanings would silently share whichever comes first."""
    told: dict[str, set[str]] = {}
    for part in sorted((WEB / "translations" / "en").glob("*.po")):
        with part.open("rb") as source:
            for one in read_po(source):
                if one.id and one.string:
                    told.setdefault(str(one.id), set()).add(str(one.string))
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
