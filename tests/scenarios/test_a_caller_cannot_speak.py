"""A child is silent with a counselor: yes and no by keypad, and the counselor is still there."""

import pytest

from tests.harness.scene import Counselor, Scene
from tests.harness.talking import CHILD, JOINED

pytestmark = [pytest.mark.anyio, pytest.mark.scenario]


async def asked(scene: Scene) -> tuple[Counselor, str]:
    """Li talks with a silent child and has asked for a key."""
    li, child = await scene.talking("li", CHILD)
    call = await scene.call_of(CHILD)
    await li.does("POST", f"/calls/{call}/ask-keys")
    await child.hears("是请按1")
    return li, call


async def test_a_silent_child_says_yes_by_key_and_is_back_with_the_counselor(
    scene: Scene,
) -> None:
    li, call = await asked(scene)

    await scene.handset(CHILD).presses("1")

    await scene.until("select 1 from participant where role = 'caller' and keys = 'yes'")
    await scene.talk(CHILD)
    await li.phone.is_talking_to_somebody()
    await li.does("POST", f"/calls/{call}/end")
    await scene.ends(CHILD, "talked")


async def test_danger_by_key_raises_the_call(scene: Scene) -> None:
    await asked(scene)

    await scene.handset(CHILD).presses("9")

    await scene.until(JOINED, "call.raised_to_crisis")
    await scene.talk(CHILD)


async def test_a_child_who_hangs_up_at_the_question_leaves_nobody_behind(scene: Scene) -> None:
    li, _ = await asked(scene)

    await scene.handset(CHILD).hangs_up()

    await li.phone.is_hung_up()
    await scene.ends(CHILD, "talked")
