"""The actions of CKAN that write: through the same gates as the form, never further than a draft.

Nothing is published, adopted or ended by a program alone. CKAN has no box to tick for the secrecy
review (先审查后录入): whoever writes with a token declares it with every call, the journal holds
that, and `"declared": false` is taken at its word. Ids of the caller become aliases.
"""

import re
from collections.abc import Callable, Mapping
from typing import Any

import sqlalchemy as sa

from connectors import ckan
from registry import catalogue
from registry.access import Actor, acts, require, why_not
from registry.api.call import Call
from registry.api.naming import found
from registry.discovery import packages
from registry.errors import Conflict, Invalid, Missing
from registry.models.accounts import Organisation
from registry.models.catalogue import Alias, Resource, Version
from schemas import Problem

SOURCE = "ckan"
_LONGEST_ALIAS = 200
_ENDED_BY = "由接口提出注销 / proposed through the interface"
# What a client copies out of an answer of ours without meaning anything by it.
_COMPUTED = (
    "id", "name", "url", "version", "author", "author_email", "maintainer", "maintainer_email",
    "license_id", "license_title", "isopen", "metadata_created", "metadata_modified",
    "num_resources", "num_tags", "state", "type", "creator_user_id",
)  # fmt: skip
_SWITCHES = ("declared", "callback", "include_datasets", "include_users", "include_password_hash")


def package_create(call: Call) -> dict[str, Any]:
    """Open a draft of the caller's unit (or of owner_org): title or name, and what CKAN has."""
    given = _package_given(call)
    unit = _unit(call)
    require(call.actor, "register", unit)
    if not (_text(given.get("title")) or _text(given.get("name"))):
        raise Invalid([Problem("/name", "required")])
    aliases = _free_aliases(call, given)
    kept = {name: value for name, value in given.items() if name not in ("id",)}
    stored = catalogue.register(
        call.session,
        call.actor,
        unit,
        ckan.document({**kept, "extras": _foreign_extras(given)}),
        declared=_is_declared(call),
        aliases=[(SOURCE, value) for value in aliases],
    )
    return _draft(call, stored.key)


def package_update(call: Call) -> dict[str, Any]:
    """Replace the content of an entry, in its draft: id or name; what is not sent is empty then."""
    given = _package_given(call)
    resource = found(call, call.text("id").strip() or call.required("name"))
    version = _open_draft(call, resource)
    _save(call, version, _document(given, _current(call, resource, version)))
    return _draft(call, resource.key)


def package_patch(call: Call) -> dict[str, Any]:
    """Replace what is sent of an entry, in its draft: id, and any keys of a package."""
    given = _package_given(call)
    resource = found(call, call.required("id"))
    version = _open_draft(call, resource)
    current = _current(call, resource, version)
    _save(call, version, _document({**current, **given}, current))
    return _draft(call, resource.key)


def package_delete(call: Call) -> None:
    """End a draft that was never public; for a public entry, propose its retirement (head)."""
    resource = found(call, call.required("id"))
    if resource.live is not None:
        reason = {"reason": _ENDED_BY}
        catalogue.propose_retirement(call.session, call.actor, resource, reason)
        return
    version = catalogue.require_version(call.session, call.actor, resource.key)
    catalogue.discard(call.session, call.actor, version)


def resource_create(call: Call) -> dict[str, Any]:
    """Add a format to the draft of an entry: package_id, format. A file is not kept.

    This registry holds metadata alone: an upload is left where it was, unread.
    """
    resource = found(call, call.required("package_id"))
    wanted = _format(call)
    version = _open_draft(call, resource)
    if not wanted:
        if not call.text("upload"):
            raise Invalid([Problem("/format", "required")])
        # The description that frictionless sends after the files: the package says it already.
        return {
            "id": resource.key,
            "package_id": resource.key,
            "name": call.text("name"),
            "description": "未保存文件 / the file was not kept",
            "format": "",
            "url": f"{call.address}/resources/{resource.key}",
            "state": "deleted",
        }
    document = catalogue.document_of(version)
    formats = _formats(document)
    if wanted not in formats:
        _save(call, version, {**document, "format_types": [*formats, wanted]})
    return _resource(call, resource.key, wanted)


def resource_update(call: Call) -> dict[str, Any]:
    """Give a resource of a package another format: id, format."""
    resource, version, old = _named_resource(call)
    document = catalogue.document_of(version)
    wanted = _format(call) or old
    formats = [wanted if one == old else one for one in _formats(document)]
    _save(call, version, {**document, "format_types": list(dict.fromkeys(formats))})
    return _resource(call, resource.key, wanted)


def resource_patch(call: Call) -> dict[str, Any]:
    """Change what is sent of a resource: id, format."""
    return resource_update(call)


def resource_delete(call: Call) -> None:
    """Take a format away from the draft of an entry: id."""
    _, version, old = _named_resource(call)
    document = catalogue.document_of(version)
    left = [one for one in _formats(document) if one != old]
    document.pop("format_types", None)
    _save(call, version, {**document, **({"format_types": left} if left else {})})


def dataset_purge(call: Call) -> None:
    """The same as package_delete: nothing that was public can be purged through an interface."""
    package_delete(call)


WRITES: Mapping[str, Callable[[Call], Any]] = {
    action.__name__: action
    for action in (
        package_create,
        package_update,
        package_patch,
        package_delete,
        dataset_purge,
        resource_create,
        resource_update,
        resource_patch,
        resource_delete,
    )
}


_DELETE = ("register", "propose_retirement")
# Either act gives a caller something to do by the action; all others stand for one.
_ACTS: Mapping[str, tuple[str, ...]] = {"package_delete": _DELETE, "dataset_purge": _DELETE}


def require_writer(actor: Actor, name: str) -> None:
    """Refuse who may do nothing by this action, whatever he sent: asked before it is read."""
    refusals = [why_not(actor, act) for act in _ACTS.get(name, ("register",))]
    if refusals[0] is not None and all(refusals):
        raise refusals[0]


# --- what was sent ----------------------------------------------------------------------------


def _package_given(call: Call) -> dict[str, Any]:
    return {name: value for name, value in call.given.items() if name not in _SWITCHES}


def _is_declared(call: Call) -> bool:
    return call.flag("declared", default=True)


def _unit(call: Call) -> Organisation:
    """The unit named by owner_org (key, code or name); else the one the caller compiles for."""
    wanted = call.text("owner_org").strip()
    if wanted:
        names = sa.or_(
            Organisation.key == wanted,
            Organisation.name == wanted,
            sa.func.lower(Organisation.code) == wanted.lower(),
        )
        unit = call.session.scalars(sa.select(Organisation).where(names)).first()
        if unit is None:
            raise Invalid([Problem("/owner_org", "unknown-unit", {"given": wanted[:80]})])
        return unit
    held = call.actor.holding(acts()["register"].roles)
    if held is None:
        # Told by the gate itself, with the roles that may.
        units = call.actor.organisation_ids
        first = call.session.scalars(
            sa.select(Organisation).where(Organisation.id.in_(units or {0}))
        ).first()
        if first is None:
            raise Missing("no_unit", unit_code="")
        return first
    return call.session.get_one(Organisation, held.organisation_id)


def _free_aliases(call: Call, given: Mapping[str, Any]) -> list[str]:
    """The ids of the caller, none of which leads anywhere yet."""
    found_: list[str] = []
    for name in ("id", "name"):
        value = _text(given.get(name))[:_LONGEST_ALIAS]
        if not value or value in found_:
            continue
        taken = call.session.scalar(
            sa.select(Resource.id).where(sa.or_(Resource.key == value, Resource.code == value))
        ) or call.session.scalar(
            sa.select(Alias.id).where(Alias.source == SOURCE, Alias.value == value)
        )
        if taken:
            raise Invalid([Problem(f"/{name}", "taken", {"given": value[:80]})])
        found_.append(value)
    return found_


def _foreign_extras(given: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Extras without the facts that only an entry of ours has: a new draft has none of them."""
    rows = given.get("extras")
    kept = [one for one in rows if isinstance(one, Mapping)] if isinstance(rows, list) else []
    return [dict(one) for one in kept if one.get("key") not in ckan.FACTS]


def _document(given: Mapping[str, Any], current: Mapping[str, Any]) -> dict[str, Any]:
    """The document of a package that replaces `current`; what only repeats it is not content."""
    extras = given.get("extras")
    marked = isinstance(extras, list) and any(
        isinstance(one, Mapping) and one.get("key") == "key" and one.get("value") == current["id"]
        for one in extras
    )
    if marked:
        return ckan.document({**given, "id": current["id"]})
    kept = {
        name: value
        for name, value in given.items()
        if name not in _COMPUTED or (name not in ("id", "name") and value != current.get(name))
    }
    return ckan.document({**kept, "extras": _foreign_extras(given)})


def _format(call: Call) -> str:
    """The format that was sent, else the ending of the address; "" for neither."""
    text = call.text("format").strip()
    if not text:
        end = re.search(r"\.([A-Za-z0-9]{1,10})$", call.text("url").partition("?")[0])
        text = end[1] if end else ""
    return text


def _formats(document: Mapping[str, Any]) -> list[Any]:
    held = document.get("format_types")
    return list(held) if isinstance(held, list) else []


def _text(value: object) -> str:
    return value.strip() if isinstance(value, str) else ""


# --- drafts -----------------------------------------------------------------------------------


def _open_draft(call: Call, resource: Resource) -> Version:
    """The draft of an entry; the next version is opened where there is none."""
    # Before all else: who only reads must not learn from the refusal whether there is a draft.
    require(call.actor, "register", resource.department, project_id=resource.project_id)
    if resource.working_version_id is None:
        catalogue.revise(call.session, call.actor, resource)
    return catalogue.require_version(call.session, call.actor, resource.key)


def _save(call: Call, version: Version, document: Mapping[str, Any]) -> None:
    if not _is_declared(call):
        raise Invalid([Problem("/declared", "declaration", rule="declaration")])
    if version.state not in ("draft",):
        raise Conflict("not_a_draft", state=version.state)
    catalogue.save(call.session, call.actor, version, document)


def _current(call: Call, resource: Resource, version: Version) -> dict[str, Any]:
    document = catalogue.document_of(version)
    return packages.package(resource, version, document, call.address)


def _draft(call: Call, key: str) -> dict[str, Any]:
    version = catalogue.require_version(call.session, call.actor, key)
    call.session.refresh(version)
    call.session.refresh(version.resource)
    return _current(call, version.resource, version)


def _named_resource(call: Call) -> tuple[Resource, Version, str]:
    """The entry, its draft and the format a resource of a package stands for."""
    wanted = call.required("id")
    resource = found(call, wanted.rpartition("-")[0] or wanted)
    version = _open_draft(call, resource)
    for one in _current(call, resource, version)["resources"]:
        if one["id"] == wanted:
            return resource, version, str(one["format"])
    raise Missing("no_entry")


def _resource(call: Call, key: str, wanted: str) -> dict[str, Any]:
    for one in _draft(call, key)["resources"]:
        if one["format"] == wanted:
            return dict(one)
    raise Missing("no_entry")
