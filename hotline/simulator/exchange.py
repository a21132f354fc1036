"""The exchange: legs begin, ring, are answered and end."""

import asyncio
from collections.abc import Awaitable, Callable
from email.utils import format_datetime

from hotline.numbers import as_people_dial
from hotline.simulator.clock import SimulatorClock
from hotline.simulator.conferences import Conferences
from hotline.simulator.journal import Journal
from hotline.simulator.model import CarrierLeg, CarrierParticipant, Conference, Handset, Target
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
        self.conferences = Conferences(
            clock=clock, journal=journal, webhooks=webhooks, start=self.start
        )
        self.handsets: dict[str, Handset] = {}
        self.play: Play = _silent
        self._tasks: set[asyncio.Task[None]] = set()

    @property
    def listed(self) -> tuple[str, ...]:
        """The numbers that people know."""
        return tuple(number for number, one in self.numbers.items() if one.listed)

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
        if announced.fallback_url:
            leg.fallback = Target(announced.fallback_url, announced.fallback_method)
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
        number = next((one for one in (leg.to, leg.address) if one in self.numbers), None)
        if number is not None:
            await self._ring_number(leg, number)
            return
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
        self._answer(leg)

    async def _ring_number(self, leg: CarrierLeg, number: str) -> None:
        """One of the application's own: it is announced like any call, and keys go across."""
        self.set_status(leg, "ringing")
        far = self.dial_in(leg.from_, number)
        leg.peer, far.peer = far, leg
        await self.until(lambda: far.answered is not None or far.over or leg.over)
        if far.over and far.answered is None:
            self.end(leg, far.status, by="handset")
        elif leg.over:
            self.end(far, "canceled", by="peer")
        else:
            self._answer(leg)
            if far.over:  # it was answered and is over, before we came to it
                self.hang_up(leg, by="peer")

    def _answer(self, leg: CarrierLeg) -> None:
        leg.answered = self.clock.now()
        self.set_status(leg, "in-progress")
        if leg.on_answer is not None:
            leg.player = self.start(leg.on_answer())
        elif leg.answer is not None:
            self.run_player(leg, leg.answer)

    def invite(self, conference: Conference, one: CarrierParticipant) -> None:
        """Ring somebody who is to come into a conference, and hear of no document."""

        async def join() -> None:
            if one in conference.coming:  # or it ended in the moment in which they answered
                conference.coming.remove(one)
                await self.conferences.stay(conference, one)
            self.hang_up(one.leg, by="conference")

        conference.coming.append(one)
        one.leg.on_answer = join
        self.dial_out(one.leg)
        self.start(self._give_up_when_unwanted(one))

    async def _give_up_when_unwanted(self, one: CarrierParticipant) -> None:
        """Nobody is rung for a conference that is over, or after being sent away."""
        await one.left.wait()
        if one.leg.answered is None:
            self.hang_up(one.leg, by="conference")

    async def _give_up(self, leg: CarrierLeg) -> None:
        asked = leg.direction == "outbound-api"
        await self.clock.sleep(leg.ring_s + BUFFER_S, asked=asked)
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
        self.conferences.leave(leg, "participant_hung_up")
        phone = self.handsets.get(leg.address)
        if phone is not None and phone.leg is leg:
            phone.leg = None
        if leg.picked_up is not None and not leg.picked_up.done():
            leg.picked_up.set_result(status)
        self.set_status(leg, status)
        if leg.peer is not None and leg.peer.answered is not None:
            self.hang_up(leg.peer, by="peer")
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
            **({"ParentCallSid": leg.parent} if leg.parent else {}),
        }


async def _silent(_leg: CarrierLeg, _target: Target) -> None:
    """Before the player is joined."""
