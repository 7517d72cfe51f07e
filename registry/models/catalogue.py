"""An entry is a resource with its versions and elements; versions travel in submissions."""

from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, column_property, mapped_column, relationship

from registry.db import UTC, Base
from registry.models.accounts import Organisation
from registry.models.columns import Code, Day, Digest, Id, Key, Moment, Words


class Resource(Base):
    """The identity of an entry. The public reads `live`, the department works on `working`."""

    __tablename__ = "resource"

    id: Mapped[Id]
    key: Mapped[Key]
    code: Mapped[str | None] = mapped_column(sa.String(64), unique=True)
    department_id: Mapped[int] = mapped_column(sa.ForeignKey("organisation.id"), index=True)
    project_id: Mapped[int | None] = mapped_column(
        sa.ForeignKey("project.id", use_alter=True), index=True
    )
    live_version_id: Mapped[int | None] = mapped_column(
        sa.ForeignKey("version.id", use_alter=True), index=True
    )
    working_version_id: Mapped[int | None] = mapped_column(
        sa.ForeignKey("version.id", use_alter=True), index=True
    )
    row_version: Mapped[int] = mapped_column(default=1)
    # Counts every change the index must see; never goes back, so a late write cannot win.
    turn: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[Moment]
    updated_at: Mapped[Moment]
    published_on: Mapped[date | None] = mapped_column(index=True)
    remediation_due: Mapped[date | None] = mapped_column(index=True)
    unchanged_on: Mapped[date | None]
    # When a suspended entry is planned to be back.
    suspended_until: Mapped[date | None]
    frozen_at: Mapped[datetime | None] = mapped_column(UTC)
    successor_id: Mapped[int | None] = mapped_column(sa.ForeignKey("resource.id"), index=True)

    department: Mapped[Organisation] = relationship(lazy="joined")
    live: Mapped["Version | None"] = relationship(foreign_keys=[live_version_id], lazy="select")
    working: Mapped["Version | None"] = relationship(
        foreign_keys=[working_version_id], lazy="select"
    )


_returned = sa.table(
    "version", sa.column("resource_id"), sa.column("number"), sa.column("state")
).alias("returned_before")


class Version(Base):
    """One version of an entry: its state and its whole document; frozen from hand_in on."""

    __tablename__ = "version"
    __table_args__ = (sa.UniqueConstraint("resource_id", "number"),)

    id: Mapped[Id]
    resource_id: Mapped[int] = mapped_column(
        sa.ForeignKey("resource.id", ondelete="CASCADE"), index=True
    )
    number: Mapped[int] = mapped_column()
    state: Mapped[str] = mapped_column(sa.String(20), index=True)
    # What queries ask of the document; `store` alone writes them, with the document.
    name: Mapped[str] = mapped_column(sa.String(800), default="", index=True)
    level: Mapped[str | None] = mapped_column(sa.String(4))
    share_type: Mapped[str | None] = mapped_column(sa.String(4))
    open_type: Mapped[str | None] = mapped_column(sa.String(4))
    visibility: Mapped[str | None] = mapped_column(sa.String(4))
    document: Mapped[str] = mapped_column(sa.Text)
    salt: Mapped[bytes] = mapped_column(sa.LargeBinary(16))
    digest: Mapped[Digest]
    based_on_id: Mapped[int | None] = mapped_column(sa.ForeignKey("version.id"), index=True)
    submission_id: Mapped[int | None] = mapped_column(sa.ForeignKey("submission.id"), index=True)
    created_at: Mapped[Moment]
    changed_at: Mapped[Moment]
    handed_in_at: Mapped[datetime | None] = mapped_column(UTC)
    # When the present holder got it: the start of his clock.
    arrived_at: Mapped[datetime | None] = mapped_column(UTC)
    # Faults of an adopted entry (待整改): rule, pointer, params. Empty for what passed the check.
    faults: Mapped[list[Any] | None] = mapped_column(sa.JSON)

    resource: Mapped[Resource] = relationship(foreign_keys=[resource_id], lazy="joined")
    submission: Mapped["Submission | None"] = relationship(lazy="select")
    # 第 n 版 as people count: `number` is of the text, for addresses and programs; what was
    # returned or taken back is no edition of its own, the text that follows it takes its place.
    ordinal: Mapped[int] = column_property(
        number
        - sa.select(sa.func.count())
        .select_from(_returned)
        .where(
            _returned.c.resource_id == resource_id,
            _returned.c.number < number,
            _returned.c.state == "returned",
        )
        .correlate_except(_returned)
        .scalar_subquery()
    )


class Element(Base):
    """A data element: an identity that survives renaming, with what queries ask of it."""

    __tablename__ = "element"
    __table_args__ = (sa.UniqueConstraint("version_id", "key"),)

    id: Mapped[Id]
    key: Mapped[str] = mapped_column(sa.String(26), index=True)
    version_id: Mapped[int] = mapped_column(
        sa.ForeignKey("version.id", ondelete="CASCADE"), index=True
    )
    position: Mapped[int]
    name: Mapped[str] = mapped_column(sa.String(512), index=True)
    level: Mapped[str | None] = mapped_column(sa.String(4))
    pi_kind: Mapped[str | None] = mapped_column(sa.String(160))
    share_type: Mapped[str | None] = mapped_column(sa.String(4))
    open_type: Mapped[str | None] = mapped_column(sa.String(4))


class Submission(Base):
    """A batch 报送批次: the versions decided in one sitting, their project and cover letter."""

    __tablename__ = "submission"

    id: Mapped[Id]
    key: Mapped[Key]
    department_id: Mapped[int] = mapped_column(sa.ForeignKey("organisation.id"), index=True)
    project_id: Mapped[int | None] = mapped_column(
        sa.ForeignKey("project.id", use_alter=True), index=True
    )
    title: Mapped[str] = mapped_column(sa.String(200))
    letter_number: Mapped[str | None] = mapped_column(sa.String(80))
    letter_on: Mapped[date | None]
    created_at: Mapped[Moment]
    created_by: Mapped[int] = mapped_column(sa.ForeignKey("person.id"), index=True)
    department: Mapped[Organisation] = relationship(lazy="joined")


class Decision(Base):
    """Who took which step on a version, in which post, on screen or on paper."""

    __tablename__ = "decision"

    id: Mapped[Id]
    version_id: Mapped[int] = mapped_column(
        sa.ForeignKey("version.id", ondelete="CASCADE"), index=True
    )
    step: Mapped[Code]
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id"), index=True)
    role: Mapped[str] = mapped_column(sa.String(40))
    organisation_id: Mapped[int | None] = mapped_column(
        sa.ForeignKey("organisation.id"), index=True
    )
    way: Mapped[str] = mapped_column(sa.String(10), default="screen")
    paper_id: Mapped[int | None] = mapped_column(sa.ForeignKey("paper.id"), index=True)
    digest: Mapped[Digest]
    at: Mapped[Moment] = mapped_column(index=True)
    # An incompatible pair that a filed notice lifted; printed on the opinion.
    merged_post_id: Mapped[int | None] = mapped_column(sa.ForeignKey("merged_post.id"), index=True)


class Remark(Base):
    """A reason of a return, to one field or to the whole; shown beside the field until mended."""

    __tablename__ = "remark"

    id: Mapped[Id]
    decision_id: Mapped[int] = mapped_column(
        sa.ForeignKey("decision.id", ondelete="CASCADE"), index=True
    )
    pointer: Mapped[str] = mapped_column(sa.String(200), default="")
    code: Mapped[str] = mapped_column(sa.String(10))
    text: Mapped[Words]


class Alias(Base):
    """Another id of a resource: one given by a client, an older catalogue, a region."""

    __tablename__ = "alias"
    __table_args__ = (sa.UniqueConstraint("source", "value"),)

    id: Mapped[Id]
    resource_id: Mapped[int] = mapped_column(
        sa.ForeignKey("resource.id", ondelete="CASCADE"), index=True
    )
    source: Mapped[str] = mapped_column(sa.String(60))
    value: Mapped[str] = mapped_column(sa.String(200))


class Freeze(Base):
    """A spill: who froze what and why, when it was lifted or wiped, until when the sheet is due."""

    __tablename__ = "freeze"

    id: Mapped[Id]
    key: Mapped[Key]
    resource_id: Mapped[int] = mapped_column(sa.ForeignKey("resource.id"), index=True)
    frozen_by: Mapped[int] = mapped_column(sa.ForeignKey("person.id"), index=True)
    frozen_at: Mapped[Moment]
    reason: Mapped[str] = mapped_column(sa.String(20))
    report_due: Mapped[datetime] = mapped_column(UTC)
    lifted_by: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"), index=True)
    lifted_at: Mapped[datetime | None] = mapped_column(UTC)
    wiped_by: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"), index=True)
    wiped_at: Mapped[datetime | None] = mapped_column(UTC)
    paper_number: Mapped[str | None] = mapped_column(sa.String(80))


class WipedMark(Base):
    """A keyed digest of something that named a wiped entry: its key, an id elsewhere, its text.

    By it the entry is known when a file brings it again. It outlives a backup without the entry,
    so `key` refers to nothing.
    """

    __tablename__ = "wiped_mark"

    mark: Mapped[str] = mapped_column(sa.String(64), primary_key=True)
    key: Mapped[str] = mapped_column(sa.String(16), index=True)
    at: Mapped[Moment]


class Reading(Base):
    """Who opened the content of an entry that is not public; the 24-hour sheet is made from it."""

    __tablename__ = "reading"
    __table_args__ = (sa.UniqueConstraint("resource_id", "person_id", "on"),)

    id: Mapped[Id]
    resource_id: Mapped[int] = mapped_column(sa.ForeignKey("resource.id"), index=True)
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id"), index=True)
    on: Mapped[Day]


class Transfer(Base):
    """An act 划转 that moves entries between units, with its basis; codes stay."""

    __tablename__ = "transfer"

    id: Mapped[Id]
    key: Mapped[Key]
    from_id: Mapped[int] = mapped_column(sa.ForeignKey("organisation.id"), index=True)
    to_id: Mapped[int] = mapped_column(sa.ForeignKey("organisation.id"), index=True)
    basis: Mapped[str] = mapped_column(sa.String(200))
    on: Mapped[Day]
    entries: Mapped[list[Any]] = mapped_column(sa.JSON)
    by: Mapped[int] = mapped_column(sa.ForeignKey("person.id"), index=True)
    at: Mapped[Moment]
