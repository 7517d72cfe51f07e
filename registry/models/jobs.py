"""Work for later: claimed by lease, beside the outbox."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from registry.db import UTC, Base
from registry.models.columns import Code, Id, Key, Moment


class Job(Base):
    """One piece of work: what, with which keys, when, how far, what came of it."""

    __tablename__ = "job"

    id: Mapped[Id]
    key: Mapped[Key]
    kind: Mapped[Code]
    payload: Mapped[Any] = mapped_column(sa.JSON)
    person_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"), index=True)
    created_at: Mapped[Moment]
    run_after: Mapped[Moment] = mapped_column(index=True)
    lease_until: Mapped[datetime | None] = mapped_column(UTC)
    tries: Mapped[int] = mapped_column(default=0)
    done: Mapped[int] = mapped_column(default=0)
    total: Mapped[int] = mapped_column(default=0)
    ended_at: Mapped[datetime | None] = mapped_column(UTC, index=True)
    outcome: Mapped[Any | None] = mapped_column(sa.JSON)


class Notice(Base):
    """A line in a person's inbox: something happened to what he follows. Keys, never content."""

    __tablename__ = "notice"

    id: Mapped[Id]
    organisation_id: Mapped[int] = mapped_column(sa.ForeignKey("organisation.id"), index=True)
    role: Mapped[Code]
    kind: Mapped[Code]
    subject: Mapped[str] = mapped_column(sa.String(20))
    key: Mapped[str] = mapped_column(sa.String(40))
    at: Mapped[Moment]
    read_at: Mapped[datetime | None] = mapped_column(UTC)
