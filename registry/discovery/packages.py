"""Live entries as a client of CKAN asks for them: words, fielded filters, order, facets, pages.

Rights are part of the query. Documents are read only for the page, or once for all where a filter
or a facet looks into them: the number of queries does not depend on the number of entries.
"""

import logging
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

import schemas
import search as engine
from connectors import ckan, foreign
from connectors.ckan import About
from registry.access import Actor
from registry.calendar import CITY
from registry.catalogue import visible
from registry.discovery import fielded
from registry.discovery.fielded import Every, Node, Span, Term
from registry.discovery.query import reader
from registry.models.accounts import Organisation
from registry.models.catalogue import Resource, Version
from search import Index, Query

log = logging.getLogger(__name__)

# Fields of plain text: a value is looked for inside, not compared.
WORDS = frozenset({"text", "title", "notes", "author", "res_name", "name_ngram", "title_ngram"})
SORTS = frozenset({"score", "id", "name", "title", "title_string", "metadata_created"}) | {
    "metadata_modified"
}


@dataclass(frozen=True)
class Asked:
    """A question: words, filters that must all hold, order, page and facets wanted."""

    words: str = ""
    filters: Sequence[Node] = ()
    order: Sequence[tuple[str, bool]] = (("score", True), ("metadata_modified", True))
    start: int = 0
    rows: int = 10
    facets: Sequence[str] = ()
    private: bool = False


@dataclass(frozen=True)
class Answer:
    """How many entries hold, the packages of the page, and the values of each facet."""

    count: int = 0
    packages: Sequence[dict[str, Any]] = ()
    facets: Mapping[str, Counter[str]] = field(default_factory=dict)


@dataclass
class _Row:
    """What is known of one live entry without its document; the document when it was read."""

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
    readable = _readable(actor, anonymous, private=asked.private)
    told = _told_by_columns(asked)
    if told is not None:
        return _page(session, asked, [*readable, *told], address)
    rows = [_row(one, address) for one in session.execute(_QUERY.where(*readable))]
    filters = list(asked.filters)
    if asked.words.strip():
        ranks = _ranks(session, index, actor, asked.words)
        if ranks is None:
            filters.append(Every(tuple(Term("text", word) for word in asked.words.split()[:32])))
        else:
            rows = [row for row in rows if row.about.key in ranks]
            for row in rows:
                row.rank = ranks[row.about.key]
    looked_into = {name for node in filters for name in fielded.fields(node)} | set(asked.facets)
    if any(name not in _FACTS for name in looked_into):
        _read_documents(session, rows, actor, anonymous)
    whole = Every(tuple(filters))
    rows = [row for row in rows if fielded.holds(whole, _values_of(row), WORDS)]
    _sort(rows, asked.order)
    page = rows[asked.start : asked.start + asked.rows]
    _read_documents(session, [row for row in page if row.document is None], actor, anonymous)
    return Answer(
        len(rows),
        [ckan.package(row.document or {}, row.about) for row in page],
        {
            name: Counter(v for row in rows for v in dict.fromkeys(_values(row, name)))
            for name in asked.facets
        },
    )


def names(session: Session, actor: Actor, anonymous: str) -> list[str]:
    """The names of every live entry this reader may see, sorted."""
    rows = session.execute(_QUERY.where(*_readable(actor, anonymous, private=False)))
    return sorted(ckan.slug(_row(one, "").about) for one in rows)


def counts(session: Session, actor: Actor, anonymous: str) -> Counter[str]:
    """How many live entries this reader may see, by the code of their unit."""
    rows = session.execute(
        sa.select(Organisation.code, sa.func.count(Resource.id))
        .join(Resource, Resource.department_id == Organisation.id)
        .join(Version, Resource.live_version_id == Version.id)
        .where(visible(actor, anonymous), Version.state == "published", Version.visibility == "1")
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
        Resource.updated_at,
        Resource.published_on,
        Resource.remediation_due,
        Organisation.key.label("unit_key"),
        Organisation.code.label("unit_code"),
        Organisation.name.label("unit_name"),
        Version.id,
        Version.number,
        Version.name,
        Version.level,
        Version.visibility,
    )
    .join(Version, Resource.live_version_id == Version.id)
    .join(Organisation, Organisation.id == Resource.department_id)
)


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
        modified=row.updated_at,
        remediation_due=_text(row.remediation_due),
        address=f"{address}/resources/{row.key}",
    )
    return _Row(row.id, about, row.name, row.level or "", row.visibility or "")


# Browsing and harvesting ask for nothing else: the database answers that without reading it all.
_COLUMNS: Mapping[str, sa.ColumnElement[Any]] = {
    "id": Resource.__table__.c.key,
    "organization": Organisation.__table__.c.code,
    "department_code": Organisation.__table__.c.code,
    "owner_org": Organisation.__table__.c.key,
    "share_type": Version.__table__.c.share_type,
    "open_type": Version.__table__.c.open_type,
    "level": Version.__table__.c.level,
}
_ORDERS: Mapping[str, sa.ColumnElement[Any]] = {
    "id": Resource.__table__.c.key,
    "metadata_modified": Resource.__table__.c.updated_at,
}


def _told_by_columns(asked: Asked) -> list[sa.ColumnElement[bool]] | None:
    """The conditions of a question that columns alone can answer; None for any other."""
    ordered = all(name == "score" or name in _ORDERS for name, _ in asked.order)
    if asked.words.strip() or asked.facets or not ordered:
        return None
    found = []
    for node in asked.filters:
        condition = _condition(node)
        if condition is None:
            return None
        found.append(condition)
    return found


def _condition(node: Node) -> sa.ColumnElement[bool] | None:
    match node:
        case Term("*", "", True):
            return sa.true()
        case Term("state", "active", False):
            return sa.true()
        case Term(name, value, False) if name in _COLUMNS:
            return _COLUMNS[name] == value
        case Every(parts):
            found = [_condition(part) for part in parts]
            known = [one for one in found if one is not None]
            return sa.and_(sa.true(), *known) if len(known) == len(parts) else None
        case Span("metadata_modified", low, high, with_low, with_high):
            return _between(low, high, with_low=with_low, with_high=with_high)
        case _:
            return None


def _between(
    low: str, high: str, *, with_low: bool, with_high: bool
) -> sa.ColumnElement[bool] | None:
    column = Resource.updated_at
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


def _page(
    session: Session, asked: Asked, conditions: list[sa.ColumnElement[bool]], address: str
) -> Answer:
    query = _QUERY.add_columns(Version.document).where(*conditions)
    order = [
        _ORDERS[name].desc() if falling else _ORDERS[name].asc()
        for name, falling in asked.order
        if name != "score"
    ]
    count = session.scalar(query.with_only_columns(sa.func.count(Resource.id))) or 0
    found = []
    if asked.rows and asked.start < count:
        window = query.order_by(*order, Resource.key).limit(asked.rows).offset(asked.start)
        for one in session.execute(window):
            loaded = schemas.loads(one.document)
            document = loaded if isinstance(loaded, dict) else {}
            found.append(ckan.package(document, _row(one, address).about))
    return Answer(count, found)


def _readable(actor: Actor, anonymous: str, *, private: bool) -> list[sa.ColumnElement[bool]]:
    public = [] if private else [Version.visibility == "1"]
    return [visible(actor, anonymous), Version.state == "published", *public]


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
    asker = reader(session, actor)
    try:
        total = index.search(Query(text=words, reader=asker, limit=0)).total
        hits = index.search(Query(text=words, reader=asker, limit=total)).hits
    except engine.Unavailable as fault:
        log.warning("search engine does not answer: %s", type(fault).__name__)
        return None
    return {hit.key: place for place, hit in enumerate(hits)}


def _sort(rows: list[_Row], order: Sequence[tuple[str, bool]]) -> None:
    """Sort by the last key first; the id makes every order total, so that pages never overlap."""
    keys: Mapping[str, Callable[[_Row], Any]] = {
        "score": lambda row: -row.rank,
        "id": lambda row: row.about.key,
        "name": lambda row: ckan.slug(row.about),
        "title": lambda row: row.title,
        "title_string": lambda row: row.title,
        "metadata_created": lambda row: row.about.created,
        "metadata_modified": lambda row: row.about.modified,
    }
    rows.sort(key=keys["id"])
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


def _values_of(row: _Row) -> Callable[[str], list[str]]:
    return lambda name: _values(row, name)


def _values(row: _Row, name: str) -> list[str]:
    """The values of a field of a row as texts; none for a field nobody knows."""
    if name in _FACTS:
        return [value for value in _FACTS[name](row) if value]
    document = row.document or {}
    if name in ("groups", "vocab_themes"):
        return [foreign.group_name(code) for code in _texts(document.get("themes"))]
    if name == "num_tags":
        return [str(len(_texts(document.get("keywords"))))]
    if name == "num_resources":
        return [str(len(_texts(document.get("format_types"))))]
    if name == "text":
        held = (row.title, row.about.department_name, row.about.code or "")
        return [" ".join([*held, *_texts(document)])]
    return _of_document(document, name.removeprefix("extras_"))


def _of_document(document: Mapping[str, Any], name: str) -> list[str]:
    name = _RENAMED.get(name, name)
    if name in document and name != "extras":
        return _texts(document[name])
    extras = document.get("extras")
    return [
        text
        for one in (extras if isinstance(extras, list) else ())
        if isinstance(one, Mapping) and one.get("key") == name
        for text in _texts(one.get("value"))
    ]


def _texts(value: object) -> list[str]:
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


def _moment(day: date | None) -> datetime | None:
    return datetime.combine(day, time(), CITY) if day is not None else None


def _text(day: date | None) -> str | None:
    return day.isoformat() if day is not None else None
