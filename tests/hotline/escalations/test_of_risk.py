"""A level of high or imminent raises a flag, after ten seconds to take a mis-click back."""

import pytest

from hotline.calls.service import lock_call
from hotline.errors import IllegalMove
from hotline.escalations.model import Level
from hotline.escalations.of_risk import flag_for_level, take_back_level
from hotline.records.risk import raise_level
from hotline.records.risk_queries import standing_of
from hotline.risk.levels import Risk
from tests.hotline.escalations.conftest import DUTY, EscalationScene

pytestmark = pytest.mark.anyio


async def chooses(scene: EscalationScene, level: Risk, *, times: int = 1) -> None:
    at = scene.clock.now()
    async with scene.work() as work:
        call = await lock_call(work, "call")
        await raise_level(work, call.id, level, by="li", at=at)
        for _ in range(times):
            await flag_for_level(work, scene.vault, call, at=at)


async def takes_back(scene: EscalationScene) -> None:
    async with scene.work() as work:
        call = await lock_call(work, "call")
        await take_back_level(work, call, by="li", at=scene.clock.now())


async def test_nobody_is_rung_for_ten_seconds_and_then_the_first_contact(
    scene: EscalationScene,
) -> None:
    await chooses(scene, Risk.IMMINENT, times=2)
    await scene.passes(9)
    assert await scene.attempts() == []

    await scene.passes(1)

    assert [attempt.contact_id for attempt in await scene.attempts()] == ["duty"]
    assert (await scene.deliveries())[0].address == DUTY
    assert "escalation.not_acknowledged" not in await scene.kinds()


async def test_a_flag_by_hand_within_the_ten_seconds_rings_at_once(scene: EscalationScene) -> None:
    await chooses(scene, Risk.IMMINENT)

    added = await scene.flag()

    assert (added.step, added.round) == (0, 0)
    assert [attempt.contact_id for attempt in await scene.attempts()] == ["duty"]


async def test_a_mis_click_rings_nobody(scene: EscalationScene) -> None:
    await chooses(scene, Risk.HIGH)
    scene.clock.advance(8)

    await takes_back(scene)
    await scene.passes(600)

    assert (await scene.escalation()).state == "closed"
    assert await scene.attempts() == []
    assert (await scene.kinds())[-1] == "escalation.taken_back"


async def test_what_was_flagged_by_hand_meanwhile_is_not_taken_back(
    scene: EscalationScene,
) -> None:
    await chooses(scene, Risk.HIGH)
    await scene.flag(level=Level.HIGH)

    with pytest.raises(IllegalMove):
        await takes_back(scene)

    assert (await scene.escalation()).state == "open"


async def test_a_level_below_high_raises_no_flag(scene: EscalationScene) -> None:
    await chooses(scene, Risk.MODERATE)

    assert await scene.timeline() == []


async def test_a_flag_by_hand_raises_the_level(scene: EscalationScene) -> None:
    await scene.flag(level=Level.HIGH)

    async with scene.work() as work:
        standing = await standing_of(work, "call")
    assert (standing.level, standing.floor) == ("high", "high")
