"""A day before a shift whoever has it is asked, once, whether they will come.

A look of the loop that presses on whatever is due; the row is held while it is told of, so any
number of them may look.
"""

from datetime import datetime

import structlog
from sqlalchemy import ColumnElement, and_, exists, not_
from sqlmodel import col, select

from hotline.deliveries.by_text import text_event
from hotline.deliveries.channels import Letter
from hotline.deliveries.model import Channel, DeliveryEvent
from hotline.deliveries.service import (
    NewDelivery,
    ask_for_delivery,
    move_delivery,
    subject_behind,
)
from hotline.ports import Clock
from hotline.roster.model import LeaveState, ShiftState
from hotline.roster.queries import REMINDED_BEFORE
from hotline.storage.session import Database, Work
from hotline.storage.tables import Delivery, Line, RosterLeave, RosterShift, Staff
from hotline.supervision import RowFaults
from hotline.texting.policy import out_of_quiet

log = structlog.get_logger()

SHIFT_REMINDER = "shift_reminder"  # the purpose of these deliveries
ROWS_A_LOOK = 100
MARK = "您有一项安排待确认。"
WORDS = "{mark}请登录后确认 Please sign in and confirm: {base_url}/roster"


class ShiftReminders:
    """One of possibly several."""

    def __init__(self, *, database: Database, clock: Clock) -> None:
        """On these rows, by this clock."""
        self._database, self._clock = database, clock
        self._faults = RowFaults()

    async def tick(self) -> None:
        """One look at everything that is due. One that fails holds up none of the others."""
        now = self._clock.now()
        if out_of_quiet(now) > now:
            return
        query = select(RosterShift.id).where(_due(now)).order_by(col(RosterShift.begins_at))
        async with self._database.work() as work:
            due = (await work.exec(query.limit(ROWS_A_LOOK))).all()
        for shift_id in due:
            with self._faults.kept_apart("unconfirmed_shift", shift_id):
                async with self._database.work() as work:
                    await _remind(work, shift_id, now)


def _due(at: datetime) -> ColumnElement[bool]:
    """Planned, unconfirmed and untold, within a day; not of somebody who is away then."""
    away = exists().where(
        col(RosterLeave.staff_id) == col(RosterShift.staff_id),
        col(RosterLeave.state) == LeaveState.APPROVED,
        col(RosterLeave.begins_at) < col(RosterShift.ends_at),
        col(RosterLeave.ends_at) > col(RosterShift.begins_at),
    )
    return and_(
        col(RosterShift.state) == ShiftState.PLANNED,
        col(RosterShift.confirmed_at).is_(None),
        col(RosterShift.reminded_at).is_(None),
        col(RosterShift.begins_at) > at,
        col(RosterShift.begins_at) <= at + REMINDED_BEFORE,
        not_(away),
    )


async def _remind(work: Work, shift_id: str, at: datetime) -> None:
    """In other hands at this moment: left to them."""
    query = select(RosterShift).where(RosterShift.id == shift_id, _due(at))
    shift = (await work.exec(query.with_for_update(skip_locked=True))).one_or_none()
    if shift is None:
        return
    shift.reminded_at = at
    staff = await work.get(Staff, shift.staff_id)
    if staff is not None and staff.active and staff.own_phone:
        line = await work.get_one(Line, shift.lines[0])
        wanted = NewDelivery(
            purpose=SHIFT_REMINDER,
            key=f"{SHIFT_REMINDER}|{shift.id}",
            address=staff.own_phone,
            sender=line.text_number or line.number_shown,
            channel=Channel.TEXT,
        )
        await ask_for_delivery(work, wanted, at=at)
    for line_id in shift.lines:
        work.announce("roster", line_id)


class ReminderTexts:
    """Asks for these deliveries and writes their words, as `deliveries` wants to see it."""

    path = "/voice/shift-reminders"
    ring_s = 0

    def __init__(self, base_url: str) -> None:
        """`base_url`: what the link starts with."""
        self._base_url = base_url

    async def lock(self, work: Work, delivery_id: str) -> bool:
        """Hold the shift. Whoever confirmed it meanwhile, or has it no more, is told nothing."""
        shift_id = await subject_behind(work, delivery_id, SHIFT_REMINDER)
        query = select(RosterShift).where(RosterShift.id == shift_id).with_for_update()
        shift = (await work.exec(query)).one_or_none()
        if shift is None:
            return False
        return shift.state == ShiftState.PLANNED and shift.confirmed_at is None

    async def told(
        self, work: Work, delivery: Delivery, event: DeliveryEvent, *, at: datetime, why: str
    ) -> None:
        """It is on the page as well; that it did not arrive is for who runs this."""
        if event is DeliveryEvent.FAILED:
            _note_lost(delivery, why=why)

    async def mark(self, work: Work, delivery: Delivery) -> str:
        """How each of them begins."""
        return MARK

    async def write(self, work: Work, delivery: Delivery, *, at: datetime) -> Letter:
        """Nothing of what it is about."""
        words = WORDS.format(mark=MARK, base_url=self._base_url)
        return Letter(subject=MARK, words=words, payload={})


async def reminder_reported(
    work: Work, delivery_id: str, status: str, *, at: datetime, sid: str = ""
) -> None:
    """What the carrier says of such a text."""
    query = select(Delivery).where(Delivery.id == delivery_id, Delivery.purpose == SHIFT_REMINDER)
    delivery = (await work.exec(query.with_for_update())).one_or_none()
    event = text_event(status)
    if delivery is None or event is None:
        return
    delivery.carrier_sid = delivery.carrier_sid or sid or None
    if move_delivery(delivery, event, at=at) and event is DeliveryEvent.FAILED:
        _note_lost(delivery, why=status)


def _note_lost(delivery: Delivery, *, why: str) -> None:
    log.warning("reminder.lost", delivery_id=delivery.id, why=why)
