"""The authority's own entries of the search dictionary, and the questions that ask for them.

Every process reads them with each question, so an entry works at once and everywhere. What was
delivered is never changed: a group of it is retired by a row of its own.
"""

import re
import threading
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from registry import access, calendar, journal
from registry.access import Actor
from registry.db import now
from registry.errors import Conflict, Invalid, Missing
from registry.models.discovery import AskedQuery, DictionaryEntry, UnansweredQuery
from registry.unchanged import until_next_act
from search import analysis, question, synonyms
from search.synonyms import Group, Lexicon

MOST_TERMS = 20
MOST_THINGS = 4
LONGEST_REASON = 400
LONGEST_NOTED = 40
MOST_NOTED = 2_000
# What one person asked once may be about somebody; what was asked twice is a gap of the dictionary.
SHOWN_FROM = 2
_PERSONAL = re.compile(r"[0-9０-９]{6,}|@|[A-Za-z]?[0-9]{5,}|先生|女士|身份证号?[:：是为]")
# Entries by their keys; two databases of one process have different keys.
_known: dict[tuple[str, ...], Lexicon] = {}
_lock = threading.Lock()


def lexicon(session: Session) -> Lexicon | None:
    """The dictionary as it stands, None where the authority changed nothing of the delivered."""
    return until_next_act(session, "lexicon", lambda: _lexicon(session))


def _lexicon(session: Session) -> Lexicon | None:
    rows = session.scalars(
        sa.select(DictionaryEntry)
        .where(DictionaryEntry.retired_at.is_(None))
        .order_by(DictionaryEntry.id)
    ).all()
    if not rows:
        return None
    stamp = tuple(row.key for row in rows)
    with _lock:
        found = _known.get(stamp)
    if found is None:
        own = [_group(row) for row in rows if row.retires is None]
        retired = {row.retires for row in rows if row.retires}
        found = synonyms.delivered().extended(own, retired)
        with _lock:
            if len(_known) > 8:
                _known.clear()
            _known[stamp] = found
    return found


def _group(row: DictionaryEntry) -> Group:
    return Group(
        tuple(row.terms),
        tuple(row.related),
        row.because,
        tuple(row.broader),
        tuple(row.said),
        tuple(map(tuple, row.together)),
    )


def add(session: Session, actor: Actor, given: Group) -> DictionaryEntry:
    """Add a group; refused with the rule it breaks. The questions it answers leave the lists."""
    access.require(actor, "dictionary")
    group = Group(
        _words(given.terms),
        _words(given.related),
        given.because.strip()[:LONGEST_REASON],
        _words(given.broader),
        _words(given.said),
        tuple(filter(None, map(_words, given.together)))[:MOST_THINGS],
    )
    _lint(group, lexicon(session) or synonyms.delivered())
    row = DictionaryEntry(
        terms=list(group.terms),
        broader=list(group.broader),
        related=list(group.related),
        said=list(group.said),
        together=list(map(list, group.together)),
        because=group.because,
        added_by=actor.person_id,
    )
    session.add(row)
    session.flush()
    for table in (UnansweredQuery, AskedQuery):
        answered = [text for text in session.scalars(sa.select(table.text)) if _asks(group, text)]
        session.execute(sa.delete(table).where(table.text.in_(answered)))
    journal.record(session, actor, "dictionary", "dictionary", row.key, facts={"way": "add"})
    return row


def _asks(group: Group, text: str) -> bool:
    """Tell whether a question is one that a group answers: one of its words, or all it is told by.

    Terms that are only led to by what is said were found before.
    """
    if group.together:
        return all(any(word in text for word in words) for words in group.together)
    return text in (group.said or (*group.terms, *group.broader))


def retire(session: Session, actor: Actor, key: str, because: str) -> None:
    """Retire an own entry by its key, or a delivered group by the key of the group."""
    access.require(actor, "dictionary")
    reason = because.strip()[:LONGEST_REASON]
    if not reason:
        raise Invalid((), "dictionary_reason")
    row = session.scalar(sa.select(DictionaryEntry).where(DictionaryEntry.key == key))
    if row is not None:
        if row.retired_at is not None:
            raise Conflict("dictionary_retired")
        row.retired_at, row.retired_by, row.retired_because = now(), actor.person_id, reason
    elif any(group.key == key for group in (lexicon(session) or synonyms.delivered()).groups):
        row = DictionaryEntry(
            terms=[], broader=[], related=[], because=reason, retires=key, added_by=actor.person_id
        )
        session.add(row)
    else:
        raise Missing("no_dictionary_entry")
    session.flush()
    journal.record(session, actor, "dictionary", "dictionary", row.key, facts={"way": "retire"})


def _words(given: Iterable[str]) -> tuple[str, ...]:
    plain = (synonyms.plain(word) for word in given)
    return tuple(dict.fromkeys(filter(None, plain)))[:MOST_TERMS]


def _lint(group: Group, known: Lexicon) -> None:
    """Refuse a group that would mislead: no reason, nothing to offer, a trap, a loop."""
    if not group.because:
        raise Invalid((), "dictionary_reason")
    # A word told beside others may be short or weak: of 老人 and 餐 the meal is meant.
    beside = tuple(word for words in group.together for word in words)
    words = (*group.terms, *group.broader, *group.related, *group.said)
    if not group.terms or len((*words, *beside)) < 2:
        raise Invalid((), "dictionary_few")
    if len(group.together) == 1:
        raise Invalid((), "dictionary_alone")
    for several in (words, beside):
        if twice := sorted({word for word in several if several.count(word) > 1}):
            raise Invalid((), "dictionary_twice", term=twice[0])
    for word in (*words, *beside):
        if len(word) < 2 and word in words:
            raise Invalid((), "dictionary_short", term=word)
        if len(word) > synonyms.LONGEST_TERM:
            raise Invalid((), "dictionary_long", term=word, most=synonyms.LONGEST_TERM)
        if not list(analysis.pieces(word)) or (word in words and _says_nothing(word)):
            raise Invalid((), "dictionary_empty", term=word)
    for other in known.groups:
        above, below = (
            set(map(synonyms.plain, other.broader)),
            set(map(synonyms.plain, other.terms)),
        )
        if above.intersection(group.terms) and below.intersection(group.broader):
            raise Invalid((), "dictionary_loop", term=group.broader[0])


def _says_nothing(word: str) -> bool:
    """Tell whether a word is one that asks, or a weak one: it would stand for every question."""
    listed = analysis.table("questions")
    return word in listed["words"] or word in listed["weak"]


def conflicts(session: Session, terms: Iterable[str]) -> list[Group]:
    """Groups that hold one of these terms already, shown before and after an entry is added."""
    words = set(_words(terms))
    known = lexicon(session) or synonyms.delivered()
    # What is said leads to its terms and makes none of them stand for another.
    return [
        group
        for group in known.groups
        if not group.together and words.intersection(map(synonyms.plain, group.said or group.terms))
    ]


def entries(session: Session) -> Sequence[DictionaryEntry]:
    """Every entry of the authority, newest first, retired ones included."""
    return session.scalars(
        sa.select(DictionaryEntry).order_by(DictionaryEntry.id.desc()).limit(500)
    ).all()


@dataclass(frozen=True)
class Unanswered:
    """A question that was asked more than once and found nothing."""

    text: str
    asked: int


def unanswered(session: Session, limit: int = 50) -> list[Unanswered]:
    """Questions without a hit, those asked most often first."""
    rows = session.execute(
        sa.select(UnansweredQuery.text, UnansweredQuery.asked)
        .where(UnansweredQuery.asked >= SHOWN_FROM)
        .order_by(UnansweredQuery.asked.desc(), UnansweredQuery.text)
        .limit(limit)
    )
    return [Unanswered(text, asked) for text, asked in rows]


def is_noted(text: str) -> bool:
    """Tell whether a question may be kept: short, in words, without what looks personal."""
    plain = synonyms.plain(text)
    return (
        1 < len(plain) <= LONGEST_NOTED
        and not _PERSONAL.search(plain)
        and any(part.is_required for part in question.parts(plain))
    )


def note_unanswered(session: Session, text: str) -> None:
    """Count a question that found nothing; who asked is not kept, nor what looks personal."""
    if not is_noted(text):
        return
    plain = synonyms.plain(text)
    row = session.scalar(sa.select(UnansweredQuery).where(UnansweredQuery.text == plain))
    if row is not None:
        row.asked += 1
        row.last_on = calendar.today()
        return
    count = session.scalar(sa.select(sa.func.count(UnansweredQuery.id))) or 0
    if count >= MOST_NOTED:
        oldest = sa.select(UnansweredQuery.id).order_by(
            UnansweredQuery.last_on, UnansweredQuery.asked, UnansweredQuery.id
        )
        ids = session.scalars(oldest.limit(count - MOST_NOTED + 1)).all()
        session.execute(sa.delete(UnansweredQuery).where(UnansweredQuery.id.in_(ids)))
    session.add(UnansweredQuery(text=plain, kind="no_hit", last_on=calendar.today()))
