"""What the index has yet to learn: a queue, one row per resource."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from registry.db import UTC, Base
from registry.models.columns import Moment


class OutboxRow(Base):
    """A resource whose index document may be stale; `turn` tells a later change from this one."""

    __tablename__ = "outbox"

    resource_id: Mapped[int] = mapped_column(
        sa.ForeignKey("resource.id", ondelete="CASCADE"), primary_key=True
    )
    turn: Mapped[int]
    since: Mapped[Moment] = mapped_column(index=True)
    tries: Mapped[int] = mapped_column(default=0)
    parked_at: Mapped[datetime | None] = mapped_column(UTC)
    fault: Mapped[str | None] = mapped_column(sa.String(200))
