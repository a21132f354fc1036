"""A call comes in: one call for one leg, and a word for everybody."""

import asyncio

import pytest

from hotline.calls.model import CallState, Outcome
from hotline.lines.numbers import NO_LINE
from hotline.storage.tables import Line
from tests.fakes import NOON
from tests.hotline.web.voice.conftest import (
    CHILD,
    DUTY_PHONE,
    FLOW,
    VoiceScene,
    leads_to,
    says,
)

pytestmark = pytest.mark.anyio


async def test_a_child_hears_the_greeting_and_the_menu_and_is_kept_as_a_call(
    scene: VoiceScene,
) -> None:
    said = await scene.child_calls()

    call = await scene.call()
    assert (call.line_id, call.state, call.arrived_at) == ("youth", CallState.FLOW, NOON)
    assert says(said, "greeting.line", line="青少年")
    assert says(said, "menu.danger")
    assert says(said, "language.yue", "yue", digit="2")
    assert leads_to(said) == f"/voice/calls/{call.id}/flow?turn=1"
    assert await scene.kinds() == ["call.arrived"]


async def test_the_danger_key_is_told_before_any_other(scene: VoiceScene) -> None:
    said = await scene.child_calls()

    assert said.index("按9") < said.index("按1")


async def test_a_repeated_request_hears_the_same_and_is_no_second_call(scene: VoiceScene) -> None:
    first = await scene.child_calls()

    scene.clock.advance(20)
    again = await scene.child_calls()

    assert again == first
    assert (await scene.call()).turn == 1
    assert await scene.kinds() == ["call.arrived"]


async def test_two_copies_of_a_request_at_once_are_one_call(scene: VoiceScene) -> None:
    first, second = await asyncio.gather(scene.child_calls(), scene.child_calls())

    assert first == second
    assert (await scene.call()).turn == 1


async def test_a_leg_that_comes_in_again_hears_where_its_call_stands(scene: VoiceScene) -> None:
    await scene.child_calls()
    await scene.child_presses("1")

    said = await scene.child_calls(ForwardedFrom="020")

    assert says(said, "wait.first")
    assert (await scene.call()).state == CallState.WAITING


async def test_two_children_are_two_calls(scene: VoiceScene) -> None:
    await scene.child_calls()
    await scene.child_calls(CallSid="CA-other")

    assert sorted(call.carrier_sid for call in await scene.calls()) == ["CA-child", "CA-other"]


async def test_a_number_of_no_line_hears_an_apology_and_the_duty_phone_and_is_counted(
    scene: VoiceScene,
) -> None:
    said = await scene.child_calls(To="02099999999")

    call = await scene.call()
    assert "这不是你的错" in said
    assert f">{DUTY_PHONE}</Dial>" in said
    assert (call.state, call.outcome) == (CallState.CLOSING, Outcome.TURNED_AWAY)
    assert (call.line_id, call.outcome_step) == (NO_LINE, "number_unknown")


async def test_who_was_turned_away_for_the_number_hears_the_same_when_it_is_asked_again(
    scene: VoiceScene,
) -> None:
    first = await scene.child_calls(To="02099999999")

    again = await scene.child_calls(To="02099999999", ForwardedFrom="020")
    await scene.reports("/voice/status", CallStatus="completed")

    call = await scene.call()
    assert again == first
    assert (call.state, call.outcome) == (CallState.ENDED, Outcome.TURNED_AWAY)


async def test_a_number_of_no_line_reaches_the_default_line(scene: VoiceScene) -> None:
    await scene.change(Line, "youth", is_default=True)

    said = await scene.child_calls(To="02099999999")

    assert says(said, "menu.danger")
    assert (await scene.call()).line_id == "youth"


async def test_a_line_speaks_its_own_language_before_anything_was_chosen(
    scene: VoiceScene,
) -> None:
    await scene.change(Line, "youth", flow=FLOW | {"language": "yue"}, flow_version="cantonese")

    await scene.child_calls()

    assert (await scene.call()).language == "yue"


@pytest.mark.parametrize("dialled", ["12355", "+8612355", "020-12355", "sip:12355@trunk.example"])
async def test_a_line_is_found_in_whatever_form_its_number_comes(
    scene: VoiceScene, dialled: str
) -> None:
    await scene.child_calls(To=dialled)

    assert (await scene.call()).line_id == "youth"


async def test_a_number_is_kept_sealed_and_shown_masked(scene: VoiceScene) -> None:
    await scene.child_calls()

    call = await scene.call()
    assert call.from_masked == "138****8000"
    assert CHILD not in call.from_sealed + call.from_index
    assert scene.backend.vault.open(call.from_sealed, place=f"call.from.{call.id}") == CHILD


async def test_a_child_who_calls_again_is_known_however_the_number_is_written(
    scene: VoiceScene,
) -> None:
    await scene.child_calls()
    await scene.child_calls(CallSid="CA-again", From="+8613800138000")

    first, again = await scene.calls()

    assert first.from_index == again.from_index


@pytest.mark.parametrize("number", ["anonymous", "", "client:somebody"])
async def test_a_child_who_withholds_the_number_is_greeted_like_any_other(
    scene: VoiceScene, number: str
) -> None:
    said = await scene.child_calls(From=number)

    call = await scene.call()
    assert says(said, "menu.danger")
    assert (call.from_masked, call.from_index) == ("未知", "")


async def test_a_line_without_a_flow_greets_and_leads_to_a_human(scene: VoiceScene) -> None:
    await scene.change(Line, "youth", flow={}, flow_version="")

    greeted = await scene.child_calls()
    waiting = await scene.child_is_silent()

    assert says(greeted, "greeting.line", line="青少年")
    assert says(waiting, "wait.first")
    assert (await scene.call()).queued_at == NOON
