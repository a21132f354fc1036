"""A caller waits for their language; somebody notes what else they understand, and it counts."""

import pytest

from tests.harness.carrier import Handset
from tests.harness.scene import GREETING, Scene

pytestmark = [pytest.mark.anyio, pytest.mark.scenario]

CHILD, ENGLISH = "15400000001", "15400000002"


async def waits_for_english(scene: Scene) -> Handset:
    """Zhang alone speaks English, and talks with somebody else."""
    await scene.talking("zhang", CHILD)
    caller = scene.handset(ENGLISH)
    await caller.dials("12355")
    await caller.hears(GREETING)
    await caller.presses("5")
    await scene.waits(ENGLISH)
    return caller


async def test_a_caller_noted_to_understand_mandarin_is_taken_in_it_without_an_interpreter(
    scene: Scene,
) -> None:
    caller = await waits_for_english(scene)
    li, he = await scene.counselor("li"), await scene.house.signs_in("he")
    call = await scene.call_of(ENGLISH)
    before = await he.get(f"/calls/{call}")

    await he.does("PUT", f"/calls/{call}/understanding", {"also_speaks": ["cmn"]})
    await li.phone.rings()
    await li.phone.answers()

    await scene.talk(ENGLISH)
    await caller.is_talking_to_somebody()
    after = await he.get(f"/calls/{call}")
    assert (before["also_speaks"], before["offers"]) == (None, [])
    assert (after["also_speaks"], after["offers"][0]["stage"]) == (["cmn"], "any_language")
    assert await scene.count("participant where role = 'interpreter'") == 0
