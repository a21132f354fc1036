"""Asks the carrier until everybody is where they are wanted.

What is wanted is a row first (`participants`); `callcontrol.model.act_due` says what the carrier
must be asked next. Asking is safe at any time and by anybody: each act looks at the row again
before, and one that failed leaves the row as it was, so the next look asks once more.
"""

from collections.abc import Awaitable, Callable, Mapping
from datetime import timedelta

import structlog

from hotline.background import BackgroundJobs
from hotline.callcontrol import participants
from hotline.callcontrol.model import Act, ParticipantEvent, act_due
from hotline.callcontrol.offers import dial_unclear, give_full_time, leg_ended
from hotline.callcontrol.participants import Ring, WayIn, conference_name, lock_participant
from hotline.calls.service import lock_call
from hotline.errors import CarrierError, CarrierRefused, CarrierUnclear, CarrierUnreachable, LegGone
from hotline.ports import Carrier, Clock, Dial, LegStatus
from hotline.storage.session import Database, Work
from hotline.storage.tables import Call, Participant
from hotline.storage.tables.columns import new_id

log = structlog.get_logger()

SLOW_DIAL = timedelta(seconds=2)
DIAL_SLACK = timedelta(seconds=5)  # the carrier's own clock may differ from ours by this much


class Dialler:
    """Carries out acts, each in a background job: for one participant one at a time."""

    def __init__(
        self, *, database: Database, carrier: Carrier, clock: Clock, base_url: str
    ) -> None:
        """`base_url`: what the carrier's webhooks start with."""
        self._database = database
        self._carrier = carrier
        self._clock = clock
        self._base = base_url
        self.jobs = BackgroundJobs(expected=(CarrierError,))
        self._acts: Mapping[Act, Callable[[str], Awaitable[None]]] = {
            Act.DIAL: self._dial,
            Act.SEND_IN: self._send_in,
            Act.HOLD: self._set_hold,
            Act.RESUME: self._set_hold,
            Act.HANG_UP: self._hang_up,
        }

    async def stop(self) -> None:
        """End all jobs; their rows stay as they are and the next leader goes on."""
        await self.jobs.stop()

    def make_true(self, one: Participant) -> None:
        """Ask for whatever is due for this participant, by a row that may be a moment old."""
        act = act_due(one, self._clock.now())
        if act is not None:
            self.carry_out(act, one.id)

    def carry_out(self, act: Act, participant_id: str) -> None:
        """Ask for one thing, unless something is being asked for them already."""
        self.jobs.start(f"participant:{participant_id}", self._carry_out(act, participant_id))

    async def _carry_out(self, act: Act, participant_id: str) -> None:
        await self._acts[act](participant_id)

    # ── in ──────────────────────────────────────────────────────────────────────────────────

    async def _dial(self, participant_id: str) -> None:
        async with self._database.work() as work:
            ring = await participants.begin_dial(work, participant_id, at=self._clock.now())
        if ring is not None:
            await self._ring(participant_id, ring)

    async def _ring(self, participant_id: str, ring: Ring) -> None:
        try:
            sid = await self._carrier.dial(self._dial_of(participant_id, ring))
        except CarrierUnclear:
            await self._doubt(participant_id)
            return
        except CarrierError as fault:
            await self.lose(participant_id, why=type(fault).__name__)
            return
        await self._keep_sid(participant_id, sid)

    async def _keep_sid(self, participant_id: str, sid: str) -> None:
        now = self._clock.now()
        async with self._database.work() as work:
            one = await participants.keep_sid(work, participant_id, sid)
            was_slow = one.dialled_at is not None and now - one.dialled_at >= SLOW_DIAL
        if was_slow:
            async with self._database.work() as work:
                await give_full_time(work, await self._lock(work, participant_id), at=now)

    async def _doubt(self, participant_id: str) -> None:
        """Looked for in vain. A callback may have told of the leg; else others are tried."""
        async with self._database.work() as work:
            one = await self._lock(work, participant_id)
            await dial_unclear(work, one, at=self._clock.now())

    async def _lock(self, work: Work, participant_id: str) -> Participant:
        """The participant; its call is locked first, as everywhere."""
        found = await work.get_one(Participant, participant_id)
        await lock_call(work, found.call_id)
        return await lock_participant(work, participant_id)

    def _dial_of(self, participant_id: str, ring: Ring) -> Dial:
        leg = f"{self._base}/voice/legs/{participant_id}"
        return Dial(
            to=ring.address,
            from_=ring.number_shown,
            answer_url=f"{leg}/answer",
            status_url=f"{leg}/status",
            ring_s=ring.ring_s,
        )

    async def lose(self, participant_id: str, *, why: str) -> None:
        """They never rang, or nothing was heard of them."""
        await self._end(participant_id, LegStatus.FAILED, why=why)

    def look_up(self, participant_id: str, sid: str) -> None:
        """Nothing was heard of a leg for long: the carrier says whether it is over."""
        self.jobs.start(f"participant:{participant_id}", self._look_up(participant_id, sid))

    async def _look_up(self, participant_id: str, sid: str) -> None:
        report = await self._carrier.leg(sid)
        if report is None:
            await self.lose(participant_id, why="not_heard_of")
        elif report.status.over:
            await self._end(participant_id, report.status)

    async def _end(self, participant_id: str, status: LegStatus, *, why: str = "") -> None:
        now = self._clock.now()
        async with self._database.work() as work:
            one = await self._lock(work, participant_id)
            await leg_ended(work, one, status=status, at=now, why=why)

    def find_or_dial(self, one: Participant) -> None:
        """An earlier leader began to dial and kept no sid: adopt the leg if it rings, else dial."""
        self.jobs.start(f"participant:{one.id}", self._find_or_dial(one))

    async def _find_or_dial(self, one: Participant) -> None:
        since = (one.dialled_at or one.created_at) - DIAL_SLACK
        found = await self._carrier.find_legs(to=one.address, since=since)
        alive = [report.sid for report in found if not report.status.over]
        async with self._database.work() as work:
            if alive:
                await participants.keep_sid(work, one.id, alive[0])
                return
            ring = await participants.ring_of(work, one)
        await self._ring(one.id, ring)

    async def _send_in(self, participant_id: str) -> None:
        async with self._database.work() as work:
            way = await participants.begin_way_in(work, participant_id, at=self._clock.now())
        if way is not None:
            await self._redirect_in(participant_id, way)

    async def _redirect_in(self, participant_id: str, way: WayIn) -> None:
        try:
            await self._redirect(way.carrier_sid, f"{way.call_id}/join?turn={way.turn}")
        except (CarrierRefused, CarrierUnreachable):
            async with self._database.work() as work:
                await participants.way_in_failed(work, participant_id)
            raise

    async def _redirect(self, sid: str, path: str) -> None:
        """`once`: two of these in one call are two requests, and never one answered twice."""
        address = f"{self._base}/voice/calls/{path}&once={new_id()}"
        try:
            await self._carrier.redirect(sid, address)
        except LegGone:  # the caller hung up first: the status callback tells the rest
            log.info("caller.gone_before_redirect")

    # ── in the talk, and out ────────────────────────────────────────────────────────────────

    async def _set_hold(self, participant_id: str) -> None:
        """Give the caller music, or take it away, as the row says by now."""
        async with self._database.work() as work:
            one = await participants.begin_hold(work, participant_id, at=self._clock.now())
            language = "" if one is None else (await work.get_one(Call, one.call_id)).language
        if one is None:
            return
        conference, held = conference_name(one.call_id), one.hold_wanted
        music = f"{self._base}/voice/calls/{one.call_id}/music?language={language}"
        try:
            await self._carrier.set_hold(
                conference, str(one.carrier_sid), held=held, music_url=music
            )
        except LegGone:  # the talk ended while the key was pressed
            log.info("caller.gone_before_hold", call_id=one.call_id)
            return
        async with self._database.work() as work:
            await participants.hold_seen(work, participant_id, held=held)

    async def _hang_up(self, participant_id: str) -> None:
        async with self._database.work() as work:
            one = await work.get_one(Participant, participant_id)
        if act_due(one, self._clock.now()) is not Act.HANG_UP:
            return
        await self._carrier.hang_up(str(one.carrier_sid))
        async with self._database.work() as work:
            one = await lock_participant(work, participant_id)
            if participants.move_participant(
                work, one, ParticipantEvent.ENDED, at=self._clock.now()
            ):
                one.ended_as = LegStatus.COMPLETED

    # ── the caller's own leg ────────────────────────────────────────────────────────────────

    def send_caller(self, call: Call, where: str) -> None:
        """Make the caller's leg ask for its next document."""
        job = self._redirect(call.carrier_sid, f"{call.id}/{where}")
        self.jobs.start(f"caller:{call.id}", job)

    def end_caller(self, call: Call) -> None:
        """End the caller's leg: only after the goodbye had its time."""
        self.jobs.start(f"caller:{call.id}", self._carrier.hang_up(call.carrier_sid))
