"""Decisions on paper 线下签批: print the form, upload its signed scan, a second person confirms.

A form stands for one step over exactly these versions; its digest is printed on it as words and
as a QR code. Both who uploads and who confirms copy the check code from the scan, and the step is
taken only while the versions are still those: a scan for others is refused.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.orm import Session

import schemas
from registry import calendar, files, journal
from registry.access import Actor, Holding, require, roles, why_not
from registry.access.actor import of_account
from registry.catalogue.life import STEPS
from registry.catalogue.steps import prepare
from registry.catalogue.store import store
from registry.db import now
from registry.errors import Conflict, Forbidden, Invalid, Missing, Refusal
from registry.models.accounts import Account, Organisation, Person, Post
from registry.models.catalogue import Resource, Submission, Version
from registry.models.files import StoredFile
from registry.models.papers import Paper, PaperVersion

# The steps whose form can be printed; a return wants reasons per field, which a screen takes.
ON_FORM = ("clear", "approve", "publish")
# What a scan begins with, by the kind of file it then is.
KINDS: Mapping[bytes, str] = {
    b"%PDF-": "application/pdf",
    b"\xff\xd8\xff": "image/jpeg",
    b"\x89PNG\r\n\x1a\n": "image/png",
}
CHECK_DIGITS = 8


def print_form(session: Session, actor: Actor, batch: Submission, step: str) -> Paper:
    """Make the form for a step over the entries of a batch that wait for it."""
    if step not in ON_FORM:
        raise Missing("no_submission")
    holding = _require(actor, step, batch.department)
    versions = list(
        session.scalars(
            sa.select(Version)
            .join(Resource, Resource.working_version_id == Version.id)
            .where(
                Version.submission_id == batch.id,
                Version.state.in_(STEPS[step].sources),
                Resource.frozen_at.is_(None),
            )
            .order_by(Version.id)
        )
    )
    if not versions:
        raise Conflict("nothing_waits", step=step)
    row = Paper(
        step=step,
        organisation_id=batch.department_id,
        printed_by=actor.person_id,
        digest=digest_of(step, versions),
    )
    session.add(row)
    session.flush()
    session.add_all([PaperVersion(paper_id=row.id, version_id=v.id) for v in versions])
    session.flush()
    facts = {"step": step, "entries": len(versions)}
    journal.record(
        session,
        actor,
        "print_paper",
        "paper",
        row.key,
        role=holding.role,
        digest=row.digest,
        facts=facts,
    )
    return row


def digest_of(step: str, versions: Sequence[Version]) -> str:
    """The digest a form carries: the step and, for each version, its entry, number and digest."""
    lines = sorted([v.resource.key, v.number, v.digest] for v in versions)
    return files.digest(schemas.canonical({"step": step, "versions": lines}))


def check_code(row: Paper) -> str:
    """The digits printed large on the form, which people copy from the scan."""
    return row.digest.rpartition(":")[2][:CHECK_DIGITS]


def find_form(session: Session, actor: Actor, key: str) -> tuple[Paper, list[Version]]:
    """A form and its versions, for those who have a part in it; Missing for everybody else."""
    row = session.scalar(sa.select(Paper).where(Paper.key == key))
    if row is None:
        raise Missing("no_paper")
    unit = session.get_one(Organisation, row.organisation_id)
    try:
        _require(actor, row.step, unit)
    except Refusal as refusal:
        raise Missing("no_paper") from refusal
    versions = session.scalars(
        sa.select(Version)
        .join(PaperVersion, PaperVersion.version_id == Version.id)
        .where(PaperVersion.paper_id == row.id)
        .order_by(Version.id)
    ).all()
    if any(version.resource.frozen_at is not None for version in versions):
        raise Missing("no_paper")
    return row, list(versions)


def forms_of(session: Session, batch: Submission) -> list[Paper]:
    """The forms printed for a batch, newest first."""
    ours = (
        sa.select(PaperVersion.paper_id)
        .join(Version, Version.id == PaperVersion.version_id)
        .where(Version.submission_id == batch.id)
    )
    return list(
        session.scalars(sa.select(Paper).where(Paper.id.in_(ours)).order_by(Paper.id.desc()))
    )


def signers(session: Session, row: Paper) -> list[tuple[str, str, str]]:
    """Who may have signed: key and name of everybody with a post for the step, and the post."""
    unit = session.get_one(Organisation, row.organisation_id)
    found = []
    for person, account in session.execute(
        sa.select(Person, Account)
        .join(Account, Account.person_id == Person.id)
        .join(Post, Post.person_id == Person.id)
        .where(Post.role.in_(STEPS[row.step].roles), Account.disabled_at.is_(None))
        .distinct()
        .order_by(Person.name, Person.id)
    ):
        actor = of_account(session, account, calendar.today())
        if why_not(actor, row.step, unit) is None:
            found.append((person.key, person.name, require(actor, row.step, unit).role))
    return found


def upload(
    session: Session,
    actor: Actor,
    row: Paper,
    folder: Path,
    *,
    content: bytes,
    name: str,
    signer: str,
    signed_on: date | None,
    number: str,
    code: str,
) -> None:
    """Keep the signed scan of a form, with who signed it and when; nothing is decided yet."""
    unit = session.get_one(Organisation, row.organisation_id)
    holding = _require(actor, row.step, unit)
    if row.confirmed_at is not None:
        raise Conflict("paper_done")
    _require_code(row, code)
    _require_unchanged(session, row)
    kind_of(content)
    known = {key: role for key, _, role in signers(session, row)}
    if signer not in known:
        raise Invalid([], code="paper_signer")
    day = row.printed_at.astimezone(calendar.CITY).date()
    if signed_on is None or not day <= signed_on <= calendar.today():
        raise Invalid([], code="paper_day", day=day.isoformat())
    if len(number) > 80:
        raise Invalid([], code="paper_number")
    if row.scan_id is not None:
        files.delete(session, folder, session.get_one(StoredFile, row.scan_id))
    kept = files.keep(
        session, folder, actor, "scan", name, content, organisation_id=row.organisation_id
    )
    row.scan_id, row.uploaded_by = kept.id, actor.person_id
    row.signer, row.signer_post = signer, known[signer]
    row.signed_on, row.number = signed_on, number.strip() or None
    session.flush()
    facts = {"step": row.step, "signed_on": signed_on.isoformat()}
    journal.record(
        session,
        actor,
        "scan_paper",
        "paper",
        row.key,
        role=holding.role,
        digest=kept.digest,
        facts=facts,
    )


def confirm(session: Session, actor: Actor, row: Paper, code: str) -> None:
    """Confirm that scan and form agree, and take the step as the one who signed: all or nothing."""
    unit = session.get_one(Organisation, row.organisation_id)
    holding = _require(actor, row.step, unit)
    if row.confirmed_at is not None:
        raise Conflict("paper_done")
    if row.scan_id is None:
        raise Conflict("paper_unsigned")
    if actor.person_id == row.uploaded_by:
        raise Forbidden("second_confirms")
    _require_code(row, code)
    versions = _require_unchanged(session, row)
    person = session.scalars(sa.select(Person).where(Person.key == row.signer)).one()
    account = session.scalars(
        sa.select(Account).where(Account.person_id == person.id, Account.disabled_at.is_(None))
    ).first()
    if account is None:
        raise Invalid([], code="paper_signer")
    signed = of_account(session, account, calendar.today(), way="paper")
    for version in versions:
        first, *rest = prepare(session, signed, version, row.step)
        store(session, signed, [replace(first, way="paper", paper_id=row.id)])
        if rest:
            store(session, signed, rest)
    row.confirmed_by, row.confirmed_at = actor.person_id, now()
    session.flush()
    facts = {"step": row.step, "entries": len(versions), "signer": person.key}
    journal.record(
        session,
        actor,
        "confirm_paper",
        "paper",
        row.key,
        role=holding.role,
        digest=row.digest,
        facts=facts,
    )


def scan_of(session: Session, row: Paper) -> StoredFile:
    """The scan of a form; Missing when there is none."""
    if row.scan_id is None:
        raise Missing("no_file")
    kept = session.get_one(StoredFile, row.scan_id)
    if kept.deleted_at is not None:
        raise Missing("no_file")
    return kept


def kind_of(content: bytes) -> str:
    """The kind of a scan by its first bytes, whatever it is called; Invalid for any other file."""
    for start, kind in KINDS.items():
        if content.startswith(start):
            return kind
    raise Invalid([], code="scan_kind")


def _require(actor: Actor, step: str, unit: Organisation) -> Holding:
    """The post by which the actor handles forms of this step: on the side that takes the step."""
    holding = require(actor, "paper", unit)
    if _side(holding.role) not in {_side(role) for role in STEPS[step].roles}:
        raise Forbidden("not_yours", act="paper", roles=sorted(STEPS[step].roles), unit=unit.name)
    return holding


def _side(role: str) -> bool:
    return roles()[role]["scope"].startswith("authority")


def _require_code(row: Paper, code: str) -> None:
    if code.strip().lower() != check_code(row):
        raise Invalid([], code="paper_code")


def _require_unchanged(session: Session, row: Paper) -> list[Version]:
    versions = list(
        session.scalars(
            sa.select(Version)
            .join(PaperVersion, PaperVersion.version_id == Version.id)
            .where(PaperVersion.paper_id == row.id)
            .order_by(Version.id)
        )
    )
    waiting = all(
        version.state in STEPS[row.step].sources
        and version.resource.working_version_id == version.id
        for version in versions
    )
    if not waiting or digest_of(row.step, versions) != row.digest:
        raise Conflict("paper_stale")
    return versions
