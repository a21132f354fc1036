"""Turns: few at once, the urgent ones first, and none is ever lost."""

import asyncio

import pytest
from anyio.lowlevel import checkpoint

from hotline.deliveries.urgency import UrgentFirst

pytestmark = pytest.mark.anyio


class Line:
    """People who take a turn, and keep it until they are let go."""

    def __init__(self, at_once: int) -> None:
        self.turns, self.inside = UrgentFirst(at_once), list[str]()
        self.gates: dict[str, asyncio.Event] = {}

    async def _one(self, name: str, *, urgent: bool) -> None:
        async with self.turns.turn(urgent=urgent):
            self.inside.append(name)
            await self.gates[name].wait()

    async def comes(self, name: str, *, urgent: bool = False) -> "asyncio.Task[None]":
        self.gates[name] = asyncio.Event()
        task = asyncio.create_task(self._one(name, urgent=urgent))
        await settle()
        return task

    async def leaves(self, name: str) -> None:
        self.gates[name].set()
        await settle()


async def settle() -> None:
    for _ in range(5):
        await checkpoint()


async def test_no_more_have_a_turn_than_there_are() -> None:
    line = Line(2)
    tasks = [await line.comes(name) for name in "abc"]

    assert line.inside == ["a", "b"]

    await line.leaves("a")
    assert line.inside == ["a", "b", "c"]
    for name in "bc":
        await line.leaves(name)
    await asyncio.gather(*tasks)


async def test_what_is_urgent_goes_before_what_came_earlier() -> None:
    line = Line(1)
    tasks = [await line.comes(name, urgent=name in "de") for name in "abcde"]

    for name in "adebc":
        await line.leaves(name)
    await asyncio.gather(*tasks)

    assert line.inside == ["a", "d", "e", "b", "c"]


async def test_whoever_gives_up_while_waiting_takes_no_turn_along() -> None:
    line = Line(1)
    first = await line.comes("a")
    second, third = await line.comes("b"), await line.comes("c")
    second.cancel()
    await settle()

    await line.leaves("a")
    assert line.inside == ["a", "c"]
    await line.leaves("c")
    await asyncio.gather(first, third)


async def test_a_turn_that_comes_in_the_moment_of_giving_up_goes_on_to_the_next() -> None:
    line = Line(1)
    first, second = await line.comes("a"), await line.comes("b")
    third = await line.comes("c")
    line.gates["a"].set()
    await checkpoint()
    second.cancel()
    await settle()
    line.gates["b"].set()
    await settle()

    assert line.inside[-1] == "c"
    await line.leaves("c")
    await asyncio.gather(first, second, third, return_exceptions=True)
    late = await line.comes("d")
    await line.leaves("d")
    await late
