"""The dictionary of government terms: what may stand for a word when somebody asks.

Synonyms are applied to questions only, so a new group needs no new index. The groups, each with
its source or reason, are `search/data/synonyms.json`.
"""

import functools
from collections.abc import Iterator
from dataclasses import dataclass

from search import analysis

LONGEST_TERM = 24


@dataclass(frozen=True)
class Term:
    """What a word may be replaced by: `same` in meaning, or only `related`."""

    same: tuple[str, ...] = ()
    related: tuple[str, ...] = ()


@functools.cache
def dictionary() -> dict[str, Term]:
    """Give every term of the dictionary, folded, with what may stand for it."""
    # A single character is asked for, but stands for nothing: 酒 would make 酒店 a kind of 酒类.
    same: dict[str, dict[str, None]] = {}
    related: dict[str, dict[str, None]] = {}
    for group in analysis.table("synonyms")["groups"]:
        terms = [analysis.fold(term) for term in group["terms"]]
        for term in terms:
            others = [other for other in terms if other != term and len(other) > 1]
            same.setdefault(term, {}).update(dict.fromkeys(others))
            wider = [analysis.fold(other) for other in group.get("related", ())]
            related.setdefault(term, {}).update(dict.fromkeys(wider))
    return {term: Term(tuple(same[term]), tuple(related[term])) for term in same}


def segments(plain: str) -> Iterator[tuple[int, int, Term | None]]:
    """Cut a folded question at the longest terms of the dictionary, from left to right.

    Yields start and end, with the term or with None for what lies between.
    """
    at = last = 0
    while at < len(plain):
        end = _longest(plain, at)
        if end is None:
            at += 1
            continue
        if last < at:
            yield last, at, None
        yield at, end, dictionary()[plain[at:end]]
        at = last = end
    if last < len(plain):
        yield last, len(plain), None


def _longest(plain: str, at: int) -> int | None:
    for end in range(min(len(plain), at + LONGEST_TERM), at, -1):
        if plain[at:end] in dictionary() and _stands_alone(plain, at, end):
            return end
    return None


def _stands_alone(plain: str, at: int, end: int) -> bool:
    """Refuse Latin terms inside longer words, and single characters inside longer runs.

    `etc` is no term of `fetch`, and 水 is none of 水泥.
    """
    before, after = plain[at - 1 : at] if at else "", plain[end : end + 1]
    if end - at == 1 and analysis.is_han(plain[at]):
        return not (analysis.is_han(before) or analysis.is_han(after))
    return not (_joins(before, plain[at]) or _joins(plain[end - 1], after))


def _joins(left: str, right: str) -> bool:
    return left.isascii() and right.isascii() and left.isalnum() and right.isalnum()
