"""Finding entries with the words people use: one analyser, one plan, two engines.

`open` gives an `Index`, on tantivy in a directory or on Elasticsearch; both answer the same
question with the same entries in the same order.
"""

from search.answer import DEEPEST, MOST_VALUES
from search.documents import LONGEST_VALUE, ancestry, element, facets, plain, seal, usable, words
from search.highlight import explained, marks, why
from search.opening import open
from search.protocol import (
    Hit,
    Index,
    Outdated,
    Query,
    Reader,
    Result,
    SearchDoc,
    Status,
    Unavailable,
    Why,
)
from search.question import refusals, understood, without

__all__ = [
    "DEEPEST",
    "LONGEST_VALUE",
    "MOST_VALUES",
    "Hit",
    "Index",
    "Outdated",
    "Query",
    "Reader",
    "Result",
    "SearchDoc",
    "Status",
    "Unavailable",
    "Why",
    "ancestry",
    "element",
    "explained",
    "facets",
    "marks",
    "open",
    "plain",
    "refusals",
    "seal",
    "understood",
    "usable",
    "why",
    "without",
    "words",
]
