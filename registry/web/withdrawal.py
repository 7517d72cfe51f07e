"""Taking a live entry out of use and bringing it back: one form per step."""

from collections.abc import Mapping, Sequence
from typing import Any

from flask import Blueprint, render_template, request, url_for
from werkzeug.wrappers import Response

import schemas
from registry import catalogue, exchange
from registry.access import require
from registry.edge import actor, go, locale, reads, session, writes
from registry.errors import Conflict, Invalid, Unreadable
from registry.models.catalogue import Resource

pages = Blueprint("withdrawal", __name__, url_prefix="/resources")

STEPS = "<key>/<any('suspend', 'resume', 'propose-retirement', 'keep', 'retire'):step>"
# The steps that carry a document, and its record.
RECORDS: Mapping[str, str] = {
    "suspend": "suspension",
    "propose_retirement": "retirement",
    "keep": "keeping",
}


# The steps for which it matters what was said last of retiring the entry.
RETIRING = ("propose_retirement", "keep", "retire")


@pages.get(f"/{STEPS}")
@reads()
def ask(key: str, step: str) -> str:
    """The form of a step, for whoever may take it now."""
    resource, act = catalogue.find(session(), actor(), key), step.replace("-", "_")
    state = resource.live.state if resource.live else None
    require(actor(), act, resource.department, state, resource.project_id)
    if state is None:
        raise Conflict("not_live", key=key)
    return _form(resource, act, {})


@pages.post(f"/{STEPS}")
@writes()
def take(key: str, step: str) -> Response | tuple[str, int]:
    """Take the step on the text that was shown; what was typed stays when it is refused."""
    resource, act = catalogue.find(session(), actor(), key), step.replace("-", "_")
    seen = request.form.get("digest", "")
    if act not in RECORDS:
        calls = {"resume": catalogue.resume, "retire": catalogue.retire}
        calls[act](session(), actor(), resource, seen)
        exchange.tell_users(session(), resource, act)
        return go(url_for("resources.show", key=key))
    try:
        typed = schemas.from_form(request.form.items(multi=True), RECORDS[act])
    except schemas.Unreadable as fault:
        raise Unreadable("unreadable") from fault
    signed = {
        "suspend": catalogue.suspend,
        "propose_retirement": catalogue.propose_retirement,
        "keep": catalogue.keep,
    }
    try:
        signed[act](session(), actor(), resource, typed, seen)
    except Invalid as refusal:
        return _form(resource, act, typed, refusal.problems), 422
    if act == "suspend":
        exchange.tell_users(session(), resource, act)
    if act == "keep":
        whom = [(resource.department_id, "head")]
        exchange.tell(session(), act, "resource", resource.key, whom)
    return go(url_for("resources.show", key=key))


def _form(
    resource: Resource,
    act: str,
    document: Mapping[str, Any],
    problems: Sequence[schemas.Problem] = (),
) -> str:
    record = RECORDS.get(act)
    fields = schemas.fields(record) if record else ()
    groups = [
        (group.key, group.title(locale()), [f for f in fields if f.group == group.key])
        for group in (schemas.groups(record) if record else ())
    ]
    following = resource.successor_id if act in ("keep", "retire") else None
    return render_template(
        "withdrawal.html",
        place="search",
        resource=resource,
        step=act,
        groups=groups,
        document=document,
        problems=problems,
        proposal=catalogue.proposal(session(), resource) if act in RETIRING else None,
        successor=session().get(Resource, following) if following else None,
    )
