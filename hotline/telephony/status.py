"""The carrier's words for legs and conferences, in ours. An unknown word is None, never a guess."""

from enum import StrEnum

from hotline.ports import LegStatus

_LEG_WORDS = {
    "queued": LegStatus.DIALING,
    "initiated": LegStatus.DIALING,
    "ringing": LegStatus.RINGING,
    "in-progress": LegStatus.UP,
    "answered": LegStatus.UP,
    "completed": LegStatus.COMPLETED,
    "busy": LegStatus.BUSY,
    "no-answer": LegStatus.NO_ANSWER,
    "failed": LegStatus.FAILED,
    "canceled": LegStatus.CANCELED,
}


class ConferenceEvent(StrEnum):
    """What happened in a conference, as far as we care."""

    STARTED = "started"
    ENDED = "ended"
    JOINED = "joined"
    LEFT = "left"
    HELD = "held"
    RESUMED = "resumed"


_CONFERENCE_WORDS = {
    "conference-start": ConferenceEvent.STARTED,
    "conference-end": ConferenceEvent.ENDED,
    "participant-join": ConferenceEvent.JOINED,
    "participant-leave": ConferenceEvent.LEFT,
    "participant-hold": ConferenceEvent.HELD,
    "participant-unhold": ConferenceEvent.RESUMED,
}


def leg_status(word: str) -> LegStatus | None:
    """The status behind `CallStatus` or `DialCallStatus`. The spelling of case is forgiven.

    `completed` says that a leg was answered and has ended, not that a human was spoken to.
    """
    return _LEG_WORDS.get(word.strip().lower())


def conference_event(word: str) -> ConferenceEvent | None:
    """The event behind a conference's `StatusCallbackEvent`."""
    return _CONFERENCE_WORDS.get(word.strip().lower())
