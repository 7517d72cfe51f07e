"""The one writer of the catalogue: resources, versions, elements, decisions, journal, outbox.

Registering, revising, advancing and importing all end here, with one document or ten thousand.
Core inserts and no flush hooks: hooks miss edits of children, edits inside JSON, bulk inserts.
"""

import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

import schemas
from registry import db, journal, outbox
from registry.access import Actor
from registry.catalogue import wiped
from registry.db import new_key, now
from registry.errors import Conflict
from registry.models.accounts import Organisation
from registry.models.catalogue import Alias, Decision, Element, Remark, Resource, Version

KEEP: Any = object()


@dataclass(frozen=True)
class RemarkText:
    """A reason of a return: to the field at `pointer`, or to the whole when it is empty."""

    pointer: str
    code: str
    text: str


@dataclass(frozen=True)
class Change:
    """What is to be stored about one entry.

    Without `resource` a new one is made; without `version` a new version is opened. `document`
    None leaves the content as it is. `live` tells what the public reads afterwards: "this",
    "none", or as before. `decided` False writes no decision (a draft saved again).
    """

    department: Organisation
    step: str
    state: str
    resource: Resource | None = None
    version: Version | None = None
    document: Mapping[str, Any] | None = None
    seen: int | None = None
    live: str = "as_before"
    working: str = "this"
    code: str | None = None
    published_on: date | None = None
    remediation_due: date | None = KEEP
    suspended_until: date | None = KEEP
    successor_id: int | None = KEEP
    faults: list[Any] | None = None
    submission_id: int | None = None
    project_id: int | None = None
    remarks: Sequence[RemarkText] = ()
    aliases: Sequence[tuple[str, str]] = ()
    key: str | None = None
    role: str = ""
    way: str = "screen"
    paper_id: int | None = None
    merged_post_id: int | None = None
    decided: bool = True
    restarts_clock: bool = True
    facts: Mapping[str, Any] = field(default_factory=dict)
    at: datetime | None = None
    # The canonical bytes of `document`, computed before the lock where there are many.
    text: bytes | None = field(default=None, repr=False)


@dataclass(frozen=True)
class Stored:
    """Where a change ended: ids and key of the resource, id and number of the version."""

    resource_id: int
    key: str
    version_id: int
    number: int
    digest: str


def store(session: Session, actor: Actor, changes: Sequence[Change]) -> list[Stored]:
    """Write all changes in the running transaction, journal and outbox rows with them.

    Raises Conflict("stale") when a resource was changed since the caller saw it (`seen`, or the
    row version it was loaded with), Conflict("wiped_before") for what was wiped and comes again.
    """
    if not changes:
        return []
    moment = now()
    session.flush()
    wiped.refuse(session, [_candidate(change) for change in changes])
    written = _new(session, [c for c in changes if c.resource is None], moment)
    written |= {id(c): _existing(session, c, moment) for c in changes if c.resource is not None}
    stored = [written[id(change)] for change in changes]
    _elements(session, zip(changes, stored, strict=True))
    _decisions(session, actor, zip(changes, stored, strict=True), moment)
    journal.record_many(
        session, actor, [_entry(c, s) for c, s in zip(changes, stored, strict=True)]
    )
    outbox.touch(session, [s.resource_id for s in stored])
    for change in changes:
        for thing in (change.resource, change.version):
            if thing is not None:
                session.refresh(thing)
    return stored


def _candidate(change: Change) -> wiped.Candidate:
    """What could bring a wiped entry back: a new entry by anything, an old one by the same text."""
    document = change.document or {}
    if change.resource is not None:
        return wiped.Candidate("", document)
    ids = tuple(filter(None, (change.key, change.code)))
    return wiped.Candidate(change.department.code, document, ids, tuple(change.aliases))


def facts_of(document: Mapping[str, Any]) -> dict[str, Any]:
    """The columns that stand beside a document because queries ask for them."""
    return {
        "name": _short(document.get("name"), 800) or "",
        "level": schemas.level(dict(document)).code,
        **{
            name: _short(document.get(name), 4)
            for name in ("share_type", "open_type", "visibility")
        },
    }


def _short(value: object, limit: int) -> str | None:
    # A draft keeps wrong types and overlong codes as typed; the column holds what fits.
    return value[:limit] if isinstance(value, str) and value else None


def _content(document: Mapping[str, Any], salt: bytes, text: bytes | None = None) -> dict[str, Any]:
    """The columns of a text; `text`: its canonical bytes, where they were written before."""
    whole = schemas.canonical(dict(document)) if text is None else text
    return {
        "document": whole.decode(),
        "salt": salt,
        "digest": schemas.digest_of(whole, salt),
        **facts_of(document),
    }


def _new(session: Session, changes: list[Change], moment: datetime) -> dict[int, Stored]:
    """Insert resources with their first versions, in bulk."""
    if not changes:
        return {}
    resources = [
        {
            "key": change.key or new_key(),
            "code": change.code,
            "department_id": change.department.id,
            "project_id": change.project_id,
            "row_version": 1,
            "turn": 0,
            "created_at": change.at or moment,
            "updated_at": change.at or moment,
            "published_on": change.published_on,
            "remediation_due": None if change.remediation_due is KEEP else change.remediation_due,
        }
        for change in changes
    ]
    ids = _insert(session, Resource, resources)
    versions = []
    for change, resource_id in zip(changes, ids, strict=True):
        content = _content(change.document or {}, secrets.token_bytes(16), change.text)
        versions.append(_version_row(change, resource_id, 1, content, moment))
    version_ids = _insert(session, Version, versions)
    session.connection().execute(
        sa.update(Resource.__table__)  # type: ignore[arg-type]
        .where(Resource.__table__.c.id == sa.bindparam("b_id"))
        .values(
            live_version_id=sa.bindparam("b_live"), working_version_id=sa.bindparam("b_working")
        ),
        [
            {
                "b_id": resource_id,
                "b_live": version_id if change.live == "this" else None,
                "b_working": version_id if change.working == "this" else None,
            }
            for change, resource_id, version_id in zip(changes, ids, version_ids, strict=True)
        ],
    )
    aliases = [
        {"resource_id": resource_id, "source": source, "value": value}
        for change, resource_id in zip(changes, ids, strict=True)
        for source, value in change.aliases
    ]
    if aliases:
        db.insert(session, Alias, aliases)
    return {
        id(change): Stored(resource_id, str(resource["key"]), version_id, 1, str(version["digest"]))
        for change, resource, version, resource_id, version_id in zip(
            changes, resources, versions, ids, version_ids, strict=True
        )
    }


def _version_row(
    change: Change, resource_id: int, number: int, content: dict[str, Any], moment: datetime
) -> dict[str, Any]:
    return {
        "resource_id": resource_id,
        "number": number,
        "state": change.state,
        "submission_id": change.submission_id,
        "based_on_id": change.version.id if change.version is not None else None,
        "created_at": change.at or moment,
        "changed_at": change.at or moment,
        "arrived_at": change.at or moment,
        "handed_in_at": None,
        "faults": change.faults,
        **content,
    }


def _insert(session: Session, table: type, rows: list[dict[str, Any]]) -> list[int]:
    """Insert rows and give their ids in the order of the rows."""
    columns = table.__table__.c  # type: ignore[attr-defined]
    result = session.connection().execute(
        sa.insert(table.__table__).returning(columns.id, sort_by_parameter_order=True),  # type: ignore[attr-defined]
        rows,
    )
    return list(result.scalars())


def _existing(session: Session, change: Change, moment: datetime) -> Stored:
    """Write a change of a resource that is there: its version, then its row under its version."""
    resource = change.resource
    assert resource is not None
    if change.version is None or change.step == "open":
        stored = _open_version(session, change, resource, moment)
    else:
        stored = _update_version(session, change, change.version, resource, moment)
    values: dict[str, Any] = {
        "row_version": Resource.row_version + 1,
        "updated_at": moment,
        "department_id": change.department.id,
    }
    if change.live != "as_before":
        values["live_version_id"] = stored.version_id if change.live == "this" else None
    if change.working != "as_before":
        values["working_version_id"] = stored.version_id if change.working == "this" else None
    if change.code is not None:
        values["code"] = change.code
    if change.published_on is not None:
        values["published_on"] = sa.func.coalesce(Resource.published_on, change.published_on)
    for name in ("remediation_due", "suspended_until", "successor_id"):
        if getattr(change, name) is not KEEP:
            values[name] = getattr(change, name)
    if change.project_id is not None:
        values["project_id"] = change.project_id
    seen = resource.row_version if change.seen is None else change.seen
    outcome = session.execute(
        sa.update(Resource)
        .where(Resource.id == resource.id, Resource.row_version == seen)
        .values(**values)
        .execution_options(synchronize_session=False)
    )
    if outcome.rowcount != 1:  # type: ignore[attr-defined]
        raise Conflict("stale", key=resource.key)
    return stored


def _open_version(session: Session, change: Change, resource: Resource, moment: datetime) -> Stored:
    before = change.version
    number = 1 + (
        session.scalar(
            sa.select(sa.func.max(Version.number)).where(Version.resource_id == resource.id)
        )
        or 0
    )
    document = change.document
    if document is None:
        assert before is not None
        document = schemas.loads(before.document)  # type: ignore[assignment]
    content = _content(document or {}, secrets.token_bytes(16))
    row = _version_row(change, resource.id, number, content, moment)
    (version_id,) = _insert(session, Version, [row])
    return Stored(resource.id, resource.key, version_id, number, content["digest"])


def _update_version(
    session: Session, change: Change, version: Version, resource: Resource, moment: datetime
) -> Stored:
    values: dict[str, Any] = {"state": change.state, "changed_at": moment}
    digest = version.digest
    if change.document is not None:
        content = _content(change.document, version.salt)
        digest = content["digest"]
        values |= content
    if change.restarts_clock:
        values["arrived_at"] = moment
    if change.step == "hand_in":
        values["handed_in_at"] = moment
    if change.submission_id is not None:
        values["submission_id"] = change.submission_id
    if change.faults is not None:
        values["faults"] = change.faults or None
    session.execute(
        sa.update(Version)
        .where(Version.id == version.id)
        .values(**values)
        .execution_options(synchronize_session=False)
    )
    return Stored(resource.id, resource.key, version.id, version.number, digest)


def _elements(session: Session, pairs: Iterable[tuple[Change, Stored]]) -> None:
    """Write the elements of every changed document; identity comes from items[].id."""
    rows: list[dict[str, Any]] = []
    replaced: list[int] = []
    for change, stored in pairs:
        document = change.document
        opened = change.version is None or change.step == "open"
        if document is None and opened and change.version is not None:
            document = schemas.loads(change.version.document)  # type: ignore[assignment]
        if document is None:
            continue
        if not opened:
            replaced.append(stored.version_id)
        rows.extend(_element_rows(document, stored.version_id))
    if replaced:
        session.execute(sa.delete(Element).where(Element.version_id.in_(replaced)))
    if rows:
        db.insert(session, Element, rows)


def _element_rows(document: Mapping[str, Any], version_id: int) -> Iterable[dict[str, Any]]:
    items = document.get("items")
    if not isinstance(items, list):
        return
    seen: set[str] = set()
    for position, item in enumerate(items):
        if not isinstance(item, Mapping):
            continue
        key = item.get("id")
        # A draft may hold the same id twice or none; the table keeps what can be pointed at.
        if not isinstance(key, str) or not key or len(key) > 26 or key in seen:
            continue
        seen.add(key)
        yield {
            "key": key,
            "version_id": version_id,
            "position": position,
            "name": _short(item.get("name"), 512) or "",
            "level": _short(item.get("level"), 4),
            "pi_kind": _short(item.get("pi_kind"), 160),
            "share_type": _short(item.get("share_type"), 4),
            "open_type": _short(item.get("open_type"), 4),
        }


def _decisions(
    session: Session, actor: Actor, pairs: Iterable[tuple[Change, Stored]], moment: datetime
) -> None:
    rows = []
    remarks: list[Sequence[RemarkText]] = []
    for change, stored in pairs:
        if not change.decided or actor.person_id is None or _noted(session, actor, change):
            continue
        holding = actor.holding({change.role}) if change.role else None
        rows.append(
            {
                "version_id": stored.version_id,
                "step": "register" if change.step == "open" else change.step,
                "person_id": actor.person_id,
                "role": change.role,
                "organisation_id": holding.organisation_id if holding else None,
                "way": change.way,
                "paper_id": change.paper_id,
                "digest": stored.digest,
                "at": change.at or moment,
                "merged_post_id": change.merged_post_id,
            }
        )
        remarks.append(change.remarks)
    if not rows:
        return
    ids = _insert(session, Decision, rows)
    reasons = [
        {"decision_id": id_, "pointer": r.pointer, "code": r.code, "text": r.text}
        for id_, texts in zip(ids, remarks, strict=True)
        for r in texts
    ]
    if reasons:
        session.execute(sa.insert(Remark), reasons)


def _noted(session: Session, actor: Actor, change: Change) -> bool:
    """Whether this is a further save by somebody who is known to have worked on the draft."""
    if change.step != "register" or change.version is None:
        return False
    found = session.scalar(
        sa.select(Decision.id).where(
            Decision.version_id == change.version.id,
            Decision.person_id == actor.person_id,
            Decision.step == "register",
        )
    )
    return found is not None


def _entry(change: Change, stored: Stored) -> journal.Entry:
    return journal.Entry(
        act="register" if change.step == "open" else change.step,
        subject="resource",
        key=stored.key,
        version=stored.number,
        digest=stored.digest,
        role=change.role,
        facts={"state": change.state, "way": change.way, **change.facts},
        at=change.at,
    )
