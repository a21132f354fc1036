"""A child in danger whose line broke and whom nobody reached in time: a supervisor's phone rings.

The floor and the list of callbacks show it at once; but at night nobody may look at them. Rung
when a minute has passed in vain, and anew when the system has tried often enough and only people
call. Told is who pressed a key: a mailbox presses none.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta

import structlog
from sqlmodel import col, select

from hotline.callbacks.model import STILL_OWED, CallbackState
from hotline.callbacks.service import lock_callback, note_in_call
from hotline.calls.model import Urgency
from hotline.deliveries.model import LIVE, DeliveryEvent, DeliveryState
from hotline.deliveries.service import (
    NewDelivery,
    ask_for_delivery,
    lock_delivery,
    move_delivery,
    subject_behind,
)
from hotline.ports import Clock, LegStatus
from hotline.staff.model import Role
from hotline.storage.session import Database, Work
from hotline.storage.tables import Call, Callback, Delivery, Line, Staff

log = structlog.get_logger()

DROPPED_CHILD = "dropped_child"  # the purpose of these deliveries
TOLD = "callback.supervisor_told"
RING_S = 30
ROUNDS, APART = 3, timedelta(minutes=5)  # as often a phone rings for one reason, and no more
MOST_AT_ONCE = 50
KEY_HEARD = "1"


# ── once a second ───────────────────────────────────────────────────────────────────────────────


class DroppedLook:
    """One of possibly several: a round has one key, whoever asks for it."""

    def __init__(self, *, database: Database, clock: Clock) -> None:
        """On these rows, by this clock."""
        self._database = database
        self._clock = clock

    async def tick(self) -> None:
        """Ring a supervisor for whoever is late, where it is time for a round."""
        at = self._clock.now()
        async with self._database.work() as work:
            for callback in await _late(work, at=at):
                await ring_supervisor(work, callback, at=at)


async def _late(work: Work, *, at: datetime) -> list[Callback]:
    query = (
        select(Callback)
        .where(Callback.urgency == Urgency.CRISIS, Callback.state == CallbackState.OPEN)
        .where(col(Callback.due_at) <= at)
        .order_by(col(Callback.due_at))
        .limit(MOST_AT_ONCE)
    )
    return list((await work.exec(query)).all())


async def ring_supervisor(work: Work, callback: Callback, *, at: datetime) -> None:
    """The next round for the reason there is now. None where somebody was told, or is rung."""
    reason = "late" if callback.try_at is not None else "left_to_people"
    keys = [f"{DROPPED_CHILD}|{callback.id}|{reason}|{n}" for n in range(ROUNDS)]
    query = select(Delivery).where(col(Delivery.dedupe_key).in_(keys))
    before = (await work.exec(query)).all()
    told = any(one.state in (*LIVE, DeliveryState.ACKNOWLEDGED) for one in before)
    if told or len(before) >= ROUNDS or _rang_just_now(before, at):
        return
    line = await work.get_one(Line, callback.line_id)
    phone = await _phone(work, line)
    if phone:
        wanted = NewDelivery(purpose=DROPPED_CHILD, key=keys[len(before)], address=phone,
                             sender=line.number_shown, urgent=True)  # fmt: skip
        await ask_for_delivery(work, wanted, at=at)


def _rang_just_now(before: Iterable[Delivery], at: datetime) -> bool:
    """A clock set back makes no ring of the future hold up the next one."""
    return any(timedelta() <= at - one.created_at < APART for one in before)


async def _phone(work: Work, line: Line) -> str:
    """The supervisor's, else the own phone of one of them, else the duty phone."""
    query = (
        select(Staff.own_phone)
        .where(col(Staff.active), col(Staff.roles).contains([Role.SUPERVISOR]))
        .where(col(Staff.lines).contains([line.id]), Staff.own_phone != "")
        .order_by(col(Staff.id))
        .limit(1)
    )
    return line.supervisor_phone or (await work.exec(query)).first() or line.duty_phone


# ── sent and answered ───────────────────────────────────────────────────────────────────────────


class DroppedCalls:
    """Who asks for these deliveries, as `deliveries.asker` wants to see it."""

    path = "/voice/dropped"
    ring_s = RING_S

    async def lock(self, work: Work, delivery_id: str) -> bool:
        """Hold the callback. Whoever is not owed it any more needs nobody's phone."""
        callback = await _callback_behind(work, delivery_id)
        return callback is not None and callback.state in STILL_OWED

    async def told(
        self, work: Work, delivery: Delivery, event: DeliveryEvent, *, at: datetime, why: str
    ) -> None:
        """The next round comes by itself; only a key is written down."""
        log.info("dropped_child.phone", delivery_id=delivery.id, happened=event, why=why)


async def phone_answered(work: Work, delivery_id: str, *, at: datetime) -> str | None:
    """Somebody, or a mailbox. The line's name; None where nobody needs to be told any more."""
    callback = await _callback_behind(work, delivery_id)
    if callback is None or callback.state not in STILL_OWED:
        return None
    move_delivery(await lock_delivery(work, delivery_id), DeliveryEvent.ANSWERED, at=at)
    return (await work.get_one(Line, callback.line_id)).name


async def supervisor_heard(work: Work, delivery_id: str, digits: str, *, at: datetime) -> bool:
    """Whether the key was pressed: somebody knows, and the call's timeline says so."""
    callback = await _callback_behind(work, delivery_id)
    if callback is None or digits != KEY_HEARD:
        return False
    delivery = await lock_delivery(work, delivery_id)
    is_news = move_delivery(delivery, DeliveryEvent.ACKNOWLEDGED, at=at)
    if is_news and callback.call_id is not None:
        call = await work.get_one(Call, callback.call_id)
        note_in_call(work, call, TOLD, at=at, callback=callback)
    return True


async def phone_ended(work: Work, delivery_id: str, status: LegStatus, *, at: datetime) -> None:
    """Without a key nobody was told: the next round rings again."""
    if status.over and await _callback_behind(work, delivery_id) is not None:
        delivery = await lock_delivery(work, delivery_id)
        move_delivery(delivery, DeliveryEvent.FAILED, at=at, why=status.value)


async def _callback_behind(work: Work, delivery_id: str) -> Callback | None:
    """The callback of a delivery, held; it is always held before the delivery itself."""
    callback_id = await subject_behind(work, delivery_id, DROPPED_CHILD)
    return None if callback_id is None else await lock_callback(work, callback_id)
