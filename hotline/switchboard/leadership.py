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
from sqlmodel import select

from hotline.errors import HotlineError
from hotline.storage.news import Connection, listen
from hotline.storage.session import Work, dsn
from hotline.storage.tables import Leadership

log = structlog.get_logger()

LEADER = "switchboard"
LEADER_LOCK = 4_812_355_002
# Planned before the tables have statistics, or while they are small, it must suit a long line.
PLANNED_ONCE = "-c plan_cache_mode=force_generic_plan -c jit=off -c enable_seqscan=off"
RAISE_EPOCH = """
    insert into leadership (name, epoch, since) values (%s, 1, now())
    on conflict (name) do update set epoch = leadership.epoch + 1, since = now()
    returning epoch
"""


@dataclass(frozen=True, slots=True)
class Lead:
    """The right to decide, for as long as the connection lives.

    `connection` holds the lock and listens; `decisions` carries claims, each committed by itself.
    """

    connection: Connection
    decisions: Connection
    epoch: int


class NoLongerLeading(HotlineError):
    """Another switchboard has a newer epoch: stop deciding."""


async def require_lead(work: Work, epoch: int) -> None:
    """Make sure that what is written here still counts, until the commit.

    Raises `NoLongerLeading`.
    """
    query = select(Leadership).where(Leadership.name == LEADER).with_for_update(read=True)
    row = (await work.exec(query)).one_or_none()
    if row is None or row.epoch != epoch:
        raise NoLongerLeading


@asynccontextmanager
async def leadership(url: str) -> AsyncIterator[Lead]:
    """Wait for our turn, then lead. Raises `psycopg.Error` when the connection breaks."""
    connection = await psycopg.AsyncConnection.connect(dsn(url), autocommit=True)
    async with connection:
        await connection.execute("select pg_advisory_lock(%s)", [LEADER_LOCK])
        await listen(connection)
        cursor = await connection.execute(RAISE_EPOCH, [LEADER])
        row = await cursor.fetchone()
        assert row is not None  # noqa: S101 – `returning` always returns
        epoch = int(str(row[0]))
        log.info("switchboard.leads", epoch=epoch)
        async with await decisions_connection(url) as decisions:
            yield Lead(connection, decisions, epoch)


async def decisions_connection(url: str) -> Connection:
    """A connection for claims: one long statement again and again, so it is planned only once."""
    return await psycopg.AsyncConnection.connect(
        dsn(url), autocommit=True, prepare_threshold=0, options=PLANNED_ONCE
    )
