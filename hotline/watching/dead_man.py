"""Somebody outside is told, again and again, that all is well; what they notice is our silence.

Only after an audit that found nothing to ring for, and a drill that passed lately. Nothing is said.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

import httpx
import structlog

from hotline.incidents.watch import AUDITOR, AUDITOR_SILENT
from hotline.ports import Clock
from hotline.storage.session import Database, Work
from hotline.storage.tables import Beat
from hotline.watching.drill import DRILL, OVERDUE
from hotline.watching.model import RULES, FindingKind
from hotline.watching.service import beat, open_findings

log = structlog.get_logger()

DEAD_MAN = "dead_man"  # the name of its beat: the last time somebody outside heard of us
WITHIN_S = 5.0

Ping = Callable[[], Awaitable[bool]]


@dataclass(frozen=True, kw_only=True)
class DeadMan:
    """`ping`: whether somebody outside heard it."""

    database: Database
    clock: Clock
    ping: Ping
    every: timedelta

    async def look(self) -> None:
        """Tell them, where it is time and all is well."""
        at = self.clock.now()
        async with self.database.work() as work:
            is_time = await _is_older(work, DEAD_MAN, self.every, at)
            is_well = is_time and await all_is_well(work, at=at)
        if not is_well:
            return
        if await self.ping():
            async with self.database.work() as work:
                await beat(work, DEAD_MAN, at=self.clock.now())
        else:
            log.warning("dead_man.not_heard")


async def all_is_well(work: Work, *, at: datetime) -> bool:
    """An audit came to its end lately and found nothing to ring for; so did a drill."""
    if await _is_older(work, AUDITOR, AUDITOR_SILENT, at) or await _is_older(
        work, DRILL, OVERDUE, at
    ):
        return False
    found = await open_findings(work)
    return not any(RULES[FindingKind(one.kind)].rings for one in found)


async def _is_older(work: Work, name: str, limit: timedelta, at: datetime) -> bool:
    """Also where it is from the future: a clock was set back, and nobody knows."""
    row = await work.get(Beat, name)
    return row is None or not timedelta() <= at - row.at < limit


@dataclass(frozen=True)
class OutsideUrl:
    """The address of somebody who notices our silence."""

    url: str

    async def ping(self) -> bool:
        """Whether they heard it. A redirect leads to somebody else: it counts as not heard."""
        try:
            async with httpx.AsyncClient(timeout=WITHIN_S, follow_redirects=False) as client:
                return (await client.get(self.url)).is_success
        except httpx.HTTPError:
            return False
