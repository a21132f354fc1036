"""One switchboard leads, the others stand by.

To lead is a lease in a row, by the database's clock, renewed after each round that came to its
end: a leader that hangs loses it, whatever its connections do. A leader also holds a lock that
bears its epoch, on a connection of its own; when that ends, the next one needs not wait for the
lease. The same connection listens for changes, so one that is cut off from the news stops leading
too. Each leader raises the epoch: what an earlier one still tries to write is refused.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import structlog
from sqlmodel import select

from hotline.errors import HotlineError
from hotline.storage.connection import Bounds, Connection
from hotline.storage.news import listen
from hotline.storage.session import Database, Work
from hotline.storage.tables import Leadership
from hotline.supervision import tell_supervisor

log = structlog.get_logger()

LEADER = "switchboard"
LEADER_LOCKS = 4_812_355  # the first half of a lock's key; the second is the epoch
LEASE_S = 4.0
LOOK_EVERY_S = 0.5  # how often one that stands by looks: with the lease, less than 5 s
BOUNDS = Bounds(answer_s=3.0)  # less than the lease: one that cannot reach the database steps down
# Planned before the tables have statistics, or while they are small, it must suit a long line.
PLANNED_ONCE = "-c plan_cache_mode=force_generic_plan -c jit=off -c enable_seqscan=off"

BEGIN = "insert into leadership (name, epoch) values (%s, 0) on conflict do nothing"
# The lock of the new epoch is free, since nobody can have it before the row says so.
TAKE_OVER = """
    with now_leading as materialized (
        select epoch, coalesce(expires_at <= now(), true) as is_over
        from leadership where name = %(name)s for update
    ), gone as materialized (
        select epoch from now_leading
        where is_over or pg_try_advisory_lock(%(locks)s, epoch)
    ), taken as (
        update leadership set epoch = gone.epoch + 1, since = now(),
            expires_at = now() + make_interval(secs => %(lease_s)s)
        from gone where name = %(name)s returning leadership.epoch
    )
    select epoch, pg_advisory_lock(%(locks)s, epoch) from taken
"""
RENEW = """
    update leadership set expires_at = now() + make_interval(secs => %(lease_s)s)
    where name = %(name)s and epoch = %(epoch)s
"""


@dataclass(frozen=True, slots=True)
class Lead:
    """The right to decide, for as long as it is renewed.

    `connection` holds the lock and listens; `decisions` carries claims and renewals, each
    committed by itself.
    """

    connection: Connection
    decisions: Connection
    epoch: int

    async def renew(self, *, lease_s: float = LEASE_S) -> None:
        """A round came to its end. Raises `NoLongerLeading`, and `psycopg.Error` in a silence."""
        values = {"lease_s": lease_s, "name": LEADER, "epoch": self.epoch}
        if (await self.decisions.execute(RENEW, values)).rowcount == 0:
            raise NoLongerLeading


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
async def leadership(database: Database) -> AsyncIterator[Lead]:
    """Wait for our turn, then lead. Raises `psycopg.Error` when the connection breaks."""
    async with await database.connect(BOUNDS) as connection:
        await connection.execute(BEGIN, [LEADER])
        while (epoch := await take_over(connection)) is None:
            tell_supervisor("WATCHDOG=1")
            await asyncio.sleep(LOOK_EVERY_S)
        await listen(connection)  # not before: what nobody reads would be kept
        log.info("switchboard.leads", epoch=epoch)
        async with await decisions_connection(database) as decisions:
            yield Lead(connection, decisions, epoch)


async def take_over(connection: Connection, *, lease_s: float = LEASE_S) -> int | None:
    """Our epoch, where nobody leads or who did has fallen silent; None where somebody leads."""
    values = {"lease_s": lease_s, "name": LEADER, "locks": LEADER_LOCKS}
    row = await (await connection.execute(TAKE_OVER, values)).fetchone()
    return None if row is None else int(row[0])


async def decisions_connection(database: Database) -> Connection:
    """A connection for claims: one long statement again and again, so it is planned only once."""
    bounds = BOUNDS.parameters(database.url)
    options = f"{bounds['options']} {PLANNED_ONCE}"
    return await database.connect(BOUNDS, prepare_threshold=0, options=options)
