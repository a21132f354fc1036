"""Every contact's phone is rung once a week by day, never in front of an alarm."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest
from pwdlib.hashers.argon2 import Argon2Hasher

from hotline.deliveries.dispatcher import Dispatcher
from hotline.deliveries.sending import Askers, Sender
from hotline.errors import CarrierRefused
from hotline.ports import LegStatus
from hotline.storage.session import Database
from hotline.storage.tables import (
    Beat,
    Call,
    ContactDrill,
    Delivery,
    Escalation,
    Line,
    Station,
    StationContact,
)
from hotline.watching.contact_drills import (
    CONTACT_DRILLS,
    PURPOSE,
    ContactCalls,
    ContactDrills,
    contact_answered,
    contact_call_ended,
    contact_heard,
)
from hotline.watching.contact_rules import (
    ContactOutcome,
    outcome_of_end,
    outcome_of_sending,
    window_of,
)
from hotline.watching.report import contact_rows, in_words
from tests.fakes import FakeCarrier, FakeClock, FakeJobs, Fault
from tests.hotline.rows import StoredScene

pytestmark = pytest.mark.anyio

TUESDAY_NOON = datetime(2026, 3, 3, 4, 0, tzinfo=UTC)  # 12:00 in Guangdong
WEEKLY = (1, 12)
PIN = "1232"
PIN_HASH = Argon2Hasher(time_cost=1, memory_cost=8, parallelism=1).hash(PIN)


@pytest.mark.parametrize(
    ("at", "is_now"),
    [
        (TUESDAY_NOON, True),
        (TUESDAY_NOON + timedelta(minutes=119), True),
        (TUESDAY_NOON + timedelta(minutes=120), False),
        (TUESDAY_NOON - timedelta(seconds=1), False),
        (TUESDAY_NOON + timedelta(days=1), False),
        (datetime(2026, 2, 17, 4, 0, tzinfo=UTC), False),  # New Year's day, a Tuesday
    ],
)
def test_the_hour_is_a_local_one_and_no_holiday(at: datetime, *, is_now: bool) -> None:
    assert (window_of(at, WEEKLY) is not None) is is_now


@pytest.mark.parametrize(
    ("status", "was_answered", "outcome"),
    [
        (LegStatus.COMPLETED, True, "no_key"),
        (LegStatus.NO_ANSWER, False, "no_answer"),
        (LegStatus.BUSY, False, "no_answer"),
        (LegStatus.FAILED, False, "no_such_number"),
    ],
)
def test_what_a_call_without_a_key_came_to(
    status: LegStatus, outcome: str, *, was_answered: bool
) -> None:
    assert outcome_of_end(status, was_answered=was_answered) == outcome


@pytest.mark.parametrize(
    ("why", "outcome"),
    [("refused 21211", "no_such_number"), ("refused 20003", "not_rung"), ("", "not_rung")],
)
def test_what_was_never_rung_came_to(why: str, outcome: str) -> None:
    assert outcome_of_sending(why) == outcome


@dataclass
class ContactScene(StoredScene):
    """Three contacts of one station."""

    database: Database
    clock: FakeClock
    carrier: FakeCarrier
    jobs: FakeJobs = field(default_factory=lambda: FakeJobs(reachable=False))

    async def looks(self, after_s: float = 0) -> list[ContactDrill]:
        """A look at whom to ring, and one of the dispatcher."""
        self.clock.advance(after_s)
        await ContactDrills(
            database=self.database, clock=self.clock, weekly=WEEKLY, sender="02000000991"
        ).look()
        await self.sends()
        return sorted(await self.all(ContactDrill), key=lambda one: one.contact_id)

    async def sends(self) -> None:
        askers = Askers(by_purpose={PURPOSE: ContactCalls()}, base_url="https://hotline.test")
        sender = Sender(
            database=self.database, carrier=self.carrier, clock=self.clock, askers=askers
        )
        dispatcher = Dispatcher(
            database=self.database, sender=sender, jobs=self.jobs, clock=self.clock
        )
        await dispatcher.tick()
        await dispatcher.settled()

    async def drill_of(self, contact: str) -> ContactDrill:
        [drill] = [one for one in await self.all(ContactDrill) if one.contact_id == contact]
        assert isinstance(drill, ContactDrill)
        return drill

    async def lifts(self, contact: str, keys: str | None = None) -> bool:
        drill, at = await self.drill_of(contact), self.clock.now()
        async with self.database.work() as work:
            assert await contact_answered(work, drill.id, at=at)
        if keys is None:
            return False
        async with self.database.work() as work:
            return await contact_heard(work, drill.id, keys, at=at)

    async def ends(self, contact: str, status: LegStatus) -> None:
        drill = await self.drill_of(contact)
        async with self.database.work() as work:
            await contact_call_ended(work, drill.id, status, at=self.clock.now())

    async def alarm(self) -> None:
        at = self.clock.now()
        await self.add(
            Line(id="youth", name="青少年", name_en="Youth", number_shown="12355"),
            Call(id="call", carrier_sid="CA-1", line_id="youth", state="talking", arrived_at=at,
                 heard_at=at),
            Escalation(id="one", number="123456", call_id="call", station_id="tianhe",
                       level="high", created_at=at, next_due_at=at + timedelta(minutes=2)),
        )  # fmt: skip


@pytest.fixture
async def week(database: Database, clock: FakeClock, carrier: FakeCarrier) -> ContactScene:
    """Tuesday noon."""
    clock.time = TUESDAY_NOON
    scene = ContactScene(database, clock, carrier)
    await scene.add(Station(id="tianhe", name="天河", name_en="T", division="44", phone="1"))
    for rank in range(3):
        contact = StationContact(id=f"c{rank}", station_id="tianhe", rank=rank, name=f"n{rank}",
                                 phone=f"1540000030{rank}", pin_hash=PIN_HASH)  # fmt: skip
        await scene.add(contact)
    return scene


async def test_two_at_once_and_the_next_when_one_is_done(week: ContactScene) -> None:
    await week.looks()
    first = week.carrier.dialled()
    await week.looks(1)
    assert week.carrier.dialled() == first

    await week.lifts("c0", "1")
    await week.looks(1)

    assert sorted(week.carrier.dialled()) == ["15400000300", "15400000301", "15400000302"]


async def test_each_is_rung_once_in_a_week_and_again_in_the_next(week: ContactScene) -> None:
    for contact in ("c0", "c1", "c2"):
        await week.looks(1)
        await week.ends(contact, LegStatus.NO_ANSWER)
    await week.looks(60)
    assert len(week.carrier.dialled()) == 3

    await week.looks(7 * 24 * 3600)

    assert len(week.carrier.dialled()) == 5


async def test_at_another_hour_nobody_is_rung_and_the_beat_goes_on(week: ContactScene) -> None:
    assert await week.looks(12 * 3600) == []

    assert [one.name for one in await week.all(Beat)] == [CONTACT_DRILLS]


async def test_while_a_station_is_rung_for_a_child_nobody_is_drilled(week: ContactScene) -> None:
    await week.alarm()

    assert await week.looks() == []
    await week.change(Escalation, "one", state="acknowledged")
    assert len(await week.looks(1)) == 2


async def test_a_drill_that_waits_when_an_alarm_begins_is_given_up(week: ContactScene) -> None:
    week.carrier.fails(None)
    week.clock.time = TUESDAY_NOON
    drills = ContactDrills(
        database=week.database, clock=week.clock, weekly=WEEKLY, sender="02000000991"
    )
    await drills.look()
    await week.alarm()
    await week.sends()

    assert week.carrier.dialled() == []
    assert {one.outcome for one in await week.all(ContactDrill)} == {"not_rung"}


@pytest.mark.parametrize("keys", ["1", PIN, f"{PIN}#"])
async def test_a_key_or_their_own_pin_says_that_somebody_is_there(
    week: ContactScene, keys: str
) -> None:
    await week.looks()

    assert await week.lifts("c0", keys)
    await week.ends("c0", LegStatus.COMPLETED)

    assert (await week.drill_of("c0")).outcome == "reached"


@pytest.mark.parametrize("keys", ["", "2", "9999"])
async def test_a_mailbox_presses_none_of_them(week: ContactScene, keys: str) -> None:
    await week.looks()

    assert not await week.lifts("c0", keys)
    await week.ends("c0", LegStatus.COMPLETED)

    assert (await week.drill_of("c0")).outcome == "no_key"


async def test_a_number_that_the_carrier_does_not_know_is_told_apart(week: ContactScene) -> None:
    week.carrier.fails(Fault(CarrierRefused(21211)))
    await week.looks()
    [rings] = [one.contact_id for one in await week.all(ContactDrill) if not one.outcome]
    await week.ends(rings, LegStatus.FAILED)

    outcomes = {one.contact_id: one.outcome for one in await week.all(ContactDrill)}
    assert sorted(outcomes.values()) == ["no_such_number", "no_such_number"]


async def test_a_call_whose_end_is_never_told_makes_room_for_the_next(week: ContactScene) -> None:
    await week.looks()

    await week.looks(181)

    assert (await week.drill_of("c0")).outcome == "not_rung"
    assert "15400000302" in week.carrier.dialled()


async def test_a_contact_who_left_is_not_rung(week: ContactScene) -> None:
    await week.change(StationContact, "c0", active=False)

    await week.looks()

    assert "15400000300" not in week.carrier.dialled()


async def test_whoever_pressed_a_key_was_heard_of_and_a_mailbox_was_not(week: ContactScene) -> None:
    await week.looks()
    await week.lifts("c0", "1")
    await week.lifts("c1", None)

    heard = {one.id: one.last_heard_at for one in await week.all(StationContact)}
    assert (heard["c0"], heard["c1"]) == (week.clock.now(), None)


async def test_news_of_what_is_no_drill_changes_nothing(week: ContactScene) -> None:
    at = week.clock.now()
    async with week.database.work() as work:
        assert not await contact_answered(work, "unknown", at=at)
        assert not await contact_heard(work, "unknown", "1", at=at)
        await contact_call_ended(work, "unknown", LegStatus.COMPLETED, at=at)

    assert await week.all(Delivery) == []


async def test_the_report_says_which_number_reaches_nobody_any_more(week: ContactScene) -> None:
    await week.looks()
    await week.lifts("c0", "1")
    await week.ends("c1", LegStatus.NO_ANSWER)

    async with week.database.work() as work:
        rows = await contact_rows(work)

    assert [(one.contact, one.outcome) for one in rows] == [
        ("n1", ContactOutcome.NO_ANSWER), ("n0", ContactOutcome.REACHED), ("n2", ""),
    ]  # fmt: skip
    told = list(in_words(rows, []))
    assert "tianhe, contact 2 (n1): this number did not answer; last heard: never." in told
    assert not any("154" in line for line in told)
