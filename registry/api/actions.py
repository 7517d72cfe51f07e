"""The actions of CKAN that clients read by: its parameters, its results, our rights.

Nothing is published through an action, whoever calls: the life of an entry has pages and calls of
its own, and the adoption of an approved catalogue is a command.
"""

import json
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from importlib.metadata import version
from typing import Any, TypeVar

import sqlalchemy as sa
from sqlalchemy.orm import Session

import schemas
from connectors import ckan, foreign
from registry import catalogue
from registry.api.call import Call, query_error, search_error
from registry.discovery import drafts, fielded, packages
from registry.discovery.asked import Asked, Keys
from registry.discovery.drafts import Draft
from registry.discovery.written import written
from registry.edge.readings import noted, noted_live, noted_written
from registry.errors import Invalid, Missing, SignInNeeded
from registry.models.accounts import Organisation
from registry.models.catalogue import Alias, Resource
from schemas import Problem

T = TypeVar("T")
VERSION = "2.12.0"
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
    own = drafts.own(call.session, call.actor, call.address) if _with_drafts(call) else []
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
    facets = _listed(call.given.get("facet.field")) if call.flag("facet", default=True) else []
    sort = call.text("sort").strip() or "score desc, metadata_modified desc"
    words, filters = _question(call.text("q"))
    asked = Asked(
        words,
        [*filters, *_filters(call)],
        _order(sort),
        call.natural("start", 0),
        min(call.natural("rows", 10), MOST_ROWS),
        facets[:MOST_FACETS],
        call.flag("include_private"),
        _most(call),
    )
    return asked, sort


def _with_drafts(call: Call) -> bool:
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
    given = [call.given.get("fq"), call.given.get("fq_list")]
    texts = [text for one in given for text in (one if isinstance(one, list) else [one])]
    asked = [text for text in texts if isinstance(text, str) and text.strip()]
    # Each is bounded by itself; together they are one question to the database.
    if len(asked) > fielded.MOST_CLAUSES or sum(map(len, asked)) > fielded.LONGEST:
        raise search_error(
            f"fq and fq_list are more than {fielded.MOST_CLAUSES} filters, "
            f"or longer than {fielded.LONGEST} characters together"
        )
    return [_parsed(text) for text in asked]


def _parsed(text: str) -> fielded.Node:
    try:
        return fielded.parse(text)
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


def _listed(value: Any, name: str = "facet.field") -> list[str]:
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
    digits = text.removeprefix("-")
    if not (digits.isascii() and digits.isdigit() and len(digits) < 10):
        raise Invalid([Problem("/facet.limit", "type")])
    return None if text.startswith("-") else int(text)


def _items(call: Call, name: str, values: Mapping[str, int]) -> list[dict[str, Any]]:
    items = [
        {"name": value, "display_name": _shown(call, name, value), "count": count}
        for value, count in values.items()
    ]
    return sorted(items, key=lambda one: str(one["display_name"]), reverse=True)


def _shown(call: Call, name: str, value: str) -> str:
    if name == "organization":
        return call.names.get(value, value)
    if name == "groups":
        return schemas.codes.label("theme", foreign.theme_of(value) or value)
    field = schemas.field("resource", f"/{name.removeprefix('extras_')}")
    listed = field.codes if field is not None else "level" if name == "level" else None
    return schemas.codes.label(listed, value) if listed else value


def _wanted(call: Call) -> list[str]:
    """The fields of a package the caller wants; none where he wants them all."""
    wanted = call.given.get("fl")
    if isinstance(wanted, str) and wanted.strip().startswith("["):
        # The list as JSON, as the facets are written in an address.
        wanted = _listed(wanted, "fl")
    texts = wanted if isinstance(wanted, list) else [call.text("fl")]
    names = [n for one in texts if isinstance(one, str) for n in one.replace(",", " ").split()]
    return [] if "*" in names else names


def _only(names: Sequence[str], page: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    return [{name: one[name] for name in names if name in one} for one in page]


def package_show(call: Call) -> dict[str, Any] | Said:
    """One package, by id: the key, the name, the code, or an id given by another catalogue."""
    call.require_reader()
    name = call.required("id")
    # Asked for by key, as harvesters do, a live entry is one question to the database.
    there = written(call.session, call.actor, [name[:200]], call.anonymous, call.address)
    noted_written(there)
    return Said(there[0].text) if there else _package(call, found(call, name))


def _package(call: Call, resource: Resource) -> dict[str, Any]:
    """The live version, or the draft of somebody who has a part in it."""
    live = _live_package(call, resource.key)
    if live is not None:
        return live
    shown = resource.live or resource.working
    if shown is None:
        raise Missing("no_entry")
    noted([shown])
    return packages.package(resource, shown, catalogue.document_of(shown), call.address)


def _live_package(call: Call, key: str) -> dict[str, Any] | None:
    entries = packages.live(call.session, call.actor, [key], call.anonymous, call.address)
    noted_live(entries)
    return ckan.package(entries[0].document, entries[0].about) if entries else None


def found(call: Call, name: str) -> Resource:
    """The entry a name leads to, if the caller may know of it."""
    name = name[:200]
    front, _, serial = name.rpartition("-")
    for key in _keys(call.session, name, f"{front}/{serial}"):
        try:
            return catalogue.find(call.session, call.actor, key, call.anonymous)
        except Missing:
            continue
    raise Missing("no_entry")


def _keys(session: Session, name: str, code: str) -> list[str]:
    """Keys of the entries of that name: by key, then by code, then by the ids of others."""
    own = session.execute(
        sa.select(Resource.key).where(
            sa.or_(Resource.key == name, Resource.code == name, Resource.code == code)
        )
    )
    others = session.execute(
        sa.select(Resource.key)
        .join(Alias, Alias.resource_id == Resource.id)
        .where(Alias.value == name)
        .order_by(Alias.id)
        .limit(5)
    )
    return list(dict.fromkeys(key for rows in (own, others) for (key,) in rows))


def package_list(call: Call) -> list[str]:
    """The names of every package: limit, offset; no limit unless one is given.

    include_drafts adds the drafts of the caller's own units, as package_search does.
    """
    call.require_reader()
    names = packages.names(call.session, call.actor, call.anonymous)
    if _with_drafts(call):
        own = drafts.own(call.session, call.actor, call.address)
        names = sorted([*names, *(str(one.package["name"]) for one in own)])
    offset = call.natural("offset", 0)
    limit = call.natural("limit", len(names)) if call.text("limit").strip() else len(names)
    return names[offset : offset + limit]


def package_autocomplete(call: Call) -> list[dict[str, str]]:
    """Packages whose title holds a text: q, limit."""
    call.require_reader()
    asked = Asked(filters=[fielded.Term("title", call.required("q")[:200])], rows=20)
    limit = min(call.natural("limit", 10), 20)
    answer = packages.search(call.session, None, call.actor, asked, call.anonymous, call.address)
    return [
        {
            "name": one["name"],
            "title": one["title"] or "",
            "match_field": "title",
            "match_displayed": f"{one['title']} ({one['name']})",
        }
        for one in answer.packages[:limit]
    ]


def resource_show(call: Call) -> dict[str, Any]:
    """One resource of a package, by id."""
    call.require_reader()
    wanted = call.required("id")
    resource = found(call, wanted.rpartition("-")[0] or wanted)
    for one in _package(call, resource)["resources"]:
        if one["id"] == wanted:
            return dict(one)
    raise Missing("no_entry")


def resource_view_list(call: Call) -> list[Any]:
    """The views of a resource: there are none, the page of the entry shows it."""
    resource_show(call)
    return []


def organization_list(call: Call) -> list[Any]:
    """The units: names, or with all_fields the units themselves; limit, offset, organizations."""
    call.require_reader()
    units = _units(call)
    wanted = _listed(call.given.get("organizations"))
    if wanted:
        units = [unit for unit in units if unit.code in wanted]
    whole = call.flag("all_fields")
    most = 25 if whole else 1000
    limit = min(call.natural("limit", most), most)
    offset = call.natural("offset", 0)
    page = units[offset : offset + limit]
    if not whole:
        return [unit.code for unit in page]
    counts = packages.counts(call.session, call.actor, call.anonymous)
    return [_organization(unit, counts) for unit in page]


def organization_show(call: Call) -> dict[str, Any]:
    """One unit, by its key, code or name; include_datasets adds its first packages."""
    call.require_reader()
    wanted = call.required("id")
    names = (wanted, wanted.lower())
    unit = next(
        (u for u in _units(call) if u.key == wanted or u.name == wanted or u.code.lower() in names),
        None,
    )
    if unit is None:
        raise Missing("no_unit", unit_code=wanted[:40])
    counts = packages.counts(call.session, call.actor, call.anonymous)
    made = {**_organization(unit, counts), "users": [], "groups": [], "tags": []}
    if call.flag("include_datasets"):
        asked = Asked(filters=[fielded.Term("organization", unit.code)], rows=10)
        answer = packages.search(
            call.session, None, call.actor, asked, call.anonymous, call.address
        )
        noted_live(answer.entries)
        made["packages"] = answer.packages
    return made


def _units(call: Call) -> list[Organisation]:
    rows = call.session.scalars(sa.select(Organisation).order_by(Organisation.code))
    return [unit for unit in rows if unit.valid_to is None]


def _organization(unit: Organisation, counts: Counter[str]) -> dict[str, Any]:
    about = ckan.About(
        key="", department_key=unit.key, department_code=unit.code, department_name=unit.name
    )
    return {
        **ckan.organization(about),
        "display_name": unit.name,
        "package_count": counts[unit.code],
        "num_followers": 0,
        "image_display_url": "",
        "extras": [],
    }


def group_list(call: Call) -> list[Any]:
    """The themes: names, or with all_fields the groups themselves."""
    call.require_reader()
    groups = [ckan.group(code) for code in schemas.codes.values("theme")]
    if not call.flag("all_fields"):
        return [one["name"] for one in groups]
    counts = _theme_counts(call)
    return [{**one, "package_count": counts[one["name"]], "state": "active"} for one in groups]


def group_show(call: Call) -> dict[str, Any]:
    """One theme, by name."""
    call.require_reader()
    wanted = call.required("id")
    for code in schemas.codes.values("theme"):
        one = ckan.group(code)
        if wanted in (one["name"], one["title"]):
            return {**one, "package_count": _theme_counts(call)[one["name"]], "state": "active"}
    raise Missing("missing")


def _theme_counts(call: Call) -> Counter[str]:
    asked = Asked(rows=0, facets=("groups",))
    answer = packages.search(call.session, None, call.actor, asked, call.anonymous, "")
    return answer.facets["groups"]


def group_package_show(call: Call) -> list[dict[str, Any]]:
    """The packages of a theme: id, limit."""
    name = group_show(call)["name"]
    rows = min(call.natural("limit", MOST_ROWS), MOST_ROWS)
    asked = Asked(filters=[fielded.Term("groups", name)], rows=rows)
    answer = packages.search(call.session, None, call.actor, asked, call.anonymous, call.address)
    noted_live(answer.entries)
    return list(answer.packages)


def tag_list(call: Call) -> list[str]:
    """Every keyword of a package the caller may see; query narrows."""
    call.require_reader()
    asked = Asked(rows=0, facets=("tags",))
    answer = packages.search(call.session, None, call.actor, asked, call.anonymous, "")
    query = call.text("query").strip()
    return sorted(tag for tag in answer.facets["tags"] if query in tag)


def tag_show(call: Call) -> dict[str, Any]:
    """One keyword: id; include_datasets adds its first packages."""
    call.require_reader()
    word = call.required("id")[:200]
    asked = Asked(filters=[fielded.Term("tags", word)], rows=10)
    answer = packages.search(call.session, None, call.actor, asked, call.anonymous, call.address)
    if not answer.count:
        raise Missing("missing")
    made = ckan.tag(word)
    noted_live(answer.entries if call.flag("include_datasets") else ())
    return {**made, "packages": answer.packages} if call.flag("include_datasets") else made


def vocabulary_list(call: Call) -> list[Any]:
    """The vocabularies: none; code lists stand in the themes and in the extras."""
    call.require_reader()
    return []


def user_show(call: Call) -> dict[str, Any]:
    """The caller himself, and nobody else."""
    who = call.actor
    if not who.signed_in:
        raise SignInNeeded("sign_in")
    wanted = call.text("id").strip()
    if wanted not in ("", "me", who.username, who.person_key):
        raise Missing("missing")
    return {
        "id": who.person_key,
        "name": who.username,
        "display_name": who.name,
        "fullname": who.name,
        "state": "active",
        "sysadmin": False,
        "number_created_packages": 0,
    }


def datastore_search(call: Call) -> dict[str, Any]:
    """The data elements of a resource as fields: resource_id. Rows of data are not kept here."""
    call.require_reader()
    wanted = call.required("resource_id")
    shown = resource_show(Call(**{**vars(call), "given": {"id": wanted}}))
    fields = [
        {"id": one["name"] or one["title"] or "", "type": "text", "info": {"label": one["title"]}}
        for one in shown["schema"]["fields"]
    ]
    return {"resource_id": wanted, "fields": fields, "records": [], "total": 0, "limit": 0}


def license_list(call: Call) -> list[Any]:
    """The licences: none; the conditions of an entry stand in its share and opening types."""
    call.require_reader()
    return []


def status_show(call: Call) -> dict[str, Any]:
    """What this site is."""
    return {
        "site_title": "乌海市政务数据目录",
        "site_description": "",
        "site_url": call.address,
        "ckan_version": VERSION,
        "registry_version": version("wuhai-registry"),
        "error_emails_to": None,
        "locale_default": "zh_Hans_CN",
        "extensions": [],
    }


def site_read(call: Call) -> bool:
    """Whether the caller may read this site."""
    call.require_reader()
    return True


def help_show(call: Call) -> str:
    """What an action does: name."""
    from registry.api.writing import WRITES

    name = call.required("name")
    action = ACTIONS.get(name) or WRITES.get(name)
    if action is None:
        raise Missing("missing")
    return action.__doc__ or ""


ACTIONS: Mapping[str, Callable[[Call], Any]] = {
    action.__name__: action
    for action in (
        package_search,
        package_show,
        package_list,
        package_autocomplete,
        resource_show,
        resource_view_list,
        organization_list,
        organization_show,
        group_list,
        group_show,
        group_package_show,
        tag_list,
        tag_show,
        vocabulary_list,
        user_show,
        datastore_search,
        license_list,
        status_show,
        site_read,
        help_show,
    )
}
