"""The inbox: what waits for the actor, most urgent first, and what he started."""

from dataclasses import dataclass

import sqlalchemy as sa
from flask import Blueprint, render_template, request

from registry import calendar, catalogue, exchange
from registry.access import may
from registry.edge import actor, locale, reads, session
from registry.models.catalogue import Resource, Version
from schemas import codes

pages = Blueprint("inbox", __name__)


@dataclass(frozen=True)
class Line:
    """A row of the inbox: the version, what is asked, the clock."""

    version: Version
    step: str
    due: calendar.Due | None
    left: int | None

    @property
    def urgency(self) -> tuple[int, int]:
        """Overdue first, then by days left; without a clock last."""
        return (1, 0) if self.left is None else (0, self.left)


@pages.get("/inbox")
@reads()
def inbox() -> str:
    """What waits for me; drafts and returned entries for those who compile."""
    lines = sorted(
        (_line(task.version, task.step) for task in catalogue.inbox(session(), actor())),
        key=lambda line: line.urgency,
    )
    return render_template(
        "inbox.html",
        place="inbox",
        lines=lines,
        waiting=_waiting_elsewhere(),
        asked=[
            (row, exchange.clock(session(), row.request))
            for row in exchange.waiting(session(), actor())
        ],
        demands=exchange.demands_waiting(session(), actor()),
        notices=exchange.notices(session(), actor()),
        late=exchange.count(
            session(), [exchange.overdue(), exchange.answers_for(session(), actor())]
        ),
        may_register=bool(_units()),
        may_hand_in=may(actor(), "hand_in"),
        taken=_taken(),
        word=lambda step: codes.label("act", step, locale()),
    )


def _taken() -> tuple[int, ...] | None:
    """What an import just brought, as its address says."""
    counts = [request.args.get(name, "") for name in ("created", "updated", "same")]
    known = all(text.isascii() and text.isdigit() and len(text) < 7 for text in counts)
    return tuple(int(text) for text in counts) if known else None


def _line(version: Version, step: str) -> Line:
    due = catalogue.clock(session(), version)
    left = None
    if due is not None:
        left = calendar.load(session()).between(calendar.today(), due.on)
    return Line(version, step, due, left)


def _units() -> list[int]:
    return [h.organisation_id for h in actor().holdings if may(actor(), "register")]


def _waiting_elsewhere() -> list[Line]:
    """Entries of my unit that somebody else is to decide on."""
    if not may(actor(), "read_working"):
        return []
    rows = session().scalars(
        sa.select(Version)
        .join(Resource, Resource.working_version_id == Version.id)
        .where(
            Resource.department_id.in_(actor().organisation_ids),
            Version.state.in_(catalogue.STEPS["take_back"].sources),
            Resource.frozen_at.is_(None),
        )
        .order_by(Version.arrived_at)
        .limit(200)
    )
    return [_line(version, "") for version in rows]
