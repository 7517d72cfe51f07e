"""Masking plans and the reports that prove them. Never a value of the data."""

from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from registry.db import Base
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
