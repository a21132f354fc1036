"""How the engine is to see somebody on duty, by their row. One rule to decide and to explain."""

from dataclasses import dataclass

from hotline.staff.model import PresenceState
from hotline.staff.wellbeing import strain_of
from hotline.storage.tables import Presence, Staff
from hotline.switchboard.plans import skills_of
from routing.care import Care, callable_in_wrap_up, signature
from routing.engine import Flag, Signature, Standing


@dataclass(frozen=True, slots=True)
class Place:
    """What a counselor is in the engine, and from when on; seconds since the epoch."""

    signature: Signature
    idle_since: float
    from_s: float


def place_of(presence: Presence, staff: Staff, care: Care) -> Place | None:
    """None for somebody who can be offered nothing."""
    strain, skills = strain_of(presence), skills_of(staff)
    idle_since = presence.idle_since.timestamp()
    if presence.state == PresenceState.READY:
        return Place(signature(care, strain, skills), idle_since, 0.0)
    if presence.state != PresenceState.WRAPPING_UP:
        return None
    ended = presence.since.timestamp()
    from_s = callable_in_wrap_up(care, strain, talk_ended_at=ended)
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
    if place is None or place.from_s > now:
        return away(presence, staff)
    return Standing(counselor=staff.id, signature=place.signature, idle_since=place.idle_since)
