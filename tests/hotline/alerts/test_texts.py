"""Who an alert comes to is told by a text, once; one that is lost is shown at the alert."""

import pytest

from hotline.alerts.queries import alerts_now
from hotline.alerts.texts import AlertTexts, alert_text_reported
from hotline.deliveries.model import Channel, DeliveryEvent, DeliveryState
from hotline.storage.tables import Delivery, FloorAlert, Presence, Staff
from tests.hotline.alerts.conftest import AlertScene

pytestmark = pytest.mark.anyio

HE_PHONE = "15400000011"


@pytest.fixture
async def passed(floor: AlertScene) -> AlertScene:
    """Sun did not take an alarm, and it came to he, who has a phone."""
    await floor.change(Staff, "he", own_phone=HE_PHONE)
    await floor.rules(pass_on_after_s=60)
    await comes_to_the_next(floor)
    return floor


async def comes_to_the_next(floor: AlertScene) -> None:
    """Nobody is ready, and nobody takes it."""
    await floor.change(Presence, "li", state="paused")
    for after_s in (0, 5, 60):
        await floor.looks(after_s)


async def unreached(floor: AlertScene) -> str:
    """Why its owner does not know of the one that stands."""
    async with floor.database.work() as work:
        [shown] = await alerts_now(work, ["youth"])
    return shown.unreached


async def is_wanted(floor: AlertScene, text: Delivery) -> bool:
    """Whether the text may still leave."""
    async with floor.database.work() as work:
        return await AlertTexts().lock(work, text.id)


async def test_who_an_alarm_is_passed_on_to_gets_one_text_without_a_caller(
    passed: AlertScene,
) -> None:
    await passed.looks(600)

    [text] = await passed.all(Delivery)
    assert (text.address, text.sender, text.channel) == (HE_PHONE, "1", Channel.TEXT)
    assert text.urgent
    async with passed.database.work() as work:
        letter = await AlertTexts().write(work, text, at=passed.clock.now())
        assert letter.words == await AlertTexts().mark(work, text)
    assert letter.words == "【热线预警】青少年：线路开着，没有人就绪，20:00 起，转给您，请接手。"
    assert await unreached(passed) == ""


async def test_a_text_is_told_only_while_its_reader_must_take_the_alert(
    passed: AlertScene,
) -> None:
    [text], [alert] = await passed.all(Delivery), await passed.all(FloorAlert)
    assert await is_wanted(passed, text)

    for values in ({"owner_id": "sun"}, {"acknowledged_at": passed.clock.now()},
                   {"cleared_at": passed.clock.now()}):  # fmt: skip
        as_it_was = {name: getattr(alert, name) for name in values}
        await passed.change(FloorAlert, alert.id, **values)
        assert not await is_wanted(passed, text)
        await passed.change(FloorAlert, alert.id, **as_it_was)
    async with passed.database.work() as work:
        assert not await AlertTexts().lock(work, "nobody's")


@pytest.mark.parametrize("said", ["undelivered", "failed"])
async def test_what_the_carrier_could_not_deliver_is_shown_at_the_alert(
    passed: AlertScene, said: str
) -> None:
    [text] = await passed.all(Delivery)
    await passed.change(Delivery, text.id, state=DeliveryState.SUBMITTED)

    async with passed.database.work() as work:
        for word in ("sent", said, "delivered"):  # what comes later changes nothing
            await alert_text_reported(work, text.id, word, at=passed.clock.now(), sid="SM1")
        await alert_text_reported(work, "nobody's", said, at=passed.clock.now())

    [lost] = await passed.all(Delivery)
    assert (lost.state, lost.carrier_sid) == (DeliveryState.FAILED, "SM1")
    assert await unreached(passed) == "undelivered"


@pytest.mark.parametrize(
    ("event", "why"),
    [(DeliveryEvent.FAILED, "not_sent"), (DeliveryEvent.GIVEN_UP, "not_known"),
     (DeliveryEvent.TAKEN, "")],
)  # fmt: skip
async def test_what_never_left_is_shown_as_well(
    passed: AlertScene, event: DeliveryEvent, why: str
) -> None:
    [text] = await passed.all(Delivery)

    async with passed.database.work() as work:
        await AlertTexts().told(work, text, event, at=passed.clock.now(), why="error 21610")

    assert await unreached(passed) == why


async def test_a_lost_text_says_nothing_of_who_has_it_since(passed: AlertScene) -> None:
    [text], [alert] = await passed.all(Delivery), await passed.all(FloorAlert)
    await passed.change(FloorAlert, alert.id, owner_id="sun")

    async with passed.database.work() as work:
        lost = DeliveryEvent.FAILED
        await AlertTexts().told(work, text, lost, at=passed.clock.now(), why="error 21610")

    assert await unreached(passed) == ""


async def test_who_has_no_phone_is_shown_to_be_unreached(floor: AlertScene) -> None:
    await floor.rules(pass_on_after_s=60)
    await comes_to_the_next(floor)

    assert await floor.all(Delivery) == []
    assert await unreached(floor) == "no_phone"
