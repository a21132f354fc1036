"""One switchboard leads, the others stand by.

The leader holds an advisory lock on a connection of its own; when that connection ends, however
the process died, PostgreSQL gives the lock to the next in line at once. The same connection
listens for changes, so a leader that is cut off from the news also stops leading. Each leader
raises the epoch: what an earlier one still tries to write is refused.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import psycopg
import structlog

from hotline.storage.session import CHANNEL, dsn
from hotline.switchboard.offers import LEADER

log = structlog.get_logger()

LEADER_LOCK = 4_812_355_002
RAISE_EPOCH = """
    insert into leadership (name, epoch, since) values (%s, 1, now())
    on conflict (name) do update set epoch = leadership.epoch + 1, since = now()
    returning epoch
"""


@dataclass(frozen=True, slots=True)
class Lead:
    """The right to decide, for as long as the connection lives."""

    connection: psycopg.AsyncConnection[tuple[object, ...]]
    epoch: int


@asynccontextmanager
async def leadership(url: str) -> AsyncIterator[Lead]:
    """Wait for our turn, then lead. Raises `psycopg.Error` when the connection breaks."""
    connection = await psycopg.AsyncConnection.connect(dsn(url), autocommit=True)
    async with connection:
        await connection.execute("select pg_advisory_lock(%s)", [LEADER_LOCK])
        await connection.execute(f"listen {CHANNEL}")
        cursor = await connection.execute(RAISE_EPOCH, [LEADER])
        row = await cursor.fetchone()
        assert row is not None  # noqa: S101 – `returning` always returns
        epoch = int(str(row[0]))
        log.info("switchboard.leads", epoch=epoch)
        yield Lead(connection, epoch)
