"""Turns of which there are few: what is urgent goes before what came earlier."""

import asyncio
import heapq
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from itertools import count

_Waiting = tuple[bool, int, "asyncio.Future[None]"]


class UrgentFirst:
    """So many at once; the others wait, the urgent ones in front, else by when they came."""

    def __init__(self, at_once: int) -> None:
        """`at_once`: how many turns there are."""
        self._free = at_once
        self._waiting: list[_Waiting] = []
        self._came = count()

    @asynccontextmanager
    async def turn(self, *, urgent: bool) -> AsyncIterator[None]:
        """Wait for a turn, and give it back at the end."""
        await self._take(urgent)
        try:
            yield
        finally:
            self._give_back()

    async def _take(self, urgent: bool) -> None:  # noqa: FBT001 – named where people call it
        if self._free:
            self._free -= 1
            return
        mine = asyncio.get_running_loop().create_future()
        heapq.heappush(self._waiting, (not urgent, next(self._came), mine))
        try:
            await mine
        except asyncio.CancelledError:
            if mine.done() and not mine.cancelled():
                self._give_back()
            raise

    def _give_back(self) -> None:
        while self._waiting:
            _, _, first = heapq.heappop(self._waiting)
            if not first.done():
                first.set_result(None)
                return
        self._free += 1
