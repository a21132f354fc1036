"""Phones that ring for what is answered elsewhere stop ringing.

What is wanted stands in the row (`stop_at`), so that it outlives whoever asked the carrier. How the
leg ended is told by its own webhook, as of every leg: nothing is moved here.
"""

from datetime import datetime, timedelta

import structlog
from sqlmodel import col, or_, select, update

from hotline.background import BackgroundJobs
from hotline.deliveries.model import MAY_RING, DeliveryState
from hotline.errors import CarrierError
from hotline.ports import Carrier, Clock
from hotline.storage.session import Database
from hotline.storage.tables import Delivery

log = structlog.get_logger()

ROWS_A_LOOK = 100
STOPS_AT_ONCE = 8
AGAIN_AFTER = timedelta(seconds=2)
RINGS_AT_MOST = timedelta(minutes=5)  # no phone rings longer, also where its dial was in doubt
MAY_BE_STOPPED = (*MAY_RING, DeliveryState.SUPERSEDED)


class PhoneStopper:
    """One of possibly several: what two ask of the carrier is the same as what one asks."""

    def __init__(self, *, database: Database, carrier: Carrier, clock: Clock) -> None:
        """On these rows, by this clock."""
        self._database = database
        self._carrier = carrier
        self._clock = clock
        self.jobs = BackgroundJobs(at_once=STOPS_AT_ONCE, expected=(CarrierError,))

    async def tick(self) -> None:
        """One look. The carrier is asked in the background."""
        now = self._clock.now()
        for delivery_id, sid in await self._to_stop(now):
            self.jobs.start(delivery_id, self._stop(delivery_id, sid))

    async def _to_stop(self, now: datetime) -> list[tuple[str, str]]:
        """Those that are due, by id and the carrier's id; also where the clock was set back."""
        due = or_(col(Delivery.stop_at) <= now, col(Delivery.stop_at) > now + AGAIN_AFTER)
        query = (
            select(Delivery.id, Delivery.carrier_sid)
            .where(due, col(Delivery.carrier_sid).is_not(None))
            .where(col(Delivery.state).in_(MAY_BE_STOPPED))
            .where(Delivery.created_at > now - RINGS_AT_MOST)
            .order_by(col(Delivery.urgent).desc(), col(Delivery.stop_at))
        )
        async with self._database.work() as work:
            found = (await work.exec(query.limit(ROWS_A_LOOK))).all()
        return [(key, sid) for key, sid in found if sid]

    async def _stop(self, delivery_id: str, sid: str) -> None:
        """Asked again where the carrier did not say yes."""
        await self._ask_again(delivery_id, self._clock.now() + AGAIN_AFTER)
        await self._carrier.stop_ringing(sid)
        await self._ask_again(delivery_id, None)
        log.info("delivery.stopped", delivery_id=delivery_id)

    async def _ask_again(self, delivery_id: str, at: datetime | None) -> None:
        query = update(Delivery).where(col(Delivery.id) == delivery_id).values(stop_at=at)
        async with self._database.work() as work:
            await work.exec(query.execution_options(synchronize_session=False))
