"""What a person typed, split into the parts that carry meaning.

Terms of the dictionary are matched first, then words that ask are taken out of what is left; so
的士 keeps its 的, and 「哪里可以办结婚证」 is a question about 结婚证.
"""

import functools
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace

from search import analysis, synonyms

LONGEST_TEXT = 256
MOST_CLAUSES = 32


@dataclass(frozen=True)
class Part:
    """A stretch of a question and what else may stand for it.

    `variants` mean the same and count like it, `related` only score. An entry need not hold a part
    that is not required. `touches` says that nothing stood between this part and the one before.
    """

    text: str
    variants: tuple[str, ...] = ()
    related: tuple[str, ...] = ()
    is_required: bool = True
    touches: bool = False

    @property
    def is_han(self) -> bool:
        """Tell whether the part is written in Chinese characters only."""
        return all(is_han for _, is_han in analysis.pieces(self.text))

    @property
    def clauses(self) -> int:
        """Tell how many tokens looked up the part costs."""
        return sum(max(1, len(run) - 1) if han else 1 for run, han in analysis.pieces(self.text))


@functools.lru_cache(maxsize=2_048)
def parts(text: str) -> tuple[Part, ...]:
    """Split a question; total over any string, at most 256 characters and 32 clauses of it."""
    plain = _BETWEEN.sub(" ", analysis.fold(text[:LONGEST_TEXT]))
    found = tuple(_capped(_parts(plain, _meaning)) or _capped(_parts(plain, _runs)))
    if any(part.is_required for part in found):
        return found
    return tuple(replace(part, is_required=True) for part in found)


def stretches(found: Iterable[Part]) -> list[str]:
    """Join the parts that touch, so that bigrams across their borders are seen."""
    joined: list[str] = []
    for part in found:
        if part.touches and joined:
            joined[-1] += part.text
        else:
            joined.append(part.text)
    return joined


Piece = tuple[int, int, bool]
"""Start, end, and whether an entry must hold it."""


def _parts(plain: str, cut: Callable[[str, int, int], Iterator[Piece]]) -> Iterator[Part]:
    last = -1
    for start, end, term in synonyms.segments(plain):
        if term is not None:
            yield Part(plain[start:end], term.same, term.related, touches=start == last)
            last = end
            continue
        for at, to, is_required in cut(plain, start, end):
            yield Part(plain[at:to], is_required=is_required, touches=at == last)
            last = to


def _meaning(plain: str, start: int, end: int) -> Iterator[Piece]:
    """Take question words out of a stretch outside the dictionary, and set weak words apart."""
    for word in _markers().finditer(plain, start, end):
        yield from _runs(plain, start, word.start())
        if word.lastgroup == "weak":
            yield word.start(), word.end(), False
        start = word.end()
    yield from _runs(plain, start, end)


def _runs(plain: str, start: int, end: int) -> Iterator[Piece]:
    for run in analysis.RUNS.finditer(plain, start, end):
        yield run.start(), run.end(), True


def _capped(found: Iterable[Part]) -> list[Part]:
    """Keep the first parts that fit into the clauses a question may have."""
    kept: list[Part] = []
    left = MOST_CLAUSES
    for part in found:
        if left <= 0:
            break
        # A long run is cut, not dropped; a term of the dictionary is short and stays whole.
        kept.append(part if part.variants else replace(part, text=part.text[: left + 1]))
        left -= part.clauses
    return kept


_BETWEEN = re.compile(rf"[^\w{analysis.HAN}]+|_+")


@functools.cache
def _markers() -> re.Pattern[str]:
    words = analysis.table("questions")
    asking, weak = (_alternatives(words[kind]) for kind in ("words", "weak"))
    return re.compile(f"(?P<question>{asking})|(?P<weak>{weak})")


def _alternatives(words: Iterable[str]) -> str:
    longest_first = sorted(words, key=lambda word: (-len(word), word))
    return "|".join(
        rf"(?<![a-z0-9]){word}(?![a-z0-9])" if word.isascii() else re.escape(word)
        for word in longest_first
    )
