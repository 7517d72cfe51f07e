"""How many published entries are alike, so that no figure is counted over all of them.

Revision ID: 0010
Revises: 0009
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

_CODES = ("share_type", "open_type", "visibility", "level")
_CELL = ("department_id", *_CODES, "month")
_ISSUED = ("published", "superseded", "suspended", "retired")
_CHUNK = 5_000
_UTC = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Make the cells and count what is published."""
    op.create_table(
        "census",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("department_id", sa.Integer(), nullable=False),
        *(sa.Column(name, sa.String(4), nullable=False) for name in _CODES),
        sa.Column("month", sa.String(7), nullable=False),
        sa.Column("entries", sa.Integer(), nullable=False),
        sa.Column("elements", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_census"),
        sa.UniqueConstraint(*_CELL, name="uq_census_cell"),
        sa.ForeignKeyConstraint(
            ["department_id"], ["organisation.id"], name="fk_census_department_id"
        ),
    )
    # Without a reference: SQLite would write the whole table anew.
    op.add_column("shown", sa.Column("census_id", sa.Integer(), nullable=True))
    op.add_column("shown", sa.Column("elements", sa.Integer(), nullable=True))
    _fill()


def downgrade() -> None:
    """Take them away; they can be counted again."""
    op.drop_column("shown", "elements")
    op.drop_column("shown", "census_id")
    op.drop_table("census")


def _table(name: str, *columns: str, at: str = "") -> sa.TableClause:
    moments = [sa.column(at, _UTC)] if at else []
    return sa.table(name, *(sa.column(one) for one in columns), *moments)


_resource = _table("resource", "id", "department_id", "live_version_id", "frozen_at")
_version = _table("version", "id", "resource_id", "state", *_CODES, at="changed_at")
_decision = _table("decision", "version_id", "step", at="at")
_element = _table("element", "version_id")
_shown = _table("shown", "resource_id", "census_id", "elements")
_census = _table("census", "id", *_CELL, "entries", "elements")


def _fill() -> None:
    connection = op.get_bind()
    live = (
        sa.select(_resource.c.id, _resource.c.department_id, _version.c.id.label("version_id"),
                  *(_version.c[name] for name in _CODES))
        .join(_version, _version.c.id == _resource.c.live_version_id)
        # Hidden from the index on the state: SQLite would begin with it, a million for each page.
        .where(
            sa.func.coalesce(_version.c.state, "") == "published",
            _resource.c.frozen_at.is_(None),
        )
        .order_by(_resource.c.id)
        .limit(_CHUNK)
    )  # fmt: skip
    cells: dict[tuple[Any, ...], int] = {}
    entries: Counter[int] = Counter()
    of_them: Counter[int] = Counter()
    last = 0
    while rows := connection.execute(live.where(_resource.c.id > last)).all():
        first, last = rows[0].id, rows[-1].id
        months = _months(connection, first, last)
        elements = _elements(connection, [row.version_id for row in rows])
        counted = []
        for row in rows:
            codes = (getattr(row, name) or "" for name in _CODES)
            cell = (row.department_id, *codes, months[row.id])
            id_ = cells.setdefault(cell, len(cells) + 1)
            entries[id_] += 1
            of_them[id_] += elements.get(row.version_id, 0)
            number = elements.get(row.version_id, 0)
            counted.append({"b_id": row.id, "b_census": id_, "b_elements": number})
        connection.execute(
            sa.update(_shown)
            .where(_shown.c.resource_id == sa.bindparam("b_id"))
            .values(census_id=sa.bindparam("b_census"), elements=sa.bindparam("b_elements")),
            counted,
        )
    if not cells:
        return
    # The key is given out by the database: on PostgreSQL by a sequence that must count on.
    connection.execute(
        sa.insert(_census),
        [
            {**dict(zip(_CELL, cell, strict=True)), "id": id_, "entries": entries[id_],
             "elements": of_them[id_]}
            for cell, id_ in cells.items()
        ],
    )  # fmt: skip
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql(
            "SELECT setval(pg_get_serial_sequence('census', 'id'), max(id)) FROM census"
        )


def _months(connection: sa.Connection, first: int, last: int) -> Mapping[int, str]:
    """The month of the first publication; of what no person published, that of its text."""
    begun = (
        sa.select(_decision.c.version_id, sa.func.min(_decision.c.at, type_=_UTC).label("at"))
        .join(_version, _version.c.id == _decision.c.version_id)
        .where(
            _decision.c.step.in_(["publish", "adopt"]),
            _version.c.resource_id.between(first, last),
        )
        .group_by(_decision.c.version_id)
        .subquery()
    )
    found = connection.execute(
        sa.select(
            _version.c.resource_id,
            sa.func.min(begun.c.at, type_=_UTC),
            sa.func.min(_version.c.changed_at, type_=_UTC),
        )
        .outerjoin(begun, begun.c.version_id == _version.c.id)
        .where(
            _version.c.resource_id.between(first, last),
            sa.func.coalesce(_version.c.state, "").in_(_ISSUED),
        )
        .group_by(_version.c.resource_id)
    )
    return {id_: _month(decided or changed) for id_, decided, changed in found}


def _month(moment: Any) -> str:
    # SQLite gives the moment without its zone, which is UTC.
    aware = moment if moment.tzinfo else moment.replace(tzinfo=ZoneInfo("UTC"))
    return f"{aware.astimezone(ZoneInfo('Asia/Shanghai')):%Y-%m}"


def _elements(connection: sa.Connection, versions: Sequence[int]) -> Mapping[int, int]:
    found = connection.execute(
        sa.select(_element.c.version_id, sa.func.count())
        .where(_element.c.version_id.in_(versions))
        .group_by(_element.c.version_id)
    )
    return {version: number for version, number in found}  # noqa: C416 - a row is no pair
