"""Knowing that somebody is held up, so that a test can let two things meet on purpose."""

import asyncio

from sqlalchemy import TextClause, text

from hotline.storage.session import Database

PATIENCE_S = 20
WAITS_FOR_A_LOCK = text("select 1 from pg_locks where not granted")

# What the one that leads asked last is whether its connection still answers.
STANDS_BY = text(
    "select 1 from pg_stat_activity where pid <> pg_backend_pid() and state = 'idle'"
    " and query like '%pg_try_advisory_lock%'"
)


async def somebody_stands_by(database: Database) -> None:
    """Returns when one has asked for its turn, and has not had it yet."""
    await _holds(database, STANDS_BY)


async def somebody_waits_for_a_lock(database: Database) -> None:
    """Returns when one connection is held up by another: each question is a pause.

    Raises `TimeoutError` where nobody ever is.
    """
    await _holds(database, WAITS_FOR_A_LOCK)


async def _holds(database: Database, question: TextClause) -> None:
    async with asyncio.timeout(PATIENCE_S):
        while True:
            async with database.work() as work:
                if (await work.sql(question, {})).first():
                    return
