"""The exchange: legs begin, ring, are answered and end; conferences fill and empty."""

import asyncio
from collections.abc import Awaitable, Callable
from email.utils import format_datetime

from hotline.numbers import as_people_dial
from hotline.simulator.clock import SimulatorClock
from hotline.simulator.journal import Journal
from hotline.simulator.model import (
    CarrierLeg,
    CarrierParticipant,
    Conference,
    Handset,
    Target,
)
from hotline.simulator.settings import NumberSettings, SimulatorSettings
from hotline.simulator.webhooks import Webhooks

Play = Callable[[CarrierLeg, Target], Awaitable[None]]

EVENT_OF = {"initiated": "initiated", "ringing": "ringing", "in-progress": "answered"}
BUFFER_S = 5.0  # the carrier rings this much longer than it was told


class Exchange:
    """All legs, conferences and phones of one account."""

    def __init__(
        self,
        settings: SimulatorSettings,
        *,
        clock: SimulatorClock,
        journal: Journal,
        webhooks: Webhooks,
    ) -> None:
        """`play` is set by the application: what a leg does once it is answered."""
        self.account = settings.account_sid
        self.numbers: dict[str, NumberSettings] = dict(settings.numbers)
        self.clock, self.journal, self.webhooks = clock, journal, webhooks
        self.legs: dict[str, CarrierLeg] = {}
        self.conferences: list[Conference] = []
        self.handsets: dict[str, Handset] = {}
        self.play: Play = _silent
        self._tasks: set[asyncio.Task[None]] = set()

    def handset(self, address: str) -> Handset:
        """A phone. Numbers exist by being named."""
        return self.handsets.setdefault(
            address, Handset(address, registered=not address.startswith("client:"))
        )

    def start(self, work: Awaitable[None]) -> asyncio.Task[None]:
        """Run something beside everything else."""
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    async def until(self, holds: Callable[[], bool]) -> None:
        """Wait until something about the legs holds."""
        while not holds():
            await self.journal.after(len(self.journal.entries), BUFFER_S)

    async def reset(self) -> None:
        """An empty exchange."""
        for leg in self.legs.values():
            if leg.player is not None:
                leg.player.cancel()
        for task in list(self._tasks):
            task.cancel()
        self.webhooks.drop_reports()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self.legs.clear()
        self.conferences.clear()
        self.handsets.clear()

    # ── legs ────────────────────────────────────────────────────────────────────────────────

    def dial_in(self, address: str, number: str) -> CarrierLeg:
        """A handset dials one of our numbers."""
        announced = self.numbers[number]
        leg = CarrierLeg(account=self.account, address=address, from_=address, to=number,
                  direction="inbound", status_callback=announced.status_callback)  # fmt: skip
        leg.answer = Target(announced.voice_url)
        leg.fallback = Target(announced.fallback_url) if announced.fallback_url else None
        self._add(leg)
        self.handset(address).leg = leg
        leg.status = "ringing"
        self.run_player(leg, leg.answer)
        return leg

    def dial_out(self, leg: CarrierLeg) -> None:
        """The application dials a handset: in China, `+86154…` rings at the phone of 154…."""
        if leg.address not in self.handsets:
            leg.address = as_people_dial(leg.address)
        self._add(leg)
        self.start(self._ring(leg))

    def _add(self, leg: CarrierLeg) -> None:
        leg.created = self.clock.now()
        self.legs[leg.sid] = leg
        self.journal.write("leg", sid=leg.sid, address=leg.address, status=leg.status,
                           direction=leg.direction, to=leg.to)  # fmt: skip

    async def _ring(self, leg: CarrierLeg) -> None:
        self.set_status(leg, "initiated")
        phone = self.handset(leg.address)
        if not phone.registered:
            self.end(leg, "failed", by="carrier")
        elif phone.busy or phone.leg is not None:
            self.end(leg, "busy", by="handset")
        else:
            await self._ring_handset(leg, phone)

    async def _ring_handset(self, leg: CarrierLeg, phone: Handset) -> None:
        leg.picked_up = asyncio.get_running_loop().create_future()
        phone.incoming.append(leg)
        self.set_status(leg, "ringing")
        limit = self.start(self._give_up(leg))
        try:
            how = await leg.picked_up
        finally:
            limit.cancel()
            if leg in phone.incoming:
                phone.incoming.remove(leg)
        if leg.over:
            return
        if how != "answer":
            self.end(leg, how, by="handset")
            return
        phone.leg = leg
        leg.answered = self.clock.now()
        self.set_status(leg, "in-progress")
        if leg.answer is not None:
            self.run_player(leg, leg.answer)

    async def _give_up(self, leg: CarrierLeg) -> None:
        await self.clock.sleep(leg.ring_s + BUFFER_S)
        if leg.picked_up is not None and not leg.picked_up.done():
            leg.picked_up.set_result("no-answer")

    def run_player(self, leg: CarrierLeg, target: Target) -> None:
        """Let a leg follow documents, in place of those it followed until now."""
        if leg.player is not None:
            leg.player.cancel()
        leg.gathering = None
        leg.player = self.start(self.play(leg, target))

    def answer_inbound(self, leg: CarrierLeg) -> None:
        """The first verb that needs a line answers it."""
        if leg.status == "ringing" and leg.direction == "inbound":
            leg.answered = self.clock.now()
            self.set_status(leg, "in-progress")

    def end(self, leg: CarrierLeg, status: str, *, by: str) -> None:
        """A leg ends, once."""
        if leg.over:
            return
        leg.ended, leg.ended_by = self.clock.now(), by
        self.leave(leg, "participant_hung_up")
        phone = self.handsets.get(leg.address)
        if phone is not None and phone.leg is leg:
            phone.leg = None
        if leg.picked_up is not None and not leg.picked_up.done():
            leg.picked_up.set_result(status)
        self.set_status(leg, status)
        player, leg.player = leg.player, None
        if player is not None and player is not asyncio.current_task():
            player.cancel()

    def hang_up(self, leg: CarrierLeg, *, by: str) -> None:
        """Somebody puts the receiver down, or the application ends the leg."""
        ringing_out = leg.direction != "inbound" and leg.answered is None
        self.end(leg, "canceled" if ringing_out else "completed", by=by)

    def set_status(self, leg: CarrierLeg, status: str) -> None:
        """A new status, told to those who asked."""
        leg.status = status
        self.journal.write("leg", sid=leg.sid, address=leg.address, status=status,
                           direction=leg.direction, to=leg.to)  # fmt: skip
        event = EVENT_OF.get(status, "completed")
        if event in leg.status_events:
            fields = self.fields(leg) | {
                "CallbackSource": "call-progress-events",
                "SequenceNumber": str(leg.sequence),
                "Timestamp": format_datetime(self.clock.now()),
            }
            if leg.over:
                fields |= {
                    "CallDuration": str(leg.duration()),
                    "Duration": str(leg.duration() // 60),
                }
            leg.sequence += 1
            self.webhooks.report("status", leg.status_callback, fields, sid=leg.sid)

    def fields(self, leg: CarrierLeg) -> dict[str, str]:
        """What every request about a leg says."""
        return {
            "CallSid": leg.sid,
            "From": leg.from_,
            "To": leg.to,
            "Caller": leg.from_,
            "Called": leg.to,
            "CallStatus": leg.status,
            "Direction": leg.direction,
        }

    # ── conferences ─────────────────────────────────────────────────────────────────────────

    def conference(self, name: str) -> Conference:
        """The live conference of that name, made where there is none."""
        for conference in self.conferences:
            if conference.name == name and conference.status != "completed":
                return conference
        conference = Conference(name, created=self.clock.now())
        self.conferences.append(conference)
        return conference

    def enter(self, conference: Conference, one: CarrierParticipant) -> None:
        """A leg comes in; the conference starts when two are there and one may start it."""
        conference.participants.append(one)
        self._tell_conference(conference, "participant-join", "join", one)
        starts = any(other.start_on_enter for other in conference.participants)
        if conference.status == "init" and len(conference.participants) > 1 and starts:
            conference.status = "in-progress"
            self._tell_conference(conference, "conference-start", "start", None)
        if conference.status == "in-progress":
            for other in conference.participants:
                other.leg.talked = True
        self.journal.write(
            "joined",
            sid=one.leg.sid,
            address=one.leg.address,
            conference=conference.name,
            inside=len(conference.participants),
        )

    def leave(self, leg: CarrierLeg, reason: str) -> None:
        """A leg goes out; with the last, or with one who ends it, the conference ends."""
        for conference in self.conferences:
            for one in [one for one in conference.participants if one.leg is leg]:
                conference.participants.remove(one)
                one.left.set()
                self.journal.write(
                    "left", sid=leg.sid, address=leg.address, conference=conference.name
                )
                self._tell_conference(conference, "participant-leave", "leave", one, Reason=reason)
                if one.end_on_exit or not conference.participants:
                    self.end_conference(conference)

    def end_conference(self, conference: Conference) -> None:
        """Everybody out; each leg goes on with its own document."""
        if conference.status == "completed":
            return
        conference.status = "completed"
        for one in list(conference.participants):
            conference.participants.remove(one)
            one.left.set()
            self.journal.write(
                "left", sid=one.leg.sid, address=one.leg.address, conference=conference.name
            )
            self._tell_conference(conference, "participant-leave", "leave", one)
        self._tell_conference(conference, "conference-end", "end", None)

    def participant(self, conference: Conference, name: str) -> CarrierParticipant | None:
        """By SID of the leg, or by label."""
        found = (one for one in conference.participants if name in (one.leg.sid, one.label))
        return next(found, None)

    def set_hold(self, conference: Conference, one: CarrierParticipant, *, hold: bool) -> None:
        """Music for one, or back among the others."""
        if one.hold != hold:
            one.hold = hold
            word = "participant-hold" if hold else "participant-unhold"
            self._tell_conference(conference, word, "hold", one)
            self.journal.write("held", sid=one.leg.sid, conference=conference.name, hold=hold)

    def _tell_conference(
        self,
        conference: Conference,
        word: str,
        kind: str,
        one: CarrierParticipant | None,
        **more: str,
    ) -> None:
        if kind not in conference.events:
            return
        fields = {
            "ConferenceSid": conference.sid,
            "FriendlyName": conference.name,
            "StatusCallbackEvent": word,
            "SequenceNumber": str(conference.sequence),
            "Timestamp": format_datetime(self.clock.now()),
            **more,
        }
        if one is not None:
            fields |= {
                "CallSid": one.leg.sid,
                "ParticipantLabel": one.label,
                "Muted": str(one.muted).lower(),
                "Hold": str(one.hold).lower(),
                "Coaching": str(one.coaching is not None).lower(),
                "StartConferenceOnEnter": str(one.start_on_enter).lower(),
                "EndConferenceOnExit": str(one.end_on_exit).lower(),
            }
        conference.sequence += 1
        self.webhooks.report("conference", conference.callback, fields, sid=conference.sid)


async def _silent(_leg: CarrierLeg, _target: Target) -> None:
    """Before the player is joined."""
