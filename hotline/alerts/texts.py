"""Who an alert comes to is told by a text to their own phone: once for each alert and person.

It says line, rule and since when, and nothing of any caller. That it did not arrive stands at the
alert, so that somebody else takes it. Lock order: the alert, then its delivery.
"""

from datetime import datetime
from enum import StrEnum

import structlog
from sqlmodel import col, select

from hotline.deliveries.by_text import text_event
from hotline.deliveries.channels import Letter
from hotline.deliveries.model import Channel, DeliveryEvent, DeliveryState
from hotline.deliveries.service import NewDelivery, ask_for_delivery, lock_delivery, move_delivery
from hotline.i18n.catalog import CHINESE, moment, speaking
from hotline.i18n.words import WORDS
from hotline.storage.session import Work
from hotline.storage.tables import Delivery, FloorAlert, Line, Staff

log = structlog.get_logger()

ALERT_TEXT = "alert_text"  # the purpose of these deliveries
TELLS = "【热线预警】{line}：{rule}，{since} 起，转给您，请接手。"


class Unreached(StrEnum):
    """Why the owner of an alert was not told by a text."""

    NO_PHONE = "no_phone"
    NOT_SENT = "not_sent"
    UNDELIVERED = "undelivered"
    NOT_KNOWN = "not_known"  # whether it left


_LOST = {
    DeliveryEvent.FAILED: Unreached.NOT_SENT,
    DeliveryEvent.GIVEN_UP: Unreached.NOT_KNOWN,
}
_LOST_BEFORE = {
    DeliveryState.FAILED: Unreached.UNDELIVERED,
    DeliveryState.DEAD: Unreached.NOT_KNOWN,
}


async def text_owner(work: Work, alert: FloorAlert, owner: Staff, *, at: datetime) -> None:
    """Tell them that it is theirs. Holds the alert. A second time nothing is sent."""
    if not owner.own_phone:
        alert.unreached = Unreached.NO_PHONE
        return
    line = await work.get_one(Line, alert.line_id)
    wanted = NewDelivery(
        purpose=ALERT_TEXT,
        key=f"{ALERT_TEXT}|{alert.id}|{owner.id}",
        address=owner.own_phone,
        sender=line.text_number or line.number_shown,
        channel=Channel.TEXT,
        urgent=True,
    )
    if await ask_for_delivery(work, wanted, at=at) is None:
        alert.unreached = await _lost_before(work, wanted.key)


async def _lost_before(work: Work, key: str) -> str:
    """What became of the text they were sent when it was theirs before."""
    query = select(Delivery.state).where(Delivery.dedupe_key == key)
    state = (await work.exec(query)).one()
    return _LOST_BEFORE.get(DeliveryState(state), "")


class AlertTexts:
    """Asks for these deliveries and writes their words, as `deliveries` wants to see it."""

    path = "/voice/alert-texts"
    ring_s = 0

    async def lock(self, work: Work, delivery_id: str) -> bool:
        """Hold the alert. Told is only whoever still has to take it."""
        key = await _key(work, delivery_id)
        return key is not None and await _held_for(work, key) is not None

    async def told(
        self, work: Work, delivery: Delivery, event: DeliveryEvent, *, at: datetime, why: str
    ) -> None:
        """One that is lost is shown at the alert."""
        if event in _LOST:
            await _lose(work, delivery, _LOST[event], why=why)

    async def mark(self, work: Work, delivery: Delivery) -> str:
        """All of it: every try says the same."""
        alert = await work.get_one(FloorAlert, delivery.dedupe_key.split("|")[1])
        line = await work.get_one(Line, alert.line_id)
        rule = WORDS["alert_measure"][alert.measure]
        with speaking(CHINESE):  # no account says in which language its owner reads
            since = moment(alert.raised_at or alert.since)
        return TELLS.format(line=line.name, rule=rule, since=since)

    async def write(self, work: Work, delivery: Delivery, *, at: datetime) -> Letter:
        """Nothing else."""
        words = await self.mark(work, delivery)
        return Letter(subject=words, words=words, payload={})


async def alert_text_reported(
    work: Work, delivery_id: str, status: str, *, at: datetime, sid: str = ""
) -> None:
    """What the carrier says of such a text."""
    key, event = await _key(work, delivery_id), text_event(status)
    if key is None or event is None:
        return
    await _held_for(work, key)
    delivery = await lock_delivery(work, delivery_id)
    delivery.carrier_sid = delivery.carrier_sid or sid or None
    if move_delivery(delivery, event, at=at) and event is DeliveryEvent.FAILED:
        await _lose(work, delivery, Unreached.UNDELIVERED, why=status)


async def _key(work: Work, delivery_id: str) -> str | None:
    """Of a delivery of this purpose: it names alert and person."""
    query = select(Delivery.dedupe_key).where(
        Delivery.id == delivery_id, Delivery.purpose == ALERT_TEXT
    )
    return (await work.exec(query)).one_or_none()


async def _held_for(work: Work, key: str) -> FloorAlert | None:
    """The alert, held; None where its reader need not take it any more."""
    _, alert_id, staff_id = key.split("|")
    query = select(FloorAlert).where(
        FloorAlert.id == alert_id,
        FloorAlert.owner_id == staff_id,
        col(FloorAlert.acknowledged_at).is_(None),
        col(FloorAlert.cleared_at).is_(None),
    )
    held = query.with_for_update().execution_options(populate_existing=True)
    return (await work.exec(held)).one_or_none()


async def _lose(work: Work, delivery: Delivery, unreached: Unreached, *, why: str) -> None:
    log.warning("alert.text_lost", delivery_id=delivery.id, why=why)
    alert = await _held_for(work, delivery.dedupe_key)
    if alert is not None:
        alert.unreached = unreached
        work.announce("alert", alert.id)
