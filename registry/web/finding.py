"""The search page: hits with their reasons, facets, other ways to ask, and the list as a file."""

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import parse_qs, urlsplit

from flask import Blueprint, Response, current_app, jsonify, render_template, request, url_for
from markupsafe import Markup, escape
from werkzeug.datastructures import MultiDict

import search as engine
from registry import calendar, catalogue, discovery, journal
from registry.access import may
from registry.discovery import Answer, Found, dictionary, opened
from registry.edge import (
    actor,
    download,
    gettext,
    index,
    reads,
    remember,
    session,
    settings,
)
from registry.edge.addresses import LONGEST, came_from
from registry.edge.numbers import natural
from registry.edge.readings import noted
from registry.errors import Missing
from registry.journal import Entry
from registry.web.facets import facets_of, word_of
from search.synonyms import Lexicon

pages = Blueprint("search", __name__)

LONGEST_QUERY = 256
LONGEST_VALUE = 200
MOST_VALUES = 50
MOST_EXPORTED = engine.DEEPEST
_COLUMNS = (
    "名称",
    "代码",
    "提供部门",
    "摘要",
    "共享类型",
    "开放类型",
    "数据级别",
    "更新周期",
    "发布日期",
)


@dataclass(frozen=True)
class Asked:
    """What the address asks for; whatever it cannot mean is left out, never an error."""

    text: str
    filters: Mapping[str, tuple[str, ...]]
    sort: str
    view: str
    page: int
    whole: tuple[str, ...] = ()

    @classmethod
    def of_request(cls) -> "Asked":
        """Read the address of this request."""
        sort = request.args.get("sort", "")
        return cls(
            request.args.get("q", "").strip()[:LONGEST_QUERY],
            filters_of(request.args),
            sort if sort in discovery.SORTS else "relevance",
            "table" if request.args.get("view") == "table" else "cards",
            natural(request.args.get("page"), 3) or 1,
            tuple(name for name in discovery.FACETS if name in request.args.getlist("all")),
        )

    def address(self, **changes: object) -> str:
        """The address of the same question with something changed; other things start anew."""
        plain = {"sort": self.sort, "view": self.view, "all": self.whole}
        kept = {k: v for k, v in plain.items() if v not in ("relevance", "cards")}
        given: dict[str, object] = {"q": self.text, **kept, **self.filters, **changes}
        return _address(**given)

    def without(self, name: str, code: str) -> str:
        """The address without one of the values chosen."""
        left = tuple(c for c in self.filters.get(name, ()) if c != code)
        return self.address(**{name: left})

    def turned(self, name: str) -> str:
        """The address that shows all values of a facet, or only the first again, at its place."""
        is_whole = name in self.whole
        left = tuple(one for one in (*self.whole, name) if one != name or not is_whole)
        return f"{self.address(all=left)}#facet-{name}"

    def refused(self) -> list[tuple[str, str]]:
        """The words the question does not want, each with the address that takes it back."""
        return [
            (one.word, self.address(q=engine.without(self.text, one)))
            for one in engine.refusals(self.text)
        ]

    def found(self, page: int) -> Answer:
        """What this reader finds."""
        return discovery.search(
            session(),
            index(),
            actor(),
            self.text,
            self.filters,
            page,
            settings().anonymous,
            self.sort,
        )

    def exported(self) -> discovery.Exported:
        """All of it, as far as it is exported."""
        return discovery.exported(
            session(),
            index(),
            actor(),
            self.text,
            self.filters,
            settings().anonymous,
            self.sort,
            MOST_EXPORTED,
        )


def _address(**given: object) -> str:
    """The address of a search, without what is empty."""
    kept: dict[str, Any] = {name: value for name, value in given.items() if value}
    return url_for("search.results", **kept)


def filters_of(given: MultiDict[str, str]) -> dict[str, tuple[str, ...]]:
    """The filters an address or a form asks for; what it cannot mean is left out."""
    return {name: values for name in discovery.FILTERS if (values := _values(given, name))}


def address_of(text: str, filters: Mapping[str, tuple[str, ...]]) -> str:
    """The address of the page that answers a question."""
    return _address(q=text, **filters)


def _values(given: MultiDict[str, str], name: str) -> tuple[str, ...]:
    """The values chosen of a facet; the name of an element is typed by hand, too."""
    values = [value.strip()[:LONGEST_VALUE] for value in given.getlist(name)[:MOST_VALUES]]
    if name == "element":
        values = [engine.element(value) for value in values]
    return tuple(dict.fromkeys(filter(None, values)))


@pages.get("/search")
@reads(public=True)
def results() -> str:
    """Entries by the words people use; facets narrow, each hit says why it was found."""
    asked = Asked.of_request()
    answer = asked.found(asked.page)
    last = min(-(-answer.total // discovery.PAGE), 500)
    if last and asked.page > last:
        # The address was kept while there were more: it leads to what is left.
        asked = replace(asked, page=last)
        answer = asked.found(last)
    facets = facets_of(answer.facets, asked.filters, asked.whole, asked.turned)
    ways = _ways(asked, answer)
    # A whole question is in no entry word by word; what answers it is still no failure. Where the
    # filters alone leave nothing, that is what the page has to say.
    is_near = (
        engine.understood(asked.text, answer.lexicon)
        and any(one.why for one in answer.related)
        and all(way[0] not in ("meant", "without") for way in ways)
    )
    _note_in_vain(asked, answer)
    _note_shown(asked, answer)
    return render_template(
        "search.html",
        place="search",
        text=asked.text,
        asked=asked,
        answer=answer,
        degraded=answer.degraded,
        uncounted=answer.degraded and not answer.facets.keys() >= set(discovery.FACETS),
        facets=facets,
        chosen=chosen_words(asked.filters),
        refused=asked.refused(),
        ways=ways,
        closest=not answer.total and is_near,
        sorts=[
            ("relevance", gettext("相关程度")),
            ("updated", gettext("最近更新")),
            ("published", gettext("最近发布")),
        ],
        marked=lambda value: _marked(value, asked.text, answer.lexicon),
        page_address=lambda n: asked.address(page=n if n > 1 else 0),
        element_address=lambda value: url_for(".element", name=value),
        abstract=lambda one: str(catalogue.document_of(one.version).get("abstract") or ""),
        last=last,
        most_values=engine.MOST_VALUES,
        most_exported=MOST_EXPORTED,
        may_mend=may(actor(), "dictionary"),
    )


def _note_in_vain(asked: Asked, answer: Answer) -> None:
    """Count a question nothing answers, for the dictionary; only of people with a name.

    A stranger finds less by right, and could fill the list.
    """
    if answer.total or answer.degraded or asked.filters or not actor().signed_in:
        return
    if dictionary.is_noted(asked.text):
        remember(lambda own: dictionary.note_unanswered(own, asked.text))


def tally() -> opened.Tally:
    """What this process counted of questions and has not written yet."""
    found: opened.Tally = current_app.extensions.setdefault("registry_tally", opened.Tally())
    return found


def _note_shown(asked: Asked, answer: Answer) -> None:
    """Count a question whose hits are shown; like those in vain, only of people with a name."""
    if not answer.total or asked.filters or asked.page > 1 or not actor().signed_in:
        return
    tally().note(asked.text, shown=1)
    if tally().is_due():
        remember(tally().write)


def note_opened() -> None:
    """Count a question one of whose hits is being opened: the browser says where it comes from.

    Our own `Referrer-Policy` keeps that within this site; no script, no mark in the address.
    """
    asked = urlsplit(question()).query
    if asked and actor().signed_in:
        tally().note(parse_qs(asked).get("q", [""])[0], opened=1)


def question() -> str:
    """The address of the question the reader comes from; the bare page where he asked none."""
    came = came_from(request.referrer or "", request.host)
    bare = url_for("search.results")
    # One that is cut off would be another question.
    return came if urlsplit(came).path == bare and len(came) < LONGEST else bare


def chosen_words(filters: Mapping[str, tuple[str, ...]]) -> list[tuple[str, str, str]]:
    """The values chosen: facet, code and word."""
    return [(name, code, word_of(name, code)) for name, codes in filters.items() for code in codes]


def _ways(asked: Asked, answer: Answer) -> list[tuple[str, str, str, int]]:
    """Other ways to ask: their kind, words, address and count."""
    found = discovery.ways(
        session(), index(), actor(), asked.text, asked.filters, answer, settings().anonymous
    )
    return [
        (way.kind, _way(asked, way), _address(q=way.text, **way.filters), way.total)
        for way in found
    ]


def _way(asked: Asked, way: discovery.Way) -> str:
    """A way in words: the text it asks for, what it filters by, or the filter it leaves out."""
    if way.kind == "without":
        return word_of(*way.left_out) if way.left_out[0] else ""
    added = [
        word
        for name, code, word in chosen_words(way.filters)
        if code not in asked.filters.get(name, ())
    ]
    return " + ".join(filter(None, (way.text, *added)))


def _marked(value: object, text: str, lexicon: Lexicon | None) -> Markup:
    """A text with the words that were asked for marked, by offsets of our own on any engine."""
    whole = str(value or "")
    parts: list[Markup] = []
    at = 0
    for start, end in engine.marks(whole, text, lexicon):
        parts += [
            escape(whole[at:start]),
            Markup("<mark>"),
            escape(whole[start:end]),
            Markup("</mark>"),
        ]
        at = end
    return Markup("").join([*parts, escape(whole[at:])])


@pages.get("/search/suggest")
@reads(public=True)
def suggest() -> Response:
    """Titles for what is being typed, of those this reader may see."""
    typed = request.args.get("q", "")[:LONGEST_QUERY]
    found = discovery.titles(session(), index(), actor(), typed, settings().anonymous)
    answer = jsonify(found)
    answer.headers["Cache-Control"] = "no-store"
    return answer


@pages.get("/search/results.<any(xlsx, csv):kind>")
@reads()
def export(kind: str) -> Response:
    """The list of hits as a file, with the rights of the reader, on record."""
    asked = Asked.of_request()
    found = asked.exported()
    lines: list[list[str]] = []
    for portion in found.portions:
        noted(one.version for one in portion)
        lines += map(_row, portion)
    facts = {"entries": len(lines), "format": kind}
    remember(
        lambda own: journal.record_many(
            own, actor(), [Entry("export_found", "search", "", facts=facts)]
        )
    )
    title = gettext("数据资源检索结果（%(day)s，%(name)s 导出）") % {
        "day": calendar.today(),
        "name": actor().name,
    }
    # A CSV is read by programs: what is to be known of it stands in its name.
    marks = [gettext("检索结果"), str(calendar.today())]
    if found.total > len(lines):
        counts = {"n": found.total, "m": len(lines)}
        title += gettext("：共 %(n)s 项，只含前 %(m)s 项") % counts
        marks.append(gettext("共%(n)s项只含前%(m)s项") % counts)
    if found.degraded and asked.text:
        title += gettext("：检索服务不可用，只在名称、代码、提供部门和信息项里逐字查找")
        marks.append(gettext("逐字查找"))
    if found.searched:
        title += gettext("：只查找了最近有变化的 %(n)s 项") % {"n": found.searched}
        marks.append(gettext("只查找最近%(n)s项") % {"n": found.searched})
    rows = [list(map(gettext, _COLUMNS)), *lines]
    content = _workbook(title, rows) if kind == "xlsx" else _csv(rows)
    return download(content, f"{'-'.join(marks)}.{kind}")


def _row(one: Found) -> list[str]:
    document = catalogue.document_of(one.version)
    coded = ("share_type", "open_type")
    return [
        str(one.version.name or ""),
        one.resource.code or "",
        one.resource.department.name,
        str(document.get("abstract") or ""),
        *(word_of(name, str(getattr(one.version, name) or "")) for name in coded),
        word_of("level", one.version.level or ""),
        word_of("update_cycle", str(document.get("update_cycle") or "")),
        str(one.resource.published_on or ""),
    ]


def _csv(rows: Sequence[Sequence[str]]) -> bytes:
    """A CSV that Excel opens in UTF-8 and takes no cell of for a formula."""
    out = io.StringIO()
    csv.writer(out).writerows([[_harmless(cell) for cell in row] for row in rows])
    return out.getvalue().encode("utf-8-sig", "replace")


def _harmless(cell: str) -> str:
    return f"'{cell}" if cell.lstrip()[:1] in ("=", "+", "-", "@") or cell[:1] in "\t\r" else cell


def _workbook(title: str, rows: Sequence[Sequence[str]]) -> bytes:
    import xlsxwriter  # needed for exports only

    out = io.BytesIO()
    safe = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    book = xlsxwriter.Workbook(out, safe)
    sheet = book.add_worksheet(gettext("检索结果"))
    sheet.write_string(0, 0, title, book.add_format({"bold": True}))
    head = book.add_format({"bold": True, "bg_color": "#EDEDE6", "border": 1})
    for line, row in enumerate(rows, 1):
        for at, cell in enumerate(row):
            sheet.write_string(line, at, cell[:32_767], head if line == 1 else None)
    sheet.set_column(0, 0, 36)
    sheet.set_column(1, len(_COLUMNS), 18)
    sheet.freeze_panes(2, 0)
    book.close()
    return out.getvalue()


@pages.get("/elements")
@reads(public=True)
def element() -> str:
    """Who holds a data element of this name, as far as the reader may see."""
    name = request.args.get("name", "").strip()[:128]
    found = discovery.holders(session(), actor(), name, settings().anonymous)
    if not found:
        raise Missing("no_element")
    return render_template(
        "element.html",
        place="search",
        name=name,
        found=found,
        departments=len({one.department_code for one in found}),
        address=url_for(".results", element=engine.element(name)),
    )
