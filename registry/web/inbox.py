"""The inbox: what waits for the actor, most urgent first, and what he started."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import sqlalchemy as sa
from flask import Blueprint, render_template, request

from anonymization import plan as masking
from registry import acceptance, accounts, calendar, catalogue, desensitization, exchange, harvest
from registry import projects as register
from registry.access import may
from registry.catalogue.reading import asked
from registry.discovery import saved
from registry.edge import actor, locale, reads, session, settings
from registry.edge.numbers import natural
from registry.models.accounts import Organisation
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
    sender: str = ""
    returned: bool = False
    remarks: int = 0
    holders: Sequence[str] = ()

    @property
    def urgency(self) -> tuple[int, int]:
        """Overdue first, then by days left; without a clock last."""
        return (1, 0) if self.left is None else (0, self.left)


@pages.get("/inbox")
@reads()
def inbox() -> str:
    """What waits for me; drafts and returned entries for those who compile."""
    tasks = catalogue.inbox(session(), actor())
    found = _with_senders([_line(task.version, task.step) for task in tasks])
    lines = sorted(found, key=lambda line: line.urgency)
    requests = [
        (row, exchange.clock(session(), row.request))
        for row in exchange.waiting(session(), actor())
    ]
    demands = exchange.demands_waiting(session(), actor())
    reports = desensitization.awaited(session(), actor())
    projects = acceptance.awaited(session(), actor(), settings().deferral_paper)
    waiting = _waiting_elsewhere()
    sent = exchange.elsewhere(session(), actor())
    hidden = acceptance.hidden_in(session(), actor(), [one.found for one in projects if one.lines])
    show = request.args.get("show", "")
    within = _WITHIN.get(show)
    lefts = [line.left for line in lines]
    lefts += [
        None if clock is None or clock.term or clock.stopped else clock.left
        for _, clock in requests
    ]
    return render_template(
        "inbox.html",
        place="inbox",
        show=show if within else "",
        figures={
            "overdue": _count(lefts, _WITHIN["overdue"]),
            "soon": _count(lefts, _WITHIN["soon"]),
            "mine": len(lines) + len(requests) + len(demands) + len(reports) + len(projects),
            "others": len(waiting) + len(sent),
            **_published(),
        },
        lines=[line for line in lines if within is None or _is_within(line.left, within)],
        waiting=waiting,
        sent=[(row, exchange.clock(session(), row.request)) for row in sent],
        asked=[
            pair
            for pair, left in zip(requests, lefts[len(lines) :], strict=True)
            if within is None or _is_within(left, within)
        ],
        demands=[] if within else demands,
        reports=[] if within else reports,
        projects=[] if within else [(one, *_told(one, hidden)) for one in projects],
        follows=register.follows(session(), actor()),
        profiles=masking.profiles(),
        saved=[line for line in saved.lines(session(), actor()) if line.fresh],
        notices=exchange.notices(session(), actor()),
        claims=harvest.count_waiting(session(), actor()) if harvest.reads_claims(actor()) else None,
        late=exchange.count(
            session(), [exchange.overdue(), exchange.answers_for(session(), actor())]
        ),
        late_above=bool(exchange.units(session(), actor(), "extend")),
        may_register=bool(_units()),
        may_hand_in=may(actor(), "hand_in"),
        taken=_taken(),
        word=lambda step: codes.label("act", step, locale()),
    )


def _told(
    one: acceptance.Awaited, hidden: frozenset[str]
) -> tuple[list[tuple[str, str, str]], int]:
    """What is open of a project: gate, its name, a sentence; and how many more gates are."""
    lines = [
        (
            line.gate.id,
            line.gate.title(locale()),
            acceptance.said(acceptance.shown(line.shortfalls[0], hidden, locale()), locale())[0],
        )
        for line in one.lines[:3]
    ]
    return lines, len(one.lines) - len(lines)


# Working days left, from and to, of the two figures that are urgent.
_WITHIN: Mapping[str, tuple[int, int]] = {"overdue": (-100_000, -1), "soon": (0, 2)}


def _is_within(left: int | None, within: tuple[int, int]) -> bool:
    return left is not None and within[0] <= left <= within[1]


def _count(lefts: Iterable[int | None], within: tuple[int, int]) -> int:
    return sum(_is_within(left, within) for left in lefts)


def _published() -> dict[str, Any]:
    """How many entries of my first unit are published, of how many; where they are listed."""
    if not actor().holdings:
        return {"published": 0, "entries": 0, "unit": ""}
    unit = session().get_one(Organisation, actor().holdings[0].organisation_id)
    live = sa.func.count(sa.case((Version.state == "published", Resource.id)))
    published, entries = (
        session()
        .execute(
            sa.select(live, sa.func.count(Resource.id))
            .outerjoin(Version, Version.id == Resource.live_version_id)
            .where(
                Resource.department_id == unit.id,
                Resource.frozen_at.is_(None),
                sa.or_(Version.state.is_(None), Version.state.not_in(["retired", "wiped"])),
            )
        )
        .one()
    )
    return {"published": published, "entries": entries, "unit": unit.code}


def _with_senders(lines: Sequence[Line]) -> list[Line]:
    """Each line with who sent it here: the last decision on it, or the return it answers."""
    before = {
        line.version.id: line.version.based_on_id
        for line in lines
        if line.version.state == "draft" and line.version.based_on_id is not None
    }
    last = {
        decision.version_id: (decision, name)
        for decision, name, _ in catalogue.decisions(
            session(), [*(line.version.id for line in lines), *before.values()]
        )
    }
    made = []
    for line in lines:
        decision, name = last.get(before.get(line.version.id, 0), (None, ""))
        if decision is not None and decision.step == "return":
            count = len(catalogue.remarks_on(session(), line.version))
            made.append(replace(line, sender=name, returned=True, remarks=count))
        else:
            # Of a draft that was taken back it is known who took it.
            sender = last.get(line.version.id, (None, name))[1]
            made.append(replace(line, sender=sender))
    return made


def _taken() -> tuple[int, ...] | None:
    """What an import just brought, as its address says."""
    counts = (natural(request.args.get(name), 6) for name in ("created", "updated", "same"))
    known = tuple(count for count in counts if count is not None)
    return known if len(known) == 3 else None


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
    known: dict[tuple[str, int], list[str]] = {}
    lines = []
    for version in rows:
        line = _line(version, asked(version.state))
        if may(actor(), line.step, version.resource.department, version.state):
            # It waits for him himself, and stands above.
            continue
        place = (line.step, version.resource.department_id)
        if place not in known:
            people = accounts.able(session(), line.step, version.resource.department)
            known[place] = [name for name, _ in people[:2]]
        lines.append(replace(line, holders=known[place]))
    return lines
