"""Keys that sign masking reports, the seal over each report, sketches of releases and their joins.

Revision ID: 0006
Revises: 0005
"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table of keys, and the columns of a report; older reports stay without a seal."""
    op.create_table(
        "report_signer",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(16), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(100), nullable=False),
        sa.Column("algorithm", sa.String(40), nullable=False),
        sa.Column("key_id", sa.String(16), nullable=False),
        sa.Column("value", sa.String(512), nullable=False),
        sa.Column("enrolled_by", sa.Integer(), nullable=False),
        sa.Column("enrolled_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_by", sa.Integer(), nullable=True),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_because", sa.String(400), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_report_signer"),
        sa.UniqueConstraint("key", name="uq_report_signer_key"),
        sa.UniqueConstraint(
            "organisation_id", "key_id", name="uq_report_signer_organisation_id_key_id"
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name="fk_report_signer_organisation_id"
        ),
        sa.ForeignKeyConstraint(
            ["enrolled_by"], ["person.id"], name="fk_report_signer_enrolled_by"
        ),
        sa.ForeignKeyConstraint(["revoked_by"], ["person.id"], name="fk_report_signer_revoked_by"),
    )
    for column in ("organisation_id", "enrolled_by", "revoked_by"):
        op.create_index(f"ix_report_signer_{column}", "report_signer", [column])
    with op.batch_alter_table("masking_report") as table:
        table.add_column(sa.Column("signer_id", sa.Integer(), nullable=True))
        table.add_column(
            sa.Column("made_here", sa.Boolean(), server_default=sa.false(), nullable=False)
        )
        table.add_column(sa.Column("seal", sa.String(64), nullable=True))
        table.create_foreign_key(
            "fk_masking_report_signer_id", "report_signer", ["signer_id"], ["id"]
        )
        table.create_index("ix_masking_report_signer_id", ["signer_id"])
    op.create_table(
        "release_sketch",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("report_id", sa.Integer(), nullable=False),
        sa.Column("column", sa.String(400), nullable=False),
        sa.Column("digests", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_release_sketch"),
        sa.ForeignKeyConstraint(
            ["report_id"],
            ["masking_report.id"],
            name="fk_release_sketch_report_id",
            ondelete="CASCADE",
        ),
    )
    op.create_index("ix_release_sketch_report_id", "release_sketch", ["report_id"])
    op.create_table(
        "release_join",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("report_id", sa.Integer(), nullable=False),
        sa.Column("column", sa.String(400), nullable=False),
        sa.Column("other_id", sa.Integer(), nullable=False),
        sa.Column("other_column", sa.String(400), nullable=False),
        sa.Column("share", sa.Float(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_release_join"),
        *(
            sa.ForeignKeyConstraint(
                [column],
                ["masking_report.id"],
                name=f"fk_release_join_{column}",
                ondelete="CASCADE",
            )
            for column in ("report_id", "other_id")
        ),
    )
    for column in ("report_id", "other_id"):
        op.create_index(f"ix_release_join_{column}", "release_join", [column])


def downgrade() -> None:
    """Take them away; the reports stay."""
    op.drop_table("release_join")
    op.drop_table("release_sketch")
    with op.batch_alter_table("masking_report") as table:
        table.drop_index("ix_masking_report_signer_id")
        table.drop_constraint("fk_masking_report_signer_id", type_="foreignkey")
        table.drop_column("seal")
        table.drop_column("made_here")
        table.drop_column("signer_id")
    op.drop_table("report_signer")
