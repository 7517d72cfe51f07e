"""Masking plans, the reports that prove them and the keys that sign these. No value of the data."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from registry.db import UTC, Base
from registry.models.columns import Code, Digest, Id, Key, Moment


class MaskingPlan(Base):
    """How each element is treated in one release profile; bound to a version of the resource."""

    __tablename__ = "masking_plan"

    id: Mapped[Id]
    key: Mapped[Key]
    resource_id: Mapped[int] = mapped_column(
        sa.ForeignKey("resource.id", ondelete="CASCADE"), index=True
    )
    version_id: Mapped[int] = mapped_column(
        sa.ForeignKey("version.id", ondelete="CASCADE"), index=True
    )
    profile: Mapped[Code]
    plan: Mapped[Any] = mapped_column(sa.JSON)
    digest: Mapped[Digest]
    made_by: Mapped[int] = mapped_column(sa.ForeignKey("person.id"), index=True)
    made_at: Mapped[Moment]
    row_version: Mapped[int] = mapped_column(default=1)


class MaskingReport(Base):
    """The outcome of a run: digests, risk, verdict; evidence of the gate G-DEID."""

    __tablename__ = "masking_report"

    id: Mapped[Id]
    key: Mapped[Key]
    plan_id: Mapped[int] = mapped_column(
        sa.ForeignKey("masking_plan.id", ondelete="CASCADE"), index=True
    )
    kind: Mapped[Code]
    plan_digest: Mapped[Digest]
    verdict: Mapped[Code]
    report: Mapped[Any] = mapped_column(sa.JSON)
    digest: Mapped[Digest]
    run_by: Mapped[int] = mapped_column(sa.ForeignKey("person.id"), index=True)
    run_at: Mapped[Moment]
    rechecked_by: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"), index=True)
    # The enrolled key whose signature stands under it; None: nobody's, or a key nobody enrolled.
    signer_id: Mapped[int | None] = mapped_column(sa.ForeignKey("report_signer.id"), index=True)
    # Whether this installation ran it itself: then nobody has to vouch for the tool.
    made_here: Mapped[bool] = mapped_column(default=False)
    # What the last look at the file about to be released found; the others are in the journal.
    file_check: Mapped[Any | None] = mapped_column(sa.JSON)
    # The registry's own seal over the row; None: kept before there were seals.
    seal: Mapped[str | None] = mapped_column(sa.String(64))


class ReportSigner(Base):
    """The public half of a key by which a unit's tool signs its reports, while it is in use."""

    __tablename__ = "report_signer"
    __table_args__ = (sa.UniqueConstraint("organisation_id", "key_id"),)

    id: Mapped[Id]
    key: Mapped[Key]
    organisation_id: Mapped[int] = mapped_column(sa.ForeignKey("organisation.id"), index=True)
    # Where the key lies: a machine or a post, as the unit names it.
    name: Mapped[str] = mapped_column(sa.String(100))
    algorithm: Mapped[Code]
    key_id: Mapped[str] = mapped_column(sa.String(16))
    value: Mapped[str] = mapped_column(sa.String(512))
    enrolled_by: Mapped[int] = mapped_column(sa.ForeignKey("person.id"), index=True)
    enrolled_at: Mapped[Moment]
    revoked_by: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"), index=True)
    revoked_at: Mapped[datetime | None] = mapped_column(UTC)
    revoked_because: Mapped[str | None] = mapped_column(sa.String(400))


class ReleaseSketch(Base):
    """Digests of the codes in one column of a release, to hold against later ones; no value."""

    __tablename__ = "release_sketch"

    id: Mapped[Id]
    report_id: Mapped[int] = mapped_column(
        sa.ForeignKey("masking_report.id", ondelete="CASCADE"), index=True
    )
    column: Mapped[str] = mapped_column(sa.String(400))
    digests: Mapped[bytes] = mapped_column(sa.LargeBinary)


class ReleaseJoin(Base):
    """A column of a release whose codes stand in an earlier release, of whatever department."""

    __tablename__ = "release_join"

    id: Mapped[Id]
    report_id: Mapped[int] = mapped_column(
        sa.ForeignKey("masking_report.id", ondelete="CASCADE"), index=True
    )
    column: Mapped[str] = mapped_column(sa.String(400))
    other_id: Mapped[int] = mapped_column(
        sa.ForeignKey("masking_report.id", ondelete="CASCADE"), index=True
    )
    other_column: Mapped[str] = mapped_column(sa.String(400))
    share: Mapped[float]


class MaskingRun(Base):
    """A run that was asked for on the page: what, by whom, how far it is, what came of it.

    Neither the data nor their name are here: the bytes lie sealed outside (`registry.sealed`), and
    `place` says in the memory of which machine their key is.
    """

    __tablename__ = "masking_run"

    id: Mapped[Id]
    key: Mapped[Key]
    plan_id: Mapped[int] = mapped_column(
        sa.ForeignKey("masking_plan.id", ondelete="CASCADE"), index=True
    )
    version_id: Mapped[int] = mapped_column(
        sa.ForeignKey("version.id", ondelete="CASCADE"), index=True
    )
    plan_digest: Mapped[Digest]
    version_digest: Mapped[Digest]
    kind: Mapped[Code]
    source: Mapped[Code]
    format: Mapped[Code]
    size: Mapped[int] = mapped_column(sa.BigInteger)
    source_name: Mapped[str | None] = mapped_column(sa.String(60))
    table_name: Mapped[str | None] = mapped_column(sa.String(130))
    state: Mapped[Code] = mapped_column(index=True)
    place: Mapped[Code]
    asked_by: Mapped[int] = mapped_column(sa.ForeignKey("person.id"), index=True)
    asked_at: Mapped[Moment]
    seen_at: Mapped[Moment]
    started_at: Mapped[datetime | None] = mapped_column(UTC)
    ended_at: Mapped[datetime | None] = mapped_column(UTC)
    cancelled_at: Mapped[datetime | None] = mapped_column(UTC)
    step: Mapped[str | None] = mapped_column(sa.String(20))
    done: Mapped[int] = mapped_column(sa.BigInteger, default=0)
    total: Mapped[int] = mapped_column(sa.BigInteger, default=0)
    why: Mapped[Any | None] = mapped_column(sa.JSON)
    report_id: Mapped[int | None] = mapped_column(
        sa.ForeignKey("masking_report.id", ondelete="CASCADE"), index=True
    )
    kept_until: Mapped[datetime | None] = mapped_column(UTC)
