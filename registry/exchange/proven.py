"""Whether what a request is granted may go out: personal data need a proof of desensitization.

A plan and a run over made-up rows are enough for the first acceptance; the run over the real data
binds before anything is released.
"""

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy.orm import Session

import schemas
from registry import desensitization
from registry.exchange.reading import offered
from registry.models.exchange import Request


@dataclass(frozen=True)
class Proven:
    """The way of sharing asked for, and the release profile of a proof that covers it, or ""."""

    method: str
    profile: str


def proven(session: Session, request: Request, keys: Collection[str]) -> Proven | None:
    """The proof for these items of a request; None where none of them is personal.

    Nor is there one to ask for where the resource is offered no more.
    """
    live, method = request.resource.live, str(request.document.get("method") or "")
    if live is None or request.resource.frozen_at is not None:
        return None
    personal = {one.key for one in offered(session, request.resource) if one.pi_kind}
    if personal.isdisjoint(keys):
        return None
    proofs = desensitization.proofs(session, [live])[live.id]
    covering = schemas.codes.table("share_method")["profiles"].get(method, ())
    held = [one for one in covering if one in proofs and proofs[one].report is not None]
    return Proven(method, held[0] if held else "")
