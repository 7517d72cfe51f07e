"""The masking plan of an entry in one release profile: proposed from its elements, then edited."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from threading import BoundedSemaphore
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from anonymization import headers, persons, propose
from anonymization import plan as masking
from connectors import files
from registry import journal
from registry.access import Actor, require
from registry.catalogue import document_of
from registry.db import new_key, now
from registry.desensitization.drift import identity, named, rests_on
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
    day: bool = False


def plan_for(session: Session, resource: Resource, profile: str) -> MaskingPlan | None:
    """The plan of an entry in this profile, or None."""
    return session.scalar(
        sa.select(MaskingPlan).where(
            MaskingPlan.resource_id == resource.id, MaskingPlan.profile == profile
        )
    )


def proposed(version: Version, profile: str) -> masking.Plan:
    """A plan to start from: what the kinds and roles of the elements call for."""
    items = named(version)
    found = [_item(item) for item in items]
    if persons.of_persons(found):
        found = [_dated(one, item) for one, item in zip(found, items, strict=True)]
    plan = propose(found, profile)
    types = _types(version)
    lines = [_bound(item, line, types) for item, line in zip(items, plan["columns"], strict=True)]
    lines = [_by_year(line) if one.day else line for one, line in zip(found, lines, strict=True)]
    release = f"{version.resource.key}-{version.number}"
    return plan | {"columns": lines, "release": release, "rests_on": rests_on(version)}


_TYPES = frozenset({"1", "2", "3"})


def _item(item: Mapping[str, Any]) -> _Item:
    """What an element is: as graded, else as its name suggests, since a blank grade says little."""
    kind, role = _text(item.get("pi_kind")), item.get("pi_role")
    if kind is None:
        header = headers.read(item["name"])
        kind = header.item or next(iter(header.kinds), None)
    return _Item(item["name"], kind, role == "quasi", kind)


def _dated(one: _Item, item: Mapping[str, Any]) -> _Item:
    """An element of people that is a day which no kind of personal information is named after."""
    if one.kind is not None or item.get("pi_role") not in {None, "", "quasi"}:
        return one
    return replace(one, day=persons.says_day(one.name))


def _by_year(line: Mapping[str, Any]) -> dict[str, Any]:
    """A line of a day before there are data to see how fine it may stay."""
    if line["technique"] != "generalize":
        return dict(line)
    return {**line, "params": {**line["params"], "to": "year"}}


def _types(version: Version) -> dict[str, str]:
    """How the resource is shared and opened: what holds of an element that says nothing itself."""
    document = document_of(version)
    named = {kind: document.get(kind) for kind in ("share_type", "open_type")}
    return {kind: str(type_) for kind, type_ in named.items() if type_ in _TYPES}


def _bound(
    item: Mapping[str, Any], line: Mapping[str, Any], types: Mapping[str, str]
) -> dict[str, Any]:
    """A line of a plan with the element it treats, as that is graded now."""
    basis = item.get("open_basis")
    named = f"{basis.get('title', '')}{basis.get('article', '')}" if isinstance(basis, dict) else ""
    return {
        **line,
        "element": identity(item),
        "kind": _text(item.get("pi_kind")),
        "level": _text(item.get("level")),
        **types,
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
    plan = _sound(version, profile, plan)
    lines = plan["columns"]
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


def _sound(
    version: Version, profile: str, plan: masking.Plan, *, decided: bool = True
) -> masking.Plan:
    """The plan bound to the elements as they are now; refused with every fault."""
    plan = bound(version, profile, plan)
    names = [item["name"] for item in named(version)]
    if faults := masking.check_plan(plan, names, decided=decided):
        raise PlanFaulty(faults)
    return plan


def bound(version: Version, profile: str, plan: masking.Plan) -> masking.Plan:
    """The plan with what the catalogue says now of each element it treats, sound or not."""
    items = {identity(item): item for item in named(version)}
    types = _types(version)
    lines = [
        _bound(items[line["element"]], line, types) if line.get("element") in items else dict(line)
        for line in plan["columns"]
    ]
    return plan | {"profile": profile, "columns": lines, "rests_on": rests_on(version)}


# The engine fills a child for a second; more of them at once would starve the pages.
_CHILDREN = BoundedSemaphore(2)


def preview(
    actor: Actor, resource: Resource, version: Version, profile: str, plan: masking.Plan
) -> dict[str, Any]:
    """What `anonymization.preview` finds for a plan that is not saved, made by a limited child.

    `refused` holds a sentence in both languages where the plan cannot be run over made-up rows.
    """
    require(actor, "mask", resource.department, project_id=resource.project_id)
    return _previewed(_sound(version, profile, plan, decided=False), [], b"")


def sample(
    actor: Actor,
    resource: Resource,
    version: Version,
    profile: str,
    plan: masking.Plan,
    content: bytes,
    kind: str,
) -> dict[str, Any]:
    """What a plan that is not saved does to the first rows of a file: a few raw values a column.

    For whoever may see raw values of the unit. The file is in memory alone, here and in the
    limited child; that somebody looked is for the caller to have on record (`looked`).
    """
    require(actor, "see_raw", resource.department, project_id=resource.project_id)
    if resource.frozen_at is not None:
        raise Conflict("frozen", key=resource.key)
    return _previewed(_sound(version, profile, plan, decided=False), [kind], content)


def looked(
    session: Session, actor: Actor, resource: Resource, version: Version, profile: str
) -> None:
    """Have it on record that raw values of a sample were shown."""
    journal.record(
        session,
        actor,
        "see_raw",
        "resource",
        resource.key,
        version=version.number,
        facts={"profile": profile},
    )


def _previewed(plan: masking.Plan, words: list[str], content: bytes) -> dict[str, Any]:
    sent = json.dumps(plan).encode() + b"\n" + content
    try:
        with _CHILDREN:
            made = files.in_child(words, sent, "anonymization.preview")
    except files.Refused:
        return {"refused": _NO_PREVIEW}
    found: dict[str, Any] = json.loads(made)
    return found


_NO_PREVIEW = {
    "zh": "样例没有做出来：方案过大，或者一时忙不过来。方案可以照常保存，请稍后再看样例。",
    "en": "No example was made: the plan is too large, or too much is going on. It can be saved "
    "all the same; look again later.",
}
# What of the file of a plan is told when it is brought in; all else is judged as if typed.
_OF_THE_FILE = frozenset(
    {"COLUMN_NOT_PLANNED", "COLUMN_NOT_THERE", "COLUMN_TWICE", "NO_SUCH_TECHNIQUE"}
)


def brought(version: Version, given: object) -> tuple[masking.Plan, list[masking.Fault]]:
    """A plan made elsewhere as a plan of this entry, and what of it found no place here.

    Its columns are met by name. Techniques, parameters, roles and reasons are taken from it; what
    grade, kind or type of sharing an element has is said by the catalogue alone. An element it
    does not treat keeps what is proposed. Raises PlanFaulty when it is no plan at all.
    """
    names = [item["name"] for item in named(version)]
    faults = masking.check_plan(given, names)
    if any(one.code == "PLAN_SHAPE" and one.field is None for one in faults):
        raise PlanFaulty(faults)
    assert isinstance(given, dict)
    start = proposed(version, given["profile"])
    held = {line["name"]: line for line in given["columns"]}
    lines = [_taken(line, held.get(line["name"], {}), given) for line in start["columns"]]
    # The sets name columns of the file; here they follow from the lines, as in the form.
    plan = {**given, "columns": lines, "release": given.get("release") or start["release"]}
    for name in ("quasi_identifiers", "sensitive"):
        plan.pop(name, None)
    if masking.profiles()[given["profile"]]["judged"]:
        plan |= masking.sets(lines)
    return plan, [one for one in faults if one.code in _OF_THE_FILE]


def _taken(
    line: dict[str, Any], own: Mapping[str, Any], given: Mapping[str, Any]
) -> dict[str, Any]:
    """A line as the file has it, under the name and grade it has here."""
    if own.get("technique") not in masking.techniques():
        return line
    role = own.get("role", line["role"])
    if role == "other" and own["name"] in given.get("sensitive", ()):
        role = "sensitive"
    if role != "direct" and own["name"] in given.get("quasi_identifiers", ()):
        role = "quasi"
    made = {"technique": own["technique"], "params": own.get("params") or {}, "role": role}
    said = {name: own[name] for name in ("reason", "approved_by") if own.get(name)}
    return {**line, **made, **said}
