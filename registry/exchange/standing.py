"""Standing consents: a sharing head signs once per resource, complete requests are granted at once.

Only unconditional items fall under one (Art. 21: one working day). Whether the authority accepts
it is the city's decision; every grant is reported to the signer.
"""

import sqlalchemy as sa
from sqlalchemy.orm import Session

from registry import calendar, journal
from registry.access import Actor, require
from registry.errors import Conflict, Invalid
from registry.exchange.reading import offered, standing_consent
from registry.models.catalogue import Resource
from registry.models.exchange import StandingConsent
from schemas import Problem

LONGEST_SCOPE = 500


def sign_standing(session: Session, actor: Actor, resource: Resource, scope: str = "") -> None:
    """Sign the standing consent for the unconditional items of this resource."""
    holding = require(actor, "consent_back", resource.department)
    if not any(element.share_type == "1" for element in offered(session, resource)):
        raise Conflict("nothing_unconditional")
    if len(scope) > LONGEST_SCOPE:
        facts = {"limit": LONGEST_SCOPE, "given": len(scope)}
        raise Invalid([Problem("/text", "long-text", facts, record="request")])
    if standing_consent(session, resource) is not None:
        raise Conflict("standing_signed")
    row = session.scalar(
        sa.select(StandingConsent).where(StandingConsent.resource_id == resource.id)
    )
    if row is None:
        row = StandingConsent(resource_id=resource.id)
        session.add(row)
    row.signed_by, row.signed_on = actor.person_id or 0, calendar.today()
    row.scope, row.ended_on = scope.strip(), None
    session.flush()
    journal.record(
        session, actor, "sign_standing", "resource", resource.key, role=holding.role, facts={}
    )


def end_standing(session: Session, actor: Actor, resource: Resource) -> None:
    """End the standing consent from today; what was granted stays granted."""
    holding = require(actor, "consent_back", resource.department)
    row = standing_consent(session, resource)
    if row is None:
        raise Conflict("standing_ended")
    row.ended_on = calendar.today()
    session.flush()
    journal.record(
        session, actor, "end_standing", "resource", resource.key, role=holding.role, facts={}
    )
