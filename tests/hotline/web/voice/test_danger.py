"""The danger key is one-way: it counts at any turn, from any document, stored or not yet."""

from typing import Any

import pytest

from hotline.calls.model import CallState, Outcome
from hotline.storage.tables import Line
from tests.fakes import NOON
from tests.hotline.web.api.conftest import talkers
from tests.hotline.web.voice.conftest import (
    FLOW,
    VoiceScene,
    asks_again_at,
    leads_to,
    says,
    somebody_holds_the_call,
)

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("logged")]

ANYWHERE = [
    (CallState.FLOW, "flow", "key_in_menu"),
    (CallState.WAITING, "wait", "key_while_waiting"),
    (CallState.CONNECTING, "join", "key_while_waiting"),
    (CallState.TALKING, "after", "key_while_waiting"),
    (CallState.MESSAGE, "message", "key_while_waiting"),
    (CallState.WAITING, "again", "key_while_waiting"),
]


async def stands(scene: VoiceScene, state: CallState) -> None:
    """The child is at a point of the call, in the middle of the menu where that is there."""
    await scene.call_stands(state, step="menu", waits=5, queued_at=NOON)


@pytest.mark.parametrize("turn", ["3", "2", "x", ""])
@pytest.mark.parametrize(("state", "what", "why"), ANYWHERE)
async def test_the_key_counts_at_any_turn_and_from_any_document(
    scene: VoiceScene, state: CallState, what: str, why: str, turn: str
) -> None:
    await stands(scene, state)

    await scene.asks(f"/voice/calls/c1/{what}?turn={turn}", Digits="9")

    assert (await scene.call()).urgency == "crisis"
    assert await scene.told("call.raised_to_crisis") == [{"why": why}]


@pytest.mark.parametrize("state", [CallState.FLOW, CallState.WAITING, CallState.MESSAGE])
async def test_who_was_not_with_people_yet_goes_there_and_hears_so(
    scene: VoiceScene, state: CallState
) -> None:
    await stands(scene, state)

    said = await scene.asks("/voice/calls/c1/wait?turn=1", Digits="9")

    call = await scene.call()
    assert says(said, "wait.crisis")
    assert (call.state, call.turn) == (CallState.WAITING, 4)
    assert call.queued_at == NOON


@pytest.mark.parametrize("what", ["wait?turn=2&rounds=1", "wait?turn=2&danger=1&rounds=2"])
async def test_who_presses_it_instead_of_hearing_the_last_words_is_not_hung_up(
    scene: VoiceScene, what: str
) -> None:
    await scene.call_stands(CallState.CLOSING, outcome=Outcome.CALLBACK_OWED, queued_at=NOON)
    keys = {} if "danger" in what else {"Digits": "9"}

    said = await scene.asks(f"/voice/calls/c1/{what}", **keys)

    call = await scene.call()
    assert says(said, "wait.crisis")
    assert (call.state, call.urgency, call.outcome) == ("waiting", "crisis", "callback_owed")


async def test_a_word_for_danger_counts_like_the_key(scene: VoiceScene) -> None:
    await stands(scene, CallState.FLOW)

    said = await scene.asks("/voice/calls/c1/flow?turn=1", SpeechResult="救命啊")

    assert says(said, "wait.crisis")
    assert (await scene.call()).urgency == "crisis"


async def test_a_recorder_listens_for_the_key(scene: VoiceScene) -> None:
    await stands(scene, CallState.MESSAGE)

    said = await scene.asks("/voice/calls/c1/again?turn=1")

    assert 'finishOnKey="#9"' in said


async def test_the_key_counts_when_the_end_of_the_call_was_reported_first(
    scene: VoiceScene,
) -> None:
    await stands(scene, CallState.WAITING)
    await scene.reports("/voice/status", CallStatus="completed")

    said = await scene.asks("/voice/calls/c1/wait?turn=3", Digits="9", CallStatus="completed")

    assert "<Hangup" in said
    assert (await scene.call()).urgency == "crisis"


# ── while we cannot store it ────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(("state", "what", "_why"), ANYWHERE)
async def test_a_key_that_could_not_be_stored_is_carried_on_until_it_is(
    scene: VoiceScene, state: CallState, what: str, _why: str
) -> None:
    await stands(scene, state)
    async with somebody_holds_the_call(scene):
        await scene.asks(f"/voice/calls/c1/{what}?turn=3", Digits="9")
        first = scene.document
        await scene.child_is_silent()
        second = scene.document

    await scene.child_is_silent()

    assert says(first, "wait.crisis")
    assert "danger=1" in leads_to(first)
    assert "danger=1" in leads_to(second)
    assert leads_to(first) != leads_to(second)
    assert (await scene.call()).urgency == "crisis"
    assert await scene.told("call.raised_to_crisis") == [{"why": "key_carried_on"}]


async def test_a_key_that_is_pressed_in_a_safe_answer_counts(scene: VoiceScene) -> None:
    await stands(scene, CallState.WAITING)
    async with somebody_holds_the_call(scene):
        await scene.asks("/voice/calls/c1/wait?turn=3")

    said = await scene.child_presses("9")

    assert says(said, "wait.crisis")
    assert (await scene.call()).urgency == "crisis"


async def test_after_two_stalls_in_one_call_the_key_counts_as_after_the_first(
    scene: VoiceScene,
) -> None:
    await stands(scene, CallState.WAITING)
    await scene.asks("/voice/calls/c1/wait?turn=3")
    given_out = set()
    for _ in range(2):
        async with somebody_holds_the_call(scene):
            await scene.child_is_silent()
        given_out.add(leads_to(scene.document))
        await scene.child_is_silent()
        given_out.add(leads_to(scene.document))

    said = await scene.child_presses("9")

    assert len(given_out) == 4
    assert says(said, "wait.crisis")
    assert (await scene.call()).urgency == "crisis"


async def test_a_word_for_danger_is_carried_on_too(scene: VoiceScene) -> None:
    await stands(scene, CallState.FLOW)
    async with scene.backend.database.work() as work:
        await scene.backend.lines.read(work)

    async with somebody_holds_the_call(scene):
        said = await scene.asks("/voice/calls/c1/flow?turn=3", SpeechResult="救命", To="12355")

    assert asks_again_at(said) == "/voice/calls/c1/wait?turn=3&danger=1&rounds=1"


async def test_the_key_of_a_child_who_hung_up_meanwhile_is_stored_all_the_same(
    scene: VoiceScene,
) -> None:
    await stands(scene, CallState.WAITING)
    async with somebody_holds_the_call(scene):
        await scene.asks("/voice/calls/c1/wait?turn=3", Digits="9")

    await scene.backend.unstored.settled()

    assert await scene.told("call.raised_to_crisis") == [{"why": "key_carried_on"}]


async def test_other_keys_are_not_carried_on(without_database: VoiceScene) -> None:
    said = await without_database.asks("/voice/calls/c1/wait?turn=3", Digits="2")

    assert says(said, "technical")
    assert "danger" not in leads_to(said)


async def test_a_child_is_spoken_to_in_its_language_while_we_fail(
    without_database: VoiceScene,
) -> None:
    said = await without_database.asks("/voice/calls/c1/wait?turn=3&lang=yue")

    assert says(said, "technical", "yue")
    assert asks_again_at(said) == "/voice/calls/c1/wait?turn=3&lang=yue&rounds=1"


@pytest.mark.parametrize(("rounds", "spoken"), [(1, False), (4, False), (5, True), (10, True)])
async def test_words_come_now_and_then_while_we_fail(
    without_database: VoiceScene, rounds: int, *, spoken: bool
) -> None:
    said = await without_database.asks(f"/voice/calls/c1/wait?turn=3&rounds={rounds}")

    assert says(said, "technical") == spoken


# ── addresses ───────────────────────────────────────────────────────────────────────────────────


async def test_a_second_way_in_at_the_same_address_leads_in_again(scene: VoiceScene) -> None:
    await scene.call_stands(CallState.CONNECTING, counselor_id="li", accepted_at=NOON)
    await scene.add(talkers("c1", "li", at=NOON)[1])
    way_in = "/voice/calls/c1/join?turn=3"
    first = await scene.asks(way_in)
    async with scene.backend.database.work() as work:
        call = await work.get_one(type(await scene.call()), "c1")
        call.state, call.turn = CallState.CONNECTING, 9

    second = await scene.asks(way_in)

    assert leads_to(first) == "/voice/calls/c1/after?turn=4"
    assert leads_to(second) == "/voice/calls/c1/after?turn=10"
    assert (await scene.call()).state == CallState.TALKING


async def test_whoever_waits_on_the_way_in_is_given_an_address_of_its_own_each_time(
    scene: VoiceScene,
) -> None:
    await scene.call_stands(CallState.CONNECTING, counselor_id="li", accepted_at=NOON)

    given_out = [
        leads_to(await scene.asks(f"/voice/calls/c1/wait?turn={turn}")) for turn in (3, 4, 5)
    ]

    assert len(set(given_out)) == 3


async def test_a_flow_without_words_for_danger_still_has_the_key(scene: VoiceScene) -> None:
    wordless: dict[str, Any] = FLOW | {"danger_words": []}
    await scene.change(Line, "youth", flow=wordless, flow_version="wordless")
    await stands(scene, CallState.FLOW)

    await scene.asks("/voice/calls/c1/flow?turn=2", Digits="9")

    call = await scene.call()
    assert (call.urgency, call.outcome) == ("crisis", None)
    assert call.outcome != Outcome.HUNG_UP
