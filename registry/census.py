"""The census: how many published entries are alike in what figures are counted by, kept with acts.

Every figure over all entries is a sum over the cells of the census, of which there are as many as
units, sharings, levels and months: it costs the same for a million entries as for a thousand. A
cell moves in the transaction of the act that moves an entry, under the lock of the one writer, so
no process can die between the two. What an entry is counted under stands beside it: whatever
happens to it, that much is taken away again.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import Session

from registry import calendar, db
from registry.models.catalogue import Decision, Element, Version
from registry.models.shown import Census, Shown

# The states of a version that is or was in force: from the first of them on an entry is there.
ISSUED = ("published", "superseded", "suspended", "retired")


class Cell(NamedTuple):
    """What entries of one cell have in common; "" for what an entry does not say."""

    department_id: int
    share_type: str
    open_type: str
    visibility: str
    visible_to: str
    level: str
    month: str


@dataclass(frozen=True)
class Seen:
    """An entry whose count may move: its cell as it is now but for the month, and the old one.

    `cell` is None for what is published no longer, `counted` for what was counted nowhere.
    """

    resource_id: int
    version_id: int | None
    cell: Cell | None
    counted: int | None
    elements: int


def recount(session: Session, entries: Collection[Seen]) -> None:
    """Take these entries out of their old cells and count them in those they belong to now."""
    if not entries:
        return
    live = [one for one in entries if one.cell is not None]
    months = _months(session, [one.resource_id for one in live])
    elements = _elements(session, [one.version_id for one in live if one.version_id])
    cells = {
        one.resource_id: one.cell._replace(month=months[one.resource_id])
        for one in live
        if one.cell is not None
    }
    ids = _ids(session, set(cells.values()))
    moved: Counter[int] = Counter()
    of_them: Counter[int] = Counter()
    rows = []
    for one in entries:
        if one.counted is not None:
            moved[one.counted] -= 1
            of_them[one.counted] -= one.elements
        cell = ids[cells[one.resource_id]] if one.resource_id in cells else None
        number = elements.get(one.version_id or 0, 0) if cell is not None else 0
        if cell is not None:
            moved[cell] += 1
            of_them[cell] += number
        rows.append({"b_id": one.resource_id, "b_census": cell, "b_elements": number})
    session.connection().execute(_COUNTED, rows)
    changes = [
        {"b_id": id_, "b_entries": moved[id_], "b_elements": of_them[id_]}
        for id_ in sorted(moved)
        if moved[id_] or of_them[id_]
    ]
    if changes:
        session.connection().execute(_MOVED, changes)


_COUNTED = (
    sa.update(Shown.__table__)  # type: ignore[arg-type]
    .where(Shown.__table__.c.resource_id == sa.bindparam("b_id"))
    .values(census_id=sa.bindparam("b_census"), elements=sa.bindparam("b_elements"))
)
_MOVED = (
    sa.update(Census.__table__)  # type: ignore[arg-type]
    .where(Census.__table__.c.id == sa.bindparam("b_id"))
    .values(
        entries=Census.__table__.c.entries + sa.bindparam("b_entries"),
        elements=Census.__table__.c.elements + sa.bindparam("b_elements"),
    )
)


def _ids(session: Session, cells: Collection[Cell]) -> Mapping[Cell, int]:
    """The ids of these cells; those that are not there yet are made, empty."""
    columns = [getattr(Census, name) for name in Cell._fields]
    found = sa.select(Census.id, *columns).where(
        Census.department_id.in_({cell.department_id for cell in cells})
    )
    ids = {Cell(*values): id_ for id_, *values in session.execute(found)} if cells else {}
    missing = sorted(cells - ids.keys())
    if missing:
        rows: list[dict[str, Any]] = [
            {**cell._asdict(), "entries": 0, "elements": 0} for cell in missing
        ]
        db.insert(session, Census, rows)
        ids = {Cell(*values): id_ for id_, *values in session.execute(found)}
    return ids


def _elements(session: Session, versions: Sequence[int]) -> Mapping[int, int]:
    found = session.execute(
        sa.select(Element.version_id, sa.func.count())
        .where(Element.version_id.in_(versions))
        .group_by(Element.version_id)
    )
    return {version: number for version, number in found}  # noqa: C416 - a row is no pair


def _months(session: Session, ids: Sequence[int]) -> Mapping[int, str]:
    """The month in which each entry was first published; adopted by a command, it has no act."""
    first = (
        sa.select(Decision.version_id, sa.func.min(Decision.at).label("at"))
        .join(Version, Version.id == Decision.version_id)
        .where(Decision.step.in_(["publish", "adopt"]), Version.resource_id.in_(ids))
        .group_by(Decision.version_id)
        .subquery()
    )
    begun = session.execute(
        sa.select(
            Version.resource_id,
            sa.func.min(first.c.at, type_=Decision.at.type),
            sa.func.min(Version.changed_at, type_=Version.changed_at.type),
        )
        .outerjoin(first, first.c.version_id == Version.id)
        .where(Version.resource_id.in_(ids), Version.state.in_(ISSUED))
        .group_by(Version.resource_id)
    )
    return {id_: month_of(decided or changed) for id_, decided, changed in begun}


def month_of(moment: datetime) -> str:
    """The month of a moment in the city, 2026-11."""
    return f"{moment.astimezone(calendar.CITY):%Y-%m}"


def total(session: Session, seen: sa.ColumnElement[bool]) -> tuple[int, int]:
    """Entries and elements in the cells for which the condition on Census holds."""
    entries, elements = session.execute(
        sa.select(
            sa.func.coalesce(sa.func.sum(Census.entries), 0),
            sa.func.coalesce(sa.func.sum(Census.elements), 0),
        ).where(seen)
    ).one()
    return int(entries), int(elements)


def by(
    session: Session, seen: sa.ColumnElement[bool], names: Iterable[str]
) -> Sequence[tuple[Any, ...]]:
    """The values of these columns of a cell that occur, each with its number of entries."""
    columns = [getattr(Census, name) for name in names]
    number = sa.func.sum(Census.entries)
    rows = session.execute(
        sa.select(*columns, number).where(seen).group_by(*columns).having(number > 0)
    )
    return [tuple(row) for row in rows]
