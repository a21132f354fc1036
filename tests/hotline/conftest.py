"""A PostgreSQL for each test process, an empty database for each test.

The database is emptied, not made anew, by one connection that stays open: a copy of a template
takes ten times as long, and so does a new connection, which has to look at every table first.
"""

import tempfile
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import psycopg
import pytest
from psycopg import sql
from sqlalchemy import create_engine
from sqlmodel import SQLModel

from hotline.onemachine import start_postgres
from hotline.storage import tables
from hotline.storage.connection import Bounds, dsn
from hotline.storage.session import Database
from tests.fakes import FakeCarrier, FakeClock, FakeJobs

PATIENT = Bounds(answer_s=60)  # a busy machine is no fault of what is tested


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """A server without durability, whose database has the schema."""
    with tempfile.TemporaryDirectory(prefix="hotline-test-") as folder:
        Path(folder).chmod(0o755)  # as root, PostgreSQL runs as another account
        running = start_postgres(Path(folder) / "data", durable=False)
        _lay_schema(running.url)
        yield running.url
        running.stop()


def _lay_schema(url: str) -> None:
    """The one place that decides how a test's schema comes about."""
    assert tables.__all__
    engine = create_engine(url)
    SQLModel.metadata.create_all(engine)
    engine.dispose()


@cache
def _emptying() -> str:
    tables = [sql.Identifier(name) for name in SQLModel.metadata.tables]
    # Without triggers: the audit would refuse. So the order does not matter either.
    first = sql.SQL("set local session_replication_role = replica")
    return sql.SQL("; ").join([first, *map(sql.SQL("delete from {}").format, tables)]).as_string()


@dataclass
class Emptying:
    """Whoever empties the database. A test may have ended all connections, this one too."""

    url: str
    _connection: psycopg.Connection | None = None

    def __call__(self) -> None:
        """No rows from now on."""
        try:
            self._empty()
        except psycopg.OperationalError:
            self.close()
            self._empty()

    def _empty(self) -> None:
        if self._connection is None:
            self._connection = psycopg.connect(dsn(self.url))
        with self._connection.transaction():
            self._connection.execute(_emptying())

    def close(self) -> None:
        """Until it is asked again."""
        if self._connection is not None:
            self._connection.close()
        self._connection = None


@pytest.fixture(scope="session")
def empty(postgres_url: str) -> Iterator[Emptying]:
    """Called, it takes every row out of the database."""
    emptying = Emptying(postgres_url)
    yield emptying
    emptying.close()


@pytest.fixture(scope="session")
def shared_database(postgres_url: str) -> Database:
    """Made once: what was compiled into SQL for one test is known to the next."""
    return Database(postgres_url, bounds=PATIENT)


@pytest.fixture
async def database(shared_database: Database, empty: Emptying) -> AsyncIterator[Database]:
    """A database with the schema and without rows. Each test has connections of its own."""
    empty()
    yield shared_database
    await shared_database.close()


@pytest.fixture
def clock() -> FakeClock:
    """Stands at noon."""
    return FakeClock()


@pytest.fixture
def carrier(clock: FakeClock) -> FakeCarrier:
    """A telephone company that does what it is told."""
    return FakeCarrier(clock)


@pytest.fixture
def jobs() -> FakeJobs:
    """A queue that is there, with nobody working on it."""
    return FakeJobs()
