"""Whether a phone rings that nobody is sure of: looked up, adopted, or dialled anew."""

import asyncio

import pytest

from hotline.deliveries.policy import LEASE, MAX_TRIES
from hotline.errors import CarrierUnclear, CarrierUnreachable
from hotline.ports import LegStatus
from tests.fakes import FakeLeg, Fault
from tests.hotline.deliveries.conftest import OTHER_PHONE, PHONE, DeliveryScene

pytestmark = pytest.mark.anyio


async def test_an_unclear_dial_that_rang_is_found_and_not_repeated(scene: DeliveryScene) -> None:
    scene.carrier.fails(Fault(CarrierUnclear(), after_effect=True))
    delivery_id = await scene.asks()
    await scene.sends()

    await scene.tick()
    await scene.passes(30)

    delivery = await scene.delivery(delivery_id)
    assert (delivery.state, delivery.carrier_sid) == ("submitted", "CA1")
    assert scene.carrier.dialled() == [PHONE]
    assert [event for event, _ in scene.asker.heard] == ["claimed", "unclear", "unclear", "taken"]


async def test_an_unclear_dial_that_never_rang_is_repeated_after_fifteen_seconds(
    scene: DeliveryScene,
) -> None:
    scene.carrier.fails(Fault(CarrierUnclear()))
    delivery_id = await scene.asks()
    await scene.sends()

    for seconds in (0, 5, 5, 4):
        await scene.passes(seconds)
    assert scene.carrier.dialled() == []
    await scene.passes(1)
    await scene.tick()

    assert scene.carrier.dialled() == [PHONE]
    assert (await scene.delivery(delivery_id)).tries == 2
    assert ("not_taken", "not_found") in scene.asker.heard


async def test_what_is_never_found_is_dead_after_five_tries(scene: DeliveryScene) -> None:
    scene.carrier.fails(*(Fault(CarrierUnclear()) for _ in range(MAX_TRIES)))
    delivery_id = await scene.asks()
    await scene.sends()

    for _ in range(MAX_TRIES):
        for seconds in (0, 5, 5, 5):
            await scene.passes(seconds)

    assert (await scene.delivery(delivery_id)).state == "dead"
    assert scene.asker.heard[-1] == ("given_up", "not_found")


async def test_a_list_that_cannot_be_read_delays_the_repeat_no_further(
    scene: DeliveryScene,
) -> None:
    scene.carrier.fails(Fault(CarrierUnclear(), after_effect=True))
    scene.carrier.list_error = CarrierUnreachable()
    await scene.asks()
    await scene.sends()

    for seconds in (0, 5, 5, 5, 1):
        await scene.passes(seconds)

    assert scene.carrier.dialled() == [PHONE, PHONE]


async def test_a_leg_that_is_over_when_it_is_found_has_failed(scene: DeliveryScene) -> None:
    scene.carrier.fails(Fault(CarrierUnclear(), after_effect=True))
    delivery_id = await scene.asks()
    await scene.sends()
    scene.carrier.legs[0].status = LegStatus.BUSY

    await scene.tick()

    delivery = await scene.delivery(delivery_id)
    assert (delivery.state, delivery.last_error) == ("failed", "busy")
    assert delivery.carrier_sid == "CA1"
    assert scene.asker.heard[-1] == ("failed", "busy")


async def test_of_two_legs_the_one_that_still_rings_is_adopted(scene: DeliveryScene) -> None:
    scene.carrier.fails(Fault(CarrierUnclear(), after_effect=True))
    delivery_id = await scene.asks()
    await scene.sends()
    ringing = scene.carrier.legs[0]
    over = FakeLeg("CA-over", ringing.dial, scene.clock.now(), LegStatus.COMPLETED)
    scene.carrier.legs.append(over)

    await scene.tick()

    assert (await scene.delivery(delivery_id)).carrier_sid == ringing.sid


async def test_a_leg_that_could_be_anothers_is_not_adopted(scene: DeliveryScene) -> None:
    scene.carrier.fails(
        Fault(CarrierUnclear(), after_effect=True), Fault(CarrierUnclear(), after_effect=False)
    )
    await scene.asks("key-1")
    await scene.asks("key-2")
    await scene.sends()

    for seconds in (0, 5, 5, 5, 1):
        await scene.passes(seconds)

    assert scene.carrier.dialled() == [PHONE] * 3
    assert await scene.states() == ["submitted", "submitted"]


async def test_a_doubt_about_another_phone_does_not_stop_the_adoption(
    scene: DeliveryScene,
) -> None:
    scene.carrier.fails(*(Fault(CarrierUnclear(), after_effect=True) for _ in range(2)))
    await scene.asks("key-1")
    await scene.asks("key-2", address=OTHER_PHONE)
    await scene.sends()

    await scene.tick()

    assert await scene.states() == ["submitted", "submitted"]
    assert sorted(scene.carrier.dialled()) == [PHONE, OTHER_PHONE]


async def test_a_leg_that_is_known_to_be_anothers_is_not_adopted(scene: DeliveryScene) -> None:
    await scene.asks("key-1")
    await scene.sends()
    scene.carrier.fails(Fault(CarrierUnclear()))
    await scene.asks("key-2")
    await scene.tick()

    await scene.tick()

    assert await scene.states() == ["submitted", "unknown"]


async def test_a_sender_that_died_after_the_phone_rang_is_followed_without_a_second_call(
    scene: DeliveryScene,
) -> None:
    delivery_id = await scene.is_left_submitting(rang=True)

    await scene.passes(LEASE.total_seconds())
    await scene.passes(30)

    delivery = await scene.delivery(delivery_id)
    assert (delivery.state, delivery.carrier_sid) == ("submitted", "CA-lost")
    assert scene.carrier.dialled() == [PHONE]


async def test_a_sender_that_died_before_the_phone_rang_is_followed_by_a_call(
    scene: DeliveryScene,
) -> None:
    await scene.is_left_submitting(rang=False)

    await scene.passes(LEASE.total_seconds() - 1)
    assert scene.carrier.dialled() == []
    await scene.passes(1)
    await scene.passes(4)

    assert scene.carrier.dialled() == [PHONE]


async def test_what_nobody_wants_any_more_is_not_looked_for(scene: DeliveryScene) -> None:
    delivery_id = await scene.is_left_submitting(rang=False)
    scene.asker.wanted = False

    await scene.passes(LEASE.total_seconds())

    assert (await scene.delivery(delivery_id)).state == "superseded"
    assert ("find_legs", PHONE) not in scene.carrier.journal


async def test_a_doubtful_delivery_is_looked_into_by_one_only(scene: DeliveryScene) -> None:
    scene.carrier.fails(Fault(CarrierUnclear()))
    delivery_id = await scene.asks()
    await scene.sends()

    await asyncio.gather(scene.sender.settle(delivery_id), scene.sender.settle(delivery_id))

    assert scene.carrier.journal.count(("find_legs", PHONE)) == 1


async def test_a_delivery_whose_lease_runs_is_not_looked_into(scene: DeliveryScene) -> None:
    delivery_id = await scene.is_left_submitting(rang=True)

    await scene.sender.settle(delivery_id)

    assert (await scene.delivery(delivery_id)).state == "submitting"
    assert ("find_legs", PHONE) not in scene.carrier.journal
