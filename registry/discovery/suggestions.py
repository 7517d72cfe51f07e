"""Other ways to find: what was probably meant, fewer filters, fewer words, and who holds what.

Every suggestion is made of what this reader may see, and is asked with his rights: a title that is
hidden from him neither appears nor changes a number.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

import sqlalchemy as sa
from sqlalchemy.orm import Session

import schemas
from registry.access import Actor
from registry.catalogue import visible
from registry.discovery.misspelt import meant
from registry.discovery.query import Answer, search
from registry.discovery.typed import sounded
from registry.models.accounts import Organisation
from registry.models.catalogue import Element, Resource, Version
from search import Index, pinyin, question
from search.synonyms import Lexicon

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


Filters = Mapping[str, tuple[str, ...]]


@dataclass(frozen=True)
class Way:
    """Another way to ask: `kind` is filtered, meant, without or only.

    `left_out` is the (facet, code) dropped; `total` is what this reader would find.
    """

    kind: str
    text: str
    filters: Filters
    total: int = 0
    left_out: tuple[str, str] = ("", "")


def ways(
    session: Session,
    index: Index,
    actor: Actor,
    text: str,
    filters: Filters,
    answer: Answer,
    anonymous: str = "none",
) -> list[Way]:
    """Other ways to ask, the likeliest first, each with its count.

    Of a question that found something only what it says of a filter, and where something of it was
    not counted, what was probably meant.
    """
    if answer.degraded:
        return []
    near = [one.version.name for one in (*answer.found, *answer.related)]
    if filters and not answer.total:
        wide = search(session, index, actor, text, {}, 1, anonymous, facets=())
        near.extend(one.version.name for one in (*wide.found, *wide.related))
    tries = list(_filtered(text, filters))
    if answer.spared or not answer.total:
        tries += _mended(text, filters, near, answer.lexicon)
    if not answer.total:
        tries += _fewer(text, filters)
    found: list[Way] = []
    for way in tries:
        total = search(
            session, index, actor, way.text, way.filters, 1, anonymous, size=1, facets=()
        ).total
        if total and len(found) < MOST_WAYS:
            found.append(replace(way, total=total))
    return found


def _filtered(text: str, filters: Filters) -> Iterator[Way]:
    rest, named = said(text)
    if named:
        yield Way("filtered", rest, {**filters, **named})


def _mended(
    text: str, filters: Filters, near: Iterable[str], lexicon: Lexicon | None
) -> Iterator[Way]:
    if (other := meant(text, near, lexicon)) is not None:
        yield Way("meant", other, filters)
        if filters:
            yield Way("meant", other, {})


def _fewer(text: str, filters: Filters) -> Iterator[Way]:
    """Ask for less: without a filter, without any, for one of the words alone."""
    chosen = [(name, code) for name, codes in filters.items() for code in codes]
    for name, code in chosen[:MOST_WAYS]:
        kept = {
            other: left
            for other, codes in filters.items()
            if (left := tuple(c for c in codes if (other, c) != (name, code)))
        }
        yield Way("without", text, kept, left_out=(name, code))
    if len(chosen) > 1:
        yield Way("without", text, {})
    parts = [part.text for part in question.parts(text) if part.is_required]
    if len(parts) > 1:
        for part in dict.fromkeys(parts[:4]):
            if len(part) > 1:
                yield Way("only", part, {})


def said(text: str) -> tuple[str, Filters]:
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
