"""Runs of desensitization that are asked for on the page.

Revision ID: 0005
Revises: 0004
"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "masking_run",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(16), nullable=False),
        sa.Column("plan_id", sa.Integer(), nullable=False),
        sa.Column("version_id", sa.Integer(), nullable=False),
        sa.Column("plan_digest", sa.String(80), nullable=False),
        sa.Column("version_digest", sa.String(80), nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("source", sa.String(40), nullable=False),
        sa.Column("format", sa.String(40), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("source_name", sa.String(60), nullable=True),
        sa.Column("table_name", sa.String(130), nullable=True),
        sa.Column("state", sa.String(40), nullable=False),
        sa.Column("place", sa.String(40), nullable=False),
        sa.Column("asked_by", sa.Integer(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("cancelled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("step", sa.String(20), nullable=True),
        sa.Column("done", sa.BigInteger(), nullable=False),
        sa.Column("total", sa.BigInteger(), nullable=False),
        sa.Column("why", sa.JSON(), nullable=True),
        sa.Column("report_id", sa.Integer(), nullable=True),
        sa.Column("kept_until", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_masking_run"),
        sa.UniqueConstraint("key", name="uq_masking_run_key"),
        sa.ForeignKeyConstraint(
            ["plan_id"], ["masking_plan.id"], name="fk_masking_run_plan_id", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["version_id"], ["version.id"], name="fk_masking_run_version_id", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["asked_by"], ["person.id"], name="fk_masking_run_asked_by"),
        sa.ForeignKeyConstraint(
            ["report_id"],
            ["masking_report.id"],
            name="fk_masking_run_report_id",
            ondelete="CASCADE",
        ),
    )
    for column in ("plan_id", "version_id", "state", "asked_by", "report_id"):
        op.create_index(f"ix_masking_run_{column}", "masking_run", [column])


def downgrade() -> None:
    """Take it away."""
    op.drop_table("masking_run")
