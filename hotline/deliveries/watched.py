"""What an auditor asks of deliveries: whatever waits longer than it may, by index."""

from collections.abc import Sequence
from datetime import datetime

from sqlmodel import col, select

from hotline.deliveries.model import DeliveryState
from hotline.storage.session import Work
from hotline.storage.tables import Delivery

AT_MOST = 200
_UNSETTLED = (DeliveryState.PENDING, DeliveryState.SUBMITTING, DeliveryState.UNKNOWN)


async def unsettled_since(work: Work, *, before: datetime) -> Sequence[tuple[str, str, datetime]]:
    """Id, state and since when each waits of what was due before; the oldest first.

    A dial that is under way waits since its lease was over: until then its sender may be about.
    """
    query = (
        select(Delivery.id, Delivery.state, Delivery.due_at, Delivery.lease_until)
        .where(col(Delivery.state).in_(_UNSETTLED), col(Delivery.due_at) < before)
        .order_by(col(Delivery.due_at))
        .limit(AT_MOST)
    )
    found = (await work.exec(query)).all()
    return [
        (key, state, due if state == DeliveryState.PENDING else max(due, lease or due))
        for key, state, due, lease in found
    ]
