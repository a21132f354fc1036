"""Hands out the deliveries that are due: to a worker, and where none takes them, to itself.

Needs no leader. Each delivery is claimed under a fence, so any number of dispatchers, and workers
beside them, may run at once. Truth and time-outs live in the rows; the queue only makes workers
look sooner.
"""

from collections import defaultdict
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from functools import partial

from sqlalchemy import ColumnElement, and_, func, or_
from sqlmodel import col, select, update

from hotline.background import BackgroundJobs
from hotline.deliveries.model import DeliveryState
from hotline.deliveries.policy import LEASE, LONGEST_BACK_OFF, PATIENCE, RESEND_AFTER
from hotline.deliveries.sending import Sender
from hotline.deliveries.urgency import UrgentFirst
from hotline.ports import Clock, JobQueue
from hotline.storage.session import Database
from hotline.storage.tables import Delivery

ROWS_A_TICK = 100
SENDS_AT_ONCE = 8  # of one purpose by one way
DELIVER = "deliver"

PAUSES = (
    (DeliveryState.PENDING, col(Delivery.due_at), LONGEST_BACK_OFF),
    (DeliveryState.UNKNOWN, col(Delivery.due_at), RESEND_AFTER),
    (DeliveryState.UNKNOWN, col(Delivery.lease_until), LEASE),
    (DeliveryState.SUBMITTING, col(Delivery.lease_until), LEASE),
)
"""What a delivery waits for, and how long at most."""


class Dispatcher:
    """One of possibly several."""

    def __init__(self, *, database: Database, sender: Sender, jobs: JobQueue, clock: Clock) -> None:
        """`sender` sends what no worker takes."""
        self._database = database
        self._sender = sender
        self._jobs = jobs
        self._clock = clock
        self._nudged: set[tuple[str, int]] = set()
        self._sending = BackgroundJobs()
        self._lanes: defaultdict[tuple[str, str], UrgentFirst] = defaultdict(
            partial(UrgentFirst, SENDS_AT_ONCE)
        )

    async def tick(self) -> None:
        """One look at everything that is due. What must be sent goes on in the background."""
        now = self._clock.now()
        await self._clamp_pauses(now)
        await self._look_into_doubtful(now)
        await self._hand_out(now)

    async def settled(self) -> None:
        """Wait until nothing is being sent."""
        await self._sending.settled()

    async def stop(self) -> None:
        """End what is being sent. It stays `submitting` in its row: whoever comes next looks."""
        await self._sending.stop()

    async def _clamp_pauses(self, now: datetime) -> None:
        """After a clock was set back, pauses and leases from the future count as over."""
        async with self._database.work() as work:
            for state, moment, longest in PAUSES:
                mine = select(Delivery.id).where(Delivery.state == state, moment > now + longest)
                held = mine.with_for_update(skip_locked=True).scalar_subquery()
                late = update(Delivery).where(col(Delivery.id).in_(held)).values({moment: now})
                await work.exec(late.execution_options(synchronize_session=False))

    async def _look_into_doubtful(self, now: datetime) -> None:
        """As `sending.doubtful` says of one row."""
        left = and_(
            col(Delivery.state) == DeliveryState.SUBMITTING, col(Delivery.lease_until) <= now
        )
        unclear = and_(col(Delivery.state) == DeliveryState.UNKNOWN, col(Delivery.due_at) <= now)
        query = select(Delivery).where(self._ours(), or_(left, unclear))
        in_order = query.order_by(col(Delivery.urgent).desc(), col(Delivery.due_at))
        async with self._database.work() as work:
            found = (await work.exec(in_order.limit(ROWS_A_TICK))).all()
        for one in found:
            self._sending.start(f"settle:{one.id}", self._in_turn(one, self._sender.settle))

    async def _hand_out(self, now: datetime) -> None:
        waiting = await self._read_pending(now)
        self._nudged &= {(one.id, one.tries) for one in waiting}
        for one in waiting:
            if now - one.due_at >= PATIENCE or not await self._nudge(one.id, one.tries):
                self._sending.start(f"send:{one.id}", self._in_turn(one, self._sender.deliver))

    async def _in_turn(self, one: Delivery, act: Callable[[str], Awaitable[None]]) -> None:
        """No purpose and no way takes the turns of another, and what is urgent goes before."""
        async with self._lanes[one.purpose, one.channel].turn(urgent=one.urgent):
            await act(one.id)

    async def _read_pending(self, now: datetime) -> Sequence[Delivery]:
        """Of each purpose as many as are looked at in one tick."""
        in_order = (col(Delivery.urgent).desc(), col(Delivery.due_at))
        place = func.row_number().over(partition_by=col(Delivery.purpose), order_by=in_order)
        due = self._ours(), Delivery.state == DeliveryState.PENDING, Delivery.due_at <= now
        placed = select(Delivery.id, place.label("place")).where(*due).subquery()
        first = select(placed.c.id).where(placed.c.place <= ROWS_A_TICK)
        query = select(Delivery).where(col(Delivery.id).in_(first)).order_by(*in_order)
        async with self._database.work() as work:
            return (await work.exec(query)).all()

    async def _nudge(self, delivery_id: str, tries: int) -> bool:
        """Once for each try. False where nobody can have heard it."""
        if (delivery_id, tries) in self._nudged:
            return True
        if not await self._jobs.wake(DELIVER, delivery_id):
            return False
        self._nudged.add((delivery_id, tries))
        return True

    def _ours(self) -> ColumnElement[bool]:
        """What a newer version asks for is left to it; it must not stand in the way of others."""
        return col(Delivery.purpose).in_(self._sender.purposes)
