"""What of a fielded question columns and kept values can tell: no document is read for it."""

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa

from connectors import foreign
from registry import shown
from registry.discovery.counted import CONSTANT, GROUPS
from registry.discovery.fielded import Every, Node, Not, Some, Span, Term
from registry.discovery.judging import COUNTS, FACTS, RENAMED, WORDS
from registry.models.accounts import Organisation
from registry.models.catalogue import Resource, Version
from registry.models.shown import Shown, Trait
from registry.shown import LONGEST_FIELD, LONGEST_VALUE

Condition = sa.ColumnElement[bool]


# What a column says: the database answers that without reading a document.
COLUMNS: Mapping[str, sa.ColumnElement[Any]] = {
    "id": Resource.__table__.c.key,
    "code": Resource.__table__.c.code,
    "organization": Organisation.__table__.c.code,
    "department_code": Organisation.__table__.c.code,
    "owner_org": Organisation.__table__.c.key,
    "share_type": Version.__table__.c.share_type,
    "open_type": Version.__table__.c.open_type,
    "level": Version.__table__.c.level,
    "extras_level": Version.__table__.c.level,
}


# Columns in which a value is looked for.
_INSIDE: Mapping[str, sa.ColumnElement[Any]] = {
    "title": Version.__table__.c.name,
    "author": Organisation.__table__.c.name,
}


# What the words of CKAN for the visibility are, of everybody and of some.
_PUBLIC: Mapping[str, tuple[str, str]] = {
    "private": ("false", "true"),
    "capacity": ("public", "private"),
}


# The same columns as a row of SEEN names them.
COLUMN_NAMES: Mapping[str, str] = {
    "id": "key",
    "code": "code",
    "organization": "unit_code",
    "department_code": "unit_code",
    "owner_org": "unit_key",
    "share_type": "share_type",
    "open_type": "open_type",
    "level": "level",
    "extras_level": "level",
}


ORDERS: Mapping[str, sa.ColumnElement[Any]] = {
    "id": Resource.__table__.c.key,
    "metadata_modified": Shown.__table__.c.at,
}


def split(
    filters: Sequence[Node], *, one_by_one: bool = False
) -> tuple[list[Condition], list[Node]]:
    """The conditions that columns and traits can tell, and what is left to be judged.

    A value is looked up among those of the entry where entries are gone through `one_by_one` until
    enough hold; else all that have it are found first, which costs as much as there are.
    """
    told: list[Condition] = []
    left: list[Node] = []
    for node in filters:
        for part in node.parts if isinstance(node, Every) else (node,):
            condition = _condition(part, one_by_one)
            if condition is None:
                left.append(part)
            else:
                told.append(condition)
    return told, left


def needed(filters: Sequence[Node]) -> list[Condition]:
    """What must hold of an entry before it is worth reading: most are left out by it unread.

    A value in a document stands in the text of it letter by letter, where no letter has a case and
    none is escaped.
    """
    return [one for node in filters if (one := _needed(node)) is not None]


def _needed(node: Node) -> Condition | None:
    match node:
        case Term(field, value) if len(value) >= LONGEST_VALUE and _is_kept(field):
            # So much of it is kept: one that begins so is read, and judged by the rest.
            begins = (Trait.field == trait_field(field), Trait.value == value[:LONGEST_VALUE])
            return Resource.id.in_(sa.select(Trait.resource_id).where(*begins))
        case Term(field, value) if _PLAIN.fullmatch(value) and field not in FACTS:
            inside = Version.document.contains(value)
            beside = (Organisation.name, Resource.code)
            if field == "text":
                return sa.or_(
                    inside, *(sa.func.coalesce(one, "").contains(value) for one in beside)
                )
            # The name of a group, and a count, stand in no document.
            return None if field in GROUPS or field in COUNTS else inside
        case Every(parts):
            return sa.and_(sa.true(), *needed(parts))
        case Some(parts):
            found = needed(parts)
            return sa.or_(*found) if parts and len(found) == len(parts) else None
        case _:
            return None


def _is_kept(name: str) -> bool:
    """Whether the values of a field are kept, as they stand in the document."""
    unkept = name in FACTS or name in WORDS or name in COUNTS or name in GROUPS
    return not unkept and trait_field(name) is not None


# Digits and Chinese: whatever is folded, these stay, and no other letter turns into one of them.
_PLAIN = re.compile(r"[0-9\u3400-\u4dbf\u4e00-\u9fff]+")


def _condition(node: Node, one_by_one: bool) -> Condition | None:
    match node:
        case Term("*", "", True):
            return sa.true()
        case Term():
            return _term(node, one_by_one)
        case Not(part):
            found = _condition(part, one_by_one)
            return None if found is None else sa.not_(found)
        case Every(parts) | Some(parts):
            conditions = [_condition(part, one_by_one) for part in parts]
            known = [one for one in conditions if one is not None]
            if len(known) < len(parts):
                return None
            return sa.or_(*known) if isinstance(node, Some) else sa.and_(sa.true(), *known)
        case Span("metadata_modified", low, high, with_low, with_high):
            return _between(low, high, with_low=with_low, with_high=with_high)
        case _:
            return None


def _term(term: Term, one_by_one: bool) -> Condition | None:
    """A condition that is true or false, never unknown: it may stand under a NOT."""
    name, value = term.field, term.value
    if name in CONSTANT:
        holds = CONSTANT[name].startswith(value) if term.prefix else CONSTANT[name] == value
        return sa.true() if holds else sa.false()
    if name in COLUMNS:
        return _is(COLUMNS[name], value, prefix=term.prefix)
    if name == "name" and not term.prefix:
        as_slug = sa.func.replace(Resource.code, "/", "-") == value
        coded = sa.and_(Resource.code.is_not(None), sa.or_(Resource.code == value, as_slug))
        return sa.or_(coded, sa.and_(Resource.code.is_(None), Resource.key == value))
    if name in _PUBLIC and not term.prefix:
        yes, no = _PUBLIC[name]
        public = sa.func.coalesce(Version.visibility, "") == "1"
        return public if value == yes else sa.not_(public) if value == no else sa.false()
    if name in _INSIDE and _PLAIN.fullmatch(value):
        return sa.func.coalesce(_INSIDE[name], "").contains(value)
    if name in FACTS or name in WORDS or name in COUNTS:
        return None
    return _trait(name, value, prefix=term.prefix, one_by_one=one_by_one)


def _is(column: sa.ColumnElement[Any], value: str, *, prefix: bool) -> Condition:
    if prefix:
        value_holds = sa.func.substr(column, 1, len(value)) == value
        return sa.and_(column.is_not(None), column != "", value_holds)
    return sa.and_(column.is_not(None), column == value) if value else sa.false()


def _trait(name: str, value: str, *, prefix: bool, one_by_one: bool) -> Condition | None:
    """Whether a document holds the value; None for fields whose values are not kept."""
    kept = trait_field(name)
    if kept is None or len(value) >= LONGEST_VALUE:
        return None
    if name in GROUPS:
        theme = foreign.theme_of(value)
        if prefix or foreign.group_name(theme) != value:
            return None if prefix else sa.false()
        value = theme
    ours = sa.select(Trait.resource_id).where(Trait.field == kept)
    if value and prefix:
        ours = ours.where(sa.func.substr(Trait.value, 1, len(value)) == value)
    elif not prefix:
        ours = ours.where(Trait.value == value)
    if one_by_one:
        return ours.where(Trait.resource_id == Shown.resource_id).exists()
    return Resource.id.in_(ours)


def trait_field(name: str) -> str | None:
    """The name under which values are kept: a field of ours, or the key of a foreign extra."""
    if name in GROUPS:
        return "themes"
    name = RENAMED.get(name.removeprefix("extras_"), name.removeprefix("extras_"))
    if name not in shown.kept() and name in foreign.fields():
        return None
    return name if len(name) <= LONGEST_FIELD and "\x00" not in name else None


def _between(low: str, high: str, *, with_low: bool, with_high: bool) -> Condition | None:
    column = Shown.at
    found: list[sa.ColumnElement[bool]] = [sa.true()]
    try:
        if low != "*":
            start = _exact(low)
            found.append(column >= start if with_low else column > start)
        if high != "*":
            end = _exact(high)
            found.append(column <= end if with_high else column < end)
    except (ValueError, OverflowError):
        return None
    return sa.and_(*found)


def _exact(text: str) -> datetime:
    found = datetime.fromisoformat(text)
    return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
