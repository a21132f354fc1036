"""The system's clock: nothing else reads it."""

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import structlog

log = structlog.get_logger()

NOTICED = timedelta(seconds=1)


class SystemClock:
    """The clock of production."""

    def now(self) -> datetime:
        """The present moment, in UTC."""
        return datetime.now(UTC)


class WatchedClock:
    """A clock of which it is noticed when it is set back, by a second one that never is.

    It tells the new time all the same: that is the one that everybody else has. What was written
    by the old one is put right in the rows (`hotline.callcontrol.clock_back`).
    """

    def __init__(
        self, wall: Callable[[], datetime], *, monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        """`wall`: the time of day; `monotonic`: seconds that only ever grow."""
        self._wall, self._monotonic = wall, monotonic
        self._last = wall(), monotonic()
        self.steps_back = 0

    def now(self) -> datetime:
        """The present moment, in UTC."""
        (wall, steady), last = (self._wall(), self._monotonic()), self._last
        back = last[0] + timedelta(seconds=steady - last[1]) - wall
        if back > NOTICED:
            self.steps_back += 1
            log.error("clock.stepped_back", seconds=round(back.total_seconds(), 1))
        self._last = wall, steady
        return wall
