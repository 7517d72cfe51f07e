"""The journal: who did what to what, by digest; the Merkle tree over it; its signed heads."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from registry.db import UTC, Base
from registry.models.columns import Code, Id, Moment


class JournalRow(Base):
    """One act. It holds keys and digests, never content; `leaf` seals every other column."""

    __tablename__ = "journal"

    seq: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    at: Mapped[datetime] = mapped_column(UTC, index=True)
    person: Mapped[str] = mapped_column(sa.String(16), index=True)
    account: Mapped[str] = mapped_column(sa.String(60))
    role: Mapped[str] = mapped_column(sa.String(40))
    organisation: Mapped[str] = mapped_column(sa.String(18))
    way: Mapped[str] = mapped_column(sa.String(10))
    act: Mapped[Code] = mapped_column(index=True)
    subject: Mapped[str] = mapped_column(sa.String(20))
    key: Mapped[str] = mapped_column(sa.String(40), index=True)
    version: Mapped[int | None]
    digest: Mapped[str | None] = mapped_column(sa.String(80))
    outcome: Mapped[str] = mapped_column(sa.String(10))
    # Canonical JSON of keys, counts, codes and dates: facts of the act, never content.
    facts: Mapped[str] = mapped_column(sa.Text)
    mac: Mapped[str] = mapped_column(sa.String(64))
    leaf: Mapped[str] = mapped_column(sa.String(64))


class JournalTree(Base):
    """The frontier of the tree after the last row: one row, written with every journal row."""

    __tablename__ = "journal_tree"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    size: Mapped[int]
    frontier: Mapped[str] = mapped_column(sa.Text)


class SignedHead(Base):
    """A head of the tree, signed by `work`: size, root, moment, key and signature."""

    __tablename__ = "signed_head"

    id: Mapped[Id]
    size: Mapped[int] = mapped_column(index=True)
    root: Mapped[str] = mapped_column(sa.String(64))
    at: Mapped[Moment]
    key_id: Mapped[str] = mapped_column(sa.String(40))
    algorithm: Mapped[str] = mapped_column(sa.String(20))
    signature: Mapped[str] = mapped_column(sa.Text)
