"""Requests for data, demands for what nobody offers, grants and their use."""

from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from registry.db import UTC, Base
from registry.models.accounts import Organisation
from registry.models.catalogue import Resource
from registry.models.columns import Code, Day, Id, Key, Moment


class Request(Base):
    """A request 数据申请 for elements of one resource, with the fields of decree 809 Art. 20."""

    __tablename__ = "request"

    id: Mapped[Id]
    key: Mapped[Key]
    number: Mapped[str | None] = mapped_column(sa.String(60), unique=True)
    requester_id: Mapped[int] = mapped_column(sa.ForeignKey("organisation.id"), index=True)
    provider_id: Mapped[int] = mapped_column(sa.ForeignKey("organisation.id"), index=True)
    resource_id: Mapped[int] = mapped_column(sa.ForeignKey("resource.id"), index=True)
    state: Mapped[Code] = mapped_column(index=True)
    # The form as typed: schemas/records/request.json.
    document: Mapped[dict[str, Any]] = mapped_column(sa.JSON)
    created_by: Mapped[int] = mapped_column(sa.ForeignKey("person.id"), index=True)
    created_at: Mapped[Moment]
    received_on: Mapped[date | None]
    due: Mapped[date | None] = mapped_column(index=True)
    extension_days: Mapped[int] = mapped_column(default=0)
    # Working days the provider asks for; NULL when no extension waits for the authority.
    extension_asked: Mapped[int | None]
    stopped_days: Mapped[int] = mapped_column(default=0)
    correction_asked_on: Mapped[date | None]
    corrected_on: Mapped[date | None]
    answer: Mapped[dict[str, Any] | None] = mapped_column(sa.JSON)
    replied_on: Mapped[date | None]
    deliver_by: Mapped[date | None]
    delivered_on: Mapped[date | None]
    # The last day of a check of the data (校核) that the requester asked for.
    data_correction_due: Mapped[date | None]
    demand_id: Mapped[int | None] = mapped_column(sa.ForeignKey("demand.id"), index=True)
    ends_on: Mapped[date | None]
    row_version: Mapped[int] = mapped_column(default=1)

    requester: Mapped[Organisation] = relationship(foreign_keys=[requester_id], lazy="joined")
    provider: Mapped[Organisation] = relationship(foreign_keys=[provider_id], lazy="joined")
    resource: Mapped[Resource] = relationship(lazy="joined")


class RequestElement(Base):
    """An element that is asked for, and whether it is granted."""

    __tablename__ = "request_element"

    request_id: Mapped[int] = mapped_column(
        sa.ForeignKey("request.id", ondelete="CASCADE"), primary_key=True
    )
    element_key: Mapped[str] = mapped_column(sa.String(26), primary_key=True)
    granted: Mapped[bool | None]


class RequestEvent(Base):
    """Who did what to a request or demand, and when: the steps shown on its page."""

    __tablename__ = "request_event"

    id: Mapped[Id]
    request_id: Mapped[int | None] = mapped_column(
        sa.ForeignKey("request.id", ondelete="CASCADE"), index=True
    )
    demand_id: Mapped[int | None] = mapped_column(
        sa.ForeignKey("demand.id", ondelete="CASCADE"), index=True
    )
    act: Mapped[Code]
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id"), index=True)
    role: Mapped[str] = mapped_column(sa.String(40))
    at: Mapped[Moment]
    on: Mapped[Day]
    text: Mapped[str] = mapped_column(sa.Text, default="")


class StandingConsent(Base):
    """A sharing head's consent, once per resource: complete requests are granted at once."""

    __tablename__ = "standing_consent"

    id: Mapped[Id]
    resource_id: Mapped[int] = mapped_column(sa.ForeignKey("resource.id"), unique=True)
    signed_by: Mapped[int] = mapped_column(sa.ForeignKey("person.id"), index=True)
    signed_on: Mapped[Day]
    scope: Mapped[str] = mapped_column(sa.Text, default="")
    ended_on: Mapped[date | None]


class Demand(Base):
    """A demand 需求 for what was not found; nobody's until it is matched or sent up."""

    __tablename__ = "demand"

    id: Mapped[Id]
    key: Mapped[Key]
    number: Mapped[str | None] = mapped_column(sa.String(60), unique=True)
    requester_id: Mapped[int] = mapped_column(sa.ForeignKey("organisation.id"), index=True)
    state: Mapped[Code] = mapped_column(index=True)
    document: Mapped[dict[str, Any]] = mapped_column(sa.JSON)
    project_id: Mapped[int | None] = mapped_column(sa.ForeignKey("project.id"), index=True)
    assigned_id: Mapped[int | None] = mapped_column(sa.ForeignKey("organisation.id"), index=True)
    matched_id: Mapped[int | None] = mapped_column(sa.ForeignKey("resource.id"), index=True)
    raised_by: Mapped[int] = mapped_column(sa.ForeignKey("person.id"), index=True)
    raised_on: Mapped[Day]
    changed_at: Mapped[Moment]
    closed_at: Mapped[datetime | None] = mapped_column(UTC)
    requester: Mapped[Organisation] = relationship(foreign_keys=[requester_id], lazy="joined")
