"""A delivery by telephone: a leg that rings, and asks whoever answers."""

from collections.abc import Sequence

from hotline.deliveries.channels import FoundThere, Parcel
from hotline.deliveries.model import DeliveryEvent
from hotline.ports import Carrier, Dial, LegReport


class ByPhone:
    """Rings. A doubtful leg is looked for where it was dialled."""

    repeatable = False
    taken_as = DeliveryEvent.TAKEN

    def __init__(self, carrier: Carrier) -> None:
        """The telephone company."""
        self._carrier = carrier

    async def send(self, parcel: Parcel) -> str:
        """Dial. Its webhooks live with whoever asked for it."""
        dial = Dial(
            to=parcel.to,
            from_=parcel.from_,
            answer_url=f"{parcel.place}/answer",
            status_url=f"{parcel.place}/status",
            ring_s=parcel.ring_s,
        )
        return await self._carrier.dial(dial)

    async def find(self, parcel: Parcel) -> Sequence[FoundThere]:
        """Legs to this phone, those that still live before the others."""
        legs = await self._carrier.find_legs(to=parcel.to, since=parcel.since)
        return [_found(leg) for leg in sorted(legs, key=lambda leg: leg.status.over)]


def _found(leg: LegReport) -> FoundThere:
    if not leg.status.over:
        return FoundThere(sid=leg.sid)
    return FoundThere(sid=leg.sid, ended=DeliveryEvent.FAILED, why=leg.status.value)
