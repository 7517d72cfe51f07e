"""Assessments that cover a batch: secrecy risk, impact on personal information."""

from collections.abc import Sequence
from datetime import date

import sqlalchemy as sa
from sqlalchemy.orm import Session

from registry import calendar, journal
from registry.access import Actor, require
from registry.errors import Invalid, Missing
from registry.models.accounts import Person
from registry.models.catalogue import Submission, Version
from registry.models.papers import AssessedVersion, Assessment

KINDS = ("secrecy", "pia")
# An impact assessment is kept for three years (个人信息保护法 第五十六条).
KEPT_YEARS = 3
# An older one cannot cover what is handed in now: the year is a slip of the key.
OLDEST_YEARS = 10


def assess(
    session: Session,
    actor: Actor,
    batch: Submission,
    versions: Sequence[Version],
    *,
    kind: str,
    number: str,
    on: date | None,
    none_because: str = "",
) -> Assessment:
    """Enter an assessment that covers these versions of a batch.

    `none_because`: why no impact assessment is asked for; it then takes the place of a number.
    """
    holding = require(actor, "assess", batch.department)
    if not versions:
        raise Missing("nothing_chosen")
    number, reason = number.strip(), none_because.strip()
    if kind not in KINDS or len(number) > 80 or len(reason) > 200:
        raise Invalid([], code="assessment")
    today = calendar.today()
    if on is None or not today.year - OLDEST_YEARS <= on.year or on > today:
        raise Invalid([], code="assessment_day")
    if not number and not (kind == "pia" and reason):
        raise Invalid([], code="assessment")
    row = Assessment(
        kind=kind,
        organisation_id=batch.department_id,
        number=number,
        on=on,
        keep_until=_years_later(on) if kind == "pia" and number else None,
        none_because=reason,
        entered_by=actor.person_id,
    )
    session.add(row)
    session.flush()
    session.add_all([AssessedVersion(assessment_id=row.id, version_id=v.id) for v in versions])
    session.flush()
    facts = {"kind": kind, "on": on.isoformat(), "entries": len(versions)}
    journal.record(session, actor, "assess", "assessment", row.key, role=holding.role, facts=facts)
    return row


def _years_later(day: date) -> date:
    try:
        return day.replace(year=day.year + KEPT_YEARS)
    except ValueError:  # 29 February
        return day.replace(year=day.year + KEPT_YEARS, day=28)


def assessments_of(
    session: Session, version_ids: Sequence[int]
) -> list[tuple[Assessment, str, int]]:
    """The assessments over these versions: each with who entered it and how many it covers."""
    rows = session.execute(
        sa.select(Assessment, Person.name, sa.func.count(AssessedVersion.version_id))
        .join(AssessedVersion, AssessedVersion.assessment_id == Assessment.id)
        .join(Person, Person.id == Assessment.entered_by)
        .where(AssessedVersion.version_id.in_(version_ids))
        .group_by(Assessment.id, Person.name)
        .order_by(Assessment.id)
    )
    return [(row, name, count) for row, name, count in rows]
