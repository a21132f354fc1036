"""A day before a shift a text asks, once and without content, whether its counselor comes."""

from datetime import UTC, datetime, timedelta

import pytest

from hotline.deliveries.model import Channel, DeliveryState
from hotline.reminders.shifts import ReminderTexts, ShiftReminders, reminder_reported
from hotline.storage.session import Database
from hotline.storage.tables import Delivery, Line, RosterLeave, RosterShift, Staff
from tests.fakes import FakeClock
from tests.hotline.rows import StoredScene

pytestmark = pytest.mark.anyio

NOON = datetime(2026, 3, 2, 4, tzinfo=UTC)  # here
TOMORROW = NOON + timedelta(hours=20)


class RemindedScene(StoredScene):
    """A line and three of its counselors, who are planned for tomorrow."""

    def __init__(self, database: Database) -> None:
        self.database, self.clock = database, FakeClock(NOON)
        self.look = ShiftReminders(database=database, clock=self.clock)

    async def furnish(self) -> None:
        """Li has a phone, wong has none, and chen is away."""
        await self.add(Line(id="youth", name="x", name_en="x", number_shown="12355"))
        for name, phone in {"li": "15400000001", "wong": "", "chen": "13800000003"}.items():
            await self.add(
                Staff(id=name, username=name, name=name, password_hash="x", own_phone=phone,
                      roles=["counselor"], lines=["youth"]),
                RosterShift(id=name, staff_id=name, lines=["youth"], kind="duty", state="planned",
                            begins_at=TOMORROW, ends_at=TOMORROW + timedelta(hours=8), by_id=name,
                            at=NOON),
            )  # fmt: skip
        await self.add(
            RosterLeave(staff_id="chen", kind="holiday", state="approved", at=NOON,
                        begins_at=TOMORROW, ends_at=TOMORROW + timedelta(days=1))
        )  # fmt: skip


@pytest.fixture
async def scene(database: Database) -> RemindedScene:
    made = RemindedScene(database)
    await made.furnish()
    return made


async def test_who_has_a_phone_gets_one_text_that_says_nothing_of_the_shift(
    scene: RemindedScene,
) -> None:
    await scene.look.tick()
    await scene.look.tick()

    [text] = await scene.all(Delivery)
    assert (text.address, text.sender, text.channel) == ("15400000001", "12355", Channel.TEXT)
    reminded = {one.id for one in await scene.all(RosterShift) if one.reminded_at == NOON}
    assert reminded == {"li", "wong"}
    async with scene.database.work() as work:
        letter = await ReminderTexts("https://x.test").write(work, text, at=NOON)
    assert letter.words.endswith("https://x.test/roster")
    assert not any(word in letter.words for word in ("班", "12355", "热线", "shift"))


async def test_nobody_is_woken_and_who_confirmed_meanwhile_is_told_nothing(
    scene: RemindedScene,
) -> None:
    scene.clock.time = NOON + timedelta(hours=11)  # eleven in the evening
    await scene.look.tick()
    assert await scene.all(Delivery) == []

    scene.clock.time = NOON + timedelta(hours=20) - timedelta(minutes=30)  # half past seven
    await scene.look.tick()
    assert await scene.all(Delivery) == []
    scene.clock.time = NOON
    await scene.look.tick()
    [text] = await scene.all(Delivery)
    await scene.change(RosterShift, "li", confirmed_at=NOON)

    async with scene.database.work() as work:
        assert not await ReminderTexts("x").lock(work, text.id)


async def test_a_text_that_was_lost_is_known_to_be_lost_and_not_sent_again(
    scene: RemindedScene,
) -> None:
    await scene.look.tick()
    [text] = await scene.all(Delivery)
    await scene.change(Delivery, text.id, state=DeliveryState.SUBMITTED)

    async with scene.database.work() as work:
        for said in ("undelivered", "delivered"):  # what comes later changes nothing
            await reminder_reported(work, text.id, said, at=NOON, sid="SM1")
        await reminder_reported(work, "nobody's", "undelivered", at=NOON)
    await scene.look.tick()

    [lost] = await scene.all(Delivery)
    assert (lost.state, lost.carrier_sid) == (DeliveryState.FAILED, "SM1")
