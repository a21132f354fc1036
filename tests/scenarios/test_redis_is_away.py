"""Redis is away: callers notice nothing."""

import pytest

from tests.harness.scene import Scene

pytestmark = [pytest.mark.anyio, pytest.mark.scenario]

CHILD, IN_DANGER = "15400000001", "15400000002"


async def test_nothing_that_a_caller_does_needs_it(scene_with_own_redis: Scene) -> None:
    scene = scene_with_own_redis
    scene.kill_redis()

    li, child = await scene.talking("li", CHILD)
    call = await scene.call_of(CHILD)
    await li.does("POST", f"/calls/{call}/hold")
    await scene.carrier.until_held(call, held=True)
    await li.does("POST", f"/calls/{call}/resume")
    await scene.carrier.until_held(call, held=False)
    other = await scene.dials_and_waits(IN_DANGER)
    await other.presses("9")
    await scene.until("select 1 from call where urgency = 'crisis' and state = 'waiting'")
    await child.hangs_up()

    await scene.ends(CHILD, "talked")
    chen = await scene.counselor("chen")
    await chen.phone.rings()
    await chen.phone.answers()
    await scene.talk(IN_DANGER)
