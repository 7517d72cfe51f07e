"""Other ways to find: what was probably meant, fewer filters, fewer words, and who holds what.

Every suggestion is made of what this reader may see, and is asked with his rights: a title that is
hidden from him neither appears nor changes a number.
"""

import functools
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

import schemas
from registry.access import Actor
from registry.catalogue import visible
from registry.discovery.query import Answer, search
from registry.discovery.typed import sounded
from registry.models.accounts import Organisation
from registry.models.catalogue import Element, Resource, Version
from search import Index, analysis, pinyin, pronunciation, question
from search.synonyms import Lexicon, delivered

MOST_WAYS = 6
MOST_HOLDERS = 500
MOST_TITLES = 8
SHORTEST_MEANT = 2
LONGEST_TYPED = 60
LONGEST_SYLLABLE = 6
MOST_ENDS = 16
# The facets that people name in words; each has the list of its name.
_SAID = ("share_type", "open_type", "update_cycle", "level")
_TITLE = re.compile("^(?:共享类型|开放类型|更新周期|数据级别)[为是:：]?")
_BETWEEN = re.compile(r"[\s的，,、。；;]+")
_YEAR = re.compile(r"((?:19|20)[0-9]{2})年度?")
# What is asked for anyway.
_NOTHING = re.compile(r"(?:数据|信息|资源|目录|表格?|清单|有哪些|哪些|[ ？?])*")
# Of a term that only sounds like it: behind a title that does, before one that looks alike.
_HEARD = -50


@dataclass(frozen=True)
class Way:
    """Another way to ask: `kind` is filtered, meant, without or only.

    `left_out` is the (facet, code) dropped; `total` is what this reader would find.
    """

    kind: str
    text: str
    filters: Mapping[str, tuple[str, ...]]
    total: int
    left_out: tuple[str, str] = ("", "")


def ways(
    session: Session,
    index: Index,
    actor: Actor,
    text: str,
    filters: Mapping[str, tuple[str, ...]],
    answer: Answer,
    anonymous: str = "none",
) -> list[Way]:
    """Other ways to ask a question that found nothing, the likeliest first, each with its count."""
    if answer.total or answer.degraded:
        return []
    near = [one.version.name for one in answer.related]
    if filters:
        wide = search(session, index, actor, text, {}, 1, anonymous, facets=())
        near.extend(one.version.name for one in (*wide.found, *wide.related))
    found: list[Way] = []
    for way in _tries(text, filters, near, answer.lexicon):
        total = search(
            session, index, actor, way.text, way.filters, 1, anonymous, size=1, facets=()
        ).total
        if total and len(found) < MOST_WAYS:
            found.append(Way(way.kind, way.text, way.filters, total, way.left_out))
    return found


def _tries(
    text: str,
    filters: Mapping[str, tuple[str, ...]],
    near: Iterable[str],
    lexicon: Lexicon | None,
) -> Iterator[Way]:
    rest, named = said(text)
    if named:
        yield Way("filtered", rest, {**filters, **named}, 0)
    if (other := meant(text, near, lexicon)) is not None:
        yield Way("meant", other, filters, 0)
        if filters:
            yield Way("meant", other, {}, 0)
    chosen = [(name, code) for name, codes in filters.items() for code in codes]
    for name, code in chosen[:MOST_WAYS]:
        kept = {
            other: left
            for other, codes in filters.items()
            if (left := tuple(c for c in codes if (other, c) != (name, code)))
        }
        yield Way("without", text, kept, 0, (name, code))
    if len(chosen) > 1:
        yield Way("without", text, {}, 0)
    parts = [part.text for part in question.parts(text) if part.is_required]
    if len(parts) > 1:
        for part in dict.fromkeys(parts[:4]):
            if len(part) > 1:
                yield Way("only", part, {}, 0)


def said(text: str) -> tuple[str, Mapping[str, tuple[str, ...]]]:
    """What a question says of sharing, cycle, level or year, as filters, and what is left of it.

    「每天更新的民政数据」 is 民政数据 under a filter: no entry holds the words 每天更新.
    """
    left: list[str] = []
    named: dict[str, tuple[str, ...]] = {}
    for stretch in _BETWEEN.split(text):
        meant = _named(_TITLE.sub("", stretch).removesuffix("更新"))
        if meant is None:
            left.append(stretch)
        else:
            name, code = meant
            named[name] = tuple(dict.fromkeys((*named.get(name, ()), code)))
    rest = " ".join(filter(None, left))
    return "" if _NOTHING.fullmatch(rest) else rest, named


def _named(stretch: str) -> tuple[str, str] | None:
    """The (facet, code) that a stretch names and nothing else: 有条件 may be of either type."""
    if year := _YEAR.fullmatch(stretch):
        return "year", year[1]
    if len(stretch) < SHORTEST_MEANT or stretch.isascii():
        return None
    found = [
        (name, code) for name in _SAID if (code := schemas.codes.code_of(name, stretch)) is not None
    ]
    return found[0] if len(found) == 1 else None


def meant(text: str, near: Iterable[str], lexicon: Lexicon | None = None) -> str | None:
    """What was probably meant by a text with one wrong character in four, None for no idea.

    A stretch that sounds the same comes before one that only looks alike, and what stands in a
    title before a term of the dictionary: a title may never use the word that was typed wrongly.
    """
    titles = [run for title in near for run, is_han in analysis.pieces(title) if is_han]
    plain = analysis.fold(text)
    best: tuple[int, str, str] | None = None
    for part in question.parts(text):
        if not part.is_required or not part.is_han or len(part.text) < SHORTEST_MEANT:
            continue
        sound = pronunciation.read(part.text)
        for stretch in _stretches(titles, len(part.text)):
            wrong = sum(a != b for a, b in zip(stretch, part.text, strict=True))
            alike = pronunciation.read(stretch) == sound
            if wrong and (alike or (wrong <= len(stretch) // 3 and len(stretch) > SHORTEST_MEANT)):
                rank = wrong - 100 * alike
                if best is None or rank < best[0]:
                    best = (rank, part.text, stretch)
        for own, term in _heard(part.text, lexicon or delivered()):
            if best is None or best[0] > _HEARD:
                best = (_HEARD, own, term)
    return plain.replace(best[1], best[2], 1) if best else None


def _heard(text: str, lexicon: Lexicon) -> Iterator[tuple[str, str]]:
    """Stretches of a text with the terms that sound like them, the longest first."""
    for size in range(len(text), SHORTEST_MEANT - 1, -1):
        for at in range(len(text) - size + 1):
            own = text[at : at + size]
            # 「谁没交」 asks who; that 税没交 sounds the same is chance.
            if own not in lexicon.terms and own[0] not in _asking():
                yield from ((own, term) for term in _by_sound(lexicon).get(_sound(own), ()))


@functools.lru_cache(maxsize=8)
def _by_sound(lexicon: Lexicon) -> Mapping[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for term in lexicon.terms:
        if len(term) >= SHORTEST_MEANT and all(map(analysis.is_han, term)):
            found[_sound(term)] = (*found.get(_sound(term), ()), term)
    return found


@functools.cache
def _asking() -> frozenset[str]:
    return frozenset(analysis.table("questions")["words"])


def _sound(text: str) -> str:
    return " ".join(pronunciation.read(text))


def _stretches(titles: Iterable[str], size: int) -> Iterator[str]:
    for title in dict.fromkeys(titles):
        yield from (title[at : at + size] for at in range(len(title) - size + 1))


def titles(
    session: Session, index: Index, actor: Actor, typed: str, anonymous: str = "none"
) -> list[str]:
    """Titles that what was typed may become: by words, by pinyin, by initials, half typed too."""
    found: dict[str, None] = {}
    whole = typed.strip()[:LONGEST_TYPED]
    texts = [("", text) for text in _finished(whole)]
    texts += [(han, text) for han, sound in sounded(whole) for text in _finished(sound)]
    for han, text in texts:
        answer = search(session, index, actor, text, {}, 1, anonymous, size=MOST_TITLES, facets=())
        names = (str(one.version.name) for one in answer.found)
        found.update(dict.fromkeys(name for name in names if han in name))
        if len(found) >= MOST_TITLES:
            break
    return list(found)[:MOST_TITLES]


def _finished(typed: str) -> Iterator[str]:
    """What was typed, and where it ends in half a syllable, what that may become."""
    if not typed:
        return
    yield typed
    # Syllables typed apart are one word of pinyin: `shehui b` becomes 社会保险 as `shehuib` does.
    word = "".join(typed.lower().split())
    if not (word.isascii() and word.isalpha()):
        return
    for cut in range(1, min(len(word), LONGEST_SYLLABLE + 1)):
        head, tail = word[:-cut], word[-cut:]
        ends = sorted(one for one in pinyin.syllables() if one.startswith(tail))
        if pinyin.spelled(head) and ends:
            yield from (head + end for end in ends[:MOST_ENDS] if end != tail)
            if len(pinyin.spelled(head)[0]) > 1:
                yield head
            return


@dataclass(frozen=True)
class Holder:
    """An entry that holds a data element, with the element's own grade and share type."""

    department: str
    department_code: str
    key: str
    name: str
    element: str
    level: str | None
    share_type: str | None


def holders(session: Session, actor: Actor, name: str, anonymous: str = "none") -> list[Holder]:
    """The live entries this reader may see that hold an element of this name, by department."""
    wanted = name.strip()[:128].replace("\x00", "").encode("utf-8", "ignore").decode()
    if not wanted:
        return []
    rows = session.execute(
        sa.select(
            Organisation.name,
            Organisation.code,
            Resource.key,
            Version.name,
            Element.name,
            Element.level,
            Element.share_type,
        )
        .join(Version, Version.id == Element.version_id)
        .join(Resource, Resource.live_version_id == Version.id)
        .join(Organisation, Organisation.id == Resource.department_id)
        .where(Element.name == wanted, visible(actor, anonymous))
        .order_by(Organisation.name, Version.name, Resource.id)
        .limit(MOST_HOLDERS)
    )
    return [Holder(*row) for row in rows]
