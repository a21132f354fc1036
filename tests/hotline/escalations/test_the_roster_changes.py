"""A running escalation follows the roster of its station: its people are those of now."""

import pytest

from hotline.errors import CarrierUnreachable
from hotline.escalations.policy import ACCEPT_WITHIN, ACK_WITHIN
from hotline.escalations.service import acknowledge, give_back
from hotline.escalations.station_call import PinResult, call_answered, key_pressed
from hotline.staff.actor import Actor
from hotline.storage.tables import StationContact as Contact
from tests.fakes import Fault
from tests.hotline.escalations.conftest import (
    CITY,
    DUTY,
    HEAD,
    PIN,
    PIN_HASH,
    EscalationScene,
)

pytestmark = pytest.mark.anyio

STEP_S = ACK_WITHIN.total_seconds()
NEW = "02000000299"


async def is_replaced(scene: EscalationScene, contact: str, rank: int) -> None:
    """Somebody else has the duty by now, with a phone of their own."""
    await scene.change(Contact, contact, active=False)
    await scene.add(scene.contact("new", "district", rank, NEW))


async def presses(scene: EscalationScene, attempt: int, pin: str = PIN) -> PinResult:
    attempt_id = (await scene.attempts())[attempt].id
    async with scene.work() as work:
        return await key_pressed(work, attempt_id, pin, scene.clock.now())


async def test_a_contact_who_was_replaced_is_rung_no_more_and_their_successor_is(
    scene: EscalationScene,
) -> None:
    await scene.flag()
    await scene.rings()
    await is_replaced(scene, "duty", 0)

    for _ in range(4):
        await scene.passes(STEP_S)

    assert scene.carrier.dialled() == [DUTY, NEW, HEAD, CITY, NEW]


async def test_the_timeline_says_who_answers_for_it_now_by_ids(scene: EscalationScene) -> None:
    await scene.flag()
    await scene.rings()
    await is_replaced(scene, "duty", 0)

    await scene.passes(STEP_S)
    await scene.passes(STEP_S)

    told = await scene.facts("escalation.contacts_changed")
    assert told == [{"now": ["new", "head", "city"]}]


async def test_a_contact_who_left_is_passed_over_before_their_turn(
    scene: EscalationScene,
) -> None:
    await scene.flag()
    await scene.rings()
    await scene.change(Contact, "head", active=False)

    await scene.passes(STEP_S)

    assert scene.carrier.dialled() == [DUTY, CITY]


async def test_an_escalation_given_back_goes_to_whoever_is_next_by_now(
    scene: EscalationScene, officer: Actor
) -> None:
    escalation = await scene.flag()
    await scene.rings()
    async with scene.work() as work:
        await acknowledge(work, escalation.id, by=officer, at=scene.clock.now())
    await is_replaced(scene, "head", 1)

    async with scene.work() as work:
        await give_back(
            work, scene.vault, escalation.id, by=officer, reason="", at=scene.clock.now()
        )
    await scene.tick()

    assert scene.carrier.dialled() == [DUTY, NEW]


async def test_an_acknowledgement_that_came_to_nothing_goes_back_to_the_successor(
    scene: EscalationScene, officer: Actor
) -> None:
    escalation = await scene.flag()
    await scene.rings()
    async with scene.work() as work:
        await acknowledge(work, escalation.id, by=officer, at=scene.clock.now())
    await is_replaced(scene, "duty", 0)

    await scene.passes(ACCEPT_WITHIN.total_seconds())

    assert scene.carrier.dialled() == [DUTY, NEW]


async def test_a_new_phone_of_the_same_contact_is_rung_from_the_next_step_on(
    scene: EscalationScene,
) -> None:
    await scene.flag()
    await scene.rings()
    await scene.change(Contact, "duty", phone=NEW)

    for _ in range(3):
        await scene.passes(STEP_S)

    assert scene.carrier.dialled() == [DUTY, HEAD, CITY, NEW]
    assert await scene.facts("escalation.phone_changed") == [{"contact_id": "duty"}]


async def test_the_pin_of_a_contact_who_left_acknowledges_nothing_from_that_moment(
    scene: EscalationScene,
) -> None:
    await scene.flag()
    await scene.rings()
    await is_replaced(scene, "duty", 0)

    said = await presses(scene, 0)

    assert said is PinResult.TRY_AGAIN
    assert (await scene.escalation()).state == "open"


async def test_the_pin_of_the_successor_acknowledges(scene: EscalationScene) -> None:
    await scene.flag()
    await scene.rings()
    await is_replaced(scene, "duty", 0)
    await scene.passes(STEP_S)

    said = await presses(scene, 1)

    assert said is PinResult.ACKNOWLEDGED
    assert (await scene.escalation()).acknowledged_by == "contact:new"


async def test_a_pin_that_was_changed_counts_at_once_and_the_old_one_does_not(
    scene: EscalationScene,
) -> None:
    await scene.flag()
    await scene.rings()
    await scene.change(Contact, "duty", pin_hash=PIN_HASH.replace("$argon2id", "$none"))

    assert await presses(scene, 0) is PinResult.TRY_AGAIN


async def test_a_dial_that_was_put_off_is_not_made_to_a_phone_that_is_nobodys_by_now(
    scene: EscalationScene,
) -> None:
    scene.carrier.fails(Fault(CarrierUnreachable()))
    await scene.flag()
    await scene.rings()
    await is_replaced(scene, "duty", 0)

    for _ in range(4):
        await scene.passes(10)

    assert scene.carrier.dialled() == [NEW], "and nobody waits until the step is over"
    assert (await scene.states())[0] == ("duty", "superseded")


async def test_whoever_answers_the_old_phone_after_that_is_told_nothing_of_the_child(
    scene: EscalationScene,
) -> None:
    await scene.flag()
    await scene.rings()
    await is_replaced(scene, "duty", 0)
    [attempt] = await scene.attempts()

    async with scene.work() as work:
        assert await call_answered(work, attempt.id, scene.clock.now()) is None
