"""The ways in which somebody is reached, seen from `sending`: one port, an adapter for each way.

All raise as `hotline.ports.Carrier` does: refused for good, unreachable (nothing was done), busy
(nothing was done either, and it is there), unclear (it may have arrived).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from hotline.deliveries.model import DeliveryEvent
from hotline.storage.session import Work
from hotline.storage.tables import Delivery


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """What is sent in writing. `payload`: for machines, signed with `secret`."""

    subject: str
    words: str
    payload: Mapping[str, Any]
    secret: str = field(default="", repr=False)


class Writer(Protocol):
    """Writes what is sent in writing, for whoever asks for such deliveries."""

    async def write(self, work: Work, delivery: Delivery, *, at: datetime) -> Letter:
        """In the unit of work that claims the delivery: once for each try."""
        ...

    async def mark(self, work: Work, delivery: Delivery) -> str:
        """How the words of every try begin: by this a text of ours is known in a list."""
        ...


class SealedAddresses(Protocol):
    """Opens where a delivery goes, for whoever must not write it into the row in clear."""

    async def open_address(self, work: Work, delivery: Delivery) -> str:
        """The address behind what the row holds: the same text for the same address."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Parcel:
    """One try. `place`: what the addresses of the carrier's webhooks about it start with.

    `mark`: as `Writer.mark`. `letter` is None for a phone.
    """

    delivery_id: str
    to: str
    from_: str
    place: str
    ring_s: int
    since: datetime
    mark: str = ""
    letter: Letter | None = None

    @property
    def written(self) -> Letter:
        """The letter of a way that needs one."""
        if self.letter is None:
            raise ValueError("nobody wrote anything for this delivery")
        return self.letter


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundThere:
    """Something at the carrier that may be a doubtful delivery. `ended`: how, where it is over."""

    sid: str
    ended: DeliveryEvent | None = None
    why: str = ""


class DeliveryChannel(Protocol):
    """One way.

    `repeatable`: whoever gets it twice knows it again by its id, so a doubtful one is sent again
    under it. `taken_as`: what it is once it was taken.
    """

    repeatable: bool
    taken_as: DeliveryEvent

    async def send(self, parcel: Parcel) -> str:
        """Under which name it is known there."""
        ...

    async def find(self, parcel: Parcel) -> Sequence[FoundThere]:
        """What may be this one, the newest first. Empty where it is repeatable."""
        ...
