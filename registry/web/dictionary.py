"""The search dictionary: what the authority added, what was asked in vain, adding in one step."""

import re
from collections.abc import Mapping

from flask import Blueprint, render_template, request, url_for
from werkzeug.wrappers import Response

from registry.discovery import dictionary, opened
from registry.edge import actor, go, reads, session, writes
from registry.edge.words import sentence
from registry.errors import Conflict, Invalid, Missing
from registry.web import finding
from search import synonyms
from search.synonyms import Group

pages = Blueprint("dictionary", __name__, url_prefix="/dictionary")

# The boxes of the two forms.
SAME = ("terms", "broader", "related", "because")
SAID = ("asked", "meant", "because")
LONGEST_TYPED = 600
MOST_FOUND = 50


@pages.get("")
@reads("dictionary")
def index() -> str:
    """Own entries, questions without a hit, and the delivered groups that hold a word."""
    asked = request.args.get("term", "")[:LONGEST_TYPED]
    return _page({"terms": asked, "asked": asked})


def _page(typed: dict[str, str], fault: tuple[str, str] | None = None) -> str:
    wanted = request.args.get("q", "").strip()[:60]
    known = dictionary.lexicon(session()) or synonyms.delivered()
    plain = synonyms.plain(wanted)
    return render_template(
        "dictionary.html",
        place="dictionary",
        typed=typed,
        fault=fault,
        wanted=wanted,
        own=dictionary.entries(session()),
        unanswered=dictionary.unanswered(session()),
        unopened=opened.unopened(session(), finding.tally()),
        search_address=lambda text: finding.address_of(text, {}),
        kept_days=opened.KEPT_DAYS,
        conflicts=dictionary.conflicts(session(), _split(typed.get("terms", ""))),
        found=[
            group
            for group in known.groups
            if plain and any(plain in synonyms.plain(one) for one in (*group.terms, *group.said))
        ][:MOST_FOUND],
        size=len(known.groups),
    )


def _split(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in re.split("[、,，;；/\n]", text[:LONGEST_TYPED]))


def _group(typed: Mapping[str, str]) -> Group:
    """What was typed in either form: words of one meaning, or what people say and what they mean.

    老人、老年人 + 领钱 is said in two words, whatever stands between them.
    """
    if "meant" not in typed:
        terms, broader, related = (_split(typed[name]) for name in ("terms", "broader", "related"))
        return Group(terms, related, typed["because"], broader)
    things = tuple(map(_split, re.split("[+＋]", typed["asked"])))
    meant, because = _split(typed["meant"]), typed["because"]
    if len(things) > 1:
        return Group(meant, because=because, together=things)
    return Group(meant, because=because, said=things[0])


@pages.post("/add")
@writes("dictionary")
def add() -> Response | tuple[str, int]:
    """Add a group of terms, or what people say for some."""
    names = SAID if "meant" in request.form else SAME
    typed = {name: request.form.get(name, "")[:LONGEST_TYPED] for name in names}
    # The entry takes its words off the list: what is counted and not yet written must be on it.
    finding.tally().write(session())
    try:
        dictionary.add(session(), actor(), _group(typed))
    except Invalid as refusal:
        return _page(typed, sentence(refusal)), refusal.status
    return go(url_for(".index"))


@pages.post("/<key>/retire")
@writes("dictionary")
def retire(key: str) -> Response | tuple[str, int]:
    """Retire an entry or a delivered group."""
    try:
        dictionary.retire(session(), actor(), key[:16], request.form.get("because", ""))
    except (Invalid, Missing, Conflict) as refusal:
        return _page({}, sentence(refusal)), refusal.status
    return go(url_for(".index"))
