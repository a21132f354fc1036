"""Who asks for deliveries, seen from here. Joined by purpose in `hotline.bootstrap`."""

from datetime import datetime
from typing import Protocol

from hotline.deliveries.model import DeliveryEvent
from hotline.storage.session import Work
from hotline.storage.tables import Delivery


class Asker(Protocol):
    """What stands behind the deliveries of one purpose.

    `path`: where the webhooks of its legs live; the carrier asks PATH/ID/answer and PATH/ID/status.
    `ring_s`: how long a phone may ring.
    """

    path: str
    ring_s: int

    async def lock(self, work: Work, delivery_id: str) -> bool:
        """Hold what stands behind a delivery, until the unit of work ends.

        It is always held before the delivery itself. False where the delivery is not wanted any
        more.
        """
        ...

    async def told(
        self, work: Work, delivery: Delivery, event: DeliveryEvent, *, at: datetime, why: str
    ) -> None:
        """What happened to a delivery while it was sent, in the same unit of work.

        What stands behind it is held. `why`: a reason in a word, where there is one.
        """
        ...
