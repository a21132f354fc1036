"""Who did something: staff, a station's contact, somebody from outside, or nobody but us."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Self


class ActorKind(StrEnum):
    """Where an id is found: `Staff`, `StationContact`, `GroupMember`, `ReferralPlace`, nowhere."""

    STAFF = "staff"
    CONTACT = "contact"
    MEMBER = "member"
    RECEIVER = "receiver"
    SYSTEM = "system"


@dataclass(frozen=True, slots=True)
class Actor:
    """Timelines keep it as text: its kind, a colon and the id; or `system`."""

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
    def of_member(cls, member_id: str) -> Self:
        """Somebody from outside who was invited to one case, and entered a code."""
        return cls(ActorKind.MEMBER, member_id)

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
