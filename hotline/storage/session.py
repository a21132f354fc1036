"""One unit of work per request or job: the only place that commits.

What a unit announces travels by NOTIFY inside the same transaction, so nobody hears of a change
that was rolled back, and nobody misses one that was not. It leaves before the answer does.
"""

import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

from sqlalchemy import CursorResult, TextClause, text
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlmodel.ext.asyncio.session import AsyncSession

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

    def announce(self, topic: str, row_id: str) -> None:
        """Tell all processes, once, that this row changed. Ids only: anybody may listen."""
        self._announced[topic, row_id] = None

    async def sql(self, statement: TextClause, values: Mapping[str, Any]) -> CursorResult[Any]:
        """Written by hand, in this unit of work: where the ORM has no words or costs too much."""
        return await (await self.connection()).execute(statement, values)

    async def finish(self) -> None:
        """Write, announce, commit."""
        await self.flush()
        if self._announced:
            payloads = [json.dumps({"topic": topic, "id": key}) for topic, key in self._announced]
            await self.sql(NOTIFY, {"channel": CHANNEL, "payloads": payloads})
            self._announced.clear()
        await self.commit()


class Database:
    """The pool and the way to open a unit of work."""

    def __init__(self, url: str, *, pool_size: int = 10) -> None:
        """`url`: postgresql+psycopg://… A connection that fails is tried afresh."""
        self.url = url
        self.engine = create_async_engine(
            url, pool_size=pool_size, max_overflow=pool_size, pool_timeout=5, pool_pre_ping=True
        )

    @asynccontextmanager
    async def work(self) -> AsyncIterator[Work]:
        """A unit of work: committed at the end, rolled back by any exception."""
        async with Work(self.engine) as work:
            yield work
            await work.finish()

    async def close(self) -> None:
        """Give every connection back."""
        await self.engine.dispose()


def dsn(url: str) -> str:
    """The libpq form of an SQLAlchemy URL, for connections that LISTEN or hold a lock."""
    return url.replace("postgresql+psycopg://", "postgresql://", 1)
