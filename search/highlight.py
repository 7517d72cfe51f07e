"""Why an entry was found, and which characters of a text to mark.

Both are computed from the text itself with the tokens of the question, not by an engine: the index
stores no text, both engines get the same marks, and nothing older than the entry can be shown.
"""

import functools
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from search import analysis, documents, pinyin, pronunciation, question
from search.protocol import Hit, Result, SearchDoc, Why
from search.synonyms import Lexicon

Mark = tuple[int, int]
_MOST_REASONS = 6
_MOST_PER_FIELD = 3


def marks(text: str, asked: str, lexicon: Lexicon | None = None) -> tuple[Mark, ...]:
    """Give the stretches of `text`, from and to, that hold words of the question `asked`.

    Offsets count characters of `text` as given; stretches are in order and do not touch.
    """
    return tuple(_joined(span for span, _ in _spans(text, wanted(asked, lexicon))))


def explained(
    result: Result,
    asked: str,
    entries: Mapping[str, SearchDoc],
    lexicon: Lexicon | None = None,
) -> Result:
    """Fill in why each hit was found, from the entries read from the database."""
    return replace(
        result,
        hits=tuple(_explained(hit, asked, entries, lexicon) for hit in result.hits),
        related=tuple(_explained(hit, asked, entries, lexicon) for hit in result.related),
    )


def why(asked: str, doc: SearchDoc, lexicon: Lexicon | None = None) -> tuple[Why, ...]:
    """Tell where an entry matches a question: title first, then items, then the rest.

    `field` is the pointer's name ("name", "abstract", "items", "department", ...), `value` the
    text there, `reason` one of "exact", "word", "synonym", "pinyin", "code".
    """
    title = " ".join(documents.texts(doc.document, documents.TITLE))
    words = wanted(asked, lexicon)
    found = list(_title_reasons(asked, title, words))
    for name, texts in _shown(doc):
        matching = [(text, _reason(text, words)) for text in texts]
        reasons = [Why(name, text, reason) for text, reason in matching if reason]
        found.extend(reasons[:_MOST_PER_FIELD])
    return tuple(found[:_MOST_REASONS])


@dataclass(frozen=True)
class Wanted:
    """The words of a question, folded: what was typed, and what stands for it."""

    typed: tuple[str, ...] = ()
    synonyms: tuple[str, ...] = ()
    pairs: frozenset[str] = frozenset()
    initials: tuple[str, ...] = ()
    sounds: frozenset[str] = frozenset()


@functools.lru_cache(maxsize=512)
def wanted(asked: str, lexicon: Lexicon | None = None) -> Wanted:
    """Collect the words to look for; a run outside the dictionary counts by its bigrams."""
    asked_for = question.parts(asked, lexicon)
    parts = [part for part in asked_for if part.is_required and not part.is_told]
    told = [part for part in asked_for if part.is_told]
    # A character a cut left over is no reason: 着 of 睡不着 stands where nobody meant it.
    parts = [part for part in parts if not part.is_lone] or parts
    typed: list[str] = []
    pairs: list[str] = []
    letters: list[str] = []
    sounds: list[str] = []
    for part in parts:
        several = not part.is_han and len(list(analysis.pieces(part.text))) > 1
        for run, is_han in analysis.pieces(part.text):
            if several and len(run) == 1 and not is_han:
                continue
            if is_han and not part.is_term:
                sounds.extend(pinyin.pairs(pronunciation.read(run)))
            typed.extend(analysis.bigrams(run) or [run] if is_han else [run])
            is_sound = not is_han and (part.is_heard or not part.variants)
            readings = pinyin.spelled(run) if is_sound else ()
            pairs.extend(pair for reading in readings for pair in pinyin.pairs(reading))
            if is_sound and not readings and run.isalpha() and len(run) > 1:
                letters.append(run)
    parts += told
    others = [other for part in parts for other in (*part.variants, *part.near, *part.related)]
    return Wanted(tuple(typed), tuple(others), frozenset(pairs), tuple(letters), frozenset(sounds))


def _explained(
    hit: Hit, asked: str, entries: Mapping[str, SearchDoc], lexicon: Lexicon | None
) -> Hit:
    doc = entries.get(hit.key)
    return hit if doc is None else replace(hit, why=why(asked, doc, lexicon))


def _title_reasons(asked: str, title: str, words: Wanted) -> Iterator[Why]:
    if title and analysis.exact(asked) == analysis.exact(title):
        yield Why("name", title, "exact")
    elif reason := _reason(title, words, sounds=True):
        yield Why("name", title, reason)
    elif words.sounds and not words.sounds.isdisjoint(pinyin.title_pairs(title)):
        # 筹检 was typed, and 抽检 is what the title says.
        yield Why("name", title, "pinyin")


def _shown(doc: SearchDoc) -> Iterator[tuple[str, list[str]]]:
    for pointer in documents.text_fields()[1:]:
        found = documents.texts(doc.document, pointer)
        yield pointer.split("/")[1], [documents.content(text) for text in found]
    yield "department", documents.texts(doc.envelope, "/department_name")
    yield "code", documents.texts(doc.envelope, "/code")


def _reason(text: str, words: Wanted, sounds: bool = False) -> str:
    """Give the strongest reason found in a text, "" for none."""
    found = {reason for _, reason in _spans(text, words, sounds)}
    return next((one for one in ("word", "code", "synonym", "pinyin") if one in found), "")


def _spans(text: str, words: Wanted, sounds: bool = True) -> Iterator[tuple[Mark, str]]:
    heard = sounds and (words.pairs or words.initials)
    if not heard and not _holds_any(analysis.fold(text), words):
        return
    for run in analysis.runs(text):
        yield from _found(run, words.typed, "word")
        yield from _found(run, words.synonyms, "synonym")
        if heard and run.is_han:
            yield from _heard(run, words)


def _holds_any(folded: str, words: Wanted) -> bool:
    """Whether a word may stand in a text at all: most texts are not cut into runs to learn it."""
    return any(word in folded for word in words.typed) or any(
        word in folded for word in words.synonyms
    )


def _found(run: analysis.Run, words: Iterable[str], reason: str) -> Iterator[tuple[Mark, str]]:
    for word in words:
        if not run.is_han:
            if run.text == word:
                yield _mark(run, 0, len(word)), reason
            elif analysis.is_code(word) and run.text.startswith(word):
                yield _mark(run, 0, len(word)), "code"
            continue
        at = run.text.find(word)
        while at >= 0:
            yield _mark(run, at, at + len(word)), reason
            at = run.text.find(word, at + 1)


def _heard(run: analysis.Run, words: Wanted) -> Iterator[tuple[Mark, str]]:
    sounds = pronunciation.read(run.text)
    if len(sounds) != len(run.text):
        return
    for at, pair in enumerate(pinyin.pairs(sounds)):
        if pair in words.pairs:
            yield _mark(run, at, at + 2), "pinyin"
    letters = "".join(sound[:1] for sound in sounds)
    for initials in words.initials:
        at = letters.find(initials)
        if at >= 0:
            yield _mark(run, at, at + len(initials)), "pinyin"


def _mark(run: analysis.Run, start: int, end: int) -> Mark:
    """Give offsets in the text as it was before folding, which may have widened characters."""
    return run.spots[start], run.spots[end - 1] + 1


def _joined(spans: Iterable[Mark]) -> Iterator[Mark]:
    last: Mark | None = None
    for start, end in sorted(spans):
        if last is None:
            last = (start, end)
        elif start <= last[1]:
            last = (last[0], max(last[1], end))
        else:
            yield last
            last = (start, end)
    if last is not None:
        yield last
