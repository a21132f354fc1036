"""Time that only moves when it is told to."""

import asyncio
import itertools
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from heapq import heappop, heappush

Settle = Callable[[], Awaitable[None]]


class ManualClock:
    """Stands still between calls of `advance`."""

    def __init__(self) -> None:
        """Starts at the present."""
        self._ahead = self._target = 0.0
        self._timers: list[tuple[float, int, asyncio.Future[None]]] = []
        self._numbers = itertools.count()

    def now(self) -> datetime:
        """The system's time, moved: so that it stays beside other moved clocks."""
        return datetime.now(UTC) + timedelta(seconds=self._ahead)

    async def sleep(self, seconds: float, *, asked: bool = False) -> None:
        """Wait until the clock has been moved that far.

        The backend's clock is moved at once, and ours timer by timer: what it asks for meanwhile
        begins when the move is over. Or a phone would stop to ring in the moment it is dialled.
        """
        if seconds <= 0:
            await asyncio.sleep(0)
            return
        timer: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        start = self._target if asked else self._ahead
        heappush(self._timers, (start + seconds, next(self._numbers), timer))
        await timer

    async def advance(self, seconds: float, settle: Settle) -> None:
        """Move on, one timer after another; after each let what it woke come to rest."""
        target = self._target = self._ahead + seconds
        await settle()
        while self._timers and self._timers[0][0] <= target:
            due, _, timer = heappop(self._timers)
            if timer.done():
                continue
            self._ahead = max(self._ahead, due)
            timer.set_result(None)
            await settle()
        self._ahead = target

    def begin_anew(self) -> None:
        """At the present again, without timers: whoever waited was cancelled."""
        self._timers.clear()
        self._ahead = self._target = 0.0
