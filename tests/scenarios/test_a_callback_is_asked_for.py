"""A child who waits would rather be called back: asked twice, and only where it can be done."""

import pytest

from tests.harness.scene import GREETING, Scene

pytestmark = [pytest.mark.anyio, pytest.mark.scenario]

CHILD = "15400000001"
KEY = "6"  # the menu of 12355 has the keys 1 to 5


async def test_a_waiting_child_asks_twice_and_is_owed_a_call(scene: Scene) -> None:
    child = await scene.dials_and_waits(CHILD)

    await child.presses(KEY)
    await child.hears("再按一次6")
    await child.presses(KEY)
    await child.is_hung_up()

    await scene.ends(CHILD, "callback_owed")


async def test_the_key_of_cantonese_pressed_twice_sends_nobody_away(scene: Scene) -> None:
    child = scene.handset(CHILD)
    await child.dials("12355")
    await child.hears(GREETING)

    await child.presses("2")
    await child.hears("多謝你打嚟")
    await child.presses("2")
    await child.presses(KEY)
    await child.hears("請再撳一次6")

    await scene.waits(CHILD)


@pytest.mark.parametrize(("number", "told"), [("110", "没办法打回去"), ("anonymous", "看不到")])
async def test_nobody_is_promised_a_call_that_cannot_be_made(
    scene: Scene, number: str, told: str
) -> None:
    child = await scene.dials_and_waits(number)

    await child.presses(KEY)
    await child.hears(told)

    await scene.waits(number)
