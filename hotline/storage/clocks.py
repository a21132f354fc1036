"""Whether the clocks of this process and of the database agree.

Every process is compared with the same database, so none can differ from another unnoticed:
deadlines that one writes are read by another.
"""

import asyncio
from datetime import datetime, timedelta

import structlog
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from hotline.errors import DatabaseAway
from hotline.ports import Clock
from hotline.storage.session import Database, Work

log = structlog.get_logger()

AGREE_WITHIN = timedelta(seconds=2)
LOOK_EVERY_S = 30.0


async def clock_ahead(work: Work, clock: Clock) -> timedelta:
    """How far our clock is ahead of the database's; negative where it is behind."""
    theirs: datetime = (await work.sql(text("select clock_timestamp()"), {})).scalar_one()
    return clock.now() - theirs


def agrees(ahead: timedelta) -> bool:
    """Whether a difference is none to speak of."""
    return abs(ahead) <= AGREE_WITHIN


async def watch_clock(database: Database, clock: Clock) -> None:
    """Say aloud, again and again, when they differ. Until cancelled."""
    while True:
        await look_at_clock(database, clock)
        await asyncio.sleep(LOOK_EVERY_S)


async def look_at_clock(database: Database, clock: Clock) -> None:
    """Compare once. A database that does not answer is told of by others."""
    try:
        async with database.work() as work:
            ahead = await clock_ahead(work, clock)
    except (DatabaseAway, SQLAlchemyError, OSError):
        return
    if not agrees(ahead):
        log.error("clock.differs", ahead_s=round(ahead.total_seconds(), 1))
