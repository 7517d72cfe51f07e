"""What was found of the file about to be released, and the digest of the file that is mounted.

Revision ID: 0008
Revises: 0007
"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the columns; of reports and mounts from before nothing is known."""
    op.add_column("masking_report", sa.Column("file_check", sa.JSON(), nullable=True))
    op.add_column("mount", sa.Column("file_digest", sa.String(80), nullable=True))


def downgrade() -> None:
    """Take them away."""
    with op.batch_alter_table("mount") as table:
        table.drop_column("file_digest")
    with op.batch_alter_table("masking_report") as table:
        table.drop_column("file_check")
