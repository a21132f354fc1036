"""Forms of the carrier, whole and broken."""

from datetime import UTC, datetime

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from hotline.ports import LegStatus
from hotline.telephony.callbacks import read_conference, read_leg
from hotline.telephony.status import ConferenceEvent

COMPLETED = {
    "CallSid": "CA1",
    "ParentCallSid": "CA0",
    "AccountSid": "AC1",
    "From": "13800138000",
    "To": "12355",
    "CallStatus": "completed",
    "Timestamp": "Sun, 01 Mar 2026 12:00:00 +0000",
    "SequenceNumber": "3",
    "CallDuration": "61",
    "CallbackSource": "call-progress-events",
}


def test_a_status_callback_is_read() -> None:
    form = read_leg(COMPLETED)

    assert (form.sid, form.status, form.sequence) == ("CA1", LegStatus.COMPLETED, 3)
    assert form.at == datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
    assert (form.caller, form.caller_raw, form.called) == ("+8613800138000", "13800138000", "12355")


def test_keys_and_speech_are_read() -> None:
    form = read_leg({"CallSid": "CA1", "Digits": "1*#", "SpeechResult": " 我想找人聊聊 "})

    assert (form.digits, form.speech) == ("1*#", "我想找人聊聊")


def test_pressing_nothing_reads_the_same_whether_the_field_is_empty_or_absent() -> None:
    assert read_leg({"CallSid": "CA1", "Digits": ""}) == read_leg({"CallSid": "CA1"})


def test_a_withheld_caller_keeps_the_word_that_was_sent() -> None:
    form = read_leg({"CallSid": "CA1", "From": "anonymous"})

    assert (form.caller, form.caller_raw) == (None, "anonymous")


@pytest.mark.parametrize("count", ["", "-1", "three", "1.5", "٣", "9" * 5000])
def test_a_nonsense_count_is_none(count: str) -> None:
    assert read_leg(COMPLETED | {"SequenceNumber": count}).sequence is None


@pytest.mark.parametrize(
    "stamp",
    [
        "Sun, 01 Mar 2026 12:00:00 +0000",
        "Sun, 01 Mar 2026 12:00:00 -0000",
        "Sun, 01 Mar 2026 20:00:00 +0800",
        "2026-03-01T12:00:00Z",
        "2026-03-01T12:00:00",
    ],
)
def test_every_spelling_of_noon_is_noon(stamp: str) -> None:
    assert read_leg(COMPLETED | {"Timestamp": stamp}).at == datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    "stamp", ["", "soon", "Sun, 99 Mar 2026 12:00:00 +0000", "0001-01-01T00:00+09:00"]
)
def test_a_nonsense_moment_is_none(stamp: str) -> None:
    assert read_leg(COMPLETED | {"Timestamp": stamp}).at is None


def test_a_conference_event_is_read() -> None:
    form = read_conference(
        {
            "ConferenceSid": "CF1",
            "FriendlyName": "call-7",
            "StatusCallbackEvent": "participant-leave",
            "CallSid": "CA1",
            "SequenceNumber": "4",
            "Timestamp": "Sun, 01 Mar 2026 12:00:00 +0000",
        }
    )

    assert (form.sid, form.name, form.leg_sid) == ("CF1", "call-7", "CA1")
    assert (form.event, form.sequence) == (ConferenceEvent.LEFT, 4)
    assert form.at == datetime(2026, 3, 1, 12, tzinfo=UTC)


names = st.sampled_from([*COMPLETED, "Digits", "StatusCallbackEvent", "ErrorCode"])


@example({"SequenceNumber": "0\x1f"})  # what Python strips, its numbers do not
@given(st.dictionaries(names, st.text()))
def test_no_form_at_all_can_break_the_reading(fields: dict[str, str]) -> None:
    leg, conference = read_leg(fields), read_conference(fields)

    assert leg.sid == conference.leg_sid == fields.get("CallSid", "")


@given(st.text(alphabet="0123456789 :+-,TZSunMarGMT", max_size=40))
def test_no_moment_can_break_the_reading(stamp: str) -> None:
    at = read_leg({"Timestamp": stamp}).at

    assert at is None or at.tzinfo is UTC
