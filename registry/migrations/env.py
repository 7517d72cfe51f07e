"""Runs the migrations on the connection that `registry.upgrade` hands over."""

from alembic import context

from registry import models  # noqa: F401 - the tables are the target of the comparison
from registry.db import Base

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    render_as_batch=True,
    transactional_ddl=True,
)
with context.begin_transaction():
    context.run_migrations()
