"""Deletions are followed, but not all at once and unseen: a source that is suddenly empty is asked
about first.

An emptied index, a token that ran out, a wrong file handed over as the whole list look from here
exactly like a source that took everything away. Departments would lose what they were to claim,
so more than half of a list leaves it only when the administrator says that this is so.
"""

import sqlalchemy as sa
from sqlalchemy.orm import Session

from connectors.fetching import Refused
from registry.models.harvest import Claim, HarvestSource

EMPTIED = "emptied"
# A short list may lose most of it from one edition to the next.
FEW = 20


def require_few(session: Session, source: HarvestSource, more: int) -> None:
    """Raise Refused where `more` would make it more than half that leave since the run began.

    What the source brought since then does not count: entries under new ids are no others.
    """
    since = source.started_at
    gone, left = session.execute(
        sa.select(
            sa.func.count(sa.case((Claim.gone_at >= since, 1))),
            sa.func.count(sa.case((sa.and_(Claim.gone_at.is_(None), Claim.first_at < since), 1))),
        ).where(Claim.source_id == source.id)
    ).one()
    leaving, held = gone + more, gone + left
    if leaving > FEW and leaving * 2 > held:
        raise Refused(EMPTIED, gone=leaving, held=held)
