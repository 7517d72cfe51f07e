"""Chinese first, English by choice: the language of a request and its words.

The catalogues are the .po files themselves, read at the first English page: nothing is compiled,
so an install, a wheel and a checkout cannot differ.
"""

from functools import cache, lru_cache
from gettext import GNUTranslations, NullTranslations
from importlib.resources import files
from io import BytesIO

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from flask import g, has_request_context, request
from markupsafe import Markup

COOKIE = "lang"
LOCALES = ("zh", "en")


def current() -> str:
    """The locale of this request: ?lang=, then the cookie, then Chinese."""
    if not has_request_context():
        return "zh"
    if "locale" not in g:
        asked = request.args.get("lang") or request.cookies.get(COOKIE) or "zh"
        g.locale = asked if asked in LOCALES else "zh"
    return str(g.locale)


@cache
def translations(locale: str) -> NullTranslations:
    """The words of a locale; Chinese is the source and needs none."""
    if locale == "zh":
        return NullTranslations()
    merged = Catalog(locale=locale)
    folder = files("registry.web") / "translations" / locale
    for part in sorted(folder.iterdir(), key=lambda one: one.name):
        if part.name.endswith(".po"):
            with part.open("rb") as file:
                for message in read_po(file, locale=locale):
                    if message.id:
                        merged.add(message.id, message.string, context=message.context)
    packed = BytesIO()
    write_mo(packed, merged)
    packed.seek(0)
    return GNUTranslations(packed)


def gettext(text: str) -> str:
    """The text in the language of the request; the official Chinese where it is untranslated."""
    return translations(current()).gettext(text)


@lru_cache(maxsize=8_192)
def _marked(locale: str, text: str, *, is_one: bool) -> tuple[Markup, bool]:
    """A text of a template in a language, and whether anything is to be put into it.

    Where a translation has a form for one thing, that is it for one thing and the other for more.
    """
    words = translations(locale)
    told = words.ngettext(text, text, 1 if is_one else 2)
    # What has one form only is not found by number.
    told = words.gettext(text) if told == text else told
    return Markup(told), "%" in told  # noqa: S704 - a text of ours, not of a reader


def template_gettext(text: str, /, **values: object) -> Markup:
    """The text as a template says it: its own letters as they are, every value escaped.

    A page holds hundreds of them: what the templates know is looked up once in a process. The
    value `n` counts: Chinese says one and many alike, a translation may have a form for each.
    """
    told, is_filled = _marked(current(), text, is_one=str(values.get("n")) == "1")
    return told % values if is_filled else told


def ngettext(one: str, many: str, n: int) -> str:
    """The form of a text for `n` things."""
    return translations(current()).ngettext(one, many, n)
