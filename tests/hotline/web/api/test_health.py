"""Whether a monitor learns what is wrong, in plain words."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy import text

from hotline.calls.model import CallState
from hotline.clock import SystemClock
from hotline.settings import Settings
from hotline.storage.clocks import look_at_clock
from hotline.storage.migrations import needed_version
from hotline.storage.session import Database
from hotline.storage.tables import Leadership
from hotline.web.app import create_app
from hotline.web.health import NO_DATABASE, NO_SWITCHBOARD
from tests.hotline.web.api.conftest import ApiScene, Person, client_of, house_on

pytestmark = pytest.mark.anyio

LONG_AGO, FAR_AHEAD = datetime(2026, 1, 1, tzinfo=UTC), datetime(9999, 1, 1, tzinfo=UTC)


@pytest.fixture(autouse=True)
async def no_version(database: Database) -> AsyncIterator[None]:
    """The tests' schema is not made by migrations, so its version is ours to set."""
    yield
    async with database.work() as work:
        await work.sql(text("drop table if exists alembic_version"), {})


async def set_schema(scene: ApiScene, version: str | None) -> None:
    make = "create table if not exists alembic_version (version_num varchar(32) primary key)"
    async with scene.house.database.work() as work:
        await work.sql(text(make), {})
        await work.sql(text("delete from alembic_version"), {})
        if version is not None:
            await work.sql(text("insert into alembic_version values (:v)"), {"v": version})


async def somebody_leads(scene: ApiScene) -> None:
    """By the database's clock, which no test moves."""
    await scene.add(Leadership(name="switchboard", epoch=1, expires_at=FAR_AHEAD))


async def test_a_process_that_answers_is_alive(scene: ApiScene) -> None:
    answer = await scene.http.get("/healthz")

    assert (answer.status_code, answer.json()) == (200, {"state": "up"})


async def test_the_house_is_ready_until_the_switchboard_falls_silent(scene: ApiScene) -> None:
    await set_schema(scene, needed_version())
    await somebody_leads(scene)
    ready = await scene.http.get("/readyz")
    await scene.change(Leadership, "switchboard", expires_at=LONG_AGO)
    silent = await scene.http.get("/readyz")

    assert (ready.status_code, ready.json()["state"], ready.json()["faults"]) == (200, "ready", [])
    assert (silent.status_code, silent.json()["faults"]) == (503, [NO_SWITCHBOARD])


async def test_without_a_switchboard_the_house_is_not_ready(scene: ApiScene) -> None:
    await set_schema(scene, needed_version())

    answer = await scene.http.get("/readyz")

    assert (answer.status_code, answer.json()["faults"]) == (503, [NO_SWITCHBOARD])


async def test_an_old_schema_is_named_and_the_migration_is_noticed(scene: ApiScene) -> None:
    needed = needed_version()
    await somebody_leads(scene)
    await set_schema(scene, "older")

    before = await scene.http.get("/readyz")
    await set_schema(scene, needed)
    after = await scene.http.get("/readyz")

    assert before.json()["faults"] == [
        f"The schema is older, this program needs {needed}: run `hotline migrate`."
    ]
    assert (before.status_code, after.status_code) == (503, 200)


async def test_a_database_that_is_not_there_is_said(scene: ApiScene) -> None:
    gone = Database(scene.house.database.url.rpartition("/")[0] + "/nowhere")
    app = create_app(house_on(gone, scene.clock, Settings()))
    async with client_of(app) as http:
        ready, alive = await http.get("/readyz"), await http.get("/healthz")

    assert (ready.status_code, ready.json()["faults"]) == (503, [NO_DATABASE])
    assert alive.status_code == 200


async def test_the_figures_are_those_of_the_floor(scene: ApiScene, li: Person) -> None:
    now = scene.clock.now()
    await scene.add(
        scene.call("waits", CallState.WAITING, queued_at=now),
        scene.call("over", CallState.ENDED, outcome="talked"),
        scene.call("lost", CallState.ENDED, outcome=None),
    )
    await li.does("POST", "/calls/call/flags", {"level": "imminent"})
    scene.clock.advance(200)

    scrape = (await scene.http.get("/metrics")).text

    found = {
        (sample.name, *sample.labels.values()): sample.value
        for family in text_string_to_metric_families(scrape)
        for sample in family.samples
    }
    assert found["hotline_waiting_callers", "youth"] == 1
    assert found["hotline_longest_wait_seconds", "youth"] == 200
    assert found["hotline_talking_callers",] == 1
    assert found["hotline_calls_today", "youth", "talked"] == 1
    assert found["hotline_calls_today", "youth", "hung_up"] == 0
    assert found["hotline_unbalanced", "youth"] == 1
    assert found["hotline_counselors", "talking"] == 1
    assert found["hotline_open_escalations",] == 1
    assert found["hotline_oldest_escalation_seconds",] == 200
    assert found["hotline_oldest_overdue_seconds",] == 80


async def test_many_scrapes_of_one_moment_read_the_floor_once(scene: ApiScene) -> None:
    now = scene.clock.now()
    first = (await scene.http.get("/metrics")).text
    await scene.add(scene.call("waits", CallState.WAITING, queued_at=now))

    same = (await scene.http.get("/metrics")).text
    scene.clock.advance(5)
    fresh = (await scene.http.get("/metrics")).text

    assert same == first
    assert 'hotline_waiting_callers{line="youth"} 1.0' in fresh


async def test_a_clock_that_differs_from_the_databases_is_told_to_whoever_watches(
    scene: ApiScene, capsys: pytest.CaptureFixture[str]
) -> None:
    right = SystemClock()  # the database is on this machine

    scene.clock.time = right.now() + timedelta(seconds=60)
    await look_at_clock(scene.house.database, scene.clock)
    ahead = capsys.readouterr().out
    wrong = (await scene.http.get("/readyz")).json()["warnings"]
    figures = (await scene.http.get("/metrics")).text
    await look_at_clock(scene.house.database, right)
    agreeing = capsys.readouterr().out

    assert "clock.differs" in ahead
    assert "clock.differs" not in agreeing
    assert "ahead of the database" in wrong[0]
    assert "hotline_clock_ahead_seconds" in figures
