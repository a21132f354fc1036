"""The exchange: legs begin, ring, are answered and end."""

import asyncio
from collections.abc import Awaitable, Callable
from email.utils import format_datetime

from hotline.carrier.clock import CarrierClock
from hotline.carrier.conferences import Conferences
from hotline.carrier.journal import Journal
from hotline.carrier.model import CarrierLeg, CarrierParticipant, Conference, Target
from hotline.carrier.numbers import AccountAtCarrier
from hotline.carrier.telephones import PICKED_UP, Telephones
from hotline.carrier.webhooks import Webhooks

Play = Callable[[CarrierLeg, Target], Awaitable[None]]

EVENT_OF = {"initiated": "initiated", "ringing": "ringing", "in-progress": "answered"}
LOOKS_AGAIN_S = 5.0


class Exchange:
    """All legs and conferences of one account."""

    telephones: Telephones

    def __init__(
        self,
        account: AccountAtCarrier,
        *,
        clock: CarrierClock,
        journal: Journal,
        webhooks: Webhooks,
    ) -> None:
        """The application sets `telephones`, and `play`: what a leg does once it is answered."""
        self.account, self.token = account.sid, account.token
        self.numbers = dict(account.numbers)
        self.clock, self.journal, self.webhooks = clock, journal, webhooks
        self.legs: dict[str, CarrierLeg] = {}
        self.conferences = Conferences(
            clock=clock, journal=journal, webhooks=webhooks, start=self.start
        )
        self.conferences.changed = self._arrange
        self.play: Play = _silent
        self._tasks: set[asyncio.Task[None]] = set()

    @property
    def listed(self) -> tuple[str, ...]:
        """The numbers that people know."""
        return tuple(number for number, one in self.numbers.items() if one.listed)

    def start(self, work: Awaitable[None]) -> asyncio.Task[None]:
        """Run something beside everything else."""
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    async def until(self, holds: Callable[[], bool]) -> None:
        """Wait until something about the legs holds."""
        while not holds():
            await self.journal.after(len(self.journal.entries), LOOKS_AGAIN_S)

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

    # ── legs ────────────────────────────────────────────────────────────────────────────────

    def dial_in(self, address: str, number: str) -> CarrierLeg:
        """Somebody dials one of our numbers."""
        announced = self.numbers[number]
        leg = CarrierLeg(account=self.account, address=address, from_=address, to=number,
                  direction="inbound", status_callback=announced.status_callback)  # fmt: skip
        leg.answer = Target(announced.voice_url)
        if announced.fallback_url:
            leg.fallback = Target(announced.fallback_url, announced.fallback_method)
        self._add(leg)
        leg.status = "ringing"
        self.run_player(leg, leg.answer)
        return leg

    def dial_out(self, leg: CarrierLeg) -> None:
        """The application dials somebody."""
        leg.address = self.telephones.address_of(leg.address)
        self._add(leg)
        self.start(self._ring(leg))

    def _add(self, leg: CarrierLeg) -> None:
        leg.created = self.clock.now()
        self.legs[leg.sid] = leg
        self.journal.write("leg", sid=leg.sid, address=leg.address, status=leg.status,
                           direction=leg.direction, to=leg.to)  # fmt: skip

    async def _ring(self, leg: CarrierLeg) -> None:
        self.set_status(leg, "initiated")
        how, by = await self.telephones.ring(leg)
        if leg.over:
            return
        if how != PICKED_UP:
            self.end(leg, how, by=by)
            return
        self._answer(leg)
        if leg.peer is not None and leg.peer.over:
            self.hang_up(leg, by="peer")  # it was answered and is over, before we came to it

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

    def run_player(self, leg: CarrierLeg, target: Target) -> None:
        """Let a leg follow documents, in place of those it followed until now."""
        if leg.player is not None:
            leg.player.cancel()
        leg.gathering = None
        leg.player = self.start(self.play(leg, target))

    async def answer_inbound(self, leg: CarrierLeg) -> None:
        """The first verb that needs a line answers it."""
        if leg.status == "ringing" and leg.direction == "inbound":
            leg.answered = self.clock.now()
            self.set_status(leg, "in-progress")
            await self.telephones.answer(leg)

    def end(self, leg: CarrierLeg, status: str, *, by: str) -> None:
        """A leg ends, once."""
        if leg.over:
            return
        leg.ended, leg.ended_by = self.clock.now(), by
        self.conferences.leave(leg, "participant_hung_up")
        self.telephones.let_go(leg, status)
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

    def _arrange(self, conference: Conference) -> None:
        self.telephones.arrange(conference)

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
