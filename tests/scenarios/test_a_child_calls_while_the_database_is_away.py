"""The database is away: what callers do is kept on disk, and counts when it is back."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from hotline.onemachine import Running
from tests.harness.balancer import Balancer
from tests.harness.house import PATIENCE_S
from tests.harness.scene import Scene

pytestmark = [pytest.mark.anyio, pytest.mark.scenario, pytest.mark.real_budgets]

CHILD, ANOTHER = "15400000001", "15400000002"
DUTY_PHONE = "值班的老师"
HEARD = "我们听到了"
FIRST_ENTRIES = (
    "select kind from call_event join call on call.id = call_id where urgency = 'crisis'"
    " and kind in ('call.raised_to_crisis', 'call.caller_left') order by call_event.id"
)


@pytest.fixture(autouse=True)  # before the scene, and so gone after it
async def way(postgres: Running) -> AsyncIterator[Balancer]:
    """To the server; it outlives the scene."""
    async with Balancer(postgres.url).serving() as made:
        yield made


@pytest.fixture
async def balancer(way: Balancer, scene: Scene) -> AsyncIterator[Balancer]:
    """The web process reaches its database by way of this; the switchboard has it always."""
    starts_again(scene, way)
    await scene.house.is_up()
    await knows_its_lines(scene)
    yield way
    way.thaw()


async def knows_its_lines(scene: Scene) -> None:
    """It has read them once, and has kept them on the disk."""
    file = Path(scene.house.env["HOTLINE_DATA_DIR"]) / "known_lines"
    async with asyncio.timeout(PATIENCE_S):
        while not file.exists():
            (await scene.house.http.get("/healthz")).raise_for_status()


def starts_again(scene: Scene, way: Balancer) -> None:
    """The web process dies, and the next one begins."""
    scene.house.kill("web")
    url = way.way_to(scene.house.env["HOTLINE_DATABASE_URL"])
    scene.house.start("web", database_url=url)


async def test_a_child_in_danger_counts_though_the_process_died_before_the_database_was_back(
    scene: Scene, balancer: Balancer
) -> None:
    child = scene.handset(CHILD)
    balancer.freeze()

    await child.dials("12355")
    await child.hears(DUTY_PHONE)
    await child.presses("9")
    await child.hears(HEARD)
    await child.hangs_up()
    await kept(scene, "danger")
    starts_again(scene, balancer)
    balancer.thaw()

    await scene.until("select 1 from call where urgency = 'crisis' and state = 'ended'")
    said = [kind for (kind,) in await scene.house.rows(FIRST_ENTRIES)]
    assert said == ["call.raised_to_crisis", "call.caller_left"]
    assert await scene.count("call") == 1


async def kept(scene: Scene, what: str) -> None:
    """The end was reported to us and could not be stored: all that was told is on disk."""
    await scene.carrier.until(
        lambda e: e["kind"] == "webhook" and e["url"].endswith("/status"), f"{what} was told"
    )
