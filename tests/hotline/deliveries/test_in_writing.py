"""Texts, mails and webhooks on their way: claimed, sent and settled as a call is."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import pytest

from hotline.deliveries.by_text import ByText
from hotline.deliveries.channels import FoundThere, Letter, Parcel
from hotline.deliveries.model import Channel, DeliveryEvent
from hotline.deliveries.sending import Askers, Sender
from hotline.errors import CarrierBusy, CarrierRefused, CarrierUnclear, CarrierUnreachable
from hotline.storage.session import Work
from hotline.storage.tables import Delivery
from tests.fakes import FakeTextCarrier
from tests.hotline.deliveries.conftest import BASE, PHONE, PURPOSE, SHOWN, DeliveryScene, no_time

pytestmark = pytest.mark.anyio

MARK = "【热线】编号123456"


@dataclass
class FakeWriter:
    """Writes another link for each try, as the real one does."""

    tries: int = 0

    async def write(self, work: Work, delivery: Delivery, *, at: datetime) -> Letter:
        assert work.in_transaction()
        self.tries += 1
        return Letter(subject="s", words=f"{MARK} link {self.tries}", payload={}, secret="x")

    async def mark(self, work: Work, delivery: Delivery) -> str:
        return MARK


@dataclass
class FakeWay:
    """A way whose receiver knows again what it had. `faults` are used up in turn."""

    repeatable: bool = True
    taken_as: DeliveryEvent = DeliveryEvent.DELIVERED
    faults: list[Exception] = field(default_factory=list)
    had: list[Parcel] = field(default_factory=list)

    async def send(self, parcel: Parcel) -> str:
        self.had.append(parcel)
        if self.faults:
            raise self.faults.pop(0)
        return parcel.delivery_id

    async def find(self, parcel: Parcel) -> list[FoundThere]:
        raise AssertionError("nothing is looked up where it can be repeated")


@pytest.fixture
def texts(scene: DeliveryScene) -> FakeTextCarrier:
    return FakeTextCarrier(scene.clock)


@pytest.fixture
def way() -> FakeWay:
    return FakeWay()


@pytest.fixture(autouse=True)
def written(scene: DeliveryScene, texts: FakeTextCarrier, way: FakeWay) -> None:
    """The scene's sender knows further ways."""
    scene.sender = Sender(
        database=scene.database,
        carrier=scene.carrier,
        clock=scene.clock,
        sleep=no_time,
        askers=Askers(
            by_purpose={PURPOSE: scene.asker},
            base_url=BASE,
            writers={PURPOSE: FakeWriter()},
            channels={Channel.TEXT: ByText(texts), Channel.WEBHOOK: way},
        ),
    )
    scene.dispatcher = scene.another_dispatcher()
    scene.jobs.reachable = False


async def text(scene: DeliveryScene, key: str = "key-1", **values: Any) -> str:
    return await scene.asks(key, channel=Channel.TEXT, **values)


async def webhook(scene: DeliveryScene) -> str:
    return await scene.asks(channel=Channel.WEBHOOK, address="https://station.test/x")


async def test_a_text_bears_what_was_written_and_where_its_reports_go(
    scene: DeliveryScene, texts: FakeTextCarrier
) -> None:
    delivery_id = await text(scene)

    await scene.tick()

    (sent,) = texts.sent
    assert (sent.to, sent.from_, sent.body) == ("+862000000202", SHOWN, f"{MARK} link 1")
    assert sent.status_url == f"{BASE}/voice/tests/{delivery_id}/text"
    found = await scene.delivery(delivery_id)
    assert (found.state, found.carrier_sid, found.sent_at) == (
        "submitted",
        sent.sid,
        scene.clock.now(),
    )


async def test_a_doubtful_text_is_found_in_the_carriers_list_and_not_sent_twice(
    scene: DeliveryScene, texts: FakeTextCarrier
) -> None:
    texts.fails(CarrierUnclear(), after_effect=True)
    delivery_id = await text(scene)

    await scene.tick()
    await scene.tick()

    found = await scene.delivery(delivery_id)
    assert (found.state, found.carrier_sid) == ("submitted", texts.sent[0].sid)
    assert len(texts.sent) == 1


@pytest.mark.parametrize(("word", "state"), [("delivered", "delivered"), ("failed", "failed")])
async def test_a_text_that_is_found_ended_has_ended(
    scene: DeliveryScene, texts: FakeTextCarrier, word: str, state: str
) -> None:
    texts.fails(CarrierUnclear(), after_effect=True)
    delivery_id = await text(scene)
    await scene.tick()
    texts.sent[0].status = word

    await scene.tick()

    assert (await scene.delivery(delivery_id)).state == state


async def test_a_text_to_the_same_phone_about_something_else_is_not_taken_for_ours(
    scene: DeliveryScene, texts: FakeTextCarrier
) -> None:
    await texts.send_message(to="+862000000202", from_=SHOWN, body="【热线】编号999", status_url="")
    texts.fails(CarrierUnclear())
    delivery_id = await text(scene)
    await scene.tick()

    await scene.tick()
    assert (await scene.delivery(delivery_id)).state == "unknown"
    await scene.passes(16)
    await scene.tick()

    assert [one.body for one in texts.sent][1:] == [f"{MARK} link 2"]


async def test_a_text_that_the_carrier_refuses_has_failed_at_once(
    scene: DeliveryScene, texts: FakeTextCarrier
) -> None:
    texts.fails(CarrierRefused(21211))
    delivery_id = await text(scene)

    await scene.tick()

    assert (await scene.delivery(delivery_id)).last_error == "refused 21211"


async def test_a_webhook_that_was_taken_is_delivered(scene: DeliveryScene, way: FakeWay) -> None:
    delivery_id = await webhook(scene)

    await scene.tick()

    found = await scene.delivery(delivery_id)
    assert (found.state, found.ended_at) == ("delivered", scene.clock.now())
    assert scene.asker.heard == [("claimed", ""), ("delivered", "")]


async def test_a_doubtful_webhook_is_sent_again_under_its_id(
    scene: DeliveryScene, way: FakeWay
) -> None:
    way.faults = [CarrierUnclear(), CarrierUnreachable()]
    delivery_id = await webhook(scene)

    for _ in range(4):
        await scene.passes(8)

    assert [one.delivery_id for one in way.had] == [delivery_id] * 3
    assert (await scene.delivery(delivery_id)).state == "delivered"


async def test_a_webhook_whose_sender_died_is_sent_again_under_its_id(
    scene: DeliveryScene, way: FakeWay
) -> None:
    delivery_id = await webhook(scene)
    now = scene.clock.now()
    await scene.change(delivery_id, state="submitting", tries=1, lease_until=now, fence=1)

    for _ in range(2):
        await scene.passes(8)

    assert [one.delivery_id for one in way.had] == [delivery_id]
    assert (await scene.delivery(delivery_id)).state == "delivered"


async def test_who_says_not_now_is_asked_for_longer_than_who_is_not_there(
    scene: DeliveryScene, way: FakeWay
) -> None:
    way.faults = [CarrierBusy() for _ in range(12)]
    delivery_id = await webhook(scene)

    for _ in range(13):
        await scene.passes(8)

    assert (await scene.delivery(delivery_id)).state == "delivered"
    assert len(way.had) == 13


async def test_a_webhook_that_nobody_wants_any_more_is_not_sent_once_it_could_be(
    scene: DeliveryScene, way: FakeWay
) -> None:
    way.faults = [CarrierUnreachable()]
    delivery_id = await webhook(scene)
    await scene.tick()

    scene.asker.wanted = False
    await scene.passes(8)

    assert (await scene.delivery(delivery_id)).state == "superseded"
    assert len(way.had) == 1


async def test_a_way_that_is_not_set_up_fails_at_once(scene: DeliveryScene) -> None:
    delivery_id = await scene.asks(channel=Channel.MAIL, address="duty@station.test")

    await scene.tick()

    found = await scene.delivery(delivery_id)
    assert (found.state, found.last_error) == ("failed", "not_set_up")


async def test_a_hanging_way_does_not_hold_up_the_telephone(
    scene: DeliveryScene, texts: FakeTextCarrier
) -> None:
    for number in range(20):
        await text(scene, f"text-{number}", urgent=True)
    texts.hold()
    await scene.dispatcher.tick()
    await scene.asks("phone")
    await scene.dispatcher.tick()
    await scene.carrier.asked.wait()

    texts.gate.set()
    await scene.dispatcher.settled()

    assert scene.carrier.dialled() == [PHONE]
    assert len(texts.sent) == 20
