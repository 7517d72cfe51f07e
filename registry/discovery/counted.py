"""Questions of programs that the index answers alone: count, facets, and the page by score.

The database answers every question, but at a cost that grows with the hits. The index is asked
only where it says the same: every filter and facet stands in it as it
stands in the document, and no value was cut off that could be among those wanted. Where a few
entries wait, as after every act, what it says of them is taken away and what the database says of
them is added: the whole is counted by neither.
"""

import logging
from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace

from sqlalchemy.orm import Session

import search as engine
from connectors import foreign
from registry import outbox
from registry.access import Actor
from registry.discovery.asked import Asked, Keys
from registry.discovery.dictionary import lexicon
from registry.discovery.fielded import Every, Node, Some, Term
from registry.discovery.readers import reader
from registry.unchanged import until_next_act
from search import Index, Query, Unavailable

log = logging.getLogger(__name__)

# Fields of a question that stand in the index letter by letter, and their facet there.
_FACETS: Mapping[str, str] = {
    "organization": "department",
    "department_code": "department",
    "groups": engine.plain("themes"),
    "vocab_themes": engine.plain("themes"),
    "tags": engine.plain("keywords"),
    "keywords": engine.plain("keywords"),
    "res_format": engine.plain("format_types"),
    "format_types": engine.plain("format_types"),
    "level": "level",
    "extras_level": "level",
}
GROUPS = frozenset({"groups", "vocab_themes"})
CONSTANT: Mapping[str, str] = {"state": "active", "dataset_type": "dataset", "type": "dataset"}
_BY_SCORE = (("score", True), ("metadata_modified", True))


@dataclass
class _Filters:
    """Values by facet: one of them must hold, in every facet.

    `standing` gives the values of a facet that stand in what the reader sees, to find those that
    begin with a text; None where that cannot be told.
    """

    standing: Callable[[str], Collection[str]] | None
    values: dict[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def is_void(self) -> bool:
        """Whether nothing can hold: no value that stands in a facet begins with what is asked."""
        return not all(self.values.values())

    def take(self, node: Node) -> bool:
        """Add what must hold too; False where the index cannot say it."""
        match node:
            case Every(parts):
                return all(self.take(part) for part in parts)
            case Term("*", "", True):
                return True
            case Term(name, value, False) if CONSTANT.get(name) == value:
                return True
            case Term():
                return self._any([node])
            case Some(parts):
                return self._any(parts)
            case _:
                return False

    def _any(self, parts: Sequence[Node]) -> bool:
        names = {_FACETS.get(part.field) if isinstance(part, Term) else None for part in parts}
        if len(names) != 1 or None in names or names <= self.values.keys():
            return False
        name = str(names.pop())
        found = [self._values(name, part) for part in parts if isinstance(part, Term)]
        if None in found:
            return False
        self.values[name] = tuple(dict.fromkeys(value for some in found for value in some or ()))
        return True

    def _values(self, name: str, term: Term) -> Collection[str] | None:
        """The values as the index holds them; None for what it cannot tell."""
        if not 0 < len(term.value) < engine.LONGEST_VALUE:
            return None
        if term.prefix:
            if self.standing is None:
                return None
            standing = self.standing(name)
            # A full list may have been cut off.
            if len(standing) >= engine.MOST_VALUES:
                return None
            spelled = foreign.group_name if term.field in GROUPS else str
            return [value for value in standing if spelled(value).startswith(term.value)]
        if term.field not in GROUPS:
            return [term.value]
        theme = foreign.theme_of(term.value)
        return [theme] if foreign.group_name(theme) == term.value else None


# So many entries that wait are counted one by one; after a large import the database is asked.
MOST_WAITING = 200
# What the database says of the entries with these ids, without a page; None where it cannot.
Fresh = Callable[[Sequence[int]], Keys | None]


def answer(
    session: Session,
    index: Index | None,
    actor: Actor,
    asked: Asked,
    anonymous: str,
    fresh: Fresh = lambda _: None,
) -> Keys | None:
    """Count and facets, and the page where it goes by score; None where the database must say.

    Without words the page is not the index's: its order is that of the database.
    """
    if (
        index is None
        or not (actor.signed_in or anonymous == "open")
        or asked.private
        or any(name not in _FACETS for name in asked.facets)
        or (asked.words.strip() and not _is_by_score(asked))
    ):
        return None
    try:
        if _knows_all(session):
            return _told(session, index, actor, asked)
        return None if asked.words.strip() else _mended(session, index, actor, asked, fresh)
    except Unavailable as fault:
        log.warning("search engine does not answer: %s", type(fault).__name__)
        return None


def _mended(
    session: Session, index: Index, actor: Actor, asked: Asked, fresh: Fresh
) -> Keys | None:
    waiting = outbox.waiting(session, MOST_WAITING + 1)
    added = fresh([id_ for id_, _ in waiting]) if len(waiting) <= MOST_WAITING else None
    keys = tuple(key for _, key in waiting)
    if added is None or not keys:
        return None
    # No value may be cut off at all: one of those that wait may bring it among those wanted.
    whole = replace(asked, most=None)
    before = _told(session, index, actor, whole, keys)
    found = _told(session, index, actor, whole, ())
    # The index may learn of some between two questions.
    if before is None or found is None or before != _told(session, index, actor, whole, keys):
        return None
    count = found.count - before.count + added.count
    facets = {}
    for name, values in found.facets.items():
        mended = Counter(values)
        mended.subtract(before.facets[name])
        mended.update(added.facets[name])
        facets[name] = +mended
    return Keys(count, (), facets)


def _knows_all(session: Session) -> bool:
    """Whether nothing waits for the index: that begins with an act, and ends by itself."""
    return until_next_act(session, "index", lambda: outbox.is_empty(session), bool)


def _told(
    session: Session,
    index: Index,
    actor: Actor,
    asked: Asked,
    among: tuple[str, ...] | None = None,
) -> Keys | None:
    """What the index says; `among` where it does not know all: of these, or with () of all."""
    seen = Query(
        reader=reader(session, actor), limit=1, public=True, weaker=False, among=among or ()
    )

    def standing(name: str) -> Collection[str]:
        return index.search(replace(seen, facets=(name,))).facets[name]

    filters = _Filters(standing if among is None else None)
    if not all(filters.take(node) for node in asked.filters):
        return None
    if filters.is_void:
        return Keys(0, (), {name: Counter() for name in asked.facets})
    worded = bool(asked.words.strip())
    query = replace(
        seen,
        text=asked.words,
        filters=filters.values,
        # Without words the page is not asked of the index, which would fetch all before it too.
        offset=asked.start if worded else 0,
        # An engine that is asked for no hit at all counts none.
        limit=max(1, asked.rows if worded else 0),
        facets=tuple(dict.fromkeys(_FACETS[name] for name in asked.facets)),
        lexicon=lexicon(session),
        narrowed=True,
    )
    found = index.search(query)
    facets = {name: _named(name, found.facets.get(_FACETS[name], {})) for name in asked.facets}
    if any(not _is_whole(values, asked.most) for values in facets.values()):
        return None
    return Keys(found.total, [hit.key for hit in found.hits[: asked.rows]], facets)


def _is_by_score(asked: Asked) -> bool:
    order = tuple(asked.order)
    return order == _BY_SCORE[: len(order)] and asked.start + asked.rows <= engine.DEEPEST


def _named(name: str, values: Mapping[str, int]) -> Counter[str]:
    if name not in GROUPS:
        return Counter(values)
    return Counter({foreign.group_name(theme): number for theme, number in values.items()})


def _is_whole(values: Counter[str], most: int | None) -> bool:
    """Whether no value was cut off by the index that could be among those wanted."""
    if len(values) < engine.MOST_VALUES:
        return True
    if most is None or most >= len(values):
        return False
    numbers = sorted(values.values(), reverse=True)
    return most == 0 or numbers[most - 1] > numbers[-1]
