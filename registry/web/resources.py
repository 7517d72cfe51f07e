"""An entry as its readers see it."""

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, render_template
from werkzeug.wrappers import Response

import schemas
from anonymization import plan
from registry import catalogue, desensitization, exchange
from registry.access import may
from registry.edge import actor, go, locale, reads, session, settings
from registry.edge.accepting import LINKED, accepted
from registry.edge.readings import noted
from registry.errors import Gone, Missing
from registry.models.accounts import Organisation
from registry.models.catalogue import Resource, Version
from registry.web import finding
from registry.web.deciding import available, decided
from registry.web.masking import is_read, judged

pages = Blueprint("resources", __name__, url_prefix="/resources")

Document = Mapping[str, Any]
# The page, or what a program may ask for instead of it: the ending of its address.
_PAGE = "page"
_FORMS = {"text/html": _PAGE, "application/xhtml+xml": _PAGE, **LINKED}


@pages.get("/<key>")
@reads(public=True)
def show(key: str) -> Response | str | tuple[str, int]:
    """The entry as this reader may see it; a tombstone where it is no longer in use.

    A program that accepts linked data and no page is sent to that spelling of the entry.
    """
    form = accepted(_FORMS)
    if form != _PAGE:
        answer = go(f"/resources/{key}.{form}")
        answer.headers["Vary"] = "Accept"
        return answer
    try:
        resource = catalogue.find(session(), actor(), key, settings().anonymous)
    except Gone:
        stone = catalogue.tombstone(session(), actor(), key, settings().anonymous)
        return render_template("tombstone.html", place="search", stone=stone), 410
    version = catalogue.version_of(session(), actor(), resource)
    if version is None:
        raise Missing("no_entry")
    noted([version])
    finding.note_opened()
    document = catalogue.document_of(version)
    return render_template(
        "resource.html",
        place="search",
        may_freeze=may(actor(), "freeze", resource.department),
        resource=resource,
        version=version,
        question=finding.question(),
        document=document,
        level=schemas.level(document),
        sections=_sections(document, resource.department),
        share_condition=schemas.share_condition(document, locale()),
        holders=catalogue.inherited_holders(session(), resource.department, document),
        available=available(version),
        withdrawable=catalogue.withdrawable(session(), actor(), resource),
        stone=_stone(resource),
        proposal=catalogue.proposal(session(), resource),
        may_revise=resource.working_version_id is None
        and resource.live is not None
        and resource.live.state != "retired"
        and may(actor(), "register", resource.department, project_id=resource.project_id),
        # Nobody without a name is shown who decided: nobody asks for it either.
        decisions=decided(version) if actor().signed_in else [],
        faults=catalogue.faults_of(version) if resource.remediation_due else [],
        **_use(version),
        masking=_masking(version),
        masking_profiles=plan.profiles(),
    )


def _masking(version: Version) -> Mapping[str, desensitization.Proof] | None:
    """What is proven of its desensitization, by release profile; None for who has no part in it."""
    if not is_read(version.resource):
        return None
    about = judged(version.resource, version)
    return desensitization.proofs(session(), [about], ("measured", "plan_only"))[about.id]


def _stone(resource: Resource) -> catalogue.Tombstone | None:
    """What outsiders read at this address, for those who work on it."""
    live = resource.live
    if live is None or live.state == "published":
        return None
    return catalogue.tombstone(session(), actor(), resource.key)


def _use(version: Version) -> dict[str, Any]:
    """What the page says about using the data: the button with its days, who uses them already.

    Somebody without a name sees the button too: it leads to signing in.
    """
    resource, who = version.resource, actor()
    offered = resource.live_version_id == version.id and version.state == "published"
    others = [
        unit for unit in exchange.units(session(), who, "request") if unit != resource.department_id
    ]
    asks = offered and version.share_type in ("1", "2") and (not who.signed_in or bool(others))
    heads = offered and may(who, "consent_back", resource.department)
    return {
        "may_request": asks,
        "why_not": _why_not(version) if offered and who.signed_in and not asks else "",
        "reply_days": exchange.reply_days(version.share_type),
        "users": exchange.users(session(), resource) if who.signed_in else [],
        "standing": exchange.standing_consent(session(), resource) if who.signed_in else None,
        "may_stand": heads and version.share_type == "1",
    }


def _why_not(version: Version) -> str:
    """Why somebody who asks for data has no button: "withheld", "own"; "" for all others."""
    asking = exchange.units(session(), actor(), "request")
    if not asking:
        return ""
    return "withheld" if version.share_type == "3" else "own"


def _sections(document: Document, unit: Organisation) -> list[tuple[str, list[tuple[str, str]]]]:
    """The sections of the page, the unit's own place in the class tree by its name."""
    sections = schemas.display(document, locale())
    own = catalogue.own_class(unit)
    if own is None or document.get("class_path") != own:
        return sections
    shown = schemas.codes.label("class_path", own, locale())
    named = f"{shown.rpartition(' / ')[0]} / {unit.name}"
    return [
        (title, [(name, named if text == shown else text) for name, text in lines])
        for title, lines in sections
    ]
