"""The migrations lead to the very schema the tables describe, and back."""

from collections.abc import Iterator

import psycopg
import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import create_engine, inspect
from sqlmodel import SQLModel

from hotline.storage.migrations import migrate, migrate_down
from hotline.storage.session import dsn


@pytest.fixture
def empty_url(postgres_url: str) -> Iterator[str]:
    """A database of its own on the tests' server, with nothing in it."""
    with psycopg.connect(dsn(postgres_url), autocommit=True) as connection:
        connection.execute("create database migrated")
        yield f"{postgres_url.rpartition('/')[0]}/migrated"
        connection.execute("drop database migrated with (force)")


def test_the_newest_schema_is_what_the_tables_describe(empty_url: str) -> None:
    migrate(empty_url)

    engine = create_engine(empty_url)
    with engine.connect() as connection:
        differences = compare_metadata(MigrationContext.configure(connection), SQLModel.metadata)
    engine.dispose()
    assert differences == []


def test_every_step_can_be_taken_back(empty_url: str) -> None:
    migrate(empty_url)

    migrate_down(empty_url)

    engine = create_engine(empty_url)
    assert inspect(engine).get_table_names() == ["alembic_version"]
    engine.dispose()
    migrate(empty_url)
