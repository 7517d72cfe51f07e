"""What can be chosen on the search page, counted by the database where no engine answers.

The values of every facet as the index holds them (`search.documents`), told from columns, kept
values and elements: a code counts for all it lies under, and an entry once for each value.
"""

import itertools
import math
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import datetime
from time import monotonic
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

import schemas
import search as engine
from registry.calendar import CITY
from registry.discovery import placed
from registry.discovery.wording import listed
from registry.models.accounts import Organisation
from registry.models.catalogue import Element, Resource, Version
from registry.models.shown import Trait

# An entry and its live version, by number.
Pair = tuple[int, int]
Counts = dict[str, Mapping[str, int]]

_NUMBER = sa.func.count()
_COLUMNS: Mapping[str, sa.ColumnElement[Any]] = {
    "department": Resource.__table__.c.department_id,
    "level": Version.__table__.c.level,
    "share_type": Version.__table__.c.share_type,
    "open_type": Version.__table__.c.open_type,
    "marks": sa.case((Resource.__table__.c.remediation_due.is_not(None), "remediation_due")),
}
_BY_COLUMN = frozenset({*_COLUMNS, "units"})
_UNKEPT = _BY_COLUMN | {"year", "element", "item_level"}
# No code holds it.
_BETWEEN = "\x1f"


def counted(
    session: Session, names: Sequence[str], pairs: Sequence[Pair], until: float = math.inf
) -> Counts:
    """How many of these entries have each value of these facets, the most frequent ones.

    After a moment of the monotonic clock no further one is begun: what is missing was not counted.
    """
    ids, versions = [entry for entry, _ in pairs], [version for _, version in pairs]
    entries, elements = listed(Resource.id, ids), listed(Element.version_id, versions)
    kept = [name for name in names if name not in _UNKEPT]
    passes: tuple[tuple[Collection[str], Callable[[], dict[str, Counter[str]]]], ...] = (
        (_BY_COLUMN, lambda: _by_column(session, entries)),
        (kept, lambda: _kept(session, kept, listed(Trait.resource_id, ids))),
        (("year",), lambda: {"year": _years(session, entries)}),
        (("element",), lambda: {"element": _elements(session, elements)}),
        (("item_level",), lambda: {"item_level": _grades(session, elements)}),
    )
    found: dict[str, Counter[str]] = {}
    for given, count in passes:
        if not set(given).isdisjoint(names) and monotonic() < until:
            found |= count()
    return {
        name: dict(found[name].most_common(engine.MOST_VALUES)) for name in names if name in found
    }


def _by_column(session: Session, entries: sa.ColumnElement[bool]) -> dict[str, Counter[str]]:
    """The facets whose value is a column, and the tree of units, in one pass."""
    query = (
        sa.select(*(column.label(name) for name, column in _COLUMNS.items()), _NUMBER)
        .join(Version, Version.id == Resource.live_version_id)
        .where(entries)
        .group_by(*_COLUMNS.values())
    )
    found: dict[str, Counter[str]] = {name: Counter() for name in (*_COLUMNS, "units")}
    by_unit: Counter[int] = Counter()
    for unit, *values, number in session.execute(query):
        by_unit[unit] += number
        for name, value in zip(tuple(_COLUMNS)[1:], values, strict=True):
            if value:
                found[name][value] += number
    # All of them: whatever stands over a unit is at hand then.
    units = {unit.id: unit for unit in session.scalars(sa.select(Organisation))}
    for id_, number in by_unit.items():
        found["department"][units[id_].code] += number
        for code in (units[id_].code, *placed.over(units[id_])):
            found["units"][code] += number
    return found


def _years(session: Session, entries: sa.ColumnElement[bool]) -> Counter[str]:
    """How many changed last in each year, by the clock of the city."""
    changed = Resource.updated_at
    ends = sa.select(sa.func.min(changed), sa.func.max(changed)).where(entries)
    span = [one.astimezone(CITY).year for one in session.execute(ends).one() if one]
    if not span:
        return Counter()
    years = range(span[0], span[-1] + 1)
    begins = [datetime(year, 1, 1, tzinfo=CITY) for year in (*years, years[-1] + 1)]
    within = [
        _NUMBER.filter(changed >= one, changed < after) for one, after in itertools.pairwise(begins)
    ]
    numbers = session.execute(sa.select(*within).where(entries)).one()
    return +Counter(dict(zip(map(str, years), numbers, strict=True)))


def _elements(session: Session, versions: sa.ColumnElement[bool]) -> Counter[str]:
    """How many have an element of each name, by whatever letters it is written."""
    each = sa.select(Element.version_id, Element.name).where(versions).distinct().subquery()
    query = sa.select(each.c.name, _NUMBER).group_by(each.c.name)
    number = {name: n for name, n in session.execute(query)}  # noqa: C416 - rows are no pairs
    spelled: dict[str, list[str]] = {}
    for name in number:
        if folded := "".join(engine.usable([engine.element(name)])):
            spelled.setdefault(folded, []).append(name)
    found = Counter({one: number[names[0]] for one, names in spelled.items()})
    several = {name: one for one, names in spelled.items() if len(names) > 1 for name in names}
    if several:
        # Who holds a name in two spellings counts once.
        pairs = session.execute(
            sa.select(Element.version_id, Element.name)
            .where(versions, Element.name.in_(several))
            .distinct()
        )
        held = {(version, several[name]) for version, name in pairs}
        found |= Counter(one for _, one in held)
    return found


def _grades(session: Session, versions: sa.ColumnElement[bool]) -> Counter[str]:
    """How many have an element of each grade."""
    some = sa.select(Element.version_id, Element.level).where(versions).distinct().subquery()
    rows = session.execute(sa.select(some.c.level, _NUMBER).group_by(some.c.level))
    return Counter({level: number for level, number in rows if level})


def _kept(
    session: Session, names: Sequence[str], entries: sa.ColumnElement[bool]
) -> dict[str, Counter[str]]:
    """The facets whose values are kept beside an entry."""
    found: dict[str, Counter[str]] = {name: Counter() for name in names}
    fields = {name: schemas.field("resource", f"/{name}") for name in names}
    several = [name for name, field in fields.items() if field is None or field.kind != "code"]
    single = [name for name in names if name not in several]
    if single:
        query = (
            sa.select(Trait.field, Trait.value, _NUMBER)
            .where(Trait.field.in_(single), entries)
            .group_by(Trait.field, Trait.value)
        )
        for name, value, number in session.execute(query):
            for step in engine.ancestry(value):
                found[name][step] += number
    if several:
        # Entries with the same values are told apart no further: there are few such sets.
        values = sa.func.aggregate_strings(Trait.value, _BETWEEN).label("held")
        each = (
            sa.select(Trait.field, values)
            .where(Trait.field.in_(several), entries)
            .group_by(Trait.resource_id, Trait.field)
            .subquery()
        )
        query = sa.select(each.c.field, each.c.held, _NUMBER).group_by(each.c.field, each.c.held)
        for name, held, number in session.execute(query):
            field = fields[name]
            for step in _steps(held.split(_BETWEEN), is_coded=bool(field and field.codes)):
                found[name][step] += number
    return found


def _steps(values: Iterable[str], *, is_coded: bool) -> set[str]:
    return {step for value in values for step in (engine.ancestry(value) if is_coded else (value,))}
