"""Words in the fields of a question, asked of the index: which entries hold them, by number.

A value holds where every token of it stands in the field: a stretch of Chinese as it is, other
words whole, as the fields of CKAN's own engine are read. No document is read for it, and what it
costs does not grow with the catalogue but with what is found. As with words without a field, a
change counts when the index has it.
"""

import json
import logging
from collections.abc import Callable, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement

import search as engine
from registry.discovery.fielded import Every, Node, Not, Some, Term
from registry.models.catalogue import Resource
from search import Index, Unavailable
from search.plan import AllOf, AnyOf, NoneOf
from search.plan import Node as Tree

log = logging.getLogger(__name__)

Condition = sa.ColumnElement[bool]
# A part of a question that is all words → whether it holds; None where no engine answers.
Words = Callable[[Node], Condition | None]

# Field of a question → field of the index.
FIELDS = {
    "text": "all",
    "title": "title",
    "title_ngram": "title",
    "res_name": "title",
    "notes": "abstract",
    "abstract": "abstract",
    "extras_abstract": "abstract",
}


def is_worded(node: Node) -> bool:
    """Whether a part of a question asks for words alone."""
    match node:
        case Term(field):
            return field in FIELDS
        case Not(part):
            return is_worded(part)
        case Every(parts) | Some(parts):
            return bool(parts) and all(map(is_worded, parts))
        case _:
            return False


def asked(index: Index | None) -> Words:
    """How parts of one question are put to this index; each is asked once."""
    held: dict[Node, Condition | None] = {}

    def holds(node: Node) -> Condition | None:
        if node not in held:
            held[node] = holding(index, _tree(node))
        return held[node]

    return holds


def holding(index: Index | None, tree: Tree) -> Condition | None:
    """Whether a tree holds of an entry; None where no engine answers."""
    if index is None:
        return None
    try:
        found = index.holding(tree)
    except Unavailable as fault:
        log.warning("search engine does not answer: %s", type(fault).__name__)
        return None
    return among(found)


def among(numbers: Sequence[int]) -> Condition:
    """Whether an entry is one of these."""
    return listed(Resource.id, numbers)


def listed(column: Any, numbers: Sequence[int]) -> Condition:
    """Whether a column is one of these numbers: one parameter, however many there are."""
    if not numbers:
        return sa.false()
    return column.op("IN", is_comparison=True)(  # type: ignore[no-any-return]
        _Listed(sa.literal(json.dumps(list(numbers))))
    )


def _tree(node: Node) -> Tree:
    match node:
        case Term(field, value, prefix):
            return engine.words(FIELDS[field], value, begins=prefix)
        case Not(part):
            return NoneOf((_tree(part),))
        case Every(parts):
            return AllOf(tuple(map(_tree, parts)))
        case Some(parts):
            return AnyOf(tuple(map(_tree, parts)))
    raise ValueError(f"no words: {node!r}")


class _Listed(FunctionElement[Any]):
    """The numbers of a list that is written as JSON."""

    name = "listed"
    inherit_cache = True


@compiles(_Listed, "sqlite")
def _on_sqlite(element: _Listed, compiler: Any, **given: Any) -> str:
    text = compiler.process(element.clauses, **given)
    return f"(SELECT value FROM json_each({text}))"  # noqa: S608 - a parameter's own mark


@compiles(_Listed, "postgresql")
def _on_postgresql(element: _Listed, compiler: Any, **given: Any) -> str:
    text = compiler.process(element.clauses, **given)
    # Of an array the planner knows how long it is; it takes a JSON list for a hundred, and would
    # look each of twenty thousand up by itself.
    numbers = f"unnest(CAST(translate({text}, '[]', '{{}}') AS bigint[]))"
    return f"(SELECT one FROM {numbers} one)"  # noqa: S608 - as above
