"""Which units an entry for named departments is shown to; such entries are counted apart.

Revision ID: 0011
Revises: 0010
"""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

_BEFORE = ("department_id", "share_type", "open_type", "visibility", "level", "month")
_NOW = (*_BEFORE[:4], "visible_to", *_BEFORE[4:])
_COLUMNS = ("id", *_BEFORE, "entries", "elements")
_census = sa.table("census", *(sa.column(name) for name in _COLUMNS))
_other = _census.alias("other")
_shown = sa.table("shown", sa.column("census_id"))


def upgrade() -> None:
    """Make the table and the column; no entry names a unit yet."""
    op.create_table(
        "shown_to",
        sa.Column("resource_id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("is_now", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("resource_id", "unit_id", name="pk_shown_to"),
        sa.ForeignKeyConstraint(
            ["resource_id"],
            ["resource.id"],
            name="fk_shown_to_resource_id",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["unit_id"], ["organisation.id"], name="fk_shown_to_unit_id"),
    )
    op.create_index("ix_shown_to_unit_id", "shown_to", ["unit_id"])
    with op.batch_alter_table("census") as table:
        table.add_column(sa.Column("visible_to", sa.String(64), nullable=False, server_default=""))
        table.drop_constraint("uq_census_cell", type_="unique")
        table.create_unique_constraint("uq_census_cell", list(_NOW))


def downgrade() -> None:
    """Take both away; cells that differed in the column alone become one."""
    op.drop_table("shown_to")
    same = sa.and_(*(_other.c[name] == _census.c[name] for name in _BEFORE))
    first = sa.select(sa.func.min(_other.c.id)).where(same).scalar_subquery()
    of_old = sa.select(first).where(_census.c.id == _shown.c.census_id).scalar_subquery()
    op.execute(sa.update(_shown).where(_shown.c.census_id.is_not(None)).values(census_id=of_old))
    sums = {
        name: sa.select(sa.func.sum(_other.c[name])).where(same).scalar_subquery()
        for name in ("entries", "elements")
    }
    op.execute(sa.update(_census).where(_census.c.id == first).values(sums))
    op.execute(sa.delete(_census).where(_census.c.id != first))
    with op.batch_alter_table("census") as table:
        table.drop_constraint("uq_census_cell", type_="unique")
        table.drop_column("visible_to")
        table.create_unique_constraint("uq_census_cell", list(_BEFORE))
