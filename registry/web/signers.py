"""The keys that sign the masking reports of a unit: enrolled by its head, stopped with a reason."""

from flask import Blueprint, render_template, request, url_for
from werkzeug.wrappers import Response

import schemas
from registry import accounts, desensitization
from registry.access import acts
from registry.edge import actor, go, reads, session, writes
from registry.edge.words import sentence
from registry.errors import Conflict, Invalid, Refusal, Unreadable

pages = Blueprint("signers", __name__, url_prefix="/signers")


@pages.get("")
@reads("enrol_signer")
def index() -> str:
    """The keys of the units whose head this is, and the form for one more."""
    return _page()


@pages.post("/enrol")
@writes("enrol_signer")
def enrol() -> Response | tuple[str, int]:
    """Let a key sign from now on."""
    sent = request.files.get("public")
    try:
        fact = schemas.loads(sent.read(1 << 16) if sent else b"")
    except schemas.Unreadable:
        fact = None
    try:
        unit = accounts.organisation(session(), request.form.get("unit", "")[:40])
        name = request.form.get("name", "")
        desensitization.enrol_signer(session(), actor(), unit, name, fact)
    except (Invalid, Unreadable, Conflict) as refusal:
        return _page(refusal), refusal.status
    return go(url_for(".index"))


@pages.post("/<key>/revoke")
@writes("enrol_signer")
def revoke(key: str) -> Response | tuple[str, int]:
    """Let a key sign no more."""
    because = request.form.get("because", "")
    try:
        desensitization.revoke_signer(session(), actor(), key, because)
    except Invalid as refusal:
        return _page(refusal), refusal.status
    return go(url_for(".index"))


def _page(refusal: Refusal | None = None) -> str:
    allowed = acts()["enrol_signer"].roles
    units = {
        one.organisation_id: (one.organisation_code, one.organisation_name)
        for one in actor().holdings
        if one.role in allowed
    }
    return render_template(
        "signers.html",
        place="inbox",
        units=units,
        rows=desensitization.signers(session(), list(units)),
        fault=sentence(refusal) if refusal else None,
        typed=request.form,
    )
