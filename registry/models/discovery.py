"""The authority's own dictionary of search, what was asked in vain, and searches people keep."""

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
    # What people say instead, and what they say in several words (`search.synonyms.Group`).
    said: Mapped[Any] = mapped_column(sa.JSON, default=list)
    together: Mapped[Any] = mapped_column(sa.JSON, default=list)
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


class AskedQuery(Base):
    """A question of one day: how often its hits were shown and how often one was opened.

    Never by whom, nor which entry; rows older than `opened.KEPT_DAYS` go.
    """

    __tablename__ = "asked_query"
    __table_args__ = (sa.UniqueConstraint("text", "day"),)

    id: Mapped[Id]
    text: Mapped[str] = mapped_column(sa.String(40))
    day: Mapped[Day] = mapped_column(index=True)
    shown: Mapped[int] = mapped_column(default=0)
    opened: Mapped[int] = mapped_column(default=0)


class SavedSearch(Base):
    """A question somebody keeps to be told of new entries; seen by nobody else."""

    __tablename__ = "saved_search"

    id: Mapped[Id]
    key: Mapped[Key]
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id"), index=True)
    name: Mapped[str] = mapped_column(sa.String(80))
    text: Mapped[str] = mapped_column(sa.String(256))
    # Facet to the values chosen, as in the address of the search.
    filters: Mapped[Any] = mapped_column(sa.JSON)
    is_paused: Mapped[bool] = mapped_column(default=False)
    # What became public before is no news: the moment of saving, or of the last other question.
    since: Mapped[Moment]


class SavedMatch(Base):
    """An entry that became public and answers a saved search; keys alone, rights judged later."""

    __tablename__ = "saved_match"
    __table_args__ = (sa.UniqueConstraint("search_id", "resource_id"),)

    id: Mapped[Id]
    search_id: Mapped[int] = mapped_column(sa.ForeignKey("saved_search.id", ondelete="CASCADE"))
    resource_id: Mapped[int] = mapped_column(
        sa.ForeignKey("resource.id", ondelete="CASCADE"), index=True
    )
    at: Mapped[Moment]
    seen_at: Mapped[datetime | None] = mapped_column(UTC)
