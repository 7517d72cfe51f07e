"""Submissions 报送批次: many versions handed in and decided in one act, each with its own fate."""

from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session

from registry import journal
from registry.access import Actor, may
from registry.catalogue.reading import document_of
from registry.catalogue.steps import advance
from registry.catalogue.store import RemarkText, Stored
from registry.errors import Conflict, Invalid, Missing, Refusal
from registry.models.catalogue import Resource, Submission, Version
from schemas import Problem


def hand_in(
    session: Session, actor: Actor, versions: Sequence[Version], title: str = ""
) -> Submission:
    """Hand drafts of one unit in as one batch: all of them or none.

    Raises Conflict when they belong to two units: a unit reports with its own letter. Raises
    Invalid with the faults of every draft; pointers begin with the key of the entry when there is
    more than one.
    """
    if not versions:
        raise Missing("nothing_chosen")
    first = versions[0].resource
    if any(v.resource.department_id != first.department_id for v in versions):
        raise Conflict("two_units")
    name = title.strip()[:200] or str(document_of(versions[0]).get("name") or "")[:200]
    submission = Submission(
        department_id=first.department_id,
        project_id=first.project_id,
        title=name,
        created_by=actor.person_id,
    )
    session.add(submission)
    session.flush()
    faults: list[Problem] = []
    for version in versions:
        try:
            advance(session, actor, version, "hand_in", submission_id=submission.id)
        except Invalid as refusal:
            faults.extend(_of_entry(version, refusal.problems, len(versions) > 1))
    if faults:
        raise Invalid(faults, code="not_ready", key=first.key)
    journal.record(
        session, actor, "submit", "submission", submission.key, facts={"entries": len(versions)}
    )
    return submission


def _of_entry(version: Version, problems: Sequence[Problem], many: bool) -> list[Problem]:
    if not many:
        return list(problems)
    return [
        Problem(f"/{version.resource.key}{p.pointer}", p.code, p.params, p.rule) for p in problems
    ]


def submission_versions(
    session: Session, actor: Actor, key: str
) -> tuple[Submission, list[Version]]:
    """A batch and its versions, for those who have a part in it; Missing for everybody else."""
    batch = session.scalar(sa.select(Submission).where(Submission.key == key))
    if batch is None:
        raise Missing("no_submission")
    if not any(
        may(actor, act, batch.department) for act in ("read_working", "read_frozen", "read_all")
    ):
        raise Missing("no_submission")
    versions = session.scalars(
        sa.select(Version)
        .join(Resource, Resource.id == Version.resource_id)
        .where(Version.submission_id == batch.id, Resource.frozen_at.is_(None))
        .order_by(Version.id)
    )
    return batch, list(versions)


def advance_many(
    session: Session,
    actor: Actor,
    versions: Sequence[Version],
    step: str,
    seen: dict[int, str],
    remarks: Sequence[RemarkText] = (),
) -> list[Stored]:
    """Take one step on the chosen entries of a batch: all of them or none.

    `seen` holds, by version id, the digest that was on the page.
    """
    if not versions:
        raise Missing("nothing_chosen")
    stored = []
    for version in versions:
        try:
            stored.append(
                advance(session, actor, version, step, remarks, seen=seen.get(version.id, ""))
            )
        except Refusal as refusal:
            refusal.facts = {**refusal.facts, "name": version.name}
            raise
    return stored
