"""Every fifteen seconds: does anything wait longer than it may, and does somebody know?

A process and a connection of its own: what it watches can neither hold it up nor take it along.
That it cannot ask the database is a finding too: the last of its settings say whom to ring then.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime

import structlog
from sqlalchemy.exc import SQLAlchemyError

from hotline.errors import DatabaseAway
from hotline.incidents.watch import AUDITOR
from hotline.ports import Clock
from hotline.storage.session import Database, Work
from hotline.supervision import tell_supervisor
from hotline.watching.ledger import PagesInFile, PagesInRows
from hotline.watching.looks import Machine, suspects_beside, suspects_in_rows
from hotline.watching.model import RULES, FindingKind, FirstSeen, Suspect, too_long
from hotline.watching.pager import Pager
from hotline.watching.service import beat, keep_findings, note_database_was_away

log = structlog.get_logger()

LOOK_EVERY_S = 15.0
AWAY = (DatabaseAway, SQLAlchemyError, OSError)

MoreSuspects = Callable[[Work, datetime], Awaitable[Sequence[Suspect]]]


class Auditor:
    """One of possibly several: what is found is written down once."""

    def __init__(
        self,
        *,
        database: Database,
        clock: Clock,
        machine: Machine,
        pager: Pager,
        more: MoreSuspects | None = None,
    ) -> None:
        """`database`: a connection of its own. `more`: what else is asked of the rows."""
        self._database, self._clock = database, clock
        self._machine, self._pager, self._more = machine, pager, more
        self._seen = FirstSeen()
        self._rows = PagesInRows(database)
        self._file = PagesInFile(machine.data)

    async def run(self, every_s: float = LOOK_EVERY_S) -> None:
        """Look again and again until cancelled."""
        while True:
            await self.look()
            tell_supervisor("WATCHDOG=1")
            await asyncio.sleep(every_s)

    async def look(self) -> None:
        """Look once at everything, and ring whom it is time to ring."""
        at = self._clock.now()
        beside = await suspects_beside(self._machine, at=at)
        try:
            async with self._database.work() as work:
                found = await self._keep(work, beside, at)
            await self._pager.look(found, self._rows, at=self._clock.now())
            async with self._database.work() as work:
                await beat(work, AUDITOR, at=self._clock.now())
        except AWAY as fault:
            log.error("watch.database_away", error=type(fault).__name__)  # noqa: TRY400 – no trace each time
            await self._ring_without_rows(at)

    async def _keep(
        self, work: Work, beside: Sequence[Suspect], at: datetime
    ) -> dict[FindingKind, datetime]:
        suspects = [*beside, *await suspects_in_rows(work, self._clock)]
        suspects += await self._more(work, at) if self._more is not None else []
        found = too_long(self._seen.dated(suspects, at), at)
        away_since = self._file.since()
        if away_since is not None:
            await note_database_was_away(work, since=away_since, at=at)
            self._file.end_away()
        return dict(await keep_findings(work, found, at=at))

    async def _ring_without_rows(self, at: datetime) -> None:
        """From what is in memory, and a file that outlives us."""
        kind = FindingKind.DATABASE_AWAY
        since = self._file.begin_away(at)
        if at - since >= RULES[kind].patience:
            await self._pager.look({kind: since}, self._file, at=at)
