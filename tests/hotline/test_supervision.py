"""Parts are begun again, looks have their time, faults stay with a row, a supervisor is told."""

import asyncio
import socket
from datetime import timedelta
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from hotline.supervision import BackOff, Rhythm, RowFaults, keep_running, tell_supervisor
from tests.fakes import NOON

pytestmark = pytest.mark.anyio


class Lives:
    """A part that lives for so many seconds each time, and then fails; the last life goes on."""

    def __init__(self, *lives_s: float) -> None:
        self.left = list(lives_s)
        self.now = 0.0
        self.pauses: list[float] = []
        self.lasts = asyncio.Event()

    async def part(self) -> None:
        if not self.left:
            self.lasts.set()
            await asyncio.Event().wait()
        self.now += self.left.pop(0)
        raise KeyError

    async def pause(self, seconds: float) -> None:
        self.pauses.append(seconds)

    def monotonic(self) -> float:
        return self.now


async def pauses_of(*lives_s: float) -> list[float]:
    lives = Lives(*lives_s)
    running = keep_running("p", lives.part, pause=lives.pause, monotonic=lives.monotonic)
    with capture_logs():
        async with asyncio.timeout(20), asyncio.TaskGroup() as group:
            task = group.create_task(running)
            await lives.lasts.wait()
            task.cancel()
    return lives.pauses


async def test_a_part_that_ends_is_begun_again_later_each_time() -> None:
    assert await pauses_of(*[1.0] * 7) == [0.5, 1, 2, 4, 8, 15, 15]


async def test_after_a_healthy_minute_a_part_is_begun_again_as_quickly_as_at_first() -> None:
    assert await pauses_of(1, 1, 1, 60, 1) == [0.5, 1, 2, 0.5, 1]


def test_a_pause_is_as_long_as_the_last_life_deserves() -> None:
    back_off = BackOff()

    assert [back_off.pause_s(lived) for lived in (0, 59, 61, 0)] == [0.5, 1.0, 0.5, 1.0]


def is_time_after(rhythm: Rhythm, *seconds: float) -> list[bool]:
    return [rhythm.is_time(NOON + timedelta(seconds=after)) for after in seconds]


def test_it_is_time_for_a_look_at_once_and_then_once_a_minute() -> None:
    rhythm = Rhythm(timedelta(minutes=1))

    asked = is_time_after(rhythm, 0, 0, 59.9, 60, 61, 119.9, 120)

    assert asked == [True, False, False, True, False, False, True]


def test_a_look_that_came_late_is_followed_a_whole_minute_later() -> None:
    rhythm = Rhythm(timedelta(minutes=1))

    assert is_time_after(rhythm, 0, 95, 154, 155) == [True, True, False, True]


def test_a_clock_that_is_set_back_puts_no_look_off() -> None:
    rhythm = Rhythm(timedelta(minutes=1))

    assert is_time_after(rhythm, 0, -3600, -3550, -3540) == [True, True, False, True]


def fail() -> None:
    raise KeyError


def test_a_fault_is_logged_once_a_minute_with_its_count_and_one_trace() -> None:
    now = [0.0]
    faults = RowFaults(monotonic=lambda: now[0])

    with capture_logs() as logs:
        for moment, row in ((0, "a"), (1, "b"), (59, "c"), (60, "d")):
            now[0] = moment
            with faults.kept_apart("offers", row):
                fail()
        with faults.kept_apart("leases", "a"):
            fail()

    said = [(line["look"], line["row"], line["as_many_more"]) for line in logs]
    assert said == [("offers", "a", 0), ("offers", "d", 2), ("leases", "a", 0)]
    assert [line["exc_info"] is not None for line in logs] == [True, False, True]


def test_systemd_is_told_where_it_listens(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listening:
        listening.bind(str(tmp_path / "notify"))
        monkeypatch.setenv("NOTIFY_SOCKET", str(tmp_path / "notify"))

        tell_supervisor("READY=1", "WATCHDOG=1")

        assert listening.recv(100) == b"READY=1\nWATCHDOG=1"


@pytest.mark.parametrize("address", ["", "/nowhere/at/all"])
def test_where_nobody_listens_nothing_happens(
    address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NOTIFY_SOCKET", address)

    tell_supervisor("WATCHDOG=1")
