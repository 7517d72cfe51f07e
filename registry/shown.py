"""Keeps, beside every public entry, what programs ask of it: moment, digest, values of filters.

With them goes where the census counts it. Called wherever the index is told of a change, in the
same transaction: so the moment moves with every visible change and with no other, and a filter
needs to read no document.
"""

import hashlib
from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

import schemas
from registry import census, db
from registry.census import Cell, Seen
from registry.db import now
from registry.models.accounts import Organisation
from registry.models.catalogue import Resource, Version
from registry.models.shown import Census, Shown, ShownTo, Trait

# The face of what is seen no longer.
GONE = "gone"
# The field that names the units an entry of visibility 2 is shown to.
VISIBLE_TO = "visible_to"
LONGEST_FIELD = 80
LONGEST_VALUE = 200
_KINDS = frozenset({"code", "codes", "list"})
_CHUNK = 500


@cache
def kept() -> frozenset[str]:
    """The fields of a document whose values are kept as traits; the schema says which."""
    return frozenset(
        one.key
        for one in schemas.fields("resource")
        if one.kind in _KINDS or one.search in ("facet", "filter")
    )


def traits(document: Mapping[str, Any]) -> set[tuple[str, str]]:
    """Every (field, value) of a document that is kept, foreign extras under their own keys."""
    found = {(name, text) for name in kept() for text in texts(document.get(name))}
    extras = document.get("extras")
    for one in extras if isinstance(extras, list) else ():
        key = one.get("key") if isinstance(one, Mapping) else None
        if isinstance(key, str) and key not in document and 0 < len(key) <= LONGEST_FIELD:
            found |= {(key, text) for text in texts(one.get("value"))}
    return {(name, text[:LONGEST_VALUE]) for name, text in found if text}


def texts(value: object) -> list[str]:
    """Every text inside a value, outermost first."""
    found: list[str] = []
    waiting = [value]
    while waiting:
        here = waiting.pop(0)
        if isinstance(here, str):
            found.append(here)
        elif isinstance(here, Mapping):
            waiting.extend(here.values())
        elif isinstance(here, list):
            waiting.extend(here)
    return found


def digest(text: str) -> str:
    """`sm3:` and 64 digits over the canonical text of a document: no salt, so anybody can."""
    return f"sm3:{hashlib.new('sm3', text.encode()).hexdigest()}"


def refresh(session: Session, ids: Sequence[int]) -> None:
    """Bring the rows of these resources up to what is seen of them now."""
    for start in range(0, len(ids), _CHUNK):
        _refresh(session, ids[start : start + _CHUNK])


_QUERY = (
    sa.select(
        Resource.id,
        Resource.code,
        Resource.department_id,
        Resource.frozen_at,
        Resource.live_version_id,
        Resource.remediation_due,
        Organisation.code.label("unit_code"),
        Organisation.name.label("unit_name"),
        Version.state,
        Version.share_type,
        Version.open_type,
        Version.visibility,
        Version.level,
        Shown.face,
        Shown.version_id,
        Shown.digest,
        Shown.was_open,
        Shown.was_named,
        Shown.census_id,
        Shown.elements,
        *(getattr(Census, name).label(f"counted_{name}") for name in Cell._fields),
    )
    .join(Organisation, Organisation.id == Resource.department_id)
    .outerjoin(Version, Version.id == Resource.live_version_id)
    .outerjoin(Shown, Shown.resource_id == Resource.id)
    .outerjoin(Census, Census.id == Shown.census_id)
)


def _refresh(session: Session, ids: Sequence[int]) -> None:
    rows = session.execute(_QUERY.where(Resource.id.in_(ids))).all()
    # What was never public leaves no row: nobody learns that there is a draft.
    changed = {
        row.id: row
        for row in rows
        if (_is_live(row) or row.face is not None) and _face(row) != row.face
    }
    if changed:
        _renew(session, changed)
    named = _named(session, [row.id for row in rows if _is_live(row) and row.visibility == "2"])
    # A face says which version is seen, not what stands in it.
    recount = [row for row in rows if row.id in changed or _is_counted_wrong(row, named)]
    census.recount(session, [_counted(row, named) for row in recount])


def _renew(session: Session, changed: Mapping[int, Any]) -> None:
    renewed = [id_ for id_, row in changed.items() if row.version_id != _version(row)]
    documents = _documents(session, [id_ for id_ in renewed if _is_live(changed[id_])])
    if renewed:
        session.execute(sa.delete(Trait).where(Trait.resource_id.in_(renewed)))
    _write(session, changed.values(), documents)
    found = [
        {"resource_id": id_, "field": name, "value": value}
        for id_, text in documents.items()
        for name, value in sorted(traits(schemas.stored(text)))
    ]
    if found:
        db.insert(session, Trait, found)
    if documents:
        # Few entries name units: the others are not read a second time.
        names = {
            id_: texts(schemas.stored(text).get(VISIBLE_TO))
            for id_, text in documents.items()
            if changed[id_].visibility == "2"
        }
        _show(session, documents, names)


def _show(session: Session, ids: Iterable[int], names: Mapping[int, Sequence[str]]) -> None:
    """Keep which of these entries name which units; a unit keeps it under a later name.

    What names a unit that was merged names its successor, too.
    """
    session.execute(sa.update(ShownTo).where(ShownTo.resource_id.in_(ids)).values(is_now=False))
    if not names:
        return
    units = _meant(session, {name for some in names.values() for name in some})
    _name(
        session,
        {
            (id_, unit)
            for id_, some in names.items()
            for name in some
            for unit in units.get(name, ())
        },
    )


def _meant(session: Session, names: Collection[str]) -> Mapping[str, Sequence[int]]:
    """By name the unit, and who came after it, and after that one; no unit is its own successor."""
    named = sa.select(
        Organisation.name.label("name"),
        Organisation.id.label("unit_id"),
        Organisation.successor_id.label("next_id"),
    ).where(Organisation.name.in_(names))
    found = named.cte("meant", recursive=True)
    # A union leaves out what was found before, so that even a circle ends.
    after = sa.select(found.c.name, Organisation.id, Organisation.successor_id).join(
        Organisation, Organisation.id == found.c.next_id
    )
    every = found.union(after)
    units: dict[str, list[int]] = {}
    for name, unit in session.execute(sa.select(every.c.name, every.c.unit_id)):
        units.setdefault(name, []).append(unit)
    return units


def _name(session: Session, wanted: Collection[tuple[int, int]]) -> None:
    pair = sa.tuple_(ShownTo.resource_id, ShownTo.unit_id)
    session.execute(sa.delete(ShownTo).where(pair.in_(wanted)))
    rows = [{"resource_id": id_, "unit_id": unit, "is_now": True} for id_, unit in sorted(wanted)]
    if rows:
        db.insert(session, ShownTo, rows)


def pass_on(session: Session, unit_id: int, successor_id: int) -> list[int]:
    """Show the successor of a unit what the unit is shown by name; gives the entries it is new to.

    For its harvesters they are new from this moment. The index is told by the caller.
    """
    held = sa.select(ShownTo.resource_id).where(ShownTo.unit_id == successor_id, ShownTo.is_now)
    fresh = session.scalars(
        sa.select(ShownTo.resource_id).where(
            ShownTo.unit_id == unit_id, ShownTo.is_now, ShownTo.resource_id.not_in(held)
        )
    ).all()
    for start in range(0, len(fresh), _CHUNK):
        some = fresh[start : start + _CHUNK]
        _name(session, {(id_, successor_id) for id_ in some})
        session.execute(
            sa.update(Shown)
            .where(Shown.resource_id.in_(some), Shown.face != GONE)
            .values(at=now())
            .execution_options(synchronize_session=False)
        )
    return list(fresh)


def _write(session: Session, rows: Iterable[Any], documents: Mapping[int, str]) -> None:
    moment = now()
    fresh, old = [], []
    for row in rows:
        values = {
            "at": moment,
            "face": _face(row),
            "version_id": _version(row),
            "digest": digest(documents[row.id]) if row.id in documents else row.digest,
            "was_open": bool(row.was_open) or _is_open(row),
            "was_named": bool(row.was_named) or (_is_live(row) and row.visibility == "1"),
        }
        if not _is_live(row):
            values["digest"] = None
        if row.face is None:
            fresh.append({"resource_id": row.id, **values})
        else:
            old.append({"b_id": row.id, **values})
    if fresh:
        db.insert(session, Shown, fresh)
    if old:
        table = Shown.__table__
        session.execute(
            sa.update(table)  # type: ignore[arg-type]
            .where(table.c.resource_id == sa.bindparam("b_id"))
            .values({name: sa.bindparam(name) for name in old[0] if name != "b_id"}),
            old,
        )


def _documents(session: Session, ids: Sequence[int]) -> dict[int, str]:
    rows = session.execute(
        sa.select(Resource.id, Version.document)
        .join(Version, Version.id == Resource.live_version_id)
        .where(Resource.id.in_(ids))
    )
    return {id_: text for id_, text in rows}  # noqa: C416 - a row is no pair to the types


def _is_live(row: Any) -> bool:
    return row.state == "published" and row.frozen_at is None


def _is_open(row: Any) -> bool:
    return (
        _is_live(row)
        and row.open_type in ("1", "2")
        and row.visibility == "1"
        and row.share_type in ("1", "2")
    )


def _named(session: Session, ids: Sequence[int]) -> Mapping[int, str]:
    """A digest of the units each of these entries is shown to: who names the same has the same."""
    if not ids:
        return {}
    units: dict[int, list[int]] = {}
    for id_, unit in session.execute(
        sa.select(ShownTo.resource_id, ShownTo.unit_id)
        .where(ShownTo.resource_id.in_(ids), ShownTo.is_now)
        .order_by(ShownTo.unit_id)
    ):
        units.setdefault(id_, []).append(unit)
    return {id_: hashlib.sha256(repr(some).encode()).hexdigest() for id_, some in units.items()}


def _cell(row: Any, named: Mapping[int, str]) -> Cell:
    """What an entry is counted by, but for its month, which asks more of the database."""
    return Cell(
        row.department_id,
        row.share_type or "",
        row.open_type or "",
        row.visibility or "",
        named.get(row.id, ""),
        row.level or "",
        month="",
    )


def _is_counted_wrong(row: Any, named: Mapping[int, str]) -> bool:
    if not _is_live(row):
        return False
    before = (getattr(row, f"counted_{name}") for name in Cell._fields)
    return _cell(row, named) != Cell(*before)._replace(month="")


def _counted(row: Any, named: Mapping[int, str]) -> Seen:
    cell = _cell(row, named) if _is_live(row) else None
    return Seen(row.id, _version(row), cell, row.census_id, row.elements or 0)


def _version(row: Any) -> int | None:
    return row.live_version_id if _is_live(row) else None


def _face(row: Any) -> str:
    if not _is_live(row):
        return GONE
    seen = (row.live_version_id, row.unit_code, row.unit_name, row.code, row.remediation_due)
    return hashlib.sha256(repr([str(one) for one in seen]).encode()).hexdigest()
