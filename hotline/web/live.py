"""From the database's NOTIFY to every open browser of this process.

One LISTEN connection a process, one bounded queue a browser. A browser that cannot keep up is
told to look at everything again (`resync`) instead of being sent a backlog. Only topics and ids
travel: what a page shows is rendered for its reader, with the reader's rights.
"""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager

from cachetools import TTLCache

from hotline.floor.audience import Audience, audience_of
from hotline.storage.news import Change, follow_changes
from hotline.storage.session import Database

QUEUE_LENGTH = 100
KEPT, KEPT_S = 10_000, 5.0  # for browsers that are slow to ask
RESYNC = Change("resync", "")
PING_S = 10.0
LOOK_AGAIN = frozenset({"session", "configuration", "resync"})  # rights may have changed


class LiveHub:
    """Fans changes out to the listeners of this process."""

    def __init__(self) -> None:
        """No listeners yet."""
        self._queues: set[asyncio.Queue[Change]] = set()
        self._audiences: TTLCache[Change, asyncio.Task[Audience]] = TTLCache(KEPT, KEPT_S)

    @contextmanager
    def listen(self) -> Iterator[asyncio.Queue[Change]]:
        """A queue of (topic, id) for as long as the block lasts."""
        queue: asyncio.Queue[Change] = asyncio.Queue(QUEUE_LENGTH)
        self._queues.add(queue)
        try:
            yield queue
        finally:
            self._queues.discard(queue)

    async def next_changes(self, queue: asyncio.Queue[Change], patience_s: float) -> list[Change]:
        """Everything that has come, waiting for the first; empty when nothing came in time."""
        try:
            async with asyncio.timeout(patience_s):
                changes = [await queue.get()]
        except TimeoutError:
            return []
        while not queue.empty():
            changes.append(queue.get_nowait())
        return list(dict.fromkeys(changes))

    async def audience_of(self, database: Database, change: Change) -> Audience:
        """Whom a change concerns: read once each time it is told, for all listeners."""
        known = self._audiences.get(change)
        if known is None or (known.done() and known.exception() is not None):
            known = asyncio.create_task(_read_audience(database, change))
            self._audiences[change] = known
        return await asyncio.shield(known)

    def tell(self, change: Change) -> None:
        """Hand one change to everybody. Whom it concerns may be others than the last time."""
        self._audiences.pop(change, None)
        for queue in self._queues:
            if queue.full():
                while not queue.empty():
                    queue.get_nowait()
                queue.put_nowait(RESYNC)
            else:
                queue.put_nowait(change)

    async def run(self, database: Database) -> None:
        """Listen for ever; after a broken connection everybody looks at everything again."""
        await follow_changes(database, self.tell, begun=lambda: self.tell(RESYNC))


async def _read_audience(database: Database, change: Change) -> Audience:
    async with database.work() as work:
        return await audience_of(work, change)
