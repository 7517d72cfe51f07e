"""The masking plan of an entry in one release profile: proposed from its elements, then edited."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from anonymization import headers, propose
from anonymization import plan as masking
from registry import journal
from registry.access import Actor, require
from registry.catalogue import document_of
from registry.db import new_key, now
from registry.errors import Conflict, Invalid
from registry.models.catalogue import Resource, Version
from registry.models.desensitization import MaskingPlan


class PlanFaulty(Invalid):
    """A plan breaks its rules; `faults` name the columns, in both languages."""

    def __init__(self, faults: Sequence[masking.Fault]) -> None:
        super().__init__((), code="plan_faulty", count=len(faults))
        self.faults = tuple(faults)


@dataclass(frozen=True)
class _Item:
    """An element of the document as the proposal looks at it."""

    name: str
    kind: str | None
    quasi: bool
    item: str | None


def _items(version: Version) -> list[dict[str, Any]]:
    """The elements of a version that have a name; a draft may hold anything."""
    listed = document_of(version).get("items")
    found = listed if isinstance(listed, list) else []
    return [item for item in found if isinstance(item, dict) and isinstance(item.get("name"), str)]


def _graded(item: Mapping[str, Any]) -> tuple[Any, ...]:
    """What of an element a plan rests on; a change of it voids the proof."""
    return item.get("name"), item.get("level") or None, item.get("pi_kind") or None


def plan_for(session: Session, resource: Resource, profile: str) -> MaskingPlan | None:
    """The plan of an entry in this profile, or None."""
    return session.scalar(
        sa.select(MaskingPlan).where(
            MaskingPlan.resource_id == resource.id, MaskingPlan.profile == profile
        )
    )


def proposed(version: Version, profile: str) -> masking.Plan:
    """A plan to start from: what the kinds and roles of the elements call for."""
    items = _items(version)
    found = [_item(item) for item in items]
    plan = propose(found, profile)
    lines = [_bound(item, line) for item, line in zip(items, plan["columns"], strict=True)]
    return plan | {"columns": lines, "release": f"{version.resource.key}-{version.number}"}


_TYPES = frozenset({"1", "2", "3"})


def _item(item: Mapping[str, Any]) -> _Item:
    """What an element is: as graded, else as its name suggests, since a blank grade says little."""
    kind, role = _text(item.get("pi_kind")), item.get("pi_role")
    if kind is None:
        header = headers.read(item["name"])
        kind = header.item or next(iter(header.kinds), None)
    return _Item(item["name"], kind, role == "quasi", kind)


def _bound(item: Mapping[str, Any], line: Mapping[str, Any]) -> dict[str, Any]:
    """A line of a plan with the element it treats, as that is graded now."""
    basis = item.get("open_basis")
    named = f"{basis.get('title', '')}{basis.get('article', '')}" if isinstance(basis, dict) else ""
    return {
        **line,
        "element": str(item.get("id") or "")[:26],
        "kind": _text(item.get("pi_kind")),
        "level": _text(item.get("level")),
        **{kind: item[kind] for kind in ("share_type", "open_type") if item.get(kind) in _TYPES},
        **({"open_basis": named} if named else {}),
    }


def _text(value: object) -> str | None:
    return value if isinstance(value, str) and value else None


def save_plan(
    session: Session,
    actor: Actor,
    resource: Resource,
    version: Version,
    profile: str,
    plan: masking.Plan,
    seen: int | None = None,
) -> MaskingPlan:
    """Store the plan of an entry for this profile, or refuse it with every fault by its column.

    `seen` is the row version the form showed. A plan that differs voids the reports of the old.
    """
    require(actor, "mask", resource.department, project_id=resource.project_id)
    if resource.frozen_at is not None:
        raise Conflict("frozen", key=resource.key)
    items = {str(item.get("id") or "")[:26]: item for item in _items(version)}
    lines = [
        _bound(items[line["element"]], line) if line.get("element") in items else dict(line)
        for line in plan["columns"]
    ]
    plan = plan | {"profile": profile, "columns": lines}
    faults = masking.check_plan(plan, [item["name"] for item in items.values()])
    if faults:
        raise PlanFaulty(faults)
    row = plan_for(session, resource, profile)
    if row is not None and seen is not None and row.row_version != seen:
        raise Conflict("plan_changed")
    assert actor.person_id is not None
    if row is None:
        row = MaskingPlan(key=new_key(), resource_id=resource.id, profile=profile, row_version=0)
        session.add(row)
    row.version_id, row.plan, row.digest = version.id, plan, masking.digest(plan)
    row.made_by, row.made_at, row.row_version = actor.person_id, now(), row.row_version + 1
    session.flush()
    journal.record(
        session,
        actor,
        "mask",
        "resource",
        resource.key,
        version=version.number,
        digest=row.digest,
        facts={"plan": row.key, "profile": profile, "columns": len(lines)},
    )
    return row


def drift(plan: masking.Plan, version: Version) -> list[str]:
    """The names of elements that the plan no longer fits: new, gone, renamed or graded anew."""
    now_there = {str(item.get("id") or "")[:26]: _graded(item) for item in _items(version)}
    planned = {
        line.get("element", ""): (line["name"], line.get("level") or None, line.get("kind") or None)
        for line in plan["columns"]
    }
    changed = [key for key in now_there if planned.get(key) != now_there[key]]
    gone = [key for key in planned if key not in now_there]
    return [str(now_there[key][0]) for key in changed] + [planned[key][0] for key in gone]
