"""Live entries as a client of CKAN asks for them: words, fielded filters, order, facets, pages.

Rights are part of the query. Documents are read only for the page, or once for all where a filter
or a facet looks into them: the number of queries does not depend on the number of entries.
"""

import logging
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased

import schemas
import search as engine
from connectors import ckan, foreign
from connectors.ckan import About
from registry import shown
from registry.access import Actor
from registry.calendar import CITY
from registry.catalogue import PUBLISHED, visible
from registry.catalogue.reading import KINDS, asking, known_to
from registry.discovery import counted, fielded, latest
from registry.discovery.asked import Asked, Keys
from registry.discovery.counted import CONSTANT, GROUPS
from registry.discovery.dictionary import lexicon
from registry.discovery.fielded import Every, Node, Not, Some, Span, Term
from registry.discovery.query import reader
from registry.models.accounts import Organisation
from registry.models.catalogue import Resource, Version
from registry.models.shown import Shown, Trait
from registry.shown import LONGEST_FIELD, LONGEST_VALUE
from search import Index, Query

log = logging.getLogger(__name__)

# Fields of plain text: a value is looked for inside, not compared.
WORDS = frozenset({"text", "title", "notes", "author", "res_name", "name_ngram", "title_ngram"})
# At most this many hits are asked for at once, and as many keys go into one question.
MOST_HITS = 1_000
MOST_KEYS = 5_000
Condition = sa.ColumnElement[bool]
SORTS = frozenset({"score", "id", "name", "title", "title_string", "metadata_created"}) | {
    "metadata_modified"
}


@dataclass(frozen=True)
class Answer:
    """How many entries hold, the page of them as packages too, and the values of each facet."""

    count: int = 0
    packages: Sequence[dict[str, Any]] = ()
    facets: Mapping[str, Counter[str]] = field(default_factory=dict)
    entries: Sequence["Live"] = ()


@dataclass(frozen=True)
class Live:
    """A live entry as it leaves this registry: facts, document, and when what is seen changed."""

    about: About
    document: dict[str, Any]
    digest: str
    resource_id: int
    opened: bool


@dataclass
class _Row:
    """What is known of one live entry without its document; the document when it was read."""

    id: int
    version_id: int
    about: About
    title: str
    level: str
    visibility: str
    rank: int = 0
    document: dict[str, Any] | None = None


def search(
    session: Session, index: Index | None, actor: Actor, asked: Asked, anonymous: str, address: str
) -> Answer:
    """The live entries this reader may see that answer the question; `address` begins links."""
    found = find(session, index, actor, asked, anonymous)
    page = live(session, actor, found.keys, anonymous, address)
    made = [ckan.package(one.document, one.about) for one in page]
    return Answer(found.count, made, found.facets, page)


def find(session: Session, index: Index | None, actor: Actor, asked: Asked, anonymous: str) -> Keys:
    """The keys of what answers the question. No document is read that a column can stand for."""
    worded = bool(asked.words.strip())
    held = None
    # Without words only an order of the database gives the page: for another all are read anyway.
    if worded or _is_ordered(asked):
        held = counted.answer(session, index, actor, asked, anonymous)
    if held is not None and worded:
        return held
    told, filters = _split(asked.filters)
    readable = [*_readable(actor, anonymous, private=asked.private), *told]
    ranks: dict[str, int] | None = None
    if worded:
        ranks = _ranks(session, index, actor, asked.words)
        if ranks is None:
            filters.append(Every(tuple(Term("text", word) for word in asked.words.split()[:32])))
    if held is not None and not filters:
        return replace(held, keys=_window(session, asked, readable) if held.count else ())
    if filters or not all(_is_counted(name) for name in asked.facets):
        return _judged(session, actor, asked, anonymous, readable, filters, ranks)
    if ranks is None:
        return _by_columns(session, asked, readable)
    return _by_ranks(session, asked, readable, ranks)


def live(
    session: Session, actor: Actor, keys: Sequence[str], anonymous: str, address: str
) -> list[Live]:
    """The entries with these keys that this reader may see, in the order of the keys."""
    if not keys:
        return []
    kind, given = asking(actor, anonymous, b_keys=list(keys))
    rows = session.execute(_WHOLES[kind], given)
    found = {row.key: _live(row, address) for row in rows}
    return [found[key] for key in keys if key in found]


def _live(row: Any, address: str) -> Live:
    loaded = schemas.loads(row.document)
    document = loaded if isinstance(loaded, dict) else {}
    about = _row(row, address).about
    return Live(about, document, row.digest or "", row.resource_id, is_open(row))


def is_open(row: Any) -> bool:
    """Whether somebody without a name may see it where the city allows that."""
    return row.open_type in ("1", "2") and row.visibility == "1" and row.share_type in ("1", "2")


def _by_columns(session: Session, asked: Asked, readable: list[Condition]) -> Keys:
    """Without words: the database counts, sorts and cuts the page."""
    query = _KEYS.where(*readable)
    count = session.scalar(query.with_only_columns(sa.func.count(Resource.id))) or 0
    facets = _counted(session, asked.facets, readable)
    if not asked.rows or asked.start >= count:
        return Keys(count, (), facets)
    if _is_ordered(asked):
        return Keys(count, _window(session, asked, readable), facets)
    rows = [_row(one, "") for one in session.execute(_QUERY.where(*readable))]
    return Keys(count, _cut(rows, asked), facets)


def _is_ordered(asked: Asked) -> bool:
    """Whether the database can bring the page into the order asked for."""
    return all(name in _ORDERS for name, _ in asked.order if name != "score")


def _window(session: Session, asked: Asked, readable: list[Condition]) -> Sequence[str]:
    """The keys of the page, what is equal by its number, the newest first."""
    if not asked.rows:
        return ()
    order = [(name, falling) for name, falling in asked.order if name != "score"]
    if order == [("metadata_modified", True)]:
        newest = latest.keys(session, asked.start + asked.rows, _KEYS.where(*readable))
        if newest is not None:
            return newest[asked.start :]
    by = [_ORDERS[name].desc() if falling else _ORDERS[name].asc() for name, falling in order]
    query = _KEYS.where(*readable).order_by(*by, Resource.id.desc())
    return session.scalars(query.limit(asked.rows).offset(asked.start)).all()


def _by_ranks(
    session: Session, asked: Asked, readable: list[Condition], ranks: Mapping[str, int]
) -> Keys:
    """With words: the engine knows which and in what order, the database who may see them."""
    keys = list(ranks)
    rows = [
        row
        for start in range(0, len(keys), MOST_KEYS)
        for row in session.execute(
            _SEEN.where(*readable, Resource.key.in_(keys[start : start + MOST_KEYS]))
        )
    ]
    facets = _counted_among(session, asked.facets, rows)
    if asked.order and asked.order[0] == ("score", True):
        ranked = sorted((row.key for row in rows), key=lambda key: ranks[key])
        return Keys(len(ranked), ranked[asked.start : asked.start + asked.rows], facets)
    whole = [_row(row, "") for row in rows]
    for row in whole:
        row.rank = ranks[row.about.key]
    return Keys(len(whole), _cut(whole, asked), facets)


def _judged(
    session: Session,
    actor: Actor,
    asked: Asked,
    anonymous: str,
    readable: list[Condition],
    filters: Sequence[Node],
    ranks: Mapping[str, int] | None,
) -> Keys:
    """What no column can tell: one by one, over what the columns have left."""
    rows = [_row(one, "") for one in session.execute(_QUERY.where(*readable))]
    if ranks is not None:
        rows = [row for row in rows if row.about.key in ranks]
        for row in rows:
            row.rank = ranks[row.about.key]
    looked_into = {name for node in filters for name in fielded.fields(node)} | set(asked.facets)
    if any(name not in _FACTS for name in looked_into):
        _read_documents(session, rows, actor, anonymous)
    whole = Every(tuple(filters))
    rows = [row for row in rows if fielded.holds(whole, _values_of(row), WORDS)]
    facets = {
        name: Counter(v for row in rows for v in dict.fromkeys(_values(row, name)))
        for name in asked.facets
    }
    return Keys(len(rows), _cut(rows, asked), facets)


def _cut(rows: list[_Row], asked: Asked) -> list[str]:
    _sort(rows, asked.order)
    return [row.about.key for row in rows[asked.start : asked.start + asked.rows]]


def names(session: Session, actor: Actor, anonymous: str) -> list[str]:
    """The names of every live entry this reader may see, sorted."""
    rows = session.execute(_QUERY.where(*_readable(actor, anonymous, private=False)))
    return sorted(ckan.slug(_row(one, "").about) for one in rows)


def last_change(session: Session, actor: Actor, anonymous: str) -> datetime | None:
    """When what this reader sees last changed."""
    readable = _readable(actor, anonymous, private=False)
    return session.scalar(_KEYS.with_only_columns(sa.func.max(Shown.at)).where(*readable))


def authority(session: Session) -> tuple[str, str]:
    """Code and name of the unit that answers for the catalogue: it decides over most others."""
    other = aliased(Organisation)
    row = session.execute(
        sa.select(Organisation.code, Organisation.name)
        .join(other, other.authority_id == Organisation.id)
        .group_by(Organisation.id, Organisation.code, Organisation.name)
        .order_by(sa.func.count(other.id).desc(), Organisation.id)
        .limit(1)
    ).first()
    return (row[0], row[1]) if row else ("", "")


def counts(session: Session, actor: Actor, anonymous: str) -> Counter[str]:
    """How many live entries this reader may see, by the code of their unit."""
    rows = session.execute(
        sa.select(Organisation.code, sa.func.count(Resource.id))
        .join(Resource, Resource.department_id == Organisation.id)
        .join(Version, Resource.live_version_id == Version.id)
        .where(visible(actor, anonymous), Version.visibility == "1")
        .group_by(Organisation.code)
    )
    return Counter({code: count for code, count in rows})  # noqa: C416 - a row is no pair to mypy


def package(
    resource: Resource, version: Version, document: dict[str, Any], address: str
) -> dict[str, Any]:
    """One entry as a package; a version that is not live is a draft over there."""
    unit = resource.department
    about = About(
        key=resource.key,
        code=resource.code,
        department_key=unit.key,
        department_code=unit.code,
        department_name=unit.name,
        level=version.level,
        state="active" if version.state == "published" else "draft",
        version=version.number,
        created=_moment(resource.published_on) or resource.created_at,
        modified=resource.updated_at,
        remediation_due=_text(resource.remediation_due),
        address=f"{address}/resources/{resource.key}",
    )
    return ckan.package(document, about)


_QUERY = (
    sa.select(
        Resource.key,
        Resource.code,
        Resource.created_at,
        Shown.at,
        Resource.published_on,
        Resource.remediation_due,
        Organisation.key.label("unit_key"),
        Organisation.code.label("unit_code"),
        Organisation.name.label("unit_name"),
        Resource.id.label("resource_id"),
        Version.id,
        Version.number,
        Version.name,
        Version.level,
        Version.visibility,
    )
    .join(Version, Resource.live_version_id == Version.id)
    .join(Organisation, Organisation.id == Resource.department_id)
    .join(Shown, Shown.resource_id == Resource.id)
)
_WHOLE = _QUERY.add_columns(
    Version.document,
    Version.open_type,
    Version.share_type,
    Shown.digest,
)
_WHOLES = {
    kind: _WHOLE.where(
        PUBLISHED, Resource.key.in_(sa.bindparam("b_keys", expanding=True)), known_to(kind)
    )
    for kind in KINDS
}
_SEEN = _QUERY.add_columns(Version.open_type, Version.share_type)
_KEYS = _QUERY.with_only_columns(Resource.key)


def _row(row: Any, address: str) -> _Row:
    about = About(
        key=row.key,
        code=row.code,
        department_key=row.unit_key,
        department_code=row.unit_code,
        department_name=row.unit_name,
        level=row.level,
        version=row.number,
        created=_moment(row.published_on) or row.created_at,
        modified=row.at,
        remediation_due=_text(row.remediation_due),
        address=f"{address}/resources/{row.key}",
    )
    return _Row(row.resource_id, row.id, about, row.name, row.level or "", row.visibility or "")


# What a column says: the database answers that without reading a document.
_COLUMNS: Mapping[str, sa.ColumnElement[Any]] = {
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
# The same columns as a row of _SEEN names them.
_COLUMN_NAMES: Mapping[str, str] = {
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
_ORDERS: Mapping[str, sa.ColumnElement[Any]] = {
    "id": Resource.__table__.c.key,
    "metadata_modified": Shown.__table__.c.at,
}


def _split(filters: Sequence[Node]) -> tuple[list[Condition], list[Node]]:
    """The conditions that columns and traits can tell, and what is left to be judged."""
    told: list[Condition] = []
    left: list[Node] = []
    for node in filters:
        for part in node.parts if isinstance(node, Every) else (node,):
            condition = _condition(part)
            if condition is None:
                left.append(part)
            else:
                told.append(condition)
    return told, left


def _condition(node: Node) -> Condition | None:
    match node:
        case Term("*", "", True):
            return sa.true()
        case Term():
            return _term(node)
        case Not(part):
            found = _condition(part)
            return None if found is None else sa.not_(found)
        case Every(parts) | Some(parts):
            conditions = [_condition(part) for part in parts]
            known = [one for one in conditions if one is not None]
            if len(known) < len(parts):
                return None
            return sa.or_(*known) if isinstance(node, Some) else sa.and_(sa.true(), *known)
        case Span("metadata_modified", low, high, with_low, with_high):
            return _between(low, high, with_low=with_low, with_high=with_high)
        case _:
            return None


def _term(term: Term) -> Condition | None:
    """A condition that is true or false, never unknown: it may stand under a NOT."""
    name, value = term.field, term.value
    if name in CONSTANT:
        holds = CONSTANT[name].startswith(value) if term.prefix else CONSTANT[name] == value
        return sa.true() if holds else sa.false()
    if name in _COLUMNS:
        return _is(_COLUMNS[name], value, prefix=term.prefix)
    if name == "name" and not term.prefix:
        as_slug = sa.func.replace(Resource.code, "/", "-") == value
        coded = sa.and_(Resource.code.is_not(None), sa.or_(Resource.code == value, as_slug))
        return sa.or_(coded, sa.and_(Resource.code.is_(None), Resource.key == value))
    if name in _FACTS or name in WORDS or name in _COUNTS:
        return None
    return _trait(name, value, prefix=term.prefix)


def _is(column: sa.ColumnElement[Any], value: str, *, prefix: bool) -> Condition:
    if prefix:
        value_holds = sa.func.substr(column, 1, len(value)) == value
        return sa.and_(column.is_not(None), column != "", value_holds)
    return sa.and_(column.is_not(None), column == value) if value else sa.false()


def _trait(name: str, value: str, *, prefix: bool) -> Condition | None:
    """Whether a document holds the value; None for fields whose values are not kept."""
    kept = _trait_field(name)
    if kept is None or len(value) >= LONGEST_VALUE:
        return None
    if name in GROUPS:
        theme = foreign.theme_of(value)
        if prefix or foreign.group_name(theme) != value:
            return None if prefix else sa.false()
        value = theme
    ours = sa.select(Trait.resource_id).where(Trait.field == kept)
    if prefix and not value:
        return Resource.id.in_(ours)
    held = sa.func.substr(Trait.value, 1, len(value)) == value if prefix else Trait.value == value
    return Resource.id.in_(ours.where(held))


def _trait_field(name: str) -> str | None:
    """The name under which values are kept: a field of ours, or the key of a foreign extra."""
    if name in GROUPS:
        return "themes"
    name = _RENAMED.get(name.removeprefix("extras_"), name.removeprefix("extras_"))
    if name not in shown.kept() and name in foreign.fields():
        return None
    return name if len(name) <= LONGEST_FIELD and "\x00" not in name else None


def _is_counted(name: str) -> bool:
    """Whether the database can count the values of this facet."""
    if name in _COLUMNS:
        return True
    unkept = name in _FACTS or name in WORDS or name in _COUNTS
    return not unkept and _trait_field(name) is not None


def _counted(
    session: Session, names: Sequence[str], conditions: Sequence[Condition]
) -> dict[str, Counter[str]]:
    """How often each value of these facets stands among the entries under these conditions."""
    number = sa.func.count()
    found = {name: Counter[str]() for name in names}
    for name in names:
        if name in _COLUMNS:
            column = _COLUMNS[name]
            query = _KEYS.with_only_columns(column, number).where(*conditions).group_by(column)
            found[name].update({value: n for value, n in session.execute(query) if value})
    fields = {kept for name in names if name not in _COLUMNS and (kept := _trait_field(name))}
    if fields:
        query = (
            _KEYS.join(Trait, Trait.resource_id == Resource.id)
            .with_only_columns(Trait.field, Trait.value, number)
            .where(Trait.field.in_(fields), *conditions)
            .group_by(Trait.field, Trait.value)
        )
        _add_traits(found, session.execute(query))
    return found


def _counted_among(
    session: Session, names: Sequence[str], rows: Sequence[Any]
) -> dict[str, Counter[str]]:
    """The same over entries that are at hand: their rights were asked already."""
    found = {name: Counter[str]() for name in names}
    for name in names:
        if name in _COLUMNS:
            seen = _COLUMN_NAMES[name]
            found[name].update(value for row in rows if (value := getattr(row, seen)))
    fields = {kept for name in names if name not in _COLUMNS and (kept := _trait_field(name))}
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
        if name not in _COLUMNS:
            by_field.setdefault(_trait_field(name) or "", []).append(name)
    for kept, value, number in rows:
        for name in by_field[kept]:
            found[name][foreign.group_name(value) if name in GROUPS else value] += number


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


def _readable(actor: Actor, anonymous: str, *, private: bool) -> list[Condition]:
    public = [] if private else [Version.visibility == "1"]
    return [visible(actor, anonymous), *public]


def _read_documents(session: Session, rows: Sequence[_Row], actor: Actor, anonymous: str) -> None:
    """Give every row its document: by id for a page, in one sweep for many."""
    if not rows:
        return
    query = (
        sa.select(Version.id, Version.document)
        .join(Resource, Resource.live_version_id == Version.id)
        .where(*_readable(actor, anonymous, private=True))
    )
    if len(rows) <= 1000:
        query = query.where(Version.id.in_([row.version_id for row in rows]))
    held = {row.version_id: row for row in rows}
    for version_id, text in session.execute(query):
        if version_id in held:
            loaded = schemas.loads(text)
            held[version_id].document = loaded if isinstance(loaded, dict) else {}


def _ranks(
    session: Session, index: Index | None, actor: Actor, words: str
) -> dict[str, int] | None:
    """Key → place of every entry that holds all words; None when the engine does not answer."""
    if index is None:
        return None
    query = Query(
        words,
        reader=reader(session, actor),
        limit=MOST_HITS,
        lexicon=lexicon(session),
        weaker=False,
    )
    try:
        found = index.search(query)
        if found.total > MOST_HITS:
            found = index.search(replace(query, limit=found.total))
    except engine.Unavailable as fault:
        log.warning("search engine does not answer: %s", type(fault).__name__)
        return None
    return {hit.key: place for place, hit in enumerate(found.hits)}


def _sort(rows: list[_Row], order: Sequence[tuple[str, bool]]) -> None:
    """Sort by the last key first; what is equal goes by its number, so that pages never overlap."""
    keys: Mapping[str, Callable[[_Row], Any]] = {
        "score": lambda row: -row.rank,
        "id": lambda row: row.about.key,
        "name": lambda row: ckan.slug(row.about),
        "title": lambda row: row.title,
        "title_string": lambda row: row.title,
        "metadata_created": lambda row: row.about.created,
        "metadata_modified": lambda row: row.about.modified,
    }
    rows.sort(key=lambda row: row.id, reverse=True)
    for name, falling in reversed(order):
        rows.sort(key=keys[name], reverse=falling)


# what a field of a question is called, and where its values stand --------------------------------

# Known without reading the document.
_FACTS: Mapping[str, Callable[[_Row], Sequence[str | None]]] = {
    "*": lambda row: ("*",),
    "id": lambda row: (row.about.key,),
    "name": lambda row: (ckan.slug(row.about), row.about.code),
    "code": lambda row: (row.about.code,),
    "title": lambda row: (row.title,),
    "title_string": lambda row: (row.title,),
    "organization": lambda row: (row.about.department_code,),
    "department_code": lambda row: (row.about.department_code,),
    "owner_org": lambda row: (row.about.department_key,),
    "author": lambda row: (row.about.department_name,),
    "state": lambda row: ("active",),
    "dataset_type": lambda row: ("dataset",),
    "type": lambda row: ("dataset",),
    "private": lambda row: ("false" if row.visibility == "1" else "true",),
    "capacity": lambda row: ("public" if row.visibility == "1" else "private",),
    "level": lambda row: (row.level,),
    "extras_level": lambda row: (row.level,),
    "remediation_due": lambda row: (row.about.remediation_due,),
    "metadata_created": lambda row: (ckan.moment(row.about.created),),
    "metadata_modified": lambda row: (ckan.moment(row.about.modified),),
    "license_id": lambda row: (),
}
# Fields of CKAN that stand in the document under another name.
_RENAMED: Mapping[str, str] = {
    "notes": "abstract",
    "tags": "keywords",
    "res_format": "format_types",
    "res_name": "name",
}
_COUNTS = frozenset({"num_tags", "num_resources"})


def _values_of(row: _Row) -> Callable[[str], list[str]]:
    return lambda name: _values(row, name)


def _values(row: _Row, name: str) -> list[str]:
    """The values of a field of a row as texts; none for a field nobody knows."""
    if name in _FACTS:
        return [value for value in _FACTS[name](row) if value]
    document = row.document or {}
    if name in GROUPS:
        return [foreign.group_name(code) for code in shown.texts(document.get("themes"))]
    if name == "num_tags":
        return [str(len(shown.texts(document.get("keywords"))))]
    if name == "num_resources":
        return [str(len(shown.texts(document.get("format_types"))))]
    if name == "text":
        held = (row.title, row.about.department_name, row.about.code or "")
        return [" ".join([*held, *shown.texts(document)])]
    return _of_document(document, name.removeprefix("extras_"))


def _of_document(document: Mapping[str, Any], name: str) -> list[str]:
    name = _RENAMED.get(name, name)
    if name in document and name != "extras":
        return shown.texts(document[name])
    extras = document.get("extras")
    return [
        text
        for one in (extras if isinstance(extras, list) else ())
        if isinstance(one, Mapping) and one.get("key") == name
        for text in shown.texts(one.get("value"))
    ]


def _moment(day: date | None) -> datetime | None:
    return datetime.combine(day, time(), CITY) if day is not None else None


def _text(day: date | None) -> str | None:
    return day.isoformat() if day is not None else None
