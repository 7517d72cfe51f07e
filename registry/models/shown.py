"""What readers see of entries: since when, the values of filters, and how many are alike."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from registry.db import UTC, Base, now
from registry.models.columns import Id


class Shown(Base):
    """An entry that was ever public: when what is seen of it last changed, and who could see it.

    The row outlives the entry: a harvester is told of the deletion for ever. It holds no content.
    """

    __tablename__ = "shown"
    __table_args__ = (sa.Index(None, "at", "resource_id"),)

    resource_id: Mapped[int] = mapped_column(
        sa.ForeignKey("resource.id", ondelete="CASCADE"), primary_key=True
    )
    at: Mapped[datetime] = mapped_column(UTC, default=now)
    # A digest of everything that is seen beside the document; another one means another moment.
    face: Mapped[str] = mapped_column(sa.String(64))
    version_id: Mapped[int | None] = mapped_column(sa.ForeignKey("version.id"), index=True)
    # Of the document as it is exported, without salt: whoever holds the document can make it.
    digest: Mapped[str | None] = mapped_column(sa.String(80))
    # Whether it could once be seen without a name, and by everybody with one.
    was_open: Mapped[bool] = mapped_column(default=False)
    was_named: Mapped[bool] = mapped_column(default=False)
    # Where `census` counts it, with how many elements; None for what is published no longer.
    census_id: Mapped[int | None]
    elements: Mapped[int | None]


class ShownTo(Base):
    """A unit that an entry for named departments is shown to, or was by a version before.

    It is written when the version is published: a unit that gets another name sees it still. It is
    passed on when the unit is merged into another.
    """

    __tablename__ = "shown_to"

    resource_id: Mapped[int] = mapped_column(
        sa.ForeignKey("resource.id", ondelete="CASCADE"), primary_key=True
    )
    unit_id: Mapped[int] = mapped_column(
        sa.ForeignKey("organisation.id"), primary_key=True, index=True
    )
    is_now: Mapped[bool]


class Census(Base):
    """A cell: how many published entries, with how many elements, are alike in what it says."""

    __tablename__ = "census"
    __table_args__ = (
        sa.UniqueConstraint(
            "department_id",
            "share_type",
            "open_type",
            "visibility",
            "visible_to",
            "level",
            "month",
            name="uq_census_cell",
        ),
    )

    id: Mapped[Id]
    department_id: Mapped[int] = mapped_column(sa.ForeignKey("organisation.id"))
    share_type: Mapped[str] = mapped_column(sa.String(4))
    open_type: Mapped[str] = mapped_column(sa.String(4))
    visibility: Mapped[str] = mapped_column(sa.String(4))
    # A digest of the units it is shown to by name; "" where it names none.
    visible_to: Mapped[str] = mapped_column(sa.String(64), server_default="")
    level: Mapped[str] = mapped_column(sa.String(4))
    # In which the entries were first published, in the city: 2026-11.
    month: Mapped[str] = mapped_column(sa.String(7))
    entries: Mapped[int]
    elements: Mapped[int]


class Trait(Base):
    """A value of a live document that filters and facets ask for: a code, a keyword, an extra."""

    __tablename__ = "trait"
    __table_args__ = (sa.Index(None, "field", "value", "resource_id"),)

    resource_id: Mapped[int] = mapped_column(
        sa.ForeignKey("resource.id", ondelete="CASCADE"), primary_key=True
    )
    field: Mapped[str] = mapped_column(sa.String(80), primary_key=True)
    value: Mapped[str] = mapped_column(sa.String(200), primary_key=True)
