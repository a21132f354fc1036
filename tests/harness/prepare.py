"""The template that every story's database is copied from: migrated, with the training accounts."""

import asyncio
from datetime import UTC, datetime
from pathlib import Path

import psycopg

from hotline.configuration.apply import apply
from hotline.configuration.load import load_folder
from hotline.staff.training import give_training_secrets
from hotline.storage.migrations import migrate
from hotline.storage.opening import patient_database

GUANGDONG = Path(__file__).parents[2] / "deploy" / "guangdong"
LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)
TEMPLATE = "hotline"


def prepared_template(url: str) -> None:
    """Migrate and seed the database of `url`; stories copy it."""
    migrate(url)
    asyncio.run(_seed(url))


async def _seed(url: str) -> None:
    database = patient_database(url)
    async with database.work() as work:
        await apply(work, load_folder(GUANGDONG), at=LONG_AGO)
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


def _server(url: str) -> str:
    return f"{url.replace('+psycopg', '').rpartition('/')[0]}/postgres"
