"""`hotline up` on one machine: a server of its own dies, and a caller who waits stays."""

import asyncio
import tempfile
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from hotline.onemachine.fleet import free_address
from tests.harness.carrier import Carrier
from tests.harness.clock import MovedClock
from tests.harness.house import PATIENCE_S, House
from tests.harness.machine import Machine, start_machine
from tests.harness.opening import emptied_carrier, everybody_out, numbers_of_the_house
from tests.harness.prepare import GUANGDONG
from tests.harness.scene import SID, TOKEN, Scene

pytestmark = [pytest.mark.anyio, pytest.mark.scenario]

CHILD = "15400000101"


@dataclass
class OneMachine(Scene):
    """A scene on a machine of its own, in real time: only the carrier's clock is moved."""

    machine: Machine | None = None

    async def postgres_is_back(self) -> None:
        """It answers, and the processes have noticed: until then a phone hears to wait a little."""
        assert self.machine is not None
        async with asyncio.timeout(PATIENCE_S):
            while not await asyncio.to_thread(self.machine.postgres_answers):
                await self.carrier.look(0.5)
            while (await self.house.http.get("/readyz")).status_code != httpx.codes.OK:
                await self.carrier.look(0.5)


@pytest.fixture
def folder() -> Iterator[Path]:
    """As root, PostgreSQL runs as another account, which must be able to enter."""
    with tempfile.TemporaryDirectory(prefix="hotline-test-") as made:
        Path(made).chmod(0o755)
        yield Path(made)


@pytest.fixture
async def scene(carrier_apart_url: str, folder: Path) -> AsyncIterator[OneMachine]:
    bind = free_address()
    public = f"http://{bind}"
    env = {
        "HOTLINE_BIND": bind,
        "HOTLINE_PUBLIC_URL": public,
        "HOTLINE_TWILIO_ACCOUNT_SID": SID,
        "HOTLINE_TWILIO_AUTH_TOKEN": TOKEN,
        "HOTLINE_TWILIO_API_URL": carrier_apart_url,
        "HOTLINE_CONFIG": str(GUANGDONG),
        "HOTLINE_DEMO": "true",  # its people have the secrets that everybody knows
    }
    await emptied_carrier(carrier_apart_url)
    machine = await asyncio.to_thread(start_machine, folder / "data", env)
    env["HOTLINE_DATABASE_URL"] = machine.database_url
    async with (
        httpx.AsyncClient(base_url=carrier_apart_url, timeout=60) as http,
        httpx.AsyncClient(base_url=public, timeout=30) as house_http,
    ):
        clock = MovedClock(folder / "clock")
        house, carrier = House(env, clock, folder / "data", None, house_http), Carrier(http)
        await carrier.reset(numbers_of_the_house(public))
        try:
            yield OneMachine(carrier, house, machine=machine)
            await everybody_out(carrier, house)
        finally:
            await asyncio.to_thread(machine.stop)


async def test_postgresql_dies_while_a_child_waits_and_the_child_is_connected(
    scene: OneMachine,
) -> None:
    child, machine = await scene.dials_and_waits(CHILD), scene.machine
    assert machine is not None

    machine.is_held_up()
    machine.loses_postgres()
    await scene.carrier.passes(20)
    lost = await scene.carrier.ended(CHILD)
    machine.goes_on()
    await scene.postgres_is_back()
    li = await scene.counselor("li")
    await li.phone.rings()
    await li.phone.answers()
    await scene.carrier.passes(5)

    await scene.talk(CHILD)
    assert not lost
    assert "postgresql" in machine.log()
    assert "killed by SIGKILL" in machine.log()
    await child.hangs_up()
    await scene.ends(CHILD, "talked")
