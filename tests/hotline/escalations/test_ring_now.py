"""Somebody is rung now, because a person says so: who may be, and when not."""

import pytest

from hotline.errors import IllegalMove
from hotline.escalations.acts import ring_now
from hotline.escalations.policy import NOBODY_YET
from hotline.escalations.station_call import PinResult, key_pressed
from hotline.storage.tables import Escalation, StationContact
from tests.hotline.escalations.acting import acts, is_taken, reason
from tests.hotline.escalations.conftest import CITY, DUTY, PIN, EscalationScene

pytestmark = pytest.mark.anyio


async def test_whose_turn_it_is_is_rung_again_at_once_and_nobody_waits_longer(
    scene: EscalationScene,
) -> None:
    escalation = await scene.flag()
    await scene.rings()
    scene.clock.advance(60)
    await fails(scene)
    due_at = (await scene.escalation()).next_due_at

    await acts(scene, ring_now, escalation)
    await scene.rings()

    assert scene.carrier.dialled() == [DUTY, DUTY]
    assert (await scene.escalation()).next_due_at == due_at
    assert await scene.facts("escalation.rung") == [{"contact_id": "duty"}]


async def fails(scene: EscalationScene) -> None:
    """The last ring came to nothing, and nothing was pressed on for it."""
    async with scene.work() as work:
        [delivery] = await scene.deliveries()
        row = await work.get_one(type(delivery), delivery.id)
        row.state, row.ended_at = "failed", scene.clock.now()


async def test_somebody_else_of_the_chain_is_rung_and_their_pin_counts(
    scene: EscalationScene,
) -> None:
    escalation = await scene.flag()
    await scene.rings()

    await acts(scene, ring_now, escalation, contact_id="city")
    await scene.rings()
    rung = next(one for one in await scene.attempts() if one.contact_id == "city")
    async with scene.work() as work:
        said = await key_pressed(work, rung.id, PIN, scene.clock.now())

    after = await scene.escalation()
    assert scene.carrier.dialled() == [DUTY, CITY]
    assert (said, after.acknowledged_by, after.step) == (
        PinResult.ACKNOWLEDGED, "contact:city", 0,
    )  # fmt: skip


async def test_a_phone_is_not_rung_twice_within_half_a_minute_nor_while_it_rings(
    scene: EscalationScene,
) -> None:
    escalation = await scene.flag()
    await scene.rings()

    assert await reason(scene, ring_now, escalation) == "rung_just_now"
    scene.clock.advance(31)
    assert await reason(scene, ring_now, escalation) == "rings_now"
    assert len(await scene.attempts()) == 1
    await acts(scene, ring_now, escalation, contact_id="head")
    assert await reason(scene, ring_now, escalation, contact_id="head") == "rung_just_now"


async def test_only_who_answers_for_it_is_rung(scene: EscalationScene, neighbour: str) -> None:
    escalation = await scene.flag()
    assert await reason(scene, ring_now, escalation, contact_id="of-next") == "not_in_chain"
    await scene.change(StationContact, "head", active=False)
    assert await reason(scene, ring_now, escalation, contact_id="head") == "not_in_chain"
    assert neighbour not in str(await scene.states())


async def test_where_nobody_can_be_rung_it_says_what_to_do(scene: EscalationScene) -> None:
    for contact in ("duty", "head", "city"):
        await scene.change(StationContact, contact, active=False)
    escalation = await scene.flag()

    assert await reason(scene, ring_now, escalation) == "nobody_to_ring"


async def test_nobody_is_rung_once_somebody_has_it(scene: EscalationScene) -> None:
    escalation = await scene.flag()
    await is_taken(scene, escalation, accepted=False)
    scene.clock.advance(60)

    with pytest.raises(IllegalMove):
        await acts(scene, ring_now, escalation)


async def test_a_level_that_still_waits_for_its_undo_rings_at_once(scene: EscalationScene) -> None:
    escalation = await scene.flag()
    await scene.change(Escalation, escalation.id, step=NOBODY_YET.step, round=NOBODY_YET.round)
    scene.clock.advance(31)
    async with scene.work() as work:
        for attempt in await scene.attempts():
            await work.delete(await work.get_one(type(attempt), attempt.id))

    await acts(scene, ring_now, escalation)

    after = await scene.escalation()
    assert (after.step, after.round) == (0, 0)
    assert [contact for contact, _ in await scene.states()] == ["duty"]


async def test_a_clock_that_was_set_back_keeps_no_phone_from_being_rung(
    scene: EscalationScene,
) -> None:
    escalation = await scene.flag()
    scene.clock.advance(-3600)

    await acts(scene, ring_now, escalation)

    assert len(await scene.attempts()) == 2
