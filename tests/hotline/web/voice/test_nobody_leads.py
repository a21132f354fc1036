"""Nobody leads: who waits is put through to the duty phone, and never rings it without a pause."""

from datetime import timedelta

import pytest

from hotline.calls.model import CallState
from hotline.storage.tables import Leadership
from tests.fakes import NOON
from tests.hotline.web.voice.conftest import VoiceScene

pytestmark = pytest.mark.anyio

ROUND = "/voice/calls/c1/wait?turn=3"
LONG_AGO = NOON - timedelta(days=365)  # by the database's own clock


async def is_put_through(scene: VoiceScene, **values: str) -> None:
    """The child waits, and the line's duty phone is rung."""
    await scene.add(Leadership(name="switchboard", epoch=1, expires_at=LONG_AGO))
    await scene.call_stands(CallState.WAITING, **values)
    assert "<Dial" in await scene.asks(ROUND)


async def test_a_duty_phone_that_is_busy_is_rung_again_only_after_some_rounds(
    scene: VoiceScene,
) -> None:
    await is_put_through(scene)

    rang = ["<Dial" in await scene.child_is_silent() for _ in range(9)]

    assert rang == [False, False, False, True] * 2 + [False]


async def test_danger_between_two_tries_rings_it_at_once(scene: VoiceScene) -> None:
    await is_put_through(scene)

    await scene.child_is_silent()
    said = await scene.child_presses("9")

    assert "<Dial" in said
    assert (await scene.call()).urgency == "crisis"


async def test_who_is_in_danger_has_a_round_between_two_tries(scene: VoiceScene) -> None:
    await is_put_through(scene, urgency="crisis")

    rang = ["<Dial" in await scene.child_is_silent() for _ in range(4)]

    assert rang == [False, True, False, True]
