"""How often each value of a facet stands: counted by the database, by column or by kept value."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from connectors import foreign
from registry.discovery.conditions import COLUMN_NAMES, COLUMNS, trait_field
from registry.discovery.counted import CONSTANT, GROUPS
from registry.discovery.judging import COUNTS, FACTS, WORDS
from registry.discovery.rows import KEYS, MOST_KEYS
from registry.discovery.wording import Condition
from registry.models.accounts import Organisation
from registry.models.catalogue import Resource, Version
from registry.models.shown import Trait

_COLUMNS: Mapping[str, sa.ColumnElement[Any]] = {
    **COLUMNS,
    "title": Version.__table__.c.name,
    "author": Organisation.__table__.c.name,
}


def is_counted(name: str) -> bool:
    """Whether the values of this facet are counted: they are codes, keywords or names."""
    if name in _COLUMNS or name in CONSTANT:
        return True
    unkept = name in FACTS or name in WORDS or name in COUNTS
    return not unkept and trait_field(name) is not None


def _is_trait(name: str) -> bool:
    return name not in _COLUMNS and name not in CONSTANT


def counted_under(
    session: Session, names: Sequence[str], conditions: Sequence[Condition]
) -> dict[str, Counter[str]]:
    """How often each value of these facets stands among the entries under these conditions."""
    number = sa.func.count()
    found = {name: Counter[str]() for name in names}
    for name in names:
        if name in CONSTANT:
            total = session.scalar(KEYS.with_only_columns(number).where(*conditions))
            found[name].update({CONSTANT[name]: total or 0})
        if name in _COLUMNS:
            column = _COLUMNS[name]
            query = KEYS.with_only_columns(column, number).where(*conditions).group_by(column)
            found[name].update({value: n for value, n in session.execute(query) if value})
    fields = {kept for name in names if _is_trait(name) and (kept := trait_field(name))}
    if fields:
        # As a list of its own: joined, the conditions are judged for every value of every entry.
        among = KEYS.with_only_columns(Resource.id).where(*conditions)
        query = (
            sa.select(Trait.field, Trait.value, number)
            .where(Trait.field.in_(fields), Trait.resource_id.in_(among))
            .group_by(Trait.field, Trait.value)
        )
        _add_traits(found, session.execute(query))
    return found


def counted_among(
    session: Session, names: Sequence[str], rows: Sequence[Any]
) -> dict[str, Counter[str]]:
    """The same over entries that are at hand: their rights were asked already."""
    found = {name: Counter[str]() for name in names}
    for name in names:
        if name in CONSTANT:
            found[name].update({CONSTANT[name]: len(rows)})
        if name in _COLUMNS:
            seen = COLUMN_NAMES[name]
            found[name].update(value for row in rows if (value := getattr(row, seen)))
    fields = {kept for name in names if _is_trait(name) and (kept := trait_field(name))}
    ids = [row.resource_id for row in rows]
    for start in range(0, len(ids) if fields else 0, MOST_KEYS):
        query = (
            sa.select(Trait.field, Trait.value, sa.func.count())
            .where(Trait.resource_id.in_(ids[start : start + MOST_KEYS]), Trait.field.in_(fields))
            .group_by(Trait.field, Trait.value)
        )
        _add_traits(found, session.execute(query))
    return found


def _add_traits(found: Mapping[str, Counter[str]], rows: Iterable[Any]) -> None:
    by_field: dict[str, list[str]] = {}
    for name in found:
        if _is_trait(name):
            by_field.setdefault(trait_field(name) or "", []).append(name)
    for kept, value, number in rows:
        for name in by_field[kept]:
            found[name][foreign.group_name(value) if name in GROUPS else value] += number
