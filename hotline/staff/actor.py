"""Who did something: of the staff, a station's contact on the telephone, a receiver, or only us."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Self


class ActorKind(StrEnum):
    """Where the id of an actor is found: `Staff`, `StationContact`, `ReferralPlace`, nowhere."""

    STAFF = "staff"
    CONTACT = "contact"
    RECEIVER = "receiver"
    SYSTEM = "system"


@dataclass(frozen=True, slots=True)
class Actor:
    """Timelines keep it as text: `staff:ID`, `contact:ID`, `receiver:ID` or `system`."""

    kind: ActorKind
    id: str = ""

    @classmethod
    def of_staff(cls, staff_id: str) -> Self:
        """Somebody with an account."""
        return cls(ActorKind.STAFF, staff_id)

    @classmethod
    def of_contact(cls, contact_id: str) -> Self:
        """Somebody who proved on the telephone, by a PIN, who they are."""
        return cls(ActorKind.CONTACT, contact_id)

    @classmethod
    def of_receiver(cls, place_id: str) -> Self:
        """Somebody at a place that takes referrals, who opened a link with its code."""
        return cls(ActorKind.RECEIVER, place_id)

    @classmethod
    def parse(cls, kept: str) -> Self:
        """From a timeline. Raises `ValueError` for what is no actor."""
        kind, _, actor_id = kept.partition(":")
        return cls(ActorKind(kind), actor_id)

    def __str__(self) -> str:
        """As timelines keep it."""
        return f"{self.kind}:{self.id}" if self.id else self.kind.value


SYSTEM = Actor(ActorKind.SYSTEM)
