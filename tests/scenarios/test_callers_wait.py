"""Children wait in line: they hear where they stand, may be calmed, and are led out of it."""

from datetime import timedelta

import pytest

from tests.harness.carrier import Handset
from tests.harness.scene import Scene

pytestmark = [pytest.mark.anyio, pytest.mark.scenario]

A_MOMENT = timedelta(seconds=3)
FIRST, SECOND, THIRD = "15400000001", "15400000002", "15400000003"


async def is_seen_at(scene: Scene, number: str, place: int) -> None:
    """The switchboard has written down where a child stands since time was moved."""
    call_id = await scene.call_of(number)
    query = "select 1 from waiting_place where call_id = %s and place = %s and seen_at >= %s"
    await scene.until(query, call_id, place, scene.house.clock.now() - A_MOMENT)


async def is_told_again(scene: Scene, child: Handset, number: str, place: int) -> None:
    """The minute is over: the next round tells the place."""
    for _ in range(9):
        await scene.passes(8)
        await is_seen_at(scene, number, place)
    await child.hears(f"排在第{place}位")


async def test_the_place_that_is_told_falls_as_others_are_served(scene: Scene) -> None:
    await scene.house.rows("update line set overflow = '{}' returning 1")  # nobody else is rung
    await scene.talking("li", FIRST)
    await scene.dials_and_waits(SECOND)
    await is_seen_at(scene, SECOND, 1)
    child = await scene.dials_and_waits(THIRD)
    await is_seen_at(scene, THIRD, 2)

    await scene.passes(5)
    await child.hears("排在第2位")
    await scene.handset(SECOND).hangs_up()
    await scene.ends(SECOND, "hung_up")

    await is_told_again(scene, child, THIRD, 1)


async def test_a_child_is_led_out_of_the_calming_words_when_a_counselor_is_there(
    scene: Scene,
) -> None:
    child = await scene.dials_and_waits(FIRST)
    await child.presses("7")
    await child.hears("我们一起慢慢呼吸")

    counselor = await scene.counselor("li")
    await counselor.phone.rings()
    await counselor.phone.answers()

    await scene.talk(FIRST)


async def test_a_child_goes_back_to_the_music_and_keeps_the_place(scene: Scene) -> None:
    child = await scene.dials_and_waits(FIRST)
    (before,) = await scene.house.rows("select queued_at from call")

    await child.presses("7")
    await child.hears("我们一起慢慢呼吸")
    await child.presses("0")
    await child.hears("我们接着等")

    assert await scene.house.rows("select queued_at from call") == [before]
    await scene.waits(FIRST)
