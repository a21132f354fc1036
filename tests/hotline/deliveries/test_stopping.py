"""What is answered elsewhere rings nowhere any more."""

from datetime import timedelta

import pytest
from sqlmodel import select

from hotline.deliveries.model import DeliveryEvent, DeliveryState
from hotline.deliveries.service import withdraw_deliveries
from hotline.deliveries.stopping import RINGS_AT_MOST, PhoneStopper
from hotline.errors import CarrierUnreachable
from hotline.storage.tables import Delivery
from tests.hotline.deliveries.conftest import OTHER_PHONE, DeliveryScene

pytestmark = pytest.mark.anyio


@pytest.fixture
def stopper(scene: DeliveryScene) -> PhoneStopper:
    return PhoneStopper(database=scene.database, carrier=scene.carrier, clock=scene.clock)


async def looks(stopper: PhoneStopper) -> None:
    await stopper.tick()
    await stopper.jobs.settled()


async def withdrawn(scene: DeliveryScene) -> None:
    async with scene.database.work() as work:
        await withdraw_deliveries(work, select(Delivery.id), at=scene.clock.now())


def stopped(scene: DeliveryScene) -> list[str]:
    return [sid for what, sid in scene.carrier.journal if what == "stop_ringing"]


async def test_a_phone_that_rings_is_told_to_stop_once(
    scene: DeliveryScene, stopper: PhoneStopper
) -> None:
    delivery_id = await scene.asks()
    await scene.sends()

    await withdrawn(scene)
    await looks(stopper)
    scene.clock.advance(3)
    await looks(stopper)

    assert stopped(scene) == [(await scene.delivery(delivery_id)).carrier_sid]


async def test_nobody_is_cut_off_who_has_answered(
    scene: DeliveryScene, stopper: PhoneStopper
) -> None:
    delivery_id = await scene.asks()
    await scene.sends()
    await scene.moves(delivery_id, DeliveryEvent.ANSWERED)

    await withdrawn(scene)
    await looks(stopper)

    assert stopped(scene) == []


async def test_a_dial_that_is_under_way_is_stopped_when_the_carrier_has_taken_it(
    scene: DeliveryScene, stopper: PhoneStopper
) -> None:
    delivery_id = await scene.asks()
    sending = await scene.is_being_sent(delivery_id)
    await withdrawn(scene)
    await looks(stopper)
    assert stopped(scene) == []

    scene.carrier.gate.set()
    await sending
    await looks(stopper)

    assert stopped(scene) == ["CA1"]


async def test_where_the_carrier_does_not_answer_it_is_asked_again(
    scene: DeliveryScene, stopper: PhoneStopper
) -> None:
    await scene.asks()
    await scene.sends()
    await withdrawn(scene)
    scene.carrier.stop_faults.append(CarrierUnreachable())

    await looks(stopper)
    await looks(stopper)
    assert len(stopped(scene)) == 1
    scene.clock.advance(3)
    await looks(stopper)

    assert stopped(scene) == ["CA1", "CA1"]


async def test_a_clock_that_was_set_back_delays_it_by_nothing(
    scene: DeliveryScene, stopper: PhoneStopper
) -> None:
    await scene.asks()
    await scene.sends()
    await withdrawn(scene)
    scene.clock.advance(-3600)

    await looks(stopper)

    assert stopped(scene) == ["CA1"]


async def test_what_cannot_ring_any_more_is_asked_for_no_longer(
    scene: DeliveryScene, stopper: PhoneStopper
) -> None:
    await scene.asks()
    await scene.sends()
    await withdrawn(scene)
    scene.clock.advance((RINGS_AT_MOST + timedelta(seconds=1)).total_seconds())

    await looks(stopper)

    assert stopped(scene) == []


async def test_what_was_not_sent_yet_is_withdrawn_and_what_is_sent_otherwise_is_left_alone(
    scene: DeliveryScene, stopper: PhoneStopper
) -> None:
    await scene.asks("key-1")
    mailed = await scene.asks("key-2", address=OTHER_PHONE)
    await scene.change(mailed, channel="mail", state="submitted", carrier_sid="<1@mail>")

    await withdrawn(scene)
    await looks(stopper)

    assert await scene.states() == [DeliveryState.SUBMITTED, DeliveryState.SUPERSEDED]
    assert stopped(scene) == []
