"""What is handed out, to whom, and that several dispatchers do no harm."""

import asyncio
from collections import Counter

import pytest
from structlog.testing import capture_logs

from tests.fakes import Fault
from tests.hotline.deliveries.conftest import OTHER_PHONE, PHONE, DeliveryScene

pytestmark = pytest.mark.anyio


async def test_a_worker_is_told_of_a_delivery_once(scene: DeliveryScene) -> None:
    delivery_id = await scene.asks()

    await scene.tick()
    await scene.passes(1)

    assert scene.jobs.woken == [("deliver", delivery_id)]
    assert scene.carrier.dialled() == []


async def test_what_no_worker_takes_within_three_seconds_is_sent_by_the_dispatcher(
    scene: DeliveryScene,
) -> None:
    await scene.asks()
    await scene.tick()

    await scene.passes(2)
    assert scene.carrier.dialled() == []
    await scene.passes(1)

    assert scene.carrier.dialled() == [PHONE]


async def test_without_the_queue_it_is_sent_at_once(scene: DeliveryScene) -> None:
    scene.jobs.reachable = False
    await scene.asks()

    await scene.tick()

    assert scene.carrier.dialled() == [PHONE]


async def test_a_queue_that_comes_back_is_told_again(scene: DeliveryScene) -> None:
    scene.jobs.reachable = False
    await scene.asks("key-1")
    await scene.tick()
    scene.jobs.reachable = True
    second = await scene.asks("key-2")

    await scene.tick()

    assert scene.jobs.woken == [("deliver", second)]


async def test_a_worker_is_told_again_of_a_second_try(scene: DeliveryScene) -> None:
    delivery_id = await scene.asks()
    await scene.tick()
    await scene.change(delivery_id, tries=1)

    await scene.tick()

    assert scene.jobs.woken == [("deliver", delivery_id)] * 2


async def test_what_is_urgent_goes_before_what_has_waited_longer(scene: DeliveryScene) -> None:
    await scene.asks("key-1")
    scene.clock.advance(1)
    urgent = await scene.asks("key-2", urgent=True)

    await scene.tick()

    assert scene.jobs.woken[0] == ("deliver", urgent)


async def test_among_equals_the_longest_due_goes_first(scene: DeliveryScene) -> None:
    later = await scene.asks("key-1")
    first = await scene.asks("key-2")
    await scene.change(first, due_at=scene.clock.now())
    await scene.change(later, due_at=scene.clock.advance(1))

    await scene.tick()

    assert [delivery_id for _, delivery_id in scene.jobs.woken] == [first, later]


async def test_what_a_newer_version_asks_for_does_not_stand_in_the_way(
    scene: DeliveryScene,
) -> None:
    for number in range(100):
        await scene.asks(f"key-{number}", purpose="of a newer version", urgent=True)
    await scene.asks("ours")

    await scene.sends()

    assert scene.carrier.dialled() == [PHONE]
    assert len(await scene.deliveries()) == 101


async def test_two_dispatchers_and_two_hundred_deliveries_make_two_hundred_calls(
    scene: DeliveryScene,
) -> None:
    for number in range(200):
        await scene.asks(f"key-{number}")
    scene.jobs.reachable = False
    both = [scene.dispatcher, scene.another_dispatcher()]

    for _ in range(4):
        await asyncio.gather(*(one.tick() for one in both))
        await asyncio.gather(*(one.settled() for one in both))

    rung = Counter(leg.dial.answer_url for leg in scene.carrier.legs)
    assert len(rung) == 200
    assert set(rung.values()) == {1}


async def test_what_is_being_sent_is_not_sent_a_second_time(scene: DeliveryScene) -> None:
    scene.jobs.reachable = False
    scene.carrier.hold()
    delivery_id = await scene.asks()
    await scene.dispatcher.tick()
    await scene.carrier.asked.wait()
    await scene.change(delivery_id, state="pending")

    await scene.dispatcher.tick()
    scene.carrier.gate.set()
    await scene.dispatcher.settled()

    assert scene.carrier.journal == [("dial", PHONE)]


async def test_a_dispatcher_that_is_stopped_leaves_what_it_was_sending_to_the_next(
    scene: DeliveryScene,
) -> None:
    scene.jobs.reachable = False
    scene.carrier.hold()
    delivery_id = await scene.asks()
    await scene.dispatcher.tick()
    await scene.carrier.asked.wait()

    await scene.dispatcher.stop()
    assert (await scene.delivery(delivery_id)).state == "submitting"
    scene.carrier.gate.set()
    scene.dispatcher = scene.another_dispatcher()
    await scene.passes(20)
    await scene.tick()

    assert (await scene.delivery(delivery_id)).state == "submitted"


async def test_an_accident_while_sending_is_left_to_a_later_look(scene: DeliveryScene) -> None:
    scene.jobs.reachable = False
    await scene.asks()
    scene.carrier.fails(Fault(ZeroDivisionError()))
    scene.carrier.list_error = ZeroDivisionError()

    with capture_logs() as logs:
        await scene.tick()
        await scene.passes(20)
    scene.carrier.list_error = None
    for seconds in (5, 5):
        await scene.passes(seconds)

    assert [entry["event"] for entry in logs if entry["log_level"] == "error"] == ["job.failed"] * 2
    assert scene.carrier.dialled() == [PHONE]


async def test_an_accident_with_one_delivery_does_not_hold_up_another(
    scene: DeliveryScene,
) -> None:
    scene.carrier.fails(Fault(ZeroDivisionError()))
    await scene.asks("key-1", urgent=True)
    await scene.asks("key-2", address=OTHER_PHONE)

    with capture_logs():
        await scene.sends()

    assert scene.carrier.dialled() == [OTHER_PHONE]
