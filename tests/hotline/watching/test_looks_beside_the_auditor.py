"""Drills and pings run in the auditor's process, and do not take it along."""

import asyncio
from collections.abc import Sequence

import pytest
from sqlalchemy.exc import OperationalError

from hotline import bootstrap_watch
from hotline.bootstrap_watch import look_again_and_again

pytestmark = pytest.mark.anyio

AWAY = OperationalError("select 1", {}, Exception("gone"))


@pytest.mark.parametrize("faults", [(AWAY,), (ValueError("not foreseen"), KeyError("nor this"))])
async def test_a_look_that_fails_is_taken_again(
    monkeypatch: pytest.MonkeyPatch, faults: Sequence[Exception]
) -> None:
    monkeypatch.setattr(bootstrap_watch, "LOOK_EVERY_S", 0)
    left, came_through = list(faults), asyncio.Event()

    async def look() -> None:
        if left:
            raise left.pop()
        came_through.set()

    again = asyncio.create_task(look_again_and_again("drill", look))
    ended = asyncio.create_task(came_through.wait())
    await asyncio.wait({again, ended}, return_when=asyncio.FIRST_COMPLETED)
    again.cancel()
    ended.cancel()

    assert came_through.is_set()
