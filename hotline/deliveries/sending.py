"""One delivery at the carrier: claimed in the database before, settled in it after.

The row says `submitting`, and that is committed, before the carrier hears anything: whoever finds
it so after a crash knows that a phone may be ringing and looks before repeating. The fence in the
row is raised by each claim; what an earlier claimant still has to say is not written.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import structlog
from sqlmodel import col, select

from hotline.deliveries.asker import Asker
from hotline.deliveries.model import DeliveryEvent, DeliveryState
from hotline.deliveries.policy import (
    CONFUSABLE_FOR,
    DIAL_WITHIN_S,
    LEASE,
    LOOK_EVERY,
    LOOK_WITHIN_S,
    MAX_TRIES,
    RESEND_AFTER,
    back_off,
)
from hotline.deliveries.service import lock_delivery, move_delivery
from hotline.errors import CarrierError, CarrierRefused, CarrierUnclear, CarrierUnreachable
from hotline.ports import Carrier, Clock, Dial, LegReport
from hotline.storage.session import Database, Work
from hotline.storage.tables import Delivery

log = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldDelivery:
    """A delivery whose row is held, and before it what stands behind it."""

    delivery: Delivery
    asker: Asker
    wanted: bool


DeliveryChange = Callable[[Work, HeldDelivery], Awaitable[None]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """The right to act for a delivery, while its row still bears this fence."""

    delivery_id: str
    fence: int
    dial: Dial
    since: datetime
    resend_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Askers:
    """Everybody who asks, by purpose. `base_url`: what the carrier's webhooks start with."""

    by_purpose: Mapping[str, Asker]
    base_url: str

    def dial_of(self, held: HeldDelivery) -> Dial:
        """The leg to be started. Its webhooks live with whoever asked for it."""
        place = f"{self.base_url}{held.asker.path}/{held.delivery.id}"
        return Dial(
            to=held.delivery.address,
            from_=held.delivery.sender,
            answer_url=f"{place}/answer",
            status_url=f"{place}/status",
            ring_s=held.asker.ring_s,
        )


class Sender:
    """Sends deliveries, and finds out what became of the doubtful ones."""

    def __init__(
        self,
        *,
        database: Database,
        carrier: Carrier,
        clock: Clock,
        askers: Askers,
        dial_within_s: float = DIAL_WITHIN_S,
    ) -> None:
        """`dial_within_s`: how long the carrier may take to say whether it dials."""
        self._database = database
        self._carrier = carrier
        self._clock = clock
        self._askers = askers
        self._dial_within_s = dial_within_s

    @property
    def purposes(self) -> frozenset[str]:
        """Whose deliveries can be sent here."""
        return frozenset(self._askers.by_purpose)

    # ── dialling ────────────────────────────────────────────────────────────────────────────

    async def deliver(self, delivery_id: str) -> None:
        """Send a pending delivery. Does nothing where somebody else does it, or did."""
        claim = await self._claim(delivery_id, DeliveryEvent.CLAIMED, _due)
        if claim is None:
            return
        try:
            async with asyncio.timeout(self._dial_within_s):
                sid = await self._carrier.dial(claim.dial)
        except CarrierRefused as no:
            await self._settle(claim, self._refused(no.code))
        except CarrierUnreachable:
            await self._settle(claim, self._unreachable)
        except (CarrierUnclear, TimeoutError):
            await self._settle(claim, self._unclear)
        else:
            await self._settle(claim, self._taken(sid))

    def _refused(self, code: int) -> DeliveryChange:
        async def change(work: Work, held: HeldDelivery) -> None:
            await self._fail(work, held, why=f"refused {code}")

        return change

    async def _unreachable(self, work: Work, held: HeldDelivery) -> None:
        pause = back_off(held.delivery.id, held.delivery.tries)
        await self._retry(work, held, due_at=self._clock.now() + pause, why="unreachable")

    async def _unclear(self, work: Work, held: HeldDelivery) -> None:
        held.delivery.due_at = self._clock.now()
        await self._move(work, held, DeliveryEvent.UNCLEAR)

    def _taken(self, sid: str) -> DeliveryChange:
        async def change(work: Work, held: HeldDelivery) -> None:
            held.delivery.carrier_sid = sid
            await self._move(work, held, DeliveryEvent.TAKEN)

        return change

    # ── settling ────────────────────────────────────────────────────────────────────────────

    async def settle(self, delivery_id: str) -> None:
        """Find out whether a doubtful delivery rings: adopt its leg, or in time send it anew."""
        claim = await self._claim(delivery_id, DeliveryEvent.UNCLEAR, doubtful)
        if claim is None:
            return
        try:
            async with asyncio.timeout(LOOK_WITHIN_S):
                legs = await self._carrier.find_legs(to=claim.dial.to, since=claim.since)
        except (CarrierError, TimeoutError):
            legs = ()  # the deadline for sending anew stands: reached twice is the lesser evil
        await self._settle(claim, self._found(claim, legs))

    def _found(self, claim: Claim, legs: Sequence[LegReport]) -> DeliveryChange:
        async def change(work: Work, held: HeldDelivery) -> None:
            now, delivery = self._clock.now(), held.delivery
            leg = await _leg_of(work, delivery, legs)
            if leg is not None:
                delivery.carrier_sid = leg.sid
                await self._move(work, held, DeliveryEvent.TAKEN)
                if leg.status.over:
                    await self._fail(work, held, why=leg.status.value)
            elif now >= claim.resend_at:
                await self._retry(work, held, due_at=now, why="not_found")
            else:
                delivery.due_at = min(delivery.due_at, claim.resend_at)

        return change

    # ── both ────────────────────────────────────────────────────────────────────────────────

    async def _claim(
        self, delivery_id: str, event: DeliveryEvent, ripe: Callable[[Delivery, datetime], bool]
    ) -> Claim | None:
        now = self._clock.now()
        async with self._database.work() as work:
            held = await self._hold(work, delivery_id)
            if held is None or not ripe(held.delivery, now):
                return None
            if not held.wanted:
                await self._move(work, held, DeliveryEvent.SUPERSEDED)
                return None
            _begin(held.delivery, event, now)
            await self._move(work, held, event)
            return self._claimed(held)

    async def _hold(self, work: Work, delivery_id: str) -> HeldDelivery | None:
        """None where there is no such delivery, or nobody here knows what it is for."""
        query = select(Delivery.purpose).where(Delivery.id == delivery_id)
        purpose = (await work.exec(query)).one_or_none()
        asker = self._askers.by_purpose.get(purpose or "")
        if asker is None:
            return None
        wanted = await asker.lock(work, delivery_id)
        delivery = await lock_delivery(work, delivery_id)
        return HeldDelivery(delivery=delivery, asker=asker, wanted=wanted)

    def _claimed(self, held: HeldDelivery) -> Claim:
        delivery = held.delivery
        lease_until = delivery.lease_until or delivery.due_at
        return Claim(
            delivery_id=delivery.id,
            fence=delivery.fence,
            dial=self._askers.dial_of(held),
            since=delivery.created_at,
            resend_at=lease_until - LEASE + RESEND_AFTER,
        )

    async def _settle(self, claim: Claim, change: DeliveryChange) -> None:
        async with self._database.work() as work:
            held = await self._hold(work, claim.delivery_id)
            if held is None or held.delivery.fence != claim.fence:
                log.info("delivery.claim_lost", delivery_id=claim.delivery_id, fence=claim.fence)
                return
            await change(work, held)

    async def _move(
        self, work: Work, held: HeldDelivery, event: DeliveryEvent, *, why: str = ""
    ) -> bool:
        at = self._clock.now()
        if not move_delivery(held.delivery, event, at=at, why=why):
            return False
        await held.asker.told(work, held.delivery, event, at=at, why=why)
        return True

    async def _fail(self, work: Work, held: HeldDelivery, *, why: str) -> None:
        """Nobody was reached; no failure where nobody was needed any more."""
        event = DeliveryEvent.FAILED if held.wanted else DeliveryEvent.SUPERSEDED
        await self._move(work, held, event, why=why)

    async def _retry(self, work: Work, held: HeldDelivery, *, due_at: datetime, why: str) -> None:
        """The carrier did not take it. Once more where it is wanted, but not for ever."""
        if not held.wanted:
            await self._move(work, held, DeliveryEvent.SUPERSEDED, why=why)
        elif held.delivery.tries >= MAX_TRIES:
            await self._move(work, held, DeliveryEvent.GIVEN_UP, why=why)
        elif await self._move(work, held, DeliveryEvent.NOT_TAKEN, why=why):
            held.delivery.due_at = due_at


def _begin(delivery: Delivery, event: DeliveryEvent, now: datetime) -> None:
    delivery.fence += 1
    if event is DeliveryEvent.CLAIMED:
        delivery.tries += 1
        delivery.lease_until = now + LEASE
    else:
        delivery.due_at = now + LOOK_EVERY


def _due(delivery: Delivery, now: datetime) -> bool:
    return delivery.state == DeliveryState.PENDING and delivery.due_at <= now


def doubtful(delivery: Delivery, now: datetime) -> bool:
    """Its sender is gone, or could not tell, and it is time to look."""
    if delivery.state == DeliveryState.SUBMITTING:
        return (delivery.lease_until or delivery.due_at) <= now
    return delivery.state == DeliveryState.UNKNOWN and delivery.due_at <= now


async def _leg_of(work: Work, delivery: Delivery, legs: Sequence[LegReport]) -> LegReport | None:
    """The leg that can only be this delivery's. Where another could have it too: none."""
    if not legs or await _is_confusable(work, delivery):
        return None
    query = select(Delivery.carrier_sid).where(
        col(Delivery.carrier_sid).in_([leg.sid for leg in legs])
    )
    known = set((await work.exec(query)).all())
    free = [leg for leg in legs if leg.sid not in known]
    alive = [leg for leg in free if not leg.status.over]
    return next(iter(alive or free), None)


async def _is_confusable(work: Work, delivery: Delivery) -> bool:
    query = (
        select(Delivery.id)
        .where(Delivery.address == delivery.address, Delivery.id != delivery.id)
        .where(col(Delivery.carrier_sid).is_(None), Delivery.tries > 0)
        .where(Delivery.created_at >= delivery.created_at - CONFUSABLE_FOR)
    )
    return (await work.exec(query.limit(1))).first() is not None
