"""Decisions taken on paper, and the numbers of issued papers."""

from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from registry.db import UTC, Base
from registry.models.columns import Code, Day, Digest, Id, Key, Moment


class Paper(Base):
    """A printed form for one step over exactly these versions; a second confirms its scan."""

    __tablename__ = "paper"

    id: Mapped[Id]
    key: Mapped[Key]
    step: Mapped[Code]
    organisation_id: Mapped[int] = mapped_column(sa.ForeignKey("organisation.id"), index=True)
    printed_by: Mapped[int] = mapped_column(sa.ForeignKey("person.id"), index=True)
    printed_at: Mapped[Moment]
    digest: Mapped[Digest]
    number: Mapped[str | None] = mapped_column(sa.String(80))
    signer: Mapped[str | None] = mapped_column(sa.String(60))
    signer_post: Mapped[str | None] = mapped_column(sa.String(60))
    signed_on: Mapped[date | None]
    scan_id: Mapped[int | None] = mapped_column(sa.ForeignKey("stored_file.id"), index=True)
    uploaded_by: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"), index=True)
    confirmed_by: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"), index=True)
    confirmed_at: Mapped[datetime | None] = mapped_column(UTC)


class PaperVersion(Base):
    """A version that a printed form covers."""

    __tablename__ = "paper_version"

    paper_id: Mapped[int] = mapped_column(sa.ForeignKey("paper.id"), primary_key=True)
    version_id: Mapped[int] = mapped_column(
        sa.ForeignKey("version.id"), primary_key=True, index=True
    )


class Assessment(Base):
    """A secrecy-risk or personal-information impact assessment; it may cover many versions."""

    __tablename__ = "assessment"

    id: Mapped[Id]
    key: Mapped[Key]
    kind: Mapped[str] = mapped_column(sa.String(10))
    organisation_id: Mapped[int] = mapped_column(sa.ForeignKey("organisation.id"), index=True)
    number: Mapped[str] = mapped_column(sa.String(80))
    on: Mapped[Day]
    keep_until: Mapped[date | None]
    # One line why no impact assessment is asked for; empty where there is one.
    none_because: Mapped[str] = mapped_column(sa.Text, default="")
    entered_by: Mapped[int] = mapped_column(sa.ForeignKey("person.id"), index=True)
    entered_at: Mapped[Moment]


class AssessedVersion(Base):
    """What an assessment covers (n:m)."""

    __tablename__ = "assessed_version"

    assessment_id: Mapped[int] = mapped_column(sa.ForeignKey("assessment.id"), primary_key=True)
    version_id: Mapped[int] = mapped_column(
        sa.ForeignKey("version.id"), primary_key=True, index=True
    )


class Counter(Base):
    """The next number of a series: codes per class, papers per issuer and year."""

    __tablename__ = "counter"

    series: Mapped[str] = mapped_column(sa.String(80), primary_key=True)
    next: Mapped[int]
