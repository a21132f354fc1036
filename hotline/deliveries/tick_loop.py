"""The one loop that presses on everything whose time comes: deliveries, and deadlines.

It hears of changes by NOTIFY and looks each second all the same: a notification may be lost. A
look that fails stops neither the other looks nor the loop.
"""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Collection, Mapping
from dataclasses import dataclass

import structlog
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import SQLAlchemyError

from hotline.errors import DatabaseAway
from hotline.ports import Clock
from hotline.storage.news import Change, follow_changes
from hotline.storage.session import Database
from hotline.storage.tables import Beat

log = structlog.get_logger()

TICK_S = 1.0
BEAT = "dispatcher"

Look = Callable[[], Awaitable[None]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Watch:
    """What is looked at, by name and in this order; and which news call for a look at once."""

    looks: Mapping[str, Look]
    topics: Collection[str] = ()


class TickLoop:
    """One of possibly several: the looks must bear that."""

    def __init__(
        self, *, database: Database, clock: Clock, watch: Watch, tick_s: float = TICK_S
    ) -> None:
        """`tick_s`: how long to wait where nothing is heard."""
        self._database = database
        self._clock = clock
        self._watch = watch
        self._tick_s = tick_s
        self._wake = asyncio.Event()

    async def run(self) -> None:
        """Look each second and whenever something is heard, until cancelled."""
        following = follow_changes(self._database, self._hear, begun=self._wake.set)
        listening = asyncio.create_task(following)
        try:
            while True:
                await self.look()
                await self._pause()
        finally:
            listening.cancel()
            await asyncio.gather(listening, return_exceptions=True)

    async def look(self) -> None:
        """Look at everything once. A beat is written only where every look came to its end."""
        finished = [await _look_whatever_happens(*each) for each in self._watch.looks.items()]
        if all(finished):
            await _look_whatever_happens("beat", self._beat)

    def _hear(self, change: Change) -> None:
        if change.topic in self._watch.topics:
            self._wake.set()

    async def _pause(self) -> None:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(self._tick_s):
                await self._wake.wait()
        self._wake.clear()

    async def _beat(self) -> None:
        now = self._clock.now()
        beat = insert(Beat).values(name=BEAT, at=now)
        async with self._database.work() as work:
            await work.exec(beat.on_conflict_do_update(index_elements=["name"], set_={"at": now}))


async def _look_whatever_happens(name: str, look: Look) -> bool:
    try:
        await look()
    except (SQLAlchemyError, DatabaseAway, OSError) as fault:  # no trace each second of an outage
        log.warning("dispatcher.look_failed", look=name, error=type(fault).__name__)
        return False
    except Exception:  # the loop is the last one that may end
        log.exception("dispatcher.look_failed", look=name)
        return False
    return True
