"""Persons kept apart: the incompatible pairs of roles.json on one version.

The rules compare persons. A pair marked `merge` may be lifted for one person by a filed notice
合并岗; the decision then remembers the notice, and papers say so.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import cache

import sqlalchemy as sa
from sqlalchemy.orm import Session

import schemas
from registry.access.actor import Actor
from registry.db import now
from registry.errors import Forbidden
from registry.models.accounts import MergedPost
from registry.models.catalogue import Decision


@dataclass(frozen=True)
class Pair:
    """Two acts that one person may not both do on one version; `merge`: a notice may lift it."""

    first: str
    second: str
    merge: bool


@cache
def pairs() -> Mapping[str, tuple[Pair, ...]]:
    """The pairs in which an act stands, by act. `not_also_by` of the life table adds to them."""
    found = [
        Pair(row["a"], row["b"], row["merge"])
        for row in schemas.codes.table("roles")["incompatible"]
    ]
    known = {frozenset((pair.first, pair.second)) for pair in found}
    for step in schemas.codes.table("life")["steps"]:
        for other in step["not_also_by"]:
            if frozenset((step["id"], other)) not in known:
                found.append(Pair(other, step["id"], merge=False))
    by_act: dict[str, list[Pair]] = {}
    for pair in found:
        by_act.setdefault(pair.first, []).append(pair)
        by_act.setdefault(pair.second, []).append(pair)
    return {act: tuple(lines) for act, lines in by_act.items()}


def persons_apart(act: str) -> frozenset[str]:
    """The acts that nobody may have done who now does `act`."""
    return frozenset(
        pair.second if pair.first == act else pair.first for pair in pairs().get(act, ())
    )


def conflict(
    session: Session, actor: Actor, act: str, version_ids: Iterable[int]
) -> Forbidden | None:
    """The refusal because this person took an incompatible step on one of the versions, or None."""
    return _verdict(session, actor, act, tuple(version_ids))[0]


def apart_from(
    session: Session, actor: Actor, act: str, version_ids: Collection[int]
) -> frozenset[int]:
    """Those of the versions on which `conflict` would refuse the act, in one query of their steps.

    A second query where a notice may lift a pair; however many versions are asked for.
    """
    others = persons_apart(act)
    if not others or not version_ids or actor.person_id is None:
        return frozenset()
    done: dict[int, set[str]] = {}
    for version_id, step in session.execute(
        sa.select(Decision.version_id, Decision.step)
        .distinct()
        .where(
            Decision.person_id == actor.person_id,
            Decision.version_id.in_(version_ids),
            Decision.step.in_(others),
        )
    ):
        done.setdefault(version_id, set()).add(step)
    # Many versions, and few sets of steps on them.
    refused = {
        steps: judged(session, actor, act, steps)[0] is not None
        for steps in {frozenset(steps) for steps in done.values()}
    }
    return frozenset(one for one, steps in done.items() if refused[frozenset(steps)])


def require_apart(
    session: Session, actor: Actor, act: str, version_ids: Iterable[int]
) -> int | None:
    """Refuse an incompatible second step; give the id of the notice that lifted a pair, if any."""
    refusal, notice = _verdict(session, actor, act, tuple(version_ids))
    if refusal is not None:
        raise refusal
    return notice


def _verdict(
    session: Session, actor: Actor, act: str, version_ids: tuple[int, ...]
) -> tuple[Forbidden | None, int | None]:
    others = persons_apart(act)
    if not others or not version_ids or actor.person_id is None:
        return None, None
    done = {
        step
        for (step,) in session.execute(
            sa.select(Decision.step)
            .distinct()
            .where(
                Decision.person_id == actor.person_id,
                Decision.version_id.in_(version_ids),
                Decision.step.in_(others),
            )
        )
    }
    return judged(session, actor, act, done)


def judged(
    session: Session, actor: Actor, act: str, done: Collection[str], code: str = "same_person"
) -> tuple[Forbidden | None, int | None]:
    """The refusal of `act` by somebody who took the acts `done` on the same thing before.

    Where a filed notice lifts the pair, no refusal but the id of the notice. `code` names the
    sentence of the refusal.
    """
    notice = None
    for pair in pairs().get(act, ()):
        other = pair.second if pair.first == act else pair.first
        if other in done:
            notice = _notice(session, actor, pair) if pair.merge else None
            if notice is None:
                return Forbidden(code, act=act, other=other), None
    return None, notice


def _notice(session: Session, actor: Actor, pair: Pair) -> int | None:
    today = now().date()
    wanted = {pair.first, pair.second}
    for row in session.scalars(
        sa.select(MergedPost).where(
            MergedPost.person_id == actor.person_id,
            MergedPost.organisation_id.in_(actor.organisation_ids),
            MergedPost.starts <= today,
            MergedPost.ends >= today,
        )
    ):
        if {row.act_a, row.act_b} == wanted:
            return row.id
    return None
