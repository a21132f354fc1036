"""A delivery by text message, and what the carrier's words about one mean."""

from collections.abc import Sequence

from hotline.deliveries.channels import FoundThere, Parcel
from hotline.deliveries.model import DeliveryEvent
from hotline.numbers import as_dialled, normalised
from hotline.ports import ListedText, TextCarrier

_ENDS = {
    "delivered": DeliveryEvent.DELIVERED,
    "read": DeliveryEvent.DELIVERED,
    "undelivered": DeliveryEvent.FAILED,
    "failed": DeliveryEvent.FAILED,
    "canceled": DeliveryEvent.FAILED,
}
_TAKEN = frozenset({"accepted", "scheduled", "queued", "sending", "sent"})


def text_event(status: str) -> DeliveryEvent | None:
    """What a report means. None: a word that says nothing."""
    word = status.strip().lower()
    return DeliveryEvent.TAKEN if word in _TAKEN else _ENDS.get(word)


class ByText:
    """Sends a text. A doubtful one is looked for in the carrier's list, and never just repeated."""

    repeatable = False
    taken_as = DeliveryEvent.TAKEN

    def __init__(self, carrier: TextCarrier) -> None:
        """The telephone company."""
        self._carrier = carrier

    async def send(self, parcel: Parcel) -> str:
        """Its reports come to where whoever asked for it lives."""
        return await self._carrier.send_message(
            to=normalised(parcel.to) or parcel.to,
            from_=parcel.from_,
            body=parcel.written.words,
            status_url=f"{parcel.place}/text",
        )

    async def find(self, parcel: Parcel) -> Sequence[FoundThere]:
        """Texts to this phone that begin as ours: each try has a link of its own behind that."""
        to = normalised(parcel.to) or parcel.to
        listed = await self._carrier.find_messages(to=to, since=parcel.since)
        return [_found(one) for one in listed if _begins_as_ours(one, parcel)]


def _begins_as_ours(one: ListedText, parcel: Parcel) -> bool:
    return one.body.startswith(parcel.mark) and as_dialled(one.from_) == as_dialled(parcel.from_)


def _found(one: ListedText) -> FoundThere:
    event = text_event(one.status)
    ended = None if event is DeliveryEvent.TAKEN else event
    return FoundThere(sid=one.sid, ended=ended, why=f"error {one.error}" if one.error else "")
