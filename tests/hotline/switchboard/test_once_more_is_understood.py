"""Somebody writes down what a caller understands: who is rung, and whether an interpreter comes."""

from collections.abc import Collection

import pytest

from hotline.calls.service import lock_call
from hotline.calls.understanding import note_understanding
from hotline.storage.tables import Line, Offer, Participant
from tests.hotline.switchboard.alarm_scene import AT_HOME, AlarmScene
from tests.hotline.switchboard.conftest import RunningScene, SwitchboardScene

pytestmark = pytest.mark.anyio

SPEAKS_ENGLISH = {"skills": {"languages": {"eng": 5}}}


async def is_noted(floor: SwitchboardScene, others: Collection[str] | None) -> None:
    """A supervisor writes down what the caller understands beside their own language."""
    async with floor.database.work() as work:
        call = await lock_call(work, "c1")
        await note_understanding(work, call, others, at=floor.clock.now(), staff_id="he")


async def test_who_waits_for_their_language_is_offered_at_once_to_whom_they_understand(
    running: RunningScene,
) -> None:
    await running.floor.counselor("he", "offline")
    await running.floor.counselor("li")
    await running.floor.counselor("wang", "talking", staff=SPEAKS_ENGLISH)
    await running.floor.caller("c1", language="eng")

    async with running.switchboard():
        await running.floor.announce("presence", "li")
        before = await running.floor.all_of(Offer)
        await is_noted(running.floor, ["cmn"])
        assert await running.carrier.next_wish() == ("dial", "client:li")

    (offer,) = await running.floor.all_of(Offer)
    assert (before, offer.stage, offer.interpreter) == ([], "any_language", False)


@pytest.mark.parametrize(("others", "interpreters"), [(["cmn"], 0), ([], 1)])
async def test_whom_an_alarm_rings_gets_an_interpreter_only_without_a_common_language(
    alarm: AlarmScene, others: list[str], interpreters: int
) -> None:
    await alarm.is_at_home("lin", skills={"languages": {"cmn": 5}})
    await alarm.waits(language="eng", also_speaks=others)
    await alarm.floor.change(Line, "youth", interpreters={"eng": "02000000020"})
    await alarm.passes(20)

    await alarm.takes(AT_HOME)

    legs = await alarm.floor.all_of(Participant)
    assert len([one for one in legs if one.role == "interpreter"]) == interpreters
