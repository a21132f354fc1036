"""Knowing that somebody is held up, so that a test can let two things meet on purpose."""

import asyncio

from sqlalchemy import text

from hotline.storage.session import Database

PATIENCE_S = 20
WAITS_FOR_A_LOCK = text("select 1 from pg_locks where not granted")


async def somebody_waits_for_a_lock(database: Database) -> None:
    """Returns when one connection is held up by another: each question is a pause.

    Raises `TimeoutError` where nobody ever is.
    """
    async with asyncio.timeout(PATIENCE_S):
        while True:
            async with database.work() as work:
                if (await work.sql(WAITS_FOR_A_LOCK, {})).first():
                    return
