"""A message instead of a talk: whatever was said counts, however the call ended."""

from typing import Any

import pytest
from sqlmodel import col, select

from hotline.calls.model import CallState, Outcome
from hotline.storage.tables import Call, Callback, CallRecording, Line
from tests.hotline.web.voice.conftest import VoiceScene, leads_to, says

pytestmark = pytest.mark.anyio

RECORDED = "/voice/calls/c1/message?turn=3"
MESSAGE: dict[str, str] = {"RecordingSid": "RE1", "RecordingDuration": "12"}
LEFT: list[dict[str, Any]] = [{"recording": "RE1", "seconds": "12"}]


@pytest.fixture(autouse=True)
async def _recorder_runs(scene: VoiceScene) -> None:
    await scene.call_stands(CallState.MESSAGE, step="recorder")


async def owed(scene: VoiceScene) -> list[Callback]:
    """The calls that we owe."""
    async with scene.backend.database.work() as work:
        return list((await work.exec(select(Callback))).all())


async def sounds(scene: VoiceScene) -> list[tuple[str | None, str, bool, int | None]]:
    """What there is to fetch."""
    query = select(CallRecording).order_by(col(CallRecording.carrier_sid))
    async with scene.backend.database.work() as work:
        found = (await work.exec(query)).all()
    return [(one.carrier_sid, one.copy_state, one.is_message, one.seconds) for one in found]


async def test_a_message_is_thanked_for_and_counts(scene: VoiceScene) -> None:
    said = await scene.asks(RECORDED, **MESSAGE, Digits="#")

    call = await scene.call()
    assert says(said, "message.thanks")
    assert said.endswith("<Hangup /></Response>")
    assert (call.state, call.outcome) == (CallState.CLOSING, Outcome.MESSAGE_LEFT)
    assert call.outcome_step == "recorder"
    assert await scene.told("message.left") == LEFT


@pytest.mark.parametrize("seconds", ["0", "", "none"])
async def test_who_says_nothing_to_the_recorder_is_not_hung_up_without_a_word(
    scene: VoiceScene, seconds: str
) -> None:
    asked_again = await scene.asks(RECORDED, RecordingDuration=seconds)
    said = await scene.child_is_silent()
    await scene.reports("/voice/status", CallStatus="completed")

    assert says(asked_again, "message.please_leave")
    assert says(said, "sorry")
    assert (await scene.call()).outcome == Outcome.HUNG_UP
    assert await scene.told("message.left") == []
    assert [(one.why, one.state) for one in await owed(scene)] == [("hung_up", "open")]


@pytest.mark.parametrize(("days", "heard_as"), [(30, "30"), (1095, "一千零九十五")])
async def test_before_the_beep_the_caller_hears_how_long_a_message_is_kept(
    scene: VoiceScene, days: int, heard_as: str
) -> None:
    await scene.change(Line, "youth", recording={"keep_days": days})

    said = await scene.asks(RECORDED, RecordingDuration="0")

    assert says(said, "message.please_leave")
    assert says(said, "message.kept_for", days=heard_as)


async def test_a_message_is_a_call_that_we_owe_and_a_sound_to_fetch(scene: VoiceScene) -> None:
    await scene.asks(RECORDED, **MESSAGE, Digits="#")
    await scene.reports("/voice/calls/c1/recording", **MESSAGE)

    assert [(one.why, one.call_id) for one in await owed(scene)] == [("message", "c1")]
    assert await sounds(scene) == [("RE1", "wanted", True, 12)]


async def test_who_is_silent_first_and_then_speaks_has_left_a_message(scene: VoiceScene) -> None:
    await scene.asks(RECORDED, RecordingDuration="0")
    said = await scene.asks(leads_to(scene.document), **MESSAGE)

    assert says(said, "message.thanks")
    assert [one.why for one in await owed(scene)] == ["message"]


async def test_what_was_said_before_the_danger_key_is_fetched_all_the_same(
    scene: VoiceScene,
) -> None:
    await scene.asks(RECORDED, **MESSAGE, Digits="9")

    assert (await scene.call()).state == CallState.WAITING
    assert await sounds(scene) == [("RE1", "wanted", True, 12)]
    assert await owed(scene) == []


async def test_a_second_message_in_one_call_is_fetched_too(scene: VoiceScene) -> None:
    await scene.asks("/voice/calls/c1/message?turn=2", **MESSAGE)
    await scene.asks(leads_to(scene.document), RecordingSid="RE2", RecordingDuration="5")

    assert await sounds(scene) == [("RE1", "wanted", True, 12), ("RE2", "wanted", True, 5)]
    assert len(await owed(scene)) == 1


async def test_a_message_that_ends_with_the_call_counts_too(scene: VoiceScene) -> None:
    said = await scene.asks(RECORDED, **MESSAGE, Digits="hangup", CallStatus="completed")

    call = await scene.call()
    assert "<Hangup" in said
    assert (call.state, call.outcome) == (CallState.ENDED, Outcome.MESSAGE_LEFT)
    assert await scene.told("message.left") == LEFT


async def test_a_message_counts_when_the_end_of_the_call_is_reported_first(
    scene: VoiceScene,
) -> None:
    await scene.reports("/voice/status", CallStatus="completed")

    await scene.asks(RECORDED, **MESSAGE, Digits="hangup", CallStatus="completed")

    assert (await scene.call()).outcome == Outcome.MESSAGE_LEFT
    assert await scene.told("message.left") == LEFT


async def test_a_message_of_which_only_the_recording_is_reported_counts(scene: VoiceScene) -> None:
    await scene.reports("/voice/status", CallStatus="completed")

    status = await scene.reports("/voice/calls/c1/recording", **MESSAGE)

    assert status == 204
    assert (await scene.call()).outcome == Outcome.MESSAGE_LEFT


async def test_one_message_is_told_once_however_often_it_is_reported(scene: VoiceScene) -> None:
    await scene.reports("/voice/calls/c1/recording", **MESSAGE)
    await scene.asks(RECORDED, **MESSAGE)
    await scene.reports("/voice/calls/c1/recording", **MESSAGE, RecordingChannels="1")

    assert await scene.told("message.left") == LEFT
    assert len(await scene.told("call.outcome_decided")) == 1


async def test_the_recording_that_is_on_file_is_in_the_timeline(scene: VoiceScene) -> None:
    await scene.asks(RECORDED, **MESSAGE)

    first = await scene.reports("/voice/calls/c1/recording", **MESSAGE)
    again = await scene.reports("/voice/calls/c1/recording", **MESSAGE)

    assert (first, again) == (204, 204)
    assert await scene.told("message.kept") == [{"recording": "RE1"}]


@pytest.mark.parametrize("query", ["", "?line=nowhere"])
async def test_a_recording_of_a_call_that_nobody_can_know_is_not_asked_for_again(
    scene: VoiceScene, query: str
) -> None:
    status = await scene.reports(f"/voice/calls/lost/recording{query}", CallSid="CA-lost")

    assert status == 204
    assert len(await scene.calls()) == 1


async def test_a_recording_tells_of_a_call_that_was_lost_with_a_database(scene: VoiceScene) -> None:
    path = "/voice/calls/lost/recording?line=youth"

    status = await scene.reports(path, CallSid="CA-lost", **MESSAGE)
    await scene.reports("/voice/status", CallSid="CA-lost", CallStatus="completed")

    _, lost = sorted(await scene.calls(), key=lambda call: call.id == "c1", reverse=True)
    assert status == 204
    assert (lost.carrier_sid, lost.line_id) == ("CA-lost", "youth")
    assert (lost.state, lost.outcome) == (CallState.ENDED, Outcome.MESSAGE_LEFT)


async def test_a_recording_finds_its_call_by_the_carriers_id_too(scene: VoiceScene) -> None:
    await scene.reports("/voice/calls/another-id/recording", **MESSAGE)

    assert (await scene.call()).outcome == Outcome.MESSAGE_LEFT


async def test_a_message_for_an_earlier_reading_is_kept_and_another_may_follow(
    scene: VoiceScene,
) -> None:
    said = await scene.asks("/voice/calls/c1/message?turn=2", **MESSAGE)

    call = await scene.call()
    assert says(said, "message.please_leave")
    assert (call.state, call.outcome) == (CallState.MESSAGE, Outcome.MESSAGE_LEFT)


async def test_a_recording_says_nothing_of_a_call_that_was_a_talk(scene: VoiceScene) -> None:
    await scene.change(Call, "c1", state="ended", outcome="talked")

    await scene.reports("/voice/calls/c1/recording", **MESSAGE)

    assert (await scene.call()).outcome == Outcome.TALKED
    assert await scene.kinds() == ["message.kept"]


@pytest.mark.parametrize("seconds", ["0", "", "none"])
async def test_nothing_is_told_to_be_kept_where_nothing_was_said(
    scene: VoiceScene, seconds: str
) -> None:
    form = {"RecordingSid": "RE1", "RecordingStatus": "absent", "RecordingDuration": seconds}

    status = await scene.reports("/voice/calls/c1/recording", **form)

    assert (status, await scene.told("message.kept")) == (204, [])


async def test_a_length_that_no_message_has_loses_no_call(scene: VoiceScene) -> None:
    said = await scene.asks(RECORDED, RecordingSid="RE1", RecordingDuration="9" * 12)

    assert says(said, "message.please_leave")
    assert await scene.told("message.left") == []
