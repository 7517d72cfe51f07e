"""Demand against supply, item by item: by name, by synonym, by part of a name; and by duty."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, defer

import schemas
from registry.access import Actor
from registry.catalogue import visible
from registry.discovery.dictionary import lexicon
from registry.exchange.asked import strings
from registry.models.accounts import Organisation
from registry.models.catalogue import Element, Resource, Version
from search import analysis
from search.synonyms import Lexicon, delivered

MOST_PLACES = 100
MOST_MATCHES = 8


# A withheld item answers nobody's demand.
_SHARED = sa.func.coalesce(Element.share_type, "") != "3"


@dataclass(frozen=True)
class Match:
    """A live resource that holds some of what is wanted: wanted item → the item that answers it."""

    resource: Resource
    version: Version
    items: Mapping[str, str]
    wanted: int

    @property
    def is_whole(self) -> bool:
        """Whether everything that is wanted is there."""
        return len(self.items) == self.wanted


def candidates(session: Session, actor: Actor, document: Mapping[str, Any]) -> list[Match]:
    """The resources that answer most of the wanted items, best first; of those the actor sees."""
    wanted = list(dict.fromkeys(item for item in strings(document.get("items")) if item.strip()))
    title = str(document.get("wanted") or "")
    words = lexicon(session) or delivered()
    forms = {item: variants(item, words) for item in wanted}
    # A name or a date alone is in every other resource: the others decide which are looked at.
    telling = [item for item in wanted if not _says_nothing(item)] or wanted
    titles = {form for form in variants(title, words) if len(form) > 1}
    held: dict[int, dict[str, str]] = {}
    places = _places(session, actor, [forms[item] for item in telling], titles)
    for version_id, name in session.execute(
        sa.select(Element.version_id, Element.name)
        .where(Element.version_id.in_(places), _SHARED)
        .order_by(Element.version_id, Element.position)
    ):
        found = held.setdefault(version_id, {})
        for item, own in forms.items():
            if answers(own, name) and (item not in found or len(name) < len(found[item])):
                found[item] = name
    matches = [
        (_named(titles, version.name), Match(resource, version, items, len(wanted)))
        for version_id, (resource, version) in places.items()
        for items in [held.get(version_id, {})]
        if _named(titles, version.name) or any(item in items for item in telling)
    ]
    matches.sort(key=lambda one: (-len(one[1].items), not one[0], one[1].version.name))
    return [match for _, match in matches[:MOST_MATCHES]]


def _places(
    session: Session, actor: Actor, telling: Iterable[frozenset[str]], titles: Iterable[str]
) -> dict[int, tuple[Resource, Version]]:
    """The live versions worth a look, by id: those with most of the items, or of that name."""
    forms = sorted({form for own in telling for form in own if len(form) > 1})[:120]
    named = sa.or_(
        sa.false(),
        *(Version.name.contains(form, autoescape=True) for form in sorted(titles)[:20]),
    )
    of_items = sa.or_(sa.false(), *(Element.name.contains(form, autoescape=True) for form in forms))
    hits = (
        sa.select(Element.version_id, sa.func.count(Element.id).label("n"))
        .join(Resource, Resource.live_version_id == Element.version_id)
        .where(of_items, _SHARED)
        .group_by(Element.version_id)
        .subquery()
    )
    found = session.execute(
        sa.select(Resource, Version)
        .join(Version, Resource.live_version_id == Version.id)
        .outerjoin(hits, hits.c.version_id == Version.id)
        .where(
            visible(actor),
            Version.share_type != "3",
            sa.or_(hits.c.n.is_not(None), named),
        )
        .order_by(sa.desc(sa.func.coalesce(hits.c.n, 0)), sa.case((named, 0), else_=1), Version.id)
        .limit(MOST_PLACES)
        .options(defer(Version.document))
    )
    return {version.id: (resource, version) for resource, version in found}


def variants(text: str, words: Lexicon) -> frozenset[str]:
    """The text as names are compared, with every synonym in the place of its word."""
    plain = analysis.fold(text).replace(" ", "")
    if not plain:
        return frozenset()
    forms = [""]
    for start, end, term in words.segments(plain):
        choices = (plain[start:end], *(term.same if term else ()))
        forms = [form + choice for form in forms for choice in choices][:24]
    return frozenset([plain, *forms])


def answers(forms: frozenset[str], name: str) -> bool:
    """Whether an item of this name holds what is wanted: equal, or the wanted inside it."""
    plain = analysis.fold(name).replace(" ", "")
    return any(form == plain or (len(form) > 1 and form in plain) for form in forms)


def _says_nothing(item: str) -> bool:
    """Whether this is one of the items nearly every resource has (姓名, 公民身份号码, 状态)."""
    return item.strip() in schemas.codes.table("share_rules")["key_items"]


def _named(titles: Iterable[str], name: str) -> bool:
    plain = analysis.fold(name).replace(" ", "")
    return any(title in plain or (len(plain) > 3 and plain in title) for title in titles)


def by_duty(
    session: Session, document: Mapping[str, Any], count: int = 5
) -> Sequence[tuple[Organisation, tuple[str, ...]]]:
    """The units whose duty or name speaks of what is wanted, with the words that say so."""
    text = " ".join([str(document.get("wanted") or ""), *strings(document.get("items"))])
    suggested = document.get("suggested")
    words = _words(text)
    found = []
    for unit in session.scalars(sa.select(Organisation).where(Organisation.valid_to.is_(None))):
        named = isinstance(suggested, str) and suggested.strip() in (unit.name, unit.short)
        shared = tuple(sorted(words & _words(f"{unit.duty} {unit.name}")))
        if named or shared:
            found.append((not named, -len(shared), unit.name, unit, shared))
    found.sort(key=lambda one: one[:3])
    return [(unit, shared) for *_, unit, shared in found[:count]]


# Words every unit's duty may hold: they point at nobody.
_EMPTY = frozenset({"管理", "信息", "数据", "工作", "服务", "乌海", "海市", "全市", "全国", "情况"})


def _words(text: str) -> frozenset[str]:
    """Pairs of characters, which need no dictionary, and the synonyms of known words."""
    plain = analysis.fold(text)
    known = [term for *_, term in delivered().segments(plain) if term is not None]
    wider = [other for term in known for other in term.same]
    pairs = {pair for part in (plain, *wider) for pair in analysis.tokens(part) if len(pair) > 1}
    return frozenset(pairs - _EMPTY)
