"""Live entries as a client of CKAN asks for them: words, fielded filters, order, facets, pages.

Rights are part of the query. Documents are read only for the page, or once for all where a filter
or a facet looks into them: the number of queries does not depend on the number of entries.
"""

import logging
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased

import schemas
import search as engine
from connectors import ckan
from connectors.ckan import About
from registry import census
from registry.access import Actor
from registry.catalogue import visible
from registry.catalogue.reading import asking, sight, visible_to_all
from registry.catalogue.reading import counted as counted_of
from registry.discovery import counted, fielded, latest, wording
from registry.discovery.asked import Asked, Keys
from registry.discovery.conditions import NAME, ORDERS, Asking, needed, split
from registry.discovery.dictionary import lexicon
from registry.discovery.facets import counted_among, counted_under, is_counted
from registry.discovery.fielded import Every, Node, Term
from registry.discovery.judging import FACTS, entry_of, sort, values
from registry.discovery.readers import reader
from registry.discovery.rows import (
    KEYS,
    MOST_KEYS,
    QUERY,
    SEEN,
    WHOLES,
    Row,
    moment_of,
    row_of,
    text_of,
)
from registry.discovery.wording import Condition
from registry.models.accounts import Organisation
from registry.models.catalogue import Resource, Version
from registry.models.shown import Census, Shown
from registry.unchanged import until_next_act
from search import Index, Query
from search.plan import plan

log = logging.getLogger(__name__)

# At most this many hits are asked for at once.
MOST_HITS = 1_000
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
    # Somebody without a name sees nothing that is not public, whatever he asks for.
    asked = replace(asked, private=asked.private and actor.signed_in)
    held = None
    # Without words only an order of the database gives the page: for another all are read anyway.
    if worded or _is_ordered(asked):
        held = counted.answer(
            session, index, actor, asked, anonymous, _fresh(session, actor, asked, anonymous)
        )
    if held is not None and worded:
        return held
    asking = Asking(session, wording.asked(index))
    told, filters = split(asked.filters, asking)
    readable = [*_readable(actor, anonymous, private=asked.private), *told]
    ranks: dict[str, int] | None = None
    # Only by score the place among all that hold the words matters.
    among = _holding(session, index, asked.words) if worded and not _scores(asked) else None
    if among is not None:
        readable.append(among)
    elif worded:
        ranks = _ranks(session, index, actor, asked.words)
        if ranks is None:
            filters.append(Every(tuple(Term("text", word) for word in asked.words.split()[:32])))
    if held is not None and not filters:
        return replace(held, keys=_page(asking, actor, asked, anonymous, held.count))
    if filters or not all(is_counted(name) for name in asked.facets):
        return _judged(session, actor, asked, anonymous, readable, filters, ranks)
    if ranks is None:
        return _by_columns(session, asked, readable)
    return _by_ranks(session, asked, readable, ranks)


def _fresh(session: Session, actor: Actor, asked: Asked, anonymous: str) -> counted.Fresh:
    """What the database counts among some entries, where columns and kept values can tell it."""

    def count(ids: Sequence[int]) -> Keys | None:
        # The index knows other words of what waits: a question with words is not told here.
        told, left = split(asked.filters, Asking(session, wording.asked(None)))
        if left or not all(is_counted(name) for name in asked.facets):
            return None
        among = Resource.id.in_(ids)
        conditions = [*_readable(actor, anonymous, private=False), *told, among]
        number = session.scalar(
            KEYS.with_only_columns(sa.func.count(Resource.id)).where(*conditions)
        )
        return Keys(number or 0, (), counted_under(session, asked.facets, conditions))

    return count


def _scores(asked: Asked) -> bool:
    return any(name == "score" for name, _ in asked.order)


def _holding(session: Session, index: Index | None, words: str) -> Condition | None:
    """Whether an entry holds these words; None when no engine answers."""
    if index is None:
        return None
    full = plan(words, lexicon(session)).full
    return sa.false() if full is None else wording.holding(index, full)


def live(
    session: Session, actor: Actor, keys: Sequence[str], anonymous: str, address: str
) -> list[Live]:
    """The entries with these keys that this reader may see, in the order of the keys."""
    if not keys:
        return []
    kind, given = asking(actor, anonymous, b_keys=list(keys))
    rows = session.execute(WHOLES[kind], given)
    found = {row.key: _live(row, address) for row in rows}
    return [found[key] for key in keys if key in found]


def _live(row: Any, address: str) -> Live:
    document = schemas.stored(row.document)
    about = row_of(row, address).about
    return Live(about, document, row.digest or "", row.resource_id, is_open(row))


def is_open(row: Any) -> bool:
    """Whether somebody without a name may see it where the city allows that."""
    return row.open_type in ("1", "2") and row.visibility == "1" and row.share_type in ("1", "2")


def _by_columns(session: Session, asked: Asked, readable: list[Condition]) -> Keys:
    """Without words: the database counts, sorts and cuts the page."""
    query = KEYS.where(*readable)
    count = session.scalar(query.with_only_columns(sa.func.count(Resource.id))) or 0
    facets = counted_under(session, asked.facets, readable)
    if not asked.rows or asked.start >= count:
        return Keys(count, (), facets)
    if _is_ordered(asked):
        return Keys(count, _window(session, asked, readable), facets)
    rows = [row_of(one, "") for one in session.execute(QUERY.where(*readable))]
    return Keys(count, _cut(rows, asked), facets)


def _is_ordered(asked: Asked) -> bool:
    """Whether the database can bring the page into the order asked for."""
    return all(name in ORDERS for name, _ in asked.order if name != "score")


# Looking at one entry after another costs a sixth of finding one among those that hold a value, in
# a catalogue of a million: so many of them must hold for the newest to be found sooner that way.
_MANY = 170_000


def _page(asking: Asking, actor: Actor, asked: Asked, anonymous: str, count: int) -> Sequence[str]:
    """The keys of the page where columns tell every filter, and how many entries hold is known."""
    if not count or not asked.rows:
        return ()
    walks = bool(asked.filters) and count * count > (asked.start + asked.rows) * _MANY
    session = asking.session
    told, _ = split(asked.filters, replace(asking, one_by_one=walks))
    readable = [*_readable(actor, anonymous, private=asked.private), *told]
    if asked.filters and not walks:
        # Of few, none may be among the last that changed: all are found and sorted, once.
        return _sorted(session, asked, readable)
    if not walks or _ordered(asked) != [_NEWEST]:
        return _window(session, asked, readable)
    query = KEYS.where(*readable).order_by(Shown.at.desc(), Shown.resource_id.desc())
    return session.scalars(query.limit(asked.rows).offset(asked.start)).all()


_NEWEST = ("metadata_modified", True)


def _ordered(asked: Asked) -> list[tuple[str, bool]]:
    """The order without words: nothing scores."""
    return [(name, falling) for name, falling in asked.order if name != "score"]


def _window(session: Session, asked: Asked, readable: list[Condition]) -> Sequence[str]:
    """The keys of the page, what is equal by its number, the newest first."""
    if not asked.rows:
        return ()
    order = _ordered(asked)
    if order == [_NEWEST]:
        newest = latest.keys(session, asked.start + asked.rows, KEYS.where(*readable))
        if newest is not None:
            return newest[asked.start :]
    return _sorted(session, asked, readable)


def _sorted(session: Session, asked: Asked, readable: list[Condition]) -> Sequence[str]:
    order = _ordered(asked)
    by = [ORDERS[name].desc() if falling else ORDERS[name].asc() for name, falling in order]
    query = KEYS.where(*readable).order_by(*by, Resource.id.desc())
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
            SEEN.where(*readable, Resource.key.in_(keys[start : start + MOST_KEYS]))
        )
    ]
    facets = counted_among(session, asked.facets, rows)
    if asked.order and asked.order[0] == ("score", True):
        ranked = sorted((row.key for row in rows), key=lambda key: ranks[key])
        return Keys(len(ranked), ranked[asked.start : asked.start + asked.rows], facets)
    whole = [row_of(row, "") for row in rows]
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
    readable = [*readable, *needed(filters)]
    rows = [row_of(one, "") for one in session.execute(QUERY.where(*readable))]
    if ranks is not None:
        rows = [row for row in rows if row.about.key in ranks]
        for row in rows:
            row.rank = ranks[row.about.key]
    looked_into = {name for node in filters for name in fielded.fields(node)} | set(asked.facets)
    if any(name not in FACTS for name in looked_into):
        _read_documents(session, rows, actor, anonymous)
    holds = fielded.judge(Every(tuple(filters)))
    rows = [row for row in rows if holds(entry_of(row))]
    facets = {
        name: Counter(v for row in rows for v in dict.fromkeys(values(row, name)))
        for name in asked.facets
    }
    return Keys(len(rows), _cut(rows, asked), facets)


def _cut(rows: list[Row], asked: Asked) -> list[str]:
    sort(rows, asked.order)
    return [row.about.key for row in rows[asked.start : asked.start + asked.rows]]


def names(
    session: Session, actor: Actor, anonymous: str, start: int = 0, most: int | None = None
) -> list[str]:
    """The names of the live entries this reader may see, sorted; all, or a part of the list."""
    query = KEYS.with_only_columns(NAME).where(*_readable(actor, anonymous, private=False))
    return list(session.scalars(query.order_by(ORDERS["name"]).offset(start).limit(most)))


def last_change(session: Session, actor: Actor, anonymous: str) -> datetime | None:
    """When what this reader sees last changed."""

    def asked() -> datetime | None:
        readable = KEYS.where(*_readable(actor, anonymous, private=False))
        newest = latest.keys(session, 1, readable)
        if newest is not None:
            readable = readable.where(Resource.key.in_(newest))
        return session.scalar(readable.with_only_columns(sa.func.max(Shown.at)))

    return until_next_act(session, ("last change", sight(actor, anonymous)), asked)


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
    seen = sa.and_(counted_of(actor, anonymous), Census.visibility == "1")
    entries = dict(census.by(session, seen, ["department_id"]))
    units = session.execute(
        sa.select(Organisation.id, Organisation.code).where(Organisation.id.in_(entries))
    )
    return Counter({code: entries[id_] for id_, code in units})


def package(
    resource: Resource, version: Version, document: dict[str, Any], address: str
) -> dict[str, Any]:
    """One entry as a package; a version that is not live is a draft over there."""
    return ckan.package(document, about(resource, version, address))


def about(resource: Resource, version: Version, address: str) -> About:
    """The facts of an entry around one of its versions."""
    unit = resource.department
    return About(
        key=resource.key,
        code=resource.code,
        department_key=unit.key,
        department_code=unit.code,
        department_name=unit.name,
        level=version.level,
        state="active" if version.state == "published" else "draft",
        version=version.number,
        created=moment_of(resource.published_on) or resource.created_at,
        modified=resource.updated_at,
        remediation_due=text_of(resource.remediation_due),
        address=f"{address}/resources/{resource.key}",
    )


def _readable(actor: Actor, anonymous: str, *, private: bool) -> list[Condition]:
    return [(visible if private else visible_to_all)(actor, anonymous)]


def _read_documents(session: Session, rows: Sequence[Row], actor: Actor, anonymous: str) -> None:
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
            held[version_id].document = schemas.stored(text)


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


# what a field of a question is called, and where its values stand --------------------------------
