"""What the two engines promise, and the values that go in and come out."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from search.plan import Node
from search.synonyms import Lexicon


class Unavailable(Exception):
    """The engine does not answer; the caller may ask the database instead."""


class Outdated(Unavailable):
    """The index was built by another analyser and must be rebuilt before it is asked."""


@dataclass(frozen=True)
class SearchDoc:
    """One live version as it enters the index.

    `number` is that of its row; by it the database knows what `Index.holding` found.
    `turn` grows with every change of an entry and never falls back: an older turn is ignored.
    The envelope holds `code`, `department_name`, `level`, `published_on`, `updated_at`, `opened`,
    `marks` (codes of the list mark), `units` (codes of the department and of those above it) and
    `shown_to` (department codes that may see an entry of visibility 2).
    """

    key: str
    visibility: str
    department: str
    turn: int
    document: Mapping[str, object]
    envelope: Mapping[str, object] = field(default_factory=dict)
    number: int = 0


@dataclass(frozen=True)
class Reader:
    """Who asks. The engines turn it into the filter of what may be seen; no caller has to."""

    everything: bool = False
    departments: frozenset[str] = frozenset()
    signed_in: bool = True


@dataclass(frozen=True)
class Query:
    """A question: any text at all, filters by facet, and the page wanted.

    `lexicon` is the dictionary it is read with; None for the one delivered. `public` leaves out
    what not every reader with a name may see. Without `weaker` no weaker matches are looked for.
    A facet is counted as if nothing had been chosen in it, or with `narrowed` under every filter.
    With `among` only the entries with these keys are looked at.
    """

    text: str = ""
    filters: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    reader: Reader = field(default_factory=lambda: Reader(signed_in=False))
    sort: str = "relevance"
    offset: int = 0
    limit: int = 20
    facets: tuple[str, ...] = ()
    lexicon: Lexicon | None = None
    public: bool = False
    weaker: bool = True
    narrowed: bool = False
    among: tuple[str, ...] = ()


@dataclass(frozen=True)
class Why:
    """Where an entry matched: the field, the words found there, and how they were reached."""

    field: str
    value: str
    reason: str


@dataclass(frozen=True)
class Hit:
    """An entry found; `why` is filled by `search.explained` from the entry itself."""

    key: str
    score: float
    why: tuple[Why, ...] = ()


@dataclass(frozen=True)
class Result:
    """A page of answers.

    `total` counts the entries that hold every part of the question; `related` holds weaker ones,
    on the last page only, and is not counted. Facets count the same entries as `total`. What is
    `spared` no entry at all holds beside the rest: a unit, or what no dictionary knows; it need not
    be held to be counted. `heard` are the words that no entry holds, each with the term that sounds
    like it: entries that hold that are counted.
    """

    hits: tuple[Hit, ...] = ()
    total: int = 0
    facets: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    related: tuple[Hit, ...] = ()
    spared: tuple[str, ...] = ()
    heard: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Status:
    """What an index is: engine, name, number of entries, and whether its analyser is ours."""

    engine: str
    name: str
    entries: int
    analyser: str
    is_current: bool


class Index(Protocol):
    """The one interface of both engines.

    Every method raises `Unavailable` when the engine does not answer.
    """

    def search(self, query: Query) -> Result:
        """Answer a question with what its reader may see."""
        ...

    def holding(self, node: Node) -> Sequence[int]:
        """Give the number of every entry a tree holds of, in no order.

        Nothing is asked of rights here: the caller asks the database about each of these entries,
        and tells nobody how many there were before.
        """
        ...

    def apply(self, upserts: Iterable[SearchDoc], deletes: Iterable[str]) -> None:
        """Take changes over; they are visible when this returns."""
        ...

    def tidy(self) -> None:
        """Keep the order of answers that of a fresh index, however much was changed; in idle time.

        Cheap where nothing is to be done; what is to be done may end after this returns.
        """
        ...

    def rebuild(self, docs: Iterable[SearchDoc]) -> None:
        """Build a new index beside the old one and swap it in at once."""
        ...

    def status(self) -> Status:
        """Tell what the index is."""
        ...

    def versions(self) -> Iterable[tuple[str, int]]:
        """Give key and turn of every entry, in the order of the keys."""
        ...

    def seals(self) -> Iterable[tuple[str, int]]:
        """Give key and seal (`search.seal`) of every entry, in the order of the keys."""
        ...

    def close(self) -> None:
        """Let go of files and connections."""
        ...


def latest(docs: Iterable[SearchDoc]) -> list[SearchDoc]:
    """Keep one document per entry, that of the highest turn and of these the last."""
    kept: dict[str, SearchDoc] = {}
    for doc in docs:
        if doc.key not in kept or doc.turn >= kept[doc.key].turn:
            kept[doc.key] = doc
    return list(kept.values())
