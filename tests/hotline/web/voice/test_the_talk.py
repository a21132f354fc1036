"""Into the talk, out of it, and the end of the call: reported in any order, decided once."""

from typing import Any

import pytest

from hotline.calls.model import CallState, OfferState, Outcome
from hotline.storage.tables import Call, Offer, Participant, Presence
from tests.fakes import NOON
from tests.hotline.web.api.conftest import talkers
from tests.hotline.web.voice.conftest import VoiceScene, leads_to, says, silent

pytestmark = pytest.mark.anyio

TALK_OVER = "/voice/calls/c1/after?turn=3"


async def is_taken(scene: VoiceScene) -> None:
    """Li has said yes, and the child is still to be sent in."""
    await scene.is_offered()
    await scene.asks("/voice/legs/li/answer", CallSid="CA-li")


async def test_the_child_is_led_into_the_conference_where_the_counselor_is(
    scene: VoiceScene,
) -> None:
    await is_taken(scene)

    scene.clock.advance(2)
    said = await scene.asks("/voice/calls/c1/join?turn=3")

    call = await scene.call()
    assert ">call-c1</Conference>" in said
    assert 'endConferenceOnExit="true"' in said
    assert leads_to(said) == "/voice/calls/c1/after?turn=4"
    assert (call.state, call.joined_at) == (CallState.TALKING, scene.clock.now())
    assert await scene.kinds() == ["call.accepted", "call.joined"]


async def test_a_round_that_ends_just_then_leaves_the_redirect_its_time(scene: VoiceScene) -> None:
    await is_taken(scene)

    said = await scene.asks("/voice/calls/c1/wait?turn=3")

    assert "<Conference" not in said
    assert leads_to(said) == "/voice/calls/c1/join?turn=4"
    assert (await scene.call()).state == CallState.CONNECTING


async def test_where_the_redirect_was_lost_the_child_goes_in_after_that(scene: VoiceScene) -> None:
    await is_taken(scene)
    await scene.asks("/voice/calls/c1/wait?turn=3")

    said = await scene.child_is_silent()

    assert "<Conference" in said
    assert (await scene.call()).state == CallState.TALKING


async def test_a_child_comes_in_as_often_as_a_counselor_is_lost_and_found(
    scene: VoiceScene,
) -> None:
    await is_taken(scene)
    await scene.asks("/voice/calls/c1/wait?turn=3")
    await scene.child_is_silent()
    await scene.child_is_silent()
    await scene.change(Call, "c1", state="connecting")
    await scene.change(Participant, "li", wanted="in")
    await scene.child_is_silent()

    said = await scene.child_is_silent()

    call = await scene.call()
    assert call.state == CallState.TALKING
    assert leads_to(said) == f"/voice/calls/c1/after?turn={call.turn}"


async def test_a_child_who_asks_while_in_the_talk_is_shown_the_way_in_again(
    scene: VoiceScene,
) -> None:
    await scene.talks()

    said = await scene.asks("/voice/calls/c1/join?turn=3")

    assert "<Conference" in said
    assert await scene.kinds() == []


async def test_a_child_whose_counselor_is_lost_keeps_the_place_and_is_told_so(
    scene: VoiceScene,
) -> None:
    await scene.talks(waits=6)

    scene.clock.advance(300)
    said = await scene.asks(TALK_OVER, DialCallStatus="answered")

    call = await scene.call()
    assert says(said, "after.dropped")
    assert (call.state, call.queued_at, call.outcome) == (CallState.WAITING, NOON, None)
    assert (await scene.get(Presence, "li")).state == "ready"
    assert (await scene.get(Participant, "counselor")).wanted == "out"


async def test_the_end_of_an_earlier_talk_does_not_end_this_one(scene: VoiceScene) -> None:
    await scene.talks()

    said = await scene.asks("/voice/calls/c1/after?turn=1")

    assert "<Conference" in said
    assert (await scene.call()).state == CallState.TALKING


async def test_the_end_of_the_talk_before_does_not_lose_whoever_took_the_call_since(
    scene: VoiceScene,
) -> None:
    await is_taken(scene)

    said = await scene.asks(TALK_OVER, DialCallStatus="answered")

    assert "<Conference" not in said
    assert leads_to(said) == "/voice/calls/c1/join?turn=4"
    assert (await scene.call()).state == CallState.CONNECTING
    assert (await scene.get(Participant, "li")).wanted == "in"


async def test_who_took_the_call_and_left_again_is_found_out_on_the_way_in(
    scene: VoiceScene,
) -> None:
    await is_taken(scene)
    await scene.asks(TALK_OVER, DialCallStatus="answered")
    await scene.change(Participant, "li", state="ended")

    said = await scene.asks("/voice/calls/c1/join?turn=4")

    assert "<Conference" not in said
    assert (await scene.call()).state == CallState.WAITING


async def test_a_child_whose_counselor_has_ended_the_talk_hears_a_goodbye(
    scene: VoiceScene,
) -> None:
    await scene.call_stands(CallState.CLOSING, outcome="talked", language="yue")

    said = await scene.asks(TALK_OVER)

    assert says(said, "after.goodbye", "yue")
    assert said.endswith("<Hangup /></Response>")


async def test_a_leg_of_a_call_that_has_ended_is_hung_up(scene: VoiceScene) -> None:
    await scene.call_stands(CallState.ENDED, outcome="talked")

    said = await scene.asks(TALK_OVER)

    assert "<Hangup" in said
    assert silent(said)


async def test_a_child_who_hangs_up_in_the_talk_has_talked_and_the_counselor_wraps_up(
    scene: VoiceScene,
) -> None:
    await scene.talks()

    scene.clock.advance(600)
    said = await scene.asks(TALK_OVER, CallStatus="completed")

    call = await scene.call()
    assert "<Hangup" in said
    assert (call.state, call.outcome) == (CallState.ENDED, Outcome.TALKED)
    assert call.ended_at == scene.clock.now()
    assert (await scene.get(Presence, "li")).state == "wrapping_up"
    assert (await scene.get(Participant, "caller")).state == "ended"
    assert (await scene.get(Participant, "counselor")).wanted == "out"


@pytest.mark.parametrize(
    ("state", "decided", "outcome", "step"),
    [
        (CallState.FLOW, None, Outcome.HUNG_UP, "menu"),
        (CallState.WAITING, None, Outcome.HUNG_UP, "waiting"),
        (CallState.CONNECTING, None, Outcome.HUNG_UP, "connecting"),
        (CallState.TALKING, None, Outcome.TALKED, "talking"),
        (CallState.MESSAGE, None, Outcome.HUNG_UP, "message"),
        (CallState.CLOSING, Outcome.CALLBACK_OWED, Outcome.CALLBACK_OWED, "closing"),
        (CallState.CLOSING, Outcome.TURNED_AWAY, Outcome.TURNED_AWAY, "closing"),
    ],
)
async def test_a_call_ends_in_one_outcome_wherever_the_child_hangs_up(
    scene: VoiceScene, state: CallState, decided: str | None, outcome: Outcome, step: str
) -> None:
    await scene.call_stands(state, step="menu", outcome=decided)

    first = await scene.reports("/voice/status", CallStatus="completed")
    again = await scene.reports("/voice/status", CallStatus="completed", CallDuration="31")

    call = await scene.call()
    assert (first, again) == (204, 204)
    assert (call.state, call.outcome, call.outcome_step) == (CallState.ENDED, outcome, step)
    assert await scene.told("call.caller_left") == [{"from_state": state}]


@pytest.mark.parametrize("word", ["busy", "no-answer", "failed", "canceled"])
async def test_every_word_for_an_end_ends_the_call(scene: VoiceScene, word: str) -> None:
    await scene.call_stands(CallState.WAITING)

    await scene.reports("/voice/status", CallStatus=word)

    assert (await scene.call()).state == CallState.ENDED


@pytest.mark.parametrize("word", ["queued", "ringing", "in-progress", "mumble", ""])
async def test_any_other_word_never_ends_a_live_call(scene: VoiceScene, word: str) -> None:
    await scene.call_stands(CallState.WAITING)

    status = await scene.reports("/voice/status", CallStatus=word)

    assert status == 204
    assert (await scene.call()).state == CallState.WAITING


async def test_the_end_of_a_leg_that_nobody_knows_is_taken_in_and_changes_nothing(
    scene: VoiceScene,
) -> None:
    status = await scene.reports("/voice/status", CallStatus="completed", CallSid="CA-nobody")

    assert status == 204
    assert await scene.calls() == []


async def test_a_child_who_hangs_up_while_a_counselor_is_rung_lets_the_counselor_go(
    scene: VoiceScene,
) -> None:
    await scene.is_offered()

    await scene.reports("/voice/status", CallStatus="completed")

    offer = await scene.get(Offer, "offer-li")
    assert (offer.state, offer.reason) == (OfferState.WITHDRAWN, "caller_left")
    assert (await scene.get(Presence, "li")).state == "ready"
    assert (await scene.get(Participant, "li")).wanted == "out"


# ── the interpreter ─────────────────────────────────────────────────────────────────────────────


async def interpreter_is_dialled(scene: VoiceScene, **values: Any) -> None:
    """Somebody who translates was rung for the talk."""
    fields: dict[str, Any] = {"state": "ringing", "created_at": NOON} | values
    await scene.add(Participant(id="translator", call_id="c1", role="interpreter",
                                address="02000000020", **fields))  # fmt: skip


async def translator_presses(scene: VoiceScene, key: str) -> str:
    """A key at the interpreter's phone, or none."""
    return await scene.asks("/voice/legs/translator/take", CallSid="CA-translator", Digits=key)


async def test_an_interpreter_is_asked_for_a_key_before_anything_of_the_talk_is_heard(
    scene: VoiceScene,
) -> None:
    await scene.talks()
    await interpreter_is_dialled(scene)

    said = await scene.asks("/voice/legs/translator/answer", CallSid="CA-translator")

    assert says(said, "interpreter.offer", line="青少年")
    assert leads_to(said) == "/voice/legs/translator/take"
    assert "<Conference" not in said
    assert (await scene.get(Participant, "translator")).state == "up"


async def test_an_interpreter_who_presses_the_key_comes_in_and_the_counselor_is_told(
    scene: VoiceScene,
) -> None:
    await scene.talks()
    await interpreter_is_dialled(scene)
    await scene.asks("/voice/legs/translator/answer", CallSid="CA-translator")

    said = await translator_presses(scene, "1")

    assert says(said, "interpreter.welcome")
    assert ">call-c1</Conference>" in said
    assert 'endConferenceOnExit="false"' in said
    assert await scene.kinds() == ["interpreter.joined"]
    translator = await scene.get(Participant, "translator")
    assert (translator.state, translator.proof) == ("in_talk", "key")


@pytest.mark.parametrize("key", ["", "2", "11"])
async def test_a_mailbox_at_the_interpreters_number_hears_nothing_and_the_counselor_is_told(
    scene: VoiceScene, key: str
) -> None:
    await scene.talks()
    await interpreter_is_dialled(scene)
    await scene.asks("/voice/legs/translator/answer", CallSid="CA-translator")

    said = await translator_presses(scene, key)
    await scene.reports(
        "/voice/legs/translator/status", CallSid="CA-translator", CallStatus="completed"
    )

    assert "<Hangup" in said
    assert "<Conference" not in said
    assert await scene.kinds() == ["interpreter.not_reached"]


@pytest.mark.parametrize("state", [CallState.WAITING, CallState.CLOSING, CallState.ENDED])
async def test_an_interpreter_who_comes_after_the_talk_is_hung_up(
    scene: VoiceScene, state: CallState
) -> None:
    await scene.call_stands(state)
    await interpreter_is_dialled(scene)

    said = await scene.asks("/voice/legs/translator/answer", CallSid="CA-translator")

    assert "<Hangup" in said
    assert await scene.kinds() == []


async def test_an_interpreter_who_is_not_wanted_any_more_is_hung_up(scene: VoiceScene) -> None:
    await scene.talks()
    await interpreter_is_dialled(scene, wanted="out")

    said = await scene.asks("/voice/legs/translator/answer", CallSid="CA-translator")

    assert "<Hangup" in said


async def test_the_talk_goes_on_when_the_interpreter_leaves(scene: VoiceScene) -> None:
    await scene.talks()
    await interpreter_is_dialled(scene, state="in_talk", joined_at=NOON)

    said = await scene.asks("/voice/legs/translator/left", CallSid="CA-translator")

    assert "<Hangup" in said
    assert (await scene.call()).state == CallState.TALKING
    assert await scene.told("interpreter.left") == [{"why": "completed"}]


async def test_the_counselor_is_told_when_no_interpreter_answers(scene: VoiceScene) -> None:
    await scene.talks()
    await interpreter_is_dialled(scene)

    await scene.reports(
        "/voice/legs/translator/status", CallSid="CA-translator", CallStatus="no-answer"
    )

    assert await scene.told("interpreter.not_reached") == [{"why": "no_answer"}]


async def test_an_interpreters_key_makes_nobody_the_counselor(scene: VoiceScene) -> None:
    await scene.call_stands(CallState.WAITING, queued_at=NOON)
    await interpreter_is_dialled(scene)

    said = await translator_presses(scene, "1")

    assert "<Hangup" in said
    assert "<Conference" not in said
    assert (await scene.call()).counselor_id is None


async def test_where_the_counselor_hung_up_meanwhile_the_child_waits_on_and_that_was_no_talk(
    scene: VoiceScene,
) -> None:
    await is_taken(scene)
    await scene.asks("/voice/legs/li/left", CallSid="CA-li")

    said = await scene.asks("/voice/calls/c1/join?turn=3")

    call = await scene.call()
    assert "<Conference" not in said
    assert (call.state, call.joined_at) == (CallState.WAITING, None)


async def test_nobody_comes_in_before_those_of_the_talk_before_are_out(scene: VoiceScene) -> None:
    await scene.is_offered()
    _, before = talkers("c1", "chen", at=NOON)
    before.id, before.wanted = "before", "out"
    await scene.add(before)

    waits = await scene.asks("/voice/legs/li/answer", CallSid="CA-li")
    await scene.change(Participant, "before", state="ended")
    said = await scene.asks("/voice/legs/li/answer?once=2", CallSid="CA-li")

    assert "<Conference" not in waits
    assert ">call-c1</Conference>" in said
