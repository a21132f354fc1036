"""What the rows ask of the carrier: dial, hang up, bring together, hold.

Every wish is a row first (`Leg`, `Call.held`, a state); this module makes the network agree and
is safe to ask twice, so a new leader simply asks again. A lost answer never stops the loop: each
request runs on its own, and its failure is one more event.
"""

from datetime import datetime, timedelta

import structlog

from hotline.background import BackgroundJobs
from hotline.callcontrol import participants
from hotline.callcontrol.offers import refuse_offer
from hotline.callcontrol.participants import NewLeg, conference_name
from hotline.calls.model import CallState, OfferState
from hotline.errors import CarrierError, CarrierUnclear, LegGone
from hotline.ports import Carrier, Clock, Dial, LegStatus
from hotline.storage.session import Database
from hotline.storage.tables import Call, Leg, Line, Offer

log = structlog.get_logger()

DIAL_SLACK = timedelta(seconds=5)  # the carrier's own clock may differ from ours by this much
BRING_IN_AGAIN_AFTER = timedelta(seconds=5)  # a redirect that was heard is followed much sooner


class Dialler:
    """Carries out wishes at the carrier, each in a background job that is done once at a time."""

    def __init__(
        self, *, database: Database, carrier: Carrier, clock: Clock, base_url: str
    ) -> None:
        """`base_url`: what the carrier's webhooks start with."""
        self._database = database
        self._carrier = carrier
        self._clock = clock
        self._base = base_url
        self.jobs = BackgroundJobs(expected=(CarrierError,))
        self._brought_in: dict[tuple[str, int], datetime] = {}  # by call and turn

    async def stop(self) -> None:
        """End all jobs; their rows stay as they are and the next leader goes on."""
        await self.jobs.stop()

    # ── legs ────────────────────────────────────────────────────────────────────────────────

    def ring(self, leg: Leg | NewLeg) -> None:
        """Dial the counselor's leg of a fresh offer."""
        self.jobs.start(f"leg:{leg.id}", self._ring(leg))

    async def _ring(self, leg: Leg | NewLeg) -> None:
        async with self._database.work() as work:
            call = await work.get_one(Call, leg.call_id)
            line = await work.get_one(Line, call.line_id)
            offer = await work.get_one(Offer, leg.offer_id)
        ring_s = round((offer.expires_at - offer.offered_at).total_seconds())
        try:
            sid = await self._carrier.dial(self._dial(leg, line.number_shown, ring_s))
        except CarrierUnclear:
            return  # it may be ringing: its callbacks or the offer's expiry settle it
        except CarrierError as fault:
            await self._never_rang(leg, type(fault).__name__)
            return
        await self._keep_sid(leg, sid)

    async def _keep_sid(self, leg: Leg | NewLeg, sid: str) -> None:
        async with self._database.work() as work:
            row = await work.get_one(Leg, leg.id, with_for_update=True)
            row.carrier_sid = row.carrier_sid or sid
            if row.hang_up:  # the caller left while we dialled
                work.announce("leg", row.id)

    async def _never_rang(self, leg: Leg | NewLeg, why: str) -> None:
        log.warning("leg.not_dialled", leg_id=leg.id, error=why)
        now = self._clock.now()
        async with self._database.work() as work:
            row = await work.get_one(Leg, leg.id, with_for_update=True)
            row.status, row.ended_at = LegStatus.FAILED, now
        async with self._database.work() as work:
            offer_id = str(leg.offer_id)
            await refuse_offer(
                work, leg.call_id, offer_id, OfferState.FAILED, at=now, reason="not_reachable"
            )

    def find_or_ring(self, leg: Leg) -> None:
        """A leg of an earlier leader without a sid: adopt it if it rings, else dial it."""
        self.jobs.start(f"leg:{leg.id}", self._find_or_ring(leg))

    async def _find_or_ring(self, leg: Leg) -> None:
        since = leg.created_at - DIAL_SLACK
        found = await self._carrier.find_legs(to=leg.address, since=since)
        alive = [report.sid for report in found if not report.status.over]
        if alive:
            await self._keep_sid(leg, alive[0])
        else:
            await self._ring(leg)

    def ring_interpreter(self, leg: Leg) -> None:
        """Dial somebody who translates, once."""
        self.jobs.start(f"leg:{leg.id}", self._ring_interpreter(leg))

    async def _ring_interpreter(self, leg: Leg) -> None:
        now = self._clock.now()
        async with self._database.work() as work:
            if not await participants.begin_to_dial(work, leg.id, at=now):
                return
            call = await work.get_one(Call, leg.call_id)
            line = await work.get_one(Line, call.line_id)
        try:
            sid = await self._carrier.dial(self._dial(leg, line.number_shown, participants.RING_S))
        except CarrierUnclear:
            return  # its callbacks settle it, or the sweep when there are none
        except CarrierError as fault:
            async with self._database.work() as work:
                await participants.lose_interpreter(work, leg.id, at=now, why=type(fault).__name__)
            return
        await self._keep_sid(leg, sid)

    def _dial(self, leg: Leg | NewLeg, from_: str, ring_s: int) -> Dial:
        return Dial(
            to=leg.address,
            from_=from_,
            answer_url=f"{self._base}/voice/legs/{leg.id}/answer",
            status_url=f"{self._base}/voice/legs/{leg.id}/status",
            ring_s=ring_s,
        )

    def hang_up(self, leg: Leg) -> None:
        """End a leg that nobody needs."""
        if leg.carrier_sid is not None:
            self.jobs.start(f"hang_up:{leg.id}", self._hang_up(leg.id, leg.carrier_sid))

    async def _hang_up(self, leg_id: str, sid: str) -> None:
        await self._carrier.hang_up(sid)
        async with self._database.work() as work:
            row = await work.get_one(Leg, leg_id, with_for_update=True)
            if not LegStatus(row.status).over:
                row.status, row.ended_at = LegStatus.COMPLETED, self._clock.now()

    # ── the caller ──────────────────────────────────────────────────────────────────────────

    def bring_in(self, call: Call) -> None:
        """Send the caller to the counselor. `call` may be older than what was done already."""
        self.jobs.start(f"caller:{call.id}", self._bring_in(call.id, call.turn))

    async def _bring_in(self, call_id: str, turn: int) -> None:
        """Once: a redirect would tear somebody who is in already out of the talk again."""
        now, which = self._clock.now(), (call_id, turn)
        for old in [
            one for one, at in self._brought_in.items() if now - at >= BRING_IN_AGAIN_AFTER
        ]:
            del self._brought_in[old]
        async with self._database.work() as work:
            call = await work.get_one(Call, call_id)
        still_to_come = call.state == CallState.CONNECTING and call.turn == turn
        if still_to_come and which not in self._brought_in:
            url = f"{self._base}/voice/calls/{call_id}/join?turn={turn}"
            await self._send_caller(call.carrier_sid, url)
            self._brought_in[which] = now

    def send_caller(self, call: Call, where: str) -> None:
        """Make the caller's leg ask for its next document."""
        url = f"{self._base}/voice/calls/{call.id}/{where}"
        self.jobs.start(f"caller:{call.id}", self._send_caller(call.carrier_sid, url))

    async def _send_caller(self, sid: str, url: str) -> None:
        try:
            await self._carrier.redirect(sid, url)
        except LegGone:  # the caller hung up first: the status callback tells the rest
            log.info("caller.gone_before_redirect")

    def end_caller(self, call: Call) -> None:
        """End the caller's leg: only after the goodbye had its time."""
        self.jobs.start(f"caller:{call.id}", self._carrier.hang_up(call.carrier_sid))

    def set_hold(self, call: Call) -> None:
        """Give the caller music, or take it away, as the row says."""
        self.jobs.start(
            f"hold:{call.id}", self._set_hold(call.id, call.carrier_sid, held=call.held)
        )

    async def _set_hold(self, call_id: str, sid: str, *, held: bool) -> None:
        music = f"{self._base}/voice/calls/{call_id}/music"
        try:
            await self._carrier.set_hold(conference_name(call_id), sid, held=held, music_url=music)
        except LegGone:  # the talk ended while the key was pressed
            log.info("caller.gone_before_hold", call_id=call_id)
