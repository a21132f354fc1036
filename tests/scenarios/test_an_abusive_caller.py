"""Somebody is abusive: parted from with a word, blocked for a day, and still heard in danger."""

import pytest

from tests.harness.scene import Scene
from tests.harness.talking import CHILD, supervisor

pytestmark = [pytest.mark.anyio, pytest.mark.scenario]


async def blocked(scene: Scene) -> None:
    """Li ends the talk with a code, and the supervisor blocks the number."""
    li, caller = await scene.talking("li", CHILD)
    call = await scene.call_of(CHILD)
    await li.does("POST", f"/calls/{call}/abusive", {"code": "insulting"})
    await caller.hears("先说到这里")
    await scene.passes(10)
    await caller.is_hung_up()
    await scene.ends(CHILD, "talked")
    he = await supervisor(scene)
    await he.does("POST", f"/calls/{call}/block", {"code": "insulting"})


async def test_a_blocked_caller_hears_where_help_is_and_is_turned_away(scene: Scene) -> None:
    await blocked(scene)
    caller = scene.handset(CHILD)

    await caller.dials("12355")
    await caller.hears("暂时不能为你接通")
    await scene.passes(10)
    await caller.is_hung_up()

    await scene.ends(CHILD, "turned_away")


async def test_danger_leads_a_blocked_caller_to_a_counselor(scene: Scene) -> None:
    await blocked(scene)
    caller, chen = scene.handset(CHILD), await scene.counselor("chen")
    await caller.dials("12355")
    await caller.hears("暂时不能为你接通")

    await caller.presses("9")

    await chen.phone.rings()
    await chen.phone.answers()
    await scene.talk(CHILD)


async def test_a_day_later_the_number_is_put_through_again(scene: Scene) -> None:
    await blocked(scene)
    scene.house.clock.advance(24 * 3600 + 60)

    await scene.dials_and_waits(CHILD)

    await scene.waits(CHILD)
