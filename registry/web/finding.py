"""The search page: hits with their reasons, facets, other ways to ask, and the list as a file."""

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import parse_qs, urlsplit

import sqlalchemy as sa
from flask import Blueprint, Response, current_app, g, jsonify, render_template, request, url_for
from markupsafe import Markup, escape
from werkzeug.datastructures import MultiDict

import schemas
import search as engine
from registry import calendar, catalogue, discovery, journal
from registry.access import may
from registry.discovery import Answer, Found, dictionary, opened
from registry.edge import (
    actor,
    download,
    gettext,
    index,
    locale,
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
from registry.models.accounts import Organisation
from search.synonyms import Lexicon

pages = Blueprint("search", __name__)

LONGEST_QUERY = 256
LONGEST_VALUE = 200
MOST_VALUES = 50
MOST_LINES = 8
MOST_ELEMENTS = 12
MOST_EXPORTED = 1_000
# Facets of the entry itself, which no field of a document names.
_LISTS = {"level": "level", "marks": "mark"}
_TREES = frozenset({"class_path", "other_class_paths", "themes", "base_library", "units"})
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
class Line:
    """One value of a facet: its code, word and count, whether it is chosen, its depth in a tree."""

    code: str
    word: str
    count: int
    is_chosen: bool
    depth: int = 0


@dataclass(frozen=True)
class Facet:
    """A facet as shown: the values most hits have, those chosen always among them; or all `size`.

    `more` is the address that shows all of them, or of those most hits have again; "" where these
    are all.
    """

    name: str
    title: str
    lines: Sequence[Line]
    size: int
    is_first: bool
    is_whole: bool = False
    more: str = ""


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

    def found(self, page: int, size: int = discovery.PAGE, facets: bool = True) -> Answer:
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
            size,
            discovery.FACETS if facets else (),
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
    facets = _facets(answer.facets, asked)
    ways = _ways(asked, answer)
    # A whole question is in no entry word by word; what answers it is still no failure.
    is_near = (
        engine.understood(asked.text, answer.lexicon)
        and any(one.why for one in answer.related)
        and all(way[0] != "meant" for way in ways)
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
    return [(name, code, _word(name, code)) for name, codes in filters.items() for code in codes]


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
        return _word(*way.left_out) if way.left_out[0] else ""
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
    answer = asked.found(1, MOST_EXPORTED, facets=False)
    noted(one.version for one in answer.found)
    facts = {"entries": len(answer.found), "format": kind}
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
    if answer.total > len(answer.found):
        counts = {"n": answer.total, "m": len(answer.found)}
        title += gettext("：共 %(n)s 项，只含前 %(m)s 项") % counts
        marks.append(gettext("共%(n)s项只含前%(m)s项") % counts)
    if answer.degraded and asked.text:
        title += gettext("：检索服务不可用，只在名称、代码、提供部门和信息项里逐字查找")
        marks.append(gettext("逐字查找"))
    rows = [list(map(gettext, _COLUMNS)), *(_row(one) for one in answer.found)]
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
        *(_word(name, str(getattr(one.version, name) or "")) for name in coded),
        _word("level", one.version.level or ""),
        _word("update_cycle", str(document.get("update_cycle") or "")),
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


def _facets(counts: Mapping[str, Mapping[str, int]], asked: Asked) -> list[Facet]:
    return [
        _facet(name, lines, asked)
        for name in discovery.FACETS
        if (lines := list(_lines(name, counts.get(name, {}), asked.filters.get(name, ()))))
    ]


def _facet(name: str, lines: list[Line], asked: Asked) -> Facet:
    most = MOST_ELEMENTS if name == "element" else MOST_LINES
    by_count = sorted(lines, key=lambda line: (-line.count, line.word))
    is_whole = name in asked.whole
    kept = {line.code for line in lines if line.is_chosen}
    kept |= {line.code for line in (by_count if is_whole else by_count[:most])}
    # Of a tree what stands above a value is kept with it, or the value hangs in the air.
    if name in _TREES:
        kept |= {up for code in kept for up in _above(code)}
    cut = [line for line in (lines if name in _TREES else by_count) if line.code in kept]
    is_first = name in discovery.FIRST or name in asked.filters
    is_long = len(lines) > len(cut) or (is_whole and len(lines) > most)
    more = asked.turned(name) if is_long else ""
    return Facet(name, _title(name), cut, len(lines), is_first, is_whole, more)


def _above(code: str) -> Iterator[str]:
    steps = code.split("/")
    yield from ("/".join(steps[:depth]) for depth in range(1, len(steps)))


def _lines(name: str, counts: Mapping[str, int], picked: tuple[str, ...]) -> Iterator[Line]:
    """The values of a facet, those of a tree in its order and with their depth."""
    held = {**dict.fromkeys(picked, 0), **counts}
    words = {code: _word(name, code) for code in held}
    depths = {code: code.count("/") for code in held}
    order = sorted(held)
    if name == "units":
        tree = dict(_tree(held))
        depths = {code: tree.get(code, 0) for code in held}
        places = {code: n for n, code in enumerate(tree)}
        order = sorted(held, key=lambda code: places.get(code, len(places)))
    for code in order:
        # The root of a branch is no choice of its own: 2 stands above every theme.
        if name in ("themes", "base_library") and "/" not in code:
            continue
        less = 1 if name in ("themes", "base_library") else 0
        depth = min(depths[code] - less, 3) if name in _TREES else 0
        yield Line(code, words[code], held[code], code in picked, depth)


def _tree(held: Mapping[str, int]) -> Iterator[tuple[str, int]]:
    """Every unit with its depth below the government, children after their parent.

    Of those below one parent the unit that holds most comes first.
    """
    rows = session().execute(
        sa.select(Organisation.id, Organisation.parent_id, Organisation.code).order_by(
            Organisation.id
        )
    )
    below: dict[int | None, list[tuple[int, str]]] = {}
    for id_, parent, code in rows:
        below.setdefault(parent, []).append((id_, code))
    for units in below.values():
        units.sort(key=lambda unit: -held.get(unit[1], 0))
    waiting = [(id_, code, -1) for id_, code in reversed(below.get(None, []))]
    while waiting:
        id_, code, depth = waiting.pop()
        yield code, max(depth, 0)
        waiting.extend((i, c, depth + 1) for i, c in reversed(below.get(id_, [])))


def _word(name: str, code: str) -> str:
    """The word for a value of a facet."""
    if name in ("units", "department"):
        return _unit_names().get(code, code)
    if name == "year":
        return gettext("%(year)s 年") % {"year": code}
    field = schemas.field("resource", f"/{name}")
    listed = field.codes if field and field.codes else _LISTS.get(name)
    if name == "item_level":
        listed = "level"
    word = schemas.codes.label(listed, code, locale()) if listed else code
    if name not in _TREES:
        return word
    # The tree shows what stands above; a class of departments is numbered by its unit.
    last = word.rsplit(" / ", 1)[-1]
    return _units_by_class().get(code.replace("/", ""), last) if last.isdigit() else last


def _units_by_class() -> Mapping[str, str]:
    """The unit each department class is named after."""
    if "class_names" not in g:
        rows = session().execute(
            sa.select(Organisation.class_code, Organisation.name)
            .where(Organisation.class_code.is_not(None))
            .order_by(Organisation.id.desc())
        )
        g.class_names = {str(code): name for code, name in rows}
    names: Mapping[str, str] = g.class_names
    return names


def _unit_names() -> Mapping[str, str]:
    """The names of all units by code, read once for a page."""
    if "unit_names" not in g:
        rows = session().execute(sa.select(Organisation.code, Organisation.name))
        g.unit_names = {code: name for code, name in rows}  # noqa: C416 - a row is not a pair
    names: Mapping[str, str] = g.unit_names
    return names


def _title(name: str) -> str:
    field = schemas.field("resource", f"/{name}")
    if field:
        return field.title(locale())
    own = {
        "units": gettext("提供部门"),
        "level": gettext("数据级别"),
        "marks": gettext("标记"),
        "year": gettext("更新年份"),
        "element": gettext("含信息项"),
        "item_level": gettext("信息项级别"),
    }
    return own.get(name, name)
