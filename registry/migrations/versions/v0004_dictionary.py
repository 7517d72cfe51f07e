"""The authority's dictionary of search and the questions that found nothing.

Revision ID: 0004
Revises: 0003
"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "dictionary_entry",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(16), nullable=False),
        sa.Column("terms", sa.JSON(), nullable=False),
        sa.Column("broader", sa.JSON(), nullable=False),
        sa.Column("related", sa.JSON(), nullable=False),
        sa.Column("because", sa.String(400), nullable=False),
        sa.Column("retires", sa.String(12), nullable=True),
        sa.Column("added_by", sa.Integer(), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("retired_by", sa.Integer(), nullable=True),
        sa.Column("retired_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("retired_because", sa.String(400), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_dictionary_entry"),
        sa.UniqueConstraint("key", name="uq_dictionary_entry_key"),
        sa.ForeignKeyConstraint(["added_by"], ["person.id"], name="fk_dictionary_entry_added_by"),
        sa.ForeignKeyConstraint(
            ["retired_by"], ["person.id"], name="fk_dictionary_entry_retired_by"
        ),
    )
    for column in ("retires", "added_by", "retired_by"):
        op.create_index(f"ix_dictionary_entry_{column}", "dictionary_entry", [column])
    op.create_table(
        "unanswered_query",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("text", sa.String(40), nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("asked", sa.Integer(), nullable=False),
        sa.Column("last_on", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_unanswered_query"),
        sa.UniqueConstraint("text", name="uq_unanswered_query_text"),
    )
    op.create_index("ix_unanswered_query_last_on", "unanswered_query", ["last_on"])


def downgrade() -> None:
    """Take them away."""
    op.drop_table("unanswered_query")
    op.drop_table("dictionary_entry")
