"""The dictionary of government terms: what may stand for a word when somebody asks.

Synonyms are applied to questions only, so a new group needs no new index. The groups delivered,
each with its source or reason, are `search/data/synonyms.json`; `search/data/everyday.json` holds
what people say by the occasions that make them ask, `search/data/together.json` what they say in
several words; `search/data/english.json` gives English words
their Chinese, beside what the schema itself says in both languages. The authority's own entries
are laid over them with `extended`.
"""

import functools
import hashlib
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import schemas
from search import analysis, pinyin, pronunciation

LONGEST_TERM = 24
LONGEST_PHRASE = 48
MOST_HEARD = 8
MOST_TOLD = 8
# Characters that must sound like a term: where they are the whole question, and elsewhere.
SHORTEST_WHOLE = 2
SHORTEST_ALIKE = 3


@dataclass(frozen=True)
class Group:
    """Terms that mean the same, others around them, and the source or reason.

    A `broader` term is answered by the terms but answers none of them; `related` ones only score.
    Where something is `said` instead, any of the terms answers it, and they do not mean the same:
    who speaks of water in the streets asks for 内涝 and for 积水. Where things are told `together`,
    a word of each in any order and with whatever between, the terms answer all of them at once:
    who speaks of the old and of money asks for 高龄津贴. A `unit` is who holds data, and says
    nothing of what they are.
    """

    terms: tuple[str, ...]
    related: tuple[str, ...] = ()
    because: str = ""
    broader: tuple[str, ...] = ()
    said: tuple[str, ...] = ()
    together: tuple[tuple[str, ...], ...] = ()
    unit: bool = False

    @property
    def key(self) -> str:
        """Name a group by its terms, so that it can be retired whatever its place in a file."""
        words = "\n".join((*self.terms, *self.said, *map("|".join, self.together)))
        return hashlib.blake2b(words.encode(), digest_size=6).hexdigest()


@dataclass(frozen=True)
class Term:
    """What a word may be replaced by: `same` in meaning, only `related`, or between them.

    `near` counts like the same but stands behind it: what the Chinese of an English word may be
    replaced by.
    """

    same: tuple[str, ...] = ()
    related: tuple[str, ...] = ()
    near: tuple[str, ...] = ()
    alike: tuple[str, ...] = ()
    """The word is no term itself, it only sounds like these; all of them are related to it."""


@dataclass(frozen=True)
class Together:
    """The words of a question that belong together, and what they mean."""

    words: tuple[str, ...]
    term: Term


class Lexicon:
    """A dictionary in the form questions are cut with; equal only to itself."""

    def __init__(
        self,
        groups: Iterable[Group],
        english: Mapping[str, Iterable[str]],
        wider: Mapping[str, Collection[str]] | None = None,
    ) -> None:
        self.groups = tuple(groups)
        self.english = english
        self.wider = wider or {}
        self.terms = {**_chinese(self.groups)}
        for word, others in self.wider.items():
            if word in self.terms:
                self.terms[word] = _narrowed(self.terms[word], others)
        for word, meanings in english.items():
            self.terms.update(dict.fromkeys(_numbers(word), _meant(self.terms, tuple(meanings))))
        # Questions are cut where no letter stands: `pm2.5` is met as `pm2 5`.
        self.terms |= {analysis.between(term).strip(): self.terms[term] for term in self.terms}
        self._longest: dict[str, int] = {}
        for term in self.terms:
            self._longest[term[0]] = max(self._longest.get(term[0], 0), len(term))
        self._told = _Told(self.terms, self.groups)

    def heard(self, word: str) -> Term | None:
        """Give what typed pinyin says: `jiehunzheng` is 结婚证, `sbk` 社保卡, whatever titles say.

        All of it is only near: titles that sound as typed come first.
        """
        terms = self._sounds.get(word, ()) if word.isascii() else ()
        if not terms and len(word) >= SHORTEST_ALIKE and word.isascii() and word.isalpha():
            terms = self._starts.get(word, ())
        if not 0 < len(terms) <= MOST_HEARD:
            return None
        near = [other for term in terms for other in self.terms[term].same if other not in terms]
        return Term(same=tuple(terms), near=tuple(dict.fromkeys(near)))

    @functools.cached_property
    def _sounds(self) -> Mapping[str, list[str]]:
        """The Chinese terms by their pinyin."""
        found: dict[str, list[str]] = {}
        for term in self.terms:
            if len(term) > 1 and all(map(analysis.is_han, term)):
                for sounds in {pronunciation.read(term), pinyin.said(term)}:
                    found.setdefault("".join(sounds), []).append(term)
        return found

    @functools.cached_property
    def units(self) -> frozenset[str]:
        """The names of units, folded."""
        return frozenset(plain(term) for group in self.groups if group.unit for term in group.terms)

    def halves(self, term: str) -> Iterator[tuple[str, str]]:
        """Give the two words a term is made of: those of 食品抽检 stand in 食品安全监督抽检.

        One of them at least is a term itself: 一老 and 一小 are no words of 一老一小.
        """
        if all(map(analysis.is_han, term)):
            for at in range(2, len(term) - 1):
                if term[:at] in self.terms or term[at:] in self.terms:
                    yield term[:at], term[at:]

    def is_said(self, word: str) -> bool:
        """Tell whether people say a word for what offices call otherwise."""
        return word in self._said_words

    @functools.cached_property
    def _said_words(self) -> frozenset[str]:
        return frozenset(plain(word) for group in self.groups for word in group.said)

    def together(self, plain: str, within: Collection[str] = ()) -> "tuple[Together, ...]":
        """Give what a folded question tells of by several words, each thing by words of its own.

        Words that are only a piece of one of the terms `within` it tell of nothing: 老人证 is no
        old person.
        """
        return self._told.read(plain, within)

    def segments(self, plain: str) -> Iterator[tuple[int, int, Term | None]]:
        """Cut a folded question at the longest terms of the dictionary, from left to right.

        Yields start and end, with the term or with None for what lies between.
        """
        at = last = 0
        sounds = _sounds_of(plain)
        while at < len(plain):
            end = self._end(plain, at)
            term = self.terms[plain[at:end]] if end is not None else None
            alike = self._alike(sounds, at)
            if alike is not None and (end is None or self._goes_on(plain, at, end, *alike)):
                end, term = alike
            if end is None:
                at += 1
                continue
            if last < at:
                yield last, at, None
            yield at, end, term
            at = last = end
        if last < len(plain):
            yield last, len(plain), None

    def _alike(self, sounds: tuple[str, ...], at: int) -> tuple[int, Term] | None:
        """Give what begins here and sounds like a term of three characters: 残急人 is 残疾人.

        Of two characters too many sound alike: 接待 is no 借贷. Where nothing else was typed, 社报
        is 社保 all the same.
        """
        ends = min(len(sounds), at + self._longest_alike)
        shortest = SHORTEST_WHOLE if len(sounds) == SHORTEST_WHOLE else SHORTEST_ALIKE
        for end in range(ends, at + shortest - 1, -1):
            found = self._by_sound.get(sounds[at:end])
            if found is None:
                continue
            others = [other for term in found for other in self._meant(term)]
            around = tuple(one for one in dict.fromkeys(others) if not one.isascii())
            return end, Term(related=around[:MOST_HEARD], alike=self._same(found))
        return None

    def _goes_on(self, plain: str, at: int, end: int, longer: int, alike: Term) -> bool:
        """Tell whether what begins with a term sounds like a longer one that does, too.

        物业公思 is 物业公司, and leaves 公思 else, which nobody knows; the 档案管 of 档案管理 is no
        档案馆.
        """
        if analysis.is_han(plain[longer : longer + 1]):
            return False
        begun = plain[at:end]
        is_longer = any(
            len(one) == longer - at > len(begun) and one.startswith(begun) for one in alike.alike
        )
        return is_longer and not any(self._end(plain, start) for start in range(end, longer))

    def _same(self, found: Iterable[str]) -> tuple[str, ...]:
        """Give terms and what may stand for them, those first."""
        same = [one for term in found for one in self.terms[term].same if not one.isascii()]
        return tuple(dict.fromkeys((*found, *same)))[:MOST_HEARD]

    def _meant(self, word: str) -> tuple[str, ...]:
        """Give a word and what it means, or what it leads to where it means nothing else."""
        term = self.terms[word]
        return word, *(term.same or term.related)

    @functools.cached_property
    def _starts(self) -> Mapping[str, list[str]]:
        """The Chinese terms by the initials of their pinyin, those of three characters or more."""
        found: dict[str, list[str]] = {}
        for sounds, terms in self._by_sound.items():
            if len(sounds) >= SHORTEST_ALIKE:
                found.setdefault("".join(sound[:1] for sound in sounds), []).extend(terms)
        return found

    @functools.cached_property
    def _by_sound(self) -> Mapping[tuple[str, ...], tuple[str, ...]]:
        """The Chinese terms by their syllables."""
        found: dict[tuple[str, ...], tuple[str, ...]] = {}
        for term in self.terms:
            # 河的水 of 「这条河的水位」 is no 喝的水.
            if len(term) >= SHORTEST_WHOLE and analysis.is_han(term) and "的" not in term:
                sounds = pronunciation.read(term)
                found[sounds] = (*found.get(sounds, ()), term)
        return found

    @functools.cached_property
    def _longest_alike(self) -> int:
        return max(map(len, self._by_sound), default=0)

    def _end(self, plain: str, at: int) -> int | None:
        longest = self._longest.get(plain[at], 0)
        for end in range(min(len(plain), at + longest), at, -1):
            if plain[at:end] in self.terms and _stands_alone(plain, at, end):
                return end
        return None

    def extended(self, groups: Iterable[Group], retired: Collection[str] = ()) -> "Lexicon":
        """Give this dictionary with more groups, and without those whose keys are retired."""
        kept = (group for group in self.groups if group.key not in retired)
        added = tuple(groups)
        # What the office puts together counts, whatever was thought of it here.
        meant = [
            ({*map(plain, (*one.terms, *one.said, *one.broader))}, {*map(plain, one.terms)})
            for one in added
        ]
        wider = {
            word: {other for other in others if not any(word in a and other in b for a, b in meant)}
            for word, others in self.wider.items()
        }
        return Lexicon((*kept, *added), self.english, wider)


@functools.cache
def delivered() -> Lexicon:
    """Give the dictionary as it is delivered."""
    groups = (
        group
        for name in ("synonyms", "everyday")
        for row in analysis.table(name)["groups"]
        for group in _apart(row)
    )
    english = {**_of_schema(), **analysis.table("english")["terms"]}
    return Lexicon((*groups, *_of_together()), english, analysis.table("wider")["words"])


def _apart(row: Mapping[str, Any]) -> Iterator[Group]:
    """Give the group of a row, or one for each term where they are things of a kind, not one."""
    terms, related = tuple(row["terms"]), tuple(row.get("related", ()))
    others = row["because"], tuple(row.get("broader", ())), tuple(row.get("said", ()))
    if not row.get("apart"):
        yield Group(terms, related, *others, unit=row.get("unit", False))
        return
    for term in terms:
        yield Group((term,), (*(one for one in terms if one != term), *related), *others)


def _of_together() -> Iterator[Group]:
    """Give what is told together; a word after @ names a class of words."""
    table = analysis.table("together")
    kinds: Mapping[str, list[str]] = table["kinds"]
    for row in table["groups"]:
        things = tuple(
            tuple(
                dict.fromkeys(
                    word
                    for one in thing.split("|")
                    for word in (kinds[one[1:]] if one.startswith("@") else [one])
                )
            )
            for thing in row["together"]
        )
        related = tuple(row.get("related", ()))
        yield Group(tuple(row["terms"]), related, row["because"], together=things)


@functools.cache
def _weak() -> frozenset[str]:
    """The words that tell who somebody is with, and the like: 爸妈 of 带爸妈去公园."""
    return frozenset(analysis.table("questions")["weak"])


def _first(words: Iterable[str]) -> tuple[str, ...]:
    """Give each word once, as many as one part of a question may cost."""
    return tuple(dict.fromkeys(words))[:MOST_TOLD]


class _Told:
    """The groups that are told together, by their words."""

    def __init__(self, terms: Mapping[str, Term], groups: Iterable[Group]) -> None:
        self._meant: list[tuple[int, Term]] = []
        self._places: dict[str, list[tuple[int, int]]] = {}
        for group in groups:
            if not group.together:
                continue
            meant = _meant(terms, group.terms)
            around = tuple(map(plain, group.related))
            term = Term(tuple(map(plain, group.terms)), around, meant.near)
            for thing, words in enumerate(group.together):
                for word in map(plain, words):
                    self._places.setdefault(word, []).append((len(self._meant), thing))
            self._meant.append((len(group.together), term))
        self._sizes: dict[str, tuple[int, ...]] = {}
        for word in self._places:
            sizes = {*self._sizes.get(word[0], ()), len(word)}
            self._sizes[word[0]] = tuple(sorted(sizes))

    def read(self, asked: str, within: Collection[str]) -> tuple[Together, ...]:
        told: dict[int, dict[int, list[str]]] = {}
        for word in self._words(asked, within):
            for group, thing in self._places[word]:
                told.setdefault(group, {}).setdefault(thing, []).append(word)
        full = [group for group, found in told.items() if len(found) == self._meant[group][0]]
        # Who speaks of money, a hospital and another province does not ask for the first two alone.
        held = {group: {word for found in told[group].values() for word in found} for group in full}
        said = {group: held[group] - _weak() for group in full}
        full = [
            one
            for one in full
            if not any(held[one] < held[other] or said[one] < said[other] for other in full)
        ]
        return tuple(self._meaning(of_one, told) for of_one in _sharing(full, held))

    def _meaning(
        self, groups: Sequence[int], told: Mapping[int, Mapping[int, Sequence[str]]]
    ) -> Together:
        words = dict.fromkeys(
            word for group in groups for found in told[group].values() for word in found
        )
        terms = [self._meant[group][1] for group in groups]
        return Together(
            tuple(words),
            Term(
                _first(one for term in terms for one in term.same),
                _first(one for term in terms for one in term.related),
                _first(one for term in terms for one in term.near),
            ),
        )

    def _words(self, asked: str, within: Collection[str]) -> Iterator[str]:
        for at, first in enumerate(asked):
            for size in self._sizes.get(first, ()):
                word = asked[at : at + size]
                if word in self._places and not any(word != t and word in t for t in within):
                    yield word


def _sharing(groups: Sequence[int], held: Mapping[int, Collection[str]]) -> list[list[int]]:
    """Put groups together that are told by a word they share; others tell of another thing."""
    found: list[list[int]] = []
    for group in groups:
        apart = [one for one in found if not any(set(held[group]) & set(held[o]) for o in one)]
        joined = [other for one in found if one not in apart for other in one]
        found = [*apart, [*joined, group]]
    return found


def _chinese(groups: Collection[Group]) -> dict[str, Term]:
    """Give every term of the groups, folded, with what may stand for it."""
    # A single character is asked for, but stands for nothing: 酒 would make 酒店 a kind of 酒类.
    same: dict[str, dict[str, None]] = {}
    related: dict[str, dict[str, None]] = {}
    for group in groups:
        if group.said or group.together:
            continue
        terms = [plain(term) for term in group.terms]
        broad = [plain(term) for term in group.broader]
        wider = [plain(other) for other in group.related]
        for term in filter(None, (*terms, *broad)):
            others = [other for other in terms if other != term and len(other) > 1]
            around = wider if term in broad else [*(t for t in broad if len(t) > 1), *wider]
            same.setdefault(term, {}).update(dict.fromkeys(others))
            related.setdefault(term, {}).update(dict.fromkeys(around))
    found = {term: Term(tuple(same[term]), tuple(related[term])) for term in same}
    return found | dict(_said(found, groups))


def _narrowed(term: Term, others: Collection[str]) -> Term:
    """Give what counts for a word without what is wider than it, which only helps the order."""
    wide = tuple(one for one in (*term.same, *term.near) if one in others)
    return replace(
        term,
        same=tuple(one for one in term.same if one not in others),
        near=tuple(one for one in term.near if one not in others),
        related=tuple(dict.fromkeys((*wide, *term.related))),
    )


def _said(terms: Mapping[str, Term], groups: Iterable[Group]) -> Iterator[tuple[str, Term]]:
    """Give what people say instead, with its terms, what they mean too being only near."""
    for group in groups:
        meant = _meant(terms, group.terms)
        around = tuple(map(plain, group.related))
        for word in map(plain, group.said):
            own = terms.get(word, Term())
            yield (
                word,
                Term(
                    tuple(one for one in dict.fromkeys((*own.same, *meant.same)) if one != word),
                    tuple(dict.fromkeys((*own.related, *around))),
                    tuple(one for one in meant.near if one not in own.same and one != word),
                ),
            )


def plain(term: str) -> str:
    """Fold a term the way questions are folded, with single blanks between its words."""
    return " ".join(analysis.fold(term).split())


def _of_schema() -> dict[str, list[str]]:
    """Give English words for data elements that the code lists hold in both languages."""
    kinds = schemas.codes.values("pi_kind")
    return {
        plain(texts["en"]): [texts["zh"]]
        for texts in kinds.values()
        if "en" in texts and 2 < len(texts["en"]) <= LONGEST_PHRASE and texts["en"].isascii()
    }


def _meant(terms: Mapping[str, Term], meanings: tuple[str, ...]) -> Term:
    """Give what an English word means: its Chinese, whose own synonyms are only near to it."""
    near = [
        other
        for meaning in meanings
        for other in terms.get(plain(meaning), Term()).same
        if not other.isascii() and other not in meanings
    ]
    return Term(tuple(map(plain, meanings)), near=tuple(dict.fromkeys(near)))


def _numbers(word: str) -> Iterator[str]:
    """Give a word in the singular and the plural."""
    yield word
    if word.endswith("y") and word[-2:-1] not in "aeiou":
        yield f"{word[:-1]}ies"
    elif word.endswith(("s", "x", "ch", "sh")):
        yield f"{word}es"
    else:
        yield f"{word}s"


def _sounds_of(plain: str) -> tuple[str, ...]:
    """Give a syllable for every character of a question; what is not Chinese sounds like nothing.

    Read once and as a whole: reading is the dearest step of a plan.
    """
    sounds = [""] * len(plain)
    for run in analysis.RUNS.finditer(plain):
        if run.lastgroup == "han":
            read = pronunciation.read(run.group())
            sounds[run.start() : run.end()] = read[: len(run.group())]
    return tuple(sounds)


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
