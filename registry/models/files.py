"""Files that people sent or that were made for them; their bytes lie in the data folder."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from registry.db import UTC, Base
from registry.models.columns import Digest, Id, Key, Moment


class StoredFile(Base):
    """One file: what it is for, its name, digest and size. A wipe finds it by `resource_id`."""

    __tablename__ = "stored_file"

    id: Mapped[Id]
    key: Mapped[Key]
    purpose: Mapped[str] = mapped_column(sa.String(20), index=True)
    name: Mapped[str] = mapped_column(sa.String(200))
    size: Mapped[int]
    digest: Mapped[Digest]
    organisation_id: Mapped[int | None] = mapped_column(
        sa.ForeignKey("organisation.id"), index=True
    )
    person_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"), index=True)
    resource_id: Mapped[int | None] = mapped_column(sa.ForeignKey("resource.id"), index=True)
    at: Mapped[Moment]
    deleted_at: Mapped[datetime | None] = mapped_column(UTC)
