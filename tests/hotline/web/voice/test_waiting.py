"""The child waits: what is said to it, and which keys count."""

from typing import Any
from urllib.parse import quote

import pytest

from hotline.calls.model import CallState, Outcome
from tests.fakes import NOON
from tests.hotline.web.voice.conftest import VoiceScene, leads_to, says, silent

pytestmark = pytest.mark.anyio

ROUND = "/voice/calls/c1/wait?turn=3"


async def waits(scene: VoiceScene, **values: Any) -> None:
    """The child is in the queue."""
    await scene.call_stands(CallState.WAITING, queued_at=NOON, **values)


@pytest.mark.parametrize(
    ("rounds", "heard"),
    [(0, []), (1, []), (2, []), (3, ["wait.still", "wait.choices"]), (4, []), (7, ["wait.still"])],
)
async def test_a_round_reassures_now_and_then_and_is_quiet_between(
    scene: VoiceScene, rounds: int, heard: list[str]
) -> None:
    await waits(scene, waits=rounds)

    said = await scene.asks(ROUND)

    assert (await scene.call()).waits == rounds + 1
    assert all(says(said, prompt, digit="6") for prompt in heard)
    assert silent(said) == (not heard)
    assert leads_to(said) == "/voice/calls/c1/wait?turn=4"


@pytest.mark.parametrize(("rounds", "spoken"), [(0, False), (1, True), (2, False), (3, True)])
async def test_a_child_in_danger_is_spoken_to_every_other_round_and_offered_no_callback(
    scene: VoiceScene, rounds: int, *, spoken: bool
) -> None:
    await waits(scene, waits=rounds, urgency="crisis")

    said = await scene.asks(ROUND)

    assert says(said, "wait.crisis") == spoken
    assert not says(said, "wait.choices", digit="6")


async def test_every_round_is_a_sign_of_life(scene: VoiceScene) -> None:
    await waits(scene)

    scene.clock.advance(13)
    await scene.asks(ROUND)

    assert (await scene.call()).heard_at == scene.clock.now()


async def test_a_round_that_is_repeated_counts_once(scene: VoiceScene) -> None:
    await waits(scene)

    first = await scene.asks(ROUND)
    again = await scene.asks(ROUND)

    assert first == again
    assert (await scene.call()).waits == 1


@pytest.mark.parametrize("rounds", [0, 1, 3, 4])
async def test_the_danger_key_is_answered_at_once_and_makes_it_a_crisis(
    scene: VoiceScene, rounds: int
) -> None:
    await waits(scene, waits=rounds)

    said = await scene.asks(ROUND, Digits="9")
    await scene.child_presses("9")

    assert said.count("我们听到了") == scene.document.count("我们听到了") == 1
    assert (await scene.call()).urgency == "crisis"
    assert await scene.told("call.raised_to_crisis") == [{"why": "key_while_waiting"}]


@pytest.mark.parametrize("key", ["", "1", "2", "5", "*"])
async def test_any_other_key_just_goes_on_waiting(scene: VoiceScene, key: str) -> None:
    await waits(scene)

    said = await scene.asks(ROUND, Digits=key)

    assert leads_to(said) == "/voice/calls/c1/wait?turn=4"
    assert await scene.kinds() == []


async def test_a_key_for_an_earlier_round_does_not_count(scene: VoiceScene) -> None:
    await waits(scene, waits=5)

    said = await scene.asks("/voice/calls/c1/wait?turn=2", Digits="2")

    call = await scene.call()
    assert (call.state, call.waits, call.outcome) == (CallState.WAITING, 5, None)
    assert leads_to(said) == "/voice/calls/c1/wait?turn=4"


async def test_the_danger_key_is_heard_even_when_somebody_has_just_taken_the_call(
    scene: VoiceScene,
) -> None:
    await scene.call_stands(CallState.CONNECTING, accepted_at=NOON)

    await scene.asks(ROUND, Digits="9")

    call = await scene.call()
    assert (call.state, call.urgency) == (CallState.CONNECTING, "crisis")


@pytest.mark.parametrize("query", ["", "?turn=", "?turn=three", "?turn=3.0", "?turn=-1"])
async def test_a_turn_that_is_no_number_is_a_late_one_and_never_an_error(
    scene: VoiceScene, query: str
) -> None:
    await waits(scene, waits=5)

    said = await scene.asks(f"/voice/calls/c1/wait{query}", Digits="2")

    call = await scene.call()
    assert (call.state, call.waits, call.outcome) == (CallState.WAITING, 5, None)
    assert leads_to(said) == "/voice/calls/c1/wait?turn=4"


@pytest.mark.parametrize("state", [CallState.FLOW, CallState.WAITING, CallState.TALKING])
async def test_a_word_that_nobody_knows_changes_nothing(
    scene: VoiceScene, state: CallState
) -> None:
    await scene.call_stands(state, waits=1, step="menu")

    said = await scene.asks("/voice/calls/c1/mumble?turn=3", Digits="2")

    call = await scene.call()
    assert (call.state, call.urgency, call.waits) == (state, "routine", 1)
    assert "<Hangup" not in said
    assert await scene.kinds() == []


async def test_a_caller_whose_call_is_not_known_any_more_is_taken_in_anew(
    scene: VoiceScene,
) -> None:
    said = await scene.asks("/voice/calls/lost/wait?turn=7", From="13800138000", To="12355")

    assert says(said, "menu.danger")
    assert [call.state for call in await scene.calls()] == [CallState.FLOW]


async def test_the_end_of_a_call_that_is_not_known_any_more_is_accounted_for(
    scene: VoiceScene,
) -> None:
    said = await scene.asks("/voice/calls/lost/after?turn=7", To="12355", CallStatus="completed")

    call = await scene.call()
    assert "<Hangup" in said
    assert (call.state, call.outcome) == (CallState.ENDED, Outcome.HUNG_UP)
    assert call.outcome_step == "not_taken_in"


@pytest.mark.parametrize(
    ("language", "spoken_in"),
    [("cmn", "cmn"), ("yue", "yue"), ("eng", "eng"), ("hak", "cmn"), ("no such", "cmn")],
)
async def test_music_is_announced_in_the_callers_language_and_asked_for_again_and_again(
    scene: VoiceScene, language: str, spoken_in: str
) -> None:
    said = await scene.asks(f"/voice/calls/c1/music?language={quote(language)}")
    again = await scene.asks(leads_to(said))

    assert says(said, "hold.music_intro", spoken_in)
    assert again == said


async def test_a_call_is_not_changed_by_its_music(scene: VoiceScene) -> None:
    await scene.talks()

    await scene.asks("/voice/calls/c1/music", Digits="9")

    call = await scene.call()
    assert (call.state, call.urgency, call.turn) == (CallState.TALKING, "routine", 3)
