"""Once a week every contact's phone is rung by day: does it still reach somebody?

Never in front of an alarm: none begins while a station is being rung for a child, and one that
waits then is given up. A few at once, and no phone twice in one week.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from sqlalchemy import ColumnElement
from sqlmodel import col, func, select

from hotline.deliveries.model import DeliveryEvent, DeliveryState
from hotline.deliveries.service import (
    NewDelivery,
    ask_for_delivery,
    lock_delivery,
    move_delivery,
)
from hotline.escalations.model import EscalationState
from hotline.ports import Clock, LegStatus
from hotline.staff.passwords import pin_fits
from hotline.stations.queries import note_heard
from hotline.storage.session import Database, Work
from hotline.storage.tables import ContactDrill, Delivery, Escalation, StationContact
from hotline.storage.tables.places import DRILL_STATION
from hotline.watching.contact_rules import (
    ContactOutcome,
    outcome_of_end,
    outcome_of_sending,
    window_of,
)
from hotline.watching.service import beat

log = structlog.get_logger()

CONTACT_DRILLS = "contact_drills"  # the name of their beat
PURPOSE = "contact_drill"
AT_ONCE = 2
RING_S = 25
LONGEST = timedelta(minutes=3)
KEY_HEARD = "1"


@dataclass(frozen=True, kw_only=True)
class ContactDrills:
    """One of possibly several: a week has one key for each contact."""

    database: Database
    clock: Clock
    weekly: tuple[int, int]
    sender: str

    async def look(self) -> None:
        """Ask for the next calls, where it is the hour."""
        at = self.clock.now()
        since = window_of(at, self.weekly)
        async with self.database.work() as work:
            await _give_up(work, at)
            if since is not None and not await alarm_rings(work):
                for contact in await _next(work, since):
                    await self._ask(work, contact, since, at)
            await beat(work, CONTACT_DRILLS, at=at)

    async def _ask(
        self, work: Work, contact: StationContact, since: datetime, at: datetime
    ) -> None:
        wanted = NewDelivery(
            purpose=PURPOSE,
            key=f"{PURPOSE}|{contact.id}|{since:%Y-%m-%d}",
            address=contact.phone,
            sender=self.sender,
        )
        delivery_id = await ask_for_delivery(work, wanted, at=at)
        if delivery_id is not None:
            work.add(ContactDrill(id=delivery_id, contact_id=contact.id, asked_at=at))


async def _give_up(work: Work, at: datetime) -> None:
    """Whose end was never told, or that came too late to be sent."""
    query = select(ContactDrill).where(ContactDrill.outcome == "")
    query = query.where(col(ContactDrill.asked_at) < at - LONGEST)
    for drill in (await work.exec(query.with_for_update(skip_locked=True))).all():
        _end(drill, ContactOutcome.NOT_RUNG, at=at)


async def alarm_rings(work: Work) -> bool:
    """Whether a station is being rung for a child."""
    query = select(Escalation.id).where(Escalation.state == EscalationState.OPEN, _of_a_child())
    return (await work.exec(query.limit(1))).first() is not None


def _of_a_child() -> ColumnElement[bool]:
    return ~col(Escalation.drill)


async def _next(work: Work, since: datetime) -> list[StationContact]:
    live = select(func.count()).select_from(ContactDrill)
    live = live.where(ContactDrill.outcome == "", col(ContactDrill.asked_at) >= since)
    room = AT_ONCE - (await work.exec(live)).one()
    asked = select(ContactDrill.contact_id).where(col(ContactDrill.asked_at) >= since)
    query = (
        select(StationContact)
        .where(col(StationContact.active), StationContact.station_id != DRILL_STATION)
        .where(StationContact.phone != "", col(StationContact.id).not_in(asked))
        .order_by(col(StationContact.station_id), col(StationContact.rank))
        .limit(max(0, room))
    )
    return list((await work.exec(query)).all())


# ── sent and answered ───────────────────────────────────────────────────────────────────────────


class ContactCalls:
    """Who asks for these deliveries, as `deliveries.asker` wants to see it."""

    path = "/voice/contact-drills"
    ring_s = RING_S

    async def lock(self, work: Work, delivery_id: str) -> bool:
        """Hold the drill. Not wanted once a child's alarm rings, or the phone is nobody's."""
        drill = await _lock(work, delivery_id)
        if drill is None or drill.ended_at is not None or await alarm_rings(work):
            return False
        return await _has_phone(work, drill)

    async def told(
        self, work: Work, delivery: Delivery, event: DeliveryEvent, *, at: datetime, why: str
    ) -> None:
        """Only that no call came about is an end here; all else is said by the call."""
        drill = await _lock(work, delivery.id)
        over = (DeliveryEvent.FAILED, DeliveryEvent.GIVEN_UP, DeliveryEvent.SUPERSEDED)
        if drill is not None and event in over:
            _end(drill, outcome_of_sending(why), at=at)


async def contact_answered(work: Work, delivery_id: str, *, at: datetime) -> bool:
    """Somebody, or a mailbox. False where there is no such drill."""
    if await _lock(work, delivery_id) is None:
        return False
    move_delivery(await lock_delivery(work, delivery_id), DeliveryEvent.ANSWERED, at=at)
    return True


async def contact_heard(work: Work, delivery_id: str, digits: str, *, at: datetime) -> bool:
    """Whether a key or their own PIN was pressed: a person is there."""
    fits = digits == KEY_HEARD or await _is_pin(work, delivery_id, digits)
    drill = await _lock(work, delivery_id)
    if drill is None or not fits:
        return False
    move_delivery(await lock_delivery(work, delivery_id), DeliveryEvent.ACKNOWLEDGED, at=at)
    drill.outcome, drill.ended_at = ContactOutcome.REACHED, at  # late counts
    await note_heard(work, drill.contact_id, at)
    return True


async def contact_call_ended(
    work: Work, delivery_id: str, status: LegStatus, *, at: datetime
) -> None:
    """Without a key."""
    drill = await _lock(work, delivery_id) if status.over else None
    if drill is None:
        return
    delivery = await lock_delivery(work, delivery_id)
    was_answered = delivery.state == DeliveryState.ANSWERED
    if move_delivery(delivery, DeliveryEvent.FAILED, at=at, why=status.value):
        _end(drill, outcome_of_end(status, was_answered=was_answered), at=at)


async def _is_pin(work: Work, delivery_id: str, digits: str) -> bool:
    """Before any row is held: the hash is slow on purpose."""
    query = (
        select(StationContact.pin_hash)
        .join(ContactDrill, col(ContactDrill.contact_id) == col(StationContact.id))
        .where(ContactDrill.id == delivery_id, col(StationContact.active))
    )
    pin_hash = (await work.exec(query)).one_or_none()
    return bool(pin_hash) and bool(digits) and await pin_fits(digits.strip("#* "), pin_hash or "")


async def _has_phone(work: Work, drill: ContactDrill) -> bool:
    contact = await work.get_one(StationContact, drill.contact_id)
    delivery = await work.get_one(Delivery, drill.id)
    return contact.active and contact.phone == delivery.address


def _end(drill: ContactDrill, outcome: ContactOutcome, *, at: datetime) -> None:
    """The first word stands, but for the key."""
    if drill.ended_at is None:
        drill.outcome, drill.ended_at = outcome, at
        log.info("contact_drill.ended", contact_id=drill.contact_id, outcome=outcome)


async def _lock(work: Work, delivery_id: str) -> ContactDrill | None:
    query = select(ContactDrill).where(ContactDrill.id == delivery_id).with_for_update()
    return (await work.exec(query)).one_or_none()
