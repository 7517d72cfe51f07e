"""Finding entries: the query and the rights of the reader; the index kept in step.

The index answers with keys; what is shown is read from the database in one query, with the
rights of the reader applied again. Where the engine does not answer, the database does.
"""

from registry.discovery.breaker import GuardedIndex, guarded
from registry.discovery.cleansing import WIPED, cleanse, listed, pack
from registry.discovery.indexing import Drift, drain, is_opened, open_index, rebuild, verify
from registry.discovery.query import (
    FACETS,
    FILTERS,
    FIRST,
    PAGE,
    SORTS,
    Answer,
    Exported,
    Found,
    exported,
    newest,
    search,
)
from registry.discovery.suggestions import Holder, Way, holders, titles, ways

__all__ = [
    "FACETS",
    "FILTERS",
    "FIRST",
    "PAGE",
    "SORTS",
    "WIPED",
    "Answer",
    "Drift",
    "Exported",
    "Found",
    "GuardedIndex",
    "Holder",
    "Way",
    "cleanse",
    "drain",
    "exported",
    "guarded",
    "holders",
    "is_opened",
    "listed",
    "newest",
    "open_index",
    "pack",
    "rebuild",
    "search",
    "titles",
    "verify",
    "ways",
]
