"""Sources that are harvested, and the claim list.

Revision ID: 0007
Revises: 0006
"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

_MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "harvest_source",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(16), nullable=False),
        sa.Column("name", sa.String(40), nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("address", sa.String(1000), nullable=False),
        sa.Column("token_file", sa.String(1000), nullable=False),
        sa.Column("department_id", sa.Integer(), nullable=True),
        sa.Column("most", sa.Integer(), nullable=False),
        sa.Column("run", sa.Integer(), nullable=False),
        sa.Column("cursor", sa.JSON(), nullable=True),
        sa.Column("since", sa.String(40), nullable=False),
        sa.Column("started_at", _MOMENT, nullable=True),
        sa.Column("finished_at", _MOMENT, nullable=True),
        sa.Column("fault", sa.String(40), nullable=False),
        sa.Column("fault_facts", sa.JSON(), nullable=False),
        sa.Column("added_at", _MOMENT, nullable=False),
        sa.Column("row_version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_harvest_source"),
        sa.UniqueConstraint("key", name="uq_harvest_source_key"),
        sa.UniqueConstraint("name", name="uq_harvest_source_name"),
        sa.ForeignKeyConstraint(
            ["department_id"], ["organisation.id"], name="fk_harvest_source_department_id"
        ),
    )
    op.create_index("ix_harvest_source_department_id", "harvest_source", ["department_id"])
    op.create_table(
        "claim",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(16), nullable=False),
        sa.Column("source_id", sa.Integer(), nullable=False),
        sa.Column("remote_id", sa.String(200), nullable=False),
        sa.Column("remote_modified", sa.String(40), nullable=False),
        sa.Column("digest", sa.String(80), nullable=False),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("fault", sa.String(40), nullable=False),
        sa.Column("name", sa.String(800), nullable=False),
        sa.Column("code", sa.String(64), nullable=True),
        sa.Column("unit_code", sa.String(40), nullable=False),
        sa.Column("unit_name", sa.String(200), nullable=False),
        sa.Column("department_id", sa.Integer(), nullable=True),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("latest", sa.Text(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("resource_id", sa.Integer(), nullable=True),
        sa.Column("seen_run", sa.Integer(), nullable=False),
        sa.Column("first_at", _MOMENT, nullable=False),
        sa.Column("changed_at", _MOMENT, nullable=True),
        sa.Column("gone_at", _MOMENT, nullable=True),
        sa.Column("decided_by", sa.Integer(), nullable=True),
        sa.Column("decided_at", _MOMENT, nullable=True),
        sa.Column("row_version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_claim"),
        sa.UniqueConstraint("key", name="uq_claim_key"),
        sa.UniqueConstraint("source_id", "remote_id", name="uq_claim_source_id_remote_id"),
        sa.ForeignKeyConstraint(
            ["source_id"], ["harvest_source.id"], name="fk_claim_source_id", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["department_id"], ["organisation.id"], name="fk_claim_department_id"
        ),
        sa.ForeignKeyConstraint(["resource_id"], ["resource.id"], name="fk_claim_resource_id"),
        sa.ForeignKeyConstraint(["decided_by"], ["person.id"], name="fk_claim_decided_by"),
    )
    for column in (
        "source_id",
        "state",
        "department_id",
        "resource_id",
        "seen_run",
        "decided_by",
    ):
        op.create_index(f"ix_claim_{column}", "claim", [column])


def downgrade() -> None:
    """Take them away."""
    op.drop_table("claim")
    op.drop_table("harvest_source")
