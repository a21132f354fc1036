"""Alembic's entry: runs the migrations on one connection, one process at a time."""

from alembic import context
from sqlalchemy import create_engine, text
from sqlmodel import SQLModel

from hotline.storage import tables
from hotline.storage.migrations import MIGRATION_LOCK

assert tables.__all__  # noqa: S101 – importing the tables fills the metadata below

engine = create_engine(context.config.attributes["url"])
with engine.connect() as connection:
    connection.execute(text("select pg_advisory_lock(:key)"), {"key": MIGRATION_LOCK})
    context.configure(
        connection=connection,
        target_metadata=SQLModel.metadata,
        user_module_prefix="sqltypes.",
    )
    with context.begin_transaction():
        context.run_migrations()
    connection.execute(text("select pg_advisory_unlock(:key)"), {"key": MIGRATION_LOCK})
    connection.commit()
engine.dispose()
