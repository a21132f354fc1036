"""Whom the system calls is asked for a key, in words that say nothing of who we are."""

from datetime import timedelta
from typing import Any

import pytest

from hotline.calls.model import CallState
from hotline.storage.tables import Call, Callback, CallbackAttempt, Participant
from tests.fakes import NOON
from tests.hotline.web.voice.conftest import (
    VoiceScene,
    leads_to,
    nothing_is_stored_by_ourselves,
    says,
    somebody_holds_the_call,
)

pytestmark = pytest.mark.anyio

BEFORE = NOON - timedelta(minutes=20)
ANSWER, TAKE = "/voice/legs/them/answer", "/voice/legs/them/take"


async def is_rung(scene: VoiceScene, **values: Any) -> None:
    """Somebody who asked twenty minutes ago; their phone rings, and nobody else's."""
    await scene.call_stands(CallState.CONNECTING, direction="out", **values)
    await scene.change(Call, "c1", carrier_sid="not-dialled-c1", queued_at=None)
    times: dict[str, Any] = {"promised_at": BEFORE, "place_at": BEFORE, "due_at": NOON}
    await scene.add(
        Participant(id="them", call_id="c1", role="caller", address="", state="ringing",
                    created_at=NOON),
        Callback(id="cb", line_id="youth", from_index="child", why="asked", state="in_hand",
                 attempts=1, **times),
        CallbackAttempt(callback_id="cb", number=1, call_id="c1", at=NOON),
    )  # fmt: skip


@pytest.mark.parametrize("language", ["cmn", "yue", "eng"])
async def test_neutral_words_twice_and_a_key(scene: VoiceScene, language: str) -> None:
    await is_rung(scene, language=language)

    document = await scene.asks(ANSWER, CallSid="CA-them")

    assert says(document, "called_back.ask", language)
    assert "<Gather" in document
    assert "青少年" not in document
    assert (await scene.call()).state == "connecting"


async def test_the_key_puts_them_where_they_stood(scene: VoiceScene) -> None:
    await is_rung(scene)
    await scene.asks(ANSWER, CallSid="CA-them")

    document = await scene.asks(TAKE, CallSid="CA-them", Digits="1")

    call = await scene.call()
    assert says(document, "called_back.confirmed")
    assert (call.state, call.queued_at, call.urgency) == ("waiting", BEFORE, "routine")


async def test_the_key_for_danger_is_heard_at_once(scene: VoiceScene) -> None:
    await is_rung(scene)
    await scene.asks(ANSWER, CallSid="CA-them")

    document = await scene.asks(TAKE, CallSid="CA-them", Digits="9")

    assert says(document, "wait.crisis")
    assert ((await scene.call()).state, (await scene.call()).urgency) == ("waiting", "crisis")


async def test_another_key_asks_once_more(scene: VoiceScene) -> None:
    await is_rung(scene)
    await scene.asks(ANSWER, CallSid="CA-them")

    document = await scene.asks(TAKE, CallSid="CA-them", Digits="5")

    assert says(document, "called_back.ask")


async def test_who_presses_nothing_was_perhaps_a_mailbox(scene: VoiceScene) -> None:
    await is_rung(scene)
    await scene.asks(ANSWER, CallSid="CA-them")

    await scene.reports("/voice/legs/them/status", CallSid="CA-them", CallStatus="completed")

    call = await scene.call()
    assert (call.outcome, call.outcome_step) == ("not_reached", "no_key")
    assert (await scene.get(Callback, "cb")).state == "open"


# ── when we are slow at that moment ─────────────────────────────────────────────────────────────


async def hear_who_we_are(scene: VoiceScene) -> None:
    """They have picked up, and hear the question."""
    await is_rung(scene, from_index="child")
    await scene.asks(ANSWER, CallSid="CA-them")


async def presses_in_a_stall(scene: VoiceScene, key: str) -> None:
    """The key is pressed, and the database does not answer in time."""
    async with somebody_holds_the_call(scene):
        await scene.asks(TAKE, CallSid="CA-them", Digits=key)


@pytest.mark.parametrize("again", [ANSWER, TAKE])
async def test_who_has_confirmed_and_asks_there_again_is_still_in_line(
    scene: VoiceScene, again: str
) -> None:
    await hear_who_we_are(scene)
    await scene.asks(TAKE, CallSid="CA-them", Digits="1")

    said = await scene.asks(f"{again}?once=1", CallSid="CA-them")
    document = await scene.asks(leads_to(said), CallSid="CA-them")

    assert "<Hangup" not in said + document
    assert (await scene.call()).state == "waiting"


@pytest.mark.usefixtures("logged")
async def test_danger_that_is_pressed_in_a_stall_is_carried_on(scene: VoiceScene) -> None:
    """By the caller's next request, where we have not stored it ourselves before."""
    nothing_is_stored_by_ourselves(scene)
    await hear_who_we_are(scene)
    await presses_in_a_stall(scene, "9")

    document = await scene.asks(leads_to(scene.document), CallSid="CA-them")

    call = await scene.call()
    assert says(document, "wait.crisis")
    assert (call.state, call.urgency) == ("waiting", "crisis")


@pytest.mark.usefixtures("logged")
async def test_danger_that_is_pressed_in_a_stall_is_stored_by_ourselves(scene: VoiceScene) -> None:
    await hear_who_we_are(scene)
    await presses_in_a_stall(scene, "9")

    await scene.backend.unstored.settled()
    document = await scene.asks(leads_to(scene.document), CallSid="CA-them")

    assert "<Hangup" not in document
    assert (await scene.call()).urgency == "crisis"


@pytest.mark.usefixtures("logged")
async def test_who_pressed_danger_and_was_cut_off_is_called_as_in_danger(scene: VoiceScene) -> None:
    await hear_who_we_are(scene)
    await scene.reports("/voice/legs/them/status", CallSid="CA-them", CallStatus="completed")

    await scene.asks(TAKE, CallSid="CA-them", Digits="9")

    callback = await scene.get(Callback, "cb")
    assert (callback.state, callback.why, callback.urgency) == ("open", "dropped", "crisis")
    assert callback.try_at is not None
    assert callback.try_at <= scene.clock.now() + timedelta(seconds=10)
