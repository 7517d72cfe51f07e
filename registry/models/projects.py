"""Projects, their systems, what each must prove, and what was found."""

from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from registry.db import Base
from registry.models.accounts import Organisation
from registry.models.columns import Code, Day, Id, Key, Moment


class Project(Base):
    """A government IT project: its kind decides how far the measures bind it."""

    __tablename__ = "project"

    id: Mapped[Id]
    key: Mapped[Key]
    name: Mapped[str] = mapped_column(sa.String(200))
    unit_id: Mapped[int] = mapped_column(sa.ForeignKey("organisation.id"), index=True)
    kind: Mapped[Code]
    stage: Mapped[Code]
    build_mode: Mapped[str] = mapped_column(sa.String(20), default="")
    approval: Mapped[str | None] = mapped_column(sa.String(80))
    starts: Mapped[date | None]
    planned_on: Mapped[date | None]
    concluded_on: Mapped[date | None]
    # Declarations, filings, decision numbers, contract clauses: facts of the kind of project.
    facts: Mapped[dict[str, Any]] = mapped_column(sa.JSON, default=dict)
    row_version: Mapped[int] = mapped_column(default=1)
    unit: Mapped[Organisation] = relationship(lazy="joined")


class System(Base):
    """An information system: its holders are inherited by its resources."""

    __tablename__ = "system"

    id: Mapped[Id]
    key: Mapped[Key]
    code: Mapped[str] = mapped_column(sa.String(100), unique=True)
    name: Mapped[str] = mapped_column(sa.String(200))
    unit_id: Mapped[int] = mapped_column(sa.ForeignKey("organisation.id"), index=True)
    protection_level: Mapped[int | None]
    holders: Mapped[dict[str, Any] | None] = mapped_column(sa.JSON)


class ProjectSystem(Base):
    """A system in the scope of a project."""

    __tablename__ = "project_system"

    project_id: Mapped[int] = mapped_column(sa.ForeignKey("project.id"), primary_key=True)
    system_id: Mapped[int] = mapped_column(sa.ForeignKey("system.id"), primary_key=True, index=True)


class ProjectResource(Base):
    """A resource that a project must have catalogued."""

    __tablename__ = "project_resource"

    project_id: Mapped[int] = mapped_column(sa.ForeignKey("project.id"), primary_key=True)
    resource_id: Mapped[int] = mapped_column(
        sa.ForeignKey("resource.id"), primary_key=True, index=True
    )


class BusinessTable(Base):
    """A table, file or interface of a system: linked to a resource, or exempt with a reason."""

    __tablename__ = "business_table"
    __table_args__ = (sa.UniqueConstraint("system_id", "name"),)

    id: Mapped[Id]
    system_id: Mapped[int] = mapped_column(sa.ForeignKey("system.id"), index=True)
    name: Mapped[str] = mapped_column(sa.String(128))
    kind: Mapped[str] = mapped_column(sa.String(10), default="table")
    resource_id: Mapped[int | None] = mapped_column(sa.ForeignKey("resource.id"), index=True)
    exempt_because: Mapped[str | None] = mapped_column(sa.String(200))


class Evidence(Base):
    """A fact of another body: number, date, issuer; entered by the role its gate names."""

    __tablename__ = "evidence"

    id: Mapped[Id]
    key: Mapped[Key]
    project_id: Mapped[int] = mapped_column(sa.ForeignKey("project.id"), index=True)
    system_id: Mapped[int | None] = mapped_column(sa.ForeignKey("system.id"), index=True)
    gate: Mapped[Code]
    number: Mapped[str] = mapped_column(sa.String(120))
    on: Mapped[Day]
    next_on: Mapped[date | None]
    issuer: Mapped[str] = mapped_column(sa.String(120), default="")
    entered_by: Mapped[int] = mapped_column(sa.ForeignKey("person.id"), index=True)
    entered_at: Mapped[Moment]


class NotApplicable(Base):
    """A gate that does not bind, with a reason of its list, signed by a reviewer."""

    __tablename__ = "not_applicable"

    id: Mapped[Id]
    project_id: Mapped[int] = mapped_column(sa.ForeignKey("project.id"), index=True)
    gate: Mapped[Code]
    system_id: Mapped[int | None] = mapped_column(sa.ForeignKey("system.id"), index=True)
    resource_id: Mapped[int | None] = mapped_column(sa.ForeignKey("resource.id"), index=True)
    reason: Mapped[Code]
    note: Mapped[str] = mapped_column(sa.String(200), default="")
    signed_by: Mapped[int] = mapped_column(sa.ForeignKey("person.id"), index=True)
    signed_at: Mapped[Moment]


class Mount(Base):
    """How the platform or an interface gives a resource, and the operator's last test of it."""

    __tablename__ = "mount"

    id: Mapped[Id]
    key: Mapped[Key]
    resource_id: Mapped[int] = mapped_column(sa.ForeignKey("resource.id"), index=True)
    number: Mapped[str] = mapped_column(sa.String(80))
    method: Mapped[str] = mapped_column(sa.String(2))
    tested_on: Mapped[Day]
    answered: Mapped[bool]
    columns: Mapped[list[Any]] = mapped_column(sa.JSON)
    records: Mapped[int | None]
    fresh_on: Mapped[date | None]
    # Of the file that is mounted, where it is one: it is held against the masking report.
    file_digest: Mapped[str | None] = mapped_column(sa.String(80))
    entered_by: Mapped[int] = mapped_column(sa.ForeignKey("person.id"), index=True)
    entered_at: Mapped[Moment]


class Finding(Base):
    """A finding of Art. 20: kind, who raised it, until when it is to be mended, its state."""

    __tablename__ = "finding"

    id: Mapped[Id]
    key: Mapped[Key]
    project_id: Mapped[int] = mapped_column(sa.ForeignKey("project.id"), index=True)
    kind: Mapped[Code]
    text: Mapped[str] = mapped_column(sa.Text, default="")
    raised_by: Mapped[int] = mapped_column(sa.ForeignKey("person.id"), index=True)
    raised_on: Mapped[Day]
    due: Mapped[Day]
    state: Mapped[Code]
    closed_on: Mapped[date | None]


class Deferral(Base):
    """An open gate that a city paper allows to be mended later."""

    __tablename__ = "deferral"

    id: Mapped[Id]
    project_id: Mapped[int] = mapped_column(sa.ForeignKey("project.id"), index=True)
    gate: Mapped[Code]
    reason: Mapped[Code]
    due: Mapped[Day]
    signed_by: Mapped[int] = mapped_column(sa.ForeignKey("person.id"), index=True)
    signed_at: Mapped[Moment]
