"""With a long history, no question of every second or every page reads a whole table."""

import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import create_engine
from sqlmodel import SQLModel

from hotline.alerts.then import alerts_then
from hotline.callcontrol.dialler import Dialler
from hotline.callcontrol.sweep import Sweep
from hotline.calls.model import CallState
from hotline.calls.service import lock_call
from hotline.directing.sweep import look_at_directions
from hotline.floor.past_marks import past_marks
from hotline.floor.travel import floor_at
from hotline.onemachine import start_postgres
from hotline.recordings.collector import Collector
from hotline.recordings.keeping import Keeper
from hotline.recordings.reconciler import Reconciler
from hotline.recordings.service import begin_recording, end_recording
from hotline.settings import Settings
from hotline.storage.row_versions import forget_before, kept_since
from hotline.storage.session import Database
from hotline.storage.tables import Call, Line
from hotline.storage.vault import Vault, make_key
from hotline.supervision import RowFaults
from hotline.switchboard.alarm import look_at_alarms
from hotline.switchboard.leadership import leadership
from hotline.switchboard.mirror import read_rows
from hotline.web.app import create_app
from tests.fakes import FakeCarrier, FakeClock, FakeJobs
from tests.hotline.history import fill, heard, scanned_whole
from tests.hotline.recordings.conftest import FakeRecordings
from tests.hotline.web.api.conftest import SITE, ApiScene, client_of, house_on

pytestmark = pytest.mark.anyio


@pytest.fixture(scope="module")
def history_url() -> Iterator[str]:
    """A server of its own: emptying it after each test would take longer than all of them."""
    with tempfile.TemporaryDirectory(prefix="hotline-history-") as folder:
        Path(folder).chmod(0o755)
        running = start_postgres(Path(folder) / "data", durable=False)
        engine = create_engine(running.url)
        SQLModel.metadata.create_all(engine)
        engine.dispose()
        yield running.url
        running.stop()


@pytest.fixture(scope="module")
async def scene(history_url: str) -> AsyncIterator[ApiScene]:
    """li talks, and behind them lie a hundred thousand calls."""
    clock, database = FakeClock(), Database(history_url)
    backend = house_on(database, clock, Settings(public_url=SITE))
    app = create_app(backend)
    async with client_of(app) as http:
        made = ApiScene(backend, clock, app, http)
        await made.furnish()
        fill(history_url)
        await made.person("li").does("POST", "/calls/call/flags", {"level": "high"})
        yield made
    await database.close()


async def each_second(scene: ApiScene) -> None:
    """What the switchboard asks while it leads."""
    database, clock = scene.house.database, scene.clock
    carrier = FakeCarrier(clock)
    dialler = Dialler(
        database=database, carrier=carrier, clock=clock, vault=Vault(make_key()), base_url=SITE
    )
    sweep = Sweep(database, dialler, carrier)
    await sweep.look(at=clock.now())
    await sweep.look_around(at=clock.now())
    danger = {"urgency": "crisis", "alarm_since": clock.now(), "alarm_due_at": clock.now()}
    await scene.add(scene.call("alone", CallState.WAITING, **danger))
    async with leadership(database) as lead:
        await look_at_alarms(database, lead, dialler, at=clock.now())
    await dialler.stop()
    await look_at_directions(database, RowFaults(), at=clock.now())
    async with database.work() as work:
        await read_rows(work)


async def each_second_of_recordings(scene: ApiScene) -> None:
    """What is asked while talks are recorded, and while their sound is fetched and erased."""
    database, clock, carrier = scene.house.database, scene.clock, FakeRecordings()
    reconciler = Reconciler(database=database, carrier=carrier, clock=clock)
    folder = scene.house.settings.recordings_dir
    vault = scene.house.vault
    keeper = Keeper(database=database, carrier=carrier, clock=clock, vault=vault, folder=folder)
    jobs = FakeJobs()
    collector = Collector(database=database, keeper=keeper, jobs=jobs, clock=clock)
    await scene.change(Line, "youth", recording={"when": "always"})
    await scene.change(Call, "call", notice_heard_at=clock.now())
    async with database.work() as work:
        await begin_recording(work, await lock_call(work, "call"), at=clock.now())
    await reconciler.tick()
    await reconciler.jobs.settled()
    async with database.work() as work:
        await end_recording(work, await lock_call(work, "call"), at=clock.now())
    await reconciler.tick()
    await reconciler.jobs.settled()
    await collector.tick()
    (woken,) = jobs.woken
    carrier.kept.clear()
    await keeper.keep(woken[1])


def looks(who: str, *paths: str) -> Callable[[ApiScene], Awaitable[None]]:
    """Somebody opens pages or asks the API."""

    async def look(scene: ApiScene) -> None:
        headers = scene.person(who).headers
        for path in paths:
            answer = await scene.http.get(path, headers=headers)
            assert answer.status_code == 200, f"{path}: {answer.text[:300]}"

    return look


async def looks_back(scene: ApiScene) -> None:
    """What the database keeps by itself has its own time: li's talk goes on in it."""
    noon, day = scene.clock.now(), timedelta(days=1)
    async with scene.house.database.work() as work:
        begins = await kept_since(work)
        assert begins is not None
        assert "call" in [one.call_id for one in (await floor_at(work, at=begins + day)).callers]
        assert len(await alerts_then(work, ["youth"], at=noon - day)) == 0
        assert len(await past_marks(work, ["youth"], since=noon - day, until=noon)) > 0
        await forget_before(work, begins)


QUESTIONS = {
    "each second": each_second,
    "each second of recordings": each_second_of_recordings,
    "the floor": looks("he", "/floor", "/floor/due", "/wall", "/api/v1/floor", "/metrics"),
    "the floor as it was": looks_back,
    "the desk": looks(
        "li", "/desk", "/desk/due", "/desk/bar", "/desk/presence", "/desk/calls/call/facts"
    ),
    "a desk at rest": looks("chen", "/desk/due", "/desk/now", "/desk/bar", "/desk/presence"),
    "the call's page": looks("li", "/calls/call", "/calls/call/live", "/api/v1/calls/call",
                             "/api/v1/calls/call/routing", "/api/v1/calls/call/recordings"),
    "what supervisors did": looks("he", "/floor/acts", "/floor/acts/recent", "/api/v1/floor/acts"),
    "alerts": looks("he", "/floor/alerts/over", "/api/v1/floor/alerts/over?line=youth",
                    "/api/v1/floor/alerts"),
    "what is still to be read": looks("li", "/desk/notices", "/api/v1/me/notices"),
    "escalations": looks("he", "/escalations", "/escalations/live", "/api/v1/escalations"),
    "a station": looks("tianhe", "/station", "/station/live"),
}  # fmt: skip


@pytest.mark.parametrize("question", QUESTIONS)
async def test_no_table_that_grows_is_read_whole(scene: ApiScene, question: str) -> None:
    with heard(scene.house.database.engine) as statements:
        await QUESTIONS[question](scene)

    assert statements
    whole = scanned_whole(scene.house.database.url, statements)
    assert not whole, "\n\n".join(f"{table} is read whole:\n{how}" for table, how in whole.items())
