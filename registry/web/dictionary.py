"""The search dictionary: what the authority added, what was asked in vain, adding in one step."""

import re

from flask import Blueprint, render_template, request, url_for
from werkzeug.wrappers import Response

from registry.discovery import dictionary, opened
from registry.edge import actor, go, reads, session, writes
from registry.edge.words import sentence
from registry.errors import Conflict, Invalid, Missing
from registry.web import finding
from search import synonyms

pages = Blueprint("dictionary", __name__, url_prefix="/dictionary")

LONGEST_TYPED = 600
MOST_FOUND = 50


@pages.get("")
@reads("dictionary")
def index() -> str:
    """Own entries, questions without a hit, and the delivered groups that hold a word."""
    return _page({"terms": request.args.get("term", "")[:LONGEST_TYPED]})


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


def _split(text: str) -> list[str]:
    return [part.strip() for part in re.split("[、,，;；/\n]", text[:LONGEST_TYPED])]


@pages.post("/add")
@writes("dictionary")
def add() -> Response | tuple[str, int]:
    """Add a group of terms."""
    names = ("terms", "broader", "related", "because")
    typed = {name: request.form.get(name, "")[:LONGEST_TYPED] for name in names}
    # The entry takes its words off the list: what is counted and not yet written must be on it.
    finding.tally().write(session())
    try:
        dictionary.add(
            session(),
            actor(),
            _split(typed["terms"]),
            _split(typed["broader"]),
            _split(typed["related"]),
            typed["because"],
        )
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
