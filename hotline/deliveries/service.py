"""Asking for a delivery, taking it back, and the one way in which its row changes its state.

Whoever asks writes what it means in the same unit of work. Lock order: what stands behind a
delivery first, then the delivery.
"""

from dataclasses import dataclass
from datetime import datetime

import structlog
from sqlalchemy import ScalarSelect
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col, select, update
from sqlmodel.sql.expression import SelectOfScalar

from hotline.deliveries.model import (
    LIVE,
    MAY_RING,
    UNSENT,
    Channel,
    DeliveryEvent,
    DeliveryState,
    delivery_after,
)
from hotline.errors import NotFound
from hotline.storage.session import Work
from hotline.storage.tables import Delivery
from hotline.storage.tables.columns import new_id

log = structlog.get_logger()

Address = str | ScalarSelect[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class NewDelivery:
    """What is asked for. `key`: asked for twice, it is made once.

    `address` and `sender` may be queries: they are read in the statement that writes the row.
    """

    purpose: str
    key: str
    address: Address
    sender: Address
    channel: Channel = Channel.PHONE
    urgent: bool = False


async def ask_for_delivery(work: Work, wanted: NewDelivery, *, at: datetime) -> str | None:
    """Plan a delivery that is due at once. Its id; None where its key was used before."""
    values = {
        "id": new_id(),
        "channel": wanted.channel,
        "purpose": wanted.purpose,
        "address": wanted.address,
        "sender": wanted.sender,
        "dedupe_key": wanted.key,
        "urgent": wanted.urgent,
        "state": DeliveryState.PENDING,
        "due_at": at,
        "fence": 0,
        "tries": 0,
        "last_error": "",
        "created_at": at,
    }
    adding = insert(Delivery).values(values).on_conflict_do_nothing(index_elements=["dedupe_key"])
    with work.no_autoflush:  # nothing that waits to be written concerns this row
        made = (await work.exec(adding.returning(col(Delivery.id)))).scalar_one_or_none()
    if made is not None:
        work.announce("delivery", made)
    return made


async def lock_delivery(work: Work, delivery_id: str) -> Delivery:
    """The delivery, held until the unit of work ends. Hold what stands behind it first.

    Raises `NotFound`.
    """
    query = select(Delivery).where(Delivery.id == delivery_id).with_for_update()
    found = (await work.exec(query.execution_options(populate_existing=True))).one_or_none()
    if found is None:
        raise NotFound
    return found


async def subject_behind(work: Work, delivery_id: str, purpose: str) -> str | None:
    """Whose id its key has after the purpose; None where it is no delivery for that."""
    query = select(Delivery.dedupe_key).where(
        Delivery.id == delivery_id, Delivery.purpose == purpose
    )
    key = (await work.exec(query)).one_or_none()
    return None if key is None else key.split("|")[1]


def move_delivery(delivery: Delivery, event: DeliveryEvent, *, at: datetime, why: str = "") -> bool:
    """Let an event happen to a held delivery. False, and nothing done, where it comes too late."""
    state = delivery_after(delivery.state, event)
    if state is None:
        log.info("delivery.event_ignored", delivery_id=delivery.id, delivery_event=event)
        return False
    delivery.state = state
    delivery.ended_at = None if state in LIVE else at
    if event in (DeliveryEvent.TAKEN, DeliveryEvent.DELIVERED):
        delivery.sent_at = at
    delivery.last_error = why or delivery.last_error
    return True


async def withdraw_deliveries(work: Work, ids: SelectOfScalar[str], *, at: datetime) -> None:
    """Of these, nobody needs to be reached who was not yet. `ids`: a query of them.

    Phones that ring are to stop (`stopping`): whoever answers before that is told by whoever asked.
    """
    await work.flush()
    await _stop_ringing(work, ids, at=at)
    unsent = col(Delivery.id).in_(ids), col(Delivery.state).in_(UNSENT)
    query = update(Delivery).where(*unsent).values(state=DeliveryState.SUPERSEDED, ended_at=at)
    await work.exec(query.execution_options(synchronize_session="fetch"))


async def _stop_ringing(work: Work, ids: SelectOfScalar[str], *, at: datetime) -> None:
    query = (
        update(Delivery)
        .where(col(Delivery.id).in_(ids), col(Delivery.state).in_(MAY_RING))
        .where(col(Delivery.channel) == Channel.PHONE)
        .values(stop_at=at)
        .returning(col(Delivery.id))
    )
    for (stopped,) in (await work.exec(query)).all():
        work.announce("delivery", stopped)
