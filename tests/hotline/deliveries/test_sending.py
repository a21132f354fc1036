"""One delivery at the carrier, and what its asker is told of it."""

import asyncio
from datetime import datetime, timedelta

import pytest
from sqlmodel import select

from hotline.deliveries.dispatcher import SENDS_AT_ONCE
from hotline.deliveries.model import DeliveryEvent
from hotline.deliveries.policy import MAX_TRIES, REST_S, URGENT_TRIES, back_off
from hotline.errors import CarrierBusy, CarrierRefused, CarrierUnreachable
from hotline.storage.session import Database, Work
from hotline.storage.tables import Delivery
from tests.fakes import Fault
from tests.hotline.deliveries.conftest import OTHER_PHONE, PHONE, SHOWN, DeliveryScene, FakeAsker

pytestmark = pytest.mark.anyio


async def test_a_phone_is_dialled_with_the_addresses_of_its_asker(scene: DeliveryScene) -> None:
    delivery_id = await scene.asks()

    await scene.sender.deliver(delivery_id)

    dial = scene.carrier.legs[0].dial
    assert (dial.to, dial.from_, dial.ring_s) == (PHONE, SHOWN, 30)
    assert dial.answer_url == f"https://hotline.test/voice/tests/{delivery_id}/answer"
    assert dial.status_url == f"https://hotline.test/voice/tests/{delivery_id}/status"


async def test_what_the_carrier_took_bears_its_sid_and_the_asker_is_told(
    scene: DeliveryScene,
) -> None:
    delivery_id = await scene.asks()

    await scene.sender.deliver(delivery_id)

    delivery = await scene.delivery(delivery_id)
    assert (delivery.state, delivery.carrier_sid, delivery.tries) == ("submitted", "CA1", 1)
    assert scene.asker.heard == [("claimed", ""), ("taken", "")]


async def test_the_row_says_submitting_before_the_carrier_hears_anything(
    scene: DeliveryScene,
) -> None:
    delivery_id = await scene.asks()

    sending = await scene.is_being_sent(delivery_id)

    assert (await scene.delivery(delivery_id)).state == "submitting"
    scene.carrier.gate.set()
    await sending


async def test_a_refused_delivery_has_failed(scene: DeliveryScene) -> None:
    scene.carrier.fails(Fault(CarrierRefused(21211)))
    delivery_id = await scene.asks()

    await scene.sender.deliver(delivery_id)

    delivery = await scene.delivery(delivery_id)
    assert (delivery.state, delivery.last_error) == ("failed", "refused 21211")
    assert scene.asker.heard[-1] == ("failed", "refused 21211")


async def test_a_refusal_of_what_nobody_wants_any_more_is_no_failure(scene: DeliveryScene) -> None:
    scene.carrier.fails(Fault(CarrierRefused(21211)))
    delivery_id = await scene.asks()
    sending = await scene.is_being_sent(delivery_id)
    scene.asker.wanted = False

    scene.carrier.gate.set()
    await sending

    assert (await scene.delivery(delivery_id)).state == "superseded"
    assert scene.asker.heard[-1] == ("superseded", "refused 21211")


async def test_an_unreachable_carrier_is_tried_again_after_drawn_pauses(
    scene: DeliveryScene,
) -> None:
    scene.carrier.fails(*(Fault(CarrierUnreachable()) for _ in range(3)))
    delivery_id = await scene.asks()
    await scene.sends()
    pauses = []

    for _ in range(3):
        delivery = await scene.delivery(delivery_id)
        assert (delivery.state, delivery.last_error) == ("pending", "unreachable")
        pauses.append(delivery.due_at - scene.clock.now())
        scene.clock.time = delivery.due_at
        await scene.tick()

    assert scene.carrier.dialled() == [PHONE]
    assert pauses == [back_off(delivery_id, tries) for tries in (1, 2, 3)]
    assert len(set(pauses)) == len(pauses)


async def test_before_its_pause_is_over_a_delivery_is_not_sent(scene: DeliveryScene) -> None:
    scene.carrier.fails(Fault(CarrierUnreachable()))
    delivery_id = await scene.asks()
    await scene.sender.deliver(delivery_id)

    await scene.sender.deliver(delivery_id)

    assert scene.carrier.journal == [("dial", PHONE)]


async def test_after_five_tries_a_delivery_is_dead_and_the_asker_is_told(
    scene: DeliveryScene,
) -> None:
    scene.carrier.fails(*(Fault(CarrierUnreachable()) for _ in range(MAX_TRIES)))
    delivery_id = await scene.asks()
    await scene.sends()

    for _ in range(MAX_TRIES):
        await scene.passes(8)

    assert scene.carrier.journal == [("dial", PHONE)] * 5
    delivery = await scene.delivery(delivery_id)
    assert (delivery.state, delivery.tries) == ("dead", 5)
    assert scene.asker.heard.count(("not_taken", "unreachable")) == 4
    assert scene.asker.heard[-1] == ("given_up", "unreachable")


async def test_a_carrier_that_never_answers_is_given_up_on(scene: DeliveryScene) -> None:
    delivery_id = await scene.asks()
    scene.carrier.hold()

    await scene.sender_for(scene.asker, dial_within_s=0).deliver(delivery_id)

    assert (await scene.delivery(delivery_id)).state == "unknown"
    assert scene.asker.heard == [("claimed", ""), ("unclear", "")]


async def test_what_nobody_wants_any_more_is_not_sent(scene: DeliveryScene) -> None:
    delivery_id = await scene.asks()
    scene.asker.wanted = False

    await scene.sender.deliver(delivery_id)

    delivery = await scene.delivery(delivery_id)
    assert (delivery.state, delivery.tries) == ("superseded", 0)
    assert scene.carrier.journal == []
    assert scene.asker.heard == [("superseded", "")]


async def test_who_acknowledges_while_the_carrier_says_not_now_is_rung_by_nobody(
    scene: DeliveryScene,
) -> None:
    """The row waits, and not a request on its way: at the next try it is asked whether it is."""
    found: list[tuple[str, float]] = []

    async def somebody_acknowledges(seconds: float) -> None:
        found.append(((await scene.delivery(delivery_id)).state, seconds))
        scene.asker.wanted = False

    scene.sender = scene.sender_for(scene.asker, sleep=somebody_acknowledges)
    scene.dispatcher = scene.another_dispatcher()
    scene.carrier.fails(Fault(CarrierBusy()))
    delivery_id = await scene.asks()

    await scene.sends()
    await scene.passes(8)

    assert found == [("pending", REST_S)]
    assert scene.carrier.dialled() == []
    assert (await scene.delivery(delivery_id)).state == "superseded"


async def test_at_its_limit_a_carrier_is_asked_for_nobody_else_in_the_same_turn(
    scene: DeliveryScene,
) -> None:
    """The turns rest, so that what is urgent is not overtaken by what comes behind it."""
    resting, all_rest, goes_on = list[float](), asyncio.Event(), asyncio.Event()

    async def rest(seconds: float) -> None:
        resting.append(seconds)
        if len(resting) == SENDS_AT_ONCE:
            all_rest.set()
        await goes_on.wait()

    scene.sender, scene.jobs.reachable = scene.sender_for(scene.asker, sleep=rest), False
    scene.dispatcher = scene.another_dispatcher()
    scene.carrier.fails(*(Fault(CarrierBusy()) for _ in range(SENDS_AT_ONCE)))
    for number in range(SENDS_AT_ONCE):
        await scene.asks(f"urgent-{number}", urgent=True)
    await scene.asks("later", address="15400000999")

    await scene.dispatcher.tick()
    await asyncio.wait_for(all_rest.wait(), 60)

    assert scene.carrier.dialled() == []
    goes_on.set()
    await scene.dispatcher.settled()
    assert scene.carrier.dialled() == []  # nor afterwards: it lets pass what waits


async def test_a_delivery_is_sent_once_however_often_it_is_asked_for(scene: DeliveryScene) -> None:
    delivery_id = await scene.asks()

    await asyncio.gather(*(scene.sender.deliver(delivery_id) for _ in range(6)))

    assert scene.carrier.dialled() == [PHONE]


async def test_a_job_for_a_delivery_that_does_not_exist_does_nothing(scene: DeliveryScene) -> None:
    await scene.sender.deliver("none")
    await scene.sender.settle("none")

    assert scene.carrier.journal == []


async def test_a_delivery_of_a_purpose_that_nobody_here_knows_is_left_alone(
    scene: DeliveryScene,
) -> None:
    delivery_id = await scene.asks(purpose="of a newer version")

    await scene.sender.deliver(delivery_id)

    assert (await scene.delivery(delivery_id)).state == "pending"
    assert scene.carrier.journal == []


class FailingAsker(FakeAsker):
    """Cannot take in what it is told."""

    async def told(
        self, work: Work, delivery: Delivery, event: DeliveryEvent, *, at: datetime, why: str
    ) -> None:
        raise ZeroDivisionError


async def test_what_the_asker_cannot_take_in_is_not_begun(scene: DeliveryScene) -> None:
    delivery_id = await scene.asks()

    with pytest.raises(ZeroDivisionError):
        await scene.sender_for(FailingAsker()).deliver(delivery_id)

    assert (await scene.delivery(delivery_id)).state == "pending"
    assert scene.carrier.journal == []


class LookingAsker(FakeAsker):
    """Looks, when it is asked to hold what is its own, whether somebody holds the delivery."""

    def __init__(self, database: Database) -> None:
        super().__init__()
        self._database = database
        self.was_free: list[bool] = []

    async def lock(self, work: Work, delivery_id: str) -> bool:
        query = select(Delivery.id).where(Delivery.id == delivery_id)
        async with self._database.work() as other:
            free = (await other.exec(query.with_for_update(skip_locked=True))).first()
        self.was_free.append(free is not None)
        return True


async def test_what_stands_behind_a_delivery_is_held_before_the_delivery(
    scene: DeliveryScene,
) -> None:
    delivery_id = await scene.asks()
    asker = LookingAsker(scene.database)

    await scene.sender_for(asker).deliver(delivery_id)

    assert asker.was_free == [True, True]


async def test_what_is_not_urgent_lets_pass_what_is_and_was_told_not_now(
    scene: DeliveryScene,
) -> None:
    scene.carrier.fails(Fault(CarrierBusy()))
    urgent = await scene.asks("key-1", urgent=True)
    await scene.sends()
    other = await scene.asks("key-2", address=OTHER_PHONE)

    await scene.tick()
    assert (await scene.delivery(other)).state == "pending"
    scene.clock.time = (await scene.delivery(urgent)).due_at
    await scene.tick()
    await scene.tick()

    assert scene.carrier.dialled() == [PHONE, OTHER_PHONE]


async def test_it_does_not_let_pass_for_ever(scene: DeliveryScene) -> None:
    await scene.asks("key-1", urgent=True)
    other = await scene.asks("key-2", address=OTHER_PHONE)
    [urgent] = [one.id for one in await scene.deliveries() if one.urgent]
    later = scene.clock.now() + timedelta(seconds=8)
    await scene.change(urgent, tries=URGENT_TRIES + 1, due_at=later)

    await scene.sends()

    assert (await scene.delivery(other)).state == "submitted"
