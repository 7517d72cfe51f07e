"""The search of CKAN: its parameters, its `fq`, its facets in all their spellings."""

import json
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

import schemas
from connectors import ckan, foreign
from registry.api.call import Call, query_error, search_error
from registry.discovery import conditions, drafts, fielded, packages
from registry.discovery.asked import Asked, Keys
from registry.discovery.drafts import Draft
from registry.discovery.facets import is_counted
from registry.discovery.written import written
from registry.edge.numbers import natural
from registry.edge.readings import noted, noted_live, noted_written
from registry.errors import Invalid
from schemas import Problem

T = TypeVar("T")
MOST_ROWS = 1000
MOST_FACETS = 50
LONGEST_QUERY = 4000

# Accepted and without effect: tuning of an engine that is not ours, switches of CKAN's own schema.
_TUNING = frozenset(
    {"qf", "mm", "defType", "tie", "bf", "boost", "q.op", "df", "wt", "use_default_schema"}
    | {"include_deleted", "facet.sort", "hl", "hl.fl", "bq", "pf", "timestamp"}
)
_KNOWN = frozenset(
    {"q", "fq", "fq_list", "rows", "start", "sort", "facet", "facet.field", "facet.limit"}
    | {"facet.mincount", "include_private", "include_drafts", "fl", "callback"}
)
_FACET_TITLES = {
    "organization": "提供部门",
    "groups": "主题",
    "tags": "关键词",
    "res_format": "格式",
    "level": "数据级别",
}


class Said(str):
    """The result of an action as JSON that is written already."""


def package_search(call: Call) -> dict[str, Any] | Said:
    """Find packages: q, fq, fq_list, rows, start, sort, facet.field, facet.limit, fl.

    include_drafts adds what the caller's own units work on and was never public.
    """
    call.require_reader()
    asked, sort = _asked(call)
    own = drafts.own(call.session, call.actor, call.address) if wants_drafts(call) else []
    found = _found(call, asked, own)
    counted = _limited(call, found.facets)
    head = {"count": found.count, "facets": counted}
    tail = {
        "sort": sort,
        "search_facets": {
            name: {"title": _FACET_TITLES.get(name, name), "items": _items(call, name, values)}
            for name, values in counted.items()
        },
    }
    kept = {one.row.about.key: one for one in own}
    noted(kept[key].version for key in found.keys if key in kept)
    names = _wanted(call)
    if names:
        page = packages.live(call.session, call.actor, found.keys, call.anonymous, call.address)
        noted_live(page)
        whole = {one.about.key: ckan.package(one.document, one.about) for one in page}
        whole |= {key: one.package for key, one in kept.items()}
        return {**head, "results": _only(names, _in_order(found.keys, whole)), **tail}
    live = written(call.session, call.actor, found.keys, call.anonymous, call.address)
    noted_written(live)
    texts = {one.key: one.text for one in live}
    texts |= {key: _said(kept[key].package) for key in found.keys if key in kept}
    results = ", ".join(_in_order(found.keys, texts))
    return Said(f'{_said(head)[:-1]}, "results": [{results}], {_said(tail)[1:]}')


def _asked(call: Call) -> tuple[Asked, str]:
    """The question of a call, and its order as it is told again."""
    unknown = [
        name
        for name in call.given
        if name not in _KNOWN and name not in _TUNING and not name.startswith("ext_")
    ]
    if unknown:
        raise query_error(f"Invalid search parameters: {unknown[:5]}")
    facets = listed(call.given.get("facet.field")) if call.flag("facet", default=True) else []
    uncounted = [name for name in facets if not is_counted(name)]
    if uncounted:
        raise query_error(f"facet.field: values are not counted of {uncounted[:5]}")
    sort = call.text("sort").strip() or "score desc, metadata_modified desc"
    words, filters = _question(call.text("q"))
    filters += _filters(call)
    _bounded(filters)
    asked = Asked(
        words,
        filters,
        _order(sort),
        call.natural("start", 0),
        min(call.natural("rows", 10), MOST_ROWS),
        facets[:MOST_FACETS],
        call.flag("include_private"),
        _most(call),
    )
    return asked, sort


def wants_drafts(call: Call) -> bool:
    """Whether the caller asks for drafts too; there are none for who has no name."""
    return call.actor.signed_in and call.flag("include_drafts")


def _found(call: Call, asked: Asked, own: Sequence[Draft]) -> Keys:
    if own:
        return drafts.among(call.session, call.index, call.actor, asked, call.anonymous, own)
    return packages.find(call.session, call.index, call.actor, asked, call.anonymous)


def _in_order(keys: Sequence[str], held: Mapping[str, T]) -> list[T]:
    return [held[key] for key in keys if key in held]


def _said(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


def _question(text: str) -> tuple[str, list[fielded.Node]]:
    """Words to be ranked, or a fielded question, which has no rank."""
    text = text.strip()
    if len(text) > LONGEST_QUERY:
        raise search_error(f"q is longer than {LONGEST_QUERY} characters")
    if text in ("", '""', "''", "*:*", "*"):
        return "", []
    return (text, []) if ":" not in text and "{!" not in text else ("", [_parsed(text)])


def _filters(call: Call) -> list[fielded.Node]:
    asked: list[str] = []
    for name in ("fq", "fq_list"):
        given = call.given.get(name)
        for text in given if isinstance(given, list) else [given]:
            if not isinstance(text, str | None):
                raise Invalid([Problem(f"/{name}", "text-wanted")])
            asked += [text] if text and text.strip() else []
    # Each is bounded by itself; together they are one question to the database.
    if len(asked) > fielded.MOST_CLAUSES or sum(map(len, asked)) > fielded.LONGEST:
        raise search_error(
            f"fq and fq_list are more than {fielded.MOST_CLAUSES} filters, "
            f"or longer than {fielded.LONGEST} characters together"
        )
    return [_parsed(text) for text in asked]


def _bounded(filters: Sequence[fielded.Node]) -> None:
    try:
        conditions.require_bounded(filters)
    except fielded.Unclear as fault:
        raise search_error(f"q, fq and fq_list together: {fault}") from fault


def _parsed(text: str) -> fielded.Node:
    try:
        return conditions.read(text)
    except fielded.Unclear as fault:
        raise search_error(f"Cannot parse {text[:80]!r}: {fault}") from fault


def _order(sort: str) -> list[tuple[str, bool]]:
    found = []
    for part in sort.split(","):
        name, _, way = part.strip().partition(" ")
        way = way.strip().lower() or "asc"
        if name not in packages.SORTS or way not in ("asc", "desc"):
            raise query_error('Invalid "sort" parameter')
        found.append((name, way == "desc"))
    return found[:8]


def listed(value: Any, name: str = "facet.field") -> list[str]:
    """A list of names: JSON list, a repeated key, JSON text of a list, or one bare name."""
    if isinstance(value, str) and value.strip().startswith("["):
        try:
            value = schemas.loads(value)
        except schemas.Unreadable as fault:
            raise Invalid([Problem(f"/{name}", "type")]) from fault
    values = value if isinstance(value, list) else [value] if value else []
    if not all(isinstance(one, str) for one in values):
        raise Invalid([Problem(f"/{name}", "type")])
    return [one for one in dict.fromkeys(values) if one]


def _limited(call: Call, facets: Mapping[str, Counter[str]]) -> dict[str, dict[str, int]]:
    most = _most(call)
    least = call.natural("facet.mincount", 1)
    return {
        name: {
            value: n
            for value, n in sorted(counter.items(), key=lambda one: (-one[1], one[0]))[:most]
            if n >= least
        }
        for name, counter in facets.items()
    }


def _most(call: Call) -> int | None:
    """How many values of a facet are wanted; None for all."""
    text = call.text("facet.limit", "50").strip()
    most = natural(text.removeprefix("-"))
    if most is None:
        raise Invalid([Problem("/facet.limit", "type")])
    return None if text.startswith("-") else most


def _items(call: Call, name: str, values: Mapping[str, int]) -> list[dict[str, Any]]:
    shown = _shown(call, name)
    items = [
        {"name": value, "display_name": shown(value), "count": count}
        for value, count in values.items()
    ]
    return sorted(items, key=lambda one: str(one["display_name"]), reverse=True)


def _shown(call: Call, name: str) -> Callable[[str], str]:
    """What tells the words for the values of a facet."""
    if name == "organization":
        names = call.names
        return lambda value: names.get(value, value)
    if name == "groups":
        return lambda value: schemas.codes.label("theme", foreign.theme_of(value) or value)
    field = schemas.field("resource", f"/{name.removeprefix('extras_')}")
    codes = field.codes if field is not None else "level" if name == "level" else None
    return lambda value: schemas.codes.label(codes, value) if codes else value


def _wanted(call: Call) -> list[str]:
    """The fields of a package the caller wants; none where he wants them all."""
    wanted = call.given.get("fl")
    if isinstance(wanted, str) and wanted.strip().startswith("["):
        # The list as JSON, as the facets are written in an address.
        wanted = listed(wanted, "fl")
    texts = wanted if isinstance(wanted, list) else [call.text("fl")]
    names = [n for one in texts if isinstance(one, str) for n in one.replace(",", " ").split()]
    return [] if "*" in names else names


def _only(names: Sequence[str], page: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    return [{name: one[name] for name in names if name in one} for one in page]
