"""Knows when the database is away, so that nobody else has to find it out by waiting.

After a few silences or refusals in a row it is open: whoever comes is told at once. One probe a
second asks whether the database is back, and closes it.
"""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress

import psycopg
import structlog

log = structlog.get_logger()

OPENS_AFTER = 3
PROBE_EVERY_S = 1.0

Probe = Callable[[], Awaitable[None]]


class Breaker:
    """For all connections of one process to one database."""

    def __init__(self, probe: Probe, *, every_s: float = PROBE_EVERY_S) -> None:
        """`probe` raises `psycopg.Error` or `OSError` while the database is away."""
        self._probe = probe
        self._every_s = every_s
        self._failed_in_a_row = 0
        self._probing: asyncio.Task[None] | None = None

    @property
    def is_open(self) -> bool:
        """The database is known to be away."""
        return self._probing is not None and not self._probing.done()

    def failed(self) -> None:
        """No answer came, or no connection."""
        self._failed_in_a_row += 1
        if self._failed_in_a_row >= OPENS_AFTER and not self.is_open:
            log.warning("database.away")
            self._probing = asyncio.create_task(self._probe_until_back())

    def worked(self) -> None:
        """An answer came."""
        self._failed_in_a_row = 0

    async def close(self) -> None:
        """Ask no more."""
        if self._probing is not None:
            self._probing.cancel()
            with suppress(asyncio.CancelledError):
                await self._probing

    async def _probe_until_back(self) -> None:
        while True:
            await asyncio.sleep(self._every_s)
            with suppress(psycopg.Error, OSError):
                await self._probe()
                break
        self.worked()
        log.info("database.back")
