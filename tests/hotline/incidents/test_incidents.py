"""A part that is away for long is an incident: noticed once, ended by itself, kept."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlmodel import select

from hotline.callcontrol.carrier_account import CALLS
from hotline.incidents.marks import AwayMark
from hotline.incidents.model import Part
from hotline.incidents.queries import IncidentNow, list_incidents, open_incidents
from hotline.incidents.watch import IncidentWatch
from hotline.storage.session import Database
from hotline.storage.tables import Call, CarrierCheck, Incident, Leadership, Line
from tests.fakes import NOON, FakeClock
from tests.hotline.web.voice.conftest import NOWHERE

pytestmark = pytest.mark.anyio

LONG_AGO = NOON - timedelta(days=1000)  # also by the database's own clock


@dataclass
class WatchScene:
    """What one web process watches. `redis`: whether it answers."""

    database: Database
    clock: FakeClock
    folder: Path
    redis: bool = True
    watch: IncidentWatch = field(init=False)

    def __post_init__(self) -> None:
        self.watch = IncidentWatch(
            database=self.database, clock=self.clock, mark=AwayMark(self.folder),
            redis=self.redis_answers,
        )  # fmt: skip

    async def redis_answers(self) -> bool:
        return self.redis

    async def after(self, minutes: float) -> list[tuple[str, bool]]:
        """Which parts have incidents then, and whether each is over."""
        self.clock.advance(60 * minutes)
        await self.watch.look()
        return [(one.part, one.ended_at is not None) for one in await self.listed()]

    async def listed(self) -> list[IncidentNow]:
        async with self.database.work() as work:
            return await list_incidents(work, at=self.clock.now())

    async def compared(self, **told: datetime | int | None) -> None:
        """The last comparison with the carrier's list."""
        async with self.database.work() as work:
            row = await work.get(CarrierCheck, CALLS) or CarrierCheck(name=CALLS)
            work.add(row.sqlmodel_update({"asked_at": self.clock.now(), **told}))


@pytest.fixture
async def scene(database: Database, clock: FakeClock, tmp_path: Path) -> WatchScene:
    """Everything is there."""
    return WatchScene(database, clock, tmp_path / "spool")


async def test_nothing_is_told_while_all_is_there(scene: WatchScene) -> None:
    assert await scene.after(0) == []
    assert await scene.after(60) == []


async def test_redis_that_is_away_for_half_an_hour_is_an_incident_until_it_is_back(
    scene: WatchScene,
) -> None:
    scene.redis = False

    first, soon, late, later = [await scene.after(minutes) for minutes in (0, 29, 1, 10)]
    scene.redis = True
    back = await scene.after(5)

    assert (first, soon) == ([], [])
    assert late == later == [("redis", False)]
    assert back == [("redis", True)]
    one = (await scene.listed())[0]
    assert (one.began_at, one.ended_at) == (NOON, NOON + timedelta(minutes=45))
    assert one.noticed_at == NOON + timedelta(minutes=30)


async def test_a_gap_that_is_shorter_is_forgotten(scene: WatchScene) -> None:
    scene.redis = False
    await scene.after(0)
    scene.redis = True
    await scene.after(20)
    scene.redis = False

    assert await scene.after(0) == []
    assert await scene.after(20) == []
    async with scene.database.work() as work:
        assert len((await work.exec(select(Incident))).all()) == 1


async def test_a_second_incident_of_a_part_is_a_row_of_its_own(scene: WatchScene) -> None:
    for _ in range(2):
        scene.redis = False
        await scene.after(0)
        await scene.after(31)
        scene.redis = True
        await scene.after(1)

    assert [one.part for one in await scene.listed()] == ["redis", "redis"]


async def test_nobody_leads_since_the_lease_was_over(scene: WatchScene) -> None:
    lease = Leadership(name="switchboard", epoch=1, expires_at=LONG_AGO)
    async with scene.database.work() as work:
        work.add(lease)

    assert await scene.after(0) == [("switchboard", False)]
    assert (await scene.listed())[0].began_at == LONG_AGO


async def test_a_carrier_that_does_not_answer_is_away_since_its_silence(scene: WatchScene) -> None:
    await scene.compared(silent_since=NOON)

    assert await scene.after(31) == [("carrier", False)]
    await scene.compared(silent_since=None)
    assert await scene.after(1) == [("carrier", True)]


async def test_an_account_that_goes_on_differing_is_an_incident(scene: WatchScene) -> None:
    for minutes in (0, 15, 15):
        await scene.compared(unmended=1)
        told = await scene.after(minutes)

    assert told == [("account", False)]


async def test_an_account_that_nobody_compares_is_an_incident(scene: WatchScene) -> None:
    await scene.compared()

    assert await scene.after(6) == []
    assert await scene.after(30) == [("account", False)]


async def test_a_database_that_was_away_is_written_down_when_it_is_back(
    scene: WatchScene,
) -> None:
    away = IncidentWatch(database=Database(NOWHERE), clock=scene.clock, mark=AwayMark(scene.folder))
    await away.look()
    scene.clock.advance(60 * 40)
    await away.look()

    told = await scene.after(0)
    again = await scene.after(1)

    assert told == again == [("database", True)]
    one = (await scene.listed())[0]
    assert (one.began_at, one.ended_at) == (NOON, NOON + timedelta(minutes=40))


async def test_calls_of_that_time_are_counted_with_what_became_of_them(scene: WatchScene) -> None:
    def call(sid: str, from_min: int, to_min: int | None, outcome: str | None) -> Call:
        at = NOON + timedelta(minutes=from_min)
        ended = None if to_min is None else NOON + timedelta(minutes=to_min)
        return Call(carrier_sid=sid, line_id="youth", state="ended" if ended else "waiting",
                    outcome=outcome, arrived_at=at, heard_at=at, ended_at=ended)  # fmt: skip

    async with scene.database.work() as work:
        work.add(Line(id="youth", name="青少年", name_en="Youth", number_shown="12355"))
        await work.flush()
        work.add(call("before", -20, -10, "hung_up"))
        work.add(call("into", -20, 5, "talked"))
        work.add(call("within", 10, 12, "hung_up"))
        work.add(call("served", 10, 20, "duty_phone"))
        work.add(call("still", 30, None, None))
    scene.redis = False
    await scene.after(0)

    await scene.after(35)

    one = (await scene.listed())[0]
    assert (one.touched, one.talked, one.duty_phone, one.hung_up) == (4, 1, 1, 1)


async def test_those_that_go_on_are_shown_apart(scene: WatchScene) -> None:
    scene.redis = False
    await scene.after(0)
    await scene.after(31)

    async with scene.database.work() as work:
        assert [one.part for one in await open_incidents(work)] == [Part.REDIS]
