"""What programs ask of public entries: since when, with which digest, under which values.

Revision ID: 0003
Revises: 0002
"""

import hashlib
import json
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

# As they were when this revision was written; `registry.shown` moves on, this does not.
_KEPT = (
    "keywords", "data_class", "update_cycle", "visibility", "class_path", "other_class_paths",
    "themes", "base_library", "format_class", "format_types", "share_type", "share_method_class",
    "share_method", "open_type", "origin", "held_at", "related", "source_system",
)  # fmt: skip
_CHUNK = 500


def upgrade() -> None:
    """Make the tables and fill them from what is live."""
    op.create_table(
        "shown",
        sa.Column("resource_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("face", sa.String(64), nullable=False),
        sa.Column("version_id", sa.Integer(), nullable=True),
        sa.Column("digest", sa.String(80), nullable=True),
        sa.Column("was_open", sa.Boolean(), nullable=False),
        sa.Column("was_named", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("resource_id", name="pk_shown"),
        sa.ForeignKeyConstraint(
            ["resource_id"], ["resource.id"], name="fk_shown_resource_id", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["version_id"], ["version.id"], name="fk_shown_version_id"),
    )
    op.create_index("ix_shown_at_resource_id", "shown", ["at", "resource_id"])
    op.create_index("ix_shown_version_id", "shown", ["version_id"])
    op.create_table(
        "trait",
        sa.Column("resource_id", sa.Integer(), nullable=False),
        sa.Column("field", sa.String(80), nullable=False),
        sa.Column("value", sa.String(200), nullable=False),
        sa.PrimaryKeyConstraint("resource_id", "field", "value", name="pk_trait"),
        sa.ForeignKeyConstraint(
            ["resource_id"], ["resource.id"], name="fk_trait_resource_id", ondelete="CASCADE"
        ),
    )
    op.create_index("ix_trait_field_value_resource_id", "trait", ["field", "value", "resource_id"])
    _fill()


def downgrade() -> None:
    """Take them away; everything in them but the memory of deletions can be made again."""
    op.drop_table("trait")
    op.drop_table("shown")


def _fill() -> None:
    connection = op.get_bind()
    utc = sa.DateTime(timezone=True)
    resource = sa.table(
        "resource",
        *(sa.column(n) for n in ("id", "live_version_id", "department_id", "code", "frozen_at")),
        sa.column("updated_at", utc),
        sa.column("remediation_due", sa.Date()),
    )
    unit = sa.table("organisation", *(sa.column(n) for n in ("id", "code", "name")))
    version = sa.table(
        "version",
        *(
            sa.column(n)
            for n in ("id", "state", "open_type", "share_type", "visibility", "document")
        ),
    )
    at = sa.column("at", utc)
    shown = sa.table("shown", at, *(sa.column(n) for n in _SHOWN))
    trait = sa.table("trait", *(sa.column(n) for n in ("resource_id", "field", "value")))
    query = (
        sa.select(
            resource,
            unit.c.code.label("unit_code"),
            unit.c.name.label("unit_name"),
            version.c.state, version.c.open_type, version.c.share_type, version.c.visibility,
            version.c.document,
        )
        .join(version, version.c.id == resource.c.live_version_id)
        .join(unit, unit.c.id == resource.c.department_id)
        .order_by(resource.c.id)
    )  # fmt: skip
    last = 0
    while True:
        page = query.where(resource.c.id > last).limit(_CHUNK)
        rows = connection.execute(page).mappings().all()
        if not rows:
            return
        last = rows[-1]["id"]
        connection.execute(sa.insert(shown), [_shown(row) for row in rows])
        found = [one for row in rows for one in _traits(row)]
        if found:
            connection.execute(sa.insert(trait), found)


_SHOWN = ("resource_id", "face", "version_id", "digest", "was_open", "was_named")


def _shown(row: Any) -> dict[str, Any]:
    live = row["state"] == "published" and row["frozen_at"] is None
    named = row["visibility"] == "1" and row["state"] in ("published", "suspended", "retired")
    opened = named and row["open_type"] in ("1", "2") and row["share_type"] in ("1", "2")
    parts = ("live_version_id", "unit_code", "unit_name", "code", "remediation_due")
    face = hashlib.sha256(repr([str(row[name]) for name in parts]).encode()).hexdigest()
    digest = hashlib.new("sm3", row["document"].encode()).hexdigest()
    moment = row["updated_at"] or datetime.now(UTC)
    return {
        "resource_id": row["id"],
        "at": moment,
        "face": face if live else "gone",
        "version_id": row["live_version_id"] if live else None,
        "digest": f"sm3:{digest}" if live else None,
        "was_open": opened,
        "was_named": named,
    }


def _traits(row: Any) -> list[dict[str, Any]]:
    if row["state"] != "published" or row["frozen_at"] is not None:
        return []
    document = json.loads(row["document"])
    found = {(name, text) for name in _KEPT for text in _texts(document.get(name))}
    extras = document.get("extras")
    for one in extras if isinstance(extras, list) else ():
        key = one.get("key") if isinstance(one, dict) else None
        if isinstance(key, str) and key not in document and 0 < len(key) <= 80:
            found |= {(key, text) for text in _texts(one.get("value"))}
    kept = {(name, text[:200]) for name, text in found if text}
    return [{"resource_id": row["id"], "field": name, "value": text} for name, text in sorted(kept)]


def _texts(value: object) -> list[str]:
    if isinstance(value, str):
        return [value]
    parts = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return [text for part in parts for text in _texts(part)]
