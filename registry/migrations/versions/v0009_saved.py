"""Saved searches with what is new for them, and questions whose hits nobody opened.

Revision ID: 0009
Revises: 0008
"""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

_MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "asked_query",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("text", sa.String(40), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("shown", sa.Integer(), nullable=False),
        sa.Column("opened", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_asked_query"),
        sa.UniqueConstraint("text", "day", name="uq_asked_query_text_day"),
    )
    op.create_index("ix_asked_query_day", "asked_query", ["day"])
    op.create_table(
        "saved_search",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(16), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(80), nullable=False),
        sa.Column("text", sa.String(256), nullable=False),
        sa.Column("filters", sa.JSON(), nullable=False),
        sa.Column("is_paused", sa.Boolean(), nullable=False),
        sa.Column("since", _MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_saved_search"),
        sa.UniqueConstraint("key", name="uq_saved_search_key"),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name="fk_saved_search_person_id"),
    )
    op.create_index("ix_saved_search_person_id", "saved_search", ["person_id"])
    op.create_table(
        "saved_match",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("search_id", sa.Integer(), nullable=False),
        sa.Column("resource_id", sa.Integer(), nullable=False),
        sa.Column("at", _MOMENT, nullable=False),
        sa.Column("seen_at", _MOMENT, nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_saved_match"),
        sa.UniqueConstraint(
            "search_id", "resource_id", name="uq_saved_match_search_id_resource_id"
        ),
        sa.ForeignKeyConstraint(
            ["search_id"],
            ["saved_search.id"],
            name="fk_saved_match_search_id",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["resource_id"],
            ["resource.id"],
            name="fk_saved_match_resource_id",
            ondelete="CASCADE",
        ),
    )
    op.create_index("ix_saved_match_resource_id", "saved_match", ["resource_id"])


def downgrade() -> None:
    """Take them away."""
    op.drop_table("saved_match")
    op.drop_table("saved_search")
    op.drop_table("asked_query")
