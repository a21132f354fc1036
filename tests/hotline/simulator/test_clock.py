"""The simulator's clock, moved by a story while the backend goes on asking."""

import asyncio

import pytest
from anyio import lowlevel

from hotline.simulator.clock import ManualClock

pytestmark = pytest.mark.anyio


async def _rest() -> None:
    for _ in range(5):
        await lowlevel.checkpoint()


async def test_a_phone_that_is_dialled_while_the_clock_is_moved_rings_for_its_whole_time() -> None:
    clock = ManualClock()
    rings: list[asyncio.Task[None]] = []

    async def dialled_after_ten_seconds() -> None:
        await clock.sleep(10)
        rings.append(asyncio.create_task(clock.sleep(20, asked=True)))

    start = asyncio.create_task(dialled_after_ten_seconds())
    await clock.advance(61, _rest)
    assert start.done()
    assert not rings[0].done()

    await clock.advance(19, _rest)
    assert not rings[0].done()
    await clock.advance(1, _rest)
    assert rings[0].done()


async def test_what_follows_in_a_document_begins_where_the_last_verb_ended() -> None:
    clock = ManualClock()
    ended: list[str] = []

    async def two_verbs() -> None:
        await clock.sleep(10)
        await clock.sleep(20)
        ended.append("both")

    verbs = asyncio.create_task(two_verbs())
    await clock.advance(30, _rest)

    assert ended == ["both"]
    assert verbs.done()
