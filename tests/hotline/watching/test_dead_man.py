"""Somebody outside hears of us only while all is well; our silence is the alarm."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta

import pytest

from hotline.storage.session import Database
from hotline.storage.tables import Beat, WatchFinding
from hotline.watching.dead_man import DEAD_MAN, DeadMan, OutsideUrl
from tests.fakes import NOON, FakeClock
from tests.hotline.rows import StoredScene

pytestmark = pytest.mark.anyio


@dataclass
class OutsideScene(StoredScene):
    """`hears`: whether somebody is there. `pings`: how often they were told."""

    database: Database
    clock: FakeClock
    hears: bool = True
    pings: int = 0

    async def ping(self) -> bool:
        self.pings += 1
        return self.hears

    async def after(self, seconds: float, **ages_s: float) -> int:
        """`ages_s`: how old the beats of auditor and drill are. Returns all pings until now."""
        now = self.clock.advance(seconds)
        async with self.database.work() as work:
            for name, age in {"auditor": 5.0, "drill": 60.0, **ages_s}.items():
                await work.merge(Beat(name=name, at=now - timedelta(seconds=age)))
        dead_man = DeadMan(
            database=self.database, clock=self.clock, ping=self.ping, every=timedelta(minutes=1)
        )
        await dead_man.look()
        return self.pings


@pytest.fixture
def outside(database: Database, clock: FakeClock) -> OutsideScene:
    """Nobody was told anything yet."""
    return OutsideScene(database, clock)


async def test_they_are_told_at_their_interval_while_all_is_well(outside: OutsideScene) -> None:
    told = [await outside.after(seconds) for seconds in (0, 1, 58, 1, 60)]

    assert told == [1, 1, 1, 2, 3]


@pytest.mark.parametrize("silent", [{"auditor": 61.0}, {"drill": 700.0}])
async def test_they_hear_nothing_where_audit_or_drill_is_silent(
    outside: OutsideScene, silent: dict[str, float]
) -> None:
    assert await outside.after(0, **silent) == 0
    assert await outside.after(1) == 1


async def test_they_hear_nothing_before_the_first_audit_and_drill(outside: OutsideScene) -> None:
    dead_man = DeadMan(
        database=outside.database, clock=outside.clock, ping=outside.ping,
        every=timedelta(minutes=1),
    )  # fmt: skip
    await dead_man.look()

    assert outside.pings == 0


@pytest.mark.parametrize(("kind", "pings"), [("drill_failed", 0), ("redis_away", 1)])
async def test_they_hear_nothing_while_something_stands_that_rings(
    outside: OutsideScene, kind: str, pings: int
) -> None:
    await outside.add(WatchFinding(kind=kind, since=NOON, found_at=NOON))

    assert await outside.after(0) == pings


async def test_what_they_did_not_hear_is_told_at_the_next_look_and_is_no_beat(
    outside: OutsideScene,
) -> None:
    outside.hears = False
    await outside.after(0)
    assert DEAD_MAN not in {one.name for one in await outside.all(Beat)}
    outside.hears = True

    assert await outside.after(1) == 2
    assert DEAD_MAN in {one.name for one in await outside.all(Beat)}


@asynccontextmanager
async def somebody_answers(status: bytes) -> AsyncIterator[str]:
    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        head = b"HTTP/1.1 " + status + b"\r\nLocation: http://127.0.0.1:1/\r\n"
        writer.write(head + b"Content-Length: 0\r\nConnection: close\r\n\r\n")
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    async with server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/ping"


@pytest.mark.parametrize(
    ("status", "heard"), [(b"200 OK", True), (b"302 Found", False), (b"500 Oh", False)]
)
async def test_only_a_plain_yes_counts_and_no_redirect_is_followed(
    status: bytes, *, heard: bool
) -> None:
    async with somebody_answers(status) as url:
        assert await OutsideUrl(url).ping() is heard


async def test_nobody_there_is_nobody_who_heard() -> None:
    assert await OutsideUrl("http://127.0.0.1:1/").ping() is False
