"""By which ways a contact is told, where each leads, and how long words that arrived may wait.

Whoever leads somewhere else by now is not told there any more: neither a phone nor a page of ours.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, case
from sqlmodel import col, select

from hotline.deliveries.model import BEING_SENT, LIVE, SENT, Channel
from hotline.deliveries.subscriptions import leads_to_live_device, live_devices
from hotline.storage.session import Work
from hotline.storage.tables import Attempt, Delivery, Escalation, StationContact

READ_WITHIN = timedelta(seconds=45)
"""As long as a phone rings: whoever was told in writing has that long before the next is rung."""

ADDRESSES = {
    Channel.PHONE: "phone",
    Channel.TEXT: "phone",
    Channel.MAIL: "email",
    Channel.WEBHOOK: "webhook_url",
}


def ways_of(contact: StationContact) -> dict[Channel, str]:
    """Where each of their ways leads, in their order. A way that leads nowhere is none."""
    ways = [Channel(one) for one in contact.channels]
    led = {way: str(getattr(contact, ADDRESSES[way])) for way in ways}
    return {way: where for way, where in led.items() if where}


async def all_ways_of(work: Work, contact: StationContact) -> list[tuple[Channel, str]]:
    """Their own ways, and each browser of their account that is told at once.

    An officer with neither a phone that rings nor such a browser is sent a text, if there is a
    number.
    """
    own = ways_of(contact)
    devices = await live_devices(work, contact.account)
    if contact.account and not devices and Channel.PHONE not in own and contact.phone:
        own.setdefault(Channel.TEXT, contact.phone)
    return [*own.items(), *((Channel.PUSH, one) for one in devices)]


def leads_there_still() -> ColumnElement[bool]:
    """Of a delivery and its contact: they are on the roster, and told there."""
    where = {way: getattr(StationContact, column) for way, column in ADDRESSES.items()}
    address = case(where, value=col(Delivery.channel), else_="")
    by_push = (col(Delivery.channel) == Channel.PUSH) & leads_to_live_device()
    return col(StationContact.active) & ((address == col(Delivery.address)) | by_push)


async def is_on_roster(work: Work, attempt_id: str) -> bool:
    """Whether this attempt's contact is still told where it went, of a station that answers now."""
    query = (
        select(Escalation.station_id, Escalation.chain, StationContact.station_id)
        .join(Attempt, col(Attempt.escalation_id) == col(Escalation.id))
        .join(StationContact, col(StationContact.id) == col(Attempt.contact_id))
        .join(Delivery, col(Delivery.id) == col(Attempt.id))
        .where(Attempt.id == attempt_id, leads_there_still())
    )
    found = (await work.exec(query)).first()
    return found is not None and answers_for_it(*found)


def answers_for_it(station_id: str, chain: Sequence[Mapping[str, Any]], theirs: str) -> bool:
    """Not after it was handed to another station. A chain that cannot be read excludes nobody."""
    stations = {station_id, *(link.get("station_id") for link in chain)}
    return not chain or theirs in stations


def may_ring_still(delivery: Delivery) -> bool:
    """Whether somebody may lift a receiver because of it."""
    return delivery.channel == Channel.PHONE and delivery.state in LIVE


def read_until(delivery: Delivery, at: datetime) -> datetime:
    """Until when words are waited for, if nothing rings. A phone is not waited for."""
    if delivery.channel == Channel.PHONE:
        return at
    if delivery.state in BEING_SENT:
        return at + READ_WITHIN
    sent_at = delivery.sent_at if delivery.state in SENT else None
    return at if sent_at is None else min(sent_at, at) + READ_WITHIN
