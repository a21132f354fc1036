"""Every part is looked at, four times a minute: what is away, and since when."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from hotline.callcontrol.carrier_account import CALLS
from hotline.errors import DatabaseAway
from hotline.incidents.marks import AwayMark
from hotline.incidents.model import Part
from hotline.incidents.service import note_away, note_back, note_gap, take_turns
from hotline.ports import Clock
from hotline.storage.session import Database, Work
from hotline.storage.tables import Beat, CarrierCheck

log = structlog.get_logger()

LOOK_EVERY_S = 15.0
AUDITOR = "auditor"  # the name of its beat; it looks every fifteen seconds
AUDITOR_SILENT = timedelta(seconds=60)
NOT_COMPARED = timedelta(minutes=5)  # it is done every minute
# By the database's own clock, as the lease.
NOBODY_SINCE = text(
    "select expires_at from leadership where name = 'switchboard'"
    " and expires_at < clock_timestamp()"
)

IsThere = Callable[[], Awaitable[bool]]


@dataclass(frozen=True, kw_only=True)
class IncidentWatch:
    """Of one web process. `redis`: whether it answers; None where there is to be none."""

    database: Database
    clock: Clock
    mark: AwayMark
    redis: IsThere | None = None

    async def run(self, every_s: float = LOOK_EVERY_S) -> None:
        """Look again and again until cancelled."""
        while True:
            await self.look()
            await asyncio.sleep(every_s)

    async def look(self) -> None:
        """Look once at everything. Raises `OSError`: the mark cannot be written."""
        redis = True if self.redis is None else await self.redis()
        now = self.clock.now()
        try:
            async with self.database.work() as work:
                await self._note(work, redis=redis, at=now)
        except (DatabaseAway, SQLAlchemyError, OSError) as fault:
            log.warning("incident.database_away", error=type(fault).__name__)
            await asyncio.to_thread(self.mark.begin, now)
        else:
            await asyncio.to_thread(self.mark.end)

    async def _note(self, work: Work, *, redis: bool, at: datetime) -> None:
        await take_turns(work)
        gap = await asyncio.to_thread(self.mark.since)
        if gap is not None:
            await note_gap(work, Part.DATABASE, since=gap, at=at)
        away = {Part.REDIS: None if redis else at, **await _away_by_rows(work, at=at)}
        for part, since in away.items():
            if since is None:
                await note_back(work, part, at=at)
            else:
                await note_away(work, part, since=since, at=at)


async def _away_by_rows(work: Work, *, at: datetime) -> dict[Part, datetime | None]:
    """Since when each is away that the rows tell of; None: it is there."""
    nobody_since = (await work.sql(NOBODY_SINCE, {})).scalar_one_or_none()
    check = await work.get(CarrierCheck, CALLS)
    return {
        Part.SWITCHBOARD: nobody_since,
        Part.AUDITOR: await _auditor_since(work, at=at),
        Part.CARRIER: check.silent_since if check else None,
        Part.ACCOUNT: _account_since(check, at=at) if nobody_since is None else None,
    }


async def _auditor_since(work: Work, *, at: datetime) -> datetime | None:
    """Where it never was, nobody wants it."""
    beat = await work.get(Beat, AUDITOR)
    return beat.at if beat is not None and at - beat.at > AUDITOR_SILENT else None


def _account_since(check: CarrierCheck | None, *, at: datetime) -> datetime | None:
    """Differing, or not compared though somebody leads whose work it is."""
    if check is None or check.asked_at is None:
        return None
    return at if check.unmended or at - check.asked_at > NOT_COMPARED else None
