"""A counselor asks a colleague: the caller hears music meanwhile, and is never left alone."""

import pytest

from tests.harness.scene import Scene
from tests.harness.talking import CHILD, consulting, together, told

pytestmark = [pytest.mark.anyio, pytest.mark.scenario]


async def test_the_caller_is_handed_over_and_whoever_had_them_writes_it_up(scene: Scene) -> None:
    li, chen, call = await together(scene)

    await li.does("POST", f"/calls/{call}/hand-over")

    await li.phone.is_hung_up()
    await scene.carrier.until_held(call, held=False)
    await scene.presence("li", "wrapping_up")
    await scene.presence("chen", "talking")
    await scene.talk(CHILD)
    await chen.does("POST", f"/calls/{call}/end")
    await scene.ends(CHILD, "talked")
    await scene.presence("chen", "wrapping_up")


async def test_the_caller_is_back_when_the_colleague_does_not_answer(scene: Scene) -> None:
    _, chen, call = await consulting(scene)

    await scene.passes(25)

    await chen.phone.is_hung_up()
    await scene.carrier.until_held(call, held=False)
    await scene.handset(CHILD).hears("继续和刚才的辅导员")
    await scene.talk(CHILD)
    await scene.presence("li", "talking")


async def test_the_caller_is_back_when_the_colleague_says_no_and_nobody_is_set_aside(
    scene: Scene,
) -> None:
    _, chen, call = await consulting(scene)

    await chen.phone.declines()

    await scene.carrier.until_held(call, held=False)
    await scene.presence("chen", "ready")
    await scene.talk(CHILD)


async def test_all_three_talk_when_the_counselor_brings_them_together(scene: Scene) -> None:
    li, chen, call = await together(scene)

    await li.does("POST", f"/calls/{call}/resume")
    await scene.carrier.until_held(call, held=False)
    await chen.does("POST", f"/calls/{call}/step-out")

    await chen.phone.is_hung_up()
    await scene.presence("chen", "ready")
    await scene.talk(CHILD)
    assert "colleague.brought_in" in await told(scene)


async def test_a_caller_who_hangs_up_on_hold_leaves_nobody_in_the_talk(scene: Scene) -> None:
    li, chen, _ = await together(scene)

    await scene.handset(CHILD).hangs_up()

    await li.phone.is_hung_up()
    await chen.phone.is_hung_up()
    await scene.ends(CHILD, "talked")
    await scene.presence("li", "wrapping_up")
    await scene.presence("chen", "ready")


async def test_the_colleague_goes_on_with_the_caller_when_the_counselors_line_breaks(
    scene: Scene,
) -> None:
    li, _, call = await together(scene)
    await scene.until("select 1 from participant where role = 'counselor' and ends is false")

    await li.phone.hangs_up()
    await scene.passes(5)

    await scene.carrier.until_held(call, held=False)
    await scene.until("select 1 from call_event where kind = 'counselor.succeeded'")
    await scene.talk(CHILD)
    await scene.presence("chen", "talking")
    await scene.presence("li", "ready")
    assert not await scene.carrier.ended(CHILD)


async def test_the_caller_is_back_in_line_when_the_counselors_line_breaks_while_it_rings(
    scene: Scene,
) -> None:
    li, chen, _ = await consulting(scene)

    await li.phone.hangs_up()

    await chen.phone.is_hung_up()
    await scene.handset(CHILD).hears("断|line")
    await li.phone.rings()
    await li.phone.answers()
    await scene.talk(CHILD)
    await scene.presence("chen", "ready")


async def test_who_comes_to_the_phone_late_hears_no_caller_before_the_counselor_says_so(
    scene: Scene,
) -> None:
    li, chen, call = await consulting(scene)
    await li.does("POST", f"/calls/{call}/resume")
    await scene.until("select 1 from participant where role = 'caller' and held is false")

    await chen.phone.answers()
    await scene.until("select 1 from participant where role = 'caller' and held")
    await scene.passes(2)

    await scene.until("select 1 from call_event where kind = 'colleague.joined'")
    assert await scene.count("participant where role = 'caller' and held") == 1
