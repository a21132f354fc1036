"""How the engine is to see somebody on duty, by their row. One rule to decide and to explain."""

from dataclasses import dataclass, replace

from hotline.staff.model import PresenceState
from hotline.staff.wellbeing import strain_of
from hotline.storage.tables import Presence, Staff
from hotline.switchboard.plans import skills_of
from routing.care import Care, protected_until, signature
from routing.engine import Flag, Signature, Standing


@dataclass(frozen=True, slots=True)
class Place:
    """What a counselor is in the engine; seconds since the epoch. Until `from_s` protected."""

    signature: Signature
    idle_since: float
    from_s: float = 0.0

    def signature_at(self, now: float) -> Signature:
        """How the engine is to see them at a moment."""
        return replace(self.signature, flag=Flag.PROTECTED) if now < self.from_s else self.signature


def place_of(presence: Presence, staff: Staff, care: Care) -> Place | None:
    """None for somebody who can be offered nothing."""
    strain, skills = strain_of(presence), skills_of(staff)
    idle_since = presence.idle_since.timestamp()
    if presence.state == PresenceState.READY:
        return Place(signature(care, strain, skills), idle_since)
    if presence.state != PresenceState.WRAPPING_UP:
        return None
    ended = presence.since.timestamp()
    from_s = protected_until(care, strain, talk_ended_at=ended)
    if from_s is None:
        return None
    return Place(signature(care, strain, skills, Flag.WRAP_UP), idle_since, from_s)


def away(presence: Presence, staff: Staff) -> Standing:
    """Somebody on duty who is not in the engine: only explanations see them."""
    return Standing(
        counselor=staff.id,
        signature=Signature(skills_of(staff)),
        idle_since=presence.idle_since.timestamp(),
        away=True,
    )


def standing_of(presence: Presence, staff: Staff, care: Care, now: float) -> Standing:
    """Somebody on duty, as they stand at a moment."""
    place = place_of(presence, staff, care)
    if place is None:
        return away(presence, staff)
    return Standing(staff.id, place.signature_at(now), place.idle_since)
