"""What was probably meant by a question in which a character is wrong.

What is typed wrongly sounds like what was meant, or nearly so, and the rest of the question stays:
nothing is suggested that would leave half a word behind.
"""

import functools
import itertools
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from search import analysis, pronunciation, question
from search.part import Part
from search.synonyms import Lexicon, delivered

SHORTEST = 2
# No more are looked at than these.
_MOST = 16
# Of two that are left with as many odd characters: what sounds alike in a title, a term that does,
# one that nearly does; then what only looks alike, the fewer characters differ the better.
_TITLE, _TERM, _SLURRED = -100, -50, -25


@dataclass(frozen=True, order=True)
class _Guess:
    rank: int
    own: str
    other: str


def meant(text: str, near: Iterable[str], lexicon: Lexicon | None = None) -> str | None:
    """What was probably meant by a text with one wrong character in four, None for no idea.

    `near` are titles that come closest to it: what stands in one comes before a term of the
    dictionary, for a title may never use the word that was typed wrongly. What the dictionary
    knows was typed rightly.
    """
    words = lexicon or delivered()
    plain = analysis.fold(text)
    titles = [run for title in near for run, is_han in analysis.pieces(title) if is_han]
    before = _odd(plain, lexicon)
    best: tuple[int, int, str] | None = None
    parts = question.parts(text, lexicon)
    guesses = {*_guesses(parts, titles, words), *_begun(plain, parts, words)}
    for guess in sorted(guesses)[:_MOST]:
        made = plain.replace(guess.own, guess.other, 1)
        odd = _odd(made, lexicon)
        is_whole = odd < before or not odd
        if made != plain and is_whole and (best is None or (len(odd), guess.rank) < best[:2]):
            best = len(odd), guess.rank, made
    return best and best[2]


def _odd(text: str, lexicon: Lexicon | None) -> set[str]:
    """The single characters left over in a question: each is half a word."""
    parts = question.parts(text, lexicon)
    return {one.text for one in parts if one.is_lone and one.is_required}


def _guesses(parts: Sequence[Part], titles: Sequence[str], words: Lexicon) -> Iterator[_Guess]:
    for part in parts:
        if _is_doubtful(part):
            yield from _in_titles(part.text, titles)
    for run in _runs(parts):
        text = "".join(part.text for part in run)
        yield from _in_titles(text, titles, by_sound_alone=True)
        yield from _terms(text, _known(run), words)


def _begun(plain: str, parts: Sequence[Part], words: Lexicon) -> Iterator[_Guess]:
    """Terms that begin with a word that asks, where the rest is unknown: 不动惨 is 不动产."""
    for part in parts:
        before = plain.partition(part.text)[0][-1:]
        if before in _asking() and part.is_han and not part.is_term:
            for guess in _terms(before + part.text, (), words):
                if guess.own[0] == guess.other[0] == before:
                    yield guess


def _is_doubtful(part: Part) -> bool:
    """Whether a part was perhaps typed wrongly."""
    return part.is_required and part.is_han and not part.is_term and len(part.text) >= SHORTEST


def _runs(parts: Sequence[Part]) -> Iterator[list[Part]]:
    """Parts that touch and of which one is unknown: 劳动 and 争意 are typed for 劳动争议."""
    run: list[Part] = []
    for part in (*parts, None):
        if run and (part is None or part.is_told or not part.touches):
            if any(part.is_han and not part.is_term for part in run):
                yield run
            run = []
        if part is not None and part.is_han and not part.is_told:
            run.append(part)


def _known(run: Sequence[Part]) -> list[tuple[int, int]]:
    """Where in a run terms of the dictionary stand."""
    ends = list(itertools.accumulate(len(part.text) for part in run))
    return [
        (end - len(part.text), end) for part, end in zip(run, ends, strict=True) if part.is_term
    ]


def _in_titles(
    text: str, titles: Iterable[str], *, by_sound_alone: bool = False
) -> Iterator[_Guess]:
    """Stretches of titles that sound like a text, or differ from it in one character of three."""
    size = len(text)
    sound = pronunciation.read(text)
    for title in dict.fromkeys(titles):
        for stretch in (title[at : at + size] for at in range(len(title) - size + 1)):
            wrong = sum(a != b for a, b in zip(stretch, text, strict=True))
            if wrong and pronunciation.read(stretch) == sound:
                yield _Guess(_TITLE + wrong, text, stretch)
            elif 0 < wrong <= size // 3 and size > SHORTEST and not by_sound_alone:
                yield _Guess(wrong, text, stretch)


def _terms(text: str, known: Sequence[tuple[int, int]], words: Lexicon) -> Iterator[_Guess]:
    """Stretches with something unknown in them, and the terms that sound like them."""
    for size in range(len(text), SHORTEST - 1, -1):
        for at in range(len(text) - size + 1):
            own = text[at : at + size]
            is_known = any(start <= at and at + size <= end for start, end in known)
            if is_known or own in words.terms:
                continue
            for rank, sounds in ((_TERM, _sound(own)), (_SLURRED, _slurred(_sound(own)))):
                for term in _by_sound(words).get(sounds, ()):
                    # 「谁没交」 asks who; that 税没交 sounds the same is chance.
                    if own[0] in _asking() and own[0] != term[0]:
                        continue
                    # What sounds only nearly alike shares a character with it: 食平 is 食品.
                    if rank == _TERM or any(a == b for a, b in zip(own, term, strict=True)):
                        yield _Guess(rank - size, own, term)


@functools.lru_cache(maxsize=8)
def _by_sound(lexicon: Lexicon) -> Mapping[str, tuple[str, ...]]:
    """The terms by how they sound, and by how they nearly do."""
    found: dict[str, tuple[str, ...]] = {}
    for term in lexicon.terms:
        if len(term) >= SHORTEST and all(map(analysis.is_han, term)):
            sound = _sound(term)
            for one in dict.fromkeys((sound, _slurred(sound))):
                found[one] = (*found.get(one, ()), term)
    return found


@functools.cache
def _asking() -> frozenset[str]:
    return frozenset(analysis.table("questions")["words"])


def _sound(text: str) -> str:
    return " ".join(pronunciation.read(text))


def _slurred(sound: str) -> str:
    """A sound without what many do not tell apart: 惨 and 产, 平 and 品."""
    return re.sub(r"(?<=n)g\b|(?<=\b[zcs])h", "", sound) + "~"
