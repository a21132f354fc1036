"""What the carrier told us and we could not store: tried again by ourselves.

A carrier says most things once, whatever we answer. So a report that came while the database was
away, and a danger key whose caller has hung up since, wait in this process until they are in.
Each is safe to store twice.
"""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass

import structlog
from sqlalchemy.exc import DBAPIError, OperationalError, SQLAlchemyError

from hotline.errors import DatabaseAway

log = structlog.get_logger()

Store = Callable[[], Awaitable[bool]]
"""Stores one thing. False: what it belongs to is not there yet."""

PATIENCE_S = 10  # for one try: a row that somebody holds does not keep the others from theirs
LAST_TRY_S = 3
TRIES = 1800  # half an hour after the database is back; what is not there by then never comes
FAULTS = 5  # what the database refuses so often is refused for good
AT_MOST = 10_000  # of a few hundred bytes each


@dataclass(slots=True)
class UnstoredThing:
    """One thing that is not stored yet."""

    store: Store
    tries: int = 0
    faults: int = 0


class Unstored:
    """Tries all of them, in the order in which they came, until each is stored or too old."""

    def __init__(self, *, pause_s: float = 1, tries: int = TRIES, at_most: int = AT_MOST) -> None:
        """`pause_s`: between two rounds; `tries`: of each; `at_most`: how many may wait."""
        self._pause_s, self._tries, self._at_most = pause_s, tries, at_most
        self._waiting: dict[str, UnstoredThing] = {}
        self._storing: asyncio.Task[None] | None = None

    def keep(self, name: str, store: Store) -> None:
        """Store this as soon as it can be. The same name once more is the same thing."""
        if len(self._waiting) >= self._at_most:
            log.error("unstored.too_many", name=name)
            return
        self._waiting.setdefault(name, UnstoredThing(store))
        if self._storing is None or self._storing.done():
            self._storing = asyncio.create_task(self._store_all())

    async def settled(self) -> None:
        """Wait until nothing waits any more."""
        if self._storing is not None:
            await self._storing

    async def stop(self, *, patience_s: float = LAST_TRY_S) -> None:
        """Try no more, after this last while: what waits here is lost with the process."""
        with suppress(TimeoutError, asyncio.CancelledError):
            async with asyncio.timeout(patience_s):
                await self.settled()
        if self._waiting:
            log.error("unstored.lost", names=list(self._waiting))

    async def _store_all(self) -> None:
        while self._waiting:
            for name in list(self._waiting):
                if not await self._try(name):
                    break
            if self._waiting:
                await asyncio.sleep(self._pause_s)

    async def _try(self, name: str) -> bool:
        """False where the database is away: then there is no use in trying the next."""
        one = self._waiting[name]
        stored = False
        try:
            async with asyncio.timeout(PATIENCE_S):
                stored = await one.store()
        except (DatabaseAway, OSError, SQLAlchemyError) as fault:
            if _is_away(fault):
                return False
            one.faults += not isinstance(fault, TimeoutError | DatabaseAway)  # slow is no refusal
            log.warning("unstored.refused", name=name, error=type(fault).__name__)
        except Exception as fault:  # one that can never be stored must not keep the others out
            one.faults += 1
            log.exception("unstored.failed", name=name, error=type(fault).__name__)
        one.tries += 1
        if stored or one.tries >= self._tries or one.faults >= FAULTS:
            del self._waiting[name]
        return True


def _is_away(fault: Exception) -> bool:
    """The database itself cannot be reached. A time-out may be one row that somebody holds."""
    cause = fault.__cause__ if isinstance(fault, DatabaseAway) else fault
    if isinstance(cause, DBAPIError):
        said_no = getattr(cause.orig, "sqlstate", None) is not None
        return cause.connection_invalidated or (isinstance(cause, OperationalError) and not said_no)
    return isinstance(fault, DatabaseAway) or not isinstance(fault, TimeoutError)
