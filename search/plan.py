"""From a question to trees that both engines can run.

One tree scores (any token helps), one counts (every part must be there in one of its variants).
Boosts stand on terms only, because that is what both engines compute alike.
"""

import functools
import itertools
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from search import analysis, pinyin, pronunciation, question
from search.part import Part
from search.synonyms import Lexicon

CHARACTER = 0.6
SOUND = 0.2
VARIANT = 0.9
NEAR = 0.4
RELATED = 0.6
HALF = 0.2
SCATTERED = 0.5
LONGER = 1.5
COMPOUND = 4
LONGEST_COMPOUND = 8
ELEMENT = 0.2
NAMED_ELEMENT = 2.0
CODE = 10.0
EXACT = 1000.0
"""Beyond what BM25 can add up to over 32 clauses, so an exact title always stands first."""


@dataclass(frozen=True)
class Term:
    """A token in a field."""

    field: str
    token: str
    boost: float = 1.0


@dataclass(frozen=True)
class AnyOf:
    """At least one holds; scores add up."""

    nodes: "tuple[Node, ...]"


@dataclass(frozen=True)
class AllOf:
    """Every one holds; scores add up."""

    nodes: "tuple[Node, ...]"


@dataclass(frozen=True)
class BestOf:
    """At least one holds; the best score counts."""

    nodes: "tuple[Node, ...]"


@dataclass(frozen=True)
class Fixed:
    """Holds where its node holds, with a score of its own."""

    node: "Node"
    score: float


@dataclass(frozen=True)
class Begins:
    """A token of a field begins so."""

    field: str
    start: str


@dataclass(frozen=True)
class NoneOf:
    """Holds where none of its nodes does; nothing of it scores."""

    nodes: "tuple[Node, ...]"


Node = Term | AnyOf | AllOf | BestOf | Fixed | Begins | NoneOf


@dataclass(frozen=True)
class Less:
    """What counts where no entry holds all of a question.

    The same without the words it is `spared`, and with what some are `heard` as, having been typed
    wrongly: pairs of a word and the term that sounds like it.
    """

    full: Node
    spared: tuple[str, ...] = ()
    heard: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Plan:
    """The trees of a question; all None when it holds nothing that could be found.

    Where no entry at all holds of `full`, the first of `instead` that any holds counts. What is
    `refused` is in no full match but that of an exact title, and in no weaker one.
    """

    scored: Node | None = None
    full: Node | None = None
    refused: Node | None = None
    instead: tuple[Less, ...] = ()
    parts: tuple[Part, ...] = field(default=())


@functools.lru_cache(maxsize=2_048)
def plan(text: str, lexicon: Lexicon | None = None) -> Plan:
    """Make the trees of a question; total over any string, and bounded in cost."""
    title = analysis.exact(text)
    if not title:
        return Plan()
    parts = question.parts(text, lexicon)
    same = Term("exact", title)
    scored = (
        Fixed(same, EXACT),
        *_across(parts),
        *(node for part in parts for node in _inside(part)),
    )
    whole = tuple(_wholes(parts))
    if not whole:
        return Plan(AnyOf(scored), same, parts=parts)
    refused = _refused(text, lexicon)
    none = (NoneOf((refused,)),) if refused else ()
    written = _written(text, parts)
    ways = (whole, written) if written else (whole,)
    full = AnyOf((same, *(AllOf((*way, *none)) for way in ways)))
    return Plan(AnyOf(scored), full, refused, tuple(_instead_of(parts, none)), parts)


def _instead_of(parts: tuple[Part, ...], none: tuple[Node, ...]) -> Iterator[Less]:
    """Give what counts where nothing holds all: what was meant by it, then less of that.

    What is typed as pinyin is the terms that sound so, and any words that do where those are not.
    """
    if any(part.is_heard for part in parts):
        sounds = (replace(one, variants=(), near=()) if one.is_heard else one for one in parts)
        yield Less(AllOf((*_wholes(sounds), *none)))
    wrong = [part for part in parts if part.is_required and part.is_alike]
    heard = tuple((part.text, part.alike[0]) for part in wrong)
    if wrong:
        parts = tuple(replace(one, variants=one.alike) if one in wrong else one for one in parts)
        yield Less(AllOf((*_wholes(parts), *none)), heard=heard)
    if any(part.is_spare for part in parts) and (fewer := tuple(_wholes(_without_spare(parts)))):
        yield Less(AllOf((*fewer, *none)), tuple(_left_out(parts)), heard)

    if wrong or any(part.is_spare for part in parts):
        return
    wanted = [part for part in parts if part.is_required]
    if len(wanted) == 2 and wanted[1].touches and _are_of_a_kind(*wanted):
        yield Less(AllOf((AnyOf(tuple(map(_whole, wanted))), *none)))


def _are_of_a_kind(one: Part, other: Part) -> bool:
    """Tell whether two words that touch name two things of a kind: 渡口渡船, 寺庙教堂."""
    if not (one.is_term and other.is_term) or one.is_told or other.is_told:
        return False
    around = {*one.variants, *one.related, one.text}
    return not around.isdisjoint((*other.variants, *other.related, other.text))


def _left_out(parts: tuple[Part, ...]) -> Iterator[str]:
    """Give the spare words that nothing else says: not those that mean a thing together."""
    told = [part.text for part in parts if part.is_told]
    spare = (part.text for part in parts if part.is_spare and not part.is_lone)
    return (word for word in spare if not any(word in one for one in told))


def _written(text: str, parts: tuple[Part, ...]) -> tuple[Node, ...]:
    """Give what a question is found by as it is written, where words of it are told together.

    维权案件 means 快递申诉 as a rule, and 「妇女儿童维权案件统计」 is still what its title says.
    """
    if not any(part.is_told and part.is_required for part in parts):
        return ()
    found = tuple(_solid(analysis.between(question.wanted(text))))
    return found if len(found) <= question.MOST_CLAUSES else ()


def _without_spare(parts: tuple[Part, ...]) -> Iterator[Part]:
    """Give what must be held where nothing holds all: for words that mean a thing, the thing."""
    for part in parts:
        if not part.is_spare:
            yield replace(part, is_required=True) if part.is_told else part


def _refused(text: str, lexicon: Lexicon | None) -> Node | None:
    """Give what holds where one of the words refused stands, as written or in the same meaning."""
    nodes = tuple(
        AllOf(tuple(_wholes(parts)))
        for one in question.refusals(text)
        if (parts := question.parts(one.word, lexicon))
    )
    return AnyOf(nodes) if nodes else None


def _across(parts: tuple[Part, ...]) -> Iterator[Node]:
    """Give the bigrams over the borders of parts that touch, and how the stretches sound."""
    for left, right in itertools.pairwise(parts):
        if right.touches and analysis.is_han(left.text[-1] + right.text[0]):
            yield Term("all", left.text[-1] + right.text[0])
    for left, right in itertools.pairwise(parts):
        # Words of pinyin typed apart are one word as often as not: `sifa jianding`.
        sounds = _spelled(left), _spelled(right)
        if sounds[0] and sounds[1]:
            yield Term("py2", pinyin.pairs((sounds[0][-1], sounds[1][0]))[0])
    for stretch in question.stretches(parts):
        for run, is_han in analysis.pieces(stretch):
            if is_han:
                pairs = pinyin.pairs(pronunciation.read(run))
                yield from (Term("py2", pair, SOUND) for pair in pairs)


def _spelled(part: Part) -> tuple[str, ...]:
    """Give the syllables of a part typed in pinyin, none for any other."""
    if part.variants or part.is_literal or not (part.text.isascii() and part.text.isalpha()):
        return ()
    return next(iter(pinyin.spelled(part.text)), ())


def _inside(part: Part) -> Iterator[Node]:
    """Give what scores inside one part: its tokens, or what stands for it, whichever is better."""
    own = () if part.is_told else tuple(_own(part))
    others = [
        *(_standing_for(part, variant, VARIANT) for variant in part.variants),
        *(_standing_for(part, other, NEAR) for other in part.near),
        *(_standing_for(part, other, RELATED) for other in part.related),
    ]
    if not others:
        yield from own
    else:
        yield BestOf((AnyOf(own), *others) if own else tuple(others))
    if part.near and part.variants and not part.is_han:
        # Of an English word with no entry of its own, half of its Chinese still helps.
        yield from _solid(part.variants[0], HALF)
    if part.is_required:
        yield from _among_elements(part)


def _standing_for(part: Part, text: str, boost: float) -> Node:
    """Give what scores where another text stands for the part.

    A longer text adds up more tokens, and must not outweigh the other parts by its length: 补助
    does not say more in the titles that call it 专项资金.
    """
    share = min(1.0, LONGER * _size(part.text) / _size(text))
    return AllOf(tuple(_solid(text, boost * share * part.weight)))


@functools.lru_cache(maxsize=8_192)
def _size(text: str) -> float:
    """Tell how much the tokens of a text can add up to."""
    sizes = (
        max(1, len(run) - 1) + 2 * CHARACTER if is_han else 2.0
        for run, is_han in analysis.pieces(text)
    )
    return sum(sizes) or 1.0


def _own(part: Part) -> Iterator[Node]:
    """Give what scores where the part itself stands; a term of the dictionary is one word.

    Of 共享单车 alone 共享 is worth less than half: most that is shared in a catalogue is data.
    """
    if not (part.is_term and part.is_han and len(part.text) > 2):
        yield from _tokens(part)
        return
    yield AllOf(tuple(_solid(part.text, (1.0 - SCATTERED) * part.weight)))
    yield from _tokens(replace(part, weight=SCATTERED * part.weight))


def _among_elements(part: Part) -> Iterator[Node]:
    """Give what scores where the data elements hold the part, more where it was asked of them."""
    boost = NAMED_ELEMENT if part.may_be_element else ELEMENT
    texts = (part.text, *part.variants) if part.may_be_element else (part.text,)
    ways = [tuple(_solid(text, boost, "items")) for text in texts]
    if found := tuple(AllOf(way) for way in ways if way):
        yield BestOf(found)


def _tokens(part: Part) -> Iterator[Node]:
    if part.is_term and not part.is_han and len(list(analysis.pieces(part.text))) > 1:
        # Of `pm2 5` the digit alone stands in every third abstract.
        yield AllOf(tuple(_solid(part.text, part.weight)))
        return
    for run, is_han in analysis.pieces(part.text):
        if not is_han:
            yield from _word(run, part)
            continue
        yield from _pairs(run, part)
        if len(run) == 1 or (part.is_required and not part.is_guess):
            # A lone character is all that was asked; beside bigrams it only mends typing errors.
            weight = part.weight * (CHARACTER if len(run) > 1 else 1.0)
            yield from (Term("all", character, weight) for character in run)


def _pairs(run: str, part: Part) -> Iterator[Node]:
    """Give the pairs of a run, each as written or as it sounds, whichever is better.

    A word no dictionary knows may be the wrong homophone: 护市 is in no entry, and sounds like
    护士 in all that are meant. What is written rightly scores by itself, a sound being no rarer.
    """
    written = [Term("all", pair, part.weight) for pair in analysis.bigrams(run)]
    if part.is_term or not part.is_required:
        yield from written
        return
    sounds = _terms("py2", pinyin.pairs(pronunciation.read(run)), part.weight)
    yield from map(BestOf, zip(written, sounds, strict=True))


def _word(word: str, part: Part) -> Iterator[Node]:
    """Give what a word of letters and digits may be: a word, half a code, or pinyin.

    A word of the dictionary is no pinyin: `fan` and `gas` are not typed for their sound.
    """
    yield from (Term("all", piece, part.weight) for piece in analysis.words(word))
    yield from _code(word)
    if part.is_heard or not (part.variants or part.is_literal):
        yield from _spoken(word)


def _code(word: str) -> Iterator[Node]:
    if analysis.is_code(word):
        yield Fixed(Term("code", word[: analysis.LONGEST_WORD]), CODE)


def _spoken(word: str) -> Iterator[Node]:
    """Give the pairs of syllables of typed pinyin, or its initials where it is none."""
    if not (word.isascii() and word.isalpha()):
        return
    readings = [pinyin.pairs(reading) for reading in pinyin.spelled(word)]
    if readings and readings[0]:
        yield BestOf(tuple(AnyOf(_terms("py2", pairs)) for pairs in readings))
    elif len(word) > 1:
        yield AllOf(_terms("pyi", _initials(word)))


def _initials(word: str) -> list[str]:
    size = min(len(word), pinyin.LONGEST_INITIALS)
    return [word[at : at + size] for at in range(min(len(word) - size, 10) + 1)]


def _terms(name: str, tokens: Iterable[str], boost: float = 1.0) -> tuple[Term, ...]:
    return tuple(Term(name, token, boost) for token in tokens)


def _solid(text: str, boost: float = 1.0, place: str = "all") -> Iterator[Node]:
    """Give the tokens that must all be there for a text to be there."""
    return (Term(place, token, boost) for token in _whole_tokens(text))


def _standing(text: str, place: str) -> Iterator[Node]:
    """Give what must hold for a word to stand there as itself: the 煤矿 of 非煤矿山 is none."""
    yield from _solid(text, place=place)
    if longer := _astride().get(text):
        yield NoneOf(tuple(AllOf(tuple(_solid(one, place=place))) for one in longer))


@functools.cache
def _astride() -> Mapping[str, tuple[str, ...]]:
    """The words that stand inside longer ones without being meant, with these."""
    words: Mapping[str, list[str]] = analysis.table("astride")["words"]
    return {word: tuple(longer) for word, longer in words.items()}


@functools.lru_cache(maxsize=16_384)
def _whole_tokens(text: str) -> tuple[str, ...]:
    """Cut a text into the tokens it is found by as a whole: mostly terms, asked again and again."""
    found: list[str] = []
    for run, is_han in analysis.pieces(text):
        found.extend((analysis.bigrams(run) or [run]) if is_han else analysis.words(run))
    return tuple(found)


def _wholes(parts: Iterable[Part]) -> Iterator[Node]:
    """Give what must hold, a node for each thing asked for: of things of a kind any will do."""
    things: list[list[Node]] = []
    for part in parts:
        if part.is_required and part.is_instead and things:
            things[-1].append(_whole(part))
        elif part.is_required:
            things.append([_whole(part)])
    return (thing[0] if len(thing) == 1 else AnyOf(tuple(thing)) for thing in things)


def _whole(part: Part) -> Node:
    """Give what an entry must hold for the part to be there, in one of its variants."""
    place = "items" if part.is_element else "all"
    texts = (part.text, *part.variants, *part.near)
    ways: list[Node] = [AllOf(tuple(_standing(text, place))) for text in texts]
    if part.is_han and not part.is_term:
        ways.extend(AllOf(_terms(place, words)) for words in _compound(part.text))
    for within in ("items",) if part.is_element else ("title", "items"):
        ways.extend(AllOf(tuple(_solid(" ".join(words), place=within))) for words in part.made_of)
    ways.extend(_ended(stem, endings) for stem, endings in part.endings)
    for run, is_han in analysis.pieces(part.text):
        if not is_han and run == part.text and not part.is_element:
            ways.extend(_code(run))
            ways.extend(() if part.variants or part.is_literal else _heard(run))
    return AnyOf(tuple(ways))


def _compound(run: str) -> Iterator[list[str]]:
    """Give the words a long run may be made of: 学前资助 is 学前教育资助, two words of two.

    As a rule a word has two characters, and of an odd number one at either end has three.
    """
    if not COMPOUND <= len(run) <= LONGEST_COMPOUND:
        return
    for first in (2,) if len(run) % 2 == 0 else (2, 3):
        ends = [0, *range(first, len(run) - 1, 2), len(run)]
        words = [run[at:end] for at, end in itertools.pairwise(ends)]
        yield [pair for word in words for pair in analysis.bigrams(word)]


def _ended(stem: str, endings: tuple[str, ...]) -> Node:
    """Give what holds where a stem goes on in one of the endings; the endings alone without one."""
    last = stem[-1:]
    ways = AnyOf(tuple(AllOf(tuple(_solid(last + one))) for one in endings))
    return AllOf((*_solid(stem), ways)) if len(stem) > 1 else ways


def _heard(word: str) -> Iterator[Node]:
    if word.isascii() and word.isalpha():
        readings = [pairs for way in pinyin.spelled(word) if (pairs := pinyin.pairs(way))]
        yield from (AllOf(_terms("py2", pairs)) for pairs in readings)
        if not readings and len(word) > 1:
            yield AllOf(_terms("pyi", _initials(word)))
