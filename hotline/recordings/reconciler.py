"""Asks the carrier until every recording is as it is wanted.

Needs no leader: each request is claimed in the row, under a fence and for a time, before the
carrier hears of it. What an earlier claimant still has to say is not written.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from sqlmodel import col, select

from hotline.background import BackgroundJobs
from hotline.calls.service import add_call_entry
from hotline.errors import CarrierError, CarrierRefused, CarrierUnclear, LegGone
from hotline.ports import Clock
from hotline.recordings.carrier import AtCarrier, RecordingCarrier, RecordingReport
from hotline.recordings.model import (
    CopyState,
    RecordingAct,
    RecordingEvent,
    RecordingState,
    RecordingWish,
    act_due,
)
from hotline.recordings.policy import (
    ASK_LEASE,
    ASK_WITHIN_S,
    LONGEST_BACK_OFF_IN_TALK,
    TELL_AFTER_TRIES,
    back_off,
)
from hotline.recordings.service import TOPIC, hold_recording, move_recording
from hotline.storage.session import Database, Work
from hotline.storage.tables import CallRecording

log = structlog.get_logger()

ASKS_AT_ONCE = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What is to be asked, and the right to write down what came of it.

    `begin`: it is to run by now. `known`: the carrier's ids of this leg that are told apart.
    """

    recording_id: str
    fence: int
    act: RecordingAct
    leg_sid: str
    sid: str
    begin: bool
    known: frozenset[str]


@dataclass(frozen=True, slots=True)
class Seen:
    """What the carrier made of it. `sid`: of the recording, where it was not known before."""

    event: RecordingEvent
    sid: str | None = None


class Reconciler:
    """One of possibly several."""

    def __init__(
        self,
        *,
        database: Database,
        carrier: RecordingCarrier,
        clock: Clock,
        ask_within_s: float = ASK_WITHIN_S,
    ) -> None:
        """`ask_within_s`: how long the carrier may take for one answer."""
        self._database = database
        self._carrier = carrier
        self._clock = clock
        self._ask_within_s = ask_within_s
        self.jobs = BackgroundJobs(at_once=ASKS_AT_ONCE, expected=(CarrierError, TimeoutError))
        self._acts: Mapping[RecordingAct, Callable[[Request], Awaitable[Seen]]] = {
            RecordingAct.START: self._start,
            RecordingAct.LOOK: self._look_for,
            RecordingAct.PAUSE: self._pause,
            RecordingAct.RESUME: self._resume,
            RecordingAct.STOP: self._stop,
        }

    async def tick(self) -> None:
        """One look at all that are not as they are wanted. What is asked goes on beside it."""
        async with self._database.work() as work:
            due = await _recordings_to_tend(work, at=self._clock.now())
        for recording_id in due:
            self.jobs.start(f"recording:{recording_id}", self.make_true(recording_id))

    async def stop(self) -> None:
        """End all requests; whoever comes next looks what came of them."""
        await self.jobs.stop()

    async def make_true(self, recording_id: str) -> None:
        """Ask for what is due for this one, as the row says by now."""
        request = await self._claim(recording_id)
        if request is None:
            return
        try:
            async with asyncio.timeout(self._ask_within_s):
                heard = await self._acts[request.act](request)
        except LegGone:
            heard = Seen(RecordingEvent.ENDED)
        except (CarrierError, TimeoutError) as fault:
            await self._put_off(request, fault)
            return
        await self._settle(request, heard)

    # ── at the carrier ──────────────────────────────────────────────────────────────────────

    async def _start(self, request: Request) -> Seen:
        return Seen(RecordingEvent.RUNS, await self._carrier.start(request.leg_sid))

    async def _look_for(self, request: Request) -> Seen:
        """A start was never answered: whatever records this leg and is no other's is ours."""
        for found in await self._carrier.of_leg(request.leg_sid):
            if found.sid not in request.known:
                return Seen(_event_of(found), found.sid)
        if request.begin:
            return await self._start(request)
        return Seen(RecordingEvent.NOT_BEGUN)

    async def _pause(self, request: Request) -> Seen:
        await self._carrier.pause(request.leg_sid, request.sid)
        return Seen(RecordingEvent.PAUSES)

    async def _resume(self, request: Request) -> Seen:
        await self._carrier.resume(request.leg_sid, request.sid)
        return Seen(RecordingEvent.RUNS)

    async def _stop(self, request: Request) -> Seen:
        await self._carrier.stop(request.leg_sid, request.sid)
        return Seen(RecordingEvent.ENDED)

    # ── in the rows ─────────────────────────────────────────────────────────────────────────

    async def _claim(self, recording_id: str) -> Request | None:
        """`asked` is committed before the carrier hears of it."""
        now = self._clock.now()
        async with self._database.work() as work:
            held = await hold_recording(work, recording_id)
            if held is None:
                return None
            call, one = held
            act = act_due(one)
            if act is None or not _is_ripe(one, now) or await _is_second(work, one):
                return None
            one.fence, one.tries, one.lease_until = one.fence + 1, one.tries + 1, now + ASK_LEASE
            move_recording(work, call, one, RecordingEvent.ASKED, at=now)
            return await _request(work, one, act)

    async def _settle(self, request: Request, heard: Seen) -> None:
        now = self._clock.now()
        async with self._database.work() as work:
            held = await hold_recording(work, request.recording_id, fence=request.fence)
            if held is None:
                return
            call, one = held
            one.carrier_sid = one.carrier_sid or heard.sid
            move_recording(work, call, one, heard.event, at=now)
            if one.state == RecordingState.NONE and one.wanted == RecordingWish.OFF:
                move_recording(work, call, one, RecordingEvent.ENDED, at=now)
            one.lease_until, one.due_at, one.tries = None, now, 0
            work.announce(TOPIC, one.id)  # wanted otherwise meanwhile, or to be fetched

    async def _put_off(self, request: Request, fault: Exception) -> None:
        """It failed. A start that was refused has not begun; of all else nothing is known."""
        now = self._clock.now()
        log.warning("recording.not_asked", act=request.act, error=type(fault).__name__)
        async with self._database.work() as work:
            held = await hold_recording(work, request.recording_id, fence=request.fence)
            if held is None:
                return
            call, one = held
            sure = not isinstance(fault, CarrierUnclear | TimeoutError)
            if request.act is RecordingAct.START and sure:
                move_recording(work, call, one, RecordingEvent.NOT_BEGUN, at=now)
            one.lease_until, one.due_at = None, now + back_off(one.tries, in_talk=True)
            if one.tries == TELL_AFTER_TRIES:
                code = fault.code if isinstance(fault, CarrierRefused) else 0
                add_call_entry(work, call, "recording.refused", at=now, facts={"code": code})


async def _recordings_to_tend(work: Work, *, at: datetime) -> list[str]:
    query = select(CallRecording).where(
        CallRecording.copy_state == CopyState.NONE, CallRecording.state != CallRecording.wanted
    )
    return [one.id for one in (await work.exec(query)).all() if act_due(one) and _is_ripe(one, at)]


def _is_ripe(one: CallRecording, now: datetime) -> bool:
    """Whether nobody asks just now, and no pause lasts. A clock set back ends both."""
    pause, lease = one.due_at - now, (one.lease_until or now) - now
    return not (_lasts(pause, LONGEST_BACK_OFF_IN_TALK) or _lasts(lease, ASK_LEASE))


def _lasts(left: timedelta, longest: timedelta) -> bool:
    return timedelta() < left <= longest


async def _is_second(work: Work, one: CallRecording) -> bool:
    """Whether an earlier one of this leg is not over yet: one is recorded at a time."""
    if one.state != RecordingState.NONE:
        return False
    earlier = select(CallRecording.id).where(
        CallRecording.call_id == one.call_id,
        CallRecording.created_at < one.created_at,
        CallRecording.state != RecordingState.OVER,
    )
    return (await work.exec(earlier.limit(1))).first() is not None


async def _request(work: Work, one: CallRecording, act: RecordingAct) -> Request:
    query = select(CallRecording.carrier_sid).where(
        CallRecording.call_id == one.call_id, col(CallRecording.carrier_sid).is_not(None)
    )
    known = frozenset(sid for sid in (await work.exec(query)).all() if sid)
    return Request(
        recording_id=one.id,
        fence=one.fence,
        act=act,
        leg_sid=one.leg_sid,
        sid=one.carrier_sid or "",
        begin=one.wanted == RecordingWish.ON,
        known=known,
    )


def _event_of(found: RecordingReport) -> RecordingEvent:
    return {
        AtCarrier.RUNNING: RecordingEvent.RUNS,
        AtCarrier.PAUSED: RecordingEvent.PAUSES,
    }.get(found.status, RecordingEvent.ENDED)
