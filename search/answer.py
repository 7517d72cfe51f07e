"""Answering a question on any engine: rights, filters, facets, order and the honest count.

Whatever does not depend on the engine stands here once, so both give the same answer. The filter
of what a reader may see is added here to every request, hits and facets and counts alike.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Protocol

from search import documents
from search.plan import AnyOf, Node, Plan, Term, plan
from search.protocol import Hit, Query, Result

DEEPEST = 10_000
"""How far one can page; both engines keep that many hits in memory at the most."""

MOST_VALUES = 1_000
"""How many values of a facet are counted, the most frequent ones."""

SORTS = {"relevance": "score", "updated": "order", "published": "published"}
_MARGIN = 30
_WIDEST_TIE = 2_000


@dataclass(frozen=True)
class Request:
    """One question in the terms of an engine: what scores, what must hold, what must not.

    `sort` is "score" or the name of a number to sort by, largest first.
    """

    scored: Node | None
    required: tuple[Node, ...] = ()
    refused: Node | None = None
    size: int = 0
    sort: str = "score"
    facets: tuple[str, ...] = ()


class Placed(Protocol):
    """An entry an engine found; its key may be looked up when it is first asked for."""

    @property
    def key(self) -> str:
        """The key of the entry."""
        ...

    @property
    def score(self) -> float:
        """The score; 0 where the order is another."""
        ...

    @property
    def order(self) -> int:
        """What breaks ties of the score, largest first."""
        ...


@dataclass(frozen=True)
class Candidate:
    """An entry an engine found with its key; `order` breaks ties of the score."""

    key: str
    score: float
    order: int


@dataclass(frozen=True)
class Found:
    """What an engine answers to one request."""

    candidates: Sequence[Placed] = ()
    total: int = 0
    facets: Mapping[str, Mapping[str, int]] = field(default_factory=dict)


class Engine(Protocol):
    """The part of an index that differs from engine to engine."""

    def ask(self, requests: tuple[Request, ...]) -> tuple[Found, ...]:
        """Answer requests on one state of the index."""
        ...


def answer(engine: Engine, query: Query) -> Result:
    """Answer a question; total over any text, refusing only filters and sorts that do not exist."""
    made = plan(query.text, query.lexicon)
    result = _answered(engine, query, made)
    if result.total or not made.instead or _is_held(engine, query, made):
        return result
    for less in made.instead:
        found = _answered(engine, query, replace(made, full=less.full))
        result = replace(found, spared=less.spared, heard=less.heard)
        if result.total:
            break
    return result


def _is_held(engine: Engine, query: Query, made: Plan) -> bool:
    """Tell whether any entry this reader may see holds all of a question, whatever is chosen."""
    # Asked for no hit, an engine need not count any.
    found = engine.ask((_Asked(replace(query, filters={}, facets=()), made).hits(1),))
    return found[0].total > 0


def _answered(engine: Engine, query: Query, made: Plan) -> Result:
    asked = _Asked(query, made)
    if asked.is_empty:
        return Result(facets={name: {} for name in query.facets})
    first = asked.hits(asked.window)
    others = tuple(asked.counts(name) for name in query.facets if name not in first.facets)
    found, *counted = engine.ask((first, *others))
    facets = {name: values for one in (found, *counted) for name, values in one.facets.items()}
    page = _settled(engine, first, found, asked.start, asked.end)
    related = asked.related(found.total, len(page))
    return Result(
        tuple(_hit(one) for one in page),
        found.total,
        {name: facets.get(name, {}) for name in query.facets},
        _weaker(engine, related) if related is not None else (),
    )


class _Asked:
    """A question with its rights and filters, ready to be put in several ways."""

    def __init__(self, query: Query, made: Plan) -> None:
        self._plan = made
        self._query = query
        self._sort = _sort(query, has_text=self._plan.scored is not None)
        self._rights = _rights(query)
        self._filters = {
            name: _filter(name, values) for name, values in query.filters.items() if values
        }
        self.start = min(max(query.offset, 0), DEEPEST)
        self.end = min(self.start + max(query.limit, 0), DEEPEST)
        self.window = min(self.end + _MARGIN, DEEPEST) if self._sort == "score" else self.end
        self.is_empty = bool(query.text.strip()) and self._plan.scored is None

    def hits(self, size: int) -> Request:
        asked, chosen = self._query.facets, self._query.filters
        under = tuple(name for name in asked if self._query.narrowed or not chosen.get(name))
        return Request(self._plan.scored, self._required(), None, size, self._sort, under)

    def counts(self, name: str) -> Request:
        """Count the values of a facet as if nothing had been chosen in it."""
        return Request(self._plan.scored, self._required(without=name), facets=(name,))

    def related(self, total: int, shown: int) -> Request | None:
        """Ask for weaker matches where the full ones end; None where they do not, or cannot."""
        missing = self.end - self.start - shown if self._query.weaker else 0
        if self._plan.full is None or self.end < total or self.start > total or missing <= 0:
            return None
        required = (*self._rights, *self._filters.values())
        refused: Node = self._plan.full
        if self._plan.refused is not None:
            refused = AnyOf((refused, self._plan.refused))
        return Request(self._plan.scored, required, refused, missing)

    def _required(self, without: str = "") -> tuple[Node, ...]:
        full = (self._plan.full,) if self._plan.full is not None else ()
        chosen = (node for name, node in self._filters.items() if name != without)
        return (*self._rights, *full, *chosen)


def _sort(query: Query, has_text: bool) -> str:
    if query.sort not in SORTS:
        raise ValueError(f"no order {query.sort!r}")
    # Without a question nothing is more relevant than anything else: the newest come first.
    return SORTS[query.sort] if has_text or query.sort != "relevance" else SORTS["updated"]


def _rights(query: Query) -> tuple[Node, ...]:
    marks = documents.rights(query.reader)
    public = (Term("readers", "all"),) if query.public else ()
    among = (_any("key", query.among),) if query.among else ()
    seen = (*public, *among)
    return seen if marks is None else (_any("readers", marks), *seen)


def _filter(name: str, values: Iterable[str]) -> Node:
    if name not in documents.countable():
        raise ValueError(f"no facet {name!r}")
    return _any(name, documents.usable(values))


def _any(name: str, values: Iterable[str]) -> Node:
    return AnyOf(tuple(Term(name, value) for value in values))


def _settled(
    engine: Engine, request: Request, found: Found, start: int, end: int
) -> Sequence[Placed]:
    """Bring the candidates of a page into the order of the house: score, then newest, then key.

    Engines break ties by internal numbers. As long as the last place of the page is tied with the
    last candidate at hand, more are fetched, so that no tie is cut.
    """
    given = found.candidates
    if request.sort != "score":
        return given[start:end]
    size = request.size
    while end and end < found.total and len(given) == size < min(_WIDEST_TIE, DEEPEST):
        if _rounded(given[-1]) != _rounded(given[end - 1]):
            break
        size = min(size * 4, _WIDEST_TIE)
        given = engine.ask((replace(request, size=size, facets=()),))[0].candidates
    first, past = _tied(given, start, end)
    return _ranked(given[first:past])[start - first : end - first]


def _tied(given: Sequence[Placed], start: int, end: int) -> tuple[int, int]:
    """Where the ties begin and end that lie on a page: an engine gives the best scores first.

    What lies outside does not change it, and deep down that is a hundred times as much.
    """
    first, past = min(start, len(given)), min(end, len(given))
    while 0 < first < past and _rounded(given[first - 1]) == _rounded(given[first]):
        first -= 1
    while first < past < len(given) and _rounded(given[past]) == _rounded(given[past - 1]):
        past += 1
    return first, past


def _rounded(one: Placed) -> float:
    return round(one.score, 3)


def _ranked(candidates: Iterable[Placed]) -> list[Placed]:
    """Sort by score and order; the key is looked up only where both are the same."""
    ranked = sorted(candidates, key=lambda one: (-_rounded(one), -one.order))
    places = [(_rounded(one), one.order) for one in ranked]
    start = 0
    for place in range(1, len(ranked) + 1):
        if place == len(ranked) or places[place] != places[start]:
            if place - start > 1:
                ranked[start:place] = sorted(ranked[start:place], key=lambda one: one.key)
            start = place
    return ranked


def _weaker(engine: Engine, request: Request) -> tuple[Hit, ...]:
    wide = replace(request, size=min(request.size + _MARGIN, DEEPEST))
    ranked = _settled(engine, wide, engine.ask((wide,))[0], 0, request.size)
    return tuple(_hit(one) for one in ranked)


def _hit(one: Placed) -> Hit:
    return Hit(one.key, _rounded(one))
