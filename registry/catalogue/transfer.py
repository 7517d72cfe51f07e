"""Transfer 划转: one act moves entries and all that hangs on them from one unit to another.

Codes stay for ever, and what was issued keeps the old name: nothing frozen is touched.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

import schemas
from registry import calendar, journal, outbox, shown
from registry.access import Actor, require
from registry.catalogue.life import UNDECIDED
from registry.db import now
from registry.errors import Invalid
from registry.models.accounts import Organisation
from registry.models.catalogue import Resource, Submission, Transfer, Version
from registry.models.exchange import Demand, Request, StandingConsent
from registry.models.harvest import Claim
from registry.models.projects import System
from schemas import Problem

# A request or demand for which nobody has the ball and no clock runs is history: it keeps the
# name it was closed under.
CLOSED = frozenset(
    state["id"]
    for state in schemas.codes.table("request_life")["states"]
    if not state["act"] and not state["clock"]
)

Document = Mapping[str, Any]


def transfer(session: Session, actor: Actor, document: Document) -> Transfer:
    """Move the entries of a unit, with drafts, reviews under way, open requests and demands.

    `document` is a `transfer`: both units by code, basis, day, and the codes of the entries when
    not all of them move. With all of them go the unit's systems and its own open requests and
    demands. Standing consents end: the head who gave them no longer answers for the data.

    A unit that is `dissolved` gives everything, and the taker is its successor from that day: it
    sees by name what the unit saw.
    """
    problems = schemas.errors("transfer", dict(document), at="submission")
    if problems:
        raise Invalid(problems)
    giver, taker = (_unit(session, document, side) for side in ("from", "to"))
    if giver.id == taker.id:
        raise Invalid([_problem("/to", "same-unit")])
    on = date.fromisoformat(str(document["on"]))
    if on > calendar.today():
        raise Invalid([_problem("/on", "on-future")])
    for unit in (giver, taker):
        require(actor, "transfer", unit)
    whole = not document.get("codes")
    dissolved = document.get("dissolved") is True
    if dissolved and not whole:
        raise Invalid([_problem("/codes", "part-of-ended")])
    # A successor that ended itself would lead on to nobody, or round in a circle.
    if dissolved and taker.successor_id is not None:
        raise Invalid([_problem("/to", "unit-ended")])
    moved = _entries(session, giver, document.get("codes") or ())
    facts: dict[str, object] = {"from": giver.code, "to": taker.code, "on": on.isoformat()}
    _move(session, actor, moved, giver, taker, facts)
    if whole:
        _move_unit(session, giver, taker)
    if dissolved:
        giver.successor_id, giver.valid_to = taker.id, on
        session.flush()
        outbox.touch(session, shown.pass_on(session, giver.id, taker.id))
        facts["dissolved"] = True
    assert actor.person_id is not None
    act = Transfer(
        from_id=giver.id,
        to_id=taker.id,
        basis=str(document["basis"]),
        on=on,
        entries=[resource.key for resource in moved],
        by=actor.person_id,
    )
    session.add(act)
    session.flush()
    counted = {**facts, "entries": len(moved), "whole": whole}
    journal.record(session, actor, "transfer", "transfer", act.key, facts=counted)
    session.expire_all()
    return act


def _unit(session: Session, document: Document, side: str) -> Organisation:
    code = str(document[side])
    unit = session.scalar(sa.select(Organisation).where(Organisation.code == code))
    if unit is None:
        raise Invalid([_problem(f"/{side}", "no-such-unit", given=code[:18])])
    return unit


def _entries(session: Session, giver: Organisation, codes: Sequence[str]) -> list[Resource]:
    """The entries that move: those of the codes, else every one, drafts without code included."""
    query = sa.select(Resource).where(Resource.department_id == giver.id).order_by(Resource.id)
    if not codes:
        return list(session.scalars(query))
    found = {r.code: r for r in session.scalars(query.where(Resource.code.in_(codes)))}
    strange = [
        _problem(f"/codes/{n}", "not-of-unit", given=code[:64])
        for n, code in enumerate(codes)
        if code not in found
    ]
    if strange:
        raise Invalid(strange)
    return [found[code] for code in codes]


def _problem(pointer: str, code: str, **params: object) -> Problem:
    return Problem(pointer, code, params, record="transfer")


def _move(
    session: Session,
    actor: Actor,
    moved: Sequence[Resource],
    giver: Organisation,
    taker: Organisation,
    facts: Mapping[str, object],
) -> None:
    ids = [resource.id for resource in moved]
    if not ids:
        return
    _submissions(session, ids, taker)
    _set(
        session,
        sa.update(Resource)
        .where(Resource.id.in_(ids))
        .values(department_id=taker.id, updated_at=now(), row_version=Resource.row_version + 1),
    )
    _set(
        session,
        sa.update(Request)
        .where(Request.resource_id.in_(ids), Request.state.not_in(CLOSED))
        .values(provider_id=taker.id, row_version=Request.row_version + 1),
    )
    _set(
        session,
        sa.update(Demand)
        .where(
            Demand.matched_id.in_(ids),
            Demand.assigned_id == giver.id,
            Demand.state.not_in(CLOSED),
        )
        .values(assigned_id=taker.id, changed_at=now()),
    )
    _set(
        session,
        sa.update(StandingConsent)
        .where(StandingConsent.resource_id.in_(ids), StandingConsent.ended_on.is_(None))
        .values(ended_on=calendar.today()),
    )
    journal.record_many(
        session,
        actor,
        [journal.Entry("transfer", "resource", r.key, facts=facts) for r in moved],
    )
    outbox.touch(session, ids)


def _submissions(session: Session, ids: Sequence[int], taker: Organisation) -> None:
    """Batches under review go with their entries; one that is divided gets a twin of the taker."""
    rows = session.execute(
        sa.select(Version.submission_id, Version.id, Resource.id)
        .join(Resource, Resource.working_version_id == Version.id)
        .where(
            Version.state.in_(UNDECIDED),
            Version.submission_id.in_(
                sa.select(Version.submission_id)
                .join(Resource, Resource.working_version_id == Version.id)
                .where(Resource.id.in_(ids), Version.state.in_(UNDECIDED))
            ),
        )
    ).all()
    leaving: dict[int, list[int]] = {}
    staying: set[int] = set()
    chosen = set(ids)
    for held_in, version_id, resource_id in rows:
        assert held_in is not None
        if resource_id in chosen:
            leaving.setdefault(held_in, []).append(version_id)
        else:
            staying.add(held_in)
    for batch_id, version_ids in leaving.items():
        batch = session.get_one(Submission, batch_id)
        if batch_id not in staying:
            batch.department_id = taker.id
            continue
        twin = Submission(
            department_id=taker.id,
            project_id=batch.project_id,
            title=batch.title,
            letter_number=batch.letter_number,
            letter_on=batch.letter_on,
            created_by=batch.created_by,
        )
        session.add(twin)
        session.flush()
        _set(
            session,
            sa.update(Version).where(Version.id.in_(version_ids)).values(submission_id=twin.id),
        )
    session.flush()


def _move_unit(session: Session, giver: Organisation, taker: Organisation) -> None:
    """What a unit leaves behind that gives away everything: systems, what it asked for."""
    _set(session, sa.update(System).where(System.unit_id == giver.id).values(unit_id=taker.id))
    _set(
        session,
        sa.update(Claim).where(Claim.department_id == giver.id).values(department_id=taker.id),
    )
    for table in (Request, Demand):
        _set(
            session,
            sa.update(table)
            .where(table.requester_id == giver.id, table.state.not_in(CLOSED))
            .values(requester_id=taker.id),
        )
    _set(
        session,
        sa.update(Demand)
        .where(Demand.assigned_id == giver.id, Demand.state.not_in(CLOSED))
        .values(assigned_id=taker.id),
    )


def _set(session: Session, statement: sa.Update) -> None:
    session.execute(statement.execution_options(synchronize_session=False))
