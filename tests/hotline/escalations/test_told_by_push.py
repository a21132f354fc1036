"""Officers are told by their browsers beside their other ways; a push is words, never an answer."""

from typing import Any

import pytest

from hotline.deliveries.by_text import ByText
from hotline.deliveries.channels import Letter, Parcel
from hotline.deliveries.model import Channel, DeliveryEvent
from hotline.deliveries.sending import Askers, Sender
from hotline.deliveries.subscriptions import end_subscription, subscribe
from hotline.errors import CarrierRefused, CarrierUnclear
from hotline.escalations.attempts import PURPOSE
from hotline.escalations.letters import StationLetters
from hotline.escalations.queries import detail
from hotline.escalations.service import acknowledge
from hotline.escalations.station_call import StationCalls
from hotline.escalations.ways import READ_WITHIN
from hotline.staff.actor import Actor
from hotline.storage.tables import Delivery, Staff, StationContact
from tests.fakes import FakeTextCarrier
from tests.hotline.deliveries.browsers import Browser
from tests.hotline.escalations.conftest import BASE, DUTY, EscalationScene

pytestmark = pytest.mark.anyio


class PushService:
    """Takes what is pushed. `faults` are used up in turn."""

    repeatable, taken_as = True, DeliveryEvent.TAKEN

    def __init__(self) -> None:
        self.had: list[tuple[str, Letter]] = []
        self.faults: list[Exception] = []

    async def send(self, parcel: Parcel) -> str:
        if self.faults:
            raise self.faults.pop(0)
        self.had.append((parcel.to, parcel.written))
        return parcel.delivery_id

    async def find(self, parcel: Parcel) -> tuple[()]:
        return ()


@pytest.fixture
def service() -> PushService:
    return PushService()


@pytest.fixture
def texts(scene: EscalationScene) -> FakeTextCarrier:
    return FakeTextCarrier(scene.clock)


@pytest.fixture(autouse=True)
async def ways(scene: EscalationScene, texts: FakeTextCarrier, service: PushService) -> None:
    """The duty contact signs in as wu."""
    askers = Askers(
        by_purpose={PURPOSE: StationCalls()},
        base_url=BASE,
        writers={PURPOSE: StationLetters(BASE, scene.vault)},
        channels={Channel.TEXT: ByText(texts), Channel.PUSH: service},
    )
    scene.sender = Sender(
        database=scene.database, carrier=scene.carrier, clock=scene.clock, askers=askers
    )
    scene.dispatcher = scene.another_dispatcher()
    await scene.add(
        Staff(id="wu", username="wu", name="Wu", password_hash="", station_id="district")
    )
    await duty(scene, account="wu")


async def duty(scene: EscalationScene, **values: Any) -> None:
    await scene.change(StationContact, "duty", **values)


async def switches_on(scene: EscalationScene, name: str = "abc", staff: str = "wu") -> str:
    device = Browser(endpoint=f"https://push.test/{name}").device
    async with scene.work() as work:
        now = scene.clock.now()
        return await subscribe(work, scene.vault, staff, device, key_id="k", at=now)


async def channels(scene: EscalationScene) -> list[tuple[str, str]]:
    return sorted((one.channel, one.state) for one in await scene.deliveries())


async def test_each_browser_is_told_beside_the_phone_with_number_level_and_link_alone(
    scene: EscalationScene, service: PushService
) -> None:
    devices = [await switches_on(scene, "phone"), await switches_on(scene, "desk")]
    escalation = await scene.flag()

    await scene.rings()

    assert scene.carrier.dialled() == [DUTY]
    assert sorted(to for to, _ in service.had) == sorted(devices)
    assert service.had[0][1].payload == {
        "tag": escalation.number,
        "title": f"上报 {escalation.number}（紧急）",
        "body": "有孩子需要你：打开后登录，确认接收。",
        "url": f"{BASE}/escalations/{escalation.id}",
    }
    assert not any("push.test" in one.address for one in await scene.deliveries())


async def test_in_english_for_whoever_reads_english(
    scene: EscalationScene, service: PushService
) -> None:
    await duty(scene, language="eng")
    await switches_on(scene)
    escalation = await scene.flag()

    await scene.rings()

    assert service.had[0][1].payload["title"] == f"Escalation {escalation.number} (imminent)"


async def test_a_push_that_left_acknowledges_nothing_and_the_next_contact_comes(
    scene: EscalationScene, service: PushService
) -> None:
    await switches_on(scene)
    await duty(scene, channels=["mail"], email="")
    await scene.flag()
    await scene.rings()
    assert await channels(scene) == [("push", "submitted")]
    before = await scene.escalation()

    assert (before.state, before.acknowledged_by) == ("open", "")
    await scene.passes(400)

    assert "head" in [attempt.contact_id for attempt in await scene.attempts()]


async def test_without_a_browser_the_contacts_own_ways_go_as_before(
    scene: EscalationScene, service: PushService
) -> None:
    await scene.flag()
    await scene.rings()

    assert [one.channel for one in await scene.deliveries()] == ["phone"]
    assert service.had == []


@pytest.mark.parametrize("has_browser", [True, False])
async def test_who_has_neither_a_phone_nor_a_browser_is_sent_a_text(
    scene: EscalationScene, texts: FakeTextCarrier, *, has_browser: bool
) -> None:
    await duty(scene, channels=["mail"], email="duty@station.test")
    if has_browser:
        await switches_on(scene)

    await scene.flag()

    told = {one.channel for one in await scene.deliveries()}
    assert told == ({"mail", "push"} if has_browser else {"mail", "text"})


async def test_a_browser_of_another_account_is_not_told(
    scene: EscalationScene, service: PushService
) -> None:
    await switches_on(scene, staff="li")
    await scene.flag()
    await scene.rings()

    assert service.had == []


async def test_a_browser_that_ended_meanwhile_is_not_told_and_the_attempt_ends(
    scene: EscalationScene, service: PushService
) -> None:
    device = await switches_on(scene)
    await scene.flag()
    async with scene.work() as work:
        await end_subscription(work, device, at=scene.clock.now())

    await scene.rings()

    assert service.had == []
    assert ("push", "superseded") in await channels(scene)


async def test_once_somebody_has_it_no_browser_is_told(
    scene: EscalationScene, service: PushService
) -> None:
    await switches_on(scene)
    escalation = await scene.flag()
    async with scene.work() as work:
        by = Actor.of_staff("wu")
        await acknowledge(work, escalation.id, by=by, at=scene.clock.now())

    await scene.rings()

    assert service.had == []


async def test_where_every_browser_is_gone_and_nothing_rings_the_next_comes_at_once(
    scene: EscalationScene, service: PushService
) -> None:
    await duty(scene, channels=["mail"], email="")
    await switches_on(scene)
    service.faults = [CarrierRefused(410, reason="device_gone")]
    await scene.flag()

    await scene.rings()

    due_at = (await scene.escalation()).next_due_at
    assert due_at is not None
    assert due_at - scene.clock.now() < READ_WITHIN


async def test_a_push_in_doubt_is_sent_again_under_the_same_name(
    scene: EscalationScene, service: PushService
) -> None:
    await switches_on(scene)
    service.faults = [CarrierUnclear()]
    await scene.flag()
    await scene.rings()
    assert ("push", "unknown") in await channels(scene)

    for _ in range(4):
        await scene.passes(6)

    [(_, letter)] = service.had
    assert letter.payload["tag"] == (await scene.escalation()).number
    assert ("push", "submitted") in await channels(scene)


async def test_the_story_says_that_somebody_was_told_by_push(scene: EscalationScene) -> None:
    await switches_on(scene)
    escalation = await scene.flag()
    await scene.rings()

    async with scene.work() as work:
        found = await detail(work, escalation.id)

    assert {"phone", "push"} <= {one.channel for one in found.attempts}
    delivery: list[Delivery] = await scene.deliveries()
    assert all(one.sent_at is not None for one in delivery if one.channel == "push")
