"""A counselor's line drops in the middle of a talk. The child does not notice more than it must."""

import pytest

from tests.harness.scene import Scene

pytestmark = [pytest.mark.anyio, pytest.mark.scenario]

CHILD = "15400000001"


async def test_the_same_counselor_is_rung_first(scene: Scene) -> None:
    li, child = await scene.talking("li", CHILD)
    chen = await scene.counselor("chen")

    await li.phone.hangs_up()
    await child.hears("断|line")
    await li.phone.rings()
    await li.phone.answers()

    await scene.talk(CHILD)
    assert not await chen.phone.was_rung()


async def test_the_caller_goes_before_those_who_came_later(scene: Scene) -> None:
    li, _child = await scene.talking("li", CHILD)
    await scene.dials_and_waits("15400000002")
    await scene.goes_off_duty(li)

    await li.phone.hangs_up()
    await scene.waits(CHILD)
    chen = await scene.counselor("chen")
    await chen.phone.rings()
    await chen.phone.answers()

    await scene.talk(CHILD)
    await scene.waits("15400000002")


async def test_a_lost_counselor_is_noticed_even_when_no_callback_says_so(scene: Scene) -> None:
    li, _child = await scene.talking("li", CHILD)
    await scene.carrier.faults(lose=["status", "conference"])

    await li.phone.hangs_up()

    await li.phone.rings()
