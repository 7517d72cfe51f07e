"""The days that differ from the ordinary week."""

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from registry.db import Base
from registry.models.columns import Day


class CalendarDay(Base):
    """A rest day on a weekday (`off`) or a make-up day on a weekend (`work`), with its source."""

    __tablename__ = "calendar_day"

    on: Mapped[Day] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(sa.String(4))
    name: Mapped[str] = mapped_column(sa.String(60), default="")
    source: Mapped[str] = mapped_column(sa.String(200), default="")
