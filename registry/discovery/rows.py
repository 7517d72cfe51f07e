"""Live entries as the database gives them: facts around the document, documents only when asked."""

from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

import sqlalchemy as sa

from connectors.ckan import About
from registry.calendar import CITY
from registry.catalogue import PUBLISHED
from registry.catalogue.reading import KINDS, known_to
from registry.models.accounts import Organisation
from registry.models.catalogue import Resource, Version
from registry.models.shown import Shown

# As many keys go into one question.
MOST_KEYS = 5_000


@dataclass
class Row:
    """What is known of one live entry without its document; the document when it was read."""

    id: int
    version_id: int
    about: About
    title: str
    level: str
    visibility: str
    rank: int = 0
    document: dict[str, Any] | None = None


QUERY = (
    sa.select(
        Resource.key,
        Resource.code,
        Resource.created_at,
        Shown.at,
        Resource.published_on,
        Resource.remediation_due,
        Organisation.key.label("unit_key"),
        Organisation.code.label("unit_code"),
        Organisation.name.label("unit_name"),
        Resource.id.label("resource_id"),
        Version.id,
        Version.number,
        Version.name,
        Version.level,
        Version.visibility,
    )
    .join(Version, Resource.live_version_id == Version.id)
    .join(Organisation, Organisation.id == Resource.department_id)
    .join(Shown, Shown.resource_id == Resource.id)
)


_WHOLE = QUERY.add_columns(
    Version.document,
    Version.open_type,
    Version.share_type,
    Shown.digest,
)


WHOLES = {
    kind: _WHOLE.where(
        PUBLISHED, Resource.key.in_(sa.bindparam("b_keys", expanding=True)), known_to(kind)
    )
    for kind in KINDS
}


SEEN = QUERY.add_columns(Version.open_type, Version.share_type)


KEYS = QUERY.with_only_columns(Resource.key)


def row_of(row: Any, address: str) -> Row:
    """A row of QUERY; `address` begins links."""
    about = About(
        key=row.key,
        code=row.code,
        department_key=row.unit_key,
        department_code=row.unit_code,
        department_name=row.unit_name,
        level=row.level,
        version=row.number,
        created=moment_of(row.published_on) or row.created_at,
        modified=row.at,
        remediation_due=text_of(row.remediation_due),
        address=f"{address}/resources/{row.key}",
    )
    return Row(row.resource_id, row.id, about, row.name, row.level or "", row.visibility or "")


def moment_of(day: date | None) -> datetime | None:
    """When a day begins in the city."""
    return datetime.combine(day, time(), CITY) if day is not None else None


def text_of(day: date | None) -> str | None:
    """A day as it is written; None where there is none."""
    return day.isoformat() if day is not None else None
