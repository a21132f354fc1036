"""The child waits: what is said to it, and which keys count."""

import re
from datetime import timedelta
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlmodel import delete

from hotline.calls.model import CallState, Outcome
from hotline.storage.tables import Call, SeenPlace
from hotline.web.voice.calm import PIECES
from tests.fakes import NOON
from tests.hotline.web.voice.conftest import VoiceScene, leads_to, says, silent

pytestmark = pytest.mark.anyio

ROUND = "/voice/calls/c1/wait?turn=3"
CALM = "7"


async def waits(scene: VoiceScene, **values: Any) -> None:
    """The child is in the queue."""
    await scene.call_stands(CallState.WAITING, queued_at=NOON, **values)


async def seen_at(scene: VoiceScene, place: int, minutes: int | None = None) -> None:
    """The switchboard looks at the line now."""
    seen = SeenPlace(call_id="c1", place=place, minutes=minutes, seen_at=scene.clock.now())
    async with scene.backend.database.work() as work:
        await work.merge(seen)


# ── the place in line ───────────────────────────────────────────────────────────────────────────


async def test_the_place_and_the_wait_are_told_right_after_the_first_words(
    scene: VoiceScene,
) -> None:
    await waits(scene)
    await seen_at(scene, 3, 4)

    said = await scene.asks(ROUND)

    assert says(said, "wait.place", place=3)
    assert says(said, "wait.minutes", minutes=4)
    assert says(said, "wait.calm", digit="7")
    assert says(said, "wait.choices", digit="6")


@pytest.mark.parametrize(
    ("minutes", "told"), [(0, "wait.soon"), (1, "wait.minute"), (None, "wait.place")]
)
async def test_a_short_wait_is_told_in_words_and_an_unknown_one_not_at_all(
    scene: VoiceScene, minutes: int | None, told: str
) -> None:
    await waits(scene)
    await seen_at(scene, 1, minutes)

    said = await scene.asks(ROUND)

    assert says(said, told, place=1)
    assert ("分钟" in said) == (minutes is not None)


async def test_where_few_answer_only_the_longest_likely_wait_is_told(scene: VoiceScene) -> None:
    await waits(scene)
    await seen_at(scene, 2, -15)

    said = await scene.asks(ROUND)

    assert says(said, "wait.place", place=2)
    assert says(said, "wait.within", minutes=15)


@pytest.mark.parametrize(("later", "is_told"), [(-15, False), (-10, False), (-5, True)])
async def test_that_is_not_put_off_by_saying_it_again(
    scene: VoiceScene, later: int, *, is_told: bool
) -> None:
    """Nine minutes later: what is said now must be over no later than what was said before."""
    now = scene.clock.now()
    await waits(scene, told_at=now - timedelta(minutes=9), told_place=2,
                told_until=now + timedelta(minutes=6))  # fmt: skip
    await seen_at(scene, 2, later)

    said = await scene.asks(ROUND)

    assert says(said, "wait.place", place=2)
    assert says(said, "wait.within", minutes=-later) == is_told


async def test_they_are_told_every_minute_by_the_clock_with_music_between(
    scene: VoiceScene,
) -> None:
    await waits(scene, told_at=NOON)
    heard: list[bool] = []

    for _ in range(10):
        scene.clock.advance(13)
        await seen_at(scene, 2)
        said = await scene.child_is_silent() if heard else await scene.asks(ROUND)
        heard.append(says(said, "wait.place", place=2))
        assert heard[-1] != ("<Play>/sounds/wait-" in said)

    assert [n for n, told in enumerate(heard, 1) if told] == [5, 10]


@pytest.mark.parametrize("old_s", [16, 3600])
async def test_what_the_switchboard_saw_long_ago_is_not_told(scene: VoiceScene, old_s: int) -> None:
    await waits(scene)
    await seen_at(scene, 2, 5)
    scene.clock.advance(old_s)

    said = await scene.asks(ROUND)

    assert says(said, "wait.still")
    assert not re.search("第.位|分钟", said)


async def test_a_place_never_rises_in_what_one_child_is_told(scene: VoiceScene) -> None:
    await waits(scene, told_place=2)
    await seen_at(scene, 3, 5)

    said = await scene.asks(ROUND)

    assert says(said, "wait.still")
    assert not re.search("第.位|分钟", said)
    assert (await scene.call()).told_place == 2


async def test_after_a_time_that_came_to_nothing_no_other_is_told(scene: VoiceScene) -> None:
    await waits(scene)
    await seen_at(scene, 1, 0)
    await scene.asks(ROUND)

    scene.clock.advance(61)
    await seen_at(scene, 1, 0)
    said = await scene.child_is_silent()

    assert says(said, "wait.place", place=1)
    assert not says(said, "wait.soon")


async def test_a_child_in_danger_hears_no_number(scene: VoiceScene) -> None:
    await waits(scene, waits=1, urgency="crisis")
    await seen_at(scene, 1, 0)

    said = await scene.asks(ROUND)

    assert says(said, "wait.crisis")
    assert not re.search("第.位|分钟", said)


async def test_a_quiet_round_in_danger_has_no_music_that_others_could_hear(
    scene: VoiceScene,
) -> None:
    await waits(scene, waits=2, urgency="crisis")

    said = await scene.asks(ROUND)

    assert silent(said)
    assert "<Play" not in said


# ── calming words ───────────────────────────────────────────────────────────────────────────────


async def test_calming_words_go_on_from_round_to_round_and_end_in_music(scene: VoiceScene) -> None:
    await waits(scene, told_at=NOON)

    heard = [await scene.asks(ROUND, Digits=CALM)]
    heard += [await scene.child_is_silent() for _ in PIECES]

    for said, piece in zip(heard, PIECES, strict=False):
        assert says(said, str(piece[0]), digit=CALM)
    assert "/sounds/wait-" in heard[-1]
    assert (await scene.call()).state == CallState.WAITING


@pytest.mark.parametrize("key", ["0", "1", CALM])
async def test_a_key_leads_back_to_the_music(scene: VoiceScene, key: str) -> None:
    await waits(scene, told_at=NOON, calm_piece=1)

    said = await scene.asks(ROUND, Digits=key)
    then = await scene.child_is_silent()

    assert says(said, "calm.back")
    assert "/sounds/wait-" in then


async def test_danger_and_a_callback_are_one_key_away_from_calming_words(
    scene: VoiceScene,
) -> None:
    await waits(scene, told_at=NOON, calm_piece=1)

    asked = await scene.asks(ROUND, Digits="6")
    danger = await scene.child_presses("9")

    assert says(asked, "callback.confirm", digit="6")
    assert says(danger, "wait.crisis")
    assert (await scene.call()).urgency == "crisis"


async def test_the_place_is_told_between_two_calming_words(scene: VoiceScene) -> None:
    await waits(scene, calm_piece=1)
    await seen_at(scene, 2)

    said = await scene.asks(ROUND)

    assert says(said, "wait.place", place=2)
    assert says(said, "calm.listen")


@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(keys=st.lists(st.sampled_from(["", *"1234578", "*", CALM]), max_size=12))
async def test_no_key_but_those_that_say_so_loses_the_place_or_ends_the_call(
    scene: VoiceScene, keys: list[str]
) -> None:
    async with scene.backend.database.work() as work:
        await work.exec(delete(Call))
    await waits(scene)
    await scene.asks(ROUND)

    for key in keys:
        scene.clock.advance(13)
        said = await scene.child_presses(key)
        assert "<Hangup" not in said
        assert leads_to(said).startswith("/voice/calls/c1/wait")

    call = await scene.call()
    assert (call.state, call.queued_at, call.outcome) == (CallState.WAITING, NOON, None)


# ── rounds ──────────────────────────────────────────────────────────────────────────────────────


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


async def test_the_music_is_a_sound_that_the_carrier_can_fetch(scene: VoiceScene) -> None:
    said = await scene.asks("/voice/calls/c1/music")
    [address] = re.findall("<Play>(.*?)</Play>", said)

    fetched = await scene.http.get(address)

    assert fetched.headers["Content-Type"] == "audio/wav"
    assert fetched.content.startswith(b"RIFF")


async def test_a_call_is_not_changed_by_its_music(scene: VoiceScene) -> None:
    await scene.talks()

    await scene.asks("/voice/calls/c1/music", Digits="9")

    call = await scene.call()
    assert (call.state, call.urgency, call.turn) == (CallState.TALKING, "routine", 3)
