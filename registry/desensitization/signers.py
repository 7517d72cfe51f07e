"""Who signs reports: the keys of a unit's own tool, and whether a signature is by one of them.

The tool signs at the department, with a key that never comes here; the head enrols its public
half, so that whoever runs the tool cannot enrol a key of his own.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

import schemas
from anonymization import statement
from registry import journal, signing
from registry.access import Actor, require
from registry.db import new_key, now
from registry.errors import Conflict, Invalid, Missing, Unreadable
from registry.models.accounts import Organisation
from registry.models.desensitization import MaskingReport, ReportSigner


@dataclass(frozen=True)
class Signed:
    """What stands under a report: by which key, and whether the signature is of these words."""

    public: signing.PublicKey
    is_whole: bool


def sign_report(report: Mapping[str, Any], key: signing.Key) -> dict[str, Any]:
    """The report with a signature over everything it states, in the place of an older one."""
    made = signing.sign(key, _signed_words(report))
    return {**report, "signature": {"public_key": key.public.fact(), "signature": made.fact()}}


def signature_of(report: Mapping[str, Any]) -> Signed | None:
    """The signature under a report; None where there is none. Total over any report.

    A signature that names a key it does not bring is not whole.
    """
    found = report.get("signature")
    if not isinstance(found, Mapping):
        return None
    public = signing.public_key(found.get("public_key"))
    made = signing.signature(found.get("signature"))
    if public is None or made is None:
        return Signed(signing.PublicKey("", b""), False)
    return Signed(public, signing.verify(public, made, _signed_words(report)))


def _signed_words(report: Mapping[str, Any]) -> bytes:
    return schemas.canonical({"kind": "masking-report", "report": statement.stated(report)})


def signer_of(
    session: Session, unit: Organisation, report: Mapping[str, Any]
) -> ReportSigner | None:
    """The enrolled key of this unit that signed the report; None when nobody known did.

    Raises Conflict for a signature that is not of this report, or by a key no longer in use:
    a report somebody altered must not come in by being called unsigned.
    """
    found = signature_of(report)
    if found is None:
        return None
    if not found.is_whole:
        raise Conflict("report_altered")
    known = session.scalar(
        sa.select(ReportSigner).where(
            ReportSigner.organisation_id == unit.id,
            ReportSigner.key_id == found.public.key_id,
            ReportSigner.value == found.public.value.hex(),
        )
    )
    if known is not None and known.revoked_at is not None:
        raise Conflict("signer_revoked", key=known.key_id)
    return known


def signer_named(session: Session, report: MaskingReport) -> ReportSigner | None:
    """The enrolled key under a report that was taken in; it may have been stopped since."""
    return session.get(ReportSigner, report.signer_id) if report.signer_id else None


def signers(session: Session, units: Sequence[int]) -> Sequence[ReportSigner]:
    """The keys of these units, those in use first."""
    return session.scalars(
        sa.select(ReportSigner)
        .where(ReportSigner.organisation_id.in_(units))
        .order_by(ReportSigner.revoked_at.is_not(None), ReportSigner.id.desc())
    ).all()


def enrol_signer(
    session: Session, actor: Actor, unit: Organisation, name: str, public: object
) -> ReportSigner:
    """Let a key sign for a unit; `public` is the fact that `catalogue anonymize signer` writes.

    Raises Unreadable for what is no public key, Conflict for one that is known already.
    """
    holding = require(actor, "enrol_signer", unit)
    if not name.strip():
        raise Invalid([], code="signer_name")
    key = signing.public_key(public)
    if key is None:
        raise Unreadable("no_public_key")
    if session.scalar(
        sa.select(ReportSigner.id).where(
            ReportSigner.organisation_id == unit.id, ReportSigner.key_id == key.key_id
        )
    ):
        raise Conflict("signer_known", key=key.key_id)
    assert actor.person_id is not None
    row = ReportSigner(
        key=new_key(),
        organisation_id=unit.id,
        name=name.strip()[:100],
        algorithm=key.algorithm,
        key_id=key.key_id,
        value=key.value.hex(),
        enrolled_by=actor.person_id,
        enrolled_at=now(),
    )
    session.add(row)
    session.flush()
    facts = {"fingerprint": key.fingerprint, "algorithm": key.algorithm, "state": "enrolled"}
    journal.record(
        session, actor, "enrol_signer", "signer", row.key, role=holding.role, facts=facts
    )
    return row


def revoke_signer(session: Session, actor: Actor, key: str, because: str) -> None:
    """Let a key sign no more; reports taken in before keep their signature and what it proved."""
    row = session.scalar(sa.select(ReportSigner).where(ReportSigner.key == key))
    if row is None:
        raise Missing("no_signer")
    unit = session.get_one(Organisation, row.organisation_id)
    holding = require(actor, "enrol_signer", unit)
    if row.revoked_at is not None:
        raise Conflict("signer_revoked", key=row.key_id)
    if not because.strip():
        raise Invalid([], code="signer_reason")
    row.revoked_by, row.revoked_at = actor.person_id, now()
    row.revoked_because = because.strip()[:400]
    session.flush()
    facts = {"key_id": row.key_id, "state": "revoked"}
    journal.record(
        session, actor, "revoke_signer", "signer", row.key, role=holding.role, facts=facts
    )
