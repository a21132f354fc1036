"""Turns at something scarce: nobody fills the line for the others, and no turn is lost."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from hotline.errors import TooBusy
from hotline.turns import Turns

pytestmark = pytest.mark.anyio


async def until_all_wait() -> None:
    """Let everybody who was started come as far as they can."""
    for _ in range(10):
        await asyncio.get_running_loop().run_in_executor(None, int)


@asynccontextmanager
async def senders(turns: Turns, names: str, served: list[str]) -> AsyncIterator[list[str]]:
    """Each name asks for a turn, while the only one is taken."""

    async def ask(name: str) -> None:
        async with turns.turn(name):
            served.append(name)

    async with turns.turn("first"):
        asked = [asyncio.create_task(ask(name)) for name in names]
        await until_all_wait()
        yield served
    await asyncio.gather(*asked, return_exceptions=True)


async def test_one_who_asks_once_is_served_before_the_rest_of_a_flood() -> None:
    served: list[str] = []
    async with senders(Turns(at_once=1, most_waiting=9), "AAAAB", served):
        pass

    assert "".join(served) == "ABAAA"


async def test_only_the_sender_of_a_flood_is_refused() -> None:
    turns, served = Turns(at_once=1, most_waiting=2), list[str]()

    async with senders(turns, "AAB", served):
        with pytest.raises(TooBusy):
            async with turns.turn("A"):
                served.append("too many")

    assert "".join(served) == "ABA"


async def test_as_many_as_there_are_turns_are_served_at_once() -> None:
    turns = Turns(at_once=2, most_waiting=0)

    async with turns.turn("A"), turns.turn("B"):
        with pytest.raises(TooBusy):
            await turns.turn("C").__aenter__()


@pytest.mark.parametrize("given", ["not yet", "just now"])
async def test_the_turn_of_one_who_goes_away_is_the_next_ones(given: str) -> None:
    turns, served = Turns(at_once=1, most_waiting=9), list[str]()
    async with turns.turn("first"):
        gone = asyncio.create_task(turns.turn("gone").__aenter__())
        await until_all_wait()
        if given == "not yet":
            gone.cancel()
    gone.cancel()  # just now: in the moment in which the turn has become theirs

    await asyncio.gather(gone, return_exceptions=True)
    async with turns.turn("next"):
        served.append("next")

    assert served == ["next"]
