"""Messages of which nobody told us: the carrier is asked what it recorded of who hung up.

Most people end a message by hanging up, and then only the carrier's reports say that there is one.
Reports get lost, and what a child said would stay at the carrier, unheard, for ever.
"""

import asyncio
from collections.abc import Sequence
from datetime import datetime, timedelta

import structlog
from sqlmodel import col, exists, select

from hotline.background import BackgroundJobs
from hotline.calls.model import CallState, Outcome
from hotline.calls.service import add_call_entry, lock_call
from hotline.errors import CarrierError
from hotline.messages.service import take_message
from hotline.ports import Clock
from hotline.recordings.carrier import AtCarrier, RecordingCarrier
from hotline.storage.session import Database
from hotline.storage.tables import Call, CallEntry
from hotline.supervision import Rhythm

log = structlog.get_logger()

EVERY = timedelta(minutes=1)
NEWS_TIME = timedelta(minutes=1)  # for the carrier to tell us by itself
GIVEN_UP_AFTER = timedelta(days=1)
AT_MOST = 20  # calls in one look
ASK_WITHIN_S = 45.0
LOOKED_FOR = "message.looked_for"


class MessageSearch:
    """Any number may run: a message that is found twice is taken once."""

    def __init__(self, *, database: Database, carrier: RecordingCarrier, clock: Clock) -> None:
        """The carrier is asked beside the loop."""
        self._database, self._carrier, self._clock = database, carrier, clock
        self._rhythm = Rhythm(EVERY)
        self.jobs = BackgroundJobs(expected=(CarrierError, TimeoutError))

    async def tick(self) -> None:
        """Begin to look where it is time to: nobody waits for the carrier's answer."""
        now = self._clock.now()
        if not self._rhythm.is_time(now):
            return
        for call_id, sid in await self._read_due(now):
            self.jobs.start(f"message:{call_id}", self.look(call_id, sid))

    async def look(self, call_id: str, sid: str) -> None:
        """What the carrier has of one caller. Raises `CarrierError`, `TimeoutError`."""
        async with asyncio.timeout(ASK_WITHIN_S):
            messages = await self._carrier.messages_of_leg(sid)
        if any(one.status not in (AtCarrier.COMPLETED, AtCarrier.FAILED) for one in messages):
            return  # still being made
        spoken = [one for one in messages if one.status is AtCarrier.COMPLETED and one.seconds]
        now = self._clock.now()
        async with self._database.work() as work:
            call = await lock_call(work, call_id)
            for one in spoken:
                await take_message(work, call, one.sid, one.seconds or 0, at=now)
            add_call_entry(work, call, LOOKED_FOR, at=now, facts={"found": len(spoken)})
        if spoken:
            log.warning("message.found_at_carrier", call_id=call_id, found=len(spoken))

    async def _read_due(self, now: datetime) -> Sequence[tuple[str, str]]:
        """Who hung up at the recorder, and of whom no message was told."""
        looked_for = exists().where(
            col(CallEntry.call_id) == col(Call.id), col(CallEntry.kind) == LOOKED_FOR
        )
        query = (
            select(Call.id, Call.carrier_sid)
            .where(Call.state == CallState.ENDED, Call.outcome == Outcome.HUNG_UP)
            .where(Call.outcome_step == CallState.MESSAGE, col(Call.ended_at) <= now - NEWS_TIME)
            .where(col(Call.arrived_at) >= now - GIVEN_UP_AFTER, ~looked_for)
            .order_by(col(Call.arrived_at).desc())
            .limit(AT_MOST)
        )
        async with self._database.work() as work:
            return (await work.exec(query)).all()
