"""How titles sound: pairs of syllables and initials.

Typed pinyin, initials and homophones find titles through two small fields. Reading Chinese is by
far the dearest step of analysis (fifty times a bigram), so it is done for titles and questions
only, and each run is read once.
"""

import functools
import itertools
from collections.abc import Iterator, Sequence

from search.analysis import pieces, table
from search.pronunciation import read

LONGEST_INITIALS = 6
_LONGEST_SYLLABLE = 6
_MOST_READINGS = 4


@functools.cache
def syllables() -> frozenset[str]:
    """Give every syllable as typed without tones, ü as v."""
    return frozenset(" ".join(table("syllables")["syllables"]).split())


def said(han: str) -> tuple[str, ...]:
    """Read a run of Chinese characters as most people say it, and type it: 献血 is `xianxue`."""
    otherwise = table("syllables")["said"]
    return tuple(otherwise.get(one, sound) for one, sound in zip(han, read(han), strict=True))


def pairs(sounds: Sequence[str]) -> list[str]:
    """Join neighbouring syllables to one token each."""
    return [f"{left}'{right}" for left, right in itertools.pairwise(sounds)]


def title_pairs(title: str) -> list[str]:
    """Give the pairs of syllables of a title."""
    return [pair for han in _han(title) for pair in pairs(read(han))]


def title_initials(title: str) -> list[str]:
    """Give the initials of every two to six neighbouring characters of a title."""
    found: list[str] = []
    for han in _han(title):
        found.extend(initials("".join(sound[:1] for sound in read(han))))
    return found


def initials(letters: str) -> list[str]:
    """Give every stretch of two to six letters."""
    return [
        letters[at : at + size]
        for size in range(2, LONGEST_INITIALS + 1)
        for at in range(len(letters) - size + 1)
    ]


@functools.lru_cache(maxsize=4_096)
def spelled(word: str) -> tuple[tuple[str, ...], ...]:
    """Give the shortest ways to read a typed word as pinyin: `xian` is 先 before it is 西安.

    Empty when it is no pinyin. At most four readings, all with the same number of syllables.
    """
    best: list[list[tuple[str, ...]]] = [[()]]
    for end in range(1, len(word) + 1):
        ways = [
            (*way, word[start:end])
            for start in range(max(0, end - _LONGEST_SYLLABLE), end)
            if word[start:end] in syllables()
            for way in best[start]
        ]
        fewest = min((len(way) for way in ways), default=0)
        best.append([way for way in ways if len(way) == fewest][:_MOST_READINGS])
    return tuple(best[-1]) if word else ()


def _han(text: str) -> Iterator[str]:
    return (piece for piece, is_han in pieces(text) if is_han)
