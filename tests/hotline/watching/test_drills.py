"""Every five minutes an alarm of nobody goes the whole way, and leaves nothing behind."""

from dataclasses import dataclass, field
from datetime import timedelta

import pytest
from sqlmodel import select

from hotline.deliveries.dispatcher import Dispatcher
from hotline.deliveries.sending import Askers, Sender
from hotline.escalations.attempts import PURPOSE
from hotline.escalations.chain import roster_of_line
from hotline.escalations.deadlines import Deadlines
from hotline.escalations.drills import end_drill
from hotline.escalations.station_call import (
    PinResult,
    StationCalls,
    call_answered,
    call_ended,
    key_pressed,
)
from hotline.floor.snapshot import floor_snapshot
from hotline.ports import LegStatus
from hotline.staff.training import refuse_training_secrets
from hotline.storage.session import Database
from hotline.storage.tables import (
    Attempt,
    Beat,
    Call,
    Delivery,
    DrillRun,
    Escalation,
    EscalationEntry,
    Line,
    Station,
    StationContact,
    WatchFinding,
)
from hotline.watching.drill import DRILL, DrillPlan, Drills, step_reached
from tests.fakes import FakeCarrier, FakeClock, FakeJobs
from tests.hotline.rows import StoredScene

pytestmark = pytest.mark.anyio

OURS, SHOWN, PIN, BASE = "02000000990", "02000000991", "12345678", "https://hotline.test"


@dataclass
class DrillScene(StoredScene):
    """`web`: whether our own web answers, where the drill goes no further."""

    database: Database
    clock: FakeClock
    carrier: FakeCarrier
    number: str = OURS
    web: bool = True
    jobs: FakeJobs = field(default_factory=lambda: FakeJobs(reachable=False))

    def __post_init__(self) -> None:
        askers = Askers(by_purpose={PURPOSE: StationCalls()}, base_url=BASE)
        sender = Sender(
            database=self.database, carrier=self.carrier, clock=self.clock, askers=askers
        )
        self.dispatcher = Dispatcher(
            database=self.database, sender=sender, jobs=self.jobs, clock=self.clock
        )
        self.deadlines = Deadlines(database=self.database, clock=self.clock)
        plan = DrillPlan(number=self.number, sender=SHOWN, pin=PIN, web_answers=self._web_answers)
        self.drills = Drills(database=self.database, clock=self.clock, plan=plan)

    async def _web_answers(self) -> bool:
        return self.web

    async def looks(self, after_s: float = 0) -> DrillRun:
        """A look of the drills; then one of the engine and its dispatcher."""
        self.clock.advance(after_s)
        await self.drills.look()
        await self.deadlines.tick()
        await self.dispatcher.tick()
        await self.dispatcher.settled()
        runs = await self.all(DrillRun)
        newest = max(runs, key=lambda one: one.began_at)
        assert isinstance(newest, DrillRun)
        return newest

    async def attempt(self) -> str:
        async with self.database.work() as work:
            return (await work.exec(select(Attempt.id))).one()

    async def is_answered(self, keys: str = PIN) -> PinResult:
        """As our web does at the number that was rung."""
        attempt = await self.attempt()
        async with self.database.work() as work:
            assert await call_answered(work, attempt, self.clock.now()) is not None
        async with self.database.work() as work:
            return await key_pressed(work, attempt, keys, self.clock.now())

    async def left(self) -> list[int]:
        """How much of a drill there is in the tables of escalations."""
        tables = (Escalation, EscalationEntry, Attempt, Delivery)
        return [len(await self.all(table)) for table in tables]


@pytest.fixture
def drilled(database: Database, clock: FakeClock, carrier: FakeCarrier) -> DrillScene:
    """Nothing was drilled yet."""
    return DrillScene(database, clock, carrier)


async def test_it_goes_through_engine_delivery_and_carrier_and_each_step_is_kept(
    drilled: DrillScene,
) -> None:
    began = await drilled.looks()
    sent = await drilled.looks(1)
    assert await drilled.is_answered() is PinResult.ACKNOWLEDGED
    ended = await drilled.looks(1)

    assert (step_reached(began), step_reached(sent)) == ("begun", "sent")
    assert (ended.outcome, step_reached(ended)) == ("passed", "acknowledged")
    assert drilled.carrier.dialled() == [OURS]
    assert drilled.carrier.legs[0].dial.from_ == SHOWN
    async with drilled.database.work() as work:
        assert (await work.get_one(Beat, DRILL)).at == drilled.clock.now()


async def test_it_leaves_nothing_behind(drilled: DrillScene) -> None:
    await drilled.looks()
    await drilled.is_answered()
    await drilled.looks(1)

    assert await drilled.left() == [0, 0, 0, 0]
    assert await drilled.all(Call) == []


async def test_while_it_runs_no_floor_and_no_list_knows_of_it(drilled: DrillScene) -> None:
    await drilled.looks()

    async with drilled.database.work() as work:
        floor = await floor_snapshot(work, at=drilled.clock.now())
    assert (floor.escalations, floor.callers) == ([], [])


async def test_the_next_one_begins_five_minutes_later(drilled: DrillScene) -> None:
    await drilled.looks()
    await drilled.is_answered()
    first = await drilled.looks(1)

    assert (await drilled.looks(298)).id == first.id
    assert (await drilled.looks(2)).id != first.id


async def test_one_runs_at_a_time(drilled: DrillScene) -> None:
    for _ in range(5):
        await drilled.looks(10)

    assert len(await drilled.all(DrillRun)) == 1
    assert drilled.carrier.dialled() == [OURS]


@pytest.mark.parametrize("wrong", ["", "00000000"])
async def test_a_wrong_pin_is_no_answer(drilled: DrillScene, wrong: str) -> None:
    await drilled.looks()
    await drilled.is_answered(wrong)

    run = await drilled.looks(60)

    assert (run.outcome, step_reached(run)) == ("failed", "answered")


async def test_after_a_minute_it_has_failed_at_the_step_it_reached(drilled: DrillScene) -> None:
    await drilled.looks()
    assert (await drilled.looks(59)).outcome == ""

    run = await drilled.looks(1)

    assert (run.outcome, step_reached(run)) == ("failed", "sent")
    assert await drilled.left() == [0, 0, 0, 0]


async def test_a_dispatcher_that_hangs_fails_it_before_anything_was_sent(
    drilled: DrillScene,
) -> None:
    await drilled.drills.look()
    drilled.clock.advance(60)
    await drilled.drills.look()

    [run] = await drilled.all(DrillRun)
    assert (run.outcome, step_reached(run)) == ("failed", "begun")


async def test_a_phone_that_nobody_lifts_is_rung_again_and_no_supervisor_is_told(
    drilled: DrillScene,
) -> None:
    await drilled.looks()
    async with drilled.database.work() as work:
        await call_ended(work, await drilled.attempt(), LegStatus.BUSY, drilled.clock.now())
    await drilled.looks(31)

    assert drilled.carrier.dialled() == [OURS, OURS]
    kinds = {one.kind for one in await drilled.all(EscalationEntry)}
    assert "supervisors.paged" not in kinds


async def kinds_suspected(scene: DrillScene) -> list[str]:
    async with scene.database.work() as work:
        return [one.kind for one in await scene.drills.suspects(work, scene.clock.now())]


async def test_a_failed_drill_is_a_finding_until_one_passes(drilled: DrillScene) -> None:
    await drilled.looks()
    await drilled.looks(60)
    failed = await kinds_suspected(drilled)
    await drilled.looks(241)
    still = await kinds_suspected(drilled)
    await drilled.is_answered()
    await drilled.looks(1)

    assert (failed, still) == (["drill_failed"], ["drill_failed"])
    assert await kinds_suspected(drilled) == []
    assert await drilled.all(WatchFinding) == []


async def test_none_that_comes_to_its_end_for_long_is_a_finding_too(drilled: DrillScene) -> None:
    assert await kinds_suspected(drilled) == []
    await drilled.looks()
    await drilled.is_answered()
    await drilled.looks(1)

    drilled.clock.advance(661)

    assert await kinds_suspected(drilled) == ["drill_failed"]


async def test_the_pin_is_hashed_once_and_anew_where_the_key_changed(drilled: DrillScene) -> None:
    async def drilled_with(pin: str) -> str:
        plan = DrillPlan(number=OURS, sender=SHOWN, pin=pin, web_answers=drilled._web_answers)
        drilled.drills = Drills(database=drilled.database, clock=drilled.clock, plan=plan)
        await drilled.looks(301)
        await drilled.is_answered(pin)
        assert (await drilled.looks(1)).outcome == "passed"
        return str((await drilled.all(StationContact))[0].pin_hash)

    first, again, other = [await drilled_with(pin) for pin in (PIN, PIN, "87654321")]

    assert first == again != other


async def test_its_station_stands_at_the_top_of_no_tree_and_has_no_secret_of_the_demo(
    drilled: DrillScene,
) -> None:
    await drilled.looks()
    await drilled.add(
        Station(id="zz", name="省", name_en="P", division="440000", phone="1"),
        Line(id="youth", name="青少年", name_en="Youth", number_shown="12355"),
    )

    async with drilled.database.work() as work:
        assert (await roster_of_line(work, "youth", drilled.clock.now())).station_id == "zz"
        await refuse_training_secrets(work)


async def test_what_is_of_a_child_is_never_taken_away(drilled: DrillScene) -> None:
    await drilled.looks()
    before = await drilled.left()
    async with drilled.database.work() as work:
        await end_drill(work, "of a child")

    assert await drilled.left() == before


@pytest.mark.parametrize(("web", "outcome"), [(True, "passed"), (False, "failed")])
async def test_without_a_number_it_goes_as_far_as_our_web_and_says_so(
    database: Database, clock: FakeClock, carrier: FakeCarrier, *, web: bool, outcome: str
) -> None:
    scene = DrillScene(database, clock, carrier, number="", web=web)

    run = await scene.looks()

    assert (run.through, run.outcome) == ("web", outcome)
    assert carrier.dialled() == []


async def test_a_clock_set_back_ends_the_one_that_runs(drilled: DrillScene) -> None:
    await drilled.looks()

    run = await drilled.looks(-timedelta(hours=1).total_seconds())

    assert run.outcome == "failed"
