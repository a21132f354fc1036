"""Web processes that are started as the shipped units start them, and restarted while callers wait.

A listening socket comes from outside (LISTEN_FDS, LISTEN_PID) and is shared by two processes.
"""

import asyncio
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.harness.house import PATIENCE_S, ROOT, House
from tests.harness.scene import Scene

pytestmark = [pytest.mark.anyio, pytest.mark.scenario]

EIGHT = [f"154000001{number:02d}" for number in range(8)]
NO_ERROR = ("error", "fallback")
AS_SYSTEMD = """
import os, sys
os.dup2(int(sys.argv[1]), 3)
os.environ.update(LISTEN_FDS="1", LISTEN_PID=str(os.getpid()))
os.execv(sys.executable, [sys.executable, "-m", "hotline", "serve"])
"""


@dataclass
class Systemd:
    """Starts web processes as the units say, and hears how they stand."""

    told: socket.socket

    async def starts(self, house: House, name: str) -> None:
        """Done when the process says that it is ready."""
        self.begins(house, name)
        await self.hears("READY=1")

    def begins(self, house: House, name: str) -> None:
        """The socket is descriptor 3."""
        assert house.listener is not None
        fd = house.listener.fileno()
        env = {**os.environ, **house.env, "NOTIFY_SOCKET": self.told.getsockname()}
        env["HOTLINE_DEMO"] = "true"  # its people have the secrets that everybody knows
        with (house.logs / f"{name}.log").open("ab") as log:
            house.running[name] = subprocess.Popen(  # noqa: S603 – our own program
                [sys.executable, "-c", AS_SYSTEMD, str(fd)],
                env=env,
                cwd=ROOT,
                stdout=log,
                stderr=log,
                pass_fds=(fd,),
            )

    async def hears(self, state: str) -> None:
        """Waits for a state, past any other."""
        async with asyncio.timeout(PATIENCE_S):
            while await asyncio.get_running_loop().sock_recv(self.told, 100) != state.encode():
                pass


@pytest.fixture
def systemd(tmp_path: Path) -> Iterator[Systemd]:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as told:
        told.bind(str(tmp_path / "notify"))
        told.setblocking(False)  # noqa: FBT003 – its only argument
        yield Systemd(told)


async def errors_heard(scene: Scene) -> list[dict[str, object]]:
    await scene.carrier.look()
    return [entry for entry in scene.carrier.journal if entry["kind"] in NO_ERROR]


async def test_both_web_processes_are_restarted_in_turn_and_no_caller_hears_an_error(
    scene: Scene, systemd: Systemd
) -> None:
    house = scene.house
    house.stop("web")
    for name in ("web-1", "web-2"):
        await systemd.starts(house, name)
    for number in EIGHT:
        await scene.dials_and_waits(number)

    for name in ("web-1", "web-2"):
        house.running[name].terminate()
        await scene.carrier.passes(20)
        house.running.pop(name).wait()
        await systemd.starts(house, name)
        await scene.carrier.passes(20)

    assert await errors_heard(scene) == []
    await scene.until("select 1 from call where state = 'waiting' having count(*) = 8")


async def test_a_single_web_process_is_restarted_and_its_last_callers_wait_for_the_next(
    scene: Scene, systemd: Systemd
) -> None:
    house = scene.house
    house.stop("web")
    await systemd.starts(house, "web-1")
    for number in EIGHT:
        await scene.dials_and_waits(number)

    house.stop("web-1")
    await systemd.starts(house, "web-2")
    await scene.carrier.passes(20)

    assert await errors_heard(scene) == []
    await scene.until("select 1 from call where state = 'waiting' having count(*) = 8")


async def test_a_web_process_tells_its_watchdog_that_it_goes_round(
    scene: Scene, systemd: Systemd
) -> None:
    await systemd.starts(scene.house, "web-1")

    await systemd.hears("WATCHDOG=1")
    scene.house.running["web-1"].terminate()
    await systemd.hears("STOPPING=1")
