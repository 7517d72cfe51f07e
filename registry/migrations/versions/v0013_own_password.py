"""Whether somebody else set the password of an account; when a token was last used.

Revision ID: 0013
Revises: 0012
"""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the columns; nobody wrote down who set the passwords there are, so none is demanded."""
    op.add_column(
        "account",
        sa.Column("has_given_password", sa.Boolean(), nullable=False, server_default=sa.false()),
    )
    op.add_column("api_token", sa.Column("used_at", sa.DateTime(timezone=True)))


def downgrade() -> None:
    """Take them away."""
    op.drop_column("api_token", "used_at")
    op.drop_column("account", "has_given_password")
