"""What of a fielded question columns and kept values can tell: no document is read for it."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC as ZONE
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import Session
from sqlalchemy.sql.functions import FunctionElement

import schemas
from connectors import foreign
from registry import shown
from registry.db import UTC, letters
from registry.discovery.counted import CONSTANT, GROUPS
from registry.discovery.fielded import (
    MOMENTS,
    Entry,
    Every,
    Node,
    Not,
    Some,
    Span,
    Term,
    Unclear,
    is_date,
    judge,
    leaves,
    parse,
)
from registry.discovery.judging import COUNTS, FACTS, RENAMED, WORDS
from registry.discovery.wording import Condition, Words, among, is_worded
from registry.models.accounts import Organisation
from registry.models.catalogue import Element, Resource, Version
from registry.models.shown import Shown, Trait
from registry.shown import LONGEST_FIELD, LONGEST_VALUE

# Each of them is a look through the values there are.
MOST_RANGES = 8
# Each of them is a question to the index, whose answer the database is given.
MOST_QUESTIONS = 8
# Of a field with more different values every entry is looked at.
MOST_DIFFERENT = 1_000
# No more keywords and formats than this are counted.
MOST_COUNTED = 100
# Fields of a document in which nobody looks for a value: long texts, and rows of them.
_UNKEPT = frozenset(foreign.fields()) - shown.kept() - {"name", "abstract", "items"}
# What is compared with a word, or looked through for it, and has no order a client could mean.
_WITHOUT_ORDER = WORDS | {"name", "abstract", "items", "license_id", "*"}
_COUNTED = {"num_tags": "keywords", "num_resources": "format_types"}


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
    "title_string": Version.__table__.c.name,
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
    "title_string": "name",
    "title": "name",
    "author": "unit_name",
}


class _DayStart(FunctionElement[datetime]):
    """When a day begins in the city, as a column holds moments."""

    name = "day_start"
    type = UTC()
    inherit_cache = True


@compiles(_DayStart, "sqlite")
def _on_sqlite(element: _DayStart, compiler: Any, **given: Any) -> str:
    day = compiler.process(element.clauses, **given)
    return f"strftime('%Y-%m-%d %H:%M:%S.000000', {day}, '-8 hours')"


@compiles(_DayStart, "postgresql")
def _on_postgresql(element: _DayStart, compiler: Any, **given: Any) -> str:
    day = compiler.process(element.clauses, **given)
    return f"(CAST({day} AS timestamp) AT TIME ZONE 'Asia/Shanghai')"


_CREATED: sa.ColumnElement[Any] = sa.func.coalesce(
    _DayStart(Resource.__table__.c.published_on), Resource.__table__.c.created_at
)
NAME = sa.func.coalesce(
    sa.func.replace(Resource.__table__.c.code, "/", "-"), Resource.__table__.c.key
)
# By the numbers of its characters, as everything else sorts texts.
ORDERS: Mapping[str, sa.ColumnElement[Any]] = {
    "id": Resource.__table__.c.key,
    "metadata_modified": Shown.__table__.c.at,
    "metadata_created": _CREATED,
    "name": letters(NAME),
    "title": letters(Version.__table__.c.name),
    "title_string": letters(Version.__table__.c.name),
}


def read(text: str) -> Node:
    """The tree of a question that can be answered without reading documents; Unclear else."""
    node = parse(text)
    _check(node)
    require_bounded([node])
    return node


def require_bounded(filters: Sequence[Node]) -> None:
    """Refuse filters that cost too much together; Unclear says of what there is too much."""
    node = Every(tuple(filters))
    ranges = sum(isinstance(one, Span) or one.field in COUNTS for one in leaves(node))
    if ranges > MOST_RANGES:
        raise Unclear(f"more than {MOST_RANGES} ranges")
    if _questions(node) > MOST_QUESTIONS:
        raise Unclear(f"words stand in more than {MOST_QUESTIONS} places; write them together")


def _check(node: Node) -> None:
    for one in leaves(node):
        name = one.field.removeprefix("extras_")
        if name in _UNKEPT:
            raise Unclear(f"the values of {name!r} are not indexed; ask for the words by text:")
        if isinstance(one, Span) and name in _WITHOUT_ORDER:
            raise Unclear(f"{name!r} has no ranges")
        if isinstance(one, Span) or (one.prefix and not one.value):
            continue
        if name in MOMENTS and not is_date(one.value):
            raise Unclear(f"{one.value[:40]!r} is no date; write {name}:[2026-01-31 TO *]")
        if name == "items" and one.prefix:
            raise Unclear("'items' is asked for by the whole name of an element")


def _questions(node: Node) -> int:
    """How often the index is asked for words: once for all that stand together."""
    match node:
        case Every(parts) | Some(parts):
            worded = any(is_worded(part) for part in parts)
            return worded + sum(_questions(part) for part in parts if not is_worded(part))
        case Not(part) if not is_worded(node):
            return _questions(part)
        case _:
            return int(is_worded(node))


@dataclass
class Asking:
    """Where one question is answered from: the database, and the index for its words."""

    session: Session
    words: Words
    # Go through entries one by one until enough hold; else all that hold a value are found first,
    # which costs as much as there are.
    one_by_one: bool = False


def split(filters: Sequence[Node], asking: Asking) -> tuple[list[Condition], list[Node]]:
    """The conditions that columns, traits and the index can tell, and what is left to be judged.

    Something is left only where words are asked for and the engine does not answer.
    """
    told: list[Condition] = []
    left: list[Node] = []
    flat = [
        part for node in filters for part in (node.parts if isinstance(node, Every) else (node,))
    ]
    for part in _together(flat, Every):
        condition = _condition(part, asking)
        if condition is None:
            left.append(part)
        else:
            told.append(condition)
    return told, left


def _together(parts: Sequence[Node], kind: type[Every] | type[Some]) -> list[Node]:
    """The parts, with all that are words as one: the index is asked once for them."""
    worded = [part for part in parts if is_worded(part)]
    if len(worded) < 2:
        return list(parts)
    return [kind(tuple(worded)), *(part for part in parts if not is_worded(part))]


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


def _condition(node: Node, asking: Asking) -> Condition | None:
    """A condition that is true or false, never unknown: it may stand under a NOT."""
    if is_worded(node):
        return asking.words(node)
    match node:
        case Term():
            return _term(node, asking)
        case Span():
            return _range(node, asking)
        case Not(part):
            found = _condition(part, asking)
            return None if found is None else sa.not_(found)
        case Every(parts) | Some(parts):
            kind = type(node)
            conditions = [_condition(part, asking) for part in _together(parts, kind)]
            known = [one for one in conditions if one is not None]
            if len(known) < len(conditions):
                return None
            return sa.or_(sa.false(), *known) if kind is Some else sa.and_(sa.true(), *known)


def _term(term: Term, asking: Asking) -> Condition:
    name, value = term.field, term.value
    if name == "*":
        return sa.true() if "*".startswith(value) and (term.prefix or value) else sa.false()
    if name in CONSTANT:
        holds = CONSTANT[name].startswith(value) if term.prefix else CONSTANT[name] == value
        return sa.true() if holds else sa.false()
    if name in COLUMNS:
        return _is(COLUMNS[name], value, prefix=term.prefix)
    if name in MOMENTS:
        span = Span(name, value, value, with_low=True, with_high=True)
        return sa.true() if term.prefix else _range(span, asking)
    if name == "name":
        coded = _is(Resource.__table__.c.code, value, prefix=term.prefix)
        return sa.or_(_is(NAME, value, prefix=term.prefix), coded)
    if name in _PUBLIC:
        return _visible(_PUBLIC[name], value, prefix=term.prefix)
    if name == "author":
        return _by_unit(term, asking)
    if name == "license_id":
        return sa.false()
    if name.removeprefix("extras_") == "items":
        return _element(value, prefix=term.prefix)
    if name in COUNTS or name == "remediation_due":
        return _range(term, asking)
    return _trait(term, asking)


def _visible(words: tuple[str, str], value: str, *, prefix: bool) -> Condition:
    public = sa.func.coalesce(Version.visibility, "") == "1"
    yes, no = (word.startswith(value) if prefix else word == value for word in words)
    if yes and no:
        return sa.true()
    return public if yes else sa.not_(public) if no else sa.false()


def _by_unit(term: Term, asking: Asking) -> Condition:
    """Whether the name of its unit holds a text: there are few units."""
    holds = judge(term)
    rows = asking.session.execute(sa.select(Organisation.id, Organisation.name)).all()
    found = [id_ for id_, name in rows if holds(Entry(lambda _, name=name: [name], WORDS))]  # type: ignore[misc]
    return Resource.department_id.in_(found) if found else sa.false()


def _element(value: str, *, prefix: bool) -> Condition:
    """Whether an element of it has this name; with nothing but a star, whether it has any."""
    ours = sa.select(Element.version_id).where(Element.version_id == Version.id)
    if prefix:
        return ours.exists()
    return Version.id.in_(sa.select(Element.version_id).where(Element.name == value))


def _is(column: sa.ColumnElement[Any], value: str, *, prefix: bool) -> Condition:
    if prefix:
        value_holds = sa.func.substr(column, 1, len(value)) == value
        return sa.and_(column.is_not(None), column != "", value_holds)
    return sa.and_(column.is_not(None), column == value) if value else sa.false()


def _trait(term: Term, asking: Asking) -> Condition:
    """Whether a document holds the value, of which so much is compared as is kept."""
    kept, value = trait_field(term.field), term.value[:LONGEST_VALUE]
    if kept is None:
        return sa.false()
    ours = sa.select(Trait.resource_id).where(Trait.field == kept)
    if term.field in GROUPS and value:
        themes = [
            code
            for code in schemas.codes.values("theme")
            if (name := foreign.group_name(code)) == value
            or (term.prefix and name.startswith(value))
        ]
        ours = ours.where(Trait.value.in_(themes))
    elif value and term.prefix:
        ours = ours.where(sa.func.substr(Trait.value, 1, len(value)) == value)
    elif not term.prefix:
        ours = ours.where(Trait.value == value)
    if asking.one_by_one:
        # PostgreSQL would turn it into a join with all that hold: not one with an offset.
        return ours.where(Trait.resource_id == Shown.resource_id).offset(0).exists()
    return Resource.id.in_(ours)


def trait_field(name: str) -> str | None:
    """The name under which values are kept: a field of ours, or the key of a foreign extra."""
    if name in GROUPS:
        return "themes"
    name = RENAMED.get(name.removeprefix("extras_"), name.removeprefix("extras_"))
    if name not in shown.kept() and name in foreign.fields():
        return None
    return name if len(name) <= LONGEST_FIELD and "\x00" not in name else None


# --- ranges: of moments, of numbers of values, of the values there are ------------------------


def _range(node: Span | Term, asking: Asking) -> Condition:
    name = node.field
    if isinstance(node, Span) and name in MOMENTS:
        return _between(Shown.at if name == "metadata_modified" else _CREATED, node, _exact)
    if isinstance(node, Span) and name == "id":
        return _between(Resource.key, node, str)
    holds = judge(node)

    def held(value: str) -> bool:
        return holds(Entry(lambda _: [value], frozenset()))

    if name in COUNTS:
        return _counted(_COUNTED[name], [n for n in range(MOST_COUNTED) if held(str(n))])
    if name == "remediation_due":
        due = Resource.remediation_due
        days = asking.session.scalars(sa.select(due).where(due.is_not(None)).distinct())
        found = [day for day in days if day is not None and held(day.isoformat())]
        return sa.and_(due.is_not(None), due.in_(found)) if found else sa.false()
    kept = trait_field(name)
    return sa.false() if kept is None else _by_value(asking.session, kept, held)


def _by_value(session: Session, kept: str, held: Callable[[str], bool]) -> Condition:
    """Whether one of the values of a field holds: the few there are are looked at one by one."""
    ours = sa.select(Trait.value).where(Trait.field == kept)
    values = session.scalars(ours.distinct().limit(MOST_DIFFERENT + 1)).all()
    if len(values) > MOST_DIFFERENT:
        pairs = session.execute(ours.add_columns(Trait.resource_id))
        return among([number for value, number in pairs if held(value)])
    found = [value for value in values if held(value)]
    if not found:
        return sa.false()
    same = (Trait.field == kept, Trait.value.in_(found))
    return Resource.id.in_(sa.select(Trait.resource_id).where(*same))


def _counted(kept: str, numbers: Sequence[int]) -> Condition:
    """Whether an entry holds so many values of a field."""
    ours = sa.select(Trait.resource_id).where(Trait.field == kept)
    some = ours.group_by(Trait.resource_id).having(sa.func.count().in_(numbers))
    found: list[Condition] = [Resource.id.in_(some)] if any(numbers) else []
    if 0 in numbers:
        found.append(Resource.id.not_in(ours))
    return sa.or_(sa.false(), *found)


def _between(column: Any, span: Span, value: Callable[[str], Any]) -> Condition:
    """Whether a column stands within a range, whose ends are read by `value`."""
    found: list[Condition] = [sa.true()]
    if span.low != "*":
        start = value(span.low)
        found.append(column >= start if span.with_low else column > start)
    if span.high != "*":
        end = value(span.high)
        found.append(column <= end if span.with_high else column < end)
    return sa.and_(*found)


_FIRST, _LAST = datetime(1, 1, 1, tzinfo=ZONE), datetime(9999, 12, 31, tzinfo=ZONE)


def _exact(text: str) -> datetime:
    """The moment; one that lies before or behind all moments is the first or the last of them."""
    found = datetime.fromisoformat(text)
    try:
        return found.replace(tzinfo=ZONE) if found.tzinfo is None else found.astimezone(ZONE)
    except OverflowError:
        return _FIRST if found.year < 2 else _LAST
