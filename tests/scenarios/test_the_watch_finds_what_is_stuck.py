"""What is stuck is found from outside, and a person is rung; who watches is watched as well."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import httpx
import pytest

from tests.harness.house import PATIENCE_S
from tests.harness.opening import KeptHouse, numbers_of_the_house, opened_scene
from tests.harness.scene import Scene

pytestmark = [pytest.mark.anyio, pytest.mark.scenario]

MANAGER, DEPUTY = "15400000911", "15400000912"
DRILL, SENDER = "02000000990", "02000000991"
FOUND = "select 1 from watch_finding where gone_at is null and kind = %s"
PASSED = "select 1 from drill_run where outcome = 'passed' and through = 'carrier'"


class Outside:
    """Somebody who notices when nothing comes any more."""

    def __init__(self) -> None:
        self.heard, self.url = 0, ""
        self._told = asyncio.Event()

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n")
        await writer.drain()
        writer.close()
        self.heard += 1
        self._told.set()

    async def hears(self) -> None:
        """Once more, however long a busy machine takes."""
        self._told.clear()
        async with asyncio.timeout(PATIENCE_S):
            await self._told.wait()


@pytest.fixture
async def outside() -> AsyncIterator[Outside]:
    somebody = Outside()
    server = await asyncio.start_server(somebody.answer, "127.0.0.1", 0)
    async with server:
        somebody.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/"
        yield somebody


@pytest.fixture
async def watched(
    kept_house: KeptHouse, carrier_apart_url: str, tmp_path: Path, outside: Outside
) -> AsyncIterator[Scene]:
    """A house with people who are rung, a number that answers drills, and somebody outside."""
    apart = replace(kept_house.around, carrier_url=carrier_apart_url)
    settings = {
        "HOTLINE_WATCH_PHONES": f"{MANAGER},{DEPUTY}",
        "HOTLINE_WATCH_SENDER": SENDER,
        "HOTLINE_DRILL_NUMBER": DRILL,
        "HOTLINE_DEAD_MAN_URL": outside.url,
        "HOTLINE_DEAD_MAN_EVERY_S": "10",
    }
    async with opened_scene(apart, tmp_path, settings) as scene:
        await sets_numbers_up(scene, DRILL, SENDER)
        scene.house.start("auditor")
        yield scene


async def sets_numbers_up(scene: Scene, *more: str) -> None:
    """At the carrier. Only one of them answers drills."""
    public = scene.house.env["HOTLINE_PUBLIC_URL"]
    answering = {DRILL: "drill", SENDER: "incoming"}
    ours = {number: {"voice_url": f"{public}/voice/{answering[number]}"} for number in more}
    numbers = numbers_of_the_house(public) | ours
    (await scene.carrier.http.put("/simulator/numbers", json=numbers)).raise_for_status()


async def drill_passes(scene: Scene, at_least: int = 1) -> None:
    """The carrier dials our own number, and the keys come when the question is asked."""
    legs = "select 1 from drill_run where answered_at is not null having count(*) >= %s"
    await scene.until(legs, at_least)
    await scene.carrier.passes(4)
    await scene.until(f"{PASSED} having count(*) >= %s", at_least)


async def test_a_switchboard_that_hangs_is_found_and_the_duty_manager_is_rung(
    watched: Scene,
) -> None:
    await drill_passes(watched)
    manager = watched.handset(MANAGER)

    watched.house.hangs("switchboard")
    watched.house.clock.advance(30)
    await watched.until(FOUND, "dispatcher_silent")
    await manager.rings()
    await manager.answers()
    await manager.hears("派发进程没有动静")
    await manager.presses("1")

    await watched.until("select 1 from watch_page where acknowledged_at is not null")
    watched.house.goes_on("switchboard")
    gone = "select 1 from watch_finding where kind = 'dispatcher_silent' and gone_at is not null"
    await watched.until(gone)
    assert await watched.carrier.dialled(DEPUTY) == 0


async def test_who_does_not_press_the_key_is_written_to_and_the_next_one_is_rung(
    watched: Scene,
) -> None:
    await drill_passes(watched)
    watched.house.hangs("switchboard")
    watched.house.clock.advance(30)
    manager, deputy = watched.handset(MANAGER), watched.handset(DEPUTY)

    await manager.rings()
    watched.house.clock.advance(76)
    await deputy.rings()
    await deputy.answers()
    await deputy.presses("1")

    await watched.until("select 1 from watch_page where place = 1 and acknowledged_at is not null")
    assert await watched.house.rows(
        "select count(*) from watch_page where place = 0 and texted_at is not null"
    ) == [(1,)]
    watched.house.goes_on("switchboard")


async def test_an_auditor_that_is_killed_is_told_of_on_the_floor(watched: Scene) -> None:
    he = await watched.house.signs_in("he")
    await watched.until("select 1 from beat where name = 'auditor'")

    watched.house.kill("auditor")
    watched.house.clock.advance(90)

    headers = {"Authorization": f"Bearer {he.token}", "Accept-Language": "en"}
    page = await he.http.get("/floor/watch", headers=headers)
    assert page.status_code == httpx.codes.OK
    assert "The auditor is silent" in page.text


async def test_a_drill_goes_through_the_carrier_and_touches_nobody(watched: Scene) -> None:
    await drill_passes(watched)

    assert await watched.count("escalation") == 0
    assert await watched.count("call") == 0
    li = await watched.house.signs_in("he")
    assert await li.get("/escalations") == []


async def test_somebody_outside_hears_no_more_when_a_drill_fails(
    watched: Scene, outside: Outside
) -> None:
    await drill_passes(watched)
    await outside.hears()

    await sets_numbers_up(watched, SENDER)
    watched.house.clock.advance(301)
    await watched.until("select 1 from drill_run having count(*) = 2")
    watched.house.clock.advance(61)
    await watched.until(FOUND, "drill_failed")
    before = outside.heard
    watched.house.clock.advance(20)
    now = watched.house.clock.now()
    await watched.until("select 1 from beat where name = 'auditor' and at > %s", now)

    assert outside.heard == before
