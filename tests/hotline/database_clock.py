"""The clock by which the database writes what it keeps of the past by itself."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime

from sqlalchemy import text

from hotline.storage.session import Database
from hotline.storage.tables.past import CLOCK

STANDS = """
create or replace function floor_clock() returns timestamptz language sql volatile
return timestamptz '{at}'
"""


async def set_database_clock(database: Database, at: datetime) -> None:
    """It stands there, as the house's clock does, until it is set again."""
    async with database.work() as work:
        await work.sql(text(STANDS.format(at=at.isoformat())), {})


@asynccontextmanager
async def moved_database_clock(database: Database, at: datetime) -> AsyncIterator[None]:
    """It stands at `at` at first; afterwards it runs again, for whoever has the database next."""
    await set_database_clock(database, at)
    try:
        yield
    finally:
        async with database.work() as work:
            await work.sql(text(CLOCK), {})
