"""A child who waits asks to be called back: promised when it is meant, and where it can be kept."""

from typing import Any

import pytest

from hotline.calls.model import CallState, OfferState, Outcome
from hotline.storage.tables import Line, Offer, Participant, PhoneNumber, Presence, Station
from tests.fakes import NOON
from tests.hotline.web.voice.conftest import CHILD, DUTY_PHONE, VoiceScene, leads_to, says, silent

pytestmark = pytest.mark.anyio

ROUND = "/voice/calls/c1/wait?turn=3"
KEY = "6"  # the menu of this line has the keys 1 to 5


async def waits(scene: VoiceScene, number: str = CHILD, **values: Any) -> None:
    """The child is in the queue, and calls from this number."""
    sealed = scene.backend.vault.seal(number, place="call.from.c1")
    await scene.call_stands(CallState.WAITING, queued_at=NOON, from_sealed=sealed, **values)


async def still_waits(scene: VoiceScene) -> bool:
    """Nothing was decided, and the place is kept."""
    call = await scene.call()
    return (call.state, call.queued_at, call.outcome) == (CallState.WAITING, NOON, None)


# ── meant ───────────────────────────────────────────────────────────────────────────────────────


async def test_the_key_is_asked_for_once_more_before_the_call_ends(scene: VoiceScene) -> None:
    await waits(scene)

    said = await scene.asks(ROUND, Digits=KEY)

    assert says(said, "callback.confirm", digit=KEY)
    assert "<Hangup" not in said
    assert await still_waits(scene)


async def test_a_callback_is_promised_and_nobody_is_rung_any_more(scene: VoiceScene) -> None:
    await scene.is_offered()
    await scene.asks(ROUND, Digits=KEY)

    said = await scene.child_presses(KEY)

    call = await scene.call()
    assert says(said, "callback.promised")
    assert said.endswith("<Hangup /></Response>")
    assert (call.state, call.outcome) == (CallState.CLOSING, Outcome.CALLBACK_OWED)
    assert (await scene.get(Offer, "offer-li")).state == OfferState.WITHDRAWN
    assert (await scene.get(Participant, "li")).wanted == "out"
    assert (await scene.get(Presence, "li")).state == "ready"


async def test_no_call_is_promised_to_a_number_that_is_not_safe_to_call(
    scene: VoiceScene,
) -> None:
    await waits(scene, no_callback=True)

    said = await scene.asks(ROUND, Digits=KEY)

    assert says(said, "callback.not_possible")
    assert await still_waits(scene)


async def test_a_key_of_the_menu_that_is_pressed_again_while_waiting_ends_nothing(
    scene: VoiceScene,
) -> None:
    await scene.child_calls()

    for _ in range(4):
        await scene.child_presses("2")

    call = await scene.call()
    assert (call.state, call.language, call.outcome) == (CallState.WAITING, "yue", None)


@pytest.mark.parametrize("key", ["", "1", "2", "*"])
async def test_who_does_not_press_it_again_goes_on_waiting_and_is_asked_anew(
    scene: VoiceScene, key: str
) -> None:
    await waits(scene, told_at=NOON)
    await scene.asks(ROUND, Digits=KEY)

    went_on = await scene.child_presses(key)
    asked = await scene.child_presses(KEY)

    assert silent(went_on)
    assert says(asked, "callback.confirm", digit=KEY)
    assert await still_waits(scene)


async def test_danger_is_heard_where_a_callback_was_to_be_confirmed(scene: VoiceScene) -> None:
    await waits(scene)
    await scene.asks(ROUND, Digits=KEY)

    said = await scene.child_presses("9")
    await scene.child_presses(KEY)

    assert says(said, "wait.crisis")
    assert (await scene.call()).urgency == "crisis"
    assert await still_waits(scene)


async def test_a_confirmation_that_comes_late_does_not_count(scene: VoiceScene) -> None:
    await waits(scene)
    question = leads_to(await scene.asks(ROUND, Digits=KEY))
    await scene.child_is_silent()

    await scene.asks(question, Digits=KEY, CallStatus="in-progress", Late="1")

    assert await still_waits(scene)


async def test_who_was_taken_meanwhile_is_put_through(scene: VoiceScene) -> None:
    await waits(scene)
    await scene.asks(ROUND, Digits=KEY)
    await scene.change(type(await scene.call()), "c1", state=CallState.CONNECTING)

    said = await scene.child_presses(KEY)

    assert leads_to(said).startswith("/voice/calls/c1/join")
    assert (await scene.call()).outcome is None


async def test_who_pressed_for_danger_is_not_sent_away_with_a_callback(scene: VoiceScene) -> None:
    await waits(scene, urgency="crisis", waits=1)

    said = await scene.asks(ROUND, Digits=KEY)

    assert says(said, "wait.crisis")
    assert await still_waits(scene)


async def test_a_line_without_a_menu_asks_by_the_first_key_that_is_free(scene: VoiceScene) -> None:
    await scene.change(Line, "youth", flow={}, flow_version="")
    await waits(scene, waits=3)

    said = await scene.asks(ROUND)
    asked = await scene.child_presses("2")

    assert says(said, "wait.choices", digit="2")
    assert says(asked, "callback.confirm", digit="2")


# ── possible ────────────────────────────────────────────────────────────────────────────────────


async def test_a_child_who_withheld_the_number_is_told_so_and_keeps_the_place(
    scene: VoiceScene,
) -> None:
    await waits(scene, "anonymous", from_index="")

    said = await scene.asks(ROUND, Digits=KEY)
    await scene.child_presses(KEY)

    assert says(said, "callback.no_number")
    assert await still_waits(scene)
    assert await scene.told("callback.impossible") == [{"why": "callback.no_number"}] * 2


@pytest.mark.parametrize(
    "number",
    [
        *("110", "119", "120", "122", "12345", "12355", "+8612355", "020-12355", "95588"),
        *("sip:12355@trunk.example", "4001234567", "+14155552671", "+85291234567"),
        *("82101234", DUTY_PHONE, "02080000000", "(020) 8000-0000", "02000000005", "0755-110"),
    ],
)
async def test_no_callback_is_promised_where_nobody_could_be_rung(
    scene: VoiceScene, number: str
) -> None:
    await scene.add(PhoneNumber(number="+862080000000", line_id="youth"))
    await scene.add(Station(id="s", name="", name_en="", division="", phone="020 0000 0005"))
    await waits(scene, number)

    said = await scene.asks(ROUND, Digits=KEY)
    await scene.child_presses(KEY)

    told = says(said, "callback.not_possible"), says(said, "callback.no_number")
    assert sorted(told) == [False, True]
    assert await still_waits(scene)


async def test_callers_from_abroad_are_called_back_where_the_line_says_so(
    scene: VoiceScene,
) -> None:
    await scene.change(Line, "youth", callback_countries=["CN", "HK"])
    await waits(scene, "+85291234567")

    said = await scene.asks(ROUND, Digits=KEY)

    assert says(said, "callback.confirm", digit=KEY)
