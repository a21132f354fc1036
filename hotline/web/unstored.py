"""What callers did and the carrier told us, and we could not store: tried again by ourselves.

A carrier says most things once, whatever we answer, and a caller may have hung up by the time
the database is back. So each such request is written to the local disk (`hotline.web.spool`) and
handled once more when it can be: in the order in which they came, but danger before all, by this
process or by the next one. Handled twice it counts once (`hotline.storage.repeats`).
"""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass

import structlog
from sqlalchemy.exc import DBAPIError, OperationalError, SQLAlchemyError

from hotline.errors import DatabaseAway
from hotline.web.spool import Spool, SpoolEntry

log = structlog.get_logger()

ReplayEntry = Callable[[SpoolEntry], Awaitable[None]]
"""Handles a request once more. Raises whatever keeps it from being stored."""

PATIENCE_S = 10  # for one try: a row that somebody holds does not keep the others from theirs
DISK_S = 0.5  # how long the answer to a caller may wait for our disk
LAST_TRY_S = 3
FAULTS = 5  # what the database refuses so often is refused for good
AT_MOST = 10_000  # of a few hundred bytes each
LOOK_EVERY_S = 5.0  # for what processes that died have left
NOT_WRITTEN = "What callers do while the database is away cannot be kept on disk: {}."
LOST = "Some of what callers did could not be stored: RUNBOOK, The spool, says what to do."


@dataclass(slots=True)
class UnstoredThing:
    """One request that is not stored yet."""

    entry: SpoolEntry
    faults: int = 0


class Unstored:
    """Tries all of them until each is stored, or is refused for good."""

    def __init__(
        self, spool: Spool | None = None, *, pause_s: float = 1, at_most: int = AT_MOST
    ) -> None:
        """`spool`: None keeps them in memory alone. `pause_s`: between two rounds."""
        self._spool, self._pause_s, self._at_most = spool, pause_s, at_most
        self._waiting: dict[str, UnstoredThing] = {}
        self._replay: ReplayEntry | None = None
        self._storing: asyncio.Task[None] | None = None
        self._unwritten: list[SpoolEntry] = []
        self._is_to_be_emptied = False
        self._writing: asyncio.Task[None] | None = None
        self._fault = ""

    def replays_by(self, replay: ReplayEntry) -> None:
        """How a request is handled once more."""
        self._replay = replay

    @property
    def warnings(self) -> list[str]:
        """What somebody should see to."""
        lost = self._spool is not None and self._spool.has_leftovers
        return [*([NOT_WRITTEN.format(self._fault)] if self._fault else []), *([LOST] * lost)]

    async def keep(self, entry: SpoolEntry) -> None:
        """Store this as soon as it can be. Ends when it is on disk, or that takes too long."""
        if entry.name in self._waiting:
            return
        if len(self._waiting) >= self._at_most and not entry.danger:
            log.error("unstored.too_many", name=entry.name)
            return
        self._waiting[entry.name] = UnstoredThing(entry)
        self._unwritten.append(entry)
        self._begin_storing()
        await asyncio.wait({self._begin_writing()}, timeout=DISK_S)

    async def take_over(self) -> None:
        """Store also what processes that died have left. Raises `OSError`."""
        if self._spool is None or (self._writing is not None and not self._writing.done()):
            return
        self._writing = taking = asyncio.create_task(self._take_over(self._spool))
        await taking

    async def keep_taking_over(self, *, every_s: float = LOOK_EVERY_S) -> None:
        """Again and again until cancelled. A disk that fails is told of, and looked at again."""
        while True:
            try:
                await self.take_over()
                self._fault = "" if not self._unwritten else self._fault
            except OSError as fault:
                self._fail(fault)
            await asyncio.sleep(every_s)

    async def settled(self) -> None:
        """Wait until nothing waits any more."""
        if self._storing is not None:
            await self._storing
        if self._writing is not None:
            await self._writing

    async def stop(self, *, patience_s: float = LAST_TRY_S) -> None:
        """Try no more, after this last while: what waits is on disk for the next process."""
        with suppress(TimeoutError, asyncio.CancelledError):
            async with asyncio.timeout(patience_s):
                await self.settled()
        if self._waiting:
            log.error("unstored.left", names=list(self._waiting), on_disk=self._spool is not None)
        if self._spool is not None:
            await asyncio.to_thread(self._spool.close, keep=bool(self._waiting))

    # ── on disk ─────────────────────────────────────────────────────────────────────────────

    def _begin_writing(self) -> asyncio.Task[None]:
        if self._writing is None or self._writing.done():
            self._writing = asyncio.create_task(self._write_all())
        return self._writing

    async def _write_all(self) -> None:
        """One batch after the other: many who come together wait for the disk once."""
        if self._spool is None:
            self._unwritten.clear()
            return
        while self._unwritten or self._is_to_be_emptied:
            batch, self._unwritten = self._unwritten, []
            emptied, self._is_to_be_emptied = self._is_to_be_emptied, False
            try:
                if emptied and not self._waiting:
                    await asyncio.to_thread(self._spool.empty)
                if batch:
                    await asyncio.to_thread(self._spool.append, batch)
                self._fault = ""
            except OSError as fault:  # in memory they are all the same; the next round tries again
                self._unwritten = batch + self._unwritten
                self._fail(fault)
                return

    def _fail(self, fault: OSError) -> None:
        if not self._fault:
            log.error("spool.not_written", error=type(fault).__name__, code=fault.errno)
        self._fault = fault.strerror or str(fault)

    async def _take_over(self, spool: Spool) -> None:
        await asyncio.to_thread(spool.open)
        for entry in await asyncio.to_thread(spool.take_over):
            self._waiting.setdefault(entry.name, UnstoredThing(entry))
        if self._waiting:
            self._begin_storing()
        await self._write_all()  # what came meanwhile

    # ── in the database ─────────────────────────────────────────────────────────────────────

    def _begin_storing(self) -> None:
        if self._storing is None or self._storing.done():
            self._storing = asyncio.create_task(self._store_all())

    async def _store_all(self) -> None:
        while self._waiting:
            for one in sorted(self._waiting.values(), key=lambda one: one.entry.rank):
                if not await self._try(one):
                    break
            if self._waiting:
                if self._unwritten:
                    self._begin_writing()
                await asyncio.sleep(self._pause_s)
        self._unwritten.clear()
        self._is_to_be_emptied = self._spool is not None
        self._begin_writing()

    async def _try(self, one: UnstoredThing) -> bool:
        """False where the database is away: then there is no use in trying the next."""
        name = one.entry.name
        try:
            async with asyncio.timeout(PATIENCE_S):
                await self._handle(one.entry)
        except (DatabaseAway, OSError, SQLAlchemyError) as fault:
            if _is_away(fault):
                return False
            one.faults += not isinstance(fault, TimeoutError | DatabaseAway)  # slow is no refusal
            log.warning("unstored.refused", name=name, error=type(fault).__name__)
        except Exception as fault:  # one that can never be stored must not keep the others out
            one.faults += 1
            log.exception("unstored.failed", name=name, error=type(fault).__name__)
        else:
            del self._waiting[name]
            return True
        if one.faults >= FAULTS:
            await self._give_up(one.entry)
        return True

    async def _handle(self, entry: SpoolEntry) -> None:
        if self._replay is None:
            raise DatabaseAway
        await self._replay(entry)

    async def _give_up(self, entry: SpoolEntry) -> None:
        log.error("unstored.given_up", name=entry.name)
        del self._waiting[entry.name]
        if self._spool is not None:
            try:
                await asyncio.to_thread(self._spool.give_up, entry)
            except OSError as fault:
                self._fail(fault)


def _is_away(fault: Exception) -> bool:
    """The database itself cannot be reached. A time-out may be one row that somebody holds."""
    cause = fault.__cause__ if isinstance(fault, DatabaseAway) else fault
    if isinstance(cause, DBAPIError):
        said_no = getattr(cause.orig, "sqlstate", None) is not None
        return cause.connection_invalidated or (isinstance(cause, OperationalError) and not said_no)
    return isinstance(fault, DatabaseAway) or not isinstance(fault, TimeoutError)
