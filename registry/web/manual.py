"""The manual where the work is done: the pages of docs/, as they stand there.

`registry/manual` links to them, so that the wheel carries them too. Who installs without a network
has no other place to read them.
"""

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path, PurePosixPath
from typing import Any

from flask import Blueprint, render_template, request
from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token
from markupsafe import Markup, escape

from registry.edge import gettext, locale, reads
from registry.errors import Missing

pages = Blueprint("manual", __name__)

_FOLDER = Path(__file__).parents[1] / "manual"
# A page of docs/ named in the text of another, from the root or from beside it.
_NAMED = re.compile(r"(?:docs/)?(.+)\.md")
# What only those read who install, run and watch the system, or connect another one to it.
_OPERATING = (
    "how-to/installing",
    "how-to/running",
    "how-to/operations",
    "how-to/harvesting",
    "how-to/interfaces",
    "how-to/detection",
    "reference/settings",
    "reference/commands",
    "reference/addresses",
)
_AROUND = 40
# What stands behind a rule, or below this heading, says the same shorter in English.
_IN_ENGLISH = "In English"


@dataclass(frozen=True)
class Page:
    """A page of the manual in one language: its title, its parts by anchor, its text as HTML."""

    name: str
    title: str
    parts: Sequence[tuple[str, str]]
    text: Markup
    language: str


@pages.get("/help")
@reads(public=True)
def contents() -> str:
    """Every page of the manual by its title, by who reads it, or where it says what is sought."""
    wanted = " ".join(request.args.get("q", "")[:80].split())
    if wanted:
        return render_template(
            "manual_contents.html", place="help", wanted=wanted, found=_saying(wanted)
        )
    groups = (
        (gettext("走一遍"), ("tutorial",)),
        (
            gettext("怎样办事"),
            ("how-to/registering", "how-to/sheets", "how-to/databases", "how-to/*"),
        ),
        (gettext("栏目、流程和用词"), ("reference/*", "glossary")),
        (gettext("系统管理员：安装、运行、对接"), _OPERATING),
        (gettext("为什么这样建、测得多快"), ("explanation", "measured")),
    )
    found = [
        (title, [_read(one, locale()) for one in _named(names) if _is_for(one, names)])
        for title, names in groups
    ]
    return render_template("manual_contents.html", place="help", groups=found)


def _is_for(name: str, names: Sequence[str]) -> bool:
    return names is _OPERATING or name not in _OPERATING


def _saying(wanted: str) -> list[tuple[Page, str]]:
    """The pages in which every word stands, each with the place of the first: titles first."""
    words = wanted.casefold().split()
    found = []
    for page in (_read(name, locale()) for name in _files()):
        said = " ".join(page.text.striptags().split())
        text = f"{page.title} {said}".casefold()
        if all(word in text for word in words):
            at = max(said.casefold().find(words[0]), 0)
            around = said[max(at - _AROUND, 0) : at + 2 * _AROUND]
            found.append((words[0] not in page.title.casefold(), page, around))
    return [(page, around) for _, page, around in sorted(found, key=lambda one: one[0])]


@pages.get("/help/<path:name>")
@reads(public=True)
def page(name: str) -> str:
    """One page of the manual, in the language of the reader where it is written in it."""
    if name not in _files():
        raise Missing("missing")
    return render_template("manual.html", place="help", page=_read(name, locale()))


def _named(patterns: Sequence[str]) -> Sequence[str]:
    """The pages that the patterns name, each where it is named first."""
    found = [one for wanted in patterns for one in _files() if PurePosixPath(one).match(wanted)]
    return tuple(dict.fromkeys(found))


@cache
def _files() -> Mapping[str, Path]:
    """Where every page lies, by its name: that of the file without its ending."""
    found = [*_FOLDER.glob("*.md"), *_FOLDER.glob("*/*.md")]
    return {path.relative_to(_FOLDER).with_suffix("").as_posix(): path for path in sorted(found)}


@cache
def _read(name: str, wanted: str) -> Page:
    markdown = MarkdownIt("commonmark", {"html": False}).enable("table")
    for kind, rule in _RULES.items():
        markdown.add_render_rule(kind, rule)
    chinese, english = _divided(markdown.parse(_files()[name].read_text("utf-8")))
    shown = english if wanted == "en" and english else chinese
    heading = _title(shown)
    # A title in both languages stands on a page whose text is said once.
    titles = (heading or _title(chinese)).split(" / ")
    parts: list[tuple[str, str]] = []
    for at, token in enumerate(shown):
        if token.type == "heading_open" and token.tag == "h2":
            token.attrSet("id", f"p{len(parts) + 1}")
            parts.append((f"p{len(parts) + 1}", _plain(shown[at + 1])))
    body = shown[3:] if heading else shown
    # Safe: pages of our own, read without HTML.
    env = {"in": wanted, "beside": PurePosixPath(name).parent}
    text = Markup(markdown.renderer.render(body, markdown.options, env))  # noqa: S704
    language = "en" if shown is english or _is_english(text.striptags()) else "zh-CN"
    return Page(name, titles[-1 if wanted == "en" else 0], parts, text, language)


def _divided(tokens: Sequence[Token]) -> tuple[list[Token], list[Token]]:
    """The text, and what of it is told again in English."""
    for at, token in enumerate(tokens):
        if token.type == "hr" and token.level == 0:
            return list(tokens[:at]), list(tokens[at + 1 :])
        if token.type == "heading_open" and _plain(tokens[at + 1]) == _IN_ENGLISH:
            return list(tokens[:at]), list(tokens[at + 3 :])
    return list(tokens), []


def _title(tokens: Sequence[Token]) -> str:
    """The words of the first heading; the page shows them where every page shows its title."""
    return _plain(tokens[1]) if tokens and tokens[0].tag == "h1" else ""


def _plain(token: Token) -> str:
    return "".join(part.content for part in token.children or ())


def _is_english(text: str) -> bool:
    return sum(_is_wide(sign) for sign in text) < len(text) / 50


def _is_wide(sign: str) -> bool:
    return unicodedata.east_asian_width(sign) in "WF"


def _table(renderer: RendererHTML, tokens: Sequence[Token], at: int, *_: Any) -> str:
    # What scrolls is reached by the keyboard.
    return '<div class="scroller" tabindex="0"><table class="tbl">\n'


def _table_end(renderer: RendererHTML, tokens: Sequence[Token], at: int, *_: Any) -> str:
    return "</table></div>\n"


def _code(
    renderer: RendererHTML, tokens: Sequence[Token], at: int, options: Any, env: Mapping[str, Any]
) -> str:
    """Code as it stands; the name of another page leads there, under its title."""
    said = tokens[at].content
    named = _NAMED.fullmatch(said)
    for name in (named[1], str(env["beside"] / named[1])) if named else ():
        if name in _files():
            title = _title_of(name, env["in"])
            shown = escape(title if env["in"] == "en" else f"「{title}」")
            return f'<a href="/help/{escape(name)}">{shown}</a>'
    return f"<code>{escape(said)}</code>"


@cache
def _title_of(name: str, wanted: str) -> str:
    """The title of a page, read from its first line: pages name each other."""
    first = _files()[name].read_text("utf-8").partition("\n")[0].lstrip("# ")
    return first.split(" / ")[-1 if wanted == "en" else 0]


def _break(renderer: RendererHTML, tokens: Sequence[Token], at: int, *_: Any) -> str:
    """A line of the file ends between two words, but inside a sentence without blanks."""
    around = (tokens[at - 1].content[-1:], tokens[at + 1].content[:1])
    return "" if any(sign and _is_wide(sign) for sign in around) else "\n"


_RULES: Mapping[str, Callable[..., str]] = {
    "table_open": _table,
    "table_close": _table_end,
    "code_inline": _code,
    "softbreak": _break,
}
