"""Somebody chooses a pause while their phone rings, and is back before it stops."""

import pytest

from hotline.callcontrol.talks import caller_left
from hotline.calls.service import lock_call
from hotline.staff.model import PresenceState
from hotline.staff.presence import answer_danger, choose_presence
from tests.hotline.switchboard.conftest import RunningScene

pytestmark = pytest.mark.anyio


async def leaves_and_is_back(
    running: RunningScene, leaves: PresenceState, *, for_danger: bool
) -> None:
    at = running.floor.clock.now()
    async with running.floor.database.work() as work:
        await choose_presence(work, "li", leaves, at=at)
    async with running.floor.database.work() as work:
        if for_danger:
            await answer_danger(work, "li", at=at)
        else:
            await choose_presence(work, "li", PresenceState.READY, at=at)


@pytest.mark.parametrize("leaves", [PresenceState.PAUSED, PresenceState.OFFLINE])
@pytest.mark.parametrize("for_danger", [False, True])
async def test_they_are_rung_for_nobody_else_before_and_for_the_next_after(
    running: RunningScene, leaves: PresenceState, *, for_danger: bool
) -> None:
    await running.floor.counselor("li")
    await running.floor.caller("c1")

    async with running.switchboard():
        assert await running.carrier.next_wish() == ("dial", "client:li")
        await leaves_and_is_back(running, leaves, for_danger=for_danger)
        back = await running.floor.presence("li")
        await running.joins_line("c2")
        async with running.floor.database.work() as work:
            await caller_left(work, await lock_call(work, "c1"), at=running.floor.clock.now())
        wishes = [await running.carrier.next_wish() for _ in range(2)]

    assert (back.state, back.call_id) == ("offered", "c1")
    assert sorted(wishes) == [("dial", "client:li"), ("hang_up", "CA1")]
