"""One delivery on its way: claimed in the database before, settled in it after.

The row says `submitting`, and that is committed, before the carrier hears anything: whoever finds
it so after a crash knows that a phone may be ringing and looks before repeating. The fence in the
row is raised by each claim; what an earlier claimant still has to say is not written.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

import structlog
from sqlmodel import col, select

from hotline.deliveries.asker import Asker
from hotline.deliveries.by_phone import ByPhone
from hotline.deliveries.channels import (
    DeliveryChannel,
    FoundThere,
    Parcel,
    SealedAddresses,
    Writer,
)
from hotline.deliveries.model import Channel, DeliveryEvent, DeliveryState
from hotline.deliveries.policy import (
    CONFUSABLE_FOR,
    DIAL_WITHIN_S,
    LEASE,
    LOOK_EVERY,
    LOOK_WITHIN_S,
    MAX_TRIES,
    MAX_TRIES_BUSY,
    RESEND_AFTER,
    REST_S,
    URGENT_TRIES,
    back_off,
)
from hotline.deliveries.service import lock_delivery, move_delivery
from hotline.errors import (
    CarrierBusy,
    CarrierError,
    CarrierRefused,
    CarrierUnclear,
    CarrierUnreachable,
)
from hotline.ports import Carrier, Clock
from hotline.storage.session import Database, Work
from hotline.storage.tables import Delivery

log = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldDelivery:
    """A delivery whose row is held, and before it what stands behind it."""

    delivery: Delivery
    asker: Asker
    wanted: bool


RestFor = Callable[[float], Awaitable[None]]
DeliveryChange = Callable[[Work, HeldDelivery], Awaitable[None]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """The right to act for a delivery, while its row still bears this fence."""

    delivery_id: str
    fence: int
    channel: str
    parcel: Parcel
    resend_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Askers:
    """Everybody who asks, by purpose; who writes for them; and the ways beside the telephone.

    `base_url`: what the carrier's webhooks start with. `addresses`: of purposes whose rows do not
    hold the address itself.
    """

    by_purpose: Mapping[str, Asker]
    base_url: str
    writers: Mapping[str, Writer] = field(default_factory=dict)
    channels: Mapping[Channel, DeliveryChannel] = field(default_factory=dict)
    addresses: Mapping[str, SealedAddresses] = field(default_factory=dict)


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
        sleep: RestFor = asyncio.sleep,
    ) -> None:
        """`dial_within_s`: how long the carrier may take to say whether it dials. `carrier`: one
        that repeats nothing by itself. `sleep`: how a rest passes.
        """
        self._database = database
        self._clock = clock
        self._askers = askers
        self._channels = {Channel.PHONE: ByPhone(carrier), **askers.channels}
        self._dial_within_s = dial_within_s
        self._sleep = sleep

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
        channel = self._channels.get(Channel(claim.channel))
        if channel is None:
            await self._settle(claim, self._not_set_up)
            return
        change = await self._come_to(channel, claim.parcel)
        await self._settle(claim, change)
        if change == self._busy:  # in our turn: at its limit a carrier is not asked for the rest
            await self._sleep(REST_S)

    async def _come_to(self, channel: DeliveryChannel, parcel: Parcel) -> DeliveryChange:
        """Send it; what that means for the row."""
        try:
            async with asyncio.timeout(self._dial_within_s):
                sid = await channel.send(parcel)
        except CarrierRefused as no:
            return self._refused(no)
        except CarrierBusy:
            return self._busy
        except CarrierUnreachable:
            return self._unreachable
        except (CarrierUnclear, TimeoutError):
            return self._unclear
        return self._taken(sid, channel.taken_as)

    def _refused(self, no: CarrierRefused) -> DeliveryChange:
        async def change(work: Work, held: HeldDelivery) -> None:
            await self._fail(work, held, why=no.reason or f"refused {no.code}")

        return change

    async def _not_set_up(self, work: Work, held: HeldDelivery) -> None:
        await self._fail(work, held, why="not_set_up")

    async def _busy(self, work: Work, held: HeldDelivery) -> None:
        pause = back_off(held.delivery.id, held.delivery.tries)
        due_at = self._clock.now() + pause
        await self._retry(work, held, due_at=due_at, why="busy", most=MAX_TRIES_BUSY)

    async def _unreachable(self, work: Work, held: HeldDelivery) -> None:
        pause = back_off(held.delivery.id, held.delivery.tries)
        await self._retry(work, held, due_at=self._clock.now() + pause, why="unreachable")

    async def _unclear(self, work: Work, held: HeldDelivery) -> None:
        held.delivery.due_at = self._clock.now()
        await self._move(work, held, DeliveryEvent.UNCLEAR)

    def _taken(self, sid: str, event: DeliveryEvent) -> DeliveryChange:
        async def change(work: Work, held: HeldDelivery) -> None:
            held.delivery.carrier_sid = held.delivery.carrier_sid or sid
            await self._move(work, held, event)

        return change

    # ── settling ────────────────────────────────────────────────────────────────────────────

    async def settle(self, delivery_id: str) -> None:
        """Find out whether a doubtful delivery arrived: adopt it, or in time send it anew."""
        claim = await self._claim(delivery_id, DeliveryEvent.UNCLEAR, doubtful)
        if claim is None:
            return
        channel = self._channels.get(Channel(claim.channel))
        if channel is None or channel.repeatable:
            await self._settle(claim, self._under_the_same_id)
            return
        found: Sequence[FoundThere] = ()
        try:
            async with asyncio.timeout(LOOK_WITHIN_S):
                found = await channel.find(claim.parcel)
        except (CarrierError, TimeoutError) as fault:
            # The deadline for sending anew stands: reached twice is the lesser evil.
            log.info("delivery.not_looked_up", delivery_id=delivery_id, fault=type(fault).__name__)
        await self._settle(claim, self._found(claim, found))

    async def _under_the_same_id(self, work: Work, held: HeldDelivery) -> None:
        """Whoever gets it twice knows it again."""
        pause = back_off(held.delivery.id, held.delivery.tries)
        await self._retry(work, held, due_at=self._clock.now() + pause, why="unclear")

    def _found(self, claim: Claim, found: Sequence[FoundThere]) -> DeliveryChange:
        async def change(work: Work, held: HeldDelivery) -> None:
            now, delivery = self._clock.now(), held.delivery
            ours = await _ours_of(work, delivery, found)
            if ours is not None:
                delivery.carrier_sid = ours.sid
                await self._move(work, held, DeliveryEvent.TAKEN)
                if ours.ended is DeliveryEvent.FAILED:
                    await self._fail(work, held, why=ours.why)
                elif ours.ended is not None:
                    await self._move(work, held, ours.ended)
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
            if event is DeliveryEvent.CLAIMED and await _lets_pass(work, held.delivery):
                return None  # it stays due: the next look comes again
            _begin(held.delivery, event, now)
            await self._move(work, held, event)
            return self._claimed(held, await self._parcel(work, held, event))

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

    async def _parcel(self, work: Work, held: HeldDelivery, event: DeliveryEvent) -> Parcel:
        """Written words only where it is sent: each try has its own, and no row keeps them."""
        delivery, letter, mark = held.delivery, None, ""
        writer = self._askers.writers.get(delivery.purpose)
        if writer is not None and delivery.channel != Channel.PHONE:
            mark = await writer.mark(work, delivery)
            if event is DeliveryEvent.CLAIMED:
                letter = await writer.write(work, delivery, at=self._clock.now())
        sealed = self._askers.addresses.get(delivery.purpose)
        return Parcel(
            delivery_id=delivery.id,
            to=await sealed.open_address(work, delivery) if sealed else delivery.address,
            from_=delivery.sender,
            place=f"{self._askers.base_url}{held.asker.path}/{delivery.id}",
            ring_s=held.asker.ring_s,
            since=delivery.created_at,
            mark=mark,
            letter=letter,
        )

    def _claimed(self, held: HeldDelivery, parcel: Parcel) -> Claim:
        delivery = held.delivery
        lease_until = delivery.lease_until or delivery.due_at
        return Claim(
            delivery_id=delivery.id,
            fence=delivery.fence,
            channel=delivery.channel,
            parcel=parcel,
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

    async def _retry(
        self,
        work: Work,
        held: HeldDelivery,
        *,
        due_at: datetime,
        why: str,
        most: int = MAX_TRIES,
    ) -> None:
        """It was not taken. Once more where it is wanted, but not for ever."""
        if not held.wanted:
            await self._move(work, held, DeliveryEvent.SUPERSEDED, why=why)
        elif held.delivery.tries >= most:
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


async def _lets_pass(work: Work, delivery: Delivery) -> bool:
    """Whether something urgent that was told "not now" goes before: at its limit the carrier takes
    whoever asks next. Not for ever (`URGENT_TRIES`): it may be that one's address that is busy.
    """
    if delivery.urgent:
        return False
    waiting = (
        select(Delivery.id)
        .where(Delivery.state == DeliveryState.PENDING, col(Delivery.urgent))
        .where(Delivery.channel == delivery.channel, col(Delivery.tries).between(1, URGENT_TRIES))
    )
    return (await work.exec(waiting.limit(1))).first() is not None


def _due(delivery: Delivery, now: datetime) -> bool:
    return delivery.state == DeliveryState.PENDING and delivery.due_at <= now


def doubtful(delivery: Delivery, now: datetime) -> bool:
    """Its sender is gone, or could not tell, and it is time to look."""
    if delivery.state == DeliveryState.SUBMITTING:
        return (delivery.lease_until or delivery.due_at) <= now
    return delivery.state == DeliveryState.UNKNOWN and delivery.due_at <= now


async def _ours_of(
    work: Work, delivery: Delivery, found: Sequence[FoundThere]
) -> FoundThere | None:
    """What can only be this delivery. Where another could be it too: none."""
    if not found or await _is_confusable(work, delivery):
        return None
    query = select(Delivery.carrier_sid).where(
        col(Delivery.carrier_sid).in_([one.sid for one in found])
    )
    known = set((await work.exec(query)).all())
    return next((one for one in found if one.sid not in known), None)


async def _is_confusable(work: Work, delivery: Delivery) -> bool:
    query = (
        select(Delivery.id)
        .where(Delivery.address == delivery.address, Delivery.channel == delivery.channel)
        .where(Delivery.id != delivery.id)
        .where(col(Delivery.carrier_sid).is_(None), Delivery.tries > 0)
        .where(Delivery.created_at >= delivery.created_at - CONFUSABLE_FOR)
    )
    return (await work.exec(query.limit(1))).first() is not None
