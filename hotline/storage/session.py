"""One unit of work per request or job: the only place that commits.

What a unit announces travels by NOTIFY inside the same transaction, so nobody hears of a change
that was rolled back, and nobody misses one that was not. It leaves before the answer does.
"""

import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

import psycopg
from sqlalchemy import CursorResult, TextClause, event, text
from sqlalchemy.engine.interfaces import AdaptedConnection
from sqlalchemy.exc import InterfaceError, InternalError, InvalidatePoolError, OperationalError
from sqlalchemy.exc import TimeoutError as NoFreeConnection
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlmodel.ext.asyncio.session import AsyncSession

from hotline.errors import MayBeStored, NotStored
from hotline.storage.breaker import Breaker
from hotline.storage.connection import FREE_PART, PROOF_PART, Bounds, Connection, connect
from hotline.storage.direct import DirectConnections

# Internal is what it calls it when we were silent for too long in a transaction, or it is a
# stand-by that may only be read.
AWAY = (OperationalError, InterfaceError, InternalError, NoFreeConnection)
CHANNEL = "hotline"
NOTIFY = text(
    "select pg_notify(:channel, payload) from unnest(cast(:payloads as text[])) as payload"
)


class Work(AsyncSession):
    """A session that also collects what others must hear when it commits."""

    def __init__(self, engine: AsyncEngine) -> None:
        """Objects stay readable after the commit: answers are rendered from them."""
        super().__init__(engine, expire_on_commit=False)
        self._announced: dict[tuple[str, str], None] = {}
        self.committing = False  # from then on nobody can say that nothing was stored

    def announce(self, topic: str, row_id: str) -> None:
        """Tell all processes, once, that this row changed. Ids only: anybody may listen."""
        self._announced[topic, row_id] = None

    async def sql(self, statement: TextClause, values: Mapping[str, Any]) -> CursorResult[Any]:
        """Written by hand, in this unit of work: where the ORM has no words or costs too much."""
        return await (await self.connection()).execute(statement, values)

    async def let_go(self) -> None:
        """Give the connection back while something long is made of what was read: who holds one
        and says nothing is cut off. Raises `ValueError` where something waits to be written.
        """
        if self.new or self.dirty or self.deleted or self._announced:
            raise ValueError("let go of the connection before anything is changed")
        await self.commit()

    async def finish(self) -> None:
        """Write, announce, commit."""
        await self.flush()
        if self._announced:
            payloads = [json.dumps({"topic": topic, "id": key}) for topic, key in self._announced]
            await self.sql(NOTIFY, {"channel": CHANNEL, "payloads": payloads})
            self._announced.clear()
        self.committing = True
        await self.commit()


class Database:
    """The pool and the way to open a unit of work."""

    def __init__(
        self, url: str, *, pool_size: int = 10, bounds: Bounds | None = None, breaks: bool = True
    ) -> None:
        """`url`: postgresql+psycopg://… A connection that fails is tried afresh.

        `breaks`: refuse at once while the database is known to be away; not for a process whose
        event loop stands still between two jobs, since nothing would notice the return.
        """
        self.url = url
        self._bounds = bounds or Bounds()
        self._breaker = Breaker(self._probe) if breaks else None
        self._direct = DirectConnections(self._open_direct)
        self.engine = create_async_engine(
            url,
            pool_size=pool_size,
            max_overflow=pool_size,
            pool_timeout=self._bounds.answer_s * FREE_PART,
            hide_parameters=True,
            connect_args={"async_creator_fn": self._open, **self._bounds.parameters(url)},
        )
        event.listen(self.engine.sync_engine, "checkout", self._prove_alive)

    @asynccontextmanager
    async def work(self) -> AsyncIterator[Work]:
        """A unit of work: committed at the end, rolled back by any exception.

        Raises `NotStored` where the database did not answer, and `MayBeStored` where it fell
        silent during the commit.
        """
        if self._breaker is not None and self._breaker.is_open:
            raise NotStored
        work = Work(self.engine)
        try:
            async with work:
                yield work
                await work.finish()
        except AWAY as fault:
            raise (MayBeStored if work.committing else NotStored) from fault

    async def at_once(self, statement: str, values: Mapping[str, Any]) -> tuple[Any, ...] | None:
        """One statement of the driver's own, committed by itself. Returns its first row.

        Raises `NotStored`, `MayBeStored` where it got no answer, and `psycopg.Error` where the
        database refused it. Whoever announces something does it in the statement.
        """
        if self._breaker is not None and self._breaker.is_open:
            raise NotStored
        return await self._direct.row(statement, values)

    async def connect(self, bounds: Bounds | None = None, **how: Any) -> Connection:
        """A connection outside the pool: to listen, or to hold a lock. Autocommits."""
        return await connect(self.url, bounds=bounds or self._bounds, **how)

    async def close(self) -> None:
        """Give every connection back."""
        if self._breaker is not None:
            await self._breaker.close()
        self._direct.drop_idle()
        await self.engine.dispose()

    async def _open(self, *where: Any, **how: Any) -> Connection:
        """For the pool."""
        try:
            connection = await Connection.connect(*where, **how)
        except (psycopg.Error, OSError):
            self._failed()
            raise
        connection.answer_s, connection.on_silence = self._bounds.answer_s, self._failed
        return connection

    async def _open_direct(self) -> Connection:
        """What is done at once and gets no answer soon is done another way."""
        try:
            connection = await self.connect()
        except (psycopg.Error, OSError) as fault:
            self._failed()
            raise NotStored from fault
        connection.answer_s *= PROOF_PART
        connection.on_silence = self._failed
        return connection

    def _prove_alive(self, connection: AdaptedConnection, *_: object) -> None:
        """Before anybody gets it. Where one is dead, the others are as well: all are dropped."""
        try:
            connection.run_async(Connection.prove_alive)
        except (psycopg.Error, OSError) as fault:
            raise InvalidatePoolError from fault
        if self._breaker is not None:
            self._breaker.worked()

    def _failed(self) -> None:
        if self._breaker is not None:
            self._breaker.failed()

    async def _probe(self) -> None:
        async with await self.connect() as connection:
            await connection.prove_alive()
