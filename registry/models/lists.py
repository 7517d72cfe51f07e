"""Issued editions of the three lists. What an edition says never changes."""

from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from registry.db import Base
from registry.models.columns import Code, Day, Digest, Id, Key, Moment


class Edition(Base):
    """One numbered edition of one list of one unit: its rows, frozen, and who signed it."""

    __tablename__ = "edition"
    __table_args__ = (sa.UniqueConstraint("organisation_id", "list", "number"),)

    id: Mapped[Id]
    key: Mapped[Key]
    organisation_id: Mapped[int] = mapped_column(sa.ForeignKey("organisation.id"), index=True)
    list: Mapped[Code]
    number: Mapped[int]
    paper_number: Mapped[str] = mapped_column(sa.String(80))
    issued_on: Mapped[Day]
    rows: Mapped[Any] = mapped_column(sa.JSON)
    digest: Mapped[Digest]
    signed_by: Mapped[int] = mapped_column(sa.ForeignKey("person.id"), index=True)
    signed_at: Mapped[Moment]
