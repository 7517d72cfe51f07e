"""What people say instead of a term, and what they say in several words, in own entries.

Revision ID: 0012
Revises: 0011
"""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the columns; the entries there are hold neither."""
    for name in ("said", "together"):
        op.add_column(
            "dictionary_entry", sa.Column(name, sa.JSON(), nullable=False, server_default="[]")
        )


def downgrade() -> None:
    """Take them away, and with them the entries that say nothing without."""
    entry = sa.table("dictionary_entry", sa.column("said", sa.JSON), sa.column("together", sa.JSON))
    op.execute(
        entry.delete().where(
            sa.or_(*(sa.cast(entry.c[name], sa.Text) != "[]" for name in ("said", "together")))
        )
    )
    for name in ("together", "said"):
        op.drop_column("dictionary_entry", name)
