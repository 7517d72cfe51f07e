"""Sources that are harvested, and the claim list: their entries in quarantine."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from registry.db import UTC, Base
from registry.models.accounts import Organisation
from registry.models.columns import Code, Digest, Id, Key, Moment, Words


class HarvestSource(Base):
    """Another catalogue, how far it was read, and how the last run ended.

    `cursor` says where the run under way goes on; NULL when none is. `since` is from when the
    next run asks for changes alone. `row_version` keeps two runs of one source apart.
    """

    __tablename__ = "harvest_source"

    id: Mapped[Id]
    key: Mapped[Key]
    name: Mapped[str] = mapped_column(sa.String(40), unique=True)
    kind: Mapped[Code]
    address: Mapped[str] = mapped_column(sa.String(1000))
    # The path of a file that holds the token; the token itself is in no table.
    token_file: Mapped[str] = mapped_column(sa.String(1000), default="")
    department_id: Mapped[int | None] = mapped_column(sa.ForeignKey("organisation.id"), index=True)
    most: Mapped[int]
    run: Mapped[int] = mapped_column(default=0)
    cursor: Mapped[dict[str, Any] | None] = mapped_column(sa.JSON(none_as_null=True))
    since: Mapped[str] = mapped_column(sa.String(40), default="")
    started_at: Mapped[datetime | None] = mapped_column(UTC)
    finished_at: Mapped[datetime | None] = mapped_column(UTC)
    # The code of why the last run stopped, "" when it did not; the facts of its sentence.
    fault: Mapped[Code] = mapped_column(default="")
    fault_facts: Mapped[dict[str, Any]] = mapped_column(sa.JSON, default=dict)
    added_at: Mapped[Moment]
    row_version: Mapped[int] = mapped_column(default=1)


class Claim(Base):
    """An entry of another catalogue that a department may claim 认领; no resource, in no index.

    `document` is the text that is claimed or was decided on; `latest` what the source says since,
    where that differs and the decision stands. `seen_run` is the last run that met it.
    """

    __tablename__ = "claim"
    __table_args__ = (sa.UniqueConstraint("source_id", "remote_id"),)

    id: Mapped[Id]
    key: Mapped[Key]
    source_id: Mapped[int] = mapped_column(
        sa.ForeignKey("harvest_source.id", ondelete="CASCADE"), index=True
    )
    remote_id: Mapped[str] = mapped_column(sa.String(200))
    remote_modified: Mapped[str] = mapped_column(sa.String(40), default="")
    digest: Mapped[Digest]
    state: Mapped[str] = mapped_column(sa.String(20), index=True)
    # Why it is in quarantine: a code.
    fault: Mapped[Code] = mapped_column(default="")
    name: Mapped[str] = mapped_column(sa.String(800), default="")
    code: Mapped[str | None] = mapped_column(sa.String(64))
    # The unit as the source names it.
    unit_code: Mapped[str] = mapped_column(sa.String(40), default="")
    unit_name: Mapped[str] = mapped_column(sa.String(200), default="")
    department_id: Mapped[int | None] = mapped_column(sa.ForeignKey("organisation.id"), index=True)
    document: Mapped[Words]
    latest: Mapped[str | None] = mapped_column(sa.Text)
    reason: Mapped[str] = mapped_column(sa.Text, default="")
    resource_id: Mapped[int | None] = mapped_column(sa.ForeignKey("resource.id"), index=True)
    seen_run: Mapped[int] = mapped_column(index=True)
    first_at: Mapped[Moment]
    changed_at: Mapped[datetime | None] = mapped_column(UTC)
    gone_at: Mapped[datetime | None] = mapped_column(UTC)
    decided_by: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"), index=True)
    decided_at: Mapped[datetime | None] = mapped_column(UTC)
    row_version: Mapped[int] = mapped_column(default=1)

    source: Mapped[HarvestSource] = relationship(lazy="joined")
    department: Mapped[Organisation | None] = relationship(lazy="joined")
