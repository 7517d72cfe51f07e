"""The authority's own dictionary of search, and questions that found nothing."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from registry.db import UTC, Base
from registry.models.columns import Code, Day, Id, Key, Moment


class DictionaryEntry(Base):
    """A group of terms the authority added, or the retirement of a delivered one (`retires`).

    Rows are never changed but to be retired, so the table is the history of the dictionary.
    """

    __tablename__ = "dictionary_entry"

    id: Mapped[Id]
    key: Mapped[Key]
    terms: Mapped[Any] = mapped_column(sa.JSON)
    broader: Mapped[Any] = mapped_column(sa.JSON)
    related: Mapped[Any] = mapped_column(sa.JSON)
    because: Mapped[str] = mapped_column(sa.String(400))
    retires: Mapped[str | None] = mapped_column(sa.String(12), index=True)
    added_by: Mapped[int] = mapped_column(sa.ForeignKey("person.id"), index=True)
    added_at: Mapped[Moment]
    retired_by: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"), index=True)
    retired_at: Mapped[datetime | None] = mapped_column(UTC)
    retired_because: Mapped[str | None] = mapped_column(sa.String(400))


class UnansweredQuery(Base):
    """A question without a hit and how often it was asked; never by whom."""

    __tablename__ = "unanswered_query"

    id: Mapped[Id]
    text: Mapped[str] = mapped_column(sa.String(40), unique=True)
    kind: Mapped[Code]
    asked: Mapped[int] = mapped_column(default=1)
    last_on: Mapped[Day] = mapped_column(index=True)
