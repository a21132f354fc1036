"""Nothing is recorded of a caller who has not heard, to the end, that it will be."""

from typing import Any

import pytest
from sqlmodel import select

from hotline.calls.model import CallState
from hotline.storage.tables import CallRecording, Line
from tests.hotline.web.voice.conftest import (
    VoiceScene,
    leads_to,
    says,
    somebody_holds_the_call,
)

pytestmark = pytest.mark.anyio

NOTICE, NAME = "recording.notice", "青少年"


@pytest.fixture
async def scene(scene: VoiceScene) -> VoiceScene:
    """The line records."""
    await scene.change(Line, "youth", recording={"when": "always"})
    return scene


def told(document: str) -> bool:
    return says(document, NOTICE, line=NAME)


async def recordings(scene: VoiceScene) -> list[tuple[str, str]]:
    async with scene.backend.database.work() as work:
        query = select(CallRecording.leg_sid, CallRecording.wanted)
        return [(leg, wanted) for leg, wanted in (await work.exec(query)).all()]


async def waits(scene: VoiceScene, **values: Any) -> str:
    """The child is in the queue. What is heard there first."""
    await scene.call_stands(CallState.WAITING, queued_at=scene.clock.now(), **values)
    return await scene.asks("/voice/calls/c1/again?turn=3")


async def is_taken(scene: VoiceScene, by: str = "li") -> None:
    """A counselor says yes, and the child is to be fetched in."""
    heard = scene.document
    await scene.rings_at(by, f"client:{by}")
    await scene.asks(f"/voice/legs/{by}/answer", CallSid=f"CA-{by}")
    scene.document = heard


async def test_who_waits_hears_it_once_after_the_first_words(scene: VoiceScene) -> None:
    first = await waits(scene)
    second = await scene.child_is_silent()
    for _ in range(4):
        later = await scene.child_is_silent()
        assert not told(later)

    assert first.find("谢谢你打来") < first.find("录下来")
    assert (told(first), told(second)) == (True, False)
    assert (await scene.call()).notice_heard_at == scene.clock.now()
    assert await scene.kinds() == ["recording.notice_heard"]


async def test_who_heard_it_is_recorded_as_soon_as_the_talk_begins(scene: VoiceScene) -> None:
    await waits(scene)
    await scene.child_is_silent()
    before = await recordings(scene)
    turn = (await scene.call()).turn
    await is_taken(scene)

    said = await scene.asks(f"/voice/calls/c1/join?turn={turn}")

    assert "<Conference" in said
    assert before == []
    assert await recordings(scene) == [("CA-child", "on")]


async def test_who_is_taken_before_its_end_hears_it_whole_at_the_door(scene: VoiceScene) -> None:
    await waits(scene)
    turn = (await scene.call()).turn
    await is_taken(scene)

    at_door = await scene.asks(f"/voice/calls/c1/join?turn={turn}")
    not_yet = await recordings(scene)
    inside = await scene.child_is_silent()

    assert told(at_door)
    assert "<Conference" not in at_door
    assert not_yet == []
    assert "<Conference" in inside
    assert await recordings(scene) == [("CA-child", "on")]


async def test_who_cuts_it_short_at_the_door_comes_in_and_is_not_recorded(
    scene: VoiceScene,
) -> None:
    await waits(scene)
    turn = (await scene.call()).turn
    await is_taken(scene)
    await scene.asks(f"/voice/calls/c1/join?turn={turn}")

    inside = await scene.child_presses("5")

    assert "<Conference" in inside
    assert await recordings(scene) == []


async def test_the_danger_key_is_heard_in_the_middle_of_it(scene: VoiceScene) -> None:
    first = await waits(scene)

    said = await scene.child_presses("9")

    assert told(first)
    assert says(said, "wait.crisis")
    assert not told(said)
    assert (await scene.call()).urgency == "crisis"


async def test_it_never_stands_between_a_counselor_and_a_child_in_danger(
    scene: VoiceScene,
) -> None:
    first = await waits(scene, urgency="crisis")
    turn = (await scene.call()).turn
    await is_taken(scene)

    said = await scene.asks(f"/voice/calls/c1/join?turn={turn}")

    assert not told(first)
    assert "<Conference" in said
    assert await recordings(scene) == []


async def test_a_child_in_danger_who_waits_on_hears_it_in_a_quiet_round(scene: VoiceScene) -> None:
    await waits(scene, urgency="crisis")

    second = await scene.child_is_silent()
    await scene.child_is_silent()

    assert told(second)
    assert (await scene.call()).notice_heard_at is not None


async def test_a_round_that_ends_with_it_just_when_somebody_takes_the_call_counts(
    scene: VoiceScene,
) -> None:
    await waits(scene)
    await is_taken(scene)

    on_the_way = await scene.child_is_silent()
    inside = await scene.child_is_silent()

    assert leads_to(on_the_way).startswith("/voice/calls/c1/join")
    assert "<Conference" in inside
    assert await recordings(scene) == [("CA-child", "on")]


async def test_a_line_that_does_not_record_says_nothing_of_it(scene: VoiceScene) -> None:
    await scene.change(Line, "youth", recording={})
    await waits(scene)
    turn = (await scene.call()).turn
    await is_taken(scene)

    said = await scene.asks(f"/voice/calls/c1/join?turn={turn}")

    assert not told(said)
    assert await recordings(scene) == []


async def test_a_child_who_comes_back_to_the_queue_is_recorded_anew_with_the_next(
    scene: VoiceScene,
) -> None:
    await waits(scene)
    await scene.child_is_silent()
    await is_taken(scene)
    await scene.asks(f"/voice/calls/c1/join?turn={(await scene.call()).turn}")
    async with scene.backend.database.work() as work:
        (await work.exec(select(CallRecording))).one().state = "on"

    back = await scene.child_is_silent()
    between = await recordings(scene)
    await scene.asks("/voice/legs/li/left", CallSid="CA-li")  # the talk before is over for them too
    await is_taken(scene, by="chen")
    await scene.asks(f"/voice/calls/c1/join?turn={(await scene.call()).turn}")

    assert says(back, "after.dropped")
    assert not told(back)
    assert between == [("CA-child", "off")]
    assert sorted(await recordings(scene)) == [("CA-child", "off"), ("CA-child", "on")]


async def test_the_star_key_at_the_notice_refuses_and_the_call_goes_on(scene: VoiceScene) -> None:
    await waits(scene)

    said = await scene.child_presses("*")

    assert says(said, "recording.declined")
    call = await scene.call()
    assert (call.state, call.recording_refused_at) == (CallState.WAITING, scene.clock.now())
    assert not told(await scene.child_is_silent())
    turn = (await scene.call()).turn
    await is_taken(scene)
    assert "<Conference" in await scene.asks(f"/voice/calls/c1/join?turn={turn}")
    assert await recordings(scene) == []


async def test_who_refuses_at_the_door_hears_a_word_and_comes_in(scene: VoiceScene) -> None:
    await scene.is_offered()
    await scene.asks("/voice/legs/li/answer", CallSid="CA-li")
    await scene.asks("/voice/calls/c1/join?turn=3")

    said = await scene.child_presses("*")

    assert says(said, "recording.declined")
    assert "<Conference" in said
    assert await recordings(scene) == []


@pytest.mark.usefixtures("logged")
async def test_a_refusal_in_a_stall_counts_also_when_the_wait_has_gone_on(
    scene: VoiceScene,
) -> None:
    await waits(scene, notice_heard_at=scene.clock.now())
    async with somebody_holds_the_call(scene):
        await scene.child_presses("*")

    await scene.child_is_silent()
    await scene.backend.unstored.settled()

    assert (await scene.call()).recording_refused_at is not None


@pytest.mark.usefixtures("logged")
async def test_a_refusal_at_the_notice_in_a_stall_counts_too(scene: VoiceScene) -> None:
    await waits(scene)
    async with somebody_holds_the_call(scene):
        await scene.child_presses("*")

    await scene.child_is_silent()
    await scene.backend.unstored.settled()

    assert (await scene.call()).recording_refused_at is not None
