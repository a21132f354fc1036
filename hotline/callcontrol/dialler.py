"""Asks the carrier until everybody is where they are wanted.

What is wanted is a row first (`participants`); `callcontrol.model.act_due` says what the carrier
must be asked next. Asking is safe at any time and by anybody: each act looks at the row again
before, and one that failed leaves the row as it was, so the next look asks once more.
"""

from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime, timedelta

import structlog

from hotline.background import BackgroundJobs
from hotline.callcontrol import keypad, participants
from hotline.callcontrol.legs import leg_ended, leg_hung_up
from hotline.callcontrol.model import Act, ParticipantRole, VoiceReach, Wanted, act_due
from hotline.callcontrol.offers import dial_unclear, give_full_time
from hotline.callcontrol.participants import Ring, WayIn, conference_name, lock_participant
from hotline.callcontrol.talks import NOT_HEARD_OF
from hotline.calls.service import lock_call
from hotline.errors import (
    CarrierError,
    CarrierRefused,
    CarrierUnclear,
    CarrierUnreachable,
    GuardianIsBlocked,
    LegGone,
)
from hotline.ports import Carrier, Clock, Dial, LegStatus, PlaceChange
from hotline.storage.session import Database, Work
from hotline.storage.tables import Call, Participant
from hotline.storage.tables.columns import new_id
from hotline.storage.vault import Vault

log = structlog.get_logger()

SLOW_DIAL = timedelta(seconds=2)
DIAL_SLACK = timedelta(seconds=5)  # the carrier's own clock may differ from ours by this much
CLOCKS_DIFFER = timedelta(minutes=2)  # at the very most, where much depends on it
NEVER_DIALLED = "never_dialled"  # the carrier never heard of it


def voice_possible(voice: str, coached: str) -> VoiceReach:
    """A whisper that nobody is there for must not be heard by all."""
    wanted = VoiceReach(voice)
    return VoiceReach.MUTED if wanted is VoiceReach.COACH and not coached else wanted


def voice_change(voice: str, coached: str) -> PlaceChange:
    """Who is to hear somebody. `coached`: the counselor's leg, whom alone a coach speaks to."""
    match voice_possible(voice, coached):
        case VoiceReach.COACH:
            return PlaceChange(muted=False, coaches=coached)
        case VoiceReach.MUTED:
            return PlaceChange(muted=True, coaches="")
        case VoiceReach.OPEN:
            return PlaceChange(muted=False, coaches="")


class Dialler:
    """Carries out acts, each in a background job: for one participant one at a time."""

    def __init__(
        self, *, database: Database, carrier: Carrier, clock: Clock, vault: Vault, base_url: str
    ) -> None:
        """`base_url`: what the carrier's webhooks start with. `vault` opens whom we call back."""
        self._database = database
        self._vault = vault
        self._carrier = carrier
        self._clock = clock
        self._base = base_url
        self.jobs = BackgroundJobs(expected=(CarrierError,))
        self._acts: Mapping[Act, Callable[[str], Awaitable[None]]] = {
            Act.DIAL: self._dial,
            Act.SEND_IN: self._send_in,
            Act.HOLD: self._change,
            Act.RESUME: self._change,
            Act.SET_VOICE: self._change,
            Act.SET_ENDS: self._change,
            Act.SAY: self._change,
            Act.ASK_KEYS: self._ask_keys,
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
        try:
            async with self._database.work() as work:
                now = self._clock.now()
                ring = await participants.begin_dial(work, self._vault, participant_id, at=now)
        except GuardianIsBlocked as no:
            await self.lose(participant_id, why=type(no).__name__)
            return
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

    async def give_up(self, participant_id: str) -> None:
        """Nothing was heard of a dial for long, neither by its answer nor by a callback.

        Of whom we call back it is to be known whether their phone can have rung. That is asked
        under a name of its own: what is wanted of the leg meanwhile may not keep it from the end.
        """
        async with self._database.work() as work:
            one = await work.get_one(Participant, participant_id)
            called_back = one.role == ParticipantRole.CALLER
            ring = await participants.ring_of(work, self._vault, one) if called_back else None
        if ring is None:
            await self.lose(participant_id, why=NOT_HEARD_OF)
        else:
            self.jobs.start(f"given_up:{participant_id}", self._give_up(one, ring))

    async def _give_up(self, one: Participant, ring: Ring) -> None:
        never = await self._was_never_dialled(one, ring)
        await self.lose(one.id, why=NEVER_DIALLED if never else NOT_HEARD_OF)

    async def _was_never_dialled(self, one: Participant, ring: Ring) -> bool:
        """Only where the carrier says that there is no such leg: what is unclear may have rung."""
        since = (one.dialled_at or one.created_at) - CLOCKS_DIFFER
        try:
            return not await self._carrier.find_legs(to=ring.address, since=since)
        except CarrierError as fault:
            log.warning("dial.not_looked_for", error=type(fault).__name__)
            return False

    def look_up(self, participant_id: str, sid: str) -> None:
        """Nothing was heard of a leg for long: the carrier says whether it is over."""
        self.jobs.start(f"participant:{participant_id}", self._look_up(participant_id, sid))

    async def _look_up(self, participant_id: str, sid: str) -> None:
        report = await self._carrier.leg(sid)
        if report is None:
            await self.lose(participant_id, why=NOT_HEARD_OF)
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
            ring = await participants.ring_of(work, self._vault, one)
        await self._ring(one.id, ring)

    async def _send_in(self, participant_id: str) -> None:
        async with self._database.work() as work:
            way = await participants.begin_way_in(work, participant_id, at=self._clock.now())
        if way is not None:
            await self._redirect_in(participant_id, way)

    async def _redirect_in(self, participant_id: str, way: WayIn) -> None:
        """A carrier that throttles says yes late: only then is the caller on the way."""
        try:
            await self._redirect(way.carrier_sid, f"{way.call_id}/join?turn={way.turn}")
        except (CarrierRefused, CarrierUnreachable):
            await self._note_way_in(participant_id, None)
            raise
        except CarrierUnclear:
            await self._note_way_in(participant_id, self._clock.now())
            raise
        await self._note_way_in(participant_id, self._clock.now())

    async def _note_way_in(self, participant_id: str, sent_at: datetime | None) -> None:
        async with self._database.work() as work:
            await participants.note_way_in(work, participant_id, sent_at=sent_at)

    async def _ask_keys(self, participant_id: str) -> None:
        async with self._database.work() as work:
            way = await keypad.begin_question(work, participant_id, at=self._clock.now())
        if way is None:
            return
        try:
            await self._redirect(way.carrier_sid, f"{way.call_id}/ask?turn={way.turn}")
        except (CarrierRefused, CarrierUnreachable):
            async with self._database.work() as work:
                await keypad.question_failed(work, participant_id)
            raise

    async def _redirect(self, sid: str, path: str) -> None:
        """`once`: two of these in one call are two requests, and never one answered twice."""
        address = f"{self._base}/voice/calls/{path}&once={new_id()}"
        try:
            await self._carrier.redirect(sid, address)
        except LegGone:  # the caller hung up first: the status callback tells the rest
            log.info("caller.gone_before_redirect")

    # ── in the talk, and out ────────────────────────────────────────────────────────────────

    async def _change(self, participant_id: str) -> None:
        """Change somebody within the talk, as the row says by now."""
        async with self._database.work() as work:
            found = await participants.begin_change(work, participant_id, at=self._clock.now())
            if found is None:
                return
            one, act = found
            call = await work.get_one(Call, one.call_id)
            coached = await participants.counselor_sid(work, call)
        change = self._change_of(one, act, call, coached)
        try:
            await self._carrier.change(conference_name(call.id), str(one.carrier_sid), change)
        except LegGone:  # the talk ended while the key was pressed
            log.info("participant.gone_before_change", call_id=call.id, act=act)
            if act is not Act.SET_ENDS or one.wanted == Wanted.IN:
                return  # who is only coming in is asked for again
        await self._seen(one, act, coached)  # also of who has left it: hung up next

    def _change_of(self, one: Participant, act: Act, call: Call, coached: str) -> PlaceChange:
        """The row's wish in the carrier's words."""
        talk, language = f"{self._base}/voice/calls/{call.id}", call.language
        match act:
            case Act.HOLD | Act.RESUME:
                music = f"{talk}/music?language={language}"
                return PlaceChange(held=one.hold_wanted, music_url=music)
            case Act.SET_ENDS:
                return PlaceChange(ends_talk=one.ends_wanted)
            case Act.SAY:
                said = f"{talk}/said?prompt={one.to_say}&language={language}"
                return PlaceChange(say_url=said)
            case _:
                return voice_change(one.voice_wanted, coached)

    async def _seen(self, one: Participant, act: Act, coached: str) -> None:
        """The carrier said yes to what was wanted then."""
        async with self._database.work() as work:
            match act:
                case Act.HOLD | Act.RESUME:
                    await participants.hold_seen(work, one.id, held=one.hold_wanted)
                case Act.SET_ENDS:
                    await participants.ends_seen(work, one.id, ends=one.ends_wanted)
                case Act.SAY:
                    await participants.said(work, one.id, one.to_say)
                case _:
                    heard = voice_possible(one.voice_wanted, coached)
                    await participants.voice_seen(work, one.id, heard)

    async def _hang_up(self, participant_id: str) -> None:
        async with self._database.work() as work:
            one = await work.get_one(Participant, participant_id)
        if act_due(one, self._clock.now()) is not Act.HANG_UP:
            return
        await self._carrier.hang_up(str(one.carrier_sid))
        async with self._database.work() as work:
            one = await self._lock(work, participant_id)
            await leg_hung_up(work, one, at=self._clock.now())

    # ── the caller's own leg ────────────────────────────────────────────────────────────────

    def send_caller(self, call: Call, where: str) -> None:
        """Make the caller's leg ask for its next document."""
        job = self._redirect(call.carrier_sid, f"{call.id}/{where}")
        self.jobs.start(f"caller:{call.id}", job)

    def end_caller(self, call: Call) -> None:
        """End the caller's leg: only after the goodbye had its time."""
        self.jobs.start(f"caller:{call.id}", self._carrier.hang_up(call.carrier_sid))
