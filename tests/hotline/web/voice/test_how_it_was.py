"""A caller who stays after the talk is asked by a key how it was; nobody who was in danger is."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlmodel import SQLModel

from hotline.callcontrol.talks import finish_talk
from hotline.calls.model import CallState, Outcome
from hotline.calls.service import lock_call
from hotline.storage.tables import (
    Callback,
    CallSatisfaction,
    CrisisFlag,
    Escalation,
    Line,
    Presence,
    RiskAssessment,
)
from tests.fakes import NOON
from tests.hotline.web.voice.conftest import VoiceScene, leads_to, says

pytestmark = pytest.mark.anyio

GOODBYE, ASKED, WILL_CALL = "after.goodbye", "after.ask_how_it_was", "after.will_call_back"


async def stays_after(scene: VoiceScene, *, minutes: float = 20, **call: Any) -> str:
    """Li has ended a talk; what the child hears who has not hung up."""
    await scene.change(Line, "youth", asks_how_it_was=True)
    await scene.talks(**call)
    return await li_ends_it(scene, minutes)


async def li_ends_it(scene: VoiceScene, minutes: float) -> str:
    scene.clock.advance(minutes * 60)
    async with scene.backend.database.work() as work:
        await finish_talk(work, await lock_call(work, "c1"), at=scene.clock.now())
    return await scene.asks("/voice/calls/c1/after?turn=3")


async def said_of_call(scene: VoiceScene) -> list[tuple[str, str]]:
    async with scene.backend.database.work() as work:
        row = await work.get(CallSatisfaction, "c1")
    return [] if row is None else [(row.said, row.said_by)]


async def test_a_caller_who_stays_is_asked_in_their_language_when_the_talk_is_over(
    scene: VoiceScene,
) -> None:
    said = await stays_after(scene, language="yue")

    assert says(said, ASKED, "yue")
    assert leads_to(said) == "/voice/calls/c1/rated?turn=4&lang=yue"
    call = await scene.call()
    assert (call.state, call.outcome) == (CallState.CLOSING, Outcome.TALKED)
    assert call.left_at == NOON + timedelta(minutes=20)
    assert (await scene.get(Presence, "li")).state == "wrapping_up"


async def test_who_says_that_it_was_not_good_is_promised_a_call_and_owed_one(
    scene: VoiceScene,
) -> None:
    await stays_after(scene)
    scene.clock.advance(9)

    said = await scene.child_presses("3")
    await scene.reports("/voice/status", CallStatus="completed")

    assert says(said, WILL_CALL)
    assert said.endswith("<Hangup /></Response>")
    assert await said_of_call(scene) == [("no", "key")]
    row = await scene.get(CallSatisfaction, "c1")
    assert (await scene.get(Callback, row.callback_id)).why == "dissatisfied"
    call = await scene.call()
    assert (call.state, call.outcome) == (CallState.ENDED, Outcome.TALKED)
    assert call.left_at == NOON + timedelta(minutes=20)


async def test_who_is_content_or_presses_anything_else_hears_the_goodbye(scene: VoiceScene) -> None:
    await stays_after(scene)

    said = await scene.child_presses("7")
    again = await scene.asks("/voice/calls/c1/rated?turn=4", Digits="3")  # the question is over

    assert says(said, GOODBYE)
    assert says(again, GOODBYE)
    assert await said_of_call(scene) == []


async def test_silence_is_a_goodbye(scene: VoiceScene) -> None:
    await stays_after(scene)

    assert says(await scene.child_is_silent(), GOODBYE)


async def test_a_key_of_somebody_who_hung_up_with_it_is_heard(scene: VoiceScene) -> None:
    said = await stays_after(scene)
    await scene.reports("/voice/status", CallStatus="completed")

    await scene.asks(leads_to(said), Digits="2", CallStatus="completed")

    assert await said_of_call(scene) == [("partly", "key")]


async def test_nobody_is_promised_a_call_to_a_withheld_number(scene: VoiceScene) -> None:
    await stays_after(scene, from_index="")

    assert says(await scene.child_presses("3"), GOODBYE)
    assert (await scene.get(CallSatisfaction, "c1")).uncallable == "withheld"


async def test_the_danger_key_leads_to_people_from_the_question_too(scene: VoiceScene) -> None:
    await stays_after(scene)

    await scene.child_presses("9")

    call = await scene.call()
    assert (call.state, call.urgency) == (CallState.WAITING, "crisis")
    assert await said_of_call(scene) == []


def an_escalation() -> list[SQLModel]:
    escalation = Escalation(id="e1", number="1", call_id="c1", station_id="tianhe", level="high",
                            next_due_at=NOON, created_at=NOON)  # fmt: skip
    flag = CrisisFlag(call_id="c1", escalation_id="e1", level="high", summary_sealed="",
                      client_key="k", created_at=NOON)  # fmt: skip
    return [escalation, flag]


def a_risk() -> list[SQLModel]:
    return [RiskAssessment(call_id="c1", version=1, kind="chosen", at=NOON, level="moderate")]


@pytest.mark.parametrize("rows", [an_escalation, a_risk])
async def test_who_was_found_at_risk_is_not_asked(
    scene: VoiceScene, rows: Callable[[], list[SQLModel]]
) -> None:
    await scene.change(Line, "youth", asks_how_it_was=True)
    await scene.talks()
    await scene.add(*rows())

    assert says(await li_ends_it(scene, 20), GOODBYE)


@pytest.mark.parametrize(
    "how", [{"urgency": "crisis"}, {"minutes": 0.9}, {"direction": "out"}], ids=str
)
async def test_nor_is_anybody_in_danger_or_after_a_moment_or_whom_we_called(
    scene: VoiceScene, how: dict[str, Any]
) -> None:
    assert not says(await stays_after(scene, **how), ASKED)


async def test_a_line_that_does_not_ask_says_goodbye(scene: VoiceScene) -> None:
    await scene.talks()

    assert says(await li_ends_it(scene, 20), GOODBYE)
