"""Brings the tables of a database to this release.

Alembic is read when it is used: every process of ours imports this module, few migrate.
"""

import logging
from importlib.resources import as_file, files

import sqlalchemy as sa

from registry import models  # noqa: F401 - puts the tables into the metadata
from registry.db import Base, Database
from registry.errors import Conflict

log = logging.getLogger(__name__)


def upgrade(database: Database, revision: str = "head") -> None:
    """Run the migrations up to `revision`, in one transaction, under the lock of the one writer.

    On SQLite foreign keys are off while tables are rebuilt: with them on, a rebuild empties the
    child tables silently. They are checked before the commit. Raises as `require_known`.
    """
    from alembic import command

    require_known(database)
    _run(database, lambda config: command.upgrade(config, revision))


def downgrade(database: Database, revision: str = "base") -> None:
    """Run the migrations back to `revision`."""
    from alembic import command

    _run(database, lambda config: command.downgrade(config, revision))


def revision(database: Database) -> str | None:
    """The revision the tables of this database have, None before the first upgrade."""
    from alembic.migration import MigrationContext

    with database.reading.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def newest() -> str | None:
    """The revision an upgrade to this release ends with."""
    from alembic.script import ScriptDirectory

    with as_file(files("registry.migrations")) as folder:
        return ScriptDirectory(str(folder)).get_current_head()


def require_known(database: Database) -> None:
    """Raise Conflict where a later release has upgraded the tables: this one would misread them."""
    from alembic.script import ScriptDirectory

    there = revision(database)
    with as_file(files("registry.migrations")) as folder:
        steps = ScriptDirectory(str(folder))
        known = {step.revision for step in steps.walk_revisions()}
        if there is not None and there not in known:
            raise Conflict("later_release", there=there, known=steps.get_current_head())


def differences(database: Database) -> list[object]:
    """Where the tables differ from the models; [] after an upgrade."""
    from alembic.autogenerate import compare_metadata
    from alembic.migration import MigrationContext

    with database.reading.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": False})
        return list(compare_metadata(context, Base.metadata))


def _run(database: Database, move: object) -> None:
    from alembic.config import Config

    assert callable(move)
    with as_file(files("registry.migrations")) as folder, database.writing.connect() as connection:
        config = Config()
        config.set_main_option("script_location", str(folder))
        config.attributes["connection"] = connection
        if database.is_sqlite:
            _foreign_keys(connection, "OFF")
        try:
            with connection.begin():
                move(config)
                if database.is_sqlite:
                    faults = connection.execute(sa.text("PRAGMA foreign_key_check")).all()
                    if faults:
                        raise RuntimeError(f"foreign keys broken in {faults[0][0]}")
        finally:
            if database.is_sqlite:
                _foreign_keys(connection, "ON")


def _foreign_keys(connection: sa.Connection, state: str) -> None:
    """The pragma does nothing inside a transaction: it goes to the driver, outside of one."""
    raw = connection.connection.driver_connection
    assert raw is not None
    raw.execute(f"PRAGMA foreign_keys = {state}")
