"""Drafts: opened after the secrecy declaration, saved as typed, never lost to another's save."""

from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

import schemas
from registry.access import Actor, Holding, require
from registry.catalogue.life import OPEN
from registry.catalogue.reading import document_of
from registry.catalogue.store import Change, Stored, store
from registry.db import new_key
from registry.errors import Conflict, Invalid
from registry.models.accounts import Organisation
from registry.models.catalogue import Alias, Resource, Version
from schemas import Problem

# A suspended entry may come back by a mended version.
REVISABLE = frozenset({"published", "suspended"})
# What a new entry starts with (field table: default 1).
DEFAULTS: Mapping[str, Any] = {"origin": "1", "held_at": "1", "visibility": "1"}


def register(
    session: Session,
    actor: Actor,
    department: Organisation,
    document: Mapping[str, Any],
    *,
    declared: bool,
    project_id: int | None = None,
    aliases: Sequence[tuple[str, str]] = (),
) -> Stored:
    """Open a new entry as a draft of `department`.

    `declared`: the unit's own secrecy review was done before typing (先审查后录入); without it
    nothing is stored. `aliases` are ids others know the entry by, each with its source.
    """
    holding = require(actor, "register", department, project_id=project_id)
    if not declared:
        raise Invalid([Problem("/declared", "declaration", rule="declaration")])
    require_unreserved(holding, DEFAULTS, {**DEFAULTS, **document})
    change = Change(
        department=department,
        step="register",
        state="draft",
        document=prepared({**DEFAULTS, **document}),
        project_id=project_id,
        aliases=aliases,
        role=holding.role,
        facts={"declared": True},
    )
    return store(session, actor, [change])[0]


def save(
    session: Session,
    actor: Actor,
    version: Version,
    document: Mapping[str, Any],
    seen: int | None = None,
) -> Stored:
    """Store a draft as it was typed. Raises Conflict("stale") when `seen` is no longer current."""
    resource = version.resource
    holding = require(actor, "register", resource.department, version.state, resource.project_id)
    if version.state not in OPEN:
        raise Conflict("not_a_draft", state=version.state)
    require_unreserved(holding, document_of(version), document)
    change = Change(
        department=resource.department,
        step="register",
        state=version.state,
        resource=resource,
        version=version,
        document=prepared(document),
        seen=seen,
        role=holding.role,
        restarts_clock=False,
    )
    return store(session, actor, [change])[0]


def revise(session: Session, actor: Actor, resource: Resource) -> Stored:
    """Open the next version of a live entry as a draft; the live version stays for everybody."""
    live = resource.live
    holding = require(actor, "register", resource.department, project_id=resource.project_id)
    if resource.working_version_id is not None:
        raise Conflict("draft_open", key=resource.key)
    if live is None or live.state not in REVISABLE:
        raise Conflict("not_live", key=resource.key)
    change = Change(
        department=resource.department,
        step="open",
        state="draft",
        resource=resource,
        version=live,
        document=document_of(live),
        role=holding.role,
    )
    return store(session, actor, [change])[0]


def discard(session: Session, actor: Actor, version: Version) -> Stored:
    """End a draft of an entry that was never public; its key leads nowhere afterwards.

    What was handed in belongs to those who decide on it: that is taken back first.
    """
    resource = version.resource
    holding = require(actor, "register", resource.department, version.state, resource.project_id)
    if version.state not in OPEN or resource.live_version_id is not None:
        raise Conflict("not_a_draft", state=version.state)
    change = Change(
        department=resource.department,
        step="register",
        state="retired",
        resource=resource,
        version=version,
        working="none",
        role=holding.role,
        decided=False,
        restarts_clock=False,
        facts={"discarded": True},
    )
    # Its ids lead nowhere any more and may be given to another.
    session.execute(sa.delete(Alias).where(Alias.resource_id == resource.id))
    return store(session, actor, [change])[0]


def is_limited(holding: Holding) -> bool:
    """Whether this post compiles for the department without speaking for it (受托编制人员)."""
    return holding.project_id is not None


def require_unreserved(
    holding: Holding, before: Mapping[str, Any], after: Mapping[str, Any]
) -> None:
    """Refuse what a compiler under contract says about fields that carry law."""
    if is_limited(holding):
        pointers = schemas.reserved(before, after)
        if pointers:
            raise Invalid([Problem(pointer, "reserved") for pointer in pointers])


def prepared(document: Mapping[str, Any]) -> dict[str, Any]:
    """The document as the schema writes it (`schemas.tidied`), with an id for every item.

    Refuses what even a draft may not hold.
    """
    found = schemas.errors("resource", document, at="draft")
    if found:
        raise Invalid(found, code="not_storable")
    ready = schemas.tidied(document)
    items = ready.get("items")
    if isinstance(items, list):
        ready["items"] = _identified(items)
    # What reads as it stands, as most that comes back from a sheet, is judged once.
    if ready != document and (found := schemas.errors("resource", ready, at="draft")):
        raise Invalid(found, code="not_storable")
    return ready


def _identified(items: list[Any]) -> list[Any]:
    """Every item keeps its id; a new one, and the second of two equal ids, gets its own."""
    seen: set[str] = set()
    made = []
    for item in items:
        if isinstance(item, dict):
            key = item.get("id")
            if not isinstance(key, str) or not key or key in seen:
                key = new_key()
            seen.add(key)
            item = {**item, "id": key}
        made.append(item)
    return made
