"""The loop: it hears, it looks all the same, and no fault of a look ends it."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress

import pytest
from sqlalchemy.exc import OperationalError
from sqlmodel import select
from structlog.testing import capture_logs

from hotline.deliveries.tick_loop import TickLoop, Watch
from hotline.storage.session import Database
from hotline.storage.tables import Beat
from tests.fakes import FakeClock
from tests.hotline.deliveries.conftest import PHONE, DeliveryScene

pytestmark = pytest.mark.anyio

NEVER_S = 3600.0


class Looks:
    """Looks that are counted, and may fail."""

    def __init__(self, fault: Exception | None = None) -> None:
        self.begun: asyncio.Queue[None] = asyncio.Queue()
        self.fault = fault

    async def look(self) -> None:
        self.begun.put_nowait(None)
        if self.fault is not None:
            raise self.fault


LoopMaker = Callable[..., TickLoop]


@pytest.fixture
def loop_of(database: Database, clock: FakeClock) -> LoopMaker:
    """A loop over these looks, by name."""

    def make(tick_s: float = NEVER_S, **looks: Callable[[], Awaitable[None]]) -> TickLoop:
        watch = Watch(looks=looks, topics=("delivery",))
        return TickLoop(database=database, clock=clock, watch=watch, tick_s=tick_s)

    return make


@asynccontextmanager
async def running(loop: TickLoop) -> AsyncIterator[None]:
    """For as long as the block lasts, which is not for ever."""
    run = asyncio.create_task(loop.run())
    async with asyncio.timeout(20):
        yield
    run.cancel()
    with suppress(asyncio.CancelledError):
        await run


async def beats(database: Database) -> list[Beat]:
    async with database.work() as work:
        return list((await work.exec(select(Beat))).all())


async def test_it_looks_again_and_again_without_being_called(loop_of: LoopMaker) -> None:
    looks = Looks()

    async with running(loop_of(0.001, one=looks.look)):
        for _ in range(5):
            await looks.begun.get()


async def test_it_hears_of_a_delivery_without_waiting_for_its_next_look(
    scene: DeliveryScene, loop_of: LoopMaker
) -> None:
    scene.jobs.reachable = False
    looks = Looks()

    async with running(loop_of(counted=looks.look, deliveries=scene.dispatcher.tick)):
        for _ in range(2):  # as it begins, and again as soon as it listens
            await looks.begun.get()
        scene.carrier.asked.clear()
        await scene.asks()
        await scene.carrier.asked.wait()
        await scene.dispatcher.settled()

    assert scene.carrier.dialled() == [PHONE]


async def test_news_of_something_else_calls_for_no_look(
    scene: DeliveryScene, loop_of: LoopMaker
) -> None:
    looks = Looks()

    async with running(loop_of(counted=looks.look)):
        for _ in range(2):
            await looks.begun.get()
        async with scene.database.work() as work:
            work.announce("presence", "li")
        await scene.asks()
        await looks.begun.get()

    assert looks.begun.empty()


@pytest.mark.parametrize("fault", [OperationalError("", {}, Exception()), OSError(), ValueError()])
async def test_a_look_that_fails_stops_neither_the_others_nor_the_loop(
    database: Database, loop_of: LoopMaker, fault: Exception
) -> None:
    broken, sound = Looks(fault), Looks()

    with capture_logs() as logs:
        async with running(loop_of(0.001, broken=broken.look, sound=sound.look)):
            for _ in range(3):
                await sound.begun.get()

    failed = [entry["look"] for entry in logs if entry["event"] == "dispatcher.look_failed"]
    assert len(failed) >= 3
    assert set(failed) == {"broken"}
    assert await beats(database) == []


async def test_each_look_that_came_to_its_end_is_a_beat(
    database: Database, clock: FakeClock, loop_of: LoopMaker
) -> None:
    loop = loop_of(one=Looks().look)

    await loop.look()
    clock.advance(1)
    await loop.look()

    assert [(beat.name, beat.at) for beat in await beats(database)] == [("dispatcher", clock.now())]


async def test_a_look_that_works_again_beats_again(database: Database, loop_of: LoopMaker) -> None:
    looks = Looks(ValueError())
    loop = loop_of(one=looks.look)
    with capture_logs():
        await loop.look()
    looks.fault = None

    await loop.look()

    assert len(await beats(database)) == 1


async def test_looks_are_taken_in_their_order(loop_of: LoopMaker) -> None:
    order: list[str] = []

    async def deadlines() -> None:
        order.append("deadlines")

    async def deliveries() -> None:
        order.append("deliveries")

    await loop_of(deadlines=deadlines, deliveries=deliveries).look()

    assert order == ["deadlines", "deliveries"]
