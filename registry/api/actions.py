"""The actions of CKAN that clients read by: its parameters, its results, our rights.

Nothing is published through an action, whoever calls: the life of an entry has pages and calls of
its own, and the adoption of an approved catalogue is a command.
"""

from collections import Counter
from collections.abc import Callable, Mapping
from importlib.metadata import version
from typing import Any

import sqlalchemy as sa

import schemas
from connectors import ckan
from registry import catalogue
from registry.api.call import Call
from registry.api.naming import found
from registry.api.searching import MOST_ROWS, Said, listed, package_search, wants_drafts
from registry.api.writing import WRITES
from registry.discovery import drafts, fielded, packages
from registry.discovery.asked import Asked
from registry.discovery.written import written
from registry.edge.readings import noted, noted_live, noted_written
from registry.errors import Missing, SignInNeeded
from registry.models.accounts import Organisation
from registry.models.catalogue import Resource

VERSION = "2.12.0"


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


def package_list(call: Call) -> list[str]:
    """The names of every package: limit, offset; no limit unless one is given.

    include_drafts adds the drafts of the caller's own units, as package_search does.
    """
    call.require_reader()
    offset = call.natural("offset", 0)
    limit = call.natural("limit", 0) if call.text("limit").strip() else None
    if not wants_drafts(call):
        return packages.names(call.session, call.actor, call.anonymous, offset, limit)
    names = packages.names(call.session, call.actor, call.anonymous)
    own = drafts.own(call.session, call.actor, call.address)
    names = sorted([*names, *(str(one.package["name"]) for one in own)])
    return names[offset:] if limit is None else names[offset : offset + limit]


def package_autocomplete(call: Call) -> list[dict[str, str]]:
    """Packages whose title holds a text: q, limit."""
    call.require_reader()
    asked = Asked(filters=[fielded.Term("title", call.required("q")[:200])], rows=20)
    limit = min(call.natural("limit", 10), 20)
    answer = packages.search(
        call.session, call.index, call.actor, asked, call.anonymous, call.address
    )
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
    wanted = listed(call.given.get("organizations"))
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
    answer = packages.search(call.session, call.index, call.actor, asked, call.anonymous, "")
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
