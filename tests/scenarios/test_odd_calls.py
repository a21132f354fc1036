"""Calls that say little: hung up again and again, passed on by others, from nobody's number."""

import pytest

from tests.harness.scene import GREETING, Scene
from tests.harness.talking import CHILD, JOINED

pytestmark = [pytest.mark.anyio, pytest.mark.scenario]


async def test_a_child_who_hangs_up_three_times_is_served_before_others(scene: Scene) -> None:
    for _ in range(3):
        child = scene.handset(CHILD)
        await child.dials("12355")
        await child.hears(GREETING)
        await child.hangs_up()
        await scene.ends(CHILD, "hung_up")

    await scene.dials_and_waits(CHILD)

    await scene.until(JOINED, "caller.called_often")
    await scene.until("select 1 from call where state = 'waiting' and ahead_at < queued_at")


@pytest.mark.parametrize(("number", "kind"), [("anonymous", "withheld"), ("12345", "trunk")])
async def test_a_caller_without_a_number_of_their_own_is_served_and_marked(
    scene: Scene, number: str, kind: str
) -> None:
    await scene.talking("li", number)

    await scene.until("select 1 from call where number_kind = %s and state = 'talking'", kind)
