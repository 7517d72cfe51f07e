"""Searches people keep: their list, what is new for each, keeping one from the page of hits."""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from flask import Blueprint, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from registry.access import Actor
from registry.discovery import saved
from registry.edge import actor, go, reads, session, writes
from registry.errors import Missing
from registry.web import finding

pages = Blueprint("saved", __name__, url_prefix="/saved")

LONGEST_TYPED = 256


@pages.get("")
@reads()
def index() -> str:
    """My saved searches, with the number of new entries of each."""
    return render_template(
        "saved.html",
        place="inbox",
        lines=saved.lines(session(), actor()),
        address_of=finding.address_of,
        words_of=finding.chosen_words,
    )


@pages.get("/<key>")
@reads()
def show(key: str) -> str:
    """What is new for one of them, as far as I may see it now."""
    found = saved.fresh(session(), actor(), key[:16])
    line = next((one for one in saved.lines(session(), actor()) if one.key == key[:16]), None)
    if line is None:
        raise Missing("no_saved_search")
    return render_template(
        "saved_new.html",
        place="inbox",
        line=line,
        found=found,
        address_of=finding.address_of,
    )


@pages.post("/add")
@writes()
def add() -> Response:
    """Keep the question of the page it is asked from."""
    saved.save(
        session(),
        actor(),
        request.form.get("name", "")[:LONGEST_TYPED],
        request.form.get("q", "")[:LONGEST_TYPED],
        finding.filters_of(request.form),
    )
    return go(url_for(".index"))


@pages.post("/<key>/<any(edit, pause, resume, drop, seen):step>")
@writes()
def take(key: str, step: str) -> Response:
    """Change, pause, resume or drop one, or put its new entries away."""
    _STEPS[step](session(), actor(), key[:16])
    return go(url_for("inbox.inbox" if step == "seen" else ".index"))


def _edit(session: Session, actor: Actor, key: str) -> None:
    typed = [request.form.get(name, "")[:LONGEST_TYPED] for name in ("name", "q")]
    saved.edit(session, actor, key, *typed)


_STEPS: Mapping[str, Callable[[Session, Actor, str], None]] = MappingProxyType(
    {
        "edit": _edit,
        "pause": lambda session, actor, key: saved.pause(session, actor, key, True),
        "resume": lambda session, actor, key: saved.pause(session, actor, key, False),
        "drop": saved.drop,
        "seen": saved.put_away,
    }
)
