"""The template that every story's database is copied from: migrated, with the training accounts.

Beside its tables it has a copy of their first rows, from which the next story's are made again.
"""

import asyncio
from datetime import UTC, datetime
from pathlib import Path

import psycopg

from hotline.configuration.versions import apply_folder
from hotline.staff.training import give_training_secrets
from hotline.storage.migrations import migrate
from hotline.storage.opening import patient_database

GUANGDONG = Path(__file__).parents[2] / "deploy" / "guangdong"
LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)
TEMPLATE = "hotline"
DEADLOCKS = 20
STAYING = ("alembic_version", "leadership")  # who leads goes on leading

TABLES = "select table_name::text from information_schema.tables where table_schema = %s"


def prepared_template(url: str) -> None:
    """Migrate and seed the database of `url`; stories copy it."""
    migrate(url)
    asyncio.run(_seed(url))
    with psycopg.connect(_plain(url), autocommit=True) as connection:
        connection.execute("create schema first")
        for table in _tables(connection, "public"):
            if table not in STAYING:
                connection.execute(
                    f'create table first."{table}" as table public."{table}"'.encode()
                )


async def _seed(url: str) -> None:
    database = patient_database(url)
    async with database.work() as work:
        await apply_folder(work, GUANGDONG, at=LONG_AGO)
        await give_training_secrets(work)
    await database.close()


def copied(url: str, name: str) -> str:
    """A database of that name, equal to the template. Returns its URL."""
    with psycopg.connect(_server(url), autocommit=True) as connection:
        connection.execute(f'drop database if exists "{name}" with (force)'.encode())
        copy = f'create database "{name}" template "{TEMPLATE}" strategy file_copy'
        connection.execute(copy.encode())
    return f"{url.rpartition('/')[0]}/{name}"


def dropped(url: str, name: str) -> None:
    """Throw a copy away."""
    with psycopg.connect(_server(url), autocommit=True) as connection:
        connection.execute(f'drop database if exists "{name}" with (force)'.encode())


def begun_anew(url: str) -> None:
    """Every row as it was at first. A process that is in the middle of something goes first.

    It may wait for what is held here while it holds what is waited for here: PostgreSQL then ends
    one of the two, and if it is this one, it begins again.
    """
    for _ in range(DEADLOCKS):
        try:
            _put_first_rows(url)
        except psycopg.errors.DeadlockDetected:
            continue
        return
    raise RuntimeError("The processes of the last story do not come to rest.")


def _put_first_rows(url: str) -> None:
    with psycopg.connect(_plain(url)) as connection:
        connection.execute("set session_replication_role = replica")  # in whatever order
        tables = _tables(connection, "first")
        names = ", ".join(f'public."{one}"' for one in sorted(tables))
        connection.execute(f"lock table {names} in share row exclusive mode".encode())
        for table in tables:
            connection.execute(f'delete from public."{table}"'.encode())
            copy = f'insert into public."{table}" overriding system value table first."{table}"'
            connection.execute(copy.encode())
        connection.execute(
            """select pg_notify('hotline', '{"topic": "configuration", "id": ""}')"""
        )


def _tables(connection: psycopg.Connection, schema: str) -> list[str]:
    return [str(name) for (name,) in connection.execute(TABLES, [schema]).fetchall()]


def _server(url: str) -> str:
    return f"{_plain(url).rpartition('/')[0]}/postgres"


def _plain(url: str) -> str:
    return url.replace("+psycopg", "")
