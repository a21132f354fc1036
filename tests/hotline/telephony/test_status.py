"""The carrier's words in ours."""

import pytest

from hotline.ports import LegStatus
from hotline.telephony.status import ConferenceEvent, conference_event, leg_status


@pytest.mark.parametrize(
    ("word", "status"),
    [
        ("queued", LegStatus.DIALING),
        ("initiated", LegStatus.DIALING),
        ("ringing", LegStatus.RINGING),
        ("in-progress", LegStatus.UP),
        ("answered", LegStatus.UP),
        ("completed", LegStatus.COMPLETED),
        ("busy", LegStatus.BUSY),
        ("no-answer", LegStatus.NO_ANSWER),
        ("failed", LegStatus.FAILED),
        ("canceled", LegStatus.CANCELED),
        (" Completed ", LegStatus.COMPLETED),
    ],
)
def test_every_word_for_a_leg_is_understood(word: str, status: LegStatus) -> None:
    assert leg_status(word) == status


@pytest.mark.parametrize(
    ("word", "event"),
    [
        ("conference-start", ConferenceEvent.STARTED),
        ("conference-end", ConferenceEvent.ENDED),
        ("participant-join", ConferenceEvent.JOINED),
        ("participant-leave", ConferenceEvent.LEFT),
        ("participant-hold", ConferenceEvent.HELD),
        ("participant-unhold", ConferenceEvent.RESUMED),
    ],
)
def test_every_word_for_a_conference_is_understood(word: str, event: ConferenceEvent) -> None:
    assert conference_event(word) == event


@pytest.mark.parametrize("word", ["", "transferred", "speech-start", "COMPLETED!"])
def test_an_unknown_word_is_not_guessed_at(word: str) -> None:
    assert leg_status(word) is None
    assert conference_event(word) is None
