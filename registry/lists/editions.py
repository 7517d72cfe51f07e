"""Editions: a list as it stood, numbered per unit, signed by the head, never changed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

import schemas
from registry import calendar, journal
from registry.access import Actor, require
from registry.catalogue.traces import WIPED_NAME, names
from registry.db import now
from registry.errors import Conflict, Missing
from registry.lists.compute import kind, rows
from registry.models.accounts import Organisation
from registry.models.catalogue import Freeze, Resource
from registry.models.lists import Edition
from registry.signing import sm3

# What is read where a row was, until the freeze of its entry ends.
FROZEN_NAME = "（已冻结）"


@dataclass(frozen=True)
class Coming:
    """The edition that would be issued now: its number, rows and digest; what it changes."""

    number: int
    before: Edition | None
    rows: Sequence[Mapping[str, str]]
    digest: str
    added: Sequence[Mapping[str, str]]
    removed: Sequence[Mapping[str, str]]


def coming(session: Session, actor: Actor, unit: Organisation, name: str) -> Coming:
    """What issuing the list would make, row by row beside the edition before it."""
    require(actor, "issue_list", unit)
    before, now_ = newest(session, unit, name), rows(session, kind(name).id, unit)
    told = list(zip(before.rows, shown(session, before)[0], strict=True)) if before else []
    was = [row for row, _ in told]
    return Coming(
        before.number + 1 if before else 1,
        before,
        now_,
        _digest(now_),
        [row for row in now_ if row not in was],
        [as_read for row, as_read in told if row not in now_],
    )


def issue(
    session: Session, actor: Actor, unit: Organisation, name: str, seen: str | None = None
) -> Edition:
    """Issue the list as it stands; one without rows is a signed nil report (零报告).

    `seen` is the digest of the rows that were shown: what is signed is exactly those.

    Raises Conflict where the edition of the same day says the same already: a second nil report
    of a day is a slip, and a number once given stays.
    """
    require(actor, "issue_list", unit)
    chosen = kind(name)
    before = newest(session, unit, name)
    number = before.number + 1 if before else 1
    frozen = rows(session, name, unit)
    if seen is not None and seen != _digest(frozen):
        raise Conflict("list_moved")
    if before is not None and before.issued_on == calendar.today() and before.rows == frozen:
        raise Conflict("issued_today" if frozen else "nil_today", number=before.paper_number)
    assert actor.person_id is not None
    made = Edition(
        organisation_id=unit.id,
        list=chosen.id,
        number=number,
        paper_number=f"{unit.short or unit.name}{chosen.zh}{calendar.today().year}年第{number}期",
        issued_on=calendar.today(),
        rows=frozen,
        digest=_digest(frozen),
        signed_by=actor.person_id,
        signed_at=now(),
    )
    session.add(made)
    session.flush()
    facts = {"list": chosen.id, "number": number, "rows": len(frozen)}
    journal.record(
        session, actor, "issue_list", "edition", made.key, digest=made.digest, facts=facts
    )
    return made


def is_intact(edition: Edition) -> bool:
    """Whether the stored rows are those that were signed."""
    return _digest(edition.rows) == edition.digest


def gaps(edition: Edition) -> int:
    """How many rows were emptied because their entry was wiped after the edition was issued."""
    return sum(WIPED_NAME in row.values() for row in edition.rows)


def shown(session: Session, edition: Edition) -> tuple[list[Mapping[str, str]], int]:
    """The rows as they may be read now, and how many are hidden because their entry is frozen.

    A freeze hides an entry wherever it stands; the edition itself stays as it was signed.
    """
    frozen = session.scalars(
        sa.select(Resource)
        .join(Freeze, Freeze.resource_id == Resource.id)
        .where(Freeze.wiped_at.is_(None), Freeze.lifted_at.is_(None))
    ).all()
    codes = {one.code for one in frozen if one.code}
    words = [word for one in frozen for word in names(session, one)]
    found: list[Mapping[str, str]] = []
    hidden = 0
    for row in edition.rows:
        said = [row.get(name, "") for name in ("wanted", "elements", "scene")]
        if row.get("code") in codes or any(word in one for one in said for word in words):
            row = {name: one if name == "code" else FROZEN_NAME for name, one in row.items()}
            hidden += 1
        found.append(row)
    return found, hidden


def newest(session: Session, unit: Organisation, name: str) -> Edition | None:
    """The last edition of a list of a unit."""
    return session.scalar(
        sa.select(Edition)
        .where(Edition.organisation_id == unit.id, Edition.list == name)
        .order_by(Edition.number.desc())
        .limit(1)
    )


def editions(session: Session, unit: Organisation, name: str) -> Sequence[Edition]:
    """Every edition of a list of a unit, newest first."""
    return session.scalars(
        sa.select(Edition)
        .where(Edition.organisation_id == unit.id, Edition.list == name)
        .order_by(Edition.number.desc())
    ).all()


def edition(session: Session, key: str) -> Edition:
    """The edition with this key, or Missing."""
    found = session.scalar(sa.select(Edition).where(Edition.key == key))
    if found is None:
        raise Missing("no_edition")
    return found


def _digest(frozen: object) -> str:
    return f"sm3:{sm3(schemas.canonical(frozen)).hex()}"
