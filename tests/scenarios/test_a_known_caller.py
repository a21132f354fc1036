"""A child who agreed to it reaches the same counselor again, and another where that one is off."""

import pytest

from tests.harness.carrier import Handset
from tests.harness.scene import Counselor, Scene

pytestmark = [pytest.mark.anyio, pytest.mark.scenario]

CHILD = "15400000001"


async def agreed_before(scene: Scene) -> tuple[Counselor, Handset]:
    """Li asked the child in a talk, and the talk is over."""
    li, child = await scene.talking("li", CHILD)
    call_id = await scene.call_of(CHILD)
    await li.does("PUT", f"/calls/{call_id}/same-counselor", {"agreed": True})
    await child.hangs_up()
    await scene.ends(CHILD, "talked")
    return li, child


async def test_a_known_caller_is_rung_through_to_the_same_counselor(scene: Scene) -> None:
    li, _ = await agreed_before(scene)
    chen = await scene.counselor("chen")
    await li.is_ready()

    await scene.dials_and_waits(CHILD)
    await li.phone.rings()
    await li.phone.answers()

    await scene.talk(CHILD)
    assert not await chen.phone.was_rung()
    await scene.until("select 1 from call_event where kind = 'call.known_caller'")


async def test_a_known_caller_reaches_somebody_else_where_that_one_is_off_duty(
    scene: Scene,
) -> None:
    li, _ = await agreed_before(scene)
    await li.does("PUT", "/me/presence", {"state": "offline"})
    chen = await scene.counselor("chen")

    await scene.dials_and_waits(CHILD)
    await chen.phone.rings()
    await chen.phone.answers()

    await scene.talk(CHILD)
    assert await scene.count("known_caller") == 1
