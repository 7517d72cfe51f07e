"""What is chosen on the search page, as conditions of the database: for when no engine answers.

They are those of programs (`conditions`), so that a page and a call filter alike. What only the
index knows a field for, what stands over a unit, the year, the folded name of an element, is told
here from the columns it was made of.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

import schemas
import search as engine
from registry.calendar import CITY
from registry.discovery import wording
from registry.discovery.conditions import Asking, split
from registry.discovery.fielded import Node, Some, Term
from registry.discovery.wording import Condition
from registry.models.accounts import Organisation
from registry.models.catalogue import Element, Resource, Version

# The name of a facet where the fields of programs have another.
_NAMED = {"department": "department_code"}


def conditions(session: Session, filters: Mapping[str, Sequence[str]]) -> list[Condition]:
    """One of the values must hold, in every facet something is chosen of."""
    # The database is never asked for what no column can hold.
    usable = {
        name: [value for value in engine.usable(values) if "\x00" not in value]
        for name, values in filters.items()
        if values
    }
    own = [_OWN[name](session, usable[name]) for name in usable if name in _OWN]
    shared = [_node(name, values) for name, values in usable.items() if name not in _OWN]
    told, _ = split(shared, Asking(session, wording.asked(None)))
    return [*own, *told]


def _node(name: str, values: Sequence[str]) -> Node:
    field = schemas.field("resource", f"/{name}")
    is_coded = field is not None and bool(field.codes)
    parts: list[Node] = []
    for value in values:
        parts.append(Term(_NAMED.get(name, name), value))
        # Who chooses a branch of a tree wants what lies below it, too.
        if is_coded:
            parts.append(Term(name, f"{value}/", prefix=True))
    return Some(tuple(parts))


def _units(session: Session, codes: Sequence[str]) -> Condition:
    """Whether a unit provides it, or one below; the government itself stands over nobody here."""
    rows = session.execute(sa.select(Organisation.id, Organisation.parent_id, Organisation.code))
    below: dict[int | None, list[int]] = {}
    waiting: list[tuple[int, bool]] = []
    for id_, parent, code in rows:
        below.setdefault(parent, []).append(id_)
        if code in codes:
            waiting.append((id_, parent is None))
    found: set[int] = set()
    while waiting:
        id_, is_root = waiting.pop()
        if id_ not in found:
            found.add(id_)
            waiting += [(one, False) for one in below.get(id_, ()) if not is_root]
    return Resource.department_id.in_(found) if found else sa.false()


def _elements(session: Session, names: Sequence[str]) -> Condition:
    """Whether an element has one of these names, by whatever letters: 联系电话 is 聯繫電話."""
    wanted = set(map(engine.element, names))
    found = [name for name in session.scalars(_NAMES) if name and engine.element(name) in wanted]
    named = sa.select(Element.version_id).where(Element.name.in_(found))
    return Version.id.in_(named) if found else sa.false()


def _each_name() -> sa.Select[str]:
    """Every name of an element once: from one to the next by the index, past all that are equal."""
    name = sa.func.min(Element.name).label("name")
    names = sa.select(name).cte("names", recursive=True)
    following = sa.select(name).where(Element.name > names.c.name).scalar_subquery()
    names = names.union_all(sa.select(following).where(names.c.name.is_not(None)))
    return sa.select(names.c.name)


_NAMES = _each_name()


def _grades(_session: Session, grades: Sequence[str]) -> Condition:
    """Whether an element has one of these grades."""
    return Version.id.in_(sa.select(Element.version_id).where(Element.level.in_(grades)))


def _years(_session: Session, years: Sequence[str]) -> Condition:
    """Whether it last changed in one of these years, by the clock of the city."""
    known = {int(year) for year in years if year.isascii() and year.isdigit() and len(year) == 4}
    changed = Resource.updated_at
    spans = [
        sa.and_(changed >= _begins(year), changed < _begins(year + 1))
        for year in known
        if 1 < year < 9999
    ]
    return sa.or_(sa.false(), *spans)


def _begins(year: int) -> datetime:
    return datetime(year, 1, 1, tzinfo=CITY)


def _marks(_session: Session, marks: Sequence[str]) -> Condition:
    return Resource.remediation_due.is_not(None) if "remediation_due" in marks else sa.false()


_OWN: Mapping[str, Callable[[Session, Sequence[str]], Condition]] = {
    "units": _units,
    "element": _elements,
    "item_level": _grades,
    "year": _years,
    "marks": _marks,
}
