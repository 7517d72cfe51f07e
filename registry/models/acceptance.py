"""Issued opinions, as signed snapshots; verdicts themselves are computed."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from registry.db import UTC, Base
from registry.models.columns import Code, Digest, Id, Key, Moment


class Opinion(Base):
    """A verification opinion 数据资源目录核验意见 as it was signed. It never changes."""

    __tablename__ = "opinion"

    id: Mapped[Id]
    key: Mapped[Key]
    number: Mapped[str] = mapped_column(sa.String(60), unique=True)
    project_id: Mapped[int] = mapped_column(sa.ForeignKey("project.id"), index=True)
    stage: Mapped[Code]
    result: Mapped[Code]
    payload: Mapped[Any] = mapped_column(sa.JSON)
    digest: Mapped[Digest]
    signed_by: Mapped[int] = mapped_column(sa.ForeignKey("person.id"), index=True)
    signed_at: Mapped[Moment]
    file_id: Mapped[int | None] = mapped_column(sa.ForeignKey("stored_file.id"), index=True)
    superseded_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("opinion.id"), index=True)

    @classmethod
    def stands(cls) -> sa.ColumnElement[bool]:
        """Asks for opinions whose place no newer one took, and that nobody took back.

        A wipe takes back what it empties (papers/sentences.json): such a paper verifies as
        withdrawn, cannot be revoked any more, and says to sign anew once the entry is mended.
        """
        return sa.and_(
            cls.superseded_by_id.is_(None),
            ~sa.exists().where(Revocation.opinion_id == cls.id),
            cls.payload["wiped"].as_string().is_(None),
        )


class Revocation(Base):
    """A signed act that takes an opinion back; the opinion then verifies as revoked."""

    __tablename__ = "revocation"

    id: Mapped[Id]
    opinion_id: Mapped[int] = mapped_column(sa.ForeignKey("opinion.id"), unique=True)
    number: Mapped[str] = mapped_column(sa.String(60), unique=True)
    reason: Mapped[str] = mapped_column(sa.Text)
    statement: Mapped[Any] = mapped_column(sa.JSON)
    revoked_by: Mapped[int] = mapped_column(sa.ForeignKey("person.id"), index=True)
    revoked_at: Mapped[datetime] = mapped_column(UTC)
