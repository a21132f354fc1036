"""What reaches a delivery late, twice or from a clock that was set back."""

import pytest

from hotline.deliveries.model import DeliveryEvent
from hotline.deliveries.policy import LEASE, MAX_TRIES
from hotline.errors import CarrierRefused, CarrierUnclear, CarrierUnreachable
from tests.fakes import Fault
from tests.hotline.deliveries.conftest import PHONE, DeliveryScene

pytestmark = pytest.mark.anyio


async def test_what_a_late_sender_says_is_not_written_over_newer_facts(
    scene: DeliveryScene,
) -> None:
    delivery_id = await scene.asks()
    slow = await scene.is_being_sent(delivery_id)
    fence = (await scene.delivery(delivery_id)).fence
    await scene.change(delivery_id, fence=fence + 2, state="unknown")

    scene.carrier.gate.set()
    await slow

    delivery = await scene.delivery(delivery_id)
    assert (delivery.state, delivery.carrier_sid) == ("unknown", None)
    assert scene.asker.heard == [("claimed", "")]


async def test_each_claim_raises_the_fence(scene: DeliveryScene) -> None:
    scene.carrier.fails(Fault(CarrierUnreachable()))
    delivery_id = await scene.asks()
    fences = []

    for _ in range(2):
        await scene.sender.deliver(delivery_id)
        delivery = await scene.delivery(delivery_id)
        fences.append(delivery.fence)
        scene.clock.time = delivery.due_at

    assert fences == [1, 2]


async def test_an_answer_that_overtakes_the_carriers_own_is_not_undone(
    scene: DeliveryScene,
) -> None:
    delivery_id = await scene.asks()
    slow = await scene.is_being_sent(delivery_id)
    await scene.moves(delivery_id, DeliveryEvent.ANSWERED)

    scene.carrier.gate.set()
    await slow

    delivery = await scene.delivery(delivery_id)
    assert (delivery.state, delivery.carrier_sid) == ("answered", "CA1")


@pytest.mark.parametrize("error", [CarrierUnclear(), CarrierUnreachable(), CarrierRefused(1)])
async def test_a_phone_that_was_answered_is_not_rung_again_whatever_the_carrier_said(
    scene: DeliveryScene, error: Exception
) -> None:
    scene.carrier.fails(Fault(error, after_effect=True))
    delivery_id = await scene.asks()
    slow = await scene.is_being_sent(delivery_id)
    await scene.moves(delivery_id, DeliveryEvent.ANSWERED)

    scene.carrier.gate.set()
    await slow
    await scene.sends()
    await scene.passes(30)

    assert scene.carrier.dialled() == [PHONE]


async def test_a_last_try_that_was_answered_meanwhile_is_not_given_up(
    scene: DeliveryScene,
) -> None:
    scene.carrier.fails(Fault(CarrierUnreachable()))
    delivery_id = await scene.asks()
    await scene.change(delivery_id, tries=MAX_TRIES - 1)
    slow = await scene.is_being_sent(delivery_id)
    await scene.moves(delivery_id, DeliveryEvent.ANSWERED)

    scene.carrier.gate.set()
    await slow

    assert (await scene.delivery(delivery_id)).state == "answered"
    assert scene.asker.heard == [("claimed", "")]


async def test_a_clock_set_back_does_not_keep_a_delivery_waiting(scene: DeliveryScene) -> None:
    scene.carrier.fails(Fault(CarrierUnreachable()))
    await scene.asks()
    await scene.sends()

    await scene.passes(-3600)

    assert scene.carrier.dialled() == [PHONE]


async def test_a_clock_set_back_does_not_keep_a_doubt_unresolved(scene: DeliveryScene) -> None:
    scene.carrier.fails(Fault(CarrierUnclear(), after_effect=True))
    delivery_id = await scene.asks()
    await scene.sends()

    await scene.passes(-3600)

    assert (await scene.delivery(delivery_id)).state == "submitted"
    assert scene.carrier.dialled() == [PHONE]


async def test_a_clock_set_back_does_not_keep_a_dead_senders_lease_alive(
    scene: DeliveryScene,
) -> None:
    await scene.is_left_submitting(rang=False)

    await scene.passes(-3600)
    await scene.passes(LEASE.total_seconds())
    await scene.tick()

    assert scene.carrier.dialled() == [PHONE]
