"""Keyed digests of what names a wiped entry, by which it is known when it comes again.

Revision ID: 0002
Revises: 0001
"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "wiped_mark",
        sa.Column("mark", sa.String(64), nullable=False),
        sa.Column("key", sa.String(16), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("mark", name="pk_wiped_mark"),
    )
    op.create_index("ix_wiped_mark_key", "wiped_mark", ["key"])


def downgrade() -> None:
    """Take it away; the list beside the database keeps the marks."""
    op.drop_table("wiped_mark")
