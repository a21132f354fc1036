"""A caller may leave at any moment. Nothing dangles, and the call counts once."""

import pytest

from tests.harness.scene import GREETING, Scene

pytestmark = [pytest.mark.anyio, pytest.mark.scenario]

CHILD = "15400000001"


async def test_during_the_greeting(scene: Scene) -> None:
    child = scene.handset(CHILD)
    await child.dials("12355")
    await child.hears(GREETING)

    await child.hangs_up()

    await scene.ends(CHILD, "hung_up")


async def test_while_waiting(scene: Scene) -> None:
    child = await scene.dials_and_waits(CHILD)

    await child.hangs_up()

    await scene.ends(CHILD, "hung_up")
    assert await scene.house.rows("select outcome_step from call") == [("waiting",)]


async def test_while_a_counselor_is_rung(scene: Scene) -> None:
    li = await scene.counselor("li")
    child = await scene.dials_and_waits(CHILD)
    await li.phone.rings()

    await child.hangs_up()

    await scene.ends(CHILD, "hung_up")
    await li.phone.is_hung_up()
    await scene.presence("li", "ready")


async def test_just_as_the_counselor_answers(scene: Scene) -> None:
    li = await scene.counselor("li")
    child = await scene.dials_and_waits(CHILD)
    await li.phone.rings()

    await scene.at_once(child.hangs_up(), li.phone.answers())

    await scene.until("select 1 from call where state = 'ended' and outcome is not null")
    await scene.until("select 1 from presence where state in ('ready', 'wrapping_up')")
    await li.phone.is_hung_up()


async def test_in_the_middle_of_the_talk(scene: Scene) -> None:
    li, child = await scene.talking("li", CHILD)

    await child.hangs_up()

    await scene.ends(CHILD, "talked")
    await scene.presence("li", "wrapping_up")
    await li.phone.is_hung_up()


async def test_while_waiting_again_after_the_counselor_was_lost(scene: Scene) -> None:
    li, child = await scene.talking("li", CHILD)
    await scene.goes_off_duty(li)
    await li.phone.hangs_up()
    await scene.until("select 1 from call where state = 'waiting'")
    await scene.passes(4)

    await child.hangs_up()

    await scene.ends(CHILD, "hung_up")
