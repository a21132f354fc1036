"""Who hears whom. Of what stands in a conference alone, for the sound and for those who test it."""

from collections.abc import Iterable
from typing import Any

from hotline.carrier.model import CarrierLeg, CarrierParticipant, Conference


def may_hear(listener: CarrierParticipant, speaker: CarrierParticipant) -> bool:
    """Who coaches is heard by the coached alone."""
    return speaker.coaching is None or listener.leg.sid == speaker.coaching


def hears(
    conference: Conference, listener: CarrierParticipant, speaker: CarrierParticipant
) -> bool:
    """Whether a word of the speaker's reaches the listener now."""
    apart = listener is speaker or listener.hold or speaker.hold or speaker.muted
    return conference.status == "in-progress" and not apart and may_hear(listener, speaker)


def who_hears_whom(conference: Conference) -> dict[str, Any]:
    """Each participant, whom they hear, and what is played to them alone."""
    return {
        "sid": conference.sid,
        "name": conference.name,
        "status": conference.status,
        "participants": [_heard_by(conference, one) for one in conference.participants],
    }


def place_of(leg: CarrierLeg, conferences: Iterable[Conference]) -> dict[str, Any]:
    """Where a live leg is and whether it hears anything: in conferences, or with its document."""
    inside = [
        (conference, one)
        for conference in conferences
        for one in conference.participants
        if one.leg is leg
    ]
    heard = [_heard_by(conference, one) for conference, one in inside]
    return {
        "sid": leg.sid,
        "address": leg.address,
        "direction": leg.direction,
        "status": leg.status,
        "conferences": [conference.name for conference, _ in inside],
        "follows_document": leg.player is not None and not inside,
        "silence": bool(heard) and all(each["silence"] for each in heard),
    }


def _heard_by(conference: Conference, one: CarrierParticipant) -> dict[str, Any]:
    """`plays`: words, music, pause (between the two) or nothing. `silence`: nothing at all."""
    heard = [other for other in conference.participants if hears(conference, one, other)]
    return {
        "sid": one.leg.sid,
        "address": one.leg.address,
        "label": one.label,
        "muted": one.muted,
        "hold": one.hold,
        "coaching": one.coaching,
        "hears": [other.leg.address for other in heard],
        "plays": one.plays,
        "music": one.music,
        "silence": not heard and not one.plays,
    }
